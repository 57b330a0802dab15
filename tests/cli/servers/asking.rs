//! What a server is asked.

use crate::support::server::{Server, TEXT, reply};
use crate::support::{Directory, run};

#[test]
fn as_prometheus_asks() {
    let server = Server::of_text("up 1\n");
    let ran = run(["lines", "--json", &server.metrics()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let request = &server.requests()[0];
    assert_eq!(request.lines[0], "GET /metrics HTTP/1.1");
    assert_eq!(
        request.header("accept"),
        Some(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        )
    );
    assert_eq!(request.header("accept-encoding"), Some("gzip"));
    assert_eq!(
        request.header("x-prometheus-scrape-timeout-seconds"),
        Some("30")
    );
    let agent = format!("exposition/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent.as_str()));
    assert_eq!(request.header("authorization"), None);
}

/// A server is not asked for what is experimental, unless that is what to read.
#[test]
fn for_openmetrics_2_by_name() {
    let header = "Content-Type: application/openmetrics-text; version=2.0.0\r\n";
    let server = Server::new(move |_, out| reply(out, "200 OK", header, b"a 1 st@1\n# EOF\n"));
    let ran = run(["show", "--format", "openmetrics2", &server.metrics()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out
            .contains("read as OpenMetricsText2.0.0, as --format says\n"),
        "{}",
        ran.out
    );
    let accepts = server.requests()[0].header("accept").unwrap().to_owned();
    assert!(accepts.starts_with("application/openmetrics-text;version=2.0.0;q=0.7,"));
    // A header of 2.0 that nobody asked for is read as Prometheus reads it, where start timestamps are wrong.
    let ran = run(["show", &server.metrics()]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .contains("read as OpenMetricsText1.0.0, as its Content-Type says\n"),
        "{}",
        ran.out
    );
}

#[test]
fn with_headers_of_the_user() {
    let server = Server::of_text("up 1\n");
    let ran = run([
        "show",
        "-H",
        "X-Tenant:  a b ",
        "--header",
        "Accept: text/plain",
        "-HUser-Agent: me",
        "--timeout",
        "1m500ms",
        &server.metrics(),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let request = &server.requests()[0];
    assert_eq!(request.header("x-tenant"), Some("a b"));
    assert_eq!(request.header("accept"), Some("text/plain"));
    assert_eq!(request.header("user-agent"), Some("me"));
    assert_eq!(
        request.header("x-prometheus-scrape-timeout-seconds"),
        Some("60.5")
    );

    for (header, error) in [
        (
            "X-Tenant",
            "error: invalid value 'X-Tenant' for '--header <NAME: VALUE>': a header is `NAME: VALUE`\n",
        ),
        (
            "é: 1",
            "error: invalid value 'é: 1' for '--header <NAME: VALUE>': `é` is not the name of a header\n",
        ),
        ("a: \u{1}", "error: invalid value 'a: "),
    ] {
        let ran = run(["show", "-H", header, &server.metrics()]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.starts_with(error), "{}", ran.err);
    }
}

#[test]
fn by_somebody() {
    let server = Server::of_text("up 1\n");
    let directory = Directory::new("somebody");
    let token = directory.file("token", "s3cret\n");
    let password = directory.file("password", "open: sesame\n");
    let with_name = server.metrics().replace("://", "://ann:from-url@");
    // `ann:from-url`, `bob:x`, `bob:`, `bob:open: sesame`
    for (args, authorization) in [
        (vec!["--bearer-token-file", token.as_str()], "Bearer s3cret"),
        (vec!["--user", "bob:x"], "Basic Ym9iOng="),
        (vec!["-u", "bob"], "Basic Ym9iOg=="),
        (
            vec!["-u", "bob", "--password-file", password.as_str()],
            "Basic Ym9iOm9wZW46IHNlc2FtZQ==",
        ),
        (
            vec!["-H", "Authorization: Custom 1", "-u", "bob:x"],
            "Custom 1",
        ),
    ] {
        // What the URL says is overruled.
        for url in [server.metrics(), with_name.clone()] {
            let ran = run(["show"]
                .iter()
                .copied()
                .chain(args.clone())
                .chain([url.as_str()]));
            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
            let requests = server.requests();
            let lines = &requests.last().unwrap().lines;
            let given: Vec<_> = lines
                .iter()
                .filter(|line| line.starts_with("authorization: "))
                .collect();
            assert_eq!(given, [&format!("authorization: {authorization}")]);
        }
    }
    let ran = run(["show", "--json", &with_name]);
    assert_eq!(
        server.requests().last().unwrap().header("authorization"),
        Some("Basic YW5uOmZyb20tdXJs")
    );
    // The password is not printed.
    assert!(
        ran.out.contains("\"source\":\"http://ann:xxxxx@"),
        "{}",
        ran.out
    );

    let ran = run([
        "show",
        "--bearer-token-file",
        &directory.file("none", ""),
        "-u",
        "x",
        &server.metrics(),
    ]);
    assert_eq!(ran.code, 2);
    let ran = run(["show", "--bearer-token-file", "/nowhere", &server.metrics()]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        server.hidden(&ran.err),
        "error: URL/metrics: /nowhere: No such file or directory (os error 2)\n"
    );
}

#[cfg(unix)]
#[test]
fn through_a_unix_socket() {
    use crate::support::server::Stream;
    use std::os::unix::net::UnixListener;

    let directory = Directory::new("socket");
    let path = directory.0.join("s.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let accept = move || {
        let (stream, _) = listener.accept()?;
        Ok(Box::new(stream) as Box<dyn Stream>)
    };
    let url = "http://localhost".to_owned();
    let server = Server::of(url, Box::new(accept), |_, out| {
        reply(out, "200 OK", TEXT, b"up 1\n")
    });
    let path = path.to_str().unwrap();
    let ran = run(["lines", "--unix-socket", path, "http://localhost/metrics"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "1  sample  up  1\n");
    assert_eq!(server.requests()[0].header("host"), Some("localhost"));

    let ran = run([
        "lines",
        "--unix-socket",
        "/nowhere.sock",
        "http://localhost/metrics",
    ]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.err,
        "error: http://localhost/metrics: the unix socket /nowhere.sock is not there\n"
    );
}

/// Proxies are asked if an option names them, whatever the environment says, as Prometheus does.
#[test]
fn through_a_proxy() {
    let server = Server::of_text("direct 1\n");
    let proxy = Server::of_text("through_proxy 1\n");
    let elsewhere = [
        ("http_proxy", "http://127.0.0.1:1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
    ];
    let ran = crate::support::command(["lines", &server.metrics()])
        .envs(elsewhere)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(ran.stdout).unwrap(),
        "1  sample  direct  1\n"
    );
    let ran = run([
        "lines",
        "--proxy",
        &proxy.url,
        "http://nowhere.invalid/metrics",
    ]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "1  sample  through_proxy  1\n")
    );
    assert_eq!(
        proxy.requests()[0].lines[0],
        "GET http://nowhere.invalid/metrics HTTP/1.1"
    );
    let ran = run([
        "lines",
        "--proxy",
        "http://ann:secret@127.0.0.1:1",
        &server.metrics(),
    ]);
    assert_eq!(
        (ran.code, server.hidden(&ran.err).as_str()),
        (
            1,
            "error: URL/metrics: nothing listens on the proxy http://ann:xxxxx@127.0.0.1:1/: connection refused\n"
        )
    );
}
