//! Checks the properties of the fuzz targets with every seed and every find.
//!
//! `fast_vs_grammar` is about the inside of the crate: its seeds run among the unit tests, and are with the
//! crate's data.

#![cfg(feature = "operator")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a property that does not hold panics"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/lib.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is a crate of its own, which the program that makes seeds uses too"
)]
mod fuzz;

use fuzz::pack;

/// Makes a test for each property, and the list of their names.
macro_rules! properties {
    ($($name:ident,)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), fuzz::$name::$name);
            }
        )*

        const PROPERTIES: &[&str] = &[$(stringify!($name)),*];
    };
}

properties! {
    doors_agree,
    position_in_bounds,
    families_lossless,
    encode_roundtrip,
    merge_valid,
    relabel_literal_vs_regex,
    relabel_rules_load,
    format_header,
    render_reads_back,
    loop_vs_fresh,
    oracle,
    protobuf_doors_agree,
    native_histogram_holds,
    protobuf_roundtrip,
}

/// Few patterns are too large to try, and those are counted.
#[test]
fn few_patterns_are_passed_over() {
    assert!(!fuzz::size::is_too_large(r"([^:]+)(?::\d+)?;(\d+)"));
    assert!(!fuzz::size::is_too_large(r"a{1000}(?:b{2}){3}"));
    let before = fuzz::size::passed_over();
    assert!(fuzz::size::is_too_large(r"\pL{1000}\pL{1000}"));
    assert!(fuzz::size::is_too_large(r"(?i)(?:é{100}){9}"));
    assert!(fuzz::size::passed_over() >= before + 2);
}

fn replay(name: &str, property: fn(&[u8])) {
    let holds = |source: &str, data: &[u8]| {
        if let Err(cause) = panic::catch_unwind(|| property(data)) {
            eprintln!("{name} does not hold of {source}: {}", data.escape_ascii());
            panic::resume_unwind(cause);
        }
    };
    let mut seeds = 0;
    for (path, packed) in files(&directory("seeds", name)) {
        for seed in pack::unpack(&packed).unwrap() {
            holds(&format!("seed {seeds}, in {path}"), &seed);
            seeds += 1;
        }
    }
    assert!(seeds >= 50, "{name} has {seeds} seeds");
    for (path, find) in files(&directory("finds", name)) {
        holds(&path, &find);
    }
}

fn directory(kind: &str, target: &str) -> PathBuf {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    fuzz.join(kind).join(target)
}

/// Returns the files of a directory, with their paths; none if it does not exist.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let paths = fs::read_dir(directory).into_iter().flatten();
    paths
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.display().to_string(), fs::read(path).unwrap())
        })
        .collect()
}

/// Nothing would check the seeds and finds of a target that does not exist.
#[test]
fn targets_have_properties() {
    let known: BTreeSet<String> = PROPERTIES.iter().map(|name| (*name).into()).collect();
    let names = |directory: PathBuf, end: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(directory).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names
            .filter(|name| !name.starts_with('.'))
            .map(|name| name.trim_end_matches(end).to_owned())
            .collect()
    };
    let mut targets = names(directory("fuzz_targets", ""), ".rs");
    assert!(targets.remove("fast_vs_grammar"));
    assert_eq!(targets, known);
    assert_eq!(names(directory("seeds", ""), ""), known);
    assert!(names(directory("finds", ""), "").is_subset(&known));
}

/// Every target is built, and has an existing dictionary.
#[test]
fn targets_are_listed() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let read = |name: &str| fs::read_to_string(fuzz.join(name)).unwrap();
    let (manifest, table) = (read("Cargo.toml"), read("targets.tsv"));
    let mut listed = BTreeSet::new();
    for line in table.lines().skip(1) {
        let (target, dictionaries) = line.split_once('\t').unwrap();
        assert!(
            manifest.contains(&format!("name = \"{target}\"\n")),
            "{target}"
        );
        for name in dictionaries.split(' ') {
            let words = read(&format!("dictionaries/{name}.dict"));
            assert!(words.lines().any(|line| line.starts_with('"')), "{name}");
        }
        listed.insert(target.to_owned());
    }
    let mut known: BTreeSet<String> = PROPERTIES.iter().map(|name| (*name).into()).collect();
    known.insert("fast_vs_grammar".into());
    assert_eq!(listed, known);
}
