//! Tags and directives, which begin with `!` or `%`.

use super::{
    YamlError,
    cursor::{Cursor, Mark, ends_word, is_blank, is_word},
    token::Token,
};

/// Reads a tag: `!`, `!local`, `!!int`, `!handle!rest` or `!<whole>`.
pub(super) fn scan(cursor: &mut Cursor<'_>) -> Result<Token, YamlError> {
    let start = cursor.mark;
    let (handle, rest) = if cursor.ahead(1) == Some('<') {
        cursor.skip(2);
        let rest = uri(cursor, String::new(), start)?;
        if cursor.advance() != Some('>') {
            return Err(YamlError::at("a tag without its `>`", start));
        }
        (String::new(), rest)
    } else {
        let handle = handle(cursor);
        if handle.len() > 1 && handle.ends_with('!') {
            let rest = uri(cursor, String::new(), start)?;
            (handle, rest)
        } else {
            // It was the start of the tag itself.
            let begun = handle.get(1..).unwrap_or_default().to_owned();
            match begun.is_empty() && ends_word(cursor.peek()) {
                true => (String::new(), "!".to_owned()),
                false => ("!".to_owned(), uri(cursor, begun, start)?),
            }
        }
    };
    if ends_word(cursor.peek()) {
        Ok(Token::Tag(handle, rest))
    } else {
        Err(YamlError::at("a tag needs a blank after it", start))
    }
}

/// Reads `!`, `!word` or `!word!`.
fn handle(cursor: &mut Cursor<'_>) -> String {
    let mut handle = String::new();
    handle.extend(cursor.advance());
    handle.push_str(cursor.take_while(is_word));
    if cursor.peek() == Some('!') {
        handle.extend(cursor.advance());
    }
    handle
}

fn uri(cursor: &mut Cursor<'_>, begun: String, start: Mark) -> Result<String, YamlError> {
    let mut uri = begun;
    uri.push_str(cursor.take_while(|c| is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c)));
    if cursor.peek() == Some('%') {
        return Err(YamlError::at("a tag with `%` escapes is not read", start));
    }
    match uri.is_empty() {
        true => Err(YamlError::at("a tag without a name", start)),
        false => Ok(uri),
    }
}

/// Reads `%YAML` or `%TAG` and its arguments.
pub(super) fn directive(cursor: &mut Cursor<'_>) -> Result<Token, YamlError> {
    let start = cursor.mark;
    cursor.advance();
    let name = cursor.take_while(is_word);
    if !ends_word(cursor.peek()) || !matches!(name, "YAML" | "TAG") {
        return Err(YamlError::at(
            "a directive other than `%YAML` and `%TAG`",
            start,
        ));
    }
    cursor.take_while(is_blank);
    if name == "YAML" {
        let major = number(cursor, start)?;
        if cursor.advance() != Some('.') {
            return Err(YamlError::at("`%YAML` needs a version such as 1.1", start));
        }
        return Ok(Token::Version(major, number(cursor, start)?));
    }
    let handle = match cursor.peek() {
        Some('!') => handle(cursor),
        _ => String::new(),
    };
    let named = handle == "!" || handle.len() > 1 && handle.ends_with('!');
    if !named || !cursor.peek().is_some_and(is_blank) {
        return Err(YamlError::at("`%TAG` needs a handle such as `!e!`", start));
    }
    cursor.take_while(is_blank);
    let prefix = uri(cursor, String::new(), start)?;
    if !ends_word(cursor.peek()) {
        return Err(YamlError::at("`%TAG` needs a prefix and no more", start));
    }
    Ok(Token::Handle(handle, prefix))
}

fn number(cursor: &mut Cursor<'_>, start: Mark) -> Result<u8, YamlError> {
    let digits = cursor.take_while(|c| c.is_ascii_digit());
    let number = Some(digits).filter(|digits| digits.len() <= 2);
    number
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| YamlError::at("`%YAML` needs a version such as 1.1", start))
}
