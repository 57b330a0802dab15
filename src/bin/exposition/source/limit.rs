//! Limits how much is read from outside.

use std::fmt;
use std::io::{self, Read};

/// The longest text that is read, such as YAML, in bytes.
pub(super) const MAX_TEXT: u64 = 256 << 20;

/// Reads to the end, but not more than `limit` bytes; more is an error, which calls it `what`.
pub(super) fn read(from: impl Read, limit: u64, what: &str) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut body)?;
    match body.len() as u64 > limit {
        true => Err(io::Error::other(format!(
            "{what} is longer than {}; --max-body raises the limit",
            Size(limit)
        ))),
        false => Ok(body),
    }
}

/// Parses a number of bytes, with an optional unit: `1048576`, `64MB`, `1GiB`. As in `body_size_limit`, units
/// are powers of 1024, and 0 means no limit.
pub(crate) fn size(word: &str) -> Result<u64, String> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = word.get(digits.len()..).unwrap_or_default();
    let shift = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err(format!("`{unit}` is not a unit of size: KB, MB, GB or TB")),
    };
    let number: u64 = (digits.parse()).map_err(|_| format!("`{word}` is not a size"))?;
    match number.checked_mul(1 << shift) {
        Some(0) => Ok(u64::MAX),
        Some(bytes) => Ok(bytes),
        None => Err(format!("`{word}` is more than 64 bits hold")),
    }
}

/// A number of bytes in the largest unit that gives a whole number.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let fits = |(shift, _): &(u32, &str)| self.0 > 0 && self.0.trailing_zeros() >= *shift;
        match units.into_iter().find(fits) {
            Some((shift, unit)) => write!(f, "{} {unit}", self.0 >> shift),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_powers_of_1024() {
        for (word, bytes) in [
            ("1", 1),
            ("20B", 20),
            ("3KB", 3 << 10),
            ("3k", 3 << 10),
            ("64MiB", 64 << 20),
            ("1GB", 1 << 30),
            ("1TiB", 1 << 40),
            ("0", u64::MAX),
            ("0MB", u64::MAX),
        ] {
            assert_eq!(size(word), Ok(bytes), "{word}");
        }
        for (word, error) in [
            ("", "`` is not a size"),
            ("MB", "`MB` is not a size"),
            ("-1", "`-1` is not a size"),
            ("1.5GB", "`1.5GB` is not a size"),
            ("1XB", "`XB` is not a unit of size: KB, MB, GB or TB"),
            ("99999999999GB", "`99999999999GB` is more than 64 bits hold"),
        ] {
            assert_eq!(size(word), Err(error.to_owned()));
        }
    }

    #[test]
    fn a_limit_is_told_in_its_own_unit() {
        for (limit, shown) in [
            (1_000_000, "1000000 bytes"),
            (1 << 20, "1 MiB"),
            (3 << 30, "3 GiB"),
            (1536, "1536 bytes"),
            (2048, "2 KiB"),
        ] {
            assert_eq!(Size(limit).to_string(), shown);
        }
    }
}
