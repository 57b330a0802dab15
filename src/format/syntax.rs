//! What each text format has: one table per format, which all readers and writers consult.
//!
//! No code asks which format a body is in: it asks whether the format has a feature, by the feature's
//! name. A new format is one more table, and one more variant of each feature that it has in its own way;
//! the compiler then shows each place that has to handle it.

use crate::dialect::Dialect;
use crate::model::metric_type::TypeWords;
use crate::model::suffix::Suffixes;
use crate::number::decode::Escapes;

/// What a text format has, and how it is written.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// The name that users know this format by.
    pub(crate) dialect: Dialect,
    pub(crate) end: BodyEnd,
    pub(crate) blanks: Blanks,
    /// Whether there are blank lines and `#` lines without meaning. Otherwise a `#` begins HELP, TYPE,
    /// UNIT or the end marker.
    pub(crate) comments: bool,
    pub(crate) commas: Commas,
    /// Whether a quoted label value may hold a raw line feed. A quoted name always may.
    pub(crate) raw_line_feeds: bool,
    pub(crate) timestamps: TimeUnit,
    pub(crate) numbers: NumberStyle,
    pub(crate) exemplars: ExemplarCount,
    pub(crate) start_times: StartTimes,
    pub(crate) composites: Composites,
    pub(crate) quoted_name: QuotedName,
    pub(crate) names_in_quotes: NamesInQuotes,
    /// Whether a CR may end the text of HELP, TYPE or UNIT.
    pub(crate) carriage_returns: bool,
    pub(crate) units: Units,
    pub(crate) type_scope: TypeScope,
    /// The escapes of a HELP text.
    pub(crate) help: Escapes,
    pub(crate) types: TypeWords,
    pub(crate) suffixes: Suffixes,
    /// Whether every histogram with a count has a bucket for `+Inf` too.
    pub(crate) infinite_bucket: bool,
    pub(crate) family_rules: FamilyRules,
    /// Whether what other readers take is taken too, and noted: [`Dialect`] lists it.
    pub(crate) leniencies: bool,
}

/// Where a body may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// After any line; the last may lack its line feed.
    Anywhere,
    /// After the line `# EOF`, the only one that may lack its line feed.
    EofLine,
}

/// The blanks between the tokens of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blanks {
    /// Any number of blanks and tabs, also before the line's first token and in braces.
    Any,
    /// One space, and nothing in braces.
    OneSpace,
}

/// The commas between labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commas {
    /// A comma, or nothing.
    Optional,
    Required,
}

/// The unit of a sample's timestamp. An exemplar's is always in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    /// Milliseconds, in digits only.
    Milliseconds,
    /// Seconds, as a float.
    Seconds,
}

impl TimeUnit {
    /// Tells whether a timestamp may be before 1970.
    pub(crate) const fn takes_negative(self) -> bool {
        match self {
            TimeUnit::Milliseconds => false,
            TimeUnit::Seconds => true,
        }
    }
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberStyle {
    /// As short as possible: `1`, `1e+06` (spec T54).
    Shortest,
    /// Floats as floats, `1.0` and `1e+06`, and counts of observations as integers (spec O48). An
    /// exemplar's value is always written this way.
    Float,
}

/// How many exemplars a sample can cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExemplarCount {
    None,
    One,
    /// Any number, each with a timestamp.
    Many,
}

/// Where the time is written since when a sample counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartTimes {
    None,
    /// On a line of its own, `name_created`.
    CreatedLine,
    /// After the timestamp, as `st@1.5`.
    OnSample,
}

/// How the parts of a histogram or a summary are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Composites {
    /// Each part on a line of its own.
    Lines,
    /// All parts on one line, in braces: `{count:1,sum:1.5,quantile:[0.5:1.5]}`.
    Braces,
}

/// Where among the labels a metric's name in quotes may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum QuotedName {
    Anywhere,
    First,
}

/// What may be between the quotes of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamesInQuotes {
    /// Any bytes, or none.
    Anything,
    /// At least one character, in UTF-8.
    Characters,
}

