//! Completions and man pages name every command.

use std::fs;

use crate::pipes::exposition;

const COMMANDS: [&str; 12] = [
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
