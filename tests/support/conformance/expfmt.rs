//! Compares families with those that Prometheus' family parser, `expfmt`, reads from the same body.
//!
//! Where it loses or changes something this crate does not follow. Each such way is a [`Way`], explained in
//! tests/data/README.md; a plain model of the grouping can follow each way or not. A case passes if the model
//! that follows none of them gives this crate's families, and the one that follows all of them gives
//! expfmt's: then nothing else differs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use exposition::{
    CollectedFamilies, Label, Line, MetricFamily, MetricType, MetricValue, Parser, Sample, families,
};
use serde_json::Value;

use super::case::input;

/// What expfmt does and this crate does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// Blanks before a help text are dropped, and `\"` in it is an escape.
    HelpText,
    /// HELP and TYPE without a blank after `#` are not comments.
    NoBlank,
    /// A quote after a bare name in a HELP line continues the name.
    GluedName,
    /// A HELP or TYPE line for `h_count` belongs to the histogram or summary `h`.
    MetadataOfParts,
    /// The lines of a histogram or summary with equal labels are one metric, even with different timestamps;
    /// it gets the last one.
    OneTimestamp,
    /// A second `_sum` or `_count` replaces the first; a second bucket with the same bound is added.
    Repeats,
    /// Buckets and quantiles keep their written order.
    Unsorted,
    /// A line of a histogram or summary that has neither bucket, quantile, sum nor count makes an empty
    /// metric.
    NoValue,
    /// A `le` on the histogram's own name makes a bucket.
    BareBucket,
    /// `le` on a histogram's `_sum` and `quantile` on a summary's are dropped; of several the last counts.
    StrayBound,
    /// A summary's count becomes an unsigned integer.
    WholeCounts,
    /// Labels before a quoted name are read as those of the previous family, so that a `quantile` may be lost
    /// or kept as a label.
    LateName,
    /// If a count of a histogram is not an integer, its missing `_count` is 0; a count of -0 is 0.
    FloatCounts,
}

const ALL: [Way; 13] = [
    Way::HelpText,
    Way::NoBlank,
    Way::GluedName,
    Way::MetadataOfParts,
    Way::OneTimestamp,
    Way::Repeats,
    Way::Unsorted,
    Way::NoValue,
    Way::BareBucket,
    Way::StrayBound,
    Way::WholeCounts,
    Way::LateName,
    Way::FloatCounts,
];

type Ways = BTreeSet<Way>;
type Pairs = Vec<(String, String)>;

/// Formats a number to compare and show.
fn number(value: f64) -> String {
    match value.is_nan() {
        true => "NaN".to_owned(),
        false => format!("{value:?}"),
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Family {
    name: String,
    kind: Option<MetricType>,
    help: Option<String>,
    metrics: Vec<Metric>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Metric {
    labels: Pairs,
    timestamp: Option<i64>,
    single: Option<String>,
    /// Buckets or quantiles.
    listed: Vec<(String, String)>,
    sum: Option<String>,
    count: Option<String>,
}

fn sorted(mut labels: Pairs) -> Pairs {
    labels.sort();
    labels
}

/// Parses a bound, which is text here, for sorting.
fn by_bound(pair: &(String, String)) -> f64 {
    pair.0.parse().unwrap_or(f64::NAN)
}

/// Unescapes a help text in which `\"` is an escape too.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.extend(match c {
            '\\' => rest.next().map(|c| if c == 'n' { '\n' } else { c }),
            c => Some(c),
        });
    }
    out
}

// ---- the model

struct Model<'w> {
    ways: &'w Ways,
    families: BTreeMap<String, Family>,
    /// The type of the last line's family.
    current: Option<MetricType>,
    errors: usize,
}

