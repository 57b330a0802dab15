//! The exact words of errors: where, what was expected, what was found.

use exposition::{Dialect, Error, ErrorKind, Hint, Limits, Line, Parser};

use crate::support::doors;

fn errors(body: &[u8], dialect: Dialect) -> Vec<Error> {
    Parser::new(body, dialect).filter_map(Result::err).collect()
}

/// A body in a dialect, and the errors of its lines.
type Case<'a> = (Dialect, &'a [u8], &'a [(&'a str, ErrorKind)]);

#[test]
fn messages() {
    use Dialect::{Lenient, OpenMetrics, Text};
    let cases: &[Case<'_>] = &[
        (
            Text,
            b"1up 1\n",
            &[(
                "line 1, column 1: expected a metric name, `{` or `#`, found `1up 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up\n",
            &[(
                "line 1, column 3: expected the sample's value, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up",
            &[(
                "line 1, column 3: expected the sample's value, found the end of the body",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up{\n",
            &[(
                "line 1, column 4: expected a label name or `}`, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up{a\n",
            &[(
                "line 1, column 5: expected `=` after the label name, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up{a=\n",
            &[(
                "line 1, column 6: expected a label value in double quotes, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up{a=b} 1\n",
            &[(
                "line 1, column 6: expected a label value in double quotes, found `b} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a=\"b} 1\n",
            &[(
                "line 1, column 6: unclosed quote: expected a closing quote for this one, found `\"b} 1`",
                ErrorKind::UnclosedQuote,
            )],
        ),
        (
            Text,
            b"up{a=\"b\" 1\n",
            &[(
                "line 1, column 10: expected `,` or `}` after the label, found `1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a=\"b\"; c=\"d\"} 1\n",
            &[(
                "line 1, column 9: expected `,` or `}` after the label, found `; c=\"d\"} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{,} 1\n",
            &[(
                "line 1, column 4: expected a label name or `}`, found `,} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a=\"b\",,} 1\n",
            &[(
                "line 1, column 10: expected a label name or `}`, found `,} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a:b=\"c\"} 1\n",
            &[(
                "line 1, column 5: expected `=` after the label name, found `:b=\"c\"} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a=\"\xff\"} 1\n",
            &[(
                "line 1, column 7: invalid UTF-8: expected a label value in UTF-8, found `\\xff\"} 1`",
                ErrorKind::InvalidUtf8,
            )],
        ),
        (
            Text,
            b"up{a=\"b\\\n\"} 1\n",
            &[
                (
                    "line 1, column 9: expected the closing quote, for a line feed here is written `\\n`, found the end of the line",
                    ErrorKind::UnexpectedEnd,
                ),
                (
                    "line 2, column 1: expected a metric name, `{` or `#`, found `\"} 1`",
                    ErrorKind::Unexpected,
                ),
            ],
        ),
        (
            Text,
            b"{a=\"b\"} 1\n",
            &[(
                "line 1, column 7: missing metric name: expected a metric name, before the braces or in quotes inside them, found `} 1`",
                ErrorKind::MissingName,
            )],
        ),
        (
            Text,
            b"{} 1\n",
            &[(
                "line 1, column 2: missing metric name: expected a metric name, before the braces or in quotes inside them, found `} 1`",
                ErrorKind::MissingName,
            )],
        ),
        (
            Text,
            b"{\"a\",\"b\"} 1\n",
            &[(
                "line 1, column 6: second metric name: expected labels only, for the metric has its name already, found `\"b\"} 1`",
                ErrorKind::SecondName,
            )],
        ),
        (
            Text,
            b"up{\"b\"} 1\n",
            &[(
                "line 1, column 4: second metric name: expected labels only, for the metric has its name already, found `\"b\"} 1`",
                ErrorKind::SecondName,
            )],
        ),
        (
            Text,
            b"{up} 1\n",
            &[(
                "line 1, column 4: expected `=` after the label name, found `} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up{a=\"b\"}\n",
            &[(
                "line 1, column 10: expected the sample's value, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"up 0x10\n",
            &[(
                "line 1, column 4: expected a number as the sample's value, found `0x10`",
                ErrorKind::InvalidValue,
            )],
        ),
        (
            Text,
            b"up 1e999\n",
            &[(
                "line 1, column 4: value out of range: expected a number as the sample's value, found `1e999`",
                ErrorKind::ValueOutOfRange,
            )],
        ),
        (
            Text,
            b"up 1\r\n",
            &[(
                "line 1, column 4: expected a number as the sample's value, found `1\\r`; \
                 lines end in CR LF instead of LF",
                ErrorKind::InvalidValue,
            )],
        ),
        (
            Text,
            b"up 1 -5\n",
            &[(
                "line 1, column 6: expected a timestamp in milliseconds, digits only, found `-5`",
                ErrorKind::InvalidTimestamp,
            )],
        ),
        (
            Text,
            b"up 1 5.0\n",
            &[(
                "line 1, column 6: expected a timestamp in milliseconds, digits only, found `5.0`",
                ErrorKind::InvalidTimestamp,
            )],
        ),
        (
            Text,
            b"up 1 9223372036854775808\n",
            &[(
                "line 1, column 6: timestamp out of range: expected a timestamp in milliseconds, digits only, found `9223372036854775808`",
                ErrorKind::TimestampOutOfRange,
            )],
        ),
        (
            Text,
            b"up 1 2 3\n",
            &[(
                "line 1, column 8: expected the end of the line, found `3`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"up 1 # c\n",
            &[(
                "line 1, column 6: expected a timestamp in milliseconds, digits only, found `# c`",
                ErrorKind::InvalidTimestamp,
            )],
        ),
        (
            Text,
            b"up 1{\n",
            &[(
                "line 1, column 5: expected a timestamp or the end of the line, found `{`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"\xef\xbb\xbfup 1\n",
            &[(
                "line 1, column 1: expected a metric name, `{` or `#`, found `\\u{feff}up 1`; \
                 the body begins with a byte order mark",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"\0up 1\n",
            &[(
                "line 1, column 1: expected a metric name, `{` or `#`, found `\\u{0}up 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"# TYPE up Gauge\n",
            &[(
                "line 1, column 11: unknown type: expected counter, gauge, histogram, summary or untyped, found `Gauge`",
                ErrorKind::UnknownType,
            )],
        ),
        (
            Text,
            b"# TYPE up\n",
            &[(
                "line 1, column 10: expected counter, gauge, histogram, summary or untyped, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"# TYPE up  gauge\n",
            &[(
                "line 1, column 11: unknown type: expected counter, gauge, histogram, summary or untyped, found ` gauge`",
                ErrorKind::UnknownType,
            )],
        ),
        (
            Text,
            b"# HELP 1up x\n",
            &[(
                "line 1, column 8: expected a metric name, found `1up x`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            Text,
            b"# HELP \n",
            &[(
                "line 1, column 8: expected a metric name, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Text,
            b"# HELP up \xff\n",
            &[(
                "line 1, column 11: invalid UTF-8: expected a help text in UTF-8, found `\\xff`",
                ErrorKind::InvalidUtf8,
            )],
        ),
        (
            Text,
            b"# TYPE \"up gauge\n",
            &[(
                "line 1, column 8: unclosed quote: expected a closing quote for this one, found `\"up gauge`",
                ErrorKind::UnclosedQuote,
            )],
        ),
        (
            Text,
            "caf\u{e9} 1\n".as_bytes(),
            &[(
                "line 1, column 4: expected a number as the sample's value, found `é 1`",
                ErrorKind::InvalidValue,
            )],
        ),
        (
            OpenMetrics,
            b"",
            &[(
                "line 1, column 1: missing # EOF: expected `# EOF` at the end, found the end of the body",
                ErrorKind::MissingEof,
            )],
        ),
        (
            OpenMetrics,
            b"up 1\n",
            &[(
                "line 2, column 1: missing # EOF: expected `# EOF` at the end, found the end of the body",
                ErrorKind::MissingEof,
            )],
        ),
        (
            OpenMetrics,
            b"# EOF\nup 1\n",
            &[(
                "line 2, column 1: data after # EOF: expected the end of the body, found `up 1`",
                ErrorKind::AfterEof,
            )],
        ),
        (
            OpenMetrics,
            b"# EOF \n",
            &[
                (
                    "line 1, column 6: data after # EOF: expected the end of the body, found ` `",
                    ErrorKind::AfterEof,
                ),
                (
                    "line 2, column 1: missing # EOF: expected `# EOF` at the end, found the end of the body",
                    ErrorKind::MissingEof,
                ),
            ],
        ),
        (
            OpenMetrics,
            b"# comment\n# EOF\n",
            &[(
                "line 1, column 3: expected `HELP `, `TYPE `, `UNIT ` or `EOF`, found `comment`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"\n# EOF\n",
            &[(
                "line 1, column 1: expected a metric name, `{` or `# `, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            OpenMetrics,
            b"#EOF\n# EOF\n",
            &[(
                "line 1, column 1: expected `# HELP `, `# TYPE `, `# UNIT ` or `# EOF`, found `#EOF`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"up  1\n# EOF\n",
            &[(
                "line 1, column 4: expected a space and the sample's value, found ` 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"up{ a=\"b\"} 1\n# EOF\n",
            &[(
                "line 1, column 4: expected a label name or `}`, found ` a=\"b\"} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"up{a=\"b\" c=\"d\"} 1\n# EOF\n",
            &[(
                "line 1, column 9: expected `,` or `}` after the label, found ` c=\"d\"} 1`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"up{a=\"b\nc\"} 1\n# EOF\n",
            &[
                (
                    "line 1, column 8: expected the closing quote, for a line feed here is written `\\n`, found the end of the line",
                    ErrorKind::UnexpectedEnd,
                ),
                (
                    "line 2, column 2: expected a space and the sample's value, found `\"} 1`",
                    ErrorKind::Unexpected,
                ),
            ],
        ),
        (
            OpenMetrics,
            b"up 1 nan\n# EOF\n",
            &[(
                "line 1, column 6: expected a timestamp in seconds, found `nan`",
                ErrorKind::InvalidTimestamp,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 \n# EOF\n",
            &[(
                "line 1, column 6: expected a timestamp or the end of the line, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 # x\n# EOF\n",
            &[(
                "line 1, column 8: expected the exemplar's labels in braces, found `x`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 # {a=\"b\"}\n# EOF\n",
            &[(
                "line 1, column 15: expected a space and the exemplar's value, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 # {a=\"b\"} x\n# EOF\n",
            &[(
                "line 1, column 16: expected a number as the exemplar's value, found `x`",
                ErrorKind::InvalidValue,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 # {a=\"b\"} 1 x\n# EOF\n",
            &[(
                "line 1, column 18: expected a timestamp in seconds, found `x`",
                ErrorKind::InvalidTimestamp,
            )],
        ),
        (
            OpenMetrics,
            b"up 1 # {a=\"b\"} 1 2 3\n# EOF\n",
            &[(
                "line 1, column 19: expected the exemplar's timestamp or the end of the line, found ` 3`",
                ErrorKind::Unexpected,
            )],
        ),
        (
            OpenMetrics,
            b"# TYPE up untyped\n# EOF\n",
            &[(
                "line 1, column 11: unknown type: expected counter, gauge, histogram, gaugehistogram, stateset, info, summary or unknown, found `untyped`",
                ErrorKind::UnknownType,
            )],
        ),
        (
            OpenMetrics,
            b"# HELP up\n# EOF\n",
            &[(
                "line 1, column 10: expected a space and the text, found the end of the line",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            OpenMetrics,
            b"# UNIT up seconds\n# EOF\n",
            &[(
                "line 1, column 11: unit is not a suffix of the name: expected a unit that the metric's name ends in, after an underscore, found `seconds`",
                ErrorKind::InvalidUnit,
            )],
        ),
        (
            OpenMetrics,
            b"# TYPE up gauge",
            &[(
                "line 1, column 16: expected a line feed, found the end of the body",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            OpenMetrics,
            b"up 1",
            &[(
                "line 1, column 5: expected a timestamp or the end of the line, found the end of the body",
                ErrorKind::UnexpectedEnd,
            )],
        ),
        (
            Lenient,
            b"up 1 1e400\n",
            &[(
                "line 1, column 6: timestamp out of range: expected a timestamp in milliseconds, found `1e400`",
                ErrorKind::TimestampOutOfRange,
            )],
        ),
        (
            Lenient,
            b"up 1 1e30\n",
            &[(
                "line 1, column 6: timestamp out of range: expected a timestamp in milliseconds, found `1e30`",
                ErrorKind::TimestampOutOfRange,
            )],
        ),
        (
            Lenient,
            b"# TYPE up nonsense\n",
            &[(
                "line 1, column 11: unknown type: expected a metric type, found `nonsense`",
                ErrorKind::UnknownType,
            )],
        ),
    ];
    for (dialect, body, expected) in cases {
        let got = errors(body, *dialect);
        let got: Vec<(String, ErrorKind)> = got
            .iter()
            .map(|error| (error.to_string(), error.kind()))
            .collect();
        let expected: Vec<(String, ErrorKind)> = expected
            .iter()
            .map(|&(message, kind)| (message.to_owned(), kind))
            .collect();
        assert_eq!(
            got,
            expected,
            "{dialect:?}: {:?}",
            String::from_utf8_lossy(body)
        );
    }
}

fn rendered(body: &[u8]) -> String {
    errors(body, Dialect::Text)
        .first()
        .map(|error| error.render().to_string())
        .unwrap_or_default()
}

#[test]
fn renderings() {
    assert_eq!(
        rendered("ok 1\nup{job=\"é日本\"} x\n".as_bytes()),
        "\
error: expected a number as the sample's value, found `x`
 --> line 2, column 15 (byte 24)
  |
2 | up{job=\"é日本\"} x
  |               ^
"
    );
    // A long line is cut on both sides of the place, and characters that a terminal would act on are escaped.
    let long = format!(
        "up{{a=\"{}\",b=c{}\x1b[1m}} 1\n",
        "x".repeat(200),
        "d".repeat(200)
    );
    assert_eq!(
        rendered(long.as_bytes()),
        format!(
            "\
error: expected a label value in double quotes, found `c{}…`
 --> line 1, column 211 (byte 210)
  |
1 | …{}\",b=c{}…
  | {:61}^
",
            "d".repeat(23),
            "x".repeat(56),
            "d".repeat(59),
            "",
        )
    );
    assert_eq!(
        rendered(b"a\tb\x1b 1\n"),
        "\
error: expected a number as the sample's value, found `b\\u{1b} 1`
 --> line 1, column 3 (byte 2)
  |
1 | a b\\u{1b} 1
  |   ^
"
    );
}

/// The contents of a line with an error get the right names, through every door.
#[test]
fn lines_are_called_what_they_are() {
    use Dialect::{Lenient, OpenMetrics, OpenMetrics2, Text};
    let long = format!("a{{b=x{}\r\",c=\"\"}} 1\n", "y".repeat(242));
    let long_openmetrics2 = format!("a{{b=\"{}\"}} {{count:1}}\n", "y".repeat(1000));
    let cases: &[(Dialect, &[u8], &str)] = &[
        (
            Text,
            include_bytes!("../data/field/U1_bom.prom"),
            "line 1, column 1: expected a metric name, `{` or `#`, found `\\u{feff}# TYPE a gauge`; \
             the body begins with a byte order mark",
        ),
        (
            OpenMetrics,
            b"\xef\xbb\xbfa 1\n# EOF\n",
            "line 1, column 1: expected a metric name, `{` or `# `, found `\\u{feff}a 1`; \
             the body begins with a byte order mark",
        ),
        (
            Text,
            b"ok 1\na\xe2\x80\x8b 1\n",
            "line 2, column 2: expected a number as the sample's value, found `\\u{200b} 1`",
        ),
        (
            Text,
            b"ok 1\n# TYPE a gauge\r\n",
            "line 2, column 10: unknown type: expected counter, gauge, histogram, summary or untyped, \
             found `gauge\\r`; lines end in CR LF instead of LF",
        ),
        (
            OpenMetrics,
            b"a 1 5\r\n# EOF\n",
            "line 1, column 5: expected a timestamp in seconds, found `5\\r`; \
             lines end in CR LF instead of LF",
        ),
        (
            Lenient,
            b"a 1x\r\n",
            "line 1, column 3: expected a number as the sample's value, found `1x\\r`",
        ),
        (
            Text,
            b"\x1f\x8b\x08\x00\x00",
            "line 1, column 1: expected a metric name, `{` or `#`, found `\\u{1f}\\x8b\\u{8}\\u{0}\\u{0}`; \
             the body looks like gzip that is not decompressed",
        ),
        (
            Text,
            b"<!DOCTYPE html>\n",
            "line 1, column 1: expected a metric name, `{` or `#`, found `<!DOCTYPE html>`; \
             the body looks like HTML",
        ),
        (
            Text,
            b"{\"status\":\"ok\"}\n",
            "line 1, column 10: expected `=` after the label name, found `:\"ok\"}`; \
             the body looks like JSON",
        ),
        (
            Text,
            b"{\n",
            "line 1, column 2: expected a label name or `}`, found the end of the line; \
             the body looks like JSON",
        ),
        // A CR where the excerpt is cut does not end a line.
        (
            Text,
            long.as_bytes(),
            "line 1, column 5: expected a label value in double quotes, found `xyyyyyyyyyyyyyyyyyyyyyyy…`",
        ),
        // Further down it is an ordinary line.
        (
            Text,
            b"ok 1\n{\"a\":1}\n",
            "line 2, column 5: expected `=` after the label name, found `:1}`",
        ),
        (
            Text,
            b"a_total 1 # {x=\"y\"} 2\n",
            "line 1, column 11: expected a timestamp in milliseconds, digits only, found `# {x=\"y\"} 2`; \
             this looks like OpenMetrics, and is read as the text format",
        ),
        (
            Text,
            b"a_total 1 1000 # {x=\"y\"} 2\n",
            "line 1, column 16: expected the end of the line, found `# {x=\"y\"} 2`; \
             this looks like OpenMetrics, and is read as the text format",
        ),
        (
            Text,
            b"# TYPE build info\n",
            "line 1, column 14: unknown type: expected counter, gauge, histogram, summary or untyped, \
             found `info`; this looks like OpenMetrics, and is read as the text format",
        ),
        (
            OpenMetrics,
            b"a {count:1,sum:1,bucket:[+Inf:1]}\n# EOF\n",
            "line 1, column 3: expected a number as the sample's value, found `{count:1,sum:1,bucket:[+…`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            OpenMetrics,
            b"a{b=\"c\"} {gcount:1,gsum:1,bucket:[+Inf:1]}\n",
            "line 1, column 10: expected a number as the sample's value, found `{gcount:1,gsum:1,bucket:…`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            OpenMetrics,
            b"a 1 st@5\n# EOF\n",
            "line 1, column 5: expected a timestamp in seconds, found `st@5`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            OpenMetrics,
            b"a 1 2 st@5\n# EOF\n",
            "line 1, column 6: expected the end of the line, found ` st@5`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            OpenMetrics,
            b"a_total 1 # {} 1 2 # {} 1 2\n# EOF\n",
            "line 1, column 19: expected the exemplar's timestamp or the end of the line, \
             found ` # {} 1 2`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            OpenMetrics,
            b"a_total 1 # {} 1 2 3\n# EOF\n",
            "line 1, column 19: expected the exemplar's timestamp or the end of the line, found ` 3`",
        ),
        (
            OpenMetrics,
            b"a{b=c\" st@5\"} 1\n# EOF\n",
            "line 1, column 5: expected a label value in double quotes, found `c\" st@5\"} 1`",
        ),
        (
            OpenMetrics,
            long_openmetrics2.as_bytes(),
            "line 1, column 1009: expected a number as the sample's value, found `{count:1}`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            Text,
            b"a {count:1,sum:1,bucket:[+Inf:1]}\n",
            "line 1, column 9: expected `=` after the label name, found `:1,sum:1,bucket:[+Inf:1]…`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            Text,
            b"a 1 st@5\n",
            "line 1, column 5: expected a timestamp in milliseconds, digits only, found `st@5`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
        (
            Text,
            b"a 1 # {} 1 2 # {} 1 2\n",
            "line 1, column 5: expected a timestamp in milliseconds, digits only, found `# {} 1 2 # {} 1 2`; \
             this looks like OpenMetrics, and is read as the text format",
        ),
        (
            OpenMetrics2,
            b"a_total 1 # {} 1\n# EOF\n",
            "line 1, column 17: expected the exemplar's timestamp, found the end of the line; \
             this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0",
        ),
        (
            OpenMetrics2,
            b"# TYPE a info\na_info{b=\"c\"} 1\n# EOF\n",
            "line 1, column 8: name does not suit the type: expected a name that ends in `_info`, \
             for the metric is an info, found `a info`; \
             this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0",
        ),
        (
            OpenMetrics2,
            b"# TYPE a summary\na{quantile=\"0.5\"} 1\n# EOF\n",
            "line 2, column 19: value does not suit the type: expected all values of the metric in braces, \
             for it is a histogram or a summary, found `1`; \
             this looks like OpenMetrics 1.0, and is read as OpenMetrics 2.0",
        ),
        (
            OpenMetrics2,
            b"# TYPE a histogram\na 1\n# EOF\n",
            "line 2, column 3: value does not suit the type: expected all values of the metric in braces, \
             for it is a histogram or a summary, found `1`",
        ),
        (
            OpenMetrics2,
            b"a_total 1 # {} 1 x\n# EOF\n",
            "line 1, column 18: expected a timestamp in seconds, found `x`",
        ),
        (
            Lenient,
            b"a {count:1,sum:1,bucket:[+Inf:1]}\n",
            "line 1, column 9: expected `=` after the label name, found `:1,sum:1,bucket:[+Inf:1]…`; \
             this looks like OpenMetrics 2.0, and is read as an earlier format",
        ),
    ];
    for (dialect, body, expected) in cases {
        let first = errors(body, *dialect).remove(0);
        assert_eq!(first.to_string(), *expected, "{dialect:?}");
        assert_eq!(
            first.hint().is_some(),
            expected.contains("; "),
            "{expected}"
        );
        let mut others = Vec::new();
        doors::by_reader(body, *dialect, Limits::new(), (1, 64), |line| {
            others.extend(line.err());
        });
        let cut = others.len();
        doors::by_chunks(
            body,
            *dialect,
            Limits::new(),
            || 1,
            |line| others.extend(line.err()),
        );
        for other in [others.first(), others.get(cut)] {
            let other = other.map(|error| (error.to_string(), error.hint()));
            assert_eq!(
                other,
                Some((expected.to_string(), first.hint())),
                "{dialect:?}"
            );
        }
    }
}

#[test]
fn a_hint_is_rendered_as_a_note() {
    assert_eq!(
        rendered(include_bytes!("../data/field/U1_bom.prom")),
        "\
error: expected a metric name, `{` or `#`, found `\\u{feff}# TYPE a gauge`
 --> line 1, column 1 (byte 0)
  |
1 | \\u{feff}# TYPE a gauge
  | ^
  = note: the body begins with a byte order mark
"
    );
    let error = errors(b"<html>", Dialect::Text).remove(0);
    assert_eq!(error.hint(), Some(Hint::Html));
}

/// The position of an error is in the physical line that it is in.
#[test]
fn places_after_raw_line_feeds() {
    let found = errors(b"ok 1\nup{a=\"x\ny\",b=c} 1\nok 2\n", Dialect::Text);
    let places = found.iter().map(|error| error.position());
    let places: Vec<_> = places.map(|at| (at.line, at.column, at.byte)).collect();
    // After an error reading goes on after the next line feed, even one in quotes: nothing that might be a
    // line is skipped.
    assert_eq!(places, [(3, 6, 18), (3, 2, 14)]);
}

/// An error can be kept beside others, and knows its line.
#[test]
fn errors_are_plain_values() {
    let [error] = &errors(b"up 1\nup{job=\"a\",instance=b} 1\n", Dialect::Text)[..] else {
        panic!("one error");
    };
    assert_eq!(error.excerpt(), r#"up{job="a",instance=b} 1"#);
    assert_eq!(&error.clone(), error);
    assert_eq!(error.clone().to_string(), error.to_string());
    assert_eq!(
        error.clone().render().to_string(),
        error.render().to_string()
    );

    let read = |kind: std::io::ErrorKind| {
        let mut reader = exposition::Reader::new(Failing(kind), Dialect::Text);
        reader.next_line().map(|_| ()).unwrap_err()
    };
    let error = read(std::io::ErrorKind::BrokenPipe);
    let clone = error.clone();
    assert_eq!(
        std::io::Error::from(error).kind(),
        std::io::ErrorKind::BrokenPipe
    );
    assert_eq!(
        std::io::Error::from(clone).kind(),
        std::io::ErrorKind::BrokenPipe
    );
}

struct Failing(std::io::ErrorKind);

impl std::io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(self.0.into())
    }
}

#[test]
fn an_error_is_one_word() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    // An absent error takes a second word, but none next to a line.
    assert_eq!(size_of::<Option<Error>>(), 2 * size_of::<usize>());
    assert_eq!(
        size_of::<exposition::Result<Line<'_>>>(),
        size_of::<Line<'_>>()
    );
}
