//! Shared parts of the tests. Some are shared with the fuzz targets and the examples too, file by file.

pub(crate) mod bodies;
pub(crate) mod cached;
pub(crate) mod canonical;
pub(crate) mod conformance;
pub(crate) mod corpus;
pub(crate) mod cost;
pub(crate) mod families;
pub(crate) mod generated;
pub(crate) mod lossless;
pub(crate) mod merge;
pub(crate) mod programs;
#[cfg(feature = "relabel")]
pub(crate) mod relabel_sets;
#[cfg(feature = "relabel")]
pub(crate) mod scrape_loop;
pub(crate) mod scrapes;
#[cfg(feature = "relabel")]
pub(crate) mod verdict;
pub(crate) mod well_formed;

pub(crate) use conformance::{content_type, doors};
pub(crate) use cost::{message as messages, sequences};
