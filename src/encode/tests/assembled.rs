//! What lines are written as where one line of a format is many of another.

use super::*;

const OM2: ScrapeProtocol = ScrapeProtocol::OpenMetricsText200;

/// Writes a body line by line, and returns it with the errors and what was left out.
fn by_lines(
    body: &str,
    from: Dialect,
    format: impl Into<Format>,
    lossy: bool,
) -> (String, Vec<String>, Omitted) {
    let mut encoder = Encoder::new(String::new(), format).unwrap().lossy(lossy);
    let lines = Parser::new(body.as_bytes(), from);
    let errors = lines.filter_map(|line| encoder.line(&line.unwrap(), from).err());
    let errors = errors.map(|error| error.to_string()).collect();
    let (text, omitted) = encoder.finish_reporting().unwrap();
    (text, errors, omitted)
}

#[track_caller]
fn check_lines(body: &str, from: Dialect, format: impl Into<Format>, expected: &str) {
    let (text, errors, omitted) = by_lines(body, from, format, false);
    assert_eq!(
        (text.as_str(), errors, omitted),
        (expected, Vec::new(), Omitted::default())
    );
}

#[test]
fn lines_of_other_formats_become_one() {
    check_lines(
        "# HELP h Latency.\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\n# a comment\nh_bucket{le=\"+Inf\"} 3\nh_sum 4\n\nh_count 3\n# TYPE c counter\nc 1 1500\nup{job=\"\"} 1\nup 2\n# TYPE e gauge\n",
        Dialect::Text,
        OM2,
        "# TYPE h histogram\n# HELP h Latency.\nh {count:3,sum:4,bucket:[1:2,+Inf:3]}\n# TYPE c counter\nc 1.0 1.5\n# TYPE up unknown\nup{job=\"\"} 1.0\nup 2.0\n# TYPE e gauge\n# EOF\n",
    );
    check_lines(
        "# TYPE c counter\n# UNIT c \nc_total 1 # {a=\"b\"} 2 3\nc_created 5\n# TYPE i info\ni_info 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 3\ns_created 4\n# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} 1\ng_gsum 2\ng_gcount 1\n# EOF\n",
        Dialect::OpenMetrics,
        OM2,
        "# TYPE c_total counter\nc_total 1.0 st@5 # {a=\"b\"} 2.0 3\n# TYPE i_info info\ni_info 1.0\n# TYPE s summary\ns {count:3,sum:2,quantile:[0.5:1]} st@4\n# TYPE g gaugehistogram\ng {gcount:1,gsum:2,bucket:[+Inf:1]}\n# EOF\n",
    );
    check_lines(
        "# TYPE \"m.n\" summary\n{\"m.n_sum\",\"a.b\"=\"1\"} 7\n{\"m.n_count\",\"a.b\"=\"1\"} 8\n",
        Dialect::Lenient,
        Format::new(OM2).with_escaping(EscapingScheme::Underscores),
        "# TYPE m_n summary\nm_n{a_b=\"1\"} {count:8,sum:7,quantile:[]}\n# EOF\n",
    );
}

#[test]
fn lines_of_the_same_format_are_copied() {
    let body = "# HELP h x\n# TYPE h histogram\nh{} {count:3.0,sum:+4,bucket:[1:2,+Inf:3]} 7.0 st@1e0 # {} 1 2 # {} 1 3\n# UNIT c s\n# TYPE c counter\nc 1\n{\"a.b\"} 01\n# EOF\n";
    let all = Format::new(OM2).with_escaping(EscapingScheme::AllowUtf8);
    check_lines(body, Dialect::OpenMetrics2, all, body);
}

#[test]
fn an_error_is_about_the_family_before() {
    let body = "# TYPE h histogram\nh_count 3\nup 1\n# TYPE s summary\ns_count 1\n";
    let format = Format::new(OM2);
    let mut encoder = Encoder::new(String::new(), format).unwrap();
    let mut errors = Vec::new();
    for line in Parser::text(body) {
        if let Err(error) = encoder.line(&line.unwrap(), Dialect::Text) {
            errors.push(error.to_string());
        }
    }
    assert_eq!(
        errors,
        ["h: OpenMetrics 2.0 requires a sum, and it has none"]
    );
    let error = encoder.finish().unwrap_err();
    assert_eq!(
        error.to_string(),
        "s: OpenMetrics 2.0 requires a sum, and it has none"
    );
    let (text, errors, omitted) = by_lines(body, Dialect::Text, format, true);
    assert_eq!(
        text,
        "# TYPE h histogram\nh {count:3,sum:NaN,bucket:[+Inf:3]}\n# TYPE up unknown\nup 1.0\n# TYPE s summary\ns {count:1,sum:NaN,quantile:[]}\n# EOF\n",
    );
    assert_eq!((errors, omitted.missing), (Vec::new(), 2));
    // Names are refused at once.
    let (text, errors, _) = by_lines(
        "a{b=\"1\",b=\"2\"} 1\na{b=\"1\"} 2\n",
        Dialect::Text,
        format,
        true,
    );
    assert_eq!(errors, ["a: a label twice"]);
    assert_eq!(text, "# TYPE a unknown\na{b=\"1\"} 2.0\n# EOF\n");
}

