//! The text formats: from bytes to lines.
//!
//! - [`line`], [`sample`], [`labels`], [`exemplar`] are what readers get: views that borrow. [`shape`] and [`walk`]
//!   say where in a line their parts lie, [`name`] undoes the escapes of a metric's name.
//! - [`grammar`] is the readable truth about a line and the only source of errors; [`fast`] reads ordinary lines and
//!   declines the rest.
//! - [`engine`] knows the state between lines, and nothing of where bytes come from; [`place`] is where in a body it
//!   is. [`parser`], [`chunks`] and [`reader`] are thin doors to it; [`response`] chooses one by a header.
//! - [`window`] is the part of a slice in which lines are read now.
//! - [`filter`] passes over what nobody wants; [`leniency`] notes what only lenient reading takes.
//!
//! What is accepted changes in [`grammar`] first; then [`fast`] agrees or declines. `fuzzing` asks whether it does.

pub(crate) mod chunks;
pub(crate) mod declared;
pub(crate) mod engine;
pub(crate) mod exemplar;
pub(crate) mod fast;
pub(crate) mod filter;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub(crate) mod grammar;
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
pub(crate) mod walk;
pub(crate) mod window;
