//! Reads what `/metrics` prints: the Prometheus text format (0.0.4 and 1.0.0), OpenMetrics 1.0 and,
//! experimentally, 2.0, and protobuf with native histograms, with the verdict of Prometheus 3 and without copying;
//! writes all of them; and evaluates relabel rules.
//!
//! ```
//! use exposition::{Line, Parser};
//!
//! let body = b"# TYPE up gauge\nup{job=\"envoy\"} 1\nup{job=\"node\"} 0\n";
//! for line in Parser::text(body) {
//!     if let Line::Sample(sample) = line? {
//!         println!("{} {:?} {}", sample.name(), sample.labels(), sample.value());
//!     }
//! }
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! # Which reader do I want?
//!
//! | the body is | lines | typed families |
//! |---|---|---|
//! | a slice | [`Parser`] | [`Families`], [`families`]; merged: [`Families::read_all`] |
//! | a slice, with a `Content-Type` header | [`Parser::from_response`] | [`Families::from_response`], protobuf too |
//! | an [`io::Read`](std::io::Read): a file, a socket, a decompressor | [`Reader`] | [`FamilyReader`] |
//! | chunks, from async code or anywhere | [`ChunkParser`] | [`FamilyChunks`] |
//!
//! Protobuf has no lines: [`mod@protobuf`] reads its samples, and the types of the last column its families.
//!
//! All of them give the same lines, errors and positions. [`Dialect`] says how lines are read, [`Limits`]
//! how much is read, and [`Filter`] skips the families that nobody wants.
//!
//! # And then
//!
//! | to | see |
//! |---|---|
//! | read samples of any format, with histograms as a scrape stores them | [`Samples`], [`SampleReader`], [`SampleChunks`] |
//! | write code for samples of every kind | [`SampleView`] |
//! | keep a sample | [`Sample::into_owned`] |
//! | assert in tests on what a service exposes | [`testing`] |
//! | check a body against OpenMetrics' family rules | [`strict`] |
//! | find what others complain about, refuse or misread | [`lint`] |
//! | write families or lines, in any format | [`Encoder`] |
//! | make one exposition of several | [`Merge`] |
//! | read the same target repeatedly | [`ScrapeCache`] |
//! | count series by metric, label and value; what came and went | [`stats`] |
//! | see what changed between two bodies, and what of it is breaking | [`mod@diff`] |
//! | negotiate formats, escape names | [`mod@format`], [`name`] |
//! | guess what a body is when it is none of these | [`Hint`] |
#![cfg_attr(
    feature = "serde",
    doc = "| read and write families as JSON, or as `prom2json` does | [`docs::json`], [`Prom2Json`](encode::Prom2Json) |"
)]
#![cfg_attr(
    feature = "arrow",
    doc = "| answer questions about many bodies, with record batches | [`mod@arrow`] |"
)]
#![cfg_attr(
    feature = "relabel",
    doc = "| evaluate relabel rules | [`relabel`] |",
    doc = "| follow a scrape from discovered labels to stored series | [`scrape`] |"
)]
#![cfg_attr(
    feature = "operator",
    doc = "| find the targets in a cluster's objects, in files, in a server's list | [`discovery`] |",
    doc = "| render a ServiceMonitor, PodMonitor, Probe or ScrapeConfig | [`operator`] |"
)]
//!
//! # What holds everywhere
//!
//! - Each line is read or becomes an [`Error`] with a position; nothing is lost silently. The error says
//!   whether [Prometheus refuses the body](Error::fails_scrape) for it.
//! - Names, values and texts borrow from the body. Lines need no allocation, however many labels they
//!   have.
//! - `raw…()` returns what is written and never allocates; `name()` and `value()` undo escapes, and
//!   borrow unless there is one to undo; `into_owned()` copies.
//! - No input makes it panic, takes more than linear time, or makes it hold more than the longest line.
//!
//! A letter with a number, such as [T24](docs::text#t24), is a rule of the formats: [`docs`] lists them
//! all, and has a [cookbook](docs::cookbook).

// docs.rs shows which feature each item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// Lets the cost tests name the crate as its users do.
#[cfg(test)]
extern crate self as exposition;

#[cfg(feature = "arrow")]
pub mod arrow;
mod bytes;
pub mod cache;
mod check;
mod dialect;
pub mod diff;
#[cfg(feature = "operator")]
pub mod discovery;
pub mod docs;
pub mod encode;
pub mod error;
mod families;
pub mod format;
mod limits;
pub mod merge;
mod model;
mod number;
#[cfg(feature = "operator")]
pub mod operator;
pub mod protobuf;
#[cfg(feature = "relabel")]
pub mod relabel;
mod samples;
#[cfg(feature = "relabel")]
pub mod scrape;
pub mod stats;
pub mod testing;
mod text;
#[cfg(all(feature = "relabel", feature = "serde"))]
pub mod yaml;

pub use cache::ScrapeCache;
pub use check::{lint, strict};
pub use dialect::Dialect;
pub use encode::{EncodeError, Encoder, Series};
pub use error::{Error, ErrorKind, Hint, Position, Result};
pub use families::family::{
    Bucket, BucketCount, FamilySample, FamilySamples, Histogram, Metric, MetricExemplar,
    MetricFamily, MetricLabelIter, MetricLabels, MetricState, MetricValue, Quantile,
    StartTimestamp, StateSet, Summary,
};
pub use families::grouping::{CollectedFamilies, Families, FamilyChunks, FamilyReader, families};
pub use format::{Format, FormatError, ScrapeProtocol};
pub use limits::Limits;
pub use merge::{Merge, MergeError};
pub use model::composite::{Composite, CompositePairs};
pub use model::histogram_options::HistogramOptions;
pub use model::metric_type::{MetricType, UnknownMetricType};
pub use model::name;
pub use model::name::{EscapingScheme, ValidationScheme};
pub use model::native_histogram::{
    BucketSide, BucketSpan, NativeBucket, NativeBuckets, NativeCounts, NativeHistogram,
    NativeHistogramError, NhcbBuilder, NhcbError, ResolutionError,
};
pub use model::sample_view::{ExemplarView, SampleValue, SampleView};
pub use samples::{
    AnySample, SampleChunks, SampleEntry, SampleReader, Samples, Unconverted, UnconvertedReason,
};
pub use text::chunks::ChunkParser;
pub use text::exemplar::{Exemplar, Exemplars};
pub use text::filter::Filter;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub use text::fuzzing;
pub use text::labels::{Label, LabelIter, Labels};
pub use text::leniency::{Leniency, LeniencyKind};
pub use text::line::{HelpLine, Line, TypeLine, UnitLine};
pub use text::parser::Parser;
pub use text::reader::Reader;
pub use text::sample::{OwnedSample, Sample};

/// Compiles and runs the README's examples.
#[cfg(all(doctest, feature = "relabel"))]
#[doc = include_str!("../README.md")]
struct Readme;
