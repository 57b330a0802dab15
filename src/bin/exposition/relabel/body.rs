//! Shows how a body is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use exposition::relabel::{RuleStats, Step};
use exposition::scrape::{Rejection, Report, SampleConfig, Target};
use exposition::{Format, Parser};

use super::way::{Show, series, told};
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::page::number::{counted, exact, grouped};
use crate::page::{Ink, Page, pad, printable};
use crate::source::Source;
use crate::verdict;

/// How many samples that are not stored are shown, each on its own line.
const REJECTED: usize = 5;

/// Shows what a scrape of the body would store. Returns whether it succeeds, and its report.
pub(crate) fn show(
    source: &Source,
    config: &SampleConfig,
    target: &Target,
    show: Show,
    out: &mut dyn Write,
) -> Result<(Outcome, Report)> {
    let page = show.page;
    let scrape = config.scrape(target, source.content_type.as_deref(), &source.body);
    let report = scrape.count_rules().name_rejected(usize::MAX).report();

    writeln!(out, "{}", page.ink(Ink::Name, &printable(&source.name)))?;
    totals(source, &report, page, out)?;
    if let Some(stats) = &report.rules
        && !stats.rules().is_empty()
    {
        rules(config, stats, page, out)?;
    }
    examples(source, config, target, &report, show, out)?;
    Ok((outcome(&report), report))
}

/// Returns how the command ends for a scrape with that report.
pub(super) fn outcome(report: &Report) -> Outcome {
    match report.up() {
        false => Outcome::Unreadable,
        true if report.samples_post_metric_relabeling == 0 => Outcome::Findings,
        true => Outcome::Fine,
    }
}

fn totals(source: &Source, report: &Report, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let up = match report.up() {
        true => page.ink(Ink::Well, "up 1"),
        false => page.ink(Ink::Wrong, "up 0"),
    };
    let (scraped, kept) = (
        report.samples_scraped,
        report.samples_post_metric_relabeling,
    );
    let omitted = [
        (report.duplicates, "duplicates"),
        (report.out_of_order, "out of order"),
        (report.out_of_bounds, "out of bounds"),
    ];
    let stored = match report.up() {
        true => kept - omitted.iter().map(|(count, _)| count).sum::<u64>(),
        false => 0,
    };
    let count = |count: u64| grouped(usize::try_from(count).unwrap_or(usize::MAX));
    write!(
        out,
        "  {up}  {}, {} after the rules, {} stored",
        counted(
            usize::try_from(scraped).unwrap_or(usize::MAX),
            "sample",
            "samples"
        ),
        count(kept),
        count(stored)
    )?;
    for (number, why) in omitted.into_iter().filter(|(number, _)| *number > 0) {
        write!(out, ", {why}: {}", count(number))?;
    }
    writeln!(out)?;
    if let Some(failure) = &report.failure {
        for line in verdict::failure(failure, &source.name).lines() {
            writeln!(out, "  {line}")?;
        }
    }
    for sample in report.rejected.iter().take(REJECTED) {
        writeln!(out, "  {}", printable(&sample.to_string()))?;
    }
    match report.rejected.len().saturating_sub(REJECTED) {
        0 => Ok(()),
        more => writeln!(out, "  … and {} more", grouped(more)),
    }
}

/// Shows what each rule did to the samples.
fn rules(
    config: &SampleConfig,
    stats: &RuleStats,
    page: Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let titles = "rule  action         seen   matched   changed   dropped";
    writeln!(out, "\n  {}", page.ink(Ink::Faint, titles))?;
    for (index, (counts, rule)) in stats.rules().iter().zip(config.rules.iter()).enumerate() {
        let note = match counts.matched {
            0 => page.ink(Ink::Wrong, "  never matched"),
            _ => String::new(),
        };
        let action = pad(rule.action().as_str(), 9, false);
        let numbers = [counts.seen, counts.matched, counts.changed, counts.dropped];
        let numbers = numbers
            .map(|n| format!("{:>10}", grouped(n as usize)))
            .concat();
        writeln!(out, "  {index:>4}  {action}{numbers}{note}")?;
    }
    Ok(())
}

/// Shows samples before and after: for each rule the first that it affected; without such rules, or for a
/// trace, simply the first samples.
fn examples(
    source: &Source,
    config: &SampleConfig,
    target: &Target,
    report: &Report,
    show: Show,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = show.page;
    // A body whose header does not name a format is not read at all.
    let header = source.content_type.as_deref();
    let format = Format::from_negotiated(header, config.fallback, &config.protocols);
    let Some(dialect) = format.ok().and_then(Format::dialect) else {
        return Ok(());
    };
    let lines = Parser::new(&source.body, dialect);
    let rejected: BTreeMap<u64, Rejection> = (report.rejected.iter())
        .map(|sample| (sample.position.byte, sample.reason))
        .collect();
    let mut unseen: BTreeSet<usize> = (0..config.rules.len()).collect();
    let any_will_do = show.trace || unseen.is_empty();
    let samples = lines.filter_map(|line| line.ok()?.into_sample());
    let mut left = show.limit;
    for sample in samples {
        if left == 0 || (unseen.is_empty() && !any_will_do) {
            break;
        }
        let mut labels = config.join(&sample, target);
        let trace = config.rules.trace(&mut labels);
        let effects: Vec<&Step<'_>> = (trace.steps().iter())
            .filter(|step| has_effect(step))
            .collect();
        let is_news = effects.iter().any(|step| unseen.contains(&step.index()));
        if !is_news && !any_will_do {
            continue;
        }
        for step in effects {
            unseen.remove(&step.index());
        }
        left -= 1;
        let written = String::from_utf8_lossy(sample.raw_series());
        let value = exact(sample.value());
        let before = format!("{} {value}", printable(&written));
        writeln!(out, "\n  {}", page.ink(Ink::Faint, &before))?;
        let steps = trace.steps().iter();
        for step in steps.filter(|step| show.trace || has_effect(step)) {
            let action = step.rule().action();
            writeln!(out, "      {:>2}  {action}  {}", step.index(), told(step))?;
        }
        if !trace.keep() {
            continue;
        }
        // The line is a part of the body.
        let start = sample.raw().as_ptr() as usize - source.body.as_ptr() as usize;
        match rejected.get(&(start as u64)) {
            Some(reason) => {
                let not = page.ink(Ink::Wrong, "not stored:");
                writeln!(out, "  {not} {reason}")?;
            }
            None => {
                let value = page.ink(Ink::Value, &value);
                writeln!(out, "  {} {value}", series(&labels))?;
            }
        }
    }
    Ok(())
}

fn has_effect(step: &Step<'_>) -> bool {
    !step.keep() || !step.changes().is_empty()
}
