//! Replacement templates, after Go's `Regexp.Expand` (spec R41-R48).

use std::{iter, sync::LazyLock};

use regex::Regex;

use super::pattern::Spans;

/// A template taken apart: text, and the groups whose text goes between.
#[derive(Debug, Clone)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// The first of these groups that took part in the match: several can bear one name.
    Groups(Vec<usize>),
}

impl Template {
    /// Reads a template for a pattern whose groups have these names, the first being group 1.
    ///
    /// No template is wrong: what is not a reference is text, and a reference to a group that does
    /// not exist is nothing.
    pub(super) fn new(template: &str, names: &[Option<String>]) -> Template {
        let mut parts = Parts::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            parts.text(before);
            rest = if let Some(after) = after.strip_prefix('$') {
                parts.text("$");
                after
            } else if let Some((name, after)) = reference(after) {
                parts.groups(groups(name, names));
                after
            } else {
                parts.text("$");
                after
            };
        }
        parts.text(rest);
        Template { parts: parts.0 }
    }

    /// The groups the template refers to, group 0 (the whole match) left out.
    pub(super) fn groups(&self) -> impl Iterator<Item = usize> {
        let groups = self.parts.iter().flat_map(|part| match part {
            Part::Groups(groups) => groups.as_slice(),
            Part::Text(_) => &[],
        });
        groups.copied().filter(|group| *group > 0)
    }

    /// Renumbers the groups: group `slots[0]` becomes 1, `slots[1]` becomes 2, and so on.
    pub(super) fn renumber(&mut self, slots: &[usize]) {
        for part in &mut self.parts {
            if let Part::Groups(groups) = part {
                for group in groups {
                    let slot = slots.iter().position(|slot| slot == group);
                    *group = slot.map_or(0, |slot| slot + 1);
                }
            }
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
        match self.parts.as_slice() {
            [Part::Groups(groups)] => Some(first(groups, value, spans)),
            _ => None,
        }
    }

    /// The pieces of the expansion, in order.
    pub(super) fn pieces<'t>(
        &'t self,
        value: &'t str,
        spans: &'t Spans,
    ) -> impl Iterator<Item = &'t str> + Clone {
        self.parts.iter().map(move |part| match part {
            Part::Text(text) => text.as_str(),
            Part::Groups(groups) => first(groups, value, spans),
        })
    }
}

fn first<'v>(groups: &[usize], value: &'v str, spans: &Spans) -> &'v str {
    (groups.iter())
        .find_map(|group| spans.get(*group, value))
        .unwrap_or_default()
}

/// The parts so far; text next to text is one.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.0.push(Part::Text(text.to_owned())),
        }
    }

    fn groups(&mut self, groups: Vec<usize>) {
        if !groups.is_empty() {
            self.0.push(Part::Groups(groups));
        }
    }
}

/// The groups a reference means.
fn groups(name: &str, names: &[Option<String>]) -> Vec<usize> {
    match index(name) {
        Some(index) if index <= names.len() => vec![index],
        Some(_) => Vec::new(),
        None => (iter::zip(1.., names))
            .filter(|(_, group)| group.as_deref() == Some(name))
            .map(|(index, _)| index)
            .collect(),
    }
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
