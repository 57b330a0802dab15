//! The expositions of a fleet as SQL tables, for [DataFusion](datafusion) in one process and for
//! [Ballista](ballista) over several machines.
//!
//! - `pattern.rs`: where a path has the target and the time
//! - `bodies.rs`: which files there are, of which target, and how they are read
//! - `body.rs`: a file's bytes, decompressed and bounded
//! - `source.rs`: a file's format, and its record batches, which [`exposition::arrow`] makes
//! - `predicate.rs`: which filters the reader applies itself
//! - `table.rs`: the tables
//! - `codec.rs`: how a table travels to a scheduler, and a scan to an executor
//! - `fleet.rs`: a question to an answer
//! - `cluster.rs`: what a scheduler and an executor are started with

mod bodies;
mod body;
pub mod cluster;
mod codec;
mod fleet;
mod pattern;
mod predicate;
mod source;
mod table;

pub use bodies::{Bodies, DEFAULT_MAX_BODY_BYTES, format_of};
pub use codec::{LogicalCodec, PhysicalCodec};
pub use fleet::{Answer, Fleet, Remote};
pub use pattern::{PathPattern, PatternError, Place};
pub use table::{BodyTable, Kind};
