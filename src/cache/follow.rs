//! Reading lines that are where they were.

use fearless_simd::{Level, Simd, dispatch};

use super::arena::Arenas;
use super::aside::Aside;
use super::compare::begins;
use super::place::{Form, Place};
use super::tail::{any_tail, as_many_digits, few_digits};
use crate::dialect::Dialect;
use crate::metric_type::MetricType;
use crate::shape::OtherShape;

/// How far lines were where they were.
pub(super) struct Followed {
    pub(super) lines: usize,
    pub(super) bytes: usize,
    /// How many bytes the last line has.
    pub(super) last: usize,
}

/// Reads `bytes`, which begin with a line, as long as the lines are those of the places, which are in
/// the same dialect and not longer than the limit: sets values, and the type in force.
pub(super) fn follow(
    level: Level,
    places: &mut [Place],
    arenas: &Arenas,
    aside: &mut Aside,
    bytes: &[u8],
    rules: (Dialect, usize),
    scope: &mut MetricType,
) -> Followed {
    dispatch!(level, simd => {
        follow_with(simd, places, arenas, aside, bytes, rules, scope)
    })
}

#[inline(always)]
fn follow_with<S: Simd>(
    simd: S,
    places: &mut [Place],
    arenas: &Arenas,
    aside: &mut Aside,
    bytes: &[u8],
    (dialect, max_line): (Dialect, usize),
    scope: &mut MetricType,
) -> Followed {
    let texts = arenas.texts();
    let mut rest = bytes;
    let mut lines = 0;
    let mut last = 0;
    for place in places {
        let Some(text) = texts.prefix(place).filter(|text| begins(simd, rest, text)) else {
            break;
        };
        let Some(behind) = rest.get(text.len()..) else {
            break;
        };
        let mut len = text.len();
        if place.form == Form::Other {
            if len > max_line {
                break;
            }
            if let Some(OtherShape::Type { kind, .. }) = arenas.of(place).other(place) {
                *scope = kind;
            }
        } else if let Some(value) = as_many_digits(behind, place.digits) {
            len += usize::from(place.digits) + 1;
            if len > max_line {
                break;
            }
            place.set(value, None);
        } else if let Some((value, tail)) = few_digits(behind) {
            len += tail;
            if len > max_line {
                break;
            }
            place.set(value, None);
            place.digits = tail as u8 - 1;
        } else {
            let Some(tail) = any_tail(behind, dialect) else {
                break;
            };
            len += tail.len;
            if len > max_line {
                break;
            }
            let extra = tail.timestamp.map(|time| aside.timestamp(time));
            place.set(tail.value, extra);
        }
        let Some(next) = rest.get(len..) else {
            break;
        };
        rest = next;
        last = len;
        lines += 1;
    }
    Followed {
        lines,
        bytes: bytes.len() - rest.len(),
        last,
    }
}

/// Which of the places is that of the line that `bytes` begin with, as far as that shows before its
/// value.
pub(super) fn find(
    level: Level,
    mut places: std::slice::Iter<'_, Place>,
    arenas: &Arenas,
    bytes: &[u8],
) -> Option<usize> {
    let texts = arenas.texts();
    places.position(|place| {
        let text = texts.prefix(place).unwrap_or_default();
        !text.is_empty() && dispatch!(level, simd => begins(simd, bytes, text))
    })
}
