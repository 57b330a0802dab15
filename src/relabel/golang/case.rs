//! Go's case mappings: one character to one character, by Unicode 15.0.

use std::borrow::Cow;

/// Which way to map.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Case {
    /// Go's `strings.ToLower` (spec R36).
    Lower,
    /// Go's `strings.ToUpper` (spec R36).
    Upper,
}

impl Case {
    pub(in super::super) fn map(self, text: &str) -> Cow<'_, str> {
        let changes = match self {
            Case::Lower => u8::is_ascii_uppercase,
            Case::Upper => u8::is_ascii_lowercase,
        };
        let plain = (text.bytes()).take_while(|b| b.is_ascii() && !changes(b));
        let Some((same, rest)) = text.split_at_checked(plain.count()) else {
            return Cow::Borrowed(text);
        };
        if self.is(rest, rest) {
            return Cow::Borrowed(text);
        }
        let mut mapped = String::with_capacity(text.len());
        mapped.push_str(same);
        mapped.extend(rest.chars().map(|c| self.of(c)));
        Cow::Owned(mapped)
    }

    /// Tells whether `text` maps to `mapped`.
    pub(in super::super) fn is(self, text: &str, mapped: &str) -> bool {
        (text.chars().map(|c| self.of(c))).eq(mapped.chars())
    }

    fn of(self, c: char) -> char {
        match self {
            Case::Lower => lower(c),
            Case::Upper => upper(c),
        }
    }
}

pub(super) fn lower(c: char) -> char {
    match c {
        'İ' => 'i',
        _ => simple(c, c.to_lowercase()),
    }
}

pub(super) fn upper(c: char) -> char {
    match c {
        // Small letters with iota subscript have a single capital, which full mapping takes apart.
        'ᾀ'..='ᾇ' | 'ᾐ'..='ᾗ' | 'ᾠ'..='ᾧ' => char::from_u32(c as u32 + 8).unwrap_or(c),
        'ᾳ' => 'ᾼ',
        'ῃ' => 'ῌ',
        'ῳ' => 'ῼ',
        _ => simple(c, c.to_uppercase()),
    }
}

/// Returns the mapping if it is one character that Unicode 15.0 has.
fn simple(c: char, mut mapped: impl ExactSizeIterator<Item = char>) -> char {
    match mapped.next() {
        Some(to) if mapped.len() == 0 && !is_newer(c) && !is_newer(to) => to,
        _ => c,
    }
}

/// The letters with case that came after Unicode 15.0, the version of Go's tables.
pub(super) const NEWER: &[(char, char)] = &[
    ('\u{1C89}', '\u{1C8A}'),
    ('\u{A7CB}', '\u{A7CF}'),
    ('\u{A7D2}', '\u{A7D2}'),
    ('\u{A7D4}', '\u{A7D4}'),
    ('\u{A7DA}', '\u{A7DC}'),
    ('\u{10D50}', '\u{10D65}'),
    ('\u{10D70}', '\u{10D85}'),
    ('\u{16EA0}', '\u{16EB8}'),
    ('\u{16EBB}', '\u{16ED3}'),
];

/// The letters of 15.0 that have got another case since, or fold to each other since.
pub(super) const FOLDED_SINCE: &[(char, char)] = &[
    ('\u{019B}', '\u{019B}'),
    ('\u{0264}', '\u{0264}'),
    ('\u{0390}', '\u{0390}'),
    ('\u{03B0}', '\u{03B0}'),
    ('\u{1FD3}', '\u{1FD3}'),
    ('\u{1FE3}', '\u{1FE3}'),
    ('\u{A7D3}', '\u{A7D3}'),
    ('\u{A7D5}', '\u{A7D5}'),
    ('\u{FB05}', '\u{FB06}'),
];

fn is_newer(c: char) -> bool {
    c >= '\u{1C89}' && NEWER.iter().any(|&(low, high)| (low..=high).contains(&c))
}
