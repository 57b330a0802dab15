//! Where a path has the target and the time.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use regex::Regex;

/// How an instant may be written in a path.
const INSTANTS: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H-%M-%SZ",
    "%Y-%m-%dT%H%M%SZ",
    "%Y%m%dT%H%M%SZ",
];

/// How a day may be written in a path, which is its midnight in UTC.
const DAYS: [&str; 2] = ["%Y-%m-%d", "%Y%m%d"];

/// Says where the path of a body has its target and the time of its scrape.
///
/// It is matched against the whole path below the directory that was given:
///
/// | written | matches |
/// |---|---|
/// | `{target}` | characters other than `/`: the target. Several are joined with `/` |
/// | `{time}` | characters other than `/`: the time, see below |
/// | `*` | any characters other than `/`, as few as can be |
/// | `**` | any characters, as few as can be |
/// | anything else | itself |
///
/// A time is RFC 3339 (`2026-11-29T16:00:00Z`, also without colons or hyphens, or with hyphens for colons, as file
/// systems like it), a day (`2026-11-29`, `20261129`), or seconds (10 digits) or milliseconds (13 digits) since 1970.
///
/// ```
/// # fn main() -> Result<(), fleet::PatternError> {
/// let pattern: fleet::PathPattern = "{time}/{target}.prom*".parse()?;
/// let place = pattern.place("2026-11-29/node-1:9100.prom.gz")?;
/// assert_eq!(place.and_then(|place| place.target).as_deref(), Some("node-1:9100"));
/// assert!(pattern.place("README.md")?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    regex: Regex,
    /// What the groups of `regex` hold, in order.
    groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Target,
    Time,
}

/// What a path says of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The target, if the pattern has one.
    pub target: Option<String>,
    /// Milliseconds since 1970, if the pattern has a time.
    pub scraped_at: Option<i64>,
}

/// Why a pattern cannot be used, or a path has no time where the pattern has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError(String);

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PatternError {}

impl FromStr for PathPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let mut regex = String::from("^");
        let mut groups = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("{target}") {
                regex.push_str("([^/]+)");
                groups.push(Group::Target);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("{time}") {
                if groups.contains(&Group::Time) {
                    return Err(PatternError(format!("`{text}` has {{time}} twice")));
                }
                regex.push_str("([^/]+)");
                groups.push(Group::Time);
                rest = after;
            } else if let Some(after) = rest.strip_prefix("**") {
                regex.push_str(".*?");
                rest = after;
            } else if c == '{' || c == '}' {
                return Err(PatternError(format!(
                    "`{text}` has a brace that is neither of {{target}} nor of {{time}}"
                )));
            } else {
                match c {
                    '*' => regex.push_str("[^/]*?"),
                    c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
                }
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
        regex.push('$');
        let regex = Regex::new(&format!("(?s){regex}"))
            .map_err(|error| PatternError(format!("`{text}`: {error}")))?;
        Ok(Self {
            text: text.to_owned(),
            regex,
            groups,
        })
    }
}

impl PathPattern {
    /// Returns the pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what `path` says of its body, or `None` if the pattern does not match it.
    ///
    /// # Errors
    ///
    /// If the pattern matches, and what it has at `{time}` is not one.
    pub fn place(&self, path: &str) -> Result<Option<Place>, PatternError> {
        let Some(captures) = self.regex.captures(path) else {
            return Ok(None);
        };
        let mut targets = Vec::new();
        let mut scraped_at = None;
        for (group, capture) in self.groups.iter().zip(captures.iter().skip(1)) {
            let text = capture.map_or("", |capture| capture.as_str());
            match group {
                Group::Target => targets.push(text),
                Group::Time => {
                    let millis = parse_time(text).ok_or_else(|| {
                        PatternError(format!("{path}: `{text}` is not a time (`{}`)", self.text))
                    })?;
                    scraped_at = Some(millis);
                }
            }
        }
        Ok(Some(Place {
            target: (!targets.is_empty()).then(|| targets.join("/")),
            scraped_at,
        }))
    }
}

/// Returns milliseconds since 1970.
fn parse_time(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && matches!(text.len(), 10 | 13) {
        let number: i64 = text.parse().ok()?;
        return Some(if text.len() == 10 {
            number * 1000
        } else {
            number
        });
    }
    let instant = INSTANTS
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = || {
        let day = DAYS
            .iter()
            .find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
        Some(day.and_time(NaiveTime::MIN))
    };
    match instant.or_else(day) {
        Some(time) => Some(time.and_utc().timestamp_millis()),
        None => Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Placed = Result<Option<Place>, PatternError>;

    fn place(pattern: &str, path: &str) -> Placed {
        pattern.parse::<PathPattern>()?.place(path)
    }

    fn found(target: &str, scraped_at: Option<i64>) -> Placed {
        Ok(Some(Place {
            target: Some(target.to_owned()),
            scraped_at,
        }))
    }

    #[test]
    fn paths_have_targets_and_times() {
        let noon = Some(1_764_417_600_000);
        for (pattern, path, target, time) in [
            ("{target}.prom.gz", "a:9100.prom.gz", "a:9100", None),
            ("{target}/{time}.prom*", "a/1764417600.prom", "a", noon),
            (
                "{target}/{time}.prom*",
                "a/1764417600000.prom.zst",
                "a",
                noon,
            ),
            (
                "{target}/{time}.prom",
                "a/2025-11-29T12:00:00Z.prom",
                "a",
                noon,
            ),
            (
                "{target}/{time}.prom",
                "a/2025-11-29T13:00:00+01:00.prom",
                "a",
                noon,
            ),
            ("{target}/{time}.prom", "a/20251129T120000Z.prom", "a", noon),
            (
                "{target}_{time}.prom",
                "a_b_2025-11-29T12-00-00Z.prom",
                "a_b",
                noon,
            ),
            (
                "{time}/{target}/{target}",
                "2025-11-29/shop/cart-0",
                "shop/cart-0",
                Some(1_764_374_400_000),
            ),
            ("**/{target}", "x/y/z", "z", None),
            ("**{target}", "x/y/z", "z", None),
            ("a(b)|{target}", "a(b)|c", "c", None),
        ] {
            assert_eq!(
                place(pattern, path),
                found(target, time),
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn other_paths_are_not_bodies() {
        for (pattern, path) in [
            ("{target}.prom", "a.prom.gz"),
            ("{target}.prom", "a/b.prom"),
            ("*/{target}.prom", "a.prom"),
            ("{target}.prom", ".prom"),
        ] {
            assert_eq!(place(pattern, path), Ok(None), "{pattern} {path}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (pattern, path, error) in [
            (
                "{time}.prom",
                "noon.prom",
                "noon.prom: `noon` is not a time (`{time}.prom`)",
            ),
            ("{time}{time}", "", "`{time}{time}` has {time} twice"),
            (
                "{pod}",
                "",
                "`{pod}` has a brace that is neither of {target} nor of {time}",
            ),
        ] {
            assert_eq!(place(pattern, path), Err(PatternError(error.to_owned())));
        }
    }
}
