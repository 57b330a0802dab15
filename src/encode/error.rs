//! Why something could not be written.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::mem::discriminant;
use std::sync::Arc;

use crate::format::Format;
use crate::model::label_names::LabelNames;
use crate::model::metric_type::MetricType;
use crate::model::name::METRIC_NAME;
use crate::number::go_float::shortest;

/// Why a family or a line could not be written.
///
/// After [`Io`](Self::Io) and [`Fmt`](Self::Fmt) the output may be cut off anywhere.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The writer failed.
    #[error(transparent)]
    Io(WriteError),
    /// The writer failed.
    #[error("writing failed")]
    Fmt(#[from] fmt::Error),
    /// The format is protobuf, and the output takes only text.
    #[error("protobuf is not text: it can only be written to a writer of bytes")]
    Protobuf,
    /// A line, or what is made of lines, in protobuf. It is written from [families](crate::Encoder::family).
    #[error("protobuf is not made of lines: only families can be written in it")]
    LinesInProtobuf,
    /// A family or a sample without a name.
    #[error("a metric without a name cannot be written")]
    EmptyName,
    /// A label without a name, a label named `__name__`, or a repeated label.
    #[error("{metric}: {fault}")]
    Labels {
        /// The metric's name.
        metric: String,
        /// What is wrong with the names of its labels.
        fault: NameErrorKind,
    },
    /// A name beyond `[a-zA-Z_:][a-zA-Z0-9_:]*` in a format without quoted names. [`Format::with_escaping`]
    /// chooses an escaping scheme, which allows it.
    #[error(
        "{name:?} is not a name in {}, unless an escaping scheme is chosen",
        .format.protocol()
    )]
    Name {
        /// The name.
        name: String,
        /// The format.
        format: Format,
    },
    /// A timestamp before 1970 in the text format: Prometheus reads only digits there.
    #[error("{metric}: the text format has no negative timestamps, such as {millis}")]
    NegativeTimestamp {
        /// The metric's name.
        metric: String,
        /// The timestamp, in milliseconds.
        millis: i64,
    },
    /// An exemplar in the text format, which has none, or on a sample that cannot have one.
    #[error("{metric}: there is no place for its exemplar")]
    Exemplar {
        /// The metric's name.
        metric: String,
    },
    /// A native histogram in a text format. [Left out](crate::Encoder::lossy), its count and its sum stay.
    #[error("{metric}: the text formats have no place for its native histogram")]
    NativeHistogram {
        /// The metric's name.
        metric: String,
    },
    /// A timestamp that protobuf has no place for.
    #[error("{metric}: protobuf has no place for {fault}")]
    Timestamp {
        /// The metric's name.
        metric: String,
        /// Which timestamp.
        fault: TimestampErrorKind,
    },
    /// A start time that OpenMetrics 2.0 has no place for.
    #[error("{metric}: OpenMetrics 2.0 has no place for {fault}")]
    StartTimestamp {
        /// The metric's name.
        metric: String,
        /// Which timestamp.
        fault: TimestampErrorKind,
    },
    /// An exemplar without a timestamp in OpenMetrics 2.0, where each has one.
    #[error("{metric}: OpenMetrics 2.0 has no place for an exemplar without a timestamp")]
    ExemplarTimestamp {
        /// The metric's name.
        metric: String,
    },
    /// A histogram or summary without a sum of its observations, which OpenMetrics 2.0 requires.
    #[error("{metric}: OpenMetrics 2.0 requires a sum, and it has none")]
    MissingSum {
        /// The metric's name.
        metric: String,
    },
    /// A summary without a count of its observations, or a histogram that has neither a count nor a bucket
    /// for `+Inf`. OpenMetrics 2.0 requires a count.
    #[error("{metric}: OpenMetrics 2.0 requires a count, and it has none")]
    MissingCount {
        /// The metric's name.
        metric: String,
    },
    /// A bucket or a quantile for which readers refuse a whole body in OpenMetrics 2.0.
    #[error("{metric}: OpenMetrics 2.0 has no place for {fault}")]
    Composite {
        /// The metric's name.
        metric: String,
        /// What is wrong with it.
        fault: CompositeErrorKind,
    },
    /// A help text that ends in a carriage return, which OpenMetrics 2.0 takes for a broken line end.
    #[error(
        "{family}: OpenMetrics 2.0 has no place for a help text that ends in a carriage return"
    )]
    Help {
        /// The family's name.
        family: String,
    },
    /// A unit that OpenMetrics 2.0 has no place for.
    #[error("{family}: {unit:?} cannot be its unit, for {fault}")]
    UnitInOpenMetrics2 {
        /// The family's name.
        family: String,
        /// The unit.
        unit: String,
        /// Why it cannot.
        fault: UnitErrorKind,
    },
    /// A unit in the text format, which has none.
    #[error("{family}: the text format has no place for the unit {unit:?}")]
    UnitInText {
        /// The family's name.
        family: String,
        /// The unit.
        unit: String,
    },
    /// OpenMetrics: a unit that the family's name does not end in, after an underscore, for which Prometheus
    /// refuses the whole body; or a unit with a backslash, a double quote or a line feed.
    #[error("{family}: {unit:?} cannot be its unit, for its name does not end in that")]
    Unit {
        /// The family's name.
        family: String,
        /// The unit.
        unit: String,
    },
    /// A count of observations that the format has no place for: in protobuf a negative one, NaN, and that of
    /// a summary if it is not a natural number; in OpenMetrics 2.0 a negative one of a histogram; in OpenMetrics
    /// 1.0, of a histogram, what is not a natural number, if it is written [as Go's client library does](crate::Encoder::like_client_golang), which refuses it.
    #[error("{metric}: the count {count} is not a natural number")]
    Count {
        /// The metric's name; in OpenMetrics 1.0 that of the histogram's buckets.
        metric: String,
        /// The count.
        count: f64,
    },
    /// A metric whose value does not have its family's type.
    #[error("{family}: a metric of type {found} in a family of type {kind}")]
    WrongType {
        /// The family's name.
        family: String,
        /// The family's type.
        kind: MetricType,
        /// The type of the metric's value.
        found: MetricType,
    },
}

