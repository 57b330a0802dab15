//! What the lines of a body look like from afar: enough to tell which OpenMetrics they are. Nothing is
//! checked, and no verdict depends on it.

use crate::bytes::scan::{self, Quote};
use crate::bytes::work;

/// A line, as far as it can be told without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sketch<'a> {
    Type { name: &'a [u8], word: &'a [u8] },
    Sample(Sample<'a>),
    Other,
}

/// The parts of a sample's line, as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample<'a> {
    /// Without quotes; empty if it is among the labels and not first.
    pub(crate) name: &'a [u8],
    /// What is in the braces.
    pub(crate) labels: &'a [u8],
    pub(crate) value: Value<'a>,
    has_start: bool,
    exemplars: usize,
    /// Whether its last exemplar has no timestamp.
    pub(crate) is_untimed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Number(&'a [u8]),
    /// `{count:1,sum:2…`
    Composite,
}

impl Sample<'_> {
    /// Tells whether the line has what only OpenMetrics 2.0 has: a composite value, a start timestamp or a
    /// second exemplar.
    pub(crate) fn is_openmetrics2(&self) -> bool {
        self.value == Value::Composite || self.has_start || self.exemplars > 1
    }

    /// Tells whether there is a label `quantile`.
    pub(crate) fn has_quantile(&self) -> bool {
        let mut rest = self.labels;
        while !rest.is_empty() {
            if rest.starts_with(b"quantile=\"") {
                return true;
            }
            match after_part(rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        false
    }
}

/// Returns a sketch of each line.
pub(crate) fn lines(body: &[u8]) -> impl Iterator<Item = Sketch<'_>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (sketch, after) = match rest.first() {
            Some(b'#') => metadata(rest),
            _ => sample(rest).map(|(sample, after)| (Sketch::Sample(sample), after)),
        }
        .unwrap_or((Sketch::Other, rest));
        let end = scan::line_feed(after).map_or(after.len(), |line_feed| line_feed + 1);
        rest = after.get(end..).unwrap_or_default();
        Some(sketch)
    })
}

/// Returns a sketch of a single line.
pub(crate) fn line(line: &[u8]) -> Sketch<'_> {
    lines(line).next().unwrap_or(Sketch::Other)
}

/// Splits off the name of a TYPE, HELP or UNIT line, which may have line feeds if it is quoted.
fn metadata(line: &[u8]) -> Option<(Sketch<'_>, &[u8])> {
    let keyword = line.get(..7)?;
    if !matches!(keyword, b"# TYPE " | b"# HELP " | b"# UNIT ") {
        return None;
    }
    let (name, after) = match line.get(7..)? {
        [b'"', quoted @ ..] => quotes(quoted, true)?,
        bare => word(bare, b" \n"),
    };
    let sketch = match after.strip_prefix(b" ") {
        Some(words) if keyword == b"# TYPE " => {
            let (word, _) = word(words, b"\n");
            Sketch::Type { name, word }
        }
        _ => Sketch::Other,
    };
    Some((sketch, after))
}

/// Splits off a sample.
fn sample(line: &[u8]) -> Option<(Sample<'_>, &[u8])> {
    let (mut name, mut rest) = word(line, b" {\n");
    let mut labels = &[][..];
    if let Some(inside) = rest.strip_prefix(b"{") {
        (labels, rest) = braces(inside)?;
    }
    if name.is_empty()
        && let Some(quoted) = labels.strip_prefix(b"\"")
    {
        (name, _) = quotes(quoted, true)?;
    }
    let (value, after) = word(rest.strip_prefix(b" ")?, b" \n");
    let mut sample = Sample {
        name,
        labels,
        value: match is_composite(value) {
            true => Value::Composite,
            false => Value::Number(value),
        },
        has_start: false,
        exemplars: 0,
        is_untimed: false,
    };
    rest = after;
    let mut words = 0_usize;
    while let Some(after) = rest.strip_prefix(b" ") {
        if let Some(inside) = after.strip_prefix(b"# {") {
            (_, rest) = braces(inside)?;
            sample.exemplars += 1;
            words = 0;
        } else {
            let word_of;
            (word_of, rest) = word(after, b" \n");
            sample.has_start |= sample.exemplars == 0 && word_of.starts_with(b"st@");
            words += 1;
        }
    }
    sample.is_untimed = sample.exemplars > 0 && words == 1;
    Some((sample, rest))
}

/// Tells whether a value is a brace and a key of a composite. Labels, which the text format takes after a blank,
/// have `=` there.
fn is_composite(value: &[u8]) -> bool {
    let Some(inside) = value.strip_prefix(b"{") else {
        return false;
    };
    let key = scan::label_name(inside);
    key > 0 && inside.get(key) == Some(&b':')
}

/// Splits off labels, and a name in quotes among them; `text` begins after the opening brace.
fn braces(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(b"}") {
            let end = text.len() - rest.len();
            return Some((text.get(..end)?, after));
        }
        rest = after_part(rest)?;
    }
}

