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
/// Manifests come through a pipe as `kubectl get -o yaml` prints them.
#[test]
fn a_cluster_is_piped() {
    let mut text = Vec::new();
    for name in ["prometheus", "sidecars-monitor", "shop"] {
        text.extend(std::fs::read(format!("examples/mesh/{name}.yaml")).unwrap());
        text.extend(b"\n---\n");
    }
    for arguments in [&["monitor"][..], &["monitor", "-"]] {
        let (out, code) = piped(arguments, &text);
        assert!(out.starts_with("Prometheus prometheus/prom "), "{out}");
        assert!(out.contains("\n2 of 7 ports are scraped\n"), "{out}");
        assert_eq!(code, Some(0));
    }
}

/// What rules leave of a body is written as protobuf too, and read again.
#[test]
fn what_is_left_is_written_as_protobuf() {
    let written = exposition(&[
        "relabel",
        "--rules",
        "tests/cli/in/metric_rules.yaml",
        "--body",
        "tests/cli/in/relabelled.prom",
        "--output",
        "protobuf",
    ])
    .output()
    .unwrap();
    // Samples became one series.
    assert_eq!(written.status.code(), Some(3));
    let body = Temporary::new("left.pb", &written.stdout);
    let arguments = [
        "convert",
        "--format",
        "protobuf",
        "--to",
        "text",
        body.name(),
    ];
    let Output { stdout, .. } = exposition(&arguments).output().unwrap();
    let text = String::from_utf8(stdout).unwrap();
    for line in [
        "# TYPE new_seconds histogram\n",
        "new_seconds_bucket{le=\"0.1\"} 2\n",
        "jobs_total{queue=\"mail\"} 4\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

/// The report is a file that continuous integration reads.
#[test]
fn a_report_is_written_to_its_file() {
    let report = Temporary::new("report.xml", b"");
    let tests = Temporary::new(
        "report_test.yaml",
        b"rules: [{regex: a, action: labeldrop}]\ntests:\n- {name: one, labels: {a: b, c: d}, expect: {labels: {c: d}}}\n",
    );
    let arguments = ["relabel", "test", tests.name(), "--junit", report.name()];
    let output = exposition(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let xml = std::fs::read_to_string(report.name()).unwrap();
    assert!(xml.contains("<testcase name=\"one\""), "{xml}");
    assert!(xml.trim_end().ends_with("</testsuites>"), "{xml}");
}

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
