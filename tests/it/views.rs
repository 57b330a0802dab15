//! What lines, families and caches offer besides what doors and encoders need.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::error::Error as _;
use std::io::{self, Read};

use exposition::cache::Change;
use exposition::{
    Dialect, Exemplar, ExemplarView, Families, Label, Labels, Line, Metric, MetricExemplar,
    MetricFamily, MetricType, OwnedSample, Parser, Reader, Result, Sample, SampleValue, SampleView,
    ScrapeCache,
};

fn sample(line: &str) -> Sample<'_> {
    let line = Parser::openmetrics(line.as_bytes()).next().unwrap();
    line.unwrap().into_sample().unwrap()
}

#[test]
fn labels_are_equal_by_what_they_say() {
    let plain = sample("m{a=\"b\\\\c\",d=\"e\"} 1 # {a=\"b\"} 2 3\n");
    let quoted = sample("{\"m\",\"a\"=\"b\\\\c\",\"d\"=\"e\"} 7 # {\"a\"=\"b\"} 2.0 3\n");
    assert_eq!(plain.labels(), quoted.labels());
    assert_eq!(plain.exemplar(), quoted.exemplar());
    for other in [
        "m{a=\"b\\\\c\"} 1\n",
        "m{a=\"b\\\\c\",d=\"f\"} 1\n",
        "m 1\n",
    ] {
        assert_ne!(plain.labels(), sample(other).labels(), "{other}");
    }
    for other in [
        "{a=\"b\"} 2 4",
        "{a=\"b\"} 2",
        "{a=\"b\"} 1 3",
        "{a=\"c\"} 2 3",
    ] {
        let line = format!("m 1 # {other}\n");
        assert_ne!(plain.exemplar(), sample(&line).exemplar(), "{other}");
    }
    assert!(!plain.labels().is_empty());
    assert!(sample("m 1\n").labels().is_empty());
    let label = plain.labels().iter().next().unwrap();
    assert_eq!(label.name(), "a");
    assert_eq!(format!("{label:?}"), r#""a"="b\\c""#);
}

fn family(body: &[u8], dialect: Dialect) -> MetricFamily<'_> {
    Families::new(body, dialect).next().unwrap().unwrap()
}

#[test]
fn labels_of_a_metric_can_be_changed() {
    let body = b"m{a=\"1\",b=\"2\\n\"} 1\n";
    for mut family in [
        family(body, Dialect::Text),
        family(body, Dialect::Text).into_owned(),
    ] {
        let labels = &mut family.metrics[0].labels;
        assert_eq!(labels.get("b"), Some("2\n"));
        assert_eq!(labels.get("c"), None);
        assert_eq!(
            labels.clone().into_iter().next().unwrap(),
            ("a".into(), "1".into())
        );
        labels.push("c", "3");
        labels.retain(|name, _| name != "a");
        assert_eq!(format!("{labels:?}"), r#"{"b": "2\n", "c": "3"}"#);
        labels.retain(|_, _| false);
        assert!(labels.is_empty());
        assert_eq!(family.samples().next().unwrap().labels().count(), 0);
    }
}

#[test]
fn samples_of_a_family_know_their_place_in_it() {
    let body = b"# TYPE h histogram\nh_bucket{x=\"1\",le=\"5\"} 2 # {id=\"7\"} 3\nh_bucket{x=\"1\",le=\"+Inf\"} 4\nh_count{x=\"1\"} 4\nh_sum{x=\"1\"} 9\n# EOF\n";
    let family = family(body, Dialect::OpenMetrics);
    let samples: Vec<_> = family.samples().collect();
    let bucket = samples
        .iter()
        .find(|s| s.bound() == Some(("le", 5.0)))
        .unwrap();
    assert_eq!((bucket.family_name(), bucket.suffix()), ("h", "_bucket"));
    assert_eq!(bucket.metric_labels().get("x"), Some("1"));
    assert_eq!(bucket.metric_labels().get("le"), None);
    assert_eq!(bucket.exemplar().unwrap().value, 3.0);
    let sum = samples.iter().find(|s| s.suffix() == "_sum").unwrap();
    assert_eq!((sum.bound(), sum.exemplar()), (None, None));
    assert_eq!(
        format!("{sum:?}"),
        r#"FamilySample { name: "h_sum", labels: [("x", "1")], value: 9.0, timestamp: None, exemplars: [] }"#
    );
}

#[test]
fn an_error_of_a_file_is_the_source() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the wire is cut"))
        }
    }
    let mut reader = Reader::new(Broken, Dialect::Text);
    let error = reader.next_line().unwrap_err();
    let source = error.source().map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("the wire is cut"));
    let mut parser = Parser::text(b"a b\n");
    assert!(parser.next().unwrap().unwrap_err().source().is_none());
}

