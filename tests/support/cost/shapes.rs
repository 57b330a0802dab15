//! Bodies whose cost might not be linear, each in any size.
//!
//! Numbers in them have a fixed width, so that twice the size is twice the bytes.

use exposition::Dialect::{self, Lenient, OpenMetrics, Text};

use super::Bodies;
use super::composites::shapes_of_openmetrics2;

/// A kind of body.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    /// A small and a large size, in bytes, between which the cost must grow in proportion.
    pub(super) sizes: [usize; 2],
    pub(super) make: fn(usize) -> Vec<u8>,
}

impl Shape {
    /// Returns a body of this kind of about `bytes` bytes.
    pub(crate) fn body(&self, bytes: usize) -> Vec<u8> {
        (self.make)(bytes)
    }

    /// Returns it with its dialect, for work to be done on it.
    pub(super) fn bodies(&self, bytes: usize) -> Bodies {
        vec![(self.body(bytes), self.dialect)]
    }

    /// Returns the body's `Content-Type`.
    #[cfg(feature = "relabel")]
    pub(super) fn content_type(&self) -> &'static str {
        match self.dialect {
            OpenMetrics => "application/openmetrics-text",
            Dialect::OpenMetrics2 => "application/openmetrics-text; version=2.0.0",
            _ => "text/plain",
        }
    }
}

/// Returns `head`, then `unit` repeated to fill `bytes`, then `tail`.
pub(super) fn filled(bytes: usize, head: &str, unit: &str, tail: &str) -> Vec<u8> {
    [head, &unit.repeat(bytes / unit.len()), tail]
        .concat()
        .into_bytes()
}

/// Does what [`filled`] does, with units that differ: `unit` gets the number of each.
pub(super) fn numbered(
    bytes: usize,
    head: &str,
    unit: impl Fn(usize) -> String,
    tail: &str,
) -> Vec<u8> {
    let units: String = (0..bytes / unit(0).len()).map(unit).collect();
    [head, &units, tail].concat().into_bytes()
}

/// Returns a number that is spread over its range: neighbours are far apart.
pub(super) fn scattered(number: usize) -> usize {
    number.wrapping_mul(7_368_787) % 10_000_019
}

macro_rules! shape_list {
    (from $small:literal to $large:literal KiB; $($dialect:ident $name:literal: $make:expr;)*) => {
        &[$(Shape {
            name: $name,
            dialect: $dialect,
            sizes: [$small << 10, $large << 10],
            make: $make,
        },)*]
    };
}
pub(super) use shape_list;

/// Returns all shapes.
pub(crate) fn shapes() -> impl Iterator<Item = &'static Shape> {
    let many = SORTED.iter().chain(BODIES).chain(IN_TURN);
    let lines = LINES.iter().chain(many).chain(LONG);
    lines.chain(shapes_of_openmetrics2())
}

/// Returns the shapes for that number of those who make something of what other doors read: all; where instructions
/// are counted, which takes long, every third.
pub(super) fn shapes_for_use(number: usize) -> impl Iterator<Item = &'static Shape> {
    let (first, every) = if cfg!(test) { (0, 1) } else { (number % 3, 3) };
    shapes().skip(first).step_by(every)
}

