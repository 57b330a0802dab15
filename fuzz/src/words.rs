//! The words that bodies are built from: names, labels and types, most of them related.

use arbitrary::{Result, Unstructured};

/// Names, most of them of families that take samples with suffixes; the later ones need quotes.
pub const NAMES: &[&str] = &[
    "a",
    "h",
    "s",
    "a_total",
    "h_bucket",
    "_",
    ":",
    "up",
    "http_request_duration_seconds",
    "x.y",
    "é",
    "a b",
    "\\\"",
    "\\n",
    "",
];

/// How many of [`NAMES`] can stand without quotes.
const BARE: usize = 9;

/// What samples have after the names of their families.
pub const SUFFIXES: &[&str] = &[
    "", "", "", "_bucket", "_bucket", "_sum", "_count", "_total", "_created", "_gsum", "_gcount",
    "_info",
];

/// Labels, right and nearly right.
pub(super) const LABELS: &[&str] = &[
    "le=\"1\"",
    "le=\"+Inf\"",
    "le=\"0.5\"",
    "le=\"1e0\"",
    "le=\"0x1p3\"",
    "le=\"NaN\"",
    "le=\"-0\"",
    "le=\"x\"",
    "quantile=\"0.5\"",
    "quantile=\"1\"",
    "a=\"on\"",
    "a=\"off\"",
    "x=\"1\"",
    "x=\"2\"",
    "x=\"\"",
    "\"x\"=\"1\"",
    "x=\"\\\"\"",
    "x=\"\\\\\"",
    "x=\"a\nb\"",
    "x=\"é\u{2028}\"",
    "y=\"1\"",
    "\"x.y\"=\"1\"",
    "__name__=\"a\"",
    "\"\"=\"\"",
    "job=\"node\"",
    "exported_job=\"x\"",
    "\"a\"",
    "x=1",
    "x = \"1\"",
    ",",
];

/// Types, and what is none.
pub(super) const KINDS: &[&str] = &[
    "counter",
    "gauge",
    "histogram",
    "summary",
    "gaugehistogram",
    "stateset",
    "info",
    "unknown",
    "untyped",
    "Counter",
    "gauge_histogram",
    "nonsense",
    "",
];

/// Returns a name, and whether it needs quotes.
pub(super) fn name(from: &mut Unstructured<'_>) -> Result<(String, bool)> {
    let which = from.choose_index(NAMES.len())?;
    let name = [NAMES[which], *from.choose(SUFFIXES)?].concat();
    Ok((name, which >= BARE))
}
