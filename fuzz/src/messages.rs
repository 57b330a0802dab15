//! Builds protobuf bodies that are mostly sound: bytes that are changed at random are seldom messages.

use arbitrary::{Arbitrary as _, Result, Unstructured};

use super::chance::one_in;
use super::message::{Message, varint, zigzag};

type Input<'i, 'd> = &'i mut Unstructured<'d>;

/// What a field holds.
enum Kind {
    Text,
    Varint,
    Zigzag,
    Double,
    Message(&'static [Field]),
    /// Spans and counts that match, mostly.
    Native,
}

/// A field's number and contents.
type Field = (u64, Kind);

use Kind::{Double, Native, Text, Varint, Zigzag};

static LABEL: &[Field] = &[(1, Text), (2, Text)];
static TIME: &[Field] = &[(1, Varint), (2, Varint)];
static EXEMPLAR: &[Field] = &[
    (1, Kind::Message(LABEL)),
    (2, Double),
    (3, Kind::Message(TIME)),
];
static VALUE: &[Field] = &[
    (1, Double),
    (2, Kind::Message(EXEMPLAR)),
    (3, Kind::Message(TIME)),
];
static QUANTILE: &[Field] = &[(1, Double), (2, Double)];
static SUMMARY: &[Field] = &[
    (1, Varint),
    (2, Double),
    (3, Kind::Message(QUANTILE)),
    (4, Kind::Message(TIME)),
];
static BUCKET: &[Field] = &[
    (1, Varint),
    (2, Double),
    (3, Kind::Message(EXEMPLAR)),
    (4, Double),
];
static SPAN: &[Field] = &[(1, Zigzag), (2, Varint)];
static HISTOGRAM: &[Field] = &[
    (1, Varint),
    (2, Double),
    (3, Kind::Message(BUCKET)),
    (3, Kind::Message(BUCKET)),
    (4, Double),
    (5, Zigzag),
    (6, Double),
    (7, Varint),
    (8, Double),
    (9, Kind::Message(SPAN)),
    (10, Zigzag),
    (11, Double),
    (12, Kind::Message(SPAN)),
    (13, Zigzag),
    (14, Double),
    (15, Kind::Message(TIME)),
    (16, Kind::Message(EXEMPLAR)),
    (12, Native),
    (12, Native),
];
static METRIC: &[Field] = &[
    (1, Kind::Message(LABEL)),
    (1, Kind::Message(LABEL)),
    (2, Kind::Message(VALUE)),
    (3, Kind::Message(VALUE)),
    (4, Kind::Message(SUMMARY)),
    (5, Kind::Message(VALUE)),
    (6, Varint),
    (7, Kind::Message(HISTOGRAM)),
    (7, Kind::Message(HISTOGRAM)),
];
static FAMILY: &[Field] = &[
    (1, Text),
    (2, Text),
    (4, Kind::Message(METRIC)),
    (4, Kind::Message(METRIC)),
    (4, Kind::Message(METRIC)),
    (5, Text),
];

const TEXTS: &[&str] = &[
    "a", "x.y", "le", "quantile", "", "__name__", "\"\\\n", "é", "h_bucket", "seconds",
];

const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    3,
    127,
    128,
    1 << 31,
    1 << 53,
    (1 << 53) + 1,
    u64::MAX,
];