impl Model<'_> {
    fn goes(&self, way: Way) -> bool {
        self.ways.contains(&way)
    }

    /// Returns the name of the histogram or summary that has a part with that name.
    fn whole(&self, name: &str) -> Option<String> {
        let stem = |suffixes: &[&str], kind| {
            let stem = suffixes.iter().find_map(|end| name.strip_suffix(end))?;
            let family = self.families.get(stem).filter(|_| !stem.is_empty())?;
            (family.kind == Some(kind)).then(|| stem.to_owned())
        };
        stem(&["_count", "_sum"], MetricType::Summary)
            .or_else(|| stem(&["_count", "_sum", "_bucket"], MetricType::Histogram))
    }

    /// Returns the family that a line with that name belongs to.
    fn family(&mut self, name: &str, parts: bool) -> &mut Family {
        let whole = match parts && !self.families.contains_key(name) {
            true => self.whole(name),
            false => None,
        };
        let name = whole.unwrap_or_else(|| name.to_owned());
        let family = self.families.entry(name.clone()).or_default();
        family.name = name;
        self.current = family.kind;
        family
    }

    /// Reads a HELP line, given as unescaped text and as written. `unfinished` says that the line ends after
    /// the name.
    fn help(&mut self, name: &str, text: Cow<'_, str>, raw: &str, unfinished: bool) {
        if self.goes(Way::MetadataOfParts) && unfinished {
            return;
        }
        let text = match self.goes(Way::HelpText) {
            true => unescaped(raw.trim_start_matches([' ', '\t'])),
            false => text.into_owned(),
        };
        let family = self.family(name, self.goes(Way::MetadataOfParts));
        if !text.is_empty() {
            family.help.get_or_insert(text);
        }
    }

    fn kind(&mut self, name: &str, kind: MetricType) {
        let family = self.family(name, self.goes(Way::MetadataOfParts));
        self.current = Some(*family.kind.get_or_insert(kind));
    }

    /// Reads a comment that expfmt reads as HELP or TYPE.
    fn comment(&mut self, comment: &str) {
        let mut words = comment.splitn(3, [' ', '\t']);
        let (keyword, name) = (words.next(), words.next().unwrap_or_default());
        let rest = words.next().unwrap_or_default();
        let name = name.trim_matches('"');
        let kinds = [
            ("counter", MetricType::Counter),
            ("gauge", MetricType::Gauge),
            ("histogram", MetricType::Histogram),
            ("summary", MetricType::Summary),
            ("untyped", MetricType::Unknown),
        ];
        match keyword {
            Some("#HELP") if !name.is_empty() => self.help(name, rest.into(), rest, false),
            Some("#TYPE") if !name.is_empty() => {
                let word = rest.trim_start_matches([' ', '\t']).to_lowercase();
                if let Some((_, kind)) = kinds.iter().find(|(name, _)| *name == word) {
                    self.kind(name, *kind);
                }
            }
            _ => {}
        }
    }

    fn sample(&mut self, sample: &Sample<'_>) {
        let name = sample.name();
        let before = self.current;
        let family = self.family(&name, true);
        let kind = *family.kind.get_or_insert(MetricType::Unknown);
        let family_name = family.name.clone();
        let part = name.strip_prefix(&family_name).unwrap_or_default();
        self.current = Some(kind);
        let late_name = self.goes(Way::LateName);
        // A label that is a bound for the family that the label is read for.
        let is_bound = |label: &Label<'_>| {
            let early = label.raw_name().as_ptr() < sample.raw_name().as_ptr();
            let kind = if early && late_name {
                before
            } else {
                Some(kind)
            };
            match kind {
                Some(MetricType::Histogram) => label.is_named("le"),
                Some(MetricType::Summary) => label.is_named("quantile"),
                _ => false,
            }
        };
        let (bounds, labels): (Vec<_>, Vec<_>) = sample.labels().iter().partition(is_bound);
        let own = |labels: Vec<Label<'_>>| -> Pairs {
            let labels = labels.iter();
            labels
                .map(|label| (label.name().into_owned(), label.value().into_owned()))
                .collect()
        };
        if !matches!(kind, MetricType::Histogram | MetricType::Summary) {
            self.family(&name, true).metrics.push(Metric {
                labels: sorted(own(labels)),
                timestamp: sample.timestamp(),
                single: Some(number(sample.value())),
                ..Metric::default()
            });
            return;
        }
        let lists = !matches!(part, "_sum" | "_count");
        let mut listed = None;
        let labels = if lists && bounds.len() == 1 || self.goes(Way::StrayBound) {
            let parsed = bounds.last().and_then(|label| label.value().parse().ok());
            listed = parsed.filter(|parsed: &f64| !parsed.is_nan());
            own(labels)
        } else if bounds.len() > 1 {
            self.errors += 1;
            return;
        } else {
            own(sample.labels().iter().collect())
        };
        if kind == MetricType::Histogram && part.is_empty() && !self.goes(Way::BareBucket) {
            match self.goes(Way::NoValue) {
                true => listed = None,
                false => {
                    self.errors += 1;
                    return;
                }
            }
        }
        if lists && listed.is_none() && !self.goes(Way::NoValue) {
            self.errors += 1;
            return;
        }
        let mut value = number(sample.value());
        let counts = part == "_count" || (kind == MetricType::Histogram && lists);
        if counts && kind == MetricType::Histogram && self.goes(Way::FloatCounts) {
            value = number(sample.value() + 0.0);
        }
        if counts && kind == MetricType::Summary && self.goes(Way::WholeCounts) {
            value = number(to_u64(sample.value()) as f64);
        }
        self.merge(
            &family_name,
            sorted(labels),
            sample.timestamp(),
            |metric, replace| {
                let place = match part {
                    "_sum" => &mut metric.sum,
                    "_count" => &mut metric.count,
                    _ => {
                        if let Some(bound) = listed {
                            let same = |pair: &(String, String)| by_bound(pair) == bound;
                            if !replace && metric.listed.iter().any(same) {
                                return false;
                            }
                            metric.listed.push((number(bound), value.clone()));
                        }
                        return true;
                    }
                };
                if place.is_some() && !replace {
                    return false;
                }
                *place = Some(value.clone());
                true
            },
        );
    }

    /// Adds the sample to its metric, or to a new one if that has no room.
    fn merge(
        &mut self,
        family: &str,
        labels: Pairs,
        timestamp: Option<i64>,
        fill: impl Fn(&mut Metric, bool) -> bool,
    ) {
        let one_timestamp = self.goes(Way::OneTimestamp);
        let replace = self.goes(Way::Repeats);
        let metrics = &mut self.family(family, false).metrics;
        let found = metrics.iter_mut().rfind(|metric| {
            metric.labels == labels && (one_timestamp || metric.timestamp == timestamp)
        });
        if let Some(metric) = found
            && fill(metric, replace)
        {
            metric.timestamp = timestamp.or(metric.timestamp);
            return;
        }
        let mut metric = Metric {
            labels,
            timestamp,
            ..Metric::default()
        };
        fill(&mut metric, replace);
        metrics.push(metric);
    }

    fn finish(&mut self) {
        let float_counts = self.goes(Way::FloatCounts);
        let unsorted = self.goes(Way::Unsorted);
        for family in self.families.values_mut() {
            for metric in &mut family.metrics {
                if !unsorted {
                    (metric.listed).sort_by(|a, b| by_bound(a).total_cmp(&by_bound(b)));
                }
                let whole = |count: &String| {
                    let count: f64 = count.parse().unwrap_or(f64::NAN);
                    to_u64(count) as f64 == count && count < 18_446_744_073_709_551_616.0
                };
                let mut counts = metric.listed.iter().map(|(_, count)| count);
                if float_counts
                    && family.kind == Some(MetricType::Histogram)
                    && metric.count.is_none()
                    && !counts.all(whole)
                {
                    metric.count = Some(number(0.0));
                }
            }
        }
    }
}

