//! Runs command lines in unit tests.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser as _;

use crate::command_line::Arguments;
use crate::console::Console;
use crate::failure;
use crate::outcome::Outcome;

/// A directory of its own for a test, which is removed at its end.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("exposition-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(&directory).unwrap();
        Directory(directory)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a command line as a user would, where there are these files. Returns how it ends and what it prints, or its
/// error.
pub(crate) fn run(words: &[&str], files: &[(&str, &[u8])]) -> Result<(Outcome, String), String> {
    let directory = Directory::new();
    for (name, bytes) in files {
        fs::write(directory.0.join(name), bytes).unwrap();
    }
    let is_file = |word: &str| files.iter().any(|(name, _)| *name == word);
    let words = words.iter().map(|word| match is_file(word) {
        true => directory.0.join(word).into_os_string(),
        false => OsString::from(word),
    });
    let program = OsString::from("exposition");
    let arguments = Arguments::parse_from(std::iter::once(program).chain(words));
    let mut out = Vec::new();
    let mut console = Console::new(&arguments.output, &mut out);
    let outcome = crate::run(arguments.command, &mut console);
    let prefix = format!("{}/", directory.0.display());
    let plain = |text: String| text.replace(&prefix, "");
    match outcome {
        Ok(outcome) => Ok((outcome, plain(String::from_utf8(out).unwrap()))),
        Err(error) => Err(plain(failure::in_full(&*error))),
    }
}
