//! The rules: what each is called, how severe it is, and who suffers.

use std::fmt;
use std::str::FromStr;

use super::reader::Outcome::{self, Misreads, Refuses};
use super::reader::Reader::{self, ClientPython, Prometheus, Promtool, Telegraf, VictoriaMetrics};
use crate::check::strict::SpecificationRule;

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; hardly anybody suffers.
    Info,
    /// A habit that others complain about, or something that a common reader refuses or loses.
    Warning,
    /// Prometheus refuses the body or does not store all of it; or OpenMetrics' specification forbids it.
    Error,
}

impl Severity {
    /// Returns `info`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! rules {
    ($($rule:ident $id:literal $severity:ident [$($reader:ident $outcome:ident),*] $text:literal;)+) => {
        /// A rule of the lint. [The page about the lint](crate::docs::lint) lists all with their readers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum LintRule {
            $(
                #[doc = concat!("`", $id, "`: ", $text, ".")]
                $rule,
            )+
            /// A rule of OpenMetrics' specification, which [`strict`](crate::strict) checks.
            Specification(SpecificationRule),
        }

        impl LintRule {
            /// Every rule but those of the specification.
            pub const ALL: &'static [LintRule] = &[$(LintRule::$rule,)+];

            /// Returns a short name that stays the same from version to version: `L1`, `LX41`, or that of
            /// a rule of the specification, `bucket-order`.
            pub fn id(self) -> &'static str {
                match self {
                    $(LintRule::$rule => $id,)+
                    LintRule::Specification(rule) => rule.code(),
                }
            }

            /// Returns how severe it is that the rule is broken, in general: a [finding](super::Finding)
            /// of a specification's rule may be less.
            pub fn severity(self) -> Severity {
                match self {
                    $(LintRule::$rule => Severity::$severity,)+
                    LintRule::Specification(_) => Severity::Error,
                }
            }

            /// Returns what the rule finds, in a few words; for `L1` to `L9` those of promlint.
            pub fn text(self) -> &'static str {
                match self {
                    $(LintRule::$rule => $text,)+
                    LintRule::Specification(rule) => rule.description(),
                }
            }

            /// Returns who refuses or misreads a body in which the rule finds something.
            pub fn readers(self) -> &'static [(Reader, Outcome)] {
                match self {
                    $(LintRule::$rule => &[$(($reader, $outcome)),*],)+
                    LintRule::Specification(_) => &[(ClientPython, Refuses)],
                }
            }
        }
    };
}

