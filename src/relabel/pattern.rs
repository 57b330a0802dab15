//! A rule's compiled pattern, which matches a whole value.
//!
//! Most patterns in use are text, alternatives of text, or text around one `.*`. These are compared, not
//! searched. Others without loops over groups run on a small backtracking [`Program`]. The rest, and values
//! on which backtracking would take long, go to the regex engine.

use std::sync::Mutex;

use super::{
    alternatives::Alternatives,
    golang::{self, Ast, Kind, Parsed, RegexError},
    program::{Outcome, Program},
    spans::{Spans, set},
};
use regex::{CaptureLocations, Regex};

use crate::bytes::compare;

/// A pattern, and how it is matched.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    matcher: Matcher,
}

/// The ways to match. The kind is a byte of its own, so that one load tells it.
#[derive(Debug, Clone)]
#[repr(u8)]
enum Matcher {
    /// Text, with at most one stretch of anything inside.
    Affix(Affix),
    /// One of several texts.
    OneOf(Alternatives),
    /// Long text, then another pattern, then long text.
    Framed(Box<Framed>),
    Program(Program, Engine),
    Engine(Engine),
}

impl Pattern {
    /// Compiles a pattern with the groups in `slots`, which is sorted.
    pub(super) fn new(parsed: &Parsed, slots: &[usize]) -> Result<Pattern, RegexError> {
        let matcher = match quick(parsed, slots) {
            Some(matcher) => matcher,
            None => {
                if let Some(framed) = Framed::new(parsed, slots)? {
                    return Ok(Pattern {
                        matcher: Matcher::Framed(Box::new(framed)),
                    });
                }
                let engine = Engine::new(&parsed.ast, slots)?;
                match anchored(&parsed.ast).and_then(|items| Program::new(items, slots)) {
                    Some(program) => Matcher::Program(program, engine),
                    None => Matcher::Engine(engine),
                }
            }
        };
        Ok(Pattern { matcher })
    }

    /// Tells whether any value matches and the first requested group is all of it.
    pub(super) fn is_whole_group(&self) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.is_whole_group(),
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn is_match(&self, value: &str) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.is_match(value),
            Matcher::OneOf(texts) => texts.may_have(value) && texts.has(value),
            _ => self.is_other_match(value),
        }
    }

    /// Returns what [`is_match`](Self::is_match) does, for many values of which few match.
    #[inline]
    pub(super) fn matches(&self) -> impl Fn(&str) -> bool {
        let probe = match &self.matcher {
            Matcher::Affix(affix) => affix.probe,
            _ => None,
        };
        move |value| {
            probe.is_none_or(|(at, bytes)| has_at(value, at, &bytes)) && self.is_one_match(value)
        }
    }

    /// Does what [`is_match`](Self::is_match) does, outside of the loop over many values.
    #[inline(never)]
    fn is_one_match(&self, value: &str) -> bool {
        self.is_match(value)
    }

    fn is_other_match(&self, value: &str) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.is_match(value),
            Matcher::OneOf(texts) => texts.has(value),
            Matcher::Framed(framed) => {
                (framed.inside(value)).is_some_and(|inside| framed.pattern.is_match(inside))
            }
            Matcher::Program(program, engine) => {
                match program.run(value, Spans::default().reset(program.groups())) {
                    Outcome::Match => true,
                    Outcome::NoMatch => false,
                    Outcome::TooLong => engine.regex.is_match(value),
                }
            }
            Matcher::Engine(engine) => engine.regex.is_match(value),
        }
    }

    /// Matches and records where the groups are.
    #[inline]
    pub(super) fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        match &self.matcher {
            Matcher::Program(program, engine) => {
                let places = spans.reset(program.groups());
                set(places, 0, 0, value.len());
                match program.run(value, places) {
                    Outcome::Match => true,
                    Outcome::NoMatch => false,
                    Outcome::TooLong => engine.captures(value, spans),
                }
            }
            _ => self.other_captures(value, spans),
        }
    }

    #[inline(never)]
    fn other_captures(&self, value: &str, spans: &mut Spans) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.captures(value, spans),
            Matcher::OneOf(texts) => texts.captures(value, spans),
            Matcher::Framed(framed) => {
                let found = (framed.inside(value))
                    .is_some_and(|inside| framed.pattern.captures(inside, spans));
                if found {
                    spans.shift(framed.prefix.len(), value);
                }
                found
            }
            Matcher::Engine(engine) => engine.captures(value, spans),
            Matcher::Program(..) => false,
        }
    }
}

