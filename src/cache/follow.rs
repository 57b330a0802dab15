//! Reading lines that are where they were.

use fearless_simd::{Level, Simd, dispatch};

use super::compare::begins;
use super::line::{Kind, KnownLine};
use super::store::Store;
use super::tails::Tails;
use crate::dialect::Dialect;
use crate::fast;
use crate::metric_type::MetricType;
use crate::shape::OtherShape;

/// How far lines were where they were.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) lines: usize,
    pub(super) bytes: usize,
}

/// How lines are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) dialect: Dialect,
    /// The longest line in bytes, its line feed included.
    pub(super) max_line: usize,
}

/// Reads `bytes`, which begin with a line, as long as the lines are the known ones, which are in the same
/// dialect: sets values, and the type in force.
pub(super) fn follow(
    level: Level,
    lines: &mut [KnownLine],
    store: &Store,
    tails: &mut Tails,
    bytes: &[u8],
    rules: Rules,
    scope: &mut MetricType,
) -> Followed {
    dispatch!(level, simd => follow_with(simd, lines, store, tails, bytes, rules, scope))
}

#[inline(always)]
fn follow_with<S: Simd>(
    simd: S,
    lines: &mut [KnownLine],
    store: &Store,
    tails: &mut Tails,
    bytes: &[u8],
    rules: Rules,
    scope: &mut MetricType,
) -> Followed {
    let mut followed = Followed::default();
    for line in lines {
        let rest = bytes.get(followed.bytes..).unwrap_or_default();
        let read = match line.kind {
            Kind::Sample => sample(simd, line, store, tails, rest, rules),
            Kind::Other => other(simd, line, store, rest, scope),
            Kind::Anew | Kind::Odd | Kind::Taken => None,
        };
        match read {
            Some(len) if len <= rules.max_line => {
                followed.lines += 1;
                followed.bytes += len;
            }
            _ => break,
        }
    }
    followed
}

/// Reads a sample of the known series; the length of its line with its line feed.
#[inline(always)]
fn sample<S: Simd>(
    simd: S,
    line: &mut KnownLine,
    store: &Store,
    tails: &mut Tails,
    bytes: &[u8],
    rules: Rules,
) -> Option<usize> {
    let prefix = store.prefix(line)?;
    if !begins(simd, bytes, prefix) {
        return None;
    }
    let (value, len) = fast::number(bytes.get(prefix.len()..)?)?;
    let end = prefix.len() + len;
    let behind = bytes.get(end..)?;
    let tail = match (behind.first()?, line.tail) {
        (b'\n', 0) => 0,
        (b' ', tail) => tails.follow(tail.checked_sub(1)?, behind, rules.dialect)?,
        _ => return None,
    };
    let len = end + tail + 1;
    if len <= rules.max_line {
        line.set(value);
    }
    Some(len)
}

/// Reads another line that is known; its length with its line feed. The last line of an OpenMetrics body
/// is left to the engine, which has to know of it.
#[inline(always)]
fn other<S: Simd>(
    simd: S,
    line: &KnownLine,
    store: &Store,
    bytes: &[u8],
    scope: &mut MetricType,
) -> Option<usize> {
    let text = store.prefix(line)?;
    if !begins(simd, bytes, text) {
        return None;
    }
    match store.shape_of_other(line)? {
        OtherShape::Type { kind, .. } => *scope = kind,
        OtherShape::Eof => return None,
        OtherShape::Help { .. } | OtherShape::Unit { .. } | OtherShape::Comment { .. } => {}
    }
    Some(text.len())
}
