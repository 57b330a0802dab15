//! Patterns that match one of several texts: they are expanded and looked up.

use super::{
    golang::{Ast, Kind},
    keys::Keys,
    spans::{Spans, set},
};
use crate::bytes::compare::{self, key};
use crate::bytes::work;

/// The most texts that a pattern of alternatives expands to.
const MAX_TEXTS: usize = 256;
/// How many bytes they may take, and how many per byte of the pattern, in addition to the pattern's own.
const MAX_TEXT_BYTES: (usize, usize) = (16 << 10, 7);

/// Several texts, one of which a value must equal. Their common start and end are kept apart.
#[derive(Debug, Clone)]
pub(super) struct Alternatives {
    prefix: String,
    suffix: String,
    /// The texts between the common start and end.
    texts: Vec<Box<str>>,
    /// A key for each of them: a value is compared with those that have its key.
    keys: Keys,
    /// One bit for each length that occurs; the highest also stands for all greater lengths.
    lengths: u64,
    /// The number of groups; each is around the whole pattern.
    groups: usize,
}

impl Alternatives {
    /// Returns the texts that match `items`, of a pattern of `len` bytes, if they are few. Requested groups
    /// must contain all of them.
    pub(super) fn new(items: &[Ast], slots: &[usize], len: usize) -> Option<Alternatives> {
        let (some, each) = MAX_TEXT_BYTES;
        let mut spare = some + each * len;
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
        if let [item] = items
            && let Kind::Concat(inside) = &item.kind
        {
            items = inside;
        }
        let (mut prefix, mut suffix) = (String::new(), Vec::new());
        while let [first, rest @ ..] = items
            && let Some(text) = only_text(first, spare)
        {
            prefix.push_str(&text);
            items = rest;
        }
        while let [rest @ .., last] = items
            && let Some(text) = only_text(last, spare)
        {
            suffix.push(text);
            items = rest;
        }
        suffix.reverse();
        let mut texts = sequence(items, &mut spare)?;
        texts.sort_unstable();
        texts.dedup();
        Some(Alternatives {
            keys: Keys::new(texts.iter().map(|text| key(text))),
            prefix,
            suffix: suffix.concat(),
            lengths: (texts.iter()).fold(0, |lengths, text| lengths | length_bit(text.len())),
            texts: texts.into_iter().map(String::into_boxed_str).collect(),
            groups,
        })
    }

    /// Tells whether one of the texts is as long as the value.
    #[inline]
    pub(super) fn may_have(&self, value: &str) -> bool {
        let around = self.prefix.len() + self.suffix.len();
        (value.len().checked_sub(around)).is_some_and(|len| self.lengths & length_bit(len) != 0)
    }

    pub(super) fn has(&self, value: &str) -> bool {
        if !self.may_have(value) {
            return false;
        }
        let rest = value.strip_prefix(&self.prefix);
        let Some(inside) = rest.and_then(|rest| rest.strip_suffix(&self.suffix)) else {
            return false;
        };
        let is_it = |place: usize| {
            let text = self.texts.get(place).map(|text| text.as_bytes());
            text.is_some_and(|text| compare::same(text, inside.as_bytes()))
        };
        self.keys.find(key(inside), is_it).is_some()
    }

    pub(super) fn captures(&self, value: &str, spans: &mut Spans) -> bool {
        let found = self.has(value);
        if found {
            let spans = spans.reset(self.groups);
            (0..=self.groups).for_each(|group| set(spans, group, 0, value.len()));
        }
        found
    }
}

/// Returns all texts that a sequence matches, if they are few and take no more than `spare` bytes in addition
/// to those of the sequence itself.
pub(super) fn texts(items: &[Ast], mut spare: usize) -> Option<Vec<String>> {
    sequence(items, &mut spare)
}

#[inline]
fn length_bit(len: usize) -> u64 {
    1 << len.min(63)
}

/// Returns the text of an expression that matches only one text.
fn only_text(ast: &Ast, mut spare: usize) -> Option<String> {
    // An expression that may match several texts is not expanded just to see that.
    if matches!(ast.kind, Kind::Alternate(_) | Kind::Repeat(..)) {
        return None;
    }
    let mut texts = written_out(ast, &mut spare)?;
    texts.pop().filter(|_| texts.is_empty())
}

/// Returns all texts that an expression matches, if they are few and take no more than `spare` bytes in
/// addition to those of the expression itself.
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
            // Texts already expanded stay where they are: this may be one of very many items.
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
