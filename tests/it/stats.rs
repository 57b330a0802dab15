//! What collections of series answer: by formats, over bodies, under caps, and against counting by hand.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of tests may fail them"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use exposition::encode::to_vec;
use exposition::stats::{Churn, Count, Stats};
use exposition::{
    Dialect, Families, Format, HistogramOptions, MetricType, Samples, ScrapeProtocol, Series,
};
use proptest::prelude::*;

use crate::support::corpus::{body, each_body};

fn of(body: &str) -> Stats {
    let mut stats = Stats::new();
    stats.read(Samples::new(body, Format::default())).unwrap();
    stats
}

fn shown<T: ToString>(all: Vec<T>) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// All that a collection answers.
fn answers(stats: &Stats) -> Vec<String> {
    let mut all = vec![format!(
        "{} series, {} bytes",
        stats.series(),
        stats.bytes()
    )];
    all.extend(stats.metrics().iter().map(|one| format!("{one:?}")));
    all.extend(stats.families().iter().map(|one| {
        // The order of names is that in which they came.
        let names: BTreeSet<_> = one.names.iter().collect();
        format!("{one} {} {names:?}", one.bytes)
    }));
    for label in stats.labels() {
        all.push(format!("{label:?}"));
        all.extend(
            stats
                .values(label.name)
                .iter()
                .map(|one| format!("{one:?}")),
        );
    }
    all.extend(stats.histograms().iter().map(|one| format!("{one:?}")));
    all
}