rules! {
    // What promlint says, in its words.
    NoHelp "L1" Warning [] "no help text";
    BaseUnit "L2" Warning [] "use base unit";
    CounterTotal "L3a" Warning [ClientPython Misreads] "counter metrics should have \"_total\" suffix";
    OtherTotal "L3b" Warning [] "non-counter metrics should not have \"_total\" suffix";
    OtherBucket "L4a" Warning [] "non-histogram metrics should not have \"_bucket\" suffix";
    OtherCount "L4b" Warning [] "non-histogram and non-summary metrics should not have \"_count\" suffix";
    OtherSum "L4c" Warning [] "non-histogram and non-summary metrics should not have \"_sum\" suffix";
    BoundLabel "L4d" Warning [] "non-histogram metrics should not have \"le\" label";
    QuantileLabel "L4e" Warning [] "non-summary metrics should not have \"quantile\" label";
    TypeInName "L5" Warning [] "metric name should not include type";
    Colon "L6" Warning [] "metric names should not contain ':'";
    CamelCaseName "L7a" Warning [] "metric names should be written in 'snake_case' not 'camelCase'";
    CamelCaseLabel "L7b" Warning [] "label names should be written in 'snake_case' not 'camelCase'";
    AbbreviatedUnit "L8" Warning [] "metric names should not contain abbreviated units";
    NotUnique "L9" Warning [] "metric not unique";

    // Where promlint complains too much or too little.
    HardlyAbbreviated "Q2" Info [] "promlint takes a word of one letter for an abbreviated unit";
    PointsInTime "Q4" Info [] "promlint takes samples of one series at several times for duplicates";
    OtherPrefix "Q6" Warning [] "use base unit (with a prefix that promlint does not know)";
    UnitIsNotBase "Q7" Warning [] "the UNIT is not a base unit";
    ReservedSuffix "Q8" Info [] "the name ends in a suffix that samples of another type have";

    // Lines that Prometheus refuses.
    Unreadable "LX0" Error [Prometheus Refuses] "Prometheus cannot read a line and refuses the body";
    NegativeTimestamp "LX30" Error [Prometheus Refuses] "a negative timestamp, which promtool takes";
    FractionalTimestamp "LX31" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Misreads] "a timestamp with a fraction in the text format";
    LabelNameCharacter "LX35" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses] "a character in a label's name that needs quotes";
    DottedName "LX37" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Refuses] "a dot in a metric's name without quotes";
    OpenMetricsType "LX38" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses] "a type that only OpenMetrics has";
    TypeWord "LX39" Error [Prometheus Refuses, ClientPython Refuses, VictoriaMetrics Refuses] "a type in capitals, or none, which promtool takes";
    BlankAfterType "LX40" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, VictoriaMetrics Refuses] "a blank after the type";
    CarriageReturn "LX43" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses] "a carriage return at the end of a line";
    StrayComma "LX46" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, VictoriaMetrics Misreads] "a comma without a label before it";
    TooLarge "LX48" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses] "a value that is too large for a float";
    TextExemplar "LX49" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Misreads, VictoriaMetrics Misreads] "an exemplar in the text format";
    MoreAfterSample "LX53" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Misreads, VictoriaMetrics Refuses] "more after a sample than a value and a timestamp";
    NotUtf8 "LX56" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses] "a text that is not UTF-8";

    // What Prometheus takes and others do not, in text.
    SecondType "LX1" Warning [Promtool Refuses, Telegraf Refuses] "a second TYPE line";
    SecondHelp "LX2" Warning [Promtool Refuses, Telegraf Refuses] "a second HELP line";
    LateType "LX3" Warning [Promtool Refuses, Telegraf Refuses, ClientPython Misreads] "TYPE after the samples";
    LateTypeOfParts "LX4" Warning [Promtool Misreads, Telegraf Misreads, ClientPython Misreads] "TYPE of a histogram or summary after its samples";
    LateHelp "LX5" Info [] "HELP after the samples";
    Interleaved "LX6" Warning [ClientPython Misreads] "samples of a family apart from its others";
    MixedMetadata "LX7" Warning [ClientPython Misreads, VictoriaMetrics Misreads] "HELP and TYPE of a family apart from each other";
    DuplicateSeries "LX8" Error [Prometheus Misreads] "a series that occurs twice: Prometheus stores the first sample";
    DuplicateBucket "LX10" Error [Prometheus Misreads] "a bucket that occurs twice: Prometheus stores the first one";
    DuplicateLabel "LX11" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Refuses] "a label that occurs twice in a series";
    NoInfBucket "LX12" Warning [] "a histogram without a bucket for +Inf: its quantiles are NaN";
    NotCumulative "LX13" Warning [] "a bucket with less than the one before it";
    BucketOrder "LX14" Info [] "buckets that are not in the order of their bounds";
    CountOfInf "LX15" Warning [] "a count other than that of the bucket for +Inf";
    MissingPart "LX16" Warning [Promtool Misreads, Telegraf Misreads] "a histogram or summary without a sum, a count or buckets";
    NoBound "LX17" Warning [Promtool Misreads, Telegraf Misreads, ClientPython Misreads] "a sample of a histogram that is not a bucket, a sum or a count";
    BoundNotNumber "LX18" Warning [Promtool Refuses, Telegraf Refuses] "a bucket whose le is not a number";
    BoundNan "LX19" Warning [Promtool Misreads, Telegraf Misreads] "a bucket whose le is NaN";
    NegativeCount "LX20" Warning [Promtool Refuses, Telegraf Refuses] "a negative bucket or count";
    FractionalCount "LX21" Warning [Promtool Misreads, Telegraf Misreads] "a bucket or count that is not a whole number";
    QuantileRange "LX22" Info [] "a quantile below 0 or above 1";
    QuantileNotNumber "LX23" Warning [Promtool Refuses, Telegraf Refuses] "a quantile that is not a number";
    NoQuantile "LX24" Warning [Promtool Misreads, Telegraf Misreads] "a sample of a summary that is not a quantile, a sum or a count";
    SummaryCount "LX25" Warning [Promtool Misreads, Telegraf Misreads] "a summary's count that is negative or not a whole number";
    CounterValue "LX26" Warning [Telegraf Misreads] "a counter that is negative or NaN";
    CounterClash "LX27" Warning [ClientPython Misreads] "a counter whose name with _total is another family";
    Timestamp "LX28" Info [] "timestamps: Prometheus does not notice when such a series ends";
    TimestampInSeconds "LX29" Warning [Prometheus Misreads, Promtool Misreads, Telegraf Misreads, ClientPython Misreads] "a timestamp that looks like seconds: in milliseconds it is in 1970";
    EmptyLabel "LX32" Info [] "a label with an empty value, which Prometheus does not store";
    ReservedLabel "LX33" Warning [ClientPython Refuses] "a label whose name starts with two underscores";
    NameLabel "LX34" Error [Prometheus Refuses, Promtool Refuses, Telegraf Refuses, ClientPython Refuses, VictoriaMetrics Misreads] "a label named __name__";
    QuotedName "LX36" Warning [Promtool Refuses, Telegraf Refuses, VictoriaMetrics Misreads] "a name in quotes";
    LoneBackslash "LX41" Warning [Promtool Refuses, Telegraf Refuses] "a backslash that escapes nothing";
    NoLastLineFeed "LX42" Warning [Promtool Refuses, Telegraf Refuses] "no line feed at the end of the body";
    BlankAfterValue "LX44" Warning [Promtool Refuses, Telegraf Refuses] "a blank after the value";
    MissingComma "LX45" Warning [Promtool Refuses, Telegraf Refuses, ClientPython Refuses, VictoriaMetrics Refuses] "no comma between two labels";
    PlusSign "LX47" Warning [VictoriaMetrics Refuses] "a value with a plus sign";
    RawLineFeed "LX50" Warning [Promtool Refuses, Telegraf Refuses, ClientPython Refuses, VictoriaMetrics Misreads] "a line feed in a label's value that is not escaped";
    PartOfAnother "LX51" Warning [Promtool Refuses, Telegraf Refuses] "metadata for a name that is a part of another family";
    BareKeyword "LX52" Info [Prometheus Misreads, ClientPython Misreads, VictoriaMetrics Misreads] "no blank after #: only promtool takes the line as metadata";
    MoreAfterEof "LX54" Info [] "more after # EOF, which readers of OpenMetrics refuse";
    PartsWithoutType "LX55" Info [Promtool Misreads, Telegraf Misreads, ClientPython Misreads] "buckets without the TYPE of their histogram";
    OtherRefusal "LX57" Warning [Promtool Refuses, Telegraf Refuses] "promtool and telegraf cannot read a line and refuse the body";

    // OpenMetrics.
    LateTypePanics "LX67" Error [Telegraf Refuses, ClientPython Refuses] "TYPE after samples ends the whole of telegraf";
    InterleavedGroups "LX68" Error [Telegraf Misreads, ClientPython Refuses] "samples of a family apart from its others";
    WithoutMetadata "LX70" Warning [Telegraf Misreads] "a family without metadata after one that has some: telegraf gives its samples to that";
    CounterSuffix "LX72" Error [Telegraf Misreads, ClientPython Refuses] "a counter's sample without _total, or a counter named with it";
    BoundSpelling "LX75" Info [] "a bound that is not spelled as OpenMetrics spells numbers";
    ExemplarWithoutLabels "LX79" Warning [VictoriaMetrics Misreads] "an exemplar on a series without labels";
    TimestampInMilliseconds "LX80" Warning [Prometheus Misreads, Telegraf Misreads] "a timestamp that looks like milliseconds: in seconds it is far in the future";
    QuotedNameInOpenMetrics "LX83" Warning [Telegraf Refuses, VictoriaMetrics Misreads] "a name in quotes";

    // Format mix-ups.
    TextAsOpenMetrics "LX90a" Error [Prometheus Refuses, Telegraf Refuses, ClientPython Refuses] "a text body under a Content-Type of OpenMetrics";
    OpenMetricsAsText "LX90b" Warning [Promtool Misreads, Telegraf Misreads, ClientPython Misreads] "an OpenMetrics body under a Content-Type of text";
    NotNegotiated "LX91" Warning [Prometheus Misreads, Telegraf Misreads] "OpenMetrics 2.0 in the Content-Type: readers take the body as 1.0";
    NoContentType "LX93" Error [Prometheus Refuses] "no Content-Type that Prometheus knows";
}

impl fmt::Display for LintRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// An id that no rule has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a rule of the lint")]
pub struct UnknownLintRule(pub(super) String);

impl FromStr for LintRule {
    type Err = UnknownLintRule;

    /// Finds the rule with that id, in small or capital letters.
    fn from_str(id: &str) -> Result<Self, Self::Err> {
        let mut rules = LintRule::all();
        let found = rules.find(|rule| rule.id().eq_ignore_ascii_case(id));
        found.ok_or_else(|| UnknownLintRule(id.to_owned()))
    }
}

impl LintRule {
    /// Returns every rule, those of the specification too.
    pub fn all() -> impl Iterator<Item = LintRule> {
        let of_specification = SpecificationRule::ALL.iter().copied();
        let own = LintRule::ALL.iter().copied();
        own.chain(of_specification.map(LintRule::Specification))
    }
}
