//! What a `Content-Type` says; `Accept` headers in [`accept`].

mod accept;

use super::*;
use crate::model::name::EscapingScheme::{AllowUtf8, Dots, Underscores, Values};
use proptest::prelude::*;
use std::time::{Duration, Instant};

use ScrapeProtocol::{
    OpenMetricsText001 as Om001, OpenMetricsText100 as Om100, OpenMetricsText200 as Om200,
    PrometheusProto as Proto, PrometheusText004 as Text004, PrometheusText100 as Text100,
};

fn read(header: &str) -> Result<Format, FormatError> {
    Format::from_content_type(Some(header), None)
}

fn message(header: &str) -> String {
    read(header).unwrap_err().to_string()
}

#[test]
fn the_media_type_alone_selects_the_format() {
    for (header, protocol) in [
        ("text/plain", Text004),
        ("text/plain; version=0.0.4; charset=utf-8", Text004),
        ("text/plain;version=0.0.4", Text004),
        ("text/plain; version=1.0.0", Text100),
        ("text/plain; version=99", Text004),
        ("text/plain; version=\"1.0.0\"", Text100),
        ("text/plain; VERSION=1.0.0", Text100),
        ("TEXT/PLAIN; charset=iso-8859-1", Text004),
        ("  Text/Plain\t; charset=utf-8 ", Text004),
        ("text/plain;", Text004),
        ("text/plain ; ", Text004),
        ("text/plain; version=1.0.0;", Text100),
        ("text/plain; a = b ; c=\"\"", Text004),
        ("text/plain; version=1.0.0; version=1.0.0", Text100),
        ("text/plain; version=1.0.0; Version=\"1.0.0\"", Text100),
        ("text/plain; version*=1.0.0", Text004),
        ("text/plain; a=\"x;y,z\"; version=1.0.0", Text100),
        ("text/plain; a=\"\\\"\\\\\\x\"; version=1.0.0", Text100),
        ("text/plain\u{a0};\u{2003}version=1.0.0", Text100),
        // Go's lower case of U+0130 is `i`.
        ("text/pla\u{130}n", Text004),
        ("application/openmetrics-text", Om100),
        (
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Om100,
        ),
        (
            "application/openmetrics-text; version=0.0.1; charset=utf-8",
            Om001,
        ),
        (
            "application/openmetrics-text; version=2.0.0; charset=utf-8",
            Om100,
        ),
        ("Application/OpenMetrics-Text; version=99", Om100),
        ("application/vnd.google.protobuf", Proto),
        (
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
            Proto,
        ),
        (
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=compact-text",
            Proto,
        ),
    ] {
        assert_eq!(read(header), Ok(Format::new(protocol)), "{header:?}");
    }
}

#[test]
fn openmetrics_2_is_read_if_it_was_asked_for() {
    let header = "application/openmetrics-text; version=2.0.0; charset=utf-8";
    for (header, requested, expected) in [
        (header, &[][..], Om100),
        (header, &ScrapeProtocol::ALL, Om100),
        (header, &[Om200], Om200),
        (header, &[Text004, Om200, Om100], Om200),
        (
            "APPLICATION/openmetrics-text;VERSION=\"2.0.0\"",
            &[Om200],
            Om200,
        ),
        ("application/openmetrics-text; version=2.0", &[Om200], Om100),
        (
            "application/openmetrics-text; version=2.0.1",
            &[Om200],
            Om100,
        ),
        ("application/openmetrics-text", &[Om200], Om100),
        (
            "application/openmetrics-text; version=0.0.1",
            &[Om200],
            Om001,
        ),
        ("text/plain; version=2.0.0", &[Om200], Text004),
        (
            "application/vnd.google.protobuf; version=2.0.0",
            &[Om200],
            Proto,
        ),
    ] {
        let format = Format::from_negotiated(Some(header), None, requested);
        assert_eq!(
            format,
            Ok(Format::new(expected)),
            "{header:?} {requested:?}"
        );
    }
    let escaped =
        Format::from_negotiated(Some(&format!("{header}; escaping=dots")), None, &[Om200]);
    assert_eq!(escaped, Ok(Format::new(Om200).with_escaping(Dots)));
}

