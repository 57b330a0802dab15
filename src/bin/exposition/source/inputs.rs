//! Which bodies a command line means: patterns, and what is piped into the command.

use std::ffi::OsString;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::console::Console;
use crate::failure::Result;

/// How long to wait for standard input if nothing announces that it will come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Returns the places of all bodies: patterns are replaced by the files that they match, in the order of their
/// names. Without any, what is piped into the command is the one body.
pub(crate) fn expanded(from: &[OsString], console: &Console<'_>) -> Result<Vec<OsString>> {
    expanded_to(from, |path| !path.is_dir(), console)
}

/// Returns the places of all bodies, where directories are places too.
#[cfg(feature = "parquet")]
pub(crate) fn expanded_with_directories(
    from: &[OsString],
    console: &Console<'_>,
) -> Result<Vec<OsString>> {
    expanded_to(from, |_| true, console)
}

/// Returns the places of all bodies, of those that match patterns the ones that are wanted.
fn expanded_to(
    from: &[OsString],
    is_wanted: impl Fn(&Path) -> bool,
    console: &Console<'_>,
) -> Result<Vec<OsString>> {
    if from.is_empty() {
        let piped = is_piped(console).then(|| OsString::from("-"));
        return Ok(piped.into_iter().collect());
    }
    let mut all = Vec::with_capacity(from.len());
    for from in from {
        match from.to_str().filter(|name| is_pattern(name)) {
            None => all.push(from.clone()),
            Some(pattern) => {
                let before = all.len();
                for path in glob::glob(pattern).map_err(|error| format!("{pattern}: {error}"))? {
                    let path = path.map_err(|error| format!("{pattern}: {error}"))?;
                    if is_wanted(&path) {
                        all.push(path.into_os_string());
                    }
                }
                if all.len() == before {
                    return Err(format!("{pattern}: no file is called so").into());
                }
            }
        }
    }
    Ok(all)
}

/// Tells whether a name is a pattern: not if it is a URL, or a file's own name.
fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '[']) && !super::fetch::is_url(name) && !Path::new(name).exists()
}

/// Tells whether something is piped into the command. Gives up on a pipe that stays silent: whoever started the
/// command may hold it open unintentionally.
pub(crate) fn is_piped(console: &Console<'_>) -> bool {
    if io::stdin().is_terminal() {
        return false;
    }
    let has_more = || {
        let mut input = io::stdin().lock();
        input.fill_buf().is_ok_and(|bytes| !bytes.is_empty())
    };
    within(PATIENCE, has_more).unwrap_or_else(|| {
        console.note("nothing comes on standard input; `-` waits for it");
        false
    })
}

/// Returns the result of `ask`, if it does not take longer than that.
pub(super) fn within<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens if it took too long.
        let _ = sender.send(ask());
    });
    receiver.recv_timeout(patience).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pipe that stays open and silent does not keep the command waiting for ever.
    #[test]
    fn silence_is_given_up_on() {
        let (patient, short) = (Duration::from_secs(60), Duration::from_millis(1));
        assert_eq!(within(patient, || true), Some(true));
        let (speaker, silence) = mpsc::channel::<bool>();
        assert_eq!(within(short, move || silence.recv().is_ok()), None);
        drop(speaker);
    }

    #[test]
    fn a_pattern_is_not_a_url_nor_a_file() {
        for (name, is) in [
            ("captures/*.prom", true),
            ("a[12]", true),
            ("http://h/metrics?match[]=up", false),
            ("HTTPS://h/*", false),
            ("a.prom", false),
        ] {
            assert_eq!(is_pattern(name), is, "{name}");
        }
    }
}
