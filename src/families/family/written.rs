//! Families, and what they are made of, as `serde` writes and reads them. What is read is declared at each type:
//! its fields, and that others are errors. What is written leaves out what is absent.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    Bucket, Histogram, Metric, MetricExemplar, MetricFamily, MetricLabels, StartTimestamp, Summary,
};
use crate::model::written::{Fields, LabelMap, read_labels};
use crate::number::written::Number;

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for MetricFamily<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer, "MetricFamily", 3, &[&self.help, &self.unit])?;
        fields.always("name", &self.name)?;
        fields.always("metric_type", &self.metric_type)?;
        fields.other("help", &self.help)?;
        fields.other("unit", &self.unit)?;
        fields.always("metrics", &self.metrics)?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for Metric<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(
            serializer,
            "Metric",
            2,
            &[
                &self.timestamp,
                &self.start_timestamp,
                &self.exemplars,
                &self.suffixed,
            ],
        )?;
        fields.always("labels", &self.labels)?;
        fields.always("value", &self.value)?;
        fields.other("timestamp", &self.timestamp)?;
        fields.other("start_timestamp", &self.start_timestamp)?;
        fields.other("exemplars", &self.exemplars)?;
        fields.other("suffixed", &self.suffixed)?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for MetricExemplar<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer, "MetricExemplar", 2, &[&self.timestamp])?;
        fields.always("labels", &self.labels)?;
        fields.always("value", &Number(self.value))?;
        fields.other("timestamp", &self.timestamp)?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for Histogram<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(
            serializer,
            "Histogram",
            1,
            &[&self.sum, &self.count, &self.native],
        )?;
        fields.always("buckets", &self.buckets)?;
        fields.other("sum", &self.sum.map(Number))?;
        fields.other("count", &self.count.map(Number))?;
        fields.other("native", &self.native)?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for Bucket<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer, "Bucket", 2, &[&self.exemplar])?;
        fields.always("upper_bound", &Number(self.upper_bound))?;
        fields.always("cumulative_count", &Number(self.cumulative_count))?;
        fields.other("exemplar", &self.exemplar)?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer, "Summary", 1, &[&self.sum, &self.count])?;
        fields.always("quantiles", &self.quantiles)?;
        fields.other("sum", &self.sum.map(Number))?;
        fields.other("count", &self.count.map(Number))?;
        fields.end()
    }
}

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for StartTimestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(serializer, "StartTimestamp", 1, &[&self.timestamp])?;
        fields.always("seconds", &Number(self.seconds))?;
        fields.other("timestamp", &self.timestamp)?;
        fields.end()
    }
}

/// As a map, in the order of the labels. With the feature `serde`.
impl Serialize for MetricLabels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LabelMap(self.iter()).serialize(serializer)
    }
}

/// From a map. A name that is repeated is an error. With the feature `serde`.
impl<'de> Deserialize<'de> for MetricLabels<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(read_labels(deserializer)?.into_iter().collect())
    }
}
