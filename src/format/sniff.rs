//! What a body without a header looks like.

/// The tags of a family's strings and messages: name, help, metric, unit.
const NAME: u8 = 0x0a;
const HELP: u8 = 0x12;
const METRIC: u8 = 0x22;
const UNIT: u8 = 0x2a;
/// The tag of its type, which is a number.
const TYPE: u8 = 0x18;

/// Tells whether a body begins with a family in protobuf, as writers lay it out: a length, the family's name,
/// then other fields up to that length or, in a body that was cut off, up to its end.
///
/// No text does: its first line would be a single character, and the next line would begin with a control
/// character or be no name.
pub(super) fn is_protobuf(body: &[u8]) -> bool {
    looks_like_a_family(body).unwrap_or(false)
}

/// `None` where the body ends too early to tell.
fn looks_like_a_family(body: &[u8]) -> Option<bool> {
    let (length, rest) = varint(body)?;
    let (mut fields, is_cut) = match rest.get(..length) {
        Some(message) => (message, false),
        None => (rest, true),
    };
    if !fields.starts_with(&[NAME]) || length == 0 {
        return Some(false);
    }
    let (name, mut rest) = string(fields.get(1..)?)?;
    if !is_name(name) {
        return Some(false);
    }
    while let Some((tag, after)) = rest.split_first() {
        fields = after;
        let skipped = match *tag {
            NAME | HELP | METRIC | UNIT => string(fields).map(|(_, rest)| rest),
            TYPE => varint(fields).map(|(_, rest)| rest),
            _ => return Some(false),
        };
        match skipped {
            Some(after) => rest = after,
            None => return Some(is_cut),
        }
    }
    Some(true)
}

/// Tells whether this can be a metric's name. Blanks and quotes could be, but are in no real name.
fn is_name(name: &[u8]) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    std::str::from_utf8(name).is_ok_and(|name| !name.is_empty() && !name.contains(odd))
}

/// Splits what has a length before it from what follows.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = varint(bytes)?;
    rest.split_at_checked(length)
}

/// Reads a length of at most five bytes.
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(5).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if *byte < 0x80 {
            return Some((usize::try_from(number).ok()?, bytes.get(at + 1..)?));
        }
    }
    None
}
