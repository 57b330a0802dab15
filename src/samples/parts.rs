//! The samples that a histogram or a summary of OpenMetrics 2.0 becomes, which has it on one line.

use std::ops::Range;

use super::collected::LE;
use crate::error::{ErrorKind, Result};
use crate::model::composite::{Composite, CompositePairs};
use crate::model::histogram_options::HistogramOptions;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{NativeHistogram, NhcbBuilder, NhcbError};
use crate::model::sample_view::SampleValue;
use crate::model::suffix::Suffix;
use crate::number::go_float;
use crate::text::place::LineEnd;
use crate::text::sample::Sample;
use crate::text::shape::Text;

const QUANTILE: &str = "quantile";

/// Takes a line apart, sample by sample. What it holds is used again for the next line.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) options: HistogramOptions,
    next: Next,
    /// Where the buckets or quantiles that are left are, in the line.
    left: Range<usize>,
    builder: NhcbBuilder,
    part: Part,
}

/// What comes next of a line.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Another line.
    #[default]
    Line,
    Count,
    Sum,
    /// A bucket or a quantile, the first of them.
    FirstPair,
    Pair,
    /// The bucket for `+Inf` of a histogram without classic buckets.
    OnlyBucket,
}

/// A sample that is a part of a line.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The sample's name, with its suffix.
    pub(super) name: String,
    value: PartValue,
    /// The exemplars of the line are those of its first part.
    pub(super) has_exemplars: bool,
    histogram: NativeHistogram,
    /// The bound or quantile, in the spelling that is stored.
    number: String,
}

#[derive(Debug, Default, Clone, Copy)]
enum PartValue {
    /// A count or a sum.
    Whole(f64),
    Bucket(f64),
    Quantile(f64),
    /// A native histogram.
    #[default]
    Native,
}

impl Part {
    /// Returns the label that its bound or quantile is stored as.
    pub(super) fn label(&self) -> Option<(&'static str, &str)> {
        match self.value {
            PartValue::Whole(_) | PartValue::Native => None,
            PartValue::Bucket(_) => Some((LE, &self.number)),
            PartValue::Quantile(_) => Some((QUANTILE, &self.number)),
        }
    }

    /// Returns the value.
    pub(super) fn value(&self) -> SampleValue<'_> {
        match self.value {
            PartValue::Whole(number) | PartValue::Bucket(number) | PartValue::Quantile(number) => {
                SampleValue::Float(number)
            }
            PartValue::Native => SampleValue::NativeHistogram(&self.histogram),
        }
    }

    /// Tells whether the labels of the line are stored in their canonical spelling, as those of native
    /// histograms are.
    pub(super) fn respells(&self) -> bool {
        matches!(self.value, PartValue::Native)
    }

    fn name_is(&mut self, sample: &Sample<'_>, suffix: Option<Suffix>) {
        self.name.clear();
        self.name.push_str(&sample.name());
        self.name.push_str(suffix.map_or("", Suffix::as_str));
    }

    fn number_is(&mut self, number: f64) {
        self.number.clear();
        go_float::openmetrics(number).push_to(&mut self.number);
    }
}

impl Parts {
    pub(super) fn part(&self) -> &Part {
        &self.part
    }

    /// Tells whether a part of the last line is next.
    #[inline]
    pub(super) fn has_next(&self) -> bool {
        self.next != Next::Line
    }

    /// Begins with a line. If its value is a composite one, its first part is the next sample.
    pub(super) fn begin(&mut self, sample: &Sample<'_>, end: LineEnd) -> Result<bool> {
        let Some(composite) = sample.composite() else {
            return Ok(false);
        };
        self.next = Next::Line;
        if self.makes_native(composite, sample, end)? {
            self.part.name_is(sample, None);
            self.part.value = PartValue::Native;
            if self.options.keep_classic && composite.has_buckets() {
                self.next = Next::Count;
            }
        } else {
            self.next = Next::Count;
            self.advance(sample);
        }
        self.part.has_exemplars = true;
        Ok(true)
    }

    /// Finds the next part of the line.
    pub(super) fn advance(&mut self, sample: &Sample<'_>) {
        self.part.has_exemplars = false;
        match self.next {
            Next::Line => {}
            Next::FirstPair => {
                let is_summary = sample.shape.scope == MetricType::Summary;
                self.part
                    .name_is(sample, (!is_summary).then_some(Suffix::Bucket));
                self.pair(sample);
            }
            Next::Pair => self.pair(sample),
            Next::Count | Next::Sum | Next::OnlyBucket => match sample.composite() {
                Some(composite) => self.whole(sample, composite),
                None => self.next = Next::Line,
            },
        }
    }

