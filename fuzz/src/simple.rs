//! A parser that takes a line apart from left to right without knowing escapes: the opponent of the target
//! `oracle`, as an example.

use super::point::{Point, point};

/// Returns the lines that the parser below is made for: printable ASCII without a backslash, with quotes in
/// pairs.
pub fn within_reach(data: &[u8]) -> Vec<u8> {
    let is_simple = |line: &&[u8]| {
        let plain = |byte: &u8| (b' '..=b'~').contains(byte) && *byte != b'\\';
        let quotes = line.iter().filter(|byte| **byte == b'"').count();
        line.iter().all(plain) && quotes % 2 == 0
    };
    let mut body: Vec<u8> = Vec::new();
    for line in data.split(|byte| *byte == b'\n').filter(is_simple) {
        body.extend_from_slice(line);
        body.push(b'\n');
    }
    body
}

/// Returns the samples of a body. Lines with errors, and lines that are not samples, are left out.
pub fn samples(body: &[u8]) -> Vec<Point> {
    let text = String::from_utf8_lossy(body);
    text.lines().filter_map(sample).collect()
}

fn sample(line: &str) -> Option<Point> {
    let mut rest = Rest(line);
    rest.skip_blanks();
    let mut name = rest.word(|c| c == ':');
    let mut behind_name = rest;
    behind_name.skip_blanks();
    let mut labels = Vec::new();
    if behind_name.eat('{') {
        rest = behind_name;
        loop {
            rest.skip_blanks();
            if rest.eat('}') {
                break;
            }
            let (key, quoted) = match rest.quoted() {
                Some(key) => (key, true),
                None => (rest.word(|_| false)?, false),
            };
            rest.skip_blanks();
            if rest.eat('=') {
                rest.skip_blanks();
                labels.push((key.to_owned(), rest.quoted()?.to_owned()));
                rest.skip_blanks();
                let goes_on = |c: char| matches!(c, '}' | '"' | '_') || c.is_ascii_alphabetic();
                if !rest.eat(',') && !rest.0.starts_with(goes_on) {
                    return None;
                }
            } else if quoted && name.is_none() && (rest.eat(',') || rest.0.starts_with('}')) {
                name = Some(key);
            } else {
                return None;
            }
        }
    }
    rest.skip_blanks();
    let value = number(rest.token())?;
    rest.skip_blanks();
    if !rest.0.is_empty() {
        let time = rest.token();
        let digits = !time.is_empty() && time.bytes().all(|b| b.is_ascii_digit());
        if !digits || time.parse::<i64>().is_err() {
            return None;
        }
    }
    rest.skip_blanks();
    match rest.0 {
        "" => Some(point(name?.to_owned(), labels, value)),
        _ => None,
    }
}

/// Parses what both Go and Rust accept as a number; Go does not allow a sign before NaN and does not parse an
/// overflow as infinite.
fn number(word: &str) -> Option<f64> {
    let number: f64 = word.parse().ok()?;
    let letters = word.trim_start_matches(['+', '-']);
    let signed = letters.len() < word.len();
    let spelled = letters.starts_with(['i', 'I']);
    match () {
        () if number.is_nan() && signed => None,
        () if number.is_infinite() && !spelled => None,
        () => Some(number),
    }
}

/// The unread rest of a line.
#[derive(Clone, Copy)]
struct Rest<'l>(&'l str);

impl<'l> Rest<'l> {
    fn skip_blanks(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }

    fn eat(&mut self, c: char) -> bool {
        let after = self.0.strip_prefix(c);
        self.0 = after.unwrap_or(self.0);
        after.is_some()
    }

    fn take_while(&mut self, part: impl Fn(char) -> bool) -> &'l str {
        let end = self.0.find(|c| !part(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    /// Returns a name of letters, digits, underscores and further characters in `more`, if there is one.
    fn word(&mut self, more: impl Fn(char) -> bool) -> Option<&'l str> {
        if self.0.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_' || more(c));
        Some(word).filter(|word| !word.is_empty())
    }

    fn quoted(&mut self) -> Option<&'l str> {
        let (text, rest) = self.0.strip_prefix('"')?.split_once('"')?;
        self.0 = rest;
        Some(text)
    }

    fn token(&mut self) -> &'l str {
        self.take_while(|c| c != ' ' && c != '{')
    }
}
