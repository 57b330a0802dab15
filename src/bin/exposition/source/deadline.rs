//! How long a response may take.

use exposition::scrape::Interval;
use tokio::time::{Instant, timeout_at};

/// When a response must be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Option<Instant>,
    timeout: Interval,
}

impl Deadline {
    /// Returns the deadline for what begins now; with a timeout of zero there is none.
    pub(super) fn after(timeout: Interval) -> Self {
        let at = Instant::now().checked_add(timeout.as_duration());
        Deadline {
            at: at.filter(|_| !timeout.is_zero()),
            timeout,
        }
    }

    /// Waits for something, but not beyond the deadline: then it returns how long it has waited in all.
    pub(super) async fn wait<T>(self, future: impl Future<Output = T>) -> Result<T, Interval> {
        match self.at {
            None => Ok(future.await),
            Some(at) => timeout_at(at, future).await.map_err(|_| self.timeout),
        }
    }
}
