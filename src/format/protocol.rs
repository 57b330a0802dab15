//! The protocols that scraper and producer choose from, and their several spellings.

use std::fmt;
use std::str::FromStr;

const OPENMETRICS_TYPE: &str = "application/openmetrics-text";
const PROTO_TYPE: &str = "application/vnd.google.protobuf";
const TEXT_TYPE: &str = "text/plain";

/// The parameters that protobuf has in place of a version, in order.
pub(super) const PROTO_PARAMETERS: [(&str, &str); 2] = [
    ("proto", "io.prometheus.client.MetricFamily"),
    ("encoding", "delimited"),
];

/// A format that a body can be requested in, named as in Prometheus' `scrape_protocols`.
///
/// Displays as, and is parsed from, the name in the configuration, such as `PrometheusText0.0.4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ScrapeProtocol {
    /// `PrometheusProto`: delimited protobuf messages, the one format with native histograms.
    PrometheusProto,
    /// `OpenMetricsText2.0.0`: experimental. It is in no list here, and a body is only read so if it was asked
    /// for: see [`Format::from_negotiated`](crate::Format::from_negotiated).
    OpenMetricsText200,
    /// `OpenMetricsText1.0.0`.
    OpenMetricsText100,
    /// `OpenMetricsText0.0.1`: the same text under an earlier number.
    OpenMetricsText001,
    /// `PrometheusText1.0.0`: the text format with quoted UTF-8 names.
    PrometheusText100,
    /// `PrometheusText0.0.4`: the text format.
    #[default]
    PrometheusText004,
}

impl ScrapeProtocol {
    /// Every protocol but the experimental [`OpenMetricsText200`](Self::OpenMetricsText200), in the order in
    /// which Prometheus asks for them when native histograms are wanted
    /// ([N2](crate::docs::negotiation#n2)).
    pub const ALL: [Self; 5] = [
        Self::PrometheusProto,
        Self::OpenMetricsText100,
        Self::OpenMetricsText001,
        Self::PrometheusText100,
        Self::PrometheusText004,
    ];

    /// The text protocols, in the order in which Prometheus asks for them by default
    /// ([N2](crate::docs::negotiation#n2)).
    pub const DEFAULT: [Self; 4] = [
        Self::OpenMetricsText100,
        Self::OpenMetricsText001,
        Self::PrometheusText100,
        Self::PrometheusText004,
    ];

