//! A body to read, and what is known of it besides its text.

use std::sync::Arc;

use crate::format::Format;

/// A body to read: where it comes from, when it was scraped, its format and its bytes.
///
/// ```
/// use std::fs::File;
/// use std::io::BufReader;
/// use exposition::arrow::Body;
/// use exposition::Format;
///
/// # fn open() -> std::io::Result<()> {
/// let file = BufReader::new(File::open("captures/10.1.0.7:15090.prom")?);
/// let body = Body::new("10.1.0.7:15090", Format::default(), file).scraped_at(1_700_000_000_000);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Body<R> {
    pub(super) target: Arc<str>,
    pub(super) scraped_at: Option<i64>,
    pub(super) format: Format,
    pub(super) input: R,
}

impl<R> Body<R> {
    /// Creates a body of this target, in that format, which `input` yields. A slice of bytes is an input too, and
    /// [`Format::sniff`] guesses the format of a file.
    pub fn new(target: impl Into<Arc<str>>, format: Format, input: R) -> Self {
        Body {
            target: target.into(),
            scraped_at: None,
            format,
            input,
        }
    }

    /// Sets when the body was scraped, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn scraped_at(mut self, millis: i64) -> Self {
        self.scraped_at = Some(millis);
        self
    }
}
