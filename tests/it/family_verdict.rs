//! Compares families with what Prometheus stores from the same body: an error says whether Prometheus refuses
//! the body for it, and every sample that Prometheus stores is in one family.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]
#![cfg(feature = "relabel")]

use std::path::Path;

use exposition::merge::{Collision, Conflict, Source};
use exposition::scrape::SampleConfig;
use exposition::{Dialect, Encoder, ErrorKind, Families, Limits, Merge, ScrapeProtocol};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::bodies;
use crate::support::conformance::case;
use crate::support::content_type;
use crate::support::corpus;
use crate::support::verdict;

use verdict::{check, content_type_of, target};

/// A body for each kind of error, and whether Prometheus refuses it.
const KINDS: &[(ErrorKind, bool, &[u8], Dialect)] = {
    use Dialect::{OpenMetrics as OM, Text as TEXT};
    &[
        (ErrorKind::Unexpected, true, b"a{b=c} 1\n", TEXT),
        (ErrorKind::UnexpectedEnd, true, b"a\n", TEXT),
        (ErrorKind::UnclosedQuote, true, b"a{b=\"c\n", TEXT),
        (ErrorKind::InvalidUtf8, true, b"a{b=\"\xff\"} 1\n", TEXT),
        (ErrorKind::InvalidUtf8, true, b"{\"\xff\"} 1\n", TEXT),
        (ErrorKind::InvalidUtf8, true, b"a{\"\xff\"=\"b\"} 1\n", TEXT),
        (ErrorKind::InvalidUtf8, false, b"a{\"\xff\"=\"\"} 1\n", TEXT),
        (
            ErrorKind::InvalidUtf8,
            false,
            b"a 1 # {\"\xff\"=\"b\"} 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::InvalidUtf8,
            true,
            b"a 1 # {b=\"\xff\"} 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::InvalidUtf8,
            false,
            b"# TYPE \"\xff\" gauge\na 1\n",
            TEXT,
        ),
        (ErrorKind::InvalidUtf8, true, b"# HELP a \xff\na 1\n", TEXT),
        (ErrorKind::InvalidValue, true, b"a x\n", TEXT),
        (ErrorKind::ValueOutOfRange, true, b"a 1e999\n", TEXT),
        (ErrorKind::InvalidTimestamp, true, b"a 1 x\n", TEXT),
        (
            ErrorKind::TimestampOutOfRange,
            true,
            b"a 1 99999999999999999999\n",
            TEXT,
        ),
        (ErrorKind::UnknownType, true, b"# TYPE a info\na 1\n", TEXT),
        (ErrorKind::MissingName, true, b"{a=\"b\"} 1\n", TEXT),
        (ErrorKind::SecondName, true, b"{\"a\",\"b\"} 1\n", TEXT),
        (
            ErrorKind::InvalidUnit,
            true,
            b"# UNIT a s\na 1\n# EOF\n",
            OM,
        ),
        (ErrorKind::MissingEof, true, b"a 1\n", OM),
        (ErrorKind::MissingEof, false, b"", OM),
        (ErrorKind::AfterEof, true, b"a 1\n# EOF\nb 1\n", OM),
        (ErrorKind::EmptyName, true, b"{\"\"} 1\n", TEXT),
        (ErrorKind::EmptyName, true, b"a{\"\"=\"b\"} 1\n", TEXT),
        (ErrorKind::EmptyName, false, b"a{\"\"=\"\"} 1\n", TEXT),
        (ErrorKind::EmptyName, false, b"# HELP \"\" b\na 1\n", TEXT),
        (
            ErrorKind::EmptyName,
            false,
            b"# UNIT \"\" \na 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::DuplicateLabel,
            true,
            b"a{b=\"1\",b=\"1\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::DuplicateLabel,
            false,
            b"a{b=\"1\",b=\"\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::ReservedLabel,
            true,
            b"a{__name__=\"b\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::ReservedLabel,
            true,
            b"a{__name__=\"\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::MissingLabel,
            false,
            b"# TYPE h histogram\nh_bucket 1\n",
            TEXT,
        ),
        (
            ErrorKind::MissingLabel,
            false,
            b"# TYPE s summary\ns 1\n",
            TEXT,
        ),
        (
            ErrorKind::MissingLabel,
            false,
            b"# TYPE s stateset\ns 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::InvalidLabelValue,
            false,
            b"# TYPE h histogram\nh_bucket{le=\"a\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::InvalidLabelValue,
            false,
            b"# TYPE s summary\ns{quantile=\"NaN\"} 1\n",
            TEXT,
        ),
        (
            ErrorKind::NoSuchSample,
            false,
            b"# TYPE h histogram\nh 1\n",
            TEXT,
        ),
        (
            ErrorKind::NoSuchSample,
            false,
            b"# TYPE h gaugehistogram\nh 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::SecondType,
            false,
            b"# TYPE a gauge\n# TYPE a counter\na 1\n",
            TEXT,
        ),
        (ErrorKind::LateType, false, b"a 1\n# TYPE a gauge\n", TEXT),
        (
            ErrorKind::SecondHelp,
            false,
            b"# HELP a b\n# HELP a c\na 1\n",
            TEXT,
        ),
        (
            ErrorKind::SecondUnit,
            false,
            b"# UNIT a_b_c c\n# UNIT a_b_c b_c\na_b_c 1\n# EOF\n",
            OM,
        ),
        (
            ErrorKind::LoneCreated,
            false,
            b"# TYPE c counter\nc_created 1\n# EOF\n",
            OM,
        ),
    ]
};

