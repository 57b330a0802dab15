//! Cases with `events`: the entries of a body in order, the last one `{"e":"eof"}` or
//! `{"e":"error",…}`.

use exposition::{Dialect, Limits, Line, Parser};
use serde_json::Value;

use super::{case, compare, content_type, doors, entries};

/// Bodies up to this length are read in blocks of one byte too.
const SMALL: usize = 16 * 1024;

/// Checks a case: its events through the slice, and the same through the other doors. The error is the first
/// difference, in full.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = case::input(case)?;
    let dialect = content_type::dialect(case["ct"].as_str().unwrap_or_default())?;
    let expected = case["events"].as_array().ok_or("`events` is no list")?;

    let by_slice = collect(|see| Parser::new(&body, dialect).for_each(see));
    let got = compare::up_to_first_error(&by_slice);
    let agree = (expected.iter().map(compare::comparable)).eq(got.iter().map(compare::comparable));
    if !agree && !lost_to_a_line_feed(&body, dialect, expected, &got) {
        return Err(compare::difference(&body, "the slice", expected, &got));
    }

    let step = if body.len() <= SMALL { 1 } else { 4096 };
    let by_reader = collect(|see| {
        doors::by_reader(&body, dialect, Limits::new(), (step, step), see);
    });
    if by_reader != by_slice {
        return Err(compare::difference(
            &body,
            "the reader",
            &by_slice,
            &by_reader,
        ));
    }
    let by_chunks = collect(|see| doors::by_chunks(&body, dialect, Limits::new(), || step, see));
    if by_chunks != by_slice {
        return Err(compare::difference(&body, "chunks", &by_slice, &by_chunks));
    }
    Ok(())
}

/// Returns the entries that a door returns, including its errors.
fn collect(door: impl FnOnce(&mut dyn FnMut(exposition::Result<Line<'_>>))) -> Vec<Value> {
    let mut seen = Vec::new();
    door(&mut |line| match line {
        Ok(line) => seen.extend(entries::entry(&line)),
        Err(error) => seen.push(entries::error(&error)),
    });
    seen
}

/// Tells whether the only difference is a series whose text holds a raw line feed, right before the line with
/// the error, which is not expected.
///
/// Cases leave out the sample of a line with an error, which Prometheus delivers in OpenMetrics before it
/// fails. Some cases were made by looking at line feeds, and so lost the good sample before it, whose quoted
/// name holds one. Prometheus delivers that sample, and so do we.
fn lost_to_a_line_feed(body: &[u8], dialect: Dialect, expected: &[Value], got: &[Value]) -> bool {
    let ([before @ .., error], [same @ .., sample, got_error]) = (expected, got) else {
        return false;
    };
    let last = Parser::new(body, dialect).map_while(Result::ok).last();
    let holds_line_feed = matches!(last, Some(Line::Sample(s)) if s.raw().contains(&b'\n'));
    dialect == Dialect::OpenMetrics
        && holds_line_feed
        && sample["e"] == "series"
        && error["e"] == "error"
        && got_error["e"] == "error"
        && (before.iter().map(compare::comparable)).eq(same.iter().map(compare::comparable))
}
