//! A body that is being read, and what it has said about its families so far.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use super::body::Body;
use super::row::{Metric, Row, RowSample, SampleKind};
use super::row_filter::RowFilter;
use crate::error::{ErrorKind, Result};
use crate::format::syntax::Composites;
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::samples::{SampleEntry, SampleReader};
use crate::text::line::Line;
use crate::text::reader::Reader;

/// A body that is being read.
#[derive(Debug)]
pub(super) struct Reading<R: io::Read> {
    door: Door<R>,
    pub(super) target: Arc<str>,
    scraped_at: Option<i64>,
    metrics: Metrics,
    has_failed: bool,
}

/// Where samples come from.
#[derive(Debug)]
enum Door<R: io::Read> {
    /// Lines that are samples as they are.
    Lines(Box<Reader<R>>),
    /// What a scrape makes of a body.
    Samples(Box<SampleReader<R>>),
}

/// The forms of histograms that are rows unless something else is asked for: both, so that nothing is lost.
pub(super) const BOTH_FORMS: HistogramOptions =
    HistogramOptions::new().native(true).keep_classic(true);

/// The longest line or message that is read, in bytes. A column has 32 bits for the length of its texts, and bytes that
/// are not UTF-8 take three times as many in it.
const LONGEST: usize = 256 << 20;

impl<R: io::Read> Reading<R> {
    /// Begins with a body.
    pub(super) fn new(
        body: Body<R>,
        filter: &RowFilter,
        limits: Limits,
        histograms: HistogramOptions,
        metrics: Metrics,
    ) -> Self {
        let limits = Limits {
            max_line_bytes: limits.max_line_bytes.min(LONGEST),
            max_message_bytes: limits.max_message_bytes.min(LONGEST),
            ..limits
        };
        // A histogram that is converted ends with what comes after it, also if that is of another family.
        let lines = filter
            .of_lines(body.format)
            .filter(|_| !histograms.convert_classic);
        let plain = body.format.dialect().filter(|dialect| {
            dialect.syntax().composites == Composites::Lines && !histograms.convert_classic
        });
        let door = match plain {
            Some(dialect) => {
                let reader = Reader::new(body.input, dialect).limits(limits);
                Door::Lines(Box::new(match lines {
                    Some(filter) => reader.filter_by(filter),
                    None => reader,
                }))
            }
            None => {
                let reader = SampleReader::new(body.input, body.format)
                    .limits(limits)
                    .histograms(histograms);
                Door::Samples(Box::new(match lines {
                    Some(filter) => reader.filter_by(filter),
                    None => reader,
                }))
            }
        };
        Reading {
            door,
            target: body.target,
            scraped_at: body.scraped_at,
            metrics: metrics.of_next_body(),
            has_failed: false,
        }
    }

    /// Ends with the body. What is left serves for the next one.
    pub(super) fn into_metrics(self) -> Metrics {
        self.metrics
    }

    /// Gives the samples that pass the filter to `taker`, until it has enough. Returns whether the body goes on, or the
    /// next error, after which the body may go on too.
    pub(super) fn rows(&mut self, filter: &RowFilter, taker: &mut impl TakeRow) -> Result<bool> {
        let Reading {
            door,
            target,
            scraped_at,
            metrics,
            has_failed,
        } = self;
        let mut rows = Rows {
            target,
            scraped_at: *scraped_at,
            metrics,
            filter,
            taker,
        };
        if *has_failed {
            return Ok(false);
        }
        let read = match door {
            Door::Lines(reader) => rows.of_lines(reader),
            Door::Samples(reader) => rows.of_samples(reader),
        };
        if let Err(error) = &read {
            // Reading again might fail again, for ever.
            *has_failed = error.kind() == ErrorKind::Io;
        }
        read
    }
}

/// What takes rows.
pub(super) trait TakeRow {
    /// Takes a row. Returns whether there is room for more.
    fn take(&mut self, row: &Row<'_, impl RowSample>) -> bool;
}

/// Rows of a body on their way.
struct Rows<'r, T> {
    target: &'r str,
    scraped_at: Option<i64>,
    metrics: &'r mut Metrics,
    filter: &'r RowFilter,
    taker: &'r mut T,
}