/// A fallback was chosen, and that is to ask for it.
#[test]
fn the_fallback_may_be_openmetrics_2() {
    let fallback = Some(Format::new(Om200));
    for requested in [&[][..], &[Om200]] {
        for (header, expected) in [
            (None, Ok(Om200)),
            (Some("text/html"), Ok(Om200)),
            (Some("application/openmetrics-text"), Ok(Om100)),
        ] {
            let format = Format::from_negotiated(header, fallback, requested);
            assert_eq!(format.map(Format::protocol), expected, "{header:?}");
        }
    }
    assert_eq!(
        Format::from_negotiated(Some("text/html"), None, &[Om200]),
        Format::from_content_type(Some("text/html"), None),
    );
}

#[test]
fn the_escaping_scheme_is_kept_if_known() {
    for (header, escaping) in [
        ("text/plain; escaping=allow-utf-8", Some(AllowUtf8)),
        ("text/plain; escaping=underscores", Some(Underscores)),
        ("text/plain; escaping=dots", Some(Dots)),
        ("text/plain; Escaping=\"values\"", Some(Values)),
        ("text/plain; escaping=DOTS", None),
        ("text/plain; escaping=none", None),
        ("text/plain", None),
    ] {
        assert_eq!(read(header).unwrap().escaping(), escaping, "{header:?}");
    }
}

#[test]
fn malformed_headers_say_where_and_why() {
    use MediaTypeErrorKind::*;
    for (header, at, expected) in [
        (" ", 0, Type),
        (";", 0, Type),
        ("/", 0, Type),
        ("/plain", 0, Type),
        (" \"text\"", 1, Type),
        ("é/plain", 0, Type),
        ("text plain", 4, Slash),
        ("text /plain", 4, Slash),
        ("text,application/json", 4, Slash),
        ("text/", 5, Subtype),
        ("invalid/", 8, Subtype),
        ("text/ plain", 5, Subtype),
        ("text/;a=b", 5, Subtype),
        (" text/plain,application/json", 11, Semicolon),
        ("text/plain/x", 10, Semicolon),
        ("text/plain charset=utf-8", 10, Semicolon),
        ("text/pla\u{130}n x", 11, Semicolon),
        ("text/plain; a=b c=d", 16, Semicolon),
        ("text/plain; a=\"b\"c", 17, Semicolon),
        ("text/plain; a=b, text/html", 15, Semicolon),
        ("text/plain;;", 11, ParameterName),
        ("text/plain; ; a=b", 12, ParameterName),
        ("text/plain; =b", 12, ParameterName),
        ("text/plain; é=b", 12, ParameterName),
        ("text/plain; bad", 15, Equals),
        ("text/plain; bad; a=b", 15, Equals),
        ("text/plain; a=", 14, ParameterValue),
        ("text/plain; a=;", 14, ParameterValue),
        ("text/plain; a=é", 14, ParameterValue),
        ("text/plain; a=\"b", 14, UnterminatedQuote),
        ("text/plain; a=\"b\\\"", 14, UnterminatedQuote),
        ("text/plain; a=\"b\\", 14, UnterminatedQuote),
        ("text/plain; a=\"b\nc\"", 16, LineBreak),
        ("text/plain; a=\"b\\\rc\"", 17, LineBreak),
        (
            "text/plain; version=0.0.4; version=1.0.0",
            27,
            ConflictingParameter,
        ),
        ("text/plain; a*0=b; A*0=c", 19, ConflictingParameter),
    ] {
        let FormatError::Malformed { byte, fault, .. } = read(header).unwrap_err() else {
            panic!("{header:?} is malformed");
        };
        assert_eq!((byte, fault), (at, expected), "{header:?}");
    }
}

