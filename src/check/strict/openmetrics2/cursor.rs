//! Reads the tokens of a line from left to right.

use super::super::demand::Demand;
use super::demand;
use crate::bytes::scan::{self, Quote};
use crate::bytes::work;
use crate::error::ErrorKind;
use crate::text::shape::Piece;

/// Why a line cannot be read further, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) demand: Demand,
    pub(super) at: usize,
}

pub(super) type Read<T> = Result<T, Fault>;

/// Fails at byte `at` of the line.
pub(super) fn fail<T>(at: usize, demand: Demand) -> Read<T> {
    Err(Fault {
        kind: ErrorKind::Specification,
        demand,
        at,
    })
}

/// A token and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// A place in a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) line: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    pub(super) fn is_at(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    /// Passes over `text`; returns false if something else is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is_next = self.is_at(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    pub(super) fn expect(&mut self, text: &str, demand: Demand) -> Read<()> {
        match self.eat(text) {
            true => Ok(()),
            false => fail(self.at, demand),
        }
    }

    /// Reads up to one of those bytes, or to the end of the line.
    pub(super) fn token(&mut self, ends: &[u8]) -> Token<'a> {
        let rest = self.rest();
        let len = rest.bytes().position(|byte| ends.contains(&byte));
        let len = len.unwrap_or(rest.len());
        work::on(len);
        let token = Token {
            text: rest.get(..len).unwrap_or_default(),
            at: self.at,
        };
        self.at += len;
        token
    }

    /// Reads a name without quotes, as far as `run` finds it in bytes.
    pub(super) fn bare(&mut self, run: fn(&[u8]) -> usize) -> Piece {
        let len = run(self.rest().as_bytes());
        work::on(len);
        let piece = Piece::new(self.at, self.at + len);
        self.at += len;
        piece
    }

    /// Reads a text in quotes, whose opening quote is next. Returns what is between the quotes.
    pub(super) fn quoted(&mut self) -> Read<Piece> {
        self.at += 1;
        match scan::closing_quote(self.rest().as_bytes(), false) {
            Quote::Closed { end, escapes } => {
                let piece = Piece::quoted(self.at, self.at + end, escapes);
                self.at += end + 1;
                Ok(piece)
            }
            _ => fail(self.line.len(), demand::grammar("the closing quote")),
        }
    }
}

/// Returns the length of the digits that `text` begins with.
fn digits(text: &[u8]) -> usize {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    end.unwrap_or(text.len())
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Tells whether `text` is `[sign] 1*DIGIT`.
pub(super) fn is_int(text: &str) -> bool {
    let digits_only = unsigned(text);
    !digits_only.is_empty() && digits(digits_only.as_bytes()) == digits_only.len()
}

/// Tells whether `text` is `["+"] 1*DIGIT`.
pub(super) fn is_length(text: &str) -> bool {
    !text.starts_with('-') && is_int(text)
}

/// Tells whether `text` is a number other than NaN and the infinities.
pub(super) fn is_real(text: &str) -> bool {
    work::on(text.len());
    let mut rest = unsigned(text).as_bytes();
    let mut pass = |len: usize| {
        rest = rest.get(len..).unwrap_or_default();
        rest
    };
    let whole = digits(pass(0));
    let mut after = pass(whole);
    let mut fraction = 0;
    if after.first() == Some(&b'.') {
        fraction = digits(pass(1));
        after = pass(fraction);
    }
    if whole + fraction == 0 {
        return false;
    }
    match after.split_first() {
        None => true,
        Some((b'e' | b'E', _)) => std::str::from_utf8(pass(1)).is_ok_and(is_int),
        Some(_) => false,
    }
}

/// Tells whether `text` is a number, perhaps NaN or infinite.
pub(super) fn is_number(text: &str) -> bool {
    let is = |word: &str| unsigned(text).eq_ignore_ascii_case(word);
    is_real(text) || is("inf") || is("infinity") || text.eq_ignore_ascii_case("nan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for real in [
            "0", "042", "-1", "+1.", ".5", "-.5", "1.5", "1e3", "1E+3", "1.e-03", "1e309",
        ] {
            assert!(is_real(real) && is_number(real), "{real}");
        }
        for number in ["inf", "+Inf", "-INF", "infinity", "+Infinity", "nan", "NaN"] {
            assert!(!is_real(number) && is_number(number), "{number}");
        }
        for other in [
            "", "+", ".", "-.", "e3", "1e", "1e+", "1e1.5", "0x1", "1_0", "+nan", "-NaN", "++1",
            "1 ", "١", "infinit", "1f", "+-inf",
        ] {
            assert!(!is_number(other), "{other}");
        }
    }

    #[test]
    fn integers() {
        for int in ["0", "-0", "+3", "03", "-12345678901234567890"] {
            assert!(is_int(int), "{int}");
            assert_eq!(is_length(int), !int.starts_with('-'), "{int}");
        }
        for other in ["", "+", "1.", "1e1", "--1", "0x1"] {
            assert!(!is_int(other) && !is_length(other), "{other}");
        }
    }
}
