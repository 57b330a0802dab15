//! Compares lists of entries.

use serde_json::Value;

use super::entries::{bits, end};

/// Returns the entries up to the first error, or else to the end of the body, which is an entry too.
pub(crate) fn up_to_first_error(entries: &[Value]) -> Vec<Value> {
    match entries.iter().position(|entry| entry["e"] == "error") {
        Some(at) => entries.iter().take(at + 1).cloned().collect(),
        None => entries.iter().cloned().chain([end()]).collect(),
    }
}

/// Returns the part of an entry that must match: everything except the words of an error, the readable form
/// of a value, and the order of labels with the same name.
pub(crate) fn comparable(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let Some(fields) = entry.as_object_mut() else {
        return entry;
    };
    fields.remove("msg");
    fields.remove("value");
    for exemplar in fields
        .get_mut("exemplars")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(exemplar) = exemplar.as_object_mut() {
            exemplar.remove("value");
            sort_labels(exemplar);
        }
    }
    if let Some(histogram) = fields.get_mut("histogram") {
        normalize(histogram);
    }
    sort_labels(fields);
    entry
}

/// Makes bits of all numbers that are written as text, which may be spelled in several ways.
pub(crate) fn normalize(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Ok(number) = text.parse::<f64>() {
                *value = bits(number);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(normalize),
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| normalize(value)),
        _ => {}
    }
}

fn sort_labels(fields: &mut serde_json::Map<String, Value>) {
    if let Some(labels) = fields.get_mut("labels").and_then(Value::as_array_mut) {
        labels.sort_by_key(|label| label.to_string());
    }
}

/// Returns the first difference between two lists of entries, in full.
pub(crate) fn difference(body: &[u8], door: &str, expected: &[Value], got: &[Value]) -> String {
    let differ = |at: &usize| {
        let pair = (expected.get(*at), got.get(*at));
        pair.0.map(comparable) != pair.1.map(comparable)
    };
    let longer = expected.len().max(got.len());
    // Two doors may differ only in the words of an error.
    let at = (0..longer)
        .find(differ)
        .or_else(|| (0..longer).find(|&at| expected.get(at) != got.get(at)))
        .unwrap_or(longer);
    let show = |entry: Option<&Value>| entry.map_or("nothing".into(), Value::to_string);
    format!(
        "input:    {:?}\nthrough {door}, entry {at}\nexpected: {}\ngot:      {}",
        String::from_utf8_lossy(body),
        show(expected.get(at)),
        show(got.get(at)),
    )
}
