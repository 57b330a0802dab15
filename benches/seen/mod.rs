//! What has been read, so that it is read: for all benchmarks that read everything.

/// What has been read: so that it is read.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) bytes: usize,
    pub(crate) bits: u64,
    pub(crate) samples: u64,
}

impl Seen {
    pub(crate) fn text(&mut self, text: &str) {
        self.bytes += text.len();
    }

    pub(crate) fn value(&mut self, value: f64) {
        self.number(value);
        self.samples += 1;
    }

    /// Adds a number that is not a sample's value.
    pub(crate) fn number(&mut self, number: f64) {
        self.bits = self.bits.wrapping_add(number.to_bits());
    }
}
