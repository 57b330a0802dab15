//! Pages: the rules of the formats, by number, a cookbook, and how to test.
//!
//! The documentation cites a rule by a letter and a number. Each stands on one of these pages.
//!
//! | page | rules |
//! |---|---|
//! | [`text`] | T: the Prometheus text format |
//! | [`openmetrics`] | O: OpenMetrics 1.0 |
//! | [`openmetrics2`] | G: OpenMetrics 2.0, experimental |
//! | [`protobuf`] | P: the protobuf format and native histograms |
//! | [`negotiation`] | N: `Accept`, `Content-Type`, escaping of names |
//! | [`mod@relabel`] | R: relabel rules |
//! | [`mod@scrape`] | S: from discovered labels to stored series |
//! | [`kubernetes`] | KD: what Prometheus discovers in a cluster |
//! | [`mod@operator`] | A, K, C, M: monitors of the Prometheus Operator |
//! | [`lint`] | L, Q, LX: what others complain of, refuse or misread |
//! | [`remarks`] | what rules and monitors say that is probably not meant |
//! | [`differences`] | D: where this crate differs from Prometheus |
//! | [`mod@arrow`] | the tables of record batches |
//! | [`json`] | families in JSON, by `serde` |
//! | [`cookbook`] | recipes |
//! | [`testing`] | how to test what a service exposes |
//! | [`rule_tests`] | how to test relabel rules, configurations and monitors |
//!
//! These modules hold text only.

/// The tables of record batches: with the feature `arrow`.
#[cfg_attr(feature = "arrow", doc = "")]
#[cfg_attr(feature = "arrow", doc = include_str!("arrow.md"))]
pub mod arrow {}

#[doc = include_str!("cookbook.md")]
#[cfg_attr(feature = "arrow", doc = include_str!("cookbook-arrow.md"))]
#[cfg_attr(feature = "relabel", doc = include_str!("cookbook-relabel.md"))]
#[cfg_attr(feature = "operator", doc = include_str!("cookbook-operator.md"))]
pub mod cookbook {}

#[doc = include_str!("differences.md")]
pub mod differences {}

/// Families in JSON: with the feature `serde`.
#[cfg_attr(feature = "serde", doc = "")]
#[cfg_attr(feature = "serde", doc = include_str!("json.md"))]
pub mod json {}

#[doc = include_str!("kubernetes.md")]
pub mod kubernetes {}

#[doc = include_str!("lint.md")]
pub mod lint {}

#[doc = include_str!("negotiation.md")]
pub mod negotiation {}

#[doc = include_str!("openmetrics.md")]
pub mod openmetrics {}

#[doc = include_str!("openmetrics2.md")]
pub mod openmetrics2 {}

#[doc = include_str!("operator.md")]
pub mod operator {}

#[doc = include_str!("protobuf.md")]
pub mod protobuf {}

#[doc = include_str!("relabel.md")]
pub mod relabel {}

#[doc = include_str!("remarks.md")]
pub mod remarks {}

/// Tests of relabel rules, from files: with the feature `operator`.
#[cfg_attr(feature = "operator", doc = "")]
#[cfg_attr(feature = "operator", doc = include_str!("rule_tests.md"))]
pub mod rule_tests {}

#[doc = include_str!("scrape.md")]
pub mod scrape {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("text.md")]
pub mod text {}
