//! The `Accept` header: what a scraper sends in it, and what a producer answers.

use std::fmt::Write as _;

use super::Format;
use super::protocol::{PROTO_PARAMETERS, ScrapeProtocol};
use crate::model::name::EscapingScheme;
use crate::number::decode::go_parse_float;

/// Returns the `Accept` header with which Prometheus asks for the protocols, the most wanted first
/// ([N3](crate::docs::negotiation#n3)).
///
/// The first gets `q=0.6`, each further one 0.1 less, and `*/*` comes last. A list with the experimental
/// [`OpenMetricsText200`](ScrapeProtocol::OpenMetricsText200) begins at `q=0.7`, so that `*/*` keeps a weight.
/// Only the protocols of version 1.0.0 say which `escaping` they want: see
/// [`ValidationScheme::escaping`](crate::ValidationScheme::escaping). A protocol that is listed twice
/// counts once.
///
/// ```
/// use exposition::{EscapingScheme, ScrapeProtocol, format::accept_header};
/// assert_eq!(
///     accept_header(
///         &[ScrapeProtocol::OpenMetricsText100, ScrapeProtocol::PrometheusText004],
///         EscapingScheme::AllowUtf8,
///     ),
///     "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
///      text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
/// );
/// ```
#[must_use]
pub fn accept_header(protocols: &[ScrapeProtocol], escaping: EscapingScheme) -> String {
    let mut header = String::new();
    let is_experimental = protocols.contains(&ScrapeProtocol::OpenMetricsText200);
    let mut weight = ScrapeProtocol::ALL.len() + usize::from(is_experimental) + 1;
    for (at, &protocol) in protocols.iter().enumerate() {
        if protocols
            .iter()
            .take(at)
            .any(|&earlier| earlier == protocol)
        {
            continue;
        }
        header.push_str(protocol.media_type());
        for (name, value) in parameters(protocol) {
            _ = write!(header, ";{name}={value}");
        }
        if protocol.asks_for_escaping() {
            _ = write!(header, ";escaping={escaping}");
        }
        _ = write!(header, ";q=0.{weight},");
        weight -= 1;
    }
    _ = write!(header, "*/*;q=0.{weight}");
    header
}

/// Chooses the format in which to answer a request with this `Accept` header (empty if it has none).
/// `supported` lists what the producer can write, its favourite first. The result always states its
/// [`escaping`](Format::escaping): escape names that way.
///
/// Chooses as Prometheus' client libraries do ([N13](crate::docs::negotiation#n13) to
/// [N17](crate::docs::negotiation#n17)):
///
/// - Media types are tried from the highest `q` to the lowest. The first that fits one of `supported`
///   decides; if it fits several, the first of them is chosen. `q=0` is the lowest weight, not a ban.
/// - A version must be equal. Without one, `text/plain` means 0.0.4 and OpenMetrics 0.0.1; `*/*` fits
///   everything, but `text/*` fits nothing without a version. Types and values are compared as written:
///   `TEXT/PLAIN` and `version="0.0.4"` fit nothing.
/// - The escaping scheme is the last known one in the media types tried, including the one that fits: a
///   request for OpenMetrics with `escaping=allow-utf-8` gets text 0.0.4 that way too. Otherwise it is
///   `underscores`.
/// - If nothing fits, the answer is the first text format of `supported`, or else its first, or else text
///   0.0.4.
///
/// ```
/// use exposition::{ScrapeProtocol, format::negotiate};
/// let supported = [ScrapeProtocol::OpenMetricsText100, ScrapeProtocol::PrometheusText004];
/// let format = negotiate("application/openmetrics-text;version=1.0.0,*/*;q=0.1", &supported);
/// assert_eq!(
///     format.content_type(),
///     "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
/// );
/// let format = negotiate("text/html", &supported);
/// assert_eq!(format.protocol(), ScrapeProtocol::PrometheusText004);
/// ```
#[must_use]
pub fn negotiate(accept: &str, supported: &[ScrapeProtocol]) -> Format {
    let mut escaping = EscapingScheme::Underscores;
    for clause in clauses(accept) {
        if let Ok(scheme) = clause.escaping.parse() {
            escaping = scheme;
        }
        if let Some(&protocol) = supported.iter().find(|&&protocol| clause.fits(protocol)) {
            return Format::new(protocol).with_escaping(escaping);
        }
    }
    let protocol = supported
        .iter()
        .find(|protocol| protocol.is_text())
        .or(supported.first());
    Format::new(protocol.copied().unwrap_or_default()).with_escaping(escaping)
}