/// One line that takes up the whole body. A byte of it costs less where the line fits into the window of the
/// fast path, and more where it is so long that offsets in it take more room: the sizes are in between.
const LINES: &[Shape] = shape_list! {
    from 9 to 30 KiB;
    Text "one long name": |n| filled(n, "", "a", " 1\n");
    Text "one long name with suffixes": |n| filled(n, "a", "_count", " 1\n");
    Text "one long quoted name": |n| filled(n, "{\"", "é", "\"} 1\n");
    Text "one long value of a label": |n| filled(n, "a{b=\"", "x", "\"} 1\n");
    Text "one long help text": |n| filled(n, "# HELP a ", "x", "\n");
    Text "one long comment": |n| filled(n, "# ", "x", "\n");
    Text "one long line without a line feed": |n| filled(n, "", "a", "");
    Text "one long number": |n| filled(n, "a ", "1", "\n");
    Text "one long fraction": |n| filled(n, "a 0.", "0", "1\n");
    Text "one long hexadecimal number": |n| filled(n, "a 0x", "f", "p1\n");
    Text "one long timestamp": |n| filled(n, "a 1 ", "0", "1\n");
    Text "blanks": |n| filled(n, "a", " ", "1\n");
    Text "blanks and tabs between labels": |n| filled(n, "a{", "b=\"\" \t,\t ", "} 1\n");
    Text "braces": |n| filled(n, "", "{", "");
    Text "braces after a name": |n| filled(n, "a", "{", "} 1\n");
    Text "backslashes": |n| filled(n, "", "\\", "\n");
    Text "backslashes in a value": |n| filled(n, "a{b=\"", "\\\\", "\"} 1\n");
    Text "backslashes that escape nothing": |n| filled(n, "a{b=\"", "\\x", "\"} 1\n");
    Text "backslashes in a help text": |n| filled(n, "# HELP a ", "\\\\", "\n");
    Text "quotes": |n| filled(n, "a{b=", "\"", "} 1\n");
    Text "escaped quotes": |n| filled(n, "a{b=\"", "\\\"", "\"} 1\n");
    Text "bytes that are not UTF-8": |n| {
        [b"a{b=\"".as_slice(), &vec![0xff; n], b"\"} 1\n"].concat()
    };
    Text "a name that is not UTF-8": |n| {
        [b"{\"".as_slice(), &vec![0xff; n], b"\"} 1\n"].concat()
    };
    Text "labels": |n| numbered(n, "a{", |i| format!("l{i:07}=\"v\","), "} 1\n");
    Text "labels of one name": |n| filled(n, "a{", "l=\"v\",", "} 1\n");
    Text "labels, each twice": |n| {
        numbered(n, "a{", |i| format!("l{:07}=\"v\",", i / 2), "} 1\n")
    };
    Text "labels, each twice, without values": |n| {
        numbered(n, "a{", |i| format!("l{:07}=\"\",", i / 2), "} 1\n")
    };
    Text "one long name of a TYPE line": |n| filled(n, "# TYPE ", "a", " gauge\n");
    Text "labels in quotes": |n| numbered(n, "a{", |i| format!("\"l {i:07}\"=\"v\","), "} 1\n");
    Text "labels with escapes": |n| {
        numbered(n, "a{", |i| format!("\"l\\\\{i:07}\"=\"\\n\","), "} 1\n")
    };
    Text "labels without values": |n| numbered(n, "a{", |i| format!("l{i:07}=\"\","), "} 1\n");
    Text "labels that are exported already": |n| {
        // Each is as long as all previous ones together are many.
        let names = (0..).map(|i| format!("{}job=\"v\",", "exported_".repeat(i)));
        let mut left = n;
        let fitting = names.take_while(|name| {
            let fits = left >= name.len();
            left = left.saturating_sub(name.len());
            fits
        });
        ["a{", &fitting.collect::<String>(), "} 1\n"].concat().into_bytes()
    };
    Text "quoted names in braces": |n| filled(n, "{", "\"a\",", "} 1\n");
    Lenient "stray commas": |n| filled(n, "a{", ",", "} 1\n");
    Lenient "labels without quotes": |n| numbered(n, "a{", |i| format!("l{i:07}=v,"), "} 1\n");
    Lenient "one long value without quotes": |n| filled(n, "a{b=", "x", "} 1\n");
    Lenient "dots in a name": |n| filled(n, "a", ".a", " 1\n");
    Lenient "dots in the name of a label": |n| filled(n, "a{b", ".b", "=\"\"} 1\n");
    Lenient "dots after a name": |n| filled(n, "a", ".", " 1\n");
    Lenient "one long exponent of a timestamp": |n| filled(n, "a 1 1e-", "9", "\n");
    Lenient "one long fraction of a timestamp": |n| filled(n, "a 1 1.", "9", "\n");
    Lenient "one long timestamp with zeros before it": |n| filled(n, "a 1 +", "0", "1\n");
    Lenient "exemplar marks in the text format": |n| filled(n, "a 1", " # {}", " 1\n");
    Lenient "labels of what is not an exemplar": |n| filled(n, "a 1 # {", "l=v,", "} x\n");
    Lenient "one long comment after a sample": |n| filled(n, "a 1 # ", "é", "\n");
    Lenient "blanks around a type": |n| filled(n, "# TYPE a ", " ", "gauge \n");
    Lenient "a keyword without a blank and an open quote": |n| filled(n, "#TYPE \"", "a", "\n");
    OpenMetrics "reserved labels": |n| numbered(n, "a{", |i| format!("_{i:07}=\"v\","), "} 1\n# EOF\n");
    OpenMetrics "labels of an exemplar": |n| {
        numbered(n, "# TYPE a counter\na_total 1 # {l=\"v\"", |i| format!(",l{i:07}=\"v\""), "} 1\n# EOF\n")
    };
    OpenMetrics "exemplar marks": |n| filled(n, "a_total 1", " # {}", " 1\n# EOF\n");
    OpenMetrics "one long unit": |n| {
        let unit = "s".repeat(n / 2);
        format!("# UNIT a_{unit} {unit}\n# EOF\n").into_bytes()
    };
};

