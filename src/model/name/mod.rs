//! Name rules, and the schemes that carry any name past readers that know only the old rule.
//!
//! Prometheus once allowed `[a-zA-Z_:][a-zA-Z0-9_:]*` as a metric name and the same without the colon as
//! a label name: the *legacy* rule. Today any non-empty UTF-8 text is a name. [`ValidationScheme`] says
//! which of the two rules holds; [`EscapingScheme`] turns new names into legacy names, and back as far as
//! possible.
//!
//! To escape a whole family, apply [`EscapingScheme::escape_metric_name`] to its name and
//! [`EscapingScheme::escape_label`] to every label of its metrics. Label values (except that of
//! `__name__`), HELP, UNIT and exemplars stay as they are, and suffixes such as `_total` or `_bucket` are
//! appended to the escaped name ([N27](crate::docs::negotiation#n27),
//! [N29](crate::docs::negotiation#n29)). Two names may become one: `a.b` and `a_b` are both `a_b` under
//! `underscores`, and nothing reports it ([N28](crate::docs::negotiation#n28)).

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::str::FromStr;

use crate::bytes::scan;

#[cfg(test)]
mod tests;

/// The label whose value is the metric's name.
pub(crate) const METRIC_NAME: &str = "__name__";

/// Tells whether the bytes are a metric name by the legacy rule `[a-zA-Z_:][a-zA-Z0-9_:]*`, and so can be
/// written without quotes ([T25](crate::docs::text#t25), [T52](crate::docs::text#t52)).
///
/// ```
/// use exposition::name::is_legacy_metric_name;
/// assert!(is_legacy_metric_name(b"job:requests:rate5m"));
/// assert!(!is_legacy_metric_name(b"http.requests"));
/// ```
#[must_use]
pub fn is_legacy_metric_name(name: &[u8]) -> bool {
    !name.is_empty() && scan::metric_name(name) == name.len()
}

/// Tells whether the bytes are a label name by the legacy rule `[a-zA-Z_][a-zA-Z0-9_]*`: no colon
/// ([T25](crate::docs::text#t25)).
///
/// ```
/// use exposition::name::is_legacy_label_name;
/// assert!(is_legacy_label_name(b"le"));
/// assert!(!is_legacy_label_name(b"a:b"));
/// ```
#[must_use]
pub fn is_legacy_label_name(name: &[u8]) -> bool {
    !name.is_empty() && scan::label_name(name) == name.len()
}

/// The rule for valid names: Prometheus' `metric_name_validation_scheme`.
///
/// Displays as, and is parsed from, the words of Prometheus' configuration, `utf8` and `legacy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ValidationScheme {
    /// Any non-empty UTF-8 text, for metrics and labels alike. Prometheus' default.
    #[default]
    Utf8,
    /// Metrics `[a-zA-Z_:][a-zA-Z0-9_:]*`, labels `[a-zA-Z_][a-zA-Z0-9_]*`.
    Legacy,
}

impl ValidationScheme {
    /// Tells whether `name` is a valid metric name.
    ///
    /// ```
    /// use exposition::ValidationScheme;
    /// assert!(ValidationScheme::Utf8.is_valid_metric_name("http.requests"));
    /// assert!(!ValidationScheme::Legacy.is_valid_metric_name("http.requests"));
    /// ```
    #[must_use]
    pub fn is_valid_metric_name(self, name: &str) -> bool {
        match self {
            Self::Utf8 => !name.is_empty(),
            Self::Legacy => is_legacy_metric_name(name.as_bytes()),
        }
    }

    /// Tells whether `name` is a valid label name.
    #[must_use]
    pub fn is_valid_label_name(self, name: &str) -> bool {
        match self {
            Self::Utf8 => !name.is_empty(),
            Self::Legacy => is_legacy_label_name(name.as_bytes()),
        }
    }

    /// Returns the escaping scheme to request from targets: the configured one, or else the default of
    /// this name scheme, `allow-utf-8` for [`Utf8`](Self::Utf8) and `underscores` for
    /// [`Legacy`](Self::Legacy) ([N6](crate::docs::negotiation#n6)).
    ///
    /// # Errors
    /// [`NameError::EscapingNeedsUtf8`] if `allow-utf-8` is configured but names are legacy.
    pub fn escaping(self, configured: Option<EscapingScheme>) -> Result<EscapingScheme, NameError> {
        match (self, configured) {
            (Self::Legacy, Some(EscapingScheme::AllowUtf8)) => Err(NameError::EscapingNeedsUtf8),
            (_, Some(scheme)) => Ok(scheme),
            (Self::Utf8, None) => Ok(EscapingScheme::AllowUtf8),
            (Self::Legacy, None) => Ok(EscapingScheme::Underscores),
        }
    }

    /// Returns the word for this scheme: `utf8` or `legacy`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Legacy => "legacy",
        }
    }
}

impl fmt::Display for ValidationScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ValidationScheme {
    type Err = NameError;

