//! Finds the programs of `examples/`, as they are built.

#![allow(clippy::expect_used, reason = "a test that cannot begin has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, fs};

/// Returns the paths of examples, built from the files as they are.
///
/// `cargo test` builds all examples before it runs the tests, and there is nothing to do. `cargo test --test it`
/// does not, and leaves what an earlier build made of them: then they are built here, in the profile of the tests.
pub(crate) fn programs(names: &[&str]) -> Vec<PathBuf> {
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);

    let test = env::current_exe().expect("a test has a path");
    let directory = (test.parent().and_then(Path::parent)).expect("tests are built in `deps`");
    let path = |name: &&str| {
        let program = directory.join("examples").join(name);
        program.with_extension(env::consts::EXE_EXTENSION)
    };
    let stale: Vec<&str> = (names.iter().copied())
        .filter(|name| !is_fresh(&path(name)))
        .collect();
    if !stale.is_empty() {
        build(&stale, directory);
    }
    let programs: Vec<PathBuf> = names.iter().map(path).collect();
    for program in &programs {
        assert!(
            is_fresh(program),
            "{} is missing or older than its files: build it with `cargo test --no-run` and the options of this run",
            program.display()
        );
    }
    programs
}

/// Tells whether a program is there and none of the files that it was built from is newer.
fn is_fresh(program: &Path) -> bool {
    let changed = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    let Some(built) = changed(program) else {
        return false;
    };
    // `PROGRAM: FILE FILE…`, where a blank within a name follows a backslash.
    let Ok(list) = fs::read_to_string(program.with_extension("d")) else {
        return false;
    };
    let (_, list) = list.split_once(": ").unwrap_or_default();
    let files = list.trim_end().replace("\\ ", "\0");
    let files: Vec<String> = (files.split(' ').filter(|file| !file.is_empty()))
        .map(|file| file.replace('\0', " "))
        .collect();
    // Another directory's programs can have the same place: that of the package as it was unpacked.
    let is_here = |file: &String| Path::new(file).starts_with(env!("CARGO_MANIFEST_DIR"));
    let is_old = |file: &String| changed(Path::new(file)).is_some_and(|time| time <= built);
    files.iter().any(is_here) && files.iter().all(is_old)
}

/// Builds those examples, with the features of this run.
fn build(names: &[&str], directory: &Path) {
    let profile = match directory.file_name().and_then(|name| name.to_str()) {
        None | Some("debug") => "test",
        Some(profile) => profile,
    };
    let features = [
        ("cli", cfg!(feature = "cli")),
        ("operator", cfg!(feature = "operator")),
        ("relabel", cfg!(feature = "relabel")),
        ("serde", cfg!(feature = "serde")),
    ];
    let features = features.iter().filter(|feature| feature.1);
    let features: Vec<&str> = features.map(|feature| feature.0).collect();
    let building = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--no-default-features"])
        .args(["--profile", profile, "--features", &features.join(",")])
        .args(names.iter().flat_map(|name| ["--example", name]))
        .arg("--target-dir")
        .arg(directory.parent().unwrap_or(directory))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    let built = building.expect("cargo can be run");
    assert!(built.success(), "the examples cannot be built: {built}");
}
