use exposition::{BucketSpan, Histogram, Metric, NativeCounts, NativeHistogram};

use super::*;
use crate::page::Page;
use crate::tests::run;

/// Returns how it ends to show a body, and what is printed, without how long that took and the format.
fn printed(body: &str, options: &[&str]) -> (Outcome, String) {
    let words = [&["show", "--width", "72", "--limit", "3", "body"], options].concat();
    let (outcome, out) = run(&words, &[("body", body.as_bytes())]).unwrap();
    let (before, rest) = out.split_once(" read in ").unwrap();
    let (_, after) = rest.split_once(" ms\n").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    (outcome, format!("{before}\n{after}"))
}

#[test]
fn what_is_taken_leniently_is_shown_with_its_line() {
    let body = "# TYPE jvm.memory gauge\njvm.memory{area=heap} 1 # now\n";
    let (outcome, text) = printed(body, &["--lenient"]);
    assert_eq!(outcome, Outcome::Fine);
    let end = "\
no line is in error
without --lenient: 2 errors: Prometheus drops the whole scrape for any one of them
taken though Prometheus does not: 4
  line 1, column 8: a dot in a name without quotes
  line 2, column 1: a dot in a name without quotes
  line 2, column 17: a label value without quotes
  line 2, column 25: a comment after the sample
";
    assert!(text.ends_with(end), "{text}");
    let (outcome, text) = printed(body, &[]);
    assert_eq!(outcome, Outcome::Unreadable);
    assert!(!text.contains("taken"), "{text}");
}

#[test]
fn values_stand_in_columns() {
    let body = r#"# HELP http_requests_total Requests that were answered, whatever the answer was, since the start.
# TYPE http_requests_total counter
http_requests_total{host="a.example",code="200",method="get"} 1027
http_requests_total{host="a.example",code="404",method=""} 3 1700000000000
http_requests_total{host="a.example",code="5ESC00",method="日本"} 0.5
http_requests_total{host="a.example",code="503",method="put"} NaN
# TYPE up gauge
up 1
# TYPE heap_bytes gauge
heap_bytes{area="a \"very\" long label value that takes its place, which is much more than half"} 33554432
rpc_seconds{quantile="0.5"} 0.25
# TYPE rpc_seconds summary
"#;
    let (outcome, text) = printed(&body.replace("ESC", "\x1b"), &[]);
    assert_eq!(outcome, Outcome::Findings);
    assert_eq!(
        text,
        r#"http_requests_total  counter  4 series
    Requests that were answered, whatever the answer was, since the
    start.
    all have  host=a.example
    code       method  value  at
    200        get      1027
    404        ""          3  2023-11-14T22:13:20Z
    5\u{1b}00  日本      0.5
    … and 1 more: --limit 0 shows all

up  gauge  1 series  1

heap_bytes  gauge  1 series
    33554432  32 MiB  area=a "very" long label value that takes its place, which is much more than half

rpc_seconds  unknown  1 series  0.25  quantile=0.5

4 families (1 counter, 2 gauge, 1 unknown), 7 series, 7 samples; 623 B
1 warning: Prometheus accepts the line

warning: late type: expected the TYPE line before the metric's samples, found `rpc_seconds summary`
  --> body:12:8 (byte 603)
   |
12 | # TYPE rpc_seconds summary
   |        ^
"#
    );
}

#[test]
fn histograms_are_drawn_or_sketched() {
    let mut body = String::from("# TYPE h histogram\n");
    for (job, counts) in [("a", [0, 0, 4, 4, 4, 4, 4, 6]), ("b", [0; 8])] {
        for (bound, count) in ["1", "2", "3", "4", "5", "6", "7", "+Inf"]
            .iter()
            .zip(counts)
        {
            body += &format!("h_bucket{{job=\"{job}\",le=\"{bound}\"}} {count}\n");
        }
        body += &format!("h_count{{job=\"{job}\"}} {}\n", counts[7]);
        body += &format!("h_sum{{job=\"{job}\"}} {}\n", counts[7] * 2);
    }
    let (outcome, text) = printed(&body, &[]);
    assert_eq!(outcome, Outcome::Fine);
    let (drawn, _) = text.split_once("\n\n").unwrap();
    assert_eq!(
        drawn,
        "\
h  histogram  2 series
    count 6  sum 12  mean 2  job=a
        2 – 3   4  ████████████████████████████████████████
            ⋮   4 empty buckets
          > 7   2  ████████████████████
    count 0  sum 0  job=b
        8 buckets, all empty"
    );

    let more = body
        .replace("job=\"b\"", "job=\"c\"")
        .replace("# TYPE h histogram\n", "");
    let more = more.replace("job=\"a\"", "job=\"d\"");
    let (_, text) = printed(&format!("{body}{more}"), &[]);
    let (sketched, _) = text.split_once("\n\n").unwrap();
    assert_eq!(
        sketched,
        "\
h  histogram  4 series
    job  count  sum  mean  buckets
    a        6   12     2  ··█····▄
    b        0    0        ········
    d        6   12     2  ··█····▄
    buckets: 8, the first ≤ 1, the last > 7
    … and 1 more: --limit 0 shows all"
    );
}

