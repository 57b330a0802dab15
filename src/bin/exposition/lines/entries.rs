//! Lines as JSON, in the form of the vectors: one object per entry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exposition::{Error, Exemplar, Leniency, Line, Sample};
use serde_json::{Value, json};

/// Returns text as JSON: a string, or `{"b64": …}` where it is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({ "b64": STANDARD.encode(bytes) }),
    }
}

/// Undoes escapes in bytes, for names that are not UTF-8.
fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(b) = bytes.next() {
        let replaced = match (b, bytes.peek()) {
            (b'\\', Some(b'n')) => Some(b'\n'),
            (b'\\', Some(&c @ (b'"' | b'\\'))) => Some(c),
            _ => None,
        };
        if replaced.is_some() {
            bytes.next();
        }
        out.push(replaced.unwrap_or(b));
    }
    out
}

/// Returns a float in the form of the vectors: readable, not canonical.
pub(crate) fn float(value: f64) -> Value {
    Value::from(format!("{value}"))
}

pub(crate) fn bits(value: f64) -> Value {
    Value::from(format!("{:016x}", value.to_bits()))
}

fn exemplar(exemplar: &Exemplar<'_>) -> Value {
    let mut labels: Vec<(&[u8], &str)> = exemplar
        .labels()
        .iter()
        .map(|label| (label.raw_name(), label.raw_value()))
        .collect();
    labels.sort_by_key(|label| label.0);
    let labels: Vec<Value> = labels
        .into_iter()
        .map(|(name, value)| json!([text(name), value]))
        .collect();
    json!({
        "labels": labels,
        "value": float(exemplar.value()),
        "bits": bits(exemplar.value()),
        "ts": exemplar.timestamp(),
    })
}

fn sample(sample: &Sample<'_>) -> Value {
    let mut labels: Vec<(Vec<u8>, Value)> = sample
        .labels()
        .iter()
        .map(|label| {
            let value = Value::from(sample.stored_value(&label).into_owned());
            (unescaped(label.raw_name()), value)
        })
        .collect();
    let name = unescaped(sample.raw_name());
    labels.push((b"__name__".to_vec(), text(&name)));
    labels.sort_by(|a, b| a.0.cmp(&b.0));
    let labels: Vec<Value> = labels
        .into_iter()
        .map(|(name, value)| json!([text(&name), value]))
        .collect();
    let exemplars = sample.exemplars().map(|cited| exemplar(&cited));
    let exemplars: Vec<Value> = exemplars.collect();
    let mut entry = json!({
        "e": "series",
        "labels": labels,
        "value": float(sample.value()),
        "bits": bits(sample.value()),
        "ts": sample.timestamp(),
        "exemplars": exemplars,
    });
    // What only OpenMetrics 2.0 has.
    if let Some(fields) = entry.as_object_mut() {
        if let Some(composite) = sample.composite() {
            fields.insert("value".to_owned(), composite.raw().into());
            fields.remove("bits");
        }
        if let Some(start) = sample.start_timestamp() {
            fields.insert("st".to_owned(), start.into());
        }
    }
    entry
}

/// Returns a line as an entry; `None` for `# EOF`, which [`end`] shows.
pub(crate) fn entry(line: &Line<'_>) -> Option<Value> {
    Some(match line {
        Line::Sample(line) => sample(line),
        Line::Help(line) => {
            json!({ "e": "help", "name": text(line.raw_name()), "text": line.text() })
        }
        Line::Type(line) => {
            json!({ "e": "type", "name": text(line.raw_name()), "type": line.metric_type().as_str() })
        }
        Line::Unit(line) => {
            json!({ "e": "unit", "name": text(line.raw_name()), "unit": text(line.raw_unit()) })
        }
        Line::Comment(comment) => json!({ "e": "comment", "text": text(comment) }),
        _ => return None,
    })
}

/// Returns an error as the last entry.
pub(crate) fn error(error: &Error) -> Value {
    json!({ "e": "error", "msg": error.to_string() })
}

/// Returns what was taken leniently, before the entry of its line.
#[allow(dead_code, reason = "tests compare with what Prometheus reads")]
pub(crate) fn lenient(leniency: &Leniency) -> Value {
    let position = leniency.position();
    json!({
        "e": "lenient",
        "what": leniency.kind().as_str(),
        "line": position.line,
        "column": position.column,
        "byte": position.byte,
    })
}

/// Returns the last entry of a body without an error.
pub(crate) fn end() -> Value {
    json!({ "e": "eof" })
}

#[cfg(test)]
mod tests {
    use exposition::{Dialect, Parser};

    use super::*;

    #[test]
    fn a_line_of_openmetrics2_shows_all_that_it_says() {
        let body = "# TYPE h histogram\nh {count:3,sum:4.5,bucket:[1:2,+Inf:3]} 5 st@1.5 # {} 1 2 # {} 2 3\n# EOF\n";
        let lines = Parser::new(body, Dialect::OpenMetrics2).flatten();
        let shown: Vec<Value> = lines.filter_map(|line| entry(&line)).collect();
        let cited = |value: f64, millis: i64| json!({ "labels": [], "value": float(value), "bits": bits(value), "ts": millis });
        let expected = [
            json!({ "e": "type", "name": "h", "type": "histogram" }),
            json!({
                "e": "series",
                "labels": [["__name__", "h"]],
                "value": "{count:3,sum:4.5,bucket:[1:2,+Inf:3]}",
                "ts": 5000,
                "st": 1500,
                "exemplars": [cited(1.0, 2000), cited(2.0, 3000)],
            }),
        ];
        assert_eq!(shown, expected);
    }
}
