//! Assertions on files of tests.

use std::error::Error;
use std::path::{Path, PathBuf};

use super::error::RuleTestError;
use super::results::Results;
use super::test_file::RuleTests;
use crate::testing::fail::fail;

/// Asserts that all cases of a file of tests pass. In a test that `cargo test` runs, the path is relative
/// to the directory of the package.
///
/// ```
/// # let directory = std::env::temp_dir().join(format!("exposition-rules-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let file = directory.join("relabel_test.yaml");
/// # std::fs::write(&file, "rules: [{regex: a, action: labeldrop}]\ntests: [{labels: {a: b}, expect: {labels: {}}}]\n")?;
/// // #[test]
/// // fn sidecars_are_kept() {
/// exposition::testing::rules::assert_file(&file); // "tests/relabel_test.yaml"
/// // }
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
/// If a case fails, with all that fail; or if the file cannot be run.
#[track_caller]
pub fn assert_file(file: impl AsRef<Path>) {
    settle(RuleTests::read(file).map(|tests| tests.run()));
}

/// Asserts that all cases of a text pass; file names in it are relative to `directory`.
///
/// ```
/// exposition::testing::rules::assert_text("
/// rules:
/// - {regex: pod, action: labeldrop}
/// tests:
/// - body: |
///     jobs{pod=\"x\"} 1
///   expect: {series: [jobs 1]}
/// ", "tests");
/// ```
///
/// # Panics
/// If a case fails, with all that fail; or if the text cannot be run.
#[track_caller]
pub fn assert_text(text: &str, directory: impl Into<PathBuf>) {
    settle(RuleTests::parse(text, directory).map(|tests| tests.run()));
}

#[track_caller]
fn settle(results: Result<Results, RuleTestError>) {
    match results {
        Ok(results) if results.is_passed() => {}
        Ok(results) => fail(results),
        Err(error) => match error.source() {
            Some(source) => fail(format_args!("{error}: {source}")),
            None => fail(error),
        },
    }
}