/// Returns what is between the anchors, if the whole pattern is anchored on both sides.
pub(super) fn anchored(ast: &Ast) -> Option<&[Ast]> {
    let Kind::Concat(items) = &ast.kind else {
        return None;
    };
    let [first, items @ .., last] = items.as_slice() else {
        return None;
    };
    if !matches!((&first.kind, &last.kind), (Kind::BeginText, Kind::EndText)) {
        return None;
    }
    // A pattern often has anchors of its own; repeating them at the same place changes nothing.
    let mut items = items;
    while let [first, rest @ ..] = items
        && matches!(first.kind, Kind::BeginText)
    {
        items = rest;
    }
    while let [rest @ .., last] = items
        && matches!(last.kind, Kind::EndText)
    {
        items = rest;
    }
    Some(items)
}

/// Returns the matcher for a pattern that needs no search.
fn quick(parsed: &Parsed, slots: &[usize]) -> Option<Matcher> {
    let items = anchored(&parsed.ast)?;
    if let Some(affix) = Affix::new(items, slots) {
        return Some(Matcher::Affix(affix));
    }
    Alternatives::new(items, slots, parsed.len).map(Matcher::OneOf)
}

/// Text, then optionally a stretch of anything, then text.
#[derive(Debug, Clone)]
struct Affix {
    prefix: String,
    /// The least length of the stretch, if there is one.
    between: Option<usize>,
    suffix: String,
    /// The last eight bytes of the prefix, and where they begin: these tell names apart.
    probe: Option<(usize, [u8; 8])>,
    /// Where each group starts and ends.
    groups: Vec<(Edge, Edge)>,
    /// Whether any value matches.
    any: bool,
}

/// A place in a value, from its start or from its end.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Start(usize),
    End(usize),
}

impl Edge {
    fn place(self, len: usize) -> usize {
        match self {
            Edge::Start(from) => from,
            Edge::End(before) => len.saturating_sub(before),
        }
    }
}

impl Affix {
    fn new(items: &[Ast], slots: &[usize]) -> Option<Affix> {
        let unset = (Edge::Start(0), Edge::Start(0));
        let mut affix = Affix {
            prefix: String::new(),
            between: None,
            suffix: String::new(),
            probe: None,
            groups: vec![unset; slots.len()],
            any: false,
        };
        affix.add(items, slots)?;
        affix.any = affix.between == Some(0) && affix.prefix.is_empty() && affix.suffix.is_empty();
        let probe = affix.prefix.as_bytes().last_chunk::<8>();
        affix.probe = probe.map(|bytes| (affix.prefix.len() - 8, *bytes));
        // Only now is the length of what follows an edge known.
        let suffix = affix.suffix.len();
        for (start, end) in &mut affix.groups {
            for edge in [start, end] {
                if let Edge::End(after) = edge {
                    *after = suffix.saturating_sub(*after);
                }
            }
        }
        Some(affix)
    }

