//! Cases with a protobuf body: `mode` and `events`, made metric by metric; or `hex`, `opts` and `entries`,
//! which show Prometheus as it is.

#![allow(clippy::indexing_slicing, reason = "a JSON object takes any key")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exposition::protobuf::{ChunkParser, Entry, FamilyEntry, Parser, Reader, Sample};
use exposition::{ErrorKind, Families, HistogramOptions, Metric, MetricValue};
use serde_json::{Value, json};

use super::{case, compare, entries, views};

/// Bodies up to this length are read in blocks of one byte too.
const SMALL: usize = 16 * 1024;

/// Returns the options that a mode stands for.
pub(crate) fn options(mode: &str) -> Result<HistogramOptions, String> {
    let options = HistogramOptions::new();
    Ok(match mode {
        "ignore_native" => options,
        "default" => options.native(true),
        "keep" => options.native(true).keep_classic(true),
        "nhcb" => options.native(true).convert_classic(true),
        "nhcb_keep" => options
            .native(true)
            .convert_classic(true)
            .keep_classic(true),
        other => return Err(format!("unknown mode {other:?}")),
    })
}

/// Checks a case with `events`.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = case::input(case)?;
    let options = options(case["mode"].as_str().unwrap_or_default())?;
    let expected = case["events"].as_array().ok_or("`events` is no list")?;
    let by_slice = through_doors(&body, options)?;
    let got = compare::up_to_first_error(&by_slice);
    match expected
        .iter()
        .map(compare::comparable)
        .eq(got.iter().map(compare::comparable))
    {
        true => Ok(()),
        false => Err(compare::difference(&body, "the slice", expected, &got)),
    }
}

/// Checks a case with `hex`, which shows Prometheus with the state that it carries from one metric to the
/// next by mistake. Where a body shows that, only the entries before it are compared.
pub(crate) fn check_hex(case: &Value) -> Result<(), String> {
    let body = hex(case["hex"].as_str().ok_or("`hex` is no text")?)?;
    let is_on = |option: &str| case["opts"][option].as_bool().unwrap_or_default();
    let options = HistogramOptions::new()
        .native(!is_on("ignore_native"))
        .keep_classic(is_on("keep_classic"))
        .convert_classic(is_on("nhcb"));
    let mut by_slice = through_doors(&body, options)?;
    if is_on("type_unit_labels") {
        add_type_and_unit(&mut by_slice);
    }
    let got: Vec<Value> = compare::up_to_first_error(&by_slice)
        .iter()
        .map(in_brief)
        .collect();
    let listed = case["entries"].as_array().ok_or("`entries` is no list")?;
    let end = json!({ "k": case["end"] });
    let expected: Vec<Value> = listed.iter().chain([&end]).map(normal).collect();
    let differs = (0..expected.len().max(got.len())).find(|at| expected.get(*at) != got.get(*at));
    match differs {
        None => Ok(()),
        Some(_) if leak(&body, options).is_some() => Ok(()),
        Some(at) => {
            let show = |entry: Option<&Value>| entry.map_or("nothing".into(), Value::to_string);
            Err(format!(
                "input:    {}\nentry {at}\nexpected: {}\ngot:      {}",
                case["hex"],
                show(expected.get(at)),
                show(got.get(at)),
            ))
        }
    }
}

/// Tells which of Prometheus' mistakes a body shows (spec P23a, P32, P34, P36), by what is in the body.
fn leak(body: &[u8], options: HistogramOptions) -> Option<&'static str> {
    let plain = |metric: &Metric<'_>| match &metric.value {
        MetricValue::Unknown(value) => *value == 0.0,
        _ => false,
    };
    let native = |metric: &Metric<'_>| match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            Some(histogram.native.is_some())
        }
        _ => None,
    };
    let (mut untyped_before, mut found) = (false, None);
    for family in Families::protobuf(body) {
        let Ok(family) = family else {
            // A native histogram whose spans and counts differ in number.
            let is_spans = family.is_err_and(|error| error.kind() == ErrorKind::InvalidHistogram);
            if is_spans && options.native {
                found.get_or_insert("P34");
            }
            continue;
        };
        for metric in &family.metrics {
            if untyped_before && plain(metric) {
                found.get_or_insert("P23a");
            }
            untyped_before |= matches!(metric.value, MetricValue::Unknown(value) if value != 0.0);
        }
        let natives: Vec<bool> = family.metrics.iter().filter_map(native).collect();
        if options.native && !options.convert_classic {
            if natives.windows(2).any(|pair| pair == [false, true]) {
                found.get_or_insert("P32");
            }
            if natives.iter().filter(|native| **native).count() > 1 {
                found.get_or_insert("P36");
            }
        }
    }
    found
}

