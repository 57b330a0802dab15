//! Families in the shape of the program `prom2json`.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};
use serde::{Serialize, Serializer};

use super::classic::Classic;
use super::naming::like_samples;
use super::text::whole_count;
use crate::families::family::{
    Bucket, Histogram, Metric, MetricFamily, MetricState, MetricValue, Summary,
};
use crate::model::metric_type::MetricType;
use crate::model::native_histogram::{NativeBucket, NativeHistogram};
use crate::model::written::LabelMap;
use crate::number::go_float::shortest;
use crate::number::same::same;

/// Writes families as [`prom2json`] prints them, by `serde`. With the feature `serde`.
///
/// They are a list, in which all numbers are texts, spelled as Go prints them. Help texts are there even if they
/// are empty; labels, timestamps, buckets, quantiles and metrics only if there are some.
///
/// | metric | fields besides `labels` and `timestamp_ms` |
/// |---|---|
/// | with one value | `value` |
/// | summary | `quantiles`, a map from quantile to value; `count`, `sum` |
/// | histogram | `buckets`, a map from bound to cumulative count; `count`, `sum` |
/// | native histogram | `buckets`, a list of `[boundaries, lower, upper, count]`; `count`, `sum` |
///
/// `boundaries` says which bounds are part of a native bucket: 0 the upper one, 1 the lower one, 2 none, 3 both.
/// Each has its own count, and empty ones are left out. Of a histogram with both forms the native one is written,
/// if it has a span. Custom buckets are a map, as classic ones are. A count that is missing is that of the bucket
/// for `+Inf`, or 0, as a missing sum is.
///
/// That shape is older than OpenMetrics, so families are what [`Encoder`](super::Encoder) makes of them in protobuf: counters
/// and infos have the names of their samples, an info is a `GAUGE`, and a state set is a `GAUGE` with a metric for
/// each state. There is no place for units, exemplars and start times: they are left out, as are the timestamps of
/// start times. [`docs::json`](crate::docs::json) has a shape that keeps everything, and can be read.
///
/// A label that is repeated in one metric is an error of the serializer.
///
/// ```
/// use exposition::encode::Prom2Json;
///
/// let body = "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{code=\"200\"} 1027 1395066363000\n";
/// let families = exposition::families(body).read_all().families;
/// assert_eq!(
///     serde_json::to_string(&Prom2Json::new(&families))?,
///     r#"[{"name":"hits_total","help":"Hits.","type":"COUNTER","metrics":["#.to_owned()
///         + r#"{"labels":{"code":"200"},"timestamp_ms":"1395066363000","value":"1027"}]}]"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// [`prom2json`]: https://github.com/prometheus/prom2json
#[derive(Debug, Clone, Copy)]
pub struct Prom2Json<'f, 'a> {
    families: &'f [MetricFamily<'a>],
}

impl<'f, 'a> Prom2Json<'f, 'a> {
    /// Creates what writes these families.
    #[must_use]
    pub fn new(families: &'f [MetricFamily<'a>]) -> Self {
        Prom2Json { families }
    }
}

impl Serialize for Prom2Json<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for family in self.families {
            let whole = Named {
                family,
                suffix: "",
                only: None,
            };
            match family.metric_type.main_suffix() {
                None => list.serialize_element(&whole)?,
                Some(suffix) => {
                    for (suffixed, suffix) in like_samples(family, suffix) {
                        let only = Some(suffixed);
                        list.serialize_element(&Named {
                            suffix,
                            only,
                            ..whole
                        })?;
                    }
                }
            }
        }
        list.end()
    }
}

