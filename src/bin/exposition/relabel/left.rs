//! Writes what metric rules leave of a body, as a body.

use std::collections::HashMap;

use exposition::encode::Omitted;
use exposition::relabel::LabelSet;
use exposition::scrape::{SampleConfig, ScrapeError, Target};
use exposition::{
    Dialect, EncodeError, Encoder, Families, Format, Line, Parser, Sample, ScrapeProtocol, Series,
};

use super::moved::Moved;
use crate::console::Console;
use crate::convert::left_out;
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::page::number::counted;
use crate::page::printable;
use crate::source::Source;
use crate::verdict;

/// How many lines are named of those that became one series.
const LINES: usize = 10;
/// How many samples are named that no longer go with their family.
const APART: usize = 5;

/// What to write, and of which scrape.
pub(super) struct Left<'w> {
    pub(super) source: &'w Source,
    pub(super) config: &'w SampleConfig,
    pub(super) target: &'w Target,
    /// Whether series get the target's labels, as they are stored.
    pub(super) stored: bool,
    pub(super) to: ScrapeProtocol,
}

/// The lines that a body is read as.
struct Lines<'w> {
    text: &'w [u8],
    dialect: Dialect,
    /// Whether these are lines of the body itself.
    are_own: bool,
}

/// What became of the samples.
#[derive(Default)]
struct Kept {
    /// The body after the rules, in the dialect of its lines.
    text: Vec<u8>,
    samples: usize,
    /// Samples that have become one series, by the line of the first.
    same: Vec<Same>,
    errors: Vec<exposition::Error>,
    /// What cannot be written.
    unwritable: Vec<EncodeError>,
    omitted: Omitted,
}

/// A place in a text that moves on.
#[derive(Default)]
struct Place {
    byte: usize,
    feeds: u64,
}

impl Place {
    /// Moves on to a part of the text, and returns the line that it begins in, from 1.
    fn line(&mut self, text: &[u8], part: &[u8]) -> u64 {
        let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let between = text.get(self.byte..start).unwrap_or_default();
        self.feeds += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = self.byte.max(start);
        self.feeds + 1
    }
}

/// Samples of one series.
struct Same {
    series: String,
    lines: Vec<u64>,
}

