//! Checks OpenMetrics as the specification demands.
//!
//! Prometheus reads OpenMetrics line by line and demands little of families: it accepts 80 bodies of the
//! specification's own test suite that must be refused. This module finds what is wrong with them. For OpenMetrics 2.0,
//! which Prometheus reads otherwise than the specification in both directions, it has the specification's verdict.
//!
//! ```
//! let body = b"# TYPE a counter\na_total NaN\nb 1\na_total{x=\"y\"} 2\n# EOF\n";
//! let violations: Vec<String> = exposition::strict::check(body)
//!     .map(|violation| violation.to_string())
//!     .collect();
//! assert_eq!(
//!     violations,
//!     [
//!         "line 2, column 9: counter-value: expected a number of 0 or more, found `NaN`",
//!         "line 4, column 1: interleaved-families: \
//!          expected the line among the others of its family, found `a_total{x=\"y\"} 2`",
//!     ],
//! );
//! ```

mod demand;
mod families;
mod findings;
mod lexical;
mod openmetrics2;
mod point;
mod rule;
mod severity;

use std::fmt;
use std::iter::FusedIterator;

pub use rule::SpecificationRule;
pub use severity::Severity;

use demand::Demand;
use families::Checker;
use findings::Findings;
use openmetrics2::Lines;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Label, Position};
use crate::limits::Limits;
use crate::text::parser::Parser;

/// Finds everything in an OpenMetrics 1.0 body that breaks the specification, in one pass.
///
/// A body without violations is valid. Violations that show only when a family is complete, such as a
/// missing bucket, come when the next family begins.
///
/// Takes time linear in the body. Keeps the names of all families, and for the current family the label
/// sets of its metrics and what the current metric's samples have said.
pub fn check<B: AsRef<[u8]> + ?Sized>(body: &B) -> Violations<'_> {
    Violations::from(Parser::openmetrics(body))
}

/// Finds everything in an OpenMetrics 2.0 body that breaks the specification, in one pass, and advice of the
/// specification that it does not follow. Experimental: follows release candidate 0.
///
/// A body without a violation of severity [`Error`](Severity::Error) is valid. Reads lines by the
/// specification's own grammar, so its verdict can differ from Prometheus' in both directions
/// ([G58](crate::docs::openmetrics2#g58), [G59](crate::docs::openmetrics2#g59)). An exemplar that is broken is a
/// [`Warning`](Severity::Warning): it is lost, and the body stays valid
/// ([G47](crate::docs::openmetrics2#g47)).
///
/// Costs what [`check`] costs. What can be wrong in very many places of one line, such as the order of buckets, is
/// found once for each line; what is only advice about samples, once for each family. Each line that loses an exemplar is
/// found.
///
/// ```
/// use exposition::strict::{self, Severity};
///
/// let body = "# TYPE a counter\n# HELP a Help.\na NaN st@1\n# EOF\n";
/// let violations: Vec<String> = strict::check_openmetrics2(body)
///     .map(|violation| violation.to_string())
///     .collect();
/// assert_eq!(
///     violations,
///     [
///         "line 3, column 3: counter-value (G35): expected a number of 0 or more, found `NaN st@1`",
///         "line 1, column 8: warning: name-suffix (G27): expected a counter's name with `_total`, \
///          found `a counter`",
///     ],
/// );
/// let is_valid = strict::check_openmetrics2(body).all(|found| found.severity() < Severity::Error);
/// assert!(!is_valid);
/// ```
pub fn check_openmetrics2<B: AsRef<[u8]> + ?Sized>(body: &B) -> Violations<'_> {
    Violations::from(Parser::new(body, Dialect::OpenMetrics2))
}

/// The iterator of [`check`] and [`check_openmetrics2`].
#[derive(Debug)]
pub struct Violations<'a> {
    reading: Reading<'a>,
    found: Findings,
    ended: bool,
}

/// How the lines of a body are read, and checked.
#[derive(Debug)]
enum Reading<'a> {
    /// As Prometheus reads them, which takes all that the specification has.
    OpenMetrics1(Box<(Parser<'a>, Checker<'a>)>),
    OpenMetrics2(Box<(Lines<'a>, openmetrics2::Checker<'a>)>),
}

impl<'a> Violations<'a> {
    /// Sets the limits. Call it before the first violation is asked for.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.reading = match self.reading {
            Reading::OpenMetrics1(reading) => {
                let (parser, checker) = *reading;
                Reading::OpenMetrics1(Box::new((parser.limits(limits), checker)))
            }
            Reading::OpenMetrics2(mut reading) => {
                reading.0.limits = limits;
                Reading::OpenMetrics2(reading)
            }
        };
        self
    }

    /// Reads and checks the next line; returns false at the end of the body.
    fn read(&mut self) -> bool {
        let error = match &mut self.reading {
            Reading::OpenMetrics1(reading) => {
                let (parser, checker) = &mut **reading;
                match parser.next() {
                    Some(Ok(line)) => {
                        checker.line(line, parser.line_end(), &mut self.found);
                        return true;
                    }
                    Some(Err(error)) => {
                        checker.damage();
                        Violation::from(error)
                    }
                    None => {
                        checker.finish(&mut self.found);
                        return false;
                    }
                }
            }
            Reading::OpenMetrics2(reading) => {
                let (lines, checker) = &mut **reading;
                match lines.next() {
                    Some(Ok(line)) => {
                        checker.line(line, &lines.limits, &mut self.found);
                        return true;
                    }
                    Some(Err(error)) => {
                        checker.damage();
                        Violation::of_openmetrics2(error)
                    }
                    None => {
                        checker.finish(&mut self.found);
                        return false;
                    }
                }
            }
        };
        self.found.push(error);
        true
    }
}

