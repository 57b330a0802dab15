//! What a metric's message says.

use super::fields::{
    bucket, bucket_span, counter, exemplar, gauge, histogram, metric, quantile, summary, timestamp,
    untyped,
};
use super::label::RawLabel;
use super::wire::{Fault, Fields, Part, Tag, WireType, zigzag, zigzag_32};
use crate::model::native_histogram::BucketSpan;

/// The contents of a metric, for one metric after another: lists keep their memory.
///
/// Text is where it is in the family. As in Prometheus' decoder, everything is read but the labels of the
/// metric itself (spec P9c), and messages that come twice are merged (spec P9).
#[derive(Debug, Default)]
pub(crate) struct MetricData {
    /// The messages of the labels.
    pub(super) labels: Vec<Part>,
    pub(crate) timestamp: i64,
    pub(crate) gauge: f64,
    pub(crate) untyped: f64,
    pub(crate) counter: f64,
    pub(crate) counter_exemplar: Option<ExemplarData>,
    pub(crate) summary: SummaryData,
    pub(crate) histogram: HistogramData,
    /// The start timestamp of the counter.
    pub(crate) counter_start: Option<Timestamp>,
    /// The most labels that an exemplar has.
    pub(crate) most_exemplar_labels: usize,
}

#[derive(Debug, Default)]
pub(crate) struct SummaryData {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    /// Each quantile and its value.
    pub(crate) quantiles: Vec<(f64, f64)>,
    pub(crate) start: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(crate) struct HistogramData {
    /// Where in the family its field begins.
    pub(super) at: usize,
    pub(crate) count: u64,
    pub(crate) count_float: f64,
    pub(crate) sum: f64,
    pub(crate) schema: i32,
    pub(crate) zero_threshold: f64,
    pub(crate) zero_count: u64,
    pub(crate) zero_count_float: f64,
    pub(crate) start: Option<Timestamp>,
    pub(crate) buckets: Vec<BucketData>,
    pub(crate) bucket_exemplars: Vec<ExemplarData>,
    pub(crate) positive: Side,
    pub(crate) negative: Side,
    pub(crate) exemplars: Vec<ExemplarData>,
}

/// The positive or the negative buckets of a native histogram.
#[derive(Debug, Default)]
pub(crate) struct Side {
    pub(crate) spans: Vec<BucketSpan>,
    pub(crate) deltas: Vec<i64>,
    pub(crate) counts: Vec<f64>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct BucketData {
    pub(crate) cumulative_count: u64,
    pub(crate) cumulative_count_float: f64,
    pub(crate) upper_bound: f64,
    /// Which of the [exemplars of buckets](HistogramData::bucket_exemplars) is this one's.
    pub(crate) exemplar: Option<u32>,
}

/// An exemplar. Its labels are read again from its messages when they are asked for.
#[derive(Debug, Default, Clone)]
pub(crate) struct ExemplarData {
    pub(crate) value: f64,
    pub(crate) timestamp: Option<Timestamp>,
    /// How many labels it has.
    labels: usize,
    /// Its message.
    pub(super) first: Part,
    /// The messages that are merged into it: nearly always none.
    pub(super) more: Vec<Part>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Timestamp {
    pub(crate) seconds: i64,
    pub(crate) nanos: i32,
}

impl Timestamp {
    /// Returns the time in milliseconds since the Unix epoch (spec P28).
    pub(crate) const fn millis(self) -> i64 {
        let millis = self.seconds.saturating_mul(1000);
        millis.saturating_add((self.nanos / 1_000_000) as i64)
    }
}

impl MetricData {
    /// Reads the metric whose message is `part` of the family.
    pub(super) fn read(&mut self, family: &[u8], part: Part) -> Result<(), Fault> {
        self.clear();
        let mut fields = Fields::new(family, part);
        while let Some(tag) = fields.tag()? {
            match tag.number {
                metric::LABEL => self.labels.push(fields.part_of(tag)?),
                metric::GAUGE => value(&mut self.gauge, gauge::VALUE, fields.message_of(tag)?)?,
                metric::COUNTER => self.counter(fields.message_of(tag)?)?,
                metric::SUMMARY => self.summary.read(fields.message_of(tag)?)?,
                metric::UNTYPED => {
                    value(&mut self.untyped, untyped::VALUE, fields.message_of(tag)?)?
                }
                metric::TIMESTAMP_MS => self.timestamp = fields.varint_of(tag)? as i64,
                metric::HISTOGRAM => {
                    self.histogram.at = tag.at;
                    self.histogram.read(fields.message_of(tag)?)?;
                }
                _ => fields.skip(tag)?,
            }
        }
        self.most_exemplar_labels = self.exemplar_labels();
        Ok(())
    }

