//! Limits on how much is read.

/// Limits on how much is read, so that a hostile body cannot cost more than it should.
///
/// Every limit has an error of its own. The defaults suit bodies from servers you run yourself; for
/// bodies from elsewhere, set them to what a target may reasonably send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limits {
    /// The longest line, in bytes without its line feed: what a [`Reader`](crate::Reader) may have to
    /// hold. 1 MiB by default, 1 GiB at most. A longer line is an error
    /// ([`LineTooLong`](crate::ErrorKind::LineTooLong)); reading continues with the next line.
    pub max_line_bytes: usize,
    /// The most labels in one line, including the exemplar's; in protobuf, of a metric or of an exemplar.
    /// 4096 by default. More are an error ([`TooManyLabels`](crate::ErrorKind::TooManyLabels)).
    pub max_labels: usize,
    /// The longest message of a protobuf body, in bytes: a whole family, which a reader may have to hold.
    /// 256 MiB by default. A longer one is an error
    /// ([`MessageTooLong`](crate::ErrorKind::MessageTooLong)); reading continues with the next message.
    pub max_message_bytes: usize,
    /// The most bytes in a body. No limit by default, as in Prometheus. Lines that end beyond it are not
    /// read: an error ([`BodyTooLong`](crate::ErrorKind::BodyTooLong)) ends the body there.
    pub max_body_bytes: u64,
}

impl Limits {
    /// The largest value of [`max_line_bytes`](Self::max_line_bytes) that has an effect: 1 GiB.
    pub const MAX_LINE: usize = 1 << 30;

    /// Returns the defaults.
    pub const fn new() -> Self {
        Limits {
            max_line_bytes: 1 << 20,
            max_labels: 4096,
            max_message_bytes: 256 << 20,
            max_body_bytes: u64::MAX,
        }
    }

    /// Sets the longest line, in bytes.
    #[must_use]
    pub const fn max_line_bytes(mut self, bytes: usize) -> Self {
        self.max_line_bytes = bytes;
        self
    }

    /// Sets the most labels in one line.
    #[must_use]
    pub const fn max_labels(mut self, labels: usize) -> Self {
        self.max_labels = labels;
        self
    }

    /// Sets the longest message of a protobuf body, in bytes.
    #[must_use]
    pub const fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = bytes;
        self
    }

    /// Sets the most bytes in a body.
    #[must_use]
    pub const fn max_body_bytes(mut self, bytes: u64) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    pub(crate) fn max_line(&self) -> usize {
        self.max_line_bytes.min(Self::MAX_LINE)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
