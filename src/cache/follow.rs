//! Reading lines that are where they were.

use super::arena::Arenas;
use super::aside::Aside;
use super::compare::begins;
use super::place::{Form, Place};
use super::tail::{any_tail, few_digits};
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
        let Some(text) = texts.prefix(place).filter(|text| begins(rest, text)) else {
            break;
        };
        let behind = rest.get(text.len()..).unwrap_or_default();
        let mut len = text.len();
        if place.form == Form::Other {
            if len > max_line {
                break;
            }
            if let Some(OtherShape::Type { kind, .. }) = arenas.of(place).other(place) {
                *scope = kind;
            }
        } else if let Some((value, tail)) = few_digits(behind) {
            len += tail;
            if len > max_line {
                break;
            }
            place.set(value, None);
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
        rest = rest.get(len..).unwrap_or_default();
        last = len;
        lines += 1;
    }
    Followed {
        lines,
        bytes: bytes.len() - rest.len(),
        last,
    }
}

/// Whether a line begins as it did at that place.
pub(super) fn is_here(place: &Place, arenas: &Arenas, bytes: &[u8]) -> bool {
    let text = arenas.texts().prefix(place);
    text.is_some_and(|text| begins(bytes, text))
}
