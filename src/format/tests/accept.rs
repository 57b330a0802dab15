//! `Accept` headers: what is sent, and what it gets.

use super::*;

#[test]
fn accept_headers() {
    for (protocols, escaping, header) in [
        (
            &ScrapeProtocol::DEFAULT[..],
            AllowUtf8,
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ),
        (
            &ScrapeProtocol::ALL,
            Underscores,
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,\
             application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,\
             application/openmetrics-text;version=0.0.1;q=0.4,\
             text/plain;version=1.0.0;escaping=underscores;q=0.3,\
             text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        ),
        (
            &[Text004],
            Values,
            "text/plain;version=0.0.4;q=0.6,*/*;q=0.5",
        ),
        (
            &[Text100, Om001],
            Dots,
            "text/plain;version=1.0.0;escaping=dots;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,*/*;q=0.4",
        ),
        (
            &[Text004, Text004, Om001, Text004],
            Dots,
            "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,*/*;q=0.4",
        ),
        (&[], AllowUtf8, "*/*;q=0.6"),
        // What is experimental adds a weight before the others, and does not ask for an escaping.
        (
            &[Om200, Om100, Text004],
            AllowUtf8,
            "application/openmetrics-text;version=2.0.0;q=0.7,\
             application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
        ),
        (
            &[Proto, Om200, Om100, Om001, Text100, Text004],
            Underscores,
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,\
             application/openmetrics-text;version=2.0.0;q=0.6,\
             application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,\
             application/openmetrics-text;version=0.0.1;q=0.4,\
             text/plain;version=1.0.0;escaping=underscores;q=0.3,\
             text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        ),
    ] {
        assert_eq!(accept_header(protocols, escaping), header);
    }
}

