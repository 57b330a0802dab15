//! The small types of fields: sizes, quantities, ports, and words from a fixed list.

use std::fmt;

use crate::format::ScrapeProtocol;
use crate::model::name::{EscapingScheme, ValidationScheme};

/// A size limit such as `10MB`. Units are powers of 1024 in both forms, `MB` and `MiB`
/// ([M20](crate::docs::operator#m20)).
#[derive(Debug, Clone)]
pub struct ByteSize {
    text: String,
    bytes: f64,
}

/// Two sizes are equal if they are written in the same way.
impl PartialEq for ByteSize {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl ByteSize {
    /// The valid forms of a size, for messages.
    pub(crate) const EXPECTED: &'static str =
        "0 or a size such as 512KB, 10MB or 1.5GiB (units B, KB, MB, GB, TB, PB, EB)";

    /// Reads the spellings that the manifest's schema allows; a bare number is allowed only for `0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = if text == "0" {
            0.0
        } else {
            let unit = text.strip_suffix('B')?;
            let unit = unit.strip_suffix('i').unwrap_or(unit);
            let power = unit.chars().last().and_then(|c| "KMGTPE".find(c));
            let (number, power) = match (power, text.strip_suffix("iB")) {
                (Some(power), _) => (unit.get(..unit.len() - 1)?, power + 1),
                (None, Some(_)) => return None,
                (None, None) => (unit, 0),
            };
            decimal(number)? * power_of_1024(power)
        };
        Some(ByteSize {
            text: text.to_owned(),
            bytes,
        })
    }

    /// Reads what the API server accepts as a size: it checks only the end of the text. A text that is not a
    /// size is not compared with anything, and Prometheus refuses it when it loads the file.
    pub(crate) fn as_written(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let number = text.strip_suffix('B')?;
            let unit = |text: &str| text.ends_with(['K', 'M', 'G', 'T', 'P', 'E']);
            let units = match number.strip_suffix('i') {
                Some(before) if unit(before) => 2,
                _ => usize::from(unit(number)),
            };
            let number = number.get(..number.len() - units)?;
            number
                .ends_with(|c: char| c.is_ascii_digit())
                .then(|| ByteSize {
                    text: text.to_owned(),
                    bytes: f64::NAN,
                })
        })
    }

    /// Returns the text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the size in bytes; 0 means no limit. NaN if the API server accepts the text as a size and
    /// Prometheus does not: `about 5MB`.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        self.bytes
    }
}

/// Computes a power exactly, for the units that exist: `powi` does not promise precision.
fn power_of_1024(power: usize) -> f64 {
    (1u64 << (10 * power)) as f64
}

/// Reads digits with at most one point, which is followed by digits.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or(("", text));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(fraction) && !fraction.is_empty()).then(|| text.parse().ok())?
}

/// A Kubernetes quantity: a decimal number with an optional suffix, such as `1.5`, `1500m` or `2Ki`.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    text: String,
    value: f64,
}

impl Quantity {
    pub(crate) const EXPECTED: &'static str = "a quantity such as 1.5 or 1500m";

    /// Reads a quantity.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let split =
            (unsigned.find(|c: char| !c.is_ascii_digit() && c != '.')).unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at_checked(split)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || fraction.contains('.') {
            return None;
        }
        let (exponent, binary) = match suffix {
            "" => (0, 0),
            "n" => (-9, 0),
            "u" => (-6, 0),
            "m" => (-3, 0),
            "k" => (3, 0),
            "M" => (6, 0),
            "G" => (9, 0),
            "T" => (12, 0),
            "P" => (15, 0),
            "E" => (18, 0),
            "Ki" => (0, 1),
            "Mi" => (0, 2),
            "Gi" => (0, 3),
            "Ti" => (0, 4),
            "Pi" => (0, 5),
            "Ei" => (0, 6),
            _ => (suffix.strip_prefix(['e', 'E'])?.parse().ok()?, 0),
        };
        // The Operator does not round the decimal text but multiplies its digits by a power of ten, which can
        // differ in the last bit. The result here must equal what it writes.
        let scale = i32::checked_sub(exponent, i32::try_from(fraction.len()).ok()?)?;
        let value = digits.parse::<f64>().ok()? * format!("1e{scale}").parse::<f64>().ok()?;
        let value = value * power_of_1024(binary);
        Some(Quantity {
            text: text.to_owned(),
            value: if text.starts_with('-') { -value } else { value },
        })
    }

    /// Returns the text as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the value as a floating-point number.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// A port by name or by number, as Kubernetes' `IntOrString`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// A container port's number.
    Number(i32),
    /// A container port's name. A number in quotes is a name.
    Name(String),
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Port::Number(number) => write!(f, "{number}"),
            Port::Name(name) => f.write_str(name),
        }
    }
}

