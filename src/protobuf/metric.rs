//! What a metric's message says.

use super::keys::{
    bucket, bucket_span, counter, exemplar, gauge, histogram, metric, quantile, summary, timestamp,
    untyped,
};
use super::label::RawLabel;
use super::schema;
use super::wire::{Fault, Fields, Part, zigzag, zigzag_32};
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
}

#[derive(Debug, Default)]
pub(crate) struct SummaryData {
    /// Whether the metric has one.
    is_used: bool,
    pub(crate) count: u64,
    pub(crate) sum: f64,
    /// Each quantile and its value.
    pub(crate) quantiles: Vec<(f64, f64)>,
    pub(crate) start: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(crate) struct HistogramData {
    /// Whether the metric has one.
    is_used: bool,
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
        while let Some((key, at)) = fields.key()? {
            match key {
                metric::LABEL => self.labels.push(fields.part()?),
                metric::GAUGE => value(&mut self.gauge, fields.message()?)?,
                metric::COUNTER => self.counter(fields.message()?)?,
                metric::SUMMARY => {
                    self.summary.is_used = true;
                    self.summary.read(fields.message()?)?;
                }
                metric::UNTYPED => value(&mut self.untyped, fields.message()?)?,
                metric::TIMESTAMP_MS => self.timestamp = fields.varint()? as i64,
                metric::HISTOGRAM => {
                    (self.histogram.is_used, self.histogram.at) = (true, at);
                    self.histogram.read(fields.message()?)?;
                }
                _ => fields.other(key, at, schema::METRIC)?,
            }
        }
        Ok(())
    }

    /// Returns how many labels an exemplar has, at most.
    pub(super) fn exemplar_labels(&self) -> usize {
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
        // Most metrics have neither.
        if std::mem::take(&mut self.summary.is_used) {
            self.summary.clear();
        }
        if std::mem::take(&mut self.histogram.is_used) {
            self.histogram.clear();
        }
    }

    #[inline]
    fn counter(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        while let Some((key, at)) = fields.key()? {
            match key {
                counter::VALUE => self.counter = fields.double()?,
                counter::EXEMPLAR => {
                    let part = fields.part()?;
                    ExemplarData::merge(&mut self.counter_exemplar, fields, part)?;
                }
                counter::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.counter_start, fields.message()?)?;
                }
                _ => fields.other(key, at, schema::COUNTER)?,
            }
        }
        Ok(())
    }
}