/// Lines in which something is sorted: a doubling costs more than twice, but less so at larger sizes.
const SORTED: &[Shape] = shape_list! {
    from 36 to 144 KiB;
    Text "labels in disorder": |n| {
        numbered(n, "a{", |i| format!("l{:08}=\"v\",", scattered(i)), "} 1\n")
    };
};

/// Many lines.
const BODIES: &[Shape] = shape_list! {
    from 4 to 16 KiB;
    Text "samples": |n| numbered(n, "", |i| format!("a{{b=\"c\",d=\"{i:07}\"}} 1\n"), "");
    Text "series with many labels, each of them another": |n| {
        let labels = |i| (0..16).map(move |at| format!("l{at:02}=\"{i:07}\","));
        numbered(n, "", |i| format!("a{{{}}} 1\n", labels(i).collect::<String>()), "")
    };
    Text "labels of one series each": |n| numbered(n, "", |i| format!("a{{l{i:07}=\"b\"}} 1\n"), "");
    Text "series that differ in one of many labels": |n| {
        let line = |i: usize| {
            let labels = (0..16).map(|at| format!("l{at:02}=\"{:07}\",", if i % 16 == at { i } else { 0 }));
            format!("a{{{}}} 1\n", labels.collect::<String>())
        };
        numbered(n, "", line, "")
    };
    Text "blank lines": |n| filled(n, "", "\n", "a 1\n");
    Text "comments": |n| filled(n, "", "#\n", "a 1\n");
    Text "carriage returns": |n| filled(n, "", "a 1\r\n", "");
    Lenient "carriage returns that are taken": |n| filled(n, "", "a 1\r\n", "");
    Lenient "blank lines with carriage returns": |n| filled(n, "", "\r\n", "a 1\n");
    Lenient "keywords without blanks and open quotes": |n| filled(n, "", "#TYPE \"a\n", "");
    Lenient "comments with open quotes after samples": |n| filled(n, "", "a 1 # {b=\"\n", "");
    Text "zero bytes": |n| filled(n, "", "\0", "\n");
    Text "errors": |n| filled(n, "", "x\n", "");
    Text "errors at the end of lines": |n| filled(n, "", "a{b=\"c\",d=\"e\"} 1 2 3\n", "");
    Text "errors at two braces": |n| filled(n, "", "{{\n", "");
    Text "lines that are not UTF-8": |n| {
        b"{\"\xff\"} 1\n".repeat(n / 8)
    };
    Text "a quote that stays open": |n| filled(n, "a{b=\"", "a 1\n", "");
    Text "a quote that stays open, over other quotes": |n| filled(n, "a{b=\"", "a{b=\\\"} 1\n", "");
    Text "quotes that stay open": |n| filled(n, "", "a{b=\"c\n", "");
    Text "quotes that close in the next line": |n| filled(n, "", "a{b=\"\n\",b=\"\n\"} 1\n", "");
    Text "quotes that reopen in every line": |n| filled(n, "a{b=\"", "\n\",c=\"", "\n");
    Text "quotes that a comment opens": |n| filled(n, "", "# \"\na{b=\"\"} 1\n", "");
    Text "help texts with one quote": |n| filled(n, "a{b=\"", "# HELP a \"\n", "");
    Text "names that stay open": |n| filled(n, "", "{\"a\n", "");
    Text "names of metadata that stay open": |n| filled(n, "", "# HELP \"a\n", "");
    Text "TYPE lines of one name": |n| filled(n, "", "# TYPE a gauge\n", "");
    Text "TYPE lines that contradict": |n| {
        filled(n, "", "# TYPE a gauge\n# TYPE a counter\n", "")
    };
    Text "TYPE lines after samples": |n| filled(n, "a 1\n", "# TYPE a gauge\n", "");
    Text "HELP lines of one name": |n| filled(n, "", "# HELP a b\n", "");
    Text "HELP lines after blank lines": |n| {
        let half = filled(n / 2, "", "# HELP b b\n# HELP a b\n", "");
        [vec![b'\n'; n / 2], half].concat()
    };
    Text "families": |n| {
        numbered(n, "", |i| format!("# HELP a{i:07} b\n# TYPE a{i:07} gauge\na{i:07} 1\n"), "")
    };
    Text "a large family before small ones": |n| {
        let large = numbered(n / 2, "", |i| format!("a{{b=\"{i:07}\"}} 1\n"), "");
        [large, numbered(n / 2, "", |i| format!("b{i:07} 1\n"), "")].concat()
    };
    Text "summaries whose start times are gauges": |n| {
        let family = |i| format!("# TYPE a{i:07} summary\na{i:07}_sum 1\n# TYPE a{i:07}_created gauge\na{i:07}_created 1\n");
        numbered(n, "", family, "")
    };
    Text "families without metadata": |n| numbered(n, "", |i| format!("a{i:07} 1\n"), "");
    Text "families line by line": |n| {
        let half = numbered(n / 2, "", |i| format!("a{i:07} 1\n"), "");
        half.repeat(2)
    };
    Text "two families line by line": |n| {
        numbered(n, "", |i| format!("a{{b=\"{i:07}\"}} 1\nb{{b=\"{i:07}\"}} 1\n"), "")
    };
    Text "nine families line by line": |n| {
        numbered(n, "", |i| format!("a{}{{b=\"{i:07}\"}} 1\n", i % 9), "")
    };
    Text "histograms declared after their samples": |n| {
        let half = numbered(
            n / 2,
            "",
            |i| format!("a{i:07}_bucket{{le=\"1\"}} 1\na{i:07}_sum 1\na{i:07}_count 1\n"),
            "",
        );
        [half, numbered(n / 2, "", |i| format!("# TYPE a{i:07} histogram\n"), "")].concat()
    };
    Text "series that repeat": |n| filled(n, "", "a{b=\"c\"} 1\n", "");
    Text "series that repeat with timestamps": |n| numbered(n, "", |i| format!("a 1 {i:07}\n"), "");
    Text "series with their labels in any order": |n| {
        numbered(n, "", |i| format!("a{{b=\"{i:07}\",c=\"d\"}} 1\na{{c=\"d\",b=\"{i:07}\"}} 1\n"), "")
    };
    Text "series with a label twice": |n| filled(n, "", "a{b=\"c\",b=\"c\"} 1\n", "");
    Text "buckets": |n| {
        numbered(n, "# TYPE a histogram\n", |i| format!("a_bucket{{le=\"{i:07}\"}} 1\n"), "")
    };
    Text "buckets that fall": |n| {
        let bound = |i| 9_999_999 - i;
        numbered(n, "# TYPE a histogram\n", |i| format!("a_bucket{{le=\"{:07}\"}} 1\n", bound(i)), "")
    };
    Text "buckets in disorder": |n| {
        let line = |i| format!("a_bucket{{le=\"{:08}\"}} 1\n", scattered(i));
        numbered(n, "# TYPE a histogram\n", line, "")
    };
    Text "buckets of one bound": |n| {
        filled(n, "# TYPE a histogram\n", "a_bucket{le=\"1\"} 1\n", "")
    };
    Text "buckets of two metrics in turn": |n| {
        let line = |i| format!("a_bucket{{b=\"c\",le=\"{i:07}\"}} 1\na_bucket{{b=\"d\",le=\"{i:07}\"}} 1\n");
        numbered(n, "# TYPE a histogram\n", line, "")
    };
    Text "samples that fit no histogram": |n| {
        let line = |i| format!("a 1\na_bucket{{b=\"{i:07}\"}} 1\na_bucket{{le=\"x\"}} 1\n");
        numbered(n, "# TYPE a histogram\n", line, "")
    };
    Text "samples that only Prometheus has names for": |n| {
        numbered(n, "", |i| format!("a{i:07}{{b=\"\",b=\"c\"}} 1\n"), "")
    };
    Text "sums": |n| filled(n, "# TYPE a histogram\n", "a_sum 1\n", "");
    Text "quantiles in disorder": |n| {
        let line = |i| format!("a{{quantile=\"0.{:08}\"}} 1\n", scattered(i));
        numbered(n, "# TYPE a summary\n", line, "")
    };
    OpenMetrics "samples of OpenMetrics": |n| {
        numbered(n, "# TYPE a counter\n", |i| format!("a_total{{b=\"{i:07}\"}} 1 2.5 # {{c=\"d\"}} 1 2.5\n"), "# EOF\n")
    };
    OpenMetrics "lines after the end": |n| filled(n, "# EOF\n", "a 1\n", "");
    OpenMetrics "errors of OpenMetrics": |n| filled(n, "", "# x\n", "# EOF\n");
    OpenMetrics "states": |n| {
        numbered(n, "# TYPE a stateset\n", |i| format!("a{{a=\"{i:07}\"}} 1\n"), "# EOF\n")
    };
    OpenMetrics "states of two metrics in turn": |n| {
        let line = |i| format!("a{{b=\"c\",a=\"{i:07}\"}} 1\na{{b=\"d\",a=\"{i:07}\"}} 1\n");
        numbered(n, "# TYPE a stateset\n", line, "# EOF\n")
    };
    OpenMetrics "start times before their counters": |n| {
        let half = numbered(n / 2, "# TYPE a counter\n", |i| format!("a_created{{b=\"{i:07}\"}} 1\n"), "");
        [half, numbered(n / 2, "", |i| format!("a_total{{b=\"{i:07}\"}} 1\n"), "# EOF\n")].concat()
    };
    OpenMetrics "start times without counters": |n| {
        numbered(n, "# TYPE a counter\n", |i| format!("a_created{{b=\"{i:07}\"}} 1\n"), "# EOF\n")
    };
    OpenMetrics "start times of one counter": |n| {
        filled(n, "# TYPE a counter\n", "a_created 1\n", "a_total 1\n# EOF\n")
    };
    OpenMetrics "units of one name": |n| filled(n, "", "# UNIT a_s s\n", "# EOF\n");
    OpenMetrics "metadata that comes back": |n| {
        filled(n, "", "# TYPE a gauge\na 1\n# TYPE a counter\na_total 1\n", "# EOF\n")
    };
    OpenMetrics "reserved names": |n| numbered(n, "", |i| format!("_a{i:07} 1\n"), "# EOF\n");
    OpenMetrics "families that come back": |n| filled(n, "", "a 1\nb 1\n", "# EOF\n");
    OpenMetrics "timestamps that fall": |n| {
        numbered(n, "", |i| format!("a 1 {:07}\n", 9_999_999 - i), "# EOF\n")
    };
    OpenMetrics "info and gauge histograms": |n| {
        let family = |i| format!(
            "# TYPE a{i:07} info\na{i:07}_info 1\n# TYPE b{i:07} gaugehistogram\nb{i:07}_gsum 1\nb{i:07}_gcount 1\n"
        );
        numbered(n, "", family, "# EOF\n")
    };
};