/// Skips a name, a value or a comma between braces.
fn after_part(labels: &[u8]) -> Option<&[u8]> {
    match labels {
        [b',', after @ ..] => Some(after),
        // Only a name has line feeds.
        [b'=', b'"', value @ ..] => Some(quotes(value, false)?.1),
        [b'"', name @ ..] => Some(quotes(name, true)?.1),
        bare => {
            let name = scan::label_name(bare);
            bare.get(name..).filter(|_| name > 0)
        }
    }
}

/// Splits off a quoted text; `text` begins after the opening quote.
fn quotes(text: &[u8], line_feeds: bool) -> Option<(&[u8], &[u8])> {
    match scan::closing_quote(text, line_feeds) {
        Quote::Closed { end, .. } => Some((text.get(..end)?, text.get(end + 1..)?)),
        Quote::Forbidden { .. } | Quote::Open => None,
    }
}

/// Splits off what is before any of these bytes.
fn word<'a>(text: &'a [u8], ends: &[u8]) -> (&'a [u8], &'a [u8]) {
    let end = text.iter().position(|byte| ends.contains(byte));
    let end = end.unwrap_or(text.len());
    work::on(end);
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_openmetrics2(line: &[u8]) -> bool {
        matches!(super::line(line), Sketch::Sample(sample) if sample.is_openmetrics2())
    }

    #[test]
    fn lines_of_openmetrics_2() {
        for line in [
            &b"a {count:1,sum:1,bucket:[+Inf:1]}"[..],
            b"a{b=\"c\"} {gcount:1,gsum:1,bucket:[+Inf:1]}\n",
            b"{\"a.b\",c=\"}\"} {count:1,sum:1,quantile:[]}",
            b"a {quantile:[]}",
            b"a 1 st@5",
            b"a 1 2 st@5 # {} 1 2",
            b"a 1 st@",
            b"a 1 # {} 1 2 # {} 1 2",
            b"a 1 # {b=\"}\"} 1 2 # {c=\"\"",
        ] {
            let expected = !line.ends_with(b"# {c=\"\"");
            assert_eq!(is_openmetrics2(line), expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn lines_of_any_format() {
        for line in [
            &b"a 1"[..],
            b"a",
            b"",
            b"\n",
            b"a{b=\"x st@5\"} 1",
            b"a{b=\" {count:1}\"} 1 2",
            b"a{b=\"\\\"} {count:1}\"} 1 2",
            b"{\"a} {count:1}\"} 1 2",
            b"{\"a\nb {count:1}\"} 1 2",
            b"{c=\"d\",\"a\nb {count:1}\"} 1 2",
            b"a {b=\"c\"} 1 2",
            b"a {count=\"c\"} 1 2",
            b"a {} 1",
            b"a 1 # {b=\"# {} st@1\"} 1",
            b"a 1 # {} 1 st@5",
            b"# HELP a st@5 {count:1}",
            b"# HELP a 1 st@5",
            b"# a {count:1}",
        ] {
            let found = lines(line).collect::<Vec<_>>();
            let is_one = |line: &Sketch<'_>| matches!(line, Sketch::Sample(sample) if sample.is_openmetrics2());
            assert!(!found.iter().any(is_one), "{}", line.escape_ascii());
        }
    }

    #[test]
    fn parts_of_lines() {
        let body = b"# TYPE a counter\n# TYPE \"a\nb\" info\n{\"a\nb_info\",c=\"d\"} 1 # {} 2\n\
            a_total 3 4 # {} 5 6\n# EOF";
        let found: Vec<_> = lines(body).collect();
        let [counter, info, one, two, eof] = found[..] else {
            panic!("{found:?}")
        };
        let name = &b"a"[..];
        let word = &b"counter"[..];
        assert_eq!(counter, Sketch::Type { name, word });
        let (name, word) = (&b"a\nb"[..], &b"info"[..]);
        assert_eq!(info, Sketch::Type { name, word });
        let (Sketch::Sample(one), Sketch::Sample(two)) = (one, two) else {
            panic!("{found:?}")
        };
        assert_eq!(one.name, b"a\nb_info");
        assert_eq!(one.labels, b"\"a\nb_info\",c=\"d\"");
        assert_eq!(one.value, Value::Number(b"1"));
        assert!(one.is_untimed && !two.is_untimed);
        assert_eq!(eof, Sketch::Other);
    }

    /// Lines whose quotes stay open, or close far below, are not looked at again and again.
    #[test]
    fn sketching_costs_linear_time() {
        for (head, line) in [
            ("", "{\"a\n"),
            ("", "a{b=\"\n"),
            ("", "a{\"\\\n"),
            ("", "{\"\\\"\n"),
            ("{\"", "a\n"),
            ("# TYPE \"", "# TYPE a\n"),
            ("", "# TYPE \"\\\n"),
            ("a 1", " # {}"),
            ("a{", "b=\"c\","),
            ("a 1", " "),
        ] {
            let of = |times: usize| {
                let body = format!("{head}{}", line.repeat(times));
                work::of(|| assert!(lines(body.as_bytes()).count() > 0)) as usize / times
            };
            assert!(of(4000) <= of(400) + 1, "{head:?} {line:?}");
            assert!(of(400) <= 4 * line.len(), "{head:?} {line:?}");
        }
    }
}
