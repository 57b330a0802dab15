//! What the specification of OpenMetrics 2.0 demands, with the numbers of its [page](crate::docs::openmetrics2).

use super::super::demand::Demand;
use super::super::rule::SpecificationRule as Rule;
use super::super::severity::Severity;

/// Creates a demand of a rule that a valid body keeps.
pub(super) const fn must(number: &'static str, rule: Rule, expected: &'static str) -> Demand {
    Demand {
        number: Some(number),
        rule,
        severity: Severity::Error,
        expected,
    }
}

/// Creates a demand that is advice, or where the specification does not say whether it is one.
const fn should(number: &'static str, rule: Rule, expected: &'static str) -> Demand {
    Demand {
        severity: Severity::Warning,
        ..must(number, rule, expected)
    }
}

/// Creates a demand of the grammar.
pub(super) const fn grammar(expected: &'static str) -> Demand {
    Demand {
        number: None,
        rule: Rule::Syntax,
        severity: Severity::Error,
        expected,
    }
}

/// Creates a demand of the grammar in the braces of a composite value.
pub(super) const fn form(expected: &'static str) -> Demand {
    must("G1", Rule::CompositeForm, expected)
}

/// Creates a demand on how a name is written.
pub(super) const fn name(expected: &'static str) -> Demand {
    must("G10", Rule::WrittenName, expected)
}

// ---- lines

pub(super) const TEXT: Demand = must("G6", Rule::Encoding, "text in UTF-8");
pub(super) const NO_MARK: Demand = must("G6", Rule::Encoding, "no byte order mark");
pub(super) const LINE_FEED: Demand = must(
    "G6",
    Rule::CarriageReturn,
    "a line feed without a carriage return",
);
pub(super) const LINE_KIND: Demand = must(
    "G8",
    Rule::LineKind,
    "`# TYPE `, `# HELP `, `# UNIT ` or `# EOF`",
);
pub(super) const NO_BLANK_LINE: Demand = must(
    "G8",
    Rule::LineKind,
    "a sample, or a line that begins with `#`",
);
pub(super) const ESCAPED: Demand =
    must("G9", Rule::LoneBackslash, "a character after the backslash");
pub(super) const KNOWN_ESCAPE: Demand = should(
    "G9",
    Rule::Escape,
    "`n`, a double quote or a backslash after the backslash",
);
pub(super) const QUOTE_IN_HELP: Demand =
    should("G9", Rule::RawQuote, "a backslash before the double quote");
pub(super) const NO_COMMA: Demand = must(
    "G1",
    Rule::TrailingComma,
    "a label, or no comma before the brace",
);
pub(super) const INFINITE_LAST: Demand = must(
    "G2",
    Rule::MissingInfBucket,
    "a bucket for `+Inf`, which is the last",
);
pub(super) const BOUND: Demand = must(
    "G2",
    Rule::BucketBound,
    "a number, or infinity as `+Inf` or in the first bucket `-Inf`",
);
pub(super) const SCHEMA: Demand = must("G3", Rule::NativeField, "an integer");
pub(super) const THRESHOLD: Demand = must("G3", Rule::NativeField, "a finite number");
pub(super) const START_MARK: Demand = must(
    "G4",
    Rule::StartTimestamp,
    "`st@` in lower case, with a finite number of seconds right after it",
);
pub(super) const START_LAST: Demand = must(
    "G4",
    Rule::StartTimestamp,
    "one start timestamp, after the timestamp",
);

// ---- families

pub(super) const TOGETHER: Demand = must(
    "G21",
    Rule::InterleavedFamilies,
    "the line among the others of its family",
);
pub(super) const METADATA_FIRST: Demand = must(
    "G21",
    Rule::LateMetadata,
    "TYPE, HELP and UNIT before the samples",
);
pub(super) const METADATA_ONCE: Demand = must(
    "G22",
    Rule::RepeatedMetadata,
    "TYPE, HELP and UNIT once each",
);
pub(super) const METADATA_ORDER: Demand = should(
    "G22",
    Rule::MetadataOrder,
    "TYPE first, then UNIT, then HELP",
);
pub(super) const NAME_OF_FAMILY: Demand = should(
    "G23",
    Rule::OldNames,
    "the name of the family before, which has no samples, without the suffix of OpenMetrics 1.0",
);
pub(super) const INFO_NAME: Demand = must("G25", Rule::InfoName, "a name that ends in `_info`");
pub(super) const NO_UNIT: Demand = must("G25", Rule::UnitNotAllowed, "no unit for this type");
pub(super) const INFO_VALUE: Demand = must("G25", Rule::InfoValue, "1");
pub(super) const UNIT_IN_NAME: Demand = should(
    "G26",
    Rule::UnitSuffix,
    "a unit that the name ends in, after an underscore, or has before `_total`",
);
pub(super) const HELP: Demand = should("G26", Rule::MissingMetadata, "a HELP text for the family");
pub(super) const TYPE: Demand = should("G26", Rule::MissingMetadata, "a TYPE for the family");
pub(super) const NAME_STYLE: Demand = should(
    "G26",
    Rule::NameStyle,
    "a name of small letters, digits and underscores",
);
pub(super) const NO_UNDERSCORE: Demand = should(
    "G26",
    Rule::ReservedName,
    "a name that does not start with an underscore",
);
pub(super) const TOTAL: Demand = should("G27", Rule::NameSuffix, "a counter's name with `_total`");
pub(super) const NO_TOTAL: Demand = should(
    "G27",
    Rule::NameSuffix,
    "a name without `_total`, for it is not a counter",
);
pub(super) const NO_SUFFIX: Demand = should(
    "G27",
    Rule::NameSuffix,
    "a name without a suffix of OpenMetrics 1.0",
);
pub(super) const NO_CLASH: Demand = should(
    "G27",
    Rule::ClashingNames,
    "a name that no other family has in OpenMetrics 1.0",
);
pub(super) const QUOTED_ALIKE: Demand = should(
    "G11",
    Rule::MixedQuotes,
    "the name as in the family's other lines, in quotes or without",
);

