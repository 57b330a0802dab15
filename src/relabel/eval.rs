//! Applies rules. Nothing here can fail.

use std::{borrow::Cow, collections::HashMap};

use md5::block_api::compress;
use smallvec::SmallVec;

use crate::bytes::compare;

use super::{
    LabelSet, Rule,
    golang::Case,
    label_set::{Given, Name, Spot},
    pattern::Pattern,
    rule::{Replace, Target, Work},
    spans::Spans,
    template::{self, Expanded, Template},
};

/// What a rule did to a label set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    /// Whether its pattern or comparison matched: the source value or the name of some label.
    pub(super) matched: bool,
    /// Whether a label has changed, or is new or gone. For `labelmap`, where finding out would cost too much,
    /// it says that a label was set.
    pub(super) changed: bool,
    /// Whether the label set is kept.
    pub(super) keep: bool,
}

/// Where a rule's source value is.
#[derive(Clone, Copy)]
enum Source<'j> {
    /// The value of the label there, or empty.
    At(Option<usize>),
    Joined(&'j str),
}

impl<'j> Source<'j> {
    #[inline]
    fn value<'t, 'a>(self, labels: &'t LabelSet<'a>) -> Given<'t, 'a>
    where
        'j: 't,
    {
        match self {
            Source::At(place) => labels.given_at(place).unwrap_or(Given::Lasting("")),
            Source::Joined(text) => Given::Passing(text),
        }
    }
}

impl Rule {
    /// Applies the rule. Returns whether the label set is kept.
    ///
    /// What the labels borrow must live as long as the rule, because they may now borrow from the rule too.
    #[must_use = "false means that the label set is dropped"]
    pub fn apply<'a>(&'a self, labels: &mut LabelSet<'a>) -> bool {
        let keep = self.run(labels).keep;
        labels.finish(keep);
        keep
    }

    /// Applies the rule, and finds out whether anything has changed.
    pub(super) fn run_counted<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        if !matches!(self.work, Work::LabelMap { .. }) {
            return self.run(labels);
        }
        labels.compact();
        let before = labels.clone();
        let effect = self.run(labels);
        Effect {
            changed: before != *labels,
            ..effect
        }
    }

    /// Applies the rule. Does not sort the labels, nor take out those that are gone.
    #[inline]
    pub(super) fn run<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        match (&self.work, self.sources.as_slice()) {
            (Work::LabelMap { .. } | Work::LabelDrop(_) | Work::LabelKeep(_), _) => {
                self.run_on_names(labels)
            }
            (_, [name]) => self.run_on(Source::At(labels.find(name)), labels),
            _ => self.run_on_joined(labels),
        }
    }

    #[inline(never)]
    fn run_on_joined<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        let mut joined = std::mem::take(&mut labels.room().joined);
        self.join(labels, &mut joined);
        let effect = self.run_on(Source::Joined(&joined), labels);
        labels.room().joined = joined;
        effect
    }

    /// Joins the values of the source labels.
    fn join(&self, labels: &LabelSet<'_>, joined: &mut String) {
        joined.clear();
        for (index, name) in self.sources.iter().enumerate() {
            if index > 0 {
                template::push(joined, &self.separator);
            }
            let place = labels.find(name);
            joined.push_str(labels.value_at(place).unwrap_or_default());
        }
    }

    /// Returns the source value as an owned text, for a trace.
    pub(super) fn source_text(&self, labels: &LabelSet<'_>) -> String {
        let mut joined = String::new();
        self.join(labels, &mut joined);
        joined
    }

    /// Applies a rule that looks at names.
    #[inline(never)]
    fn run_on_names<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        let (matched, changed) = match &self.work {
            Work::LabelMap { pattern, name } => {
                let matched = label_map(pattern, name, labels);
                (matched, matched)
            }
            Work::LabelDrop(pattern) => {
                let gone = labels.screen(self.screen, |name| !pattern.is_match(name)) > 0;
                (gone, gone)
            }
            Work::LabelKeep(pattern) => {
                let gone = labels.screen(self.screen, |name| pattern.is_match(name)) > 0;
                (!labels.is_empty(), gone)
            }
            _ => (false, false),
        };
        Effect {
            matched,
            changed,
            keep: true,
        }
    }

    /// Applies a rule that looks at a source value.
    #[inline(always)]
    fn run_on<'a>(&'a self, source: Source<'_>, labels: &mut LabelSet<'a>) -> Effect {
        let decide = |matched, keep| Effect {
            matched,
            changed: false,
            keep,
        };
        let value = source.value(labels);
        let is = |target: &Name| {
            let current = labels.value_at(labels.find(target));
            let current = current.unwrap_or_default();
            compare::same(current.as_bytes(), value.text().as_bytes())
        };
        let changed = match &self.work {
            Work::Keep(pattern) => {
                let matched = pattern.is_match(value.text());
                return decide(matched, matched);
            }
            Work::Drop(pattern) => {
                let matched = pattern.is_match(value.text());
                return decide(matched, !matched);
            }
            Work::KeepEqual(target) => {
                let same = is(target);
                return decide(same, same);
            }
            Work::DropEqual(target) => {
                let same = is(target);
                return decide(same, !same);
            }
            Work::Replace(replace) => match replace.run(source, labels) {
                None => return decide(false, true),
                Some(changed) => changed,
            },
            Work::HashMod { target, modulus } => hash_mod(source, target, *modulus, labels),
            Work::Lowercase(target) => Spot::of(target, labels).map(labels, source, Case::Lower),
            Work::Uppercase(target) => Spot::of(target, labels).map(labels, source, Case::Upper),
            Work::LabelMap { .. } | Work::LabelDrop(_) | Work::LabelKeep(_) => false,
        };
        Effect {
            matched: true,
            changed,
            keep: true,
        }
    }
}

