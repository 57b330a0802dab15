//! Prints what Prometheus makes of a body.

use std::io;

use super::checked::Checked;
use super::verdict::{Standing, Verdict};
use crate::console::Console;
use crate::page::{Ink, number, printable};
use crate::verdict::{self, Severity};

/// Prints the verdict, and what it is for.
pub(super) fn print(
    checked: &Checked<'_>,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let verdict = &checked.verdict;
    let (ink, line) = line(verdict);
    writeln!(console.out, "{}", console.page.ink(ink, &printable(&line)))?;
    if checked.source.doubt.is_some() {
        let next = "fallback_scrape_protocol in the scrape configuration names a format for it";
        writeln!(console.out, "{next}")?;
    }
    if let Some(hint) = &checked.hint {
        writeln!(console.out, "{hint}")?;
    }
    writeln!(
        console.out,
        "{}",
        console.page.ink(Ink::Faint, &checked.reason())
    )?;
    for error in verdict.fatal().take(limit) {
        writeln!(console.out)?;
        console.lines(&verdict::rendered(error, &checked.source.name))?;
    }
    if verdict.fatal().count() > limit {
        writeln!(console.out)?;
    }
    console.more(verdict.fatal().count(), limit, 0)?;
    print_omitted(checked, limit, console)
}

fn print_omitted(checked: &Checked<'_>, limit: usize, console: &mut Console<'_>) -> io::Result<()> {
    let Verdict { omitted, .. } = &checked.verdict;
    if omitted.is_empty() || !checked.verdict.is_accepted() {
        return Ok(());
    }
    console.title("Not stored")?;
    for one in omitted {
        console.lines(&format!("  {}", one.told(&checked.source.name)))?;
    }
    let all = number::whole(checked.verdict.lost_samples());
    console.more(all, limit, 2)
}

/// Says in one line how it stands.
fn line(verdict: &Verdict) -> (Ink, String) {
    let count = |severity| {
        let errors = verdict.errors.iter();
        errors
            .filter(|error| Severity::of(error) == severity)
            .count()
    };
    match (verdict.standing(), &verdict.failure) {
        (Standing::Accepted, _) => accepted(verdict),
        (Standing::Unread, _) => {
            let lines = number::counted(count(Severity::Unread), "line is", "lines are");
            let line = format!("unknown: {lines} beyond the limits of this program");
            (Ink::Wrong, line)
        }
        (Standing::Lost, Some(failure)) => (Ink::Wrong, format!("lost: {failure}")),
        (Standing::Lost, None) => {
            let line = match count(Severity::Error) {
                1 => "lost: 1 error, for which Prometheus drops the whole scrape".to_owned(),
                errors => format!(
                    "lost: {} errors, for any of which Prometheus drops the whole scrape",
                    number::grouped(errors)
                ),
            };
            (Ink::Wrong, line)
        }
    }
}

fn accepted(verdict: &Verdict) -> (Ink, String) {
    let samples = number::counted(
        number::whole(verdict.report.samples_scraped),
        "sample",
        "samples",
    );
    let families = number::counted(verdict.families, "family", "families");
    let series = number::grouped(number::whole(verdict.series));
    let line = match verdict.report.samples_scraped {
        0 => "accepted: no samples".to_owned(),
        _ => format!("accepted: {samples}, {series} series, {families}"),
    };
    match number::whole(verdict.lost_samples()) {
        0 => (Ink::Well, line),
        1 => (Ink::Wrong, format!("{line}; 1 sample is not stored")),
        lost => {
            let lost = number::grouped(lost);
            (Ink::Wrong, format!("{line}; {lost} samples are not stored"))
        }
    }
}
