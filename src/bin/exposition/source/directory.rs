//! The files in a directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How deep directories may lie in each other.
const DEPTH: usize = 32;

/// Returns the files of a directory and those in it, by name. Names that begin with a dot are left out, and so is what
/// is not a file, such as a pipe. What cannot be read is added to `unread`.
pub(crate) fn files(directory: &Path, unread: &mut Vec<String>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    add(directory, DEPTH, &mut all, unread);
    all
}

fn add(directory: &Path, depth: usize, all: &mut Vec<PathBuf>, unread: &mut Vec<String>) {
    let mut entries = Vec::new();
    match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(read) => entries.extend(read.into_iter().map(|entry| entry.path())),
        Err(error) => unread.push(format!("{}: {error}", directory.display())),
    }
    entries.sort();
    for path in entries {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden {
            continue;
        }
        // A link to a directory may lead in a circle.
        let is_link = fs::symlink_metadata(&path).is_ok_and(|about| about.is_symlink());
        match path.is_dir() {
            true if is_link => unread.push(format!(
                "{}: a link to a directory is not followed",
                path.display()
            )),
            true if depth == 0 => unread.push(format!("{}: too deep", path.display())),
            true => add(&path, depth - 1, all, unread),
            false if path.is_file() || is_link => all.push(path),
            false => {}
        }
    }
}
