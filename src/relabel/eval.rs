//! Rules at work. Nothing here can fail.

use std::borrow::Cow;

use md5::{Digest, Md5};
use smallvec::SmallVec;

use super::{
    LabelSet, Rule,
    golang::Case,
    pattern::{Pattern, Spans},
    rule::{Target, Work},
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
        let has = |target: &str| labels.get(target).unwrap_or_default() == value;
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
                let same = has(target);
                return decide(same, same);
            }
            Work::DropEqual(target) => {
                let same = has(target);
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
                let Some(name) = target_name(target, source, &spans) else {
                    return decide(true, true);
                };
                let new = expand(replacement, source, &spans, labels.get(&name));
                (true, put(labels, name, new))
            }
            Work::HashMod { target, modulus } => {
                let new = Decimal::new(hash(value) % modulus);
                let new = New::unless_same(new.text(), labels.get(target));
                (true, put(labels, Cow::Borrowed(target), new))
            }
            Work::Lowercase(target) => {
                let new = mapped(source, Case::Lower, labels.get(target));
                (true, put(labels, Cow::Borrowed(target), new))
            }
            Work::Uppercase(target) => {
                let new = mapped(source, Case::Upper, labels.get(target));
                (true, put(labels, Cow::Borrowed(target), new))
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
            return match labels.find(name).map(|label| &label.value) {
                None => Source::Input(""),
                Some(Cow::Borrowed(value)) => Source::Input(value),
                Some(Cow::Owned(value)) => Source::Made(value),
            };
        }
        for (index, name) in self.sources.iter().enumerate() {
            if index > 0 {
                joined.extend_from_slice(self.separator.as_bytes());
            }
            joined.extend_from_slice(labels.get(name).unwrap_or_default().as_bytes());
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

/// Sets a label: whether anything is different now.
fn put<'a>(labels: &mut LabelSet<'a>, name: Cow<'a, str>, new: New<'a>) -> bool {
    match new {
        New::Same => {
            labels.touch(&name);
            false
        }
        New::Value(value) => {
            let changed = labels.get(&name).unwrap_or_default() != value;
            if changed || !value.is_empty() {
                labels.set(name, value);
            }
            changed
        }
    }
}

/// The name of the label to set; `None` if a template gives one that is not valid (spec R33).
fn target_name<'a>(
    target: &'a Target,
    source: Source<'_, 'a>,
    spans: &Spans,
) -> Option<Cow<'a, str>> {
    match target {
        Target::Name(name) => Some(Cow::Borrowed(name)),
        Target::Template(template, scheme) => {
            let name = expanded(template, source, spans);
            scheme.is_valid_label_name(&name).then_some(name)
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
    let pieces = template.pieces(source.text(), spans);
    if let Some(current) = current {
        let rest = (pieces.clone()).try_fold(current, |rest, piece| rest.strip_prefix(piece));
        if rest == Some("") {
            return New::Same;
        }
    }
    let mut text = String::with_capacity(pieces.clone().map(str::len).sum());
    text.extend(pieces);
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
    for copy in copies {
        put(labels, copy.name, New::Value(copy.value));
    }
    matched
}

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
