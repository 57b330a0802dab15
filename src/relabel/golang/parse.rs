//! Reads Go's syntax into an [`Ast`] (spec R49-R54).
//!
//! Go anchors a pattern as `^(?s:` + regex + `)$`, so that text is read: `a)|(?:b` is two half-anchored
//! alternatives, and an open `\Q` swallows the end (spec R50).

use super::{
    RegexError,
    ast::{Ast, Kind, Limit, MAX_HEIGHT, Repeat},
    class::{Class, folds_differently},
    run::{Level, Part},
};

const BEFORE: &str = "^(?s:";
const AFTER: &str = ")$";
/// The largest count of one repetition, and the largest product of nested ones.
const MAX_REPEAT: u32 = 1000;

/// A parsed pattern, including anchors, and the names of its groups, the first being group 1.
#[derive(Debug)]
pub(in super::super) struct Parsed {
    pub(in super::super) ast: Ast,
    pub(in super::super) groups: Vec<Option<String>>,
    /// The length of the pattern in bytes.
    pub(in super::super) len: usize,
}

/// Reads a regular expression as Prometheus passes it to Go.
pub(in super::super) fn parse(regex: &str) -> Result<Parsed, RegexError> {
    let text = [BEFORE, regex, AFTER].concat();
    let mut parser = Parser {
        text: &text,
        at: 0,
        regex_len: regex.len(),
        flags: Flags::default(),
        outer: Vec::new(),
        level: Level::default(),
        groups: Vec::new(),
        open_groups: 0,
        named_end: (usize::MAX, None),
        frame_closed: None,
    };
    let ast = parser.run()?;
    Ok(Parsed {
        ast,
        groups: parser.groups,
        len: regex.len(),
    })
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) fold: bool,
    multi_line: bool,
    dot_line_feed: bool,
    swap_greed: bool,
}

/// An open parenthesis, and what is outside it.
struct Open {
    at: usize,
    group: Option<usize>,
    flags: Flags,
    /// Often nothing: then it takes no room, because parentheses may be many.
    outside: Option<Box<Level>>,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    regex_len: usize,
    pub(super) flags: Flags,
    outer: Vec<Open>,
    level: Level,
    groups: Vec<Option<String>>,
    /// How many capturing groups are open.
    open_groups: u32,
    /// Where the last search for the end of a class such as `[:alpha:]` began, and what it found.
    pub(super) named_end: (usize, Option<usize>),
    /// Where a `)` of the regex closed the frame's own group.
    frame_closed: Option<usize>,
}

pub(super) type Read<T> = Result<T, RegexError>;