#[test]
fn lists_of_protocols() {
    let names = ScrapeProtocol::ALL.map(ScrapeProtocol::name);
    assert_eq!(ScrapeProtocol::list(names), Ok(ScrapeProtocol::ALL.into()));
    assert_eq!(
        ScrapeProtocol::list(["OpenMetricsText2.0.0", "OpenMetricsText1.0.0"]),
        Ok(vec![Om200, Om100]),
    );
    assert_eq!(Om200.to_string(), "OpenMetricsText2.0.0");
    assert!(ScrapeProtocol::list(["openmetricstext2.0.0"]).is_err());
    assert!(ScrapeProtocol::list(["OpenMetricsText2.0.0", "OpenMetricsText2.0.0"]).is_err());
    for (names, message) in [
        (&[][..], "the list of scrape protocols is empty"),
        (
            &["prometheusproto"],
            "unknown scrape protocol \"prometheusproto\": expected PrometheusProto, OpenMetricsText1.0.0, \
             OpenMetricsText0.0.1, PrometheusText1.0.0 or PrometheusText0.0.4",
        ),
        (
            &["PrometheusProto", "PrometheusText0.0.4", "prometheusproto"],
            "scrape protocol \"prometheusproto\" is given twice",
        ),
    ] {
        let error = ScrapeProtocol::list(names).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn what_prometheus_gets() {
    let default = accept_header(&ScrapeProtocol::DEFAULT, AllowUtf8);
    let proto_first = accept_header(&ScrapeProtocol::ALL, AllowUtf8);
    let legacy = accept_header(&ScrapeProtocol::DEFAULT, Underscores);
    for (accept, supported, expected) in [
        (&default, &[Om100, Text004][..], (Om100, AllowUtf8)),
        (&default, &[Text004, Om001, Om100], (Om100, AllowUtf8)),
        (&default, &[Text004], (Text004, AllowUtf8)),
        (&default, &[Om001, Text004], (Om001, AllowUtf8)),
        (&default, &[Text004, Text100], (Text100, AllowUtf8)),
        (&default, &[Proto], (Proto, AllowUtf8)),
        (&proto_first, &[Om100, Proto], (Proto, Underscores)),
        (&proto_first, &[Om100], (Om100, AllowUtf8)),
        (&legacy, &[Text004], (Text004, Underscores)),
    ] {
        assert_eq!(
            answer(accept, supported),
            expected,
            "{accept} {supported:?}"
        );
    }
    assert_eq!(
        negotiate(&default, &[Text004]).content_type(),
        "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8"
    );
}

#[test]
fn clauses_fit_formats() {
    let all = [Om100, Om001, Text004, Proto];
    for (accept, expected) in [
        ("", (Text004, Underscores)),
        ("*/*", (Om100, Underscores)),
        ("*", (Om100, Underscores)),
        ("*/", (Om100, Underscores)),
        ("*/*;version=7;escaping=dots", (Om100, Dots)),
        ("text/plain", (Text004, Underscores)),
        ("text/plain;version=0.0.4", (Text004, Underscores)),
        (" text / plain ; version = 0.0.4 ", (Text004, Underscores)),
        (
            "text/plain;version=1.0.0;escaping=values",
            (Text004, Values),
        ),
        ("application/openmetrics-text", (Om001, Underscores)),
        (
            "application/openmetrics-text;version=1.0.0",
            (Om100, Underscores),
        ),
        (
            "application/openmetrics-text;charset=x;version=1.0.0",
            (Om100, Underscores),
        ),
        (
            "application/openmetrics-text;version=2.0.0",
            (Text004, Underscores),
        ),
        ("application/*;version=0.0.1", (Om001, Underscores)),
        ("*/openmetrics-text;version=1.0.0", (Om100, Underscores)),
        // Neither type nor value is unquoted, and case counts.
        (
            "application/openmetrics-text;version=\"1.0.0\"",
            (Text004, Underscores),
        ),
        (
            "Application/OpenMetrics-Text;version=1.0.0",
            (Text004, Underscores),
        ),
        (
            "application/openmetrics-text;Version=1.0.0",
            (Om001, Underscores),
        ),
        (
            "application/openmetrics-text;escaping=Dots",
            (Om001, Underscores),
        ),
        // A parameter without a value, or with a second `=`, does not count.
        (
            "application/openmetrics-text;version=;escaping",
            (Om001, Underscores),
        ),
        (
            "application/openmetrics-text;version=1.0.0=",
            (Om100, Underscores),
        ),
        (
            "application/openmetrics-text;version=1.0.0=1",
            (Om001, Underscores),
        ),
        (
            "application/openmetrics-text;version=9;version=1.0.0",
            (Om100, Underscores),
        ),
        (
            "application/openmetrics-text;version=1.0.0;",
            (Om100, Underscores),
        ),
        // Only spaces are blanks.
        (
            "application/openmetrics-text;version=1.0.0\t",
            (Text004, Underscores),
        ),
        // Wildcards have no version of their own.
        ("application/*", (Text004, Underscores)),
        ("text/*", (Text004, Underscores)),
        ("*/openmetrics-text", (Text004, Underscores)),
        // Not media types.
        ("application", (Text004, Underscores)),
        ("application/", (Text004, Underscores)),
        (
            "application/openmetrics-text/x;version=1.0.0",
            (Text004, Underscores),
        ),
        (
            "application/openmetrics-text/;version=1.0.0",
            (Om100, Underscores),
        ),
        ("//;escaping=dots", (Text004, Dots)),
        ("/,;,=,*", (Om100, Underscores)),
        // Protobuf needs both of its parameters.
        ("application/vnd.google.protobuf", (Text004, Underscores)),
        (
            "application/vnd.google.protobuf;encoding=delimited",
            (Text004, Underscores),
        ),
        (
            "application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily",
            (Proto, Underscores),
        ),
        (
            "application/vnd.google.protobuf;encoding=text;proto=io.prometheus.client.MetricFamily",
            (Text004, Underscores),
        ),
    ] {
        assert_eq!(answer(accept, &all), expected, "{accept:?}");
    }
}

#[test]
fn openmetrics_2_is_answered_if_its_version_is_asked_for() {
    let supported = [Om200, Om100, Om001, Text004];
    const OM: &str = "application/openmetrics-text";
    for (accept, expected) in [
        (format!("{OM};version=2.0.0"), (Om200, Underscores)),
        (format!("{OM};version=2.0.0;escaping=dots"), (Om200, Dots)),
        (format!("{OM};version=1.0.0"), (Om100, Underscores)),
        // Without a version it is the oldest one.
        (OM.into(), (Om001, Underscores)),
        (format!("{OM};version=3.0.0"), (Text004, Underscores)),
        ("*/*".into(), (Om200, Underscores)),
        (
            accept_header(&[Om100, Om200, Text004], AllowUtf8),
            (Om100, AllowUtf8),
        ),
        (
            accept_header(&[Om200, Om100, Text004], AllowUtf8),
            (Om200, Underscores),
        ),
        (
            accept_header(&ScrapeProtocol::DEFAULT, AllowUtf8),
            (Om100, AllowUtf8),
        ),
    ] {
        assert_eq!(answer(&accept, &supported), expected, "{accept:?}");
    }
}

#[test]
fn what_fits_nothing_gets_text() {
    for (supported, protocol) in [
        (&[Om100, Text100, Text004][..], Text100),
        (&[Om100, Proto], Om100),
        (&[Proto], Proto),
        (&[], Text004),
    ] {
        assert_eq!(answer("text/html", supported), (protocol, Underscores));
        assert_eq!(answer("", supported), (protocol, Underscores));
        assert_eq!(
            answer("text/html;escaping=dots", supported),
            (protocol, Dots)
        );
    }
}

#[test]
fn weights_order_the_clauses() {
    const OM: &str = "application/openmetrics-text;version=1.0.0";
    for (accept, protocol) in [
        (format!("{OM};q=0.1,text/plain;q=0.2"), Text004),
        (format!("text/plain;q=0.2,{OM};q=0.3"), Om100),
        (format!("text/plain,{OM}"), Text004),
        (format!("text/plain;q=0.9,{OM}"), Om100),
        // Zero is the least weight, not a ban, and garbage is zero.
        (format!("{OM};q=0"), Om100),
        (format!("{OM};q=x,text/plain;q=0.001"), Text004),
        (format!("{OM};q= 0.9,text/plain;q=0.001"), Text004),
        (format!("{OM};q=+nan,text/plain;q=0.001"), Text004),
        (format!("{OM};q=-1,text/plain;q=0"), Text004),
        (format!("{OM};q=-nan,text/plain;q=0.001"), Text004),
        (format!("text/plain;q=7,{OM};q=inf"), Om100),
        (format!("text/plain;q=7,{OM};q=0x1p3"), Om100),
        (format!("text/plain;q=7,{OM};q=1_0"), Om100),
        (format!("text/plain;q=7,{OM};q=1e999"), Om100),
        // An empty weight is 1.
        (format!("text/plain;q=0.9,{OM};q="), Om100),
        (format!("text/plain;q=0.9,{OM};q=0.1=0.1"), Om100),
        (format!("text/plain;q=0.9,{OM};Q=0.1"), Om100),
        // Specific before wildcard, at the same weight.
        ("*/*,text/plain".into(), Text004),
        ("text/plain,*/*".into(), Text004),
        // At different weights, whichever comes later goes first.
        ("*/*;q=0.9,text/plain;q=0.1".into(), Text004),
        ("text/plain;q=0.1,*/*;q=0.9".into(), Om100),
    ] {
        assert_eq!(answer(&accept, &[Om100, Text004]).0, protocol, "{accept}");
    }
    // Not from what comes after the clause that fits.
    assert_eq!(
        answer(
            "text/html;escaping=dots;q=0.9,text/plain;q=0.8,a/b;escaping=values;q=0.1",
            &[Text004]
        ),
        (Text004, Dots)
    );
}

#[test]
fn many_clauses_have_a_strict_order() {
    let fillers = "x/y;q=0.5,".repeat(20);
    let answer = |accept: &str| answer(&format!("{fillers}{accept}"), &[Om100, Text004]).0;
    assert_eq!(answer("*/*;q=0.9,text/plain;q=0.1"), Om100);
    assert_eq!(answer("text/plain;q=0.1,*/*;q=0.9"), Om100);
    assert_eq!(answer("*/*;q=0.3,text/plain;q=0.3"), Text004);
    assert_eq!(answer("text/plain;q=nan,*/*"), Text004);
}