/// A histogram's name without a suffix, and a bucket without a bound, are samples of their own.
#[test]
fn samples_that_fit_no_metric_are_kept() {
    check_lines(
        "# TYPE h histogram\nh_count 3\nh_sum 1\nh_bucket{le=\"x\"} 2\nh_bucket 5\n",
        Dialect::Text,
        OM2,
        "# TYPE h histogram\nh {count:3,sum:1,bucket:[+Inf:3]}\n# TYPE h_bucket unknown\nh_bucket{le=\"x\"} 2.0\nh_bucket 5.0\n# EOF\n",
    );
}

type Rename = fn(&str) -> Option<String>;

/// Writes a body with the names that `rename` gives, and without labels named `x`.
fn relabelled(body: &str, from: Dialect, to: ScrapeProtocol, rename: Rename) -> (String, Omitted) {
    let mut encoder = Encoder::new(String::new(), to).unwrap().lossy(true);
    for line in Parser::new(body.as_bytes(), from) {
        let line = line.unwrap();
        let Line::Sample(sample) = &line else {
            encoder.line(&line, from).unwrap();
            continue;
        };
        let name = rename(&sample.name()).unwrap_or_else(|| sample.name().into_owned());
        let labels: Vec<_> = (sample.labels().iter())
            .map(|label| (label.name(), label.value()))
            .collect();
        let labels = labels
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()));
        let labels = labels.filter(|label| label.0 != "x");
        encoder.sample_as(sample, from, &name, labels).unwrap();
    }
    encoder.finish_reporting().unwrap()
}

#[test]
fn families_whose_samples_get_other_names() {
    let lost = |exemplars, samples| Omitted {
        exemplars,
        samples,
        ..Omitted::default()
    };
    let prefixed: Rename = |name| name.starts_with('h').then(|| format!("p_{name}"));
    let cases: [(&str, Rename, &str, Omitted); 9] = [
        (
            "# HELP h text\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1 # {} 0.5\nh_count 1\nh_sum 2\n# TYPE a gauge\na 3\n# EOF\n",
            prefixed,
            "# TYPE a gauge\na 3.0\n# TYPE p_h histogram\n# HELP p_h text\np_h {count:1,sum:2,bucket:[+Inf:1]}\n# EOF\n",
            lost(1, 0),
        ),
        // What is left of a summary may not be one.
        (
            "# TYPE s summary\ns_count 1\ns_sum 2\n# TYPE a gauge\na 3\n# EOF\n",
            |name| (name == "s_sum").then(|| "odd".into()),
            "# TYPE s_count unknown\ns_count 1.0\n# TYPE a gauge\na 3.0\n# TYPE odd unknown\nodd 2.0\n# EOF\n",
            lost(0, 0),
        ),
        (
            "# TYPE c counter\nc_total 1 # {t=\"1\"} 1 2\nc_created 2\n# EOF\n",
            |name| (name == "c_total").then(|| "d".into()),
            "# TYPE c_created unknown\nc_created 2.0\n# TYPE d unknown\nd 1.0 # {t=\"1\"} 1.0 2\n# EOF\n",
            lost(0, 0),
        ),
        // A family that loses all its samples is not declared.
        (
            "# TYPE a gauge\na 1\n# TYPE c counter\nc_total 2\n# TYPE b gauge\nb{y=\"1\"} 3\n# EOF\n",
            |name| (name != "c_total").then(|| "d".into()),
            "# TYPE c_total counter\nc_total 2.0\n# TYPE d gauge\nd 1.0\nd{y=\"1\"} 3.0\n# EOF\n",
            lost(0, 0),
        ),
        // There is such a family already.
        (
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 2\n# EOF\n",
            |name| (name == "b").then(|| "a".into()),
            "# TYPE a gauge\na 1.0\n# EOF\n",
            lost(0, 1),
        ),
        (
            "# TYPE c counter\nc_total 1\n# TYPE h histogram\nh_count 2\nh_sum 3\n# EOF\n",
            |name| {
                name.strip_prefix('h')
                    .map(|suffix| format!("c_total{suffix}"))
            },
            "# TYPE c_total counter\nc_total 1.0\n# EOF\n",
            lost(0, 2),
        ),
        // The labels that told series apart are gone.
        (
            "# TYPE a gauge\na{x=\"1\"} 1\na{y=\"1\"} 2\na{x=\"2\"} 3\na{x=\"3\"} 4 5\n# EOF\n",
            |_| None,
            "# TYPE a gauge\na 1.0\na{y=\"1\"} 2.0\n# EOF\n",
            lost(0, 2),
        ),
        (
            "# TYPE a gauge\na{x=\"1\"} 1 2\na{y=\"1\"} 2\na{x=\"2\"} 3 1\na{x=\"3\"} 4 2\n# EOF\n",
            |_| None,
            "# TYPE a gauge\na 3.0 1\na 1.0 2\na{y=\"1\"} 2.0\n# EOF\n",
            lost(0, 1),
        ),
        (
            "# TYPE s summary\ns_sum{x=\"1\",y=\"1\"} 1\ns_sum{x=\"1\",y=\"2\"} 2\ns_count{x=\"2\",y=\"1\"} 3\n# EOF\n",
            |_| None,
            "# TYPE s_sum unknown\ns_sum{y=\"1\"} 1.0\ns_sum{y=\"2\"} 2.0\n# TYPE s_count unknown\ns_count{y=\"1\"} 3.0\n# EOF\n",
            lost(0, 0),
        ),
    ];
    for (body, rename, expected, omitted) in cases {
        let (text, left) = relabelled(body, Dialect::OpenMetrics, OM2, rename);
        assert_eq!((text.as_str(), left), (expected, omitted), "{body}");
    }
}