const DOUBLES: &[f64] = &[
    0.0,
    -0.0,
    0.5,
    1.0,
    2.5,
    1e-128,
    1e300,
    -1.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Returns a body of up to four families.
pub fn body(bytes: &[u8]) -> Vec<u8> {
    let mut from = Unstructured::new(bytes);
    let mut body = Vec::new();
    for _ in 0..4 {
        match family(&mut from) {
            Ok(family) if !from.is_empty() => body.extend(family.delimited()),
            _ => break,
        }
    }
    body
}

fn family(from: Input<'_, '_>) -> Result<Message> {
    let kind = from.int_in_range(0..=5)?;
    let name = *from.choose(TEXTS)?;
    let head = Message::new().bytes(1, name).number(3, kind);
    fields(from, head, FAMILY)
}

/// Adds some fields to a message.
fn fields(from: Input<'_, '_>, mut message: Message, known: &'static [Field]) -> Result<Message> {
    for _ in 0..from.int_in_range(0..=5_u8)? {
        if one_in(40, from)? {
            message = fault(from, message)?;
            continue;
        }
        let (number, kind) = from.choose(known)?;
        message = match kind {
            Text => message.bytes(*number, *from.choose(TEXTS)?),
            Varint => message.number(*number, whole(from)?),
            Zigzag => message.number(*number, zigzag(small(from)?)),
            Double => message.double(*number, double(from)?),
            Kind::Message(known) => {
                let inner = fields(from, Message::new(), known)?;
                message.message(*number, inner)
            }
            Native => native(from, message)?,
        };
    }
    Ok(message)
}

fn whole(from: Input<'_, '_>) -> Result<u64> {
    match one_in(8, from)? {
        true => u64::arbitrary(from),
        false => Ok(*from.choose(NUMBERS)?),
    }
}

fn small(from: Input<'_, '_>) -> Result<i64> {
    match one_in(16, from)? {
        true => i64::arbitrary(from),
        false => from.int_in_range(-6..=9),
    }
}

fn double(from: Input<'_, '_>) -> Result<f64> {
    match one_in(8, from)? {
        true => f64::arbitrary(from),
        false => Ok(*from.choose(DOUBLES)?),
    }
}

/// Adds a native form whose spans list as many buckets as there are counts, mostly with a count that is right.
fn native(from: Input<'_, '_>, mut message: Message) -> Result<Message> {
    let is_float = bool::arbitrary(from)?;
    let schema = from.int_in_range(-5..=9)?;
    let zero = from.int_in_range(0..=2_u64)?;
    let mut total = zero;
    message = message.number(5, zigzag(schema));
    message = message.double(6, *from.choose(&[0.0, 1e-128, 0.5, 3.0])?);
    for (span, delta, count) in [(9, 10, 11), (12, 13, 14)] {
        let mut before = 0;
        for _ in 0..from.int_in_range(0..=3_u8)? {
            let length = from.int_in_range(0..=3_u64)?;
            let offset = small(from)?;
            let inner = Message::new().number(1, zigzag(offset)).number(2, length);
            message = message.message(span, inner);
            for _ in 0..length {
                let held = from.int_in_range(0..=3_i64)?;
                total += held as u64;
                message = match is_float {
                    true => message.double(count, held as f64 / 2.0),
                    false => message.number(delta, zigzag(held - before)),
                };
                before = held;
            }
        }
    }
    if one_in(8, from)? {
        total = whole(from)?;
    }
    Ok(match is_float {
        // Halves add up without rounding.
        true => message
            .double(8, zero as f64 / 2.0)
            .double(4, total as f64 / 2.0),
        false => message.number(7, zero).number(1, total),
    })
}

/// Adds what is wrong, unknown or written in another way.
fn fault(from: Input<'_, '_>, message: Message) -> Result<Message> {
    let number = from.int_in_range(0..=18_u64)?;
    let mut tag = Vec::new();
    varint(&mut tag, number << 3);
    Ok(match from.int_in_range(0..=7_u8)? {
        0 => message.number(number, whole(from)?),
        1 => message.double(number, double(from)?),
        2 => message.bytes(number, b"\xff\x80\x80"),
        // Numbers in a row, as deltas may be.
        3 => message.bytes(13, [2, 1, 2]).bytes(10, [2, 1]),
        4 => message.raw(&[tag[0] | 3]).raw(&[tag[0] | 4]),
        5 => message.raw(&[tag[0] | 2, u8::arbitrary(from)?]),
        6 => message.raw(&[u8::arbitrary(from)?, u8::arbitrary(from)?]),
        _ => message.bytes(14, 1.5_f64.to_le_bytes()),
    })
}
