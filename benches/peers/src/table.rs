//! The measurements, as Markdown tables and as JSON.

use std::io::{self, Write};

use peers::bodies::Body;
use peers::{Gives, Side};
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

/// Divides a number by the samples that were read; for a limit, which reads none, by the body's.
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

/// The door that the others are compared with.
const SLICE: &str = "exposition slice";

/// Returns the parsers on that side, in the order of the list.
fn parsers<'m>(all: &'m [Measured<'_>], side: Side) -> Vec<&'m str> {
    let rows = all.first().map(|first| first.rows.as_slice());
    let rows = rows.unwrap_or_default().iter();
    rows.filter(|row| row.side == side)
        .map(|row| row.parser)
        .filter(|parser| *parser != SLICE)
        .collect()
}

/// Writes the ratios of all bodies, one row each: the slice door, which reads everything, compared with the
/// walk and the peers, which do so too, and every other door compared with it.
pub(crate) fn ratios(out: &mut dyn Write, all: &[Measured<'_>]) -> io::Result<()> {
    let doors = parsers(all, Side::Ours);
    let first = "slice ÷ quote walk | slice ÷ fastest peer that reads all";
    write!(out, "| everything read | {first} |")?;
    for door in &doors {
        write!(out, " {} ÷ slice |", short_name(door))?;
    }
    writeln!(out, "\n|---|--:|--:|{}", "--:|".repeat(doors.len()))?;
    for measured in all {
        let Some(ours) = measured.seconds(SLICE) else {
            continue;
        };
        let walk = measured
            .seconds("quote walk")
            .map(|walk| format!("{:.2}", walk / ours));
        let peer = measured.fastest_peer().map(|peer| {
            let ratio = peer.seconds.unwrap_or_default() / ours;
            format!("{ratio:.1} × {}", peer.parser)
        });
        let peer = peer.unwrap_or_else(|| "no peer does".to_owned());
        write!(
            out,
            "| {} | {} | {peer} |",
            measured.body.name,
            walk.as_deref().unwrap_or("–")
        )?;
        beside_slice(out, measured, &doors)?;
    }
    Ok(())
}

/// Writes the forms of loop compared with the slice door, one row for each body.
pub(crate) fn loops(out: &mut dyn Write, all: &[Measured<'_>]) -> io::Result<()> {
    let loops = parsers(all, Side::Loop);
    write!(out, "\n| loop ÷ `line?`, everything read |")?;
    for form in &loops {
        write!(out, " {} |", short_name(form))?;
    }
    writeln!(out, "\n|---|{}", "--:|".repeat(loops.len()))?;
    for measured in all {
        write!(out, "| {} |", measured.body.name)?;
        beside_slice(out, measured, &loops)?;
    }
    Ok(())
}

/// Writes the speed of each of `parsers` relative to the slice door: the rest of a row.
fn beside_slice(out: &mut dyn Write, measured: &Measured<'_>, parsers: &[&str]) -> io::Result<()> {
    let slice = measured.seconds(SLICE);
    for parser in parsers {
        let ratio = slice.zip(measured.seconds(parser));
        let ratio = ratio.map(|(slice, seconds)| format!("{:.2}", slice / seconds));
        write!(out, " {} |", ratio.as_deref().unwrap_or("–"))?;
    }
    writeln!(out)
}

/// Returns a parser's name for where it is clear that it is ours.
fn short_name(parser: &str) -> &str {
    let name = parser.strip_prefix("exposition ").unwrap_or(parser);
    name.strip_prefix("slice, ").unwrap_or(name)
}

/// Writes one body's table.
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
            // Skipping does not count as faster than reading.
            against(peer.filter(|_| row.gives != Gives::Counts)).map(|ratio| format!("{ratio:.2}")),
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

/// Describes how much a parser read.
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

/// Returns the start of an error message, on one line.
fn short(error: &str) -> String {
    const LONGEST: usize = 90;
    let words: Vec<&str> = error.split_whitespace().collect();
    let line = words.join(" ").replace(['`', '|'], "");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Describes a body's size.
pub(crate) fn size(body: &Body) -> String {
    let bytes = body.text.len() as f64;
    if bytes < 1e6 {
        format!("{:.1} kB", bytes / 1e3)
    } else {
        format!("{:.1} MB", bytes / 1e6)
    }
}

/// Formats a number with commas between its thousands.
pub(crate) fn thousands(number: u64) -> String {
    if number < 1000 {
        return number.to_string();
    }
    format!("{},{:03}", thousands(number / 1000), number % 1000)
}