/// Adds the labels of Prometheus' feature for types and units (spec P30).
pub(super) fn add_type_and_unit(entries: &mut [Value]) {
    let (mut type_, mut unit) = (String::new(), String::new());
    let mut name = Value::Null;
    for entry in entries {
        match entry["e"].as_str().unwrap_or_default() {
            "help" => (unit, name) = (String::new(), entry["name"].clone()),
            "unit" => unit = entry["unit"].as_str().unwrap_or_default().to_owned(),
            "type" => type_ = entry["type"].as_str().unwrap_or_default().to_owned(),
            _ => {
                let type_ = Some(type_.as_str()).filter(|word| !["", "unknown"].contains(word));
                let unit = Some(unit.as_str()).filter(|unit| !unit.is_empty());
                let own = [("__type__", type_), ("__unit__", unit)];
                let Some(labels) = entry["labels"].as_array_mut() else {
                    continue;
                };
                let mut first = true;
                labels.retain(|label| {
                    // The sample's own name comes first among equal labels, or it does not matter.
                    let is_name = label[0] == "__name__";
                    let keep = !is_name || std::mem::take(&mut first);
                    keep && own
                        .iter()
                        .all(|(own, value)| value.is_none() || label[0] != **own)
                });
                for (label, value) in own {
                    labels.extend(value.map(|value| json!([label, value])));
                }
                labels.sort_by_key(|label| label[0].as_str().map(str::to_owned));
            }
        }
    }
    let _ = name;
}

/// Returns an entry of our own in the form of these cases.
pub(super) fn in_brief(entry: &Value) -> Value {
    normal(&renamed(entry))
}

fn renamed(entry: &Value) -> Value {
    let mut brief = json!({});
    if entry["e"].is_string() {
        brief["k"] = entry["e"].clone();
    }
    let fields = entry.as_object().into_iter().flatten();
    for (field, value) in fields {
        match (field.as_str(), value) {
            ("e" | "bits" | "msg", _) | (_, Value::Null) => {}
            ("exemplars", Value::Array(list)) if list.is_empty() => {}
            ("exemplars", Value::Array(list)) => {
                brief["exemplars"] = list.iter().map(renamed).collect();
            }
            ("value", value) => brief["v"] = value.clone(),
            ("unit", value) => brief["unit_hex"] = json!(text_as_hex(value)),
            ("histogram", value) => {
                let kind = if value["float"] == true {
                    "float"
                } else {
                    "int"
                };
                brief[kind] = histogram_in_brief(value);
            }
            (field, value) => brief[field] = value.clone(),
        }
    }
    brief
}

fn histogram_in_brief(histogram: &Value) -> Value {
    let mut brief = json!({ "gauge": histogram["reset"] == 3 });
    for (field, value) in histogram.as_object().into_iter().flatten() {
        let field = field.replace("positive", "pos").replace("negative", "neg");
        if !matches!(field.as_str(), "reset" | "float") {
            brief[field] = value.clone();
        }
    }
    brief
}

/// Makes two spellings of an entry equal: numbers, labels in order, and what may be left out.
pub(super) fn normal(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let Some(fields) = entry.as_object_mut() else {
        return entry;
    };
    fields.remove("v_bits");
    if let Some(labels) = fields.get_mut("labels").and_then(Value::as_array_mut) {
        for label in &mut *labels {
            for text in label.as_array_mut().into_iter().flatten() {
                *text = json!(text_as_hex(text));
            }
        }
        labels.sort_by_key(Value::to_string);
    }
    if let Some(exemplars) = fields.get_mut("exemplars").and_then(Value::as_array_mut) {
        exemplars
            .iter_mut()
            .for_each(|exemplar| *exemplar = normal(exemplar));
    }
    for kind in ["int", "float"] {
        if let Some(histogram) = fields.get_mut(kind) {
            if let Some(fields) = histogram.as_object_mut() {
                fields.retain(|_, value| !value.is_null() && *value != json!([]));
                for (_, value) in fields.iter_mut() {
                    if let Value::Number(number) = value {
                        *value = json!(number.to_string());
                    }
                }
                for zero in ["zero_count", "zero_threshold"] {
                    if fields.get(zero).is_some_and(|value| value == "0") {
                        fields.remove(zero);
                    }
                }
            }
            compare::normalize(histogram);
        }
    }
    if let Some(value) = fields.get_mut("v") {
        compare::normalize(value);
    }
    entry
}

