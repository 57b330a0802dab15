//! Generates chains of bodies, each made from the previous one: what a target answers in one scrape after
//! another.

use proptest::prelude::*;

use super::bodies;

/// What happens to a body between two scrapes. Numbers are places, modulo their number.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    Insert(usize, String),
    Remove(usize),
    RemoveSome(usize, usize),
    Swap(usize, usize),
    /// Moves that many lines to another place.
    Move(usize, usize, usize),
    Duplicate(usize, usize),
    /// Sets one byte.
    Byte(usize, u8),
    /// Removes one byte.
    Cut(usize),
    /// Another number at the end of a line.
    Value(usize, String),
    AllValues(String),
    /// Gives each line the same value, and this text after it.
    AllTails(String),
    /// Blanks before a line.
    Blanks(usize, usize),
    /// No line feed at the end, or one, or two.
    End(usize),
}

/// Lines that readers handle differently, in addition to those of [`bodies::line`].
const AWKWARD: &[&str] = &[
    "a 1",
    "a  1",
    "a\t1",
    "  a 1",
    "a{} 1",
    "a {} 1",
    "a{x=\"1\"} 1",
    "a{x=\"1\"}1",
    "a{x=\"1\",} 1",
    "a{x=\"1\" } 1 ",
    "a{x=\"1\"y=\"2\"} 1",
    "{\"a\",x=\"1\"} 1",
    "{x=\"1\",\"a b\"} 1",
    "a{x=\"1\n2\"} 1",
    "a{x=\"\\n\\\"\\\\\"} 1",
    "a{x=\"日本\"} 1",
    "a{x=\"\"} 1",
    "# HELP a text",
    "# HELP \"a\nb\" text",
    "# TYPE a histogram",
    "# TYPE a summary",
    "# TYPE a gauge",
    "# a comment",
    "# EOF",
    "#",
    "",
    "",
    "a{x=\"unclosed 1",
    "broken",
    "a 1 12345",
    "a 1 12345 # {t=\"1\"} 2 3",
    "a 1 # {t=\"1\"} 2",
    "a 1 # {} 2",
    "a NaN",
    "a 1\r",
    "a.b 1",
    "a.5 1",
    "a{x.y=\"1\"} 1",
    "a{x=1} 1",
    "a{,x=\"1\",,} 1",
    "a{x=\"1\"} +NaN",
    "a 1 -5.5",
    "a 1 # comment",
    "a 1 5 tail",
    "#TYPE a gauge",
    "# TYPE a GAUGE",
    "# TYPE a",
    "# HELP a.b text",
    "\r",
    "a{x=\"a long value that takes more than sixteen bytes\"} 1",
    "a{x=\"a long value that takes more than sixteen bytez\"} 1",
];

pub(crate) fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => bodies::line(),
        2 => prop::sample::select(AWKWARD).prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9]{1,9}",
        1 => "[0-9]{1,3}\\.[0-9]{1,3}",
        1 => prop::sample::select(vec![
            "NaN", "+Inf", "-0", "1e9", "x", "1 5", "1 1.5", "2 # {a=\"b\"} 1", "1 # {\"\u{e9}\"=\"b\"} 1 1", " 1", "1 ", "",
            "18446744073709551615", "1e999", "1 {", "1\r", "+NaN", "1 # x", "1 -5", "1 x",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Generates timestamps and exemplars, and invalid ones.
fn tail() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just(String::new()),
        2 => "[0-9]{1,4}".prop_map(|time| format!(" {time}")),
        2 => "[0-9]{1,2}\\.[0-9]{1,4}".prop_map(|time| format!(" {time}")),
        2 => "[ab]{1,9}".prop_map(|trace| format!(" # {{t=\"{trace}\"}} 1")),
        1 => "[ab]{1,2}".prop_map(|trace| format!(" 7 # {{t=\"{trace}\"}} 1 2.5")),
        1 => prop::sample::select(vec![" ", "\t", " 1\r", " -1", " 1e3", " x", " # x"]).prop_map(str::to_owned),
    ]
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<usize>();
    prop_oneof![
        3 => (at(), line()).prop_map(|(at, line)| Edit::Insert(at, line)),
        2 => at().prop_map(Edit::Remove),
        1 => (at(), 0usize..6).prop_map(|(at, len)| Edit::RemoveSome(at, len)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Swap(a, b)),
        1 => (at(), 0usize..6, at()).prop_map(|(at, len, to)| Edit::Move(at, len, to)),
        2 => (at(), at()).prop_map(|(at, to)| Edit::Duplicate(at, to)),
        2 => (at(), prop_oneof![any::<u8>(), prop::sample::select(b" \n\"{}#\\0aE\xff\r".to_vec())])
            .prop_map(|(at, byte)| Edit::Byte(at, byte)),
        1 => at().prop_map(Edit::Cut),
        3 => (at(), value()).prop_map(|(at, value)| Edit::Value(at, value)),
        1 => value().prop_map(Edit::AllValues),
        1 => tail().prop_map(Edit::AllTails),
        1 => (at(), 1usize..3).prop_map(|(at, blanks)| Edit::Blanks(at, blanks)),
        1 => (0usize..3).prop_map(Edit::End),
    ]
}

