//! Bodies of OpenMetrics 2.0 whose cost might not be linear.

use exposition::Dialect::OpenMetrics2;

use super::shapes::{Shape, filled, numbered, scattered, shape_list};

const END: &str = "\n# EOF\n";
const HISTOGRAM: &str = "# TYPE a histogram\na {count:1,sum:1,";
const SUMMARY: &str = "# TYPE a summary\na {count:1,sum:1,quantile:[";
const NATIVE: &str = "schema:0,zero_threshold:0,zero_count:0,";

/// Returns all of them; where instructions are counted, which takes long, every fourth.
pub(super) fn shapes_of_openmetrics2() -> impl Iterator<Item = &'static Shape> {
    let every = if cfg!(test) { 1 } else { 4 };
    let all = LINES.iter().chain(SORTED).chain(BODIES).chain(LONG);
    all.step_by(every)
}

/// Returns a line of a native histogram that is valid: `span` and `bucket` fill it.
fn native(bytes: usize, span: &str, bucket: &str, spans: Option<usize>) -> Vec<u8> {
    let buckets = bytes / (bucket.len() + 1 + spans.map_or(0, |_| span.len() + 1));
    let list = |item: &str, times: usize| vec![item; times].join(",");
    let spans = match spans {
        Some(each) => list(span, buckets / each),
        None => format!("0:{buckets}"),
    };
    let buckets_text = list(bucket, buckets);
    format!(
        "# TYPE a histogram\na {{count:{buckets},sum:1,{NATIVE}positive_spans:[{spans}],\
         positive_buckets:[{buckets_text}]}}{END}"
    )
    .into_bytes()
}