    /// Returns how many labels an exemplar has, at most.
    #[inline]
    fn exemplar_labels(&self) -> usize {
        let histogram = &self.histogram;
        let listed = histogram
            .exemplars
            .iter()
            .chain(&histogram.bucket_exemplars);
        let counts = listed.chain(&self.counter_exemplar).map(|data| data.labels);
        counts.max().unwrap_or(0)
    }

    #[inline]
    fn clear(&mut self) {
        self.labels.clear();
        (self.timestamp, self.gauge, self.untyped, self.counter) = (0, 0.0, 0.0, 0.0);
        self.counter_exemplar = None;
        self.counter_start = None;
        self.summary.clear();
        self.histogram.clear();
    }

    #[inline]
    fn counter(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        while let Some(tag) = fields.tag()? {
            match tag.number {
                counter::VALUE => self.counter = fields.double_of(tag)?,
                counter::EXEMPLAR => {
                    let part = fields.part_of(tag)?;
                    ExemplarData::merge(&mut self.counter_exemplar, fields, part)?;
                }
                counter::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.counter_start, fields.message_of(tag)?)?;
                }
                _ => fields.skip(tag)?,
            }
        }
        Ok(())
    }
}

/// Reads a message with a single value: that of field `number`.
#[inline]
fn value(value: &mut f64, number: i32, mut fields: Fields<'_>) -> Result<(), Fault> {
    while let Some(tag) = fields.tag()? {
        match tag.number {
            found if found == number => *value = fields.double_of(tag)?,
            _ => fields.skip(tag)?,
        }
    }
    Ok(())
}

impl SummaryData {
    fn clear(&mut self) {
        (self.count, self.sum, self.start) = (0, 0.0, None);
        self.quantiles.clear();
    }

    fn read(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        while let Some(tag) = fields.tag()? {
            match tag.number {
                summary::SAMPLE_COUNT => self.count = fields.varint_of(tag)?,
                summary::SAMPLE_SUM => self.sum = fields.double_of(tag)?,
                summary::QUANTILE => {
                    let (mut is, mut value) = (0.0, 0.0);
                    let mut fields = fields.message_of(tag)?;
                    while let Some(tag) = fields.tag()? {
                        match tag.number {
                            quantile::QUANTILE => is = fields.double_of(tag)?,
                            quantile::VALUE => value = fields.double_of(tag)?,
                            _ => fields.skip(tag)?,
                        }
                    }
                    self.quantiles.push((is, value));
                }
                summary::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.start, fields.message_of(tag)?)?;
                }
                _ => fields.skip(tag)?,
            }
        }
        Ok(())
    }
}

impl HistogramData {
    fn clear(&mut self) {
        (self.at, self.count, self.count_float, self.sum) = (0, 0, 0.0, 0.0);
        (self.schema, self.zero_threshold) = (0, 0.0);
        (self.zero_count, self.zero_count_float) = (0, 0.0);
        self.start = None;
        self.buckets.clear();
        self.bucket_exemplars.clear();
        self.positive.clear();
        self.negative.clear();
        self.exemplars.clear();
    }

