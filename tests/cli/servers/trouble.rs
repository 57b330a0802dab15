//! What is said when a server does not answer.

use std::io::{self, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::server::{Request, Server, TEXT, reply};
use crate::support::{gzip, run};

/// Asserts what is said of a server that answers so.
fn assert_said(
    answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    path: &str,
    args: &[&str],
    said: &str,
) {
    let server = Server::new(answer);
    let url = format!("{}{path}", server.url);
    let ran = run(["show", &url].iter().chain(args));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_eq!(
        server.hidden(&ran.err),
        format!("error: URL{path}: {said}\n")
    );
}

#[test]
fn a_status_and_what_the_server_says_of_it() {
    let who = "--user, --bearer-token-file and --header say who asks";
    let only = "Prometheus takes 200 only";
    for (status, headers, body, path, said) in [
        (
            "404 Not Found",
            "",
            "404 page not found\n",
            "/",
            "the server answers 404 Not Found (404 page not found); metrics are mostly at /metrics"
                .to_owned(),
        ),
        (
            "404 Not Found",
            "",
            "",
            "/metrics",
            format!("the server answers 404 Not Found; {only}"),
        ),
        (
            "500 Internal Server Error",
            "",
            "\n\n  collector failed: \u{1b}[31mred. \nmore\n",
            "/metrics",
            format!(
                "the server answers 500 Internal Server Error (collector failed: \\u{{1b}}[31mred); {only}"
            ),
        ),
        (
            "401 Unauthorized",
            "",
            "Unauthorized",
            "/metrics",
            format!("the server answers 401 Unauthorized; {who}"),
        ),
        (
            "403 Forbidden",
            "",
            "<html>\n<head><title>Go away</title></head>",
            "/metrics",
            format!("the server answers 403 Forbidden (Go away); {who}"),
        ),
        (
            "502 Bad Gateway",
            "",
            "<html>",
            "/metrics",
            format!("the server answers 502 Bad Gateway; {only}"),
        ),
        (
            "206 Partial Content",
            TEXT,
            "a 1\n",
            "/metrics",
            format!("the server answers 206 Partial Content (a 1); {only}"),
        ),
        (
            "204 No Content",
            "",
            "",
            "/metrics",
            format!("the server answers 204 No Content; {only}"),
        ),
        (
            "599 Whatever",
            "",
            "",
            "/metrics",
            format!("the server answers 599; {only}"),
        ),
    ] {
        let answer =
            move |_: &Request, out: &mut dyn Write| reply(out, status, headers, body.as_bytes());
        assert_said(answer, path, &[], &said);
    }
    let long = "x".repeat(300);
    let said = format!(
        "the server answers 503 Service Unavailable ({}…); {only}",
        &long[..120]
    );
    let packed = gzip(long.as_bytes());
    assert_said(
        move |_, out| {
            reply(
                out,
                "503 Service Unavailable",
                "Content-Encoding: gzip\r\n",
                &packed,
            )
        },
        "/metrics",
        &[],
        &said,
    );
}

/// An explanation that never ends takes no longer than a body may.
#[test]
fn a_status_with_an_endless_explanation() {
    let endless = |_: &Request, out: &mut dyn Write| {
        out.write_all(b"HTTP/1.1 500 Internal Server Error\r\n\r\nbecause\n")?;
        loop {
            out.write_all(b"x")?;
            out.flush()?;
            sleep(Duration::from_millis(10));
        }
    };
    assert_said(
        endless,
        "/metrics",
        &["--timeout", "2s"],
        "the server answers 500 Internal Server Error (because); Prometheus takes 200 only",
    );
}

#[test]
fn nothing_comes() {
    let waits = |_: &Request, _: &mut dyn Write| {
        sleep(Duration::from_secs(60));
        Ok(())
    };
    let start = Instant::now();
    let said = "there is no answer within 300ms; --timeout waits longer";
    assert_said(waits, "/metrics", &["--timeout", "300ms"], said);
    // Headers that come slowly.
    let drips = |_: &Request, out: &mut dyn Write| {
        out.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            out.write_all(b"X-Slow: 1\r\n")?;
            out.flush()?;
            sleep(Duration::from_millis(50));
        }
    };
    assert_said(drips, "/metrics", &["--timeout", "300ms"], said);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_body_that_does_not_end() {
    let head = format!("HTTP/1.1 200 OK\r\n{TEXT}\r\n");
    let fast = head.clone();
    let floods = move |_: &Request, out: &mut dyn Write| {
        out.write_all(fast.as_bytes())?;
        loop {
            out.write_all(&b"# flood\n".repeat(1024))?;
        }
    };
    let said = "the body is longer than 1 MiB; --max-body raises the limit";
    assert_said(floods, "/metrics", &["--max-body", "1MiB"], said);

    let drips = move |_: &Request, out: &mut dyn Write| {
        out.write_all(head.as_bytes())?;
        out.write_all(&[b'#'; 2048])?;
        out.flush()?;
        sleep(Duration::from_secs(60));
        Ok(())
    };
    let start = Instant::now();
    let said = "the body does not end within 2s, 2 KiB have come; --timeout waits longer";
    assert_said(drips, "/metrics", &["--timeout", "2s"], said);
    // Bytes that come one after another do not put it off.
    let head = format!("HTTP/1.1 200 OK\r\n{TEXT}Content-Encoding: gzip\r\n\r\n");
    let trickles = move |_: &Request, out: &mut dyn Write| {
        out.write_all(head.as_bytes())?;
        for byte in gzip(&(0..200_u8).collect::<Vec<u8>>()) {
            out.write_all(&[byte])?;
            out.flush()?;
            sleep(Duration::from_millis(100));
        }
        Ok(())
    };
    let server = Server::new(trickles);
    let ran = run(["show", &server.metrics(), "--timeout", "2s"]);
    assert_eq!(ran.code, 1);
    let err = server.hidden(&ran.err);
    assert!(
        err.starts_with("error: URL/metrics: the body does not end within 2s, "),
        "{err}"
    );
    assert!(
        err.ends_with(" B have come; --timeout waits longer\n"),
        "{err}"
    );
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_body_that_is_cut_off() {
    let cut = |_: &Request, out: &mut dyn Write| {
        out.write_all(
            format!("HTTP/1.1 200 OK\r\n{TEXT}Content-Length: 100\r\n\r\na 1\n").as_bytes(),
        )
    };
    assert_said(
        cut,
        "/metrics",
        &[],
        "the body is cut off after 4 B: end of file before message length reached",
    );
    let chunks = |_: &Request, out: &mut dyn Write| {
        let head = format!("HTTP/1.1 200 OK\r\n{TEXT}Transfer-Encoding: chunked\r\n\r\n");
        out.write_all(head.as_bytes())?;
        out.write_all(b"4\r\na 1\n\r\n9\r\nb")
    };
    assert_said(
        chunks,
        "/metrics",
        &[],
        "the body is cut off after 5 B: end of file before message length reached",
    );
}

#[test]
fn no_answer_that_is_one() {
    assert_said(
        |_, _| Ok(()),
        "/metrics",
        &[],
        "the server closes the connection without an answer",
    );
    assert_said(
        |_, out| out.write_all(b"\x15\x03\x01\x00\x02\x02\x0a"),
        "/metrics",
        &[],
        "the answer is not HTTP; perhaps the URL begins with https://",
    );
    let ran = run(["show", "http://nowhere.invalid/metrics"]);
    assert_eq!(ran.code, 1);
    let said = "error: http://nowhere.invalid/metrics: no host is called `nowhere.invalid`: ";
    assert!(
        ran.err.starts_with(said) && !ran.err.contains("os error"),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_not_a_url() {
    for (name, said) in [
        ("http://", "this is not a URL: empty host"),
        ("http://h:99999/", "this is not a URL: invalid port number"),
        ("ftp://h/metrics", "`ftp` is neither http nor https"),
        (
            "localhost:9100/metrics",
            "there is no such file; the URL is http://localhost:9100/metrics",
        ),
        (
            "localhost:9100",
            "there is no such file; the URL is http://localhost:9100",
        ),
    ] {
        let ran = run(["show", name]);
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (1, format!("error: {name}: {said}\n").as_str())
        );
    }
}
