//! Writes expositions.

mod error;
pub(crate) mod naming;
pub mod output;
pub(crate) mod sample;
pub(crate) mod target;
pub(crate) mod text;

pub use error::{EncodeError, NameFault};
