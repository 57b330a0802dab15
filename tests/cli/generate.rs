//! Completions and man pages name every command, and every shape is described.

use std::fs;

use crate::pipes::exposition;

const COMMANDS: [&str; 13] = [
    "show",
    "lines",
    "check",
    "top",
    "diff",
    "watch",
    "convert",
    "merge",
    "relabel",
    "monitor",
    "schema",
    "completions",
    "man",
];

#[test]
fn completions_know_commands_and_options() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = exposition(&["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        for word in COMMANDS
            .iter()
            .chain(&["what-if", "max-body", "unix-socket"])
        {
            assert!(script.contains(word), "{shell}: {word}");
        }
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn there_is_a_man_page_of_each_command() {
    let directory = std::env::temp_dir().join(format!("exposition-man-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let output = exposition(&["man", directory.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for command in COMMANDS {
        let page = directory.join(format!("exposition-{command}.1"));
        let page = fs::read_to_string(page).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}: {page}");
    }
    fs::remove_dir_all(&directory).unwrap();
    let output = exposition(&["man"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.contains(".TH exposition 1"), "{page}");
}

#[test]
fn every_schema_is_printed() {
    let output = exposition(&["schema"]).output().unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/exposition/schema");
    let mut files = 0;
    for file in fs::read_dir(directory).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(names.lines().any(|known| known == name), "{name}");
        let output = exposition(&["schema", &name]).output().unwrap();
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let written = fs::read_to_string(&path).unwrap();
        assert_eq!(
            printed,
            serde_json::from_str::<serde_json::Value>(&written).unwrap()
        );
        files += 1;
    }
    assert_eq!(names.lines().count(), files);
}
