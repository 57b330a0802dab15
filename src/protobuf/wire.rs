//! The wire format: a message's fields, one after another.
//!
//! Reads what Prometheus' decoder reads, to the letter (spec P9, P9a, P9b): varints need not be minimal,
//! what exceeds 64 bits is dropped, field numbers have 32 bits, and the number at the end of a group need not
//! be that of its beginning.

use std::ops::Range;

use super::schema::Field;
use super::wire_type::WireType;
use crate::bytes::work;

/// The fields of a message that are left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    /// A family up to the end of the message.
    family: &'a [u8],
    /// Where in it the next field begins.
    at: usize,
}

/// Where in a family a field's bytes are.
///
/// A family is at most [`Part::MOST`] bytes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Part {
    start: u32,
    end: u32,
}

impl Part {
    /// The most bytes that a family may have.
    pub(super) const MOST: usize = u32::MAX as usize;

    #[inline(always)]
    pub(super) fn new(start: usize, end: usize) -> Self {
        Part {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Returns a whole family.
    pub(super) fn whole(family: &[u8]) -> Self {
        Part::new(0, family.len().min(Part::MOST))
    }

    #[inline(always)]
    pub(super) const fn start(self) -> usize {
        self.start as usize
    }

    /// Returns a place in the field before its contents.
    pub(super) const fn before(self) -> usize {
        self.start().saturating_sub(1)
    }

    #[inline(always)]
    pub(super) const fn end(self) -> usize {
        self.end as usize
    }

    #[inline(always)]
    pub(super) const fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    /// Returns the part from the start of this one to the end of a later one.
    pub(super) const fn to(self, last: Part) -> Self {
        Part {
            start: self.start,
            end: last.end,
        }
    }

    /// Returns where the part is in bytes that begin at `start`; what is empty is at their beginning.
    #[inline(always)]
    pub(super) fn within(self, start: usize) -> Range<usize> {
        match self.len() {
            0 => 0..0,
            _ => self.start().saturating_sub(start)..self.end().saturating_sub(start),
        }
    }

    /// Returns the part's bytes.
    #[inline(always)]
    pub(super) fn of(self, family: &[u8]) -> &[u8] {
        family.get(self.start()..self.end()).unwrap_or_default()
    }
}

/// Why a message cannot be read, and at which of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: Malformed,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    /// The message ends within a number.
    Truncated,
    /// A varint of more than ten bytes.
    LongVarint,
    /// A field number that is not positive.
    FieldNumber(i32),
    /// A wire type that does not exist.
    WireType(u8),
    /// The end of a group that did not begin.
    EndGroup,
    /// A group that does not end.
    OpenGroup,
    /// A length beyond the end of the message.
    Length { length: u64, left: usize },
    /// A field with another wire type than it has.
    OtherType { expected: WireType, found: WireType },
}

impl<'a> Fields<'a> {
    /// Returns the fields of a message that is part of a family.
    #[inline(always)]
    pub(super) fn new(family: &'a [u8], part: Part) -> Self {
        Fields {
            family: family.get(..part.end()).unwrap_or_default(),
            at: part.start(),
        }
    }

    /// Returns the fields of a message within this one.
    #[inline(always)]
    pub(super) fn within(&self, part: Part) -> Self {
        Fields::new(self.family, part)
    }

    /// Returns the fields of a family from a place on.
    #[inline(always)]
    pub(super) const fn at(family: &'a [u8], at: usize) -> Self {
        Fields { family, at }
    }

    /// Returns the family up to the end of the message.
    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.family
    }

    /// Returns where the next field begins.
    #[inline(always)]
    pub(super) const fn place(&self) -> usize {
        self.at
    }

    const fn fault<T>(&self, at: usize, what: Malformed) -> Result<T, Fault> {
        Err(Fault { at, what })
    }

    /// Returns the next field's key, to be compared with those that are [known](super::schema::key), and where
    /// it begins; `None` at the end of the message. A key that is not known goes to [`other`](Self::other).
    #[inline(always)]
    pub(super) fn key(&mut self) -> Result<Option<(u64, usize)>, Fault> {
        let at = self.at;
        work::on(1);
        // All fields that this crate reads have a key of one byte, but for one.
        match self.family.get(at) {
            None => Ok(None),
            Some(byte) if *byte < 0x80 => {
                self.at += 1;
                Ok(Some((u64::from(*byte), at)))
            }
            // A field's number has 32 bits.
            Some(_) => Ok(Some((self.varint()? & ((1 << 35) - 1), at))),
        }
    }