#[test]
fn errors_read_well() {
    assert_eq!(message(""), "missing or empty Content-Type");
    assert_eq!(
        Format::from_content_type(None, None),
        Err(FormatError::Missing)
    );
    assert_eq!(
        message("text/html; charset=utf-8"),
        r#"unsupported media type "text/html" in Content-Type"#
    );
    assert_eq!(
        message("Application/JSON"),
        r#"unsupported media type "application/json" in Content-Type"#
    );
    assert_eq!(
        message("text"),
        r#"unsupported media type "text" in Content-Type"#
    );
    for (header, rest) in [
        (" ", "expected a media type at byte 0"),
        ("text;", "unsupported"),
        ("a b", "expected `/` after the type at byte 1"),
        ("a/", "expected a subtype at byte 2"),
        ("a/b,c", "expected `;` at byte 3"),
        ("a/b;;", "expected the name of a parameter at byte 4"),
        (
            "a/b;c",
            "expected `=` after the name of a parameter at byte 5",
        ),
        ("a/b;c=", "expected the value of a parameter at byte 6"),
        ("a/b;c='\"", "expected `;` at byte 7"),
        ("a/b;c=\"", "quoted string without an end at byte 6"),
        ("a/b;c=\"\n", "line break in a quoted string at byte 7"),
        (
            "a/b;c=d;c=e",
            "parameter given twice with different values at byte 8",
        ),
    ] {
        if rest == "unsupported" {
            assert_eq!(
                message(header),
                r#"unsupported media type "text" in Content-Type"#
            );
        } else {
            assert_eq!(
                message(header),
                format!("malformed Content-Type {header:?}: {rest}")
            );
        }
    }
}

#[test]
fn errors_do_not_grow_with_the_header() {
    let long = "é".repeat(100_000);
    assert_eq!(
        message(&long),
        format!(
            "malformed Content-Type {:?}: expected a media type at byte 0",
            "é".repeat(100) + "…"
        )
    );
    assert!(message(&"a".repeat(100_000)).len() < 200);
}

#[test]
fn the_fallback_serves_where_the_header_does_not() {
    let fallback = Some(Format::new(Om001));
    for header in [
        None,
        Some(""),
        Some("text/html"),
        Some("application/json"),
        Some("text/plain; bad"),
        Some("text/plain; version=0.0.4; version=1.0.0"),
        Some("text/plain,application/json"),
        Some("invalid/"),
        Some("/"),
        Some("text/plain; a=\"b"),
    ] {
        assert!(Format::from_content_type(header, None).is_err());
        let format = Format::from_content_type(header, fallback);
        assert_eq!(format, Ok(Format::new(Om001)), "{header:?}");
    }
    assert_eq!(
        Format::from_content_type(Some("text/plain"), fallback),
        Ok(Format::new(Text004))
    );
}

#[test]
fn headers_need_not_be_utf8() {
    let read = |header| Format::from_content_type_bytes(Some(header), None);
    assert_eq!(read(b"text/plain; a=\"\xff\""), Ok(Format::new(Text004)));
    assert!(matches!(
        read(b"text/plain; a=\xff"),
        Err(FormatError::Malformed {
            byte: 14,
            fault: MediaTypeErrorKind::ParameterValue,
            ..
        })
    ));
    assert_eq!(
        Format::from_content_type_bytes(None, None),
        Err(FormatError::Missing)
    );
}

