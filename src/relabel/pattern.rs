//! A rule's compiled pattern, which matches a whole value.
//!
//! Most patterns in use are text, alternatives of text, or text around one `.*`. These are compared,
//! not searched. Others without loops over groups run on a small backtracking [`Program`]; the rest,
//! and the values on which backtracking would take long, go to the regex engine.

use std::sync::Mutex;

use super::{
    golang::{self, Ast, Kind, Parsed, RegexError},
    program::{Outcome, Program},
};
use regex::{CaptureLocations, Regex};

use crate::{bytes, work};

/// The most texts a pattern of alternatives is written out to.
const MAX_TEXTS: usize = 256;
/// How many bytes they may take beside those that the pattern itself has.
const MAX_TEXT_BYTES: usize = 16 << 10;

/// A pattern, and how it is matched.
#[derive(Debug)]
pub(super) struct Pattern {
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    /// Text, with at most one stretch of anything inside.
    Affix(Affix),
    /// One of several texts.
    OneOf(Texts),
    Program(Program, Engine),
    Engine(Engine),
}

/// Where the groups of a match are: group 0 is the match, the others are those asked for.
#[derive(Debug, Default)]
pub(super) struct Spans {
    few: [(usize, usize); FEW],
    many: Vec<(usize, usize)>,
}

/// So many groups need no memory of their own.
const FEW: usize = 6;

impl Spans {
    /// Where a group is that took no part.
    pub(super) const NONE: (usize, usize) = (usize::MAX, usize::MAX);

    /// Makes room for so many groups beside the match, none of which took part.
    pub(super) fn reset(&mut self, groups: usize) -> &mut [(usize, usize)] {
        if groups < FEW {
            self.many.clear();
            self.few = [Self::NONE; FEW];
            &mut self.few
        } else {
            self.many.clear();
            self.many.resize(groups + 1, Self::NONE);
            &mut self.many
        }
    }

    /// The text of a group, if it took part.
    pub(super) fn get<'v>(&self, group: usize, value: &'v str) -> Option<&'v str> {
        let spans: &[(usize, usize)] = match self.many.as_slice() {
            [] => &self.few,
            many => many,
        };
        let (start, end) = *spans.get(group)?;
        value.get(start..end)
    }
}

/// Sets where a group is.
fn set(spans: &mut [(usize, usize)], group: usize, start: usize, end: usize) {
    if let Some(span) = spans.get_mut(group) {
        *span = (start, end);
    }
}

impl Pattern {
    /// Compiles a pattern that is asked for the groups in `slots`, which is sorted.
    pub(super) fn new(parsed: &Parsed, slots: &[usize]) -> Result<Pattern, RegexError> {
        let matcher = match quick(&parsed.ast, slots) {
            Some(matcher) => matcher,
            None => {
                let engine = Engine::new(&parsed.ast, slots)?;
                match anchored(&parsed.ast).and_then(|items| Program::new(items, slots)) {
                    Some(program) => Matcher::Program(program, engine),
                    None => Matcher::Engine(engine),
                }
            }
        };
        Ok(Pattern { matcher })
    }

    #[inline]
    pub(super) fn is_match(&self, value: &str) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.is_match(value),
            _ => self.is_other_match(value),
        }
    }

    fn is_other_match(&self, value: &str) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.is_match(value),
            Matcher::OneOf(texts) => texts.has(value),
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

    /// Matches and tells where the groups are.
    pub(super) fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        match &self.matcher {
            Matcher::Affix(affix) => affix.captures(value, spans),
            Matcher::OneOf(texts) => texts.captures(value, spans),
            Matcher::Program(program, engine) => {
                let places = spans.reset(program.groups());
                set(places, 0, 0, value.len());
                match program.run(value, places) {
                    Outcome::Match => true,
                    Outcome::NoMatch => false,
                    Outcome::TooLong => engine.captures(value, spans),
                }
            }
            Matcher::Engine(engine) => engine.captures(value, spans),
        }
    }
}

