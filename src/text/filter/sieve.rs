//! Applies a filter to the lines of a body.

use super::{Filter, Says, may_have};
use crate::bytes::compare;
use crate::bytes::index;
use crate::bytes::line_ends::LineEnds;
use crate::bytes::scan;
use crate::bytes::work;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::format::syntax::Syntax;
use crate::model::metric_type::MetricType;
use crate::model::suffix::SuffixSet;
use crate::text::line::Line;

/// A filter in use, which remembers its verdict on the last names.
#[derive(Debug, Clone)]
pub(crate) struct Sieve {
    filter: Filter,
    /// The format of the body.
    syntax: &'static Syntax,
    last: Known,
    /// The two names before that: a histogram's samples have three.
    before: [Known; 2],
    /// The family whose metadata came last, and the suffixes with which its name passes.
    described: Option<(Vec<u8>, SuffixSet)>,
}

/// A name that the filter was asked about.
#[derive(Debug, Clone, Default)]
struct Known {
    name: Vec<u8>,
    wanted: bool,
    /// Whether the name can be written without quotes.
    bare: bool,
}

impl Known {
    /// Returns what follows the name in a line that begins with it.
    #[inline(always)]
    fn after<'l>(&self, line: &'l [u8]) -> Option<&'l [u8]> {
        let after = line.get(self.name.len()..)?;
        let is_here =
            self.bare && matches!(after, [b'{' | b' ', ..]) && compare::begins(line, &self.name);
        is_here.then_some(after)
    }
}

/// What to do with a line, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Skip,
    /// [`Skip`](Self::Skip), but the type in force is this one from here on.
    SkipType(MetricType),
    /// Only reading the line can tell.
    Read,
}

/// What the start of some bytes holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sieved {
    /// Bytes and lines to skip.
    pub(crate) skip: usize,
    pub(crate) lines: u64,
    /// The type that the last TYPE line among them declares.
    pub(crate) scope: Option<MetricType>,
    /// How many bytes of wanted lines follow, up to about a window.
    pub(crate) keep: usize,
}

impl Sieve {
    pub(crate) fn new(filter: Filter, dialect: Dialect) -> Self {
        let known = Known {
            wanted: filter.wants(""),
            ..Known::default()
        };
        Sieve {
            filter,
            syntax: dialect.syntax(),
            last: known.clone(),
            before: [known.clone(), known],
            described: None,
        }
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Tells whether to return a line that says this about the metric named `name`.
    pub(crate) fn wants(&mut self, name: &str, says: Says) -> bool {
        match says {
            Says::Sample => self.wants_name(name),
            Says::Metadata(kind) => {
                self.wants_name(name) || may_have(self.syntax.suffixes, kind, self.suffixes(name))
            }
        }
    }

    /// Tells whether to return that line.
    pub(crate) fn wants_line(&mut self, line: &Line<'_>) -> bool {
        match Says::of(line) {
            Some((name, says)) => self.wants(&name, says),
            None => *line == Line::Eof,
        }
    }

    /// Returns the suffixes with which the family's name passes.
    fn suffixes(&mut self, name: &str) -> SuffixSet {
        match &mut self.described {
            Some((last, suffixes)) if compare::same(last, name.as_bytes()) => *suffixes,
            described => {
                let suffixes = self.filter.suffixes(name);
                let (last, known) = described.get_or_insert_default();
                last.clear();
                last.extend_from_slice(name.as_bytes());
                *known = suffixes;
                suffixes
            }
        }
    }

    /// Tells whether to return samples named `name`.
    fn wants_name(&mut self, name: &str) -> bool {
        if !compare::same(&self.last.name, name.as_bytes()) {
            let [before, first] = &mut self.before;
            std::mem::swap(before, first);
            std::mem::swap(before, &mut self.last);
            let known = &mut self.last;
            known.wanted = self.filter.wants(name);
            known.bare = !name.is_empty() && scan::metric_name(name.as_bytes()) == name.len();
            known.name.clear();
            known.name.extend_from_slice(name.as_bytes());
        }
        self.last.wanted
    }

    /// Sorts the whole lines that `bytes` begins with. Those longer than `max_line` have to be read: each
    /// is an error, whatever family it belongs to.
    pub(crate) fn sort(&mut self, bytes: &[u8], max_line: usize) -> Sieved {
        let mut sieved = Sieved::default();
        let mut start = 0;
        for end in LineEnds::of(bytes) {
            let line = bytes.get(start..=end).unwrap_or_default();
            if end - start > max_line {
                break;
            }
            work::on(line.len());
            match self.verdict(line) {
                verdict @ (Verdict::Skip | Verdict::SkipType(_)) if sieved.keep == 0 => {
                    sieved.skip += line.len();
                    sieved.lines += 1;
                    if let Verdict::SkipType(kind) = verdict {
                        sieved.scope = Some(kind);
                    }
                }
                Verdict::Keep if sieved.keep + line.len() <= index::WINDOW => {
                    sieved.keep += line.len();
                }
                _ => break,
            }
            start = end + 1;
        }
        sieved
    }

    /// Tells whether to drop an error, though its line had to be read: some readers read more lines than
    /// others, but all must report the same errors. `line` is the physical line in error.
    #[cold]
    pub(crate) fn passes_over(&mut self, error: &Error, line: &[u8]) -> bool {
        let of_the_line = !matches!(
            error.kind(),
            ErrorKind::LineTooLong
                | ErrorKind::BodyTooLong
                | ErrorKind::MissingEof
                | ErrorKind::AfterEof
        );
        of_the_line
            && line.ends_with(b"\n")
            && matches!(self.verdict(line), Verdict::Skip | Verdict::SkipType(_))
    }

    /// Decides about `line`, a physical line with its line feed.
    #[inline(always)]
    fn verdict(&mut self, line: &[u8]) -> Verdict {
        let after = match self.last.after(line) {
            Some(after) => after,
            None => match self.look_up(line) {
                Ok(after) => after,
                Err(verdict) => return verdict,
            },
        };
        match self.last.wanted {
            true => Verdict::Keep,
            false if ends_outside_quotes(after) => Verdict::Skip,
            false => Verdict::Read,
        }
    }

    /// Asks the filter about the line's name and returns what follows it.
    #[inline(never)]
    fn look_up<'l>(&mut self, line: &'l [u8]) -> Result<&'l [u8], Verdict> {
        let (name, is_type) = match line {
            [b'#', b' ', b'H', b'E', b'L', b'P', b' ', name @ ..] => (name, false),
            [b'#', b' ', b'T', b'Y', b'P', b'E', b' ', name @ ..] => (name, true),
            _ => {
                for before in &mut self.before {
                    if let Some(after) = before.after(line) {
                        std::mem::swap(before, &mut self.last);
                        return Ok(after);
                    }
                }
                let (name, after) = split_name(line).ok_or(Verdict::Read)?;
                self.wants_name(name);
                return Ok(after);
            }
        };
        let (name, after) = split_name(name).ok_or(Verdict::Read)?;
        if !is_type {
            return Err(match self.wants(name, Says::Metadata(None)) {
                true => Verdict::Keep,
                false => Verdict::Skip,
            });
        }
        if self.wants_name(name) {
            return Err(Verdict::Keep);
        }
        // An unwanted TYPE line still sets the type in force for the lines after it.
        let word = after
            .strip_prefix(b" ")
            .and_then(|word| word.strip_suffix(b"\n"));
        let kind = word.and_then(|word| self.syntax.types.read(word));
        let Some(kind) = kind else {
            return Err(Verdict::Read);
        };
        Err(match self.wants(name, Says::Metadata(Some(kind))) {
            true => Verdict::Keep,
            false => Verdict::SkipType(kind),
        })
    }
}

