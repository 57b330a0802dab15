//! What the series of bodies cost: by metric, family, label and value; what came and went; what to drop.
//!
//! [`Stats`] takes samples of any format, from one body or from those of a whole fleet:
//!
//! ```
//! use exposition::{Format, Samples, stats::Stats};
//!
//! let body = "\
//! http_requests_total{path=\"/\",code=\"200\"} 1027
//! http_requests_total{path=\"/\",code=\"500\"} 3
//! http_requests_total{path=\"/login\",code=\"200\"} 7
//! up 1
//! ";
//! let mut stats = Stats::new();
//! stats.read(Samples::new(body, Format::default()))?;
//! assert_eq!(stats.metrics()[0].to_string(), "http_requests_total: 3 series (75.0 %), 3 samples");
//! assert_eq!(
//!     stats.labels()[0].to_string(),
//!     "code: 2 values, 3 series (75.0 %); 3 series without it",
//! );
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! | to know | ask |
//! |---|---|
//! | how many samples, series, bytes, duplicates | [`Stats::samples`], [`series`](Stats::series), [`bytes`](Stats::bytes), [`duplicates`](Stats::duplicates) |
//! | which metrics and families cost most | [`Stats::metrics`], [`families`](Stats::families) |
//! | which labels and values cost most | [`Stats::labels`], [`values`](Stats::values) |
//! | how many buckets histograms have | [`Stats::histograms`] |
//! | what came and went between two scrapes | [`Churn`] |
//! | the numbers of several collections together | [`Stats::merge`], or `+` |
#![cfg_attr(
    feature = "relabel",
    doc = "| what to drop to get under a `sample_limit`, as a rule | [`Stats::drop_families`], [`drop_values`](Stats::drop_values), [`drop_label`](Stats::drop_label) |"
)]
//!
//! A series is a metric's name with its labels, in any order; a label with an empty value is not a label. A
//! native histogram is one series. All orders are fixed: equal bodies give equal answers.
//!
//! # Exactness
//!
//! Every number is exact unless a cap says otherwise: then it is [`Count::AtLeast`]. Texts are compared byte for
//! byte. Series are told apart by 128 bits, the sum of a keyed hash of the name and of each label; the key is
//! random for each process, so that nobody can write a body whose series collide. Two of a billion series are
//! taken for one with a probability of 2⁻⁶⁹.
//!
//! # Memory
//!
//! Each different metric name, label name and label value is kept once, and each series as the numbers of its
//! labels. Samples of a series that is known take nothing. `SECURITY.md` has the bound, answers included;
//! [`Stats::max_series`] and [`Stats::max_values`] set others.

mod adding;
mod churn;
mod collection;
mod count;
mod family;
mod fingerprint;
mod histograms;
mod kept;
mod labels;
mod length;
mod merge;
#[cfg(feature = "relabel")]
mod plan;
mod report;
mod tally;
mod texts;
#[cfg(feature = "relabel")]
mod yaml;

pub use churn::Churn;
pub use collection::Stats;
pub use count::Count;
pub use histograms::HistogramStats;
pub use labels::{LabelStats, ValueStats};
#[cfg(feature = "relabel")]
pub use plan::{Dropped, Plan, PlanError};
pub use report::{FamilyStats, MetricStats};