    /// Skips a field whose key is not expected; `at` is where the key begins. It is a fault if the field is
    /// known, since then it is written in another way.
    #[cold]
    #[inline(never)]
    pub(super) fn other(&mut self, key: u64, at: usize, known: &[Field]) -> Result<(), Fault> {
        let number = (key >> 3) as i32;
        let found = match WireType::of(key & 7) {
            Some(WireType::EndGroup) => return self.fault(at, Malformed::EndGroup),
            _ if number <= 0 => return self.fault(at, Malformed::FieldNumber(number)),
            Some(found) => found,
            None => return self.fault(at, Malformed::WireType((key & 7) as u8)),
        };
        match known.iter().find(|field| field.number == number) {
            Some(field) => {
                let expected = field.wire_type;
                self.fault(at, Malformed::OtherType { expected, found })
            }
            None => self.skip(found, at),
        }
    }

    /// Skips a field, known or not.
    pub(super) fn pass(&mut self, key: u64, at: usize) -> Result<(), Fault> {
        match WireType::of(key & 7) {
            Some(wire_type) => self.skip(wire_type, at),
            None => self.fault(at, Malformed::WireType((key & 7) as u8)),
        }
    }

    /// Reads the value of a field that is a message.
    #[inline(always)]
    pub(super) fn message(&mut self) -> Result<Self, Fault> {
        let part = self.part()?;
        Ok(self.within(part))
    }

    /// Reads a varint. Bits above 64 are dropped.
    #[inline(always)]
    pub(super) fn varint(&mut self) -> Result<u64, Fault> {
        match self.family.get(self.at) {
            Some(byte) if *byte < 0x80 => {
                self.at += 1;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    #[inline(never)]
    fn long_varint(&mut self) -> Result<u64, Fault> {
        let start = self.at;
        let rest = self.family.get(start..).unwrap_or_default();
        let mut number = 0;
        for (place, byte) in rest.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * place);
            if *byte < 0x80 {
                self.at = start + place + 1;
                return Ok(number);
            }
        }
        match rest.len() < 10 {
            true => self.fault(start, Malformed::Truncated),
            false => self.fault(start, Malformed::LongVarint),
        }
    }

    /// Reads a double.
    #[inline(always)]
    pub(super) fn double(&mut self) -> Result<f64, Fault> {
        let rest = self.family.get(self.at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(bytes) => {
                self.at += 8;
                Ok(f64::from_le_bytes(*bytes))
            }
            None => self.fault(self.at, Malformed::Truncated),
        }
    }

    /// Reads a length and as many bytes.
    #[inline(always)]
    pub(super) fn part(&mut self) -> Result<Part, Fault> {
        let at = self.at;
        let length = self.varint()?;
        let left = self.family.len() - self.at;
        match usize::try_from(length) {
            Ok(bytes) if bytes <= left => {
                let part = Part::new(self.at, self.at + bytes);
                self.at += bytes;
                Ok(part)
            }
            _ => self.fault(at, Malformed::Length { length, left }),
        }
    }

    /// Reads a packed list of numbers: a length and the numbers in so many bytes. The last of them may end
    /// after that length (spec P9b).
    #[inline]
    pub(super) fn packed(
        &mut self,
        mut number: impl FnMut(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let packed = self.part()?.len();
        work::on(packed);
        let end = self.at;
        self.at = end - packed;
        while self.at < end {
            number(self)?;
        }
        Ok(())
    }

    /// Skips the value of the field that begins at `at`.
    fn skip(&mut self, mut wire_type: WireType, at: usize) -> Result<(), Fault> {
        let start = at;
        let mut depth = 0usize;
        loop {
            work::on(1);
            match wire_type {
                WireType::Varint => _ = self.varint()?,
                WireType::Fixed64 => self.skip_bytes(8)?,
                WireType::Bytes => _ = self.part()?,
                WireType::Fixed32 => self.skip_bytes(4)?,
                WireType::StartGroup => depth += 1,
                // Only within a group.
                WireType::EndGroup => depth = depth.saturating_sub(1),
            }
            if depth == 0 {
                return Ok(());
            }
            if self.at >= self.family.len() {
                return self.fault(start, Malformed::OpenGroup);
            }
            let at = self.at;
            let number = self.varint()? & 7;
            match WireType::of(number) {
                Some(next) => wire_type = next,
                None => return self.fault(at, Malformed::WireType(number as u8)),
            }
        }
    }

    fn skip_bytes(&mut self, count: usize) -> Result<(), Fault> {
        if self.family.len() - self.at < count {
            return self.fault(self.at, Malformed::Truncated);
        }
        self.at += count;
        Ok(())
    }
}

/// Undoes the zigzag of signed numbers (spec P7).
#[inline]
pub(super) const fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Undoes the zigzag of signed numbers of 32 bits.
#[inline]
pub(super) const fn zigzag_32(number: u64) -> i32 {
    let number = number as u32;
    (number >> 1) as i32 ^ -((number & 1) as i32)
}
