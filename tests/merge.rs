//! Whatever bodies are merged: the outcome is valid, and holds the bodies' series.

use std::collections::{BTreeMap, HashMap, HashSet};

use exposition::{
    Collision, Conflict, Dialect, EscapingScheme, Format, Line, Merge, MetricType, Parser, Sample,
    ScrapeProtocol, Source,
};
use proptest::prelude::*;

/// Labels as they are stored, the name among them.
type Series = BTreeMap<String, String>;
type Point = (Series, Option<i64>, u64);

const TEXT: &[&str] = &[
    "# HELP a one",
    "# HELP a two",
    "# HELP a_total \\\\ \"three\"",
    "# HELP h_count four",
    "# TYPE a counter",
    "# TYPE a gauge",
    "# TYPE a_total counter",
    "# TYPE h histogram",
    "# TYPE h summary",
    "# TYPE h_count counter",
    "# TYPE \"b.c\" histogram",
    "# TYPE g untyped",
    "# a comment",
    "",
    "a 1",
    "a{} 2",
    "a 3 5",
    "  a{x=\"1\"}  4 ",
    "a{x=\"1\",y=\"2\"} 5",
    "a{y=\"2\",x=\"1\",} 6",
    "a{x=\"\"} 7",
    "a{source=\"s\",exported_source=\"t\"} 8",
    "a{x=\"\\\\ \\\" \\n\"} 9",
    "a_total 10",
    "a_total{x=\"1\"} 11",
    "a_created 11.5",
    "h_bucket{le=\"1\"} 12",
    "h_bucket{le=\"1.0\"} 13",
    "h_bucket{x=\"2\",le=\"+Inf\"} 14",
    "h_sum 15",
    "h_count 16",
    "h{quantile=\"0.50\"} 17",
    "h NaN",
    "{\"b.c_bucket\",le=\"1\"} 19",
    "{\"b.c_sum\"}20",
    "{\"b.c\",\"d.e\"=\"1\"} 21",
    "g{le=\"1\"} 22",
    "g{quantile=\"1\",le=\"2e0\"} -23",
    "g-24",
    "a{x=\"1\",x=\"2\"} 25",
    "not a line",
];

const OPEN_METRICS: &[&str] = &[
    "# HELP a one",
    "# HELP a two",
    "# UNIT a_s s",
    "# TYPE a counter",
    "# TYPE a gauge",
    "# TYPE a_total gauge",
    "# TYPE a_s counter",
    "# TYPE a info",
    "# TYPE h histogram",
    "# TYPE h gaugehistogram",
    "# TYPE h summary",
    "# TYPE s stateset",
    "# TYPE \"b.c\" histogram",
    "a 1",
    "a 2 0.005",
    "a{x=\"1\"} 3 1.001",
    "a{y=\"2\",x=\"1\"} 4",
    "a_total 5 # {id=\"7\"} 0.5 1.5",
    "a_total{x=\"1\"} 6 # {} 1",
    "a_created 7.5",
    "a_info{source=\"1\"} 1",
    "a_s_total 8",
    "h_bucket{le=\"1\"} 9",
    "h_bucket{le=\"+Inf\"} 10 # {id=\"\\\"\"} 3",
    "h_sum 11",
    "h_count 12",
    "h_gsum 13",
    "h_gcount 14",
    "h_created 15",
    "h{quantile=\"0.5\"} 16",
    "s{s=\"on\"} 1",
    "s{s=\"off\"} 0",
    "{\"b.c_bucket\",le=\"1\"} 17",
    "{\"b.c_created\"} 18",
    "g{le=\"1\",quantile=\"1\"} 19",
    "a{x=\"1\",x=\"2\"} 20",
    "not a line",
];

#[derive(Debug, Clone)]
struct Body {
    text: String,
    dialect: Dialect,
    label: bool,
    honor: bool,
}

