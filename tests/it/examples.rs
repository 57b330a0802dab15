//! The examples are short, stand alone, and print what `tests/data/examples/` has of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot begin has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::programs::programs;

/// The examples, and whether the features that they need are there.
const EXAMPLES: [(&str, bool); 12] = [
    ("agent", cfg!(feature = "relabel")),
    ("assert", true),
    ("changes", true),
    ("exporter", true),
    ("lint", true),
    ("merge_targets", true),
    ("native_histogram", true),
    ("read", true),
    (
        "relabel_scrape",
        cfg!(all(feature = "relabel", feature = "serde")),
    ),
    ("statistics", cfg!(feature = "relabel")),
    ("stream", true),
    ("typed", true),
];

/// Programs that are not examples: they measure, for the tests and the documentation.
const MEASURING: [&str; 3] = ["big", "conformance", "cost"];

/// An example has fewer lines.
const LINES: usize = 60;

fn directory(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn examples_are_short_and_stand_alone() {
    let mut faults = Vec::new();
    for (name, _) in EXAMPLES {
        let text = fs::read_to_string(directory("examples").join(format!("{name}.rs"))).unwrap();
        let lines = text.lines().count();
        if lines >= LINES {
            faults.push(format!("{name}: {lines} lines"));
        }
        let starts = ["#[path", "mod ", "pub mod ", "pub(crate) mod ", "include!"];
        let is_elsewhere =
            |line: &&str| (starts.iter()).any(|start| line.trim_start().starts_with(start));
        faults.extend(
            text.lines()
                .filter(is_elsewhere)
                .map(|line| format!("{name}: {line}")),
        );
        if !text.starts_with("//! ") {
            faults.push(format!("{name} does not say what it shows"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_example_is_among_those_that_are_run() {
    let mut unknown = Vec::new();
    for entry in fs::read_dir(directory("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let is_run = EXAMPLES.iter().any(|example| example.0 == name);
            if !is_run && !MEASURING.contains(&&*name) {
                unknown.push(name);
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn examples_print_what_they_did() {
    let names: Vec<&str> = (EXAMPLES.iter().filter(|example| example.1))
        .map(|example| example.0)
        .collect();
    let mut differing = Vec::new();
    for (name, program) in names.iter().zip(programs(&names)) {
        let output = Command::new(program).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{name}: {}\n{errors}",
            output.status
        );
        assert_eq!(errors, "", "{name}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let file = directory("tests/data/examples").join(format!("{name}.txt"));
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if printed != expected.replace("\r\n", "\n") {
            differing.push(format!("{}\n{printed}", file.display()));
        }
    }
    assert!(
        differing.is_empty(),
        "printed otherwise:\n{}",
        differing.join("\n")
    );
}
