//! Work on families in JSON.

use std::hint::black_box;

use exposition::encode::Prom2Json;
use exposition::{MetricFamily, Series};

use super::Work;

/// Returns JSON with as many of these as fill the bytes, numbered and separated by commas.
fn listed(bytes: usize, head: &str, item: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    for at in 0.. {
        if text.len() >= bytes {
            break;
        }
        if at > 0 {
            text.push(',');
        }
        text.push_str(&item(at));
    }
    text + tail
}

/// Returns a family of one metric, up to its value.
fn metric(value: &str) -> String {
    format!(r#"{{"name":"a","metric_type":"histogram","metrics":[{{"value":{value}"#)
}

type Shape = (&'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("labels", |n| {
        let label = |at| format!(r#""l{at:07}":"v""#);
        listed(n, &metric(r#"{"gauge":1},"labels":{"#), label, "}}]}")
    }),
    ("labels, each twice", |n| {
        let label = |at| format!(r#""l{:07}":"v""#, at / 2);
        listed(n, &metric(r#"{"gauge":1},"labels":{"#), label, "}}]}")
    }),
    ("metrics", |n| {
        let metric = |at| format!(r#"{{"labels":{{"a":"{at}"}},"value":{{"gauge":{at}}}}}"#);
        let head = r#"{"name":"a","metric_type":"gauge","metrics":["#;
        listed(n, head, metric, "]}")
    }),
    ("buckets", |n| {
        let bucket = |at| {
            format!(
                r#"{{"upper_bound":{at}.5,"cumulative_count":{at},"exemplar":{{"value":{at}}}}}"#
            )
        };
        listed(n, &metric(r#"{"histogram":{"buckets":["#), bucket, "]}}}]}")
    }),
    ("spans", |n| {
        let head = metric(
            r#"{"histogram":{"native":{"schema":0,"sum":0,"counts":{"integer":{"count":0,"zero_count":0,
            "positive_deltas":[],"negative_deltas":[]}},"positive_spans":["#,
        );
        let span = |_| r#"{"offset":1,"length":0}"#.to_owned();
        listed(n, &head, span, "]}}}}]}")
    }),
    ("counts", |n| {
        let spans = format!(r#"[{{"offset":0,"length":{}}}]"#, n / 2);
        let head = metric(&format!(
            r#"{{"histogram":{{"native":{{"schema":8,"sum":"NaN","positive_spans":{spans},"counts":
            {{"float":{{"count":0,"zero_count":0,"negative_counts":[],"positive_counts":["#,
        ));
        let text = listed(n, &head, |_| "1".to_owned(), "]}}}}}}]}");
        let counts = text.matches("1,").count() + 1;
        text.replace(&spans, &format!(r#"[{{"offset":0,"length":{counts}}}]"#))
    }),
    ("quantiles that are texts", |n| {
        let quantile = |at| format!(r#"{{"quantile":"0.{at}","value":"NaN"}}"#);
        listed(
            n,
            &metric(r#"{"summary":{"quantiles":["#),
            quantile,
            "]}}}]}",
        )
    }),
    ("a long number", |n| {
        listed(n, &metric(r#"{"gauge":1"#), |_| "0".repeat(n), "}}]}")
    }),
    ("a long number that is a text", |n| {
        listed(n, &metric(r#"{"gauge":"1"#), |_| "0".repeat(n), "\"}}]}")
    }),
    ("open braces", |n| {
        format!("{{\"name\":{}", "{\"a\":".repeat(n / 5))
    }),
];

/// Bounds of buckets have more digits in larger bodies, up to some size: where instructions are counted, that shows.
const SIZES: [usize; 2] = match cfg!(test) {
    true => [4 << 10, 16 << 10],
    false => [32 << 10, 128 << 10],
};

/// Returns the reading of all shapes, and the writing of what could be read.
pub(super) fn works() -> impl Iterator<Item = Work> {
    SHAPES.iter().map(|&(shape, text)| {
        Work::new("JSON", shape, move |bytes| {
            let text = text(bytes);
            Box::new(move || {
                _ = black_box(serde_json::from_str::<Series>(&text));
                let family = serde_json::from_str::<MetricFamily>(&text).map(|family| [family]);
                if let Ok(family) = black_box(family) {
                    _ = black_box(serde_json::to_string(&family));
                    _ = black_box(serde_json::to_string(&Prom2Json::new(&family)));
                }
            })
        })
        .sizes(SIZES)
    })
}
