//! Series that a body should give, and those that it gives.

use std::collections::HashMap;
use std::fmt;

use super::error::Fault;
use crate::encode::Series;
use crate::scrape::{Stored, StoredValue};
use crate::text::line::Line;
use crate::text::parser::Parser;

/// A series that is expected, or that should not be there.
#[derive(Debug)]
pub(super) struct ExpectedSeries {
    written: String,
    pub(super) series: Series,
    /// `None` means any.
    value: Option<f64>,
    timestamp: Option<i64>,
}

impl ExpectedSeries {
    /// Reads a line of the text format, which may lack its value.
    pub(super) fn read(written: String) -> Result<Self, Fault> {
        let whole = sample(&written, "");
        let (series, value, timestamp) = match &whole {
            Ok((series, value, timestamp)) => (series.clone(), Some(*value), *timestamp),
            Err(error) => match sample(&written, " 0") {
                Ok((series, ..)) => (series, None, None),
                Err(_) => {
                    return Err(Fault::new(format_args!(
                        "{written:?} is not a series: {error}"
                    )));
                }
            },
        };
        Ok(ExpectedSeries {
            written,
            series,
            value,
            timestamp,
        })
    }

    /// Returns how much of it is left open.
    pub(super) fn freedom(&self) -> u8 {
        u8::from(self.value.is_none()) + u8::from(self.timestamp.is_none())
    }

    fn matches(&self, stored: &StoredSeries) -> bool {
        let is_value = |expected: f64| match stored.value {
            StoredValue::Float(value) => value == expected || (value.is_nan() && expected.is_nan()),
            StoredValue::NativeHistogram(_) => false,
        };
        self.series == stored.series
            && self.value.is_none_or(is_value)
            && (self.timestamp).is_none_or(|expected| stored.timestamp == Some(expected))
    }
}

impl fmt::Display for ExpectedSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.written.trim())
    }
}

/// Returns the series, the value and the timestamp of a line.
fn sample(line: &str, end: &str) -> Result<(Series, f64, Option<i64>), String> {
    let line = [line.trim(), end].concat();
    let mut found = None;
    for entry in Parser::text(&line) {
        match (entry, &found) {
            (Ok(Line::Sample(sample)), None) => {
                found = Some((Series::of(&sample), sample.value(), sample.timestamp()));
            }
            (Ok(_), _) => return Err("expected one line with a sample".to_owned()),
            (Err(error), _) => {
                let words = error.to_string();
                return Err(words.strip_prefix("line 1, ").unwrap_or(&words).to_owned());
            }
        }
    }
    found.ok_or_else(|| "expected a line with a sample".to_owned())
}

/// A series that a scrape stores.
#[derive(Debug)]
pub(super) struct StoredSeries {
    pub(super) series: Series,
    value: StoredValue,
    timestamp: Option<i64>,
}

impl From<&Stored<'_>> for StoredSeries {
    fn from(stored: &Stored<'_>) -> Self {
        StoredSeries {
            series: Series::of(stored),
            value: stored.value.clone(),
            timestamp: stored.timestamp,
        }
    }
}

impl fmt::Display for StoredSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.series, self.value)?;
        match self.timestamp {
            Some(timestamp) => write!(f, " {timestamp}"),
            None => Ok(()),
        }
    }
}

/// Series that are stored, to look for those that are expected.
pub(super) struct Found<'s> {
    stored: &'s [StoredSeries],
    by_series: HashMap<&'s Series, Vec<usize>>,
    taken: Vec<bool>,
}

impl<'s> Found<'s> {
    pub(super) fn new(stored: &'s [StoredSeries]) -> Self {
        let mut by_series: HashMap<&Series, Vec<usize>> = HashMap::new();
        for (at, stored) in stored.iter().enumerate() {
            by_series.entry(&stored.series).or_default().push(at);
        }
        Found {
            stored,
            by_series,
            taken: vec![false; stored.len()],
        }
    }

    /// Returns the stored series of that name and those labels.
    pub(super) fn namesakes(&self, series: &Series) -> impl Iterator<Item = &'s StoredSeries> {
        let places = self.by_series.get(series).map(Vec::as_slice);
        let places = places.unwrap_or_default().iter();
        places.filter_map(|at| self.stored.get(*at))
    }

    /// Tells whether one is as expected.
    pub(super) fn has(&self, expected: &ExpectedSeries) -> bool {
        self.namesakes(&expected.series)
            .any(|stored| expected.matches(stored))
    }

    /// Takes one that is as expected and has not been taken before. Returns whether there is one.
    pub(super) fn take(&mut self, expected: &ExpectedSeries) -> bool {
        let places = self.by_series.get(&expected.series).map(Vec::as_slice);
        let is_free = |at: &usize| {
            let matches = self
                .stored
                .get(*at)
                .is_some_and(|stored| expected.matches(stored));
            matches && self.taken.get(*at) == Some(&false)
        };
        let at = places.unwrap_or_default().iter().copied().find(is_free);
        match at.and_then(|at| self.taken.get_mut(at)) {
            Some(taken) => {
                *taken = true;
                true
            }
            None => false,
        }
    }

    /// Returns those that have not been taken.
    pub(super) fn left(&self) -> impl Iterator<Item = &'s StoredSeries> {
        let both = self.stored.iter().zip(&self.taken);
        both.filter(|(_, taken)| !**taken).map(|(stored, _)| stored)
    }
}
