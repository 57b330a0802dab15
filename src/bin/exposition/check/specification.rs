//! The rules of OpenMetrics' specification.

use std::io;

use exposition::Dialect;
use exposition::lint::Severity;
use exposition::strict::{self, Violation};

use super::checked::Checked;
use crate::console::Console;
use crate::page::number;
use crate::source::Source;

/// Returns what breaks the specification; `None` if the body is not OpenMetrics.
pub(super) fn violations(source: &Source) -> Option<Vec<Violation>> {
    if source.format.is_protobuf() {
        return None;
    }
    match source.dialect {
        Dialect::OpenMetrics => Some(strict::check(&source.body).collect()),
        Dialect::OpenMetrics2 => Some(strict::check_openmetrics2(&source.body).collect()),
        _ => None,
    }
}

/// Returns how severe a violation is, as the lint says it.
pub(super) fn severity(violation: &Violation) -> Severity {
    match violation.severity() {
        strict::Severity::Warning => Severity::Warning,
        _ => Severity::Error,
    }
}

/// Prints what breaks the specification and is not among the errors of the verdict.
pub(super) fn print(
    checked: &Checked<'_>,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let Some(violations) = &checked.violations else {
        return Ok(());
    };
    let version = match checked.source.dialect {
        Dialect::OpenMetrics2 => "OpenMetrics 2.0",
        _ => "OpenMetrics 1.0",
    };
    // What the verdict says already.
    let refused = checked.refused_at();
    let is_told = |found: &&Violation| refused.contains(&found.position().byte);
    let own: Vec<&Violation> = violations.iter().filter(|found| !is_told(found)).collect();
    let told = violations.len() - own.len();
    let count = |number| number::counted(number, "place breaks", "places break");
    let text = match (own.len(), told) {
        (0, 0) => format!("{version}: the body keeps to the specification"),
        (0, _) => format!("{version}: nothing more breaks the specification"),
        (own, 0) => format!("{version}: {} the specification", count(own)),
        (own, _) => format!("{version}: {} the specification besides", count(own)),
    };
    console.title(&text)?;
    for violation in own.iter().take(limit) {
        console.lines(&format!("\n{}", violation.render_in(&checked.source.name)))?;
    }
    if own.len() > limit {
        writeln!(console.out)?;
    }
    console.more(own.len(), limit, 0)
}
