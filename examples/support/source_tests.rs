//! Bodies from files and servers: how they are requested and recognized, and how much is read.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use exposition::{Dialect, EncodeError};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::program;
use super::source::{self, Reading, Source};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Starts a server that answers one request with that status, these headers and that body. It returns the
/// lines of the request, in lower case.
fn server(
    status: &'static str,
    headers: &'static str,
    body: Vec<u8>,
) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        for line in BufReader::new(&mut stream).lines() {
            match line.unwrap() {
                line if line.is_empty() => break,
                line => request.push(line.to_lowercase()),
            }
        }
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A client that has seen enough closes the connection.
        let _ = stream.write_all(&body);
        request
    });
    (url, server)
}

/// Reads the response of such a server.
fn answer(
    status: &'static str,
    headers: &'static str,
    body: &[u8],
    reading: Reading,
) -> Result<Source, String> {
    let (url, server) = server(status, headers, body.to_vec());
    let source = source::scraped(url.as_ref(), reading);
    server.join().unwrap();
    source.map_err(|error| error.to_string().replace(&url, "URL"))
}

/// A file with these bytes, which is deleted after the test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("exposition-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Temporary(path)
    }

    fn read(&self, reading: Reading) -> Result<Source, String> {
        let shown = self.0.to_string_lossy();
        source::scraped(self.0.as_os_str(), reading)
            .map_err(|error| error.to_string().replace(&*shown, "FILE"))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn no_more_than(max_body: u64) -> Reading {
    Reading {
        max_body,
        ..Reading::default()
    }
}

#[test]
fn a_server_is_asked_as_prometheus_asks() {
    let headers =
        "Content-Type: application/openmetrics-text; version=1.0.0\r\nContent-Encoding: gzip\r\n";
    let body = gzip(b"# TYPE up gauge\nup 1\n# EOF\n");
    let (url, server) = server("200 OK", headers, body);
    let source = source::fetch(url.as_ref(), Reading::default()).unwrap();
    let request = server.join().unwrap();
    assert_eq!(request[0], "get /metrics http/1.1");
    let header = |name: &str| request.iter().find_map(|line| line.strip_prefix(name));
    assert_eq!(
        header("accept: "),
        Some(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        )
    );
    assert!(header("accept-encoding: ").is_some_and(|codings| codings.contains("gzip")));
    assert_eq!(source.body, b"# TYPE up gauge\nup 1\n# EOF\n");
    assert!(source.format.is_openmetrics());
}

/// A server is not asked for what is experimental, unless that is what to read.
#[test]
fn openmetrics_2_is_asked_for_by_name() {
    let (url, server) = server("200 OK", "", b"a 1 st@1\n# EOF\n".to_vec());
    let reading = Reading {
        format: Some(source::format("openmetrics2").unwrap()),
        ..Reading::default()
    };
    let source = source::fetch(url.as_ref(), reading).unwrap();
    let request = server.join().unwrap();
    assert!(request.iter().any(|line| {
        line.starts_with("accept: application/openmetrics-text;version=2.0.0;q=0.7,")
    }));
    assert_eq!(source.dialect, Dialect::OpenMetrics2);
    // A header of 2.0 that nobody asked for is read as Prometheus reads it.
    let header = "Content-Type: application/openmetrics-text; version=2.0.0\r\n";
    let source = answer("200 OK", header, b"a 1\n# EOF\n", Reading::default()).unwrap();
    assert_eq!(source.dialect, Dialect::OpenMetrics);
}

/// A scrape uses the header as it was sent, not what the body looks like.
#[test]
fn the_header_of_an_answer_is_kept() {
    let body = b"a 1\n# EOF\n";
    for (headers, content_type, doubts) in [
        ("", None, true),
        ("Content-Type: text/html\r\n", Some("text/html"), true),
        ("Content-Type: text/plain\r\n", Some("text/plain"), false),
    ] {
        let source = answer("200 OK", headers, body, Reading::default()).unwrap();
        assert_eq!(source.content_type.as_deref(), content_type);
        assert_eq!(source.doubt.is_some(), doubts);
        // A program that reads on must guess.
        assert_eq!(source.format.is_openmetrics(), doubts);
    }
    let told = Reading {
        format: Some(source::format("text").unwrap()),
        ..Reading::default()
    };
    let source = answer("200 OK", "", body, told).unwrap();
    assert!(source.doubt.is_none() && source.is_told);
    assert_eq!(
        source.content_type.as_deref(),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let refused = |status, headers| answer(status, headers, body, Reading::default()).err();
    assert_eq!(
        refused("206 Partial Content", "").unwrap(),
        "URL: the server answers 206 Partial Content, not 200"
    );
    assert!(refused("404 Not Found", "").unwrap().contains("404"));
}

#[test]
fn protobuf_has_families_and_no_lines() {
    let body = b"\x13\n\x02up\x18\x01\"\x0b\x12\t\t\0\0\0\0\0\0\xf0\x3f";
    let header = "Content-Type: application/vnd.google.protobuf\r\n";
    let source = answer("200 OK", header, body, Reading::default()).unwrap();
    assert!(source.format.is_protobuf());
    assert_eq!(source.families().read_all().value("up", []), Some(1.0));

    let file = Temporary::new("protobuf", body);
    assert!(file.read(Reading::default()).unwrap().format.is_protobuf());
    let error = source::fetch_lines(file.0.as_os_str(), Reading::default()).err();
    let error = error.unwrap().to_string();
    assert!(
        error.ends_with(
            " is in protobuf, which has no lines; `convert --to text` makes lines of it"
        ),
        "{error}"
    );
}

/// The limit applies to the decompressed bytes: a few kilobytes may hold a gigabyte.
#[test]
fn a_bomb_is_not_unpacked() {
    const MIB: usize = 1 << 20;
    let bomb = gzip(&"# a\n".repeat(16 * MIB).into_bytes());
    assert!(bomb.len() < MIB);
    let refused = "the body is longer than 1 MiB; --max-body raises the limit";
    let gzipped = "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n";
    let plain = "Content-Type: text/plain\r\n";

    let file = Temporary::new("bomb", &bomb);
    let small = no_more_than(MIB as u64);
    let error = file.read(small).err();
    assert_eq!(error.as_deref(), Some(format!("FILE: {refused}").as_str()));
    let error = answer("200 OK", gzipped, &bomb, small).err();
    assert_eq!(error.as_deref(), Some(format!("URL: {refused}").as_str()));

    // An uncompressed body has the same limit, to the byte.
    let body = "a 1\n".repeat(MIB / 4 + 1).into_bytes();
    let file = Temporary::new("plain", &body);
    for (max_body, is_read) in [(body.len() - 1, false), (body.len(), true)] {
        let reading = no_more_than(max_body as u64);
        assert_eq!(file.read(reading).is_ok(), is_read);
        assert_eq!(answer("200 OK", plain, &body, reading).is_ok(), is_read);
        let packed = gzip(&body);
        assert_eq!(answer("200 OK", gzipped, &packed, reading).is_ok(), is_read);
        let file = Temporary::new("packed", &packed);
        assert_eq!(file.read(reading).is_ok(), is_read);
    }
    let bytes = no_more_than(1_000_000);
    assert_eq!(
        file.read(bytes).err().unwrap(),
        "FILE: the body is longer than 1000000 bytes; --max-body raises the limit"
    );
    assert!(file.read(no_more_than(source::size("0").unwrap())).is_ok());
}

#[test]
fn sizes_are_powers_of_1024() {
    for (word, bytes) in [
        ("1", 1),
        ("20B", 20),
        ("3KB", 3 << 10),
        ("3k", 3 << 10),
        ("64MiB", 64 << 20),
        ("1GB", 1 << 30),
        ("1TiB", 1 << 40),
        ("0", u64::MAX),
        ("0MB", u64::MAX),
    ] {
        assert_eq!(source::size(word), Ok(bytes), "{word}");
    }
    for (word, error) in [
        ("", "`` is not a size"),
        ("MB", "`MB` is not a size"),
        ("-1", "`-1` is not a size"),
        ("1.5GB", "`1.5GB` is not a size"),
        ("1XB", "`XB` is not a unit of size: KB, MB, GB or TB"),
        ("99999999999GB", "`99999999999GB` is more than 64 bits hold"),
    ] {
        assert_eq!(source::size(word), Err(error.to_owned()));
    }
}

#[test]
fn gzip_that_is_cut_off_or_damaged_is_called_so() {
    let whole = gzip("a 1\n".repeat(1000).as_bytes());
    let cut = whole.get(..whole.len() / 2).unwrap();
    let file = Temporary::new("cut", cut);
    let error = file.read(Reading::default()).err();
    assert_eq!(error.as_deref(), Some("FILE: the gzip file is cut off"));
    let mut damaged = whole.clone();
    let last = damaged.len() - 5;
    damaged[last] ^= 1;
    let error = Temporary::new("damaged", &damaged).read(Reading::default());
    let error = error.err().unwrap();
    assert!(
        error.starts_with("FILE: the gzip file is damaged: "),
        "{error}"
    );
    // Concatenated files are one body.
    let twice = [gzip(b"a 1\n"), gzip(b"b 1\n")].concat();
    let source = Temporary::new("twice", &twice).read(Reading::default());
    assert_eq!(source.unwrap().body, b"a 1\nb 1\n");
    // A server must declare it.
    let plain = "Content-Type: text/plain\r\n";
    let source = answer("200 OK", plain, &whole, Reading::default()).unwrap();
    assert_eq!(source.body, whole);
    let hint = source.hint(Reading::default());
    assert_eq!(
        hint.as_deref(),
        Some("the body looks like gzip that is not decompressed")
    );
}

#[test]
fn a_body_is_called_what_it_looks_like() {
    let hint = |body: &[u8], reading: Reading| {
        let source = Source::headless(body, reading).unwrap();
        source.hint(reading)
    };
    let strict = Reading::default();
    let lenient = |lenient| Reading {
        lenient: Some(lenient),
        ..strict
    };
    let as_format = |word| Reading {
        format: Some(source::format(word).unwrap()),
        ..strict
    };
    let text = as_format("text");
    for (body, reading, expected) in [
        (&b"a 1\n"[..], strict, None),
        (
            include_bytes!("../../tests/data/field/U1_bom.prom"),
            strict,
            Some("the body begins with a byte order mark"),
        ),
        (b"a 1\r\n", strict, Some("lines end in CR LF instead of LF")),
        (
            b"a 1\r\n",
            lenient(false),
            Some(
                "lines end in CR LF instead of LF, which Prometheus refuses; --lenient takes them",
            ),
        ),
        (b"a 1\r\n", lenient(true), None),
        (
            b"a 1\r\n# EOF\n",
            lenient(false),
            Some("lines end in CR LF instead of LF"),
        ),
        (b"<html>", strict, Some("the body looks like HTML")),
        (b"{\"a\":1}", strict, Some("the body looks like JSON")),
        (b"a 1\n# EOF\n", strict, None),
        (
            b"a 1\n# EOF\n",
            text,
            Some(
                "this looks like OpenMetrics, and is read as the text format; \
                 --format openmetrics reads it as what it is",
            ),
        ),
        (b"a 1 st@1\n# EOF\n", strict, None),
        (
            b"a 1 st@1\n# EOF\n",
            text,
            Some(
                "this looks like OpenMetrics, and is read as the text format; \
                 --format openmetrics2 reads it as what it is",
            ),
        ),
        (
            b"a 1 st@1\n# EOF\n",
            as_format("openmetrics"),
            Some(
                "this looks like OpenMetrics 2.0, and is read as an earlier format; \
                 --format openmetrics2 reads it as what it is",
            ),
        ),
        (
            b"# TYPE a counter\na_total 1\n# EOF\n",
            as_format("openmetrics2"),
            Some(
                "this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0; \
                 --format openmetrics reads it as what it is",
            ),
        ),
    ] {
        let shown = body.escape_ascii();
        assert_eq!(hint(body, reading).as_deref(), expected, "{shown}");
    }
    let source = Source::headless(b"a 1\n", lenient(true)).unwrap();
    assert_eq!(source.dialect, Dialect::Lenient);
    let source = Source::headless(b"a 1 st@1\n# EOF\n", lenient(true)).unwrap();
    assert_eq!(source.dialect, Dialect::OpenMetrics2);
}

/// `convert … | head -1` is not an error, at any depth of the cause.
#[test]
fn a_pipe_that_closes_early_is_no_error() {
    let error = |kind| EncodeError::from(std::io::Error::from(kind));
    assert!(program::is_broken_pipe(&error(
        std::io::ErrorKind::BrokenPipe
    )));
    assert!(!program::is_broken_pipe(&error(
        std::io::ErrorKind::StorageFull
    )));
}

/// A pipe that stays open and silent does not keep a program waiting forever.
#[test]
fn silence_is_given_up_on() {
    let (patient, short) = (Duration::from_secs(60), Duration::from_millis(1));
    assert_eq!(source::within(patient, || true), Some(true));
    let (speaker, silence) = mpsc::channel::<bool>();
    assert_eq!(source::within(short, move || silence.recv().is_ok()), None);
    drop(speaker);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let path = Path::new("/nowhere/at/all");
    let error = source::text(path.as_os_str()).unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/at/all: "));
    let error = source::scraped("https://localhost".as_ref(), Reading::default());
    assert_eq!(
        error.err().unwrap().to_string(),
        "https://localhost: only http:// URLs are fetched"
    );
}
