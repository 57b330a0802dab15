//! Ordinary composite values: all fields in the order of the specification, classic buckets only.

use crate::model::metric_type::MetricType;
use crate::number::decimal;
use crate::number::decode;

/// Reads the composite value that `bytes` begin with, of a metric of that type; returns its length.
/// `None` is not a verdict.
#[inline(never)]
pub(super) fn composite(bytes: &[u8], kind: MetricType) -> Option<usize> {
    let (count, sum): (&[u8], &[u8]) = match kind {
        MetricType::Histogram | MetricType::Summary => (b"{count:", b"sum:"),
        MetricType::GaugeHistogram => (b"{gcount:", b"gsum:"),
        MetricType::Counter
        | MetricType::Gauge
        | MetricType::Info
        | MetricType::StateSet
        | MetricType::Unknown => return None,
    };
    let rest = bytes.strip_prefix(count)?;
    let (_, rest) = number(rest, b',')?;
    let (_, rest) = number(rest.strip_prefix(sum)?, b',')?;
    let rest = match kind {
        MetricType::Summary => quantiles(rest.strip_prefix(b"quantile:[")?)?,
        _ => buckets(rest.strip_prefix(b"bucket:[")?, kind)?,
    };
    Some(bytes.len() - rest.strip_prefix(b"}")?.len())
}

/// Reads buckets and the closing bracket.
fn buckets(mut bytes: &[u8], kind: MetricType) -> Option<&[u8]> {
    let mut before = f64::NEG_INFINITY;
    loop {
        let (bound, rest) = bound(bytes)?;
        // A first bound of -Inf is the grammar's.
        if bound <= before {
            return None;
        }
        before = bound;
        let (count, end, rest) = item_end(rest)?;
        if count < 0.0 && kind == MetricType::Histogram {
            return None;
        }
        bytes = rest;
        if end == b']' {
            return (bound == f64::INFINITY).then_some(rest);
        }
    }
}

/// Reads quantiles and the closing bracket.
fn quantiles(mut bytes: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = bytes.strip_prefix(b"]") {
        return Some(rest);
    }
    let mut before = f64::NEG_INFINITY;
    loop {
        let (quantile, rest) = number(bytes, b':')?;
        if !(0.0..=1.0).contains(&quantile) || quantile <= before {
            return None;
        }
        before = quantile;
        let (_, end, rest) = item_end(rest)?;
        bytes = rest;
        if end == b']' {
            return Some(rest);
        }
    }
}

/// Reads a bound and the colon after it.
#[inline(always)]
fn bound(bytes: &[u8]) -> Option<(f64, &[u8])> {
    match bytes.strip_prefix(b"+Inf:") {
        Some(rest) => Some((f64::INFINITY, rest)),
        None => {
            let (bound, rest) = number(bytes, b':')?;
            (!bound.is_nan()).then_some((bound, rest))
        }
    }
}

/// Reads a number and what ends an item of a list after it: a comma or the closing bracket.
#[inline(always)]
fn item_end(bytes: &[u8]) -> Option<(f64, u8, &[u8])> {
    if let Some((number, len)) = decimal::short_number(bytes)
        && let Some((end @ (b',' | b']'), rest)) = bytes.get(len..)?.split_first()
    {
        return Some((number, *end, rest));
    }
    longer_item(bytes)
}

#[inline(never)]
fn longer_item(bytes: &[u8]) -> Option<(f64, u8, &[u8])> {
    let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'\n');
    let len = bytes.iter().position(is_end)?;
    let end = *bytes.get(len)?;
    let (number, rest) = longer_number(bytes, end)?;
    (end != b'\n').then_some((number, end, rest))
}

/// Reads a number and the byte `end` after it.
#[inline(always)]
fn number(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    if let Some((number, len)) = decimal::short_number(bytes)
        && let Some((next, rest)) = bytes.get(len..)?.split_first()
        && *next == end
    {
        return Some((number, rest));
    }
    longer_number(bytes, end)
}

#[inline(never)]
fn longer_number(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    match decimal::plain_value(bytes) {
        Some((number, len)) if bytes.get(len) == Some(&end) => {
            Some((number, bytes.get(len + 1..)?))
        }
        _ => any_number(bytes, end),
    }
}

/// Does what [`number`] does for words, and numbers with more digits than are read plainly.
fn any_number(bytes: &[u8], end: u8) -> Option<(f64, &[u8])> {
    let is_end = |byte: &u8| matches!(byte, b',' | b':' | b']' | b'}' | b' ' | b'\n');
    let len = bytes.iter().position(is_end)?;
    let text = std::str::from_utf8(bytes.get(..len)?).ok()?;
    let rest = bytes.get(len..)?.strip_prefix(&[end])?;
    Some((decode::sample_value(text).ok()?, rest))
}
