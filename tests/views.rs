//! What lines, families and caches tell of themselves besides what doors and encoders need.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::error::Error as _;
use std::io::{self, Read};

use exposition::cache::Change;
use exposition::{Dialect, Families, Line, MetricFamily, Parser, Reader, Sample, ScrapeCache};

fn sample(line: &str) -> Sample<'_> {
    let line = Parser::open_metrics(line.as_bytes()).next().unwrap();
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
    let label = plain.labels().get("a").unwrap();
    assert_eq!(format!("{label:?}"), r#""a"="b\\c""#);
}

fn family(body: &[u8], dialect: Dialect) -> MetricFamily<'_> {
    Families::new(body, dialect).next().unwrap().unwrap()
}

#[test]
fn labels_of_a_metric_can_be_changed() {
    let body = b"m{a=\"1\",b=\"2\\n\"} 1\n";
    for mut family in [
        family(body, Dialect::Prometheus),
        family(body, Dialect::Prometheus).into_owned(),
    ] {
        let labels = &mut family.metrics[0].labels;
        assert_eq!(labels.get("b").as_deref(), Some("2\n"));
        assert_eq!(labels.get("c"), None);
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
    assert_eq!(bucket.metric_labels().get("x").as_deref(), Some("1"));
    assert_eq!(bucket.metric_labels().get("le"), None);
    assert_eq!(bucket.exemplar().unwrap().value, 3.0);
    let sum = samples.iter().find(|s| s.suffix() == "_sum").unwrap();
    assert_eq!((sum.bound(), sum.exemplar()), (None, None));
    assert_eq!(
        format!("{sum:?}"),
        r#"FamilySample { name: "h_sum", labels: [("x", "1")], value: 9.0, timestamp: None, exemplar: None }"#
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
    let mut reader = Reader::new(Broken, Dialect::Prometheus);
    let error = reader.next_line().unwrap_err();
    let source = error.source().map(ToString::to_string);
    assert_eq!(source.as_deref(), Some("the wire is cut"));
    let mut parser = Parser::prometheus(b"a b\n");
    assert!(parser.next().unwrap().unwrap_err().source().is_none());
}

#[test]
fn a_cleared_cache_knows_no_series_and_gives_no_id_again() {
    let mut cache = ScrapeCache::default();
    assert!(cache.is_empty());
    let pass = cache.scrape(b"a 1\n", Dialect::Prometheus);
    let sample = pass.samples().next().unwrap().unwrap();
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
    let pass = cache.scrape(b"x\na 1\n# a comment\n", Dialect::Prometheus);
    let kinds: Vec<bool> = pass.samples().map(|sample| sample.is_ok()).collect();
    assert_eq!(kinds, [false, true]);
    let sample = pass.samples().nth(1).unwrap().unwrap();
    assert_eq!(sample.change(), Change::New);
    assert_ne!(sample.id(), id);
    assert_eq!(pass.vanished().count(), 0);
}

#[test]
fn a_line_is_of_one_kind() {
    let mut lines = Parser::prometheus(b"# TYPE a gauge\n").flatten();
    assert!(lines.next().and_then(Line::into_sample).is_none());
}