// ---- metrics

pub(super) const LABEL_ONCE: Demand = must("G28", Rule::DuplicateLabel, "each label name once");
pub(super) const NO_EMPTY_LABEL: Demand = should(
    "G28",
    Rule::EmptyLabel,
    "labels that differ from those of another metric in more than empty values",
);
pub(super) const METRIC_TOGETHER: Demand = must(
    "G29",
    Rule::InterleavedMetrics,
    "the sample among the others of its metric",
);
pub(super) const SAMPLE_ONCE: Demand = must(
    "G29",
    Rule::DuplicateSample,
    "one sample of the metric, or a timestamp on each",
);
pub(super) const ALL_TIMES: Demand = must(
    "G29",
    Rule::MixedTimestamps,
    "timestamps on all samples of a metric or on none",
);
pub(super) const TIMES_RISE: Demand = must(
    "G29",
    Rule::TimestampOrder,
    "a timestamp after that of the metric's last sample",
);
pub(super) const TIMES_DIFFER: Demand = should(
    "G76",
    Rule::RepeatedTimestamp,
    "a timestamp after that of the metric's last sample",
);
pub(super) const GROUP_TOGETHER: Demand = must(
    "G30",
    Rule::InterleavedMetrics,
    "the state among the others of its state set",
);
pub(super) const SAME_LABELS: Demand = should(
    "G31",
    Rule::LabelNames,
    "the label names of the family's other metrics",
);
pub(super) const NO_TIMESTAMP: Demand = should("G31", Rule::Timestamp, "no timestamp");
pub(super) const NO_EXPONENT: Demand = should(
    "G32",
    Rule::TimestampExponent,
    "a timestamp without an exponent",
);
pub(super) const NO_START: Demand = must(
    "G33",
    Rule::StartTimestampPlace,
    "no start timestamp on a gauge histogram",
);
pub(super) const START_UNSAID: Demand = should(
    "G72",
    Rule::StartTimestampPlace,
    "no start timestamp, for the specification has none on this type",
);
pub(super) const START: Demand = should("G33", Rule::MissingStartTimestamp, "a start timestamp");
pub(super) const START_BEFORE: Demand = should(
    "G33",
    Rule::StartTimestampOrder,
    "a start timestamp that is not after the timestamp",
);

// ---- values

pub(super) const NUMBER: Demand = must("G34", Rule::ValueForm, "a number, for this type");
pub(super) const COMPOSITE: Demand = must(
    "G34",
    Rule::ValueForm,
    "all values of the metric in braces, for it is a histogram or a summary",
);
pub(super) const COUNT_FIELD: Demand = must("G34", Rule::ValueForm, "`count` and `sum`");
pub(super) const GCOUNT_FIELD: Demand = must("G34", Rule::ValueForm, "`gcount` and `gsum`");
pub(super) const QUANTILE_FIELD: Demand = must("G34", Rule::ValueForm, "the field `quantile`");
pub(super) const BUCKET_FIELD: Demand =
    must("G39", Rule::ValueForm, "the field `schema` or `bucket`");
pub(super) const UNKNOWN_NUMBER: Demand =
    should("G73", Rule::ValueForm, "a number, for an unknown type");
pub(super) const COUNTER: Demand = must("G35", Rule::CounterValue, "a number of 0 or more");
pub(super) const STATE_LABEL: Demand =
    must("G36", Rule::MissingLabel, "a label called as the state set");
