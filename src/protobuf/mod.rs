//! The protobuf format: delimited messages of `io.prometheus.client.MetricFamily`, the one format in which
//! every Prometheus takes native histograms.
//!
//! | the body is | samples | typed families |
//! |---|---|---|
//! | a slice | [`Parser`] | [`Families::protobuf`](crate::Families::protobuf) |
//! | an [`io::Read`](std::io::Read) | [`Reader`] | [`FamilyReader::protobuf`](crate::FamilyReader::protobuf) |
//! | chunks | [`ChunkParser`] | [`FamilyChunks::protobuf`](crate::FamilyChunks::protobuf) |
//!
//! [`Families::from_response`](crate::Families::from_response) reads any format by its `Content-Type`, and an
//! [`Encoder`](crate::Encoder) writes this one.
//!
//! Messages are read as Prometheus reads them, field by field and without generated code: a family without its
//! metrics, a metric without its labels, text where it is in the body. [`HistogramOptions`](crate::HistogramOptions)
//! say in which form histograms become samples.
//!
//! ```
//! use exposition::protobuf::Parser;
//!
//! let body = b"4\n\x02up\x18\x01\"\x15\n\x08\n\x03job\x12\x01a\x12\t\t\0\0\0\0\0\0\xf0\x3f\
//!     \"\x15\n\x08\n\x03job\x12\x01b\x12\t\t\0\0\0\0\0\0\0\0";
//! let mut parser = Parser::new(body);
//! let mut up = Vec::new();
//! while let Some(sample) = parser.next_sample()? {
//!     let job = sample.labels().find(|(name, _)| *name == "job");
//!     up.push((job.unwrap().1.to_owned(), sample.value().as_f64()));
//! }
//! assert_eq!(up, [("a".to_owned(), Some(1.0)), ("b".to_owned(), Some(0.0))]);
//! # Ok::<(), exposition::Error>(())
//! ```
//!
//! # Errors
//!
//! A binary body has no lines: an error's [position](crate::Error::position) is a byte, and its
//! [path](crate::Error::path) leads to the field.
//!
//! ```
//! let body = b"\x0e\n\x02up\x18\x01\"\x06\n\x04\n\0\x12\0";
//! let error = exposition::protobuf::Parser::new(body).next_sample().unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "byte 12, family 1 \"up\", metric 1, label 1 name: empty name: expected a name, found none",
//! );
//! ```
//!
//! An error in a metric costs this metric, one elsewhere in a family the family, and one between families the
//! rest of the body.

mod bounds;
mod chunks;
mod door;
mod engine;
mod fault;
pub(crate) mod fields;
mod frame;
mod head;
mod keys;
mod label;
pub(crate) mod metric;
mod parser;
mod path;
mod place;
mod reader;
mod schema;
mod view;
mod whole;
mod wire;
mod wire_type;
pub(crate) mod write;

pub(crate) use door::FoundMetric;
pub(crate) use engine::Found;
pub(crate) use label::Labels;
pub(crate) use whole::Whole;

pub use chunks::ChunkParser;
pub use parser::Parser;
pub use reader::Reader;
pub use view::{Entry, Exemplar, FamilyEntry, Sample};
