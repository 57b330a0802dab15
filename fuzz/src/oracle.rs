//! Compares this crate with another parser.
//!
//! A parser here is a function from a body to the samples it reads: any `Fn(&[u8]) -> Vec<Point>`.

use std::fmt::Debug;

use exposition::{Line, Parser};

pub use super::point::{Point, point};
use super::simple;

/// Returns the samples that this crate reads from a body, without lines with errors.
pub fn samples(body: &[u8]) -> Vec<Point> {
    let lines = Parser::text(body).flatten();
    lines
        .filter_map(Line::into_sample)
        .map(|sample| {
            let labels = sample.labels().into_iter();
            let labels = labels.map(|label| (label.name().into(), label.value().into()));
            point(sample.name().into(), labels.collect(), sample.value())
        })
        .collect()
}

/// Asserts that another parser reads the same samples.
pub fn agrees_with<P: PartialEq<Point> + Debug>(other: impl Fn(&[u8]) -> Vec<P>, body: &[u8]) {
    let (ours, theirs) = (samples(body), other(body));
    for at in 0..ours.len().max(theirs.len()) {
        let (ours, theirs) = (ours.get(at), theirs.get(at));
        let same = match (ours, theirs) {
            (Some(ours), Some(theirs)) => theirs == ours,
            _ => false,
        };
        assert!(
            same,
            "sample {at}: ours is {ours:?}, theirs is {theirs:?}, of {:?}",
            String::from_utf8_lossy(body)
        );
    }
}

/// Asserts that the simple parser reads the same samples from input that it can read.
pub fn oracle(data: &[u8]) {
    agrees_with(simple::samples, &simple::within_reach(data));
}
