//! The example `proxy`, as a process between servers of all kinds and their scrapers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

#[path = "../support/programs.rs"]
mod programs;

mod answers;
mod bounds;
mod process;
mod upstream;
