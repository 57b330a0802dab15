//! Samples that storage refuses one by one, while their scrape succeeds.

use std::fmt;

use super::value::StoredValue;
use crate::error::Position;

/// Why a sample is not stored although its scrape succeeds ([S30](crate::docs::scrape#s30),
/// [S40](crate::docs::scrape#s40)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejection {
    /// Its series already has a sample at that time.
    Duplicate,
    /// Its series has a later sample.
    OutOfOrder,
    /// It is more than ten minutes ahead of the scrape.
    OutOfBounds,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rejection::Duplicate => "duplicate, its series has a sample at that time",
            Rejection::OutOfOrder => "out of order, its series has a later sample",
            Rejection::OutOfBounds => {
                "out of bounds, it is more than ten minutes ahead of the scrape"
            }
        })
    }
}

/// A sample that is not stored although its scrape succeeds.
///
/// Displays as `line 3: up{job="a"} 2: duplicate, its series has a sample at that time`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RejectedSample {
    /// The reason.
    pub reason: Rejection,
    /// Where its line begins, or in protobuf its metric.
    pub position: Position,
    /// The series as written, cut off after 200 characters. The rules may have merged it with another.
    pub series: Box<str>,
    /// Its value.
    pub value: StoredValue,
    /// Its own timestamp in milliseconds, if timestamps are honored.
    pub timestamp: Option<i64>,
}

impl fmt::Display for RejectedSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position.is_in_binary() {
            true => write!(f, "{}", self.position)?,
            false => write!(f, "line {}", self.position.line)?,
        }
        write!(f, ": {} {}", self.series, self.value)?;
        if let Some(timestamp) = self.timestamp {
            write!(f, " {timestamp}")?;
        }
        write!(f, ": {}", self.reason)
    }
}