impl<T: TakeRow> Rows<'_, T> {
    fn of_lines<R: io::Read>(&mut self, reader: &mut Reader<R>) -> Result<bool> {
        loop {
            match reader.next_line()? {
                Some(Line::Sample(sample)) => {
                    if !self.take(&sample) {
                        return Ok(true);
                    }
                }
                Some(Line::Unit(line)) => self.metrics.unit_is(&line.name(), &line.unit()),
                Some(Line::Type(_)) => self.metrics.forget(),
                Some(Line::Help(_) | Line::Comment(_) | Line::Eof) => {}
                None => return Ok(false),
            }
        }
    }

    fn of_samples<R: io::Read>(&mut self, reader: &mut SampleReader<R>) -> Result<bool> {
        loop {
            match reader.next_entry()? {
                Some(SampleEntry::Sample(sample)) => {
                    if !self.take(&sample) {
                        return Ok(true);
                    }
                }
                Some(SampleEntry::Family(family)) => {
                    self.metrics.unit_is(family.name(), &family.unit());
                }
                Some(SampleEntry::Line(Line::Unit(line))) => {
                    self.metrics.unit_is(&line.name(), &line.unit());
                }
                Some(SampleEntry::Line(_)) => self.metrics.forget(),
                None => return Ok(false),
            }
        }
    }

    /// Has a sample taken, if it passes the filter. Returns whether there is room for more.
    #[inline]
    fn take(&mut self, sample: &impl RowSample) -> bool {
        let is_wanted = self.metrics.see(sample, self.filter)
            && self.filter.wants_labels(sample, &mut self.metrics.spelled);
        !is_wanted
            || self.taker.take(&Row {
                target: self.target,
                scraped_at: self.scraped_at,
                metric: &self.metrics.last,
                sample,
            })
    }
}

/// What is known of the metric of the last sample.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    last: Metric,
    /// The name as it was written; empty if the next sample is of another metric, whatever its name.
    written: Vec<u8>,
    kind: SampleKind,
    /// Whether the filter wants samples of that name and family.
    is_wanted: bool,
    units: Units,
    /// Room for the value of a label.
    spelled: String,
}

impl Metrics {
    fn of_next_body(mut self) -> Self {
        self.forget();
        self.units = Units::default();
        self
    }

    /// Forgets which metric the last sample was of: the next one may be of another type, whatever its name.
    fn forget(&mut self) {
        self.written.clear();
    }

    fn unit_is(&mut self, family: &str, unit: &str) {
        self.forget();
        self.units.set(family, unit);
    }

    /// Looks at a sample's metric. Returns whether the filter wants samples of it.
    #[inline]
    fn see(&mut self, sample: &impl RowSample, filter: &RowFilter) -> bool {
        let written = sample.written_name();
        let kind = sample.kind();
        if written.is_empty() || *written != *self.written || kind != self.kind {
            self.kind = kind;
            self.written.clear();
            self.written.extend_from_slice(&written);
            self.see_other(sample, filter);
        }
        self.is_wanted
    }

    fn see_other(&mut self, sample: &impl RowSample, filter: &RowFilter) {
        let metric = &mut self.last;
        let (family, metric_type) = sample.family();
        metric.number += 1;
        metric.metric_type = metric_type;
        metric.family.clear();
        metric.family.push_str(&family);
        metric.name.clear();
        metric.name.push_str(&sample.name());
        metric.unit.clear();
        let unit = self.units.of(&metric.family);
        metric.unit.push_str(unit.unwrap_or_default());
        self.is_wanted = filter.wants_metric(&metric.name, &metric.family);
    }
}

/// The units that the body has declared, of as many families as there is room for.
#[derive(Debug, Default)]
struct Units {
    of: HashMap<String, String>,
    /// About how much they take, in bytes.
    bytes: usize,
}

/// The most that units take, in bytes.
const MOST_UNITS: usize = 128 << 10;

impl Units {
    fn set(&mut self, family: &str, unit: &str) {
        if unit.is_empty() {
            self.of.remove(family);
            return;
        }
        self.bytes += 100 + family.len() + unit.len();
        if self.bytes <= MOST_UNITS {
            self.of.insert(family.to_owned(), unit.to_owned());
        }
    }

    fn of(&self, family: &str) -> Option<&str> {
        match self.of.is_empty() {
            true => None,
            false => self.of.get(family).map(String::as_str),
        }
    }
}
