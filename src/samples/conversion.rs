//! Classic histograms of the text formats to native ones with custom buckets (NHCB), as Prometheus does it
//! while it reads (spec P39).

use std::fmt;

use super::collected::{Collected, LE};
use crate::error::Position;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{NativeHistogramError, NhcbBuilder, NhcbError};
use crate::number::decode::go_parse_float;
use crate::text::place::LineEnd;
use crate::text::sample::Sample;

/// How many histograms that cannot be converted are kept until they are asked for.
const KEPT: usize = 100;

/// A classic histogram that does not convert to a native one.
///
/// Prometheus drops it without a word ([P39](crate::docs::protobuf#p39)).
///
/// Displays as `line 2, column 1: h{a="x"}: counts are not cumulative: …`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Unconverted {
    /// The name of the histogram.
    pub name: String,
    /// Its labels, by name.
    pub labels: Vec<(String, String)>,
    /// Where the first of its series is.
    pub position: Position,
    /// The reason.
    pub reason: UnconvertedReason,
}

impl fmt::Display for Unconverted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.name)?;
        for (at, (name, value)) in self.labels.iter().enumerate() {
            let comma = if at == 0 { '{' } else { ',' };
            write!(f, "{comma}{name}={value:?}")?;
        }
        let end = if self.labels.is_empty() { "" } else { "}" };
        write!(f, "{end}: {}", self.reason)
    }
}

/// Why a classic histogram does not convert to a native one.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UnconvertedReason {
    /// Its buckets and its count do not make one.
    #[error(transparent)]
    Buckets(#[from] NhcbError),
    /// Prometheus would not store what they make.
    #[error(transparent)]
    Invalid(#[from] NativeHistogramError),
}

/// Collects consecutive series of a classic histogram.
///
/// What Prometheus loses by mistake is kept: a line in error does not end the collection, for reading may go on
/// after it (spec D6), and a histogram that storage would refuse does not enter the next one.
#[derive(Debug, Default)]
pub(super) struct Conversion {
    pub(super) keep_classic: bool,
    state: State,
    builder: NhcbBuilder,
    pub(super) collected: Collected,
    /// The timestamp of the last series, of any kind: the histogram gets it.
    timestamp: Option<i64>,
    pub(super) failed: u64,
    pub(super) unconverted: Vec<Unconverted>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Collecting,
    /// The histogram is returned, before the line that ended it.
    Emitting,
}

/// What a series says of a histogram.
#[derive(Debug, Clone, Copy)]
enum Piece {
    Bucket(f64),
    Count,
    Sum,
}

impl Conversion {
    pub(super) fn new(keep_classic: bool) -> Self {
        Conversion {
            keep_classic,
            ..Conversion::default()
        }
    }

    /// Tells whether the histogram is the current sample; if so, it is over.
    pub(super) fn release(&mut self) -> bool {
        let was_emitting = self.state == State::Emitting;
        if was_emitting {
            self.state = State::Start;
        }
        was_emitting
    }

    /// Takes note of the next series. Returns whether a histogram comes before it.
    pub(super) fn see(&mut self, sample: &Sample<'_>) -> bool {
        self.timestamp = sample.timestamp();
        let differs = self.state == State::Collecting
            && (sample.preceding_type() != MetricType::Histogram
                || base_name(&sample.name()) != self.collected.name()
                || !self.collected.has_labels_of(sample));
        differs && self.emit()
    }

    /// Adds a series to the histogram, if it is a part of one.
    pub(super) fn take(&mut self, sample: &Sample<'_>, end: LineEnd) -> bool {
        let Some((name_len, piece)) = piece(sample) else {
            return false;
        };
        if self.state != State::Collecting {
            self.state = State::Collecting;
            self.builder.clear();
            let name = sample.name();
            let name = name.get(..name.len() - name_len).unwrap_or_default();
            let position = end.start(sample.raw());
            self.collected.begin(name, sample, position);
        }
        self.collected.cite(sample);
        let value = sample.value();
        match piece {
            Piece::Bucket(bound) => self.builder.bucket(bound, value),
            Piece::Count => self.builder.count(value),
            Piece::Sum => self.builder.sum(value),
        };
        true
    }

    /// Ends the histogram that is being collected. Returns whether there is one that is converted.
    pub(super) fn emit(&mut self) -> bool {
        if self.state != State::Collecting {
            return false;
        }
        self.collected.complete();
        self.collected.timestamp = self.timestamp;
        let converted = self.builder.build_into(&mut self.collected.histogram);
        let converted = converted.map_err(UnconvertedReason::from);
        let stored = converted.and_then(|()| Ok(self.collected.histogram.validate()?));
        match stored {
            Ok(()) => self.state = State::Emitting,
            Err(reason) => {
                self.state = State::Start;
                self.fail(reason);
            }
        }
        stored.is_ok()
    }

    #[cold]
    fn fail(&mut self, reason: UnconvertedReason) {
        self.failed += 1;
        if self.unconverted.len() < KEPT {
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            self.unconverted.push(Unconverted {
                name: self.collected.name().to_owned(),
                labels: self.collected.labels().map(owned).collect(),
                position: self.collected.position,
                reason,
            });
        }
    }
}

/// Returns the name without the suffix of a histogram's series.
fn base_name(name: &str) -> &str {
    let base = ["_bucket", "_count", "_sum"].map(|suffix| name.strip_suffix(suffix));
    base.into_iter().flatten().next().unwrap_or(name)
}

/// Returns what a series says of the histogram that the last TYPE line declares, and the length of the
/// suffix of its name.
fn piece(sample: &Sample<'_>) -> Option<(usize, Piece)> {
    if sample.preceding_type() != MetricType::Histogram {
        return None;
    }
    let raw_name = sample.raw_name();
    let suffixes = sample.shape.suffixes();
    let family = (sample.declared).family_in(raw_name, MetricType::Histogram, suffixes)?;
    let suffix = raw_name.get(family..)?;
    let piece = match suffix {
        b"_bucket" => {
            let labels = sample.labels();
            let le = labels.iter().find(|label| label.is_named(LE))?;
            let bound = go_parse_float(&le.value())?;
            Some(Piece::Bucket(bound)).filter(|_| !bound.is_nan())?
        }
        b"_count" => Piece::Count,
        b"_sum" => Piece::Sum,
        _ => return None,
    };
    Some((suffix.len(), piece))
}
