//! Any header is read or refused; what is written is read back; an answer was requested.

use arbitrary::Arbitrary;
use exposition::format::{accept_header, negotiate};
use exposition::name::is_legacy_metric_name;
use exposition::{EscapingScheme, Format, FormatError, ScrapeProtocol, ValidationScheme};

use super::input;

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    /// What a producer can write, and what a scraper wants, as numbers of protocols.
    supported: [u8; 3],
    wanted: [u8; 5],
    scheme: u8,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 9;

/// Asserts what the functions for headers and names promise.
///
/// The options are followed by a `Content-Type`, an `Accept`, a name and a body.
pub fn format_header(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let scheme = EscapingScheme::ALL[usize::from(options.scheme) % 4];
    let supported = protocols(&options.supported);
    let wanted = protocols(&options.wanted);
    let mut texts = rest.split(|byte| *byte == input::SEPARATOR);
    let mut text = || texts.next().unwrap_or_default();
    let (content_type, accept, name, body) = (text(), text(), text(), text());
    content_type_is_read(content_type, body);
    openmetrics_2_is_read_if_asked_for(&String::from_utf8_lossy(content_type), &wanted);
    answer_is_supported(&String::from_utf8_lossy(accept), &supported);
    answer_is_the_first_that_was_asked_for(&wanted, &supported, scheme);
    words_are_read_back(&String::from_utf8_lossy(name));
    name_comes_back(&String::from_utf8_lossy(name), scheme);
    sniffed(body);
}

/// Returns the protocols of some numbers. A number that is too large is left out, or is the experimental one.
fn protocols(numbers: &[u8]) -> Vec<ScrapeProtocol> {
    let protocol = |number: &u8| match ScrapeProtocol::ALL.get(usize::from(*number) % 6) {
        Some(protocol) => Some(*protocol),
        None => (*number > 127).then_some(ScrapeProtocol::OpenMetricsText200),
    };
    numbers.iter().filter_map(protocol).collect()
}

/// The version 2.0.0 of OpenMetrics is 1.0 to those who did not ask for it; nothing else changes.
fn openmetrics_2_is_read_if_asked_for(header: &str, wanted: &[ScrapeProtocol]) {
    let plain = Format::from_content_type(Some(header), None);
    let read = Format::from_negotiated(Some(header), None, wanted);
    match &read {
        Ok(format) if format.protocol() == ScrapeProtocol::OpenMetricsText200 => {
            assert!(wanted.contains(&format.protocol()), "{header:?}");
            let plain = plain.expect("the same header");
            assert_eq!(plain.protocol(), ScrapeProtocol::OpenMetricsText100);
            assert_eq!(plain.escaping(), format.escaping());
            let again = format.content_type();
            assert_eq!(Format::from_negotiated(Some(&again), None, wanted), read);
        }
        _ => assert_eq!(read, plain, "{header:?}"),
    }
}

fn content_type_is_read(header: &[u8], body: &[u8]) {
    let text = String::from_utf8_lossy(header);
    let fallback = Format::new(ScrapeProtocol::OpenMetricsText001);
    let read = Format::from_content_type(Some(&text), None);
    assert_eq!(Format::from_content_type_bytes(Some(header), None), read);
    assert_eq!(text.parse(), read);
    assert_eq!(
        Format::from_content_type(Some(&text), Some(fallback)),
        Ok(read.clone().unwrap_or(fallback)),
        "{text:?}"
    );
    let dialect =
        exposition::Parser::from_response(Some(&text), None, body).map(|parser| parser.dialect());
    match &read {
        Ok(format) => {
            let again = format.content_type();
            assert_eq!(again.parse().as_ref(), Ok(format), "{text:?}");
            // The type and the names of parameters may be in any case.
            let kind = text.split(';').next().unwrap_or_default();
            let upper = text.replacen(kind, &kind.to_ascii_uppercase(), 1);
            assert_eq!(upper.parse().as_ref(), Ok(format), "{upper:?}");
        }
        Err(error) => {
            assert!(error.to_string().contains("Content-Type"), "{error}");
            match error {
                FormatError::Missing => assert!(text.is_empty(), "{text:?}"),
                FormatError::Malformed { header, byte, .. } => {
                    assert!(text.is_char_boundary(*byte), "{error}");
                    is_cut(header);
                }
                FormatError::Unsupported { media_type } => is_cut(media_type),
                other => panic!("{other}"),
            }
        }
    }
    if body.is_empty() {
        assert!(dialect.is_ok(), "{text:?}");
    } else {
        let expected = read.ok().and_then(Format::dialect);
        assert_eq!(dialect.ok(), expected, "{text:?}");
    }
}

fn is_cut(excerpt: &str) {
    assert!(excerpt.chars().count() <= 101, "{excerpt:?}");
}

fn answer_is_supported(accept: &str, supported: &[ScrapeProtocol]) {
    let format = negotiate(accept, supported);
    assert!(
        supported.contains(&format.protocol())
            || (supported.is_empty() && format.protocol() == ScrapeProtocol::PrometheusText004),
        "{accept:?}: {format}"
    );
    assert!(format.escaping().is_some(), "{accept:?}: {format}");
    let header = format.content_type();
    let read = Format::from_negotiated(Some(&header), None, &[format.protocol()]);
    assert_eq!(read, Ok(format), "{accept:?}");
    // What is added is not a media type.
    assert_eq!(
        negotiate(&format!("{accept},x"), supported),
        format,
        "{accept:?}"
    );
}

