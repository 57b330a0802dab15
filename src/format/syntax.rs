//! What each text format has: one table per format, which everything that reads or writes one asks.
//!
//! Nothing asks which format a body is in: it asks whether the format has what is in question, by that
//! feature's name. A format to come is a table more, and a variant more of those features that it has
//! in a way of its own; the compiler then shows each place that has to know.

use crate::dialect::Dialect;
use crate::model::metric_type::TypeWords;
use crate::model::suffix::Suffixes;
use crate::number::decode::Escapes;

/// What a text format has, and how it is written.
#[derive(Debug)]
pub(crate) struct Syntax {
    /// What users call this.
    pub(crate) dialect: Dialect,
    pub(crate) end: BodyEnd,
    pub(crate) blanks: Blanks,
    /// Whether there are blank lines, and lines that begin with `#` and say nothing. Else a `#` begins
    /// HELP, TYPE, UNIT or the end marker.
    pub(crate) comments: bool,
    pub(crate) commas: Commas,
    /// Whether a line feed may stand as it is in a quoted label value. In quoted names it always may.
    pub(crate) raw_line_feeds: bool,
    pub(crate) timestamps: TimeUnit,
    pub(crate) numbers: NumberStyle,
    pub(crate) exemplars: ExemplarCount,
    /// Whether there are UNIT lines.
    pub(crate) unit_lines: bool,
    /// What a HELP text escapes.
    pub(crate) help: Escapes,
    pub(crate) types: TypeWords,
    pub(crate) suffixes: Suffixes,
    /// Whether each histogram that says how many it has observed has a bucket for `+Inf`, too.
    pub(crate) infinite_bucket: bool,
    pub(crate) family_rules: FamilyRules,
    /// Whether what other readers take is taken too, and noted: the list is [`Dialect`]'s.
    pub(crate) leniencies: bool,
}

/// Where a body may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// After any line, the last of which may lack its line feed.
    Anywhere,
    /// After the line `# EOF`, which alone may lack it.
    EofLine,
}

/// What stands between the tokens of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blanks {
    /// Blanks and tabs as one likes, before the line's first token and in braces too.
    Any,
    /// One space, and nothing in braces.
    OneSpace,
}

/// What stands between labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commas {
    /// A comma, or nothing.
    Optional,
    Required,
}

/// How a sample's timestamp counts. An exemplar's is always in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    /// Milliseconds, in digits only.
    Milliseconds,
    /// Seconds, as a float.
    Seconds,
}

impl TimeUnit {
    /// Whether a timestamp may be before 1970.
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
    /// As short as may be: `1`, `1e+06` (spec T54).
    Shortest,
    /// Floats as floats, `1.0` and `1e+06`, and counts of observations as integers (spec O48). An exemplar's
    /// value is always written so.
    Float,
}

/// How many exemplars a sample can cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExemplarCount {
    None,
    One,
}

/// The rules, besides those that Prometheus holds, on how the lines of a family come and what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyRules {
    None,
    /// Those of the specification of OpenMetrics 1.0.
    OpenMetrics,
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
    unit_lines: false,
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
    unit_lines: true,
    help: Escapes::Quoted,
    types: TypeWords::OpenMetrics,
    suffixes: Suffixes::OpenMetrics,
    infinite_bucket: true,
    family_rules: FamilyRules::OpenMetrics,
    leniencies: false,
};

/// The text format; exemplars are among what is taken leniently.
const LENIENT: Syntax = Syntax {
    dialect: Dialect::Lenient,
    types: TypeWords::Lenient,
    suffixes: Suffixes::Lenient,
    leniencies: true,
    ..TEXT
};

impl Syntax {
    /// Which suffixes families have where lines of this format are written, in it or in another. What only
    /// lenient reading links is not linked there: it is written as the text format has it.
    pub(crate) const fn line_suffixes(&self) -> Suffixes {
        self.suffixes.strictly()
    }
}

impl Dialect {
    /// What the format has that is read so.
    #[inline]
    pub(crate) const fn syntax(self) -> &'static Syntax {
        match self {
            Dialect::Text => &TEXT,
            Dialect::OpenMetrics => &OPENMETRICS,
            Dialect::Lenient => &LENIENT,
        }
    }
}
