//! The chain of an error: each error says what its source does not, in every way it is printed; and errors
//! convert to I/O errors.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot begin has failed"
)]

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::io;

use exposition::encode::{CompositeErrorKind, NameErrorKind, TimestampErrorKind, UnitErrorKind};
use exposition::format::ProtocolError;
use exposition::merge::{Source, SumErrorKind};
use exposition::name::NameError;
use exposition::{
    Dialect, EncodeError, Encoder, Error, ErrorKind, Format, Line, Merge, MergeError, MetricFamily,
    MetricType, NativeHistogram, NhcbBuilder, NhcbError, Parser, Position, Reader, ResolutionError,
    ScrapeProtocol, UnconvertedReason, lint, strict,
};

/// Errors with the names of their types.
#[derive(Default)]
struct Samples(Vec<(&'static str, Box<dyn StdError>)>);

impl Samples {
    fn add<E: StdError + 'static>(&mut self, error: E) {
        let name = type_name::<E>().rsplit("::").next();
        self.0.push((name.unwrap_or_default(), Box::new(error)));
    }
}

fn of_line() -> Error {
    let error = Parser::text(b"up 1\nup x\n").find_map(Result::err);
    error.unwrap()
}

#[derive(Debug)]
struct Broken;

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::TimedOut, "the wire is cut"))
    }
}

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::new(
            io::ErrorKind::StorageFull,
            "the disk is full",
        ))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Write for Broken {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Err(fmt::Error)
    }
}

fn of_reader() -> Error {
    Reader::new(Broken, Dialect::Text).next_line().unwrap_err()
}

fn of_writer() -> EncodeError {
    let encoder = Encoder::from_writer(Broken, ScrapeProtocol::OpenMetricsText100).unwrap();
    encoder.finish().unwrap_err()
}

fn of_formatter() -> EncodeError {
    let encoder = Encoder::new(Broken, ScrapeProtocol::OpenMetricsText100).unwrap();
    encoder.finish().unwrap_err()
}

fn of_merge(body: &[u8], out: impl io::Write) -> MergeError {
    Merge::new(ScrapeProtocol::OpenMetricsText100)
        .source(Source::new("one", body, Dialect::Text))
        .source(Source::new("two", b"up 1\n", Dialect::Text))
        .write_to(out)
        .unwrap_err()
}

/// Returns at least one of every type of error and, for those with a source, every kind that has one.
fn samples() -> Samples {
    let mut samples = Samples::default();
    samples.add(of_line());
    samples.add(of_reader());
    samples.add(ErrorKind::Io);
    samples.add(of_writer());
    if let EncodeError::Io(error) = of_writer() {
        samples.add(error);
    }
    samples.add(of_formatter());
    samples.add(EncodeError::Labels {
        metric: "up".into(),
        fault: NameErrorKind::Duplicate,
    });
    samples.add(EncodeError::Name {
        name: "a.b".into(),
        format: ScrapeProtocol::PrometheusText004.into(),
    });
    samples.add(NameErrorKind::Duplicate);
    samples.add(CompositeErrorKind::Bound(1.0));
    samples.add(UnitErrorKind::Characters);
    samples.add(TimestampErrorKind::Zero);
    samples.add(of_merge(b"up\n", io::sink()));
    samples.add(of_merge(b"up 1\n", io::sink()));
    samples.add(of_merge(b"a 1\n", Broken));
    samples.add(MergeError::Labels {
        source_name: "one".into(),
        position: Position::default(),
        fault: NameErrorKind::Duplicate,
    });
    samples.add(SumErrorKind::Parts);
    samples.add(NativeHistogram::new(9).validate().unwrap_err());
    samples.add(
        NhcbBuilder::new()
            .bucket(f64::NAN, 1.0)
            .build()
            .unwrap_err(),
    );
    samples.add(ResolutionError::CustomBuckets);
    samples.add(UnconvertedReason::from(NhcbError::NanBound));
    samples.add("text/".parse::<Format>().unwrap_err());
    samples.add(ProtocolError::Unknown("x".into()));
    samples.add("x".parse::<MetricType>().unwrap_err());
    samples.add("x".parse::<lint::LintRule>().unwrap_err());
    samples.add("x".parse::<lint::Allow>().unwrap_err());
    samples.add(lint::promtool::check("x").unwrap_err());
    samples.add(NameError::UnknownNameScheme("x".into()));
    samples.add(strict::check(b"up x\n").next().unwrap());
    samples.add(
        strict::check(b"# TYPE a counter\na_total -1\n# EOF\n")
            .next()
            .unwrap(),
    );
    of_assertions(&mut samples);
    #[cfg(feature = "relabel")]
    of_scrapes(&mut samples);
    #[cfg(feature = "operator")]
    of_operator(&mut samples);
    #[cfg(feature = "operator")]
    of_discovery(&mut samples);
    samples
}

