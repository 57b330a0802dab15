//! The tests of the whole crate, one file per topic.

#[path = "../support/mod.rs"]
mod support;

mod alloc;
mod api;
#[cfg(feature = "arrow")]
mod arrow;
mod cache;
mod citations;
mod conformance;
mod corpus;
mod diff;
mod doors;
mod encode;
mod encode_openmetrics2;
mod encode_protobuf;
mod error_chain;
mod errors;
mod examples;
mod families;
mod family_verdict;
mod filter;
mod house;
#[cfg(feature = "serde")]
mod json;
mod lenient;
mod limits;
mod links;
mod lint;
mod memory;
mod merge;
mod openmetrics2;
mod operator_checks;
mod operator_configurations;
mod operator_explain;
mod operator_manifests;
mod operator_render;
mod protobuf;
mod relabel_alloc;
mod samples;
mod scrape_alloc;
mod scrape_loop;
mod scrape_native;
mod scrape_samples;
mod scrape_targets;
mod stats;
mod strict;
mod testing;
mod views;