/// Reads the message of a gauge or an untyped value, which have the same field.
#[inline]
fn value(value: &mut f64, mut fields: Fields<'_>) -> Result<(), Fault> {
    const { assert!(gauge::VALUE == untyped::VALUE) };
    while let Some((key, at)) = fields.key()? {
        match key {
            gauge::VALUE => *value = fields.double()?,
            _ => fields.other(key, at, schema::GAUGE)?,
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
        while let Some((key, at)) = fields.key()? {
            match key {
                summary::SAMPLE_COUNT => self.count = fields.varint()?,
                summary::SAMPLE_SUM => self.sum = fields.double()?,
                summary::QUANTILE => {
                    let (mut is, mut value) = (0.0, 0.0);
                    let mut fields = fields.message()?;
                    while let Some((key, at)) = fields.key()? {
                        match key {
                            quantile::QUANTILE => is = fields.double()?,
                            quantile::VALUE => value = fields.double()?,
                            _ => fields.other(key, at, schema::QUANTILE)?,
                        }
                    }
                    self.quantiles.push((is, value));
                }
                summary::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.start, fields.message()?)?;
                }
                _ => fields.other(key, at, schema::SUMMARY)?,
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
        while let Some((key, at)) = fields.key()? {
            match key {
                histogram::BUCKET => self.bucket(fields.message()?)?,
                histogram::SAMPLE_COUNT => self.count = fields.varint()?,
                histogram::SAMPLE_SUM => self.sum = fields.double()?,
                histogram::SAMPLE_COUNT_FLOAT => self.count_float = fields.double()?,
                histogram::SCHEMA => self.schema = zigzag_32(fields.varint()?),
                histogram::ZERO_THRESHOLD => self.zero_threshold = fields.double()?,
                histogram::ZERO_COUNT => self.zero_count = fields.varint()?,
                histogram::ZERO_COUNT_FLOAT => self.zero_count_float = fields.double()?,
                histogram::NEGATIVE_SPAN => self.negative.span(fields.message()?)?,
                histogram::NEGATIVE_DELTA => self.negative.delta(&mut fields)?,
                histogram::PACKED_NEGATIVE_DELTA => {
                    fields.packed(|fields| self.negative.delta(fields))?;
                }
                histogram::NEGATIVE_COUNT => self.negative.count(&mut fields)?,
                histogram::PACKED_NEGATIVE_COUNT => {
                    fields.packed(|fields| self.negative.count(fields))?;
                }
                histogram::POSITIVE_SPAN => self.positive.span(fields.message()?)?,
                histogram::POSITIVE_DELTA => self.positive.delta(&mut fields)?,
                histogram::PACKED_POSITIVE_DELTA => {
                    fields.packed(|fields| self.positive.delta(fields))?;
                }
                histogram::POSITIVE_COUNT => self.positive.count(&mut fields)?,
                histogram::PACKED_POSITIVE_COUNT => {
                    fields.packed(|fields| self.positive.count(fields))?;
                }
                histogram::START_TIMESTAMP => {
                    Timestamp::merge(&mut self.start, fields.message()?)?;
                }
                histogram::EXEMPLARS => {
                    let part = fields.part()?;
                    let mut exemplar = None;
                    ExemplarData::merge(&mut exemplar, fields, part)?;
                    self.exemplars.extend(exemplar);
                }
                _ => fields.other(key, at, schema::HISTOGRAM)?,
            }
        }
        Ok(())
    }

    #[inline]
    fn bucket(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        let mut data = BucketData::default();
        let mut exemplar = None;
        while let Some((key, at)) = fields.key()? {
            match key {
                bucket::CUMULATIVE_COUNT => data.cumulative_count = fields.varint()?,
                bucket::UPPER_BOUND => data.upper_bound = fields.double()?,
                bucket::EXEMPLAR => {
                    let part = fields.part()?;
                    ExemplarData::merge(&mut exemplar, fields, part)?;
                }
                bucket::CUMULATIVE_COUNT_FLOAT => {
                    data.cumulative_count_float = fields.double()?;
                }
                _ => fields.other(key, at, schema::BUCKET)?,
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

    fn delta(&mut self, fields: &mut Fields<'_>) -> Result<(), Fault> {
        self.deltas.push(zigzag(fields.varint()?));
        Ok(())
    }

    fn count(&mut self, fields: &mut Fields<'_>) -> Result<(), Fault> {
        self.counts.push(fields.double()?);
        Ok(())
    }

    fn span(&mut self, mut fields: Fields<'_>) -> Result<(), Fault> {
        let mut span = BucketSpan::default();
        while let Some((key, at)) = fields.key()? {
            match key {
                bucket_span::OFFSET => span.offset = zigzag_32(fields.varint()?),
                bucket_span::LENGTH => span.length = fields.varint()? as u32,
                _ => fields.other(key, at, schema::SPAN)?,
            }
        }
        self.spans.push(span);
        Ok(())
    }
}

impl ExemplarData {
    /// Reads an exemplar, or merges it into the one that came before. Its labels' messages are read too, as
    /// Prometheus does, so that a fault in them is found here.
    fn merge(into: &mut Option<ExemplarData>, within: Fields<'_>, part: Part) -> Result<(), Fault> {
        let family = within.bytes();
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
        while let Some((key, at)) = fields.key()? {
            match key {
                exemplar::LABEL => {
                    RawLabel::read(family, fields.part()?)?;
                    data.labels += 1;
                }
                exemplar::VALUE => data.value = fields.double()?,
                exemplar::TIMESTAMP => {
                    Timestamp::merge(&mut data.timestamp, fields.message()?)?;
                }
                _ => fields.other(key, at, schema::EXEMPLAR)?,
            }
        }
        Ok(())
    }
}

impl Timestamp {
    fn merge(into: &mut Option<Timestamp>, mut fields: Fields<'_>) -> Result<(), Fault> {
        let time = into.get_or_insert_default();
        while let Some((key, at)) = fields.key()? {
            match key {
                timestamp::SECONDS => time.seconds = fields.varint()? as i64,
                timestamp::NANOS => time.nanos = fields.varint()? as i32,
                _ => fields.other(key, at, schema::TIMESTAMP)?,
            }
        }
        Ok(())
    }
}