fn of_assertions(samples: &mut Samples) {
    use exposition::testing::{CompareError, Exposition, ReadError};

    let body = |body: &str| Exposition::text(body).unwrap();
    let up = body("up 1\n");
    samples.add(up.metric("down").value().unwrap_err());
    samples.add(Exposition::from_response("text/html", "up 1\n").unwrap_err());
    samples.add(ReadError::Body(of_line()));
    samples.add(up.snapshot().matches("up\n").unwrap_err());
    samples.add(up.snapshot().is_same_as(&body("up 2\n")).unwrap_err());
    let mismatch = up.snapshot().matches("up 2\n").unwrap_err();
    assert!(matches!(mismatch, CompareError::Mismatch(_)));
    samples.add(mismatch);
    let counter = |value| body(&format!("# TYPE a counter\na {value}\n"));
    samples.add(counter(1).since(&counter(2)).unwrap_err());
}

#[cfg(feature = "relabel")]
fn of_scrapes(samples: &mut Samples) {
    use exposition::relabel::{Action, RuleConfig, RuleErrorKind, Rules};
    use exposition::scrape::{
        Discovered, IntervalError, SampleConfig, SampleErrorKind, ScrapeError, TargetConfig,
    };

    let rule = RuleConfig::new().regex("a(b").target_label("a");
    let error = Rules::new([rule], Default::default()).unwrap_err();
    samples.add(error.problem().clone());
    samples.add(exposition::stats::PlanError::from(error.clone()));
    if let RuleErrorKind::Regex(error) = error.problem() {
        samples.add(error.clone());
    }
    samples.add(error);
    let rule = RuleConfig::new().action(Action::HashMod).target_label("a");
    samples.add(Rules::new([rule], Default::default()).unwrap_err());
    samples.add("kep".parse::<Action>().unwrap_err());

    let targets = TargetConfig::new("job");
    let slow = [("__address__", "h:1"), ("__scrape_interval__", "slow")];
    samples.add(targets.discover(slow).unwrap_err());
    samples.add(IntervalError::Empty);
    let found = targets.discover([("__address__", "h:1")]);
    let target = found.map(Discovered::into_target).unwrap().unwrap();
    let mut config = SampleConfig::new();
    config.label_limit = 1;
    for (content_type, body) in [
        (Some("text/plain"), "up x\n"),
        (Some("text/plain"), "up 1\n"),
        (Some("text/"), "up 1\n"),
        (None, "up 1\n"),
    ] {
        let report = config
            .scrape(&target, content_type, body.as_bytes())
            .report();
        samples.add(report.failure.unwrap());
    }
    samples.add(ScrapeError::from(of_reader()));
    samples.add(SampleErrorKind::NoName);
}

