//! Writes the fields of messages.
//!
//! The length of a message stands before it and is known after it. One byte is kept for it; where it takes
//! more, the message moves. So a byte moves at most once for each message around it, of which there are five
//! at most.

use super::fields::label_pair;
use crate::bytes::work;

const VARINT: u32 = 0;
const FIXED_64: u32 = 1;
const LENGTH_DELIMITED: u32 = 2;

/// The most bytes of a varint.
const MAX_VARINT: usize = 10;

/// Appends fields to a buffer. Nothing is allocated, except when the buffer grows.
#[derive(Debug)]
pub(crate) struct MessageWriter<'o> {
    out: &'o mut Vec<u8>,
}

/// A message that has been begun: where its length goes.
#[derive(Debug)]
#[must_use]
pub(crate) struct Open(usize);

impl<'o> MessageWriter<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        MessageWriter { out }
    }

    /// Begins a message of its own, before which only its length stands.
    pub(crate) fn begin_delimited(&mut self) -> Open {
        let at = self.out.len();
        self.out.push(0);
        Open(at)
    }

    /// Begins a message that is a field of another.
    pub(crate) fn begin(&mut self, field: i32) -> Open {
        self.tag(field, LENGTH_DELIMITED);
        self.begin_delimited()
    }

    /// Ends the message that was begun last.
    pub(crate) fn end(&mut self, Open(at): Open) {
        let body = at + 1;
        let length = self.out.len().saturating_sub(body);
        let (bytes, taken) = varint(length as u64);
        let bytes = bytes.get(..taken).unwrap_or_default();
        if taken > 1 {
            work::on(length);
            self.out.resize(self.out.len() + taken - 1, 0);
            self.out.copy_within(body..body + length, at + taken);
        }
        if let Some(place) = self.out.get_mut(at..at + taken) {
            place.copy_from_slice(bytes);
        }
    }

    /// Writes an unsigned number.
    #[inline]
    pub(crate) fn unsigned(&mut self, field: i32, number: u64) {
        self.tag(field, VARINT);
        self.varint(number);
    }

    /// Writes an `int32`, an `int64` or an enum.
    #[inline]
    pub(crate) fn int(&mut self, field: i32, number: i64) {
        self.unsigned(field, number.cast_unsigned());
    }

    /// Writes an `sint32` or an `sint64`.
    #[inline]
    pub(crate) fn sint(&mut self, field: i32, number: i64) {
        self.unsigned(field, ((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    #[inline]
    pub(crate) fn double(&mut self, field: i32, number: f64) {
        self.tag(field, FIXED_64);
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    /// Writes a string that consists of two parts.
    #[inline]
    pub(crate) fn string(&mut self, field: i32, [first, second]: [&str; 2]) {
        self.tag(field, LENGTH_DELIMITED);
        self.varint(first.len() as u64 + second.len() as u64);
        self.out.extend_from_slice(first.as_bytes());
        self.out.extend_from_slice(second.as_bytes());
    }

    /// Writes a message `LabelPair`. Its length is known before it is written.
    #[inline]
    pub(crate) fn label(&mut self, field: i32, name: &str, value: &str) {
        let size = |text: &str| 1 + varint_size(text.len() as u64) as u64 + text.len() as u64;
        self.tag(field, LENGTH_DELIMITED);
        self.varint(size(name) + size(value));
        self.string(label_pair::NAME, [name, ""]);
        self.string(label_pair::VALUE, [value, ""]);
    }

    #[inline]
    fn tag(&mut self, field: i32, wire_type: u32) {
        self.varint(u64::from(field.cast_unsigned() << 3 | wire_type));
    }

    #[inline]
    fn varint(&mut self, number: u64) {
        match u8::try_from(number) {
            Ok(byte) if byte < 0x80 => self.out.push(byte),
            _ => {
                let (bytes, taken) = varint(number);
                self.out
                    .extend_from_slice(bytes.get(..taken).unwrap_or_default());
            }
        }
    }
}

/// Returns a number as a varint, and how many bytes it takes.
fn varint(mut number: u64) -> ([u8; MAX_VARINT], usize) {
    let mut bytes = [0; MAX_VARINT];
    let mut taken = 0;
    for byte in &mut bytes {
        taken += 1;
        *byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            break;
        }
        *byte |= 0x80;
    }
    (bytes, taken)
}

/// Returns how many bytes a number takes as a varint.
fn varint_size(number: u64) -> u32 {
    let bits = u64::BITS - (number | 1).leading_zeros();
    bits.div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut MessageWriter<'_>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut MessageWriter::new(&mut out));
        out
    }

    #[test]
    fn varints() {
        for (number, expected) in [
            (0, &[0][..]),
            (1, &[1]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (300, &[0xac, 2]),
            (16_383, &[0xff, 0x7f]),
            (16_384, &[0x80, 0x80, 1]),
            (
                u64::MAX,
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
        ] {
            assert_eq!(written(|out| out.varint(number)), expected);
            assert_eq!(varint_size(number) as usize, expected.len());
        }
        for shift in 0..64 {
            for number in [1 << shift, (1 << shift) - 1] {
                assert_eq!(varint_size(number) as usize, varint(number).1, "{number}");
            }
        }
    }

    #[test]
    fn scalars() {
        assert_eq!(written(|out| out.unsigned(1, 150)), [0x08, 0x96, 1]);
        assert_eq!(written(|out| out.sint(10, -1)), [0x50, 1]);
        assert_eq!(written(|out| out.sint(10, 1)), [0x50, 2]);
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(
            written(|out| out.sint(10, i64::MIN)),
            [&[0x50][..], &most].concat()
        );
        assert_eq!(written(|out| out.int(6, -1)), [&[0x30][..], &most].concat());
        assert_eq!(
            written(|out| out.double(2, 1.0)),
            [0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
        );
        assert_eq!(
            written(|out| out.string(1, ["ab", "c"])),
            [0x0a, 3, b'a', b'b', b'c']
        );
        // A field number beyond 15 takes two bytes.
        assert_eq!(written(|out| out.unsigned(16, 0)), [0x80, 1, 0]);
    }

    /// The length of a message takes one byte or more; what comes before and after it stays.
    #[test]
    fn lengths() {
        for (length, expected) in [
            (0, &[0][..]),
            (1, &[1]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (16_383, &[0xff, 0x7f]),
            (16_384, &[0x80, 0x80, 1]),
            (2_097_151, &[0xff, 0xff, 0x7f]),
            (2_097_152, &[0x80, 0x80, 0x80, 1]),
        ] {
            let text: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let bytes = written(|out| {
                out.unsigned(1, 7);
                let outer = out.begin_delimited();
                let inner = out.begin(3);
                out.out.extend_from_slice(&text);
                out.end(inner);
                out.end(outer);
                out.unsigned(2, 9);
            });
            let inner = [&[0x1a][..], expected, &text].concat();
            let (outer, taken) = varint(inner.len() as u64);
            let expected = [&[0x08, 7][..], &outer[..taken], &inner, &[0x10, 9]].concat();
            assert!(bytes == expected, "{length}");
        }
    }

    #[test]
    fn labels_are_messages_of_two_strings() {
        for length in [0, 1, 62, 63, 126, 127, 128, 16_380, 16_384] {
            let value = "v".repeat(length);
            let label = written(|out| out.label(1, "name", &value));
            let message = written(|out| {
                let pair = out.begin(1);
                out.string(label_pair::NAME, ["name", ""]);
                out.string(label_pair::VALUE, [&value, ""]);
                out.end(pair);
            });
            assert!(label == message, "{length}");
        }
    }
}
