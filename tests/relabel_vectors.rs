//! Relabelling against what Prometheus makes of the same rules and labels.
#![cfg(test)]
#![cfg(all(feature = "relabel", feature = "serde"))]

use std::{fs, io::Read, path::PathBuf};

use serde_json::Value;

#[path = "support/relabel.rs"]
mod support;

fn cases(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Checks all cases and says how many there are.
fn check_all(name: &str, cases: &[Value]) -> usize {
    let failures: Vec<String> = (cases.iter().enumerate())
        .filter(|(_, case)| support::out_of_reach(case).is_none())
        .filter_map(|(line, case)| {
            let error = support::check(case).err()?;
            Some(format!("{name}:{} {}\n{error}", line + 1, case["id"]))
        })
        .collect();
    let shown = failures
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{shown}",
        failures.len(),
        cases.len()
    );
    cases.len()
}

/// Upstream's cases are found through the environment; without it there is nothing to read.
fn golden(path: &str) -> Option<Vec<Value>> {
    let path = PathBuf::from(std::env::var_os("EXPOSITION_GOLDEN")?).join(path);
    Some(cases(&fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}", path.display())
    })))
}

#[test]
fn vectors() {
    let packed = fs::read("tests/data/vectors/relabel.jsonl.gz").unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed)
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(check_all("relabel.jsonl", &cases(&text)), 1200);
}

#[test]
fn golden_cases() {
    for (path, count, out_of_reach) in [
        ("relabel.jsonl", 140, 0),
        ("fuzz_relabel.jsonl", 3000, 6),
        ("../spec/vectors/relabel.jsonl", 150, 0),
        ("../spec/vectors/relabel_random.jsonl", 900, 0),
        ("../spec/vectors/regex_go.jsonl", 207, 0),
    ] {
        let Some(cases) = golden(path) else { return };
        assert_eq!(check_all(path, &cases), count);
        let left_out = cases.iter().filter_map(support::out_of_reach).count();
        assert_eq!(left_out, out_of_reach, "{path}");
    }
}
