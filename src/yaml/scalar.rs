//! Scalars: plain, in quotes, and in blocks.

use super::{
    YamlError,
    cursor::{Mark, ends_word, is_blank, is_break},
    scan::Scanner,
};

/// The space between two words of a scalar that may span several lines.
#[derive(Default)]
struct Gap {
    blanks: String,
    /// The first line break; empty if there were only blanks or the break is escaped.
    first: &'static str,
    /// The breaks of the empty lines after it.
    more: String,
    has_break: bool,
}

impl Gap {
    /// Adds the gap's meaning: one break is a blank, several are one fewer.
    fn fold_into(&mut self, text: &mut String) {
        if !self.has_break && self.blanks.is_empty() {
            return;
        }
        if !self.has_break {
            text.push_str(&self.blanks);
        } else if self.first != "\n" {
            text.push_str(self.first);
            text.push_str(&self.more);
        } else if self.more.is_empty() {
            text.push(' ');
        } else {
            text.push_str(&self.more);
        }
        *self = Gap::default();
    }
}

impl Scanner<'_> {
    /// Moves over blanks and line breaks. In blocks, a tab left of `least` would indent.
    fn gap(&mut self, gap: &mut Gap, least: Option<usize>) -> Result<(), YamlError> {
        while let Some(c) = self.cursor.peek() {
            if is_blank(c) {
                let mark = self.cursor.mark;
                if c == '\t' && gap.has_break && least.is_some_and(|least| mark.column < least) {
                    return Err(YamlError::at("a tab where only spaces indent", mark));
                }
                self.cursor.advance();
                if !gap.has_break {
                    gap.blanks.push(c);
                }
            } else if !is_break(c) {
                break;
            } else if gap.has_break {
                gap.more.push_str(self.cursor.line_break());
            } else {
                gap.blanks.clear();
                gap.first = self.cursor.line_break();
                gap.has_break = true;
            }
        }
        Ok(())
    }

    /// Reads a scalar without quotes.
    pub(super) fn plain(&mut self) -> Result<String, YamlError> {
        let flow = self.in_brackets();
        let least = self.least_column();
        let mut text = String::new();
        let mut gap = Gap::default();
        loop {
            if self.cursor.at_any_document_mark() || self.cursor.peek() == Some('#') {
                break;
            }
            while let Some(c) = self.cursor.peek() {
                let ends = match c {
                    ':' => ends_word(self.cursor.ahead(1)),
                    ',' | '?' | '[' | ']' | '{' | '}' => flow,
                    _ => is_blank(c) || is_break(c),
                };
                if ends {
                    break;
                }
                gap.fold_into(&mut text);
                text.extend(self.cursor.advance());
            }
            let is_more = |c| is_blank(c) || is_break(c);
            if !self.cursor.peek().is_some_and(is_more) {
                break;
            }
            self.gap(&mut gap, Some(least))?;
            if !flow && self.cursor.mark.column < least {
                break;
            }
        }
        if gap.has_break {
            self.allow_key();
        }
        Ok(text)
    }

    /// Reads a scalar in single or double quotes.
    pub(super) fn quoted(&mut self, quote: char) -> Result<String, YamlError> {
        let start = self.cursor.mark;
        self.cursor.advance();
        let mut text = String::new();
        let mut gap = Gap::default();
        loop {
            if self.cursor.at_any_document_mark() {
                let mark = self.cursor.mark;
                return Err(YamlError::at("a document ends inside quotes", mark));
            }
            while let Some(c) = self.cursor.peek() {
                if is_blank(c) || is_break(c) || c == quote && c == '"' {
                    break;
                }
                if c == quote {
                    if self.cursor.ahead(1) != Some(quote) {
                        break;
                    }
                    self.cursor.skip(2);
                    text.push(quote);
                } else if c == '\\' && quote == '"' {
                    if self.cursor.ahead(1).is_some_and(is_break) {
                        self.cursor.advance();
                        self.cursor.line_break();
                        gap.has_break = true;
                        break;
                    }
                    self.escape(&mut text)?;
                } else {
                    text.push(c);
                    self.cursor.advance();
                }
            }
            if self.cursor.peek() == Some(quote) {
                self.cursor.advance();
                return Ok(text);
            }
            if self.cursor.peek().is_none() {
                let message = format_args!("no `{quote}` ends what begins here");
                return Err(YamlError::at(message, start));
            }
            self.gap(&mut gap, None)?;
            gap.fold_into(&mut text);
        }
    }

    /// Reads an escape that begins with a backslash in double quotes.
    fn escape(&mut self, text: &mut String) -> Result<(), YamlError> {
        let mark = self.cursor.mark;
        self.cursor.advance();
        let c = self.cursor.peek();
        let stands_for = match c {
            Some('0') => '\0',
            Some('a') => '\x07',
            Some('b') => '\x08',
            Some('t' | '\t') => '\t',
            Some('n') => '\n',
            Some('v') => '\x0B',
            Some('f') => '\x0C',
            Some('r') => '\r',
            Some('e') => '\x1B',
            Some(c @ (' ' | '"' | '\'' | '\\')) => c,
            Some('/') if self.json_escapes => '/',
            Some('N') => '\u{85}',
            Some('_') => '\u{A0}',
            Some('L') => '\u{2028}',
            Some('P') => '\u{2029}',
            Some('x') => return self.code(2, mark, text),
            Some('u') => return self.code(4, mark, text),
            Some('U') => return self.code(8, mark, text),
            _ => {
                let c = c.unwrap_or(' ');
                return Err(YamlError::at(
                    format_args!(
                        "there is no escape `\\{c}`: write `\\\\{c}`, or use single quotes"
                    ),
                    mark,
                ));
            }
        };
        self.cursor.advance();
        text.push(stands_for);
        Ok(())
    }

    fn code(&mut self, digits: usize, mark: Mark, text: &mut String) -> Result<(), YamlError> {
        let first = self.hexadecimal(digits, mark)?;
        let code = match first {
            0xD800..=0xDBFF if self.json_escapes && digits == 4 => {
                let pair = self.cursor.peek() == Some('\\') && self.cursor.ahead(1) == Some('u');
                if pair {
                    self.cursor.advance();
                }
                let second = match pair {
                    true => self.hexadecimal(digits, mark)?,
                    false => 0,
                };
                match second {
                    0xDC00..=0xDFFF => 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => first,
                }
            }
            code => code,
        };
        text.push(
            char::from_u32(code).ok_or_else(|| {
                YamlError::at("an escape for what is not a Unicode character", mark)
            })?,
        );
        Ok(())
    }

    /// Moves over a letter and reads the digits after it.
    fn hexadecimal(&mut self, digits: usize, mark: Mark) -> Result<u32, YamlError> {
        self.cursor.advance();
        let mut code = 0u32;
        for _ in 0..digits {
            let digit = self.cursor.peek().and_then(|c| c.to_digit(16));
            let digit = digit.ok_or_else(|| {
                YamlError::at(
                    format_args!("an escape that needs {digits} hexadecimal digits"),
                    mark,
                )
            })?;
            // Eight digits without their first are not a character anyway.
            code = code.saturating_mul(16).saturating_add(digit);
            self.cursor.advance();
        }
        Ok(code)
    }

    /// Reads a scalar after `|` or `>`.
    pub(super) fn block_scalar(&mut self, literal: bool) -> Result<String, YamlError> {
        let start = self.cursor.mark;
        self.cursor.advance();
        let (mut keep, mut increment) = (None, None);
        for _ in 0..2 {
            match self.cursor.peek() {
                Some(c @ ('+' | '-')) if keep.is_none() => keep = Some(c == '+'),
                Some('0') if increment.is_none() => {
                    return Err(YamlError::at("a block cannot be indented by 0", start));
                }
                Some(c @ '1'..='9') if increment.is_none() => {
                    increment = c.to_digit(10);
                }
                _ => break,
            }
            self.cursor.advance();
        }
        self.cursor.take_while(is_blank);
        self.cursor.comment();
        if !self.cursor.peek().is_none_or(is_break) {
            let mark = self.cursor.mark;
            return Err(YamlError::at(
                "a block's text begins on the next line",
                mark,
            ));
        }
        self.cursor.line_break();

        let outside = self.least_column();
        let mut indent = increment.map(|by| outside.saturating_sub(1) + by as usize);
        let mut text = String::new();
        let mut first = "";
        let mut empty = String::new();
        self.empty_lines(&mut indent, outside, &mut empty)?;
        let mut was_blank = false;
        while Some(self.cursor.mark.column) == indent && self.cursor.peek().is_some() {
            let blank = self.cursor.peek().is_some_and(is_blank);
            // A line that begins with a blank is not folded, and neither is its neighbour.
            if !literal && first == "\n" && !was_blank && !blank {
                if empty.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(first);
            }
            text.push_str(&empty);
            empty.clear();
            was_blank = blank;
            text.push_str(self.cursor.take_while(|c| !is_break(c)));
            first = self.cursor.line_break();
            self.empty_lines(&mut indent, outside, &mut empty)?;
        }
        if keep != Some(false) {
            text.push_str(first);
        }
        if keep == Some(true) {
            text.push_str(&empty);
        }
        Ok(text)
    }

    /// Moves over empty lines and the indentation of the next line, which is found out if it is not known
    /// yet.
    fn empty_lines(
        &mut self,
        indent: &mut Option<usize>,
        outside: usize,
        breaks: &mut String,
    ) -> Result<(), YamlError> {
        let mut widest = 0;
        loop {
            while indent.is_none_or(|indent| self.cursor.mark.column < indent)
                && self.cursor.peek() == Some(' ')
            {
                self.cursor.advance();
            }
            let mark = self.cursor.mark;
            widest = widest.max(mark.column);
            if indent.is_none_or(|indent| mark.column < indent) && self.cursor.peek() == Some('\t')
            {
                return Err(YamlError::at("a tab where only spaces indent", mark));
            }
            if !self.cursor.peek().is_some_and(is_break) {
                break;
            }
            breaks.push_str(self.cursor.line_break());
        }
        indent.get_or_insert(widest.max(outside).max(1));
        Ok(())
    }
}
