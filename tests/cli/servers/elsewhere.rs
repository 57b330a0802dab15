//! Servers that send to where the metrics are.

use crate::support::run;
use crate::support::server::{Server, reply};

/// Who asks, and the headers of the user, are for the server that the user named.
#[test]
fn elsewhere_without_secrets() {
    let other = Server::of_text("up 1\n");
    let there = format!("{}/there", other.url);
    let server = Server::new(move |request, out| {
        let to = match request.path() {
            "/metrics" => "/here",
            _ => there.as_str(),
        };
        reply(
            out,
            "307 Temporary Redirect",
            &format!("Location: {to}\r\n"),
            b"",
        )
    });
    let ran = run([
        "show",
        "-u",
        "bob:x",
        "-H",
        "X-Key: k",
        "-H",
        "Accept: text/plain",
        &server.metrics(),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("up  "), "{}", ran.out);
    let (first, last) = (server.requests(), other.requests());
    assert_eq!(first.len(), 2);
    for request in &first {
        assert_eq!(request.header("authorization"), Some("Basic Ym9iOng="));
        assert_eq!(request.header("x-key"), Some("k"));
    }
    assert_eq!(last[0].lines[0], "GET /there HTTP/1.1");
    assert_eq!(last[0].header("authorization"), None);
    assert_eq!(last[0].header("x-key"), None);
    assert!(
        last[0]
            .header("accept")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
}

#[test]
fn elsewhere_for_ever() {
    let server = Server::new(|_, out| reply(out, "302 Found", "Location: /metrics\r\n", b""));
    let ran = run(["show", &server.metrics()]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        server.hidden(&ran.err),
        "error: URL/metrics: the server sends elsewhere more than 10 times\n"
    );
    assert_eq!(server.requests().len(), 11);
    for (location, error) in [
        (
            "Location: ftp://h/\r\n",
            "the server sends to ftp://h/, which is not http",
        ),
        (
            "Location: http://[\r\n",
            "the server sends to `http://[`, which is not a URL: invalid IPv6 address",
        ),
        (
            "",
            "the server answers 302 Found; Prometheus takes 200 only",
        ),
    ] {
        let server = Server::new(move |_, out| reply(out, "302 Found", location, b""));
        let ran = run(["show", &server.metrics()]);
        assert_eq!(
            (ran.code, server.hidden(&ran.err)),
            (1, format!("error: URL/metrics: {error}\n"))
        );
    }
}