const PAGE: Page = Page {
    width: 72,
    colours: false,
};

fn shown(families: &[MetricFamily<'_>]) -> String {
    let mut out = Vec::new();
    let mut show = FamilyView::new(PAGE, 10, &mut out);
    for family in families {
        show.family(family).unwrap();
    }
    String::from_utf8(out).unwrap()
}

fn native(schema: i32) -> NativeHistogram {
    NativeHistogram::new(schema)
        .sum(18.4)
        .zero_threshold(0.001)
        .counts(NativeCounts::integer(23, 2, [3, 2, -4, 2, -1], [3, 1]))
        .positive_spans([
            BucketSpan::new(-2, 2),
            BucketSpan::new(2, 1),
            BucketSpan::new(1, 2),
        ])
        .negative_spans([BucketSpan::new(0, 2)])
}

#[test]
fn native_histograms_are_drawn_with_their_bounds() {
    let metric = |native| Metric::histogram(Histogram::default().native(native));
    let family = |metrics: Vec<Metric<'static>>| {
        let family = MetricFamily::new("h", MetricType::Histogram);
        metrics.into_iter().fold(family, MetricFamily::metric)
    };
    assert_eq!(
        shown(&[family(vec![metric(native(0))])]),
        "\
h  histogram  1 series
    count 23  sum 18.4  mean 0.8  q0.5 0.2227  q0.9 14.9  q0.99 29.5
               -2 – -1   4  ████████████████████████████████
             -1 – -0.5   3  ████████████████████████
         -0.5 – -0.001   0
        -0.001 – 0.001   2  ████████████████
         0.001 – 0.125   0
          0.125 – 0.25   3  ████████████████████████
            0.25 – 0.5   5  ████████████████████████████████████████
               0.5 – 2   0
                 2 – 4   1  ████████
                 4 – 8   0
                8 – 16   3  ████████████████████████
               16 – 32   2  ████████████████
"
    );

    // Bounds that are not whole, custom ones, and no observation.
    let custom = NativeHistogram::custom([0.5, 1.0])
        .sum(2.0)
        .counts(NativeCounts::integer(3, 0, [1, 1], []))
        .positive_spans([BucketSpan::new(0, 1), BucketSpan::new(1, 1)]);
    let several = family(vec![
        metric(native(8)).labels([("a", "b")]),
        metric(custom).labels([("a", "c")]),
        metric(NativeHistogram::new(3)).labels([("a", "d")]),
    ]);
    assert_eq!(
        shown(std::slice::from_ref(&several)),
        "\
h  histogram  3 series
    count 23  sum 18.4  mean 0.8  q0.5 0.9942  q0.9 1.01  q0.99 1.01
    a=b
            -1.0027 – -1   4  ████████████████████████████████
            -1 – -0.9973   3  ████████████████████████
        -0.9973 – -0.001   0
          -0.001 – 0.001   2  ████████████████
         0.001 – 0.99191   0
        0.99191 – 0.9946   3  ████████████████████████
         0.9946 – 0.9973   5  ████████████████████████████████████████
         0.9973 – 1.0027   0
         1.0027 – 1.0054   1  ████████
         1.0054 – 1.0082   0
         1.0082 – 1.0109   3  ████████████████████████
         1.0109 – 1.0136   2  ████████████████
    count 3  sum 2  mean 0.6667  q0.5 1  q0.9 1  q0.99 1  a=c
          ≤ 0.5   1  ████████████████████
        0.5 – 1   0
            > 1   2  ████████████████████████████████████████
    count 0  sum 0  a=d
        no buckets
"
    );

    // Many buckets are joined to some.
    let many = NativeHistogram::new(8)
        .counts(NativeCounts::integer(
            1000,
            0,
            [vec![1], vec![0; 999]].concat(),
            [],
        ))
        .positive_spans([BucketSpan::new(1, 1000)]);
    let many = shown(&[family(vec![metric(many)])]);
    let lines: Vec<&str> = many.lines().skip(2).collect();
    assert_eq!(lines.len(), 32);
    assert_eq!(
        lines[0],
        "             1 – 1.0905   32  ████████████████████████████████████████"
    );
    assert_eq!(lines[31], "            14.672 – 16    8  ██████████");

    // Where a family has many, each is sketched.
    let mut more = several;
    more.metrics.push(metric(native(2)).labels([("a", "e")]));
    assert_eq!(
        shown(&[more]),
        "\
h  histogram  4 series
    a  count   sum    mean    q0.5  q0.9  q0.99  buckets
    b     23  18.4     0.8  0.9942  1.01   1.01  ▇▅·▄·▅█·▂·▅▄
    c      3     2  0.6667       1     1      1  ▄·█
    d      0     0
    e     23  18.4     0.8   0.687  1.97   2.33  ▇▅·▄·▅█·▂·▅▄
"
    );
}