    fn read(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        while let Some(tag) = fields.tag()? {
            match tag.number {
                histogram::BUCKET => self.bucket(fields.message_of(tag)?)?,
                histogram::SAMPLE_COUNT => self.count = fields.varint_of(tag)?,
                histogram::SAMPLE_SUM => self.sum = fields.double_of(tag)?,
                histogram::SAMPLE_COUNT_FLOAT => self.count_float = fields.double_of(tag)?,
                histogram::SCHEMA => self.schema = zigzag_32(fields.varint_of(tag)?),
                histogram::ZERO_THRESHOLD => self.zero_threshold = fields.double_of(tag)?,
                histogram::ZERO_COUNT => self.zero_count = fields.varint_of(tag)?,
                histogram::ZERO_COUNT_FLOAT => self.zero_count_float = fields.double_of(tag)?,
                histogram::NEGATIVE_SPAN => self.negative.span(fields.message_of(tag)?)?,
                histogram::NEGATIVE_DELTA => {
                    deltas(&mut self.negative.deltas, &mut fields, tag)?;
                }
                histogram::NEGATIVE_COUNT => {
                    counts(&mut self.negative.counts, &mut fields, tag)?;
                }
                histogram::POSITIVE_SPAN => self.positive.span(fields.message_of(tag)?)?,
                histogram::POSITIVE_DELTA => {
                    deltas(&mut self.positive.deltas, &mut fields, tag)?;
                }
                histogram::POSITIVE_COUNT => {
                    counts(&mut self.positive.counts, &mut fields, tag)?;
                }
                histogram::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.start, fields.message_of(tag)?)?;
                }
                histogram::EXEMPLARS => {
                    let part = fields.part_of(tag)?;
                    let mut exemplar = None;
                    ExemplarData::merge(&mut exemplar, fields, part)?;
                    self.exemplars.extend(exemplar);
                }
                _ => fields.skip(tag)?,
            }
        }
        Ok(())
    }

    #[inline]
    fn bucket(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        let mut data = BucketData::default();
        let mut exemplar = None;
        while let Some(tag) = fields.tag()? {
            match tag.number {
                bucket::CUMULATIVE_COUNT => data.cumulative_count = fields.varint_of(tag)?,
                bucket::UPPER_BOUND => data.upper_bound = fields.double_of(tag)?,
                bucket::EXEMPLAR => {
                    let part = fields.part_of(tag)?;
                    ExemplarData::merge(&mut exemplar, fields, part)?;
                }
                bucket::CUMULATIVE_COUNT_FLOAT => {
                    data.cumulative_count_float = fields.double_of(tag)?;
                }
                _ => fields.skip(tag)?,
            }
        }
        if let Some(exemplar) = exemplar {
            data.exemplar = Some(self.bucket_exemplars.len() as u32);
            self.bucket_exemplars.push(exemplar);
        }
        self.buckets.push(data);
        Ok(())
    }

    /// Returns the number of observations (spec P11).
    pub(crate) fn total(&self) -> f64 {
        or_whole(self.count_float, self.count)
    }

    /// Tells whether the histogram has a native form (spec P16).
    pub(crate) fn is_native(&self) -> bool {
        !self.positive.spans.is_empty()
            || !self.negative.spans.is_empty()
            || self.zero_threshold > 0.0
            || self.zero_count > 0
    }

    /// Tells whether the native form counts in floats (spec P17).
    pub(crate) fn is_float(&self) -> bool {
        self.count_float > 0.0 || self.zero_count_float > 0.0
    }
}

impl BucketData {
    /// Returns the cumulative count (spec P11).
    pub(crate) fn total(&self) -> f64 {
        or_whole(self.cumulative_count_float, self.cumulative_count)
    }
}

/// Returns the float, or the whole number where the float is not used.
fn or_whole(float: f64, whole: u64) -> f64 {
    if float > 0.0 { float } else { whole as f64 }
}

impl Side {
    fn clear(&mut self) {
        self.spans.clear();
        self.deltas.clear();
        self.counts.clear();
    }

    fn span(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        let mut span = BucketSpan::default();
        while let Some(tag) = fields.tag()? {
            match tag.number {
                bucket_span::OFFSET => span.offset = zigzag_32(fields.varint_of(tag)?),
                bucket_span::LENGTH => span.length = fields.varint_of(tag)? as u32,
                _ => fields.skip(tag)?,
            }
        }
        self.spans.push(span);
        Ok(())
    }
}

fn deltas(deltas: &mut Vec<i64>, fields: &mut Fields<'_>, tag: Tag) -> Result<(), Fault> {
    fields.list_of(tag, WireType::Varint, |fields| {
        deltas.push(zigzag(fields.varint()?));
        Ok(())
    })
}

fn counts(counts: &mut Vec<f64>, fields: &mut Fields<'_>, tag: Tag) -> Result<(), Fault> {
    fields.list_of(tag, WireType::Fixed64, |fields| {
        counts.push(fields.double()?);
        Ok(())
    })
}

impl ExemplarData {
    /// Reads an exemplar, or merges it into the one that came before. Its labels' messages are read too, as
    /// Prometheus does, so that a fault in them is found here.
    fn merge(into: &mut Option<ExemplarData>, within: Fields<'_>, part: Part) -> Result<(), Fault> {
        let data = match into {
            Some(data) => {
                data.more.push(part);
                data
            }
            None => into.insert(ExemplarData {
                first: part,
                ..ExemplarData::default()
            }),
        };
        let mut fields = within.within(part);
        while let Some(tag) = fields.tag()? {
            match tag.number {
                exemplar::LABEL => {
                    RawLabel::read(fields.message_of(tag)?)?;
                    data.labels += 1;
                }
                exemplar::VALUE => data.value = fields.double_of(tag)?,
                exemplar::TIMESTAMP => {
                    Timestamp::merge(&mut data.timestamp, fields.message_of(tag)?)?;
                }
                _ => fields.skip(tag)?,
            }
        }
        Ok(())
    }
}

impl Timestamp {
    fn merge(into: &mut Option<Timestamp>, mut fields: Fields<'_>) -> Result<(), Fault> {
        let time = into.get_or_insert_default();
        while let Some(tag) = fields.tag()? {
            match tag.number {
                timestamp::SECONDS => time.seconds = fields.varint_of(tag)? as i64,
                timestamp::NANOS => time.nanos = fields.varint_of(tag)? as i32,
                _ => fields.skip(tag)?,
            }
        }
        Ok(())
    }
}
