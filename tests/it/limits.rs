//! Each limit has its own error, through every door, and keeps memory small.

use allocation_counter::measure;
use exposition::merge::Source;
use exposition::{
    ChunkParser, Dialect, Encoder, ErrorKind, Families, FamilyChunks, FamilyReader, Limits, Merge,
    MergeError, Parser, Reader, ScrapeProtocol, strict,
};

/// The errors that a door returns for a body.
type Door = (&'static str, fn(&[u8], Limits) -> Vec<ErrorKind>);

const TEXT: Dialect = Dialect::Text;

fn kind(error: exposition::Error) -> ErrorKind {
    error.kind()
}

fn chunks(limits: Limits) -> ChunkParser {
    ChunkParser::new(TEXT).limits(limits)
}

const DOORS: &[Door] = &[
    ("slice", |body, limits| {
        let parser = Parser::new(body, TEXT).limits(limits);
        parser.filter_map(Result::err).map(kind).collect()
    }),
    ("reader", |body, limits| {
        let mut reader = Reader::new(body, TEXT).limits(limits).buffer_capacity(7);
        let mut kinds = Vec::new();
        while let Some(line) = reader.next_line().transpose() {
            kinds.extend(line.err().map(kind));
        }
        kinds
    }),
    ("chunks", |body, limits| {
        let (mut chunks, mut kinds) = (chunks(limits), Vec::new());
        for chunk in body.chunks(3).map(Some).chain([None]) {
            match chunk {
                Some(chunk) => chunks.feed(chunk),
                None => chunks.finish(),
            }
            while let Some(line) = chunks.next_line().transpose() {
                kinds.extend(line.err().map(kind));
            }
        }
        kinds
    }),
    ("families", |body, limits| {
        let families = Families::from(Parser::new(body, TEXT).limits(limits));
        families.filter_map(Result::err).map(kind).collect()
    }),
    ("families, collected", |body, limits| {
        let families = Families::from(Parser::new(body, TEXT).limits(limits));
        families.read_all().errors.into_iter().map(kind).collect()
    }),
    ("family reader", |body, limits| {
        let families = FamilyReader::from(Reader::new(body, TEXT).limits(limits));
        families.filter_map(Result::err).map(kind).collect()
    }),
    ("family reader, collected", |body, limits| {
        let families = FamilyReader::from(Reader::new(body, TEXT).limits(limits));
        families.read_all().errors.into_iter().map(kind).collect()
    }),
    ("family chunks", |body, limits| {
        let (mut chunks, mut kinds) = (FamilyChunks::from(chunks(limits)), Vec::new());
        for chunk in body.chunks(3).map(Some).chain([None]) {
            match chunk {
                Some(chunk) => chunks.feed(chunk),
                None => chunks.finish(),
            }
            while let Some(family) = chunks.next_family().transpose() {
                kinds.extend(family.err().map(kind));
            }
        }
        kinds
    }),
    ("strict", |body, limits| {
        let body = [body, b"# EOF\n"].concat();
        let violations = strict::check(&body).limits(limits);
        violations
            .map(|violation| violation.error().kind())
            .collect()
    }),
    ("strict, OpenMetrics 2.0", |body, limits| {
        let body = [body, b"# EOF\n"].concat();
        let violations = strict::check_openmetrics2(&body).limits(limits);
        violations
            .filter(|violation| violation.severity() == strict::Severity::Error)
            .map(|violation| violation.error().kind())
            .collect()
    }),
    ("merge", |body, limits| {
        let merge = Merge::new(ScrapeProtocol::PrometheusText004)
            .source(Source::new("a", body, TEXT))
            .keep_going(true)
            .limits(limits);
        let errors = merge.write_to(std::io::sink()).map(|report| report.errors);
        let errors = errors.into_iter().flatten();
        let kinds = errors.filter_map(|error| match error {
            MergeError::Line { error, .. } => Some(error.kind()),
            _ => None,
        });
        kinds.collect()
    }),
    #[cfg(feature = "relabel")]
    ("scrape", |body, limits| {
        use exposition::scrape::{Discovered, SampleConfig, ScrapeError, TargetConfig};
        let config = TargetConfig::new("job");
        let found = config.discover([("__address__", "h:1")]);
        let Some(target) = found.ok().and_then(Discovered::into_target) else {
            return Vec::new();
        };
        let mut config = SampleConfig::new();
        config.limits = limits;
        let report = config.scrape(&target, Some("text/plain"), body).report();
        match report.failure {
            Some(ScrapeError::Line(error)) => vec![error.kind()],
            _ => Vec::new(),
        }
    }),
];

#[test]
fn a_line_that_is_too_long_is_an_error_through_every_door() {
    let long = format!("a{{b=\"{}\"}} 1\n", "x".repeat(100));
    let body = format!("ok 1\n{long}ok_2 1\n");
    for (door, errors) in DOORS {
        let found = errors(body.as_bytes(), Limits::new().max_line_bytes(99));
        assert_eq!(found, [ErrorKind::LineTooLong], "{door}");
    }
}

#[test]
fn labels_that_are_too_many_are_an_error_through_every_door() {
    let body = "ok{a=\"1\",b=\"2\"} 1\nmany{a=\"1\",b=\"2\",c=\"3\"} 1\nok_2 1\n";
    for (door, errors) in DOORS {
        let found = errors(body.as_bytes(), Limits::new().max_labels(2));
        assert_eq!(found, [ErrorKind::TooManyLabels], "{door}");
    }
}

#[test]
fn a_body_that_is_too_long_is_an_error_through_every_door() {
    let body = "ok 1\nok_2 1\nok_3 1\n";
    for (door, errors) in DOORS {
        let found = errors(body.as_bytes(), Limits::new().max_body_bytes(13));
        assert_eq!(found, [ErrorKind::BodyTooLong], "{door}");
    }
}

/// With a limit for the body memory does not depend on the body's length.
#[test]
fn the_limit_of_the_body_holds_memory_through_every_door() {
    let limits = Limits::new().max_body_bytes(10_000);
    let lines: [fn(usize) -> String; 3] = [
        |i| format!("a{{b=\"{i:07}\"}} 1\n"),
        |i| format!("a{i:07} 1\n"),
        |i| format!("# TYPE a{i:07} gauge\n"),
    ];
    for line in lines {
        let [some, more] = [2_000, 20_000].map(|count| (0..count).map(line).collect::<String>());
        for (door, errors) in DOORS {
            let [some, more] = [&some, &more].map(|body| {
                let peak = measure(|| drop(errors(body.as_bytes(), limits))).bytes_max;
                // There the bodies are joined with their ends.
                peak - if door.starts_with("strict") {
                    body.len() as u64
                } else {
                    0
                }
            });
            assert!(more < some + some / 4, "{door}: {some} and {more}");
        }
    }
}

/// A merge does not hold what it writes, nor errors beyond the first hundred.
#[test]
fn a_merge_holds_no_samples_and_few_errors() {
    let peak = |body: String| {
        let merge = Merge::new(ScrapeProtocol::PrometheusText004)
            .source(Source::new("a", body.as_bytes(), TEXT))
            .keep_going(true);
        measure(|| assert!(merge.write_to(std::io::sink()).is_ok())).bytes_max
    };
    let errors = |count: usize| peak("x\n".repeat(count));
    assert!(errors(100_000) < errors(1_000) + 1024);
    // The series of a family are held while it is written.
    let samples = |families: usize| {
        let family = |i| format!("a{i:03}{{b=\"c\"}} 1\n").repeat(1_000);
        peak((0..families).map(family).collect())
    };
    assert!(
        samples(100) < samples(1) + 64 * 1024,
        "{} and {}",
        samples(100),
        samples(1)
    );
}

/// An encoder holds one family or line.
#[test]
fn an_encoder_holds_nothing_it_has_written() {
    let peak = |lines: usize| {
        let body = "a{b=\"c\"} 1\n".repeat(lines);
        measure(|| {
            let mut encoder =
                Encoder::from_writer(std::io::sink(), ScrapeProtocol::PrometheusText004).unwrap();
            for line in Parser::text(body.as_bytes()) {
                encoder.line(&line.unwrap(), TEXT).unwrap();
            }
            encoder.finish().unwrap();
        })
        .bytes_max
    };
    assert_eq!(peak(1_000), peak(100_000));
}

#[cfg(feature = "relabel")]
mod rules {
    use exposition::ValidationScheme;
    use exposition::relabel::RuleConfig;

    #[track_caller]
    fn refused(regex: &str, cause: &str) {
        let rule = RuleConfig::new()
            .source_labels(["a"])
            .target_label("b")
            .regex(regex);
        let error = rule
            .build(ValidationScheme::Utf8)
            .err()
            .map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains(cause), "{error}");
    }

    #[test]
    fn regexes_that_would_take_too_much_are_refused() {
        refused("a{1001}", "repeat count");
        refused("(a{100}){11}", "repeat count");
        refused(&format!("({}){{1000}}", "a".repeat(4000)), "too large");
        refused(&("(".repeat(1001) + &")".repeat(1001)), "nest");
        // What Go accepts, and what takes too much memory nevertheless.
        refused(r"(?i)\pL{1000}\pL{1000}\pL{1000}\pL{1000}", "size limit");
    }
}

#[cfg(feature = "operator")]
mod manifests {
    use exposition::operator::Manifest;

    #[track_caller]
    fn refused(yaml: &str, cause: &str) {
        let error = yaml
            .parse::<Manifest>()
            .err()
            .map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains(cause), "{error}");
    }

    #[test]
    fn yaml_that_would_take_too_much_is_refused() {
        let mut laughs = "a0: &a0 [x]\n".to_owned();
        for depth in 1..40 {
            let aliases = vec![format!("*a{}", depth - 1); 9].join(",");
            laughs += &format!("a{depth}: &a{depth} [{aliases}]\n");
        }
        refused(&laughs, "aliases stand for more than 4194304 bytes");
        refused(&"[".repeat(10_000), "nests deeper than 100 levels");
        refused(&"{a: ".repeat(10_000), "nests deeper than 100 levels");
    }
}