/// Returns the line with another value after its last space, if it has one.
fn with_value(line: &[u8], value: &str) -> Vec<u8> {
    let after = line.iter().rev().position(|&b| b == b' ');
    match after.and_then(|after| line.get(..line.len() - after)) {
        Some(series) if !line.starts_with(b"#") => [series, value.as_bytes()].concat(),
        _ => line.to_vec(),
    }
}

/// Returns the line with a value of 1 and that tail after its series, if it has a value.
fn with_tail(line: &[u8], tail: &str) -> Vec<u8> {
    let braces = line.iter().position(|&b| b == b'}').map(|at| at + 1);
    let end = braces.or_else(|| line.iter().position(|&b| b == b' '));
    match end.and_then(|end| line.get(..end)) {
        Some(series) if !line.starts_with(b"#") => {
            [series, b" 1".as_slice(), tail.as_bytes()].concat()
        }
        _ => line.to_vec(),
    }
}

/// Returns the body with another value in each line: the number of the line and `end`.
pub(crate) fn with_other_values(body: &[u8], end: &str) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = body.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
    Edit::AllValues(end.to_owned()).edit_lines(&mut lines);
    lines.join(&b'\n')
}

impl Edit {
    pub(crate) fn apply(&self, body: &mut Vec<u8>) {
        match self {
            Edit::Byte(at, byte) => {
                let len = body.len().max(1);
                if let Some(old) = body.get_mut(at % len) {
                    *old = *byte;
                }
            }
            Edit::Cut(at) if !body.is_empty() => {
                body.remove(at % body.len());
            }
            Edit::End(line_feeds) => {
                while body.ends_with(b"\n") {
                    body.pop();
                }
                body.extend(std::iter::repeat_n(b'\n', *line_feeds));
            }
            _ => {
                let mut lines: Vec<Vec<u8>> =
                    body.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
                self.edit_lines(&mut lines);
                *body = lines.join(&b'\n');
            }
        }
    }

    fn edit_lines(&self, lines: &mut Vec<Vec<u8>>) {
        let count = lines.len();
        let some = |at: &usize, len: &usize| {
            let at = at % count;
            at..count.min(at + len)
        };
        match self {
            Edit::Insert(at, line) => lines.insert(at % (count + 1), line.clone().into_bytes()),
            Edit::Remove(at) => {
                lines.remove(at % count);
            }
            Edit::RemoveSome(at, len) => {
                lines.drain(some(at, len));
            }
            Edit::Swap(a, b) => lines.swap(a % count, b % count),
            Edit::Move(at, len, to) => {
                let moved: Vec<_> = lines.drain(some(at, len)).collect();
                let to = to % (lines.len() + 1);
                lines.splice(to..to, moved);
            }
            Edit::Duplicate(at, to) => {
                let line = lines.get(at % count).cloned();
                lines.insert(to % (count + 1), line.unwrap_or_default());
            }
            Edit::Value(at, value) => {
                if let Some(line) = lines.get_mut(at % count) {
                    *line = with_value(line, value);
                }
            }
            Edit::AllValues(value) => {
                for (number, line) in lines.iter_mut().enumerate() {
                    *line = with_value(line, &format!("{number}{value}"));
                }
            }
            Edit::AllTails(tail) => {
                for line in lines {
                    *line = with_tail(line, tail);
                }
            }
            Edit::Blanks(at, blanks) => {
                if let Some(line) = lines.get_mut(at % count) {
                    line.splice(0..0, vec![b' '; *blanks]);
                }
            }
            Edit::Byte(..) | Edit::Cut(_) | Edit::End(_) => {}
        }
    }
}

/// The body that follows another.
#[derive(Debug, Clone)]
enum Next {
    Edited(Vec<Edit>),
    /// An earlier one, by its place.
    Again(usize),
    /// One that is unrelated to the others.
    Other(Vec<String>),
}

/// Generates bodies that follow each other.
pub(crate) fn chain() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let first = prop::collection::vec(line(), 0..16);
    let edits = prop::collection::vec(edit(), 0..4);
    let steps = prop::collection::vec(
        prop_oneof![
            9 => edits.prop_map(Next::Edited),
            2 => any::<usize>().prop_map(Next::Again),
            1 => prop::collection::vec(line(), 0..16).prop_map(Next::Other),
        ],
        1..7,
    );
    (first, steps).prop_map(|(first, steps)| {
        let whole = |lines: Vec<String>| (lines.join("\n") + "\n").into_bytes();
        let mut bodies = vec![whole(first)];
        for step in steps {
            let body = match step {
                Next::Edited(edits) => {
                    let mut body = bodies.last().cloned().unwrap_or_default();
                    edits.iter().for_each(|edit| edit.apply(&mut body));
                    body
                }
                Next::Again(at) => bodies.get(at % bodies.len()).cloned().unwrap_or_default(),
                Next::Other(lines) => whole(lines),
            };
            bodies.push(body);
        }
        bodies
    })
}
