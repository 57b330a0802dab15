//! The house follows ARCHITECTURE.md: rooms import from rooms above them, and no two files import each other.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;

/// A module's path within the crate: `text::line`.
type Module = String;

/// What a file of the crate imports, by module.
struct House {
    imports: BTreeMap<Module, BTreeSet<Module>>,
    /// Paths of this crate that do not lead to a module: what `lib.rs` shows to users.
    through_lib: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the rooms in the order of ARCHITECTURE.md's table: the names in backquotes at the start of its
/// rows.
fn rooms() -> Vec<String> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let (_, house) = page.split_once("\n## The house\n").unwrap();
    let house = house.split("\n## ").next().unwrap_or_default();
    let row = Regex::new(r"(?m)^\| `([a-z_]+)(?:\.rs|/)` \|").unwrap();
    let rooms: Vec<String> = row
        .captures_iter(house)
        .map(|row| row[1].to_owned())
        .collect();
    assert!(rooms.len() > 10, "{rooms:?}");
    rooms
}

/// The library and the command, by the directories of their files.
const LIBRARY: &str = "src";
const COMMAND: &str = "src/bin/exposition";

/// Returns the texts of all files of a crate except tests, by module, without comments and tests.
fn files(directory: &str) -> BTreeMap<Module, String> {
    let mut files = BTreeMap::new();
    let mut directories = vec![(root().join(directory), String::new())];
    while let Some((directory, module)) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let inner = match (module.as_str(), name) {
                (_, "mod") => module.clone(),
                ("", _) => name.to_owned(),
                _ => format!("{module}::{name}"),
            };
            if path.is_dir() {
                // The command is a crate of its own.
                if inner != "bin" {
                    directories.push((path, inner));
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.insert(inner, code(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    // Tests, and what is there only for them, use everything.
    let is_of_tests = |module: &str| {
        let parts: Vec<&str> = module.split("::").collect();
        let is_test =
            |part: &&str| *part == "tests" || part.ends_with("_tests") || *part == "fuzzing";
        parts.iter().any(is_test) || ["lib", "main"].contains(&module)
    };
    files.retain(|module, _| !is_of_tests(module));
    files
}

/// Returns a file without its comments and without its tests, which are at its end.
fn code(text: &str) -> String {
    let tests = Regex::new(r"(?s)#\[cfg\(test\)\]\s+(?:#\[[^\]]*\]\s+)*mod \w+ \{.*").unwrap();
    let comments = Regex::new(r"(?m)^\s*//.*$").unwrap();
    let text = comments.replace_all(text, "");
    tests.replace(&text, "").into_owned()
}

/// Returns the paths of a `use`, with braces expanded.
fn undo_braces(tree: &str) -> Vec<String> {
    let Some((prefix, inner)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.trim().to_owned()];
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut start, mut paths) = (0, 0, Vec::new());
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = inner[start..at].trim();
                if !part.is_empty() {
                    paths.extend(
                        undo_braces(part)
                            .iter()
                            .map(|part| format!("{}{part}", prefix.trim())),
                    );
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    paths
}

impl House {
    fn read(directory: &str) -> Self {
        let files = files(directory);
        let uses = Regex::new(r"\buse ((?:crate|super|self)::[^;]*);").unwrap();
        let inline = Regex::new(r"\bcrate::(?:\w+::)*\w+").unwrap();
        let mut house = House {
            imports: BTreeMap::new(),
            through_lib: Vec::new(),
        };
        for (module, text) in &files {
            let used = uses
                .captures_iter(text)
                .flat_map(|found| undo_braces(&found[1]));
            let named = inline
                .find_iter(text)
                .map(|found| found.as_str().to_owned());
            let paths: BTreeSet<String> = used.chain(named).collect();
            let imports = house.imports.entry(module.clone()).or_default();
            for path in paths {
                match defined_in(&files, module, &path) {
                    Some(other) if other == *module => {}
                    Some(other) => _ = imports.insert(other),
                    None => house.through_lib.push(format!("{module} uses {path}")),
                }
            }
        }
        house
    }

    /// Returns the modules that import themselves through others.
    fn circles(&self) -> Vec<&Module> {
        let reached = |from: &Module| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
            while let Some(module) = next.pop() {
                for import in self.imports.get(module).into_iter().flatten() {
                    if seen.insert(import) {
                        next.push(import);
                    }
                }
            }
            seen
        };
        let modules = self.imports.keys();
        modules
            .filter(|module| reached(module).contains(module))
            .collect()
    }
}

/// Returns the module that a path leads to, or that contains its item.
fn defined_in(files: &BTreeMap<Module, String>, module: &str, path: &str) -> Option<Module> {
    let mut base: Vec<&str> = module.split("::").collect();
    let mut parts: Vec<&str> = path.split("::").collect();
    if parts.first() == Some(&"crate") {
        base.clear();
        parts.remove(0);
    }
    while let Some(first @ (&"super" | &"self")) = parts.first() {
        if *first == "super" {
            base.pop();
        }
        parts.remove(0);
    }
    base.extend(parts);
    (1..=base.len())
        .rev()
        .filter_map(|len| Some(base.get(..len)?.join("::")))
        .find(|module| files.contains_key(module))
}

#[test]
fn rooms_import_from_rooms_above_them() {
    let (rooms, house) = (rooms(), House::read(LIBRARY));
    let place = |module: &str| {
        let room = module.split("::").next().unwrap_or_default();
        let place = rooms.iter().position(|known| known == room);
        place.unwrap_or_else(|| panic!("ARCHITECTURE.md has no room `{room}`"))
    };
    let imports = house.imports.iter();
    let pairs =
        imports.flat_map(|(module, others)| others.iter().map(move |other| (module, other)));
    let below: Vec<String> = pairs
        .filter(|(module, other)| place(other) > place(module))
        .map(|(module, other)| format!("{module} imports {other}"))
        .collect();
    assert!(below.is_empty(), "{below:#?}");
}

#[test]
fn no_files_import_each_other() {
    for directory in [LIBRARY, COMMAND] {
        let house = House::read(directory);
        assert_eq!(house.circles(), Vec::<&Module>::new(), "{directory}");
    }
}

#[test]
fn what_is_imported_is_named_where_it_is_defined() {
    let house = House::read(LIBRARY);
    assert_eq!(house.through_lib, Vec::<String>::new());
}

#[test]
fn braces_of_imports_are_undone() {
    let tree = "crate::{a::{B, c::D as E}, f, g::{self, H}}";
    let paths = [
        "crate::a::B",
        "crate::a::c::D",
        "crate::f",
        "crate::g::self",
        "crate::g::H",
    ];
    assert_eq!(undo_braces(tree), paths);
}