#[cfg(feature = "operator")]
fn of_discovery(samples: &mut Samples) {
    use exposition::discovery::file_sd;
    use exposition::discovery::kubernetes::{Discovery, DiscoveryError, Objects, Role};

    let error = Objects::parse_all("kind: Pod").unwrap_err();
    samples.add(error.kind().clone());
    samples.add(error);
    samples.add(Objects::parse_all("[").unwrap_err());
    samples.add(file_sd::read("a.yml", "a").unwrap_err());
    samples.add(file_sd::read("a.yml", "[").unwrap_err());
    samples.add("x".parse::<Role>().unwrap_err());
    for (label, field) in [("!", ""), ("", "a"), ("", "a=b")] {
        let error = Discovery::new(Role::Pod)
            .with_selector(Role::Pod, label, field)
            .unwrap_err();
        if let DiscoveryError::Field(error) = &error {
            samples.add(error.clone());
        }
        samples.add(error);
    }
}

#[cfg(feature = "operator")]
fn of_operator(samples: &mut Samples) {
    use exposition::operator::{
        Explainer, LabelSelector, Manifest, OperatorConfig, ScrapeConfig, Version,
    };

    let settings = OperatorConfig::default();
    let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: a, namespace: b}\n\
                   spec: {selector: {}, endpoints: [{interval: 1s, scrapeTimeout: 2s}]}\n";
    let monitor: Manifest = monitor.parse().unwrap();
    samples.add(exposition::operator::check(&monitor, &settings).unwrap_err());
    for wrong in [
        "relabel_configs: [{regex: 'a(b', target_label: a}]",
        "scrape_interval: soon",
        "body_size_limit: much",
        "metric_name_validation_scheme: ascii",
    ] {
        let config = ScrapeConfig::from_yaml(&format!("job_name: a\n{wrong}\n"));
        match config {
            Ok(config) => samples.add(Explainer::new(&config, &settings).unwrap_err()),
            Err(error) => samples.add(error),
        }
    }
    samples.add(ScrapeConfig::from_yaml("job_name: [").unwrap_err());
    let error = "kind: Pod".parse::<Manifest>().unwrap_err();
    samples.add(error.kind().clone());
    samples.add(error);
    samples.add("a b".parse::<LabelSelector>().unwrap_err());
    let tests = "rules: none.yaml\ntests: []";
    samples.add(exposition::testing::rules::RuleTests::parse(tests, "none").unwrap_err());
    samples.add("three".parse::<Version>().unwrap_err());
}

