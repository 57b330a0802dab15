//! Checks selectors in Kubernetes' text form, as its own parsers do (spec C45d).

use super::selector::{is_value, key_problem};
use crate::bytes::work;

/// Returns what Kubernetes finds wrong with a label selector, if anything.
pub(super) fn label_problem(text: &str) -> Option<String> {
    work::on(text.len());
    let mut parser = Parser { rest: text };
    parser.requirements().err()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'t> {
    /// The end of the text.
    End,
    /// An operator, a comma, a parenthesis.
    Sign(&'t str),
    /// Everything else up to a blank or a sign.
    Word(&'t str),
}

/// The signs; the longer ones first.
const SIGNS: [&str; 8] = ["==", "!=", "=", "!", "(", ")", ",", ">"];

struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> (Token<'t>, &'t str) {
        let is_blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        let rest = self.rest.trim_start_matches(is_blank);
        let signs = SIGNS.into_iter().chain(["<"]);
        let sign = |sign: &str| Some((rest.get(..sign.len())?, rest.strip_prefix(sign)?));
        if let Some((sign, after)) = signs.filter_map(sign).next() {
            return (Token::Sign(sign), after);
        }
        let is_end = |c: char| is_blank(c) || "=!(),><".contains(c);
        let end = rest.find(is_end).unwrap_or(rest.len());
        match rest.split_at_checked(end) {
            None | Some(("", _)) => (Token::End, ""),
            Some((word, after)) => (Token::Word(word), after),
        }
    }

    fn next(&mut self) -> Token<'t> {
        let (token, after) = self.peek();
        self.rest = after;
        token
    }

    fn requirements(&mut self) -> Result<(), String> {
        if self.peek().0 == Token::End {
            return Ok(());
        }
        loop {
            self.requirement()?;
            match self.next() {
                Token::End => return Ok(()),
                Token::Sign(",") => {}
                found => return Err(expected("`,` or the end", found)),
            }
        }
    }

    fn requirement(&mut self) -> Result<(), String> {
        let is_absent = self.peek().0 == Token::Sign("!");
        if is_absent {
            self.next();
        }
        let key = match self.next() {
            Token::Word(key) => key,
            found => return Err(expected("the key of a label", found)),
        };
        if let Some(problem) = key_problem(key) {
            return Err(format!("{key:?} cannot be the key of a label: {problem}"));
        }
        if is_absent || matches!(self.peek().0, Token::End | Token::Sign(",")) {
            return Ok(());
        }
        match self.next() {
            Token::Word("in" | "notin") => self.values(),
            Token::Sign("=" | "==" | "!=") => self.one_value().and_then(value),
            Token::Sign(">" | "<") => {
                let number = self.one_value()?;
                match number.parse::<i64>() {
                    Ok(_) => Ok(()),
                    Err(_) => Err(format!("{number:?} is not a whole number")),
                }
            }
            found => Err(expected("an operator", found)),
        }
    }

    fn one_value(&mut self) -> Result<&'t str, String> {
        if matches!(self.peek().0, Token::End | Token::Sign(",")) {
            return Ok("");
        }
        match self.next() {
            Token::Word(value) => Ok(value),
            found => Err(expected("a value", found)),
        }
    }

    /// Reads values in parentheses; each may be left out.
    fn values(&mut self) -> Result<(), String> {
        match self.next() {
            Token::Sign("(") => {}
            found => return Err(expected("`(`", found)),
        }
        loop {
            match self.next() {
                Token::Sign(")") => return Ok(()),
                Token::Sign(",") => {}
                Token::Word(text) => {
                    value(text)?;
                    match self.peek().0 {
                        Token::Sign("," | ")") => {}
                        found => return Err(expected("`,` or `)`", found)),
                    }
                }
                found => return Err(expected("a value or `)`", found)),
            }
        }
    }
}

fn value(text: &str) -> Result<(), String> {
    match is_value(text) {
        true => Ok(()),
        false => Err(format!("{text:?} cannot be the value of a label")),
    }
}

fn expected(what: &str, found: Token<'_>) -> String {
    match found {
        Token::End => format!("expected {what}, found the end of the selector"),
        Token::Sign(text) | Token::Word(text) => format!("expected {what}, found {text:?}"),
    }
}

/// Returns what Kubernetes finds wrong with a field selector, if anything: terms `field=value`, with `==` or `!=`
/// too, between commas. A backslash stands before a comma, an equals sign or a backslash in a value.
pub(super) fn field_problem(text: &str) -> Option<String> {
    work::on(text.len());
    let mut is_escaped = false;
    let terms = text.split(|c: char| {
        let is_end = c == ',' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    terms.filter(|term| !term.is_empty()).find_map(|term| {
        let Some((_, value)) = term.split_once('=') else {
            return Some(format!("{term:?} is not field=value"));
        };
        let value = value.strip_prefix('=').unwrap_or(value);
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' if !matches!(chars.next(), Some('\\' | ',' | '=')) => {
                    return Some(format!("{value:?} has a `\\` that escapes nothing"));
                }
                '=' => return Some(format!("{value:?} has a `=` without `\\` before it")),
                _ => {}
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_selectors_as_kubernetes_reads_them() {
        for text in [
            "",
            " ",
            "a",
            "!a",
            "a=b",
            "a==b",
            "a!=b",
            "a=",
            "a==",
            "a in ()",
            "a in (b,c)",
            "a notin (b, ,c)",
            "a in (,)",
            "a.b/c=d , e",
            "a>1",
            "a<-1",
            "in in (in)",
            "x in (1,2),!y",
        ] {
            assert_eq!(label_problem(text), None, "{text}");
        }
        for (text, problem) in [
            ("a=b c", "expected `,` or the end, found \"c\""),
            ("=x", "expected the key of a label, found \"=\""),
            (
                "a,",
                "expected the key of a label, found the end of the selector",
            ),
            ("a in b", "expected `(`, found \"b\""),
            (
                "a in (b",
                "expected `,` or `)`, found the end of the selector",
            ),
            (
                "a in (",
                "expected a value or `)`, found the end of the selector",
            ),
            ("!a=b", "expected `,` or the end, found \"=\""),
            ("a is b", "expected an operator, found \"is\""),
            ("a=(b)", "expected a value, found \"(\""),
            ("a>b", "\"b\" is not a whole number"),
            ("a=b/c", "\"b/c\" cannot be the value of a label"),
            (
                "a/b/c",
                "\"a/b/c\" cannot be the key of a label: more than one `/`",
            ),
        ] {
            assert_eq!(label_problem(text).as_deref(), Some(problem), "{text}");
        }
    }

    #[test]
    fn field_selectors_as_kubernetes_reads_them() {
        for text in [
            "",
            "spec.nodeName=n1",
            "a==b",
            "a!=b,",
            "a=",
            r"a=b\,c",
            r"a=\=,b=\\",
        ] {
            assert_eq!(field_problem(text), None, "{text}");
        }
        for (text, problem) in [
            ("spec.nodeName", "\"spec.nodeName\" is not field=value"),
            ("a=b,c", "\"c\" is not field=value"),
            ("a=b=c", "\"b=c\" has a `=` without `\\` before it"),
            (r"a=\b", "\"\\\\b\" has a `\\` that escapes nothing"),
            (r"a=\", "\"\\\\\" has a `\\` that escapes nothing"),
        ] {
            assert_eq!(field_problem(text).as_deref(), Some(problem), "{text}");
        }
    }
}
