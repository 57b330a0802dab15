//! `check`: what is wrong with a body, and for whom.

mod checked;
mod findings;
mod omitted;
mod promtool;
mod readers;
mod shape;
mod specification;
mod standing;
mod verdict;

use std::io;

use clap::{Args, ValueEnum};
use exposition::lint::{Allow, Lint, LintRule, Severity};
use exposition::scrape::Rejection;
use exposition::{Dialect, Format, Hint, Parser, ScrapeProtocol};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::source::{self, Bodies, ReadingArgs, Source, Told};
use checked::Checked;
use omitted::Omitted;
use promtool::{LintSet, Promtool};
use verdict::Verdict;

/// Check bodies: whether Prometheus takes them, what it loses, and who else refuses or misreads them
///
/// First comes Prometheus' verdict: accepted, and which samples are not stored; or lost, and for which errors. Then
/// what breaks the rules of OpenMetrics, if the body is OpenMetrics, and what other readers refuse or misread (the
/// lint), each with its rule and its line. At the end stands who reads the body. What looks like OpenMetrics and lacks
/// its `# EOF` is checked as OpenMetrics. Of a URL, the Content-Type is judged too. Without BODY, a bundled body of an
/// Istio sidecar is checked.
///
/// Exit codes: 0 accepted without findings; 1 Prometheus loses the scrape, or a body cannot be had; 2 the command line
/// is wrong; 3 accepted with findings.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    bodies: Bodies,
    /// Check text as OpenMetrics: what lacks its `# EOF` is then in error for it
    #[arg(long)]
    strict: bool,
    /// Only these parts, separated by commas
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Leave out what this rule finds, everywhere or in some metrics, such as 'L1:go_*'; once for each
    #[arg(long, value_name = "RULE[:METRIC]")]
    allow: Vec<Allow>,
    /// The least severity that counts as a finding for the exit code
    #[arg(long, value_name = "SEVERITY", default_value = "info")]
    severity: Level,
    /// Errors, and places of a rule, that are shown, 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print each body as one line of JSON
    #[arg(long)]
    json: bool,
    /// Print what `promtool check metrics` prints, and end as it does
    #[arg(long, conflicts_with_all = ["json", "only", "allow", "strict"])]
    promtool: bool,
    /// Print promtool's table of cardinalities
    #[arg(long, requires = "promtool")]
    extended: bool,
    /// What promtool looks for
    #[arg(long, value_name = "SET", default_value = "all", requires = "promtool")]
    lint: LintSet,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// A part of what is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Whether Prometheus takes the body
    Prometheus,
    /// The rules of OpenMetrics
    Openmetrics,
    /// What other readers refuse or misread
    Lint,
}

/// How severe something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Info,
    Warning,
    Error,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Severity {
        match level {
            Level::Info => Severity::Info,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        }
    }
}