/// One line that takes up the whole body.
const LINES: &[Shape] = shape_list! {
    from 9 to 30 KiB;
    OpenMetrics2 "buckets of a line": |n| {
        let head = format!("{HISTOGRAM}bucket:[");
        numbered(n, &head, |i| format!("{i:07}:1,"), &format!("+Inf:1]}}{END}"))
    };
    OpenMetrics2 "buckets of a line, shortest": |n| {
        filled(n, &format!("{HISTOGRAM}bucket:["), "1:1,", &format!("+Inf:1]}}{END}"))
    };
    OpenMetrics2 "buckets of a line, last of all its fields the count": |n| {
        let head = "# TYPE a gaugehistogram\na {bucket:[";
        numbered(n, head, |i| format!("{i:07}:-1,"), &format!("+Inf:1],gsum:1,gcount:1}}{END}"))
    };
    OpenMetrics2 "buckets of a line whose name is not UTF-8": |n| {
        let head = b"# TYPE \"\xff\" histogram\n{\"\xff\"} {count:1,sum:1,bucket:[".to_vec();
        let buckets = numbered(n, "", |i| format!("{i:07}:1,"), &format!("+Inf:1]}}{END}"));
        [head, buckets].concat()
    };
    OpenMetrics2 "buckets of a line whose name has escapes": |n| {
        let head = "# TYPE \"\\\\\\\"\" histogram\n{\"\\\\\\\"\"} {count:1,sum:1,bucket:[";
        numbered(n, head, |i| format!("{i:07}:1,"), &format!("+Inf:1]}}{END}"))
    };
    OpenMetrics2 "buckets of a line with long numbers": |n| {
        let head = format!("{HISTOGRAM}bucket:[");
        numbered(n, &head, |i| format!("0.1234567890123456789{i:07}e3:1.2345678901234567890e1,"), &format!("+Inf:1]}}{END}"))
    };
    OpenMetrics2 "buckets of a line that is cut off": |n| {
        numbered(n, &format!("{HISTOGRAM}bucket:["), |i| format!("{i:07}:1,"), "")
    };
    OpenMetrics2 "buckets of a line, the last of them wrong": |n| {
        numbered(n, &format!("{HISTOGRAM}bucket:["), |i| format!("{i:07}:1,"), &format!("+Inf:x]}}{END}"))
    };
    OpenMetrics2 "quantiles of a line": |n| {
        numbered(n, SUMMARY, |i| format!("0.{i:07}:1,"), &format!("1:1]}}{END}"))
    };
    OpenMetrics2 "native buckets": |n| native(n, "", "1", None);
    OpenMetrics2 "native buckets that are floats": |n| native(n, "", "1.0", None);
    OpenMetrics2 "native buckets with a span each": |n| native(n, "1:1", "1", Some(1));
    OpenMetrics2 "spans of many buckets each": |n| native(n, "1:7", "1", Some(7));
    OpenMetrics2 "native spans without buckets": |n| {
        filled(n, &format!("{HISTOGRAM}{NATIVE}negative_spans:["), "0:0,", &format!("]}}{END}"))
    };
    OpenMetrics2 "native spans that claim much": |n| {
        filled(n, &format!("{HISTOGRAM}{NATIVE}positive_spans:["), "9:4294967295,", &format!("]}}{END}"))
    };
    OpenMetrics2 "native buckets without spans": |n| {
        filled(n, &format!("{HISTOGRAM}{NATIVE}negative_buckets:["), "9,", &format!("]}}{END}"))
    };
    OpenMetrics2 "empty items of buckets": |n| {
        filled(n, &format!("{HISTOGRAM}bucket:["), ",", &format!("+Inf:1]}}{END}"))
    };
    OpenMetrics2 "empty items after buckets": |n| {
        filled(n, &format!("{HISTOGRAM}bucket:[+Inf:1"), ",", &format!("]}}{END}"))
    };
    OpenMetrics2 "empty items between buckets": |n| {
        let half = numbered(n / 2, "", |i| format!("{i:07}:1,"), "");
        [
            format!("{HISTOGRAM}bucket:[").as_bytes(),
            &half,
            &vec![b','; n / 2],
            format!("+Inf:1]}}{END}").as_bytes(),
        ].concat()
    };
    OpenMetrics2 "empty items of quantiles": |n| filled(n, SUMMARY, ",", &format!("]}}{END}"));
    OpenMetrics2 "empty items of spans": |n| {
        filled(n, &format!("{HISTOGRAM}{NATIVE}positive_spans:["), ",", &format!("]}}{END}"))
    };
    OpenMetrics2 "one long unknown field": |n| filled(n, HISTOGRAM, "a", &format!(":1}}{END}"));
    OpenMetrics2 "one field again and again": |n| filled(n, HISTOGRAM, "sum:1,", &format!("sum:1}}{END}"));
    OpenMetrics2 "one long count": |n| filled(n, "# TYPE a summary\na {count:", "1", &format!(",sum:1,quantile:[]}}{END}"));
    OpenMetrics2 "one long sum": |n| filled(n, "# TYPE a summary\na {count:1,sum:0.", "0", &format!("1,quantile:[]}}{END}"));
    OpenMetrics2 "one long bound": |n| filled(n, &format!("{HISTOGRAM}bucket:["), "1", &format!(":1,+Inf:1]}}{END}"));
    OpenMetrics2 "braces of a value": |n| filled(n, "# TYPE a histogram\na ", "{", "}\n# EOF\n");
    OpenMetrics2 "brackets of a value": |n| filled(n, &format!("{HISTOGRAM}bucket:"), "[", "]}\n# EOF\n");
    OpenMetrics2 "quotes in a value": |n| filled(n, &format!("{HISTOGRAM}bucket:["), "\"", "]}\n# EOF\n");
    OpenMetrics2 "colons of a value": |n| filled(n, &format!("{HISTOGRAM}bucket:["), ":", "]}\n# EOF\n");
    OpenMetrics2 "exemplars": |n| {
        numbered(n, "# TYPE a counter\na 1", |i| format!(" # {{t=\"{i:07}\"}} 1 1"), END)
    };
    OpenMetrics2 "exemplars, shortest": |n| filled(n, "a 1", " # {} 1 1", END);
    OpenMetrics2 "exemplars with escapes": |n| filled(n, "a 1", " # {b=\"\\\"\",\"\\\\\"=\"\\n\"} 1 1", END);
    OpenMetrics2 "exemplars, the last without a time": |n| filled(n, "a 1", " # {} 1 1", " # {} 1\n# EOF\n");
    OpenMetrics2 "exemplars in the buckets of one line": |n| {
        let buckets = numbered(n / 2, &format!("{HISTOGRAM}bucket:["), |i| format!("{i:07}:1,"), "+Inf:1]}");
        [buckets, numbered(n / 2, "", |i| format!(" # {{}} {i:07} 1"), END)].concat()
    };
    OpenMetrics2 "exemplars of one bucket": |n| {
        let buckets = numbered(n / 2, &format!("{HISTOGRAM}bucket:["), |i| format!("{i:07}:1,"), "+Inf:1]}");
        [buckets, filled(n / 2, "", " # {} 1 1", END)].concat()
    };
    OpenMetrics2 "exemplars of native buckets": |n| {
        let line = native(n / 2, "", "1", None);
        let line = line.strip_suffix(END.as_bytes()).unwrap_or_default();
        [line, &numbered(n / 2, "", |i| format!(" # {{}} {i:07} 1"), END)].concat()
    };
    OpenMetrics2 "labels of one of two exemplars": |n| {
        numbered(n, "a 1 # {} 1 1 # {l=\"v\"", |i| format!(",l{i:07}=\"v\""), "} 1 1\n# EOF\n")
    };
    OpenMetrics2 "one long start time": |n| filled(n, "# TYPE a counter\na 1 st@0.", "0", END);
    OpenMetrics2 "start times": |n| filled(n, "# TYPE a counter\na 1", " st@1", END);
    OpenMetrics2 "labels of an info": |n| {
        numbered(n, "# TYPE a_info info\na_info{", |i| format!("l{i:07}=\"v\","), "l=\"v\"} 1\n# EOF\n")
    };
    OpenMetrics2 "labels of a state": |n| {
        numbered(n, "# TYPE a stateset\na{", |i| format!("l{i:07}=\"v\","), "a=\"v\"} 1\n# EOF\n")
    };
    OpenMetrics2 "labels of a histogram": |n| {
        let labels = numbered(n, "# TYPE a histogram\na{", |i| format!("l{i:07}=\"v\","), "l=\"v\"} ");
        [labels.as_slice(), b"{count:1,sum:1,bucket:[1:1,+Inf:1]}\n# EOF\n"].concat()
    };
    OpenMetrics2 "one long name in quotes, first in the braces": |n| {
        filled(n, "{\"", "é", "\",a=\"b\"} 1\n# EOF\n")
    };
};

