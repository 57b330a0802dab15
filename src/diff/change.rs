//! What can change between two bodies.

use std::fmt;

use crate::encode::Series;
use crate::model::metric_type::MetricType;
use crate::number::escape::quote;
use crate::number::go_float::{openmetrics, shortest};

/// A difference between two bodies. Displays as one line; see the [table](crate::diff#what-is-breaking) of all.
///
/// With the feature `serde` it is written as a map: `id`, `breaking`, `family` if it is about one, and the
/// fields of the variant. Numbers that JSON does not have, and the bounds of buckets, are written as text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A family is gone.
    #[non_exhaustive]
    FamilyRemoved {
        /// The family's name.
        family: String,
        /// Its type.
        metric_type: MetricType,
        /// The only new family with the same type, help, unit and labels, if there is one: the family may have
        /// been renamed.
        renamed_to: Option<String>,
    },
    /// A family is new.
    #[non_exhaustive]
    FamilyAdded {
        /// The family's name.
        family: String,
        /// Its type.
        metric_type: MetricType,
    },
    /// A family has another type.
    #[non_exhaustive]
    TypeChanged {
        /// The family's name.
        family: String,
        /// The type in the first body.
        before: MetricType,
        /// The type in the second body.
        after: MetricType,
    },
    /// A family has another help text.
    #[non_exhaustive]
    HelpChanged {
        /// The family's name.
        family: String,
        /// The text in the first body.
        before: Option<String>,
        /// The text in the second body.
        after: Option<String>,
    },
    /// A family has another unit.
    #[non_exhaustive]
    UnitChanged {
        /// The family's name.
        family: String,
        /// The unit in the first body.
        before: Option<String>,
        /// The unit in the second body.
        after: Option<String>,
    },
    /// No metric of a family has a label that some had.
    #[non_exhaustive]
    LabelRemoved {
        /// The family's name.
        family: String,
        /// The label's name.
        label: String,
    },
    /// Some metrics of a family have a label that none had.
    #[non_exhaustive]
    LabelAdded {
        /// The family's name.
        family: String,
        /// The label's name.
        label: String,
    },
    /// No histogram of a family has buckets that some had.
    #[non_exhaustive]
    BucketsRemoved {
        /// The family's name.
        family: String,
        /// Their upper bounds, rising.
        bounds: Vec<f64>,
    },
    /// Some histograms of a family have buckets that none had.
    #[non_exhaustive]
    BucketsAdded {
        /// The family's name.
        family: String,
        /// Their upper bounds, rising.
        bounds: Vec<f64>,
    },
    /// No summary of a family has quantiles that some had.
    #[non_exhaustive]
    QuantilesRemoved {
        /// The family's name.
        family: String,
        /// The quantiles, rising.
        quantiles: Vec<f64>,
    },
    /// Some summaries of a family have quantiles that none had.
    #[non_exhaustive]
    QuantilesAdded {
        /// The family's name.
        family: String,
        /// The quantiles, rising.
        quantiles: Vec<f64>,
    },
    /// No histogram of a family has a form that some had.
    #[non_exhaustive]
    FormRemoved {
        /// The family's name.
        family: String,
        /// The form.
        form: Form,
    },
    /// Some histograms of a family have a form that none had.
    #[non_exhaustive]
    FormAdded {
        /// The family's name.
        family: String,
        /// The form.
        form: Form,
    },
    /// The native histograms of a family have other exponential schemas.
    #[non_exhaustive]
    SchemaChanged {
        /// The family's name.
        family: String,
        /// The schemas in the first body, rising.
        before: Vec<i32>,
        /// The schemas in the second body, rising.
        after: Vec<i32>,
    },
    /// A series is gone. Only where values are compared.
    #[non_exhaustive]
    SeriesRemoved {
        /// The series.
        series: Series,
    },
    /// A series is new. Only where values are compared.
    #[non_exhaustive]
    SeriesAdded {
        /// The series.
        series: Series,
    },
    /// A series has another value. Only where values are compared.
    #[non_exhaustive]
    ValueChanged {
        /// The series.
        series: Series,
        /// What of a native histogram: `count`, `sum`, or a bucket such as `(0.5,1]`. `None` if the value is a
        /// number.
        part: Option<String>,
        /// The value in the first body.
        before: f64,
        /// The value in the second body.
        after: f64,
    },
}

/// A form of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Form {
    /// Buckets that are series of their own.
    Classic,
    /// A [`NativeHistogram`](crate::NativeHistogram).
    Native,
}

