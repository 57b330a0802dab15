//! Models merging by a plain reading of its policies, for any bodies.

use std::collections::{BTreeMap, HashMap, HashSet};

use exposition::merge::{Collision, Conflict, Source};
use exposition::name::is_legacy_metric_name;
use exposition::{
    Dialect, EncodeError, EscapingScheme, Families, FamilySample, Format, Line, Merge, MergeError,
    Metric, MetricFamily, MetricType, Parser, Sample, ScrapeProtocol,
};

use super::canonical::canonical;

/// Labels as they are stored, including the name.
type Series = BTreeMap<String, String>;
type Point = (Series, Option<i64>, u64);

/// A body to merge.
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

/// Returns the names of state sets, which are the labels of their states.
fn states(bodies: &[Body]) -> HashSet<String> {
    let lines = (bodies.iter()).flat_map(|body| Parser::new(&body.text, body.dialect).flatten());
    lines
        .filter_map(|line| match line {
            Line::Type(line) if line.metric_type() == MetricType::StateSet => {
                Some(line.name().into_owned())
            }
            _ => None,
        })
        .collect()
}

/// Returns the labels of a sample as they are stored.
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

/// Adds labels as the documentation of a scrape says.
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

/// A body as a reader of the outcome would store it: with its own labels, and with the label of the policy.
#[derive(Default)]
struct Had {
    /// The points of the samples, each in both forms.
    points: Vec<[Point; 2]>,
    /// The metrics that a reader of the body alone finds, each as the points of its samples.
    metrics: Vec<Vec<[Point; 2]>>,
}

/// Converts `le` and `quantile` to numbers, because families know which they own where storage does not.
fn numbers((mut series, time, value): Point) -> Point {
    for label in ["le", "quantile"] {
        if let Some(value) = series.get_mut(label) {
            *value = canonical(value);
        }
    }
    (series, time, value)
}

impl Had {
    fn of(
        at: usize,
        body: &Body,
        policy: &Collision,
        scopes: &HashMap<String, MetricType>,
        dialect: Dialect,
    ) -> Had {
        let forms = |mut series: Series, time, value: f64| {
            if body.label {
                stamp(&mut series, "source", &format!("label {at}"), body.honor);
            }
            let mut stamped = series.clone();
            if let Collision::Stamp(name) = policy {
                stamp(&mut stamped, name, &at.to_string(), false);
            }
            [series, stamped].map(|mut series| {
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
                (series, near(time, dialect), value.to_bits())
            })
        };
        let mut had = Had::default();
        let lines = Parser::new(&body.text, body.dialect).flatten();
        for sample in lines.filter_map(Line::into_sample) {
            if let Some(series) = stored(&sample) {
                had.points
                    .push(forms(series, sample.timestamp(), sample.value()));
            }
        }
        let known: HashSet<Point> = (had.points.iter())
            .map(|[own, _]| numbers(own.clone()))
            .collect();
        let families = Families::new(&body.text, body.dialect).read_all().families;
        for family in &families {
            let mut metrics: Vec<(Series, Vec<[Point; 2]>)> = Vec::new();
            let single = !matches!(
                family.metric_type,
                MetricType::Histogram
                    | MetricType::GaugeHistogram
                    | MetricType::Summary
                    | MetricType::StateSet
                    | MetricType::Counter
            );
            for (sample, metric) in family.metrics.iter().flat_map(|metric| {
                let one = alone(family, metric);
                let samples: Vec<_> = one
                    .samples()
                    .map(|sample| (of_family(&sample), sample.timestamp(), sample.value()))
                    .collect();
                samples.into_iter().map(move |sample| (sample, metric))
            }) {
                let labels: Series = (metric.labels.iter())
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(name, value)| (name.into_owned(), value.into_owned()))
                    .collect();
                // A counter's sample without `_total` is a separate metric.
                let bare = family.metric_type == MetricType::Counter
                    && sample
                        .0
                        .get("__name__")
                        .is_some_and(|name| *name == family.name);
                let point = forms(sample.0, sample.1, sample.2).map(numbers);
                // A family may have what cannot be stored, such as a repeated label.
                if !known.contains(form(&point, false)) {
                    continue;
                }
                let known = metrics.iter_mut().find(|known| known.0 == labels);
                match known.filter(|_| !single && !bare) {
                    Some(known) => known.1.push(point),
                    // No other sample has a label without a name.
                    None if single || bare => {
                        metrics.push(([(String::new(), String::new())].into(), vec![point]));
                    }
                    None => metrics.push((labels, vec![point])),
                }
            }
            had.metrics
                .extend(metrics.into_iter().map(|metric| metric.1));
        }
        had
    }
}

