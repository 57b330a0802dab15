//! Encoding vectors: a body, and what Go's client library writes for the families that it reads from it.
//!
//! A case passes if this crate writes the same for the families that it reads itself. Where the library reads
//! other families than this crate, a model reads like the library and records in which [`Way`] it differed;
//! then this crate must write the same for the model's families.

use std::collections::BTreeSet;

use exposition::{
    Bucket, Dialect, Encoder, ErrorKind, EscapingScheme, Format, Histogram, Leniency, LeniencyKind,
    Line, Metric, MetricFamily, MetricType, MetricValue, Parser, Quantile, Sample, ScrapeProtocol,
    Summary, families,
};
use serde_json::Value;

use super::case::input;

/// How the library reads a body and this crate does not; explained in tests/data/README.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// Lines that Prometheus' scraper refuses: other blanks around a type, a type in any case,
    /// `gaugehistogram`, a timestamp before 1970.
    Lax,
    /// HELP and TYPE without a blank after `#` are not comments.
    NoBlank,
    /// Blanks before a help text are dropped, and `\"` in it is an escape.
    HelpText,
    /// A HELP line for `h_count` belongs to the histogram or summary `h`.
    MetadataOfParts,
    /// A line without a name is another sample of the previous metric, in the family that the previous line
    /// names: labels are added, the value is replaced, and the metric is there twice.
    Nameless,
    /// The lines of a histogram or summary with equal labels are one metric, even with different timestamps.
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
    /// Labels before a quoted name are read as those of the previous family.
    LateName,
    /// `le` on a histogram's `_sum` and `quantile` on a summary's are dropped.
    StrayBound,
    /// A summary's count becomes an unsigned integer.
    WholeCounts,
}

type Ways = BTreeSet<Way>;

const OUTPUTS: [(&str, ScrapeProtocol, EscapingScheme); 5] = {
    use EscapingScheme::{AllowUtf8, Dots, Underscores, Values};
    use ScrapeProtocol::{OpenMetricsText100, PrometheusText004};
    [
        ("text", PrometheusText004, AllowUtf8),
        ("text_underscores", PrometheusText004, Underscores),
        ("text_dots", PrometheusText004, Dots),
        ("text_values", PrometheusText004, Values),
        ("openmetrics", OpenMetricsText100, AllowUtf8),
    ]
};

pub(crate) fn check(case: &Value) -> Result<(), String> {
    let body = input(case)?;
    let ours = families(&body).keep_misfits(false).read_all().families;
    let Err(difference) = compare(case, ours) else {
        return Ok(());
    };
    let mut model = Model::default();
    model.read(&body)?;
    if model.ways.is_empty() {
        return Err(difference);
    }
    compare(case, model.families()?)
        .map_err(|difference| format!("read as Go does ({:?}): {difference}", model.ways))
}

fn compare(case: &Value, mut families: Vec<MetricFamily<'_>>) -> Result<(), String> {
    families.retain(|family| !family.metrics.is_empty());
    families.sort_by(|a, b| a.name.cmp(&b.name));
    for (field, protocol, scheme) in OUTPUTS {
        let got = encode(&families, Format::new(protocol).with_escaping(scheme));
        match (case.get(field).unwrap_or(&Value::Null), &got) {
            (Value::String(expected), Ok(got)) if expected == got => {}
            (Value::Object(refused), Err(_)) if refused.contains_key("error") => {}
            (expected, got) => {
                let expected = expected
                    .as_str()
                    .map_or_else(|| expected.to_string(), str::to_owned);
                let (Ok(got) | Err(got)) = got;
                return Err(format!("{field}: expected\n{expected}\ngot\n{got}"));
            }
        }
    }
    Ok(())
}

