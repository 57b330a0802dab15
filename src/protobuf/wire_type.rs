//! How a field's value is written.

/// How a field's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WireType {
    Varint,
    Fixed64,
    Bytes,
    StartGroup,
    EndGroup,
    Fixed32,
}

impl WireType {
    /// Returns the number that stands for it in a field's key.
    pub(super) const fn number(self) -> u64 {
        match self {
            WireType::Varint => 0,
            WireType::Fixed64 => 1,
            WireType::Bytes => 2,
            WireType::StartGroup => 3,
            WireType::EndGroup => 4,
            WireType::Fixed32 => 5,
        }
    }

    /// Returns the wire type with that number.
    pub(super) const fn of(number: u64) -> Option<Self> {
        Some(match number {
            0 => WireType::Varint,
            1 => WireType::Fixed64,
            2 => WireType::Bytes,
            3 => WireType::StartGroup,
            4 => WireType::EndGroup,
            5 => WireType::Fixed32,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            WireType::Varint => "a varint",
            WireType::Fixed64 => "eight bytes",
            WireType::Bytes => "a length and as many bytes",
            WireType::StartGroup => "a group",
            WireType::EndGroup => "the end of a group",
            WireType::Fixed32 => "four bytes",
        }
    }
}
