//! The fast path: ordinary lines, read by jumping from mark to mark.
//!
//! [`Scanner`] either reads a line exactly as the grammar would or declines, for any reason; it holds no
//! error code. Property tests in this file and a fuzz target check that `fast equals grammar`.

mod composite;
pub(crate) mod number;

use number::{number, token_len};

use crate::bytes::index::{self, Index};
use crate::format::syntax::{Composites, ExemplarCount, FamilyRules, StartTimes, TimeUnit};
use crate::model::metric_type::MetricType;
use crate::number::decode;
use crate::text::grammar::Context;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::{OtherShape, Piece, SampleShape};

/// Reads ordinary lines of a window of text, which it has indexed.
///
/// It is given what is left of the window, from the start of a line on: how much that is says where it begins. The
/// window is UTF-8; here it is bytes, since whoever cuts it up would have to prove it again.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    index: Box<Index>,
    /// The length of the window.
    len: usize,
}

impl Scanner {
    pub(crate) fn new() -> Self {
        Scanner {
            index: Box::new(Index::new()),
            len: 0,
        }
    }

    /// Indexes the window that `text` begins with: as many whole lines as fit. Returns its length.
    #[inline(never)]
    pub(crate) fn open(&mut self, text: &str) -> usize {
        self.len = index::whole_lines(text.as_bytes());
        if let Some(window) = text
            .as_bytes()
            .get(..self.len)
            .filter(|window| !window.is_empty())
        {
            self.index.read(window);
        }
        self.len
    }

    /// Reads the sample that `rest` begins with, which is the rest of the window. Returns its parts, and the
    /// length of its line in bytes, the line feed included. `None` is not a verdict: the line may be unusual,
    /// wrong, incomplete, too long or not a sample.
    #[inline(always)]
    pub(crate) fn sample(&self, rest: &[u8], context: &Context) -> Option<(SampleShape, usize)> {
        self.unread(rest)?.sample::<false>(context)
    }

    /// Does the same for other samples: those whose names are in the braces and, in a format where the type of
    /// a metric decides what its value is, all.
    // Apart, so that usual samples stay in registers.
    #[inline(never)]
    pub(crate) fn other_sample(
        &self,
        rest: &[u8],
        context: &Context,
    ) -> Option<(SampleShape, usize)> {
        let unread = self.unread(rest)?;
        let is_nameless = unread.byte(0)? == b'{';
        match context.syntax.composites {
            Composites::Lines if is_nameless => unread.nameless_sample::<false>(context),
            Composites::Lines => None,
            Composites::Braces if is_nameless => unread.nameless_sample::<true>(context),
            Composites::Braces => unread.sample::<true>(context),
        }
    }

    /// Reads a line that begins with `#`, in the same way. Returns what it is, and its length.
    #[inline(always)]
    pub(crate) fn descriptor(&self, rest: &[u8], context: &Context) -> Option<(OtherShape, usize)> {
        self.unread(rest)?.descriptor(context)
    }

    #[inline(always)]
    fn unread<'t>(&'t self, rest: &'t [u8]) -> Option<Unread<'t>> {
        Some(Unread {
            bytes: rest,
            index: &self.index,
            base: self.len.checked_sub(rest.len())?,
        })
    }
}

/// The content of a sample's braces.
struct LabelsRead {
    count: u32,
    /// The lengths of the first four labels and of the next four.
    low: u64,
    high: u64,
    escapes: bool,
    /// The offset after the closing brace.
    end: usize,
}

impl LabelsRead {
    /// Returns a result with no labels, and no braces either.
    #[inline(always)]
    fn none(end: usize) -> Self {
        LabelsRead {
            count: 0,
            low: 0,
            high: 0,
            escapes: false,
            end,
        }
    }

    #[inline(always)]
    fn push(&mut self, name: usize, value: usize) {
        let pair = u64::from(LabelLengths::pair(name, value)) << (16 * (self.count % 4));
        if self.count < 4 {
            self.low |= pair;
        } else if self.count < LabelLengths::MOST {
            self.high |= pair;
        }
        self.count += 1;
    }
}

/// What is between a value and the line feed.
struct Tail {
    timestamp: i64,
    /// Which of the sample's timestamps there are.
    flags: u8,
    exemplars_at: u32,
    /// The line feed.
    end: usize,
}

