//! The path to a field, for errors.

use super::keys::metric_family;
use super::place::FamilyPlace;
use super::schema::{FAMILY, Field, METRIC};
use super::wire::{Fields, Part};
use super::wire_type::WireType;
#[cfg(feature = "relabel")]
use crate::error::Position;

/// How many bytes of a family's name are shown.
const NAME: usize = 60;

/// Returns the path to the field of a family that byte `at` belongs to.
///
/// Takes time in proportion to the metric that the byte is in, where that is known, and to the family where
/// the family itself cannot be read, which is once.
#[cold]
pub(super) fn of(family: &[u8], place: FamilyPlace, at: usize) -> Box<str> {
    let mut path = format!("family {}", place.number);
    let name = match place.name {
        Some(name) => name.of(family),
        None => name_of(family),
    };
    if !name.is_empty() {
        let short = name.get(..NAME).unwrap_or(name);
        let rest = if short.len() < name.len() { "…" } else { "" };
        path += &format!(" \"{}{rest}\"", short.escape_ascii());
    }
    let metric = place.metric.filter(|metric| {
        let part = metric.part;
        part.before() <= at && at <= part.end()
    });
    let (mut part, mut fields, mut separator) = match metric {
        Some(metric) => {
            path += &format!(", metric {}", metric.number);
            // It cannot be said to be in a field of the metric.
            if at < metric.part.start() || at >= metric.part.end() {
                return path.into_boxed_str();
            }
            (metric.part, METRIC, ", ")
        }
        None => (Part::whole(family), FAMILY, ", "),
    };
    while let Some((field, count, inside)) = step(family, part, fields, at) {
        path += separator;
        path += field.name;
        if field.repeated {
            path += &format!(" {count}");
        }
        // A metric's path is long enough for a comma; the parts of its fields belong together.
        separator = match field.name {
            "metric" => ", ",
            _ => " ",
        };
        match (field.message, inside) {
            (Some(message), Some(inside)) => (part, fields) = (inside, message),
            _ => break,
        }
    }
    path.into_boxed_str()
}

/// Returns the family's name, as far as the family can be read.
fn name_of(family: &[u8]) -> &[u8] {
    let mut fields = Fields::new(family, Part::whole(family));
    let mut name = Part::default();
    while let Ok(Some((key, at))) = fields.key() {
        let read = match key {
            metric_family::NAME => fields.part().map(|part| name = part),
            _ => fields.pass(key, at),
        };
        if read.is_err() {
            break;
        }
    }
    name.of(family)
}

/// Returns the field of a message that byte `at` belongs to, which number it has among its like, and where
/// its contents are, if they hold the byte.
fn step(
    family: &[u8],
    message: Part,
    known: &'static [Field],
    at: usize,
) -> Option<(&'static Field, usize, Option<Part>)> {
    let mut counts = vec![0; known.len()];
    let mut fields = Fields::new(family, message);
    while let Ok(Some((key, start))) = fields.key() {
        let number = (key >> 3) as i32;
        let found = known.iter().position(|field| field.number == number);
        let field = found.and_then(|index| {
            let count = counts.get_mut(index)?;
            *count += 1;
            Some((known.get(index)?, *count))
        });
        let inside = match WireType::of(key & 7) {
            Some(WireType::Bytes) => fields.part().ok(),
            _ => fields.pass(key, start).ok().map(|()| Part::default()),
        };
        // A field that cannot be read is the one.
        let is_here = inside.is_none() || at < fields.place();
        if is_here {
            let (field, count) = field?;
            let holds = inside.filter(|inside| inside.start() <= at && at < inside.end());
            return Some((field, count, holds));
        }
    }
    None
}

#[cfg(feature = "relabel")]
impl FamilyPlace {
    /// Returns the position of a byte of the family, and the path to it.
    #[cold]
    pub(super) fn of(self, at: usize, family: &[u8]) -> (Position, Box<str>) {
        let byte = self.byte.saturating_add(at as u64);
        (Position::in_binary(byte), of(family, self, at))
    }
}