const BODY: &str = "\
# TYPE rpc_seconds histogram
rpc_seconds_bucket{path=\"/\",le=\"0.1\"} 1
rpc_seconds_bucket{path=\"/\",le=\"1\"} 2
rpc_seconds_bucket{path=\"/\",le=\"+Inf\"} 3
rpc_seconds_sum{path=\"/\"} 2.5
rpc_seconds_count{path=\"/\"} 3
rpc_seconds_bucket{path=\"/a\\\"b\",le=\"1\"} 2
rpc_seconds_bucket{path=\"/a\\\"b\",le=\"+Inf\"} 3
rpc_seconds_sum{path=\"/a\\\"b\"} 2.5
rpc_seconds_count{path=\"/a\\\"b\"} 3
# TYPE http_requests_total counter
http_requests_total{code=\"200\",path=\"/\"} 7
http_requests_total{path=\"/\",code=\"200\"} 8
http_requests_total{code=\"500\",path=\"/\",empty=\"\"} 1
up 1
";

#[test]
fn answers_read_as_sentences() {
    let stats = of(BODY);
    assert_eq!(
        stats.to_string(),
        "1 body: 13 samples, 12 series of 5 metrics; 3 labels with 7 values; 1 duplicate"
    );
    assert_eq!(
        shown(stats.metrics()),
        [
            "rpc_seconds_bucket: 5 series (41.7 %), 5 samples",
            "http_requests_total: 2 series (16.7 %), 3 samples",
            "rpc_seconds_count: 2 series (16.7 %), 2 samples",
            "rpc_seconds_sum: 2 series (16.7 %), 2 samples",
            "up: 1 series (8.3 %), 1 sample",
        ]
    );
    assert_eq!(
        shown(stats.families()),
        [
            "rpc_seconds (histogram): 9 series (75.0 %), 9 samples",
            "http_requests_total (counter): 2 series (16.7 %), 3 samples",
            "up (unknown): 1 series (8.3 %), 1 sample",
        ]
    );
    assert_eq!(
        shown(stats.labels()),
        [
            "path: 2 values, 11 series (91.7 %); 8 series without it",
            "le: 3 values, 5 series (41.7 %); 9 series without it",
            "code: 2 values, 2 series (16.7 %); 11 series without it",
        ]
    );
    assert_eq!(
        shown(stats.values("path")),
        [
            "path=\"/\": 7 series (58.3 %)",
            "path=\"/a\\\"b\": 4 series (33.3 %)",
        ]
    );
    assert_eq!(
        shown(stats.histograms()),
        ["rpc_seconds: 2 classic histograms with 2 to 3 buckets, 5 in all"]
    );
    assert_eq!(shown(stats.values("no such label")), [""; 0]);
    assert_eq!(
        Stats::new().to_string(),
        "0 bodies: 0 samples, 0 series of 0 metrics; 0 labels with 0 values"
    );
}

#[test]
fn bytes_are_those_of_the_text_format() {
    for body in [
        BODY,
        "{\"a.b\"} 1\n{\"a.b\",\"c.d\"=\"\\n\",e=\"f\"} 1\nx{\"c.d\"=\"g\\\\\"} 1\n",
    ] {
        let stats = of(body);
        let mut series = BTreeSet::new();
        let mut samples = Samples::new(body, Format::default());
        while let Some(sample) = samples.next_sample().unwrap() {
            series.insert(Series::of(&sample).to_string());
        }
        let bytes: usize = series.iter().map(String::len).sum();
        assert_eq!(stats.bytes(), Count::Exactly(bytes as u64), "{series:?}");
        let of_metrics: Count = stats.metrics().iter().map(|metric| metric.bytes).sum();
        assert_eq!(of_metrics, stats.bytes());
    }
    assert_eq!(
        of(BODY).labels()[0].bytes,
        Count::Exactly(7 * r#"path="/""#.len() as u64 + 4 * r#"path="/a\"b""#.len() as u64)
    );
}

/// Compares with counting by hand, with sets of owned series.
fn counts_as_by_hand(name: &str, new: impl Fn() -> Samples<'static>) {
    let mut stats = Stats::new();
    let read = stats.read(new());
    let mut series = BTreeSet::new();
    let (mut read_samples, mut failed) = (0, false);
    let mut samples = new();
    loop {
        match samples.next_sample() {
            Ok(Some(sample)) => {
                read_samples += 1;
                series.insert(Series::of(&sample));
            }
            Ok(None) => break,
            Err(_) => failed = true,
        }
    }
    assert_eq!(read.is_err(), failed, "{name}");
    assert_eq!(stats.samples(), read_samples, "{name}");
    let all = series.len() as u64;
    assert_eq!(stats.series(), Count::Exactly(all), "{name}");
    let bytes: usize = series.iter().map(|one| one.to_string().len()).sum();
    assert_eq!(stats.bytes(), Count::Exactly(bytes as u64), "{name}");
    let mut values: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for (label, value) in series.iter().flat_map(Series::labels) {
        *(values.entry(label).or_default().entry(value).or_default()) += 1;
    }
    assert_eq!(stats.labels().len(), values.len(), "{name}");
    for label in stats.labels() {
        let of_label = &values[label.name];
        assert_eq!(label.values, Count::Exactly(of_label.len() as u64));
        let without = series.iter().map(|one| {
            let labels = one.labels().filter(|(name, _)| *name != label.name);
            Series::new(one.name(), labels)
        });
        let left = without.collect::<BTreeSet<_>>().len() as u64;
        assert_eq!(label.series_without, Count::Exactly(left), "{name} {label}");
        assert_eq!(label.cost, Some(all - left), "{name} {label}");
        for value in stats.values(label.name) {
            let expected = of_label[value.value.unwrap()];
            assert_eq!(value.series, Count::Exactly(expected), "{name} {value}");
        }
    }
    let of_families: Count = stats.families().iter().map(|family| family.series).sum();
    assert_eq!(of_families, stats.series(), "{name}");
}

#[test]
fn answers_about_real_bodies_are_those_of_counting_by_hand() {
    let bodies = each_body(|entry, body, dialect| {
        let body: &'static [u8] = body.to_vec().leak();
        let name = entry.path.display().to_string();
        counts_as_by_hand(&name, || Samples::with_dialect(body, dialect));
    });
    assert!(bodies > 30, "{bodies}");
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/protobuf");
    for name in ["client_golang.pb", "envoy.pb", "node_exporter.pb"] {
        let body: &'static [u8] = body(&directory.join(name)).unwrap().leak();
        for native in [false, true] {
            let options = HistogramOptions::new().native(native);
            let samples = || Samples::new(body, ScrapeProtocol::PrometheusProto.into());
            counts_as_by_hand(name, || samples().histograms(options));
        }
    }
}

/// One exposition in every format: the same series, families and histograms.
#[test]
fn all_formats_give_the_same_answers() {
    let families = Families::new(BODY, Dialect::Text).read_all().families;
    let read = |protocol: ScrapeProtocol, options| {
        let body = to_vec(&families, protocol).unwrap();
        let mut stats = Stats::new();
        let samples = Samples::new(&body, protocol.into()).histograms(options);
        stats.read(samples).unwrap();
        stats
    };
    let expected = of(BODY);
    for protocol in [
        ScrapeProtocol::PrometheusText004,
        ScrapeProtocol::PrometheusText100,
        ScrapeProtocol::OpenMetricsText100,
        ScrapeProtocol::OpenMetricsText200,
        ScrapeProtocol::PrometheusProto,
    ] {
        let stats = read(protocol, HistogramOptions::new());
        assert_eq!(answers(&stats), answers(&expected), "{protocol}");
        assert_eq!(stats.to_string(), expected.to_string(), "{protocol}");
    }
    let native = HistogramOptions::new().convert_classic(true);
    let native = read(ScrapeProtocol::PrometheusText100, native);
    assert_eq!(
        shown(native.histograms()),
        ["rpc_seconds: 2 native histograms with 5 buckets"]
    );
    assert_eq!(
        native.families()[0].to_string(),
        "http_requests_total (counter): 2 series (40.0 %), 3 samples"
    );
}

#[test]
fn families_are_found_by_type_and_suffix() {
    let body = "\
# TYPE a counter
a_total 1
a_created 1
# TYPE b summary
b{quantile=\"0.5\"} 1
b_sum 1
b_count 1
b_created 1
# TYPE c_sum summary
c_sum{quantile=\"0.5\"} 1
c_sum_count 1
# TYPE d gaugehistogram
d_bucket{le=\"1\"} 1
d_gsum 1
d_gcount 1
# TYPE e info
e_info{v=\"1\"} 1
# TYPE f gauge
f_count 1
# TYPE g_count gauge
g_count 1
# EOF
";
    let mut stats = Stats::new();
    stats
        .read(Samples::with_dialect(body, Dialect::OpenMetrics))
        .unwrap();
    let mut families = stats.families();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    let families: Vec<_> = (families.iter())
        .map(|family| {
            (
                family.name.as_ref(),
                family.metric_type,
                family.names.clone(),
            )
        })
        .collect();
    use MetricType::{Counter, Gauge, GaugeHistogram, Info, Summary, Unknown};
    assert_eq!(
        families,
        [
            ("a_total", Counter, vec!["a_total", "a_created"]),
            ("b", Summary, vec!["b", "b_sum", "b_count", "b_created"]),
            ("c_sum", Summary, vec!["c_sum", "c_sum_count"]),
            ("d", GaugeHistogram, vec!["d_bucket", "d_gsum", "d_gcount"]),
            ("e_info", Info, vec!["e_info"]),
            ("f_count", Unknown, vec!["f_count"]),
            ("g_count", Gauge, vec!["g_count"]),
        ]
    );
}

#[test]
fn duplicates_are_of_one_body_and_one_time() {
    let mut stats = of("a 1\na 2\na 1\n");
    assert_eq!(stats.duplicates(), 2);
    stats
        .read(Samples::new("a 1\n", Format::default()))
        .unwrap();
    assert_eq!(stats.duplicates(), 2);
    assert_eq!(of("a 1 1\na 1 2\na 1 2\na 1\n").duplicates(), 1);
}

#[test]
fn errors_are_counted_and_reading_goes_on() {
    let mut stats = Stats::new();
    let read = stats.read(Samples::new("a\nb 1\nc\nd 1\n", Format::default()));
    assert_eq!(read.unwrap_err().position().line, 1);
    assert_eq!(
        stats.to_string(),
        "1 body: 2 samples, 2 series of 2 metrics; 0 labels with 0 values; 2 errors"
    );
}

#[test]
fn caps_give_honest_answers() {
    let body: String = (0..10)
        .map(|i| format!("a{{b=\"{i}\",c=\"{}\"}} 1\n", i / 5))
        .collect();
    let read = |mut stats: Stats| {
        stats.read(Samples::new(&body, Format::default())).unwrap();
        stats.read(Samples::new(&body, Format::default())).unwrap();
        stats
    };
    let few_values = read(Stats::new().max_values(3));
    assert_eq!(
        few_values.to_string(),
        "2 bodies: 20 samples, 10 series of 1 metric; 2 labels with ≥ 6 values"
    );
    assert_eq!(
        shown(few_values.labels()),
        [
            "b: ≥ 4 values, 10 series (100.0 %); ≥ 1 series without it",
            "c: 2 values, 10 series (100.0 %); 10 series without it",
        ]
    );
    assert_eq!(
        shown(few_values.values("b")),
        [
            "b, other values: 7 series (70.0 %)",
            "b=\"0\": 1 series (10.0 %)",
            "b=\"1\": 1 series (10.0 %)",
            "b=\"2\": 1 series (10.0 %)",
        ]
    );
    assert!(!few_values.bytes().is_exact());
    let few_series = read(Stats::new().max_series(4));
    assert_eq!(
        few_series.to_string(),
        "2 bodies: 20 samples, ≥ 4 series of ≥ 1 metrics; ≥ 2 labels with ≥ 5 values"
    );
    assert_eq!(
        shown(few_series.metrics()),
        ["a: ≥ 4 series (100.0 %), 20 samples"]
    );
    // A collection without caps takes over what the other one knows.
    let mut all = Stats::new();
    all.merge(&few_values);
    assert_eq!(answers(&all), answers(&few_values));
    all.merge(&few_series);
    assert_eq!(all.series(), Count::AtLeast(10));
    assert_eq!(all.samples(), 40);
}

#[test]
fn churn_reads_as_a_sentence() {
    let before = of("a 1\nb{c=\"1\"} 1\nb{c=\"2\"} 1\n");
    let after = of("b{c=\"2\"} 1\nb{c=\"3\"} 1\nd 1\na 5\n");
    let churn = Churn::between(&before, &after);
    assert_eq!(
        churn.to_string(),
        "2 series new, 1 gone, 2 kept (60.0 % changed)"
    );
    assert_eq!(shown(churn.added_series().collect()), ["b{c=\"3\"}", "d"]);
    assert_eq!(shown(churn.gone_series().collect()), ["b{c=\"1\"}"]);
    let same = Churn::between(&before, &before);
    assert_eq!(
        same.to_string(),
        "0 series new, 0 gone, 3 kept (0.0 % changed)"
    );
    let mut capped = Stats::new().max_series(1);
    capped
        .read(Samples::new("a 1\nz 1\n", Format::default()))
        .unwrap();
    let churn = Churn::between(&before, &capped);
    assert_eq!(churn.to_string(), "≥ 0 series new, ? gone, ≥ 1 kept");
}

/// A line for each sample: few names, labels and values, so that series meet again.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let label = ("[abc]", "[0-3]?");
    let labels = prop::collection::btree_map(label.0, label.1, 0..3);
    let line = ("[xyz]", labels).prop_map(|(name, labels)| {
        let labels = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""));
        format!("{name}{{{}}} 1\n", labels.collect::<Vec<_>>().join(","))
    });
    prop::collection::vec(line, 0..30)
}

proptest! {
    #[test]
    fn parts_of_a_body_add_up(lines in lines(), cut in 0_usize..30) {
        let (one, two) = lines.split_at(cut.min(lines.len()));
        let whole = of(&lines.concat());
        let (one, two) = (of(&one.concat()), of(&two.concat()));
        let sum = of("") + &one + &two;
        prop_assert_eq!(answers(&sum), answers(&whole));
        prop_assert_eq!(sum.samples(), whole.samples());
        let reversed = of("") + &two + &one;
        prop_assert_eq!(answers(&reversed), answers(&whole));
    }

    #[test]
    fn capped_answers_are_not_too_high(lines in lines(), series in 0_usize..10, values in 0_usize..4) {
        let whole = of(&lines.concat());
        let mut capped = Stats::new().max_series(series).max_values(values);
        capped.read(Samples::new(&lines.concat(), Format::default())).unwrap();
        let holds = |capped: Count, count: Count| match capped {
            Count::Exactly(_) => capped == count,
            Count::AtLeast(least) => least <= count.known(),
        };
        prop_assert!(holds(capped.series(), whole.series()));
        prop_assert!(holds(capped.bytes(), whole.bytes()));
        prop_assert_eq!(capped.samples(), whole.samples());
        for label in capped.labels() {
            let of_whole = whole.labels();
            let of_whole = of_whole.iter().find(|one| one.name == label.name).unwrap();
            prop_assert!(holds(label.values, of_whole.values), "{} {}", label, of_whole);
            prop_assert!(holds(label.series, of_whole.series), "{} {}", label, of_whole);
            prop_assert!(holds(label.series_without, of_whole.series_without), "{} {}", label, of_whole);
            prop_assert!(label.cost.is_none() || label.cost == of_whole.cost);
        }
    }
}

/// What to drop: the rule is applied again, by the scrape itself.
#[cfg(feature = "relabel")]
mod plan {
    use exposition::relabel::Rules;
    use exposition::scrape::{SampleConfig, TargetConfig};
    use exposition::stats::{Dropped, PlanError};

    use super::*;

    const BODY: &str = "\
small 1
# TYPE rpc histogram
rpc_bucket{le=\"1\",code=\"a|b\"} 1
rpc_bucket{le=\"+Inf\",code=\"a|b\"} 1
rpc_sum{code=\"a|b\"} 1
rpc_count{code=\"a|b\"} 1
req{code=\"a\"} 1
req{code=\"b\"} 1
req{code=\"a.b\"} 1
{\"utf.8\",code=\"a\"} 1
{\"utf.8\",code=\"it's\"} 1
";

    #[test]
    fn families_that_are_enough() {
        let stats = of(BODY);
        let dropped = |limit| {
            let plan = stats.drop_families(limit).unwrap();
            assert!(plan.fits());
            let names = plan.drops.iter().map(|dropped| match dropped {
                Dropped::Family { name, .. } => name.to_string(),
                other => panic!("{other:?}"),
            });
            (names.collect::<Vec<_>>().join(" "), plan.samples_after)
        };
        // The smallest that is enough, else the largest and again.
        for (limit, names, left) in [
            (0, "", 10),
            (10, "", 10),
            (9, "small", 9),
            (8, "utf.8", 8),
            (7, "req", 7),
            (6, "rpc", 6),
            (5, "rpc small", 5),
            (1, "rpc req utf.8", 1),
        ] {
            assert_eq!(dropped(limit), (names.to_owned(), left), "{limit}");
        }
        let plan = stats.drop_families(4).unwrap();
        assert_eq!(
            plan.to_yaml(),
            "\
metric_relabel_configs:
- source_labels: ['__name__']
  regex: 'rpc_bucket|rpc_count|rpc_sum|utf\\.8'
  action: drop
"
        );
        assert_eq!(
            plan.to_string(),
            "drop 2 families: 4 of 10 samples left, within the limit of 4"
        );
    }

    #[test]
    fn values_that_are_enough() {
        let stats = of(BODY);
        let plan = stats.drop_values("code", 7).unwrap();
        assert_eq!(
            plan.to_string(),
            "drop 1 value: 6 of 10 samples left, within the limit of 7"
        );
        assert!(
            plan.to_yaml().contains("regex: 'a\\|b'\n"),
            "{}",
            plan.to_yaml()
        );
        let plan = stats.drop_values("code", 0).unwrap();
        assert_eq!(plan.to_string(), "drop nothing: 10 of 10 samples left");
        assert_eq!(plan.to_yaml(), "");
        // What has no such label stays, and so does the last bucket.
        let plan = stats.drop_values("le", 1).unwrap();
        assert_eq!(
            plan.to_string(),
            "drop 1 value: 9 of 10 samples left, beyond the limit of 1"
        );
        assert!(!plan.fits());
        let plan = stats.drop_values("no such label", 1).unwrap();
        assert_eq!((plan.rules.len(), plan.samples_after), (0, 10));
    }

    #[test]
    fn a_label_alone_saves_no_sample() {
        let stats = of(BODY);
        let plan = stats.drop_label("code").unwrap();
        assert_eq!(
            plan.to_string(),
            "drop 1 label: 10 of 10 samples left; 3 series collide with others and are lost"
        );
        assert_eq!((plan.series_before, plan.series_after), (10, 7));
        assert_eq!(
            plan.to_yaml(),
            "metric_relabel_configs:\n- regex: 'code'\n  action: labeldrop\n"
        );
        let label = stats
            .labels()
            .into_iter()
            .find(|label| label.name == "code")
            .unwrap();
        assert_eq!(label.series_without, Count::Exactly(plan.series_after));
    }

    /// Words that Prometheus takes for null in place of a regex.
    #[test]
    fn words_for_null_are_read_as_text() {
        let stats = of("null{null=\"~\"} 1\na 1\n");
        for plan in [
            stats.drop_families(1).unwrap(),
            stats.drop_values("null", 1).unwrap(),
            stats.drop_label("null").unwrap(),
        ] {
            #[cfg(feature = "serde")]
            {
                type Rules = BTreeMap<String, Vec<exposition::relabel::RuleConfig>>;
                let read: Rules = exposition::yaml::from_str(&plan.to_yaml()).unwrap();
                assert_eq!(read["metric_relabel_configs"], plan.rules);
            }
            assert_eq!(plan.drops.len(), 1, "{plan}");
        }
        assert!(
            stats
                .drop_values("null", 1)
                .unwrap()
                .to_yaml()
                .contains("regex: '(~)'")
        );
    }

    #[test]
    fn what_was_left_out_cannot_be_planned_for() {
        for mut stats in [Stats::new().max_series(3), Stats::new().max_values(1)] {
            stats.read(Samples::new(BODY, Format::default())).unwrap();
            let error = stats.drop_families(1).unwrap_err();
            assert_eq!(error, PlanError::LeftOut);
            assert_eq!(
                error.to_string(),
                "the collection has left something out: its caps are too low for a plan"
            );
        }
    }

    /// What a scrape with the rule makes of the body is what the plan says.
    #[test]
    fn a_scrape_agrees() {
        let target = TargetConfig::new("job");
        let target = target.discover([("__address__", "a:80")]).unwrap();
        let target = target.into_target().unwrap();
        for limit in 1..10 {
            let stats = of(BODY);
            let mut plans = vec![stats.drop_families(limit).unwrap()];
            plans.extend(["code", "le"].map(|label| stats.drop_values(label, limit).unwrap()));
            plans.push(stats.drop_label("code").unwrap());
            for plan in plans {
                let mut config = SampleConfig::default();
                config.rules = Rules::new(plan.rules.clone(), Default::default()).unwrap();
                let header = Some("text/plain; version=1.0.0");
                let scraped = config.scrape(&target, header, BODY.as_bytes()).collect();
                let report = scraped.report;
                assert!(report.failure.is_none(), "{:?}", report.failure);
                assert_eq!(
                    report.samples_post_metric_relabeling, plan.samples_after,
                    "{plan}"
                );
                assert_eq!(scraped.samples.len() as u64, plan.series_after, "{plan}");
                let mut limited = config.clone();
                limited.sample_limit = limit;
                let scraped = limited.scrape(&target, header, BODY.as_bytes()).collect();
                let fits = plan.samples_after <= limit;
                assert_eq!(scraped.report.failure.is_none(), fits, "{plan}");
            }
        }
    }
}