#[test]
fn openmetrics_types_have_their_own_columns() {
    let body = r#"# TYPE build info
build_info{version="1.2"} 1
# TYPE task stateset
task{task="running"} 1
task{task="stopped"} 0
# TYPE run_jobs counter
# UNIT run_jobs jobs
run_jobs_total 7 # {trace_id="x"} 2.5 1.5
run_jobs_created 1700000000.5
# TYPE s summary
s{quantile="0.9"} 2
s{quantile="0.5"} 1
s_count 5
# TYPE none gauge
# EOF
"#;
    let (outcome, text) = printed(body, &[]);
    assert_eq!(
        text,
        r#"build  info  1 series  version=1.2
task  stateset  1 series  ●running ○stopped

run_jobs  counter in jobs  1 series
    7  since 2023-11-14T22:13:20.500Z
        exemplar 2.5  trace_id=x  at 1970-01-01T00:00:01.500Z

s  summary  1 series
    q0.5  q0.9  count
       1     2      5

none  gauge  no series

5 families (1 counter, 1 gauge, 1 summary, 1 info, 1 stateset), 4 series, 8 samples; 321 B
no line is in error
"#
    );
    assert_eq!(outcome, Outcome::Fine);
}

#[test]
fn a_pattern_chooses_families() {
    let body = "ab 1\nabc 2\nxab 3\n";
    for (pattern, chosen) in [
        ("ab", "ab|abc"),
        ("abc", "abc"),
        (".*b$", "ab|xab"),
        ("c", ""),
    ] {
        let (_, text) = printed(body, &["--match", pattern]);
        let names = text.lines().filter_map(|line| line.split_once("  unknown"));
        let names: Vec<&str> = names.map(|(name, _)| name).collect();
        assert_eq!(names.join("|"), chosen, "{pattern}");
        assert!(text.contains("3 families (3 unknown)"), "{text}");
        let shown = names.len();
        assert!(
            text.contains(&format!("{shown} of 3 families shown\n")),
            "{text}"
        );
    }
}

#[test]
fn colours_take_no_room() {
    let body = "# TYPE up gauge\nup{a=\"b\",c=\"d\"} 1\nup{a=\"c\",c=\"d\"} 2\n";
    let plain = printed(body, &[]).1;
    let coloured = printed(body, &["--color", "always"]).1;
    assert!(coloured.contains("\x1b[1mup\x1b[0m"));
    let mut bare = String::new();
    let mut pieces = coloured.split('\x1b');
    bare += pieces.next().unwrap();
    for piece in pieces {
        bare += piece.split_once('m').unwrap().1;
    }
    assert_eq!(bare, plain);
}

