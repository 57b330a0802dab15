//! Shows how labels pass through rules, line by line.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};

use exposition::ValidationScheme;
use exposition::relabel::{Action, LabelSet, Rules, Step, Trace};
use exposition::scrape::{Target, TargetConfig};

use crate::page::number::counted;
use crate::page::{Ink, Page, pad, printable, width};
use crate::targets::{self, Labels};

/// How much to show, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Show {
    pub(crate) page: Page,
    /// Whether to show rules without an effect.
    pub(crate) trace: bool,
    /// How many samples to show.
    pub(crate) limit: usize,
}

/// What happened to labels.
#[derive(Default)]
pub(crate) struct Way {
    pub(crate) is_kept: bool,
    pub(crate) target: Option<Target>,
    /// Whether Prometheus refuses what the rules have kept.
    pub(crate) is_refused: bool,
}

/// Shows what rules do to any labels.
pub(crate) fn labels(
    rules: &Rules,
    labels: &Labels,
    show: Show,
    out: &mut dyn Write,
) -> io::Result<Way> {
    let before: LabelSet<'_> = targets::pairs(labels).collect();
    let mut after = before.clone();
    let trace = rules.trace(&mut after);
    verdict(trace.keep(), "", show.page, out)?;
    steps(rules, &trace, show, out)?;
    changes(&before, &after, &trace, show.page, out)?;
    Ok(Way {
        is_kept: trace.keep(),
        ..Way::default()
    })
}

/// Shows what happens to discovered labels.
pub(crate) fn target(
    config: &TargetConfig,
    labels: &Labels,
    show: Show,
    out: &mut dyn Write,
) -> Result<Way, Box<dyn Error>> {
    let page = show.page;
    let before = config.label_set(targets::pairs(labels));
    let mut after = before.clone();
    let trace = config.rules.trace(&mut after);
    let target = trace.keep().then(|| config.target(&after));
    let is_kept = matches!(target, Some(Ok(_)));
    verdict(is_kept, &targets::name(labels), page, out)?;
    if let Some(step) = trace.steps().last().filter(|step| !step.keep()) {
        writeln!(
            out,
            "  rule {}: {}",
            step.index(),
            printable(&step.why().to_string())
        )?;
        if !show.trace {
            return Ok(Way::default());
        }
    }
    steps(&config.rules, &trace, show, out)?;
    changes(&before, &after, &trace, page, out)?;
    match target {
        None => Ok(Way::default()),
        Some(Err(error)) => {
            writeln!(out, "\n  {} {error}", page.ink(Ink::Wrong, "refused:"))?;
            Ok(Way {
                is_refused: true,
                ..Way::default()
            })
        }
        Some(Ok(target)) => {
            let (every, within) = (target.interval(), target.timeout());
            let faint = page.ink(Ink::Faint, &format!("every {every}, within {within}"));
            let url = printable(target.url()).into_owned();
            writeln!(
                out,
                "\n  scraped at {}  {faint}",
                page.ink(Ink::Value, &url)
            )?;
            writeln!(out, "  its series get {}", printable(&target.to_string()))?;
            Ok(Way {
                is_kept: true,
                target: Some(target),
                is_refused: false,
            })
        }
    }
}

fn verdict(is_kept: bool, name: &str, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let word = match is_kept {
        true => page.ink(Ink::Well, "kept"),
        false => page.ink(Ink::Wrong, "dropped"),
    };
    writeln!(out, "{}", format!("{word} {}", printable(name)).trim_end())
}

/// Shows what each rule saw and did, briefly for a rule that changes nothing.
fn steps(rules: &Rules, trace: &Trace<'_>, show: Show, out: &mut dyn Write) -> io::Result<()> {
    if rules.is_empty() {
        return writeln!(out, "  no rule");
    }
    let page = show.page;
    for step in trace.steps() {
        let has_effect = !step.changes().is_empty() || !step.keep();
        let text = told(step);
        let line = format!(
            "  {:>2}  {} {text}",
            step.index(),
            pad(step.rule().action().as_str(), 9, false)
        );
        match has_effect {
            true => writeln!(out, "{line}")?,
            false => writeln!(out, "{}", page.ink(Ink::Faint, &line))?,
        }
    }
    let unseen = rules.len() - trace.steps().len();
    if unseen > 0 {
        let unseen = counted(unseen, "more rule is", "more rules are");
        let line = format!("      {unseen} not reached");
        writeln!(out, "{}", page.ink(Ink::Faint, &line))?;
    }
    Ok(())
}