/// Returns the parameters that distinguish a protocol from others.
fn parameters(protocol: ScrapeProtocol) -> impl Iterator<Item = (&'static str, &'static str)> {
    let proto = PROTO_PARAMETERS
        .into_iter()
        .filter(move |_| protocol.is_protobuf());
    let version = protocol.version().map(|version| ("version", version));
    proto.chain(version)
}

/// One media type of an `Accept` header. A missing parameter is empty.
#[derive(Debug, Clone, Copy)]
struct Clause<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: f32,
    version: &'a str,
    proto: &'a str,
    encoding: &'a str,
    escaping: &'a str,
}

impl<'a> Clause<'a> {
    /// Returns `None` for text that is not a media type. Malformed parameters are ignored; of parameters
    /// given twice the last counts.
    fn parse(text: &'a str) -> Option<Self> {
        let (media_type, mut parameters) = cut(trim(text), ';');
        let (kind, after) = cut(media_type, '/');
        let (subtype, more) = cut(after, '/');
        let kind = trim(kind);
        let subtype = match after {
            "" if kind == "*" => "*",
            "" => return None,
            _ if more.is_empty() => trim(subtype),
            _ => return None,
        };
        let mut clause = Clause {
            kind,
            subtype,
            quality: 1.0,
            version: "",
            proto: "",
            encoding: "",
            escaping: "",
        };
        while !parameters.is_empty() {
            let (parameter, rest) = cut(parameters, ';');
            parameters = rest;
            let (name, value) = cut(parameter, '=');
            let (value, more) = cut(value, '=');
            if value.is_empty() || !more.is_empty() {
                continue;
            }
            match trim(name) {
                "q" => clause.quality = quality(value),
                "version" => clause.version = trim(value),
                "proto" => clause.proto = trim(value),
                "encoding" => clause.encoding = trim(value),
                "escaping" => clause.escaping = trim(value),
                _ => {}
            }
        }
        Some(clause)
    }

    fn fits(&self, protocol: ScrapeProtocol) -> bool {
        if (self.kind, self.subtype) == ("*", "*") {
            return true;
        }
        let (kind, subtype) = cut(protocol.media_type(), '/');
        (self.kind == "*" || self.kind == kind)
            && (self.subtype == "*" || self.subtype == subtype)
            && parameters(protocol).all(|(name, value)| self.parameter(name) == value)
    }

    fn parameter(&self, name: &str) -> &str {
        match name {
            "proto" => self.proto,
            "encoding" => self.encoding,
            _ if self.version.is_empty() => {
                ScrapeProtocol::implied_version(self.kind, self.subtype).unwrap_or_default()
            }
            _ => self.version,
        }
    }

    /// Tells whether this clause comes before the other. Not a strict order: a specific clause and a
    /// wildcard with a higher `q` each come before the other.
    fn precedes(&self, other: &Self) -> bool {
        self.quality > other.quality
            || (self.kind != "*" && other.kind == "*")
            || (self.subtype != "*" && other.subtype == "*")
    }
}

/// The most clauses for which the client libraries sort by insertion.
const INSERTION_SORT: usize = 12;

/// Returns the media types of a header, in the order to try them.
fn clauses(accept: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<_> = accept.split(',').filter_map(Clause::parse).collect();
    if clauses.len() > INSERTION_SORT {
        // No scraper sends that many. A strict order bounds the time for them.
        let wildcards = |clause: &Clause<'_>| (clause.kind == "*", clause.subtype == "*");
        clauses.sort_by(|a, b| {
            b.quality
                .total_cmp(&a.quality)
                .then_with(|| wildcards(a).cmp(&wildcards(b)))
        });
        return clauses;
    }
    // `precedes` is not strict, so the position of a clause depends on the steps of the sort: these steps
    // give the client libraries' answer.
    let mut sorted = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let at = sorted
            .iter()
            .rposition(|earlier| !clause.precedes(earlier))
            .map_or(0, |before| before + 1);
        sorted.insert(at, clause);
    }
    sorted
}

/// Reads a weight as Go does: infinite beyond an f32's range, and 0 if it is garbage.
fn quality(text: &str) -> f32 {
    match text.parse() {
        Ok(quality) if !f32::is_nan(quality) => quality,
        // Rust also takes a NaN with a sign, but not hexadecimal floats or underscores.
        _ => go_parse_float(text).map_or(0.0, |quality| quality as f32),
    }
}

/// Splits at the first separator, which is in neither part.
fn cut(text: &str, separator: char) -> (&str, &str) {
    text.split_once(separator).unwrap_or((text, ""))
}

/// Trims spaces; tabs do not count as blanks here.
fn trim(text: &str) -> &str {
    text.trim_matches(' ')
}