#[test]
fn errors_of_prometheus_and_warnings_are_told_apart() {
    let body = r#"# TYPE h histogram
# HELP h One.
# HELP h Two.
h_bucket{le="bla"} 1
h_bucket{le="1"} 2
up{job=node} 1
h{job="node"} 3
up 1
# TYPE up gauge
up{job="node",job="other"} 1
"#;
    let (outcome, text) = printed(body, &[]);
    assert_eq!(outcome, Outcome::Unreadable);
    assert_eq!(
        text,
        r#"h  histogram  1 series
    One.
        ≤ 1   2  ████████████████████████████████████████

h_bucket  unknown  1 series  1  le=bla
h  unknown  1 series  3  job=node
up  unknown  1 series  1

4 families (1 histogram, 3 unknown), 4 series, 4 samples; 168 B
2 errors: Prometheus drops the whole scrape for any one of them
4 warnings: Prometheus accepts the lines

error: expected a label value in double quotes, found `node} 1`
 --> body:6:8 (byte 94)
  |
6 | up{job=node} 1
  |        ^

error: duplicate label: expected each label name once, found `job="other"} 1`
  --> body:10:15 (byte 153)
   |
10 | up{job="node",job="other"} 1
   |               ^

warning: second help text: expected the help text that the metric was given before, found `h Two.`
 --> body:3:8 (byte 40)
  |
3 | # HELP h Two.
  |        ^

warning: invalid label value: expected a number as the value of `le`, found `bla"} 1`
 --> body:4:14 (byte 60)
  |
4 | h_bucket{le="bla"} 1
  |              ^

warning: not a sample of its family: expected `_bucket`, `_sum` or `_count` after the histogram's name, found `h{job="node"} 3`
 --> body:7:1 (byte 102)
  |
7 | h{job="node"} 3
  | ^

warning: late type: expected the TYPE line before the metric's samples, found `up gauge`
 --> body:9:8 (byte 130)
  |
9 | # TYPE up gauge
  |        ^
"#
    );
}

#[test]
fn one_is_not_called_many() {
    let ending = |body: &str| {
        let (_, text) = printed(body, &[]);
        let from = text.find("; ").unwrap();
        let start = text[..from].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..]
            .find("\n\n")
            .map_or(text.len(), |at| start + at);
        text[start..end].trim_end().to_owned()
    };
    assert_eq!(ending(""), "no families; 0 B\nno line is in error");
    assert_eq!(
        ending("up 1\n"),
        "1 family (1 unknown), 1 series, 1 sample; 5 B\nno line is in error"
    );
    assert_eq!(
        ending("up 1\nup{a=\"b\"} 2\n# TYPE up gauge\n"),
        "1 family (1 unknown), 2 series, 2 samples; 33 B\n1 warning: Prometheus accepts the line"
    );
    assert_eq!(
        ending("up{a=b} 2\n"),
        "no families; 10 B\n1 error: Prometheus drops the whole scrape for it"
    );
    let long = format!("up{{a=\"{}\"}} 1\n", "x".repeat(1 << 20));
    assert_eq!(
        ending(&long),
        "no families; 1 MiB\n1 line is beyond the limits of this program: it was not read"
    );
}

#[test]
fn lenient_reading_tells_what_prometheus_makes_of_the_body() {
    let (outcome, text) = printed("#TYPE up Gauge\r\nup 1\r\n", &["--lenient"]);
    assert_eq!(outcome, Outcome::Fine);
    assert_eq!(
        text,
        "up  gauge  1 series  1\n\n\
         1 family (1 gauge), 1 series, 1 sample; 22 B\n\
         no line is in error\n\
         without --lenient: 1 error: Prometheus drops the whole scrape for it\n\
         taken though Prometheus does not: 4\n  \
         line 1, column 1: no blank after `#`\n  \
         line 1, column 10: a type that the text format does not have\n  \
         line 1, column 15: a carriage return at the end of the line\n  \
         line 2, column 5: a carriage return at the end of the line\n"
    );
    let (_, text) = printed("up 1\n", &["--lenient"]);
    assert!(text.ends_with("no line is in error\nwithout --lenient: no line is in error\n"));
}

#[test]
fn the_bundled_body_is_whole() {
    let (outcome, out) = run(&["show"], &[]).unwrap();
    assert_eq!(outcome, Outcome::Fine);
    assert!(
        out.contains("74 families (31 counter, 38 gauge, 5 histogram), 211 series, 2,269 samples")
    );
}

#[test]
fn dates_are_those_of_the_calendar() {
    for (millis, date) in [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"),
        (1_709_251_199_000, "2024-02-29T23:59:59Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
    ] {
        assert_eq!(number::date(millis), date);
    }
}
