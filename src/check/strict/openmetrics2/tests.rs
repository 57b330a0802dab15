//! Hostile bodies cost linear time, and every number is one of the page's.

use crate::bytes::work;
use crate::check::strict::check_openmetrics2;

const PAGE: &str = include_str!("../../../docs/openmetrics2.md");
const DEMANDS: &str = include_str!("demand.rs");

#[test]
fn numbers_are_on_the_page() {
    let mut numbers = 0;
    for line in DEMANDS.lines() {
        let number = line.split('"').nth(1).filter(|text| {
            let digits = text.strip_prefix('G').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let Some(number) = number {
            assert!(PAGE.contains(&format!("**{number}** ")), "{number}");
            numbers += 1;
        }
    }
    assert!(numbers > 70, "{numbers}");
    assert!(PAGE.contains(&format!("**{}** ", super::EOF)));
}

type Shape = (&'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("buckets", |bytes| {
        composite(
            "histogram",
            &list(bytes, "1:1"),
            "count:3,sum:1,bucket:[",
            ",+Inf:3]",
        )
    }),
    ("buckets of a list that does not end", |bytes| {
        composite(
            "histogram",
            &list(bytes, "1:1"),
            "count:3,sum:1,bucket:[",
            "",
        )
    }),
    ("quantiles", |bytes| {
        composite(
            "summary",
            &list(bytes, ".5:1"),
            "count:3,sum:1,quantile:[",
            "]",
        )
    }),
    ("spans", |bytes| {
        let spans = list(bytes, "0:1");
        let head = "count:3,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[";
        composite("histogram", &spans, head, "],positive_buckets:[1]")
    }),
    ("spans and native buckets", |bytes| {
        let spans = list(bytes / 2, "9:1");
        let head = "count:3,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[";
        let tail = format!("],positive_buckets:[{}]", list(bytes / 4, "0"));
        composite("histogram", &spans, head, &tail)
    }),
    ("digits", |bytes| {
        composite(
            "histogram",
            &"7".repeat(bytes),
            "count:",
            ",sum:1,bucket:[+Inf:3]",
        )
    }),
    ("exemplars", |bytes| {
        let exemplars = " # {a=\"1\",b=\"2\"} 1 1".repeat(bytes / 20);
        format!("# TYPE a counter\na{{a=\"1\"}} 1 1{exemplars}\n# EOF\n")
    }),
    ("labels", |bytes| {
        let labels: String = (0..bytes / 12)
            .map(|at| format!("_{at:06}=\"\\\\\","))
            .collect();
        format!("a{{{labels}}} 1\n# EOF\n")
    }),
    ("escapes", |bytes| {
        format!("# HELP a {}\n# EOF\n", "\\x\"".repeat(bytes / 3))
    }),
    ("families that come back", |bytes| {
        "a 1\nb 1\n".repeat(bytes / 8)
    }),
    ("metrics that come back", |bytes| {
        "a 1\na{b=\"\"} 1\n".repeat(bytes / 14)
    }),
    ("states", |bytes| {
        let states: String = (0..bytes / 20)
            .map(|at| format!("a{{b=\"{:04}\",a=\"{at:06}\"}} 1\n", at % 100))
            .collect();
        format!("# TYPE a stateset\n{states}")
    }),
    ("carriage returns", |bytes| "\r\n".repeat(bytes / 2)),
    ("metadata", |bytes| {
        "# TYPE a counter\n# TYPE a_total counter\n".repeat(bytes / 39)
    }),
];

fn list(bytes: usize, item: &str) -> String {
    let count = bytes / (item.len() + 1);
    vec![item; count.max(1)].join(",")
}

fn composite(kind: &str, list: &str, head: &str, tail: &str) -> String {
    format!("# TYPE a {kind}\na {{{head}{list}{tail}}} 1 st@1\n# EOF\n")
}

#[test]
fn work_grows_as_the_body() {
    for (name, body) in SHAPES {
        let [some, twice] = [40_000, 80_000].map(|bytes| {
            let body = body(bytes);
            let limits = crate::Limits::new().max_labels(100_000);
            work::of(|| {
                let found = check_openmetrics2(&body).limits(limits).count();
                assert!(found > 0, "{name}");
            })
        });
        assert!(some >= 30_000, "{name}: {some} bytes are counted");
        assert!(
            twice as f64 <= 2.2 * some as f64,
            "{name}: {some} and {twice}"
        );
    }
}
