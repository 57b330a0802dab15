//! The rules, by name.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident = $code:literal,)+) => {
        /// A rule of the OpenMetrics specification, of version 1.0, 2.0 or both.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum SpecificationRule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl SpecificationRule {
            /// Every rule.
            pub const ALL: &'static [SpecificationRule] = &[$(SpecificationRule::$rule,)+];

            /// Returns a short name that stays the same from version to version, for example
            /// `counter-value`.
            pub fn code(self) -> &'static str {
                match self {
                    $(SpecificationRule::$rule => $code,)+
                }
            }

            /// Returns what the rule demands, in a sentence.
            pub fn description(self) -> &'static str {
                match self {
                    $(SpecificationRule::$rule => concat!($($doc),+).trim_ascii_start(),)+
                }
            }
        }
    };
}

rules! {
    /// Lines follow the grammar.
    Syntax = "syntax",
    /// The body ends with `# EOF`, and nothing follows it.
    Eof = "eof",
    /// There is no comma after the last label.
    TrailingComma = "trailing-comma",
    /// Names are not in quotes: that is Prometheus' extension for UTF-8 names.
    QuotedName = "quoted-name",
    /// A line ends in a line feed alone, without a carriage return.
    CarriageReturn = "carriage-return",
    /// A backslash comes before the character it escapes.
    LoneBackslash = "lone-backslash",
    /// TYPE, HELP and UNIT are given at most once for a family.
    RepeatedMetadata = "repeated-metadata",
    /// TYPE, HELP and UNIT come before the family's samples.
    LateMetadata = "late-metadata",
    /// The lines of a family are together.
    InterleavedFamilies = "interleaved-families",
    /// No two families can have samples of the same name.
    ClashingNames = "clashing-names",
    /// A family's name ends in its unit, after an underscore.
    UnitSuffix = "unit-suffix",
    /// An info and a state set have no unit.
    UnitNotAllowed = "unit-not-allowed",
    /// Names of families and labels do not start with an underscore.
    ReservedName = "reserved-name",
    /// A sample has a name that its family's type allows.
    SampleName = "sample-name",
    /// A label name occurs once in a label set.
    DuplicateLabel = "duplicate-label",
    /// A metric's own labels do not have the name of the label that distinguishes its samples.
    ReservedLabel = "reserved-label",
    /// A bucket has `le`, a quantile `quantile`, and a state the label that has the family's name.
    MissingLabel = "missing-label",
    /// A counter has a total.
    MissingTotal = "missing-total",
    /// The values of a counter, and the sum and count of a histogram or summary, are not NaN and not
    /// negative.
    CounterValue = "counter-value",
    /// The counts of a histogram or summary are whole numbers.
    WholeCount = "whole-count",
    /// The value of an info is 1.
    InfoValue = "info-value",
    /// The value of a state is 0 or 1.
    StateValue = "state-value",
    /// The value of a quantile is not negative.
    QuantileValue = "quantile-value",
    /// A start time is a finite number.
    CreatedValue = "created-value",
    /// The sum of a gauge histogram is not NaN, and negative only beside a bucket with a negative
    /// bound.
    GaugeSumValue = "gauge-sum-value",
    /// `le` is a number, and `+Inf` is spelled exactly that way.
    BucketBound = "bucket-bound",
    /// Buckets are sorted by rising bounds.
    BucketOrder = "bucket-order",
    /// Buckets count all that the buckets before them count.
    BucketCount = "bucket-count",
    /// A histogram has a bucket for `+Inf`.
    MissingInfBucket = "missing-inf-bucket",
    /// A histogram has both count and sum, or neither.
    CountAndSum = "count-and-sum",
    /// The count of a histogram is that of its bucket for `+Inf`.
    CountOfInf = "count-of-inf",
    /// A histogram that has a bucket with a negative bound has no sum.
    SumOfNegative = "sum-of-negative",
    /// `quantile` is a number from 0 to 1.
    QuantileRange = "quantile-range",
    /// The samples of a metric are together.
    InterleavedMetrics = "interleaved-metrics",
    /// A sample occurs once.
    DuplicateSample = "duplicate-sample",
    /// The timestamps of a metric do not go back.
    TimestampOrder = "timestamp-order",
    /// All samples of a metric have timestamps, or none has.
    MixedTimestamps = "mixed-timestamps",
    /// Only a counter's total and the buckets of histograms have exemplars.
    ExemplarPlace = "exemplar-place",
    /// The labels of an exemplar have at most 128 characters, names and values together.
    ExemplarLength = "exemplar-length",
    /// An exemplar's value is in its bucket.
    ExemplarValue = "exemplar-value",
    /// The body is UTF-8, without a byte order mark.
    Encoding = "encoding",
    /// No line is empty, and lines that begin with `#` are TYPE, HELP, UNIT or EOF.
    LineKind = "line-kind",
    /// Names are not empty and in quotes if they need it, and a metric's name comes first and once.
    WrittenName = "written-name",
    /// Only line feeds, double quotes and backslashes are escaped.
    Escape = "escape",
    /// A double quote in a HELP text is escaped.
    RawQuote = "raw-quote",
    /// The lines of a family have its name in quotes, or all without.
    MixedQuotes = "mixed-quotes",
    /// A composite value has its fields in their order, and no blanks or superfluous commas.
    CompositeForm = "composite-form",
    /// A native histogram's schema is an integer, and its zero threshold is finite.
    NativeField = "native-field",
    /// A start timestamp is written `st@`, with a number of seconds, after the timestamp.
    StartTimestamp = "start-timestamp",
    /// TYPE, UNIT and HELP come in this order.
    MetadataOrder = "metadata-order",
    /// A family has a type and a HELP text.
    MissingMetadata = "missing-metadata",
    /// A family's samples have its name, without a suffix as in OpenMetrics 1.0.
    OldNames = "old-names",
    /// The name of an info ends in `_info`.
    InfoName = "info-name",
    /// Names of families have small letters, digits and underscores.
    NameStyle = "name-style",
    /// Names of counters end in `_total`, and no name in a suffix that samples have in OpenMetrics 1.0.
    NameSuffix = "name-suffix",
    /// Metrics do not differ in labels with empty values alone.
    EmptyLabel = "empty-label",
    /// The metrics of a family have the same label names.
    LabelNames = "label-names",
    /// The timestamps of a metric are not equal.
    RepeatedTimestamp = "repeated-timestamp",
    /// Samples have no timestamps.
    Timestamp = "timestamp",
    /// Timestamps have no exponents.
    TimestampExponent = "timestamp-exponent",
    /// Only counters, histograms and summaries have start timestamps.
    StartTimestampPlace = "start-timestamp-place",
    /// Counters, histograms and summaries have start timestamps.
    MissingStartTimestamp = "missing-start-timestamp",
    /// A start timestamp is not after the sample's timestamp.
    StartTimestampOrder = "start-timestamp-order",
    /// Histograms and summaries have a composite value with the fields of their type, other types a number.
    ValueForm = "value-form",
    /// The counts of a gauge histogram are whole numbers and not negative, and its sum is not negative.
    GaugeHistogramValue = "gauge-histogram-value",
    /// The schema of native buckets is from -4 to 8.
    NativeSchema = "native-schema",
    /// The zero threshold is not negative, and a bound of a bucket below those with observations.
    ZeroThreshold = "zero-threshold",
    /// There are as many native buckets as the spans list.
    NativeSpans = "native-spans",
    /// Native buckets without observations are left out.
    NativeLayout = "native-layout",
    /// The count of a native histogram is what its buckets hold.
    NativeCount = "native-count",
    /// No native bucket is above the one that ends at infinity.
    BucketIndex = "bucket-index",
    /// The quantiles of a summary rise.
    QuantileOrder = "quantile-order",
    /// An exemplar follows the grammar and has a timestamp; otherwise it is lost.
    BrokenExemplar = "broken-exemplar",
    /// An exemplar does not repeat a label of its metric.
    ExemplarLabel = "exemplar-label",
    /// An exemplar is from the time that its sample is about.
    ExemplarTimestamp = "exemplar-timestamp",
}

impl fmt::Display for SpecificationRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