impl Check {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        if self.promtool {
            let promtool = Promtool::new(self.lint, self.extended)?;
            return source::each_or_bundled(
                &self.bodies,
                &self.reading,
                console,
                |source, _, console| Ok(promtool.print(&source.body, console)?),
            );
        }
        let is_text = |format: &Format| !format.is_openmetrics();
        if self.strict && self.reading.format.as_ref().is_some_and(is_text) {
            let why = "--strict checks OpenMetrics, and --format names another format";
            return Err(Usage(why.to_owned()).into());
        }
        source::each_or_bundled(
            &self.bodies,
            &self.reading,
            console,
            |mut source, place, console| {
                let as_openmetrics = self.to_openmetrics(&mut source);
                let checked = self.check(&source, as_openmetrics);
                match self.json {
                    true => shape::print(&checked, console)?,
                    false => {
                        place.head(&source, console)?;
                        self.print(&checked, console)?;
                    }
                }
                Ok(self.outcome(&checked))
            },
        )
    }

    /// Has a body read as OpenMetrics that is meant to be that, and returns why.
    fn to_openmetrics(&self, source: &mut Source) -> Option<&'static str> {
        if source.dialect != Dialect::Text || source.format.is_protobuf() {
            return None;
        }
        let (protocol, why) = if self.strict {
            let version = lost_its_end(&source.body);
            let version = version.unwrap_or(ScrapeProtocol::OpenMetricsText100);
            (version, "as --strict says")
        } else if source.told == Told::Body {
            (
                lost_its_end(&source.body)?,
                "for it looks like that but lacks its `# EOF`; --format text says otherwise",
            )
        } else {
            return None;
        };
        let format = Format::new(protocol);
        source.format = format;
        source.dialect = format.dialect().unwrap_or_default();
        if source.doubt.is_none() {
            source.content_type = Some(format.content_type());
        }
        Some(why)
    }

    fn check<'s>(&self, source: &'s Source, as_openmetrics: Option<&'static str>) -> Checked<'s> {
        let limit = self.limit();
        let verdict = Verdict::on(source, limit);
        let violations = specification::violations(source).map(|mut violations| {
            violations.retain(|found| !self.allows(LintRule::Specification(found.rule()), None));
            violations
        });
        let lint = Lint::new().limits(source.limits);
        let mut findings = match source.told {
            Told::Header if as_openmetrics.is_none() => {
                lint.check_response(source.content_type.as_deref(), None, &source.body)
            }
            Told::Body if source.doubt.is_some() => {
                lint.check_response(source.content_type.as_deref(), None, &source.body)
            }
            _ => lint.check(&source.body, source.format),
        };
        let readers = readers::Readers::of(source, &verdict, &findings);
        findings.retain(|finding| !self.allows(finding.rule(), finding.family()));
        Checked {
            source,
            as_openmetrics,
            hint: source.hint(false),
            verdict,
            violations,
            findings,
            readers,
        }
    }

    fn allows(&self, rule: LintRule, family: Option<&str>) -> bool {
        self.allow.iter().any(|allow| allow.allows(rule, family))
    }

    fn limit(&self) -> usize {
        match self.limit {
            0 => usize::MAX,
            limit => limit,
        }
    }

    fn has(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    fn outcome(&self, checked: &Checked<'_>) -> Outcome {
        let Checked {
            verdict,
            violations,
            findings,
            ..
        } = checked;
        if self.has(Part::Prometheus) && !verdict.is_accepted() {
            return Outcome::Unreadable;
        }
        let least = Severity::from(self.severity);
        // Duplicates are what rules of the lint find, which may be allowed.
        let is_found = |omitted: &Omitted| {
            self.has(Part::Lint) && omitted.rejected.reason == Rejection::Duplicate
        };
        let of_prometheus = verdict.omitted.iter().any(|omitted| !is_found(omitted));
        let mut violations = violations.iter().flatten();
        let of_openmetrics = violations.any(|found| specification::severity(found) >= least);
        let of_lint = findings.iter().any(|found| found.severity() >= least);
        let is_found = self.has(Part::Prometheus) && of_prometheus
            || self.has(Part::Openmetrics) && of_openmetrics
            || self.has(Part::Lint) && of_lint;
        match is_found {
            true => Outcome::Findings,
            false => Outcome::Fine,
        }
    }

    fn print(&self, checked: &Checked<'_>, console: &mut Console<'_>) -> io::Result<()> {
        let limit = self.limit();
        if self.has(Part::Prometheus) {
            standing::print(checked, limit, console)?;
        } else {
            writeln!(console.out, "{}", checked.reason())?;
        }
        if self.has(Part::Openmetrics) {
            specification::print(checked, limit, console)?;
        }
        if self.has(Part::Lint) {
            findings::print(checked, limit, console)?;
            readers::print(&checked.readers, console)?;
        }
        Ok(())
    }
}

/// Tells whether a body that is not in OpenMetrics, as it does not end in `# EOF`, has what only OpenMetrics has, and
/// of which version.
fn lost_its_end(body: &[u8]) -> Option<ScrapeProtocol> {
    const UNIT: &[u8] = b"# UNIT ";
    let has_unit = body.starts_with(UNIT) || memchr::memmem::find(body, b"\n# UNIT ").is_some();
    let errors = Parser::new(body, Dialect::Text).filter_map(|line| line.err());
    let mut of_hints = errors.filter_map(|error| match error.hint()? {
        Hint::OpenMetrics2 => Some(ScrapeProtocol::OpenMetricsText200),
        Hint::OpenMetrics => Some(ScrapeProtocol::OpenMetricsText100),
        _ => None,
    });
    let of_unit = || has_unit.then_some(ScrapeProtocol::OpenMetricsText100);
    of_hints.next().or_else(of_unit)
}