/// The unread part of a window, from the start of a line on. Offsets count from there.
// It is passed on by value: a reference would put it into memory for every line.
#[derive(Clone, Copy)]
struct Unread<'t> {
    /// The text up to the window's end.
    bytes: &'t [u8],
    index: &'t Index,
    /// Where the line begins in the index.
    base: usize,
}

impl Unread<'_> {
    #[inline(always)]
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    #[inline(always)]
    fn name_end(&self, at: usize) -> usize {
        self.index.name_end(self.base + at) - self.base
    }

    #[inline(always)]
    fn quote(&self, at: usize) -> usize {
        self.index.quote(self.base + at) - self.base
    }

    #[inline(always)]
    fn sample<const TYPED: bool>(&self, context: &Context) -> Option<(SampleShape, usize)> {
        let name = self.metric_name(0)?;
        let labels = match self.byte(name)? == b'{' {
            true => self.labels(name + 1, context.limits.max_labels)?,
            false => LabelsRead::none(name),
        };
        self.sample_of::<TYPED>(Piece::new(0, name), name + 1, labels, context)
    }

    /// Reads a sample whose name is in the braces, in quotes, and comes first.
    #[inline(always)]
    fn nameless_sample<const TYPED: bool>(
        &self,
        context: &Context,
    ) -> Option<(SampleShape, usize)> {
        if self.bytes.get(..2)? != b"{\"" {
            return None;
        }
        let (name, after) = self.quoted_name(2)?;
        let (labels_at, labels) = match self.byte(after)? {
            b',' => (
                after + 1,
                self.labels(after + 1, context.limits.max_labels)?,
            ),
            b'}' => (after, LabelsRead::none(after + 1)),
            _ => return None,
        };
        self.sample_of::<TYPED>(name, labels_at, labels, context)
    }

    /// Reads the rest of a sample whose name and labels are known, from the blank before its value on.
    #[inline(always)]
    fn sample_of<const TYPED: bool>(
        &self,
        name: Piece,
        labels_at: usize,
        labels: LabelsRead,
        context: &Context,
    ) -> Option<(SampleShape, usize)> {
        if self.byte(labels.end)? != b' ' {
            return None;
        }
        let scope = match TYPED {
            false => context.subject.last_type(),
            true => (context.subject).metric_type_of(name.of_bytes(self.bytes)),
        };
        let value_at = labels.end + 1;
        let (value, value_end) = match TYPED {
            false => self.value(value_at)?,
            true => self.typed_value(value_at, scope)?,
        };
        let is_composite = match TYPED && self.byte(value_at)? == b'{' {
            true => SampleShape::IS_COMPOSITE,
            false => 0,
        };
        let mut shape = SampleShape {
            value,
            timestamp: 0,
            lengths: LabelLengths::new(labels.low, labels.high),
            name,
            labels_at: labels_at as u32,
            label_count: labels.count,
            series_end: labels.end as u32,
            value_end: value_end as u32,
            exemplars_at: 0,
            flags: SampleShape::flags_of(context.syntax.suffixes)
                | is_composite
                | match labels.escapes {
                    true => SampleShape::HAS_ESCAPES,
                    false => 0,
                },
            scope,
        };
        let mut end = value_end;
        if self.byte(end)? != b'\n' {
            let tail = self.tail(end, labels.count, context)?;
            end = tail.end;
            shape.exemplars_at = tail.exemplars_at;
            shape.flags |= tail.flags;
            shape.timestamp = tail.timestamp;
        }
        Some((shape, end + 1))
    }

    /// Reads what is between the value and the line feed, from the blank at `at` on.
    #[inline(never)]
    fn tail(self, mut at: usize, labels: u32, context: &Context) -> Option<Tail> {
        let mut tail = Tail {
            timestamp: 0,
            flags: 0,
            exemplars_at: 0,
            end: 0,
        };
        let has_start = |at: usize| match context.syntax.start_times {
            StartTimes::None | StartTimes::CreatedLine => false,
            StartTimes::OnSample => {
                (self.bytes.get(at..)).is_some_and(|at| at.starts_with(b" st@"))
            }
        };
        if self.byte(at + 1)? != b'#' && !has_start(at) {
            (tail.timestamp, at) = match context.syntax.timestamps {
                TimeUnit::Seconds => self.seconds(at + 1)?,
                TimeUnit::Milliseconds => self.millis(at + 1)?,
            };
            tail.flags |= SampleShape::HAS_TIMESTAMP;
        }
        if has_start(at) {
            (_, at) = self.seconds(at + 4)?;
            tail.flags |= SampleShape::HAS_START_TIMESTAMP;
        }
        if self.byte(at)? == b' ' {
            let room = context.limits.max_labels.checked_sub(labels as usize)?;
            tail.exemplars_at = at as u32 + 3;
            match context.syntax.exemplars {
                ExemplarCount::None => return None,
                ExemplarCount::One => {
                    at = self.exemplar(at, room)?;
                    if self.byte(at)? == b' ' {
                        (_, at) = self.seconds(at + 1)?;
                    }
                }
                ExemplarCount::Many => {
                    let first = at;
                    while self.byte(at)? == b' ' {
                        if at > first {
                            tail.flags |= SampleShape::HAS_FURTHER_EXEMPLARS;
                        }
                        at = self.exemplar(at, room)?;
                        if self.byte(at)? != b' ' {
                            return None;
                        }
                        (_, at) = self.seconds(at + 1)?;
                    }
                }
            }
        }
        tail.end = at;
        (self.byte(at)? == b'\n').then_some(tail)
    }

    /// Reads the value at `at` of a metric of that type, a number or a composite value; also returns the
    /// offset after it.
    #[inline(always)]
    fn typed_value(&self, at: usize, kind: MetricType) -> Option<(f64, usize)> {
        match kind {
            MetricType::Gauge | MetricType::Unknown => self.value(at),
            MetricType::Counter => self.value(at).filter(|(value, _)| !value.is_nan()),
            // Their labels and values are the grammar's.
            MetricType::Info | MetricType::StateSet => None,
            MetricType::Histogram | MetricType::GaugeHistogram | MetricType::Summary => {
                let len = composite::composite(self.bytes.get(at..)?, kind)?;
                let end = at + len;
                matches!(self.byte(end)?, b' ' | b'\n').then_some((decode::NAN, end))
            }
        }
    }

    /// Reads an exemplar's labels and value, from the blank before it on.
    fn exemplar(&self, at: usize, max_labels: usize) -> Option<usize> {
        if self.bytes.get(at..at + 4)? != b" # {" {
            return None;
        }
        let at = self.labels(at + 4, max_labels)?.end;
        if self.byte(at)? != b' ' {
            return None;
        }
        let (_, at) = self.value(at + 1)?;
        Some(at)
    }

    /// Returns the end of the metric name at `at`: a run of label name bytes and colons, not empty and
    /// without a digit first.
    #[inline(always)]
    fn metric_name(&self, at: usize) -> Option<usize> {
        if self.byte(at)?.is_ascii_digit() {
            return None;
        }
        let mut end = self.name_end(at);
        while self.byte(end)? == b':' {
            end = self.name_end(end + 1);
        }
        (end > at).then_some(end)
    }

    /// Reads the name that is in quotes, from after the opening quote on. Also returns the offset after the
    /// closing one. What an empty name is, the grammar decides.
    #[inline(never)]
    fn quoted_name(self, at: usize) -> Option<(Piece, usize)> {
        let (end, escapes) = self.closing_quote(at)?;
        (end > at).then_some((Piece::quoted(at, end, escapes), end + 1))
    }

    /// Reads labels from after the opening brace to the closing one.
    #[inline(always)]
    fn labels(&self, mut at: usize, max_labels: usize) -> Option<LabelsRead> {
        let mut read = LabelsRead::none(0);
        loop {
            let equals = self.name_end(at);
            if equals == at {
                read.end = at + 1;
                match self.byte(at)? {
                    b'}' => break,
                    _ => return None,
                }
            }
            let opened = self.bytes.get(equals..equals + 2)? == b"=\"";
            // Of the bytes of a name only digits are before `A`.
            if !opened || self.byte(at)? < b'A' || read.count as usize >= max_labels {
                return None;
            }
            let start = equals + 2;
            let (end, escapes) = self.closing_quote(start)?;
            read.escapes |= escapes;
            read.push(equals - at, end - start);
            match self.byte(end + 1)? {
                b',' => at = end + 2,
                b'}' => {
                    read.end = end + 2;
                    break;
                }
                _ => return None,
            }
        }
        Some(read)
    }

    /// Finds the quote that closes a text beginning at `at`, and tells whether there is a backslash
    /// before it. Returns `None` for texts that hold a line feed.
    #[inline(always)]
    fn closing_quote(&self, at: usize) -> Option<(usize, bool)> {
        let mut end = self.quote(at);
        let mut escapes = false;
        loop {
            match self.byte(end)? {
                b'"' => return Some((end, escapes)),
                b'\\' if self.byte(end + 1)? != b'\n' => {
                    escapes = true;
                    end = self.quote(end + 2);
                }
                _ => return None,
            }
        }
    }

    /// Reads the number at `at`; also returns the offset after it.
    #[inline(always)]
    fn value(&self, at: usize) -> Option<(f64, usize)> {
        let (value, len) = number(self.bytes.get(at..)?)?;
        Some((value, at + len))
    }

    /// Reads the timestamp at `at`, written in milliseconds; also returns the offset after it.
    #[inline]
    fn millis(&self, at: usize) -> Option<(i64, usize)> {
        let bytes = self.bytes.get(at..)?;
        let len = token_len(bytes)?;
        let token = std::str::from_utf8(bytes.get(..len)?).ok()?;
        Some((decode::timestamp_millis(token).ok()?, at + len))
    }

    /// Reads the timestamp at `at`, written in seconds; also returns the offset after it.
    #[inline]
    fn seconds(&self, at: usize) -> Option<(i64, usize)> {
        let (seconds, end) = self.value(at)?;
        Some((decode::seconds_to_millis(seconds)?, end))
    }

    /// Finds the line feed at or after `at`, and tells whether there is a backslash before it.
    #[inline(always)]
    fn line_end(&self, at: usize) -> Option<(usize, bool)> {
        let mut end = self.quote(at);
        let mut escapes = false;
        loop {
            match self.byte(end)? {
                b'\n' => return Some((end, escapes)),
                b => escapes |= b == b'\\',
            }
            end = self.quote(end + 1);
        }
    }

    #[inline(always)]
    fn descriptor(&self, context: &Context) -> Option<(OtherShape, usize)> {
        let bytes = self.bytes;
        const TYPE: u64 = u64::from_le_bytes(*b"# TYPE \0");
        const HELP: u64 = u64::from_le_bytes(*b"# HELP \0");
        let is_type = match u64::from_le_bytes(*bytes.first_chunk()?) & (u64::MAX >> 8) {
            TYPE => true,
            HELP => false,
            _ => return None,
        };
        let (name, after) = match self.metric_name(7) {
            Some(end) => (Piece::new(7, end), end),
            None if self.byte(7)? == b'"' => self.quoted_name(8)?,
            None => return None,
        };
        if self.byte(after)? != b' ' {
            return None;
        }
        let start = after + 1;
        if is_type {
            let end = self.quote(start);
            // Types in spellings that only lenient reading takes have to be noted.
            let kind = context.syntax.types.read_strictly(bytes.get(start..end)?)?;
            if matches!(kind, MetricType::Info | MetricType::StateSet) {
                // Whether their names and units suit them, the grammar decides.
                match context.syntax.family_rules {
                    FamilyRules::None | FamilyRules::OpenMetrics => {}
                    FamilyRules::OpenMetrics2 => return None,
                }
            }
            return (self.byte(end)? == b'\n')
                .then_some((OtherShape::Type { name, kind }, end + 1));
        }
        let (end, escapes) = self.line_end(start)?;
        let rest = bytes.get(start..end)?;
        // Blanks alone are text in only one of the dialects, and a CR before the line feed is part of the
        // line end in only one.
        if matches!(rest.first(), None | Some(b' ' | b'\t')) || rest.last() == Some(&b'\r') {
            return None;
        }
        let help = OtherShape::Help {
            name,
            text: Piece::quoted(start, end, escapes),
            escapes: context.syntax.help,
        };
        Some((help, end + 1))
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::text::fuzzing::{self, DIALECTS};
    use proptest::prelude::*;

    /// Returns whether the fast path reads a line of the text, after checking that it agrees with the
    /// grammar.
    fn agrees(text: &str, dialect: Dialect) -> bool {
        fuzzing::fast_equals_grammar_in(text, dialect) > 0
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
            "{\"up\"} 1\n",
            "{\"up\",} 1\n",
            "{\"a.\\\"\\x é\",job=\"envoy\",le=\"\\n\"} 1\n",
            "# TYPE \"a.b\" gauge\n",
            "# HELP \"a \\\" é\" A \\\\ and a \\n.\n",
            "# TYPE up gauge\n",
            "# TYPE up histogram\n",
            "# HELP up Whether the target is up.\n",
            "# HELP up A \\\\ and a \\n.\n",
        ] {
            assert!(agrees(text, Dialect::Text), "{text:?}");
            assert!(agrees(text, Dialect::OpenMetrics), "{text:?}");
            assert!(agrees(text, Dialect::Lenient), "{text:?}");
        }
        assert!(agrees("up{a=\"b\"} 1 1700000000000\n", Dialect::Text));
    }

    /// Composite values in the order of the specification, without a native part.
    #[test]
    fn ordinary_composites_are_read() {
        for (kind, line) in [
            (
                "histogram",
                "h {count:17,sum:324789.3,bucket:[0.0:0,1e-05:0,0.1:8,+Inf:17]} st@1520430000.123",
            ),
            (
                "histogram",
                "h{a=\"b\"} {count:1,sum:-1,bucket:[+Inf:1]} 1.5 st@1 # {} 1 1.5 # {a=\"b\"} 2 3",
            ),
            (
                "gaugehistogram",
                "h {gcount:-0.5,gsum:NaN,bucket:[1:-2.5,+Inf:-0.5]}",
            ),
            (
                "summary",
                "h {count:0,sum:0.0,quantile:[0.95:123.7,0.99:NaN]} 5",
            ),
            ("summary", "h {count:0,sum:0.0,quantile:[]}"),
            ("counter", "h 17 1.5 st@1 # {} 1 2"),
            ("gauge", "h NaN"),
        ] {
            let text = format!("# TYPE h {kind}\n{line}\n");
            let read = fuzzing::fast_equals_grammar_in(&text, Dialect::OpenMetrics2);
            assert_eq!(read, 2, "{line}");
        }
    }

    /// Timestamps that OpenMetrics has, and that only lenient reading takes in the text format.
    #[test]
    fn timestamps_that_have_to_be_noted_are_the_grammars() {
        for text in ["up 1 -5\n", "up 1 5.5\n", "up 1 5e3\n"] {
            assert!(!agrees(text, Dialect::Lenient), "{text:?}");
            assert!(agrees(text, Dialect::OpenMetrics), "{text:?}");
        }
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
            "{up} 1\n",
            "{\"\"} 1\n",
            "{\"up\" } 1\n",
            "{ \"up\"} 1\n",
            "{a=\"b\",\"up\"} 1\n",
            "{\"up\",\"a\"=\"b\"} 1\n",
            "{\"up\"a=\"b\"} 1\n",
            "{\"up\",,} 1\n",
            "{\"u\np\"} 1\n",
            "{\"up 1\n",
            " up 1\n",
            "up  1\n",
            "up 1 \n",
            "up 1e999\n",
            "up 1 x\n",
            "up{a=\"1\",b=\"2\",c=\"3\",d=\"4\",e=\"5\",f=\"6\",g=\"7\"} 1\n",
            "# TYPE up nonsense\n",
            "# HELP up\n",
            "# HELP up \n",
            "# TYPE up GAUGE\n",
            "# TYPE up  gauge\n",
            "# TYPE up gauge \n",
            "# TYPE up gauge\r\n",
            "# TYPE up\n",
            "#TYPE up gauge\n",
            "# TYPE a.b gauge\n",
            "# HELP a.b text\n",
            "# TYPE \"\" gauge\n",
            "# HELP \"a\"b text\n",
            "# HELP \"a\nb\" text\n",
            "a.b 1\n",
            "a.5 1\n",
            "up{a.b=\"c\"} 1\n",
            "up{,} 1\n",
            "up{a=\"b\",,} 1\n",
            "up{a=b} 1\n",
            "up{a=} 1\n",
            "up +NaN\n",
            "up 1 # comment\n",
            "up 1# comment\n",
            "up 1 5 comment\n",
            "up 1\r\n",
            "# other\n",
            "#\n",
        ] {
            for dialect in DIALECTS {
                assert!(!agrees(text, dialect), "{text:?}");
            }
        }
    }

    /// Every line of every vector, in every dialect.
    #[test]
    fn fast_equals_grammar_on_the_vectors() {
        use std::io::Read as _;
        let files: [&[u8]; 3] = [
            include_bytes!("../../../tests/data/vectors/text.jsonl.gz"),
            include_bytes!("../../../tests/data/vectors/om.jsonl.gz"),
            include_bytes!("../../../tests/data/vectors/om2.jsonl.gz"),
        ];
        let (mut read, mut noted) = (0, 0);
        for file in files {
            let mut cases = String::new();
            flate2::read::GzDecoder::new(file)
                .read_to_string(&mut cases)
                .unwrap();
            for case in cases.lines() {
                let case: serde_json::Value = serde_json::from_str(case).unwrap();
                // The others are not UTF-8, and never reach the fast path.
                let body = case["input"].as_str().unwrap_or_default();
                read += fuzzing::fast_equals_grammar(body.as_bytes());
                noted += fuzzing::leniencies_are_noted(body.as_bytes());
            }
        }
        assert!(read > 10_000, "the fast path read only {read} lines");
        assert!(noted > 1000, "only {noted} lines were noted");
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
                "é", "日本", "\0", ":", "_", ".", "a.b", "=b", "+NaN", " # {id=1} 1 2", "# x", "\r", "GAUGE", "{a=\"b\"}", "{\"up\"", "{\"a.b\",", " # {id=\"1\"} 1", "job=\"envoy\"",
            ]), 1..14),
            end in prop::sample::select(vec!["", "\n", " 1\n", "\"} 1\n", "\nup 1\n"]),
        ) {
            let text = parts.concat() + end;
            fuzzing::fast_equals_grammar(text.as_bytes());
            fuzzing::leniencies_are_noted(text.as_bytes());
        }

        /// Lines of OpenMetrics 2.0 in the same way, after their TYPE lines.
        #[test]
        fn fast_equals_grammar_of_composites(
            kind in prop::sample::select(vec!["histogram", "gaugehistogram", "summary", "counter", "info"]),
            start in prop::sample::select(vec![
                "h {count:3,sum:4.5,bucket:[1.0:2,+Inf:3]}", "h {gcount:3,gsum:4.5,bucket:[1.0:2,+Inf:3]}",
                "h {count:3,sum:4.5,quantile:[0.5:2,1.0:3]}", "h {count:3,sum:NaN,quantile:[]}", "h 1",
                "h{a=\"b\"} {count:3,sum:4.5,bucket:[", "h {", "h {count:2,sum:1,schema:0,zero_threshold:0,zero_count:2",
            ]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "count:1", "sum:2", "gcount:1", "gsum:-2", "bucket:[", "quantile:[", "schema:3", "zero_count:0",
                "positive_spans:[0:1]", "positive_buckets:[1]", "negative_spans:[]", "negative_buckets:[2.0]",
                "0.5:1", "1:2", "1.0:2.5", "+Inf:3", "-Inf:0", "inf:3", "NaN:1", "-1:0", "0:-1", "12345678:123456789",
                ",", ",,", "]", "]}", "}", ":", " ", "\"", " 5", " st@5", " st@1.5", " # {} 1 2", " # {a=\"b\"} 1 1.5",
                " # {a=\"b\"} 1", "x", "\t", "1e3", "+", "-",
            ]), 0..9),
            end in prop::sample::select(vec!["", "\n", "]}\n", "}\n", ",+Inf:3]}\n", " # {} 1 2\n", " st@1\n"]),
        ) {
            let line = [start, &parts.concat(), end].concat();
            let text = format!("# TYPE h {kind}\n{line}h 1\n");
            fuzzing::fast_equals_grammar_in(&text, Dialect::OpenMetrics2);
        }

        #[test]
        fn fast_equals_grammar_on_any_text(text in ".{0,60}\n") {
            fuzzing::fast_equals_grammar(text.as_bytes());
        }
    }
}