/// Converts a float as Go does on amd64.
fn to_u64(value: f64) -> u64 {
    const TOP: f64 = 9_223_372_036_854_775_808.0;
    if !(-TOP..2.0 * TOP).contains(&value) {
        1 << 63
    } else if value < 0.0 {
        value as i64 as u64
    } else {
        value as u64
    }
}

fn model(body: &[u8], ways: &Ways) -> (Vec<Family>, usize) {
    let mut model = Model {
        ways,
        families: BTreeMap::new(),
        current: None,
        errors: 0,
    };
    let mut parser = Parser::text(body);
    while let Some(Ok(line)) = parser.next() {
        let end = parser.position().byte as usize;
        let written = body.get(..end).unwrap_or_default();
        let written = written.strip_suffix(b"\n").unwrap_or(written);
        match line {
            Line::Help(line) => {
                let raw = line.raw_text();
                // The byte between name and text, which Prometheus always drops.
                let after = written.len().checked_sub(raw.len() + 1);
                let after = after.and_then(|at| written.get(at).copied());
                let unfinished = raw.is_empty() && !matches!(after, Some(b' ' | b'\t'));
                match raw.split_once('"') {
                    Some((name, text)) if after == Some(b'"') && model.goes(Way::GluedName) => {
                        let name = line.name() + name;
                        model.help(&name, text.into(), text, text.is_empty());
                    }
                    _ => model.help(&line.name(), line.text(), raw, unfinished),
                }
            }
            Line::Type(line) => model.kind(&line.name(), line.metric_type()),
            Line::Sample(sample) => model.sample(&sample),
            Line::Comment(comment) if model.goes(Way::NoBlank) => {
                model.comment(&String::from_utf8_lossy(comment));
            }
            _ => {}
        }
    }
    model.finish();
    let families = model.families.into_values();
    let families = families.filter(|family| !family.metrics.is_empty());
    (families.collect(), model.errors)
}

