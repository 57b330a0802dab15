//! Failures: what stops the program.

use std::error::Error;
use std::{fmt, io};

/// The result of a step that may stop the program.
pub(crate) type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Options that do not go together, which only shows when they are looked at as a whole.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; --help tells more", self.0)
    }
}

impl Error for Usage {}

/// A failure that is told as it is, with the line that it is about.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_prefix("error: ").unwrap_or(&self.0))
    }
}

impl Error for Failure {}

/// Returns an error and its sources.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Returns an error's message, with what its sources add.
pub(crate) fn in_full(error: &(dyn Error + 'static)) -> String {
    chain(error).fold(String::new(), |said, error| {
        let words = error.to_string();
        match said.as_str() {
            "" => words,
            // Some crates repeat the source's message in their own.
            _ if said.contains(&words) => said,
            _ => format!("{said}: {words}"),
        }
    })
}

/// Tells whether a broken pipe is among the causes, at any depth.
pub(crate) fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    chain(error)
        .filter_map(io_error_kind)
        .any(|kind| kind == io::ErrorKind::BrokenPipe)
}

fn io_error_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(error.kind());
    }
    // Its source is not the error that writing JSON met, but what that was made of.
    error.downcast_ref::<serde_json::Error>()?.io_error_kind()
}

#[cfg(test)]
mod tests {
    use exposition::EncodeError;

    use super::*;

    /// `convert … | head -1` does not fail, at any depth of the cause.
    #[test]
    fn a_pipe_that_closes_early_is_found() {
        let error = |kind| EncodeError::from(io::Error::from(kind));
        assert!(is_broken_pipe(&error(io::ErrorKind::BrokenPipe)));
        assert!(!is_broken_pipe(&error(io::ErrorKind::StorageFull)));
    }
}