#[test]
fn producers_content_types() {
    for (protocol, content_type) in [
        (
            Proto,
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
        ),
        (Text004, "text/plain; version=0.0.4; charset=utf-8"),
        (Text100, "text/plain; version=1.0.0; charset=utf-8"),
        (
            Om001,
            "application/openmetrics-text; version=0.0.1; charset=utf-8",
        ),
        (
            Om100,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
        (
            Om200,
            "application/openmetrics-text; version=2.0.0; charset=utf-8",
        ),
    ] {
        let format = Format::from(protocol);
        assert_eq!(format.content_type(), content_type);
        assert_eq!(
            format.with_escaping(Values).content_type(),
            format!("{content_type}; escaping=values")
        );
    }
}

#[test]
fn content_types_are_read_back() {
    for protocol in ScrapeProtocol::ALL.into_iter().chain([Om200]) {
        let format = Format::new(protocol);
        let schemes = EscapingScheme::ALL.map(|scheme| format.with_escaping(scheme));
        for format in schemes.into_iter().chain([format]) {
            let header = format.content_type();
            assert_eq!(
                Format::from_negotiated(Some(&header), None, &[Om200]),
                Ok(format)
            );
            // Nothing is 2.0 unless that was asked for.
            let unasked = match protocol {
                Om200 => Format {
                    protocol: Om100,
                    ..format
                },
                _ => format,
            };
            assert_eq!(read(&header), Ok(unasked));
            assert_eq!(format.to_string().parse(), Ok(unasked));
        }
    }
}

#[test]
fn kinds_of_formats() {
    let kinds = ScrapeProtocol::ALL
        .map(Format::new)
        .map(|format| (format.is_openmetrics(), format.is_protobuf()));
    assert_eq!(
        kinds,
        [
            (false, true),
            (true, false),
            (true, false),
            (false, false),
            (false, false)
        ]
    );
    assert_eq!(Format::default(), Format::new(Text004));
    let experimental = Format::new(Om200);
    assert!(experimental.is_openmetrics() && !experimental.is_protobuf());
    assert!(!ScrapeProtocol::ALL.contains(&Om200) && !ScrapeProtocol::DEFAULT.contains(&Om200));
}

#[test]
fn a_body_tells_by_its_end() {
    for (body, openmetrics) in [
        ("# EOF", true),
        ("# EOF\n", true),
        ("a 1\n# EOF\n", true),
        ("a 1\n# EOF\n\n\n", true),
        ("", false),
        ("\n\n", false),
        ("a 1\n", false),
        ("# EOF\na 1\n", false),
        ("a 1\n# EOF \n", false),
        ("a 1\n # EOF\n", false),
        ("a 1\n#EOF\n", false),
        ("a 1\n# EOF\r\n", false),
        ("a 1 # EOF\n", false),
        ("# EOF\n \n", false),
    ] {
        let format = Format::sniff(body.as_bytes());
        assert_eq!(format.is_openmetrics(), openmetrics, "{body:?}");
        assert_eq!(format.escaping(), None);
    }
}

#[test]
fn a_body_tells_its_openmetrics_by_its_lines() {
    for (body, protocol) in [
        ("a 1\n# EOF\n", Om100),
        ("a {count:1,sum:1,bucket:[+Inf:1]}\n# EOF\n", Om200),
        (
            "b 1\n{\"a.b\",c=\"d\"} {gcount:1,gsum:1,bucket:[+Inf:1]}\n# EOF\n",
            Om200,
        ),
        ("a 1 st@1\n# EOF", Om200),
        ("a 1 2 st@1 # {} 1 2\n# EOF", Om200),
        ("a 1 # {} 1 2 # {} 1 2\n# EOF\n", Om200),
        // One exemplar is in 1.0 too.
        ("a 1 # {} 1 2\n# EOF\n", Om100),
        // Without the end of OpenMetrics it is text, in error.
        ("a 1 st@1\n", Text004),
        // Labels and texts say nothing, not even on lines that cannot be read.
        ("# HELP a b {count:1} st@1\na 1\n# EOF\n", Om100),
        ("a{b=\" {count:1}\"} 1\n# EOF\n", Om100),
        ("a{b=\"\\\"} {count:1} st@1\"} 1\n# EOF\n", Om100),
        ("{\"a} {count:1}\"} 1\n# EOF\n", Om100),
        ("{\"a\nb 1 st@1\"} 1\n# EOF\n", Om100),
        ("# TYPE \"a\nb 1 st@1\" gauge\n# EOF\n", Om100),
        ("a 1 # {b=\"# {} st@1\"} 1\n# EOF\n", Om100),
        ("a{b=\"c} 1\nd{e=\" {count:1} st@1\"} 1\n# EOF\n", Om100),
    ] {
        assert_eq!(
            Format::sniff(body.as_bytes()).protocol(),
            protocol,
            "{body:?}"
        );
    }
}

#[test]
fn a_body_in_protobuf_tells_by_its_beginning() {
    let up = b"\x13\x0a\x02up\x18\x01\x22\x0b\x12\x09\x09\0\0\0\0\0\0\xf0\x3f";
    let long = [b"\x8c\x01\x0a\x01a\x12\x86\x01".as_slice(), &[b'x'; 134]].concat();
    for (body, protobuf) in [
        (up.as_slice(), true),
        // Another family, whatever it is, and what looks like the end of OpenMetrics.
        (&[up, b"\xff\xff".as_slice()].concat(), true),
        (&[up, b"\n# EOF\n".as_slice()].concat(), true),
        (&long, true),
        (b"\x03\x0a\x01a", true),
        (b"\x05\x0a\x03\xc3\xa4.", true),
        // Cut off, in the second field or in the name.
        (&up[..7], true),
        (&up[..10], true),
        (&long[..20], true),
        (&up[..4], false),
        (&up[..1], false),
        (b"", false),
        (b"\0", false),
        // Lengths that do not fit.
        (b"\x04\x0a\x03abcd", false),
        (b"\x06\x0a\x01a\x12\x05abcdefg", false),
        (b"\x80\x80\x80\x80\x80\x01\x0a\x01a", false),
        (b"\x05\x0a\x01a\x12", true),
        (b"\x04\x0a\x01a\x12\x00", false),
        // Not a name, and not a field of a family.
        (b"\x02\x0a\x00", false),
        (b"\x05\x0a\x03\xc3a.", false),
        (b"\x05\x0a\x03a b", false),
        (b"\x05\x0a\x01a\x08\x01", false),
        (b"\x05\x12\x01a\x18\x01", false),
        // Text whose first line is a single character.
        (b"#\na 1\n", false),
        (b" \n\n# HELP \"ab\" text\n", false),
        (b"#\n\n{\"abcdefgh\"} 1\n", false),
        (b"\t\n\ta 1\n", false),
        (b"\n\n\n\n", false),
    ] {
        assert_eq!(Format::sniff(body).is_protobuf(), protobuf, "{body:?}");
    }
}

/// Returns what a producer of `supported` answers, as protocol and escaping scheme.
fn answer(accept: &str, supported: &[ScrapeProtocol]) -> (ScrapeProtocol, EscapingScheme) {
    let format = negotiate(accept, supported);
    (format.protocol(), format.escaping().unwrap())
}

/// A quadratic reader would need minutes for each of these.
#[test]
fn hostile_headers_take_linear_time() {
    let many: String = (0..50_000).map(|n| format!(";p{n}=v")).collect();
    let headers = [
        format!("text/plain{many}"),
        format!("text/plain{}", ";a=b".repeat(100_000)),
        format!("text/plain;a={}", "b".repeat(400_000)),
        format!("text/plain;a=\"{}\"", "\\\"".repeat(200_000)),
        format!("text/plain{};a=b", " ".repeat(400_000)),
        format!("text/plain;a={};", " ".repeat(400_000)),
        format!("text/plain;a=\"{}", "\\\"".repeat(200_000)),
        ";".repeat(400_000),
        "a/b,".repeat(20_000),
        "a/b;q=0.5,*/*;q=0.6,".repeat(20_000),
        format!("{},", many),
        "/".repeat(400_000),
        format!("a/b;{}", "=".repeat(400_000)),
    ];
    let start = Instant::now();
    for header in &headers {
        let _ = read(header);
        let _ = negotiate(header, &ScrapeProtocol::ALL);
    }
    let _ = Format::sniff(&vec![b'\n'; 10_000_000]);
    let open = ["{\"a\n".repeat(400_000), "# EOF\n".into()].concat();
    let _ = Format::sniff(open.as_bytes());
    assert!(start.elapsed() < Duration::from_secs(30));
}

fn header() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("text/plain".to_owned()),
        Just("application/openmetrics-text".to_owned()),
        Just("*/*".to_owned()),
        Just("version=1.0.0".to_owned()),
        Just("escaping=dots".to_owned()),
        "q=[0-9.+naif-]{0,4}",
        "[;,/=\" \\\\*a\r\né]{1,3}",
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
    ]
}

