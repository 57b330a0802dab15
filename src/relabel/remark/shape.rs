//! What a rule's regex can match, as far as that is certain.

use crate::bytes::work;
use crate::relabel::alternatives;
use crate::relabel::golang::{self, Ast, Bytes, Kind, Parsed};
use crate::relabel::pattern::{Pattern, anchored};

/// The most alternatives that are looked at, and how many bytes the texts of each may take.
const MAX_ALTERNATIVES: usize = 256;
const MAX_TEXT_BYTES: usize = 256;

/// A rule's regex, for questions about what it can match.
pub(super) struct Shape {
    parsed: Parsed,
}

/// One of the alternatives of a regex, if it matches only a few texts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) texts: Vec<String>,
    /// Whether it begins with an anchor of its own.
    pub(super) starts: bool,
    /// Whether it ends with one.
    pub(super) ends: bool,
}

impl Shape {
    /// Reads a regex, if it is valid. One with a variable such as `$(SHARD)`, which is replaced before
    /// Prometheus reads the file, is not known.
    pub(super) fn new(regex: &str) -> Option<Self> {
        let parsed = golang::parse(regex).ok()?;
        (!regex.contains("$(")).then_some(Shape { parsed })
    }

    /// Returns the names of the groups, the first being group 1.
    pub(super) fn groups(&self) -> &[Option<String>] {
        &self.parsed.groups
    }

    pub(super) fn is_match(&self, value: &str) -> bool {
        Pattern::new(&self.parsed, &[]).is_ok_and(|pattern| pattern.is_match(value))
    }

    /// Tells whether it certainly matches every value, the empty one too.
    pub(super) fn is_everything(&self) -> bool {
        anchored(&self.parsed.ast)
            .is_some_and(|items| Reach::sequence(items) == Reach::of(true, true))
    }

    /// Returns the largest number of this character that a match can have; `u64::MAX` is unlimited.
    pub(super) fn most(&self, c: char) -> u64 {
        most(&self.parsed.ast, c)
    }

    /// Tells whether it can match infinitely many values.
    pub(super) fn is_unlimited(&self) -> bool {
        is_unlimited(&self.parsed.ast)
    }

    /// Returns the text that each match begins with.
    pub(super) fn prefix(&self) -> String {
        let mut prefix = String::new();
        let items = anchored(&self.parsed.ast).unwrap_or_default();
        put_prefix(items, &mut prefix);
        prefix
    }

    /// Returns the alternatives that match only a few texts.
    pub(super) fn texts(&self) -> Vec<Texts> {
        let Kind::Concat(items) = &self.parsed.ast.kind else {
            return Vec::new();
        };
        let [first, items @ .., last] = items.as_slice() else {
            return Vec::new();
        };
        if !matches!((&first.kind, &last.kind), (Kind::BeginText, Kind::EndText)) {
            return Vec::new();
        }
        let mut alternatives = vec![items];
        if let [only] = items {
            let inside = match &only.kind {
                Kind::Capture(_, inside) => inside,
                _ => only,
            };
            alternatives = match &inside.kind {
                Kind::Alternate(all) => all.iter().map(sequence).collect(),
                _ => vec![sequence(inside)],
            };
        }
        if alternatives.len() > MAX_ALTERNATIVES {
            return Vec::new();
        }
        (alternatives.into_iter()).filter_map(Texts::new).collect()
    }
}

fn sequence(ast: &Ast) -> &[Ast] {
    match &ast.kind {
        Kind::Concat(items) => items,
        _ => std::slice::from_ref(ast),
    }
}

impl Texts {
    fn new(mut items: &[Ast]) -> Option<Self> {
        let (mut starts, mut ends) = (false, false);
        while let [first, rest @ ..] = items
            && matches!(first.kind, Kind::BeginText)
        {
            (starts, items) = (true, rest);
        }
        while let [rest @ .., last] = items
            && matches!(last.kind, Kind::EndText)
        {
            (ends, items) = (true, rest);
        }
        let texts = alternatives::texts(&with_dots(items), MAX_TEXT_BYTES)?;
        Some(Texts {
            texts,
            starts,
            ends,
        })
    }
}