fn body() -> impl Strategy<Value = Body> {
    let lines = |pool: &'static [&'static str]| {
        proptest::collection::vec(prop::sample::select(pool), 0..16)
            .prop_map(|lines| lines.join("\n"))
    };
    let text = (lines(TEXT), any::<bool>()).prop_map(|(text, end)| {
        let text = if end { text + "\n" } else { text };
        (text, Dialect::Prometheus)
    });
    let om = lines(OPEN_METRICS).prop_map(|text| {
        let text = if text.is_empty() { text } else { text + "\n" };
        (text + "# EOF\n", Dialect::OpenMetrics)
    });
    (prop_oneof![text, om], any::<bool>(), any::<bool>()).prop_map(
        |((text, dialect), label, honor)| Body {
            text,
            dialect,
            label,
            honor,
        },
    )
}

fn collision() -> impl Strategy<Value = Collision> {
    prop_oneof![
        Just(Collision::FirstWins),
        Just(Collision::Stamp("source".into())),
    ]
}

fn merge(bodies: &[Body], format: Format) -> Merge<'_> {
    let merge = Merge::new(format)
        .on_conflict(Conflict::FirstWins)
        .lossy(true)
        .keep_going(true);
    bodies.iter().enumerate().fold(merge, |merge, (at, body)| {
        let source = Source::new(at.to_string(), body.text.as_bytes(), body.dialect)
            .honor_labels(body.honor);
        merge.source(match body.label {
            true => source.label("source", format!("label {at}")),
            false => source,
        })
    })
}

fn stored(sample: &Sample<'_>) -> Option<Series> {
    let labels = sample.stored_labels();
    let series: Series = (labels.iter())
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    (series.len() == labels.len()).then_some(series)
}

/// Labels added as the documentation of a scrape has it.
fn stamp(series: &mut Series, name: &str, value: &str, honor: bool) {
    if honor && series.contains_key(name) {
        return;
    }
    let own = series.insert(name.into(), value.into());
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        let mut exported = format!("exported_{name}");
        while series.get(&exported).is_some_and(|value| !value.is_empty()) {
            exported.insert_str(0, "exported_");
        }
        series.insert(exported, own);
    }
}

/// What the outcome should hold, by a plain reading of the policies. `scopes` says under which type
/// each sample name stands in the outcome.
fn expected(
    bodies: &[Body],
    policy: &Collision,
    scopes: &HashMap<String, MetricType>,
) -> Vec<Point> {
    let mut owners: HashMap<Series, usize> = HashMap::new();
    let mut times: HashSet<(Series, Option<i64>)> = HashSet::new();
    let mut points = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        let samples = Parser::new(body.text.as_bytes(), body.dialect)
            .flatten()
            .filter_map(Line::into_sample);
        for sample in samples {
            let Some(mut series) = stored(&sample) else {
                continue;
            };
            if body.label {
                stamp(&mut series, "source", &format!("label {at}"), body.honor);
            }
            let canonical = |mut series: Series| {
                let name = series.get("__name__");
                let label = match name.and_then(|name| scopes.get(name)) {
                    Some(MetricType::Histogram) => "le",
                    Some(MetricType::Summary) => "quantile",
                    _ => "",
                };
                if let Some(value) = series.get_mut(label)
                    && let Ok(number) = value.parse::<f64>()
                {
                    *value = match number {
                        f64::INFINITY => "+Inf".into(),
                        number => format!("{number:?}"),
                    };
                }
                series.retain(|_, value| !value.is_empty());
                series
            };
            let mut key = canonical(series.clone());
            if owners.get(&key).is_some_and(|owner| *owner != at) {
                let Collision::Stamp(name) = policy else {
                    continue;
                };
                stamp(&mut series, name, &at.to_string(), false);
                key = canonical(series);
                if owners.get(&key).is_some_and(|owner| *owner != at) {
                    continue;
                }
            }
            owners.insert(key.clone(), at);
            if times.insert((key.clone(), sample.timestamp())) {
                points.push((key, sample.timestamp(), sample.value().to_bits()));
            }
        }
    }
    points.sort();
    points
}

/// What the samples of a family may be called behind its name.
fn suffixes(kind: MetricType, dialect: Dialect) -> &'static [&'static str] {
    match (kind, dialect) {
        (MetricType::Counter, Dialect::OpenMetrics) => &["_total", "_created"],
        (MetricType::Histogram, Dialect::OpenMetrics) => &["_bucket", "_sum", "_count", "_created"],
        (MetricType::Summary, Dialect::OpenMetrics) => &["_sum", "_count", "_created"],
        (MetricType::GaugeHistogram, _) => &["_bucket", "_gsum", "_gcount", "_sum", "_count"],
        (MetricType::Info, _) => &["_info"],
        (MetricType::Histogram, _) => &["_bucket", "_sum", "_count"],
        (MetricType::Summary, _) => &["_sum", "_count"],
        _ => &[],
    }
}

