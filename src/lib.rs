//! Reads Prometheus and OpenMetrics expositions without copying them.

mod chunks;
mod decode;
mod dialect;
pub mod encode;
mod error;
mod family;
mod fast;
mod filter;
pub mod format;
mod go_float;
mod grammar;
mod grouping;
mod index;
mod line;
mod merge;
pub mod name;
#[cfg(feature = "operator")]
pub mod operator;
mod parser;
mod reader;
#[cfg(feature = "relabel")]
pub mod relabel;
mod scan;
#[cfg(feature = "relabel")]
pub mod scrape;
pub mod strict;
mod type_word;

pub use chunks::ChunkParser;
pub use dialect::{Dialect, Limits};
pub use encode::{EncodeError, Encoder, LeftOut, NameFault};
pub use error::{Error, ErrorKind, Found, Position, Result};
pub use family::{
    Bucket, Created, FamilySample, FamilySamples, Histogram, Metric, MetricExemplar, MetricFamily,
    MetricLabelIter, MetricLabels, MetricValue, Quantile, State, StateSet, Summary,
};
pub use filter::Filter;
pub use format::{Format, FormatError, ScrapeProtocol};
pub use grouping::{CollectedFamilies, Families, FamilyChunks, FamilyReader, families};
pub use line::{
    Exemplar, HelpLine, Label, LabelIter, Labels, Line, MetricType, Sample, TypeLine, UnitLine,
};
pub use merge::{Collision, Conflict, Merge, MergeError, MergeReport, Source};
pub use name::{EscapingScheme, NameScheme};
pub use parser::Parser;
pub use reader::Reader;

/// The README's examples are compiled and run.
#[cfg(all(doctest, feature = "relabel"))]
#[doc = include_str!("../README.md")]
struct Readme;