    fn from_str(word: &str) -> Result<Self, NameError> {
        match word {
            "utf8" => Ok(Self::Utf8),
            "legacy" => Ok(Self::Legacy),
            _ => Err(NameError::UnknownNameScheme(word.into())),
        }
    }
}

/// How names that are not legacy names are written for readers that may not know them.
///
/// Displays as, and is parsed from, the words of the `escaping` parameter in `Accept` and
/// `Content-Type`: `allow-utf-8`, `underscores`, `dots` and `values`.
///
/// | name | `underscores` | `dots` | `values` |
/// |---|---|---|---|
/// | `my_metric` | `my_metric` | `my__metric` | `my_metric` |
/// | `http.status:sum` | `http_status:sum` | `http_dot_status:sum` | `U__http_2e_status:sum` |
/// | `a-b` | `a_b` | `a__b` | `U__a_2d_b` |
/// | `1foo` | `_foo` | `__foo` | `U___31_foo` |
/// | `花火` | `__` | `____` | `U___82b1__706b_` |
///
/// # What comes back
///
/// [`unescape`](Self::unescape) undoes [`escape`](Self::escape)
///
/// - of `allow-utf-8`: always, as neither does anything;
/// - of `underscores`: only for legacy names;
/// - of `dots`: for names of letters, `_`, `:`, `.` and digits not in the first place, unless they hold
///   `_dot_` or `_dot.`. Every other character has become an underscore;
/// - of `values`: for every name, except legacy names that begin with `U__`, which `escape` leaves alone
///   and `unescape` decodes (`U__a` becomes `a`), and names with a character beyond U+FFFFF, in the last
///   private-use plane: it is written with six digits, but at most five are read, so the name stays
///   escaped.
///
/// Prometheus itself never unescapes the names it scrapes ([N30](crate::docs::negotiation#n30)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EscapingScheme {
    /// Names stay as they are, and are quoted if they are not legacy names.
    AllowUtf8,
    /// Every character that legacy names do not allow becomes `_`. Producers do this unless asked
    /// otherwise.
    Underscores,
    /// `.` becomes `_dot_`; `_` and every character that legacy names do not allow become `__`.
    Dots,
    /// `U__`, then every character that legacy names do not allow as `_` + hexadecimal code point + `_`,
    /// and `_` as `__`.
    Values,
}

impl EscapingScheme {
    /// All schemes, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values];

