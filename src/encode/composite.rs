//! Writes histograms and summaries as one value in braces.
//!
//! Counts are written as integers, what else is in braces as short as possible, as Go's client library writes it.

use smallvec::SmallVec;

use super::classic::Classic;
use super::error::{CompositeErrorKind, EncodeError};
use super::family::FamilyWriter;
use super::text::{self, NameParts};
use crate::families::family::{Bucket, Histogram, Metric, Summary};
use crate::format::syntax::NumberStyle;
use crate::model::composite::field::Field;
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{BucketSpan, NativeCounts, NativeHistogram};
use crate::number::go_float;

impl FamilyWriter<'_> {
    /// Writes the line of a histogram.
    pub(super) fn whole_histogram(
        &mut self,
        metric: &Metric<'_>,
        histogram: &Histogram<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let classic = Classic::new(metric, histogram);
        let native = self.native_with_place(classic.native, name)?;
        let kind = metric.value.metric_type();
        let is_gauge = kind == MetricType::GaugeHistogram;
        let listed = native.is_none() || !classic.buckets.is_empty();
        self.take_labels(&metric.labels, name, if listed { "le" } else { "" })?;
        let buckets = self.buckets_with_place(&classic.buckets, is_gauge, name)?;
        let infinite = buckets.last().copied();
        let infinite = infinite.filter(|(bound, _)| *bound == f64::INFINITY);
        self.begin_line(name, None);
        self.field('{', Field::count_of(kind));
        let count = match native.map(|native| &native.counts) {
            Some(NativeCounts::Integer { count, .. }) => {
                go_float::push_unsigned(self.out, *count);
                *count as f64
            }
            Some(NativeCounts::Float { count, .. }) => self.count(*count),
            None => {
                let given = self.count_with_place(classic.count, is_gauge, name)?;
                let known = given.or(infinite.map(|(_, count)| count));
                let known = self.known(known, || EncodeError::MissingCount {
                    metric: name.joined().into_owned(),
                })?;
                self.count(known)
            }
        };
        self.field(',', Field::sum_of(kind));
        let sum = native.map(|native| native.sum).or(classic.sum);
        let sum = self.known(sum, || EncodeError::MissingSum {
            metric: name.joined().into_owned(),
        })?;
        self.short(sum);
        if let Some(native) = native {
            self.native(native);
        }
        if listed {
            self.field(',', Field::Bucket);
            self.out.push('[');
            for (bound, count) in &buckets {
                self.pair(*bound);
                self.count(*count);
                self.out.push(',');
            }
            match infinite {
                Some(_) => _ = self.out.pop(),
                None => {
                    self.pair(f64::INFINITY);
                    self.count(count);
                }
            }
            self.out.push(']');
        }
        self.out.push('}');
        self.end_histogram(metric, histogram, name)
    }

    /// Appends what comes after the value: exemplars of the buckets come before the metric's own.
    fn end_histogram(
        &mut self,
        metric: &Metric<'_>,
        histogram: &Histogram<'_>,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        let cited = (histogram.buckets.iter()).filter_map(|bucket| bucket.exemplar.as_deref());
        let own = &metric.exemplars;
        // Go's client library writes those of one form.
        let of_buckets = || cited.clone().any(|exemplar| exemplar.timestamp.is_some());
        if self.options.go && of_buckets() {
            self.omitted.exemplars += own.len() as u64;
            return self.end_line(metric, name, cited);
        }
        self.end_line(metric, name, cited.chain(own))
    }

    /// Writes the line of a summary.
    pub(super) fn whole_summary(
        &mut self,
        metric: &Metric<'_>,
        summary: &Summary,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        self.take_labels(&metric.labels, name, "quantile")?;
        self.begin_line(name, None);
        self.field('{', Field::Count);
        let count = self.known(summary.count, || EncodeError::MissingCount {
            metric: name.joined().into_owned(),
        })?;
        self.count(count);
        self.field(',', Field::Sum);
        let sum = self.known(summary.sum, || EncodeError::MissingSum {
            metric: name.joined().into_owned(),
        })?;
        self.short(sum);
        self.field(',', Field::Quantile);
        self.out.push('[');
        let mut before = f64::NEG_INFINITY;
        for quantile in &summary.quantiles {
            let at = quantile.quantile;
            if !(0.0..=1.0).contains(&at) || at <= before {
                self.no_place_in_composite(CompositeErrorKind::Quantile(at), name)?;
                continue;
            }
            if before >= 0.0 {
                self.out.push(',');
            }
            before = at;
            self.pair(at);
            self.short(quantile.value);
        }
        self.out.push_str("]}");
        self.end_line(metric, name, metric.exemplars.iter())
    }

    /// Returns the native form if the format has it; otherwise leaves it out, or refuses it.
    fn native_with_place<'h>(
        &mut self,
        native: Option<&'h NativeHistogram>,
        name: NameParts<'_>,
    ) -> Result<Option<&'h NativeHistogram>, EncodeError> {
        let Some(native) = native else {
            return Ok(None);
        };
        let threshold = native.zero_threshold;
        if native.validate().is_ok() && threshold.is_finite() && threshold >= 0.0 {
            return Ok(Some(native));
        }
        self.no_place_for_native(&name.joined())?;
        Ok(None)
    }

    /// Returns the bounds and counts of the buckets that the format has a place for: bounds rise, and counts
    /// are not negative where they count observations (spec G37, G40).
    fn buckets_with_place(
        &mut self,
        buckets: &[Bucket<'_>],
        is_gauge: bool,
        name: NameParts<'_>,
    ) -> Result<SmallVec<[(f64, f64); 16]>, EncodeError> {
        let mut kept: SmallVec<[(f64, f64); 16]> = SmallVec::with_capacity(buckets.len());
        for bucket in buckets {
            let (bound, count) = (bucket.upper_bound, bucket.cumulative_count);
            let rises = (kept.last()).map_or(!bound.is_nan(), |(before, _)| bound > *before);
            let fault = match (rises, count < 0.0 && !is_gauge) {
                (true, false) => {
                    kept.push((bound, count));
                    continue;
                }
                (false, _) => CompositeErrorKind::Bound(bound),
                (true, true) => CompositeErrorKind::BucketCount(count),
            };
            self.no_place_in_composite(fault, name)?;
        }
        Ok(kept)
    }

    /// Returns the count, unless it is negative: only that of a gauge histogram may be (spec G37, G38).
    fn count_with_place(
        &mut self,
        count: Option<f64>,
        is_gauge: bool,
        name: NameParts<'_>,
    ) -> Result<Option<f64>, EncodeError> {
        let Some(negative) = count.filter(|count| *count < 0.0 && !is_gauge) else {
            return Ok(count);
        };
        if !self.options.leaves_out() {
            return Err(EncodeError::Count {
                metric: name.joined().into_owned(),
                count: negative,
            });
        }
        self.omitted.counts += 1;
        Ok(None)
    }

    fn no_place_in_composite(
        &mut self,
        fault: CompositeErrorKind,
        name: NameParts<'_>,
    ) -> Result<(), EncodeError> {
        if !self.options.leaves_out() {
            return Err(EncodeError::Composite {
                metric: name.joined().into_owned(),
                fault,
            });
        }
        self.omitted.parts += 1;
        Ok(())
    }

    /// Returns the number if it is known. Otherwise it is NaN, or 0 as in Go's client library, or an error.
    fn known(
        &mut self,
        number: Option<f64>,
        error: impl FnOnce() -> EncodeError,
    ) -> Result<f64, EncodeError> {
        match number {
            Some(number) => Ok(number),
            None if self.options.go => Ok(0.0),
            None if self.options.lossy => {
                self.omitted.missing += 1;
                Ok(f64::NAN)
            }
            None => Err(error()),
        }
    }

    fn native(&mut self, native: &NativeHistogram) {
        self.field(',', Field::Schema);
        go_float::push_integer(self.out, native.schema.into());
        self.field(',', Field::ZeroThreshold);
        self.short(native.zero_threshold);
        self.field(',', Field::ZeroCount);
        match &native.counts {
            NativeCounts::Integer {
                zero_count,
                positive_deltas,
                negative_deltas,
                ..
            } => {
                go_float::push_unsigned(self.out, *zero_count);
                let absolute = |deltas| Absolute { deltas, count: 0 };
                let push = |writer: &mut Self, count| go_float::push_integer(writer.out, count);
                let sides = [negative_deltas, positive_deltas].map(Vec::as_slice);
                self.sides(native, sides.map(absolute), push);
            }
            NativeCounts::Float {
                zero_count,
                positive_counts,
                negative_counts,
                ..
            } => {
                self.count(*zero_count);
                // A fraction tells readers that these are floats.
                let style = match self.options.go {
                    true => NumberStyle::Shortest,
                    false => NumberStyle::Float,
                };
                let push = |writer: &mut Self, count: f64| {
                    text::push_value(writer.out, writer.signed(count), style);
                };
                let sides = [negative_counts, positive_counts];
                self.sides(native, sides.map(|counts| counts.iter().copied()), push);
            }
        }
    }

    /// Writes the negative and the positive side; not one without buckets.
    fn sides<T>(
        &mut self,
        native: &NativeHistogram,
        counts: [impl Iterator<Item = T>; 2],
        push: impl Fn(&mut Self, T),
    ) {
        let spans = [&native.negative_spans, &native.positive_spans];
        let fields = [
            (Field::NegativeSpans, Field::NegativeBuckets),
            (Field::PositiveSpans, Field::PositiveBuckets),
        ];
        for ((fields, spans), counts) in fields.into_iter().zip(spans).zip(counts) {
            let mut counts = counts.peekable();
            if counts.peek().is_none() {
                continue;
            }
            self.field(',', fields.0);
            self.list(spans, |writer, span: &BucketSpan| {
                go_float::push_integer(writer.out, span.offset.into());
                writer.out.push(':');
                go_float::push_unsigned(writer.out, span.length.into());
            });
            self.field(',', fields.1);
            self.list(counts, &push);
        }
    }

    /// Appends items in brackets, with commas between them.
    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, push: impl Fn(&mut Self, T)) {
        self.out.push('[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            push(self, item);
        }
        self.out.push(']');
    }

    /// Appends a field's key and what is around it.
    fn field(&mut self, before: char, field: Field) {
        self.out.push(before);
        self.out.push_str(field.as_str());
        self.out.push(':');
    }

    /// Appends a bound or a quantile, and a colon.
    fn pair(&mut self, number: f64) {
        text::push_float(self.out, number, NumberStyle::Shortest);
        self.out.push(':');
    }

    /// Appends a number as short as possible.
    fn short(&mut self, number: f64) {
        let number = self.signed(number);
        text::push_value(self.out, number, NumberStyle::Shortest);
    }

    /// Appends a count of observations, and returns it.
    fn count(&mut self, count: f64) -> f64 {
        let signed = self.signed(count);
        match text::whole_count(signed) {
            Some(integer) => go_float::push_unsigned(self.out, integer),
            None => text::push_value(self.out, signed, NumberStyle::Shortest),
        }
        count
    }
}

/// The counts of buckets whose differences are stored. Sums that do not fit wrap, as in Prometheus.
struct Absolute<'d> {
    deltas: &'d [i64],
    count: i64,
}

impl Iterator for Absolute<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let (delta, rest) = self.deltas.split_first()?;
        self.deltas = rest;
        self.count = self.count.wrapping_add(*delta);
        Some(self.count)
    }
}
