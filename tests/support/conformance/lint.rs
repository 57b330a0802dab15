//! Cases of the lint: a text body and what promtool says of it, `problems` or `error`, and its cardinalities, `extended`
//! or `extended_error`.

#![allow(clippy::indexing_slicing, reason = "a JSON object takes any key")]

use exposition::lint::promtool::{self, Problem, Refusal};
use exposition::lint::{self, Finding, LintRule};
use exposition::{Dialect, Format, Parser};
use serde_json::Value;

use super::case;

/// Checks a case.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = case::input(case)?;
    let problems = promtool::check(&body);
    same(
        &problems.clone().map(listed),
        &expected(case, "problems", "error")?,
    )?;
    let extended = promtool::extended(&body);
    let extended = extended.map(|cardinalities| {
        let families = cardinalities.families();
        families
            .map(|(name, cardinality)| (name.to_owned(), cardinality.to_string()))
            .collect()
    });
    same(&extended, &expected(case, "extended", "extended_error")?)?;
    exit(
        case,
        "exit",
        problems.as_ref().map(|problems| !problems.is_empty()),
    )?;
    exit(
        case,
        "exit_extended_nolint",
        extended.as_ref().map(|_| false),
    )?;
    match problems
        .as_ref()
        .ok()
        .and_then(|problems| unsaid(&body, problems))
    {
        None => Ok(()),
        Some(problem) => Err(format!("the lint does not say {problem:?}")),
    }
}

/// What is listed: a family's name, and what is said of it.
type Listed = Vec<(String, String)>;

fn listed(problems: Vec<Problem>) -> Listed {
    let pair = |problem: &Problem| (problem.metric().to_owned(), problem.text().to_owned());
    problems.iter().map(pair).collect()
}

/// Returns the list that is expected, or the error.
fn expected(case: &Value, list: &str, error: &str) -> Result<Result<Listed, String>, String> {
    if let Some(error) = case[error].as_str() {
        return Ok(Err(error.to_owned()));
    }
    let rows = case[list]
        .as_array()
        .ok_or_else(|| format!("`{list}` is no list"))?;
    let row = |row: &Value| {
        let (name, said) = match row.as_array() {
            Some(row) => (row.first()?.as_str()?, row.get(1)?.to_string()),
            None => (row["metric"].as_str()?, row["text"].as_str()?.to_owned()),
        };
        Some((name.to_owned(), said))
    };
    let rows: Option<Listed> = rows.iter().map(row).collect();
    rows.map(Ok)
        .ok_or_else(|| format!("a row of `{list}` has another form"))
}

/// Compares lists exactly, and errors by their lines and words. Before them, promtool says what it was doing.
fn same(got: &Result<Listed, Refusal>, expected: &Result<Listed, String>) -> Result<(), String> {
    let is_same = match (got, expected) {
        (Ok(got), Ok(expected)) => got == expected,
        (Err(refusal), Err(error)) => error.ends_with(&refusal.to_string()),
        _ => false,
    };
    match is_same {
        true => Ok(()),
        false => Err(format!("expected {expected:#?}\ngot {got:#?}")),
    }
}

/// Compares an exit code: 1 if the body is refused, 3 if there is a problem.
fn exit(case: &Value, field: &str, found: Result<bool, &Refusal>) -> Result<(), String> {
    let code = match found {
        Err(_) => 1,
        Ok(true) => 3,
        Ok(false) => 0,
    };
    match case[field] == code {
        true => Ok(()),
        false => Err(format!("`{field}` would be {code}")),
    }
}

/// Returns a problem of promtool's that the lint does not find, in its words or by the rule that says why it is none. Where
/// Prometheus refuses a line, the lint cannot know its family.
pub(crate) fn unsaid<'p>(body: &[u8], problems: &'p [Problem]) -> Option<&'p Problem> {
    if Parser::new(body, Dialect::Text).any(|line| line.is_err()) {
        return None;
    }
    let findings = lint::check(body, Format::default());
    let is_said = |problem: &Problem| {
        let is_it = |finding: &Finding| {
            let is_instead = match finding.rule() {
                LintRule::HardlyAbbreviated => problem.text() == LintRule::AbbreviatedUnit.text(),
                LintRule::PointsInTime => problem.text() == LintRule::NotUnique.text(),
                _ => finding.message() == problem.text(),
            };
            is_instead && finding.family() == Some(problem.metric())
        };
        findings.iter().any(is_it)
    };
    problems.iter().find(|problem| !is_said(problem))
}