/// Returns a point in its own form, or with the label of the policy.
fn form([own, labelled]: &[Point; 2], stamped: bool) -> &Point {
    if stamped { labelled } else { own }
}

/// Returns a family with one of its metrics.
fn alone<'f>(family: &MetricFamily<'f>, metric: &Metric<'f>) -> MetricFamily<'f> {
    MetricFamily::new(family.name.clone(), family.metric_type).metric(metric.clone())
}

/// Returns the labels of a family's sample, including its name.
fn of_family(sample: &FamilySample<'_>) -> Series {
    let name = ("__name__".to_owned(), sample.name().into_owned());
    let labels = sample.labels();
    let labels = labels.map(|(name, value)| (name.into_owned(), value.into_owned()));
    labels.chain([name]).collect()
}

/// Returns what the samples of a metric, and of metrics that may be one with it, share.
fn core(series: &Series, states: &HashSet<String>) -> Series {
    let mut core = series.clone();
    if let Some(name) = core.get_mut("__name__") {
        let suffixes = [
            "_bucket", "_sum", "_count", "_created", "_total", "_gsum", "_gcount", "_info",
        ];
        while let Some(stem) = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)) {
            *name = stem.to_owned();
        }
    }
    core.retain(|name, _| name != "le" && name != "quantile" && !states.contains(name));
    core
}

/// Checks that no metric of the outcome is made of samples of two bodies, and that every metric of a body is
/// there as a whole, unchanged or labelled, or left out as a whole; the latter only if an earlier body may
/// have it.
fn metrics_are_whole(
    out: &str,
    dialect: Dialect,
    had: &[Had],
    points: &[Point],
    states: &HashSet<String>,
) -> Result<(), String> {
    // Points that come from nowhere.
    let known: HashSet<&Point> = had
        .iter()
        .flat_map(|had| had.points.iter().flatten())
        .collect();
    if let Some(point) = points.iter().find(|point| !known.contains(point)) {
        return Err(format!("of no body: {point:?} in\n{out}"));
    }
    let forms: Vec<HashSet<Point>> = (had.iter())
        .flat_map(|had| {
            [false, true].map(|stamped| {
                let points = had.points.iter().map(|point| form(point, stamped));
                points.cloned().map(numbers).collect()
            })
        })
        .collect();
    for family in Families::new(out.as_bytes(), dialect).read_all().families {
        for metric in &family.metrics {
            let one = alone(&family, metric);
            let samples: Vec<Point> = (one.samples())
                .map(|sample| {
                    let mut series = of_family(&sample);
                    series.retain(|_, value| !value.is_empty());
                    numbers((
                        series,
                        near(sample.timestamp(), dialect),
                        sample.value().to_bits(),
                    ))
                })
                .collect();
            if !forms
                .iter()
                .any(|form| samples.iter().all(|sample| form.contains(sample)))
            {
                return Err(format!("of several bodies: {metric:?} in\n{out}"));
            }
        }
    }
    let points: HashSet<Point> = points.iter().cloned().map(numbers).collect();
    let mut earlier: HashSet<Series> = HashSet::new();
    for had in had {
        // Where a series is repeated, which sample counts is another question.
        let mut times: HashMap<(&Series, Option<i64>), usize> = HashMap::new();
        for metric in &had.metrics {
            let series: HashSet<_> = (metric.iter()).map(|[own, _]| (&own.0, own.1)).collect();
            let repeats = series.len() < metric.len();
            for series in series {
                *times.entry(series).or_default() += 1 + usize::from(repeats);
            }
        }
        // A metric of the same body may have got the label, and so have the same name and labels.
        let put_on = had.points.iter().filter(|[own, labelled]| own != labelled);
        let labelled: HashSet<Series> = put_on
            .map(|[_, labelled]| core(&labelled.0, states))
            .collect();
        for metric in &had.metrics {
            if metric
                .iter()
                .any(|[own, _]| times.get(&(&own.0, own.1)) != Some(&1))
            {
                continue;
            }
            let found = [false, true].map(|stamped| {
                let forms = metric.iter().map(|point| form(point, stamped));
                forms.filter(|point| points.contains(point)).count()
            });
            let whole = found.contains(&metric.len());
            let is_new = metric.iter().all(|[own, _]| {
                let core = core(&own.0, states);
                !earlier.contains(&core) && !labelled.contains(&core)
            });
            if (is_new && found[0] != metric.len()) || (!whole && found != [0, 0]) {
                // Another body may have the same as a part of it.
                let others = metric
                    .iter()
                    .flatten()
                    .any(|point| forms.iter().filter(|form| form.contains(point)).count() > 2);
                if is_new || !others {
                    return Err(format!("{found:?} of {metric:?} in\n{out}"));
                }
            }
        }
        let own = had.points.iter().flatten();
        earlier.extend(own.map(|(series, ..)| core(series, states)));
    }
    Ok(())
}