/// Lines that alternate between metrics, so many that most are not the first of their metric.
const IN_TURN: &[Shape] = shape_list! {
    from 36 to 144 KiB;
    Text "histograms in turn": |n| {
        let line = |i| format!("a_bucket{{b=\"{:07}\",le=\"{:05}\"}} 1\n", i % 97, i / 97 + 10_000);
        numbered(n, "# TYPE a histogram\n", line, "")
    };
};

/// Several long lines, or one and many short ones: later lines must not pay for a buffer that a long line
/// made grow.
const LONG: &[Shape] = shape_list! {
    from 36 to 118 KiB;
    Text "one long line, then lines that are not UTF-8": |n| {
        let long = filled(n / 2, "a{b=\"", "x", "\"} 1\n");
        [long, b"\xff 1\n".repeat(n / 10)].concat()
    };
    Text "one long line, then names that are not UTF-8": |n| {
        let long = filled(n / 2, "a{b=\"", "x", "\"} 1\n");
        [long, b"{\"\xff\"} 1\n".repeat(n / 16)].concat()
    };
    Text "one long line, then samples": |n| {
        let long = filled(n / 2, "a{b=\"", "x", "\"} 1\n");
        [long, b"a{b=\"c\"} 1\n".repeat(n / 22)].concat()
    };
    Text "one long line, then values over two lines": |n| {
        let long = filled(n / 2, "a{b=\"", "x", "\"} 1\n");
        [long, b"a{b=\"\n\"} 1\n".repeat(n / 22)].concat()
    };
    Text "HELP lines that contradict a long one": |n| {
        let half = filled(n / 2, "\n", "# HELP b b\n# HELP a b\n", "");
        [filled(n / 2, "# HELP a ", "x", ""), half].concat()
    };
    Text "samples under a long name with escapes": |n| {
        let head = filled(n / 2, "# TYPE \"", "\\\\", "\" histogram\n");
        let half = filled(n / 2, "", "a\n{\"\\\\a\"} 1\n", "");
        [head, half].concat()
    };
    Text "a quoted text over all lines": |n| filled(n, "a{b=\"", "\n", "\"} 1\n");
    Text "names with one suffix more each": |n| {
        let names = (0..).map(|i| format!("a{} 1\n", "_count".repeat(i)));
        let mut left = n;
        let fitting = names.take_while(|line| {
            let fits = left >= line.len();
            left = left.saturating_sub(line.len());
            fits
        });
        fitting.collect::<String>().into_bytes()
    };
    Text "series with a long value each": |n| {
        let value = "x".repeat(n / 4);
        numbered(n, "", |i| format!("a{{b=\"{value}{i:07}\"}} 1\n"), "")
    };
};
