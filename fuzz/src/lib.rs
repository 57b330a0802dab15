//! The properties that the fuzz targets assert, each a function of the bytes of an input.
//!
//! A function returns if its property holds for the input, and panics if not; it holds for an input that says
//! nothing. A target contains no more than the call, so that `tests/replay.rs` of the crate can check every
//! seed and every find with the same functions. One property is missing here, `fast_vs_grammar`: it is about
//! the inside of the crate, and is there; its seeds are with the crate's data, in `tests/data/seeds`.

mod binary;
mod built;
#[path = "../../tests/support/cached.rs"]
mod cached;
#[path = "../../tests/support/canonical.rs"]
mod canonical;
mod chance;
mod composites;
pub mod doors_agree;
pub mod encode_roundtrip;
pub mod families_lossless;
pub mod format_header;
mod input;
pub mod loop_vs_fresh;
#[path = "../../tests/support/lossless.rs"]
mod lossless;
#[path = "../../tests/support/merge.rs"]
mod merge;
pub mod merge_valid;
#[path = "../../tests/support/messages.rs"]
#[allow(dead_code, reason = "tests build more")]
mod message;
mod messages;
pub mod native_histogram_holds;
pub mod oracle;
#[path = "../../tests/support/pack.rs"]
pub mod pack;
mod pieces;
mod point;
pub mod position_in_bounds;
pub mod protobuf_doors_agree;
pub mod protobuf_roundtrip;
pub mod relabel_literal_vs_regex;
pub mod relabel_rules_load;
pub mod render_reads_back;
#[path = "../../tests/support/scrape_loop.rs"]
mod scrape_loop;
pub mod simple;
pub mod size;
#[path = "../../tests/support/verdict.rs"]
mod verdict;
mod words;

use exposition::Dialect;

/// Every dialect.
pub const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::Lenient,
    Dialect::OpenMetrics2,
];

/// The number of OpenMetrics 2.0 among them.
pub const OPENMETRICS2: u8 = 3;
