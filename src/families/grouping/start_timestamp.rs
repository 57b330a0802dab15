//! The start timestamp of a sample, as families store it.

use crate::families::family::StartTimestamp;
use crate::number::decode;
use crate::text::sample::Sample;
use crate::text::shape::SampleShape;

/// Returns the start timestamp that a sample's own line has.
#[inline(always)]
pub(super) fn start_timestamp_of(sample: &Sample<'_>) -> Option<StartTimestamp> {
    match sample.shape.has(SampleShape::HAS_START_TIMESTAMP) {
        false => None,
        true => written(sample),
    }
}

#[inline(never)]
fn written(sample: &Sample<'_>) -> Option<StartTimestamp> {
    let seconds = sample.raw_start_timestamp()?;
    decode::number(seconds).ok().map(StartTimestamp::new)
}
