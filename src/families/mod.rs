//! Typed families: what they consist of, and how they are made from lines.
//!
//! [`family`] is plain data without parsing. [`grouping`] decides which family and which metric a line
//! belongs to, and has the readers that return families.

pub(crate) mod family;
pub(crate) mod grouping;
