//! What a server answers.

use std::time::{Duration, Instant};

use crate::support::server::{Server, TEXT, reply};
use crate::support::{gzip, run, run_with_input, zstd, zstd_run};

const MIB: usize = 1 << 20;

/// Returns what `lines` makes of a response.
fn lines(headers: &str, body: &[u8], args: &[&str]) -> (i32, String, String) {
    let (headers, body) = (headers.to_owned(), body.to_vec());
    let server = Server::new(move |_, out| reply(out, "200 OK", &headers, &body));
    let url = server.metrics();
    let ran = run(["lines"].iter().chain(args).copied().chain([url.as_str()]));
    (ran.code, ran.out, server.hidden(&ran.err))
}

fn encoded(encoding: &str) -> String {
    format!("{TEXT}Content-Encoding: {encoding}\r\n")
}

#[test]
fn compressed_ones_are_decompressed() {
    let body = b"a 1\nb 2\n";
    let read = "1  sample  a  1\n2  sample  b  2\n";
    let halves = [gzip(b"a 1\n"), gzip(b"b 2\n")].concat();
    for (encoding, body) in [
        ("gzip", gzip(body)),
        ("x-gzip", gzip(body)),
        (" GZIP ", gzip(body)),
        ("gzip", halves),
        ("identity", body.to_vec()),
        ("", body.to_vec()),
    ] {
        let (code, out, err) = lines(&encoded(encoding), &body, &[]);
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (0, read, ""),
            "{encoding}"
        );
    }
}

/// Prometheus neither asks for zstd nor undoes it.
#[test]
fn zstd_is_said_to_be_lost_unless_it_was_asked_for() {
    let read = "1  sample  a  1\n2  sample  b  2\n";
    let frames = [
        zstd(b"a 1\n"),
        vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2],
        zstd(b"b 2\n"),
    ]
    .concat();
    let (code, out, err) = lines(&encoded("zstd"), &frames, &[]);
    assert_eq!((code, out.as_str()), (1, read));
    assert_eq!(
        err,
        "error: URL/metrics: the body is zstd, which Prometheus did not ask for and does not undo, \
         so it loses the scrape\n"
    );
    let (code, out, err) = lines(&encoded("zstd"), &frames, &["-H", "Accept-Encoding: zstd"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, read, ""));
}

#[test]
fn an_encoding_that_lies() {
    let read = "1  sample  a  1\n";
    let whole = gzip(b"a 1\n");
    for (headers, body, error) in [
        (
            encoded("gzip"),
            b"a 1\n".to_vec(),
            "the Content-Encoding is gzip, but the body is not compressed so",
        ),
        (
            encoded("gzip"),
            zstd(b"a 1\n"),
            "the Content-Encoding is gzip, but the body is zstd",
        ),
        (
            encoded("zstd"),
            whole.clone(),
            "the Content-Encoding is zstd, but the body is gzip",
        ),
        (
            encoded("gzip"),
            Vec::new(),
            "the Content-Encoding is gzip, but the body is empty",
        ),
        (
            encoded("br"),
            b"a 1\n".to_vec(),
            "the Content-Encoding is `br`, not gzip or zstd",
        ),
        (
            encoded("gzip, gzip"),
            gzip(&whole),
            "the Content-Encoding is `gzip, gzip`, not gzip or zstd",
        ),
        (
            encoded("gzip"),
            whole[..whole.len() - 9].to_vec(),
            "the gzip data is cut off",
        ),
        (
            encoded("zstd"),
            zstd(b"a 1\n")[..10].to_vec(),
            "the zstd data is cut off",
        ),
        (
            encoded("zstd"),
            zstd(b"a 1\n")[..5].to_vec(),
            "the zstd data is cut off",
        ),
        (
            encoded("zstd"),
            vec![0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1],
            "the zstd data is cut off",
        ),
    ] {
        let (code, out, err) = lines(&headers, &body, &[]);
        assert_eq!((code, out.as_str()), (1, ""), "{error}");
        assert_eq!(err, format!("error: URL/metrics: {error}\n"));
    }
    let mut damaged = whole.clone();
    let last = damaged.len() - 5;
    damaged[last] ^= 1;
    let (code, _, err) = lines(&encoded("gzip"), &damaged, &[]);
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "error: URL/metrics: the gzip data is damaged: corrupt gzip stream does not have a matching checksum\n"
    );

    // What is compressed and not said to be is not undone, as Prometheus does not undo it.
    let (code, out, err) = lines(TEXT, &whole, &[]);
    assert_eq!(code, 1);
    assert_ne!(out, read);
    assert_eq!(
        err,
        "note: URL/metrics: the body looks like gzip that is not decompressed: the server does not say so in its Content-Encoding\n"
    );
}

