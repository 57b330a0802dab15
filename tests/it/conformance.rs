//! Runs the vectors and, if `EXPOSITION_GOLDEN` names a directory of golden cases, those too.

use std::path::Path;

use crate::support::conformance;
use crate::support::corpus;

/// How many failures are shown in full.
const SHOWN: usize = 3;

/// Runs a file, which must have `cases` cases that all pass; `beyond_reach` of them are not supported.
fn passes(path: &Path, cases: usize, beyond_reach: usize) {
    let report = conformance::run(path);
    let shown: String = (report.failures.iter().take(SHOWN))
        .map(|(id, difference)| format!("\n{id}\n{difference}\n"))
        .collect();
    let failed = report.failures.len();
    assert_eq!(failed, 0, "{}: {failed} failed{shown}", path.display());
    assert_eq!(report.passed, cases, "cases of {}", path.display());
    let reasons = report.beyond_reach;
    let beyond: usize = reasons.values().sum();
    assert_eq!(beyond, beyond_reach, "{}: {reasons:?}", path.display());
}

fn vectors(name: &str, cases: usize) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors");
    passes(&data.join(name), cases, 0);
}

/// Runs a file of long cases, most of them whole bodies of real servers. They are left out of the package, which is known by
/// the file that cargo adds to it.
fn long_vectors(name: &str, cases: usize) {
    let crate_directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    if crate_directory.join("Cargo.toml.orig").exists() {
        eprintln!("SKIPPED: the package has no long vectors");
        return;
    }
    let data = crate_directory.join("tests/data/vectors/long");
    passes(&data.join(name), cases, 0);
}

fn golden(name: &str, cases: usize) {
    golden_beyond_reach(name, cases, 0);
}

fn golden_beyond_reach(name: &str, cases: usize, beyond_reach: usize) {
    if let Some(directory) = corpus::golden() {
        passes(&directory.join(name), cases, beyond_reach);
    }
}

#[test]
fn text_vectors() {
    vectors("text.jsonl.gz", 1200);
}

#[test]
fn openmetrics_vectors() {
    vectors("om.jsonl.gz", 1187);
}

#[test]
fn openmetrics2_vectors() {
    vectors("om2.jsonl.gz", 1500);
}

#[test]
fn golden_openmetrics2() {
    golden("om2_spec.jsonl", 192);
    golden("../vectors/om2.jsonl.gz", 6000);
}

#[test]
fn lint_vectors() {
    vectors("lint.jsonl.gz", 276);
    long_vectors("lint.jsonl.gz", 124);
    golden("../vectors/lint.jsonl.gz", 800);
}

#[test]
fn converted_histogram_vectors() {
    vectors("nhcb.jsonl.gz", 4);
    long_vectors("nhcb.jsonl.gz", 10);
}

#[test]
fn option_vectors() {
    vectors("options.jsonl", 63);
}

#[test]
fn float_tie_vectors() {
    vectors("float-ties.jsonl", 6);
}

#[test]
fn protobuf_vectors() {
    vectors("protobuf.jsonl.gz", 863);
    long_vectors("protobuf.jsonl.gz", 652);
    vectors("protobuf-state.jsonl.gz", 582);
}

#[test]
fn encoding_vectors() {
    vectors("encode.jsonl.gz", 568);
    long_vectors("encode.jsonl.gz", 332);
}

#[test]
#[cfg(feature = "operator")]
fn scrape_vectors() {
    vectors("scrape.jsonl.gz", 72);
    long_vectors("scrape.jsonl.gz", 10);
}

/// With the whole bodies of real servers, which are long.
#[test]
fn golden_protobuf() {
    golden("../vectors/protobuf.jsonl.gz", 1546);
}

#[test]
fn golden_prom_textparse() {
    golden("prom_textparse.jsonl", 31);
}

#[test]
fn golden_fuzz_text() {
    golden("fuzz_text.jsonl", 3000);
}

#[test]
fn golden_testdata_textparse() {
    golden("testdata_textparse.jsonl", 4);
}

#[test]
fn golden_openmetrics_textparse() {
    golden("openmetrics_textparse.jsonl", 92);
}

#[test]
fn golden_fuzz_om() {
    golden("fuzz_om.jsonl", 2993);
}

#[test]
#[cfg(all(feature = "relabel", feature = "serde"))]
fn relabel_vectors() {
    vectors("relabel.jsonl.gz", 1200);
    vectors("relabel-yaml.jsonl.gz", 67);
}

#[test]
#[cfg(all(feature = "relabel", feature = "serde"))]
fn golden_relabel() {
    golden("relabel.jsonl", 140);
    golden("../spec/vectors/relabel.jsonl", 150);
    golden("../spec/vectors/relabel_random.jsonl", 900);
    golden("../spec/vectors/regex_go.jsonl", 207);
    golden_beyond_reach("fuzz_relabel.jsonl", 3000, 6);
}

#[test]
#[cfg(feature = "operator")]
fn golden_operator() {
    golden("operator/cases.jsonl", 351);
}

#[test]
#[cfg(feature = "operator")]
fn operator_check_vectors() {
    vectors("operator-checks.jsonl.gz", 304);
}

#[test]
#[cfg(feature = "operator")]
fn kubernetes_discovery_vectors() {
    vectors("kubernetes-sd.jsonl.gz", 26);
}

#[test]
#[cfg(feature = "operator")]
fn golden_kubernetes_discovery() {
    golden("kubernetes_sd.jsonl", 71);
}

#[test]
fn golden_openmetrics_conformance() {
    golden("openmetrics_conformance.jsonl", 211);
}

#[test]
fn golden_expfmt() {
    golden("expfmt_text.jsonl", 66);
    golden("fuzz_expfmt.jsonl", 3000);
    golden("../spec/vectors/text.jsonl", 300);
    golden("../spec/vectors/text_mutated.jsonl", 1500);
}

#[test]
fn nothing_is_skipped_unseen() {
    let name = format!("exposition-{}.jsonl", std::process::id());
    let file = std::env::temp_dir().join(name);
    let missing = conformance::run(&file);
    let cases = concat!(
        r#"{"id":"wrong","ct":"text/plain","input":"up 1\n","events":[]}"#,
        "\n",
        r#"{"id":7,"input":"up 1\n","verdict":true}"#,
        "\nnot a case\n",
    );
    std::fs::write(&file, cases).unwrap();
    let report = conformance::run(&file);
    std::fs::write(&file, "").unwrap();
    let empty = conformance::run(&file);
    std::fs::remove_file(&file).unwrap();

    assert_eq!((missing.passed, missing.failures.len()), (0, 1));
    assert_eq!((empty.passed, empty.failures.len()), (0, 1));
    assert_eq!(report.passed, 0);
    let ids: Vec<&str> = report.failures.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["wrong", "7", "of line 3"]);
    assert!(report.failures[0].1.contains("through the slice, entry 0"));
    assert!(report.failures[1].1.contains("no known form"));
    assert!(report.failures[2].1.starts_with("not JSON"));
}