/// How targets are requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("http", Scheme::Http),
        ("https", Scheme::Https),
        ("HTTP", Scheme::Http),
        ("HTTPS", Scheme::Https),
    ];

    /// Returns the scheme in lower case, as in Prometheus' configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// How a monitor's selector is applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SelectorMechanism {
    /// By `keep` and `drop` rules on what was discovered.
    #[default]
    RelabelConfig,
    /// By the API server, before discovery.
    RoleSelector,
}

impl SelectorMechanism {
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("RelabelConfig", SelectorMechanism::RelabelConfig),
        ("RoleSelector", SelectorMechanism::RoleSelector),
    ];
}

/// The objects that a `ServiceMonitor`'s targets are discovered from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the Kubernetes objects")]
#[non_exhaustive]
pub enum ServiceDiscoveryRole {
    #[default]
    Endpoints,
    EndpointSlice,
}

impl ServiceDiscoveryRole {
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("Endpoints", ServiceDiscoveryRole::Endpoints),
        ("EndpointSlice", ServiceDiscoveryRole::EndpointSlice),
    ];
}

/// The names of the formats that a scrape may be answered in.
pub(crate) const PROTOCOLS: &[(&str, ScrapeProtocol)] = &{
    const fn named(protocol: ScrapeProtocol) -> (&'static str, ScrapeProtocol) {
        (protocol.name(), protocol)
    }
    [
        named(ScrapeProtocol::PrometheusProto),
        named(ScrapeProtocol::OpenMetricsText001),
        named(ScrapeProtocol::OpenMetricsText100),
        named(ScrapeProtocol::PrometheusText004),
        named(ScrapeProtocol::PrometheusText100),
    ]
};

/// The words for which names Prometheus takes.
pub(crate) const VALIDATION_SCHEMES: &[(&str, ValidationScheme)] = &[
    ("UTF8", ValidationScheme::Utf8),
    ("Legacy", ValidationScheme::Legacy),
];

/// The words for how names are asked for.
pub(crate) const ESCAPING_SCHEMES: &[(&str, EscapingScheme)] = &[
    ("AllowUTF8", EscapingScheme::AllowUtf8),
    ("Underscores", EscapingScheme::Underscores),
    ("Dots", EscapingScheme::Dots),
    ("Values", EscapingScheme::Values),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("0", 0.0),
            ("0B", 0.0),
            ("512B", 512.0),
            ("1KB", 1024.0),
            ("1KiB", 1024.0),
            ("1025KiB", 1_049_600.0),
            ("1.5MB", 1_572_864.0),
            (".5GiB", 536_870_912.0),
            ("2EB", 2_305_843_009_213_693_952.0),
        ] {
            assert_eq!(
                ByteSize::parse(text).map(|size| size.bytes()),
                Some(bytes),
                "{text}"
            );
        }
        for text in [
            "", "1", "1M", "1iB", "B", "MB", "1 MB", "1.MB", "1mb", "-1MB", "1.2.3MB", "1XB",
        ] {
            assert_eq!(ByteSize::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_the_api_server_takes_for_a_size() {
        for text in ["about 5MB", "x5B", "1.2.3MiB", "-1KB", "0"] {
            let size = ByteSize::as_written(text).unwrap();
            assert_eq!(size.as_str(), text);
            assert_eq!(size.bytes().is_nan(), text != "0", "{text}");
        }
        for text in ["", "10M", "1gb", "100", "x0", "5 MB", "5iB", "MB", "5MB "] {
            assert_eq!(ByteSize::as_written(text), None, "{text}");
        }
    }

    #[test]
    fn quantities() {
        for (text, value) in [
            ("1.5", 1.5),
            ("12.124", 12.124),
            ("1500m", 1.5),
            ("2", 2.0),
            ("2Ki", 2048.0),
            ("1e3", 1000.0),
            ("-.5", -0.5),
            ("+1.", 1.0),
        ] {
            assert_eq!(
                Quantity::parse(text).map(|q| q.value()),
                Some(value),
                "{text}"
            );
        }
        for text in ["", "-", ".", "1.2.3", "1x", "m", "1e", "1 "] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
