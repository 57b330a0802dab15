//! What the proxy answers.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::StatusCode;
use reqwest::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};

use crate::process::Proxy;
use crate::upstream::{TEXT, Then, echo, good, gzipped, head_and_body, raw};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const APP: &str = "\
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code=\"200\"} 7
up 1
";

const ENVOY: &str = "\
# HELP requests Requests, as the sidecar counts them.
# TYPE requests counter
requests_total{code=\"500\"} 2
# TYPE up gauge
up 0
# EOF
";

/// Starts a proxy before the two, in formats of their own.
async fn proxy(options: &[&str]) -> Proxy {
    let app = format!("app={}", good(TEXT, APP).await);
    let envoy = format!("envoy={}", good(OPEN_METRICS, ENVOY).await);
    Proxy::start(options, &[app, envoy])
}

async fn answer(proxy: &Proxy, accept: &str) -> (String, String) {
    let request = proxy.get("/metrics").header("Accept", accept);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let header = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    (header, answer.text().await.unwrap())
}

#[tokio::test]
async fn bodies_become_one_in_the_format_that_is_asked_for() {
    let proxy = proxy(&[]).await;
    let (header, body) = answer(&proxy, "text/plain;version=0.0.4").await;
    assert_eq!(
        header,
        "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
    );
    assert_eq!(
        body,
        "\
# HELP proxy_target_up Whether the server answered.
# TYPE proxy_target_up gauge
proxy_target_up{target=\"app\"} 1
proxy_target_up{target=\"envoy\"} 1
# HELP proxy_target_samples Samples the server gave, before relabelling.
# TYPE proxy_target_samples gauge
proxy_target_samples{target=\"app\"} 2
proxy_target_samples{target=\"envoy\"} 2
# HELP proxy_target_errors Lines in error the server gave.
# TYPE proxy_target_errors gauge
proxy_target_errors{target=\"app\"} 0
proxy_target_errors{target=\"envoy\"} 0
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{code=\"200\"} 7
requests_total{code=\"500\"} 2
# TYPE up gauge
up 1
up{source=\"envoy\"} 0
"
    );
    let (header, body) = answer(&proxy, "application/openmetrics-text;version=1.0.0").await;
    assert!(header.starts_with(OPEN_METRICS), "{header}");
    assert!(body.contains("\n# TYPE requests counter\n"), "{body}");
    assert!(
        body.ends_with("\nup{source=\"envoy\"} 0\n# EOF\n"),
        "{body}"
    );
    let log = proxy.logged("10 samples as application/openmetrics-text;");
    assert!(log.starts_with("10 samples as text/plain;"), "{log}");
}

#[tokio::test]
async fn samples_get_labels_and_are_relabelled() {
    let rules = std::env::temp_dir().join(format!("proxy-rules-{}.yaml", std::process::id()));
    let yaml = "\
- source_labels: [__name__]
  regex: up
  action: drop
- target_label: team
  replacement: shop
";
    std::fs::write(&rules, yaml).unwrap();
    let options = ["--label", "container", "--rules", rules.to_str().unwrap()];
    let proxy = proxy(&options).await;
    assert_eq!(
        proxy.samples("requests").await,
        [
            "requests_total{code=\"200\",team=\"shop\",container=\"app\"} 7",
            "requests_total{code=\"500\",team=\"shop\",container=\"envoy\"} 2",
        ]
    );
    assert_eq!(proxy.samples("up").await, Vec::<String>::new());
    // Counted before the rules.
    let samples = "proxy_target_samples{target=\"app\"";
    assert_eq!(proxy.samples(samples).await, [format!("{samples}}} 2")]);
    std::fs::remove_file(rules).unwrap();
}

#[tokio::test]
async fn lines_in_error_are_left_out_and_counted() {
    let body = "a 1\nb{ 2\nc 3\n".to_owned() + &"!\n".repeat(50);
    let proxy = Proxy::start(&[], &[format!("app={}", good(TEXT, body).await)]);
    let all = proxy.samples("").await;
    assert!(all.contains(&"a 1".to_owned()) && all.contains(&"c 3".to_owned()));
    assert!(all.contains(&"proxy_target_up{target=\"app\"} 1".to_owned()));
    assert!(all.contains(&"proxy_target_samples{target=\"app\"} 2".to_owned()));
    assert!(all.contains(&"proxy_target_errors{target=\"app\"} 51".to_owned()));
    // Ten lines are told, then how many more.
    let log = proxy.logged("app: 41 more lines like these\n");
    assert_eq!(log.matches("app: ").count(), 11, "{log}");
}

#[tokio::test]
async fn a_body_is_read_as_its_header_says_or_as_it_looks() {
    let open = "# TYPE a counter\na_total 1\n# EOF\n";
    let by_header = good(OPEN_METRICS, open).await;
    let no_header = raw(head_and_body("", open), Then::Close).await;
    let zipped = head_and_body(
        "Content-Type: text/plain\r\nContent-Encoding: gzip\r\n",
        gzipped(b"c 3\n"),
    );
    let zipped = raw(zipped, Then::Close).await;
    let protobuf = good(
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
        "\u{13}\n\u{2}up",
    )
    .await;
    let proxy = Proxy::start(
        &["--label", "server"],
        &[
            format!("header={by_header}"),
            format!("none={no_header}"),
            format!("gzip={zipped}"),
            format!("protobuf={protobuf}"),
        ],
    );
    let all = proxy.samples("").await;
    for sample in [
        "a_total{server=\"header\"} 1",
        "a_total{server=\"none\"} 1",
        "c{server=\"gzip\"} 3",
        "proxy_target_up{target=\"protobuf\"} 0",
    ] {
        assert!(all.iter().any(|line| line == sample), "{sample}: {all:#?}");
    }
    proxy.logged("none: note: missing or empty Content-Type");
    proxy.logged("protobuf: it is in protobuf, which has no lines to merge\n");
}

#[tokio::test]
async fn a_format_that_is_told_overrides_the_header() {
    let body = "# TYPE a counter\na_total 1\n# EOF\n";
    let server = format!("a={}", good(TEXT, body).await);
    let proxy = Proxy::start(&["--format", "openmetrics"], &[server]);
    assert_eq!(proxy.samples("# TYPE a").await, ["# TYPE a_total counter"]);
}

#[tokio::test]
async fn a_server_is_asked_as_prometheus_asks() {
    let server = format!("a={}", echo().await);
    let proxy = Proxy::start(&[], std::slice::from_ref(&server));
    let accept = proxy.samples("header{name=\"accept\"").await;
    assert!(accept[0].contains("application/openmetrics-text;version=1.0.0"));
    assert!(!accept[0].contains("version=2.0.0"), "{accept:?}");
    assert_eq!(
        proxy.samples("header{name=\"accept-encoding\"").await,
        ["header{name=\"accept-encoding\",value=\"gzip\"} 1"]
    );
    let timeout = "header{name=\"x-prometheus-scrape-timeout-seconds\"";
    assert_eq!(
        proxy.samples(timeout).await,
        [format!("{timeout},value=\"10\"}} 1")]
    );

    let proxy = Proxy::start(&["--format", "openmetrics2"], &[server]);
    let all = proxy.samples("proxy_target_up").await;
    assert_eq!(all, ["proxy_target_up{target=\"a\"} 1"]);
}

#[tokio::test]
async fn what_is_not_a_whole_answer_is_not_up() {
    let failing = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n".to_vec();
    let cut = head_and_body("Content-Type: text/plain\r\nContent-Length: 9\r\n", "a 1\n");
    let not_gzip = head_and_body("Content-Encoding: gzip\r\n", "a 1\n");
    let servers = [
        format!("fails={}", raw(failing, Then::Close).await),
        format!("cut={}", raw(cut, Then::Close).await),
        format!("not_gzip={}", raw(not_gzip, Then::Close).await),
        format!("not_http={}", raw(b"hello\r\n".to_vec(), Then::Close).await),
        "nobody=http://127.0.0.1:1/metrics".to_owned(),
        format!("good={}", good(TEXT, APP).await),
    ];
    let proxy = Proxy::start(&[], &servers);
    assert_eq!(
        proxy.samples("proxy_target_up").await,
        [
            "proxy_target_up{target=\"fails\"} 0",
            "proxy_target_up{target=\"cut\"} 0",
            "proxy_target_up{target=\"not_gzip\"} 0",
            "proxy_target_up{target=\"not_http\"} 0",
            "proxy_target_up{target=\"nobody\"} 0",
            "proxy_target_up{target=\"good\"} 1",
        ]
    );
    assert_eq!(proxy.samples("a ").await, Vec::<String>::new());
    assert_eq!(proxy.samples("up").await, ["up 1"]);
    proxy.logged("fails: it answers 500 Internal Server Error, not 200\n");
}

#[tokio::test]
async fn it_speaks_http() {
    let proxy = proxy(&[]).await;
    let client = proxy.client();

    let got = proxy.get("/metrics?name=a").send().await.unwrap();
    assert_eq!(got.status(), StatusCode::OK);
    assert_eq!(got.headers()[VARY], "Accept, Accept-Encoding");
    let headed = client.head(proxy.url("/metrics")).send().await.unwrap();
    assert_eq!(headed.status(), StatusCode::OK);
    for header in [CONTENT_TYPE, CONTENT_LENGTH] {
        assert_eq!(headed.headers()[&header], got.headers()[&header]);
    }
    assert_eq!(headed.bytes().await.unwrap(), "");

    let refused = client.post(proxy.url("/metrics")).body("a 1\n");
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(refused.headers()[ALLOW], "GET,HEAD");

    let lost = proxy.get("/metric").send().await.unwrap();
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
    assert_eq!(lost.text().await.unwrap(), "see /metrics\n");
    let healthy = proxy.get("/-/healthy").send().await.unwrap();
    assert_eq!(healthy.status(), StatusCode::OK);
    assert_eq!(healthy.text().await.unwrap(), "healthy\n");
}

#[tokio::test]
async fn an_answer_is_gzipped_for_those_who_take_it() {
    let proxy = proxy(&[]).await;
    let plain = proxy.get("/metrics").send().await.unwrap();
    assert_eq!(plain.headers().get(CONTENT_ENCODING), None);
    let plain = plain.text().await.unwrap();
    for (accepted, zipped) in [
        ("gzip", true),
        ("deflate, GZIP;q=0.5", true),
        ("br;q=1, *;q=0.1", true),
        ("gzip;q=0, *", false),
        ("gzip; q=0.000", false),
        ("deflate", false),
        ("", false),
    ] {
        let request = proxy.get("/metrics").header("Accept-Encoding", accepted);
        let answer = request.send().await.unwrap();
        let coding = answer.headers().get(CONTENT_ENCODING);
        assert_eq!(coding.is_some(), zipped, "{accepted}");
        let bytes = answer.bytes().await.unwrap();
        let mut text = String::new();
        match zipped {
            true => GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap(),
            false => (&*bytes).read_to_string(&mut text).unwrap(),
        };
        assert_eq!(text, plain, "{accepted}");
    }
}

#[tokio::test]
async fn once_is_once() {
    let mut proxy = proxy(&["--once"]).await;
    assert_eq!(proxy.samples("up").await.len(), 2);
    assert_eq!(proxy.ended().code(), Some(0));
}

#[test]
fn a_wrong_command_line_is_told() {
    let program = &crate::programs::programs(&["proxy"])[0];
    let said = |arguments: &[&str]| {
        let output = std::process::Command::new(program)
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&[]).contains("<NAME=URL>"));
    assert!(said(&["a"]).contains("a server is NAME=URL"));
    assert!(said(&["a=https://h"]).contains("only http:// URLs are fetched"));
    assert!(said(&["--format", "protobuf", "a=http://h"]).contains("which protobuf does not have"));
    assert!(said(&["--max-body", "3X", "a=http://h"]).contains("`X` is not a unit of size"));
    assert!(said(&["--max-requests", "0", "a=http://h"]).contains("not a number from 1"));
    assert!(said(&["--max-header", "1", "a=http://h"]).contains("between 8KiB and 16MiB"));
    assert!(said(&["--upstream-timeout", "nan", "a=http://h"]).contains("between a millisecond"));
    assert!(said(&["a=http://h", "a=http://g"]).contains("two servers are named a"));
    let missing = said(&["--rules", "/nowhere/rules.yaml", "a=http://h"]);
    assert!(
        missing.starts_with("error: /nowhere/rules.yaml: "),
        "{missing}"
    );
    let listen = said(&["--listen", "127.0.0.1:x", "a=http://h"]);
    assert!(listen.starts_with("error: 127.0.0.1:x: "), "{listen}");
}
