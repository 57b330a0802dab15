//! Cases of OpenMetrics 2.0: `mode` and `events` as Prometheus' parser of that format reports them, and `spec`, the
//! verdict of the specification.

#![allow(clippy::indexing_slicing, reason = "a JSON object takes any key")]

use exposition::strict::{self, Severity};
use exposition::{Format, HistogramOptions, ScrapeProtocol};
use serde_json::Value;

use super::protobuf::options;
use super::{case, compare, samples};

/// Checks a case.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = match case["body"].as_str() {
        Some(body) => body.as_bytes().to_vec(),
        None => case::input(case)?,
    };
    specification(&body, case)?;
    let format = Format::new(ScrapeProtocol::OpenMetricsText200);
    let options = options(case["mode"].as_str().unwrap_or("default"))?;
    let got = samples::through_doors(&body, format, options)?;
    let mut got = compare::up_to_first_error(&got);
    let listed = case["events"].as_array().ok_or("`events` is no list")?;
    let mut expected = listed.clone();
    for entry in expected.iter_mut().chain(&mut got) {
        // Prometheus cannot tell 0 from none.
        if entry["st"] == 0 {
            entry.as_object_mut().map(|fields| fields.remove("st"));
        }
    }
    let same = (expected.iter().map(compare::comparable)).eq(got.iter().map(compare::comparable));
    match same || differs_by_nul(&body, format, options, &expected, &got)? {
        true => Ok(()),
        false => Err(compare::difference(&body, "the slice", &expected, &got)),
    }
}

/// Says what of a case is not compared.
pub(crate) fn unclear(case: &Value) -> Option<&'static str> {
    (case["spec"] == "unclear").then_some("the specification has no clear verdict")
}

/// Compares the verdict of the specification, where it has one. It does not depend on the mode.
fn specification(body: &[u8], case: &Value) -> Result<(), String> {
    if !matches!(case["mode"].as_str(), None | Some("default")) {
        return Ok(());
    }
    let expected = match case["spec"].as_str() {
        Some("valid") => true,
        Some("invalid") => false,
        Some("unclear") => return Ok(()),
        other => return Err(format!("{other:?} is no verdict")),
    };
    let errors: Vec<String> = strict::check_openmetrics2(body)
        .filter(|violation| violation.severity() == Severity::Error)
        .map(|violation| violation.to_string())
        .collect();
    match errors.is_empty() == expected {
        true => Ok(()),
        false => Err(format!(
            "input: {:?}\n  the specification: {} {}\n  found: {errors:?}",
            String::from_utf8_lossy(body),
            case["spec"],
            case["spec_why"],
        )),
    }
}

/// Tells whether all is the same up to the first line with a NUL: in Prometheus that can end a text in quotes or
/// the input, here it is an ordinary byte (D2).
fn differs_by_nul(
    body: &[u8],
    format: Format,
    options: HistogramOptions,
    expected: &[Value],
    got: &[Value],
) -> Result<bool, String> {
    let Some(nul) = body.iter().position(|byte| *byte == 0) else {
        return Ok(false);
    };
    let line = body[..nul].iter().rposition(|byte| *byte == b'\n');
    let before = &body[..line.map_or(0, |end| end + 1)];
    let before = samples::through_doors(before, format, options)?;
    let before = before.iter().filter(|entry| entry["e"] != "error").count();
    let same = |entries: &[Value]| -> Vec<Value> {
        entries
            .iter()
            .take(before)
            .map(compare::comparable)
            .collect()
    };
    Ok(same(expected) == same(got))
}