    /// Parses a list as in `scrape_protocols`: at least one name, and none twice, ignoring case
    /// ([N1](crate::docs::negotiation#n1)).
    ///
    /// ```
    /// use exposition::ScrapeProtocol;
    /// let protocols = ScrapeProtocol::list(["OpenMetricsText1.0.0", "PrometheusText0.0.4"])?;
    /// assert_eq!(protocols.len(), 2);
    /// # Ok::<(), exposition::format::ProtocolError>(())
    /// ```
    ///
    /// # Errors
    /// [`ProtocolError`] for an empty list, an unknown name or a name given twice.
    pub fn list<I>(names: I) -> Result<Vec<Self>, ProtocolError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut protocols = Vec::new();
        for name in names {
            let name = name.as_ref();
            if protocols
                .iter()
                .any(|known: &Self| known.name().eq_ignore_ascii_case(name))
            {
                return Err(ProtocolError::Duplicate(name.into()));
            }
            protocols.push(name.parse()?);
        }
        if protocols.is_empty() {
            return Err(ProtocolError::Empty);
        }
        Ok(protocols)
    }

    /// Returns the name in Prometheus' configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrometheusProto => "PrometheusProto",
            Self::OpenMetricsText200 => "OpenMetricsText2.0.0",
            Self::OpenMetricsText100 => "OpenMetricsText1.0.0",
            Self::OpenMetricsText001 => "OpenMetricsText0.0.1",
            Self::PrometheusText100 => "PrometheusText1.0.0",
            Self::PrometheusText004 => "PrometheusText0.0.4",
        }
    }

    /// Returns the media type without parameters, such as `text/plain`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::PrometheusProto => PROTO_TYPE,
            Self::OpenMetricsText200 | Self::OpenMetricsText100 | Self::OpenMetricsText001 => {
                OPENMETRICS_TYPE
            }
            Self::PrometheusText100 | Self::PrometheusText004 => TEXT_TYPE,
        }
    }

    /// Returns the `version` parameter, such as `0.0.4`; protobuf has none.
    #[must_use]
    pub const fn version(self) -> Option<&'static str> {
        match self {
            Self::PrometheusProto => None,
            Self::OpenMetricsText200 => Some("2.0.0"),
            Self::OpenMetricsText100 | Self::PrometheusText100 => Some("1.0.0"),
            Self::OpenMetricsText001 => Some("0.0.1"),
            Self::PrometheusText004 => Some("0.0.4"),
        }
    }

    /// Tells whether this is OpenMetrics text.
    #[must_use]
    pub const fn is_openmetrics(self) -> bool {
        match self {
            Self::OpenMetricsText200 | Self::OpenMetricsText100 | Self::OpenMetricsText001 => true,
            Self::PrometheusProto | Self::PrometheusText100 | Self::PrometheusText004 => false,
        }
    }

    /// Tells whether this is protobuf.
    #[must_use]
    pub const fn is_protobuf(self) -> bool {
        match self {
            Self::PrometheusProto => true,
            Self::OpenMetricsText200
            | Self::OpenMetricsText100
            | Self::OpenMetricsText001
            | Self::PrometheusText100
            | Self::PrometheusText004 => false,
        }
    }

    /// Tells whether a scraper says with this protocol which escaping it wants (spec N3).
    pub(super) const fn asks_for_escaping(self) -> bool {
        match self {
            Self::OpenMetricsText100 | Self::PrometheusText100 => true,
            Self::PrometheusProto
            | Self::OpenMetricsText200
            | Self::OpenMetricsText001
            | Self::PrometheusText004 => false,
        }
    }

    /// Tells whether names may be quoted when nothing says how they are escaped: in the other formats,
    /// quotes came with the `escaping` parameter.
    pub(crate) const fn has_quoted_names(self) -> bool {
        match self {
            Self::PrometheusText100 | Self::OpenMetricsText200 => true,
            Self::PrometheusProto
            | Self::OpenMetricsText100
            | Self::OpenMetricsText001
            | Self::PrometheusText004 => false,
        }
    }

    /// Tells whether its media type is `text/plain`.
    pub(super) const fn is_text(self) -> bool {
        match self {
            Self::PrometheusText100 | Self::PrometheusText004 => true,
            Self::PrometheusProto
            | Self::OpenMetricsText200
            | Self::OpenMetricsText100
            | Self::OpenMetricsText001 => false,
        }
    }

    /// Returns the protocol that a body of this media type is read as, after a request for these protocols
    /// (spec N7, G51). Versions select nothing, except one that is only read if it was asked for; known ones
    /// are only recorded.
    pub(super) fn reading(
        essence: &str,
        version: Option<&str>,
        requested: &[Self],
    ) -> Option<Self> {
        let is_requested = || requested.contains(&Self::OpenMetricsText200);
        match (essence, version) {
            (PROTO_TYPE, _) => Some(Self::PrometheusProto),
            (OPENMETRICS_TYPE, Some("2.0.0")) if is_requested() => Some(Self::OpenMetricsText200),
            (OPENMETRICS_TYPE, Some("0.0.1")) => Some(Self::OpenMetricsText001),
            (OPENMETRICS_TYPE, _) => Some(Self::OpenMetricsText100),
            (TEXT_TYPE, Some("1.0.0")) => Some(Self::PrometheusText100),
            (TEXT_TYPE, _) => Some(Self::PrometheusText004),
            _ => None,
        }
    }

    /// Returns the version that a media type in `Accept` means when it has none (spec N15, N17).
    pub(super) fn implied_version(kind: &str, subtype: &str) -> Option<&'static str> {
        match (kind, subtype) {
            ("application", "openmetrics-text") => Self::OpenMetricsText001.version(),
            ("text", "plain") => Self::PrometheusText004.version(),
            _ => None,
        }
    }
}

impl fmt::Display for ScrapeProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ScrapeProtocol {
    type Err = ProtocolError;

    fn from_str(name: &str) -> Result<Self, ProtocolError> {
        (Self::ALL.into_iter())
            .chain([Self::OpenMetricsText200])
            .find(|protocol| protocol.name() == name)
            .ok_or_else(|| ProtocolError::Unknown(name.into()))
    }
}

/// What is wrong with a list of protocols in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The list has no entry.
    #[error("the list of scrape protocols is empty")]
    Empty,
    /// No protocol has this name; case matters.
    #[error(
        "unknown scrape protocol {0:?}: expected PrometheusProto, OpenMetricsText1.0.0, \
         OpenMetricsText0.0.1, PrometheusText1.0.0 or PrometheusText0.0.4"
    )]
    Unknown(Box<str>),
    /// The protocol is already in the list.
    #[error("scrape protocol {0:?} is given twice")]
    Duplicate(Box<str>),
}