impl Replace {
    /// Applies the rule. Returns whether anything has changed; `None` if the pattern does not match.
    #[inline]
    fn run<'a>(&'a self, source: Source<'_>, labels: &mut LabelSet<'a>) -> Option<bool> {
        let value = source.value(labels);
        if let Target::Name(name) = &self.target
            && self.copies
        {
            let new = match (value, source) {
                (Given::Lasting(text), _) => Some(Given::Lasting(text)),
                (_, Source::Joined(text)) => Some(Given::Passing(text)),
                _ => None,
            };
            if let Some(new) = new {
                return Some(Spot::of(name, labels).put(labels, new));
            }
        }
        self.run_on_match(source, labels)
    }

    /// Does what [`run`](Self::run) does, by way of the pattern.
    #[inline(never)]
    fn run_on_match<'a>(&'a self, source: Source<'_>, labels: &mut LabelSet<'a>) -> Option<bool> {
        let value = source.value(labels);
        let mut spans = Spans::default();
        let matched = match self.captures {
            true => self.pattern.captures(value.text(), &mut spans),
            false => self.pattern.is_match(value.text()),
        };
        if !matched {
            return None;
        }
        if let Target::Name(name) = &self.target
            && let Some(new) = self.replacement.lasting(value, &spans)
        {
            return Some(Spot::of(name, labels).put(labels, Given::Lasting(new)));
        }
        let mut room = std::mem::take(&mut labels.room().new);
        room.clear();
        let changed = self.put_together(source, &spans, labels, &mut room);
        labels.room().new = room;
        Some(changed)
    }

    fn put_together<'a>(
        &'a self,
        source: Source<'_>,
        spans: &Spans,
        labels: &mut LabelSet<'a>,
        room: &mut String,
    ) -> bool {
        let value = source.value(labels);
        let new = self.replacement.expand(value, spans, room);
        match &self.target {
            Target::Name(name) => Spot::of(name, labels).put(labels, new.given(room)),
            Target::Template(template, scheme) => {
                let name = template.expand(value, spans, room);
                let name = name.given(room);
                // A name that is not valid is not an error (spec R33).
                scheme.is_valid_label_name(name.text())
                    && Spot::new(name, labels).put(labels, new.given(room))
            }
        }
    }
}

impl<'a> Spot<'_, 'a> {
    /// Sets the label. Returns whether anything has changed.
    #[inline]
    fn put(self, labels: &mut LabelSet<'a>, new: Given<'_, 'a>) -> bool {
        let Some(current) = labels.value_at(self.place) else {
            labels.push(&self, new);
            return !new.text().is_empty();
        };
        if compare::same(current.as_bytes(), new.text().as_bytes()) {
            self.touch(labels);
            return false;
        }
        labels.set_at(&self, new);
        true
    }

    fn touch(self, labels: &mut LabelSet<'a>) {
        if let Some(place) = self.place {
            labels.touch(place);
        }
    }

    /// Sets the label to the source value in another case. Returns whether anything has changed.
    #[inline(never)]
    fn map(self, labels: &mut LabelSet<'a>, source: Source<'_>, case: Case) -> bool {
        let value = source.value(labels);
        if let Some(current) = labels.value_at(self.place)
            && case.is(value.text(), current)
        {
            self.touch(labels);
            return false;
        }
        let new = match value {
            Given::Lasting(value) => case.map(value),
            Given::Passing(value) => Cow::Owned(case.map(value).into_owned()),
        };
        self.put(labels, (&new).into())
    }
}

