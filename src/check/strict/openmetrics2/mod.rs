//! The specification of OpenMetrics 2.0: its own grammar, and the rules for families.
//!
//! Prometheus' reading is no help here: it refuses lines that are valid, such as a composite value on a metric of
//! unknown type, and takes others that are not. So each line is read by the grammar of the specification
//! (`grammar.rs`, `composite.rs`, with `cursor.rs` for the tokens), and what it says is then checked
//! (`families.rs` and the files that it uses). `demand.rs` lists every demand.

mod composite;
mod count;
mod cursor;
mod demand;
mod exemplars;
mod families;
mod grammar;
mod lines;
mod metrics;
mod naming;
mod native;
mod number;
mod report;
mod value;

#[cfg(test)]
mod tests;

pub(super) use families::Checker;
pub(super) use lines::Lines;

/// The number of the rule about the end of a body.
pub(super) const EOF: &str = "G7";
