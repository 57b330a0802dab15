//! How `watch` goes on, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{masked, storyteller};
use crate::support::server::{Server, TEXT, reply};
use crate::support::{Directory, command, run};

/// The exit code is that of the last scrape, unless somebody ends it.
#[test]
fn the_last_scrape_decides() {
    for (count, code) in [("3", 0), ("4", 1), ("5", 1), ("6", 0)] {
        let server = storyteller();
        let ran = run([
            "watch",
            &server.metrics(),
            "--interval",
            "10ms",
            "--count",
            count,
        ]);
        assert_eq!(ran.code, code, "{count}");
    }
    let ran = run([
        "watch",
        "http://127.0.0.1:1/",
        "--interval",
        "10ms",
        "--for",
        "50ms",
    ]);
    assert_eq!(ran.code, 1);
    let line = "time=T up=0 seconds=S stale=0 error=\"nothing listens on 127.0.0.1:1: connection refused\"\n";
    let lines = masked(&ran.out);
    assert!(
        lines.matches(line).count() > 1 && lines.replace(line, "").is_empty(),
        "{lines}"
    );
}

/// A server may keep a connection open and close it just before the next scrape.
#[test]
fn a_connection_that_is_closed_in_between() {
    let server = Server::new(|_, out| {
        write!(
            out,
            "HTTP/1.1 200 OK\r\n{TEXT}Content-Length: 5\r\n\r\nup 1\n"
        )?;
        out.flush()?;
        // The client may ask again now.
        std::thread::sleep(Duration::from_millis(20));
        Ok(())
    });
    let ran = run([
        "watch",
        &server.metrics(),
        "--interval",
        "50ms",
        "--count",
        "8",
    ]);
    assert_eq!(
        (ran.code, ran.out.matches(" up=1 ").count()),
        (0, 8),
        "{}",
        ran.out
    );
}

#[test]
fn a_file_is_read_anew() {
    let directory = Directory::new("watched");
    let file = directory.file("a.prom", "# TYPE a counter\na 1\n");
    let mut child = command(["watch", &file, "--interval", "30ms", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(next()["rates"], json!([]));
    // Renamed, so that it is never half there.
    std::fs::rename(directory.file("new", "# TYPE a counter\na 5\n"), &file).unwrap();
    let grown =
        std::iter::repeat_with(&mut next).find(|scrape| scrape["rates"][0]["increase"] == 4.0);
    assert!(grown.is_some());
    // It goes on without the file.
    std::fs::remove_file(&file).unwrap();
    let gone = std::iter::repeat_with(&mut next)
        .find(|scrape| scrape["up"] == false)
        .unwrap();
    assert_eq!(gone["error"], "No such file or directory (os error 2)");
    // Nobody reads any more.
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    let note = "note: DIR/a.prom: read as PrometheusText0.0.4, for it does not end in `# EOF`\n";
    assert_eq!(directory.hidden(&err), note);
}

/// Ctrl-C ends it at once and quietly, even while a server keeps it waiting.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    for hangs in [false, true] {
        let server = Server::new(move |request, out| {
            if hangs && request.number > 0 {
                std::thread::sleep(Duration::from_secs(60));
            }
            reply(out, "200 OK", TEXT, b"a 1\n")
        });
        let interval = if hangs { "10ms" } else { "1h" };
        let mut child = command([
            "watch",
            &server.metrics(),
            "--interval",
            interval,
            "--timeout",
            "1m",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.contains(" up=1 "), "{line}");
        let start = Instant::now();
        let pid = child.id().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(start.elapsed() < Duration::from_secs(20));
        let mut err = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        assert_eq!(err, "");
    }
}

/// On a terminal the page is redrawn on another screen, and what was there last is still there at the end.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal() {
    let server = storyteller();
    let url = server.metrics();
    let exposition = env!("CARGO_BIN_EXE_exposition");
    let watch = format!("stty rows 12 cols 60; {exposition} watch {url} --count 3 --interval 50ms");
    let terminal = std::process::Command::new("script")
        .args(["-qec", &watch, "/dev/null"])
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let out = String::from_utf8(terminal.stdout).unwrap();
    assert!(terminal.status.success(), "{out}");
    let (enter, leave) = ("\u{1b}[?1049h\u{1b}[?25l", "\u{1b}[?25h\u{1b}[?1049l");
    let (before, rest) = out.split_once(enter).unwrap();
    let (drawn, after) = rest.split_once(leave).unwrap();
    assert_eq!(before, "");
    let frames: Vec<&str> = drawn.split("\u{1b}[H").skip(1).collect();
    assert_eq!(frames.len(), 3);
    for (number, frame) in frames.iter().enumerate() {
        let shown = format!("scrape {}  ", number + 1);
        assert!(
            frame.contains(&shown) && frame.ends_with("\u{1b}[K\u{1b}[J"),
            "{frame}"
        );
        assert!(frame.matches("\r\n").count() < 12, "{frame}");
    }
    assert!(
        after.contains("scrape 3  ") && after.contains("began anew"),
        "{after}"
    );
}
