//! Changes as serde writes them.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::change::Change;
use crate::number::go_float::{openmetrics, shortest};

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.id())?;
        map.serialize_entry("breaking", &self.is_breaking())?;
        if let Some(family) = self.family() {
            map.serialize_entry("family", family)?;
        }
        match self {
            Change::FamilyRemoved {
                metric_type,
                renamed_to,
                ..
            } => {
                map.serialize_entry("metric_type", metric_type.as_str())?;
                map.serialize_entry("renamed_to", renamed_to)?;
            }
            Change::FamilyAdded { metric_type, .. } => {
                map.serialize_entry("metric_type", metric_type.as_str())?;
            }
            Change::TypeChanged { before, after, .. } => {
                map.serialize_entry("before", before.as_str())?;
                map.serialize_entry("after", after.as_str())?;
            }
            Change::HelpChanged { before, after, .. }
            | Change::UnitChanged { before, after, .. } => {
                map.serialize_entry("before", before)?;
                map.serialize_entry("after", after)?;
            }
            Change::LabelRemoved { label, .. } | Change::LabelAdded { label, .. } => {
                map.serialize_entry("label", label)?;
            }
            Change::BucketsRemoved { bounds, .. } | Change::BucketsAdded { bounds, .. } => {
                map.serialize_entry("bounds", &spelled(bounds))?;
            }
            Change::QuantilesRemoved { quantiles, .. }
            | Change::QuantilesAdded { quantiles, .. } => {
                map.serialize_entry("quantiles", &spelled(quantiles))?;
            }
            Change::FormRemoved { form, .. } | Change::FormAdded { form, .. } => {
                map.serialize_entry("form", form.as_str())?;
            }
            Change::SchemaChanged { before, after, .. } => {
                map.serialize_entry("before", before)?;
                map.serialize_entry("after", after)?;
            }
            Change::SeriesRemoved { series } | Change::SeriesAdded { series } => {
                map.serialize_entry("series", &series.to_string())?;
            }
            Change::ValueChanged {
                series,
                part,
                before,
                after,
            } => {
                map.serialize_entry("series", &series.to_string())?;
                map.serialize_entry("part", part)?;
                for (key, value) in [("before", before), ("after", after)] {
                    match value.is_finite() {
                        true => map.serialize_entry(key, value)?,
                        false => map.serialize_entry(key, &shortest(*value).to_string())?,
                    }
                }
            }
        }
        map.end()
    }
}

fn spelled(numbers: &[f64]) -> Vec<String> {
    let numbers = numbers.iter();
    numbers
        .map(|number| openmetrics(*number).to_string())
        .collect()
}
