//! The protobuf format: delimited messages of `io.prometheus.client.MetricFamily`.

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
mod reader;
mod schema;
mod view;
mod whole;
mod wire;
mod wire_type;
pub(crate) mod write;

pub(crate) use door::FoundMetric;
pub(crate) use engine::Found;
pub(crate) use whole::Whole;

pub use chunks::ChunkParser;
pub use parser::Parser;
pub use reader::Reader;
pub use view::{Entry, Exemplar, FamilyEntry, Sample};
