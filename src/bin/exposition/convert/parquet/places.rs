//! Where bodies are: files, those in directories, URLs, standard input.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::console::Console;
use crate::source;

/// Where a body is, and of which target it is.
pub(super) struct Place {
    pub(super) from: OsString,
    pub(super) target: String,
}

/// Where all bodies are.
pub(super) struct Places {
    pub(super) all: Vec<Place>,
    /// How many directories, or links to them, could not be read.
    pub(super) unreadable: u64,
}

impl Places {
    /// Finds the bodies: each place that is given, and the files in those that are directories. In a directory, the
    /// files in `written` are not bodies: this run replaces them.
    pub(super) fn of(from: &[OsString], written: &[&Path], console: &Console<'_>) -> Self {
        let written: Vec<PathBuf> = written.iter().flat_map(fs::canonicalize).collect();
        let mut places = Places {
            all: Vec::new(),
            unreadable: 0,
        };
        for from in from {
            match Path::new(from).is_dir() {
                true => places.add_files(Path::new(from), &written, console),
                false => places.all.push(Place {
                    from: from.clone(),
                    target: source::called(from),
                }),
            }
        }
        places
    }

    fn add_files(&mut self, directory: &Path, written: &[PathBuf], console: &Console<'_>) {
        let before = self.all.len();
        let mut unread = Vec::new();
        for path in source::files(directory, &mut unread) {
            if is_among(&path, written) {
                let name = path.display();
                console.note(format_args!(
                    "{name}: this is where a table goes, and not a body"
                ));
                continue;
            }
            self.all.push(Place {
                target: below(&path, directory),
                from: path.into_os_string(),
            });
        }
        for error in &unread {
            console.tell(format_args!("error: {error}"));
        }
        self.unreadable += unread.len() as u64;
        if self.all.len() == before && unread.is_empty() {
            console.note(format_args!("{}: no files are in it", directory.display()));
        }
    }
}

/// Tells whether a path is one of these files.
fn is_among(path: &Path, files: &[PathBuf]) -> bool {
    // Only what is called so is looked at.
    let is_called_so = |file: &&PathBuf| file.file_name() == path.file_name();
    files
        .iter()
        .filter(is_called_so)
        .any(|file| fs::canonicalize(path).is_ok_and(|path| path == **file))
}

/// Returns the path below a directory, with the same separator on every system.
fn below(path: &Path, directory: &Path) -> String {
    let path = path.strip_prefix(directory).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(OsStr::to_string_lossy).collect();
    parts.join("/")
}
