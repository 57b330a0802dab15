//! Typed families: what they are made of, and how lines become them.
//!
//! [`family`] is plain data without parsing. [`grouping`] decides which family and which metric a line belongs to,
//! and holds the doors that give families.

pub(crate) mod family;
pub(crate) mod grouping;