// ---- both sides in the words of the model

fn ours(collected: &CollectedFamilies<'_>) -> Vec<Family> {
    let mut families: Vec<Family> = (collected.families.iter())
        .filter(|family| !family.metrics.is_empty())
        .map(our_family)
        .collect();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families
}

fn our_family(family: &MetricFamily<'_>) -> Family {
    let metrics = family.metrics.iter().map(|metric| {
        let labels = metric.labels.iter();
        let labels = labels.map(|(name, value)| (name.into_owned(), value.into_owned()));
        let mut out = Metric {
            labels: sorted(labels.collect()),
            timestamp: metric.timestamp,
            single: metric.single_value().map(number),
            ..Metric::default()
        };
        match &metric.value {
            MetricValue::Histogram(histogram) => {
                let buckets = histogram.buckets.iter();
                out.listed = buckets
                    .map(|bucket| (number(bucket.upper_bound), number(bucket.cumulative_count)))
                    .collect();
                (out.sum, out.count) = (histogram.sum.map(number), histogram.count.map(number));
            }
            MetricValue::Summary(summary) => {
                let quantiles = summary.quantiles.iter();
                out.listed = quantiles
                    .map(|quantile| (number(quantile.quantile), number(quantile.value)))
                    .collect();
                (out.sum, out.count) = (summary.sum.map(number), summary.count.map(number));
            }
            _ => {}
        }
        out
    });
    Family {
        name: family.name.clone().into_owned(),
        kind: Some(family.metric_type),
        help: family.help.clone().map(Cow::into_owned),
        metrics: metrics.collect(),
    }
}

fn golden_number(value: &Value) -> Option<String> {
    let parsed = match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_f64(),
    };
    parsed.map(number)
}

/// Returns a count, which is written as an integer or as a float.
fn golden_count(value: &Value) -> Option<String> {
    golden_number(&value["count"]).or_else(|| golden_number(&value["count_float"]))
}

/// Returns the metric of a case: one form has `value` and `timestamp_ms`, the other `v` and `ts`.
fn golden_metric(metric: &Value) -> Result<Metric, String> {
    let labels = serde_json::from_value(metric["labels"].clone()).map_err(|e| e.to_string())?;
    let mut out = Metric {
        labels: sorted(labels),
        timestamp: metric["timestamp_ms"].as_i64().or(metric["ts"].as_i64()),
        single: golden_number(&metric["value"]).or_else(|| golden_number(&metric["v"])),
        ..Metric::default()
    };
    let (parts, listed) = match (metric.get("histogram"), metric.get("summary")) {
        (Some(histogram), _) => (histogram, &histogram["buckets"]),
        (None, Some(summary)) => (summary, &summary["quantiles"]),
        (None, None) => return Ok(out),
    };
    out.sum = golden_number(&parts["sum"]);
    out.count = golden_count(parts);
    for pair in listed.as_array().into_iter().flatten() {
        let bound = golden_number(&pair["le"]).or_else(|| golden_number(&pair[0]));
        let value = golden_count(pair).or_else(|| golden_number(&pair[1]));
        let pair = bound
            .zip(value)
            .ok_or("a bucket or quantile unlike others")?;
        out.listed.push(pair);
    }
    Ok(out)
}

