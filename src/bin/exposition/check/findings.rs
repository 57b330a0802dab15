//! What the lint finds, by rule.

use std::collections::{HashMap, HashSet};
use std::io;

use exposition::lint::{Finding, LintRule, Outcome, Reader, Severity};

use super::checked::Checked;
use crate::console::Console;
use crate::page::{Ink, number, printable, width};
use crate::source::Source;

/// What a rule found in several families.
struct Group<'f> {
    rule: LintRule,
    severity: Severity,
    /// What was found everywhere; the rule's own words if it is not the same.
    message: &'f str,
    readers: &'static [(Reader, Outcome)],
    findings: Vec<&'f Finding>,
}

/// Groups findings: the most severe first, then in the order of the body.
fn groups<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let mut places = HashMap::new();
    for finding in findings {
        let key = (finding.severity(), finding.rule());
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Group {
                rule: finding.rule(),
                severity: finding.severity(),
                message: finding.message(),
                readers: finding.readers(),
                findings: Vec::new(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            if group.message != finding.message() {
                group.message = finding.rule().text();
            }
            group.findings.push(finding);
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.severity));
    groups
}

/// Prints what the lint finds and the other parts do not say.
pub(super) fn print(
    checked: &Checked<'_>,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let refused = checked.refused_at();
    let told = |finding: &&Finding| is_told(checked, &refused, finding);
    let findings: Vec<&Finding> = checked
        .findings
        .iter()
        .filter(|found| !told(found))
        .collect();
    let text = match findings.len() {
        0 if checked.findings.is_empty() => "Lint: nothing found".to_owned(),
        0 => "Lint: nothing more found".to_owned(),
        _ => format!("Lint: {}", counts(&findings)),
    };
    console.title(&text)?;
    for group in groups(findings.into_iter()) {
        head(&group, console)?;
        rows(&group, checked.source, limit, console)?;
    }
    Ok(())
}

/// Counts findings by severity.
fn counts(findings: &[&Finding]) -> String {
    let of = |severity| {
        findings
            .iter()
            .filter(|found| found.severity() == severity)
            .count()
    };
    let counts = [
        (of(Severity::Error), "error", "errors"),
        (of(Severity::Warning), "warning", "warnings"),
        (of(Severity::Info), "remark", "remarks"),
    ];
    let counts = counts.into_iter().filter(|(count, _, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, one, many)| number::counted(count, one, many))
        .collect();
    counts.join(", ")
}

fn head(group: &Group<'_>, console: &mut Console<'_>) -> io::Result<()> {
    let page = console.page;
    let label = format!("{}[{}]:", group.severity, group.rule);
    let ink = match group.severity {
        Severity::Error => Ink::Wrong,
        Severity::Warning => Ink::Type,
        _ => Ink::Faint,
    };
    let mut words = vec![page.ink(ink, &label)];
    let message = printable(group.message).into_owned();
    words.extend(message.split(' ').map(str::to_owned));
    for (at, (reader, outcome)) in group.readers.iter().enumerate() {
        let (before, after) = match (at, at + 1 == group.readers.len()) {
            (0, true) => ("(", ")"),
            (0, false) => ("(", ","),
            (_, true) => ("", ")"),
            (_, false) => ("", ","),
        };
        for word in [format!("{before}{reader}"), format!("{outcome}{after}")] {
            words.push(page.ink(Ink::Faint, &word));
        }
    }
    for line in page.lay_out(&words, 0, 1) {
        writeln!(console.out, "{line}")?;
    }
    Ok(())
}

fn rows(
    group: &Group<'_>,
    source: &Source,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let shown = group.findings.iter().take(limit);
    let shown: Vec<(String, String)> = shown
        .map(|finding| (place(finding, &source.name), about(finding, group.message)))
        .collect();
    let mut line_of_first = group.findings.first().map(|finding| line(finding, source));
    let widest = shown
        .iter()
        .map(|(place, _)| width(place))
        .max()
        .unwrap_or(0);
    for (place, about) in shown {
        let gap = " ".repeat(widest - width(&place));
        let line = format!("  {place}{gap}  {about}");
        writeln!(console.out, "{}", line.trim_end())?;
        if let Some(line) = line_of_first.take() {
            write!(console.out, "{}", console.page.ink(Ink::Faint, &line))?;
        }
    }
    console.more(group.findings.len(), limit, 2)
}

/// Returns the line that a finding is about, with a caret under the place; nothing where there are no lines.
fn line(finding: &Finding, source: &Source) -> String {
    let rendered = finding.render_in(&source.name, &source.body).to_string();
    // What was found and where is said already.
    let lines = rendered.lines().skip(2);
    lines.map(|line| format!("  {line}\n")).collect()
}

/// Returns the place of a finding as terminals and editors turn it into a link.
fn place(finding: &Finding, source: &str) -> String {
    let source = printable(source);
    match finding.position() {
        None => source.into_owned(),
        Some(at) if at.line == 0 => format!("{source}: byte {}", at.byte),
        Some(at) => format!("{source}:{}:{}", at.line, at.column),
    }
}

/// Returns what a finding is about: its family, what the group does not say, and how often it was found.
fn about(finding: &Finding, said: &str) -> String {
    let family = finding.family().unwrap_or_default();
    let detail = match finding.message() {
        message if message == said => "",
        message => message.strip_prefix(said).unwrap_or(message),
    };
    let detail = detail.trim_start_matches([':', ' ']);
    // Often it is the rule's words about the name of the family.
    let is_more = family.is_empty() || !detail.contains(family);
    let detail = if is_more { detail } else { "" };
    let times = match finding.count() {
        1 => String::new(),
        count => format!("{} times", number::grouped(count)),
    };
    let words = [family, detail, &times]
        .into_iter()
        .filter(|word| !word.is_empty());
    let words: Vec<_> = words.map(printable).collect();
    words.join(", ")
}

/// Tells whether the verdict, or what breaks the specification, says it already.
fn is_told(checked: &Checked<'_>, refused: &HashSet<u64>, finding: &Finding) -> bool {
    match finding.rule() {
        LintRule::Specification(_) => checked.violations.is_some(),
        LintRule::NoContentType => true,
        _ => {
            let is_refused = (finding.readers()).contains(&(Reader::Prometheus, Outcome::Refuses));
            let position = finding.position();
            is_refused && position.is_some_and(|position| refused.contains(&position.byte))
        }
    }
}
