//! Replacement templates, after Go's `Regexp.Expand` (spec R41-R48).

use std::{cell::OnceCell, collections::HashMap, iter, sync::LazyLock};

use regex::Regex;
use smallvec::SmallVec;

use super::spans::Spans;
use crate::work;

/// A template taken apart: text, and the groups whose text goes between.
#[derive(Debug, Clone)]
pub(super) struct Template {
    parts: Vec<Part>,
    /// The groups that each name or number in it means: the text is that of the first that took part
    /// in the match, for several can bear one name.
    references: Vec<Vec<usize>>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// A reference, by its index.
    Reference(usize),
}

impl Template {
    /// Reads a template for a pattern whose groups have these names, the first being group 1.
    ///
    /// No template is wrong: what is not a reference is text, and a reference to a group that does
    /// not exist is nothing.
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

    /// The groups the template refers to, group 0 (the whole match) left out.
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> {
        let groups = self.references.iter().flatten();
        groups.copied().filter(|group| *group > 0)
    }

    /// Renumbers the groups: group `slots[0]` becomes 1, `slots[1]` becomes 2, and so on. The slots are
    /// sorted.
    pub(super) fn renumber(&mut self, slots: &[usize]) {
        for group in self.references.iter_mut().flatten() {
            *group = slots.binary_search(group).map_or(0, |slot| slot + 1);
        }
    }

    /// The text, if the template refers to nothing.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The expansion, if it is a single piece of the matched value.
    pub(super) fn as_piece<'v>(&self, value: &'v str, spans: &Spans) -> Option<&'v str> {
        match (self.parts.as_slice(), self.references.as_slice()) {
            ([Part::Reference(_)], [groups]) => Some(first(groups, value, spans)),
            _ => None,
        }
    }

    /// The pieces of the expansion, in order.
    pub(super) fn pieces<'t>(
        &'t self,
        value: &'t str,
        spans: &'t Spans,
    ) -> impl Iterator<Item = &'t str> {
        let texts = self.references.iter();
        let texts: SmallVec<[&str; 4]> = texts.map(|groups| first(groups, value, spans)).collect();
        self.parts.iter().map(move |part| match part {
            Part::Text(text) => text.as_str(),
            Part::Reference(index) => texts.get(*index).copied().unwrap_or_default(),
        })
    }
}

fn first<'v>(groups: &[usize], value: &'v str, spans: &Spans) -> &'v str {
    work::on(groups.len());
    (groups.iter())
        .find_map(|group| spans.get(*group, value))
        .unwrap_or_default()
}

/// The parts so far; text next to text is one.
struct Parts<'t> {
    parts: Vec<Part>,
    references: Vec<Vec<usize>>,
    /// The references by what is written; `None` for those that mean no group.
    known: HashMap<&'t str, Option<usize>>,
    names: &'t [Option<String>],
    /// The groups that have a name, once one is asked for.
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
        let index = match self.known.get(name) {
            Some(known) => *known,
            None => {
                let groups = self.groups(name);
                let index = (!groups.is_empty()).then_some(self.references.len());
                self.references.extend(index.map(|_| groups));
                self.known.insert(name, index);
                index
            }
        };
        self.parts.extend(index.map(Part::Reference));
    }

    /// The groups a reference means.
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

/// A reference by number: ASCII digits, no zero in front, below 10^8. All else is a name.
fn index(name: &str) -> Option<usize> {
    let number =
        name.bytes().all(|b| b.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    name.parse()
        .ok()
        .filter(|index| number && *index < 100_000_000)
}

/// Reads `name` or `{name}`, and gives what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
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

/// Whether Go counts `c` among letters, decimal digits and `_`.
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
