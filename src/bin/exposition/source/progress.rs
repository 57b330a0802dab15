//! Shows how far a long read has come, on a terminal.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// After this time a read is long enough to be shown.
const LONG: Duration = Duration::from_millis(500);

/// A reader that draws a bar on standard error, if that is a terminal and reading takes long.
pub(super) struct Shown<R> {
    from: R,
    /// How many bytes there are, if that is known.
    length: Option<u64>,
    read: u64,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl<R: Read> Shown<R> {
    pub(super) fn new(from: R, length: Option<u64>) -> Self {
        Shown {
            from,
            length,
            read: 0,
            start: Instant::now(),
            bar: None,
        }
    }
}

impl<R: Read> Read for Shown<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(to)?;
        self.read += read as u64;
        if self.bar.is_none() && read > 0 && self.start.elapsed() > LONG {
            self.bar = Some(bar(self.length));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read);
        }
        Ok(read)
    }
}

/// Returns a bar for that many bytes. It disappears when it is dropped.
fn bar(length: Option<u64>) -> ProgressBar {
    let look = match length {
        None => "{spinner} {bytes}",
        Some(_) => "{bar:40} {bytes} of {total_bytes}",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr())
        .with_finish(ProgressFinish::AndClear);
    match ProgressStyle::with_template(look) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
