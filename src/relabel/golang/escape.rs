//! Escapes and character classes.

use super::{
    RegexError,
    ast::Kind,
    class::{Class, Item, MAX},
    names,
    parse::{Parser, Read},
};
use crate::bytes::work;

impl<'t> Parser<'t> {
    pub(super) fn bad_escape(&self, start: usize) -> RegexError {
        RegexError::Escape {
            text: self.since(start),
            at: self.offset(start),
        }
    }

    /// Reads `\pL`, `\p{Greek}`, `\d` and similar, if one comes here.
    pub(super) fn named_class(&mut self) -> Read<Option<Item>> {
        let start = self.at;
        let rest = self.rest();
        let Some(letter) = rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) else {
            return Ok(None);
        };
        if !matches!(letter, 'p' | 'P') {
            let item = names::perl(letter);
            self.skip(if item.is_some() { 2 } else { 0 });
            return Ok(item);
        }
        self.skip(2);
        let name = match self.peek() {
            Some('{') => {
                let end = rest.find('}');
                self.at = end.map_or(self.text.len(), |end| start + end + 1);
                end.and_then(|end| rest.get(3..end))
            }
            _ => {
                self.next();
                self.text.get(start + 2..self.at)
            }
        };
        let item = name.and_then(|name| match name.strip_prefix('^') {
            Some(name) => names::unicode(name, letter == 'p'),
            None => names::unicode(name, letter == 'P'),
        });
        item.map(Some).ok_or_else(|| self.bad_range(start))
    }

    fn bad_range(&self, start: usize) -> RegexError {
        RegexError::ClassRange {
            text: self.since(start),
            at: self.offset(start),
        }
    }

    /// Reads an escape for one character.
    pub(super) fn escape(&mut self) -> Read<u32> {
        let start = self.at;
        self.skip(1);
        let code = match self.next() {
            Some('a') => 0x07,
            Some('f') => 0x0C,
            Some('n') => 0x0A,
            Some('r') => 0x0D,
            Some('t') => 0x09,
            Some('v') => 0x0B,
            // A single digit other than 0 would refer to a group.
            Some('1'..='7') if !matches!(self.peek(), Some('0'..='7')) => {
                return Err(self.bad_escape(start));
            }
            Some(c @ '0'..='7') => {
                let mut code = c.to_digit(8).unwrap_or_default();
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    self.skip(1);
                    code = code * 8 + digit;
                }
                code
            }
            Some('x') => return self.hexadecimal(start),
            Some(c) if c.is_ascii() && !c.is_ascii_alphanumeric() => c.into(),
            _ => return Err(self.bad_escape(start)),
        };
        Ok(code)
    }

    fn hexadecimal(&mut self, start: usize) -> Read<u32> {
        let first = self.next();
        if first == Some('{') {
            let mut code = None;
            loop {
                match self.next() {
                    Some('}') => return code.ok_or_else(|| self.bad_escape(start)),
                    Some(c) => {
                        let digit = c.to_digit(16);
                        let longer = digit.map(|digit| code.unwrap_or(0) * 16 + digit);
                        code = longer.filter(|code| *code <= MAX);
                        if code.is_none() {
                            return Err(self.bad_escape(start));
                        }
                    }
                    None => return Err(self.bad_escape(start)),
                }
            }
        }
        let digit = |c: Option<char>| c.and_then(|c| c.to_digit(16));
        let second = self.next();
        match (digit(first), digit(second)) {
            (Some(high), Some(low)) => Ok(high * 16 + low),
            _ => Err(self.bad_escape(start)),
        }
    }

    /// Reads `[…]`.
    pub(super) fn class(&mut self) -> Read<()> {
        let open = self.at;
        self.skip(1);
        let mut class = Class {
            fold: self.flags.fold,
            ..Class::default()
        };
        if self.peek() == Some('^') {
            self.skip(1);
            class.negated = true;
        }
        let mut first = true;
        while first || self.peek() != Some(']') {
            first = false;
            let start = self.at;
            if let Some(name) = self.class_name() {
                self.skip(name.len() + 4);
                let item = names::posix(name).ok_or_else(|| self.bad_range(start))?;
                class.items.push(item);
            } else if let Some(item) = self.named_class()? {
                class.items.push(item);
            } else {
                let low = self.class_char(open)?;
                let mut high = low;
                let range = self.rest().strip_prefix('-');
                if range.is_some_and(|after| !after.is_empty() && !after.starts_with(']')) {
                    self.skip(1);
                    high = self.class_char(open)?;
                }
                if high < low {
                    return Err(self.bad_range(start));
                }
                class.items.push(Item::Range(low, high));
            }
        }
        self.skip(1);
        self.push(Kind::Class(class))
    }

    /// Returns the name in `[:name:]`, if that comes here.
    fn class_name(&mut self) -> Option<&'t str> {
        let inside = self.at + 2;
        let rest = self.rest().strip_prefix("[:")?;
        let (from, found) = self.named_end;
        // Most that look like one are not: the end of the next one is searched only once.
        let is_known = from <= inside && found.is_none_or(|end| end >= inside);
        if !is_known {
            let len = rest.find(":]");
            work::on(len.unwrap_or(rest.len()));
            self.named_end = (inside, len.map(|len| inside + len));
        }
        self.text.get(inside..self.named_end.1?)
    }

    fn class_char(&mut self, open: usize) -> Read<u32> {
        match self.peek() {
            Some('\\') => self.escape(),
            Some(c) => {
                self.skip(c.len_utf8());
                Ok(c.into())
            }
            None => Err(RegexError::MissingBracket {
                open: self.offset(open),
            }),
        }
    }
}
