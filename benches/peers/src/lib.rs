//! Who is measured, and over what: shared by the program that takes the time and the one that counts
//! allocations, which are apart because counting costs time.

mod again;
pub mod bodies;
mod loops;
mod ours;
mod peers;

use std::panic::{self, AssertUnwindSafe};

use bodies::Body;

/// Every parser and limit, in the order in which they are listed.
pub fn contestants() -> Vec<Contestant> {
    [ours::DOORS, loops::LOOPS, peers::PEERS, ours::LIMITS].concat()
}

/// One way to read a body.
#[derive(Debug, Clone, Copy)]
pub struct Contestant {
    /// As the table and the JSON name it.
    pub name: &'static str,
    /// On which side it stands.
    pub side: Side,
    /// What it gives, and so what is looked at.
    pub gives: Gives,
    /// Gets ready to read `body` again and again.
    pub prepare: for<'b> fn(body: &'b Body) -> Run<'b>,
}

/// Which side a [`Contestant`] stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A door of this library.
    Ours,
    /// A door of this library that is shown already, in another form of loop.
    Loop,
    /// Another published crate.
    Peer,
    /// A walk over the bytes that reads no samples: a bound for any parser.
    Limit,
}

/// What a [`Contestant`] gives. All of it is read but by those that skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Samples as the lines have them: the length of all text is that of the body.
    Lines,
    /// Samples put together to metrics, with fewer names, and bounds that are numbers.
    Metrics,
    /// Samples, of which the text is skipped.
    Counts,
    /// Nothing.
    Nothing,
}

/// Reads the body once and says what was found, or why it was rejected.
pub type Run<'b> = Box<dyn FnMut() -> Result<Tally, String> + 'b>;

/// What a parser found in a body. It is added up from every sample, so that no parser gets away with
/// leaving names, labels or values unread, and it does not depend on the order of samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sample lines, however the parser groups them.
    pub samples: u64,
    /// Labels of all samples, `le` and `quantile` among them.
    pub labels: u64,
    /// Sum of the values' bits, modulo 2⁶⁴.
    pub bits: u64,
    /// All names of metrics, names of labels and values of labels, escapes undone: their bytes, and the
    /// first byte of each, for a length alone may be known without the text.
    pub text: u64,
    /// Sum of the bits of bounds and quantiles that are given as numbers, likewise.
    pub bounds: u64,
}

impl Tally {
    /// Adds a sample with that many labels.
    #[inline]
    pub fn sample(&mut self, labels: usize, value: f64) {
        // Which NaN a parser makes of a NaN is its own business.
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
/// Why the parser does not read the body.
pub fn attempt(run: &mut Run<'_>) -> Result<Tally, String> {
    // The parser is not used again after a panic.
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(format!("panics: {}", message.unwrap_or("no message")))
    })
}
