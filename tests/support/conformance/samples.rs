//! Cases of flat samples: `mode` and `events`, of any format; or `in`, `opts` and `entries`, text bodies
//! read with Prometheus' options, which show it as it is.

#![allow(clippy::indexing_slicing, reason = "a JSON object takes any key")]

use std::collections::BTreeMap;

use exposition::{
    Dialect, Families, Format, HistogramOptions, SampleChunks, SampleEntry, SampleReader,
    SampleView, Samples,
};
use serde_json::{Value, json};

use super::protobuf::{self, in_brief, normal, options};
use super::{case, compare, entries, views};

/// Bodies up to this length are read in blocks of one byte too.
const SMALL: usize = 16 * 1024;

/// Checks a case with `mode`.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = case::input(case)?;
    let content_type = case["ct"].as_str();
    let format = Format::from_content_type(content_type, None);
    let format = format.map_err(|error| error.to_string())?;
    let options = options(case["mode"].as_str().unwrap_or_default())?;
    let by_slice = through_doors(&body, format, options)?;
    if format.dialect().is_none() {
        // What the samples say is compared there.
        return protobuf::check(case);
    }
    let mut expected = case["events"]
        .as_array()
        .ok_or("`events` is no list")?
        .clone();
    for entry in &mut expected {
        // 0 is none.
        if entry["st"] == 0 {
            entry.as_object_mut().map(|fields| fields.remove("st"));
        }
    }
    let got = compare::up_to_first_error(&by_slice);
    let same = (expected.iter().map(compare::comparable)).eq(got.iter().map(compare::comparable));
    match same {
        true => Ok(()),
        false => Err(compare::difference(&body, "the slice", &expected, &got)),
    }
}

/// Checks a case with `opts`.
pub(crate) fn check_options(case: &Value) -> Result<(), String> {
    let body = case["in"].as_str().ok_or("`in` is no text")?.as_bytes();
    let (format, dialect) = match case["ct"].as_str() {
        Some("text") => ("text/plain; version=0.0.4", Dialect::Text),
        Some("om") => (
            "application/openmetrics-text; version=1.0.0",
            Dialect::OpenMetrics,
        ),
        other => return Err(format!("unknown format {other:?}")),
    };
    let format = format
        .parse::<Format>()
        .map_err(|error| error.to_string())?;
    let is_on = |option: &str| case["opts"][option].as_bool().unwrap_or_default();
    let options = HistogramOptions::new()
        .keep_classic(is_on("keep_classic"))
        .convert_classic(is_on("nhcb"));
    let mut got = through_doors(body, format, options)?;
    let starts = is_on("skip_st_series").then(|| start_timestamps(body, dialect));
    if let Some(starts) = &starts {
        add_starts(&mut got, starts);
    }
    if is_on("type_unit_labels") {
        type_and_unit_of_lines(&mut got);
    }
    let got = compare::up_to_first_error(&got);
    let got: Vec<Value> = got
        .iter()
        .map(|entry| brief(entry, starts.is_some()))
        .collect();
    let listed = case["entries"].as_array().ok_or("`entries` is no list")?;
    let end = json!({ "k": case["end"] });
    let mut expected: Vec<Value> = listed.iter().chain([&end]).map(normal).collect();
    if case["end"] == "panic" {
        // Prometheus gives up while it looks for a start timestamp.
        let before = expected.len() - 1;
        let same = got.get(..before) == expected.get(..before) && starts.is_some();
        return if same {
            Ok(())
        } else {
            Err(format!("expected: {expected:?}\ngot: {got:?}"))
        };
    }
    if starts.is_some() {
        apply_own_starts(&mut expected, &got);
    }
    match expected == got {
        true => Ok(()),
        false => Err(format!(
            "input:    {:?}\nexpected: {expected:#?}\ngot:      {got:#?}",
            case["in"]
        )),
    }
}

/// Returns an entry in the form of these cases.
fn brief(entry: &Value, with_start: bool) -> Value {
    let unit = entry["unit"].clone();
    let mut entry = in_brief(entry);
    if let Some(fields) = entry.as_object_mut() {
        if fields.remove("unit_hex").is_some() {
            fields.insert("unit".to_owned(), unit);
        }
        if !with_start {
            fields.remove("st");
        }
    }
    entry
}

/// The start timestamps of a body's families: by the family's name and by labels without `le` and
/// `quantile`.
type Starts = BTreeMap<(String, Vec<(String, String)>), i64>;

fn start_timestamps(body: &[u8], dialect: Dialect) -> Starts {
    let mut starts = Starts::new();
    for family in Families::new(body, dialect).flatten() {
        for sample in family.samples() {
            let labels =
                SampleView::labels(&sample).filter(|(name, _)| name != "le" && name != "quantile");
            let mut labels: Vec<_> = labels
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            labels.sort();
            if let Some(start) = SampleView::start_timestamp(&sample) {
                starts.insert((family.name.to_string(), labels), start);
            }
        }
    }
    starts
}