#[inline(never)]
fn hash_mod<'a>(
    source: Source<'_>,
    target: &'a Name,
    modulus: u64,
    labels: &mut LabelSet<'a>,
) -> bool {
    let new = Decimal::new(hash(source.value(labels).text()) % modulus);
    Spot::of(target, labels).put(labels, new.given())
}

/// Copies the labels whose names match. Returns whether one did.
fn label_map<'a>(pattern: &Pattern, template: &'a Template, labels: &mut LabelSet<'a>) -> bool {
    struct Copied<'a> {
        set_as: u64,
        name: Expanded<'a>,
        value: Expanded<'a>,
    }
    // The order decides which label wins where two yield the same name (spec R39).
    labels.sort();
    let mut room = std::mem::take(&mut labels.room().new);
    room.clear();
    let mut spans = Spans::default();
    let mut copies = SmallVec::<[Copied<'a>; 8]>::new();
    for label in labels.labels() {
        let name = labels.given(label.name);
        if pattern.captures(name.text(), &mut spans) {
            copies.push(Copied {
                set_as: label.set_as,
                name: template.expand(name, &spans, &mut room),
                value: Expanded::copy(labels.given(label.value), &mut room),
            });
        }
    }
    if !copies.is_sorted_by_key(|copy| copy.set_as) {
        copies.sort_by_key(|copy| copy.set_as);
    }
    // With many copies, searching all labels for each costs more than searching those that are new.
    let many = copies.len() > FEW_COPIES;
    let mut added = HashMap::new();
    for copy in &copies {
        let name = copy.name.given(&room);
        let place = match many {
            false => labels.place(name.text()),
            true => {
                (labels.place_in_order(name.text())).or_else(|| added.get(name.text()).copied())
            }
        };
        if many && place.is_none() {
            added.insert(name.text(), labels.len());
        }
        labels.set_at(&Spot::at(place, name), copy.value.given(&room));
    }
    let matched = !copies.is_empty();
    labels.room().new = room;
    matched
}

/// Up to this many labels are searched one by one.
const FEW_COPIES: usize = 64;

/// Returns the last eight bytes of the MD5 digest, as a number (spec R37).
fn hash(value: &str) -> u64 {
    // Does what `Digest` does, without its buffer: the whole text is there.
    let (blocks, rest) = value.as_bytes().as_chunks::<64>();
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    compress(&mut state, blocks);
    // The rest, a bit that ends it, and the length in bits at the end of the block that has room for it.
    let mut last = [[0; 64]; 2];
    if let Some((text, after)) = last.as_flattened_mut().split_at_mut_checked(rest.len()) {
        text.copy_from_slice(rest);
        after.iter_mut().take(1).for_each(|byte| *byte = 0x80);
    }
    let [first, second] = &mut last;
    let block = if rest.len() < 56 { first } else { second };
    if let Some(end) = block.last_chunk_mut::<8>() {
        *end = (value.len() as u64).wrapping_mul(8).to_le_bytes();
    }
    let count = if rest.len() < 56 { 1 } else { 2 };
    compress(&mut state, last.get(..count).unwrap_or_default());
    let [.., high, low] = state.map(u32::swap_bytes).map(u64::from);
    high << 32 | low
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

    fn given<'a>(&self) -> Given<'_, 'a> {
        let digits = self.digits.get(self.start..).unwrap_or_default();
        // Shards are few, so their numbers are short.
        if let [digit] = digits {
            let digit = usize::from(digit - b'0');
            return Given::Lasting("0123456789".get(digit..=digit).unwrap_or_default());
        }
        Given::Passing(std::str::from_utf8(digits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use md5::{Digest, Md5};

    use super::hash;

    #[test]
    fn the_hash_is_the_end_of_the_digest() {
        let text = "0123456789abcdefg".repeat(16);
        for len in 0..text.len() {
            let digest: [u8; 16] = Md5::digest(&text[..len]).into();
            let end = digest.last_chunk::<8>().copied().unwrap();
            assert_eq!(hash(&text[..len]), u64::from_be_bytes(end), "{len}");
        }
    }
}
