//! Numbers and the other tokens of a line, from text to value and back.
//!
//! [`decode`] is where a value, a timestamp or an escape is read as Prometheus reads it; [`decimal`] is its fast way
//! and declines what it is not sure of; [`go_float`] has the spellings of Go, read and written; [`escape`] writes escapes. `duration` has
//! lengths of time.

pub(crate) mod decimal;
pub(crate) mod decode;
#[cfg(feature = "relabel")]
pub(crate) mod duration;
pub(crate) mod escape;
pub(crate) mod go_float;