/// That no line is in error, no metadata comes twice, and no family comes in two pieces.
fn valid(body: &str, dialect: Dialect) -> Result<(), TestCaseError> {
    let mut metadata = HashSet::new();
    let mut types = HashMap::new();
    let mut names: Vec<String> = Vec::new();
    for line in Parser::new(body.as_bytes(), dialect) {
        let line = line.map_err(|error| TestCaseError::fail(format!("{error}\n{body}")))?;
        let (keyword, name) = match &line {
            Line::Help(line) => ("HELP", line.name()),
            Line::Type(line) => ("TYPE", line.name()),
            Line::Unit(line) => ("UNIT", line.name()),
            Line::Sample(sample) => {
                if names.last().map(String::as_str) != Some(&*sample.name()) {
                    names.push(sample.name().into_owned());
                }
                continue;
            }
            _ => continue,
        };
        if let Line::Type(line) = &line {
            types.insert(line.name().into_owned(), line.kind());
        }
        prop_assert!(
            metadata.insert((keyword, name.into_owned())),
            "twice: {line:?}\n{body}"
        );
    }
    let mut left = HashSet::new();
    let mut last = String::new();
    for name in names {
        let family = types.iter().find_map(|(family, kind)| {
            let suffix = name.strip_prefix(family.as_str())?;
            suffixes(*kind, dialect)
                .contains(&suffix)
                .then(|| family.clone())
        });
        let family = match family {
            Some(family) if !types.contains_key(&name) => family,
            _ => name,
        };
        if family != last {
            prop_assert!(left.insert(family.clone()), "{family} again in\n{body}");
            last = family;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn merge_valid(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        to_open_metrics in any::<bool>(),
    ) {
        let (protocol, dialect) = match to_open_metrics {
            true => (ScrapeProtocol::OpenMetricsText100, Dialect::OpenMetrics),
            false => (ScrapeProtocol::PrometheusText100, Dialect::Prometheus),
        };
        let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
        let mut out = String::new();
        let report = merge(&bodies, format).on_collision(policy.clone()).to_fmt(&mut out);
        let report = report.map_err(|error| TestCaseError::fail(error.to_string()))?;
        valid(&out, dialect)?;

        let mut scopes = HashMap::new();
        let mut points = Vec::new();
        for sample in Parser::new(out.as_bytes(), dialect).flatten().filter_map(Line::into_sample) {
            scopes.insert(sample.name().into_owned(), sample.type_in_force());
            let mut series = stored(&sample).expect("no label twice");
            series.retain(|_, value| !value.is_empty());
            points.push((series, sample.timestamp(), sample.value().to_bits()));
        }
        prop_assert_eq!(report.samples, points.len() as u64);
        points.sort();
        prop_assert_eq!(points, expected(&bodies, &policy, &scopes), "{}", out);

        // What is merged is its own merge.
        let again = Body { text: out.clone(), dialect, label: false, honor: false };
        let mut twice = String::new();
        let merged = merge(&[again], format).to_fmt(&mut twice);
        merged.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(twice, out);
    }

    #[test]
    fn escaped_names_are_valid_too(
        bodies in proptest::collection::vec(body(), 0..4),
        policy in collision(),
        scheme in prop::sample::select(EscapingScheme::ALL.to_vec()),
    ) {
        let format = Format::new(ScrapeProtocol::PrometheusText004).with_escaping(scheme);
        let mut out = String::new();
        let report = merge(&bodies, format).on_collision(policy).to_fmt(&mut out);
        let report = report.map_err(|error| TestCaseError::fail(error.to_string()))?;
        valid(&out, Dialect::Prometheus)?;
        prop_assert!(scheme == EscapingScheme::AllowUtf8 || !out.contains("{\""), "{}", out);
        let samples = Parser::prometheus(out.as_bytes())
            .filter(|line| matches!(line, Ok(Line::Sample(_))));
        prop_assert_eq!(samples.count() as u64, report.samples);
    }
}
