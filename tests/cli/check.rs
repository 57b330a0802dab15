//! `check`'s verdict is Prometheus', of files and of responses.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::pipes::exposition;

/// Checks a body from standard input. Returns what `--json` says of it, and the exit code.
fn checked(arguments: &[&str], body: &[u8]) -> (Value, Option<i32>) {
    let mut child = exposition(&["check", "--json", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body).unwrap();
    let Output { status, stdout, .. } = child.wait_with_output().unwrap();
    (serde_json::from_slice(&stdout).unwrap(), status.code())
}

/// Bodies with an error: whether Prometheus takes them nevertheless, and a rule for what others make of it.
const BODIES: &[(&str, &[u8], &str, &str)] = &[
    ("text", b"a{b=c} 1\n", "lost", "LX0"),
    ("text", b"a{b=\"\xff\"} 1\n", "lost", "LX56"),
    ("text", b"a 1e999\n", "lost", "LX48"),
    ("text", b"# TYPE a info\na 1\n", "lost", "LX38"),
    ("text", b"a{b=\"1\",b=\"1\"} 1\n", "lost", "LX11"),
    ("text", b"a{__name__=\"b\"} 1\n", "lost", "LX34"),
    ("openmetrics", b"a 1\n", "lost", "eof"),
    ("openmetrics", b"a 1\n# EOF\nb 1\n", "lost", "eof"),
    (
        "openmetrics",
        b"# UNIT a s\na 1\n# EOF\n",
        "lost",
        "unit-suffix",
    ),
    ("text", b"a 1\na 2\n", "accepted", "LX8"),
    (
        "text",
        b"# TYPE a gauge\na 1\n# TYPE a counter\n",
        "accepted",
        "LX1",
    ),
    ("text", b"# HELP a b\n# HELP a c\na 1\n", "accepted", "LX2"),
    ("text", b"a 1\n# TYPE a gauge\n", "accepted", "LX3"),
    (
        "text",
        b"# TYPE h histogram\nh_bucket{le=\"bla\"} 1\n",
        "accepted",
        "LX18",
    ),
    ("text", b"# TYPE h histogram\nh 1\n", "accepted", "LX17"),
    ("text", b"# TYPE s summary\ns 1\n", "accepted", "LX24"),
    (
        "openmetrics",
        b"# TYPE h histogram\nh_bucket{le=\"1\"} 1\n# EOF\n",
        "accepted",
        "missing-inf-bucket",
    ),
    ("openmetrics", b"", "accepted", "eof"),
];

#[test]
fn errors_lose_a_scrape_where_they_lose_it_in_prometheus() {
    for (format, body, verdict, rule) in BODIES {
        let shown = body.escape_ascii();
        let (said, code) = checked(&["--format", format], body);
        assert_eq!(said["verdict"], *verdict, "{shown}: {said}");
        let expected = if *verdict == "lost" { 1 } else { 3 };
        assert_eq!(code, Some(expected), "{shown}: {said}");
        let mut findings = said["findings"].as_array().unwrap().iter();
        assert!(
            findings.any(|found| found["rule"] == *rule),
            "{shown}: {said}"
        );
    }
}

/// The bodies of real servers, and what Prometheus said of each.
#[test]
fn real_bodies_have_the_verdict_that_prometheus_gave() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus"));
    let index = std::fs::read_to_string(root.join("INDEX.tsv")).unwrap();
    let (mut paths, mut verdicts) = (Vec::new(), Vec::new());
    for line in index.lines().skip(1) {
        let mut columns = line.split('\t');
        let plain = root.join(columns.next().unwrap());
        let packed = PathBuf::from(format!("{}.gz", plain.display()));
        let Some(path) = [plain, packed].into_iter().find(|path| path.exists()) else {
            continue;
        };
        paths.push(path);
        verdicts.push(match columns.nth(2).unwrap() {
            "accept" => "accepted",
            _ => "lost",
        });
    }
    assert!(paths.len() > 40, "{}", paths.len());
    let output = exposition(&["check", "--json"])
        .args(&paths)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let said: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(said.len(), paths.len());
    for ((path, verdict), said) in paths.iter().zip(verdicts).zip(said) {
        assert_eq!(said["verdict"], verdict, "{}: {said}", path.display());
    }
    assert_eq!(output.status.code(), Some(1));
}

/// Has a server answer once with this header and this body. Returns what the command prints, with the server's URL as
/// `URL`, and the exit code.
fn answered(header: &str, body: &str, arguments: &[&str]) -> (String, Option<i32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 200 OK\r\n{header}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let output = exposition(arguments).arg(&url).output().unwrap();
    server.join().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let out = String::from_utf8(output.stdout).unwrap();
    (out.replace(&url, "URL"), output.status.code())
}

#[test]
fn the_header_of_a_response_is_judged() {
    let text = "# HELP up Is it?\n# TYPE up gauge\nup 1\n";
    let openmetrics = "# HELP up Is it?\n# TYPE up gauge\nup 1\n# EOF\n";
    let plain = "Content-Type: text/plain; version=0.0.4\r\n";
    let om = "Content-Type: application/openmetrics-text; version=1.0.0\r\n";
    let html = "Content-Type: text/html\r\n";

    let (out, code) = answered(plain, text, &["check"]);
    assert!(
        out.starts_with(
            "accepted: 1 sample, 1 series, 1 family\n\
             read as PrometheusText0.0.4, as its Content-Type says\n\n\
             Lint: nothing found\n"
        ),
        "{out}"
    );
    assert_eq!(code, Some(0));

    for header in ["", html] {
        let (out, code) = answered(header, text, &["check"]);
        let start = "lost: ";
        assert!(out.starts_with(start), "{out}");
        let next = "\nfallback_scrape_protocol in the scrape configuration names a format for it\n\
             read as PrometheusText0.0.4, for it does not end in `# EOF`\n";
        assert!(out.contains(next), "{out}");
        assert_eq!(code, Some(1));
    }

    let (out, code) = answered(om, text, &["check"]);
    assert!(out.starts_with("lost: 1 error, for which"), "{out}");
    assert!(
        out.contains("error[LX90a]: a text body under a Content-Type"),
        "{out}"
    );
    assert!(out.contains("\n --> URL:4:1 (byte 38)\n"), "{out}");
    assert_eq!(code, Some(1));

    let (out, code) = answered(plain, openmetrics, &["check"]);
    assert!(out.starts_with("accepted: 1 sample"), "{out}");
    let hint = "this looks like OpenMetrics, and is read as the text format; \
         --format openmetrics reads it as what it is\n";
    assert!(out.contains(hint), "{out}");
    assert!(out.contains("warning[LX90b]"), "{out}");
    assert_eq!(code, Some(3));

    // Asked for by name, it is checked as such.
    let (out, code) = answered(plain, openmetrics, &["check", "--strict"]);
    assert!(
        out.starts_with(
            "accepted: 1 sample, 1 series, 1 family\nread as OpenMetricsText1.0.0, as --strict says\n"
        ),
        "{out}"
    );
    assert_eq!(code, Some(0));
}
