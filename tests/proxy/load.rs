//! Many scrapers at a time, beside servers that hang and that never end: nothing grows, and the rest is right.
//!
//! `EXPOSITION_LOAD_SECONDS` says how long each of the tests asks, 3 seconds by default.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::sleep;

#[path = "process.rs"]
mod process;
#[path = "../support/programs.rs"]
mod programs;
#[path = "upstream.rs"]
mod upstream;

use process::Proxy;
use upstream::{TEXT, Then, endless, good, raw};

/// One load at a time.
static LOAD: Mutex<()> = Mutex::const_new(());

const CONNECTIONS: usize = 200;

/// What the process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    kib: u64,
    threads: u64,
    descriptors: usize,
}

impl Held {
    fn by(proxy: &Proxy) -> Self {
        let process = format!("/proc/{}", proxy.id());
        let status = fs::read_to_string(format!("{process}/status")).unwrap();
        let number = |key| {
            let line = status.lines().find(|line| line.starts_with(key)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        Held {
            kib: number("VmRSS:"),
            threads: number("Threads:"),
            descriptors: fs::read_dir(format!("{process}/fd")).unwrap().count(),
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    right: AtomicU64,
    busy: AtomicU64,
}

fn seconds() -> Duration {
    let told = std::env::var("EXPOSITION_LOAD_SECONDS").ok();
    Duration::from_secs(told.map_or(3, |seconds| seconds.parse().unwrap()))
}

/// Asks a proxy from many connections. Returns what it held before, half of the way, and towards the end.
async fn load(proxy: &Proxy, expected: Arc<String>) -> ([Held; 3], Arc<Counts>) {
    let before = Held::by(proxy);
    let (begin, whole) = (Instant::now(), seconds());
    let counts = Arc::new(Counts::default());
    let mut scrapers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = proxy.get("/metrics").header("Accept", "text/plain");
        let (counts, expected) = (Arc::clone(&counts), Arc::clone(&expected));
        scrapers.spawn(async move {
            while begin.elapsed() < whole {
                let answer = request.try_clone().unwrap().send().await.unwrap();
                match answer.status() {
                    StatusCode::OK => {
                        let body = answer.text().await.unwrap();
                        assert_eq!(body, *expected);
                        counts.right.fetch_add(1, Ordering::Relaxed);
                    }
                    StatusCode::SERVICE_UNAVAILABLE => {
                        assert_eq!(answer.headers()[RETRY_AFTER], "1");
                        counts.busy.fetch_add(1, Ordering::Relaxed);
                        // Less than what it says, for the sake of the load.
                        sleep(Duration::from_millis(50)).await;
                    }
                    status => panic!("{status}"),
                }
            }
        });
    }
    sleep(whole / 2).await;
    let early = Held::by(proxy);
    sleep(whole.mul_f64(0.9).saturating_sub(begin.elapsed())).await;
    let late = Held::by(proxy);
    while let Some(scraper) = scrapers.join_next().await {
        scraper.unwrap();
    }
    let held = [before, early, late];
    println!("{held:#?}\n{counts:?} in {whole:?}");
    (held, counts)
}

/// Starts the servers, and says what every answer has to be.
async fn scene() -> ([String; 3], Arc<String>) {
    let samples: String = (0..500).map(|n| format!("a{{n=\"{n}\"}} {n}\n")).collect();
    let answer = format!(
        "\
# HELP proxy_target_up Whether the server answered.
# TYPE proxy_target_up gauge
proxy_target_up{{target=\"good\"}} 1
proxy_target_up{{target=\"silent\"}} 0
proxy_target_up{{target=\"endless\"}} 0
# HELP proxy_target_samples Samples the server gave, before relabelling.
# TYPE proxy_target_samples gauge
proxy_target_samples{{target=\"good\"}} 500
proxy_target_samples{{target=\"silent\"}} 0
proxy_target_samples{{target=\"endless\"}} 0
# HELP proxy_target_errors Lines in error the server gave.
# TYPE proxy_target_errors gauge
proxy_target_errors{{target=\"good\"}} 0
proxy_target_errors{{target=\"silent\"}} 0
proxy_target_errors{{target=\"endless\"}} 0
{samples}"
    );
    let servers = [
        format!("good={}", good(TEXT, samples).await),
        format!("silent={}", raw(Vec::new(), Then::Hang).await),
        format!("endless={}", raw(endless(), Then::Repeat).await),
    ];
    (servers, Arc::new(answer))
}

/// Nothing grows from half of the way on, and everything is bounded.
fn check(held: [Held; 3]) {
    let [before, early, late] = held;
    assert!(late.kib <= early.kib + 16 * 1024, "{held:#?}");
    // Those that make pages: one for each core, and some that are about to end.
    let cores = std::thread::available_parallelism().unwrap().get() as u64;
    assert!(late.threads <= before.threads + cores + 24, "{held:#?}");
    // Each scraper, and some for each server.
    let descriptors = before.descriptors + CONNECTIONS + 40;
    assert!(late.descriptors <= descriptors, "{held:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered() {
    let _load = LOAD.lock().await;
    let (servers, expected) = scene().await;
    let options = [
        "--max-requests",
        "200",
        "--upstream-timeout",
        "1.5",
        "--max-body",
        "128KiB",
    ];
    let proxy = Proxy::start(&options, &servers);
    let (held, counts) = load(&proxy, expected).await;
    check(held);
    assert_eq!(counts.busy.load(Ordering::Relaxed), 0);
    assert!(counts.right.load(Ordering::Relaxed) >= CONNECTIONS as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_the_limit_says_are_answered() {
    let _load = LOAD.lock().await;
    let (servers, expected) = scene().await;
    let options = ["--upstream-timeout", "1", "--max-body", "128KiB"];
    let proxy = Proxy::start(&options, &servers);
    let (held, counts) = load(&proxy, expected).await;
    check(held);
    assert!(counts.busy.load(Ordering::Relaxed) > 0);
    assert!(counts.right.load(Ordering::Relaxed) > 0);
}
