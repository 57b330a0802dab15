//! A program that is instrumented with `prometheus-client`, and the commands that look at it.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use serde_json::Value;

use crate::support::run;
use crate::support::server::{Server, reply};

type Labels = Vec<(String, String)>;

/// What the crate's own examples send.
const HEADER: &str = "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";

/// Starts the program. It serves a request for each time that it is asked.
fn program() -> Server {
    let mut registry = Registry::with_prefix("shop");
    let requests = Family::<Labels, Counter>::default();
    let in_flight: Gauge = Gauge::default();
    let latency = Histogram::new(exponential_buckets(0.01, 10.0, 3));
    let build = Info::new(vec![("version".to_owned(), "1.2".to_owned())]);
    registry.register("requests", "Requests that were served", requests.clone());
    registry.register(
        "in_flight",
        "Requests that are being served",
        in_flight.clone(),
    );
    registry.register_with_unit(
        "latency",
        "How long they took",
        Unit::Seconds,
        latency.clone(),
    );
    registry.register("build", "What runs", build);
    let asked = AtomicU64::new(0);
    Server::new(move |_, out| {
        let asked = asked.fetch_add(1, Ordering::Relaxed);
        let path = if asked.is_multiple_of(2) {
            "/"
        } else {
            "/cart"
        };
        requests
            .get_or_create(&vec![("path".to_owned(), path.to_owned())])
            .inc_by(3);
        in_flight.set(i64::try_from(asked).unwrap());
        latency.observe(0.25);
        let mut body = String::new();
        encode(&mut body, &registry).unwrap();
        reply(out, "200 OK", HEADER, body.as_bytes())
    })
}

#[test]
fn is_shown() {
    let server = program();
    let ran = run(["show", &server.metrics()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (shown, _) = ran.out.split_once(" read in ").unwrap();
    assert_eq!(shown, include_str!("real/show.txt").trim_end());
}

#[test]
fn is_checked() {
    let server = program();
    let ran = run(["check", &server.metrics()]);
    assert_eq!(server.hidden(&ran.out), include_str!("real/check.txt"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn is_counted() {
    let server = program();
    let ran = run(["top", &server.metrics()]);
    assert_eq!(server.hidden(&ran.out), include_str!("real/top.txt"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn is_watched() {
    let server = program();
    let ran = run([
        "watch",
        "--json",
        "--interval",
        "10ms",
        "--count",
        "3",
        &server.metrics(),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let scrapes: Vec<Value> = (ran.out.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let moved = |scrape: &Value, list: &str| {
        let moved = scrape[list].as_array().unwrap().iter().map(|moved| {
            let labels = moved["labels"].as_object().unwrap();
            let labels = labels
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()));
            let by = ["increase", "mean", "after"]
                .map(|key| moved[key].to_string())
                .join(" ");
            format!(
                "{} {} {by}",
                moved["name"].as_str().unwrap(),
                labels.collect::<String>()
            )
        });
        moved.collect::<Vec<String>>()
    };
    let new: Vec<&Value> = scrapes.iter().map(|scrape| &scrape["new"]).collect();
    assert_eq!(new, [0, 1, 0]);
    assert_eq!(scrapes[1]["new_series"][0]["labels"]["path"], "/cart");
    assert_eq!(
        moved(&scrapes[1], "rates"),
        ["shop_latency_seconds  1.0 0.25 null"]
    );
    assert_eq!(
        moved(&scrapes[2], "rates"),
        [
            "shop_requests path=/ 3.0 null null",
            "shop_latency_seconds  1.0 0.25 null"
        ]
    );
    assert_eq!(
        moved(&scrapes[2], "gauges"),
        ["shop_in_flight  null null 2.0"]
    );
}
