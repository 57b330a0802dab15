//! Questions to fleets of which the answer is known otherwise.
//!
//! - `corpus.rs`: bodies of real servers, against what the library's families say
//! - `filters.rs`: filters and projections change which rows there are, and nothing else
//! - `tables.rs`: lines in error, tables of families, paths
//! - `command.rs`: the command line
//! - `readme.rs`: the README's commands
//! - `cluster.rs`: the same answers from a scheduler and two executors, one of which is stopped

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests may fail them"
)]

mod cluster;
mod command;
mod corpus;
mod filters;
mod readme;
mod support;
mod tables;
