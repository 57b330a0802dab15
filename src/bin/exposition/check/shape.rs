//! What `--json` prints of a body; schema/check.json describes it.

use exposition::Error;
use exposition::lint::Finding;
use exposition::scrape::Rejection;
use exposition::strict::Violation;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::checked::Checked;
use super::omitted::Omitted;
use super::readers::Readers;
use super::specification;
use crate::console::Console;
use crate::failure::Result;
use crate::json::{self, Each};

/// What is printed of a body.
#[derive(Serialize)]
struct Shape<'c> {
    #[serde(flatten)]
    source: Map<String, Value>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'c str>,
    counts: Value,
    errors: Each<'c, Error>,
    not_stored: Each<'c, Omitted>,
    violations: Option<Each<'c, Violation>>,
    findings: Each<'c, Finding>,
    readers: Value,
}

/// Prints everything as an object on one line.
pub(super) fn print(checked: &Checked<'_>, console: &mut Console<'_>) -> Result<()> {
    let verdict = &checked.verdict;
    let report = &verdict.report;
    let violations = checked.violations.as_ref();
    let shape = Shape {
        source: json::source(checked.source),
        verdict: verdict.standing().as_str(),
        reason: verdict.failure.as_deref(),
        hint: checked.hint.as_deref(),
        counts: json!({
            "samples": report.samples_scraped,
            "series": verdict.series,
            "families": verdict.families,
            "duplicates": report.duplicates,
            "out_of_order": report.out_of_order,
            "out_of_bounds": report.out_of_bounds,
        }),
        errors: Each(&verdict.errors, json::error),
        not_stored: Each(&verdict.omitted, omitted),
        violations: violations.map(|found| Each(found, violation)),
        findings: Each(&checked.findings, finding),
        readers: readers(&checked.readers),
    };
    serde_json::to_writer(&mut *console.out, &shape)?;
    writeln!(console.out)?;
    Ok(())
}

fn omitted(omitted: &Omitted) -> Value {
    let rejected = &omitted.rejected;
    let reason = match rejected.reason {
        Rejection::Duplicate => "duplicate",
        Rejection::OutOfOrder => "out_of_order",
        Rejection::OutOfBounds => "out_of_bounds",
        _ => "other",
    };
    let mut object = Map::new();
    object.insert("reason".to_owned(), reason.into());
    object.insert("series".to_owned(), (&*rejected.series).into());
    object.insert("value".to_owned(), rejected.value.to_string().into());
    if let Some(timestamp) = rejected.timestamp {
        object.insert("timestamp".to_owned(), timestamp.into());
    }
    json::position(&mut object, rejected.position);
    if let Some((line, value)) = &omitted.first {
        object.insert("stored".to_owned(), json!({ "line": line, "value": value }));
    }
    object.into()
}

fn violation(violation: &Violation) -> Value {
    let error = violation.error();
    let mut object = Map::new();
    object.insert("rule".to_owned(), violation.rule().code().into());
    if let Some(number) = violation.number() {
        object.insert("number".to_owned(), number.into());
    }
    let severity = specification::severity(violation).as_str();
    object.insert("severity".to_owned(), severity.into());
    object.insert("message".to_owned(), error.to_string().into());
    object.insert("excerpt".to_owned(), error.excerpt().into());
    json::position(&mut object, violation.position());
    object.into()
}

fn finding(finding: &Finding) -> Value {
    let mut object = Map::new();
    object.insert("rule".to_owned(), finding.rule().id().into());
    object.insert("severity".to_owned(), finding.severity().as_str().into());
    if let Some(family) = finding.family() {
        object.insert("family".to_owned(), family.into());
    }
    object.insert("message".to_owned(), finding.message().into());
    object.insert("count".to_owned(), finding.count().into());
    if let Some(position) = finding.position() {
        json::position(&mut object, position);
    }
    let readers = finding.readers().iter();
    let readers = readers.map(
        |(reader, outcome)| json!({ "reader": reader.as_str(), "outcome": outcome.to_string() }),
    );
    object.insert("readers".to_owned(), readers.collect());
    object.into()
}

fn readers(readers: &Readers) -> Value {
    let rows = readers.0.iter().map(|(reader, reading, rules)| {
        let rules: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
        let outcome = reading.as_str().replace(' ', "_");
        json!({ "reader": reader.as_str(), "outcome": outcome, "rules": rules })
    });
    rows.collect()
}