impl<'t> Parser<'t> {
    fn run(&mut self) -> Read<Ast> {
        let mut last_repeat = None;
        while let Some(c) = self.peek() {
            let start = self.at;
            let mut repeat = None;
            match c {
                '(' if self.rest().starts_with("(?") => self.flags_or_group()?,
                '(' => {
                    self.skip(1);
                    self.open_capture(start, None)?;
                }
                '|' => {
                    self.skip(1);
                    let ended = self.level.end_alternative();
                    ended.map_err(|limit| self.limit(limit))?;
                }
                ')' => {
                    self.skip(1);
                    self.close(start)?;
                }
                '^' => self.single(match self.flags.multi_line {
                    true => Kind::BeginLine,
                    false => Kind::BeginText,
                })?,
                '$' => self.single(match self.flags.multi_line {
                    true => Kind::EndLine,
                    false => Kind::EndText,
                })?,
                '.' => self.single(match self.flags.dot_line_feed {
                    true => Kind::Any,
                    false => Kind::AnyButLineFeed,
                })?,
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    self.skip(1);
                    let (min, max) = match c {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(start, min, max, false, last_repeat)?;
                    repeat = Some(start);
                }
                '{' => match counts(self.rest()) {
                    Some((min, max, len)) => {
                        self.skip(len);
                        let (min, max) = self.check_counts(start, min, max)?;
                        self.repeat(start, min, max, true, last_repeat)?;
                        repeat = Some(start);
                    }
                    None => {
                        self.skip(1);
                        self.literal('{')?;
                    }
                },
                '\\' => self.backslash()?,
                _ => {
                    self.skip(c.len_utf8());
                    self.literal(c)?;
                }
            }
            last_repeat = repeat;
        }
        if let Some(innermost) = self.outer.last() {
            let open = self.offset(innermost.at);
            return Err(match self.frame_closed {
                None => RegexError::OpenEnd,
                Some(_) => RegexError::MissingParen { open },
            });
        }
        let level = std::mem::take(&mut self.level);
        let all = level.finish().and_then(Part::into_ast);
        all.map_err(|limit| self.limit(limit))
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.skip(c.len_utf8());
        Some(c)
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Converts a place in the framed text to an offset in the regex.
    pub(super) fn offset(&self, at: usize) -> usize {
        at.saturating_sub(BEFORE.len()).min(self.regex_len)
    }

    /// Returns the text from `start` to here, without the frame.
    pub(super) fn since(&self, start: usize) -> String {
        let end = self.at.min(BEFORE.len() + self.regex_len);
        self.text
            .get(start..end.max(start))
            .unwrap_or_default()
            .to_owned()
    }

    fn node(&self, kind: Kind) -> Read<Ast> {
        Ast::new(kind).map_err(|limit| self.limit(limit))
    }

    fn limit(&self, limit: Limit) -> RegexError {
        let at = self.offset(self.at);
        match limit {
            Limit::Size => RegexError::Size { at },
            Limit::Height => RegexError::Nesting { at },
        }
    }

    pub(super) fn push(&mut self, kind: Kind) -> Read<()> {
        let node = self.node(kind)?;
        self.push_part(Part::One(node))
    }

    fn push_part(&mut self, part: Part) -> Read<()> {
        let pushed = self.level.push(part);
        pushed.map_err(|limit| self.limit(limit))
    }

    /// Adds the meaning of one character that was already peeked.
    fn single(&mut self, kind: Kind) -> Read<()> {
        self.skip(1);
        self.push(kind)
    }

    fn literal(&mut self, c: char) -> Read<()> {
        let cased = c.is_ascii_alphabetic() || !c.is_ascii() && !folds_differently(c);
        self.push(Kind::Literal {
            text: c.into(),
            fold: self.flags.fold && cased,
        })
    }

    /// Adds a code point. It may be half of a surrogate pair, which no text has.
    fn code_point(&mut self, code: u32) -> Read<()> {
        match char::from_u32(code) {
            Some(c) => self.literal(c),
            None => self.push(Kind::Class(Class::default())),
        }
    }

    fn open_capture(&mut self, at: usize, name: Option<String>) -> Read<()> {
        self.groups.push(name);
        self.open(at, Some(self.groups.len()));
        self.open_groups += 1;
        // Each of them will be a level of nesting, if it is closed at all.
        match self.open_groups > MAX_HEIGHT {
            true => Err(self.limit(Limit::Height)),
            false => Ok(()),
        }
    }

    fn open(&mut self, at: usize, group: Option<usize>) {
        let outside = std::mem::take(&mut self.level);
        self.outer.push(Open {
            at,
            group,
            flags: self.flags,
            outside: (!outside.is_empty()).then(|| Box::new(outside)),
        });
    }

    fn close(&mut self, at: usize) -> Read<()> {
        let level = std::mem::take(&mut self.level);
        let inside = level.finish().map_err(|limit| self.limit(limit))?;
        let Some(open) = self.outer.pop() else {
            let at = self.frame_closed.unwrap_or(at);
            return Err(RegexError::UnexpectedParen {
                at: self.offset(at),
            });
        };
        if open.at < BEFORE.len() {
            self.frame_closed = Some(at);
        } else if self.frame_closed.is_none() && at == BEFORE.len() + self.regex_len {
            // The parenthesis of the frame closes a group of the regex.
            return Err(RegexError::MissingParen {
                open: self.offset(open.at),
            });
        }
        self.level = open.outside.map_or_else(Level::default, |level| *level);
        self.flags = open.flags;
        match open.group {
            Some(group) => {
                self.open_groups -= 1;
                let inside = inside.into_ast().map_err(|limit| self.limit(limit))?;
                self.push(Kind::Capture(group, Box::new(inside)))
            }
            None => self.push_part(inside),
        }
    }

    fn repeat(
        &mut self,
        start: usize,
        min: u32,
        max: Option<u32>,
        counted: bool,
        last_repeat: Option<usize>,
    ) -> Read<()> {
        let lazy = self.peek() == Some('?');
        if lazy {
            self.skip(1);
        }
        if let Some(first) = last_repeat {
            return Err(RegexError::RepeatNested {
                text: self.since(first),
                at: self.offset(first),
            });
        }
        let Some(operand) = self.level.take_last() else {
            return Err(RegexError::RepeatArgument {
                text: self.since(start),
                at: self.offset(start),
            });
        };
        let repeat = Repeat {
            min,
            max,
            greedy: lazy == self.flags.swap_greed,
            counted,
        };
        let operand = operand.into_ast().map_err(|limit| self.limit(limit))?;
        let node = self.node(Kind::Repeat(repeat, Box::new(operand)))?;
        if counted && (min >= 2 || max >= Some(2)) && node.copies > MAX_REPEAT {
            return Err(self.bad_count(start));
        }
        self.push_part(Part::One(node))
    }

    fn bad_count(&self, start: usize) -> RegexError {
        RegexError::RepeatCount {
            text: self.since(start),
            at: self.offset(start),
        }
    }

    fn check_counts(
        &self,
        start: usize,
        min: Option<u32>,
        max: Option<Option<u32>>,
    ) -> Read<(u32, Option<u32>)> {
        let most = |n: &u32| *n <= MAX_REPEAT;
        match (min.filter(most), max) {
            (Some(min), None) => Ok((min, None)),
            (Some(min), Some(max)) => match max.filter(most) {
                Some(max) if min <= max => Ok((min, Some(max))),
                _ => Err(self.bad_count(start)),
            },
            _ => Err(self.bad_count(start)),
        }
    }

    /// Reads `(?…`: a named group, flags, or a group that does not capture.
    fn flags_or_group(&mut self) -> Read<()> {
        let start = self.at;
        let rest = self.rest();
        // Go looks for a name only where there is room for one.
        let name_at = match rest.as_bytes() {
            [_, _, b'P', b'<', _, ..] => Some(4),
            [_, _, b'<', _, ..] => Some(3),
            _ => None,
        };
        if let Some(name_at) = name_at {
            let end = rest.find('>');
            let name = end.and_then(|end| rest.get(name_at..end));
            self.at = end.map_or(self.text.len(), |end| start + end + 1);
            return match name {
                Some(name) if is_group_name(name) => {
                    self.open_capture(start, Some(name.to_owned()))
                }
                _ => Err(RegexError::GroupName {
                    text: self.since(start),
                    at: self.offset(start),
                }),
            };
        }
        self.skip(2);
        let mut flags = self.flags;
        let (mut on, mut seen) = (true, false);
        loop {
            let c = self.next();
            match c {
                Some('i') => flags.fold = on,
                Some('m') => flags.multi_line = on,
                Some('s') => flags.dot_line_feed = on,
                Some('U') => flags.swap_greed = on,
                Some('-') if on => {
                    on = false;
                    seen = false;
                    continue;
                }
                Some(':') if on || seen => {
                    self.open(start, None);
                    self.flags = flags;
                    return Ok(());
                }
                Some(')') if on || seen => {
                    self.flags = flags;
                    return Ok(());
                }
                _ => {
                    return Err(RegexError::Group {
                        text: self.since(start),
                        at: self.offset(start),
                    });
                }
            }
            seen = true;
        }
    }

    fn backslash(&mut self) -> Read<()> {
        let start = self.at;
        let mut ahead = self.rest().chars().skip(1);
        match ahead.next() {
            Some('A') => self.skip_and_push(Kind::BeginText),
            Some('z') => self.skip_and_push(Kind::EndText),
            Some('b') => self.skip_and_push(Kind::WordBoundary),
            Some('B') => self.skip_and_push(Kind::NoWordBoundary),
            Some('C') => {
                self.skip(2);
                Err(self.bad_escape(start))
            }
            Some('Q') => {
                self.skip(2);
                let rest = self.rest();
                let (quoted, len) = match rest.split_once("\\E") {
                    Some((quoted, _)) => (quoted, quoted.len() + 2),
                    None => (rest, rest.len()),
                };
                self.skip(len);
                quoted.chars().try_for_each(|c| self.literal(c))
            }
            _ => {
                if let Some(item) = self.named_class()? {
                    return self.push(Kind::Class(Class::of(item, self.flags.fold)));
                }
                let code = self.escape()?;
                self.code_point(code)
            }
        }
    }

    fn skip_and_push(&mut self, kind: Kind) -> Read<()> {
        self.skip(2);
        self.push(kind)
    }
}

fn is_group_name(name: &str) -> bool {
    !name.is_empty() && (name.bytes()).all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A count; `Some(None)` is an absent one, `None` one that is too large.
type Count = Option<u32>;

/// Reads `{n}`, `{n,}` or `{n,m}`. Returns the two counts, the second absent if there is no limit, and the
/// whole length. Everything else is text and not a repetition.
fn counts(text: &str) -> Option<(Count, Option<Count>, usize)> {
    let inside = text.strip_prefix('{')?;
    let (min, rest) = count(inside)?;
    let (max, rest) = match rest.strip_prefix(',') {
        None => (Some(min), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => {
            let (max, rest) = count(rest)?;
            (Some(max), rest)
        }
    };
    let rest = rest.strip_prefix('}')?;
    Some((min, max, text.len() - rest.len()))
}

/// Reads a number without leading zeros; the inner `None` is one that is too large.
fn count(text: &str) -> Option<(Count, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok(), rest))
}