/// Returns the names of labels without a value.
fn empty_labels(body: &[u8], dialect: Dialect) -> HashSet<String> {
    let mut empty = HashSet::new();
    for sample in Parser::new(body, dialect)
        .flatten()
        .filter_map(Line::into_sample)
    {
        let labels = sample
            .labels()
            .into_iter()
            .filter(|label| label.value().is_empty());
        empty.extend(labels.map(|label| label.name().into_owned()));
    }
    empty
}

/// Returns the suffixes that samples of a family may have.
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

/// Checks that no line has an error, no metadata is repeated, and no family comes in two pieces.
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
            types.insert(line.name().into_owned(), line.metric_type());
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

/// Returns the comparable part of a time: beyond 2^52 milliseconds the seconds that OpenMetrics writes are
/// not distinct.
fn near(timestamp: Option<i64>, dialect: Dialect) -> Option<i64> {
    match dialect {
        Dialect::OpenMetrics => timestamp.map(|millis| millis.clamp(-(1 << 52), 1 << 52)),
        _ => timestamp,
    }
}

/// Tells whether a merge that keeps going may fail with that error.
fn may_fail(error: &MergeError) -> bool {
    // Text has no times before 1970.
    matches!(
        error,
        MergeError::Encode(EncodeError::NegativeTimestamp { .. })
    )
}

