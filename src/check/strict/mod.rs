//! Checks OpenMetrics as the specification demands.
//!
//! Prometheus reads OpenMetrics line by line and demands little of families: it accepts 80 bodies of the
//! specification's own test suite that must be refused. This module finds what is wrong with them.
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

mod families;
mod findings;
mod lexical;
mod point;
mod rule;

use std::fmt;
use std::iter::FusedIterator;

pub use rule::SpecificationRule;

use families::Checker;
use findings::Findings;

use crate::error::{Error, ErrorKind, Position};
use crate::limits::Limits;
use crate::text::parser::Parser;

/// Finds everything in an OpenMetrics body that breaks the specification, in one pass.
///
/// A body without violations is valid. Violations that show only when a family is complete, such as a
/// missing bucket, come when the next family begins.
///
/// Takes time linear in the body. Keeps the names of all families, and for the current family the label
/// sets of its metrics and what the current metric's samples have said.
pub fn check<B: AsRef<[u8]> + ?Sized>(body: &B) -> Violations<'_> {
    Violations::from(Parser::openmetrics(body))
}

/// The iterator of [`check`].
#[derive(Debug)]
pub struct Violations<'a> {
    parser: Parser<'a>,
    checker: Checker<'a>,
    found: Findings,
    ended: bool,
}

impl<'a> Violations<'a> {
    /// Sets the limits. Call it before the first violation is asked for.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.parser = self.parser.limits(limits);
        self
    }
}

impl<'a> From<Parser<'a>> for Violations<'a> {
    /// Checks the lines that the parser gives, which should read OpenMetrics.
    fn from(parser: Parser<'a>) -> Self {
        Violations {
            parser,
            checker: Checker::default(),
            found: Findings::default(),
            ended: false,
        }
    }
}

impl Iterator for Violations<'_> {
    type Item = Violation;

    fn next(&mut self) -> Option<Violation> {
        while self.found.is_empty() && !self.ended {
            match self.parser.next() {
                Some(Ok(line)) => {
                    let end = self.parser.line_end();
                    self.checker.line(line, end, &mut self.found);
                }
                Some(Err(error)) => {
                    self.checker.damage();
                    self.found.push(Violation::from(error));
                }
                None => {
                    self.checker.finish(&mut self.found);
                    self.ended = true;
                }
            }
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
    error: Error,
}

impl Violation {
    fn new(rule: SpecificationRule, error: Error) -> Self {
        Violation { rule, error }
    }

    /// Returns the rule.
    pub fn rule(&self) -> SpecificationRule {
        self.rule
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
        self.error.render_as(self.rule.code())
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
        Violation { rule, error }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: expected {}, found {}",
            self.position(),
            self.rule,
            self.error.expected(),
            self.error.found()
        )
    }
}

impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Violation")
            .field("rule", &self.rule)
            .field("error", &self.error)
            .finish()
    }
}

impl std::error::Error for Violation {}
