//! Rules at work. Nothing here can fail.

use std::borrow::Cow;

use md5::{Digest, Md5};
use smallvec::SmallVec;

use crate::bytes::{self, key};

use super::{
    LabelSet, Rule,
    golang::Case,
    label_set::Name,
    pattern::Pattern,
    rule::{Target, Work},
    spans::Spans,
    template::Template,
};

/// What a rule did to a label set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    /// Its pattern, or its comparison, matched: the source value or the name of some label.
    pub(super) matched: bool,
    /// A label has another value than before, or is new or gone. Not told of `labelmap`, where it
    /// would cost too much: there it says that a label was set.
    pub(super) changed: bool,
    /// The label set lives on.
    pub(super) keep: bool,
}

/// A source value: part of what the label set was built of, or made up for the rule.
#[derive(Clone, Copy)]
enum Source<'s, 'a> {
    Input(&'a str),
    Made(&'s str),
}

impl Source<'_, '_> {
    fn text(&self) -> &str {
        match self {
            Source::Input(text) => text,
            Source::Made(text) => text,
        }
    }
}

type Joined = SmallVec<[u8; 256]>;

impl Rule {
    /// Applies the rule: whether the label set is kept.
    ///
    /// What the labels borrow must live as long as the rule, for they may borrow from it now, too.
    #[must_use = "false means that the label set is dropped"]
    pub fn apply<'a>(&'a self, labels: &mut LabelSet<'a>) -> bool {
        self.run(labels).keep
    }

    /// Applies the rule, and finds out whether anything is different now.
    pub(super) fn run_counted<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        if !matches!(self.work, Work::LabelMap { .. }) {
            return self.run(labels);
        }
        let before = labels.clone();
        let effect = self.run(labels);
        Effect {
            changed: before != *labels,
            ..effect
        }
    }

    pub(super) fn run<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        let mut joined = Joined::new();
        let source = match self.work {
            Work::LabelMap { .. } | Work::LabelDrop(_) | Work::LabelKeep(_) => Source::Input(""),
            _ => self.source(labels, &mut joined),
        };
        let value = source.text();
        let decide = |matched, keep| Effect {
            matched,
            changed: false,
            keep,
        };
        let has = |labels: &LabelSet<'_>, target| {
            let current = labels.find(target).map_or("", |value| &**value);
            bytes::same(current.as_bytes(), value.as_bytes())
        };
        let (matched, changed) = match &self.work {
            Work::Keep(pattern) => {
                let matched = pattern.is_match(value);
                return decide(matched, matched);
            }
            Work::Drop(pattern) => {
                let matched = pattern.is_match(value);
                return decide(matched, !matched);
            }
            Work::KeepEqual(target) => {
                let same = has(labels, target);
                return decide(same, same);
            }
            Work::DropEqual(target) => {
                let same = has(labels, target);
                return decide(same, !same);
            }
            Work::Replace {
                pattern,
                target,
                replacement,
                captures,
            } => {
                let mut spans = Spans::default();
                let matched = match captures {
                    true => pattern.captures(value, &mut spans),
                    false => pattern.is_match(value),
                };
                if !matched {
                    return decide(false, true);
                }
                let target = match target {
                    Target::Name(name) => Spot::of(name, labels),
                    Target::Template(template, scheme) => {
                        let name = expanded(template, source, &spans);
                        // A name that is not valid is no error (spec R33).
                        if !scheme.is_valid_label_name(&name) {
                            return decide(true, true);
                        }
                        Spot::new(name, labels)
                    }
                };
                let new = expand(replacement, source, &spans, target.current(labels));
                (true, target.put(labels, new))
            }
            Work::HashMod { target, modulus } => {
                let target = Spot::of(target, labels);
                let new = Decimal::new(hash(value) % modulus);
                let new = New::unless_same(new.text(), target.current(labels));
                (true, target.put(labels, new))
            }
            Work::Lowercase(target) => {
                let target = Spot::of(target, labels);
                let new = mapped(source, Case::Lower, target.current(labels));
                (true, target.put(labels, new))
            }
            Work::Uppercase(target) => {
                let target = Spot::of(target, labels);
                let new = mapped(source, Case::Upper, target.current(labels));
                (true, target.put(labels, new))
            }
            Work::LabelMap { pattern, name } => {
                let matched = label_map(pattern, name, labels);
                (matched, matched)
            }
            Work::LabelDrop(pattern) => {
                let before = labels.len();
                labels.retain(|label| !pattern.is_match(&label.name));
                (labels.len() < before, labels.len() < before)
            }
            Work::LabelKeep(pattern) => {
                let before = labels.len();
                labels.retain(|label| pattern.is_match(&label.name));
                (!labels.is_empty(), labels.len() < before)
            }
        };
        Effect {
            matched,
            changed,
            keep: true,
        }
    }

    /// The values of the source labels, joined.
    fn source<'s, 'a>(&self, labels: &'s LabelSet<'a>, joined: &'s mut Joined) -> Source<'s, 'a> {
        if let [name] = self.sources.as_slice() {
            return match labels.find(name) {
                None => Source::Input(""),
                Some(Cow::Borrowed(value)) => Source::Input(value),
                Some(Cow::Owned(value)) => Source::Made(value),
            };
        }
        for (index, name) in self.sources.iter().enumerate() {
            if index > 0 {
                joined.extend_from_slice(self.separator.as_bytes());
            }
            if let Some(value) = labels.find(name) {
                joined.extend_from_slice(value.as_bytes());
            }
        }
        Source::Made(std::str::from_utf8(joined).unwrap_or_default())
    }

    /// The source value as text of its own, for a trace.
    pub(super) fn source_text(&self, labels: &LabelSet<'_>) -> String {
        let mut joined = Joined::new();
        self.source(labels, &mut joined).text().to_owned()
    }
}