/// A family by the name of its samples.
#[derive(Clone, Copy)]
struct Named<'f> {
    family: &'f MetricFamily<'f>,
    suffix: &'static str,
    /// Whether the metrics with the suffix are meant, or those without it.
    only: Option<bool>,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let family = self.family;
        let mut fields = serializer.serialize_struct("Family", 4)?;
        let name = match self.suffix {
            "" => Cow::Borrowed(family.name.as_ref()),
            suffix => Cow::Owned([family.name.as_ref(), suffix].concat()),
        };
        fields.serialize_field("name", &name)?;
        fields.serialize_field("help", family.help.as_deref().unwrap_or_default())?;
        fields.serialize_field("type", word(family.metric_type))?;
        match family.metrics.is_empty() {
            true => fields.skip_field("metrics")?,
            false => fields.serialize_field("metrics", &Metrics(*self))?,
        }
        fields.end()
    }
}

fn word(kind: MetricType) -> &'static str {
    match kind {
        MetricType::Counter => "COUNTER",
        MetricType::Gauge | MetricType::Info | MetricType::StateSet => "GAUGE",
        MetricType::Summary => "SUMMARY",
        MetricType::Unknown => "UNTYPED",
        MetricType::Histogram => "HISTOGRAM",
        MetricType::GaugeHistogram => "GAUGE_HISTOGRAM",
    }
}

struct Metrics<'f>(Named<'f>);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Named { family, only, .. } = self.0;
        let mut list = serializer.serialize_seq(None)?;
        for metric in &family.metrics {
            if only.is_some_and(|suffixed| metric.suffixed != suffixed) {
                continue;
            }
            match &metric.value {
                MetricValue::Counter(value)
                | MetricValue::Gauge(value)
                | MetricValue::Unknown(value)
                | MetricValue::Info(value) => list.serialize_element(&Single {
                    metric,
                    state: None,
                    value: *value,
                })?,
                MetricValue::StateSet(set) => {
                    for state in &set.states {
                        list.serialize_element(&Single {
                            metric,
                            state: Some((&family.name, state)),
                            value: state.value,
                        })?;
                    }
                }
                MetricValue::Summary(summary) => list.serialize_element(&Observed {
                    metric,
                    parts: Parts::Quantiles(summary),
                    count: Count::of(summary.count.unwrap_or(0.0)),
                    sum: summary.sum.unwrap_or(0.0),
                })?,
                MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
                    list.serialize_element(&Observed::histogram(metric, histogram))?;
                }
            }
        }
        list.end()
    }
}

/// A metric with one value, or one state of a set.
struct Single<'f> {
    metric: &'f Metric<'f>,
    /// The label that the state has: its name, and the state.
    state: Option<(&'f str, &'f MetricState<'f>)>,
    value: f64,
}

impl Serialize for Single<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Metric", 3)?;
        head(&mut fields, self.metric, self.state)?;
        fields.serialize_field("value", &Printed(self.value))?;
        fields.end()
    }
}

/// A summary or a histogram.
struct Observed<'f> {
    metric: &'f Metric<'f>,
    parts: Parts<'f>,
    count: Count,
    sum: f64,
}

enum Parts<'f> {
    Quantiles(&'f Summary),
    Buckets(Cow<'f, [Bucket<'f>]>),
    Native(&'f NativeHistogram),
}

impl<'f> Observed<'f> {
    fn histogram(metric: &'f Metric<'f>, histogram: &'f Histogram<'f>) -> Self {
        let classic = Classic::new(metric, histogram);
        let has_spans = |native: &&NativeHistogram| {
            !native.positive_spans.is_empty() || !native.negative_spans.is_empty()
        };
        let count = classic.count.or_else(|| histogram.total()).unwrap_or(0.0);
        let native = classic.native.filter(has_spans);
        Observed {
            metric,
            count: match native.is_some_and(NativeHistogram::is_float) {
                true => Count::Float(count),
                false => Count::of(count),
            },
            sum: classic.sum.unwrap_or(0.0),
            parts: native.map_or(Parts::Buckets(classic.buckets), Parts::Native),
        }
    }
}