impl Form {
    /// Returns the word: `classic` or `native`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Classic => "classic",
            Form::Native => "native",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Change {
    /// Returns the name of the kind of change, which stays the same from version to version.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Change::FamilyRemoved { .. } => "family-removed",
            Change::FamilyAdded { .. } => "family-added",
            Change::TypeChanged { .. } => "type-changed",
            Change::HelpChanged { .. } => "help-changed",
            Change::UnitChanged { .. } => "unit-changed",
            Change::LabelRemoved { .. } => "label-removed",
            Change::LabelAdded { .. } => "label-added",
            Change::BucketsRemoved { .. } => "buckets-removed",
            Change::BucketsAdded { .. } => "buckets-added",
            Change::QuantilesRemoved { .. } => "quantiles-removed",
            Change::QuantilesAdded { .. } => "quantiles-added",
            Change::FormRemoved { .. } => "form-removed",
            Change::FormAdded { .. } => "form-added",
            Change::SchemaChanged { .. } => "schema-changed",
            Change::SeriesRemoved { .. } => "series-removed",
            Change::SeriesAdded { .. } => "series-added",
            Change::ValueChanged { .. } => "value-changed",
        }
    }

    /// Tells whether queries, alerts and dashboards that worked before may no longer: see the
    /// [table](crate::diff#what-is-breaking).
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        match self {
            Change::FamilyRemoved { .. }
            | Change::LabelRemoved { .. }
            | Change::LabelAdded { .. }
            | Change::BucketsRemoved { .. }
            | Change::QuantilesRemoved { .. }
            | Change::FormRemoved { .. } => true,
            Change::TypeChanged { before, .. } => *before != MetricType::Unknown,
            Change::UnitChanged { before, after, .. } => before.is_some() && after.is_some(),
            Change::FamilyAdded { .. }
            | Change::HelpChanged { .. }
            | Change::BucketsAdded { .. }
            | Change::QuantilesAdded { .. }
            | Change::FormAdded { .. }
            | Change::SchemaChanged { .. }
            | Change::SeriesRemoved { .. }
            | Change::SeriesAdded { .. }
            | Change::ValueChanged { .. } => false,
        }
    }

    /// Returns the name of the family that it is about; `None` if it is about a series.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        match self {
            Change::FamilyRemoved { family, .. }
            | Change::FamilyAdded { family, .. }
            | Change::TypeChanged { family, .. }
            | Change::HelpChanged { family, .. }
            | Change::UnitChanged { family, .. }
            | Change::LabelRemoved { family, .. }
            | Change::LabelAdded { family, .. }
            | Change::BucketsRemoved { family, .. }
            | Change::BucketsAdded { family, .. }
            | Change::QuantilesRemoved { family, .. }
            | Change::QuantilesAdded { family, .. }
            | Change::FormRemoved { family, .. }
            | Change::FormAdded { family, .. }
            | Change::SchemaChanged { family, .. } => Some(family),
            Change::SeriesRemoved { .. }
            | Change::SeriesAdded { .. }
            | Change::ValueChanged { .. } => None,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(family) = self.family() {
            write!(f, "{family}: ")?;
        }
        match self {
            Change::FamilyRemoved { renamed_to, .. } => {
                f.write_str("family removed")?;
                match renamed_to {
                    Some(name) => write!(f, ", perhaps renamed to {name}"),
                    None => Ok(()),
                }
            }
            Change::FamilyAdded { metric_type, .. } => write!(f, "family added, a {metric_type}"),
            Change::TypeChanged { before, after, .. } => {
                write!(f, "type changed from {before} to {after}")
            }
            Change::HelpChanged { before, after, .. } => text_changed(f, "help", before, after),
            Change::UnitChanged { before, after, .. } => text_changed(f, "unit", before, after),
            Change::LabelRemoved { label, .. } => write!(f, "label {label} removed"),
            Change::LabelAdded { label, .. } => write!(f, "label {label} added"),
            Change::BucketsRemoved { bounds, .. } => numbers(f, "buckets removed", bounds),
            Change::BucketsAdded { bounds, .. } => numbers(f, "buckets added", bounds),
            Change::QuantilesRemoved { quantiles, .. } => {
                numbers(f, "quantiles removed", quantiles)
            }
            Change::QuantilesAdded { quantiles, .. } => numbers(f, "quantiles added", quantiles),
            Change::FormRemoved { form, .. } => write!(f, "{form} form removed"),
            Change::FormAdded { form, .. } => write!(f, "{form} form added"),
            Change::SchemaChanged { before, after, .. } => {
                f.write_str("schema changed from ")?;
                listed(f, before)?;
                f.write_str(" to ")?;
                listed(f, after)
            }
            Change::SeriesRemoved { series } => write!(f, "{series}: series removed"),
            Change::SeriesAdded { series } => write!(f, "{series}: series added"),
            Change::ValueChanged {
                series,
                part,
                before,
                after,
            } => {
                let (before, after) = (shortest(*before), shortest(*after));
                let part = part.as_deref().unwrap_or("value");
                write!(f, "{series}: {part} changed from {before} to {after}")
            }
        }
    }
}

fn text_changed(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    before: &Option<String>,
    after: &Option<String>,
) -> fmt::Result {
    write!(f, "{what} ")?;
    match (before, after) {
        (Some(before), Some(after)) => {
            f.write_str("changed from ")?;
            quote(f, before)?;
            f.write_str(" to ")?;
            quote(f, after)
        }
        (Some(before), None) => {
            f.write_str("removed, was ")?;
            quote(f, before)
        }
        (None, after) => {
            f.write_str("added: ")?;
            quote(f, after.as_deref().unwrap_or_default())
        }
    }
}

fn numbers(f: &mut fmt::Formatter<'_>, what: &str, numbers: &[f64]) -> fmt::Result {
    write!(f, "{what}: ")?;
    for (at, number) in numbers.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        write!(f, "{separator}{}", openmetrics(*number))?;
    }
    Ok(())
}

fn listed(f: &mut fmt::Formatter<'_>, all: &[i32]) -> fmt::Result {
    for (at, one) in all.iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        write!(f, "{separator}{one}")?;
    }
    Ok(())
}