/// Returns the items with a dot where one character of any kind is between others: in a name such as
/// `docker.io` a dot is meant.
fn with_dots(items: &[Ast]) -> Vec<Ast> {
    let mut items = items.to_vec();
    if let [_, inner @ .., _] = items.as_mut_slice() {
        for item in inner {
            if matches!(item.kind, Kind::Any) {
                item.kind = Kind::Literal {
                    text: ".".to_owned(),
                    fold: false,
                };
            }
        }
    }
    items
}

/// What an expression certainly matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reach {
    empty: bool,
    /// Everything but the empty value.
    rest: bool,
}

impl Reach {
    const fn of(empty: bool, rest: bool) -> Self {
        Reach { empty, rest }
    }

    fn new(ast: &Ast) -> Self {
        work::on(1);
        match &ast.kind {
            Kind::Empty => Reach::of(true, false),
            Kind::Capture(_, inside) => Reach::new(inside),
            Kind::Repeat(repeat, inside) => {
                let any = inside.as_set() == Some(Bytes::ANY);
                let once = Reach::new(inside);
                let unlimited = any && repeat.max.is_none();
                Reach {
                    empty: repeat.min == 0 || once.empty,
                    rest: (once.rest || unlimited)
                        && (repeat.min <= 1 || once.empty)
                        && repeat.max != Some(0),
                }
            }
            Kind::Concat(items) => Reach::sequence(items),
            Kind::Alternate(items) => {
                let all = items.iter().map(Reach::new);
                all.fold(Reach::of(false, false), |one, other| Reach {
                    empty: one.empty || other.empty,
                    rest: one.rest || other.rest,
                })
            }
            _ => Reach::of(false, false),
        }
    }

    fn sequence(items: &[Ast]) -> Self {
        let all = items.iter().map(Reach::new);
        // What matches nothing but the empty value changes nothing.
        all.fold(Reach::of(true, false), |before, item| Reach {
            empty: before.empty && item.empty,
            rest: before.empty && item.rest || before.rest && item.empty,
        })
    }
}

fn most(ast: &Ast, c: char) -> u64 {
    match &ast.kind {
        Kind::Literal { text, fold } => {
            work::on(text.len());
            let is_it =
                |other: &char| *other == c || *fold && other.to_lowercase().eq(c.to_lowercase());
            text.chars().filter(is_it).count() as u64
        }
        Kind::Class(class) => {
            let may = |set: Bytes| set.overlaps(Bytes::around(c));
            u64::from(class.bytes().is_none_or(may))
        }
        Kind::Any | Kind::AnyButLineFeed => 1,
        Kind::Capture(_, inside) => most(inside, c),
        Kind::Repeat(repeat, inside) => match most(inside, c) {
            0 => 0,
            once => repeat
                .max
                .map_or(u64::MAX, |max| once.saturating_mul(u64::from(max))),
        },
        Kind::Concat(items) => {
            (items.iter()).fold(0, |sum: u64, item| sum.saturating_add(most(item, c)))
        }
        Kind::Alternate(items) => items.iter().map(|item| most(item, c)).max().unwrap_or(0),
        _ => 0,
    }
}

fn is_unlimited(ast: &Ast) -> bool {
    match &ast.kind {
        Kind::Repeat(repeat, inside) => repeat.max.is_none() || is_unlimited(inside),
        Kind::Capture(_, inside) => is_unlimited(inside),
        Kind::Concat(items) | Kind::Alternate(items) => items.iter().any(is_unlimited),
        _ => false,
    }
}

/// Appends the text that each match of the items begins with. Returns whether it is all that they match.
fn put_prefix(items: &[Ast], prefix: &mut String) -> bool {
    items.iter().all(|item| match &item.kind {
        Kind::Literal { text, fold: false } => {
            prefix.push_str(text);
            true
        }
        Kind::Empty => true,
        Kind::Capture(_, inside) => put_prefix(std::slice::from_ref(inside), prefix),
        Kind::Concat(items) => put_prefix(items, prefix),
        _ => false,
    })
}
