//! Why promtool's reader refuses a body.

use std::fmt;

use crate::number::decode::Escapes;
use crate::number::escape::escape;

/// The error with which promtool's reader, and with it telegraf's, refuses a whole body.
///
/// Displays as promtool prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(super) line: u64,
    pub(super) fault: Fault,
}

impl Refusal {
    /// Returns the line, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { line, fault } = self;
        write!(f, "text format parsing error in line {line}: {fault}")
    }
}

impl std::error::Error for Refusal {}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check::lint) enum Fault {
    UnexpectedEnd,
    /// A metric's name was expected.
    NoMetricName,
    /// What follows the name in a HELP or TYPE line does not.
    NameInComment,
    MetricName(String),
    /// A name in quotes that goes on in the next line.
    LineFeedInName(&'static str, String),
    /// A second name in braces.
    SecondName(String),
    /// Neither a comma nor a brace follows the name in braces.
    EndOfName(String),
    NoLabelName(String),
    LabelName(String),
    ReservedLabel(String),
    DuplicateLabel(String),
    /// Something other than `=` follows a label's name.
    NoEqualsSign(String),
    /// Something other than a quote begins a label's value.
    NoQuote(String),
    LabelValue(String),
    LineFeedInValue(String),
    EndOfValue(String),
    EscapeSequence(String),
    /// The label `le` or `quantile` is not a number.
    Bound {
        label: &'static str,
        found: String,
    },
    Value(String),
    Timestamp(String),
    AfterTimestamp(String),
    SecondHelp(String, Repetition),
    SecondType(String, Repetition),
    UnknownType(String),
    NegativeBucket(String),
    NegativeCount(String),
}

/// Why metadata is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check::lint) enum Repetition {
    OfMetadata,
    /// A sample came before the TYPE line.
    AfterSamples,
    /// The name is a part of a histogram or summary that has the metadata.
    OfWhole,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| Quoted(text.to_owned(), '"');
        match self {
            Fault::UnexpectedEnd => f.write_str("unexpected end of input stream"),
            Fault::NoMetricName => f.write_str("invalid metric name"),
            Fault::NameInComment => f.write_str("invalid metric name in comment"),
            Fault::MetricName(name) => write!(f, "invalid metric name {}", quoted(name)),
            Fault::LineFeedInName(of, name) => {
                write!(f, "{of} name {} contains unescaped new-line", quoted(name))
            }
            Fault::SecondName(name) => {
                write!(f, "multiple metric names for metric {}", quoted(name))
            }
            Fault::EndOfName(found) => {
                let found = Quoted(found.clone(), '\'');
                write!(f, "unexpected end of metric name {found}")
            }
            Fault::NoLabelName(metric) => {
                write!(f, "invalid label name for metric {}", quoted(metric))
            }
            Fault::LabelName(name) => write!(f, "invalid label name {}", quoted(name)),
            Fault::ReservedLabel(name) => write!(f, "label name {} is reserved", quoted(name)),
            Fault::DuplicateLabel(metric) => {
                write!(f, "duplicate label names for metric {}", quoted(metric))
            }
            Fault::NoEqualsSign(found) => {
                let found = Quoted(found.clone(), '\'');
                write!(f, "expected '=' after label name, found {found}")
            }
            Fault::NoQuote(found) => {
                let found = Quoted(found.clone(), '\'');
                write!(f, "expected '\"' at start of label value, found {found}")
            }
            Fault::LabelValue(value) => write!(f, "invalid label value {}", quoted(value)),
            Fault::LineFeedInValue(value) => {
                write!(
                    f,
                    "label value {} contains unescaped new-line",
                    quoted(value)
                )
            }
            Fault::EndOfValue(value) => {
                write!(f, "unexpected end of label value {}", quoted(value))
            }
            Fault::EscapeSequence(found) => write!(f, "invalid escape sequence '\\{found}'"),
            Fault::Bound { label, found } => write!(
                f,
                "expected float as value for '{label}' label, got {}",
                quoted(found)
            ),
            Fault::Value(found) => write!(f, "expected float as value, got {}", quoted(found)),
            Fault::Timestamp(found) => {
                write!(f, "expected integer as timestamp, got {}", quoted(found))
            }
            Fault::AfterTimestamp(found) => {
                write!(f, "spurious string after timestamp: {}", quoted(found))
            }
            Fault::SecondHelp(metric, _) => {
                write!(f, "second HELP line for metric name {}", quoted(metric))
            }
            Fault::SecondType(metric, _) => write!(
                f,
                "second TYPE line for metric name {}, or TYPE reported after samples",
                quoted(metric)
            ),
            Fault::UnknownType(found) => write!(f, "unknown metric type {}", quoted(found)),
            Fault::NegativeBucket(metric) => write!(
                f,
                "negative bucket population for histogram {}",
                quoted(metric)
            ),
            Fault::NegativeCount(metric) => {
                write!(f, "negative count for histogram {}", quoted(metric))
            }
        }
    }
}

/// A text in quotes, with what Go escapes in them escaped.
struct Quoted(String, char);

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quoted(text, quote) = self;
        write!(f, "{quote}")?;
        for part in text.split_inclusive(char::is_control) {
            let (plain, control) = match part.chars().next_back().filter(|c| c.is_control()) {
                Some(control) => (part.trim_end_matches(control), Some(control)),
                None => (part, None),
            };
            match (quote, plain) {
                ('"', plain) => escape(f, plain, Escapes::Quoted)?,
                (_, "'" | "\\") => write!(f, "\\{plain}")?,
                (_, plain) => f.write_str(plain)?,
            }
            match control {
                Some('\n') => f.write_str("\\n")?,
                Some('\r') => f.write_str("\\r")?,
                Some('\t') => f.write_str("\\t")?,
                Some('\u{7}') => f.write_str("\\a")?,
                Some('\u{8}') => f.write_str("\\b")?,
                Some('\u{b}') => f.write_str("\\v")?,
                Some('\u{c}') => f.write_str("\\f")?,
                Some(other) => write!(f, "\\x{:02x}", u32::from(other))?,
                None => {}
            }
        }
        write!(f, "{quote}")
    }
}
