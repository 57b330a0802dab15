//! Lines of a body as JSON, in the form of the vectors: one object per entry, the last one
//! `{"e":"eof"}` or `{"e":"error",…}`.

use base64::Engine as _;
use exposition::{Dialect, Exemplar, Line, Parser, Sample};
use serde_json::{Value, json};

/// Text as JSON: a string, or `{"b64": …}` where it is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({ "b64": base64::engine::general_purpose::STANDARD.encode(bytes) }),
    }
}

/// The bytes of a case's input: `input`, or `input_b64` where it is not UTF-8.
pub(crate) fn input(case: &Value) -> Result<Vec<u8>, String> {
    if let Some(text) = case["input"].as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    let encoded = case["input_b64"].as_str().ok_or("no input")?;
    base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .map_err(|error| error.to_string())
}

/// `escapes` undone in bytes, for names that are not UTF-8.
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

/// A float in the words of the vectors: readable, not canonical.
fn float(value: f64) -> Value {
    Value::from(format!("{value}"))
}

fn bits(value: f64) -> Value {
    Value::from(format!("{:016x}", value.to_bits()))
}

fn exemplar(exemplar: &Exemplar<'_, '_>) -> Value {
    let mut labels: Vec<(&[u8], &str)> = exemplar
        .labels()
        .iter()
        .map(|label| (label.raw_name(), label.raw()))
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
    let exemplars: Vec<Value> = sample.exemplar().iter().map(exemplar).collect();
    json!({
        "e": "series",
        "labels": labels,
        "value": float(sample.value()),
        "bits": bits(sample.value()),
        "ts": sample.timestamp(),
        "exemplars": exemplars,
    })
}

/// A line as an entry; `None` for `# EOF`, which shows as the last entry.
pub(crate) fn entry(line: &Line<'_>) -> Option<Value> {
    Some(match line {
        Line::Sample(line) => sample(line),
        Line::Help(line) => {
            json!({ "e": "help", "name": text(line.raw_name()), "text": line.text() })
        }
        Line::Type(line) => {
            json!({ "e": "type", "name": text(line.raw_name()), "type": line.kind().as_str() })
        }
        Line::Unit(line) => {
            json!({ "e": "unit", "name": text(line.raw_name()), "unit": text(line.raw_unit()) })
        }
        Line::Comment(comment) => json!({ "e": "comment", "text": text(comment) }),
        _ => return None,
    })
}

/// The dialect of a content type: Prometheus looks at the media type alone.
pub(crate) fn dialect(content_type: &str) -> Dialect {
    match content_type.starts_with("application/openmetrics-text") {
        true => Dialect::OpenMetrics,
        false => Dialect::Prometheus,
    }
}

/// The entries of a body up to its first error.
pub(crate) fn events(body: &[u8], dialect: Dialect) -> Vec<Value> {
    let mut events = Vec::new();
    for line in Parser::new(body, dialect) {
        match line {
            Ok(line) => events.extend(entry(&line)),
            Err(error) => {
                events.push(json!({ "e": "error", "msg": error.to_string() }));
                return events;
            }
        }
    }
    events.push(json!({ "e": "eof" }));
    events
}

/// What of an entry has to match: everything but the words of an error, the readable spelling of a
/// value, and the order of labels with one name.
fn comparable(entry: &Value) -> Value {
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
    sort_labels(fields);
    entry
}

fn sort_labels(fields: &mut serde_json::Map<String, Value>) {
    if let Some(labels) = fields.get_mut("labels").and_then(Value::as_array_mut) {
        labels.sort_by_key(|label| label.to_string());
    }
}

/// Checks a case that has `events`. The error is the first difference, in full.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = input(case)?;
    let dialect = dialect(case["ct"].as_str().unwrap_or_default());
    let expected = case["events"].as_array().ok_or("no events")?;
    let got = events(&body, dialect);
    for at in 0..expected.len().max(got.len()) {
        let (want, have) = (expected.get(at), got.get(at));
        if want.map(comparable) != have.map(comparable) {
            let show = |entry: Option<&Value>| entry.map_or("nothing".into(), Value::to_string);
            return Err(format!(
                "input: {:?}\nentry {at}\n  expected: {}\n  got:      {}",
                String::from_utf8_lossy(&body),
                show(want),
                show(have),
            ));
        }
    }
    Ok(())
}
