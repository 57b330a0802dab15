//! What a whole body looks like when it is not in the format it is read as.

use std::str;

use crate::dialect::Dialect;
use crate::error::hint::{self, Hint};
use crate::error::sketch::{self, Sample, Sketch, Value};
use crate::model::metric_type::{MetricType, TypeWords};
use crate::model::suffix::Suffixes;

impl Hint {
    /// Guesses what a body is, if it is not in the format it is read as.
    ///
    /// Looks at its first line, at its end for `# EOF`, and in OpenMetrics for lines of the other version.
    ///
    /// ```
    /// use exposition::{Dialect, Hint};
    ///
    /// let body = b"# TYPE a counter\na_total 1\n# EOF\n";
    /// assert_eq!(Hint::of_body(body, Dialect::Text), Some(Hint::OpenMetrics));
    /// assert_eq!(Hint::of_body(body, Dialect::OpenMetrics), None);
    /// assert_eq!(Hint::of_body(body, Dialect::OpenMetrics2), Some(Hint::OpenMetrics1));
    /// assert_eq!(Hint::of_body(b"<!DOCTYPE html>", Dialect::OpenMetrics), Some(Hint::Html));
    /// ```
    #[must_use]
    pub fn of_body(body: &[u8], dialect: Dialect) -> Option<Self> {
        if let Some(hint) = hint::of_start(body) {
            return Some(hint);
        }
        if hint::may_be_openmetrics(dialect) && hint::ends_in_eof(body) {
            return Some(Hint::OpenMetrics);
        }
        let end = memchr::memchr(b'\n', body).unwrap_or_default();
        let first = body.get(..end).unwrap_or_default();
        if first.ends_with(b"\r") && hint::refuses_crlf(dialect) {
            return Some(Hint::CrLf);
        }
        match dialect {
            Dialect::Text | Dialect::Lenient => None,
            Dialect::OpenMetrics => is_openmetrics2(body).then_some(Hint::OpenMetrics2),
            Dialect::OpenMetrics2 => is_openmetrics1(body).then_some(Hint::OpenMetrics1),
        }
    }
}

/// Tells whether a line has what only OpenMetrics 2.0 has.
pub(super) fn is_openmetrics2(body: &[u8]) -> bool {
    sketch::lines(body)
        .any(|line| matches!(line, Sketch::Sample(sample) if sample.is_openmetrics2()))
}

/// Tells whether the first sample after a TYPE line is named as in OpenMetrics 1.0 and earlier formats, where
/// the type decides what follows the family's name; in 2.0 it is another family's (spec G23).
fn is_openmetrics1(body: &[u8]) -> bool {
    let mut declared = None;
    for line in sketch::lines(body) {
        match line {
            Sketch::Type { name, word } => {
                let kind = TypeWords::OpenMetrics.read(word);
                declared = kind.zip(str::from_utf8(name).ok());
            }
            Sketch::Sample(sample) => {
                if (declared.take()).is_some_and(|(kind, family)| is_older(&sample, family, kind)) {
                    return true;
                }
            }
            Sketch::Other => {}
        }
    }
    false
}