/// What stands between the anchors, if the pattern has them on both sides of all of it.
fn anchored(ast: &Ast) -> Option<&[Ast]> {
    let Kind::Concat(items) = &ast.kind else {
        return None;
    };
    let [first, items @ .., last] = items.as_slice() else {
        return None;
    };
    if !matches!((&first.kind, &last.kind), (Kind::BeginText, Kind::EndText)) {
        return None;
    }
    // A pattern often has anchors of its own; once more at the same place is nothing more.
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

/// The matcher for a pattern that needs no search.
fn quick(ast: &Ast, slots: &[usize]) -> Option<Matcher> {
    let items = anchored(ast)?;
    if let Some(affix) = Affix::new(items, slots) {
        return Some(Matcher::Affix(affix));
    }
    Texts::new(items, slots).map(Matcher::OneOf)
}

/// Text, then perhaps a stretch of anything, then text.
#[derive(Debug)]
struct Affix {
    prefix: String,
    /// The least length of the stretch between, if there is one.
    between: Option<usize>,
    suffix: String,
    /// The last eight bytes of the prefix, and where they begin: what tells names apart.
    probe: Option<(usize, [u8; 8])>,
    /// Where each group starts and ends.
    groups: Vec<(Edge, Edge)>,
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
        };
        affix.add(items, slots)?;
        let probe = affix.prefix.as_bytes().last_chunk::<8>();
        affix.probe = probe.map(|bytes| (affix.prefix.len() - 8, *bytes));
        // Only now the length of what follows an edge is known.
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

    /// Adds what matches next; edges behind the stretch count from where it ends, for now.
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

    fn edge(&self) -> Edge {
        match self.between {
            None => Edge::Start(self.prefix.len()),
            Some(_) => Edge::End(self.suffix.len()),
        }
    }

    #[inline]
    fn is_match(&self, value: &str) -> bool {
        let value = value.as_bytes();
        if let Some((at, probe)) = &self.probe
            && value.get(*at..).and_then(|rest| rest.first_chunk()) != Some(probe)
        {
            return false;
        }
        self.is_all_there(value)
    }

    fn is_all_there(&self, value: &[u8]) -> bool {
        let (prefix, suffix) = (self.prefix.as_bytes(), self.suffix.as_bytes());
        let len = prefix.len() + suffix.len();
        let fits = match self.between {
            None => value.len() == len,
            Some(least) => value.len() >= len + least,
        };
        fits && bytes::begins(value, prefix) && bytes::ends(value, suffix)
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

/// Several texts, one of which a value must be.
#[derive(Debug)]
struct Texts {
    /// By length, then by bytes.
    texts: Vec<Box<str>>,
    /// One bit for each length there is; the highest stands for all that are longer, too.
    lengths: u64,
    /// Groups, each around all of the pattern.
    groups: usize,
}

impl Texts {
    fn new(items: &[Ast], slots: &[usize]) -> Option<Texts> {
        let (mut items, mut groups) = (items, 0);
        while let [item] = items
            && let Kind::Capture(group, inside) = &item.kind
        {
            groups += usize::from(slots.binary_search(group).is_ok());
            items = std::slice::from_ref(inside);
        }
        if groups != slots.len() {
            return None;
        }
        let mut texts = sequence(items, &mut { MAX_TEXT_BYTES })?;
        texts.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        texts.dedup();
        Some(Texts {
            lengths: (texts.iter()).fold(0, |lengths, text| lengths | length_bit(text)),
            texts: texts.into_iter().map(String::into_boxed_str).collect(),
            groups,
        })
    }

    fn has(&self, value: &str) -> bool {
        self.lengths & length_bit(value) != 0
            && (self.texts)
                .binary_search_by(|text| (text.len(), &**text).cmp(&(value.len(), value)))
                .is_ok()
    }

    fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        let found = self.has(value);
        if found {
            let spans = spans.reset(self.groups);
            (0..=self.groups).for_each(|group| set(spans, group, 0, value.len()));
        }
        found
    }
}

fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}

/// All texts an expression matches, if they are few and take no more than `spare` bytes beside those
/// of the expression itself.
fn written_out(ast: &Ast, spare: &mut usize) -> Option<Vec<String>> {
    match &ast.kind {
        Kind::Empty => Some(vec![String::new()]),
        Kind::Literal { text, fold: false } => {
            work::on(text.len());
            Some(vec![text.clone()])
        }
        Kind::Capture(_, inside) => written_out(inside, spare),
        Kind::Repeat(repeat, inside) if (repeat.min, repeat.max) == (0, Some(1)) => {
            let mut texts = written_out(inside, spare)?;
            texts.push(String::new());
            Some(texts)
        }
        Kind::Concat(items) => sequence(items, spare),
        Kind::Alternate(items) => {
            let mut texts = Vec::new();
            for item in items {
                texts.extend(written_out(item, spare)?);
                if texts.len() > MAX_TEXTS {
                    return None;
                }
            }
            Some(texts)
        }
        _ => None,
    }
}

fn sequence(items: &[Ast], spare: &mut usize) -> Option<Vec<String>> {
    let mut texts = vec![String::new()];
    for item in items {
        let after = written_out(item, spare)?;
        if texts.len() * after.len() > MAX_TEXTS {
            return None;
        }
        let bytes = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
        let more = |texts: &[String], times: usize| bytes(texts) * times.saturating_sub(1);
        let copied = more(&texts, after.len()) + more(&after, texts.len());
        *spare = spare.checked_sub(copied)?;
        if let [after] = after.as_slice() {
            // What has been written out stays where it is: this may be one of very many items.
            work::on(after.len() * texts.len());
            texts.iter_mut().for_each(|text| text.push_str(after));
        } else {
            work::on(bytes(&texts) * after.len());
            texts = (texts.iter())
                .flat_map(|a| after.iter().map(move |b| [a.as_str(), b].concat()))
                .collect();
        }
    }
    Some(texts)
}

/// The regex engine.
#[derive(Debug)]
struct Engine {
    regex: Regex,
    groups: usize,
    /// Room for the groups' places, so that a match allocates nothing; one thread at a time has it.
    room: Mutex<CaptureLocations>,
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