impl Serialize for Observed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Observed", 5)?;
        head(&mut fields, self.metric, None)?;
        match &self.parts {
            Parts::Quantiles(summary) if summary.quantiles.is_empty() => {
                fields.skip_field("quantiles")?;
            }
            Parts::Quantiles(summary) => {
                let quantiles = summary.quantiles.iter();
                let pairs = quantiles.map(|part| (Printed(part.quantile), Printed(part.value)));
                fields.serialize_field("quantiles", &NumberMap(pairs))?;
            }
            Parts::Buckets(buckets) if buckets.is_empty() => fields.skip_field("buckets")?,
            Parts::Buckets(buckets) => {
                let buckets = buckets.iter();
                let pairs = buckets.map(|bucket| {
                    let count = Count::of(bucket.cumulative_count);
                    (Printed(bucket.upper_bound), count)
                });
                fields.serialize_field("buckets", &NumberMap(pairs))?;
            }
            Parts::Native(native) => fields.serialize_field("buckets", &NativeList(native))?,
        }
        fields.serialize_field("count", &self.count)?;
        fields.serialize_field("sum", &Printed(self.sum))?;
        fields.end()
    }
}

/// Writes what all metrics begin with.
fn head<S: SerializeStruct>(
    fields: &mut S,
    metric: &Metric<'_>,
    state: Option<(&str, &MetricState<'_>)>,
) -> Result<(), S::Error> {
    let own = metric.labels.iter();
    let state = state.map(|(name, state)| (name.into(), state.name.as_ref().into()));
    let labels: Vec<(Cow<'_, str>, Cow<'_, str>)> = own.chain(state).collect();
    match labels.is_empty() {
        true => fields.skip_field("labels")?,
        false => fields.serialize_field("labels", &LabelMap(labels.into_iter()))?,
    }
    match metric.timestamp {
        None => fields.skip_field("timestamp_ms"),
        Some(millis) => fields.serialize_field("timestamp_ms", &millis.to_string()),
    }
}

/// Bounds or quantiles, and what there is for each. Of adjacent equal ones the last counts, as there.
struct NumberMap<I>(I);

impl<T, I> Serialize for NumberMap<I>
where
    T: Serialize,
    I: Iterator<Item = (Printed, T)> + Clone,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut pairs = self.0.clone().peekable();
        while let Some((key, value)) = pairs.next() {
            let is_last = pairs.peek().is_none_or(|(next, _)| !same(next.0, key.0));
            if is_last {
                map.serialize_entry(&key, &value)?;
            }
        }
        map.end()
    }
}

/// The buckets of a native histogram that hold something.
struct NativeList<'f>(&'f NativeHistogram);

impl Serialize for NativeList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let is_float = self.0.is_float();
        for bucket in self.0.buckets().filter(|bucket| bucket.count != 0.0) {
            list.serialize_element(&Listed { bucket, is_float })?;
        }
        list.end()
    }
}

struct Listed {
    bucket: NativeBucket,
    is_float: bool,
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let NativeBucket {
            lower,
            upper,
            lower_inclusive,
            upper_inclusive,
            count,
        } = self.bucket;
        let boundaries: u8 = match (lower_inclusive, upper_inclusive) {
            (false, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (true, true) => 3,
        };
        let count = match self.is_float {
            true => Count::Float(count),
            false => Count::of(count),
        };
        let mut list = serializer.serialize_tuple(4)?;
        list.serialize_element(&boundaries)?;
        list.serialize_element(&Printed(lower))?;
        list.serialize_element(&Printed(upper))?;
        list.serialize_element(&count)?;
        list.end()
    }
}

/// A float as Go prints it.
#[derive(Clone, Copy)]
struct Printed(f64);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0.0 && self.0.is_sign_negative() {
            f.write_str("-")?;
        }
        write!(f, "{}", shortest(self.0))
    }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A number of observations: in all its digits if it is whole.
#[derive(Clone, Copy)]
enum Count {
    Whole(u64),
    Float(f64),
}

impl Count {
    fn of(count: f64) -> Self {
        whole_count(count + 0.0).map_or(Count::Float(count), Count::Whole)
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Count::Whole(count) => serializer.collect_str(count),
            Count::Float(count) => Printed(*count).serialize(serializer),
        }
    }
}
