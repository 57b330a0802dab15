//! Prometheus versions, in the order of semantic versioning.

use std::{cmp::Ordering, fmt, str::FromStr};

/// The version of the Prometheus server that a configuration is rendered for.
///
/// Reading accepts a leading `v` and missing minor and patch numbers. A pre-release is lower than its
/// release. The Operator knows only the major versions 2 and 3.
///
/// ```
/// use exposition::operator::Version;
///
/// let candidate: Version = "v3.0.0-rc.1".parse()?;
/// assert!(candidate < Version::new(3, 0, 0) && candidate > Version::new(2, 55, 1));
/// assert_eq!("2.48".parse(), Ok(Version::new(2, 48, 0)));
/// assert_eq!(
///     "4.0.0".parse::<Version>().unwrap_err().to_string(),
///     "unsupported Prometheus version \"4.0.0\": expected 2.x or 3.x",
/// );
/// # Ok::<(), exposition::operator::VersionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    /// Empty for a release.
    pre: Vec<Identifier>,
}

/// One dot-separated part of a pre-release. The derived order follows semantic versioning: numbers come
/// before text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Text(String),
}

/// The error for a text that is not a [`Version`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VersionError {
    /// The text is not a semantic version.
    #[error("invalid Prometheus version {text:?}: expected a semantic version such as v3.13.2")]
    Syntax {
        /// The text as given.
        text: String,
    },
    /// The Operator does not write configurations for this version.
    #[error("unsupported Prometheus version {text:?}: expected 2.x or 3.x")]
    Unsupported {
        /// The text as given.
        text: String,
    },
}

impl Version {
    /// Creates the version of a release.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Version {
            major,
            minor,
            patch,
            pre: Vec::new(),
        }
    }

    /// Creates a release candidate of this release: `v3.0.0-rc.1`.
    #[must_use]
    pub fn candidate(mut self, number: u64) -> Self {
        self.pre = vec![
            Identifier::Text("rc".to_owned()),
            Identifier::Number(number),
        ];
        self
    }

    /// Returns the first number.
    #[must_use]
    pub const fn major(&self) -> u64 {
        self.major
    }
}

impl Default for Version {
    /// Returns the version that Operator 0.93 deploys by default.
    fn default() -> Self {
        Version::new(3, 13, 2)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let version = parse(text.trim()).ok_or_else(|| VersionError::Syntax {
            text: text.to_owned(),
        })?;
        if matches!(version.major, 2 | 3) {
            Ok(version)
        } else {
            Err(VersionError::Unsupported {
                text: text.to_owned(),
            })
        }
    }
}

fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, _build) = match text.split_once('+') {
        Some((text, build)) if identifiers(build) => (text, Some(build)),
        Some(_) => return None,
        None => (text, None),
    };
    let (core, pre) = match text.split_once('-') {
        Some((core, pre)) if identifiers(pre) => (core, pre.split('.').map(identifier).collect()),
        Some(_) => return None,
        None => (text, Vec::new()),
    };
    let mut numbers = [0; 3];
    let parts: Vec<&str> = core.split('.').collect();
    // A short version with a pre-release says too little to be ordered.
    if parts.len() > numbers.len() || (parts.len() < numbers.len() && !pre.is_empty()) {
        return None;
    }
    for (number, part) in numbers.iter_mut().zip(parts) {
        *number = decimal(part)?;
    }
    let [major, minor, patch] = numbers;
    Some(Version {
        major,
        minor,
        patch,
        pre,
    })
}

fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn identifiers(text: &str) -> bool {
    (text.split('.')).all(|part| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

fn identifier(text: &str) -> Identifier {
    decimal(text).map_or_else(|| Identifier::Text(text.to_owned()), Identifier::Number)
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            // A version without a pre-release is the highest.
            .then_with(|| self.pre.is_empty().cmp(&other.pre.is_empty()))
            .then_with(|| self.pre.cmp(&other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.major, self.minor, self.patch)?;
        for (i, part) in self.pre.iter().enumerate() {
            f.write_str(if i == 0 { "-" } else { "." })?;
            match part {
                Identifier::Number(number) => write!(f, "{number}")?,
                Identifier::Text(text) => f.write_str(text)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_semantic_versioning() {
        // The specification's example, paragraph 11, moved to a supported major version.
        let ascending = [
            "2.55.1",
            "3.0.0-alpha",
            "3.0.0-alpha.1",
            "3.0.0-alpha.beta",
            "3.0.0-beta",
            "3.0.0-beta.2",
            "3.0.0-beta.11",
            "3.0.0-rc.1",
            "3.0.0",
            "3.0.1-rc.0",
            "3.1",
        ];
        for pair in ascending.windows(2) {
            let [low, high] = [pair[0], pair[1]].map(|text| text.parse::<Version>().unwrap());
            assert!(low < high, "{low} < {high}");
        }
    }

    #[test]
    fn spellings() {
        for (text, printed) in [
            ("v3.13.2", "v3.13.2"),
            ("3", "v3.0.0"),
            ("2.9", "v2.9.0"),
            (" v2.48.0 ", "v2.48.0"),
            ("v3.0.0-rc.0", "v3.0.0-rc.0"),
            ("3.1.0+build.5", "v3.1.0"),
            ("3.01.0", "v3.1.0"),
        ] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), printed);
        }
        for text in [
            "",
            "v",
            "3.",
            "3.0.0.0",
            "3.x",
            "+3",
            "3.0.0-",
            "3.0.0-a..b",
            "3.0-rc.1",
            "latest",
        ] {
            let error = text.parse::<Version>().unwrap_err().to_string();
            let expected = format!(
                "invalid Prometheus version {text:?}: expected a semantic version such as v3.13.2"
            );
            assert_eq!(error, expected);
        }
        assert!("1.8.2".parse::<Version>().is_err());
    }
}
