//! Relabel rules, evaluated as Prometheus evaluates them.
//!
//! A rule as written is a [`RuleConfig`]. Building it checks everything that Prometheus checks when it loads
//! a configuration, and returns a [`Rule`] or a [`RuleError`] that names the field and the cause. Applying
//! [`Rules`] to a [`LabelSet`] cannot fail.
//!
//! ```
//! use exposition::{name::ValidationScheme, relabel::{LabelSet, RuleConfig, Rules}};
//!
//! let rules = Rules::new(
//!     [RuleConfig::new()
//!         .source_labels(["__address__", "__meta_kubernetes_pod_annotation_prometheus_io_port"])
//!         .regex(r"([^:]+)(?::\d+)?;(\d+)")
//!         .replacement("$1:$2")
//!         .target_label("__address__")],
//!     ValidationScheme::Utf8,
//! )?;
//! let mut labels: LabelSet = [
//!     ("__address__", "10.0.0.1:8080"),
//!     ("__meta_kubernetes_pod_annotation_prometheus_io_port", "15020"),
//! ]
//! .into_iter()
//! .collect();
//! assert!(rules.apply(&mut labels));
//! assert_eq!(labels.get("__address__"), Some("10.0.0.1:15020"));
//! # Ok::<(), exposition::relabel::RuleError>(())
//! ```
//!
//! | you want | use |
//! |---|---|
//! | to read rules people have | [`Rules`], [`RuleConfig`] or `OperatorRule`, with the feature `serde`; from YAML with `exposition::yaml`, which reads as Prometheus does |
//! | to see why a target is dropped | [`Rules::trace`] |
//! | to know which rules cannot mean what they say | [`remarks()`] |
//! | to know which rules do nothing | [`Rules::apply_counted`] and [`RuleStats`] |
//!
//! # Go's regular expressions
//!
//! A pattern means what it means in Go: `\d`, `\w`, `\s` and `\b` are ASCII, `\Q…\E` quotes, octal escapes
//! are characters, and a `{` that does not open a count is text. What Go refuses is refused here, with its
//! place. Letters and their cases are those of Unicode 15.0, as in Go, although the engine underneath knows
//! more. Replacements follow Go's `Expand`, so `$1x` is the group named `1x`; `lowercase` and `uppercase` map
//! character by character.
//!
//! Patterns that are text, alternatives of text, or text around one `.*` or `.+` are compared, not searched.
//! Most others run on a small matcher that takes linear time, and only the rest on the regex engine. A
//! pattern that Go compiles but the engine cannot hold is refused when the rule is built.
//!
//! # Where it differs from Prometheus
//!
//! Labels are text here: a [`LabelSet`] cannot hold a value that is not UTF-8. A `modulus` of 2^64 is
//! refused; its effect in Prometheus depends on the processor. A fraction below zero becomes what Prometheus
//! makes of it on amd64.

mod alternatives;
mod config;
mod error;
mod eval;
mod golang;
mod keys;
mod label_set;
mod pattern;
mod program;
pub(crate) mod remark;
mod rule;
mod rules;
mod sample;
mod spans;
mod stats;
mod template;

mod trace;
mod why;
#[cfg(feature = "serde")]
pub(crate) mod written;

#[cfg(test)]
mod tests;

pub use config::{Action, RuleConfig, UnknownAction};
pub use error::{Field, RuleError, RuleErrorKind};
pub use golang::RegexError;
pub use label_set::{LabelSet, LabelSetIter};
pub use remark::{finding::Remark, kind::RemarkKind, remarks, subject::Subject};
pub use rule::Rule;
#[cfg(feature = "operator")]
pub(crate) use rule::is_name_template;
pub use rules::Rules;
pub use stats::{RuleCounts, RuleStats};
pub use trace::{LabelChange, Step, Trace};