/// Splits a line into its bare metric name and what follows it, a brace or a space first.
fn split_name(line: &[u8]) -> Option<(&str, &[u8])> {
    let (name, after) = line.split_at_checked(scan::metric_name(line))?;
    let ends = matches!(after.first(), Some(b'{' | b' '));
    let name = std::str::from_utf8(name).ok()?;
    (ends && !name.is_empty()).then_some((name, after))
}

/// Returns where the last quote or closing brace is.
#[inline(always)]
fn last_mark(bytes: &[u8]) -> Option<usize> {
    // If a few digits and a line feed follow, there is no need to search them.
    if let Some(word) = bytes.last_chunk() {
        let word = u64::from_le_bytes(*word);
        let marks = equal_bytes(word, b'"') | equal_bytes(word, b'}');
        if marks != 0 {
            return Some(bytes.len() - 1 - marks.leading_zeros() as usize / 8);
        }
    }
    bytes.iter().rposition(|b| matches!(b, b'"' | b'}'))
}

/// Sets the highest bit of each byte that equals `byte`.
#[inline(always)]
fn equal_bytes(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let others = word ^ u64::from_le_bytes([byte; 8]);
    !((others & LOW).wrapping_add(LOW) | others | LOW)
}

/// Tells whether the line feed at the end of `line` is outside quotes. `line` begins after the metric's
/// name. Returns false in doubt.
///
/// In a valid line a quote opens after `=`, `{`, `,`, a blank or another quote. So a quote after anything
/// else closes, unless it is escaped, and what follows is outside. An invalid line ends at its first line
/// feed anyway.
#[inline]
fn ends_outside_quotes(line: &[u8]) -> bool {
    let [first, labels @ ..] = line else {
        return false;
    };
    if *first != b'{' {
        // There may be blanks before braces, or a value in braces.
        return !labels.contains(&b'{') || !labels.contains(&b'"');
    }
    let longest_tail = 64;
    let tail_start = labels.len().saturating_sub(longest_tail);
    let tail = labels.get(tail_start..).unwrap_or_default();
    // After the braces come numbers, perhaps in braces, and perhaps an exemplar.
    let Some(at) = last_mark(tail) else {
        return false;
    };
    let tail = match tail.get(..=at) {
        Some([.., b']', b'}']) => match memchr::memrchr(b'"', labels) {
            None => return true,
            Some(quote) => labels.get(..quote + 2),
        },
        tail => tail,
    };
    match tail {
        Some([b'}']) => tail_start == 0,
        Some(
            [
                ..,
                b'=' | b'{' | b',' | b' ' | b'\t' | b'"' | b'\\',
                b'"',
                b'}',
            ],
        ) => false,
        Some([.., _, b'"', b'}']) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_last_mark_is_that_found_one_by_one(
            bytes in prop::collection::vec(
                prop_oneof![2 => prop::sample::select(b"\"}|#\xa2\xfd\n".to_vec()), 1 => any::<u8>()],
                0..20,
            ),
            blanks in 0usize..12,
        ) {
            let bytes = [bytes, vec![b' '; blanks]].concat();
            let found = bytes.iter().rposition(|b| matches!(b, b'"' | b'}'));
            prop_assert_eq!(last_mark(&bytes), found);
        }
    }
}
