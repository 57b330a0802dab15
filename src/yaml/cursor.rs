//! A place in a text, and how it moves forward: characters, line breaks, lines and columns.

use crate::bytes::work;

/// A position in a text, counted from 0 and in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// From the start of the text.
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Tells whether the character is one of YAML 1.1's five line breaks.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// Tells whether a word ends before the next character.
pub(super) fn ends_word(next: Option<char>) -> bool {
    next.is_none_or(|c| is_blank(c) || is_break(c))
}

/// Tells whether an anchor, a tag's handle or a directive's name may contain the character.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Tells whether YAML allows the character in a text.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n'
            | '\r'
            | ' '..='~'
            | '\u{85}'
            | '\u{A0}'..='\u{D7FF}'
            | '\u{E000}'..='\u{FFFD}'
            | '\u{10000}'..
    )
}

pub(super) struct Cursor<'t> {
    rest: &'t str,
    pub(super) mark: Mark,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cursor {
            rest: text,
            mark: Mark::default(),
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Returns the character that comes after `skip` others.
    pub(super) fn ahead(&self, skip: usize) -> Option<char> {
        self.rest.chars().nth(skip)
    }

    /// Moves over one character that is not a line break.
    pub(super) fn advance(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        self.mark.index += 1;
        self.mark.column += 1;
        work::on(c.len_utf8());
        Some(c)
    }

    pub(super) fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.advance();
        }
    }

    /// Moves over characters that `wanted` accepts, none of them a line break.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let before = self.rest;
        while self.peek().is_some_and(&wanted) {
            self.advance();
        }
        before
            .get(..before.len() - self.rest.len())
            .unwrap_or_default()
    }

    /// Moves over a line break, if there is one. Returns what it counts as in a scalar.
    pub(super) fn line_break(&mut self) -> &'static str {
        let Some(c) = self.peek().filter(|c| is_break(*c)) else {
            return "";
        };
        self.advance();
        if c == '\r' && self.peek() == Some('\n') {
            self.advance();
        }
        self.mark.line += 1;
        self.mark.column = 0;
        match c {
            '\u{2028}' => "\u{2028}",
            '\u{2029}' => "\u{2029}",
            _ => "\n",
        }
    }

    /// Moves over a comment, to the end of its line.
    pub(super) fn comment(&mut self) {
        if self.peek() == Some('#') {
            self.take_while(|c| !is_break(c));
        }
    }

    /// Tells whether `---` or `...` comes here, at the start of a line.
    pub(super) fn at_document_mark(&self, mark: &str) -> bool {
        self.mark.column == 0
            && self
                .rest
                .strip_prefix(mark)
                .is_some_and(|after| ends_word(after.chars().next()))
    }

    /// Tells whether a document starts or ends here.
    pub(super) fn at_any_document_mark(&self) -> bool {
        self.at_document_mark("---") || self.at_document_mark("...")
    }
}
