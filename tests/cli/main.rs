//! The command `exposition`, run as a user runs it.
//!
//! The transcripts beside this file show whole outputs. `TRYCMD=overwrite cargo test --all-features --test cli`
//! writes them anew: read what it wrote, and put `[..]` in the place of times. They show a backslash as a slash. What a
//! transcript cannot show is tested in the other files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod check;
mod generate;
#[cfg(feature = "parquet")]
mod parquet;
mod pictures;
mod pipes;
mod promtool;
mod real;
mod schemas;
mod servers;
mod speed;
mod support;
mod watch;

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases
        // Help texts are as wide as this, wherever the tests run.
        .env("COLUMNS", "100")
        .case("tests/cli/*.md");
    // What they show of `convert` is what it does with all features.
    if !cfg!(feature = "parquet") {
        cases.skip("tests/cli/convert.md").skip("tests/cli/help.md");
    }
    if !cfg!(all(feature = "parquet", unix)) {
        cases.skip("tests/cli/parquet.md");
    }
}
