//! Decides what a scalar is, as Go's reader does: text, a number, a boolean or null.

/// A scalar's value. Text stays in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that fits only without a sign.
    Unsigned(u64),
    Float(f64),
    Timestamp,
    /// Text that encodes bytes.
    Binary,
    Text,
}

impl Resolved {
    /// Returns the tag of the kind.
    fn tag(self) -> &'static str {
        match self {
            Resolved::Null => "null",
            Resolved::Bool(_) => "bool",
            Resolved::Int(_) | Resolved::Unsigned(_) => "int",
            Resolved::Float(_) => "float",
            Resolved::Timestamp => "timestamp",
            Resolved::Binary => "binary",
            Resolved::Text => "str",
        }
    }
}

/// Returns the value of a scalar with a tag, or the tag's short name if the scalar does not fit it.
pub(super) fn tagged(tag: &str, text: &str) -> Result<Resolved, String> {
    let kind = match tag.strip_prefix("tag:yaml.org,2002:") {
        Some("binary") => return Ok(Resolved::Binary),
        Some(kind @ ("bool" | "int" | "float" | "null" | "timestamp")) => kind,
        // An unknown tag says nothing.
        _ => return Ok(Resolved::Text),
    };
    let resolved = match kind {
        "timestamp" => plain(text),
        _ => word_or_number(text),
    };
    match (kind, resolved) {
        ("float", Resolved::Int(value)) => Ok(Resolved::Float(value as f64)),
        (kind, resolved) if kind == resolved.tag() => Ok(resolved),
        _ => Err(kind.to_owned()),
    }
}

/// Returns the value of a scalar without quotes and tag.
pub(super) fn plain(text: &str) -> Resolved {
    match is_timestamp(text) {
        true => Resolved::Timestamp,
        false => word_or_number(text),
    }
}

fn word_or_number(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes() {
        [b'.', ..] => float(text).map_or(Resolved::Text, Resolved::Float),
        [b'+' | b'-' | b'0'..=b'9', ..] => number(&text.replace('_', "")),
        _ => Resolved::Text,
    }
}

fn number(text: &str) -> Resolved {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let value = integer(unsigned);
    let signed = value.and_then(|value| match negative {
        true => 0i64.checked_sub_unsigned(value),
        false => i64::try_from(value).ok(),
    });
    match (signed, value) {
        (Some(value), _) => Resolved::Int(value),
        // Go's reader has no sign before a number that needs all 64 bits.
        (None, Some(value)) if unsigned.len() == text.len() => Resolved::Unsigned(value),
        _ => float(text).map_or(Resolved::Text, Resolved::Float),
    }
}

/// Reads digits with Go's prefixes: `0x`, `0o` or `0`, `0b`.
fn integer(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    // Rust's own parser would accept another sign.
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain
        .then(|| u64::from_str_radix(digits, radix).ok())
        .flatten()
}

/// Reads a decimal fraction or power of ten, unless it is too large.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_number = all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && (fraction.is_empty() || !mantissa.starts_with('.')));
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    if !is_number || !has_exponent {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Tells whether Go's reader takes the text for a date or time: `2001-12-14`, `2001-12-14 21:59:43.1`, and
/// `2001-12-14T21:59:43Z` or with an offset.
fn is_timestamp(text: &str) -> bool {
    let year = text
        .get(..4)
        .filter(|year| year.bytes().all(|b| b.is_ascii_digit()));
    let Some((year, rest)) = year.and_then(|year| Some((year, text.get(4..)?.strip_prefix('-')?)))
    else {
        return false;
    };
    let two = |text: &str| -> Option<u32> {
        let fits = matches!(text.len(), 1 | 2) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse().ok()).flatten()
    };
    let end = rest.find(['T', 't', ' ']).unwrap_or(rest.len());
    let (date, time) = rest.split_at(end);
    let day = (date.split_once('-')).and_then(|(month, day)| Some((two(month)?, two(day)?)));
    let leap = year.parse().is_ok_and(|year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    });
    let is_day = day.is_some_and(|(month, day)| {
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            _ => 0,
        };
        (1..=days).contains(&day)
    });
    let mut chars = time.chars();
    let separator = chars.next();
    let time = chars.as_str();
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let is_zone = match separator {
        None => return is_day,
        Some(' ') => zone.is_empty(),
        Some(_) => is_zone(zone),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let mut parts = clock.split(':').map(two);
    let below = |part: Option<Option<u32>>, limit| part.flatten().is_some_and(|n| n < limit);
    let is_clock = below(parts.next(), 24)
        && below(parts.next(), 60)
        && below(parts.next(), 60)
        && parts.next().is_none();
    is_day && is_clock && is_fraction && is_zone
}

/// Tells whether the text is `Z` or like `+07:00`.
fn is_zone(zone: &str) -> bool {
    match zone.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => [a, b, c, d].iter().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// Decodes Base64. Skips line ends, as Go does.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| -> Option<u32> {
        Some(u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }))
    };
    let text: Vec<u8> = text
        .bytes()
        .filter(|b| !matches!(b, b'\n' | b'\r'))
        .collect();
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut groups = text.chunks(4).peekable();
    while let Some(group) = groups.next() {
        let padding = group.iter().rev().take_while(|byte| **byte == b'=').count();
        let is_last = groups.peek().is_none();
        if group.len() != 4 || padding > 2 || padding > 0 && !is_last {
            return None;
        }
        let mut bits = 0;
        for byte in group.iter().take(4 - padding) {
            bits = bits << 6 | digit(*byte)?;
        }
        bits <<= 6 * padding;
        let [_, all @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(all.get(..3 - padding)?);
    }
    Some(bytes)
}