/// A new value for a label.
enum New<'a> {
    /// It has that value already.
    Same,
    Value(Cow<'a, str>),
}

impl<'a> New<'a> {
    fn unless_same(new: &str, current: Option<&str>) -> New<'a> {
        match current {
            Some(current) if current == new => New::Same,
            _ => New::Value(Cow::Owned(new.to_owned())),
        }
    }
}

/// The label a rule sets, and where it is.
struct Spot<'a> {
    key: u8,
    name: Cow<'a, str>,
    place: Option<usize>,
}

impl<'a> Spot<'a> {
    fn of(name: &'a Name, labels: &LabelSet<'a>) -> Self {
        Spot {
            key: name.key,
            place: labels.place(name.key, &name.text),
            name: Cow::Borrowed(&name.text),
        }
    }

    fn new(name: Cow<'a, str>, labels: &LabelSet<'a>) -> Self {
        let key = key(&name);
        Spot {
            key,
            place: labels.place(key, &name),
            name,
        }
    }

    fn current<'s>(&self, labels: &'s LabelSet<'a>) -> Option<&'s str> {
        labels.value_at(self.place)
    }

    /// Sets the label: whether anything is different now.
    fn put(self, labels: &mut LabelSet<'a>, new: New<'a>) -> bool {
        match (new, self.place) {
            (New::Value(value), place) => {
                let current = self.current(labels).unwrap_or_default();
                let changed = !bytes::same(current.as_bytes(), value.as_bytes());
                labels.set_at(place, self.key, self.name, value);
                changed
            }
            (New::Same, Some(place)) => {
                labels.touch(place);
                false
            }
            (New::Same, None) => false,
        }
    }
}

fn expanded<'a>(template: &'a Template, source: Source<'_, 'a>, spans: &Spans) -> Cow<'a, str> {
    match expand(template, source, spans, None) {
        New::Value(text) => text,
        New::Same => Cow::Borrowed(""),
    }
}

/// Expands a template, borrowing what can be borrowed, and not at all if it gives what is there.
fn expand<'a>(
    template: &'a Template,
    source: Source<'_, 'a>,
    spans: &Spans,
    current: Option<&str>,
) -> New<'a> {
    if let Some(text) = template.as_text() {
        return New::Value(Cow::Borrowed(text));
    }
    if let Source::Input(value) = source
        && let Some(piece) = template.as_piece(value, spans)
    {
        return New::Value(Cow::Borrowed(piece));
    }
    let pieces: SmallVec<[&str; 8]> = template.pieces(source.text(), spans).collect();
    if let Some(current) = current {
        let rest = (pieces.iter()).try_fold(current, |rest, piece| rest.strip_prefix(piece));
        if rest == Some("") {
            return New::Same;
        }
    }
    let mut text = String::with_capacity(pieces.iter().map(|piece| piece.len()).sum());
    pieces.iter().for_each(|piece| text.push_str(piece));
    New::Value(Cow::Owned(text))
}

fn mapped<'a>(source: Source<'_, 'a>, case: Case, current: Option<&str>) -> New<'a> {
    if let Some(current) = current
        && case.is(source.text(), current)
    {
        return New::Same;
    }
    match source {
        Source::Input(value) => New::Value(case.map(value)),
        Source::Made(value) => New::Value(Cow::Owned(case.map(value).into_owned())),
    }
}

/// Copies the labels whose names match: whether one did.
fn label_map<'a>(pattern: &Pattern, template: &'a Template, labels: &mut LabelSet<'a>) -> bool {
    struct Copy<'a> {
        set_as: u32,
        from: usize,
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    }
    let mut spans = Spans::default();
    let mut copies = SmallVec::<[Copy<'a>; 8]>::new();
    for (from, label) in labels.labels().iter().enumerate() {
        if pattern.captures(&label.name, &mut spans) {
            let source = match &label.name {
                Cow::Borrowed(name) => Source::Input(name),
                Cow::Owned(name) => Source::Made(name),
            };
            copies.push(Copy {
                set_as: label.set_as,
                from,
                name: expanded(template, source, &spans),
                value: label.value.clone(),
            });
        }
    }
    // The order says who wins where two give one name (spec R39).
    let name = |copy: &Copy<'_>| (labels.labels().get(copy.from)).map(|label| &*label.name);
    copies.sort_unstable_by(|a, b| (a.set_as, name(a)).cmp(&(b.set_as, name(b))));
    let matched = !copies.is_empty();
    if copies.len() <= FEW_COPIES {
        for copy in copies {
            labels.set(copy.name, copy.value);
        }
    } else {
        labels.set_many(copies.into_iter().map(|copy| (copy.name, copy.value)));
    }
    matched
}

/// So many labels are set one by one: to look for each among the others costs less than to sort them.
const FEW_COPIES: usize = 64;

/// The last eight bytes of the MD5 digest, as a number (spec R37).
fn hash(value: &str) -> u64 {
    let digest: [u8; 16] = Md5::digest(value.as_bytes()).into();
    (digest.iter().skip(8)).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// A number in decimal, written without allocating.
struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    fn new(mut number: u64) -> Self {
        let mut decimal = Decimal {
            digits: [b'0'; 20],
            start: 20,
        };
        for digit in decimal.digits.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            decimal.start -= 1;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        decimal
    }

    fn text(&self) -> &str {
        let digits = self.digits.get(self.start..).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}
