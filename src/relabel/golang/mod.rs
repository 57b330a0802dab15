//! Go's regular expressions and case mappings, expressed for Rust's.
//!
//! Go's syntax and Rust's differ in what they accept and in what the same text means. So a pattern is read
//! here as Go reads it ([`parse`]) and written anew for the engine ([`emit`]), with every class spelled out.
//! Nothing of a user's text reaches Rust's parser.

mod ast;
mod case;
mod class;
mod emit;
mod error;
mod escape;
mod names;
mod parse;
mod run;
#[cfg(test)]
mod tests;

pub(super) use ast::{Ast, Kind, Repeat};
pub(super) use case::Case;
pub(super) use class::Bytes;
pub(super) use emit::engine;
pub use error::RegexError;
pub(super) use parse::{Parsed, parse};
