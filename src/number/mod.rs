//! Numbers and the other tokens of a line, from text to value and back.
//!
//! [`decode`] reads values, timestamps and escapes as Prometheus does; [`decimal`] is its fast path and
//! declines what it is not sure of; [`go_float`] reads and writes Go's spellings; [`respelled`]
//! tells where a number is stored in another one; [`escape`] writes escapes; [`same`] compares numbers; `duration` has durations; `written` has floats for `serde`.

pub(crate) mod decimal;
pub(crate) mod decode;
#[cfg(feature = "relabel")]
pub(crate) mod duration;
pub(crate) mod escape;
pub(crate) mod go_float;
pub(crate) mod respelled;
mod round;
pub(crate) mod same;
#[cfg(feature = "serde")]
pub(crate) mod written;
