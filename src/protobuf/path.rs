//! The path to a field, for errors.

use super::fields::{
    bucket, bucket_span, counter, exemplar, gauge, histogram, label_pair, metric, metric_family,
    quantile, summary, timestamp, untyped,
};
use super::wire::{Fields, Part, WireType};

/// A field of a message: its number, its name, and its own fields if it is a message.
struct Field {
    number: i32,
    name: &'static str,
    /// Whether there may be several, which are counted.
    repeated: bool,
    message: Option<&'static [Field]>,
}

const fn one(number: i32, name: &'static str) -> Field {
    Field {
        number,
        name,
        repeated: false,
        message: None,
    }
}

const fn message(number: i32, name: &'static str, fields: &'static [Field]) -> Field {
    Field {
        message: Some(fields),
        ..one(number, name)
    }
}

const fn repeated(field: Field) -> Field {
    Field {
        repeated: true,
        ..field
    }
}

static LABEL: &[Field] = &[
    one(label_pair::NAME, "name"),
    one(label_pair::VALUE, "value"),
];
static GAUGE: &[Field] = &[one(gauge::VALUE, "value")];
static UNTYPED: &[Field] = &[one(untyped::VALUE, "value")];
static TIMESTAMP: &[Field] = &[
    one(timestamp::SECONDS, "seconds"),
    one(timestamp::NANOS, "nanos"),
];
static EXEMPLAR: &[Field] = &[
    repeated(message(exemplar::LABEL, "label", LABEL)),
    one(exemplar::VALUE, "value"),
    message(exemplar::TIMESTAMP, "timestamp", TIMESTAMP),
];
static COUNTER: &[Field] = &[
    one(counter::VALUE, "value"),
    message(counter::EXEMPLAR, "exemplar", EXEMPLAR),
    message(counter::START_TIMESTAMP, "start timestamp", TIMESTAMP),
];
static QUANTILE: &[Field] = &[
    one(quantile::QUANTILE, "quantile"),
    one(quantile::VALUE, "value"),
];
static SUMMARY: &[Field] = &[
    one(summary::SAMPLE_COUNT, "count"),
    one(summary::SAMPLE_SUM, "sum"),
    repeated(message(summary::QUANTILE, "quantile", QUANTILE)),
    message(summary::START_TIMESTAMP, "start timestamp", TIMESTAMP),
];
static BUCKET: &[Field] = &[
    one(bucket::CUMULATIVE_COUNT, "cumulative count"),
    one(bucket::UPPER_BOUND, "upper bound"),
    message(bucket::EXEMPLAR, "exemplar", EXEMPLAR),
    one(bucket::CUMULATIVE_COUNT_FLOAT, "cumulative count"),
];
static SPAN: &[Field] = &[
    one(bucket_span::OFFSET, "offset"),
    one(bucket_span::LENGTH, "length"),
];
static HISTOGRAM: &[Field] = &[
    one(histogram::SAMPLE_COUNT, "count"),
    one(histogram::SAMPLE_SUM, "sum"),
    repeated(message(histogram::BUCKET, "bucket", BUCKET)),
    one(histogram::SAMPLE_COUNT_FLOAT, "count"),
    one(histogram::SCHEMA, "schema"),
    one(histogram::ZERO_THRESHOLD, "zero threshold"),
    one(histogram::ZERO_COUNT, "zero count"),
    one(histogram::ZERO_COUNT_FLOAT, "zero count"),
    repeated(message(histogram::NEGATIVE_SPAN, "negative span", SPAN)),
    one(histogram::NEGATIVE_DELTA, "negative deltas"),
    one(histogram::NEGATIVE_COUNT, "negative counts"),
    repeated(message(histogram::POSITIVE_SPAN, "positive span", SPAN)),
    one(histogram::POSITIVE_DELTA, "positive deltas"),
    one(histogram::POSITIVE_COUNT, "positive counts"),
    message(histogram::START_TIMESTAMP, "start timestamp", TIMESTAMP),
    repeated(message(histogram::EXEMPLARS, "exemplar", EXEMPLAR)),
];
static METRIC: &[Field] = &[
    repeated(message(metric::LABEL, "label", LABEL)),
    message(metric::GAUGE, "gauge", GAUGE),
    message(metric::COUNTER, "counter", COUNTER),
    message(metric::SUMMARY, "summary", SUMMARY),
    message(metric::UNTYPED, "untyped", UNTYPED),
    one(metric::TIMESTAMP_MS, "timestamp"),
    message(metric::HISTOGRAM, "histogram", HISTOGRAM),
];
static FAMILY: &[Field] = &[
    one(metric_family::NAME, "name"),
    one(metric_family::HELP, "help"),
    one(metric_family::TYPE, "type"),
    repeated(message(metric_family::METRIC, "metric", METRIC)),
    one(metric_family::UNIT, "unit"),
];

/// How many bytes of a family's name are shown.
const NAME: usize = 60;

/// Returns the path to the field of a family that byte `at` belongs to.
#[cold]
pub(super) fn of(family: &[u8], number: u64, at: usize) -> Box<str> {
    let mut path = format!("family {number}");
    let name = name_of(family);
    if !name.is_empty() {
        let short = name.get(..NAME).unwrap_or(name);
        let rest = if short.len() < name.len() { "…" } else { "" };
        path += &format!(" \"{}{rest}\"", short.escape_ascii());
    }
    let (mut part, mut fields) = (Part::whole(family), FAMILY);
    let mut separator = ", ";
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
    while let Ok(Some(tag)) = fields.tag() {
        let read = match tag.number {
            metric_family::NAME => fields.part_of(tag).map(|part| name = part),
            _ => fields.skip(tag),
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
    while let Ok(Some(tag)) = fields.tag() {
        let found = known.iter().position(|field| field.number == tag.number);
        let field = found.and_then(|index| {
            let count = counts.get_mut(index)?;
            *count += 1;
            Some((known.get(index)?, *count))
        });
        let inside = match tag.wire_type {
            WireType::Bytes => fields.part().ok(),
            _ => fields.skip(tag).ok().map(|()| Part::default()),
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
