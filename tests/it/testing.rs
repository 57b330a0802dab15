//! Assertions: what they say when they fail, in every format; a missing metric fails each of them; a body has no
//! difference from itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot begin has failed"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Once;

use exposition::encode::to_vec;
use exposition::testing::{
    Change, ChangeKind, CompareError, Exposition, Lookup, LookupErrorKind, ReadError,
    SinceErrorKind,
};
use exposition::{
    Bucket, BucketSpan, Format, Histogram, Metric, MetricFamily, MetricState, MetricType,
    MetricValue, NativeCounts, NativeHistogram, Quantile, ScrapeProtocol, Series, StateSet,
    Summary,
};
use proptest::prelude::*;

use crate::support::corpus::each_body;
use crate::support::generated::{families, native_family};

/// Every format that a body can be in.
const FORMATS: [ScrapeProtocol; 5] = [
    ScrapeProtocol::PrometheusText004,
    ScrapeProtocol::PrometheusText100,
    ScrapeProtocol::OpenMetricsText100,
    ScrapeProtocol::OpenMetricsText200,
    ScrapeProtocol::PrometheusProto,
];

thread_local! {
    /// The place of the last panic, while a test waits for one.
    static PLACE: RefCell<Option<Option<(String, u32)>>> = const { RefCell::new(None) };
}

/// Returns what an assertion says when it fails; `None` if it does not. It has to fail at its own place.
#[track_caller]
fn failure<T>(assertion: impl FnOnce() -> T) -> Option<String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_awaited = PLACE.with_borrow_mut(|place| {
                let place = place.as_mut()?;
                let location = panic.location()?;
                *place = Some((location.file().to_owned(), location.line()));
                Some(())
            });
            if is_awaited.is_none() {
                others(panic);
            }
        }));
    });
    PLACE.set(Some(None));
    let outcome = catch_unwind(AssertUnwindSafe(assertion));
    let place = PLACE.take().flatten();
    let payload = outcome.err()?;
    let (file, line) = place.unwrap();
    assert_eq!(
        file,
        Location::caller().file(),
        "it fails at line {line} of another file"
    );
    Some(*payload.downcast::<String>().unwrap())
}

/// What a service may expose, with all that the formats share.
fn service() -> Vec<MetricFamily<'static>> {
    let requests = |method: &'static str, code: &'static str, value| {
        Metric::counter(value).labels([("method", method), ("code", code)])
    };
    let latency = Histogram::new([
        Bucket::new(0.1, 2.0),
        Bucket::new(0.5, 2.0),
        Bucket::new(f64::INFINITY, 3.0),
    ]);
    let latency = Metric::histogram(latency.sum(1.5).count(3.0)).labels([("method", "get")]);
    let sizes = Summary::new([Quantile::new(0.5, f64::NAN), Quantile::new(0.9, 7.0)]);
    let mut families = vec![
        MetricFamily::new("http_requests_total", MetricType::Counter)
            .help("Requests answered.")
            .metric(requests("get", "200", 3.0))
            .metric(requests("put", "200", 1.0))
            .metric(requests("put", "500", 0.0)),
        MetricFamily::new("queue_length", MetricType::Gauge).metric(Metric::gauge(-2.5)),
        MetricFamily::new("rpc_seconds", MetricType::Histogram).metric(latency),
        MetricFamily::new("sizes", MetricType::Summary)
            .metric(Metric::summary(sizes.sum(9.0).count(2.0))),
        MetricFamily::new("old", MetricType::Unknown).metric(Metric::unknown(f64::INFINITY)),
    ];
    families[0]
        .metrics
        .iter_mut()
        .for_each(|metric| metric.suffixed = true);
    families
}

