//! Builds lines of OpenMetrics 2.0: mostly of a family that is declared, with a value of its type.

use arbitrary::{Result, Unstructured};

use super::chance::one_in;
use super::words::{KINDS, LABELS, name};

type Input<'i, 'd> = &'i mut Unstructured<'d>;

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "1",
    "2",
    "3",
    "17",
    "-1",
    "0.5",
    "1.0",
    "1e0",
    "2.5e3",
    "NaN",
    "+Inf",
    "-Inf",
    "inf",
    "1e999",
    "18446744073709551616",
    "x",
    "",
];

const BOUNDS: &[&str] = &[
    "-Inf", "-1", "0", "0.25", "0.5", "1", "1.0", "2.5", "1e3", "+Inf", "NaN", "x",
];

const SCHEMAS: &[&str] = &["0", "3", "8", "-4", "+3", "9", "-53", "1.5", ""];

const SPANS: &[&str] = &[
    "0:1",
    "1:2",
    "2:0",
    "-1:1",
    "0:3",
    "9:4294967295",
    "1:-1",
    "1",
    "",
];

const TIMES: &[&str] = &[
    "",
    "",
    " 1",
    " 1.5",
    " -2",
    " 1700000000.123",
    " 1e300",
    " NaN",
];

const STARTS: &[&str] = &[
    "", "", "", " st@1", " st@0", " st@1.5", " st@-3", " st@", " st@x", " ST@1",
];

const EXEMPLARS: &[&str] = &[
    " # {} 1 1",
    " # {t=\"x\"} 0.5 3",
    " # {t=\"\\\"\",u=\"1\"} NaN -4.5",
    " # {\"t.u\"=\"\"} 1e3 1e12",
    " # {trace_id=\"7\"} 2 1700000000.5",
    " # {} 1",
    " # {t=\"x\"}",
    " # ",
    " #",
];

/// Adds lines: mostly what declares a family and up to four samples of it. The last has no line feed.
pub fn lines(from: Input<'_, '_>, out: &mut Vec<u8>) -> Result<()> {
    let (name, quoted) = name(from)?;
    let kind = *from.choose(KINDS)?;
    if !one_in(5, from)? {
        let quote = if quoted { "\"" } else { "" };
        out.extend_from_slice(format!("# TYPE {quote}{name}{quote} {kind}\n").as_bytes());
    }
    for number in 0..from.int_in_range(1..=4)? {
        if number > 0 {
            out.push(b'\n');
        }
        let labels = series_labels(from, &name, kind)?;
        let series = match (quoted, labels.is_empty()) {
            (true, true) => format!("{{\"{name}\"}}"),
            (true, false) => format!("{{\"{name}\",{labels}}}"),
            (false, true) => name.clone(),
            (false, false) => format!("{name}{{{labels}}}"),
        };
        let value = value(from, kind)?;
        let (time, start) = (*from.choose(TIMES)?, *from.choose(STARTS)?);
        out.extend_from_slice(format!("{series} {value}{time}{start}").as_bytes());
        for _ in 0..from.int_in_range(0..=3)? {
            out.extend_from_slice(from.choose(EXEMPLARS)?.as_bytes());
        }
    }
    Ok(())
}

fn series_labels(from: Input<'_, '_>, name: &str, kind: &str) -> Result<String> {
    let mut labels = Vec::new();
    for _ in 0..from.int_in_range(0..=2)? {
        labels.push((*from.choose(LABELS)?).to_owned());
    }
    if kind == "stateset" && !one_in(8, from)? {
        labels.push(format!("\"{name}\"=\"{}\"", from.choose(&["on", "off"])?));
    }
    Ok(labels.join(","))
}

/// Returns a value of that type, sometimes of another, and sometimes with a fault.
fn value(from: Input<'_, '_>, kind: &str) -> Result<String> {
    let kind = match one_in(12, from)? {
        true => *from.choose(KINDS)?,
        false => kind,
    };
    let mut fields = match kind {
        "summary" => vec![field(from, "count")?, field(from, "sum")?, quantiles(from)?],
        "histogram" | "gaugehistogram" => {
            let mut fields = match kind {
                "histogram" => vec![field(from, "count")?, field(from, "sum")?],
                _ => vec![field(from, "gcount")?, field(from, "gsum")?],
            };
            let forms = from.int_in_range(0..=3)?;
            if forms < 2 {
                native(from, &mut fields)?;
            }
            if forms > 0 {
                fields.push(buckets(from)?);
            }
            fields
        }
        _ => return Ok((*from.choose(NUMBERS)?).to_owned()),
    };
    match from.int_in_range(0..=15)? {
        0 => fields.reverse(),
        1 => _ = fields.pop(),
        2 => fields.push(field(from, "sum")?),
        3 => fields.push(field(from, "other")?),
        _ => {}
    }
    let between = if one_in(16, from)? { ", " } else { "," };
    let value = format!("{{{}}}", fields.join(between));
    Ok(match one_in(16, from)? {
        true => {
            let at = from.int_in_range(0..=value.len())?;
            value.chars().take(at).collect()
        }
        false => value,
    })
}

fn field(from: Input<'_, '_>, key: &str) -> Result<String> {
    Ok(format!("{key}:{}", from.choose(NUMBERS)?))
}

fn quantiles(from: Input<'_, '_>) -> Result<String> {
    pairs(from, "quantile", false)
}

/// Returns classic buckets, whose bounds mostly rise up to that of all.
fn buckets(from: Input<'_, '_>) -> Result<String> {
    pairs(from, "bucket", true)
}

fn pairs(from: Input<'_, '_>, key: &str, to_infinity: bool) -> Result<String> {
    let mut items = Vec::new();
    let mut at = 0;
    for _ in 0..from.int_in_range(0..=4)? {
        at = match one_in(12, from)? {
            true => from.choose_index(BOUNDS.len())?,
            false => at + from.int_in_range(1..=3)?,
        };
        let Some(bound) = BOUNDS.get(at) else { break };
        items.push(format!("{bound}:{}", from.choose(NUMBERS)?));
    }
    if to_infinity && !one_in(12, from)? {
        items.retain(|item| !item.starts_with("+Inf"));
        items.push(format!("+Inf:{}", from.choose(NUMBERS)?));
    }
    list(from, key, &items)
}

fn native(from: Input<'_, '_>, fields: &mut Vec<String>) -> Result<()> {
    fields.push(format!("schema:{}", from.choose(SCHEMAS)?));
    fields.push(field(from, "zero_threshold")?);
    fields.push(field(from, "zero_count")?);
    for side in ["negative", "positive"] {
        if one_in(2, from)? {
            continue;
        }
        let (mut spans, mut buckets) = (Vec::new(), Vec::new());
        for _ in 0..from.int_in_range(0..=2)? {
            let span = *from.choose(SPANS)?;
            let held = span
                .split_once(':')
                .and_then(|(_, length)| length.parse().ok());
            for _ in 0..held.unwrap_or(1_u32).min(4) {
                buckets.push((*from.choose(NUMBERS)?).to_owned());
            }
            spans.push(span.to_owned());
        }
        if one_in(12, from)? {
            buckets.pop();
        }
        fields.push(list(from, &format!("{side}_spans"), &spans)?);
        fields.push(list(from, &format!("{side}_buckets"), &buckets)?);
    }
    Ok(())
}

fn list(from: Input<'_, '_>, key: &str, items: &[String]) -> Result<String> {
    let between = if one_in(12, from)? { ",," } else { "," };
    Ok(format!("{key}:[{}]", items.join(between)))
}
