//! What each field of the format is called and how it is written.

use super::fields::{
    bucket, bucket_span, counter, exemplar, gauge, histogram, label_pair, metric, metric_family,
    quantile, summary, timestamp, untyped,
};
use super::wire_type::WireType::{self, Bytes, Fixed64, Varint};

/// A field of a message.
pub(super) struct Field {
    pub(super) number: i32,
    /// Its name in errors.
    pub(super) name: &'static str,
    pub(super) wire_type: WireType,
    /// Whether there may be several, which are counted.
    pub(super) repeated: bool,
    /// Its own fields, if it is a message.
    pub(super) message: Option<&'static [Field]>,
}

const fn one(number: i32, name: &'static str, wire_type: WireType) -> Field {
    Field {
        number,
        name,
        wire_type,
        repeated: false,
        message: None,
    }
}

const fn message(number: i32, name: &'static str, fields: &'static [Field]) -> Field {
    Field {
        message: Some(fields),
        ..one(number, name, Bytes)
    }
}

const fn repeated(field: Field) -> Field {
    Field {
        repeated: true,
        ..field
    }
}

pub(super) const LABEL: &[Field] = &[
    one(label_pair::NAME, "name", Bytes),
    one(label_pair::VALUE, "value", Bytes),
];
pub(super) const GAUGE: &[Field] = &[one(gauge::VALUE, "value", Fixed64)];
pub(super) const UNTYPED: &[Field] = &[one(untyped::VALUE, "value", Fixed64)];
pub(super) const TIMESTAMP: &[Field] = &[
    one(timestamp::SECONDS, "seconds", Varint),
    one(timestamp::NANOS, "nanos", Varint),
];
pub(super) const EXEMPLAR: &[Field] = &[
    repeated(message(exemplar::LABEL, "label", LABEL)),
    one(exemplar::VALUE, "value", Fixed64),
    message(exemplar::TIMESTAMP, "timestamp", TIMESTAMP),
];
pub(super) const COUNTER: &[Field] = &[
    one(counter::VALUE, "value", Fixed64),
    message(counter::EXEMPLAR, "exemplar", EXEMPLAR),
    message(counter::START_TIMESTAMP, "start timestamp", TIMESTAMP),
];
pub(super) const QUANTILE: &[Field] = &[
    one(quantile::QUANTILE, "quantile", Fixed64),
    one(quantile::VALUE, "value", Fixed64),
];
pub(super) const SUMMARY: &[Field] = &[
    one(summary::SAMPLE_COUNT, "count", Varint),
    one(summary::SAMPLE_SUM, "sum", Fixed64),
    repeated(message(summary::QUANTILE, "quantile", QUANTILE)),
    message(summary::START_TIMESTAMP, "start timestamp", TIMESTAMP),
];
pub(super) const BUCKET: &[Field] = &[
    one(bucket::CUMULATIVE_COUNT, "cumulative count", Varint),
    one(bucket::UPPER_BOUND, "upper bound", Fixed64),
    message(bucket::EXEMPLAR, "exemplar", EXEMPLAR),
    one(bucket::CUMULATIVE_COUNT_FLOAT, "cumulative count", Fixed64),
];
pub(super) const SPAN: &[Field] = &[
    one(bucket_span::OFFSET, "offset", Varint),
    one(bucket_span::LENGTH, "length", Varint),
];
pub(super) const HISTOGRAM: &[Field] = &[
    one(histogram::SAMPLE_COUNT, "count", Varint),
    one(histogram::SAMPLE_SUM, "sum", Fixed64),
    repeated(message(histogram::BUCKET, "bucket", BUCKET)),
    one(histogram::SAMPLE_COUNT_FLOAT, "count", Fixed64),
    one(histogram::SCHEMA, "schema", Varint),
    one(histogram::ZERO_THRESHOLD, "zero threshold", Fixed64),
    one(histogram::ZERO_COUNT, "zero count", Varint),
    one(histogram::ZERO_COUNT_FLOAT, "zero count", Fixed64),
    repeated(message(histogram::NEGATIVE_SPAN, "negative span", SPAN)),
    one(histogram::NEGATIVE_DELTA, "negative deltas", Varint),
    one(histogram::NEGATIVE_COUNT, "negative counts", Fixed64),
    repeated(message(histogram::POSITIVE_SPAN, "positive span", SPAN)),
    one(histogram::POSITIVE_DELTA, "positive deltas", Varint),
    one(histogram::POSITIVE_COUNT, "positive counts", Fixed64),
    message(histogram::START_TIMESTAMP, "start timestamp", TIMESTAMP),
    repeated(message(histogram::EXEMPLARS, "exemplar", EXEMPLAR)),
];
pub(super) const METRIC: &[Field] = &[
    repeated(message(metric::LABEL, "label", LABEL)),
    message(metric::GAUGE, "gauge", GAUGE),
    message(metric::COUNTER, "counter", COUNTER),
    message(metric::SUMMARY, "summary", SUMMARY),
    message(metric::UNTYPED, "untyped", UNTYPED),
    one(metric::TIMESTAMP_MS, "timestamp", Varint),
    message(metric::HISTOGRAM, "histogram", HISTOGRAM),
];
pub(super) const FAMILY: &[Field] = &[
    one(metric_family::NAME, "name", Bytes),
    one(metric_family::HELP, "help", Bytes),
    one(metric_family::TYPE, "type", Varint),
    repeated(message(metric_family::METRIC, "metric", METRIC)),
    one(metric_family::UNIT, "unit", Bytes),
];

/// Returns a field's key as it is on the wire: its number and its wire type.
pub(super) const fn key(fields: &[Field], number: i32) -> u64 {
    let mut rest = fields;
    while let [field, others @ ..] = rest {
        if field.number == number {
            return (number as u64) << 3 | field.wire_type.number();
        }
        rest = others;
    }
    // No message has a field with this number.
    0
}

/// Returns the key of a list of numbers that is packed.
pub(super) const fn packed(number: i32) -> u64 {
    (number as u64) << 3 | Bytes.number()
}
