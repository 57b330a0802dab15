//! The README's commands, and what it says that they print.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::support::Outcome;

/// Returns the commands of the README and their output.
pub(crate) fn commands() -> Vec<(String, String)> {
    let readme = include_str!("../../README.md");
    let blocks = readme.split("```console\n$ ").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let cut = |block: &str| {
        let start = block.find("\n+-").unwrap() + 1;
        (
            block[..start].trim_end().to_owned(),
            block[start..].to_owned(),
        )
    };
    blocks.map(cut).collect()
}

#[test]
fn commands_print_what_the_readme_says() -> Outcome {
    let binaries = Path::new(env!("CARGO_BIN_EXE_fleet")).parent().unwrap();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(
        [binaries.to_owned()]
            .into_iter()
            .chain(env::split_paths(&path)),
    )?;
    let commands = commands();
    assert_eq!(commands.len(), 6);
    for (command, expected) in commands {
        let output = Command::new("sh")
            .args(["-c", &format!("{command} 2>&1")])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("PATH", &path)
            .output()?;
        assert!(output.status.success(), "{command}");
        assert_eq!(String::from_utf8(output.stdout)?, expected, "{command}");
    }
    Ok(())
}