fn read(families: &[MetricFamily<'_>], protocol: ScrapeProtocol) -> Exposition {
    let body = to_vec(families, protocol).unwrap();
    let format = Format::new(protocol);
    Exposition::new(&body, format).unwrap_or_else(|error| panic!("{protocol}: {error}"))
}

/// Calls `check` on the same service in every format.
fn in_every_format(check: impl Fn(&Exposition, ScrapeProtocol)) {
    for protocol in FORMATS {
        let mut families = service();
        if matches!(
            protocol,
            ScrapeProtocol::OpenMetricsText100 | ScrapeProtocol::OpenMetricsText200
        ) {
            // There the family is named without the suffix.
            families[0].name = "http_requests".into();
        } else {
            families[0]
                .metrics
                .iter_mut()
                .for_each(|metric| metric.suffixed = false);
        }
        check(&read(&families, protocol), protocol);
    }
}

type Assertion = fn(&Exposition);

/// Assertions that fail, and what they say.
const FAILURES: &[(Assertion, &str)] = &[
    (
        |body| drop(body.metric("queue_length").assert_eq(2).clone()),
        "queue_length is -2.5, expected 2",
    ),
    (
        |body| drop(body.metric("queue_length").assert_ne(-2.5).clone()),
        "queue_length is -2.5, expected another",
    ),
    (
        |body| drop(body.metric("queue_length").assert_gt(-2.5).clone()),
        "queue_length is -2.5, expected more than -2.5",
    ),
    (
        |body| drop(body.metric("queue_length").assert_ge(0).clone()),
        "queue_length is -2.5, expected at least 0",
    ),
    (
        |body| drop(body.metric("queue_length").assert_lt(-2.5).clone()),
        "queue_length is -2.5, expected less than -2.5",
    ),
    (
        |body| drop(body.metric("queue_length").assert_le(-3).clone()),
        "queue_length is -2.5, expected at most -3",
    ),
    (
        |body| drop(body.metric("queue_length").assert_in(0.0..1.0).clone()),
        "queue_length is -2.5, expected one in 0.0..1.0",
    ),
    (
        |body| drop(body.metric("queue_length").assert_near(-2, 0.25).clone()),
        "queue_length is -2.5, expected -2 within 0.25",
    ),
    (
        |body| {
            let length = body.metric("queue_length");
            length.assert_that("a whole number", |length| length.fract() == 0.0);
        },
        "queue_length is -2.5, expected a whole number",
    ),
    (
        |body| drop(body.metric("queue_length").assert_absent().clone()),
        "expected no such series, found\n  queue_length -2.5",
    ),
    (
        |body| {
            drop(
                body.metric("http_requests_total")
                    .label("code", "200")
                    .assert_absent()
                    .clone(),
            )
        },
        "expected no such series, found\n  \
         http_requests_total{code=\"200\",method=\"get\"} 3\n  \
         http_requests_total{code=\"200\",method=\"put\"} 1",
    ),
    (
        |body| {
            let puts = body
                .metric("http_requests_total")
                .labels([("method", "put")]);
            puts.label("code", "200").exactly().assert_eq(2);
        },
        "http_requests_total{code=\"200\",method=\"put\"} is 1, expected 2",
    ),
    (
        |body| {
            drop(
                body.metric("http_requests_total")
                    .total()
                    .assert_eq(5)
                    .clone(),
            )
        },
        "the total of http_requests_total is 4, expected 5",
    ),
    (
        |body| {
            let puts = body.metric("http_requests").label("method", "put");
            puts.total().assert_eq(5);
        },
        "the total of http_requests{method=\"put\"} is 1, expected 5",
    ),
    (
        |body| {
            drop(
                body.metric("http_requests_total")
                    .label("code", "200")
                    .assert_eq(3)
                    .clone(),
            )
        },
        "2 series match http_requests_total{code=\"200\"}, and one is asked for:\n  \
         http_requests_total{code=\"200\",method=\"get\"} 3\n  \
         http_requests_total{code=\"200\",method=\"put\"} 1",
    ),
    (
        |body| {
            let found = body.metric("http_requests_total");
            found
                .labels([("code", "500"), ("method", "get")])
                .assert_eq(0);
        },
        "no series matches http_requests_total{code=\"500\",method=\"get\"}; the nearest:\n  \
         http_requests_total{code=\"200\",method=\"get\"} 3: code is \"200\"\n  \
         http_requests_total{code=\"500\",method=\"put\"} 0: method is \"put\"\n  \
         http_requests_total{code=\"200\",method=\"put\"} 1: code is \"200\", method is \"put\"",
    ),
    (
        |body| {
            let found = body.metric("http_requests_total").label("code", "500");
            found.exactly().assert_eq(0);
        },
        "no series matches http_requests_total{code=\"500\"} and no other labels; the nearest:\n  \
         http_requests_total{code=\"500\",method=\"put\"} 0: method=\"put\" too\n  \
         http_requests_total{code=\"200\",method=\"get\"} 3: code is \"200\", method=\"get\" too\n  \
         http_requests_total{code=\"200\",method=\"put\"} 1: code is \"200\", method=\"put\" too",
    ),
    (
        |body| {
            drop(
                body.metric("queue_length")
                    .label("queue", "mail")
                    .assert_eq(0)
                    .clone(),
            )
        },
        "no series matches queue_length{queue=\"mail\"}; the nearest:\n  \
         queue_length -2.5: there is no queue",
    ),
    (
        |body| {
            let found = body.metric("http_requests_total").label("method", "put");
            found.label("code", "").assert_eq(0);
        },
        "no series matches http_requests_total{method=\"put\"} without code; the nearest:\n  \
         http_requests_total{code=\"200\",method=\"put\"} 1: code is \"200\"\n  \
         http_requests_total{code=\"500\",method=\"put\"} 0: code is \"500\"\n  \
         http_requests_total{code=\"200\",method=\"get\"} 3: method is \"get\", code is \"200\"",
    ),
    (
        |body| drop(body.metric("queue_lenght").assert_eq(0).clone()),
        "no metric is named queue_lenght; the nearest: queue_length",
    ),
    (
        |body| drop(body.metric("rpc_second_count").assert_eq(0).clone()),
        "no metric is named rpc_second_count; the nearest: rpc_seconds_count, rpc_seconds_sum, rpc_seconds, rpc_seconds_bucket",
    ),
    (
        |body| drop(body.metric("rpc_seconds").assert_eq(0).clone()),
        "rpc_seconds{method=\"get\"} is a histogram and has no value of its own: \
         ask for its count, sum, bucket or quantile",
    ),
    (
        |body| drop(body.metric("rpc_seconds").count().assert_eq(4).clone()),
        "the count of rpc_seconds{method=\"get\"} is 3, expected 4",
    ),
    (
        |body| drop(body.metric("rpc_seconds").sum().assert_eq(4).clone()),
        "the sum of rpc_seconds{method=\"get\"} is 1.5, expected 4",
    ),
    (
        |body| drop(body.metric("rpc_seconds").bucket(0.1).assert_eq(4).clone()),
        "the bucket 0.1 of rpc_seconds{method=\"get\"} is 2, expected 4",
    ),
    (
        |body| drop(body.metric("rpc_seconds").bucket(0.2).assert_eq(4).clone()),
        "rpc_seconds{method=\"get\"} has no bucket 0.2, only 0.1, 0.5, +Inf",
    ),
    (
        |body| {
            drop(
                body.metric("rpc_seconds")
                    .quantile(0.5)
                    .assert_gt(1)
                    .clone(),
            )
        },
        "the 0.5-quantile of rpc_seconds{method=\"get\"} is 0.07500000000000001, expected more than 1",
    ),
    (
        |body| {
            drop(
                body.metric("rpc_seconds_count")
                    .count()
                    .assert_eq(3)
                    .clone(),
            )
        },
        "rpc_seconds_count{method=\"get\"} is a single sample and has no count: ask rpc_seconds",
    ),
    (
        |body| drop(body.metric("rpc_seconds_count").assert_eq(4).clone()),
        "rpc_seconds_count{method=\"get\"} is 3, expected 4",
    ),
    (
        |body| {
            drop(
                body.metric("rpc_seconds_bucket")
                    .label("le", ".5")
                    .assert_eq(4)
                    .clone(),
            )
        },
        "rpc_seconds_bucket{le=\"0.5\",method=\"get\"} is 2, expected 4",
    ),
    (
        |body| drop(body.metric("sizes").quantile(0.5).assert_eq(0).clone()),
        "the 0.5-quantile of sizes is NaN, expected 0",
    ),
    (
        |body| drop(body.metric("sizes").quantile(0.99).assert_eq(0).clone()),
        "sizes has no quantile 0.99, only 0.5, 0.9",
    ),
    (
        |body| drop(body.metric("sizes").bucket(1.0).assert_eq(0).clone()),
        "sizes is a summary and has no buckets",
    ),
    (
        |body| drop(body.metric("queue_length").count().assert_present().clone()),
        "queue_length is a gauge and has no count",
    ),
    (
        |body| drop(body.metric("old").sum().assert_eq(0).clone()),
        "old is of unknown type and has no sum",
    ),
    (
        |body| drop(body.metric("old").assert_lt(f64::INFINITY).clone()),
        "old is +Inf, expected less than +Inf",
    ),
];

#[test]
fn what_assertions_say_in_every_format() {
    in_every_format(|body, protocol| {
        for (assertion, expected) in FAILURES {
            let said = failure(|| assertion(body));
            assert_eq!(said.as_deref(), Some(*expected), "{protocol}");
        }
    });
}

#[test]
fn assertions_that_hold() {
    in_every_format(|body, _| {
        body.metric("queue_length")
            .assert_eq(-2.5)
            .assert_eq(-2.5_f32)
            .assert_ne(2)
            .assert_gt(-3)
            .assert_ge(-2.5)
            .assert_lt(0)
            .assert_le(-2.5)
            .assert_in(-3.0..)
            .assert_in(..=-2.5)
            .assert_near(-2, 0.5)
            .assert_that("negative", |length| length < 0.0)
            .assert_present();
        let requests = body.metric("http_requests_total");
        requests
            .clone()
            .label("code", "500")
            .assert_eq(0)
            .assert_eq(-0.0);
        requests
            .clone()
            .labels([("code", "200")])
            .total()
            .assert_eq(4);
        requests.clone().label("code", "404").assert_absent();
        requests.clone().label("zone", "").total().assert_eq(4);
        requests
            .label("code", "500")
            .label("method", "put")
            .exactly()
            .assert_present();
        body.metric("http_requests").total().assert_eq(4);
        let latency = body.metric("rpc_seconds").label("method", "get");
        latency.assert_present();
        latency.clone().exactly().count().assert_eq(3);
        latency.clone().sum().assert_eq(1.5);
        latency.clone().bucket(0.5).assert_eq(2);
        latency.clone().bucket(f64::INFINITY).assert_eq(3);
        latency.clone().quantile(1.0).assert_eq(0.5);
        body.metric("rpc_seconds")
            .label("method", "put")
            .assert_absent();
        body.metric("rpc_seconds_sum").assert_eq(1.5);
        body.metric("sizes").count().assert_eq(2);
        body.metric("sizes").sum().assert_eq(9);
        body.metric("sizes").quantile(0.9).assert_eq(7);
        body.metric("sizes").label("quantile", "0.90").assert_eq(7);
        body.metric("none").assert_absent();
        body.metric("none").count().assert_absent();
        assert_eq!(
            body.metric("http_requests_total")
                .label("method", "put")
                .series()
                .unwrap(),
            ["200", "500"].map(|code| {
                Series::new("http_requests_total", [("method", "put"), ("code", code)])
            })
        );
        let series = body.metric("rpc_seconds").series();
        assert_eq!(
            series.unwrap(),
            [Series::new("rpc_seconds", [("method", "get")])]
        );
    });
}

type OfLookup = fn(&Lookup<'_>);

/// All that can be asserted of a number.
const ASSERTIONS: &[(&str, OfLookup)] = &[
    ("assert_eq", |lookup| {
        drop(lookup.assert_eq(f64::NAN).clone())
    }),
    ("assert_ne", |lookup| drop(lookup.assert_ne(0).clone())),
    ("assert_gt", |lookup| {
        drop(lookup.assert_gt(f64::NEG_INFINITY).clone())
    }),
    ("assert_ge", |lookup| {
        drop(lookup.assert_ge(f64::NEG_INFINITY).clone())
    }),
    ("assert_lt", |lookup| {
        drop(lookup.assert_lt(f64::INFINITY).clone())
    }),
    ("assert_le", |lookup| {
        drop(lookup.assert_le(f64::INFINITY).clone())
    }),
    ("assert_in", |lookup| drop(lookup.assert_in(..).clone())),
    ("assert_near", |lookup| {
        drop(lookup.assert_near(0, f64::INFINITY).clone())
    }),
    ("assert_that", |lookup| {
        drop(lookup.assert_that("anything", |_| true).clone())
    }),
    ("assert_present", |lookup| {
        drop(lookup.assert_present().clone())
    }),
];

/// The table above has every assertion but one.
#[test]
fn every_assertion_is_in_the_table() {
    let source = include_str!("../../src/testing/assertions.rs");
    let public = source.split("pub fn ").skip(1);
    let public: BTreeSet<&str> = public.filter_map(|item| item.split('(').next()).collect();
    let listed = ASSERTIONS.iter().map(|(name, _)| *name);
    assert_eq!(public, listed.chain(["assert_absent"]).collect());
}

#[test]
fn a_missing_metric_fails_every_assertion() {
    in_every_format(|body, protocol| {
        let missing: [Lookup<'_>; 9] = [
            body.metric("none"),
            body.metric(""),
            body.metric("none").total(),
            body.metric("none").count(),
            body.metric("none").quantile(0.5).total(),
            body.metric("queue_length").label("queue", "mail"),
            body.metric("http_requests_total")
                .label("code", "404")
                .total(),
            body.metric("rpc_seconds").label("method", "put").count(),
            body.metric("rpc_seconds_bucket").exactly(),
        ];
        for lookup in &missing {
            for (name, assertion) in ASSERTIONS {
                let said = failure(|| assertion(lookup));
                assert!(
                    said.is_some_and(|said| said.starts_with("no metric is named ")
                        || said.starts_with("no series matches ")),
                    "{protocol}: {name} of {lookup:?}"
                );
            }
            assert_eq!(lookup.value().unwrap_err().kind(), LookupErrorKind::Missing);
            assert_eq!(
                lookup.series().unwrap_err().kind(),
                LookupErrorKind::Missing
            );
            assert_eq!(failure(|| lookup.assert_absent()), None);
        }
        // Nor is what is there, but does not say what is asked for, or not alone.
        let others = [
            (body.metric("http_requests_total"), LookupErrorKind::Several),
            (
                body.metric("queue_length").count(),
                LookupErrorKind::Unanswered,
            ),
            (
                body.metric("rpc_seconds").bucket(7.0),
                LookupErrorKind::Unanswered,
            ),
            (
                body.metric("rpc_seconds").bucket(f64::NAN).total(),
                LookupErrorKind::Unanswered,
            ),
            (
                body.metric("sizes").quantile(0.1),
                LookupErrorKind::Unanswered,
            ),
        ];
        for (lookup, kind) in &others {
            for (name, assertion) in ASSERTIONS {
                let may_be_several = *name == "assert_present" && *kind == LookupErrorKind::Several;
                let failed = failure(|| assertion(lookup)).is_some();
                assert!(failed || may_be_several, "{protocol}: {name} of {lookup:?}");
            }
            assert_eq!(lookup.value().unwrap_err().kind(), *kind, "{protocol}");
            assert!(failure(|| lookup.assert_absent()).is_some());
        }
    });
}

#[test]
fn not_a_number_is_itself_and_no_other() {
    let body = Exposition::text("a NaN\n").unwrap();
    let a = body.metric("a");
    a.assert_eq(f64::NAN)
        .assert_ne(0)
        .assert_ne(f64::INFINITY)
        .assert_near(f64::NAN, 0);
    let others: [(&str, OfLookup); 7] = [
        ("a is NaN, expected 0", |a| drop(a.assert_eq(0).clone())),
        ("a is NaN, expected another", |a| {
            drop(a.assert_ne(f64::NAN).clone())
        }),
        ("a is NaN, expected more than -Inf", |a| {
            a.assert_gt(f64::NEG_INFINITY);
        }),
        ("a is NaN, expected at least NaN", |a| {
            drop(a.assert_ge(f64::NAN).clone())
        }),
        ("a is NaN, expected at most +Inf", |a| {
            a.assert_le(f64::INFINITY);
        }),
        ("a is NaN, expected one in 0.0..=1.0", |a| {
            drop(a.assert_in(0.0..=1.0).clone())
        }),
        ("a is NaN, expected 0 within +Inf", |a| {
            a.assert_near(0, f64::INFINITY);
        }),
    ];
    for (expected, assertion) in others {
        assert_eq!(failure(|| assertion(&a)).as_deref(), Some(expected));
    }
}

#[test]
fn many_are_listed_in_part() {
    let body: String = (0..30)
        .map(|at| format!("a{{b=\"{at}\"}} {at}\n"))
        .collect();
    let body = Exposition::text(body + "declared_bytes 1\n# TYPE declared counter\n").unwrap();
    let several = body.metric("a").value().unwrap_err().to_string();
    assert!(several.starts_with("30 series match a, and one is asked for:\n  a{b=\"0\"} 0\n"));
    assert!(
        several.ends_with("\n  a{b=\"7\"} 7\n  and 22 more"),
        "{several}"
    );
    let missing = body
        .metric("a")
        .label("c", "")
        .label("b", "x")
        .value()
        .unwrap_err();
    assert_eq!(missing.to_string().lines().count(), 6);
    let declared = body.metric("declared").value().unwrap_err();
    assert_eq!(
        declared.to_string(),
        "declared is declared, of type counter, and has no series"
    );
    let far = body.metric("zzzz").value().unwrap_err();
    assert_eq!(
        far.to_string(),
        "no metric is named zzzz, nor nearly so, of 3 names"
    );
    let empty = Exposition::text("").unwrap();
    let error = empty.metric("up").value().unwrap_err();
    assert_eq!(
        error.to_string(),
        "no metric is named up: the exposition has no metrics"
    );
    // `unwrap` shows the same.
    assert_eq!(format!("{error:?}"), error.to_string());
    let name = "x".repeat(1000);
    let long = Exposition::text(format!("{name} 1\n")).unwrap();
    let error = long.metric(&name).label("a", "b").value().unwrap_err();
    assert!(error.to_string().len() < 700, "{error}");
}

/// A native histogram with this many observations in (0.5,1], (1,2], (4,8].
fn native(counts: [i64; 3]) -> NativeHistogram {
    let [a, b, c] = counts;
    let all = a + b + c + 1;
    NativeHistogram::new(0)
        .zero_threshold(0.001)
        .sum(all as f64 * 2.0)
        .counts(NativeCounts::integer(all as u64, 1, [a, b - a, c - b], []))
        .positive_spans([BucketSpan::new(0, 2), BucketSpan::new(1, 1)])
}

fn native_body(native: NativeHistogram, protocol: ScrapeProtocol) -> Exposition {
    let (sum, count) = (native.sum, native.count());
    let histogram = Histogram::default().sum(sum).count(count).native(native);
    let metric = Metric::histogram(histogram).labels([("method", "get")]);
    let family = MetricFamily::new("rpc_seconds", MetricType::Histogram).metric(metric);
    read(&[family], protocol)
}

/// The formats that have native histograms.
const NATIVE: [ScrapeProtocol; 2] = [
    ScrapeProtocol::PrometheusProto,
    ScrapeProtocol::OpenMetricsText200,
];

#[test]
fn native_histograms_answer_too() {
    for protocol in NATIVE {
        let body = native_body(native([3, 5, 1]), protocol);
        let latency = body.metric("rpc_seconds");
        latency.clone().count().assert_eq(10);
        latency.clone().sum().assert_eq(20);
        latency.clone().bucket(1.0).assert_eq(4);
        latency.clone().bucket(2.0).assert_eq(9);
        latency.clone().bucket(3.0).assert_eq(9);
        latency.clone().bucket(f64::INFINITY).assert_eq(10);
        latency.clone().quantile(0.4).assert_eq(1);
        body.metric("rpc_seconds_count")
            .label("method", "get")
            .assert_eq(10);
        assert_eq!(latency.native_histogram().unwrap(), &native([3, 5, 1]));
        let said = failure(|| latency.clone().bucket(5.0).assert_eq(9).clone());
        let expected = "rpc_seconds{method=\"get\"} is a native histogram, \
                        and 5 is not a bound of its buckets";
        assert_eq!(said.as_deref(), Some(expected), "{protocol}");
        let said = failure(|| latency.assert_eq(9).clone());
        let expected = "rpc_seconds{method=\"get\"} is a histogram and has no value of its own: \
                        ask for its count, sum, bucket or quantile";
        assert_eq!(said.as_deref(), Some(expected), "{protocol}");
        assert_eq!(
            body.snapshot().to_string(),
            "# TYPE rpc_seconds histogram\nrpc_seconds{method=\"get\"} \
             {count:10, sum:20, [-0.001,0.001]:1, (0.5,1]:3, (1,2]:5, (4,8]:1}\n"
        );

        let earlier = native_body(native([1, 5, 0]), protocol);
        let change = body.since(&earlier).unwrap();
        change.metric("rpc_seconds").count().assert_eq(3);
        change.metric("rpc_seconds").sum().assert_eq(6);
        change.metric("rpc_seconds").bucket(1.0).assert_eq(2);
        change.metric("rpc_seconds").quantile(0.0).assert_le(1);
        let difference = change
            .metric("rpc_seconds")
            .native_histogram()
            .unwrap()
            .to_string();
        assert_eq!(difference, "{count:3, sum:6, (0.5,1]:2, (4,8]:1}");
        let error = earlier.since(&body).unwrap_err();
        assert_eq!(error.kind(), SinceErrorKind::Reset);
        assert_eq!(
            error.to_string(),
            "rpc_seconds_count{method=\"get\"} was reset: 10 before, 7 after"
        );
        // As many, in other buckets.
        let error = native_body(native([4, 4, 1]), protocol)
            .since(&body)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "rpc_seconds{method=\"get\"} was reset: 5 before, 4 after"
        );
        // At a lower resolution: (0.25,1], (1,4], (4,16].
        let mut coarse = native([4, 6, 2]);
        coarse.reduce_resolution(-1).unwrap();
        let change = native_body(coarse, protocol).since(&body).unwrap();
        let difference = change
            .metric("rpc_seconds")
            .native_histogram()
            .unwrap()
            .to_string();
        assert_eq!(
            difference,
            "{count:3, sum:6, (0.25,1]:1, (1,4]:1, (4,16]:1}"
        );
        let wider = native([4, 6, 2]).zero_threshold(0.25);
        let error = native_body(wider, protocol).since(&body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "rpc_seconds{method=\"get\"} has other buckets than before, so there is no difference"
        );
        let nothing = native_body(NativeHistogram::new(3), protocol);
        body.since(&nothing)
            .unwrap()
            .metric("rpc_seconds")
            .bucket(1.0)
            .assert_eq(4);
    }
}

#[test]
fn buckets_of_a_gauge_may_change_alone() {
    let body = |counts| {
        let native = native(counts).is_gauge(true);
        let (sum, count) = (native.sum, native.count());
        let histogram = Histogram::default().sum(sum).count(count).native(native);
        let metric = Metric::new(MetricValue::GaugeHistogram(histogram));
        let family = MetricFamily::new("ages", MetricType::GaugeHistogram).metric(metric);
        read(&[family], ScrapeProtocol::PrometheusProto)
    };
    let change = body([1, 0, 3]).since(&body([3, 1, 0])).unwrap();
    assert_eq!(change.to_string(), "ages (buckets)\n");
    assert_eq!(change.changed()[0].kind(), ChangeKind::Buckets);
    let difference = change
        .metric("ages")
        .native_histogram()
        .unwrap()
        .to_string();
    assert_eq!(
        difference,
        "{count:0, sum:0, (0.5,1]:-2, (1,2]:-1, (4,8]:3}"
    );
}

/// Bodies before and after, and the differences or why there are none.
const CHANGES: &[(&str, &str, Result<&str, &str>)] = &[
    ("", "", Ok("")),
    ("a 1\n", "a 1\n", Ok("")),
    ("a NaN\nb +Inf\n", "b +Inf\na NaN\n", Ok("")),
    ("a 1 5\n", "a 1 6\n", Ok("")),
    ("a 1\n", "a{b=\"\"} 3\n", Ok("a +2\n")),
    ("a 3\n", "a 1\n", Ok("a -2\n")),
    ("a 3\n", "", Ok("a (gone)\n")),
    ("", "a 3\n", Ok("a +3 (new)\n")),
    ("", "# TYPE a counter\na 0\n", Ok("a 0 (new)\n")),
    ("a 1\n", "a NaN\n", Ok("a NaN\n")),
    ("a 1\n", "a +Inf\n", Ok("a +Inf\n")),
    // Of several points, the latest.
    ("a 1 5\na 2 7\na 3 6\n", "a 4 8\na 5 3\n", Ok("a +2\n")),
    (
        "# TYPE a gauge\na 5\n",
        "# TYPE a gauge\na 2\n",
        Ok("a -3\n"),
    ),
    (
        "# TYPE a counter\na 5\n",
        "# TYPE a counter\na 7\n",
        Ok("a +2\n"),
    ),
    (
        "# TYPE a counter\na 5\n",
        "# TYPE a counter\na NaN\n",
        Ok("a NaN\n"),
    ),
    (
        "# TYPE a counter\na{b=\"c\"} 5\n",
        "# TYPE a counter\na{b=\"c\"} 4.5\n",
        Err("a{b=\"c\"} was reset: 5 before, 4.5 after"),
    ),
    // Of another type, it is another metric.
    (
        "# TYPE a counter\na 5\n",
        "# TYPE a gauge\na 4\n",
        Ok("a +4 (new)\na (gone)\n"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 3\na_sum 9\na_count 3\n",
        "# TYPE a histogram\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"+Inf\"} 4\na_sum 8\na_count 4\n",
        Ok("a_bucket{le=\"+Inf\"} +1\na_sum -1\na_count +1\n"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 3\na_count 3\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 3\na_count 3\n",
        Err("a_bucket{le=\"1\"} was reset: 2 before, 1 after"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 3\na_count 3\n",
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 2\n",
        Err("a_count was reset: 3 before, 2 after"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 3\n",
        "# TYPE a histogram\na_bucket{le=\"2\"} 2\na_bucket{le=\"+Inf\"} 3\n",
        Err("a has other buckets than before, so there is no difference"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 3\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\n",
        Err("a has other buckets than before, so there is no difference"),
    ),
    (
        "# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 0\n",
        "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 2\na_count 2\n",
        Ok("a_bucket{le=\"1.0\"} +2\na_bucket{le=\"+Inf\"} +2\na_count +2\n"),
    ),
    (
        "# TYPE a summary\na{quantile=\"0.5\"} 5\na_sum 7\na_count 2\n",
        "# TYPE a summary\na{quantile=\"0.5\"} 4\na{quantile=\"0.9\"} 6\na_sum 6\na_count 2\n",
        Ok("a{quantile=\"0.5\"} -1\na{quantile=\"0.9\"} +6\na_sum -1\n"),
    ),
    (
        "# TYPE a summary\na_count 2\n",
        "# TYPE a summary\na_count 1\n",
        Err("a_count was reset: 2 before, 1 after"),
    ),
];

#[test]
fn what_changed_and_why_there_is_no_telling() {
    for (before, after, expected) in CHANGES {
        let body = |body: &str| Exposition::text(body).unwrap();
        let change = body(after).since(&body(before)).map_err(|error| {
            // `unwrap` shows the same.
            assert_eq!(format!("{error:?}"), error.to_string());
            error.to_string()
        });
        let change = change
            .as_ref()
            .map(Change::to_string)
            .map_err(|error| error.as_str());
        assert_eq!(change.as_deref(), expected.as_deref(), "{before}{after}");
    }
}

#[test]
fn a_later_start_is_a_reset() {
    let body = |created: &str, value: &str| {
        let body = format!("# TYPE a counter\na_total {value}\na_created {created}\n# EOF\n");
        Exposition::openmetrics(body).unwrap()
    };
    let error = body("17.5", "9").since(&body("12", "3")).unwrap_err();
    assert_eq!(error.kind(), SinceErrorKind::Restarted);
    assert_eq!(error.series(), &Series::new("a_total", [("", ""); 0]));
    assert_eq!(
        error.to_string(),
        "a_total was reset: it counts since 17.5, and since 12 before"
    );
    let change = body("12", "9").since(&body("12", "3")).unwrap();
    assert_eq!(change.to_string(), "a_total +6\n");
}

#[test]
fn all_types_have_differences() {
    let body = |state: bool, extra: f64| {
        let states = StateSet::new([
            MetricState::new("on", state),
            MetricState::new("off", !state),
        ]);
        let mut info = Metric::new(MetricValue::Info(1.0)).labels([("v", "1")]);
        info.suffixed = true;
        let mut ages = Histogram::new([Bucket::new(f64::INFINITY, extra)]);
        ages = ages.sum(extra).count(extra);
        let mut ages = Metric::new(MetricValue::GaugeHistogram(ages));
        ages.suffixed = true;
        let families = [
            MetricFamily::new("power", MetricType::StateSet)
                .metric(Metric::new(MetricValue::StateSet(states))),
            MetricFamily::new("build", MetricType::Info).metric(info),
            MetricFamily::new("ages", MetricType::GaugeHistogram).metric(ages),
        ];
        read(&families, ScrapeProtocol::OpenMetricsText100)
    };
    let change = body(true, 1.0).since(&body(false, 3.0)).unwrap();
    assert_eq!(
        change.to_string(),
        "power{power=\"on\"} +1\npower{power=\"off\"} -1\n\
         ages_bucket{le=\"+Inf\"} -2\nages_gsum -2\nages_gcount -2\n"
    );
    change.metric("build_info").assert_eq(0);
}

#[test]
fn a_change_answers_as_a_body_does() {
    let body = |get: u32, put: u32| {
        let line = |method, value| format!("jobs_total{{method=\"{method}\"}} {value}\n");
        let lines = [line("get", get), line("put", put), line("idle", 4)].concat();
        Exposition::text(format!("# TYPE jobs_total counter\n{lines}")).unwrap()
    };
    let change = body(5, 1).since(&body(3, 1)).unwrap();
    let jobs = change.metric("jobs_total");
    jobs.clone().label("method", "get").assert_eq(2);
    jobs.clone().label("method", "idle").assert_eq(0);
    jobs.clone().total().assert_eq(2);
    let said = failure(|| jobs.clone().label("method", "get").assert_eq(5).clone());
    assert_eq!(
        said.as_deref(),
        Some("the change of jobs_total{method=\"get\"} is 2, expected 5")
    );
    let said = failure(|| jobs.total().assert_eq(5).clone());
    assert_eq!(
        said.as_deref(),
        Some("the change of the total of jobs_total is 2, expected 5")
    );
    let said = failure(|| change.assert_empty().clone());
    assert_eq!(
        said.as_deref(),
        Some("expected no change, found\n  jobs_total{method=\"get\"} +2")
    );
    body(5, 1).since(&body(5, 1)).unwrap().assert_empty();
    for (name, assertion) in ASSERTIONS {
        assert!(
            failure(|| assertion(&change.metric("job_total"))).is_some(),
            "{name}"
        );
    }
}

/// Bodies, what is expected of them, and how they differ.
const MISMATCHES: &[(&str, &str, &str)] = &[
    ("", "", ""),
    ("a 1\nb 2\n", "b 2\na 1", ""),
    (
        "a{b=\"1\",c=\"2\"} 1\n",
        "  \t a{c=\"2\",b=\"1\",d=\"\"} 1e0\n\n",
        "",
    ),
    ("# HELP a Help.\n# TYPE a gauge\na 1\n", "a 1\n", ""),
    ("# TYPE a gauge\na 1\n", "# TYPE a gauge\na 1\n", ""),
    ("a 1\n", "", "+ a 1\n"),
    ("", "a 1\n", "- a 1\n"),
    ("a 1\nb 2\n", "a 1\nb 3\n", "- b 3\n+ b 2\n"),
    ("a 1 5\n", "a 1\n", "- a 1\n+ a 1 5\n"),
    ("a NaN\n", "a nan\n", ""),
    (
        "c 1\na 1\nb{c=\"d\"} 1\n",
        "b 2\nc 2\na 1\n",
        "- b 2\n+ b{c=\"d\"} 1\n- c 2\n+ c 1\n",
    ),
    // Each of two points.
    ("a 1 5\na 2 6\n", "a 1 5\na 3 6\n", "- a 3 6\n+ a 2 6\n"),
    ("a 1\na 1\n", "a 1\n", "+ a 1\n"),
    (
        "a 1\n",
        "# TYPE a counter\n# HELP a Help\\\\\\n.\na 1\n",
        "- # HELP a Help\\\\\\n.\n- # TYPE a counter\n",
    ),
    (
        "# TYPE a gauge\n# HELP a Help.\na 1\n",
        "# TYPE a counter\n# HELP a Help!\na 1\n",
        "- # HELP a Help!\n+ # HELP a Help.\n- # TYPE a counter\n+ # TYPE a gauge\n",
    ),
    // Bounds are numbers, whether the histogram is declared or not.
    (
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"10\"} 1\nh_bucket{le=\"+Inf\"} 1\n",
        "h_bucket{le=\"10.0\"} 1\nh_bucket{le=\"1e0\"} 2\nh_bucket{le=\"5\"} 1\n",
        "- h_bucket{le=\"1e0\"} 2\n+ h_bucket{le=\"1.0\"} 1\n- h_bucket{le=\"5\"} 1\n+ h_bucket{le=\"+Inf\"} 1\n",
    ),
];

#[test]
fn what_a_comparison_says() {
    for (body, expected, lines) in MISMATCHES {
        let exposition = Exposition::text(body).unwrap();
        let snapshot = exposition.snapshot();
        let said = match snapshot.matches(expected) {
            Ok(()) => {
                snapshot.assert_matches(expected);
                String::new()
            }
            Err(CompareError::Mismatch(mismatch)) => {
                let said = failure(|| snapshot.assert_matches(expected).clone());
                assert_eq!(said, Some(mismatch.to_string()));
                let all = mismatch.missing().count() + mismatch.unexpected().count();
                assert_eq!(all, lines.lines().count());
                mismatch.to_string()
            }
            Err(error) => panic!("{error}"),
        };
        let head = match lines.is_empty() {
            true => "",
            false => "the exposition is not as expected (-: expected, +: found):\n",
        };
        assert_eq!(said, format!("{head}{lines}"), "{body}{expected}");
    }
}

#[test]
fn a_text_that_cannot_be_read_matches_nothing() {
    let body = Exposition::text("a 1\n").unwrap();
    let error = body.snapshot().matches("a 1\nb\n").unwrap_err();
    let said = "in what is expected: line 2, column 2: expected the sample's value, \
                found the end of the line";
    assert_eq!(error.to_string(), said);
    let asserted = failure(|| body.snapshot().assert_matches("a 1\nb\n").clone());
    assert_eq!(asserted.as_deref(), Some(said));
}

#[test]
fn long_differences_are_cut() {
    let body: String = (0..150).map(|at| format!("a{at:03} 1\n")).collect();
    let body = Exposition::text(body).unwrap();
    let error = body.snapshot().matches("").unwrap_err().to_string();
    assert_eq!(error.lines().count(), 102);
    assert!(error.ends_with("+ a099 1\nand 50 more lines\n"), "{error}");
}

#[test]
fn what_is_ignored_does_not_differ() {
    let body = Exposition::text(concat!(
        "# HELP a Help.\n# TYPE a counter\n",
        "a{pod=\"x-2\",code=\"200\"} 1 5\na{pod=\"x-1\",code=\"500\"} 2 5\n",
        "process_start_time_seconds 7\ngo_threads 9\n",
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
    ))
    .unwrap();
    let snapshot = || {
        body.snapshot()
            .only("a")
            .only("*_time_*")
            .ignore_metric("process_*")
    };
    assert_eq!(
        snapshot().to_string(),
        "# HELP a Help.\n# TYPE a counter\n\
         a{code=\"200\",pod=\"x-2\"} 1 5\na{code=\"500\",pod=\"x-1\"} 2 5\n"
    );
    let snapshot = || {
        snapshot()
            .ignore_label("pod")
            .ignore_timestamps()
            .ignore_help()
    };
    assert_eq!(
        snapshot().to_string(),
        "# TYPE a counter\na{code=\"200\"} 1\na{code=\"500\"} 2\n"
    );
    snapshot().assert_matches("a{code=\"500\",pod=\"y\"} 2\na{code=\"200\"} 1 9\ngo_threads 1\n");
    let values = || snapshot().ignore_values();
    assert_eq!(
        values().to_string(),
        "# TYPE a counter\na{code=\"200\"}\na{code=\"500\"}\n"
    );
    values().assert_matches("a{code=\"500\"} 0\na{code=\"200\"} 0\n# HELP a Other.\n");
    let said = failure(|| values().assert_matches("a{code=\"500\"} 0\n").clone());
    let expected =
        "the exposition is not as expected (-: expected, +: found):\n+ a{code=\"200\"}\n";
    assert_eq!(said.as_deref(), Some(expected));
    // A family's samples by the name of either.
    let buckets = body.snapshot().only("h_bucket").to_string();
    assert_eq!(buckets, "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\n");
    let family = body.snapshot().only("h").to_string();
    assert_eq!(
        family,
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n"
    );
    // Ignoring a label can make series the same: each counts.
    let same = Exposition::text("a{pod=\"1\"} 1\na{pod=\"2\"} 1\n").unwrap();
    let same = same.snapshot().ignore_label("pod");
    assert_eq!(same.to_string(), "a 1\na 1\n");
    assert!(same.matches("a 1\n").is_err());
    same.assert_matches("a 1\na 1\n");
}

#[test]
fn texts_are_compared_in_the_format_of_the_body() {
    let openmetrics = "# HELP a Help.\n# TYPE a counter\na_total 1 1.5\n# EOF\n";
    let body = Exposition::openmetrics(openmetrics).unwrap();
    body.snapshot().assert_matches(openmetrics);
    body.snapshot().assert_matches("a_total 1.0 1.5\n");
    body.snapshot()
        .assert_matches("\n  # TYPE a counter\n\n  a_total 1 1.5\n\t");
    assert!(body.snapshot().matches("a_total 1 1500\n").is_err());
    in_every_format(|body, protocol| {
        let counters = body.snapshot().only("http_requests*");
        let matched = counters.matches(concat!(
            "http_requests_total{method=\"get\",code=\"200\"} 3\n",
            "http_requests_total{method=\"put\",code=\"200\"} 1\n",
            "http_requests_total{method=\"put\",code=\"500\"} 0\n",
        ));
        assert_eq!(matched, Ok(()), "{protocol}");
        let other = read(&service()[1..], ScrapeProtocol::PrometheusText004);
        body.snapshot()
            .ignore_metric("http_*")
            .assert_same_as(&other);
        let said = failure(|| body.snapshot().assert_same_as(&other).clone());
        assert!(
            said.is_some_and(|said| said.contains("\n+ http_requests_total{")),
            "{protocol}"
        );
    });
}

#[test]
fn responses_are_read_by_their_header() {
    for (header, body) in [
        ("text/plain; version=0.0.4", "a_total 1\n"),
        (
            "application/openmetrics-text; version=1.0.0",
            "# TYPE a counter\na_total 1\n# EOF\n",
        ),
        (
            "application/openmetrics-text; version=2.0.0",
            "# TYPE a_total counter\na_total 1 st@0.5\n# EOF\n",
        ),
    ] {
        let body = Exposition::from_response(header, body).unwrap();
        body.metric("a_total").assert_eq(1);
    }
    assert!(Exposition::from_response(None, "").is_ok());
    let error = Exposition::from_response(None, "a 1\n").unwrap_err();
    assert!(matches!(error, ReadError::Format(_)), "{error}");
    let error = Exposition::from_response(Some("text/plain"), "a\n").unwrap_err();
    assert!(matches!(error, ReadError::Body(_)), "{error}");
}

/// Nothing is lost: a body with an error is not taken, even where Prometheus takes it.
#[test]
fn a_body_with_an_error_is_refused() {
    for body in [
        "a 1\nb\n",
        "# TYPE h histogram\nh_bucket{le=\"x\"} 1\n",
        "# TYPE a what\n",
    ] {
        assert!(Exposition::text(body).is_err(), "{body}");
    }
    assert!(Exposition::openmetrics("a 1\n").is_err());
}

#[test]
fn real_bodies_do_not_change_by_themselves() {
    let bodies = each_body(|entry, body, dialect| {
        let format = match dialect {
            exposition::Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            exposition::Dialect::OpenMetrics2 => ScrapeProtocol::OpenMetricsText200,
            _ => ScrapeProtocol::PrometheusText004,
        };
        // Some have lines in error.
        let Ok(exposition) = Exposition::new(body, format.into()) else {
            return;
        };
        let change = exposition.since(&exposition).unwrap();
        assert!(change.is_empty(), "{}: {change}", entry.path.display());
        let snapshot = exposition.snapshot();
        assert_eq!(
            snapshot.matches(&snapshot.to_string()),
            Ok(()),
            "{}",
            entry.path.display()
        );
    });
    assert!(bodies > 10);
}

proptest! {
    #[test]
    fn equal_bodies_have_no_difference(families in families(true), native in native_family()) {
        let body = Exposition::from_families(families.into_iter().chain([native]));
        let mut turned: Vec<_> = body.families().to_vec();
        turned.reverse();
        turned.iter_mut().for_each(|family| family.metrics.reverse());
        let turned = Exposition::from_families(turned);
        let change = body.since(&body).unwrap();
        prop_assert!(change.is_empty(), "{}", change);
        prop_assert_eq!(body.snapshot().is_same_as(&turned), Ok(()));
        prop_assert_eq!(body.to_string(), turned.to_string());
    }

    #[test]
    fn differences_add_up(counts in proptest::collection::vec((0..9_u32, 0..9_u32), 0..5)) {
        let body = |count: &dyn Fn(&(u32, u32)) -> u32| {
            let metrics = counts.iter().enumerate().map(|(at, pair)| {
                Metric::counter(count(pair).into()).labels([("a", at.to_string())])
            });
            let mut family = MetricFamily::new("c", MetricType::Counter);
            family.metrics.extend(metrics);
            Exposition::from_families([family])
        };
        let (before, after) = (body(&|pair| pair.0), body(&|pair| pair.0 + pair.1));
        let change = after.since(&before).unwrap();
        let grown = counts.iter().filter(|pair| pair.1 > 0).count();
        prop_assert_eq!(change.changed().len(), grown);
        for (at, (_, more)) in counts.iter().enumerate() {
            change.metric("c").label("a", at.to_string()).assert_eq(*more);
        }
        prop_assert_eq!(before.since(&after).is_err(), grown > 0);
    }
}
