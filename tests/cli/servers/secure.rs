//! Servers with certificates.

use std::io::{Read as _, Write};
use std::net::TcpListener;

use crate::support::authority::{Authority, serve};
use crate::support::server::{Request, Server, TEXT, reply};
use crate::support::{Directory, run};

#[test]
fn one_that_somebody_vouches_for() {
    let directory = Directory::new("authority");
    let authority = Authority::new();
    let ca = directory.file("ca.pem", &authority.pem);
    let server = authority.server("localhost", 3000, "up 1\n");
    let said = |args: &[&str]| {
        let url = server.metrics();
        let ran = run(["lines", &url].iter().chain(args));
        (
            ran.code,
            ran.out,
            directory.hidden(&server.hidden(&ran.err)),
        )
    };
    let up = (0, "1  sample  up  1\n".to_owned(), String::new());
    assert_eq!(said(&["--ca-file", &ca]), up);
    assert_eq!(said(&["--insecure"]), up);
    let refused = |args: &[&str], why: &str| {
        let err = format!("error: URL/metrics: {why}\n");
        assert_eq!(said(args), (1, String::new(), err));
    };
    refused(
        &[],
        "nobody that this system trusts vouches for the certificate; \
         --ca-file names whom else to trust, --insecure trusts all",
    );
    let other = directory.file("other.pem", Authority::new().pem);
    refused(
        &["--ca-file", &other],
        "nobody that this system trusts vouches for the certificate; \
         --ca-file names whom else to trust, --insecure trusts all",
    );
    refused(
        &["--ca-file", &directory.file("empty.pem", "")],
        "DIR/empty.pem: no certificate is in the file, which is PEM",
    );
    refused(
        &["--ca-file", "/nowhere"],
        "/nowhere: No such file or directory (os error 2)",
    );
    let broken = directory.file("broken.pem", authority.pem.replace("MII", "!!!"));
    let (code, _, err) = said(&["--ca-file", &broken]);
    assert_eq!(code, 1);
    assert!(err.contains("DIR/broken.pem: "), "{err}");
}

#[test]
fn one_that_is_not_what_it_says() {
    let directory = Directory::new("impostor");
    let authority = Authority::new();
    let ca = directory.file("ca.pem", &authority.pem);
    for (name, until, why) in [
        (
            "elsewhere.test",
            3000,
            "the certificate is not for `localhost`; --insecure takes it",
        ),
        (
            "localhost",
            2001,
            "the certificate has expired; --insecure takes it",
        ),
    ] {
        let server = authority.server(name, until, "up 1\n");
        let ran = run(["lines", "--ca-file", &ca, &server.metrics()]);
        assert_eq!(ran.code, 1);
        assert_eq!(
            server.hidden(&ran.err),
            format!("error: URL/metrics: {why}\n")
        );
        let ran = run(["lines", "--insecure", &server.metrics()]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    }
}

#[test]
fn one_that_does_not_speak_tls() {
    let closes = Server::of_text("up 1\n");
    let url = closes.metrics().replace("http:", "https:");
    let ran = run(["lines", &url]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        closes.hidden(&ran.err),
        "error: https://HOST/metrics: HOST closes the connection instead of a TLS handshake; \
         perhaps the URL begins with http://\n"
    );
    // As Go's servers do.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/metrics", listener.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let said = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent something else\n";
        stream.write_all(said).unwrap();
        // The client reads this before the connection is reset.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let ran = run(["lines", &url]);
    answers.join().unwrap();
    assert_eq!(ran.code, 1);
    let said = format!(
        "error: {url}: the server does not speak TLS; perhaps the URL begins with http://\n"
    );
    assert_eq!(ran.err, said);
}

/// An authority's own certificate is none of a server, though many programs make such.
#[test]
fn one_that_vouches_for_itself_alone() {
    let directory = Directory::new("alone");
    let authority = Authority::new();
    let server = authority.answers_as_itself(|_, out| reply(out, "200 OK", TEXT, b"up 1\n"));
    let ca = directory.file("ca.pem", &authority.pem);
    let ran = run(["lines", "--ca-file", &ca, &server.metrics()]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        server.hidden(&ran.err),
        "error: URL/metrics: the certificate is that of an authority, not of a server; --insecure takes it\n"
    );
}

/// Who asks is not told where everybody can listen.
#[test]
fn one_that_sends_to_where_everybody_listens() {
    let directory = Directory::new("downgrade");
    let authority = Authority::new();
    let ca = directory.file("ca.pem", &authority.pem);
    let open = Server::of_text("up 1\n");
    let to = open.metrics().replace("127.0.0.1", "localhost");
    // Its port is another one too, so that only the name of the host is the same.
    let server = authority.server_that_sends_to(to);
    let token = directory.file("token", "s3cret");
    let ran = run([
        "lines",
        "--ca-file",
        &ca,
        "--bearer-token-file",
        &token,
        "-H",
        "X-Key: k",
        &server.metrics(),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(
        server.requests()[0].header("authorization"),
        Some("Bearer s3cret")
    );
    assert_eq!(open.requests()[0].header("authorization"), None);
    assert_eq!(open.requests()[0].header("x-key"), None);
}

/// Who reads a body without TLS needs no certificates.
#[test]
fn a_system_without_certificates() {
    let server = Server::of_text("up 1\n");
    let none = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    let ran = crate::support::command(["lines", &server.metrics()])
        .envs(none)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0));
    let directory = Directory::new("without");
    let authority = Authority::new();
    let ca = directory.file("ca.pem", &authority.pem);
    let server = authority.server("localhost", 3000, "up 1\n");
    let ran = crate::support::command(["lines", "--ca-file", &ca, &server.metrics()])
        .envs(none)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn one_that_asks_who_asks() {
    let directory = Directory::new("client");
    let authority = Authority::new();
    let ca = directory.file("ca.pem", &authority.pem);
    let (certificate, key) = authority.certificate("localhost", 3000);
    let answer = |_: &Request, out: &mut dyn Write| reply(out, "200 OK", TEXT, b"up 1\n");
    let server = serve(
        certificate.der().to_vec(),
        &key,
        Some(&authority.pem),
        answer,
    );
    let (client, key) = authority.certificate("ann", 3000);
    let client = directory.file("ann.pem", client.pem());
    let key = directory.file("ann.key", key.serialize_pem());
    let url = server.metrics();
    let said = |args: &[&str]| {
        let ran = run(["lines", "--ca-file", &ca, &url].iter().chain(args));
        (
            ran.code,
            ran.out,
            directory.hidden(&server.hidden(&ran.err)),
        )
    };
    let up = (0, "1  sample  up  1\n".to_owned(), String::new());
    assert_eq!(said(&["--cert-file", &client, "--key-file", &key]), up);
    let refused = |args: &[&str], why: &str| {
        assert_eq!(
            said(args),
            (1, String::new(), format!("error: URL/metrics: {why}\n"))
        );
    };
    refused(
        &[],
        "the server wants to know who asks; --cert-file and --key-file say it",
    );
    refused(
        &["--cert-file", &key, "--key-file", &key],
        "DIR/ann.key and DIR/ann.key are not a certificate and its private key in PEM",
    );
    assert_eq!(said(&["--cert-file", &client]).0, 2);
}
