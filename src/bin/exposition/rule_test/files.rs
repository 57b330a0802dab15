//! Which files of tests a command line means.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::console::Console;
use crate::failure::Result;
use crate::source;

/// How the names of files of tests end.
const ENDINGS: [&str; 2] = ["_test.yaml", "_test.yml"];

/// Returns the files, with those of patterns and of directories, in the order of their names.
pub(super) fn expanded(from: &[OsString], console: &Console<'_>) -> Result<Vec<OsString>> {
    let mut all = Vec::new();
    for from in from {
        match Path::new(from).is_dir() {
            true => all.extend(of_directory(Path::new(from))?),
            false => all.extend(source::expanded(std::slice::from_ref(from), console)?),
        }
    }
    Ok(all)
}

fn of_directory(directory: &Path) -> Result<Vec<OsString>> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", directory.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(|error| named(&error))? {
        let path = entry.map_err(|error| named(&error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy());
        let is_test = name.is_some_and(|name| ENDINGS.iter().any(|end| name.ends_with(end)));
        if is_test && !path.is_dir() {
            files.push(path.into_os_string());
        }
    }
    if files.is_empty() {
        let none = format!("no file in it ends in {}", ENDINGS.join(" or "));
        return Err(named(&none).into());
    }
    files.sort_unstable();
    Ok(files)
}
