//! The `Accept` header: what a scraper sends in it, and what a producer answers.

use std::fmt::Write as _;

use super::Format;
use super::protocol::{PROTO_PARAMETERS, ScrapeProtocol};
use crate::model::name::EscapingScheme;
use crate::number::decode::go_parse_float;

/// The `Accept` header with which Prometheus asks for the protocols, the most wanted first
/// ([N3](crate::docs::negotiation#n3)).
///
/// The first gets `q=0.6`, every further one 0.1 less, and `*/*` comes last. Only the protocols of version
/// 1.0.0 say which `escaping` they want: see [`ValidationScheme::escaping`](crate::ValidationScheme::escaping). A protocol
/// that is listed twice counts once.
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
    let mut weight = ScrapeProtocol::ALL.len() + 1;
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

/// The format in which to answer a request with this `Accept` header (empty if it has none), of those the
/// producer can write, the one it likes best first. Its [`escaping`](Format::escaping) is always said: names
/// are to be escaped so.
///
/// As Prometheus' client libraries choose ([N13](crate::docs::negotiation#n13) to
/// [N17](crate::docs::negotiation#n17)):
///
/// - Media types are tried from the highest `q` to the lowest, and the first that one of `supported` fits
///   decides; if several of `supported` fit it, the first of them. `q=0` is the lowest weight, not a ban.
/// - A version must be equal. Without one `text/plain` means 0.0.4 and OpenMetrics 0.0.1; `*/*` fits
///   everything, but `text/*` nothing without a version. Types and values are compared as written:
///   `TEXT/PLAIN` and `version="0.0.4"` fit nothing.
/// - The escaping scheme is the last known one in what was tried, up to and including what fitted:
///   whoever takes OpenMetrics with `escaping=allow-utf-8` also gets text 0.0.4 so. Otherwise `underscores`.
/// - If nothing fits, the answer is the first of `supported` that is text, or else the first, or else text
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

/// The parameters that tell a protocol from others.
fn parameters(protocol: ScrapeProtocol) -> impl Iterator<Item = (&'static str, &'static str)> {
    let proto = PROTO_PARAMETERS
        .into_iter()
        .filter(move |_| protocol.is_protobuf());
    let version = protocol.version().map(|version| ("version", version));
    proto.chain(version)
}

/// One media type of an `Accept` header. A parameter that is missing is empty.
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
    /// `None` for what is no media type. Of malformed parameters nothing is known; of parameters given
    /// twice the last counts.
    fn parse(text: &'a str) -> Option<Self> {
        let (media_type, mut parameters) = cut(trim(text), ';');
        let (kind, behind) = cut(media_type, '/');
        let (subtype, more) = cut(behind, '/');
        let kind = trim(kind);
        let subtype = match behind {
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

    /// Whether this clause is to be tried before the other. Not a strict order: a specific clause and a
    /// wildcard with a higher `q` both come before each other.
    fn precedes(&self, other: &Self) -> bool {
        self.quality > other.quality
            || (self.kind != "*" && other.kind == "*")
            || (self.subtype != "*" && other.subtype == "*")
    }
}

/// Up to how many clauses the client libraries' sort is one by insertion.
const INSERTION_SORT: usize = 12;

/// The media types of a header, in the order to try them.
fn clauses(accept: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<_> = accept.split(',').filter_map(Clause::parse).collect();
    if clauses.len() > INSERTION_SORT {
        // No scraper sends as many. A strict order keeps the time for them within bounds.
        let wildcards = |clause: &Clause<'_>| (clause.kind == "*", clause.subtype == "*");
        clauses.sort_by(|a, b| {
            b.quality
                .total_cmp(&a.quality)
                .then_with(|| wildcards(a).cmp(&wildcards(b)))
        });
        return clauses;
    }
    // As `precedes` is not strict, where a clause ends up depends on the steps of the sort: these are the
    // ones that give the client libraries' answer.
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

/// A weight as Go reads it: infinite beyond an f32's range, and 0 if it is garbage.
fn quality(text: &str) -> f32 {
    match text.parse() {
        Ok(quality) if !f32::is_nan(quality) => quality,
        // Rust also takes a NaN with a sign, but no hexadecimal floats and underscores.
        _ => go_parse_float(text).map_or(0.0, |quality| quality as f32),
    }
}

/// Splits at the first separator, which is in neither part.
fn cut(text: &str, separator: char) -> (&str, &str) {
    text.split_once(separator).unwrap_or((text, ""))
}

/// Blanks are spaces here, not tabs.
fn trim(text: &str) -> &str {
    text.trim_matches(' ')
}
