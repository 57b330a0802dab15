//! Bodies that real servers printed, and Prometheus' verdict on them.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use exposition::Dialect;
use flate2::read::MultiGzDecoder;

use super::content_type;

/// A line of the index: a body, and Prometheus' verdict on it.
#[allow(dead_code, reason = "not every test looks at all of it")]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) samples: usize,
    pub(crate) accepted: bool,
    content_type: String,
}

/// Returns the text and OpenMetrics bodies that the index of a directory lists.
fn index(corpus: &Path) -> Vec<Entry> {
    let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap_or_default();
    let mut entries = Vec::new();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, _, samples, verdict, content_type, ..] = *columns else {
            continue;
        };
        if content_type.starts_with("application/vnd.google.protobuf") {
            continue;
        }
        assert!(
            verdict == "accept" || verdict.starts_with("error: "),
            "{line}"
        );
        entries.push(Entry {
            path: corpus.join(path),
            samples: samples.parse().unwrap_or(usize::MAX),
            accepted: verdict == "accept",
            content_type: content_type.to_owned(),
        });
    }
    entries
}

/// Returns the bytes of a body, which may be stored gzipped, with or without `.gz` after its name.
pub(crate) fn body(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut gzipped = path.as_os_str().to_owned();
    gzipped.push(".gz");
    let bytes = fs::read(path).or_else(|_| fs::read(gzipped))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut body = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut body)?;
    Ok(body)
}

/// Returns the directory of golden cases that `EXPOSITION_GOLDEN` names; prints a message and returns `None`
/// if there is none.
///
/// If `CI` is set, the variable must be set: `EXPOSITION_GOLDEN=none` says that the cases are not available.
pub(crate) fn golden() -> Option<PathBuf> {
    let named = std::env::var_os("EXPOSITION_GOLDEN").filter(|name| !name.is_empty());
    match named {
        Some(name) if name == "none" => {}
        Some(directory) => return Some(directory.into()),
        None => assert!(
            std::env::var_os("CI").is_none(),
            "EXPOSITION_GOLDEN has to name the directory of the golden cases, or to be `none`"
        ),
    }
    eprintln!("SKIPPED: no golden cases, for EXPOSITION_GOLDEN names none");
    None
}

/// Runs `check` on every available body of the corpora, and prints how many there were.
pub(crate) fn each_body(mut check: impl FnMut(&Entry, &[u8], Dialect)) -> usize {
    let mut corpora = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus")];
    if let Some(golden) = golden() {
        corpora.push(golden.join("../corpus"));
    }
    let mut bodies = 0;
    for corpus in &corpora {
        let entries = index(corpus);
        assert!(!entries.is_empty(), "no INDEX.tsv in {}", corpus.display());
        for entry in entries {
            let body = body(&entry.path);
            assert!(body.is_ok(), "{}: {body:?}", entry.path.display());
            let dialect = content_type::dialect(&entry.content_type);
            assert!(dialect.is_ok(), "{}: {dialect:?}", entry.path.display());
            check(
                &entry,
                &body.unwrap_or_default(),
                dialect.unwrap_or_default(),
            );
            bodies += 1;
        }
    }
    bodies
}