/// A body with everything that others have on several lines, or not at all.
const WHOLE: &str = "# TYPE h histogram\nh{a=\"b\"} {count:3,sum:4,bucket:[1:2,+Inf:3]} 7 st@1.5 # {} 0.5 1 # {} 0.75 2 # {} 5 3\n# TYPE c_total counter\nc_total 1 st@2 # {x=\"y\"} 1 2\n# TYPE n histogram\nn {count:1,sum:2,schema:0,zero_threshold:0,zero_count:1}\n# TYPE s summary\ns {count:1,sum:2,quantile:[0.5:1]}\n# TYPE i_info info\ni_info{a=\"b\"} 1\n# TYPE g gaugehistogram\ng {gcount:-1,gsum:-2,bucket:[+Inf:-1]}\n# TYPE u gauge\nu 1 st@3\n# EOF\n";

#[test]
fn one_line_becomes_several() {
    let (text, errors, omitted) = by_lines(WHOLE, Dialect::OpenMetrics2, OM, true);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(
        text,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"1.0\"} 2 7.0 # {} 0.5 1.0\nh_bucket{a=\"b\",le=\"+Inf\"} 3 7.0 # {} 5.0 3.0\nh_sum{a=\"b\"} 4.0 7.0\nh_count{a=\"b\"} 3 7.0\nh_created{a=\"b\"} 1.5\n# TYPE c counter\nc_total 1.0 # {x=\"y\"} 1.0 2.0\nc_created 2.0\n# TYPE n histogram\nn_bucket{le=\"+Inf\"} 1\nn_sum 2.0\nn_count 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1.0\ns_sum 2.0\ns_count 1\n# TYPE i info\ni_info{a=\"b\"} 1.0\n# TYPE g gaugehistogram\ng_bucket{le=\"+Inf\"} -1.0\ng_gsum -2.0\ng_gcount -1.0\n# TYPE u gauge\nu 1.0\n# EOF\n",
    );
    let expected = Omitted {
        exemplars: 1,
        native_histograms: 1,
        timestamps: 1,
        ..Omitted::default()
    };
    assert_eq!(omitted, expected);
    let (text, errors, omitted) = by_lines(WHOLE, Dialect::OpenMetrics2, TEXT, true);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(
        text,
        "# TYPE h histogram\nh_bucket{a=\"b\",le=\"1\"} 2 7000\nh_bucket{a=\"b\",le=\"+Inf\"} 3 7000\nh_sum{a=\"b\"} 4 7000\nh_count{a=\"b\"} 3 7000\n# TYPE h_created gauge\nh_created{a=\"b\"} 1.5\n# TYPE c_total counter\nc_total 1\n# TYPE c_created gauge\nc_created 2\n# TYPE n histogram\nn_bucket{le=\"+Inf\"} 1\nn_sum 2\nn_count 1\n# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 2\ns_count 1\n# TYPE i_info gauge\ni_info{a=\"b\"} 1\n# TYPE g histogram\ng_bucket{le=\"+Inf\"} -1\n# TYPE g_gsum gauge\ng_gsum -2\n# TYPE g_gcount gauge\ng_gcount -1\n# TYPE u gauge\nu 1\n",
    );
    let expected = Omitted {
        exemplars: 4,
        ..expected
    };
    assert_eq!(omitted, expected);
    // Families are written as the same.
    let families = crate::Families::new(WHOLE, Dialect::OpenMetrics2).read_all();
    let mut encoder = Encoder::new(String::new(), TEXT).unwrap().lossy(true);
    for family in &families.families {
        encoder.family(family).unwrap();
    }
    assert_eq!(encoder.finish_reporting().unwrap(), (text, omitted));
}

