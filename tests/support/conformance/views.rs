//! Samples of any format as JSON, in the form of the vectors.

#![allow(clippy::indexing_slicing, reason = "a JSON object takes any key")]

use std::borrow::Cow;

use exposition::{
    BucketSpan, ExemplarView, NativeCounts, NativeHistogram, SampleValue, SampleView,
};
use serde_json::{Value, json};

use super::entries::{bits, float};

/// Returns a sample of any format as an entry.
pub(crate) fn view(sample: &impl SampleView) -> Value {
    let mut labels: Vec<(Cow<'_, str>, Cow<'_, str>)> = sample.labels().collect();
    labels.push(("__name__".into(), sample.name()));
    labels.sort();
    let exemplars = sample.exemplars().map(|exemplar| {
        let mut labels: Vec<_> = exemplar.labels().collect();
        labels.sort();
        json!({
            "labels": labels,
            "value": float(exemplar.value()),
            "bits": bits(exemplar.value()),
            "ts": exemplar.timestamp(),
        })
    });
    let exemplars: Vec<Value> = exemplars.collect();
    let mut entry = match sample.value() {
        SampleValue::NativeHistogram(native) => {
            json!({ "e": "histogram", "histogram": histogram(native) })
        }
        SampleValue::Float(value) => {
            json!({ "e": "series", "value": float(value), "bits": bits(value) })
        }
        other => json!({ "e": format!("{other:?}") }),
    };
    entry["labels"] = json!(labels);
    entry["ts"] = json!(sample.timestamp());
    entry["exemplars"] = json!(exemplars);
    if let Some(start) = sample.start_timestamp() {
        entry["st"] = json!(start);
    }
    entry
}

/// Returns a native histogram in the form of the vectors.
fn histogram(native: &NativeHistogram) -> Value {
    let spans = |spans: &[BucketSpan]| -> Vec<Value> {
        let spans = spans.iter().map(|span| json!([span.offset, span.length]));
        spans.collect()
    };
    let floats = |floats: &[f64]| -> Vec<Value> { floats.iter().copied().map(float).collect() };
    let mut entry = json!({
        "schema": native.schema,
        "sum": float(native.sum),
        "zero_threshold": float(native.zero_threshold),
        "positive_spans": spans(&native.positive_spans),
        "negative_spans": spans(&native.negative_spans),
        "custom": floats(&native.custom_bounds),
        "reset": if native.is_gauge { 3 } else { 0 },
    });
    match &native.counts {
        NativeCounts::Integer {
            count,
            zero_count,
            positive_deltas,
            negative_deltas,
            ..
        } => {
            entry["float"] = json!(false);
            entry["count"] = json!(count);
            entry["zero_count"] = json!(zero_count);
            entry["positive_deltas"] = json!(positive_deltas);
            entry["negative_deltas"] = json!(negative_deltas);
        }
        NativeCounts::Float {
            count,
            zero_count,
            positive_counts,
            negative_counts,
            ..
        } => {
            entry["float"] = json!(true);
            entry["count"] = float(*count);
            entry["zero_count"] = float(*zero_count);
            entry["positive_counts"] = json!(floats(positive_counts));
            entry["negative_counts"] = json!(floats(negative_counts));
        }
        other => entry["counts"] = json!(format!("{other:?}")),
    }
    entry
}
