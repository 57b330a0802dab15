//! Sequences of bodies, scrape after scrape, from a target that attacks what is remembered from one to the
//! next.

use exposition::Dialect::{self, Lenient, OpenMetrics, OpenMetrics2, Text};

/// A kind of sequence.
pub(crate) struct Sequence {
    pub(crate) name: &'static str,
    make: fn(usize) -> Vec<(Vec<u8>, Dialect)>,
}

impl Sequence {
    /// Returns bodies of about `bytes` bytes in total, each with its dialect.
    pub(crate) fn bodies(&self, bytes: usize) -> Vec<(Vec<u8>, Dialect)> {
        (self.make)(bytes)
    }
}

/// Returns `bodies` bodies of `bytes` bytes in total, made of lines: `line` gets the numbers of body and
/// line.
fn few(
    bodies: usize,
    bytes: usize,
    dialect: Dialect,
    line: impl Fn(usize, usize) -> String,
) -> Vec<(Vec<u8>, Dialect)> {
    (0..bodies)
        .map(|body| (lines(bytes / bodies, |at| line(body, at), dialect), dialect))
        .collect()
}

/// Does the same with bodies of about a hundred bytes, so that there are more.
fn many(
    bytes: usize,
    dialect: Dialect,
    line: impl Fn(usize, usize) -> String,
) -> Vec<(Vec<u8>, Dialect)> {
    few(bytes / 100, bytes, dialect, line)
}

/// Returns a body of at least `bytes` bytes.
fn lines(bytes: usize, line: impl Fn(usize) -> String, dialect: Dialect) -> Vec<u8> {
    let mut body = String::new();
    let mut at = 0;
    while body.len() < bytes {
        body += &line(at);
        at += 1;
    }
    if matches!(dialect, OpenMetrics | OpenMetrics2) {
        body += "# EOF\n";
    }
    body.into_bytes()
}

/// Returns one of a few series, with a different value in each body.
fn counted(body: usize, at: usize) -> String {
    format!("a{at:05} {body}\n")
}

/// Replaces every `~` by a byte that is not UTF-8.
fn not_utf8(bodies: &mut [(Vec<u8>, Dialect)]) {
    let bytes = bodies.iter_mut().flat_map(|(body, _)| body);
    bytes
        .filter(|byte| **byte == b'~')
        .for_each(|byte| *byte = 0xff);
}

/// Returns a short name for each number.
fn letters(number: usize) -> String {
    let letter = char::from(b'a' + (number % 26) as u8);
    match number / 26 {
        0 => letter.into(),
        more => letters(more - 1) + letter.encode_utf8(&mut [0]),
    }
}

macro_rules! sequences {
    ($($name:literal: $make:expr;)*) => {
        &[$(Sequence { name: $name, make: $make },)*]
    };
}

