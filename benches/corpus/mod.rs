//! The bodies that benchmarks read.

use std::io::Read as _;
use std::path::Path;

use exposition::Dialect;
use flate2::read::GzDecoder;

/// Returns the body of that name under tests/data/corpus. Larger ones are stored compressed.
pub(crate) fn body(name: &str) -> Vec<u8> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let mut bytes = std::fs::read(corpus.join(name)).unwrap_or_default();
    if let Ok(file) = std::fs::File::open(corpus.join(format!("{name}.gz"))) {
        let read = GzDecoder::new(file).read_to_end(&mut bytes);
        assert!(read.is_ok(), "{name}: {read:?}");
    }
    assert!(!bytes.is_empty(), "{name} is not in {}", corpus.display());
    bytes
}

/// Returns the dialect of the body of that name.
pub(crate) fn dialect(name: &str) -> Dialect {
    match name.ends_with(".om") {
        true => Dialect::OpenMetrics,
        false => Dialect::Text,
    }
}