    /// Adds what matches next. Edges after the stretch count from its end, for now.
    fn add(&mut self, items: &[Ast], slots: &[usize]) -> Option<()> {
        for item in items {
            match &item.kind {
                Kind::Empty => {}
                Kind::Literal { text, fold: false } if self.between.is_none() => {
                    self.prefix.push_str(text);
                }
                Kind::Literal { text, fold: false } => self.suffix.push_str(text),
                Kind::Concat(items) => self.add(items, slots)?,
                Kind::Capture(group, inside) => {
                    let start = self.edge();
                    self.add(std::slice::from_ref(inside), slots)?;
                    let end = self.edge();
                    if let Ok(slot) = slots.binary_search(group)
                        && let Some(edges) = self.groups.get_mut(slot)
                    {
                        *edges = (start, end);
                    }
                }
                Kind::Repeat(repeat, inside)
                    if matches!(inside.kind, Kind::Any)
                        && repeat.max.is_none()
                        && repeat.min <= 1
                        && self.between.is_none() =>
                {
                    self.between = Some(repeat.min as usize);
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn is_whole_group(&self) -> bool {
        self.any && matches!(self.groups.first(), Some((Edge::Start(0), Edge::End(0))))
    }

    fn edge(&self) -> Edge {
        match self.between {
            None => Edge::Start(self.prefix.len()),
            Some(_) => Edge::End(self.suffix.len()),
        }
    }

    #[inline]
    fn is_match(&self, value: &str) -> bool {
        if self.any {
            return true;
        }
        (self.probe.as_ref()).is_none_or(|(at, bytes)| has_at(value, *at, bytes))
            && self.is_all_there(value.as_bytes())
    }

    #[inline(always)]
    fn is_all_there(&self, value: &[u8]) -> bool {
        let (prefix, suffix) = (self.prefix.as_bytes(), self.suffix.as_bytes());
        let len = prefix.len() + suffix.len();
        let fits = match self.between {
            None => value.len() == len,
            Some(least) => value.len() >= len + least,
        };
        fits && (prefix.is_empty() || compare::begins(value, prefix))
            && (suffix.is_empty() || compare::ends(value, suffix))
    }

    fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        if !self.is_match(value) {
            return false;
        }
        let len = value.len();
        let spans = spans.reset(self.groups.len());
        set(spans, 0, 0, len);
        for (group, (start, end)) in (1..).zip(&self.groups) {
            set(spans, group, start.place(len), end.place(len));
        }
        true
    }
}

/// Tells whether a value has these bytes at a place.
#[inline]
fn has_at(value: &str, at: usize, bytes: &[u8; 8]) -> bool {
    value
        .as_bytes()
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        == Some(bytes)
}

/// From this length on, text at the ends of a pattern is compared: a program or the engine would take
/// hundreds of bytes for every byte of it.
const LONG: usize = 256;

/// A pattern between texts.
#[derive(Debug, Clone)]
struct Framed {
    prefix: String,
    suffix: String,
    pattern: Pattern,
}

impl Framed {
    fn new(parsed: &Parsed, slots: &[usize]) -> Result<Option<Framed>, RegexError> {
        let text = |ast: &Ast| match &ast.kind {
            Kind::Literal { text, fold: false } => Some(text.clone()),
            _ => None,
        };
        let mut items = anchored(&parsed.ast).unwrap_or_default();
        let (mut prefix, mut suffix) = (String::new(), String::new());
        if let [first, rest @ ..] = items
            && let Some(text) = text(first)
        {
            prefix = text;
            items = rest;
        }
        if let [rest @ .., last] = items
            && let Some(text) = text(last)
        {
            suffix = text;
            items = rest;
        }
        if prefix.len() + suffix.len() < LONG || items.iter().any(Ast::looks_around) {
            return Ok(None);
        }
        let Some(ast) = Ast::whole(items) else {
            return Ok(None);
        };
        let inside = Parsed {
            ast,
            groups: Vec::new(),
            len: parsed.len.saturating_sub(prefix.len() + suffix.len()),
        };
        Ok(Some(Framed {
            prefix,
            suffix,
            pattern: Pattern::new(&inside, slots)?,
        }))
    }

    /// Returns what is between the texts.
    fn inside<'v>(&self, value: &'v str) -> Option<&'v str> {
        value.strip_prefix(&self.prefix)?.strip_suffix(&self.suffix)
    }
}

/// The regex engine.
#[derive(Debug)]
struct Engine {
    regex: Regex,
    groups: usize,
    /// Room for the groups' places, so that a match does not allocate; one thread at a time uses it.
    room: Mutex<CaptureLocations>,
}

impl Clone for Engine {
    fn clone(&self) -> Self {
        Engine {
            room: Mutex::new(self.regex.capture_locations()),
            regex: self.regex.clone(),
            groups: self.groups,
        }
    }
}

impl Engine {
    fn new(ast: &Ast, slots: &[usize]) -> Result<Engine, RegexError> {
        let regex = golang::engine(ast, slots)?;
        Ok(Engine {
            groups: slots.len(),
            room: Mutex::new(regex.capture_locations()),
            regex,
        })
    }

    fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        match self.room.try_lock() {
            Ok(mut room) => self.captures_in(&mut room, value, spans),
            Err(_) => self.captures_in(&mut self.regex.capture_locations(), value, spans),
        }
    }

    fn captures_in(&self, room: &mut CaptureLocations, value: &str, spans: &mut Spans) -> bool {
        if self.regex.captures_read(room, value).is_none() {
            return false;
        }
        let spans = spans.reset(self.groups);
        for group in 0..=self.groups {
            if let Some((start, end)) = room.get(group) {
                set(spans, group, start, end);
            }
        }
        true
    }
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