    /// Finds a part for which all of the value is looked at.
    fn whole(&mut self, sample: &Sample<'_>, composite: Composite<'_>) {
        let is_gauge = composite.metric_type() == MetricType::GaugeHistogram;
        let suffix = |plain, gauge| Some(if is_gauge { gauge } else { plain });
        match self.next {
            Next::Line | Next::FirstPair | Next::Pair => {}
            Next::Count => {
                self.part
                    .name_is(sample, suffix(Suffix::Count, Suffix::GCount));
                self.part.value = PartValue::Whole(composite.count());
                self.next = Next::Sum;
            }
            Next::Sum => {
                self.part.name_is(sample, suffix(Suffix::Sum, Suffix::GSum));
                self.part.value = PartValue::Whole(composite.sum());
                let pairs = composite.pairs_at();
                let list = composite.raw().get(pairs.clone()).unwrap_or_default();
                let start = sample.value_text().start();
                self.left =
                    start + pairs.end - CompositePairs::new(list).len_left()..start + pairs.end;
                self.next = match composite.metric_type() {
                    MetricType::Summary if self.left.is_empty() => Next::Line,
                    MetricType::Summary => Next::FirstPair,
                    _ if composite.has_buckets() => Next::FirstPair,
                    _ => Next::OnlyBucket,
                };
            }
            Next::OnlyBucket => {
                self.part.name_is(sample, Some(Suffix::Bucket));
                self.part.number_is(f64::INFINITY);
                self.part.value = PartValue::Bucket(composite.count());
                self.next = Next::Line;
            }
        }
    }

    /// Finds the next bucket or quantile.
    fn pair(&mut self, sample: &Sample<'_>) {
        let list = next_pairs(sample.text, self.left.clone());
        let mut pairs = CompositePairs::new(list);
        let (number, value) = pairs.next().unwrap_or_default();
        self.part.number_is(number);
        self.part.value = match sample.shape.scope {
            MetricType::Summary => PartValue::Quantile(value),
            _ => PartValue::Bucket(value),
        };
        self.left.start += list.len() - pairs.len_left();
        self.next = match self.left.is_empty() {
            true => Next::Line,
            false => Next::Pair,
        };
    }

    /// Makes the native histogram that the line becomes by the options, if it becomes one.
    fn makes_native(
        &mut self,
        composite: Composite<'_>,
        sample: &Sample<'_>,
        end: LineEnd,
    ) -> Result<bool> {
        let is_summary = composite.metric_type() == MetricType::Summary;
        if is_summary {
            return Ok(false);
        }
        if self.options.native && composite.native_into(&mut self.part.histogram) {
            return Ok(true);
        }
        if !self.options.convert_classic || !composite.has_buckets() {
            return Ok(false);
        }
        self.builder.clear();
        for (bound, count) in composite.buckets() {
            self.builder.bucket(bound, count);
        }
        self.builder.count(composite.count()).sum(composite.sum());
        let histogram = &mut self.part.histogram;
        let converted = self.builder.build_into(histogram);
        histogram.is_gauge = composite.metric_type() == MetricType::GaugeHistogram;
        let expected = match converted {
            Ok(()) if histogram.validate().is_ok() => return Ok(true),
            Ok(()) => "classic buckets that make a native histogram",
            Err(NhcbError::NanBound) => "bounds that are not NaN",
            Err(NhcbError::NegativeBucketCount { .. }) => "buckets whose counts are not negative",
            Err(NhcbError::NegativeCount { .. }) => "a count that is not negative",
            Err(NhcbError::NotCumulative { .. }) => "buckets whose counts do not fall",
            Err(NhcbError::CountMismatch { .. }) => "a count that is that of the bucket for +Inf",
        };
        let at = sample.value_text().start();
        Err(end.error(ErrorKind::InvalidHistogram, expected, sample.raw(), at))
    }
}

/// Returns at least the first of the pairs that are left. Of bytes that are not known to be text no more than
/// that, because they are looked at for every pair.
fn next_pairs(text: Text<'_>, left: Range<usize>) -> &str {
    let bytes = match text {
        Text::Str(text) => return text.get(left).unwrap_or_default(),
        Text::Bytes(bytes) => bytes.get(left).unwrap_or_default(),
    };
    let comma = memchr::memchr(b',', bytes).unwrap_or(bytes.len());
    let after = bytes.get(comma..).unwrap_or_default();
    let commas = after.iter().take_while(|byte| **byte == b',').count();
    let pair = bytes.get(..comma + commas).unwrap_or_default();
    std::str::from_utf8(pair).unwrap_or_default()
}