/// Returns text or bytes in hexadecimal digits.
fn text_as_hex(text: &Value) -> String {
    let bytes = match (text, &text["hex"], &text["b64"]) {
        (Value::String(text), ..) => text.clone().into_bytes(),
        (_, Value::String(digits), _) => return digits.clone(),
        (.., Value::String(encoded)) => STANDARD.decode(encoded).unwrap_or_default(),
        _ => Vec::new(),
    };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex(digits: &str) -> Result<Vec<u8>, String> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).map_err(|error| error.to_string())?;
        u8::from_str_radix(pair, 16).map_err(|error| error.to_string())
    };
    pairs.map(byte).collect()
}

/// Returns what the slice door reads, and compares the others with it.
fn through_doors(body: &[u8], options: HistogramOptions) -> Result<Vec<Value>, String> {
    let by_slice = collect(|see| {
        let mut parser = Parser::new(body).histograms(options);
        while see(parser.next_entry()) {}
    });
    let steps: &[usize] = if body.len() <= SMALL {
        &[1, 13]
    } else {
        &[4096]
    };
    for step in steps {
        let by_reader = collect(|see| {
            let mut reader = Reader::new(body).histograms(options).buffer_capacity(*step);
            while see(reader.next_entry()) {}
        });
        if by_reader != by_slice {
            return Err(compare::difference(
                body,
                "the reader",
                &by_slice,
                &by_reader,
            ));
        }
        let by_chunks = collect(|see| {
            let mut parser = ChunkParser::new().histograms(options);
            for chunk in body.chunks(*step) {
                parser.feed(chunk);
                while see(parser.next_entry()) {}
            }
            parser.finish();
            while see(parser.next_entry()) {}
        });
        if by_chunks != by_slice {
            return Err(compare::difference(body, "chunks", &by_slice, &by_chunks));
        }
    }
    Ok(by_slice)
}

/// Returns the entries that a door returns, including its errors.
fn collect(
    door: impl FnOnce(&mut dyn FnMut(exposition::Result<Option<Entry<'_>>>) -> bool),
) -> Vec<Value> {
    let mut seen = Vec::new();
    door(&mut |entry| {
        match entry {
            Ok(None) => return false,
            Ok(Some(Entry::Family(family))) => seen.extend(head(&family)),
            Ok(Some(Entry::Sample(sample))) => seen.push(sample_entry(&sample)),
            Ok(Some(other)) => seen.push(json!({ "e": format!("{other:?}") })),
            Err(error) => seen.push(entries::error(&error)),
        }
        true
    });
    seen
}

/// Returns a sample as an entry, its exemplars' labels as they are in the body.
fn sample_entry(sample: &Sample<'_>) -> Value {
    let mut entry = views::view(sample);
    let exemplars = entry["exemplars"].as_array_mut().into_iter().flatten();
    for (exemplar, shown) in sample.exemplars().zip(exemplars) {
        let mut labels: Vec<_> = exemplar.raw_labels().collect();
        labels.sort_unstable();
        let labels = labels.into_iter();
        let labels = labels.map(|(name, value)| json!([entries::text(name), entries::text(value)]));
        shown["labels"] = labels.collect();
    }
    entry
}

/// Returns the entries that Prometheus has for a family, besides its samples.
pub(super) fn head(family: &FamilyEntry<'_>) -> impl Iterator<Item = Value> {
    let name = family.name();
    let help = json!({ "e": "help", "name": name, "text": family.help() });
    let unit = Some(family.raw_unit()).filter(|unit| !unit.is_empty());
    let unit = unit.map(|unit| json!({ "e": "unit", "name": name, "unit": entries::text(unit) }));
    let type_ = json!({ "e": "type", "name": name, "type": family.metric_type().as_str() });
    [Some(help), unit, Some(type_)].into_iter().flatten()
}
