//! Cases of OpenMetrics 2.0: `mode` and `events` as Prometheus' parser of that format reports them, and `spec`, the
//! verdict of the specification.

use exposition::{Format, ScrapeProtocol};
use serde_json::Value;

use super::protobuf::options;
use super::{case, compare, samples};

/// Checks a case.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = match case["body"].as_str() {
        Some(body) => body.as_bytes().to_vec(),
        None => case::input(case)?,
    };
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
    match same {
        true => Ok(()),
        false => Err(compare::difference(&body, "the slice", &expected, &got)),
    }
}