/// All sequences.
pub(crate) const SEQUENCES: &[Sequence] = sequences! {
    "the same": |n| few(8, n, Text, |_, at| counted(0, at));
    "other values": |n| few(8, n, Text, counted);
    "other series": |n| few(8, n, Text, |body, at| format!("a{body}_{at:05} 1\n"));
    "other series, as short as can be": |n| few(8, n, Text, |body, at| {
        format!("{} 1\n", letters(8 * at + body))
    });
    "the same series, as short as can be": |n| few(8, n, Text, |_, at| format!("{} 1\n", letters(at)));
    "comments, as short as can be": |n| few(8, n, Text, |_, _| "#\n".to_owned());
    "comments, as short as can be, that come and go": |n| few(8, n, Text, |body, _| match body % 2 {
        0 => "#\n".to_owned(),
        _ => "# \n".to_owned(),
    });
    "errors, as short as can be": |n| few(8, n, Text, |_, _| "x\n".to_owned());
    "samples of one series, as short as can be": |n| few(8, n, Text, |_, _| "a 1\n".to_owned());
    "samples with timestamps, as short as can be": |n| few(8, n, Text, |body, _| {
        format!("a 1 {body}\n")
    });
    "leniencies, as short as can be": |n| few(8, n, Lenient, |_, _| "a 1\r\n".to_owned());
    "leniencies, once": |n| (0..4).map(|body| match body {
        0 => (lines(n, |_| "a 1\r\n".to_owned(), Lenient), Lenient),
        _ => (b"a 1\n".to_vec(), Lenient),
    }).collect();
    "two bodies in turn": |n| few(16, n, Text, |body, at| format!("a{}_{at:05} 1\n", body % 2));
    "three bodies in turn": |n| few(16, n, Text, |body, at| format!("a{}_{at:05} 1\n", body % 3));
    "new and known in turn": |n| few(8, n, Text, |body, at| match at % 2 {
        0 => format!("z{body}_{at:05} 1.5 2\n"),
        _ => "b 1\n".to_owned(),
    });
    "new and known in turn, each known once": |n| few(8, n, Text, |body, at| match at % 2 {
        0 => format!("z{body}_{at:05} 1.5 2\n"),
        _ => counted(body, at),
    });
    "five new and one known": |n| few(8, n, Text, |body, at| match at % 6 {
        5 => "b 1\n".to_owned(),
        _ => format!("z{body}_{at:05} 1.5 2\n"),
    });
    "five known and one new": |n| few(8, n, Text, |body, at| match at % 6 {
        5 => format!("z{body}_{at:05} 1.5 2\n"),
        _ => counted(body, at),
    });
    "growing": |n| (1..=10).map(|part| {
        (lines(n * part / 55, |at| counted(part, at), Text), Text)
    }).collect();
    "shrinking": |n| (1..=10).rev().map(|part| {
        (lines(n * part / 55, |at| counted(part, at), Text), Text)
    }).collect();
    "shrinking from the front": |n| (1..=10).rev().map(|part| {
        (lines(n * part / 55, |at| counted(part, at + n * (10 - part) / 55 / 9), Text), Text)
    }).collect();
    "a large one and many of one line": |n| {
        let mut bodies = few(1, n / 2, Text, counted);
        bodies.extend(vec![(b"a 1\n".to_vec(), Text); n / 8]);
        bodies
    };
    "large ones and small ones in turn": |n| (0..12).map(|body| {
        let bytes = if body % 3 == 0 { n / 4 } else { 1 };
        (lines(bytes, |at| counted(body, at), Text), Text)
    }).collect();
    "large ones and nothing in turn": |n| (0..12).map(|body| match body % 3 {
        0 => (lines(n / 4, |at| counted(body, at), Text), Text),
        _ => (Vec::new(), Text),
    }).collect();
    "one series that changes, at the end": |n| few(16, n, Text, |body, at| match at {
        9 => format!("z{body:05} 1\n"),
        _ => counted(0, at),
    });
    "many bodies in which one series changes": |n| many(n, Text, |body, at| match at {
        4 => format!("z{body:05} 1\n"),
        _ => counted(0, at),
    });
    "many bodies in which the first series changes": |n| many(n, Text, |body, at| match at {
        0 => format!("z{body:05} 1\n"),
        _ => counted(0, at),
    });
    "many bodies of other series": |n| many(n, Text, |body, at| format!("a{body}_{at} 1\n"));
    "many bodies of one line": |n| {
        (0..n / 10).map(|body| (format!("a{body:06} 1\n").into_bytes(), Text)).collect()
    };
    "renamed in part": |n| few(8, n, Text, |body, at| match (at + body) % 3 {
        0 => format!("z{body}_{at:05} 1\n"),
        _ => counted(body, at),
    });
    "turned round": |n| {
        let mut bodies = few(8, n, Text, counted);
        for (body, _) in bodies.iter_mut().step_by(2) {
            let mut lines: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
            lines.reverse();
            *body = lines.concat();
        }
        bodies
    };
    "shuffled": |n| few(8, n, Text, |body, at| {
        format!("a{:05} 1\n", (at * (2 * body + 1)) % 1024)
    });
    "moved by a line": |n| few(8, n, Text, |body, at| counted(0, at + body));
    "exemplars that change": |n| few(8, n, OpenMetrics, |body, at| {
        format!("a{at:05}_total 1 # {{t=\"{body}\"}} {body}\n")
    });
    "exemplars that come and go": |n| few(8, n, OpenMetrics, |body, at| match (at + body) % 3 {
        0 => format!("a{at:05}_total 1 # {{t=\"1\"}} 1\n"),
        _ => format!("a{at:05}_total 1\n"),
    });
    "many bodies whose exemplars change": |n| many(n, OpenMetrics, |body, at| {
        format!("a{at}_total 1 # {{t=\"{body}\"}} {body}\n")
    });
    "long exemplars of one line": |n| (0..8).map(|body| {
        let text = format!("a_total 1 # {{t=\"{}{body}\"}} 1\na_total 1\n# EOF\n", "x".repeat(n / 8));
        (text.into_bytes(), OpenMetrics)
    }).collect();
    "timestamps that change": |n| few(8, n, Text, |body, at| format!("a{at:05} 1 {body}7\n"));
    "timestamps that come and go": |n| few(8, n, Text, |body, at| match (at + body) % 3 {
        0 => format!("a{at:05} 1 {body}\n"),
        _ => format!("a{at:05} 1\n"),
    });
    "many bodies whose timestamps change": |n| many(n, Text, |body, at| format!("a{at} 1 {body}\n"));
    "timestamps in seconds that change": |n| few(8, n, OpenMetrics, |body, at| {
        format!("a{at:05} 1 {body}.25\n")
    });
    "timestamps that are taken leniently": |n| few(8, n, Lenient, |body, at| {
        format!("a{at:05} 1 {body}.5e1\n")
    });
    "one series again and again": |n| few(8, n, Text, |body, at| format!("a {}\n", body * at));
    "two series again and again": |n| few(8, n, Text, |body, at| {
        format!("{} {body}\n", if (at + body) % 3 == 0 { "a" } else { "b" })
    });
    "types that change": |n| few(8, n, Text, |body, at| match at % 2 {
        0 => format!("# TYPE a{at:05} {}\n", if body % 2 == 0 { "gauge" } else { "counter" }),
        _ => format!("a{:05} 1\n", at - 1),
    });
    "help texts that change": |n| few(8, n, Text, |body, at| match at % 2 {
        0 => format!("# HELP a{at:05} {body}\n"),
        _ => format!("a{:05} 1\n", at - 1),
    });
    "many bodies whose help texts change": |n| many(n, Text, |body, at| match at % 2 {
        0 => format!("# HELP a{at} {body}\n"),
        _ => format!("a{} 1\n", at - 1),
    });
    "comments": |n| few(8, n, Text, |body, at| format!("# {}\n", at % (body + 2)));
    "errors among known lines": |n| few(8, n, Text, |body, at| match at % 2 {
        0 => "x\n".to_owned(),
        _ => counted(body, at),
    });
    "errors that come and go": |n| few(8, n, Text, |body, at| match (at + body) % 3 {
        0 => format!("{{{at}\n"),
        _ => counted(0, at),
    });
    "blank lines that come and go": |n| few(8, n, Text, |body, at| match (at + body) % 3 {
        0 => "\n".to_owned(),
        1 => " \t\n".to_owned(),
        _ => counted(body, at),
    });
    "carriage returns": |n| few(8, n, Text, |_, at| format!("a{at:05} 1\r\n"));
    "carriage returns that are taken": |n| few(8, n, Lenient, |_, at| format!("a{at:05} 1\r\n"));
    "carriage returns that come and go": |n| few(8, n, Lenient, |body, at| {
        format!("a{at:05} 1{}\n", if (at + body) % 3 == 0 { "\r" } else { "" })
    });
    "blanks before series": |n| few(8, n, Text, |body, at| {
        format!("{}a{at:05} 1\n", " ".repeat((at + body) % 3))
    });
    "blanks after series": |n| few(8, n, Text, |body, at| {
        format!("a{at:05} {}1\n", " ".repeat((at + body) % 3))
    });
    "tabs": |n| few(8, n, Text, |_, at| format!("a{at:05}\t1\n"));
    "braces without blanks": |n| few(8, n, Text, |body, at| format!("{{\"a{at:05}\"}}{body}\n"));
    "line feeds in values of labels": |n| few(8, n, Text, |body, at| {
        format!("a{{b=\"{at:05}\n\"}} {body}\nx\n")
    });
    "line feeds that come and go": |n| few(8, n, Text, |body, at| match (at + body) % 3 {
        0 => format!("a{{b=\"{at:05}\n\"}} 1\nx\n"),
        _ => format!("a{{b=\"{at:05}\"}} 1\n"),
    });
    "names that are not UTF-8": |n| {
        let mut bodies = few(8, n, Text, |body, at| match at % 2 {
            0 => format!("{{\"~{at:05}\"}} {body}\n"),
            _ => counted(body, at),
        });
        not_utf8(&mut bodies);
        bodies
    };
    "exemplars that are not UTF-8": |n| {
        let mut bodies = few(8, n, OpenMetrics, |body, at| {
            format!("a{at:05}_total 1 # {{\"~\"=\"{}\"}} 1\n", (body + at) % 3)
        });
        not_utf8(&mut bodies);
        bodies
    };
    "the dialects in turn": |n| {
        let mut bodies = few(9, n, OpenMetrics, |body, at| match at % 3 {
            0 => format!("a{at:05} 1 {body}.5\n"),
            1 => format!("a{at:05}_total 1 # {{}} 1\n"),
            _ => counted(body, at),
        });
        for ((_, dialect), at) in bodies.iter_mut().zip(0..) {
            *dialect = match at % 3 { 0 => OpenMetrics, 1 => Text, _ => Lenient };
        }
        bodies
    };
    "the end of an OpenMetrics body in its midst": |n| few(8, n, OpenMetrics, |body, at| match at {
        _ if at == body * n / 600 => "# EOF\n".to_owned(),
        _ => counted(0, at),
    });
    "one long series, then short ones that begin as it does": |n| {
        let begin = "a".repeat(200);
        let long = format!("{begin}{}{begin} 1\n", "b".repeat(n / 2)).into_bytes();
        let short = lines(n / 2, |at| format!("{begin}{at:05} 1\n"), Text);
        vec![(long, Text), (short, Text)]
    };
    "one long series, then its beginnings": |n| {
        let body = |unit: &str, times: usize| (unit.repeat(times).into_bytes(), Text);
        let long = format!("a{{b=\"{}\"}} 1\n", "\na{b=\\\"".repeat(n / 16));
        vec![body(&long, 1), body("a{b=\"\n", n / 12), body(&long, 1)]
    };
    "long series that end differently": |n| (0..8).map(|body| {
        (format!("a{{b=\"{}{body}\"}} 1\na 1\n", "x".repeat(n / 8)).into_bytes(), Text)
    }).collect();
    "composite values that change": |n| few(8, n, OpenMetrics2, |body, at| match at {
        0 => "# TYPE h histogram\n".to_owned(),
        _ => format!("h{{a=\"{at:05}\"}} {{count:{body},sum:1,bucket:[1:0,+Inf:{body}]}}\n"),
    });
    "composite values that come and go": |n| few(8, n, OpenMetrics2, |body, at| match (at + body) % 3 {
        0 => format!("# TYPE h{at:05} summary\nh{at:05} {{count:1,sum:1,quantile:[]}}\n"),
        _ => format!("h{at:05} 1\n"),
    });
    "composite values, as short as can be": |n| few(8, n, OpenMetrics2, |_, at| match at {
        0 => "# TYPE h summary\n".to_owned(),
        _ => "h {count:1,sum:1,quantile:[]}\n".to_owned(),
    });
    "one long composite value, then short ones": |n| (0..8).map(|body| {
        let long = if body % 3 == 0 { "1:1,".repeat(n / 24) } else { String::new() };
        let line = format!("h {{count:1,sum:1,bucket:[{long}+Inf:{body}]}}\n");
        (["# TYPE h gaugehistogram\n", &line.replace("count", "gcount").replace("sum", "gsum"), "# EOF\n"]
            .concat().into_bytes(), OpenMetrics2)
    }).collect();
    "native histograms that change": |n| few(8, n, OpenMetrics2, |body, at| match at {
        0 => "# TYPE h histogram\n".to_owned(),
        _ => format!(
            "h{{a=\"{at:05}\"}} {{count:{body},sum:1,schema:0,zero_threshold:0,zero_count:0,\
             positive_spans:[{body}:1],positive_buckets:[{body}]}}\n"
        ),
    });
    "many bodies whose composite values change": |n| many(n, OpenMetrics2, |body, at| match at {
        0 => "# TYPE h histogram\n".to_owned(),
        _ => format!("h{{a=\"{at}\"}} {{count:{body},sum:1,bucket:[+Inf:{body}]}}\n"),
    });
    "start times that change": |n| few(8, n, OpenMetrics2, |body, at| format!("a{at:05} 1 st@{body}.5\n"));
    "start times that come and go": |n| few(8, n, OpenMetrics2, |body, at| match (at + body) % 3 {
        0 => format!("a{at:05} 1 st@{body}\n"),
        _ => format!("a{at:05} 1\n"),
    });
    "more exemplars in each body": |n| few(8, n, OpenMetrics2, |body, at| {
        format!("a{at:05} 1{}\n", " # {t=\"x\"} 1 1".repeat(body))
    });
    "many bodies with several exemplars that change": |n| many(n, OpenMetrics2, |body, at| {
        format!("a{at} 1 # {{t=\"{body}\"}} {body} 1 # {{}} {body} 1\n")
    });
    "types that change before the same composite value": |n| few(8, n, OpenMetrics2, |body, at| {
        let kind = if (at + body) % 2 == 0 { "histogram" } else { "gaugehistogram" };
        format!("# TYPE a{at:05} {kind}\na{at:05} {{count:1,sum:1,bucket:[+Inf:1]}}\n")
    });
    "lines under names that are declared in turn": |n| few(8, n, OpenMetrics2, |body, at| {
        let declared = (at + body) % 3;
        format!("# TYPE a{declared} counter\na{} {body}\n", at % 3)
    });
    "values that are cut off elsewhere": |n| few(8, n, OpenMetrics2, |body, at| match at % 2 {
        0 => "# TYPE h histogram\n".to_owned(),
        _ => {
            let line = "h {count:1,sum:1,bucket:[1:0,+Inf:1]}";
            format!("{}\n", line.get(..5 + 4 * body).unwrap_or(line))
        }
    });
    "one body as OpenMetrics 1.0 and 2.0 in turn": |n| {
        let mut bodies = few(8, n, OpenMetrics2, |body, at| match at % 3 {
            0 => format!("# TYPE a{at:05} histogram\n"),
            1 => format!("a{:05} {{count:{body},sum:1,bucket:[+Inf:1]}}\n", at - 1),
            _ => format!("b{at:05} {body} 1 # {{}} 1 1\n"),
        });
        bodies.iter_mut().step_by(2).for_each(|(_, dialect)| *dialect = OpenMetrics);
        bodies
    };
};