/// Lines in which something is sorted.
const SORTED: &[Shape] = shape_list! {
    from 36 to 144 KiB;
    OpenMetrics2 "exemplars in disorder": |n| {
        let buckets = numbered(n / 2, &format!("{HISTOGRAM}bucket:["), |i| format!("{:08}:1,", 2 * i), "+Inf:1]}");
        [buckets, numbered(n / 2, "", |i| format!(" # {{}} {:08} 1", scattered(i)), END)].concat()
    };
};

/// Many lines.
const BODIES: &[Shape] = shape_list! {
    from 4 to 16 KiB;
    OpenMetrics2 "histograms on a line each": |n| {
        let line = |i| format!("a{{b=\"{i:07}\"}} {{count:2,sum:1.5,bucket:[0.5:1,+Inf:2]}} 5 st@1 # {{t=\"{i:07}\"}} 1 1\n");
        numbered(n, "# TYPE a histogram\n", line, "# EOF\n")
    };
    OpenMetrics2 "histograms, shortest": |n| {
        filled(n, "# TYPE a histogram\n", "a {count:1,sum:1,bucket:[+Inf:1]}\n", "# EOF\n")
    };
    OpenMetrics2 "native histograms on a line each": |n| {
        let line = |i| format!("a{{b=\"{i:07}\"}} {{count:2,sum:1.5,{NATIVE}positive_spans:[0:2],positive_buckets:[1,1]}}\n");
        numbered(n, "# TYPE a histogram\n", line, "# EOF\n")
    };
    OpenMetrics2 "summaries on a line each": |n| {
        let line = |i| format!("a{{b=\"{i:07}\"}} {{count:1,sum:1,quantile:[0.5:1]}}\n");
        numbered(n, "# TYPE a summary\n", line, "# EOF\n")
    };
    OpenMetrics2 "families of types in turn": |n| {
        let kinds = [
            ("histogram", "{count:1,sum:1,bucket:[+Inf:1]}"),
            ("summary", "{count:1,sum:1,quantile:[]}"),
            ("gaugehistogram", "{gcount:1,gsum:1,bucket:[+Inf:1]}"),
            ("counter", "1"),
        ];
        let family = |i: usize| {
            let (kind, value) = kinds.get(i % 4).copied().unwrap_or_default();
            format!("# TYPE a{i:07} {kind}\na{i:07} {value}\n")
        };
        numbered(n, "", family, "# EOF\n")
    };
    OpenMetrics2 "one name, whose type changes": |n| {
        let family = "# TYPE a histogram\na {count:1,sum:1,bucket:[+Inf:1]}\n# TYPE a summary\na {count:1,sum:1,quantile:[]}\n";
        filled(n, "", family, "# EOF\n")
    };
    OpenMetrics2 "two names in turn": |n| filled(n, "", "a 1\nb 1\n", "# EOF\n");
    OpenMetrics2 "families that come back with their types": |n| {
        filled(n, "", "# TYPE a gauge\na 1\n# TYPE b counter\nb 1\n", "# EOF\n")
    };
    OpenMetrics2 "names beside the one that is declared": |n| {
        numbered(n, "# TYPE a histogram\n", |i| format!("a{i:07} 1\n"), "# EOF\n")
    };
    OpenMetrics2 "lines of OpenMetrics 1.0": |n| {
        numbered(n, "# TYPE a histogram\n", |i| format!("a_bucket{{le=\"{i:07}\"}} 1\n"), "# EOF\n")
    };
    OpenMetrics2 "values that are cut off": |n| {
        filled(n, "# TYPE a histogram\n", "a {count:1,sum:1,bucket:[1:1\n", "# EOF\n")
    };
    OpenMetrics2 "values with a wrong field": |n| {
        filled(n, "# TYPE a histogram\n", "a {count:1,sum:1,buckets:[+Inf:1]}\n", "# EOF\n")
    };
    OpenMetrics2 "values without a type": |n| filled(n, "", "a {count:1}\n", "# EOF\n");
    OpenMetrics2 "samples with exemplars and start times": |n| {
        let line = |i| format!("a{{b=\"{i:07}\"}} 1 2.5 st@1.5 # {{c=\"d\"}} 1 2.5 # {{}} 1 2\n");
        numbered(n, "# TYPE a counter\n", line, "# EOF\n")
    };
    OpenMetrics2 "broken exemplars": |n| filled(n, "", "a 1 # {} 1 1 # {} 1\n", "# EOF\n");
    OpenMetrics2 "names in quotes": |n| {
        numbered(n, "", |i| format!("# TYPE \"a {i:07}\" gauge\n{{\"a {i:07}\",b=\"c\"}} 1\n"), "# EOF\n")
    };
    OpenMetrics2 "states on a line each": |n| {
        numbered(n, "# TYPE a stateset\n", |i| format!("a{{a=\"{i:07}\"}} 1\n"), "# EOF\n")
    };
    OpenMetrics2 "points of one histogram": |n| {
        let line = |i| format!("a {{count:1,sum:1,bucket:[+Inf:1]}} {i:07}\n");
        numbered(n, "# TYPE a histogram\n", line, "# EOF\n")
    };
    OpenMetrics2 "points of two histograms in turn": |n| {
        let line = |i| format!("a{{b=\"{}\"}} {{count:1,sum:1,bucket:[+Inf:1]}} {i:07}\n", i % 2);
        numbered(n, "# TYPE a histogram\n", line, "# EOF\n")
    };
};

