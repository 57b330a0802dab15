//! What is wrong with a body that can be read: the rules of OpenMetrics' specification.

pub mod strict;