#[test]
fn every_kind_of_error_says_whether_the_scrape_fails() {
    for &(kind, refused, body, dialect) in KINDS {
        let body_shown = body.escape_ascii();
        let collected = Families::new(body, dialect).read_all();
        let error = &collected.errors[0];
        assert_eq!(error.kind(), kind, "{body_shown}");
        assert_eq!(error.fails_scrape(), refused, "{body_shown}");
        assert_eq!(check(body, dialect), Ok(!refused), "{body_shown}");
    }
}

#[test]
fn limits_of_the_reader_do_not_fail_a_scrape_of_prometheus() {
    let errors = |body: &[u8], limits: Limits| {
        let parser = exposition::Parser::text(body).limits(limits);
        Families::from(parser).read_all().errors
    };
    for (limits, kind) in [
        (Limits::new().max_line_bytes(8), ErrorKind::LineTooLong),
        (Limits::new().max_labels(1), ErrorKind::TooManyLabels),
        (Limits::new().max_body_bytes(8), ErrorKind::BodyTooLong),
    ] {
        let errors = errors(b"a{b=\"c\",d=\"e\"} 1\n", limits);
        assert_eq!(errors[0].kind(), kind);
        assert!(!errors[0].fails_scrape(), "{kind}");
    }
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("gone"))
        }
    }
    let collected = exposition::FamilyReader::new(Broken, Dialect::Text).read_all();
    assert!(collected.errors[0].fails_scrape());
}

#[test]
fn bodies_of_servers_and_vectors_have_the_verdict_of_prometheus() {
    let bodies = corpus::each_body(|entry, body, dialect| {
        let checked = check(body, dialect);
        assert!(checked.is_ok(), "{}: {checked:?}", entry.path.display());
    });
    assert!(bodies >= 44);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors");
    let golden = corpus::golden();
    let mut accepted_with_errors = 0;
    for name in [
        "text.jsonl.gz",
        "om.jsonl.gz",
        "fuzz_text.jsonl",
        "fuzz_om.jsonl",
    ] {
        let path = match (name.strip_suffix(".gz"), &golden) {
            (Some(_), _) => data.join(name),
            (None, Some(golden)) => golden.join(name),
            (None, None) => continue,
        };
        let text = String::from_utf8(corpus::body(&path).unwrap()).unwrap();
        for line in text.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let body = case::input(&case).unwrap();
            let dialect = content_type::dialect(case["ct"].as_str().unwrap()).unwrap();
            match check(&body, dialect) {
                Ok(with_errors) => accepted_with_errors += usize::from(with_errors),
                Err(difference) => panic!("{name}, {}: {difference}", case["id"]),
            }
        }
    }
    assert!(accepted_with_errors > 100, "{accepted_with_errors}");
}