/// Whether there are UNIT lines, and what a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Units {
    None,
    /// What the family's name ends in, after an underscore.
    Suffix,
    /// Any text.
    Free,
}

/// Which samples a TYPE line speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeScope {
    /// All up to the next TYPE line.
    Following,
    /// Those that have its name, up to the next line with another name.
    SameName,
}

/// The rules on a family's lines, their order and contents, that go beyond those of Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyRules {
    None,
    /// The rules of the OpenMetrics 1.0 specification.
    OpenMetrics,
    /// The rules of the OpenMetrics 2.0 specification.
    OpenMetrics2,
}

const TEXT: Syntax = Syntax {
    dialect: Dialect::Text,
    end: BodyEnd::Anywhere,
    blanks: Blanks::Any,
    comments: true,
    commas: Commas::Optional,
    raw_line_feeds: true,
    timestamps: TimeUnit::Milliseconds,
    numbers: NumberStyle::Shortest,
    exemplars: ExemplarCount::None,
    start_times: StartTimes::None,
    composites: Composites::Lines,
    quoted_name: QuotedName::Anywhere,
    names_in_quotes: NamesInQuotes::Anything,
    carriage_returns: true,
    units: Units::None,
    type_scope: TypeScope::Following,
    help: Escapes::Help,
    types: TypeWords::Text,
    suffixes: Suffixes::Text,
    infinite_bucket: false,
    family_rules: FamilyRules::None,
    leniencies: false,
};

const OPENMETRICS: Syntax = Syntax {
    dialect: Dialect::OpenMetrics,
    end: BodyEnd::EofLine,
    blanks: Blanks::OneSpace,
    comments: false,
    commas: Commas::Required,
    raw_line_feeds: false,
    timestamps: TimeUnit::Seconds,
    numbers: NumberStyle::Float,
    exemplars: ExemplarCount::One,
    start_times: StartTimes::CreatedLine,
    composites: Composites::Lines,
    quoted_name: QuotedName::Anywhere,
    names_in_quotes: NamesInQuotes::Anything,
    carriage_returns: true,
    units: Units::Suffix,
    type_scope: TypeScope::Following,
    help: Escapes::Quoted,
    types: TypeWords::OpenMetrics,
    suffixes: Suffixes::OpenMetrics,
    infinite_bucket: true,
    family_rules: FamilyRules::OpenMetrics,
    leniencies: false,
};

const OPENMETRICS2: Syntax = Syntax {
    dialect: Dialect::OpenMetrics2,
    exemplars: ExemplarCount::Many,
    start_times: StartTimes::OnSample,
    composites: Composites::Braces,
    quoted_name: QuotedName::First,
    names_in_quotes: NamesInQuotes::Characters,
    carriage_returns: false,
    units: Units::Free,
    type_scope: TypeScope::SameName,
    suffixes: Suffixes::OpenMetrics2,
    family_rules: FamilyRules::OpenMetrics2,
    ..OPENMETRICS
};

/// The text format; exemplars are among the leniencies.
const LENIENT: Syntax = Syntax {
    dialect: Dialect::Lenient,
    types: TypeWords::Lenient,
    suffixes: Suffixes::Lenient,
    leniencies: true,
    ..TEXT
};

impl Syntax {
    /// Tells whether the type of a metric does not matter to read its samples.
    #[inline(always)]
    pub(crate) const fn is_untyped(&self) -> bool {
        match self.composites {
            Composites::Lines => true,
            Composites::Braces => false,
        }
    }

    /// Returns which suffixes families have where lines of this format are written, in it or in another.
    /// Links that only lenient reading makes are not made there: such lines are written as the text
    /// format has them.
    pub(crate) const fn line_suffixes(&self) -> Suffixes {
        self.suffixes.strictly()
    }
}

impl Dialect {
    /// Returns what the dialect's format has.
    #[inline]
    pub(crate) const fn syntax(self) -> &'static Syntax {
        match self {
            Dialect::Text => &TEXT,
            Dialect::OpenMetrics => &OPENMETRICS,
            Dialect::OpenMetrics2 => &OPENMETRICS2,
            Dialect::Lenient => &LENIENT,
        }
    }
}
