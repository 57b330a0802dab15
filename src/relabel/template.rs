//! Replacement templates, after Go's `Regexp.Expand` (spec R41-R48).

use std::{cell::OnceCell, collections::HashMap, iter, ops::Range, sync::LazyLock};

use regex::Regex;
use smallvec::SmallVec;

use super::{
    label_set::{Given, make_room, push},
    spans::{self, Spans},
};
use crate::bytes::work;

/// A parsed template: text, and the groups whose text goes between.
#[derive(Debug, Clone)]
pub(super) struct Template {
    parts: Vec<Part>,
    /// The groups of each name that several groups have: the text is that of the first one that took part in
    /// the match.
    references: Vec<Vec<usize>>,
}

/// A part of a template. The kind is a byte of its own, so that one load tells it.
#[derive(Debug, Clone)]
#[repr(u8)]
enum Part {
    Text(String),
    /// A reference that means one group.
    Group(usize),
    /// A reference that may mean several, by its index.
    Reference(usize),
}

/// What a template yields.
#[derive(Debug, Clone)]
pub(super) enum Expanded<'a> {
    Lasting(&'a str),
    /// It is in the room.
    InRoom(Range<usize>),
}

impl<'a> Expanded<'a> {
    /// Copies text into the room, unless it can be borrowed.
    pub(super) fn copy(text: Given<'_, 'a>, room: &mut String) -> Self {
        match text {
            Given::Lasting(text) => Expanded::Lasting(text),
            Given::Passing(text) => Self::in_room(room, |room| room.push_str(text)),
        }
    }

    #[inline]
    fn in_room(room: &mut String, fill: impl FnOnce(&mut String)) -> Self {
        let start = room.len();
        fill(room);
        Expanded::InRoom(start..room.len())
    }

    #[inline]
    pub(super) fn given<'t>(&self, room: &'t str) -> Given<'t, 'a> {
        match self {
            Expanded::Lasting(text) => Given::Lasting(text),
            Expanded::InRoom(range) => Given::Passing(room.get(range.clone()).unwrap_or_default()),
        }
    }
}

impl Template {
    /// Reads a template for a pattern whose groups have these names, the first being group 1.
    ///
    /// Every template is valid: what is not a reference is text, and a reference to a group that does not
    /// exist yields nothing.
    pub(super) fn new<'t>(template: &'t str, names: &'t [Option<String>]) -> Template {
        let mut parts = Parts::new(names);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            parts.text(before);
            rest = if let Some(after) = after.strip_prefix('$') {
                parts.text("$");
                after
            } else if let Some((name, after)) = reference(after) {
                parts.reference(name);
                after
            } else {
                parts.text("$");
                after
            };
        }
        parts.text(rest);
        Template {
            parts: parts.parts,
            references: parts.references,
        }
    }

    /// Returns the groups that the template refers to, without group 0 (the whole match).
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> {
        let single = self.parts.iter().filter_map(|part| match part {
            Part::Group(group) => Some(group),
            Part::Text(_) | Part::Reference(_) => None,
        });
        let groups = self.references.iter().flatten().chain(single);
        groups.copied().filter(|group| *group > 0)
    }

    /// Renumbers the groups: group `slots[0]` becomes 1, `slots[1]` becomes 2, and so on. The slots are
    /// sorted.
    pub(super) fn renumber(&mut self, slots: &[usize]) {
        let single = self.parts.iter_mut().filter_map(|part| match part {
            Part::Group(group) => Some(group),
            Part::Text(_) | Part::Reference(_) => None,
        });
        for group in self.references.iter_mut().flatten().chain(single) {
            *group = slots.binary_search(group).map_or(0, |slot| slot + 1);
        }
    }

    /// Returns the text, if the template refers to nothing.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Returns the group, if the template is just one reference.
    pub(super) fn as_group(&self) -> Option<usize> {
        match self.parts.as_slice() {
            [Part::Group(group)] => Some(*group),
            _ => None,
        }
    }

    /// Returns the expansion, if it can be borrowed: the template is text, or yields a single piece of a
    /// value that can be borrowed.
    #[inline]
    pub(super) fn lasting<'a>(&'a self, value: Given<'_, 'a>, spans: &Spans) -> Option<&'a str> {
        match (self.parts.as_slice(), value) {
            ([], _) => Some(""),
            ([Part::Text(text)], _) => Some(text),
            ([Part::Group(group)], Given::Lasting(value)) => {
                Some(spans.get(*group, value).unwrap_or_default())
            }
            ([Part::Reference(index)], Given::Lasting(value)) => {
                Some(first(self.references.get(*index)?, value, spans))
            }
            _ => None,
        }
    }

    /// Returns the expansion. A composed text is appended to the room.
    pub(super) fn expand<'a>(
        &'a self,
        value: Given<'_, 'a>,
        spans: &Spans,
        room: &mut String,
    ) -> Expanded<'a> {
        if let Some(text) = self.lasting(value, spans) {
            return Expanded::Lasting(text);
        }
        Expanded::in_room(room, |room| self.compose(value.text(), spans, room))
    }

    /// Appends the expansion to text.
    #[inline(always)]
    pub(super) fn compose(&self, value: &str, spans: &Spans, room: &mut String) {
        if !self.references.is_empty() {
            return self.compose_from_references(value, spans, room);
        }
        make_room(room);
        let spans = spans.all();
        for part in &self.parts {
            let more = match part {
                Part::Text(text) => text,
                Part::Group(group) => spans::text(spans, *group, value).unwrap_or_default(),
                Part::Reference(_) => "",
            };
            push(room, more);
        }
    }

    /// Does what [`compose`](Self::compose) does, where a reference may mean several groups.
    #[inline(never)]
    fn compose_from_references(&self, value: &str, spans: &Spans, room: &mut String) {
        let references = self.references.iter();
        let references: SmallVec<[&str; 4]> = references
            .map(|groups| first(groups, value, spans))
            .collect();
        for part in &self.parts {
            let more = match part {
                Part::Text(text) => text,
                Part::Group(group) => spans.get(*group, value).unwrap_or_default(),
                Part::Reference(index) => references.get(*index).copied().unwrap_or_default(),
            };
            push(room, more);
        }
    }
}

