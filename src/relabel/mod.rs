//! Relabel rules, evaluated as Prometheus evaluates them.

mod bytes;
mod config;
mod error;
mod eval;
mod golang;
mod keys;
mod label_set;
mod pattern;
mod program;
mod rule;
mod rules;
mod sample;
mod stats;
mod template;
mod trace;
mod why;
#[cfg(feature = "serde")]
mod written;

pub use config::{Action, RuleConfig, UnknownAction};
pub use error::{Field, Problem, RuleError};
pub use golang::RegexError;
pub use label_set::LabelSet;
pub use rule::Rule;
pub use rules::Rules;
pub use stats::{RuleCounts, RuleStats};
pub use trace::{Change, Step, Trace};
#[cfg(feature = "serde")]
pub use written::OperatorRule;
