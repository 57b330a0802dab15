//! The parsers and the bodies to measure: shared by the program that takes the time and the one that counts
//! allocations, which are separate because counting costs time.

mod again;
pub mod batches;
pub mod bodies;
mod loops;
mod ours;
mod peers;

use std::panic::{self, AssertUnwindSafe};

use bodies::Body;

/// Returns every parser and limit, in the order of the list.
pub fn contestants() -> Vec<Contestant> {
    [ours::DOORS, loops::LOOPS, peers::PEERS, ours::LIMITS].concat()
}

/// One way to read a body.
#[derive(Debug, Clone, Copy)]
pub struct Contestant {
    /// Its name in the table and the JSON.
    pub name: &'static str,
    /// The side that it belongs to.
    pub side: Side,
    /// What it returns, and so what is read.
    pub gives: Gives,
    /// Prepares to read `body` repeatedly.
    pub prepare: for<'b> fn(body: &'b Body) -> Run<'b>,
}

/// The side that a [`Contestant`] belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A door of this library.
    Ours,
    /// A door of this library that is already shown, in another form of loop.
    Loop,
    /// Another published crate.
    Peer,
    /// A walk over the bytes that reads no samples: a bound for any parser.
    Limit,
}

/// What a [`Contestant`] returns. All of it is read, except by those that skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Samples as in the lines: the length of all text is that of the body.
    Lines,
    /// Samples as they are stored: as in the lines, with bounds and quantiles in their canonical spelling.
    Stored,
    /// Samples grouped into metrics, with fewer names, and bounds as numbers.
    Metrics,
    /// Samples, whose text is skipped.
    Counts,
    /// Nothing.
    Nothing,
}

/// Reads the body once and returns what was found, or why it was rejected.
pub type Run<'b> = Box<dyn FnMut() -> Result<Tally, String> + 'b>;

/// What a parser found in a body. It is summed over every sample, so that no parser can leave names, labels
/// or values unread, and it does not depend on the order of samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sample lines, regardless of how the parser groups them.
    pub samples: u64,
    /// Labels of all samples, including `le` and `quantile`.
    pub labels: u64,
    /// Sum of the values' bits, modulo 2⁶⁴.
    pub bits: u64,
    /// All names of metrics and all names and values of labels, unescaped: their bytes, and the first byte of
    /// each, because a length may be known without the text.
    pub text: u64,
    /// The sum of the bits of bounds and quantiles that are returned as numbers, likewise.
    pub bounds: u64,
}

impl Tally {
    /// Adds a sample with that many labels.
    #[inline]
    pub fn sample(&mut self, labels: usize, value: f64) {
        // Parsers may return different NaNs.
        let value = if value.is_nan() { f64::NAN } else { value };
        self.samples += 1;
        self.labels += labels as u64;
        self.bits = self.bits.wrapping_add(value.to_bits());
    }

    /// Adds text: a name, or the value of a label.
    #[inline]
    pub fn text(&mut self, text: &str) {
        let first = text.as_bytes().first().copied().unwrap_or_default();
        self.text += text.len() as u64 + u64::from(first);
    }

    /// Adds a label's text.
    #[inline]
    pub fn label(&mut self, name: &str, value: &str) {
        self.text(name);
        self.text(value);
    }

    /// Adds a bound or quantile that is a number.
    #[inline]
    pub fn bound(&mut self, bound: f64) {
        self.bounds = self.bounds.wrapping_add(bound.to_bits());
    }

    /// Adds a sample that may be missing.
    #[inline]
    pub fn present(&mut self, labels: usize, value: Option<f64>) {
        if let Some(value) = value {
            self.sample(labels, value);
        }
    }
}

/// Reads once; a panic is a rejection.
///
/// # Errors
///
/// The reason why the parser does not read the body.
pub fn attempt(run: &mut Run<'_>) -> Result<Tally, String> {
    // The parser is not used again after a panic.
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(format!("panics: {}", message.unwrap_or("no message")))
    })
}
