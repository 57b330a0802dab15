//! Samples that Prometheus does not store though it accepts their body, and those it stores instead.

use std::collections::HashMap;

use exposition::scrape::{RejectedSample, Rejection, Report};
use exposition::{Line, Position, Series};

use crate::source::Source;

/// A sample that is not stored.
pub(super) struct Omitted {
    pub(super) rejected: RejectedSample,
    /// The line of the sample that is stored instead, and its value.
    pub(super) first: Option<(u64, String)>,
}

impl Omitted {
    /// Says which sample it is, in which body, and why it is not stored.
    pub(super) fn told(&self, source: &str) -> String {
        let RejectedSample {
            reason,
            position,
            series,
            value,
            timestamp,
            ..
        } = &self.rejected;
        let place = match position.line {
            0 => format!("{source}: byte {}", position.byte),
            line => format!("{source}:{line}"),
        };
        let at = timestamp.map(|at| format!(" {at}")).unwrap_or_default();
        let sample = format!("{place}: {series} {value}{at}");
        match (reason, &self.first) {
            (Rejection::Duplicate, Some((line, first))) => {
                let same = match *first == value.to_string() {
                    true => "the same",
                    false => first,
                };
                format!("{sample}: a duplicate, line {line} has {same} for this series")
            }
            (Rejection::OutOfOrder, Some((line, _))) => {
                format!("{sample}: out of order, line {line} has a later sample of this series")
            }
            (reason, _) => format!("{sample}: {reason}"),
        }
    }
}

/// Finds what is stored instead of each sample that is not.
pub(super) fn name(source: &Source, report: &Report) -> Vec<Omitted> {
    let without = |rejected: &RejectedSample| Omitted {
        rejected: rejected.clone(),
        first: None,
    };
    let mut all: Vec<Omitted> = report.rejected.iter().map(without).collect();
    if all.is_empty() || source.format.is_protobuf() {
        return all;
    }
    let mut of_line: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, one) in all.iter().enumerate() {
        of_line
            .entry(one.rejected.position.line)
            .or_default()
            .push(at);
    }
    // What is stored of each series: by its timestamp, and the one with the latest.
    let mut stored: HashMap<(Series, Option<i64>), (u64, String)> = HashMap::new();
    let mut latest: HashMap<Series, (i64, u64)> = HashMap::new();
    let mut parser = source.lines();
    loop {
        let Position { line, .. } = parser.position();
        let sample = match parser.next_line() {
            Ok(Some(Line::Sample(sample))) => sample,
            Ok(Some(_)) | Err(_) => continue,
            Ok(None) => return all,
        };
        let series = Series::of(&sample);
        let timestamp = sample.timestamp();
        for at in of_line.get(&line).into_iter().flatten() {
            let Some(one) = all.get_mut(*at) else {
                continue;
            };
            one.first = match one.rejected.reason {
                Rejection::Duplicate => stored.get(&(series.clone(), timestamp)).cloned(),
                _ => latest.get(&series).map(|(_, line)| (*line, String::new())),
            };
        }
        let time = timestamp.unwrap_or(i64::MAX);
        let newest = latest.entry(series.clone()).or_insert((time, line));
        if time > newest.0 {
            *newest = (time, line);
        }
        let value = sample.raw_value().to_owned();
        stored.entry((series, timestamp)).or_insert((line, value));
    }
}