/// Any protocols, the experimental one too, in any order.
fn protocols() -> impl Strategy<Value = Vec<ScrapeProtocol>> {
    let all: Vec<_> = ScrapeProtocol::ALL.into_iter().chain([Om200]).collect();
    proptest::sample::subsequence(all, 1..=6).prop_shuffle()
}

/// What marks a line of OpenMetrics 2.0, and what may hide where it is. All of it may be in quotes.
fn marks() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a",
        " st@1",
        " {count:1}",
        " 1",
        " # {} 1 2 # {} 1 2",
        "{",
        "}",
        ",",
        "=",
        " ",
        "#",
        "\\\\",
        "\\\"",
        "\\n",
    ]);
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// A line of OpenMetrics 1.0 with such texts. Only names have line feeds.
fn line_of_openmetrics_1() -> impl Strategy<Value = String> {
    (0..8, proptest::collection::vec(marks(), 1..4), marks()).prop_map(|(form, name, text)| {
        let name = name.join("\na");
        match form {
            0 => format!("{{\"a{name}\"}} 1\n"),
            1 => format!("{{b=\"{text}\",\"a{name}\"}} 1 2\n"),
            2 => format!("a{{\"b{name}\"=\"{text}\"}} 1\n"),
            3 => format!("a_total{{b=\"{text}\"}} 1 2 # {{c=\"{text}\"}} 1 2\n"),
            4 => format!("# HELP a {text}\n"),
            5 => format!("# HELP \"a{name}\" {text}\n"),
            6 => format!("# TYPE \"a{name}\" gauge\n"),
            _ => format!("{{\"a{name}\",b=\"{text}\"}} 1 # {{}} 1\n"),
        }
    })
}

