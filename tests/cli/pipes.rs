//! What a transcript cannot show: pipes that close early, that bring the body, and that bring nothing.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Returns the command with these arguments.
pub(crate) fn exposition(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exposition"));
    command.args(arguments);
    command
}

/// A file with these bytes, which is deleted after the test.
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("exposition-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Temporary(path)
    }

    pub(crate) fn name(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Each command, with arguments for which it prints much more of this body than a pipe holds.
const COMMANDS: &[&[&str]] = &[
    &["show", "--limit", "0", "BODY"],
    &["show", "--json", "BODY"],
    &["lines", "BODY"],
    &["lines", "--json", "BODY"],
    &["check", "--limit", "0", "BODY"],
    &["check", "--json", "BODY"],
    &[
        "check",
        "--promtool",
        "--lint",
        "none",
        "--extended",
        "BODY",
    ],
    &["top", "--limit", "0", "BODY"],
    &["top", "--json", "BODY"],
    &["diff", "--limit", "0", "BODY", "tests/cli/in/empty.prom"],
    &["diff", "--json", "BODY", "tests/cli/in/empty.prom"],
    &["convert", "--to", "openmetrics", "BODY"],
    &["merge", "BODY"],
    &[
        "relabel",
        "--rules",
        "tests/cli/in/replace.yaml",
        "--limit",
        "100000",
        "--body",
        "BODY",
    ],
];

#[test]
fn a_pipe_that_closes_early_is_quiet() {
    let mut body = String::new();
    for number in 0..20_000 {
        body.push_str(&format!(
            "a_metric_with_a_long_name_{number}{{a=\"b\"}} 1\n"
        ));
    }
    let body = Temporary::new("large.prom", body.as_bytes());
    for arguments in COMMANDS {
        let arguments: Vec<&str> = (arguments.iter())
            .map(|word| if *word == "BODY" { body.name() } else { *word })
            .collect();
        let mut child = exposition(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let read = out.read_exact(&mut [0; 10]);
        drop(out);
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(read.is_ok(), "{arguments:?}: {stderr}");
        assert_eq!(status.code(), Some(0), "{arguments:?}: {stderr}");
        let is_remark = |line: &str| line.starts_with("note: ");
        assert!(stderr.lines().all(is_remark), "{arguments:?}: {stderr}");
    }
}

/// Runs the command with these bytes on its standard input.
fn piped(arguments: &[&str], bytes: &[u8]) -> (String, Option<i32>) {
    let mut child = exposition(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let Output { status, stdout, .. } = child.wait_with_output().unwrap();
    (String::from_utf8(stdout).unwrap(), status.code())
}

#[test]
fn what_is_piped_needs_no_dash() {
    for arguments in [&["show", "--prom2json"][..], &["show", "--prom2json", "-"]] {
        let (out, code) = piped(arguments, b"up{job=\"a\"} 1\n");
        assert_eq!(
            out,
            "[{\"name\":\"up\",\"help\":\"\",\"type\":\"UNTYPED\",\"metrics\":\
             [{\"labels\":{\"job\":\"a\"},\"value\":\"1\"}]}]\n"
        );
        assert_eq!(code, Some(0));
    }
    for command in ["check", "top"] {
        let (out, code) = piped(&[command], b"# HELP up Is it?\n# TYPE up gauge\nup 1\n");
        assert!(out.contains("1 sample, 1 series"), "{out}");
        assert_eq!(code, Some(0));
    }
    let (out, code) = piped(&["diff", "-", "tests/cli/in/empty.prom"], b"up 1\n");
    assert!(out.starts_with("Breaking\n- up: family removed"), "{out}");
    assert_eq!(code, Some(3));
    let (out, code) = piped(&["lines"], b"up{ 1\n");
    assert!(out.contains("--> standard input:1:5"), "{out}");
    assert_eq!(code, Some(1));
}

/// A pipe that stays open and silent does not keep the command waiting forever.
#[test]
fn silence_is_given_up_on() {
    let mut child = exposition(&["show", "--match", "no_such_family"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Open until the command has ended.
    let silence = child.stdin.take();
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    drop(silence);
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(
        stderr.starts_with("note: nothing comes on standard input; `-` waits for it\n"),
        "{stderr}"
    );
    assert_eq!(status.code(), Some(0), "{stderr}");
}