impl Left<'_> {
    /// Writes the body to standard output, and what there is to say to standard error.
    pub(super) fn write(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let source = self.source;
        let as_text;
        let (lines, mut outcome) =
            match source.format.is_protobuf() || source.dialect == Dialect::OpenMetrics2 {
                false => {
                    let lines = Lines {
                        text: &source.body,
                        dialect: source.dialect,
                        are_own: true,
                    };
                    (lines, Outcome::Fine)
                }
                // What is not written as one line for each sample becomes that first: rules see samples.
                true => {
                    let collected = source.families().read_all();
                    let outcome = self.tell_errors(&collected.errors, console);
                    let (text, omitted) =
                        written(&collected.families, ScrapeProtocol::PrometheusText100)?;
                    tell_omitted(omitted, console);
                    as_text = text;
                    let lines = Lines {
                        text: &as_text,
                        dialect: Dialect::Text,
                        are_own: false,
                    };
                    (lines, outcome)
                }
            };
        let kept = self.kept(&lines)?;
        outcome = outcome.and(self.tell_errors(&kept.errors, console));
        outcome = outcome.and(self.tell_failure(console));
        for error in &kept.unwritable {
            console.tell(format_args!("error: {}: {error}", source.name));
            outcome = outcome.and(Outcome::Unreadable);
        }
        for same in kept.same.iter().filter(|same| same.lines.len() > 1) {
            console.tell(format_args!(
                "error: {}: {}",
                source.name,
                same.told(lines.are_own)
            ));
            outcome = outcome.and(Outcome::Findings);
        }
        if kept.samples == 0 {
            console.note("nothing is kept");
            outcome = outcome.and(Outcome::Findings);
        }
        tell_omitted(kept.omitted, console);
        self.put(&kept.text, lines.dialect, console)?;
        Ok(outcome)
    }

    /// Applies the rules to each sample, and writes those that are kept one by one.
    fn kept(&self, lines: &Lines<'_>) -> Result<Kept> {
        let protocol = match lines.dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText100,
        };
        let mut kept = Kept::default();
        let mut encoder = Encoder::from_writer(Vec::new(), Format::new(protocol))?.lossy(true);
        let (mut places, mut moved) = (HashMap::new(), Moved::default());
        let parser = Parser::new(lines.text, lines.dialect).limits(self.source.limits);
        let mut at = Place::default();
        for line in parser {
            let written = match line {
                Err(error) => {
                    kept.errors.push(error);
                    continue;
                }
                Ok(Line::Sample(sample)) => {
                    let line = at.line(lines.text, sample.raw());
                    let mut labels = self.labels(&sample);
                    if !self.config.rules.apply(&mut labels) {
                        continue;
                    }
                    let name = labels.get("__name__").unwrap_or_default();
                    let others = labels.iter().filter(|(name, _)| *name != "__name__");
                    let series = Series::new(name, others.clone());
                    let series = series.to_string();
                    let place = places.entry((series, sample.timestamp()));
                    let place = place.or_insert_with_key(|(series, _)| {
                        kept.same.push(Same {
                            series: series.clone(),
                            lines: Vec::new(),
                        });
                        kept.same.len() - 1
                    });
                    if let Some(same) = kept.same.get_mut(*place) {
                        same.lines.push(line);
                        if same.lines.len() > 1 {
                            continue;
                        }
                    }
                    kept.samples += 1;
                    moved.keep(&sample.name(), name);
                    encoder.sample_as(&sample, lines.dialect, name, others)
                }
                Ok(line) => {
                    moved.declare(&line);
                    encoder.line(&line, lines.dialect)
                }
            };
            if let Err(error) = written {
                kept.unwritable.push(error);
            }
        }
        let (text, omitted) = encoder.finish_reporting()?;
        kept.omitted = omitted;
        // In OpenMetrics, the encoder sees to that.
        if protocol == ScrapeProtocol::PrometheusText100 {
            (kept.text, _) = written(&moved.into_families(), protocol)?;
        }
        kept.text.extend(text);
        Ok(kept)
    }

    fn labels<'l>(&'l self, sample: &Sample<'l>) -> LabelSet<'l> {
        match self.stored {
            true => self.config.join(sample, self.target),
            false => LabelSet::from(sample),
        }
    }

    /// Writes lines as families, each once, without those of which no sample is left.
    fn put(&self, text: &[u8], dialect: Dialect, console: &mut Console<'_>) -> Result<()> {
        let collected = Families::new(text, dialect)
            .limits(self.source.limits)
            .read_all();
        let apart = collected.errors.iter().take(APART);
        for error in apart {
            let excerpt = error.excerpt();
            let excerpt = printable(excerpt.trim_end()).into_owned();
            console.note(format_args!("in what is left: {}: {excerpt}", error.kind()));
        }
        if collected.errors.len() > APART {
            let more = collected.errors.len() - APART;
            console.note(format_args!("in what is left: … and {more} more"));
        }
        let mut families = collected.families;
        families.retain(|family| !family.metrics.is_empty());
        let (text, omitted) = written(&families, self.to)?;
        tell_omitted(omitted, console);
        console.out.write_all(&text)?;
        Ok(())
    }

    fn tell_errors(&self, errors: &[exposition::Error], console: &Console<'_>) -> Outcome {
        for error in errors {
            console.tell(verdict::rendered(error, &self.source.name));
        }
        verdict::outcome(errors)
    }

    /// Tells why Prometheus would lose the scrape, unless that is an error that is told anyway.
    fn tell_failure(&self, console: &Console<'_>) -> Outcome {
        let Source {
            name,
            body,
            content_type,
            ..
        } = self.source;
        let scrape = self
            .config
            .scrape(self.target, content_type.as_deref(), body);
        match scrape.report().failure {
            None => Outcome::Fine,
            Some(ScrapeError::Line(_)) => Outcome::Unreadable,
            Some(failure) => {
                let why = verdict::failure(&failure, name);
                console.tell(format_args!("error: {name}: the scrape fails: {why}"));
                Outcome::Unreadable
            }
        }
    }
}

impl Same {
    fn told(&self, has_lines: bool) -> String {
        let series = printable(&self.series);
        let samples = counted(self.lines.len(), "sample", "samples");
        if !has_lines {
            return format!("{samples} became one series, {series}; the first is written");
        }
        let lines: Vec<String> = (self.lines.iter().take(LINES))
            .map(ToString::to_string)
            .collect();
        let more = match self.lines.len().saturating_sub(LINES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let lines = lines.join(", ");
        format!("lines {lines}{more} became one series, {series}; the first is written")
    }
}

fn written(
    families: &[exposition::MetricFamily<'_>],
    to: ScrapeProtocol,
) -> Result<(Vec<u8>, Omitted)> {
    let mut encoder = Encoder::from_writer(Vec::new(), Format::new(to))?.lossy(true);
    for family in families {
        encoder.reserve(family);
    }
    for family in families {
        encoder.family(family)?;
    }
    Ok(encoder.finish_reporting()?)
}

fn tell_omitted(omitted: Omitted, console: &Console<'_>) {
    if omitted != Omitted::default() {
        console.note(format_args!("left out: {}", left_out(omitted)));
    }
}
