//! What servers and clients that mean no good can cost.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::process::{PATIENCE, Proxy};
use crate::upstream::{TEXT, Then, endless, good, gzipped, head_and_body, raw};

/// Returns a body that does not fit into the buffers of a connection. It has few lines, to be made into a page soon.
fn long_body() -> String {
    let value = "c".repeat(1 << 16);
    let line = |n| format!("a{{n=\"{n}\",b=\"{value}\"}} 1\n");
    (0..256).map(line).collect()
}

/// Starts a server that takes requests, and is silent.
async fn silent() -> String {
    raw(Vec::new(), Then::Hang).await
}

/// Connects, and writes these bytes.
async fn write(proxy: &Proxy, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(&proxy.address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Waits until the proxy closes the connection. Returns what it wrote.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A connection that is cut off may be reset.
    let _ = read.expect("the proxy keeps the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks until an answer is not that there are too many requests, which says that a place has become free.
async fn answered(proxy: &Proxy) {
    let asking = async {
        while proxy.get("/metrics").send().await.unwrap().status() != StatusCode::OK {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, asking)
        .await
        .expect("no place becomes free");
}

#[tokio::test]
async fn a_server_that_does_not_end_costs_its_own_answer() {
    let slow = head_and_body("Content-Type: text/plain\r\n", "slow 1\n");
    let long = good(TEXT, "long 1\n".repeat(20_000)).await;
    let bomb = gzipped("bomb 1\n".repeat(20_000).as_bytes());
    let bomb = head_and_body("Content-Encoding: gzip\r\n", bomb);
    let head = b"HTTP/1.1 200 OK\r\nX: y\r\n".to_vec();
    let servers = [
        format!("silent={}", silent().await),
        format!("slow={}", raw(slow, Then::Hang).await),
        format!("endless={}", raw(endless(), Then::Repeat).await),
        format!("endless_head={}", raw(head, Then::Repeat).await),
        format!("long={long}"),
        format!("bomb={}", raw(bomb, Then::Close).await),
        format!("good={}", good(TEXT, "a 1\n").await),
    ];
    let options = ["--upstream-timeout", "0.5", "--max-body", "64KiB"];
    let proxy = Proxy::start(&options, &servers);
    let begin = Instant::now();
    let all = proxy.samples("").await;
    let took = begin.elapsed();
    let up: Vec<&str> = (all.iter())
        .filter_map(|line| line.strip_prefix("proxy_target_up"))
        .collect();
    assert_eq!(
        up,
        [
            "{target=\"silent\"} 0",
            "{target=\"slow\"} 0",
            "{target=\"endless\"} 0",
            "{target=\"endless_head\"} 0",
            "{target=\"long\"} 0",
            "{target=\"bomb\"} 0",
            "{target=\"good\"} 1",
        ]
    );
    assert_eq!(all.last().map(String::as_str), Some("a 1"));
    assert!(took < PATIENCE / 3, "{took:?}");
    for said in [
        "silent: no whole answer within 500ms\n",
        "slow: no whole answer within 500ms\n",
        "endless: the body is longer than 65536 bytes\n",
        "long: the body is longer than 65536 bytes\n",
        "bomb: the body is longer than 65536 bytes\n",
    ] {
        proxy.logged(said);
    }
}

#[tokio::test]
async fn a_scraper_says_how_long_it_waits() {
    let servers = [
        format!("silent={}", silent().await),
        format!("good={}", good(TEXT, "a 1\n").await),
    ];
    let proxy = Proxy::start(&["--upstream-timeout", "3600"], &servers);
    let request = proxy.get("/metrics").header("Accept", "text/plain");
    let request = request.header("X-Prometheus-Scrape-Timeout-Seconds", "0.5");
    let body = request.send().await.unwrap().text().await.unwrap();
    assert!(body.ends_with("\na 1\n"), "{body}");
    proxy.logged("silent: no whole answer within 450ms\n");
}

#[tokio::test]
async fn requests_beyond_the_limit_may_come_again() {
    let server = [format!("silent={}", silent().await)];
    let proxy = Proxy::start(
        &["--max-requests", "1", "--upstream-timeout", "3600"],
        &server,
    );
    let first = write(&proxy, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let refused = loop {
        // The first request may not have been read yet: this one waits in its stead then.
        let request = proxy.get("/metrics").timeout(Duration::from_millis(500));
        if let Ok(answer) = request.send().await {
            break answer;
        }
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    // Health is not a matter of scrapes.
    let healthy = proxy.get("/-/healthy").send().await.unwrap();
    assert_eq!(healthy.status(), StatusCode::OK);

    // A client that goes away gives its place back at once.
    drop(first);
    let request = proxy.get("/metrics");
    let request = request.header("X-Prometheus-Scrape-Timeout-Seconds", "0.1");
    let asking = async {
        loop {
            let answer = request.try_clone().unwrap().send().await.unwrap();
            match answer.status() {
                StatusCode::OK => return,
                _ => sleep(Duration::from_millis(10)).await,
            }
        }
    };
    timeout(PATIENCE, asking).await.unwrap();
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_refused() {
    let server = [format!("silent={}", silent().await)];
    let options = ["--request-timeout", "0.2", "--upstream-timeout", "3600"];
    let proxy = Proxy::start(&options, &server);
    let refused = proxy.get("/metrics").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    assert_eq!(refused.text().await.unwrap(), "the answer takes too long\n");
}

#[tokio::test]
async fn connections_to_a_server_are_bounded() {
    // Counts connections, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("silent=http://{}/", listener.local_addr().unwrap());
    let counting = tokio::spawn(async move {
        let mut streams = Vec::new();
        while let Ok(taken) = timeout(Duration::from_secs(1), listener.accept()).await {
            streams.push(taken.unwrap());
        }
        streams.len()
    });
    let options = ["--upstream-connections", "3", "--upstream-timeout", "2"];
    let proxy = Proxy::start(&options, &[server]);
    let requests: Vec<_> = (0..9)
        .map(|_| tokio::spawn(proxy.get("/metrics").send()))
        .collect();
    assert_eq!(counting.await.unwrap(), 3);
    // Those that wait do not wait any longer than those that have a connection.
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn heads_are_bounded() {
    let proxy = Proxy::start(&[], &[format!("a={}", good(TEXT, "a 1\n").await)]);
    for (bytes, status) in [
        (12_000, StatusCode::OK),
        (20_000, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
    ] {
        let request = proxy.get("/metrics").header("X", "a".repeat(bytes));
        assert_eq!(request.send().await.unwrap().status(), status, "{bytes}");
    }
}

#[tokio::test]
async fn connections_without_progress_end() {
    let server = [format!("a={}", good(TEXT, "a 1\n").await)];
    let proxy = Proxy::start(&["--idle-timeout", "0.4"], &server);
    // Nothing is asked, or not to the end.
    let idle = write(&proxy, b"").await;
    let slow = write(&proxy, b"GET /metrics HTTP/1.1\r\nHost: a\r\n").await;
    assert_eq!(rest(idle).await, "");
    assert_eq!(rest(slow).await, "");
}

#[tokio::test]
async fn who_does_not_read_the_answer_loses_it() {
    let long = good(TEXT, long_body()).await;
    let options = [
        "--idle-timeout",
        "1",
        "--request-timeout",
        "5",
        "--max-requests",
        "1",
    ];
    let proxy = Proxy::start(&options, &[format!("long={long}")]);
    let _stalled = write(&proxy, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // The place is taken as long as the answer is not written.
    sleep(Duration::from_millis(500)).await;
    let refused = proxy.get("/metrics").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    answered(&proxy).await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let server = [format!("a={}", good(TEXT, "a 1\n").await)];
    let proxy = Proxy::start(&["--max-connections", "1"], &server);
    let first = write(&proxy, b"").await;
    sleep(Duration::from_millis(100)).await;
    let second = tokio::spawn(proxy.get("/metrics").send());
    sleep(Duration::from_millis(300)).await;
    assert!(!second.is_finished());
    drop(first);
    assert_eq!(second.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[cfg(unix)]
#[tokio::test]
async fn what_has_begun_is_finished_after_sigterm() {
    let servers = [
        format!("silent={}", silent().await),
        format!("good={}", good(TEXT, "a 1\n").await),
    ];
    let mut proxy = Proxy::start(&["--upstream-timeout", "1.5"], &servers);
    let idle = write(&proxy, b"").await;
    let request = proxy.get("/metrics").header("Accept", "text/plain");
    let begun = tokio::spawn(request.send());
    sleep(Duration::from_millis(500)).await;
    proxy.terminate();
    let body = begun.await.unwrap().unwrap().text().await.unwrap();
    assert!(body.ends_with("\na 1\n"), "{body}");
    assert_eq!(proxy.ended().code(), Some(0));
    assert_eq!(rest(idle).await, "");
}

#[cfg(unix)]
#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let server = [format!("silent={}", silent().await)];
    let options = [
        "--upstream-timeout",
        "3600",
        "--request-timeout",
        "3600",
        "--grace",
        "0.2",
    ];
    let mut proxy = Proxy::start(&options, &server);
    let _begun = write(&proxy, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_millis(300)).await;
    proxy.terminate();
    assert_eq!(proxy.ended().code(), Some(0));
    proxy.logged("requests went on for too long");
}