/// Adds the start timestamps to samples, and takes out the lines that say them.
fn add_starts(entries: &mut Vec<Value>, starts: &Starts) {
    let mut family = String::new();
    entries.retain_mut(|entry| {
        if entry["e"] == "type" {
            family = entry["name"].as_str().unwrap_or_default().to_owned();
        }
        let labels: Vec<(String, String)> = match entry["labels"].as_array() {
            Some(labels) => labels
                .iter()
                .filter(|label| {
                    !["__name__", "le", "quantile"].contains(&label[0].as_str().unwrap_or_default())
                })
                .map(|label| {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    (text(&label[0]), text(&label[1]))
                })
                .collect(),
            None => return true,
        };
        let name = entry["labels"].as_array().into_iter().flatten();
        let name = name
            .filter(|label| label[0] == "__name__")
            .find_map(|label| label[1].as_str());
        let name = name.unwrap_or_default().to_owned();
        let Some(start) = starts.get(&(family.clone(), labels)) else {
            return true;
        };
        if name == format!("{family}_created") {
            return false;
        }
        if name.starts_with(&family) {
            entry["st"] = json!(start);
        }
        true
    });
}

/// Where Prometheus finds no start timestamp because of the order of lines and labels, or loses a line
/// `…_created` of another family, ours is expected (D4).
fn apply_own_starts(expected: &mut Vec<Value>, got: &[Value]) {
    let created = json!(hex_of("_created"));
    let is_created = |entry: &Value| {
        let labels = entry["labels"].as_array().into_iter().flatten();
        let ending = created.as_str().unwrap_or_default();
        let mut names = labels.filter(|label| label[0] == hex_of("__name__").as_str());
        names.any(|label| label[1].as_str().is_some_and(|name| name.ends_with(ending)))
    };
    for at in 0..got.len() {
        let Some(own) = got.get(at) else { break };
        match expected.get_mut(at) {
            Some(theirs) if theirs == own => {}
            Some(theirs) if theirs["st"].is_null() && !own["st"].is_null() => {
                theirs["st"] = own["st"].clone();
            }
            _ if is_created(own) => expected.insert(at, own.clone()),
            // Prometheus makes the lowest number of a NaN, which is no time.
            Some(theirs) if theirs["st"] == i64::MIN => {
                theirs.as_object_mut().map(|fields| fields.remove("st"));
            }
            _ => {}
        }
    }
}

fn hex_of(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the labels of Prometheus' feature for types and units, as it does for lines: those of the last TYPE
/// and UNIT lines, whatever family they are about.
fn type_and_unit_of_lines(entries: &mut [Value]) {
    protobuf::add_type_and_unit(entries);
}

/// Returns what the slice door reads, and compares the others with it.
pub(crate) fn through_doors(
    body: &[u8],
    format: Format,
    options: HistogramOptions,
) -> Result<Vec<Value>, String> {
    let by_slice = collect(|see| {
        let mut samples = Samples::new(body, format).histograms(options);
        while see(samples.next_entry()) {}
    });
    let flat = |entries: &[Value]| -> Vec<Value> {
        let flat = |entry: &&Value| {
            ["series", "histogram", "error"].contains(&entry["e"].as_str().unwrap_or_default())
        };
        entries.iter().filter(flat).cloned().collect()
    };
    let samples_only = collect(|see| {
        let mut samples = Samples::new(body, format).histograms(options);
        while see(samples
            .next_sample()
            .map(|sample| sample.map(SampleEntry::Sample)))
        {}
    });
    if flat(&by_slice) != samples_only {
        return Err(compare::difference(
            body,
            "samples alone",
            &flat(&by_slice),
            &samples_only,
        ));
    }
    let steps: &[usize] = match body.len() <= SMALL {
        true => &[1, 13],
        false => &[4096],
    };
    for step in steps {
        let by_reader = collect(|see| {
            let samples = SampleReader::new(body, format).histograms(options);
            let mut samples = samples.buffer_capacity(*step);
            while see(samples.next_entry()) {}
        });
        if by_reader != by_slice {
            return Err(compare::difference(
                body,
                "the reader",
                &by_slice,
                &by_reader,
            ));
        }
        for early in [false, true] {
            let by_chunks = collect(|see| {
                let mut samples = SampleChunks::new(format).histograms(options);
                for chunk in body.chunks(*step) {
                    samples.feed(chunk);
                    // Chunks may come before all is read of the last.
                    while see(samples.next_entry()) && !early {}
                }
                samples.finish();
                while see(samples.next_entry()) {}
            });
            if by_chunks != by_slice {
                return Err(compare::difference(body, "chunks", &by_slice, &by_chunks));
            }
        }
    }
    Ok(by_slice)
}

/// Returns the entries that a door returns, including its errors.
fn collect(
    door: impl FnOnce(&mut dyn FnMut(exposition::Result<Option<SampleEntry<'_>>>) -> bool),
) -> Vec<Value> {
    let mut seen = Vec::new();
    door(&mut |entry| {
        match entry {
            Ok(None) => return false,
            Ok(Some(SampleEntry::Line(line))) => seen.extend(entries::entry(&line)),
            Ok(Some(SampleEntry::Family(family))) => seen.extend(protobuf::head(&family)),
            Ok(Some(SampleEntry::Sample(sample))) => seen.push(views::view(&sample)),
            Ok(Some(other)) => seen.push(json!({ "e": format!("{other:?}") })),
            Err(error) => seen.push(entries::error(&error)),
        }
        true
    });
    seen
}