fn first<'v>(groups: &[usize], value: &'v str, spans: &Spans) -> &'v str {
    work::on(groups.len());
    (groups.iter())
        .find_map(|group| spans.get(*group, value))
        .unwrap_or_default()
}

/// The parts so far; adjacent texts are one part.
struct Parts<'t> {
    parts: Vec<Part>,
    references: Vec<Vec<usize>>,
    /// The references by their text; `None` for those that mean no group.
    known: HashMap<&'t str, Option<Part>>,
    names: &'t [Option<String>],
    /// The groups that have a name, filled on first use.
    by_name: OnceCell<HashMap<&'t str, Vec<usize>>>,
}

impl<'t> Parts<'t> {
    fn new(names: &'t [Option<String>]) -> Self {
        Parts {
            parts: Vec::new(),
            references: Vec::new(),
            known: HashMap::new(),
            names,
            by_name: OnceCell::new(),
        }
    }

    fn text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn reference(&mut self, name: &'t str) {
        let part = match self.known.get(name) {
            Some(known) => known.clone(),
            None => {
                let groups = self.groups(name);
                let part = match groups.as_slice() {
                    [] => None,
                    [group] => Some(Part::Group(*group)),
                    _ => {
                        self.references.push(groups);
                        Some(Part::Reference(self.references.len() - 1))
                    }
                };
                self.known.insert(name, part.clone());
                part
            }
        };
        self.parts.extend(part);
    }

    /// Returns the groups that a reference means.
    fn groups(&self, name: &str) -> Vec<usize> {
        match index(name) {
            Some(index) if index <= self.names.len() => vec![index],
            Some(_) => Vec::new(),
            None => {
                let by_name = self.by_name.get_or_init(|| by_name(self.names));
                by_name.get(name).cloned().unwrap_or_default()
            }
        }
    }
}

fn by_name(names: &[Option<String>]) -> HashMap<&str, Vec<usize>> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (group, name) in iter::zip(1.., names) {
        if let Some(name) = name {
            by_name.entry(name).or_default().push(group);
        }
    }
    by_name
}

/// Parses a reference by number: ASCII digits, no leading zero, below 10^8. Everything else is a name.
pub(super) fn index(name: &str) -> Option<usize> {
    let number =
        name.bytes().all(|b| b.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    name.parse()
        .ok()
        .filter(|index| number && *index < 100_000_000)
}

/// A part of a template that begins with `$`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dollar<'t> {
    /// A reference to a group, by its number or name.
    Reference(&'t str),
    /// `$$`, and what comes after it.
    Escaped(&'t str),
}

/// Returns what a template has that begins with `$`, in order, without a `$` that is text by itself.
pub(super) fn dollars(template: &str) -> impl Iterator<Item = Dollar<'_>> {
    let mut rest = template;
    iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('$')?;
            rest = after;
            if let Some(after) = after.strip_prefix('$') {
                rest = after;
                return Some(Dollar::Escaped(after));
            }
            if let Some((name, after)) = reference(after) {
                rest = after;
                return Some(Dollar::Reference(name));
            }
        }
    })
}

/// Reads `name` or `{name}`, and returns what follows.
pub(super) fn reference(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{');
    let from = inside.unwrap_or(text);
    let end = from.find(|c| !is_name_char(c)).unwrap_or(from.len());
    let (name, rest) = from.split_at_checked(end)?;
    let rest = match inside {
        Some(_) => rest.strip_prefix('}')?,
        None => rest,
    };
    (!name.is_empty()).then_some((name, rest))
}

/// Tells whether Go counts `c` among letters, decimal digits and `_`.
///
/// Rust's `is_alphanumeric` is wider (it has letter-like numbers and marks) and of a later Unicode.
fn is_name_char(c: char) -> bool {
    static WIDE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\A[[\p{L}\p{Nd}]&&\p{Age=15.0}]\z").ok());
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    (WIDE.as_ref()).map_or_else(|| c.is_alphanumeric(), |wide| wide.is_match(text))
}
