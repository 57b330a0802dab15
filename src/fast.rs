//! The fast path: ordinary lines, read without looking back.
//!
//! [`line`] either reads a line exactly as the grammar would or declines, whatever the reason; it
//! holds no error code. Whoever changes it: `fast equals grammar` is held by a property test in
//! this file and by a fuzz target.

use crate::decode::{self, Escapes};
use crate::dialect::Dialect;
use crate::grammar::Context;
use crate::line::{LabelShape, LineShape, MetricType, Piece, SampleShape};
use crate::scan;

/// Reads the line that `text` begins with: its shape and its length in bytes with its line feed.
/// `None` is no verdict: the line is unusual, wrong or not whole.
#[inline]
pub(crate) fn line(text: &str, context: &Context) -> Option<(LineShape, usize)> {
    let bytes = text.as_bytes();
    match bytes.first()? {
        b'#' => descriptor(text, context),
        _ => sample(text, context),
    }
}

#[inline]
fn sample(text: &str, context: &Context) -> Option<(LineShape, usize)> {
    let bytes = text.as_bytes();
    let name = scan::metric_name(bytes);
    if name == 0 {
        return None;
    }
    let mut shape = SampleShape {
        name: Piece::new(0, name),
        scope: context.scope,
        ..SampleShape::default()
    };
    let mut at = name;
    if bytes.get(at) == Some(&b'{') {
        at = labels(bytes, at + 1, context, &mut shape)?;
    }
    shape.series_end = at as u32;
    if bytes.get(at) != Some(&b' ') {
        return None;
    }
    at += 1;
    let start = at;
    (shape.value, at) = value(text, at)?;
    shape.value_text = Piece::new(start, at);
    if bytes.get(at) == Some(&b' ') && context.dialect != Dialect::OpenMetrics {
        let start = at + 1;
        let digits = text.get(start..)?;
        let len = digits.bytes().position(|b| !b.is_ascii_digit())?;
        shape.timestamp = Some(decode::timestamp_millis(digits.get(..len)?).ok()?);
        at = start + len;
        shape.timestamp_text = Piece::new(start, at);
    }
    (bytes.get(at) == Some(&b'\n')).then_some((LineShape::Sample(shape), at + 1))
}

/// Reads labels from behind the opening brace; the offset behind the closing one.
#[inline]
fn labels(
    bytes: &[u8],
    mut at: usize,
    context: &Context,
    shape: &mut SampleShape,
) -> Option<usize> {
    loop {
        let tail = bytes.get(at..)?;
        if tail.first() == Some(&b'}') {
            return Some(at + 1);
        }
        let name = scan::label_name(tail);
        let value = tail.get(name..)?.strip_prefix(b"=\"")?;
        if name == 0 || shape.labels.len() >= context.max_labels {
            return None;
        }
        let scan::Quote::Closed { end, escapes } = scan::closing_quote(value, false) else {
            return None;
        };
        let start = at + name + 2;
        shape.labels.push(LabelShape {
            name: Piece::new(at, at + name),
            value: Piece::quoted(start, start + end, escapes),
        });
        at = start + end + 1;
        match bytes.get(at)? {
            b',' => at += 1,
            b'}' => return Some(at + 1),
            _ => return None,
        }
    }
}

/// The number at `at` and the offset behind it: integers here, other numbers as the grammar reads
/// them.
#[inline]
fn value(text: &str, at: usize) -> Option<(f64, usize)> {
    let tail = text.as_bytes().get(at..)?;
    let mut number: u64 = 0;
    let mut len = 0;
    for &b in tail {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        len += 1;
    }
    // Nineteen digits always fit, and the conversion rounds to nearest as parsing does.
    if (1..=19).contains(&len) && matches!(tail.get(len), Some(b'\n' | b' ')) {
        return Some((number as f64, at + len));
    }
    let len = tail.iter().position(|&b| b == b'\n' || b == b' ')?;
    let token = text.get(at..at + len)?;
    // `{` ends a value in the text format, but no number holds one.
    let number = decode::sample_value(token).ok()?;
    Some((number, at + len))
}

