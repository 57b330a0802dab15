//! The text formats: from bytes to lines.
//!
//! - [`line`], [`sample`], [`labels`], [`exemplar`] are the views that users get: they borrow. [`shape`],
//!   [`label_lengths`] and [`walk`] say where in a line its parts are, [`name`] undoes the escapes of a metric's name.
//! - [`grammar`] is the readable reference for lines and the only source of errors; [`fast`] reads
//!   ordinary lines and declines the rest.
//! - [`engine`] knows the state between lines, but not where bytes come from; [`place`] is its place in
//!   the body, [`step`] what it made of some bytes. [`parser`], [`chunks`] and [`reader`] are thin shells around it; [`response`] chooses the
//!   dialect by a header.
//! - [`window`] is the part of a slice whose lines are being read.
//! - [`filter`] skips what nobody wants; [`leniency`] notes what only lenient reading takes.
//!
//! To change what is accepted, change [`grammar`] first; then [`fast`] agrees or declines. `fuzzing`
//! checks that.

pub(crate) mod chunks;
pub(crate) mod declared;
pub(crate) mod engine;
pub(crate) mod exemplar;
pub(crate) mod fast;
pub(crate) mod filter;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub(crate) mod grammar;
pub(crate) mod label_lengths;
pub(crate) mod labels;
pub(crate) mod leniency;
pub(crate) mod line;
pub(crate) mod name;
pub(crate) mod parser;
pub(crate) mod place;
pub(crate) mod reader;
pub(crate) mod response;
pub(crate) mod sample;
pub(crate) mod shape;
pub(crate) mod step;
pub(crate) mod subject;
pub(crate) mod walk;
pub(crate) mod window;
