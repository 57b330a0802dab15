//! The messages of the format: the numbers of their fields (spec B).

/// `MetricFamily`.
pub(crate) mod metric_family {
    pub(crate) const NAME: i32 = 1;
    pub(crate) const HELP: i32 = 2;
    pub(crate) const TYPE: i32 = 3;
    pub(crate) const METRIC: i32 = 4;
    pub(crate) const UNIT: i32 = 5;
}

/// `MetricType`, the values of [`metric_family::TYPE`].
pub(crate) mod metric_type {
    pub(crate) const COUNTER: i32 = 0;
    pub(crate) const GAUGE: i32 = 1;
    pub(crate) const SUMMARY: i32 = 2;
    pub(crate) const UNTYPED: i32 = 3;
    pub(crate) const HISTOGRAM: i32 = 4;
    pub(crate) const GAUGE_HISTOGRAM: i32 = 5;
}

/// `Metric`.
pub(crate) mod metric {
    pub(crate) const LABEL: i32 = 1;
    pub(crate) const GAUGE: i32 = 2;
    pub(crate) const COUNTER: i32 = 3;
    pub(crate) const SUMMARY: i32 = 4;
    pub(crate) const UNTYPED: i32 = 5;
    pub(crate) const TIMESTAMP_MS: i32 = 6;
    pub(crate) const HISTOGRAM: i32 = 7;
}

/// `LabelPair`.
pub(crate) mod label_pair {
    pub(crate) const NAME: i32 = 1;
    pub(crate) const VALUE: i32 = 2;
}

/// `Gauge`.
pub(crate) mod gauge {
    pub(crate) const VALUE: i32 = 1;
}

/// `Untyped`.
pub(crate) mod untyped {
    pub(crate) const VALUE: i32 = 1;
}

/// `Counter`.
pub(crate) mod counter {
    pub(crate) const VALUE: i32 = 1;
    pub(crate) const EXEMPLAR: i32 = 2;
    pub(crate) const START_TIMESTAMP: i32 = 3;
}

/// `Summary`.
pub(crate) mod summary {
    pub(crate) const SAMPLE_COUNT: i32 = 1;
    pub(crate) const SAMPLE_SUM: i32 = 2;
    pub(crate) const QUANTILE: i32 = 3;
    pub(crate) const START_TIMESTAMP: i32 = 4;
}

/// `Quantile`.
pub(crate) mod quantile {
    pub(crate) const QUANTILE: i32 = 1;
    pub(crate) const VALUE: i32 = 2;
}

/// `Histogram`.
pub(crate) mod histogram {
    pub(crate) const SAMPLE_COUNT: i32 = 1;
    pub(crate) const SAMPLE_SUM: i32 = 2;
    pub(crate) const BUCKET: i32 = 3;
    pub(crate) const SAMPLE_COUNT_FLOAT: i32 = 4;
    pub(crate) const SCHEMA: i32 = 5;
    pub(crate) const ZERO_THRESHOLD: i32 = 6;
    pub(crate) const ZERO_COUNT: i32 = 7;
    pub(crate) const ZERO_COUNT_FLOAT: i32 = 8;
    pub(crate) const NEGATIVE_SPAN: i32 = 9;
    pub(crate) const NEGATIVE_DELTA: i32 = 10;
    pub(crate) const NEGATIVE_COUNT: i32 = 11;
    pub(crate) const POSITIVE_SPAN: i32 = 12;
    pub(crate) const POSITIVE_DELTA: i32 = 13;
    pub(crate) const POSITIVE_COUNT: i32 = 14;
    pub(crate) const START_TIMESTAMP: i32 = 15;
    pub(crate) const EXEMPLARS: i32 = 16;
}

/// `Bucket`.
pub(crate) mod bucket {
    pub(crate) const CUMULATIVE_COUNT: i32 = 1;
    pub(crate) const UPPER_BOUND: i32 = 2;
    pub(crate) const EXEMPLAR: i32 = 3;
    pub(crate) const CUMULATIVE_COUNT_FLOAT: i32 = 4;
}

/// `BucketSpan`.
pub(crate) mod bucket_span {
    pub(crate) const OFFSET: i32 = 1;
    pub(crate) const LENGTH: i32 = 2;
}

/// `Exemplar`.
pub(crate) mod exemplar {
    pub(crate) const LABEL: i32 = 1;
    pub(crate) const VALUE: i32 = 2;
    pub(crate) const TIMESTAMP: i32 = 3;
}

/// `google.protobuf.Timestamp`.
pub(crate) mod timestamp {
    pub(crate) const SECONDS: i32 = 1;
    pub(crate) const NANOS: i32 = 2;
}
