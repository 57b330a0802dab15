//! What is wrong with a family, as an error.

use super::path;
use super::place::FamilyPlace;
use super::wire::{Fault, Malformed};
use crate::error::{Error, ErrorKind, Found};
use crate::model::native_histogram::NhcbError;

/// Why a family, a metric or a sample is refused, and at which byte of the family.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refused {
    /// It is not a message of the format.
    Malformed(Fault),
    EmptyName {
        at: usize,
    },
    InvalidUtf8 {
        at: usize,
    },
    UnknownType {
        at: usize,
        number: i32,
    },
    TooManyLabels {
        at: usize,
        count: usize,
    },
    /// A label that a metric of a family cannot have.
    Label {
        at: usize,
        kind: ErrorKind,
    },
    /// The spans of a native histogram list another number of buckets than there are counts (spec P34).
    Spans {
        at: usize,
        listed: u64,
        counted: usize,
    },
    /// A classic histogram that cannot be converted (spec P38).
    Conversion {
        at: usize,
        error: NhcbError,
    },
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Refused::Malformed(fault)
    }
}

impl Refused {
    /// Returns the error.
    #[cold]
    pub(super) fn error(self, family: &[u8], place: FamilyPlace) -> Error {
        let (at, kind, expected, found) = match self {
            Refused::Malformed(Fault { at, what }) => {
                let (expected, found) = malformed(what);
                (at, ErrorKind::MalformedProtobuf, expected, found)
            }
            Refused::EmptyName { at } => (at, ErrorKind::EmptyName, "a name", "none".to_owned()),
            Refused::InvalidUtf8 { at } => {
                let bytes = family.get(at..).unwrap_or_default();
                let bytes = bytes.get(..8).unwrap_or(bytes);
                let found = format!("`{}`", bytes.escape_ascii());
                (at, ErrorKind::InvalidUtf8, "UTF-8", found)
            }
            Refused::UnknownType { at, number } => {
                let expected = "a metric type, 0 to 5";
                (at, ErrorKind::UnknownType, expected, number.to_string())
            }
            Refused::TooManyLabels { at, count } => {
                let expected = "fewer labels";
                (at, ErrorKind::TooManyLabels, expected, count.to_string())
            }
            Refused::Label { at, kind } => {
                let (expected, found) = match kind {
                    ErrorKind::DuplicateLabel => ("each label once", "a second one of this name"),
                    ErrorKind::ReservedLabel => ("a label other than `__name__`", "`__name__`"),
                    _ => ("a name", "none"),
                };
                (at, kind, expected, found.to_owned())
            }
            Refused::Spans {
                at,
                listed,
                counted,
            } => {
                let expected = "as many counts as the spans list buckets";
                let found = format!("{counted} for {listed} buckets");
                (at, ErrorKind::InvalidHistogram, expected, found)
            }
            Refused::Conversion { at, error } => {
                let expected = "a classic histogram that can be converted";
                (at, ErrorKind::InvalidHistogram, expected, error.to_string())
            }
        };
        let path = path::of(family, place, at);
        let byte = place.byte.saturating_add(at as u64);
        Error::binary(kind, expected, Found::Described(found), byte, Some(path))
    }
}

/// Says what was expected and what was found.
fn malformed(what: Malformed) -> (&'static str, String) {
    match what {
        Malformed::Truncated => ("the rest of a number", "the end of the message".to_owned()),
        Malformed::LongVarint => ("a varint of at most ten bytes", "a longer one".to_owned()),
        Malformed::FieldNumber(number) => ("a field number above 0", number.to_string()),
        Malformed::WireType(number) => ("a wire type, 0 to 5", number.to_string()),
        Malformed::EndGroup => ("a field", "the end of a group".to_owned()),
        Malformed::OpenGroup => ("the end of a group", "the end of the message".to_owned()),
        Malformed::Length { length, left } => (
            "a length within the message",
            format!("{length}, where {left} bytes are left"),
        ),
        Malformed::OtherType { expected, found } => (expected.name(), found.name().to_owned()),
    }
}
