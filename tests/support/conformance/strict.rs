//! Checks whether an OpenMetrics body is valid by the specification.

use exposition::strict;
use serde_json::Value;

use super::case::input;

/// Checks a case that has `should_parse`.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = input(case)?;
    let should_parse = case["should_parse"].as_bool().ok_or("no verdict")?;
    let violations: Vec<String> = strict::check(&body)
        .map(|violation| violation.to_string())
        .collect();
    match violations.is_empty() == should_parse {
        true => Ok(()),
        false => Err(format!(
            "input: {:?}\n  expected: {}\n  got:      {violations:?}",
            String::from_utf8_lossy(&body),
            if should_parse { "valid" } else { "invalid" },
        )),
    }
}
