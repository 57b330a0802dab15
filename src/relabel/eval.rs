//! Applies rules. Nothing here can fail.

use std::{borrow::Cow, collections::HashMap};

use md5::block_api::compress;
use smallvec::SmallVec;

use crate::bytes::compare;

use super::{
    LabelSet, Rule,
    golang::Case,
    label_set::{Given, NOWHERE, Name, Source, Spot},
    pattern::Pattern,
    rule::{Replace, Target, Work},
    spans::Spans,
    template::{Expanded, Template},
};
use crate::model::name::ValidationScheme;

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
    pub(super) fn run<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        self.run_inline(labels)
    }

    /// Does what [`run`](Self::run) does, inside the caller's loop.
    #[inline(always)]
    pub(super) fn run_inline<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        if let Work::LabelMap { .. } | Work::LabelDrop(_) | Work::LabelKeep(_) = &self.work {
            return match labels.screen_again(self.screen) {
                Some(gone) => self.screened(gone, labels),
                None => self.run_on_names(labels),
            };
        }
        let source = labels.source(&self.sources, &self.separator);
        let value = labels.source_value(source);
        match &self.work {
            Work::Keep(pattern) => {
                let matched = pattern.is_match(value.text());
                Effect::decision(matched, matched)
            }
            Work::Drop(pattern) => {
                let matched = pattern.is_match(value.text());
                Effect::decision(matched, !matched)
            }
            Work::Replace(Replace {
                target: Target::Name(target),
                copies: true,
                ..
            }) => match value {
                Given::Lasting(value) => Effect::change(labels.put_lasting(target, value)),
                Given::Passing(_) => {
                    labels.compose(source, |value, new| new.push_str(value.text()));
                    Effect::change(labels.put_composed(target))
                }
            },
            Work::Replace(replace) => match replace.run(source, labels) {
                None => Effect::decision(false, true),
                Some(changed) => Effect::change(changed),
            },
            _ => self.run_other(source, labels),
        }
    }

    /// Returns the source value as an owned text, for a trace.
    pub(super) fn source_text(&self, labels: &mut LabelSet<'_>) -> String {
        let source = labels.source(&self.sources, &self.separator);
        labels.source_value(source).text().to_owned()
    }

    /// Applies a rule that looks at names.
    #[inline(never)]
    fn run_on_names<'a>(&'a self, labels: &mut LabelSet<'a>) -> Effect {
        let gone = match &self.work {
            Work::LabelMap { pattern, name } => {
                let matched = label_map(pattern, name, labels);
                return Effect {
                    matched,
                    changed: matched,
                    keep: true,
                };
            }
            Work::LabelDrop(pattern) => {
                let matches = pattern.matches();
                labels.screen(self.screen, |name| !matches(name))
            }
            Work::LabelKeep(pattern) => labels.screen(self.screen, pattern.matches()),
            _ => 0,
        };
        self.screened(gone, labels)
    }

    /// Returns the effect of a rule that removed so many labels by name.
    #[inline]
    fn screened(&self, gone: usize, labels: &LabelSet<'_>) -> Effect {
        let matched = match &self.work {
            Work::LabelKeep(_) => !labels.is_empty(),
            _ => gone > 0,
        };
        Effect {
            matched,
            changed: gone > 0,
            keep: true,
        }
    }

    /// Applies a rule that does something else with a source value.
    #[inline(never)]
    fn run_other<'a>(&'a self, source: Source, labels: &mut LabelSet<'a>) -> Effect {
        let is = |target: &Name| {
            let current = labels.value_at(labels.find(target)).unwrap_or_default();
            let value = labels.source_value(source).text();
            compare::same(current.as_bytes(), value.as_bytes())
        };
        let changed = match &self.work {
            Work::KeepEqual(target) => {
                let same = is(target);
                return Effect::decision(same, same);
            }
            Work::DropEqual(target) => {
                let same = is(target);
                return Effect::decision(same, !same);
            }
            Work::HashMod { target, modulus } => hash_mod(source, target, *modulus, labels),
            Work::Lowercase(target) => change_case(source, target, Case::Lower, labels),
            Work::Uppercase(target) => change_case(source, target, Case::Upper, labels),
            _ => false,
        };
        Effect::change(changed)
    }
}

