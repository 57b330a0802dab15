//! Checks bodies that can be read against the rules of OpenMetrics' specification.

pub mod lint;
pub mod strict;
