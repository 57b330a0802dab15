//! Why bodies could not be merged.

use std::io;

use super::sum::SumErrorKind;
use crate::encode::{EncodeError, NameErrorKind};
use crate::error::{Error, Position};
use crate::model::metric_type::MetricType;

/// Why bodies could not be merged. Bodies are identified by the names of their [`Source`](super::Source)s.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A line cannot be read.
    #[error("{source_name}: {error}")]
    Line {
        /// The body.
        source_name: String,
        /// What is wrong, and where.
        error: Error,
    },
    /// A sample that Prometheus reads but cannot store, for which it refuses the whole body.
    #[error("{source_name}: {position}: {fault}")]
    Labels {
        /// The body.
        source_name: String,
        /// The start of the sample's line.
        position: Position,
        /// What is wrong with its names.
        fault: NameErrorKind,
    },
    /// A series that two bodies have.
    #[error("{second} and {first} both have the series {series}")]
    Series {
        /// The series, as the second body writes it.
        series: String,
        /// The body that has it first.
        first: String,
        /// The body that has it too.
        second: String,
    },
    /// A metric of several samples that two bodies have, such as a histogram.
    #[error("{second} and {first} both have the metric {metric}")]
    Metric {
        /// The metric: the name of its family and its labels.
        metric: String,
        /// The body that has it first.
        first: String,
        /// The body that has it too.
        second: String,
    },
    /// A metric that several bodies have and that cannot be added.
    #[error("{second} and {first} both have the metric {metric}, which cannot be added: {fault}")]
    Sum {
        /// The metric: the name of its family and its labels.
        metric: String,
        /// The body that has it first.
        first: String,
        /// A body that has it too.
        second: String,
        /// Why it cannot be added.
        fault: SumErrorKind,
    },
    /// A label for all samples of a body that would conflict with one that tells the samples of a metric
    /// apart, such as the `le` of a histogram.
    #[error(
        "{source_name}: the label {label} tells the samples of {family} apart and cannot be put onto them"
    )]
    ReservedLabel {
        /// The body.
        source_name: String,
        /// The label.
        label: String,
        /// The family.
        family: String,
    },
    /// Two types for one family, or two families that would share sample names.
    #[error(
        "{second} has {family} of type {second_kind}, {first} has {first_family} of type {first_kind}"
    )]
    Type {
        /// The family.
        family: String,
        /// Its type in the second body.
        second_kind: MetricType,
        /// The second body.
        second: String,
        /// The family that it contradicts: the same, or one with samples of the same name.
        first_family: String,
        /// The type of that family.
        first_kind: MetricType,
        /// The body that declares that family.
        first: String,
    },
    /// Two help texts for one family.
    #[error("{second} and {first} have different help texts for {family}")]
    Help {
        /// The family.
        family: String,
        /// The body that has a text first.
        first: String,
        /// The body that has another one.
        second: String,
    },
    /// Two units for one family.
    #[error("{second} and {first} have different units for {family}")]
    Unit {
        /// The family.
        family: String,
        /// The body that has a unit first.
        first: String,
        /// The body that has another one.
        second: String,
    },
    /// The format has no place for something that would be written, or the writer failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// Returns the writer's own error if the writer failed. Otherwise wraps the error; its kind is
/// [`InvalidData`](io::ErrorKind::InvalidData).
impl From<MergeError> for io::Error {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Encode(error) => error.into(),
            error => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}