#[inline]
fn descriptor(text: &str, context: &Context) -> Option<(LineShape, usize)> {
    let bytes = text.as_bytes();
    let is_type = match bytes.get(..7)? {
        b"# TYPE " => true,
        b"# HELP " => false,
        _ => return None,
    };
    let end = scan::line_feed(bytes)?;
    let name = 7 + scan::metric_name(bytes.get(7..end)?);
    if name == 7 || bytes.get(name) != Some(&b' ') {
        return None;
    }
    let start = name + 1;
    let rest = bytes.get(start..end)?;
    let name = Piece::new(7, name);
    let open_metrics = context.dialect == Dialect::OpenMetrics;
    if is_type {
        let kind = match rest {
            b"counter" => MetricType::Counter,
            b"gauge" => MetricType::Gauge,
            b"histogram" => MetricType::Histogram,
            b"summary" => MetricType::Summary,
            b"untyped" if !open_metrics => MetricType::Unknown,
            b"unknown" if open_metrics => MetricType::Unknown,
            _ => return None,
        };
        return Some((LineShape::Type { name, kind }, end + 1));
    }
    let unusual = |b: &u8| *b == b'\r' || *b == 0;
    // Blanks alone are no text in one dialect and text in the other.
    if scan::blanks(rest) == rest.len() || rest.last().is_some_and(unusual) {
        return None;
    }
    let escapes = match open_metrics {
        true => Escapes::Quoted,
        false => Escapes::Help,
    };
    let text = Piece::quoted(start, end, rest.contains(&b'\\'));
    let help = LineShape::Help {
        name,
        text,
        escapes,
    };
    Some((help, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar;
    use proptest::prelude::*;

    fn context(dialect: Dialect) -> Context {
        Context {
            dialect,
            at_end: false,
            max_labels: 6,
            scope: MetricType::Histogram,
        }
    }

    /// Holds the promise: the fast path may decline, never disagree. Says whether it read the line.
    fn agrees(text: &str, dialect: Dialect) -> bool {
        let context = context(dialect);
        let Some((shape, len)) = line(text, &context) else {
            return false;
        };
        let expected = grammar::line(text.as_bytes(), &context);
        assert_eq!(expected, Ok((Some(shape), len)), "{dialect:?}: {text:?}");
        true
    }

    #[test]
    fn ordinary_lines_are_read() {
        for text in [
            "up 1\n",
            "up{} 1\n",
            "up{job=\"envoy\"} 0.5\n",
            "up{job=\"envoy\",} -1e-9\n",
            "up{a=\"1\",b=\"2\",c=\"\\\"\",d=\"\\\\\",le=\"+Inf\"} 18446744073709551615\n",
            "up NaN\n",
            "up +Inf\n",
            "# TYPE up gauge\n",
            "# TYPE up histogram\n",
            "# HELP up Whether the target is up.\n",
            "# HELP up A \\\\ and a \\n.\n",
        ] {
            assert!(agrees(text, Dialect::Prometheus), "{text:?}");
            assert!(agrees(text, Dialect::OpenMetrics), "{text:?}");
            assert!(agrees(text, Dialect::Lenient), "{text:?}");
        }
        assert!(agrees("up{a=\"b\"} 1 1700000000000\n", Dialect::Prometheus));
    }

    #[test]
    fn unusual_lines_are_the_grammars() {
        for text in [
            "",
            "\n",
            "up",
            "up 1",
            "up{",
            "up{a",
            "up{a=",
            "up{a=\"",
            "up{a=\"b\"",
            "up{a=\"b\"}",
            "up{a=\"b\nc\"} 1\n",
            "{\"up\"} 1\n",
            " up 1\n",
            "up  1\n",
            "up 1 \n",
            "up 1e999\n",
            "up 1 99999999999999999999\n",
            "up{a=\"1\",b=\"2\",c=\"3\",d=\"4\",e=\"5\",f=\"6\",g=\"7\"} 1\n",
            "# TYPE up Gauge\n",
            "# TYPE up  gauge\n",
            "# HELP up\n",
            "# HELP up \n",
            "# other\n",
            "#\n",
        ] {
            for dialect in [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient] {
                assert!(!agrees(text, dialect), "{text:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Lines put together from the tokens that matter, so that most are nearly right.
        #[test]
        fn fast_equals_grammar(
            parts in proptest::collection::vec(prop::sample::select(vec![
                "up", "a", "le", "{", "}", "{}", "=", "\"", "=\"", "\",", "\"}", ",", " ", "  ", "\t", "\n",
                "\r\n", "\\", "\\n", "\\\"", "1", "0", "-1", "+1", "1.5", ".5", "1e9", "1e999", "NaN", "-NaN",
                "Inf", "0x1", "1_0", "123456789012345678", "99999999999999999999", "1700000000000", "# TYPE ",
                "# HELP ", "# UNIT ", "# EOF", "# ", "#", "counter", "gauge", "untyped", "unknown", "info",
                "é", "日本", "\0", ":", "_", "{a=\"b\"}", " # {id=\"1\"} 1", "job=\"envoy\"",
            ]), 1..14),
            end in prop::sample::select(vec!["", "\n", " 1\n", "\"} 1\n", "\nup 1\n"]),
        ) {
            let text = parts.concat() + end;
            for dialect in [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient] {
                agrees(&text, dialect);
            }
        }

        #[test]
        fn fast_equals_grammar_on_any_text(text in ".{0,60}\n") {
            for dialect in [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient] {
                agrees(&text, dialect);
            }
        }
    }
}