fn encode(families: &[MetricFamily<'_>], format: Format) -> Result<String, String> {
    let written = || {
        let mut encoder = Encoder::new(String::new(), format)?.like_client_golang(true);
        for family in families {
            encoder.family(family)?;
        }
        encoder.finish()
    };
    written().map_err(|error: exposition::EncodeError| error.to_string())
}

#[derive(Default)]
struct Model {
    families: Vec<Family>,
    ways: Ways,
    metrics: Vec<Read>,
    /// The family that the last line names.
    current_family: Option<usize>,
    /// The metric of the last sample.
    current_metric: Option<usize>,
}

struct Family {
    name: String,
    kind: Option<MetricType>,
    help: Option<String>,
    /// Its metrics, in written order; one may come twice.
    metrics: Vec<usize>,
    /// The metrics of a histogram or summary by the labels of their lines.
    by_labels: Vec<(Vec<(String, String)>, usize)>,
}

#[derive(Default)]
struct Read {
    labels: Vec<(String, String)>,
    /// The value for each type of family that the metric is in.
    values: Vec<(MetricType, f64)>,
    timestamp: Option<i64>,
    listed: Vec<(f64, f64)>,
    sum: Option<f64>,
    count: Option<f64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Whole,
    Bucket,
    Sum,
    Count,
}

fn lacks_type(leniencies: &[Leniency]) -> bool {
    let mut kinds = leniencies.iter().map(Leniency::kind);
    kinds.any(|kind| kind == LeniencyKind::MissingType)
}

impl Model {
    fn read(&mut self, body: &[u8]) -> Result<(), String> {
        let strict = Parser::text(body).filter(Result::is_err).count();
        let mut parser = Parser::new(body, Dialect::Lenient).note_leniencies();
        let mut errors = 0;
        loop {
            let start = parser.position().byte as usize;
            let Some(line) = parser.next() else { break };
            let end = parser.position().byte as usize;
            let raw = body.get(start..end).unwrap_or_default();
            match line {
                Ok(Line::Sample(sample)) => self.sample(&sample)?,
                Ok(Line::Type(line)) => {
                    self.note_blank(raw);
                    let family = self.family(&line.name()).0;
                    self.current_family = Some(family);
                    at_mut(&mut self.families, family)?.kind = Some(line.metric_type());
                }
                Ok(Line::Help(line)) => {
                    self.note_blank(raw);
                    let (family, part) = self.family(&line.name());
                    self.current_family = Some(family);
                    if part != Part::Whole {
                        self.ways.insert(Way::MetadataOfParts);
                    }
                    let text = line.raw_text().trim_start_matches([' ', '\t']);
                    if text.len() < line.raw_text().len() || text.contains("\\\"") {
                        self.ways.insert(Way::HelpText);
                    }
                    if !text.is_empty() {
                        at_mut(&mut self.families, family)?.help = Some(unescape(text));
                    }
                }
                // A TYPE line that ends after the name says which family is current, and no type.
                Ok(Line::Comment(_)) if lacks_type(&parser.take_leniencies()) => {
                    let named = String::from_utf8_lossy(raw).replacen("TYPE", "HELP", 1);
                    match Parser::new(named.as_bytes(), Dialect::Lenient).next() {
                        Some(Ok(Line::Help(line))) => {
                            self.current_family = Some(self.family(&line.name()).0);
                        }
                        other => return Err(format!("{other:?}")),
                    }
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::MissingName => {
                    errors += 1;
                    self.ways.insert(Way::Nameless);
                    let named = [b"x", raw.trim_ascii_start()].concat();
                    match Parser::new(&named, Dialect::Lenient).next() {
                        Some(Ok(Line::Sample(sample))) => self.nameless(&sample)?,
                        other => return Err(format!("{other:?}")),
                    }
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        if strict > errors {
            self.ways.insert(Way::Lax);
        }
        Ok(())
    }

    fn note_blank(&mut self, raw: &[u8]) {
        if !raw.trim_ascii_start().starts_with(b"# ") && !raw.trim_ascii_start().starts_with(b"#\t")
        {
            self.ways.insert(Way::NoBlank);
        }
    }

    /// Returns the family that a name belongs to, and which part of it the name is.
    fn family(&mut self, name: &str) -> (usize, Part) {
        use MetricType::{GaugeHistogram, Histogram, Summary};
        let named = |name: &str| self.families.iter().position(|family| family.name == name);
        if let Some(found) = named(name) {
            return (found, Part::Whole);
        }
        let parts: [(&str, Part, &[Option<MetricType>]); 5] = [
            ("_count", Part::Count, &[Some(Summary)]),
            ("_sum", Part::Sum, &[Some(Summary)]),
            (
                "_count",
                Part::Count,
                &[Some(Histogram), Some(GaugeHistogram)],
            ),
            ("_sum", Part::Sum, &[Some(Histogram), Some(GaugeHistogram)]),
            (
                "_bucket",
                Part::Bucket,
                &[Some(Histogram), Some(GaugeHistogram)],
            ),
        ];
        for (suffix, part, kinds) in parts {
            let stem = name.strip_suffix(suffix).filter(|stem| !stem.is_empty());
            let found = stem.and_then(named);
            let kind_fits = |found: &usize| {
                self.families
                    .get(*found)
                    .is_some_and(|family| kinds.contains(&family.kind))
            };
            if let Some(found) = found.filter(kind_fits) {
                return (found, part);
            }
        }
        self.families.push(Family {
            name: name.to_owned(),
            kind: None,
            help: None,
            metrics: Vec::new(),
            by_labels: Vec::new(),
        });
        (self.families.len() - 1, Part::Whole)
    }

    fn sample(&mut self, sample: &Sample<'_>) -> Result<(), String> {
        let before = self.current_bound_name();
        let (family, part) = self.family(&sample.name());
        let known = at_mut(&mut self.families, family)?;
        known.kind.get_or_insert(MetricType::Unknown);
        self.current_family = Some(family);
        self.current_metric = None;
        self.point(family, part, sample, before)
    }

    /// Returns the label that distinguishes the lines of one metric of the current family.
    fn current_bound_name(&self) -> Option<&'static str> {
        self.families.get(self.current_family?)?.bound_name()
    }

    fn nameless(&mut self, sample: &Sample<'_>) -> Result<(), String> {
        self.current_metric
            .ok_or("a nameless line before any sample")?;
        let family = self
            .current_family
            .ok_or("a nameless line before any family")?;
        let before = self.current_bound_name();
        self.point(family, Part::Whole, sample, before)
    }

    /// Adds a sample. `before` is the label that counts as a bound before the name of the sample is read.
    fn point(
        &mut self,
        family: usize,
        part: Part,
        sample: &Sample<'_>,
        before: Option<&str>,
    ) -> Result<(), String> {
        let family = at_mut(&mut self.families, family)?;
        let bound_name = family.bound_name();
        let mut bound = None;
        let mut labels = Vec::new();
        for label in sample.labels() {
            let late = sample.raw_series().starts_with(b"{")
                && label.raw_name().as_ptr() < sample.raw_name().as_ptr();
            let is_bound = Some(&*label.name()) == bound_name;
            if late && is_bound != (Some(&*label.name()) == before) {
                self.ways.insert(Way::LateName);
                if is_bound {
                    labels.push((label.name().into_owned(), label.value().into_owned()));
                }
            } else if is_bound {
                let number: f64 = label.value().parse().map_err(|_| "no number".to_owned())?;
                bound = (!number.is_nan()).then_some(number);
                if matches!(part, Part::Sum | Part::Count) {
                    self.ways.insert(Way::StrayBound);
                }
            } else {
                labels.push((label.name().into_owned(), label.value().into_owned()));
            }
        }
        let mut key = labels.clone();
        key.sort();
        let known = family.by_labels.iter().find(|known| known.0 == key);
        let metric = match (known, bound_name) {
            (Some(known), Some(_)) => known.1,
            _ => {
                let metric = self.current_metric.unwrap_or_else(|| {
                    self.metrics.push(Read::default());
                    self.metrics.len() - 1
                });
                at_mut(&mut self.metrics, metric)?.labels.extend(labels);
                family.metrics.push(metric);
                family.by_labels.push((key, metric));
                metric
            }
        };
        self.current_metric = Some(metric);
        let read = at_mut(&mut self.metrics, metric)?;
        let begun = read.sum.is_some() || read.count.is_some() || !read.listed.is_empty();
        if begun && read.timestamp != sample.timestamp() {
            self.ways.insert(Way::OneTimestamp);
        }
        read.timestamp = sample.timestamp().or(read.timestamp);
        let kind = family.to_kind();
        if bound_name.is_some() {
            let summary = kind == MetricType::Summary;
            read.part(&mut self.ways, summary, part, bound, sample.value());
        } else {
            read.values.retain(|value| value.0 != kind);
            read.values.push((kind, sample.value()));
        }
        Ok(())
    }

    fn families(&self) -> Result<Vec<MetricFamily<'static>>, String> {
        let families = self.families.iter();
        families
            .map(|family| family.to_family(&self.metrics))
            .collect()
    }
}

fn at_mut<T>(items: &mut [T], at: usize) -> Result<&mut T, String> {
    items.get_mut(at).ok_or_else(|| format!("nothing at {at}"))
}

impl Family {
    /// Returns the label that distinguishes the lines of one metric.
    fn bound_name(&self) -> Option<&'static str> {
        match self.kind? {
            MetricType::Histogram | MetricType::GaugeHistogram => Some("le"),
            MetricType::Summary => Some("quantile"),
            _ => None,
        }
    }

    /// Returns the type. A family without one, which a nameless line can cause, counts as a counter.
    fn to_kind(&self) -> MetricType {
        self.kind.unwrap_or(MetricType::Counter)
    }

    fn to_family(&self, metrics: &[Read]) -> Result<MetricFamily<'static>, String> {
        let kind = self.to_kind();
        let mut family = MetricFamily::new(self.name.clone(), kind);
        family.help = self.help.clone().map(Into::into);
        for metric in &self.metrics {
            let read = metrics.get(*metric).ok_or("no such metric")?;
            let mut metric = Metric::new(read.value(kind)).labels(read.labels.clone());
            metric.timestamp = read.timestamp;
            family = family.metric(metric);
        }
        Ok(family)
    }
}

impl Read {
    /// Adds a line of a histogram or summary.
    fn part(&mut self, ways: &mut Ways, summary: bool, part: Part, bound: Option<f64>, value: f64) {
        let replaced = match (part, bound) {
            (Part::Sum, _) => self.sum.replace(value).is_some(),
            (Part::Count, _) => {
                let count = match summary {
                    true if value < 0.0 => value as i64 as u64 as f64,
                    true => value as u64 as f64,
                    false => value,
                };
                if count.to_bits() != value.to_bits() {
                    ways.insert(Way::WholeCounts);
                }
                self.count.replace(count).is_some()
            }
            (_, Some(bound)) => {
                if part == Part::Whole && !summary {
                    ways.insert(Way::BareBucket);
                }
                let repeated = self.listed.iter().any(|other| other.0 == bound);
                if self.listed.iter().any(|other| other.0 > bound) {
                    ways.insert(Way::Unsorted);
                }
                self.listed.push((bound, value));
                repeated
            }
            (_, None) => {
                ways.insert(Way::NoValue);
                false
            }
        };
        if replaced {
            ways.insert(Way::Repeats);
        }
    }

    fn value(&self, kind: MetricType) -> MetricValue<'static> {
        let histogram = || {
            let buckets = self.listed.iter();
            Histogram::new(buckets.map(|(bound, count)| Bucket::new(*bound, *count)))
                .sum(self.sum)
                .count(self.count)
        };
        let value = self.values.iter().find(|value| value.0 == kind);
        let value = value.map_or(0.0, |value| value.1);
        match kind {
            MetricType::Counter => MetricValue::Counter(value),
            MetricType::Gauge => MetricValue::Gauge(value),
            MetricType::Histogram => MetricValue::Histogram(histogram()),
            MetricType::GaugeHistogram => MetricValue::GaugeHistogram(histogram()),
            MetricType::Summary => {
                let quantiles = self.listed.iter();
                let quantiles = quantiles.map(|(quantile, value)| Quantile::new(*quantile, *value));
                MetricValue::Summary(Summary::new(quantiles).sum(self.sum).count(self.count))
            }
            _ => MetricValue::Unknown(value),
        }
    }
}

/// Undoes `\\`, `\n` and `\"`.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('\\', Some(escaped @ ('\\' | '"' | 'n'))) => {
                rest.next();
                out.push(if escaped == 'n' { '\n' } else { escaped });
            }
            _ => out.push(c),
        }
    }
    out
}