/// Describes a step: what was looked at, whether that matched, and the result.
pub(crate) fn told(step: &Step<'_>) -> String {
    let rule = step.rule().config();
    let action = step.rule().action();
    let sources = rule.source_labels.as_deref().unwrap_or_default();
    let separator = rule.separator.as_deref().unwrap_or(";");
    let mut parts = Vec::new();
    if let Some(source) = step.source().filter(|_| !sources.is_empty()) {
        parts.push(format!("{} is {source:?}", sources.join(separator)));
    }
    let not = if step.matched() { "" } else { "not " };
    let regex = rule.regex.as_deref().map(|regex| match regex {
        "" => "\"\"",
        regex => regex,
    });
    match (action, regex) {
        (Action::Lowercase | Action::Uppercase | Action::HashMod, _) => {}
        (Action::KeepEqual | Action::DropEqual, _) => {
            let target = rule.target_label.as_deref().unwrap_or_default();
            parts.push(format!("{not}equal to {target}"));
        }
        (Action::LabelMap | Action::LabelDrop | Action::LabelKeep, Some(regex)) => {
            parts.push(format!("{not}matched by {regex}"));
        }
        (Action::Keep | Action::Drop, None) => parts.push("matched as anything is".to_owned()),
        (_, Some(regex)) => parts.push(format!("{not}matched by {regex}")),
        (_, None) => {}
    }
    let outcome = outcome(step);
    let told = format!("{} → {outcome}", parts.join(", "));
    printable(told.trim_start_matches(" → ")).into_owned()
}

fn outcome(step: &Step<'_>) -> String {
    let action = step.rule().action();
    match (step.keep(), step.changes()) {
        (false, _) => "dropped".to_owned(),
        (true, []) => match action {
            Action::Keep | Action::Drop | Action::KeepEqual | Action::DropEqual => {
                "kept".to_owned()
            }
            _ => "no change".to_owned(),
        },
        (true, changes) => {
            let told = changes.iter().map(|change| match change.after() {
                Some(after) => format!("{}={after:?}", change.name()),
                None => format!("no {}", change.name()),
            });
            told.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Formats a series as Prometheus writes it.
pub(crate) fn series(labels: &LabelSet<'_>) -> String {
    let name = labels.get("__name__").unwrap_or_default();
    let is_plain = ValidationScheme::Legacy.is_valid_metric_name(name);
    let mut others = labels.clone();
    if is_plain {
        others.remove("__name__");
    }
    let name = if is_plain { name } else { "" };
    let text = format!("{name}{others}");
    printable(text.strip_suffix("{}").unwrap_or(&text)).into_owned()
}

/// Shows the labels before and after, each on a line with what happened to it.
fn changes(
    before: &LabelSet<'_>,
    after: &LabelSet<'_>,
    trace: &Trace<'_>,
    page: Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    for step in trace.steps() {
        for change in step.changes() {
            by.insert(change.name(), step.index());
        }
    }
    let names: BTreeMap<&str, ()> = (before.iter().chain(after.iter()))
        .map(|(name, _)| (name, ()))
        .collect();
    let widest = names.keys().map(|name| width(name)).max().unwrap_or(0);
    writeln!(out)?;
    for name in names.keys() {
        let rule = by
            .get(name)
            .map_or(String::new(), |rule| format!("rule {rule}"));
        let (mark, value, ink) = match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) if before == after => (' ', format!("{after:?}"), None),
            (Some(before), Some(after)) => {
                ('~', format!("{before:?} → {after:?}"), Some(Ink::Value))
            }
            (Some(before), None) => ('-', format!("{before:?}"), Some(Ink::Wrong)),
            (None, after) => (
                '+',
                format!("{:?}", after.unwrap_or_default()),
                Some(Ink::Well),
            ),
        };
        let line = format!("  {mark} {}  {value}", pad(&printable(name), widest, false));
        let line = match ink {
            Some(ink) => page.ink(ink, &line),
            None => line,
        };
        writeln!(
            out,
            "{}",
            format!("{line}  {}", page.ink(Ink::Faint, &rule)).trim_end()
        )?;
    }
    Ok(())
}