pub(super) const STATE_VALUE: Demand = must("G36", Rule::StateValue, "0 or 1");
pub(super) const COUNT: Demand = must("G37", Rule::CounterValue, "a count of 0 or more");
pub(super) const WHOLE: Demand = should("G37", Rule::WholeCount, "a whole number");
pub(super) const GAUGE_COUNT: Demand = should(
    "G38",
    Rule::GaugeHistogramValue,
    "a whole number of 0 or more",
);
pub(super) const GAUGE_SUM: Demand = should(
    "G38",
    Rule::GaugeHistogramValue,
    "a finite number of 0 or more",
);
pub(super) const BOUNDS_RISE: Demand = must(
    "G40",
    Rule::BucketOrder,
    "a bucket with a larger bound than the one before",
);
pub(super) const CUMULATIVE: Demand = must(
    "G40",
    Rule::BucketCount,
    "a count not below that of the bucket before",
);
pub(super) const GAUGE_CUMULATIVE: Demand = should(
    "G75",
    Rule::BucketCount,
    "a count not below that of the bucket before",
);
pub(super) const COUNT_OF_INF: Demand = must(
    "G40",
    Rule::CountOfInf,
    "the count of the bucket for `+Inf`",
);
pub(super) const NO_LE: Demand = must(
    "G40",
    Rule::ReservedLabel,
    "another name than `le`, for there are classic buckets",
);
pub(super) const NO_QUANTILE: Demand = must(
    "G44",
    Rule::ReservedLabel,
    "another name than `quantile`, for it is a summary",
);
pub(super) const SCHEMA_RANGE: Demand = must("G41", Rule::NativeSchema, "a schema from -4 to 8");
pub(super) const THRESHOLD_SIGN: Demand = must(
    "G41",
    Rule::ZeroThreshold,
    "a threshold that is not negative",
);
pub(super) const THRESHOLD_BOUND: Demand = should(
    "G41",
    Rule::ZeroThreshold,
    "a threshold that is a bound of a bucket",
);
pub(super) const SPAN: Demand = must(
    "G41",
    Rule::NativeSpans,
    "a span: its offset, `:` and its length",
);
pub(super) const LATER_OFFSET: Demand = must(
    "G41",
    Rule::NativeSpans,
    "an offset without `-`, after the first span",
);
pub(super) const SPAN_LENGTHS: Demand = must(
    "G41",
    Rule::NativeSpans,
    "as many buckets as the spans list",
);
pub(super) const NO_EMPTY_SIDE: Demand = should(
    "G41",
    Rule::NativeLayout,
    "no lists for a side without buckets",
);
pub(super) const NO_EMPTY_BUCKET: Demand = should(
    "G41",
    Rule::NativeLayout,
    "no bucket of 0 at the start or the end of a span",
);
pub(super) const NATIVE_COUNT: Demand = must(
    "G42",
    Rule::NativeCount,
    "as many observations as the buckets hold",
);
pub(super) const NATIVE_COUNT_OF_NAN: Demand = must(
    "G42",
    Rule::NativeCount,
    "no fewer observations than the buckets hold",
);
pub(super) const LAST_BUCKET: Demand = must(
    "G43",
    Rule::BucketIndex,
    "no bucket above the one that ends at infinity",
);
pub(super) const IN_ZERO_BUCKET: Demand = should(
    "G43",
    Rule::ZeroThreshold,
    "a threshold below the buckets that have observations",
);
pub(super) const SUMMARY_COUNT: Demand =
    must("G44", Rule::WholeCount, "a whole number of 0 or more");
pub(super) const SUMMARY_SUM: Demand = must("G44", Rule::CounterValue, "a sum of 0 or more");
pub(super) const QUANTILE: Demand = must("G44", Rule::QuantileRange, "a number from 0 to 1");
pub(super) const QUANTILES_RISE: Demand = must(
    "G44",
    Rule::QuantileOrder,
    "a quantile above the one before",
);
pub(super) const QUANTILE_VALUE: Demand =
    must("G44", Rule::QuantileValue, "a number of 0 or more, or NaN");

// ---- exemplars

/// Creates the demand whose breach loses an exemplar, and nothing else.
pub(super) const fn exemplar(expected: &'static str) -> Demand {
    should("G47", Rule::BrokenExemplar, expected)
}

pub(super) const EXEMPLAR_LABEL_ONCE: Demand = exemplar(LABEL_ONCE.expected);
pub(super) const EXEMPLAR_LABEL: Demand = should(
    "G45",
    Rule::ExemplarLabel,
    "another label than the metric has",
);
pub(super) const EXEMPLAR_TIME: Demand = should(
    "G45",
    Rule::ExemplarTimestamp,
    "a timestamp within the time of the sample",
);
pub(super) const EXEMPLAR_UNSAID: Demand = should(
    "G72",
    Rule::ExemplarPlace,
    "no exemplar, for the specification has none on this type",
);
