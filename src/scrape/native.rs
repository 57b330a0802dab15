//! What becomes of native histograms on their way to storage.

use super::{config::SampleConfig, error::SampleErrorKind, judge::Gate};
use crate::model::native_histogram::{NativeHistogram, ResolutionError};
use crate::model::sample_view::SampleValue;

/// What is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admitted {
    /// The value as it is.
    AsItIs,
    /// The histogram with fewer buckets.
    Reduced,
    /// Nothing: it is too far ahead, or there are too many.
    Refused,
}

/// Lets a value through to storage, in the order of Prometheus' appenders (spec S45, S43, S40, P35). Puts a
/// histogram that gets fewer buckets into `reduced`.
pub(super) fn admit(
    config: &SampleConfig,
    gate: &mut Gate,
    value: SampleValue<'_>,
    timestamp: Option<i64>,
    reduced: &mut NativeHistogram,
) -> Result<Admitted, SampleErrorKind> {
    let SampleValue::NativeHistogram(histogram) = value else {
        let admitted = gate.lets_in(config, timestamp);
        return Ok(if admitted {
            Admitted::AsItIs
        } else {
            Admitted::Refused
        });
    };
    let admitted = reduce(config, histogram, reduced)?;
    // Prometheus does not ask how far ahead a histogram is.
    if admitted == Admitted::Refused {
        gate.too_many_buckets(config.native_histogram_bucket_limit);
        return Ok(admitted);
    }
    if !gate.counts(config) {
        return Ok(Admitted::Refused);
    }
    let stored = match admitted {
        Admitted::Reduced => &*reduced,
        Admitted::AsItIs | Admitted::Refused => histogram,
    };
    stored.validate()?;
    Ok(admitted)
}

/// Reduces the resolution as far as the configuration wants it. Refuses what stays too large.
fn reduce(
    config: &SampleConfig,
    histogram: &NativeHistogram,
    reduced: &mut NativeHistogram,
) -> Result<Admitted, SampleErrorKind> {
    /// Schemas that can be reduced, and the highest that is stored.
    const REDUCIBLE: std::ops::RangeInclusive<i32> = -9..=52;
    const HIGHEST: i32 = 8;

    let schema = NativeHistogram::schema_for_factor(config.native_histogram_min_bucket_factor);
    let is_too_fine =
        schema < HIGHEST && REDUCIBLE.contains(&histogram.schema) && histogram.schema > schema;
    let limit = usize::try_from(config.native_histogram_bucket_limit).unwrap_or(usize::MAX);
    let is_too_large = limit > 0 && histogram.listed_buckets() > limit;
    if !is_too_fine && !is_too_large {
        return Ok(Admitted::AsItIs);
    }
    reduced.clone_from(histogram);
    if is_too_fine {
        reduced.reduce_resolution(schema)?;
    }
    if limit == 0 {
        return Ok(Admitted::Reduced);
    }
    match reduced.limit_buckets(limit) {
        Ok(()) => Ok(Admitted::Reduced),
        Err(error @ ResolutionError::Spans { .. }) => Err(error.into()),
        Err(
            ResolutionError::CustomBuckets
            | ResolutionError::UnknownSchema { .. }
            | ResolutionError::Target { .. }
            | ResolutionError::TooManyBuckets { .. },
        ) => Ok(Admitted::Refused),
    }
}
