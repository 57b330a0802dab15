//! What is said of a body whose looks do not go with its format.

use exposition::ScrapeProtocol;

use super::*;

fn hint(body: &[u8], format: Option<ScrapeProtocol>, lenient: Option<bool>) -> Option<String> {
    let source = Source::new("a".to_owned(), body.to_vec(), format.map(Format::new));
    source
        .lenient(lenient == Some(true))
        .hint(lenient.is_some())
}

#[test]
fn a_body_is_called_what_it_looks_like() {
    use ScrapeProtocol::{OpenMetricsText100, OpenMetricsText200, PrometheusText004};
    let as_openmetrics = "this looks like OpenMetrics, and is read as the text format; \
                          --format openmetrics reads it as what it is";
    let line_ends =
        "lines end in CR LF instead of LF, which Prometheus refuses: each has to end in LF alone";
    for (body, format, expected) in [
        (&b"a 1\n"[..], None, None),
        (b"a 1\r\n", None, Some(line_ends)),
        (b"a 1\n# EOF\n", None, None),
        (
            b"a 1\n# EOF\n",
            Some(PrometheusText004),
            Some(as_openmetrics),
        ),
        (b"a 1 st@1\n# EOF\n", None, None),
        (
            b"a 1 st@1\n# EOF\n",
            Some(PrometheusText004),
            Some(
                "this looks like OpenMetrics, and is read as the text format; \
                 --format openmetrics2 reads it as what it is",
            ),
        ),
        (
            b"a 1 st@1\n# EOF\n",
            Some(OpenMetricsText100),
            Some(
                "this looks like OpenMetrics 2.0, and is read as an earlier format; \
                 --format openmetrics2 reads it as what it is",
            ),
        ),
        (
            b"# TYPE a counter\na_total 1\n# EOF\n",
            Some(OpenMetricsText200),
            Some(
                "this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0; \
                 --format openmetrics reads it as what it is",
            ),
        ),
    ] {
        let shown = body.escape_ascii();
        assert_eq!(hint(body, format, None).as_deref(), expected, "{shown}");
    }
    let with_option =
        "lines end in CR LF instead of LF, which Prometheus refuses; --lenient reads them";
    for (body, lenient, expected) in [
        (&b"a 1\r\n"[..], false, Some(with_option)),
        (b"a 1\r\n", true, None),
        (
            b"a 1\r\n# EOF\n",
            false,
            Some(
                "lines end in CR LF instead of LF, which Prometheus refuses: each has to end in LF alone",
            ),
        ),
    ] {
        assert_eq!(hint(body, None, Some(lenient)).as_deref(), expected);
    }
}

#[test]
fn only_the_text_format_is_read_leniently() {
    let read = |body: &[u8]| {
        Source::new("a".to_owned(), body.to_vec(), None)
            .lenient(true)
            .dialect
    };
    assert_eq!(read(b"a 1\n"), Dialect::Lenient);
    assert_eq!(read(b"a 1\n# EOF\n"), Dialect::OpenMetrics);
    assert_eq!(read(b"a 1 st@1\n# EOF\n"), Dialect::OpenMetrics2);
}

#[test]
fn a_password_in_a_url_is_not_shown() {
    for (name, shown) in [
        ("http://ann:secret@h/metrics", "http://ann:xxxxx@h/metrics"),
        ("HTTP://ann:secret@h/metrics", "http://ann:xxxxx@h/metrics"),
        ("http://ann@h/metrics", "http://ann@h/metrics"),
        ("http://H/a?b=c", "http://H/a?b=c"),
        ("ann:secret@h", "ann:secret@h"),
        ("-", "standard input"),
    ] {
        assert_eq!(called(name.as_ref()), shown);
    }
}