#[test]
fn a_cleared_cache_knows_no_series_and_gives_no_id_again() {
    let mut cache = ScrapeCache::default();
    assert!(cache.is_empty());
    let body = b"a 1\n";
    let sample = cache.read(body, Dialect::Text).samples().next();
    let sample = sample.unwrap().unwrap();
    let shown = format!("{sample:?}");
    assert!(shown.starts_with("CachedSample { id: "), "{shown}");
    assert!(
        shown.contains(r#"name: "a", labels: {}, value: 1.0, timestamp: None"#),
        "{shown}"
    );
    let id = sample.id();
    assert_eq!(format!("{cache:?}"), "ScrapeCache { series: 1, .. }");
    cache.clear();
    assert!(cache.is_empty());
    let mut pass = cache.read(b"x\na 1\n# a comment\n", Dialect::Text);
    let samples: Vec<_> = pass.samples().collect();
    let [Err(_), Ok(sample)] = samples.as_slice() else {
        panic!("{samples:?}");
    };
    assert_eq!(sample.change(), Change::New);
    assert_ne!(sample.id(), id);
    assert_eq!(pass.stale().count(), 0);
}

#[test]
fn a_line_is_of_one_kind() {
    let mut lines = Parser::text(b"# TYPE a gauge\n").flatten();
    assert!(lines.next().and_then(Line::into_sample).is_none());
}

/// Returns the contents of any sample as text.
fn told(sample: &impl SampleView) -> String {
    let labels: Vec<_> = sample.labels().collect();
    for (number, (name, value)) in labels.iter().enumerate() {
        let is_first = labels.iter().position(|(other, _)| other == name) == Some(number);
        if is_first && !name.contains('\u{fffd}') {
            assert_eq!(sample.label(name).as_ref(), Some(value));
        }
    }
    assert_eq!(sample.label("__name__"), None);
    let exemplars: Vec<_> = (sample.exemplars())
        .map(|e| {
            (
                format!("{:?}", e.labels().collect::<Vec<_>>()),
                e.value(),
                e.timestamp(),
            )
        })
        .collect();
    format!(
        "{} {labels:?} {:?} {:?} {:?} {} {exemplars:?}",
        sample.name(),
        sample.value(),
        sample.integer(),
        sample.timestamp(),
        sample.metric_type(),
    )
}

const MANY: &[u8] = b"# TYPE c counter\nc_total{a=\"1\",b=\"x\\n\"} 9 1.5 # {id=\"7\"} 3 2.5\nc_total{a=\"2\"} NaN\n# TYPE g gauge\ng{l1=\"1\",l2=\"2\",l3=\"3\",l4=\"4\",l5=\"5\",l6=\"6\",l7=\"7\",l8=\"8\",l9=\"9\"} -0.5\n# TYPE \"h.h\" histogram\n{\"h.h_bucket\",x=\"1\",le=\"+Inf\"} 4 # {} 2\n{\"h.h_count\",x=\"1\"} 4\n# EOF\n";

#[test]
fn samples_of_every_kind_tell_the_same() {
    let lines = || Parser::openmetrics(MANY).map(Result::unwrap);
    let samples: Vec<_> = lines().filter_map(Line::into_sample).collect();
    let expected: Vec<_> = samples.iter().map(told).collect();
    assert_eq!(expected.len(), 5);
    assert_eq!(
        expected[0],
        r#"c_total [("a", "1"), ("b", "x\n")] Float(9.0) Some(9) Some(1500) counter [("[(\"id\", \"7\")]", 3.0, Some(2500))]"#
    );

    let owned: Vec<_> = samples.iter().map(|sample| sample.into_owned()).collect();
    assert_eq!(owned.iter().map(told).collect::<Vec<_>>(), expected);
    // By reference too, as generic code may use it.
    assert_eq!(owned.iter().map(|s| told(&s)).collect::<Vec<_>>(), expected);

    let mut cache = ScrapeCache::new();
    for _ in 0..3 {
        let mut pass = cache.read(MANY, Dialect::OpenMetrics);
        let cached: Vec<_> = pass
            .samples()
            .map(|sample| told(&sample.unwrap()))
            .collect();
        assert_eq!(cached, expected);
    }

    let families: Vec<_> =
        (Families::new(MANY, Dialect::OpenMetrics).map(Result::unwrap)).collect();
    let of_families = families.iter().flat_map(|family| family.samples());
    assert_eq!(of_families.map(|s| told(&s)).collect::<Vec<_>>(), expected);
}

#[test]
fn numbers_beyond_a_float_are_exact_where_they_are_written() {
    let integer = |value: &str| SampleView::integer(&sample(&format!("m {value}\n")));
    for (value, expected) in [
        ("0", Some(0)),
        ("-0", Some(0)),
        ("7.0", Some(7)),
        ("1e3", Some(1000)),
        ("9007199254740991", Some(9_007_199_254_740_991)),
        ("9007199254740993", Some(9_007_199_254_740_993)),
        ("18446744073709551615", Some(u64::MAX)),
        // Too large, or not written in digits: the float may stand for another number.
        ("18446744073709551616", None),
        ("9007199254740993.0", None),
        ("1e300", None),
        ("-1", None),
        ("0.5", None),
        ("NaN", None),
        ("+Inf", None),
    ] {
        assert_eq!(integer(value), expected, "{value}");
        let line = format!("m {value}\n");
        assert_eq!(sample(&line).into_owned().integer(), expected, "{value}");
    }
    let body = b"m 9007199254740993\n";
    let mut cache = ScrapeCache::new();
    let mut pass = cache.read(body, Dialect::Text);
    let cached = pass.samples().next().unwrap().unwrap();
    assert_eq!(cached.integer(), Some(9_007_199_254_740_993));
    let family = family(body, Dialect::Text);
    assert_eq!(family.samples().next().unwrap().integer(), None);
    assert_eq!(SampleValue::from(2.5).as_f64(), Some(2.5));
    assert_eq!(SampleValue::from(f64::NAN), SampleValue::Float(f64::NAN));
}

#[test]
fn start_timestamps_are_those_of_created_lines() {
    let body = b"# TYPE c counter\nc_total{a=\"1\"} 9\nc_created{a=\"1\"} 1500.25\nc_total{a=\"2\"} 9\n# EOF\n";
    let family = family(body, Dialect::OpenMetrics);
    let starts: Vec<_> = family
        .samples()
        .map(|sample| {
            (
                sample.name().into_owned(),
                SampleView::start_timestamp(&sample),
            )
        })
        .collect();
    let expected = [
        ("c_total", Some(1_500_250)),
        ("c_created", None),
        ("c_total", None),
    ];
    assert_eq!(
        starts,
        expected.map(|(name, start)| (name.to_owned(), start))
    );
    assert_eq!(SampleView::start_timestamp(&sample("c_total 9\n")), None);
}

#[test]
fn exemplars_of_a_built_metric_are_a_sequence() {
    let metric = Metric::counter(2.0)
        .exemplar(MetricExemplar::new(0.5).labels([("id", "7")]))
        .exemplar(MetricExemplar::new(1.5).timestamp(6));
    let family = MetricFamily::new("c", MetricType::Counter).metric(metric);
    let sample = family.samples().next().unwrap();
    let exemplars = SampleView::exemplars(&sample).map(|e| (e.value(), e.timestamp()));
    assert_eq!(exemplars.collect::<Vec<_>>(), [(0.5, None), (1.5, Some(6))]);
    assert_eq!(sample.exemplar().map(|e| e.value), Some(0.5));
    assert_eq!(sample.exemplars().len(), 2);
}

#[test]
fn a_sample_of_its_own_is_what_it_was_made_of() {
    let bodies: [(&[u8], Dialect); 5] = [
        (MANY, Dialect::OpenMetrics),
        // Only OpenMetrics counters have `_total`, and other names are other families.
        (b"# TYPE c counter\nc_total 1\nc 2\nd 3\n", Dialect::Text),
        (
            b"# TYPE \"a\\\\b\" counter\n{\"a\\\\b_total\"} 1\n# EOF\n",
            Dialect::OpenMetrics,
        ),
        // Equal once their escapes are undone, and a name that is not UTF-8.
        (
            b"# TYPE \"a\\b\" counter\n{\"a\\\\b_total\"} 1\n# EOF\n",
            Dialect::OpenMetrics,
        ),
        (
            b"# TYPE \"\xff\" gauge\n{\"\xff\",\"a\xfe\"=\"b\"} 1\n",
            Dialect::Text,
        ),
    ];
    for (body, dialect) in bodies {
        let samples = Parser::new(body, dialect).filter_map(|line| line.unwrap().into_sample());
        let mut seen = 0;
        for sample in samples {
            seen += 1;
            let owned = OwnedSample::from(sample);
            let again = owned.as_sample();
            assert_eq!(again, sample);
            assert_eq!(again.raw_series(), sample.raw_series());
            assert_eq!(again.raw_value(), sample.raw_value());
            assert_eq!(again.metric_type(), sample.metric_type(), "{sample:?}");
            assert_eq!(again.preceding_type(), sample.preceding_type());
            assert_eq!(again.stored_labels(), sample.stored_labels());
            assert_eq!(told(&owned), told(&sample));
            assert_eq!(owned, Sample::from(&owned).into_owned());
            assert_eq!(format!("{owned:?}"), format!("{sample:?}"));
        }
        assert!(seen > 0);
    }
    fn is_independent<T: Send + Sync + 'static>() {}
    is_independent::<OwnedSample>();
}

#[cfg(feature = "relabel")]
#[test]
fn stored_samples_are_samples() {
    use exposition::scrape::{Discovered, SampleConfig, ScrapeLoop, TargetConfig};

    let targets = TargetConfig::new("j");
    let discovered = targets.discover([("__address__", "h:1")]).unwrap();
    let Discovered::Target(target) = discovered else {
        panic!("no rule drops it")
    };
    let config = SampleConfig::new();
    let body = b"# TYPE m gauge\nm{b=\"1\",a=\"2\"} 9 1500\n";
    let expected = r#"m [("a", "2"), ("b", "1"), ("instance", "h:1"), ("job", "j")] Float(9.0) Some(9) Some(1500) unknown []"#;

    let content_type = Some("text/plain; version=0.0.4");
    let mut scrape = config.scrape(&target, content_type, body);
    assert_eq!(told(&scrape.next_sample().unwrap()), expected);
    assert!(scrape.report().up());

    let scraped = config.scrape(&target, content_type, body).collect();
    assert_eq!(told(&scraped.samples[0]), expected);

    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    let mut scrape = scrapes.scrape(content_type, body);
    assert_eq!(told(&scrape.next_sample().unwrap()), expected);
}

#[test]
fn lines_and_samples_are_cheap_to_hand_over() {
    fn is_copy<T: Copy>() {}
    is_copy::<Sample<'_>>();
    is_copy::<Line<'_>>();
    is_copy::<Exemplar<'_>>();
    assert!(!std::mem::needs_drop::<Sample<'_>>());
    assert!(!std::mem::needs_drop::<Line<'_>>());

    // A reading loop moves these once per line; in bytes, where a pointer has 64 bits.
    for (what, size, most) in [
        ("Sample", size_of::<Sample<'_>>(), 104),
        ("Line", size_of::<Line<'_>>(), 104),
        ("Result<Line>", size_of::<Result<Line<'_>>>(), 104),
        (
            "Option<Result<Line>>",
            size_of::<Option<Result<Line<'_>>>>(),
            104,
        ),
        ("Labels", size_of::<Labels<'_>>(), 64),
        ("Label", size_of::<Label<'_>>(), 48),
    ] {
        println!("{what}: {size} bytes");
        assert!(size <= most, "{what}: {size} bytes of {most}");
    }
}

#[test]
fn a_long_label_hides_no_other() {
    let long = "v".repeat(256);
    let line = format!("m{{a=\"1\",b=\"{long}\",c=\"3\",d=\"{long}\",{long}=\"5\",f=\"6\"}} 1\n");
    let names = ["a", "b", "c", "d", long.as_str(), "f"];
    let sample = sample(&line);
    let labels: Vec<_> = sample.labels().iter().map(|label| label.name()).collect();
    assert_eq!(labels, names);
    assert_eq!(sample.labels().get("c"), Some("3"));
    assert_eq!(sample.labels().get("f"), Some("6"));

    let mut cache = ScrapeCache::new();
    let mut pass = cache.read(line.as_bytes(), Dialect::Text);
    let cached = pass.samples().next().unwrap().unwrap();
    assert_eq!(cached.labels(), sample.labels());

    let family = family(line.as_bytes(), Dialect::Text);
    let of_family = family.samples().next().unwrap();
    let labels: Vec<_> = of_family.labels().map(|(name, _)| name).collect();
    assert_eq!(labels, names);
}