fn golden(families: &[Value]) -> Result<Vec<Family>, String> {
    let mut out = Vec::new();
    for family in families {
        let word = family["type"].as_str().unwrap_or_default().to_lowercase();
        let kind = match word.as_str() {
            "counter" => MetricType::Counter,
            "gauge" => MetricType::Gauge,
            "histogram" => MetricType::Histogram,
            "gauge_histogram" | "gaugehistogram" => MetricType::GaugeHistogram,
            "summary" => MetricType::Summary,
            "untyped" => MetricType::Unknown,
            word => return Err(format!("no type: {word}")),
        };
        let metrics = family["metrics"].as_array().into_iter().flatten();
        out.push(Family {
            name: family["name"].as_str().unwrap_or_default().to_owned(),
            kind: Some(kind),
            help: family["help"].as_str().map(str::to_owned),
            metrics: metrics.map(golden_metric).collect::<Result<_, _>>()?,
        });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

/// The result of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// A side refuses the body, so that there is nothing to compare.
    Refused,
    Equal,
    /// The families differ by what these ways of expfmt do to the body, and by nothing else.
    Differs(Vec<Way>),
}

/// Returns the parts of a case: the body, and expfmt's families unless it refuses the body.
fn parts(case: &Value) -> Result<(Vec<u8>, Option<&Vec<Value>>), String> {
    if let Some(result) = case.get("utf8") {
        let families = result["families"].as_array();
        return match families.is_some() || result["error"].is_string() {
            true => Ok((input(case)?, families)),
            false => Err("neither families nor an error".into()),
        };
    }
    let result = &case["expfmt"];
    let families = match result["end"].as_str() {
        Some("ok") => Some(result["families"].as_array().ok_or("no families")?),
        Some("error" | "panic") => None,
        end => return Err(format!("no end: {end:?}")),
    };
    let hex = |digits: &str| -> Option<Vec<u8>> {
        let pairs = (0..digits.len()).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect()
    };
    let body = match &case["in"] {
        Value::String(text) => Some(text.clone().into_bytes()),
        bytes => bytes["hex"].as_str().and_then(hex),
    };
    Ok((body.ok_or("no input")?, families))
}

/// Compares the families of a case that has `utf8` or `expfmt`.
pub(crate) fn compare(case: &Value) -> Result<Outcome, String> {
    let (body, expected) = parts(case)?;
    let Some(expected) = expected else {
        return Ok(Outcome::Refused);
    };
    if Parser::text(&body).any(|line| line.is_err()) {
        return Ok(Outcome::Refused);
    }
    // Expfmt loses samples that do not fit any metric.
    let collected = families(&body).keep_misfits(false).read_all();
    let ours = ours(&collected);
    let theirs = golden(expected)?;
    let show = |what: &str, wanted: &[Family], got: &[Family]| {
        let body = String::from_utf8_lossy(&body);
        format!("input: {body:?}\n{what}\n  expected: {wanted:?}\n  got:      {got:?}")
    };
    let (plain, errors) = model(&body, &Ways::new());
    if plain != ours {
        return Err(show("families", &plain, &ours));
    }
    if errors != collected.errors.len() {
        let errors: Vec<String> = collected.errors.iter().map(ToString::to_string).collect();
        return Err(format!("other errors than expected: {errors:?}"));
    }
    let all = Ways::from(ALL);
    let (modelled, _) = model(&body, &all);
    if modelled != theirs {
        return Err(show("families as expfmt makes them", &theirs, &modelled));
    }
    if ours == theirs && errors == 0 {
        return Ok(Outcome::Equal);
    }
    let matters = |way: &Way| {
        let mut ways = all.clone();
        ways.remove(way);
        let (without, errors) = model(&body, &ways);
        without != theirs || errors > 0
    };
    let ways: Vec<Way> = ALL.into_iter().filter(matters).collect();
    match ways.is_empty() {
        true => Err(show("families, by none of the known ways", &theirs, &ours)),
        false => Ok(Outcome::Differs(ways)),
    }
}

/// Checks a case that has `utf8` or `expfmt`.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    compare(case).map(|_| ())
}
