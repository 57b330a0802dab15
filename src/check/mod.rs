//! Checks bodies against the rules of OpenMetrics' specification, and against the habits of those who read them.

pub mod lint;
pub mod strict;