    /// Escapes a single name ([N20](crate::docs::negotiation#n20) to
    /// [N23](crate::docs::negotiation#n23)). Borrows if nothing changes; the empty name stays empty.
    ///
    /// [`Dots`](Self::Dots) doubles the underscores of legacy names too. For names within a family use
    /// [`escape_metric_name`](Self::escape_metric_name) and
    /// [`escape_label_name`](Self::escape_label_name), which do not.
    ///
    /// ```
    /// use exposition::EscapingScheme;
    /// assert_eq!(EscapingScheme::Underscores.escape("http.status"), "http_status");
    /// assert_eq!(EscapingScheme::Dots.escape("http.status_code"), "http_dot_status__code");
    /// assert_eq!(EscapingScheme::Values.escape("http.status_code"), "U__http_2e_status__code");
    /// ```
    #[must_use]
    pub fn escape(self, name: &str) -> Cow<'_, str> {
        let unchanged = match self {
            Self::AllowUtf8 => true,
            Self::Underscores | Self::Values => is_legacy_metric_name(name.as_bytes()),
            Self::Dots => name.char_indices().all(|(at, c)| c != '_' && legal(at, c)),
        };
        if unchanged || name.is_empty() {
            return Cow::Borrowed(name);
        }
        let mut out = String::with_capacity(name.len() * 2);
        if self == Self::Values {
            out.push_str(VALUES_PREFIX);
        }
        for (at, c) in name.char_indices() {
            match (self, c) {
                (Self::Dots, '.') => out.push_str("_dot_"),
                (Self::Dots | Self::Values, '_') => out.push_str("__"),
                _ if legal(at, c) => out.push(c),
                (Self::Dots, _) => out.push_str("__"),
                // Writing to a `String` cannot fail.
                (Self::Values, _) => _ = write!(out, "_{:x}_", u32::from(c)),
                (Self::AllowUtf8 | Self::Underscores, _) => out.push('_'),
            }
        }
        Cow::Owned(out)
    }

    /// Undoes [`escape`](Self::escape) as far as possible ([N24](crate::docs::negotiation#n24)); the
    /// type's documentation lists what does not come back. Borrows if nothing changes.
    ///
    /// A name that is not a well-formed outcome of `values` is returned unchanged.
    ///
    /// ```
    /// use exposition::EscapingScheme;
    /// assert_eq!(EscapingScheme::Values.unescape("U__http_2e_status__code"), "http.status_code");
    /// assert_eq!(EscapingScheme::Values.unescape("U__http_2e"), "U__http_2e");
    /// assert_eq!(EscapingScheme::Dots.unescape("http_dot_status__code"), "http.status_code");
    /// ```
    #[must_use]
    pub fn unescape(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::AllowUtf8 | Self::Underscores => Cow::Borrowed(name),
            // Not one pass: the text around a `_dot_` may join into another `__`.
            Self::Dots if name.contains("__") || name.contains("_dot_") => {
                Cow::Owned(name.replace("_dot_", ".").replace("__", "_"))
            }
            Self::Dots => Cow::Borrowed(name),
            Self::Values => unescape_values(name).map_or(Cow::Borrowed(name), Cow::Owned),
        }
    }

    /// Escapes the name of a metric family: every scheme keeps a legacy name, and [escapes](Self::escape)
    /// any other ([N26](crate::docs::negotiation#n26)).
    ///
    /// ```
    /// use exposition::EscapingScheme;
    /// assert_eq!(EscapingScheme::Dots.escape_metric_name("my_metric"), "my_metric");
    /// assert_eq!(EscapingScheme::Dots.escape_metric_name("my_metric.x"), "my__metric_dot_x");
    /// ```
    #[must_use]
    pub fn escape_metric_name(self, name: &str) -> Cow<'_, str> {
        if is_legacy_metric_name(name.as_bytes()) {
            Cow::Borrowed(name)
        } else {
            self.escape(name)
        }
    }

    /// Escapes the name of a label: keeps it if it is a legacy *metric* name, [escapes](Self::escape) it
    /// otherwise ([N27](crate::docs::negotiation#n27)).
    ///
    /// So a colon survives: the result is always a legacy metric name (or empty), but not always a legacy
    /// label name, and must be quoted if it holds a colon.
    #[must_use]
    pub fn escape_label_name(self, name: &str) -> Cow<'_, str> {
        self.escape_metric_name(name)
    }

    /// Escapes a label's name and value. The value changes only under the name `__name__`, where it is a
    /// metric name ([N27](crate::docs::negotiation#n27)).
    ///
    /// ```
    /// use exposition::EscapingScheme;
    /// let (name, value) = EscapingScheme::Underscores.escape_label("k8s.pod", "a.b");
    /// assert_eq!((&*name, &*value), ("k8s_pod", "a.b"));
    /// let (name, value) = EscapingScheme::Underscores.escape_label("__name__", "a.b");
    /// assert_eq!((&*name, &*value), ("__name__", "a_b"));
    /// ```
    #[must_use]
    pub fn escape_label<'a>(self, name: &'a str, value: &'a str) -> (Cow<'a, str>, Cow<'a, str>) {
        if name == METRIC_NAME {
            (Cow::Borrowed(name), self.escape_metric_name(value))
        } else {
            (self.escape_label_name(name), Cow::Borrowed(value))
        }
    }

    /// Returns the scheme's word in headers and configurations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }
}

impl fmt::Display for EscapingScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EscapingScheme {
    type Err = NameError;

    fn from_str(word: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.as_str() == word)
            .ok_or_else(|| NameError::UnknownEscapingScheme(word.into()))
    }
}

/// What is wrong with a word or a pair of settings about names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Not the word of a [`ValidationScheme`].
    #[error("unknown name validation scheme {0:?}: expected utf8 or legacy")]
    UnknownNameScheme(Box<str>),
    /// Not the word of an [`EscapingScheme`].
    #[error("unknown escaping scheme {0:?}: expected allow-utf-8, underscores, dots or values")]
    UnknownEscapingScheme(Box<str>),
    /// `allow-utf-8` requests names that the legacy rule then refuses.
    #[error(
        "escaping scheme allow-utf-8 needs name validation scheme utf8, but legacy is configured"
    )]
    EscapingNeedsUtf8,
}

/// The prefix of names escaped by the scheme `values`.
const VALUES_PREFIX: &str = "U__";

/// The most hexadecimal digits that are read back as a code point.
const MAX_HEX_DIGITS: usize = 5;

/// Tells whether the legacy rule allows `c` at byte `at` of a metric name.
fn legal(at: usize, c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | ':') || (at > 0 && c.is_ascii_digit())
}

/// Returns `None` if `name` is not an escaped name, or not a well-formed one.
fn unescape_values(name: &str) -> Option<String> {
    let mut rest = name.strip_prefix(VALUES_PREFIX)?;
    let mut out = String::with_capacity(rest.len());
    while let Some((plain, after)) = rest.split_once('_') {
        out.push_str(plain);
        if let Some(after) = after.strip_prefix('_') {
            out.push('_');
            rest = after;
            continue;
        }
        let (hex, after) = after.split_once('_')?;
        // Without this check a leading `+` would be read as part of a number.
        if hex.len() > MAX_HEX_DIGITS || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        out.push(char::from_u32(u32::from_str_radix(hex, 16).ok()?)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
