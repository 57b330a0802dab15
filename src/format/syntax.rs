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
    pub(crate) exemplars: ExemplarCount,
    /// What a HELP text escapes.
    pub(crate) help: Escapes,
    pub(crate) types: TypeWords,
    pub(crate) suffixes: Suffixes,
    pub(crate) families: FamilyNames,
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

/// How many exemplars a sample can cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExemplarCount {
    None,
    One,
}

/// How a counter or an info is called, all of whose samples have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyNames {
    /// As its samples: the samples of the counter `x_total` are called `x_total`.
    AsSamples,
    /// Without their suffix: those of the counter `x` are called `x_total`.
    Stems,
}

const TEXT: Syntax = Syntax {
    dialect: Dialect::Text,
    end: BodyEnd::Anywhere,
    blanks: Blanks::Any,
    comments: true,
    commas: Commas::Optional,
    raw_line_feeds: true,
    timestamps: TimeUnit::Milliseconds,
    exemplars: ExemplarCount::None,
    help: Escapes::Help,
    types: TypeWords::Text,
    suffixes: Suffixes::Text,
    families: FamilyNames::AsSamples,
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
    exemplars: ExemplarCount::One,
    help: Escapes::Quoted,
    types: TypeWords::OpenMetrics,
    suffixes: Suffixes::OpenMetrics,
    families: FamilyNames::Stems,
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