proptest! {
    /// Nothing in quotes or in a HELP text makes a body of OpenMetrics 1.0 look like 2.0.
    #[test]
    fn openmetrics_1_is_not_taken_for_2(lines in proptest::collection::vec(line_of_openmetrics_1(), 0..6)) {
        let body = lines.concat() + "# EOF\n";
        let error = crate::Parser::openmetrics(&body).find_map(Result::err);
        prop_assert!(error.is_none(), "{error:?}");
        prop_assert_eq!(Format::sniff(body.as_bytes()).protocol(), Om100);
        prop_assert_eq!(hint::Hint::of_body(body.as_bytes(), crate::Dialect::OpenMetrics), None);
    }

    #[test]
    fn no_header_is_too_odd(header in header(), bytes: Vec<u8>) {
        if let Err(FormatError::Malformed { byte, .. }) = read(&header) {
            prop_assert!(header.is_char_boundary(byte));
        }
        let _ = Format::from_content_type_bytes(Some(&bytes), None);
        let _ = Format::sniff(&bytes);
    }

    #[test]
    fn what_is_read_is_written_and_read_alike(header in header()) {
        if let Ok(format) = read(&header) {
            prop_assert_eq!(read(&format.content_type()), Ok(format));
        }
    }

    #[test]
    fn an_answer_is_supported_and_complete(
        header in header(),
        supported in protocols(),
    ) {
        let (protocol, _) = answer(&header, &supported);
        prop_assert!(supported.contains(&protocol));
    }

    #[test]
    fn a_scraper_gets_what_it_asks_for(
        protocols in protocols(),
        supported in protocols(),
    ) {
        let accept = accept_header(&protocols, AllowUtf8);
        let wanted = protocols.iter().find(|protocol| supported.contains(protocol));
        prop_assert_eq!(answer(&accept, &supported).0, *wanted.unwrap_or(&supported[0]));
    }
}
