//! The keys of the fields that are read: number and wire type in one, to be compared at once.

use super::fields;
use super::schema::{self, key, packed};

pub(super) mod metric_family {
    use super::{fields::metric_family as fields, key, schema::FAMILY as MESSAGE};

    pub(crate) const NAME: u64 = key(MESSAGE, fields::NAME);
    pub(crate) const HELP: u64 = key(MESSAGE, fields::HELP);
    pub(crate) const TYPE: u64 = key(MESSAGE, fields::TYPE);
    pub(crate) const METRIC: u64 = key(MESSAGE, fields::METRIC);
    pub(crate) const UNIT: u64 = key(MESSAGE, fields::UNIT);
}

pub(super) mod metric {
    use super::{fields::metric as fields, key, schema::METRIC as MESSAGE};

    pub(crate) const LABEL: u64 = key(MESSAGE, fields::LABEL);
    pub(crate) const GAUGE: u64 = key(MESSAGE, fields::GAUGE);
    pub(crate) const COUNTER: u64 = key(MESSAGE, fields::COUNTER);
    pub(crate) const SUMMARY: u64 = key(MESSAGE, fields::SUMMARY);
    pub(crate) const UNTYPED: u64 = key(MESSAGE, fields::UNTYPED);
    pub(crate) const TIMESTAMP_MS: u64 = key(MESSAGE, fields::TIMESTAMP_MS);
    pub(crate) const HISTOGRAM: u64 = key(MESSAGE, fields::HISTOGRAM);
}

pub(super) mod label_pair {
    use super::{fields::label_pair as fields, key, schema::LABEL as MESSAGE};

    pub(crate) const NAME: u64 = key(MESSAGE, fields::NAME);
    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
}

pub(super) mod gauge {
    use super::{fields::gauge as fields, key, schema::GAUGE as MESSAGE};

    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
}

pub(super) mod untyped {
    use super::{fields::untyped as fields, key, schema::UNTYPED as MESSAGE};

    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
}

pub(super) mod counter {
    use super::{fields::counter as fields, key, schema::COUNTER as MESSAGE};

    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
    pub(crate) const EXEMPLAR: u64 = key(MESSAGE, fields::EXEMPLAR);
    pub(crate) const START_TIMESTAMP: u64 = key(MESSAGE, fields::START_TIMESTAMP);
}

pub(super) mod summary {
    use super::{fields::summary as fields, key, schema::SUMMARY as MESSAGE};

    pub(crate) const SAMPLE_COUNT: u64 = key(MESSAGE, fields::SAMPLE_COUNT);
    pub(crate) const SAMPLE_SUM: u64 = key(MESSAGE, fields::SAMPLE_SUM);
    pub(crate) const QUANTILE: u64 = key(MESSAGE, fields::QUANTILE);
    pub(crate) const START_TIMESTAMP: u64 = key(MESSAGE, fields::START_TIMESTAMP);
}

pub(super) mod quantile {
    use super::{fields::quantile as fields, key, schema::QUANTILE as MESSAGE};

    pub(crate) const QUANTILE: u64 = key(MESSAGE, fields::QUANTILE);
    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
}

pub(super) mod histogram {
    use super::{fields::histogram as fields, key, packed, schema::HISTOGRAM as MESSAGE};

    pub(crate) const SAMPLE_COUNT: u64 = key(MESSAGE, fields::SAMPLE_COUNT);
    pub(crate) const SAMPLE_SUM: u64 = key(MESSAGE, fields::SAMPLE_SUM);
    pub(crate) const BUCKET: u64 = key(MESSAGE, fields::BUCKET);
    pub(crate) const SAMPLE_COUNT_FLOAT: u64 = key(MESSAGE, fields::SAMPLE_COUNT_FLOAT);
    pub(crate) const SCHEMA: u64 = key(MESSAGE, fields::SCHEMA);
    pub(crate) const ZERO_THRESHOLD: u64 = key(MESSAGE, fields::ZERO_THRESHOLD);
    pub(crate) const ZERO_COUNT: u64 = key(MESSAGE, fields::ZERO_COUNT);
    pub(crate) const ZERO_COUNT_FLOAT: u64 = key(MESSAGE, fields::ZERO_COUNT_FLOAT);
    pub(crate) const NEGATIVE_SPAN: u64 = key(MESSAGE, fields::NEGATIVE_SPAN);
    pub(crate) const NEGATIVE_DELTA: u64 = key(MESSAGE, fields::NEGATIVE_DELTA);
    pub(crate) const PACKED_NEGATIVE_DELTA: u64 = packed(fields::NEGATIVE_DELTA);
    pub(crate) const NEGATIVE_COUNT: u64 = key(MESSAGE, fields::NEGATIVE_COUNT);
    pub(crate) const PACKED_NEGATIVE_COUNT: u64 = packed(fields::NEGATIVE_COUNT);
    pub(crate) const POSITIVE_SPAN: u64 = key(MESSAGE, fields::POSITIVE_SPAN);
    pub(crate) const POSITIVE_DELTA: u64 = key(MESSAGE, fields::POSITIVE_DELTA);
    pub(crate) const PACKED_POSITIVE_DELTA: u64 = packed(fields::POSITIVE_DELTA);
    pub(crate) const POSITIVE_COUNT: u64 = key(MESSAGE, fields::POSITIVE_COUNT);
    pub(crate) const PACKED_POSITIVE_COUNT: u64 = packed(fields::POSITIVE_COUNT);
    pub(crate) const START_TIMESTAMP: u64 = key(MESSAGE, fields::START_TIMESTAMP);
    pub(crate) const EXEMPLARS: u64 = key(MESSAGE, fields::EXEMPLARS);
}

pub(super) mod bucket {
    use super::{fields::bucket as fields, key, schema::BUCKET as MESSAGE};

    pub(crate) const CUMULATIVE_COUNT: u64 = key(MESSAGE, fields::CUMULATIVE_COUNT);
    pub(crate) const UPPER_BOUND: u64 = key(MESSAGE, fields::UPPER_BOUND);
    pub(crate) const EXEMPLAR: u64 = key(MESSAGE, fields::EXEMPLAR);
    pub(crate) const CUMULATIVE_COUNT_FLOAT: u64 = key(MESSAGE, fields::CUMULATIVE_COUNT_FLOAT);
}

pub(super) mod bucket_span {
    use super::{fields::bucket_span as fields, key, schema::SPAN as MESSAGE};

    pub(crate) const OFFSET: u64 = key(MESSAGE, fields::OFFSET);
    pub(crate) const LENGTH: u64 = key(MESSAGE, fields::LENGTH);
}

pub(super) mod exemplar {
    use super::{fields::exemplar as fields, key, schema::EXEMPLAR as MESSAGE};

    pub(crate) const LABEL: u64 = key(MESSAGE, fields::LABEL);
    pub(crate) const VALUE: u64 = key(MESSAGE, fields::VALUE);
    pub(crate) const TIMESTAMP: u64 = key(MESSAGE, fields::TIMESTAMP);
}

pub(super) mod timestamp {
    use super::{fields::timestamp as fields, key, schema::TIMESTAMP as MESSAGE};

    pub(crate) const SECONDS: u64 = key(MESSAGE, fields::SECONDS);
    pub(crate) const NANOS: u64 = key(MESSAGE, fields::NANOS);
}