/// What is wrong with a bucket or a quantile.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompositeErrorKind {
    /// A bucket's bound that is NaN, or not above the bound before.
    #[error("a bucket of the bound {}: bounds must rise", shortest(*.0))]
    Bound(f64),
    /// The negative count of a histogram's bucket.
    #[error("a bucket of the negative count {}", shortest(*.0))]
    BucketCount(f64),
    /// A quantile that is not between 0 and 1, or not above the one before.
    #[error("the quantile {}: they must be between 0 and 1, and rise", shortest(*.0))]
    Quantile(f64),
}

/// Why something cannot be the unit of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitErrorKind {
    /// A character other than a letter, a digit, `_` and `:`.
    #[error("a unit is made of letters, digits, `_` and `:`")]
    Characters,
    /// A family of a type that has no unit.
    #[error("the type {0} has none")]
    OfType(MetricType),
}

/// What protobuf and OpenMetrics 2.0 cannot say about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampErrorKind {
    /// A timestamp of 0, which means none there.
    #[error("its timestamp of 0, which means none")]
    Zero,
    /// A start time of a metric that has none there: in protobuf of a gauge, for example, in OpenMetrics 2.0 of
    /// a gauge histogram. In protobuf also one within a millisecond of 1970, which means none, or beyond what
    /// 64 bits of seconds hold; in OpenMetrics 2.0 NaN or an infinite one.
    #[error("its start time")]
    Start,
    /// A timestamp of the start time itself, other than the metric's.
    #[error("the timestamp of its start time")]
    OfStart,
}

/// The error of a writer. It is shared, so that it can be cloned.
#[derive(Debug, Clone)]
pub struct WriteError(Arc<io::Error>);

impl WriteError {
    /// Returns the error as the writer gave it.
    pub fn get_ref(&self) -> &io::Error {
        &self.0
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("writing failed")
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.get_ref())
    }
}

/// Returns the error as the writer gave it; where a clone holds it too, one of its kind that wraps it.
impl From<WriteError> for io::Error {
    fn from(WriteError(shared): WriteError) -> Self {
        Arc::try_unwrap(shared).unwrap_or_else(|shared| io::Error::new(shared.kind(), shared))
    }
}

impl From<io::Error> for EncodeError {
    fn from(error: io::Error) -> Self {
        EncodeError::Io(WriteError(Arc::new(error)))
    }
}

/// Returns the writer's own error if the writer failed. Otherwise wraps the error; its kind is
/// [`InvalidData`](io::ErrorKind::InvalidData) where something cannot be written in the format.
impl From<EncodeError> for io::Error {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Io(error) => error.into(),
            EncodeError::Fmt(_) => io::Error::other(error),
            error => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

/// What is wrong with the names in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameErrorKind {
    /// A metric's name that is empty.
    #[error("a metric without a name")]
    EmptyMetric,
    /// A label's name that is empty.
    #[error("a label without a name")]
    EmptyLabel,
    /// Two labels with the same name.
    #[error("a label twice")]
    Duplicate,
    /// A label named `__name__`, which is how the metric's own name is stored.
    #[error("a label called __name__")]
    Reserved,
    /// A name that is not UTF-8.
    #[error("a name that is not UTF-8")]
    NotUtf8,
}

impl PartialEq for EncodeError {
    /// Errors of writers are equal if their kinds are equal.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (EncodeError::Io(a), EncodeError::Io(b)) => a.get_ref().kind() == b.get_ref().kind(),
            // The message of an error contains all that is in it.
            _ => discriminant(self) == discriminant(other) && self.to_string() == other.to_string(),
        }
    }
}

impl NameErrorKind {
    /// Returns what is wrong with a label of that name, regardless of the others.
    pub(crate) fn of_label(name: &str) -> Option<Self> {
        match name {
            "" => Some(NameErrorKind::EmptyLabel),
            METRIC_NAME => Some(NameErrorKind::Reserved),
            _ => None,
        }
    }

    /// Returns what is wrong with a metric's label that comes after those of these names. None may be named
    /// `extra`; Go's client library lets others repeat.
    pub(super) fn of_metric<'n>(
        names: &mut LabelNames<'n>,
        name: Cow<'n, str>,
        extra: &str,
        go: bool,
    ) -> Option<Self> {
        match go {
            _ if name == extra && !extra.is_empty() => Some(NameErrorKind::Duplicate),
            true => NameErrorKind::of_label(&name),
            false => NameErrorKind::of_next(names, name),
        }
    }

    /// Does what [`of_label`](Self::of_label) does, for a label that comes after those of these names.
    pub(super) fn of_next<'n>(names: &mut LabelNames<'n>, name: Cow<'n, str>) -> Option<Self> {
        let fault = NameErrorKind::of_label(&name);
        fault.or_else(|| (!names.insert(name)).then_some(NameErrorKind::Duplicate))
    }
}
