use super::*;

#[test]
fn refusals_have_the_words_of_promtool() {
    let refused = |line: &str| {
        let body = format!("# TYPE h histogram\n# TYPE s summary\na 1\n{line}\n");
        extended(&body).unwrap_err().to_string()
    };
    for (line, expected) in [
        ("1a 1", "invalid metric name"),
        ("# HELP 1a Help.", "invalid metric name in comment"),
        ("{\"\"} 1", "invalid label name for metric \"\""),
        ("{\"a", "label name \"a\" contains unescaped new-line"),
        (
            "# HELP \"a",
            "metric name \"a\" contains unescaped new-line",
        ),
        ("{\"a\",\"b\"} 1", "multiple metric names for metric \"a\""),
        ("{\"a\" 1", "unexpected end of metric name '1'"),
        ("{x=\"1\"} 1", "invalid metric name"),
        ("a{1=\"1\"} 1", "invalid label name for metric \"a\""),
        ("a{x} 1", "expected '=' after label name, found '}'"),
        (
            "a{x=1} 1",
            "expected '\"' at start of label value, found '1'",
        ),
        (
            "a{x='1'} 1",
            "expected '\"' at start of label value, found '\\''",
        ),
        (
            "a{x=\"1} 1",
            "label value \"1} 1\" contains unescaped new-line",
        ),
        (
            "a{x=\"1\" y=\"2\"} 1",
            "unexpected end of label value \"1\"",
        ),
        ("a{x=\"\\t\"} 1", "invalid escape sequence '\\t'"),
        ("# HELP b \\t", "invalid escape sequence '\\t'"),
        ("a{__name__=\"1\"} 1", "label name \"__name__\" is reserved"),
        (
            "a{x=\"1\",x=\"2\"} 1",
            "duplicate label names for metric \"a\"",
        ),
        ("a one", "expected float as value, got \"one\""),
        ("a 1\r", "expected float as value, got \"1\\r\""),
        ("a 1 ", "expected integer as timestamp, got \"\""),
        ("a 1 1.5", "expected integer as timestamp, got \"1.5\""),
        ("a 1 2 3", "spurious string after timestamp: \" 3\""),
        ("# TYPE b info", "unknown metric type \"info\""),
        (
            "# TYPE h gauge",
            "second TYPE line for metric name \"h\", or TYPE reported after samples",
        ),
        (
            "# TYPE a gauge",
            "second TYPE line for metric name \"a\", or TYPE reported after samples",
        ),
        (
            "h_bucket{le=\"x\"} 1",
            "expected float as value for 'le' label, got \"x\"",
        ),
        (
            "s{quantile=\"x\"} 1",
            "expected float as value for 'quantile' label, got \"x\"",
        ),
        (
            "h_bucket{le=\"1\"} -1",
            "negative bucket population for histogram \"h\"",
        ),
        ("h_count -1", "negative count for histogram \"h\""),
    ] {
        let expected = format!("text format parsing error in line 4: {expected}");
        assert_eq!(refused(line), expected, "{line}");
    }
    let twice = extended("# HELP a b\n# HELP a b\n").unwrap_err();
    assert_eq!(twice.line(), 2);
    assert_eq!(
        twice.to_string(),
        "text format parsing error in line 2: second HELP line for metric name \"a\"",
    );
    let dotted = "# HELP \"a.b\" c\n";
    assert_eq!(extended(dotted).map(|found| found.total()), Ok(0));
    assert_eq!(
        check(dotted).unwrap_err().to_string(),
        "text format parsing error in line 1: invalid metric name \"a.b\"",
    );
}

#[test]
fn a_last_line_without_its_line_feed_is_refused() {
    for (body, expected) in [
        ("", None),
        ("a 1\n", None),
        ("a 1\n \t", None),
        ("a 1", Some("unexpected end of input stream")),
        ("a 1\n#", Some("unexpected end of input stream")),
        ("a 1 2 3", Some("unexpected end of input stream")),
        ("a{1", Some("invalid label name for metric \"a\"")),
        ("a{", Some("unexpected end of input stream")),
    ] {
        let refused = check(body).err().map(|refusal| refusal.to_string());
        let expected = expected.map(|words| {
            format!(
                "text format parsing error in line {}: {words}",
                body.lines().count()
            )
        });
        assert_eq!(refused, expected, "{body:?}");
    }
}

#[test]
fn what_only_promtool_takes() {
    for line in [
        "# TYPE a GAUGE",
        "# TYPE a gauge_histogram",
        "# TYPE a",
        "# TYPE a ",
        "# TYPE a \\gauge",
        "#TYPE a gauge",
        "a 1 -5",
        "\"a\" 1",
        "\"a\"{x=\"1\"} 1",
        " a{ x = \"1\" , } 1",
    ] {
        assert!(check(&format!("{line}\n")).is_ok(), "{line}");
    }
}

#[test]
fn cardinalities_are_miscounted_as_there() {
    let body = "# TYPE h histogram\nh_bucket{x=\"1\",le=\"1\"} 1\nh_bucket{x=\"1\",le=\"+Inf\"} 1\nh_bucket{x=\"2\",le=\"1\"} 1\n\
                a_ms 1\na_ms 2\nb 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\n";
    let found = extended(body).unwrap();
    let families: Vec<_> = found.families().collect();
    assert_eq!(families, [("h", 8), ("s", 3), ("a_ms", 2), ("b", 1)]);
    let table = "\
Metric    Cardinality    Percentage    
h         8              57.14%        
s         3              21.43%        
a_ms      2              14.29%        
b         1              7.14%         
Total     14             100%          
";
    assert_eq!(found.to_string(), table);
    let none = "Metric    Cardinality    Percentage    \nTotal     0              100%          \n";
    assert_eq!(extended("").unwrap().to_string(), none);
}
