//! Splits text into tokens.
//!
//! A key is known to be one only when its `:` comes. So tokens wait in a queue while one of them may still
//! turn out to begin a key. In blocks, indentation opens and closes what brackets open and close elsewhere.

use std::collections::VecDeque;

use super::{
    YamlError,
    cursor::{Cursor, Mark, ends_word, is_blank, is_break, is_word},
    tag,
    token::Token,
};

/// How deep blocks may nest and, separately, brackets.
pub(super) const MAX_DEPTH: usize = 100;
/// How many characters there may be from the start of a key to its `:`.
const MAX_KEY: usize = 1024;

/// A place where a key may have begun.
struct PossibleKey {
    /// Whether only a key can be there.
    required: bool,
    /// The number of its first token.
    token: usize,
    mark: Mark,
}

pub(super) struct Scanner<'t> {
    pub(super) cursor: Cursor<'t>,
    /// Whether escapes that JSON has and YAML 1.1 lacks are read in double quotes.
    pub(super) json_escapes: bool,
    queue: VecDeque<(Token, Mark)>,
    /// How many tokens have been handed out.
    taken: usize,
    /// The column of the innermost block.
    indent: Option<usize>,
    indents: Vec<Option<usize>>,
    /// For the block and every open bracket: the place where a key may have begun.
    keys: Vec<Option<PossibleKey>>,
    key_allowed: bool,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, json_escapes: bool) -> Self {
        Scanner {
            cursor: Cursor::new(text),
            json_escapes,
            queue: VecDeque::new(),
            taken: 0,
            indent: None,
            indents: Vec::new(),
            keys: vec![None],
            key_allowed: true,
        }
    }

    /// Returns the next token and where it begins.
    pub(super) fn peek(&mut self) -> Result<(&Token, Mark), YamlError> {
        while self.needs_more()? {
            self.fetch()?;
        }
        let end = self.cursor.mark;
        Ok(match self.queue.front() {
            Some((token, mark)) => (token, *mark),
            None => (&Token::End, end),
        })
    }

    /// Takes the token that [`peek`](Self::peek) shows; the end token stays.
    pub(super) fn take(&mut self) -> Option<Token> {
        let (token, mark) = self.queue.pop_front()?;
        if token == Token::End {
            self.queue.push_front((token.clone(), mark));
        } else {
            self.taken += 1;
        }
        Some(token)
    }

    /// Tells whether the first token is not certain yet.
    fn needs_more(&mut self) -> Result<bool, YamlError> {
        if self.queue.is_empty() {
            return Ok(true);
        }
        let taken = self.taken;
        let first =
            (self.keys.iter()).position(|key| key.as_ref().is_some_and(|key| key.token == taken));
        match first {
            Some(level) => self.is_possible(level),
            None => Ok(false),
        }
    }

    /// Tells whether a key that may have begun is still possible: it is on this line, and near.
    fn is_possible(&mut self, level: usize) -> Result<bool, YamlError> {
        let now = self.cursor.mark;
        let Some(slot) = self.keys.get_mut(level) else {
            return Ok(false);
        };
        let Some(key) = slot else {
            return Ok(false);
        };
        if key.mark.line == now.line && key.mark.index + MAX_KEY >= now.index {
            return Ok(true);
        }
        if key.required {
            return Err(no_colon(key.mark));
        }
        *slot = None;
        Ok(false)
    }

    fn is_flow(&self) -> bool {
        self.keys.len() > 1
    }

    /// Returns the smallest column, counted from 1, that contents of the innermost block may have.
    pub(super) fn least_column(&self) -> usize {
        self.indent.map_or(0, |indent| indent + 1)
    }

    pub(super) fn in_brackets(&self) -> bool {
        self.is_flow()
    }

    /// Allows a key after a scalar that spans lines.
    pub(super) fn allow_key(&mut self) {
        self.key_allowed = true;
    }

    fn push(&mut self, token: Token, mark: Mark) {
        self.queue.push_back((token, mark));
    }

    /// Puts a token before the one with that number.
    fn insert(&mut self, number: usize, token: Token, mark: Mark) {
        let place = number.saturating_sub(self.taken).min(self.queue.len());
        self.queue.insert(place, (token, mark));
    }

    fn fetch(&mut self) -> Result<(), YamlError> {
        self.skip_to_token();
        let mark = self.cursor.mark;
        self.unroll(Some(mark.column));
        let Some(c) = self.cursor.peek() else {
            return self.end();
        };
        let next = self.cursor.ahead(1);
        let flow = self.is_flow();
        match c {
            '%' if mark.column == 0 => self.directive(),
            '-' if self.cursor.at_document_mark("---") => self.document_mark(Token::DocumentStart),
            '.' if self.cursor.at_document_mark("...") => self.document_mark(Token::DocumentEnd),
            '[' => self.open(Token::ListStart),
            '{' => self.open(Token::MapStart),
            ']' => self.close(Token::ListEnd),
            '}' => self.close(Token::MapEnd),
            ',' => {
                self.drop_key()?;
                self.key_allowed = true;
                self.indicator(Token::Comma)
            }
            '-' if ends_word(next) => self.item(),
            '?' if flow || ends_word(next) => self.key(),
            ':' if flow || ends_word(next) => self.value(),
            '*' | '&' => self.anchor(c),
            '!' => {
                self.save_key()?;
                self.key_allowed = false;
                let token = tag::scan(&mut self.cursor)?;
                self.push(token, mark);
                Ok(())
            }
            '|' | '>' if !flow => {
                self.drop_key()?;
                self.key_allowed = true;
                let text = self.block_scalar(c == '|')?;
                self.push(Token::Scalar { text, plain: false }, mark);
                Ok(())
            }
            '\'' | '"' => {
                self.save_key()?;
                self.key_allowed = false;
                let text = self.quoted(c)?;
                self.push(Token::Scalar { text, plain: false }, mark);
                Ok(())
            }
            '\t' => Err(YamlError::at("a tab where only spaces indent", mark)),
            '%' | '@' | '`' | '|' | '>' => Err(YamlError::at(
                format_args!("`{c}` cannot begin a value: put it in quotes"),
                mark,
            )),
            _ => {
                self.save_key()?;
                self.key_allowed = false;
                let text = self.plain()?;
                self.push(Token::Scalar { text, plain: true }, mark);
                Ok(())
            }
        }
    }

    /// Moves over blanks, comments and line ends. A tab does not indent, so it is skipped only where no key
    /// may begin.
    fn skip_to_token(&mut self) {
        loop {
            let tabs = self.is_flow() || !self.key_allowed;
            self.cursor.take_while(|c| c == ' ' || tabs && c == '\t');
            self.cursor.comment();
            if !self.cursor.peek().is_some_and(is_break) {
                return;
            }
            self.cursor.line_break();
            if !self.is_flow() {
                self.key_allowed = true;
            }
        }
    }

    /// Remembers that a key may begin here.
    fn save_key(&mut self) -> Result<(), YamlError> {
        if !self.key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark;
        let required = !self.is_flow() && self.indent == Some(mark.column);
        self.drop_key()?;
        let token = self.taken + self.queue.len();
        if let Some(slot) = self.keys.last_mut() {
            *slot = Some(PossibleKey {
                required,
                token,
                mark,
            });
        }
        Ok(())
    }

    /// Gives up the possible key that began last.
    fn drop_key(&mut self) -> Result<(), YamlError> {
        match self.keys.last_mut().and_then(Option::take) {
            Some(key) if key.required => Err(no_colon(key.mark)),
            _ => Ok(()),
        }
    }

    /// Opens a block at a column right of the innermost one, before the token with that number or as the
    /// next.
    fn roll(
        &mut self,
        column: usize,
        number: Option<usize>,
        token: Token,
        mark: Mark,
    ) -> Result<(), YamlError> {
        if self.is_flow() || self.indent.is_some_and(|indent| indent >= column) {
            return Ok(());
        }
        if self.indents.len() >= MAX_DEPTH {
            return Err(too_deep(mark));
        }
        self.indents.push(self.indent);
        self.indent = Some(column);
        match number {
            Some(number) => self.insert(number, token, mark),
            None => self.push(token, mark),
        }
        Ok(())
    }

    /// Closes the blocks right of the column.
    fn unroll(&mut self, column: Option<usize>) {
        if self.is_flow() {
            return;
        }
        while self.indent > column {
            let mark = self.cursor.mark;
            self.push(Token::BlockEnd, mark);
            self.indent = self.indents.pop().flatten();
        }
    }

    fn indicator(&mut self, token: Token) -> Result<(), YamlError> {
        let mark = self.cursor.mark;
        self.cursor.advance();
        self.push(token, mark);
        Ok(())
    }

    fn end(&mut self) -> Result<(), YamlError> {
        self.unroll(None);
        // No `:` can come for any of them.
        for key in self.keys.iter_mut().filter_map(Option::take) {
            if key.required {
                return Err(no_colon(key.mark));
            }
        }
        self.key_allowed = false;
        let mark = self.cursor.mark;
        self.push(Token::End, mark);
        Ok(())
    }

    fn document_mark(&mut self, token: Token) -> Result<(), YamlError> {
        self.unroll(None);
        self.drop_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark;
        self.cursor.skip(3);
        self.push(token, mark);
        Ok(())
    }

    fn open(&mut self, token: Token) -> Result<(), YamlError> {
        self.save_key()?;
        if self.keys.len() > MAX_DEPTH {
            return Err(too_deep(self.cursor.mark));
        }
        self.keys.push(None);
        self.key_allowed = true;
        self.indicator(token)
    }

    fn close(&mut self, token: Token) -> Result<(), YamlError> {
        self.drop_key()?;
        if self.is_flow() {
            self.keys.pop();
        }
        self.key_allowed = false;
        self.indicator(token)
    }

    fn item(&mut self) -> Result<(), YamlError> {
        let mark = self.cursor.mark;
        if !self.is_flow() {
            if !self.key_allowed {
                return Err(YamlError::at("a list cannot begin here", mark));
            }
            self.roll(mark.column, None, Token::BlockListStart, mark)?;
        }
        self.drop_key()?;
        self.key_allowed = true;
        self.indicator(Token::Item)
    }

    fn key(&mut self) -> Result<(), YamlError> {
        let mark = self.cursor.mark;
        if !self.is_flow() {
            if !self.key_allowed {
                return Err(YamlError::at("a key cannot begin here", mark));
            }
            self.roll(mark.column, None, Token::BlockMapStart, mark)?;
        }
        self.drop_key()?;
        self.key_allowed = !self.is_flow();
        self.indicator(Token::Key)
    }

    fn value(&mut self) -> Result<(), YamlError> {
        let mark = self.cursor.mark;
        let possible = self.is_possible(self.keys.len() - 1)?;
        match self.keys.last_mut().and_then(Option::take) {
            Some(key) if possible => {
                self.insert(key.token, Token::Key, key.mark);
                let number = Some(key.token);
                self.roll(key.mark.column, number, Token::BlockMapStart, key.mark)?;
                self.key_allowed = false;
            }
            _ => {
                if !self.is_flow() {
                    if !self.key_allowed {
                        return Err(YamlError::at(
                            "a `: ` cannot stand here: put a value that has one in quotes",
                            mark,
                        ));
                    }
                    self.roll(mark.column, None, Token::BlockMapStart, mark)?;
                }
                self.key_allowed = !self.is_flow();
            }
        }
        self.indicator(Token::Value)
    }

    fn anchor(&mut self, sign: char) -> Result<(), YamlError> {
        self.save_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark;
        self.cursor.advance();
        let name = self.cursor.take_while(is_word).to_owned();
        let next = self.cursor.peek();
        let ends = ends_word(next)
            || next.is_some_and(|c| matches!(c, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`'));
        if name.is_empty() || !ends {
            let what = match sign {
                '*' => {
                    "an alias needs a name of letters, digits, `_` and `-` after the `*`: put a value that begins with it in quotes"
                }
                _ => {
                    "an anchor needs a name of letters, digits, `_` and `-` after the `&`: put a value that begins with it in quotes"
                }
            };
            return Err(YamlError::at(what, mark));
        }
        let token = match sign {
            '*' => Token::Alias(name),
            _ => Token::Anchor(name),
        };
        self.push(token, mark);
        Ok(())
    }

    fn directive(&mut self) -> Result<(), YamlError> {
        self.unroll(None);
        self.drop_key()?;
        self.key_allowed = false;
        let mark = self.cursor.mark;
        let token = tag::directive(&mut self.cursor)?;
        self.cursor.take_while(is_blank);
        self.cursor.comment();
        if !self.cursor.peek().is_none_or(is_break) {
            return Err(YamlError::at("more than a directive on its line", mark));
        }
        self.cursor.line_break();
        self.push(token, mark);
        Ok(())
    }
}

fn no_colon(mark: Mark) -> YamlError {
    YamlError::at("expected a key, but no `:` follows", mark)
}

fn too_deep(mark: Mark) -> YamlError {
    YamlError::at(format_args!("nests deeper than {MAX_DEPTH} levels"), mark)
}
