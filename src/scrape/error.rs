//! Why a target is refused, and why a scrape fails.

use super::interval::{Interval, IntervalError};
use crate::error::{Error, Position};
use crate::format::FormatError;
use crate::model::name::ValidationScheme;
use crate::model::native_histogram::{NativeHistogramError, ResolutionError};

/// Why Prometheus refuses labels that its rules have kept ([S6](crate::docs::scrape#s6)). Only that target is
/// lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// `__address__` is absent.
    #[error("__address__ is absent")]
    NoAddress,
    /// `__address__` contains a slash.
    #[error("__address__ is {address:?}: expected a host and a port, without `/`")]
    Address {
        /// The address.
        address: String,
    },
    /// An interval that is not valid.
    #[error("{label}: {error}")]
    Interval {
        /// `__scrape_interval__` or `__scrape_timeout__`.
        label: &'static str,
        /// What is wrong with its value.
        error: IntervalError,
    },
    /// An interval of zero.
    #[error("{label} cannot be 0")]
    ZeroInterval {
        /// `__scrape_interval__` or `__scrape_timeout__`.
        label: &'static str,
    },
    /// The timeout is longer than the interval.
    #[error("__scrape_timeout__ {timeout} is longer than __scrape_interval__ {interval}")]
    TimeoutOverInterval {
        /// The timeout.
        timeout: Interval,
        /// The interval.
        interval: Interval,
    },
    /// A label that is a setting has a value that Go does not read as a boolean.
    #[error("{label} is {value:?}: expected true or false")]
    Flag {
        /// The label.
        label: &'static str,
        /// Its value.
        value: String,
    },
}

/// Why a scrape fails as a whole: `up` is 0 and nothing of the body is stored
/// ([S41](crate::docs::scrape#s41)).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScrapeError {
    /// The `Content-Type` does not name the format, and the configuration has no
    /// [`fallback`](super::SampleConfig::fallback) ([S16](crate::docs::scrape#s16)).
    #[error("{0}, and no fallback_scrape_protocol is set")]
    Format(FormatError),
    /// The body is as large as `body_size_limit`, or larger.
    #[error("the body has {bytes} bytes, body_size_limit is {limit}")]
    BodySize {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A line that cannot be read, or a message.
    #[error(transparent)]
    Line(#[from] Error),
    /// A sample that cannot be stored.
    #[error("{position}{}: {series}: {problem}", before(path.as_deref()))]
    Sample {
        /// Where its line begins, or in protobuf its metric.
        position: Position,
        /// In protobuf, the path to it.
        path: Option<Box<str>>,
        /// The series as written, cut off if it is long.
        series: Box<str>,
        /// What is wrong with its labels after the rules, or with its value.
        problem: SampleErrorKind,
    },
    /// There are more samples than `sample_limit`.
    #[error("more samples than sample_limit {limit}")]
    SampleLimit {
        /// The limit.
        limit: u64,
    },
    /// A native histogram has more buckets than `native_histogram_bucket_limit`, and cannot be reduced to so
    /// few ([S45](crate::docs::scrape#s45)).
    #[error("a native histogram has more buckets than native_histogram_bucket_limit {limit}")]
    BucketLimit {
        /// The limit.
        limit: u64,
    },
}

/// Returns what comes before a path.
fn before(path: Option<&str>) -> String {
    path.map(|path| format!(", {path}")).unwrap_or_default()
}

impl From<FormatError> for ScrapeError {
    fn from(error: FormatError) -> Self {
        ScrapeError::Format(error)
    }
}

/// What is wrong with a sample: with its labels after the rules, or with its value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleErrorKind {
    /// A rule has removed `__name__` ([S35](crate::docs::scrape#s35)).
    #[error("no __name__ is left")]
    NoName,
    /// The metric's name breaks the scheme in force ([S36](crate::docs::scrape#s36)).
    #[error("{name:?} is not a valid metric name under the {scheme} scheme")]
    MetricName {
        /// The name.
        name: String,
        /// The scheme.
        scheme: ValidationScheme,
    },
    /// A label's name breaks the scheme in force ([S36](crate::docs::scrape#s36)).
    #[error("{name:?} is not a valid label name under the {scheme} scheme")]
    LabelName {
        /// The name.
        name: String,
        /// The scheme.
        scheme: ValidationScheme,
    },
    /// A name that is not UTF-8 was left after the rules ([S36](crate::docs::scrape#s36)).
    #[error("a name is not UTF-8")]
    NotUtf8,
    /// More labels than `label_limit` ([S37](crate::docs::scrape#s37)).
    #[error("{labels} labels, label_limit is {limit}")]
    LabelLimit {
        /// How many there are, including `__name__` and the target's.
        labels: u64,
        /// The limit.
        limit: u64,
    },
    /// A label's name longer than `label_name_length_limit` ([S37](crate::docs::scrape#s37)).
    #[error("the label name {name:?} has {bytes} bytes, label_name_length_limit is {limit}")]
    LabelNameLength {
        /// The name.
        name: String,
        /// Its length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// A label's value longer than `label_value_length_limit` ([S37](crate::docs::scrape#s37)).
    #[error("the value of {name} has {bytes} bytes, label_value_length_limit is {limit}")]
    LabelValueLength {
        /// The label.
        name: String,
        /// The length of its value.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Two labels with the same name ([S38](crate::docs::scrape#s38)).
    #[error("label name {name:?} is not unique")]
    DuplicateLabel {
        /// The name.
        name: String,
    },
    /// A native histogram that storage refuses ([P35](crate::docs::protobuf#p35)).
    #[error(transparent)]
    Histogram(#[from] NativeHistogramError),
    /// A native histogram whose resolution cannot be reduced ([S45](crate::docs::scrape#s45)).
    #[error(transparent)]
    Resolution(#[from] ResolutionError),
}
