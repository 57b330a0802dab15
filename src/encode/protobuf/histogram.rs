//! Writes the message of a histogram: classic buckets, the native form, or both.

use super::super::classic::Classic;
use super::super::error::EncodeError;
use super::super::text::NameParts;
use super::family::{Count, FamilyWriter};
use crate::families::family::{Bucket, Histogram, Metric};
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};
use crate::protobuf::fields::{bucket, bucket_span, histogram, metric};

impl FamilyWriter<'_> {
    /// Writes the labels, the timestamp and the histogram of a metric.
    pub(super) fn histogram(
        &mut self,
        metric: &Metric<'_>,
        value: &Histogram<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let mut classic = Classic::new(metric, value);
        if classic.native.is_none() {
            classic.place_exemplars();
        }
        self.labels(metric::LABEL, &metric.labels, name, "le")?;
        self.timestamp(metric, name)?;
        let message = self.out.begin(metric::HISTOGRAM);
        let [_, sum] = self.at_least_zero([None, classic.sum]);
        let (count, sum) = match classic.native {
            Some(native) => (Some(native_count(native)), Some(native.sum)),
            None => (self.classic_count(&classic, name)?, sum),
        };
        if let Some(Count::Whole(count)) = count {
            self.out.unsigned(histogram::SAMPLE_COUNT, count);
        }
        if let Some(sum) = sum {
            self.out.double(histogram::SAMPLE_SUM, sum);
        }
        for bucket in classic.buckets.iter() {
            self.bucket(bucket, name)?;
        }
        if let Some(Count::Float(count)) = count {
            self.out.double(histogram::SAMPLE_COUNT_FLOAT, count);
        }
        if let Some(native) = classic.native {
            self.native(native);
        }
        self.start_time(histogram::START_TIMESTAMP, metric, name)?;
        match classic.native {
            Some(_) => {
                for exemplar in classic.exemplars {
                    self.exemplar(histogram::EXEMPLARS, exemplar);
                }
            }
            None => {
                let homeless = classic.exemplars.len() + classic.homeless;
                self.no_place_for_exemplars(homeless, name)?;
            }
        }
        self.out.end(message);
        Ok(())
    }

    /// Returns how many observations a histogram without a native form has. Prometheus takes a missing count
    /// for 0, so it is derived: the highest bucket counts them all.
    fn classic_count(
        &mut self,
        classic: &Classic<'_>,
        name: NameParts<'_>,
    ) -> Result<Option<Count>, EncodeError> {
        let [given, _] = self.at_least_zero([classic.count, None]);
        let highest = || Some(classic.buckets.last()?.cumulative_count);
        match given.or_else(highest) {
            Some(count) => self.count(count, name),
            None => Ok(None),
        }
    }

    fn bucket(&mut self, value: &Bucket<'_>, name: NameParts<'_>) -> Result<(), EncodeError> {
        let Some(count) = self.count(value.cumulative_count, name)? else {
            return self.no_place_for_exemplars(usize::from(value.exemplar.is_some()), name);
        };
        let message = self.out.begin(histogram::BUCKET);
        if let Count::Whole(count) = count {
            self.out.unsigned(bucket::CUMULATIVE_COUNT, count);
        }
        self.out.double(bucket::UPPER_BOUND, value.upper_bound);
        if let Some(exemplar) = &value.exemplar {
            self.exemplar(bucket::EXEMPLAR, exemplar);
        }
        if let Count::Float(count) = count {
            self.out.double(bucket::CUMULATIVE_COUNT_FLOAT, count);
        }
        self.out.end(message);
        Ok(())
    }

    fn native(&mut self, native: &NativeHistogram) {
        (self.out).sint(histogram::SCHEMA, native.schema.into());
        (self.out).double(histogram::ZERO_THRESHOLD, native.zero_threshold);
        let mut shows = native.zero_threshold > 0.0;
        match &native.counts {
            NativeCounts::Integer {
                zero_count,
                positive_deltas,
                negative_deltas,
                ..
            } => {
                self.out.unsigned(histogram::ZERO_COUNT, *zero_count);
                shows |= *zero_count > 0;
                self.spans(histogram::NEGATIVE_SPAN, &native.negative_spans);
                for delta in negative_deltas {
                    self.out.sint(histogram::NEGATIVE_DELTA, *delta);
                }
                self.positive_spans(native, shows);
                for delta in positive_deltas {
                    self.out.sint(histogram::POSITIVE_DELTA, *delta);
                }
            }
            NativeCounts::Float {
                zero_count,
                positive_counts,
                negative_counts,
                ..
            } => {
                (self.out).double(histogram::ZERO_COUNT_FLOAT, *zero_count);
                self.spans(histogram::NEGATIVE_SPAN, &native.negative_spans);
                for count in negative_counts {
                    self.out.double(histogram::NEGATIVE_COUNT, *count);
                }
                self.positive_spans(native, shows);
                for count in positive_counts {
                    self.out.double(histogram::POSITIVE_COUNT, *count);
                }
            }
        }
    }

    /// Writes the positive spans. Where nothing `shows` that the histogram is native, an empty span does
    /// (spec P15, P16).
    fn positive_spans(&mut self, native: &NativeHistogram, shows: bool) {
        let no_spans = native.positive_spans.is_empty() && native.negative_spans.is_empty();
        match no_spans && !shows {
            true => self.spans(histogram::POSITIVE_SPAN, &[BucketSpan::new(0, 0)]),
            false => self.spans(histogram::POSITIVE_SPAN, &native.positive_spans),
        }
    }

    fn spans(&mut self, field: i32, spans: &[BucketSpan]) {
        for span in spans {
            let message = self.out.begin(field);
            self.out.sint(bucket_span::OFFSET, span.offset.into());
            self.out.unsigned(bucket_span::LENGTH, span.length.into());
            self.out.end(message);
        }
    }
}

/// Returns how many observations a native histogram has. Its kind is the kind of its buckets.
fn native_count(native: &NativeHistogram) -> Count {
    match &native.counts {
        NativeCounts::Integer { count, .. } => Count::Whole(*count),
        NativeCounts::Float { count, .. } => Count::Float(*count),
    }
}