impl Effect {
    /// The effect of a rule that changes nothing.
    #[inline]
    fn decision(matched: bool, keep: bool) -> Effect {
        Effect {
            matched,
            changed: false,
            keep,
        }
    }

    /// The effect of a rule that matched and may have changed something.
    #[inline]
    fn change(changed: bool) -> Effect {
        Effect {
            matched: true,
            changed,
            keep: true,
        }
    }
}

impl Replace {
    /// Applies the rule. Returns whether anything has changed; `None` if the pattern does not match.
    #[inline(never)]
    fn run<'a>(&'a self, source: Source, labels: &mut LabelSet<'a>) -> Option<bool> {
        let new = labels.compose(source, |value, room| {
            let mut spans = Spans::default();
            let matched = match self.captures {
                true => self.pattern.captures(value.text(), &mut spans),
                false => self.pattern.is_match(value.text()),
            };
            let new = &self.replacement;
            matched.then(|| match &self.target {
                Target::Name(name) => match new.lasting(value, &spans) {
                    Some(new) => New::Lasting(name, new),
                    None => {
                        new.compose(value.text(), &spans, room);
                        New::Composed(name)
                    }
                },
                Target::Template(name, scheme) => {
                    let new = new.expand(value, &spans, room);
                    New::Named(name.expand(value, &spans, room), *scheme, new)
                }
            })
        });
        Some(match new? {
            New::Lasting(name, new) => labels.put_lasting(name, new),
            New::Composed(name) => labels.put_composed(name),
            New::Named(name, scheme, new) => put_under_new_name(&name, scheme, &new, labels),
        })
    }
}

/// What a `replace` sets.
enum New<'a> {
    Lasting(&'a Name, &'a str),
    /// The value is in the room.
    Composed(&'a Name),
    /// The name is new too.
    Named(Expanded<'a>, ValidationScheme, Expanded<'a>),
}

/// Sets a label whose name was just put together. Returns whether anything has changed.
#[inline(never)]
fn put_under_new_name<'a>(
    name: &Expanded<'a>,
    scheme: ValidationScheme,
    new: &Expanded<'a>,
    labels: &mut LabelSet<'a>,
) -> bool {
    let room = std::mem::take(&mut labels.room().new);
    let name = name.given(&room);
    // A name that is not valid is not an error (spec R33).
    let changed = scheme.is_valid_label_name(name.text()) && {
        let spot = Spot::at(labels.place(name.text()), name);
        labels.put(&spot, new.given(&room))
    };
    labels.room().new = room;
    changed
}

/// Sets a label to the source value in another case. Returns whether anything has changed.
#[inline(never)]
fn change_case<'a>(
    source: Source,
    target: &'a Name,
    case: Case,
    labels: &mut LabelSet<'a>,
) -> bool {
    let place = labels.find(target);
    let value = labels.source_value(source);
    if let Some(current) = labels.value_at(place)
        && case.is(value.text(), current)
    {
        labels.touch(place);
        return false;
    }
    let new = match value {
        Given::Lasting(value) => case.map(value),
        Given::Passing(value) => Cow::Owned(case.map(value).into_owned()),
    };
    labels.put(&Spot::of(target, place), (&new).into())
}

#[inline(never)]
fn hash_mod<'a>(source: Source, target: &'a Name, modulus: u64, labels: &mut LabelSet<'a>) -> bool {
    let shard = hash(labels.source_value(source).text()) % modulus;
    // Shards are few, so their numbers are short.
    let digit = usize::try_from(shard).ok();
    if let Some(digit) = digit.and_then(|digit| "0123456789".get(digit..=digit)) {
        return labels.put_lasting(target, digit);
    }
    let spot = Spot::of(target, labels.find(target));
    labels.put(&spot, Decimal::new(shard).given())
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
            true => (labels.place_in_order(name.text()))
                .or_else(|| added.get(name.text()).copied())
                .unwrap_or(NOWHERE),
        };
        if many && place == NOWHERE {
            added.insert(name.text(), labels.len());
        }
        labels.put(&Spot::at(place, name), copy.value.given(&room));
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
    if !blocks.is_empty() {
        compress(&mut state, blocks);
    }
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
