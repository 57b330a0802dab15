//! What the tests share. Some of it is shared with the fuzz targets and the examples too, file by file.

pub(crate) mod bodies;
pub(crate) mod cached;
pub(crate) mod canonical;
pub(crate) mod conformance;
pub(crate) mod content_type;
pub(crate) mod corpus;
pub(crate) mod cost;
pub(crate) mod doors;
pub(crate) mod families;
pub(crate) mod lossless;
pub(crate) mod merge;
pub(crate) mod relabel_sets;
pub(crate) mod scrape_loop;
pub(crate) mod scrapes;
pub(crate) mod sequences;
pub(crate) mod verdict;
pub(crate) mod well_formed;
