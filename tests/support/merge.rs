//! Merging by a plain reading of its policies, for any bodies.

use std::collections::{BTreeMap, HashMap, HashSet};

use exposition::name::is_legacy_metric_name;
use exposition::{
    Collision, Conflict, Dialect, EncodeError, EscapingScheme, Format, Line, Merge, MergeError,
    MetricType, Parser, Sample, ScrapeProtocol, Source,
};

use super::canonical::canonical;

/// Labels as they are stored, the name among them.
type Series = BTreeMap<String, String>;
type Point = (Series, Option<i64>, u64);

/// A body to be merged.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) text: Vec<u8>,
    pub(crate) dialect: Dialect,
    /// Whether its samples get a label.
    pub(crate) label: bool,
    pub(crate) honor: bool,
}

fn merge(bodies: &[Body], format: Format) -> Merge<'_> {
    let merge = Merge::new(format)
        .on_conflict(Conflict::FirstWins)
        .lossy(true)
        .keep_going(true);
    bodies.iter().enumerate().fold(merge, |merge, (at, body)| {
        let source = Source::new(at.to_string(), &body.text, body.dialect).honor_labels(body.honor);
        merge.source(match body.label {
            true => source.label("source", format!("label {at}")),
            false => source,
        })
    })
}

/// The labels of a sample that is stored.
fn stored(sample: &Sample<'_>) -> Option<Series> {
    let names_are_utf8 =
        sample.name_is_utf8() && sample.labels().iter().all(|label| label.name_is_utf8());
    let names_are_empty = sample.raw_name().is_empty()
        || (sample.labels().iter()).any(|label| label.raw_name().is_empty());
    if names_are_empty || !names_are_utf8 {
        return None;
    }
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
        let samples = Parser::new(&body.text, body.dialect)
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
                if let Some(value) = series.get_mut(label) {
                    *value = canonical(value);
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
fn valid(body: &str, dialect: Dialect) -> Result<(), String> {
    let mut metadata = HashSet::new();
    let mut types = HashMap::new();
    let mut names: Vec<String> = Vec::new();
    for line in Parser::new(body.as_bytes(), dialect) {
        let line = line.map_err(|error| format!("{error}\n{body}"))?;
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
        if !metadata.insert((keyword, name.into_owned())) {
            return Err(format!("twice: {line:?}\n{body}"));
        }
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
            if !left.insert(family.clone()) {
                return Err(format!("{family} again in\n{body}"));
            }
            last = family;
        }
    }
    Ok(())
}

/// What can be compared of a time: beyond 2^52 milliseconds the seconds that OpenMetrics writes do not
/// tell them apart.
fn near(timestamp: Option<i64>, dialect: Dialect) -> Option<i64> {
    match dialect {
        Dialect::OpenMetrics => timestamp.map(|millis| millis.clamp(-(1 << 52), 1 << 52)),
        _ => timestamp,
    }
}

/// Whether a merge that goes on where it can may fail so.
fn may_fail(error: &MergeError) -> bool {
    // In text there is no time before 1970.
    matches!(
        error,
        MergeError::Encode(EncodeError::NegativeTimestamp { .. })
    )
}

/// The outcome of a merge is valid, holds the bodies' series, and is its own merge.
pub(crate) fn merge_is_valid(
    bodies: &[Body],
    policy: &Collision,
    to_open_metrics: bool,
) -> Result<(), String> {
    let (protocol, dialect) = match to_open_metrics {
        true => (ScrapeProtocol::OpenMetricsText100, Dialect::OpenMetrics),
        false => (ScrapeProtocol::PrometheusText100, Dialect::Prometheus),
    };
    let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
    let mut out = String::new();
    let merged = merge(bodies, format).on_collision(policy.clone());
    let report = match merged.to_fmt(&mut out) {
        Ok(report) => report,
        Err(error) if may_fail(&error) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    valid(&out, dialect)?;

    let mut scopes = HashMap::new();
    let mut points = Vec::new();
    for line in Parser::new(out.as_bytes(), dialect).flatten() {
        let Some(sample) = line.into_sample() else {
            continue;
        };
        scopes.insert(sample.name().into_owned(), sample.type_of_last_type_line());
        let mut series = stored(&sample).ok_or_else(|| format!("{sample:?} in\n{out}"))?;
        series.retain(|_, value| !value.is_empty());
        let timestamp = near(sample.timestamp(), dialect);
        points.push((series, timestamp, sample.value().to_bits()));
    }
    if report.samples != points.len() as u64 {
        return Err(format!("{} samples reported\n{out}", report.samples));
    }
    points.sort();
    let mut expected = expected(bodies, policy, &scopes);
    for point in &mut expected {
        point.1 = near(point.1, dialect);
    }
    expected.sort();
    if points != expected {
        return Err(format!("expected {expected:?}, got {points:?} in\n{out}"));
    }

    let again = Body {
        text: out.clone().into_bytes(),
        dialect,
        label: false,
        honor: false,
    };
    let mut twice = String::new();
    let merged = merge(&[again], format).to_fmt(&mut twice);
    merged.map_err(|error| error.to_string())?;
    match twice == out {
        true => Ok(()),
        false => Err(format!("merged again\n{out}becomes\n{twice}")),
    }
}

/// The outcome of a merge whose names are escaped is valid.
pub(crate) fn escaped_merge_is_valid(
    bodies: &[Body],
    policy: Collision,
    scheme: EscapingScheme,
) -> Result<(), String> {
    let format = Format::new(ScrapeProtocol::PrometheusText004).with_escaping(scheme);
    let mut out = String::new();
    let merged = merge(bodies, format).on_collision(policy);
    let report = match merged.to_fmt(&mut out) {
        Ok(report) => report,
        Err(error) if may_fail(&error) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    valid(&out, Dialect::Prometheus)?;
    let mut samples = 0;
    let lines = Parser::prometheus(out.as_bytes()).flatten();
    for sample in lines.filter_map(Line::into_sample) {
        samples += 1;
        let names = sample.labels().into_iter().map(|label| label.raw_name());
        let mut names = names.chain([sample.raw_name()]);
        let escaped = names.all(is_legacy_metric_name);
        if scheme != EscapingScheme::AllowUtf8 && !escaped {
            return Err(format!("not escaped: {sample:?} in\n{out}"));
        }
    }
    match samples == report.samples {
        true => Ok(()),
        false => Err(format!("{} samples reported\n{out}", report.samples)),
    }
}
