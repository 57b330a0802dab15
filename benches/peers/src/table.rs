//! What was measured, as Markdown tables and as JSON.

use std::io::{self, Write};

use peers::Side;
use peers::bodies::Body;
use serde::Serialize;

use crate::measure::{Measured, Row, Verdict};

/// A row as JSON.
#[derive(Serialize)]
struct Json<'a> {
    body: &'a str,
    parser: &'a str,
    samples: u64,
    mb_per_s: Option<f64>,
    ns_per_sample: Option<f64>,
    allocs_per_sample: Option<f64>,
    peak_bytes: Option<u64>,
    /// What is wrong, if the parser does not read the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

/// Writes an object for each row.
pub(crate) fn json(out: &mut dyn Write, measured: &Measured<'_>) -> io::Result<()> {
    for row in &measured.rows {
        let body = measured.body;
        let per_sample = per_sample(body, row);
        let json = Json {
            body: &body.name,
            parser: row.parser,
            samples: row.tally.samples,
            mb_per_s: row
                .seconds
                .map(|seconds| megabytes_per_second(body, seconds)),
            ns_per_sample: row.seconds.map(|seconds| per_sample(seconds * 1e9)),
            allocs_per_sample: row
                .memory
                .map(|memory| per_sample(memory.allocations as f64)),
            peak_bytes: row.memory.map(|memory| memory.peak_bytes),
            fault: fault(&row.verdict),
        };
        writeln!(out, "{}", serde_json::to_string(&json)?)?;
    }
    Ok(())
}

fn fault(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Whole | Verdict::Limit => None,
        Verdict::Differs(fault) | Verdict::Rejected(fault) => Some(fault),
    }
}

/// Shares a number out among the samples that were read; a limit reads none and counts the body's.
fn per_sample(body: &Body, row: &Row) -> impl Fn(f64) -> f64 + use<> {
    let samples = match row.verdict {
        Verdict::Limit => body.samples,
        _ => row.tally.samples,
    };
    move |number| number / samples.max(1) as f64
}

pub(crate) fn megabytes_per_second(body: &Body, seconds: f64) -> f64 {
    body.text.len() as f64 / 1e6 / seconds
}

/// The ratios of all bodies, a row each.
pub(crate) fn ratios(out: &mut dyn Write, all: &[Measured<'_>]) -> io::Result<()> {
    let doors: Vec<&str> = match all.first() {
        Some(first) => (first.rows.iter().filter(|row| row.side == Side::Ours))
            .map(|row| row.parser)
            .collect(),
        None => return Ok(()),
    };
    let Some((&slice, others)) = doors.split_first() else {
        return Ok(());
    };
    write!(
        out,
        "| body | {slice} ÷ quote walk | {slice} ÷ fastest peer that reads all |"
    )?;
    for other in others {
        write!(out, " {other} ÷ slice |")?;
    }
    writeln!(out, "\n|---|--:|--:|{}", "--:|".repeat(others.len()))?;
    for measured in all {
        let Some(ours) = measured.seconds(slice) else {
            continue;
        };
        let walk = measured
            .seconds("quote walk")
            .map(|walk| format!("{:.2}", walk / ours));
        let peer = measured.fastest_peer().map(|peer| {
            let ratio = peer.seconds.unwrap_or_default() / ours;
            format!("{ratio:.1} × {}", peer.parser)
        });
        let or_none = |cell: Option<String>| cell.unwrap_or_else(|| "–".to_owned());
        let peer = peer.unwrap_or_else(|| "no peer does".to_owned());
        write!(
            out,
            "| {} | {} | {peer} |",
            measured.body.name,
            or_none(walk)
        )?;
        for other in others {
            let ratio = measured
                .seconds(other)
                .map(|other| format!("{:.2}", ours / other));
            write!(out, " {} |", or_none(ratio))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// One body's table.
pub(crate) fn markdown(out: &mut dyn Write, measured: &Measured<'_>) -> io::Result<()> {
    let body = measured.body;
    let (size, samples) = (size(body), thousands(body.samples));
    writeln!(out, "\n### {}: {size}, {samples} samples\n", body.name)?;
    writeln!(
        out,
        "| parser | samples read | MB/s | ns per sample | allocations per sample | peak KiB | \
         × fastest peer that reads all | of the quote walk |"
    )?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|")?;
    let peer = measured.fastest_peer().and_then(|peer| peer.seconds);
    let walk = measured.seconds("quote walk");
    for row in &measured.rows {
        let per_sample = per_sample(body, row);
        let speed = row
            .seconds
            .map(|seconds| megabytes_per_second(body, seconds));
        let memory = row.memory;
        let against = |other: Option<f64>| Some(other? / row.seconds?);
        let cells = [
            speed.map(|speed| thousands(speed.round() as u64)),
            row.seconds
                .map(|seconds| format!("{:.1}", per_sample(seconds * 1e9))),
            memory.map(|memory| format!("{:.2}", per_sample(memory.allocations as f64))),
            memory.map(|memory| thousands(memory.peak_bytes.div_ceil(1024))),
            against(peer).map(|ratio| format!("{ratio:.2}")),
            against(walk).map(|ratio| format!("{ratio:.3}")),
        ];
        write!(out, "| {} | {} |", row.parser, read(row))?;
        for cell in cells {
            write!(out, " {} |", cell.as_deref().unwrap_or("–"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// How much a parser read, in words.
fn read(row: &Row) -> String {
    match &row.verdict {
        Verdict::Whole => "all".to_owned(),
        Verdict::Limit => "–".to_owned(),
        Verdict::Differs(differences) => {
            format!("{}, {differences}", thousands(row.tally.samples))
        }
        Verdict::Rejected(error) if error.starts_with("panics") => error.clone(),
        Verdict::Rejected(error) => format!("rejects it: `{}`", short(error)),
    }
}

/// The start of an error message, on one line.
fn short(error: &str) -> String {
    const LONGEST: usize = 90;
    let words: Vec<&str> = error.split_whitespace().collect();
    let line = words.join(" ").replace(['`', '|'], "");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// A body's size in words.
pub(crate) fn size(body: &Body) -> String {
    let bytes = body.text.len() as f64;
    if bytes < 1e6 {
        format!("{:.1} kB", bytes / 1e3)
    } else {
        format!("{:.1} MB", bytes / 1e6)
    }
}

/// A number with commas between its thousands.
pub(crate) fn thousands(number: u64) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", thousands(number / 1000), number % 1000)
}
