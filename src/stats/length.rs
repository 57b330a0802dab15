//! How long series are as the text format writes them.

use crate::bytes::work;
use crate::model::name::{is_legacy_label_name, is_legacy_metric_name};

/// Returns the bytes of a metric's name, with the braces and quotes that it needs even without labels, and
/// whether it is within the braces.
pub(super) fn of_name(name: &str) -> (u64, bool) {
    match is_legacy_metric_name(name.as_bytes()) {
        true => (name.len() as u64, false),
        false => (quoted(name) + 2, true),
    }
}

/// Returns the bytes of `label="value"`.
pub(super) fn of_label(name: &str, value: &str) -> u64 {
    let name = match is_legacy_label_name(name.as_bytes()) {
        true => name.len() as u64,
        false => quoted(name),
    };
    name + 1 + quoted(value)
}

/// Returns the bytes of a series from those of its name and of its labels, without commas.
pub(super) fn of_series((name, is_within): (u64, bool), labels: u64, count: u64) -> u64 {
    let signs = match (count, is_within) {
        (0, _) => 0,
        // Braces, and a comma between labels.
        (_, false) => count + 1,
        // A comma before each label.
        (_, true) => count,
    };
    name + labels + signs
}

/// Returns the bytes of a text in quotes.
fn quoted(text: &str) -> u64 {
    work::on(text.len());
    let escapes = text
        .bytes()
        .filter(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
    (text.len() + escapes.count() + 2) as u64
}