#[test]
fn exemplars_go_to_the_buckets_they_fall_into() {
    let body = |exemplars: &str| {
        format!("# TYPE h histogram\nh {{count:3,sum:4,bucket:[1:2,+Inf:3]}}{exemplars}\n# EOF\n")
    };
    let two = body(" # {} 5 1 # {} 1 2");
    let expected = "# TYPE h histogram\nh_bucket{le=\"1.0\"} 2 # {} 1.0 2.0\nh_bucket{le=\"+Inf\"} 3 # {} 5.0 1.0\nh_sum 4.0\nh_count 3\n# EOF\n";
    check_lines(&two, Dialect::OpenMetrics2, OM, expected);
    let three = body(" # {} 5 1 # {} 1 2 # {} 6 3");
    let next = three.replace("# EOF", "z 1\n# EOF");
    let (text, errors, _) = by_lines(&next, Dialect::OpenMetrics2, OM, false);
    assert_eq!(errors, ["h_bucket: there is no place for its exemplar"]);
    assert_eq!(text, "# TYPE z unknown\nz 1.0\n# EOF\n");
    let (text, _, omitted) = by_lines(&three, Dialect::OpenMetrics2, OM, true);
    assert_eq!((text.as_str(), omitted.exemplars), (expected, 1));
    // In protobuf too, and back.
    let families = crate::Families::new(&two, Dialect::OpenMetrics2).read_all();
    let proto = to_vec(&families.families, ScrapeProtocol::PrometheusProto).unwrap();
    let again = crate::Families::protobuf(&proto).read_all().families;
    let back = to_string(&again, OM2).unwrap();
    assert_eq!(back, body(" # {} 1.0 2 # {} 5.0 1"));
}

#[test]
fn whole_samples_get_other_names() {
    let body = "# HELP h text\n# TYPE h histogram\nh{x=\"1\"} {count:1,sum:2,bucket:[+Inf:1]} # {} 0.5 1\n# TYPE c_total counter\nc_total 1 st@2\n# TYPE a gauge\na 3\na{x=\"1\"} 4\n# EOF\n";
    let rename: Rename = |name| match name {
        "h" => Some("p_h".into()),
        "c_total" => Some("a".into()),
        _ => None,
    };
    for (to, expected, exemplars) in [
        (
            OM2,
            "# TYPE a gauge\na 3.0\n# TYPE p_h histogram\n# HELP p_h text\np_h {count:1,sum:2,bucket:[+Inf:1]} # {} 0.5 1\n# EOF\n",
            0,
        ),
        (
            OM,
            "# TYPE a gauge\na 3.0\n# HELP p_h text\n# TYPE p_h histogram\np_h_bucket{le=\"+Inf\"} 1 # {} 0.5 1.0\np_h_sum 2.0\np_h_count 1\n# TYPE a_created gauge\na_created 2.0\n# EOF\n",
            0,
        ),
    ] {
        let (text, omitted) = relabelled(body, Dialect::OpenMetrics2, to, rename);
        let lost = Omitted {
            exemplars,
            samples: 2,
            ..Omitted::default()
        };
        assert_eq!((text.as_str(), omitted), (expected, lost), "{to}");
    }
    let (text, omitted) = relabelled(body, Dialect::OpenMetrics2, TEXT, rename);
    assert_eq!(
        text,
        "# TYPE a gauge\na 3\na 4\n# HELP p_h text\n# TYPE p_h histogram\np_h_bucket{le=\"+Inf\"} 1\np_h_sum 2\np_h_count 1\n# TYPE a counter\na 1\n# TYPE a_created gauge\na_created 2\n",
    );
    assert_eq!(omitted.exemplars, 1);
}
