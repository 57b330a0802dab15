//! Limits how much is read from outside.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// The default limit of a body, in bytes: a body is held as a whole, and what is built from it may take
/// several times as much.
pub(crate) const MAX_BODY: u64 = 256 << 20;

/// The first bytes of every gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads to the end, but not more than `limit` bytes; a longer body is an error.
pub(crate) fn read(from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut body)?;
    match body.len() as u64 > limit {
        true => Err(io::Error::other(format!(
            "the body is longer than {}; --max-body raises the limit",
            Size(limit)
        ))),
        false => Ok(body),
    }
}

/// Does what [`read`] does, and decompresses what begins like a gzip file. The limit applies to the
/// decompressed bytes.
pub(crate) fn read_inflated(mut from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.by_ref()
        .take(GZIP.len() as u64)
        .read_to_end(&mut head)?;
    let is_gzip = head == GZIP;
    let whole = head.as_slice().chain(from);
    if !is_gzip {
        return read(whole, limit);
    }
    read(MultiGzDecoder::new(whole), limit).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other("the gzip file is cut off"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            io::Error::other(format!("the gzip file is damaged: {error}"))
        }
        _ => error,
    })
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

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let fits = |(shift, _): &(u32, &str)| self.0 > 0 && self.0.trailing_zeros() >= *shift;
        match units.into_iter().find(fits) {
            Some((shift, unit)) => write!(f, "{} {unit}", self.0 >> shift),
            None => write!(f, "{} bytes", self.0),
        }
    }
}
