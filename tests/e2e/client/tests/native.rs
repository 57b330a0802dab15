//! A native histogram of a client library, from the server to quantiles and stored samples.

use client::{fetch, serve};
use exposition::format::accept_header;
use exposition::scrape::{Discovered, SampleConfig, TargetConfig};
use exposition::{
    EscapingScheme, Families, HistogramOptions, MetricType, MetricValue, SampleValue, SampleView,
    Samples, ScrapeProtocol,
};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, NativeHistogramConfig};
use prometheus_client::registry::Registry;

fn registry() -> Registry {
    let mut registry = Registry::default();
    let requests: Counter = Counter::default();
    registry.register("requests", "Requests answered", requests.clone());
    requests.inc_by(1000);
    let latency = Histogram::new_native(NativeHistogramConfig::with_schema(3));
    registry.register("latency_seconds", "Time to answer", latency.clone());
    (1..=1000).for_each(|at| latency.observe(f64::from(at) / 1000.0));
    let config = NativeHistogramConfig::with_schema(0);
    let both = Histogram::new_classic_and_native([1.0, 2.0], config);
    registry.register("both", "Both forms", both.clone());
    [0.5, 1.5, 3.0]
        .iter()
        .for_each(|value| both.observe(*value));
    registry
}

fn answer() -> (String, Vec<u8>) {
    let address = serve(registry()).unwrap();
    let accept = accept_header(
        &[
            ScrapeProtocol::PrometheusProto,
            ScrapeProtocol::OpenMetricsText100,
        ],
        EscapingScheme::AllowUtf8,
    );
    fetch(&address, &accept).unwrap()
}

#[test]
fn quantiles_are_read() {
    let (content_type, body) = answer();
    let families = Families::from_response(Some(&content_type), None, &body).unwrap();
    let families = families.read_all();
    assert_eq!(families.errors, []);
    assert_eq!(families.value("requests_total", []), Some(1000.0));

    let latency = families.get("latency_seconds").unwrap();
    assert_eq!(latency.metric_type, MetricType::Histogram);
    let MetricValue::Histogram(histogram) = &latency.metrics[0].value else {
        panic!("{latency:?}");
    };
    let native = histogram.native.as_deref().unwrap();
    assert_eq!((native.count(), native.schema), (1000.0, 3));
    assert_eq!(native.validate(), Ok(()));
    // A bucket of schema 3 is 9 % wide.
    for q in [0.1, 0.5, 0.9, 0.99] {
        let quantile = native.quantile(q);
        assert!((quantile / q - 1.0).abs() < 0.05, "{q}: {quantile}");
    }
    assert!((native.fraction(0.0, 0.25) - 0.25).abs() < 0.01);

    let both = families.get("both").unwrap();
    let MetricValue::Histogram(histogram) = &both.metrics[0].value else {
        panic!("{both:?}");
    };
    assert_eq!(histogram.buckets.len(), 3);
    assert_eq!(histogram.native.as_deref().unwrap().count(), 3.0);
}

#[test]
fn a_scrape_stores_them() {
    let (content_type, body) = answer();
    let Discovered::Target(target) = TargetConfig::new("client")
        .discover([("__address__", "127.0.0.1:9090")])
        .unwrap()
    else {
        panic!("no rule drops anything");
    };
    let config = SampleConfig::new();
    let mut wants_native = SampleConfig::new();
    wants_native.histograms = HistogramOptions::new().native(true);
    let classic = config.scrape(&target, Some(&content_type), &body).collect();
    assert!(classic.report.up(), "{:?}", classic.report);
    let native = wants_native
        .scrape(&target, Some(&content_type), &body)
        .collect();
    assert!(native.report.up(), "{:?}", native.report);
    let histograms = |scraped: &exposition::scrape::Scraped<'_>| {
        let samples = scraped.samples.iter();
        samples
            .filter(|sample| SampleView::value(*sample).as_f64().is_none())
            .count()
    };
    assert_eq!((histograms(&classic), histograms(&native)), (0, 2));
}

#[test]
fn samples_come_in_either_form() {
    let (content_type, body) = answer();
    let names = |options: HistogramOptions| {
        let samples = Samples::from_response(Some(&content_type), None, &body).unwrap();
        let mut samples = samples.histograms(options);
        let mut names = Vec::new();
        while let Some(sample) = samples.next_sample().unwrap() {
            let is_native = matches!(sample.value(), SampleValue::NativeHistogram(_));
            names.push((sample.name().into_owned(), is_native));
        }
        names
    };
    let native = names(HistogramOptions::new().native(true));
    assert!(
        native.contains(&("latency_seconds".to_owned(), true)),
        "{native:?}"
    );
    let classic = names(HistogramOptions::new());
    assert!(
        classic.contains(&("latency_seconds_count".to_owned(), false)),
        "{classic:?}"
    );
    assert!(
        classic.iter().all(|(_, is_native)| !is_native),
        "{classic:?}"
    );
}