fn is_older(sample: &Sample<'_>, family: &str, kind: MetricType) -> bool {
    let name = str::from_utf8(sample.name).unwrap_or_default();
    match Suffixes::OpenMetrics.suffix_in(name, family, kind) {
        None => false,
        Some("") => {
            kind == MetricType::Summary && sample.has_quantile() && sample.value != Value::Composite
        }
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_called_what_they_are() {
        use Dialect::{Lenient, OpenMetrics, OpenMetrics2, Text};
        for (body, dialect, expected) in [
            (&b"a 1\n"[..], Text, None),
            (b"", Text, None),
            (b"{\"a\",x=\"y\"} 1\n", Text, None),
            (b"{ \"a.b\" , x=\":\"} 1\n", Text, None),
            (b"{x=\"y\",\"a:\"} 1\n", Text, None),
            (b"\xef\xbb\xbfa 1\n", Text, Some(Hint::ByteOrderMark)),
            (b"\xef\xbb\xbf", Lenient, Some(Hint::ByteOrderMark)),
            (b"a 1\n\xef\xbb\xbfb 1\n", Text, None),
            (b"\x1f\x8b\x08\x00", OpenMetrics, Some(Hint::Gzip)),
            (b"<!DOCTYPE html>\n<html>", OpenMetrics, Some(Hint::Html)),
            (b"\n  <HTML>\n", Text, Some(Hint::Html)),
            (b"<?xml version=\"1.0\"?>", Text, Some(Hint::Html)),
            (b"{\"status\": \"ok\"}", Text, Some(Hint::Json)),
            (b"{ \"a\\\"b\" : 1}", Text, Some(Hint::Json)),
            (b"{\r\n  \"a\": 1\r\n}", Text, Some(Hint::Json)),
            (b"{\n}\n", Text, Some(Hint::Json)),
            (b"[]", Text, Some(Hint::Json)),
            (b"[{\"a\":1}]\n", Lenient, Some(Hint::Json)),
            (b"a 1\n# EOF\n", Text, Some(Hint::OpenMetrics)),
            (b"a 1\n# EOF\n", OpenMetrics, None),
            (b"a 1\n# EOF\n", Lenient, None),
            (b"a 1\r\nb 1\r\n", Text, Some(Hint::CrLf)),
            (b"a 1\r\n# EOF\r\n", OpenMetrics, Some(Hint::CrLf)),
            (b"a 1\r\n", Lenient, None),
            (b"a 1\nb 1\r\n", Text, None),
            (b"a 1 st@1\n# EOF\n", Text, Some(Hint::OpenMetrics)),
            (b"a 1 st@1\n# EOF\n", OpenMetrics, Some(Hint::OpenMetrics2)),
            (b"a {count:1\n", OpenMetrics, Some(Hint::OpenMetrics2)),
            (b"a 1 st@1\n# EOF\n", OpenMetrics2, None),
            (b"a 1 st@1\n# EOF\n", Lenient, None),
            (
                b"# HELP a 1 st@1\na{b=\" {count:1}\"} 1\n",
                OpenMetrics,
                None,
            ),
        ] {
            let hint = Hint::of_body(body, dialect);
            assert_eq!(hint, expected, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn names_of_openmetrics_1_are_known_again() {
        for (body, expected) in [
            ("# TYPE a counter\na_total 1\n", true),
            ("# TYPE a counter\n# HELP a b\na_created 1\n", true),
            ("# TYPE a counter\na 1\na_total 1\n", false),
            (
                "# TYPE a counter\n# TYPE a_total counter\na_total 1\n",
                false,
            ),
            ("# TYPE a_total counter\na_total 1\n", false),
            ("# TYPE a gauge\na_total 1\n", false),
            ("# TYPE a histogram\na_bucket{le=\"1\"} 1\n", true),
            ("# TYPE a histogram\na_total 1\n", false),
            (
                "# TYPE a histogram\na {count:1,sum:1,bucket:[+Inf:1]}\na_sum 1\n",
                false,
            ),
            ("# TYPE a gaugehistogram\na_gcount 1\n", true),
            ("# TYPE \"a.b\" info\n{\"a.b_info\",c=\"d\"} 1\n", true),
            ("# TYPE a_info info\na_info{c=\"d\"} 1\n", false),
            ("# TYPE a summary\na_sum 1\n", true),
            ("# TYPE a summary\na{b=\"c\",quantile=\"0.5\"} 1\n", true),
            ("# TYPE a summary\na{xquantile=\"0.5\"} 1\n", false),
            ("# TYPE a summary\na{b=\",quantile=\"} 1\n", false),
            ("# TYPE a Summary\na_sum 1\n", false),
            ("b 1\n# TYPE a counter\nb 1\na_total 1\n", false),
        ] {
            let expected = expected.then_some(Hint::OpenMetrics1);
            assert_eq!(
                Hint::of_body(body.as_bytes(), Dialect::OpenMetrics2),
                expected,
                "{body}"
            );
        }
    }

    /// A key longer than the head does not count as one.
    #[test]
    fn no_more_than_the_head_is_looked_at() {
        let body = [b"{\"", "x".repeat(hint::HEAD).as_bytes(), b"\":1}"].concat();
        assert_eq!(Hint::of_body(&body, Dialect::Text), None);
    }
}
