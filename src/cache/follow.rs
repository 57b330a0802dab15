//! Reading lines that are where they were.

use super::arena::Arenas;
use super::aside::Aside;
use super::compare::begins;
use super::place::{Form, Place};
use super::tail::{Tail, tail};
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
    let mut rest = bytes;
    let mut lines = 0;
    let mut last = 0;
    for place in places {
        let Some(tail) = hit(place, arenas, rest, dialect).filter(|tail| tail.len <= max_line)
        else {
            break;
        };
        rest = rest.get(tail.len..).unwrap_or_default();
        last = tail.len;
        lines += 1;
        match place.form {
            Form::Other => {
                if let Some(OtherShape::Type { kind, .. }) = arenas.of(place).other(place) {
                    *scope = kind;
                }
            }
            _ => {
                let extra = tail.timestamp.map(|time| aside.timestamp(time));
                place.set(tail.value, extra);
            }
        }
    }
    Followed {
        lines,
        bytes: bytes.len() - rest.len(),
        last,
    }
}

/// The end of a line that begins as it did at that place, up to the value; of all of it if the place
/// is no sample's. Its length is that of the line.
#[inline(always)]
fn hit(place: &Place, arenas: &Arenas, bytes: &[u8], dialect: Dialect) -> Option<Tail> {
    let text = arenas.of(place).prefix(place)?;
    if !begins(bytes, text) {
        return None;
    }
    if place.form == Form::Other {
        return Some(Tail {
            value: 0.0,
            timestamp: None,
            len: text.len(),
        });
    }
    let mut tail = tail(bytes.get(text.len()..)?, dialect)?;
    tail.len += text.len();
    Some(tail)
}
