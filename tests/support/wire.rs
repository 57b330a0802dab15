//! Prints protobuf bodies, field by field in the order of their bytes, so that tests can say what is in them.
//!
//! It shares nothing with the crate, and takes only the shortest spelling of each number: what is printed
//! determines the bytes.

use std::fmt::Write as _;

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Unsigned,
    Signed,
    ZigZag,
    Double,
    Message(&'static [Field]),
}

type Field = (u64, &'static str, Kind);

use Kind::{Double, Message, Signed, Text, Unsigned, ZigZag};

const FAMILY: &[Field] = &[
    (1, "name", Text),
    (2, "help", Text),
    (3, "type", Unsigned),
    (4, "metric", Message(METRIC)),
    (5, "unit", Text),
];
const METRIC: &[Field] = &[
    (1, "label", Message(LABEL)),
    (2, "gauge", Message(VALUE)),
    (3, "counter", Message(COUNTER)),
    (4, "summary", Message(SUMMARY)),
    (5, "untyped", Message(VALUE)),
    (6, "timestamp_ms", Signed),
    (7, "histogram", Message(HISTOGRAM)),
];
const LABEL: &[Field] = &[(1, "name", Text), (2, "value", Text)];
const VALUE: &[Field] = &[(1, "value", Double)];
const COUNTER: &[Field] = &[
    (1, "value", Double),
    (2, "exemplar", Message(EXEMPLAR)),
    (3, "start", Message(TIMESTAMP)),
];
const SUMMARY: &[Field] = &[
    (1, "count", Unsigned),
    (2, "sum", Double),
    (3, "quantile", Message(QUANTILE)),
    (4, "start", Message(TIMESTAMP)),
];
const QUANTILE: &[Field] = &[(1, "quantile", Double), (2, "value", Double)];
const HISTOGRAM: &[Field] = &[
    (1, "count", Unsigned),
    (2, "sum", Double),
    (3, "bucket", Message(BUCKET)),
    (4, "count_float", Double),
    (5, "schema", ZigZag),
    (6, "zero_threshold", Double),
    (7, "zero_count", Unsigned),
    (8, "zero_count_float", Double),
    (9, "negative_span", Message(SPAN)),
    (10, "negative_delta", ZigZag),
    (11, "negative_count", Double),
    (12, "positive_span", Message(SPAN)),
    (13, "positive_delta", ZigZag),
    (14, "positive_count", Double),
    (15, "start", Message(TIMESTAMP)),
    (16, "exemplar", Message(EXEMPLAR)),
];
const BUCKET: &[Field] = &[
    (1, "count", Unsigned),
    (2, "le", Double),
    (3, "exemplar", Message(EXEMPLAR)),
    (4, "count_float", Double),
];
const SPAN: &[Field] = &[(1, "offset", ZigZag), (2, "length", Unsigned)];
const EXEMPLAR: &[Field] = &[
    (1, "label", Message(LABEL)),
    (2, "value", Double),
    (3, "timestamp", Message(TIMESTAMP)),
];
const TIMESTAMP: &[Field] = &[(1, "seconds", Signed), (2, "nanos", Signed)];

/// Returns each family of a body as one line.
pub(crate) fn printed(mut body: &[u8]) -> Vec<String> {
    let mut families = Vec::new();
    while !body.is_empty() {
        let length = varint(&mut body);
        let family = take(&mut body, length as usize);
        families.push(message(family, FAMILY));
    }
    families
}

fn message(mut bytes: &[u8], fields: &[Field]) -> String {
    let mut text = String::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        let (number, wire_type) = (tag >> 3, tag & 7);
        let known = fields.iter().find(|field| field.0 == number);
        let (_, name, kind) = known.unwrap_or_else(|| panic!("no field {number} after {text}"));
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(name);
        let expected = match kind {
            Unsigned | Signed | ZigZag => 0,
            Double => 1,
            Text | Message(_) => 2,
        };
        assert_eq!(wire_type, expected, "{text}");
        let written = match kind {
            Unsigned => write!(text, "={}", varint(&mut bytes)),
            Signed => write!(text, "={}", varint(&mut bytes) as i64),
            ZigZag => {
                let number = varint(&mut bytes);
                write!(text, "={}", (number >> 1) as i64 ^ -((number & 1) as i64))
            }
            Double => {
                let number = take(&mut bytes, 8).try_into().unwrap();
                write!(text, "={:?}", f64::from_le_bytes(number))
            }
            Text => {
                let length = varint(&mut bytes) as usize;
                let string = std::str::from_utf8(take(&mut bytes, length)).unwrap();
                write!(text, "={string:?}")
            }
            Message(fields) => {
                let length = varint(&mut bytes) as usize;
                write!(text, "{{{}}}", message(take(&mut bytes, length), fields))
            }
        };
        written.unwrap();
    }
    text
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            assert!(byte > 0 || shift == 0, "a number that could be shorter");
            return number;
        }
    }
    panic!("a number of more than 64 bits");
}

fn take<'b>(bytes: &mut &'b [u8], length: usize) -> &'b [u8] {
    let (taken, rest) = bytes
        .split_at_checked(length)
        .expect("a body that ends early");
    *bytes = rest;
    taken
}
