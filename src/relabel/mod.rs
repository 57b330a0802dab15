//! Relabel rules, evaluated as Prometheus evaluates them.

mod config;
#[cfg(feature = "serde")]
mod written;

pub use config::{Action, RuleConfig, UnknownAction};
#[cfg(feature = "serde")]
pub use written::OperatorRule;