/// Checks that the outcome of a merge is valid, holds the bodies' series, and merges to itself.
pub(crate) fn merge_is_valid(
    bodies: &[Body],
    policy: &Collision,
    to_openmetrics: bool,
) -> Result<(), String> {
    let (protocol, dialect) = match to_openmetrics {
        true => (ScrapeProtocol::OpenMetricsText100, Dialect::OpenMetrics),
        false => (ScrapeProtocol::PrometheusText100, Dialect::Text),
    };
    let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
    let mut out = String::new();
    let merged = merge(bodies, format).on_collision(policy.clone());
    let report = match merged.write_to_fmt(&mut out) {
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
        scopes.insert(sample.name().into_owned(), sample.preceding_type());
        let mut series = stored(&sample).ok_or_else(|| format!("{sample:?} in\n{out}"))?;
        series.retain(|_, value| !value.is_empty());
        let timestamp = near(sample.timestamp(), dialect);
        points.push((series, timestamp, sample.value().to_bits()));
    }
    if report.samples != points.len() as u64 {
        return Err(format!("{} samples reported\n{out}", report.samples));
    }
    let had: Vec<Had> = (bodies.iter().enumerate())
        .map(|(at, body)| Had::of(at, body, policy, &scopes, dialect))
        .collect();
    let given: usize = had.iter().map(|had| had.points.len()).sum();
    let told = report.samples + report.collided + report.repeated + report.summed;
    if told != given as u64 {
        return Err(format!("{given} samples became {report:?}\n{out}"));
    }
    if !matches!(policy, Collision::Sum(_)) {
        let states = states(bodies);
        metrics_are_whole(&out, dialect, &had, &points, &states)?;
    }
    // Labels may be added, but none with an empty value.
    let written: HashSet<String> = (bodies.iter())
        .flat_map(|body| empty_labels(&body.text, body.dialect))
        .collect();
    if let Some(label) = empty_labels(out.as_bytes(), dialect)
        .difference(&written)
        .next()
    {
        return Err(format!("{label} is empty in\n{out}"));
    }

    let again = Body {
        text: out.clone().into_bytes(),
        dialect,
        label: false,
        honor: false,
    };
    let mut twice = String::new();
    let merged = merge(&[again], format).write_to_fmt(&mut twice);
    merged.map_err(|error| error.to_string())?;
    match twice == out {
        true => Ok(()),
        false => Err(format!("merged again\n{out}becomes\n{twice}")),
    }
}

/// Checks that the outcome of a merge with escaped names is valid.
pub(crate) fn escaped_merge_is_valid(
    bodies: &[Body],
    policy: Collision,
    scheme: EscapingScheme,
) -> Result<(), String> {
    let format = Format::new(ScrapeProtocol::PrometheusText004).with_escaping(scheme);
    let mut out = String::new();
    let merged = merge(bodies, format).on_collision(policy);
    let report = match merged.write_to_fmt(&mut out) {
        Ok(report) => report,
        Err(error) if may_fail(&error) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    valid(&out, Dialect::Text)?;
    let mut samples = 0;
    let lines = Parser::text(out.as_bytes()).flatten();
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

/// Does what [`merge_is_valid`] does, for a body and itself, distinguished by a label that its samples have
/// without a value, if there is one: all collide, and nothing needs to be renamed.
pub(crate) fn merge_with_itself_is_valid(body: &Body, to_openmetrics: bool) -> Result<(), String> {
    let mut names: Vec<String> = empty_labels(&body.text, body.dialect).into_iter().collect();
    names.retain(|name| !name.is_empty() && name != "__name__");
    names.sort();
    let name = names.pop().unwrap_or_else(|| "x".to_owned());
    let bodies = [body.clone(), body.clone()];
    merge_is_valid(&bodies, &Collision::Stamp(name), to_openmetrics)
}

/// Checks that the outcome of a merge is read without an error, in every text format.
#[allow(
    dead_code,
    reason = "only the fuzz target has bodies of OpenMetrics 2.0"
)]
pub(crate) fn merge_is_readable(bodies: &[Body], policy: &Collision) -> Result<(), String> {
    for protocol in [
        ScrapeProtocol::PrometheusText100,
        ScrapeProtocol::OpenMetricsText100,
        ScrapeProtocol::OpenMetricsText200,
    ] {
        let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
        let dialect = format.dialect().ok_or("not a text format")?;
        let mut out = String::new();
        let merged = merge(bodies, format).on_collision(policy.clone());
        match merged.write_to_fmt(&mut out) {
            Ok(_) => {}
            Err(error) if may_fail(&error) => continue,
            Err(error) => return Err(format!("{protocol:?}: {error}")),
        }
        if let Some(error) = Parser::new(out.as_bytes(), dialect).find_map(Result::err) {
            return Err(format!("{protocol:?}: {error}\n{out}"));
        }
    }
    Ok(())
}