impl<'a> From<Parser<'a>> for Violations<'a> {
    /// Checks the lines that the parser gives, which should read OpenMetrics 1.0; or, if its dialect is
    /// [`OpenMetrics2`](Dialect::OpenMetrics2), all lines that it has not given yet.
    fn from(parser: Parser<'a>) -> Self {
        let reading = match parser.dialect() {
            Dialect::OpenMetrics2 => {
                let place = parser.line_end().place;
                let lines = Lines::new(parser.unread(), place, parser.limits_set());
                Reading::OpenMetrics2(Box::new((lines, openmetrics2::Checker::default())))
            }
            Dialect::Text | Dialect::OpenMetrics | Dialect::Lenient => {
                Reading::OpenMetrics1(Box::new((parser, Checker::default())))
            }
        };
        Violations {
            reading,
            found: Findings::default(),
            ended: false,
        }
    }
}

impl Iterator for Violations<'_> {
    type Item = Violation;

    fn next(&mut self) -> Option<Violation> {
        while self.found.is_empty() && !self.ended {
            self.ended = !self.read();
        }
        self.found.take()
    }
}

impl FusedIterator for Violations<'_> {}

/// One place in a body that breaks the specification: which [rule](Self::rule) it breaks, where, and what
/// was expected there.
#[derive(Clone, PartialEq)]
pub struct Violation {
    rule: SpecificationRule,
    severity: Severity,
    number: Option<&'static str>,
    error: Error,
}

impl Violation {
    fn new(demand: Demand, error: Error) -> Self {
        let Demand {
            rule,
            severity,
            number,
            ..
        } = demand;
        Violation {
            rule,
            severity,
            number,
            error,
        }
    }

    /// Converts an error of reading OpenMetrics 2.0.
    fn of_openmetrics2(error: Error) -> Self {
        let violation = Violation::from(error);
        let number = (violation.rule == SpecificationRule::Eof).then_some(openmetrics2::EOF);
        Violation {
            number,
            ..violation
        }
    }

    /// Returns the rule.
    pub fn rule(&self) -> SpecificationRule {
        self.rule
    }

    /// Returns how severe that is. In OpenMetrics 1.0 everything is an [error](Severity::Error).
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the number of the rule on [the page about OpenMetrics 2.0](crate::docs::openmetrics2), for
    /// example `G35`; `None` if only the grammar says it, and in OpenMetrics 1.0.
    pub fn number(&self) -> Option<&'static str> {
        self.number
    }

    /// Returns where it is broken.
    pub fn position(&self) -> Position {
        self.error.position()
    }

    /// Returns what was expected there and what was found, as an error of kind
    /// [`Specification`](ErrorKind::Specification), or as the error that the line causes in any reading.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Shows the violation with its line and a caret under the place, over several lines.
    pub fn render(&self) -> impl fmt::Display + '_ {
        self.error.render_as(self.label(), None)
    }

    /// Does what [`render`](Self::render) does, and says which body it is about: `--> metrics.om:3:8`.
    pub fn render_in<'v>(&'v self, source: &'v str) -> impl fmt::Display + 'v {
        self.error.render_as(self.label(), Some(source))
    }

    fn label(&self) -> Label {
        Label::Rule(self.severity.as_str(), self.rule.code(), self.number)
    }
}

impl From<Error> for Violation {
    /// Converts the error of a line that cannot be read; its kind gives the rule.
    fn from(error: Error) -> Self {
        let rule = match error.kind() {
            ErrorKind::MissingEof | ErrorKind::AfterEof => SpecificationRule::Eof,
            ErrorKind::InvalidUnit => SpecificationRule::UnitSuffix,
            _ => SpecificationRule::Syntax,
        };
        Violation {
            rule,
            severity: Severity::Error,
            number: None,
            error,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position())?;
        if self.severity == Severity::Warning {
            write!(f, "{}: ", self.severity)?;
        }
        write!(f, "{}", self.rule)?;
        if let Some(number) = self.number {
            write!(f, " ({number})")?;
        }
        let (expected, found) = (self.error.expected(), self.error.found());
        write!(f, ": expected {expected}, found {found}")
    }
}

impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Violation")
            .field("rule", &self.rule)
            .field("severity", &self.severity)
            .field("error", &self.error)
            .finish()
    }
}

impl std::error::Error for Violation {}