/// Bodies that Prometheus accepts, with samples that do not fit any metric.
const MISFITS: &[(&str, Dialect)] = &[
    (
        "# TYPE h histogram\nh 5\nh_bucket 6\nh_bucket{le=\"NaN\"} 7\nh_bucket{le=\"0x1p4\"} 8\nh_bucket{le=\"1\"} 9\n\
         h{le=\"3\"} 10\nh_sum{a=\"\",a=\"1\"} 11\nh_count 12\n# TYPE s summary\ns 13\ns{quantile=\"x\"} 14\ns_sum 15\n\
         b{\"\"=\"\",le=\"4\"} 16\na 17\n# TYPE a gauge\na{b=\"c\"} 18\n# HELP a d\n# HELP a e\n",
        Dialect::Text,
    ),
    (
        "# TYPE c counter\nc_created 5\nc_created{a=\"b\"} 6\nc_total{a=\"b\"} 7\n# TYPE s stateset\ns 8\ns{s=\"on\"} 9\n\
         # TYPE g gaugehistogram\ng 10\ng_bucket{le=\"NaN\"} 11\ng_gsum 12\n# EOF\n",
        Dialect::OpenMetrics,
    ),
];

/// Returns what a scrape of a body stores, without the target's labels.
fn stored(body: &[u8], dialect: Dialect) -> Vec<String> {
    let (config, target) = (SampleConfig::new(), target());
    let scraped = config
        .scrape(&target, content_type_of(dialect), body)
        .collect();
    assert!(scraped.report.up(), "{:?}", scraped.report.failure);
    let samples = scraped.samples.iter();
    let mut stored: Vec<String> = samples
        .map(|sample| format!("{} {} {:?}", sample.labels, sample.value, sample.timestamp))
        .collect();
    stored.sort();
    stored
}

#[test]
fn what_is_written_from_families_is_stored_as_the_body_was() {
    for (body, dialect) in MISFITS {
        let expected = stored(body.as_bytes(), *dialect);
        let collected = Families::new(body.as_bytes(), *dialect).read_all();
        assert!(collected.errors.len() > 2);
        for protocol in [
            ScrapeProtocol::PrometheusText100,
            ScrapeProtocol::OpenMetricsText100,
        ] {
            let written = exposition::encode::to_string(&collected.families, protocol).unwrap();
            let into = exposition::Format::new(protocol).dialect().unwrap();
            let mut got = stored(written.as_bytes(), into);
            // A histogram in OpenMetrics has a bucket for `+Inf`.
            got.retain(|sample| !sample.contains("le=\"+Inf\""));
            assert_eq!(got, expected, "{written}");
        }
    }
}

#[test]
fn what_is_merged_or_written_from_lines_is_stored_as_the_body_was() {
    for (body, dialect) in MISFITS {
        // A label without a value that removes others is refused when written.
        let body = body.replace("a=\"\",a=\"1\"", "").replace("\"\"=\"\",", "");
        let expected = stored(body.as_bytes(), *dialect);
        let protocol = match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText100,
        };
        let merge = Merge::new(protocol)
            .source(Source::new("one", body.as_bytes(), *dialect))
            .source(Source::new("two", body.as_bytes(), *dialect))
            .on_collision(Collision::FirstWins)
            .on_conflict(Conflict::FirstWins);
        let mut merged = Vec::new();
        let report = merge.write_to(&mut merged).unwrap();
        assert_eq!(report.bad_lines, 0);
        assert_eq!(
            stored(&merged, *dialect),
            expected,
            "{}",
            merged.escape_ascii()
        );

        let mut encoder = Encoder::new(String::new(), protocol).unwrap();
        for line in exposition::Parser::new(body.as_bytes(), *dialect) {
            encoder.line(&line.unwrap(), *dialect).unwrap();
        }
        let written = encoder.finish().unwrap();
        assert_eq!(stored(written.as_bytes(), *dialect), expected, "{written}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn generated_bodies_have_the_verdict_of_prometheus(
        lines in prop::collection::vec(bodies::line(), 0..16),
    ) {
        let body = lines.join("\n") + "\n";
        for body in [body.clone(), body.replace("broken{\n", "")] {
            check(body.as_bytes(), Dialect::Text).map_err(TestCaseError::fail)?;
            let body = body.replace("\n\n", "\n") + "# EOF\n";
            let body = body.trim_start_matches('\n');
            check(body.as_bytes(), Dialect::OpenMetrics).map_err(TestCaseError::fail)?;
        }
    }
}