/// The limit applies to the decompressed bytes: a few kilobytes may hold a gigabyte.
#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = gzip(&b"# a\n".repeat(16 * MIB));
    let blocks = zstd_run(b'\n', 1 << 14);
    assert!(bomb.len() < MIB && blocks.len() < MIB);
    let refused =
        "error: URL/metrics: the body is longer than 1 MiB; --max-body raises the limit\n";
    for (encoding, body) in [("gzip", &bomb), ("zstd", &blocks)] {
        let start = Instant::now();
        let (code, out, err) = lines(&encoded(encoding), body, &["--max-body", "1MiB"]);
        assert_eq!((code, out.as_str(), err.as_str()), (1, "", refused));
        assert!(start.elapsed() < Duration::from_secs(20));
        let ran = run_with_input(["lines", "-", "--max-body=1M"], body);
        assert_eq!(ran.err, refused.replace("URL/metrics", "standard input"));
    }
    // To the byte.
    let body = "a 1\n".repeat(1000).into_bytes();
    for (args, code) in [
        (["--max-body", "3999"], 1),
        (["--max-body", "4000"], 0),
        (["--max-body", "0"], 0),
    ] {
        for (encoding, body) in [
            ("gzip", gzip(&body)),
            ("zstd", zstd(&body)),
            ("", body.clone()),
        ] {
            let ask_for_any = ["-H", "Accept-Encoding: zstd, gzip"];
            let ran = lines(&encoded(encoding), &body, &[args, ask_for_any].concat());
            assert_eq!(ran.0, code, "{encoding} {args:?} {}", ran.2);
            let ran = run_with_input(["lines", "-"].iter().chain(&args), &body);
            assert_eq!(ran.code, code, "{encoding} {args:?} {}", ran.err);
        }
    }
}

#[test]
fn compressed_input_is_read() {
    let body = b"# TYPE a counter\na_total 1\n# EOF\n";
    let note = "note: standard input: read as OpenMetricsText1.0.0, for it ends in `# EOF`\n";
    for packed in [gzip(body), zstd(body), body.to_vec()] {
        for args in [vec!["lines", "--json"], vec!["lines", "--json", "-"]] {
            let ran = run_with_input(args, &packed);
            assert_eq!((ran.code, ran.err.as_str()), (0, note));
            assert!(ran.out.ends_with("{\"e\":\"eof\"}\n"), "{}", ran.out);
        }
    }
    for (packed, error) in [
        (gzip(body)[..30].to_vec(), "the gzip data is cut off"),
        (zstd(body)[..20].to_vec(), "the zstd data is cut off"),
        (vec![0x28, 0xb5, 0x2f, 0xfd], "the zstd data is cut off"),
        (vec![0x1f, 0x8b], "the gzip data is cut off"),
        (
            vec![0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0],
            "the zstd data needs a window of more than 128 MiB: it has to be compressed without --long",
        ),
        (
            [
                &[0x28, 0xb5, 0x2f, 0xfd, 4, 7 << 3][..],
                &[0x21, 0, 0],
                b"a 1\n",
                &[0; 4],
            ]
            .concat(),
            "the zstd data is damaged: its checksum does not match",
        ),
    ] {
        let ran = run_with_input(["lines", "-"], &packed);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        assert_eq!(ran.err, format!("error: standard input: {error}\n"));
    }
}

/// A header that Prometheus does not take is told, and the body is shown all the same.
#[test]
fn a_content_type_that_is_missing_or_wrong() {
    let body = b"a 1\n# EOF\n";
    let shown = "1  sample  a  1\n2  EOF\n";
    let lost = "so Prometheus loses the scrape, unless fallback_scrape_protocol names a format; \
                here it is read as OpenMetricsText1.0.0\n";
    for (headers, why) in [
        ("", "missing or empty Content-Type"),
        (
            "Content-Type: text/html\r\n",
            "unsupported media type \"text/html\" in Content-Type",
        ),
    ] {
        let (code, out, err) = lines(headers, body, &[]);
        assert_eq!((code, out.as_str()), (1, shown));
        assert_eq!(err, format!("error: URL/metrics: {why}, {lost}"));
    }
    // Nothing needs no header.
    let (code, out, err) = lines("", b"", &[]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(
        err,
        "note: URL/metrics: read as PrometheusText0.0.4, for it does not end in `# EOF`\n"
    );
    // The header counts, not the looks.
    let (code, out, _) = lines("Content-Type: text/plain\r\n", body, &[]);
    assert_eq!(
        (code, out.as_str()),
        (0, "1  sample  a  1\n2  comment # EOF\n")
    );
    // An option counts more than the header.
    let (code, out, err) = lines(
        "Content-Type: text/plain\r\n",
        body,
        &["--format", "openmetrics"],
    );
    assert_eq!((code, out.as_str()), (0, shown));
    assert_eq!(
        err,
        "note: URL/metrics: read as OpenMetricsText1.0.0, as --format says, \
         though its Content-Type says PrometheusText0.0.4\n"
    );
    let (code, _, err) = lines(
        "Content-Type: text/html\r\n",
        body,
        &["--format", "openmetrics"],
    );
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn one_of_several_that_is_dead_does_not_hide_the_others() {
    let (first, last) = (Server::of_text("a 1\n"), Server::of_text("b 2\n"));
    let dead = "http://127.0.0.1:1/metrics";
    let ran = run(["lines", &first.metrics(), dead, &last.metrics()]);
    assert_eq!(ran.code, 1);
    let out = ran
        .out
        .replace(&first.url, "FIRST")
        .replace(&last.url, "LAST");
    assert_eq!(
        out,
        "== FIRST/metrics ==\n\n1  sample  a  1\n\n== LAST/metrics ==\n\n1  sample  b  2\n"
    );
    assert_eq!(
        ran.err,
        "error: http://127.0.0.1:1/metrics: nothing listens on 127.0.0.1:1: connection refused\n"
    );
}