/// A long line and many short ones.
const LONG: &[Shape] = shape_list! {
    from 36 to 118 KiB;
    OpenMetrics2 "one histogram of many buckets, then small ones": |n| {
        let long = numbered(n / 2, &format!("{HISTOGRAM}bucket:["), |i| format!("{i:07}:1,"), "+Inf:1]}\n");
        [long, filled(n / 2, "", "a {count:1,sum:1,bucket:[+Inf:1]}\n", "# EOF\n")].concat()
    };
    OpenMetrics2 "one line of many exemplars, then some without": |n| {
        [filled(n / 2, "a 1", " # {} 1 1", "\n"), filled(n / 2, "", "a 1\n", "# EOF\n")].concat()
    };
    OpenMetrics2 "TYPE lines with long names": |n| {
        let name = "x".repeat(n / 4);
        numbered(n, "", |i| format!("# TYPE {name}{i:07} histogram\n"), "# EOF\n")
    };
    OpenMetrics2 "a long name that is declared, and short ones": |n| {
        let head = filled(n / 2, "# TYPE ", "x", " histogram\n");
        [head, filled(n / 2, "", "a 1\nx 1\n", "# EOF\n")].concat()
    };
    OpenMetrics2 "a long name with escapes, declared": |n| {
        let head = filled(n / 2, "# TYPE \"", "\\\\", "\" histogram\n");
        [head, filled(n / 2, "", "{\"\\\\a\"} 1\n", "# EOF\n")].concat()
    };
};
