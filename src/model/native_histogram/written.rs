//! Native histograms as `serde` writes and reads them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{BucketSpan, NativeCounts, NativeHistogram};
use crate::model::written::{Absent, Fields};
use crate::number::written::{Number, float, floats};

/// As [`docs::json`](crate::docs::json) says. With the feature `serde`.
impl Serialize for NativeHistogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Fields::new(
            serializer,
            "NativeHistogram",
            4,
            &[
                &self.positive_spans,
                &self.negative_spans,
                &self.custom_bounds,
                &self.is_gauge,
            ],
        )?;
        fields.always("schema", &self.schema)?;
        fields.always("zero_threshold", &Number(self.zero_threshold))?;
        fields.always("sum", &Number(self.sum))?;
        fields.other("positive_spans", &self.positive_spans)?;
        fields.other("negative_spans", &self.negative_spans)?;
        fields.always("counts", &self.counts)?;
        fields.other("custom_bounds", &Numbers(&self.custom_bounds))?;
        fields.other("is_gauge", &self.is_gauge)?;
        fields.end()
    }
}

struct Numbers<'n>(&'n Vec<f64>);

impl Absent for Numbers<'_> {
    fn is_absent(&self) -> bool {
        self.0.is_absent()
    }
}

impl Serialize for Numbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        floats::serialize(self.0, serializer)
    }
}

/// The fields, before anyone has looked at what they say together.
#[derive(Deserialize)]
#[serde(rename = "NativeHistogram", deny_unknown_fields)]
struct Read {
    schema: i32,
    #[serde(default, with = "float")]
    zero_threshold: f64,
    #[serde(with = "float")]
    sum: f64,
    #[serde(default)]
    positive_spans: Vec<BucketSpan>,
    #[serde(default)]
    negative_spans: Vec<BucketSpan>,
    counts: NativeCounts,
    #[serde(default, with = "floats")]
    custom_bounds: Vec<f64>,
    #[serde(default)]
    is_gauge: bool,
}

/// As [`docs::json`](crate::docs::json) says: what [`validate`](NativeHistogram::validate) refuses is an error.
/// With the feature `serde`.
impl<'de> Deserialize<'de> for NativeHistogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        let histogram = NativeHistogram {
            schema: read.schema,
            zero_threshold: read.zero_threshold,
            sum: read.sum,
            positive_spans: read.positive_spans,
            negative_spans: read.negative_spans,
            counts: read.counts,
            custom_bounds: read.custom_bounds,
            is_gauge: read.is_gauge,
        };
        histogram.validate().map_err(de::Error::custom)?;
        Ok(histogram)
    }
}