fn answer_is_the_first_that_was_asked_for(
    wanted: &[ScrapeProtocol],
    supported: &[ScrapeProtocol],
    scheme: EscapingScheme,
) {
    let header = accept_header(wanted, scheme);
    let format = negotiate(&header, supported);
    let fits = |protocol: &&ScrapeProtocol| supported.contains(protocol);
    let expected = match wanted.iter().find(fits) {
        Some(protocol) => *protocol,
        None => supported.first().copied().unwrap_or_default(),
    };
    assert_eq!(format.protocol(), expected, "{header}");
    // Escaping is requested beside the protocols of version 1.0.0, and holds for less preferred ones.
    let asks = |protocol: &ScrapeProtocol| protocol.version() == Some("1.0.0");
    let until = wanted.iter().position(|protocol| *protocol == expected);
    let tried = until.map_or(wanted, |at| &wanted[..=at]);
    let asked = tried.iter().any(asks);
    let escaping = if asked {
        scheme
    } else {
        EscapingScheme::Underscores
    };
    if wanted.iter().any(|protocol| fits(&protocol)) {
        assert_eq!(format.escaping(), Some(escaping), "{header}");
    }
    // The weights, all of them different, decide, and not the order of the clauses.
    let mut clauses: Vec<&str> = header.split(',').collect();
    clauses.reverse();
    for _ in 0..clauses.len() {
        let turned = clauses.join(",");
        assert_eq!(negotiate(&turned, supported), format, "{turned}");
        clauses.rotate_left(1);
    }
}

fn words_are_read_back(word: &str) {
    if let Ok(protocol) = word.parse::<ScrapeProtocol>() {
        assert!(protocol.name().eq_ignore_ascii_case(word), "{word:?}");
    }
    if let Ok(scheme) = word.parse::<EscapingScheme>() {
        assert_eq!(scheme.to_string(), word);
    }
    if let Ok(scheme) = word.parse::<ValidationScheme>() {
        assert_eq!(scheme.to_string(), word);
    }
    for protocol in ScrapeProtocol::ALL {
        assert_eq!(protocol.name().parse(), Ok(protocol));
    }
    let list = ScrapeProtocol::list([word, "PrometheusText1.0.0"]);
    assert_eq!(
        list.is_ok(),
        word.parse::<ScrapeProtocol>()
            .is_ok_and(|protocol| protocol != ScrapeProtocol::PrometheusText100),
        "{word:?}"
    );
}

fn name_comes_back(name: &str, scheme: EscapingScheme) {
    let legacy = is_legacy_metric_name(name.as_bytes());
    let escaped = scheme.escape(name);
    if scheme != EscapingScheme::AllowUtf8 {
        let fits = escaped.is_empty() || is_legacy_metric_name(escaped.as_bytes());
        assert!(fits, "{name:?} becomes {escaped:?}");
        assert_eq!(escaped.is_empty(), name.is_empty());
    }
    let word = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':' | '.');
    let comes_back = match scheme {
        EscapingScheme::AllowUtf8 => true,
        EscapingScheme::Underscores => legacy,
        EscapingScheme::Dots => {
            name.char_indices()
                .all(|(at, c)| word(c) || at > 0 && c.is_ascii_digit())
                && !name.contains("_dot_")
                && !name.contains("_dot.")
        }
        EscapingScheme::Values => {
            !(legacy && name.starts_with("U__")) && name.chars().all(|c| c <= '\u{fffff}')
        }
        other => panic!("what comes back of {other}?"),
    };
    if comes_back {
        assert_eq!(scheme.unescape(&escaped), name, "{scheme}: {escaped:?}");
    }
    if legacy {
        assert_eq!(scheme.escape_metric_name(name), name);
        assert_eq!(scheme.escape_label_name(name), name);
    } else {
        assert_eq!(scheme.escape_metric_name(name), escaped);
    }
    let metric = scheme.escape_metric_name(name).into_owned();
    assert_eq!(
        scheme.escape_metric_name(&metric),
        metric,
        "{scheme}: twice"
    );
    assert_eq!(scheme.escape_label("__name__", name).1, metric);
    assert_eq!(
        scheme.escape_label(name, "x.y").1,
        if name == "__name__" {
            scheme.escape_metric_name("x.y")
        } else {
            "x.y".into()
        }
    );
}

fn sniffed(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let last = text.split('\n').rfind(|line| !line.is_empty());
    let format = Format::sniff(body);
    match format.is_protobuf() {
        // The length of a family, then the tag of its name.
        true => assert!(body.iter().take(6).any(|byte| *byte == b'\n')),
        false => assert_eq!(format.is_openmetrics(), last == Some("# EOF")),
    }
    // What is taken for 2.0 is not 1.0.
    if format.protocol() == ScrapeProtocol::OpenMetricsText200 {
        let is_refused = exposition::Parser::openmetrics(body).any(|line| line.is_err());
        assert!(is_refused, "{text:?}");
    }
}