/// Returns the messages of an error and of its sources.
fn chain(error: &(dyn StdError + 'static)) -> Vec<String> {
    let errors = std::iter::successors(Some(error), |&error| error.source());
    errors.map(ToString::to_string).collect()
}

#[test]
fn no_message_says_what_its_source_says() {
    let mut longest = 0;
    for (name, error) in samples().0 {
        let messages = chain(&*error);
        longest = longest.max(messages.len());
        for (at, message) in messages.iter().enumerate() {
            assert!(!message.is_empty(), "{name}: {messages:?}");
            for source in &messages[at + 1..] {
                assert!(!message.contains(source), "{name}: {messages:?}");
            }
        }
    }
    // Otherwise there was nothing to repeat.
    assert!(longest > 1);
}

#[test]
fn what_a_chain_says() {
    let line = "line 1, column 1: reading failed";
    assert_eq!(chain(&of_reader()), [line, "the wire is cut"]);
    let rendered = of_reader().render().to_string();
    assert!(
        rendered.starts_with("error: reading failed: the wire is cut\n"),
        "{rendered}"
    );
    assert_eq!(chain(&of_writer()), ["writing failed", "the disk is full"]);
    let merged = of_merge(b"a 1\n", Broken);
    assert_eq!(chain(&merged), ["writing failed", "the disk is full"]);
    let words = "one: line 1, column 3: expected the sample's value, found the end of the line";
    assert_eq!(chain(&of_merge(b"up\n", io::sink())), [words]);
    #[cfg(feature = "relabel")]
    {
        use exposition::relabel::{RuleConfig, Rules};
        let rule = RuleConfig::new().regex("a(b").target_label("a");
        let error = Rules::new([rule], Default::default()).unwrap_err();
        let words = "rules[0].regex: missing `)` for the `(` at offset 1";
        assert_eq!(chain(&error), [words]);
    }
}

#[cfg(feature = "operator")]
mod all_types {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::samples;

    /// Returns the names of the error types in the sources that users can meet.
    fn types(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // The command is a crate of its own.
                if !path.ends_with("bin") {
                    types(&path, found);
                }
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let mut derived = false;
            for line in text.lines() {
                derived |= line.starts_with("#[derive(") && line.contains("thiserror::Error");
                let name = |rest: &str| {
                    let end = rest.find(|c: char| !c.is_alphanumeric());
                    rest[..end.unwrap_or(rest.len())].to_owned()
                };
                if let Some(rest) = line.strip_prefix("impl std::error::Error for ") {
                    found.insert(name(rest));
                }
                for item in [
                    "pub struct ",
                    "pub enum ",
                    "pub(super) enum ",
                    "pub(crate) enum ",
                ] {
                    if let Some(rest) = line.strip_prefix(item)
                        && std::mem::take(&mut derived)
                        && item.starts_with("pub ")
                    {
                        found.insert(name(rest));
                    }
                }
            }
        }
    }

    #[test]
    fn every_type_of_error_has_a_sample() {
        let mut in_sources = BTreeSet::new();
        types(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut in_sources,
        );
        assert!(
            in_sources.contains("Error") && in_sources.len() > 20,
            "{in_sources:?}"
        );
        let sampled: BTreeSet<String> = (samples().0.iter())
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let missing: Vec<_> = in_sources.difference(&sampled).collect();
        assert!(missing.is_empty(), "no sample of {missing:?} in `samples`");
    }
}

#[test]
fn errors_of_input_and_output_come_back_as_they_were() {
    let merged = of_merge(b"a 1\n", Broken);
    for (error, kind, words) in [
        (
            of_reader().into(),
            io::ErrorKind::TimedOut,
            "the wire is cut",
        ),
        (
            of_writer().into(),
            io::ErrorKind::StorageFull,
            "the disk is full",
        ),
        (
            merged.into(),
            io::ErrorKind::StorageFull,
            "the disk is full",
        ),
    ] as [(io::Error, _, _); 3]
    {
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, words));
    }
}

#[test]
fn other_errors_are_held_by_those_of_input_and_output() {
    fn holds<E: StdError + Send + Sync + 'static>(error: E, kind: io::ErrorKind)
    where
        io::Error: From<E>,
    {
        let words = error.to_string();
        let error = io::Error::from(error);
        assert_eq!(error.kind(), kind);
        assert_eq!(error.to_string(), words);
        assert!(error.into_inner().unwrap().is::<E>());
    }
    holds(of_line(), io::ErrorKind::InvalidData);
    holds(of_merge(b"up\n", io::sink()), io::ErrorKind::InvalidData);
    holds(of_formatter(), io::ErrorKind::Other);
    let unit = MetricFamily::new("a", MetricType::Gauge).unit("s");
    let format = ScrapeProtocol::PrometheusText004;
    let error = exposition::encode::to_string([&unit], format).unwrap_err();
    holds(error, io::ErrorKind::InvalidData);
}

/// The purpose of the conversions: `?` in a function with an I/O result.
#[test]
fn a_function_of_input_and_output_reads_and_writes() {
    fn copy(body: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut encoder = Encoder::from_writer(out, ScrapeProtocol::PrometheusText004)?;
        for line in Parser::text(body) {
            let line: Line<'_> = line?;
            encoder.line(&line, Dialect::Text)?;
        }
        encoder.finish()?;
        Ok(())
    }
    let mut out = Vec::new();
    assert!(copy(b"up 1\n", &mut out).is_ok());
    assert_eq!(out, b"up 1\n");
    let error = copy(b"up\n", &mut out).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}
