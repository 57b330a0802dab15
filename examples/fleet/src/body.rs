//! A file's bytes: decompressed, and no more of them than are allowed.

use std::fmt;
use std::io::{self, Read};

/// What a file compressed with gzip starts with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a file compressed with zstd starts with.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Why a file holds no body.
#[derive(Debug)]
pub(crate) enum BodyError {
    TooLarge { limit: u64 },
    Compression(io::Error),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
            Self::Compression(error) => write!(f, "the body cannot be decompressed: {error}"),
        }
    }
}

/// Returns the body in `bytes`. How it is compressed is seen from its first bytes, for a name can be anything.
pub(crate) fn decompress(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, BodyError> {
    let body = if bytes.starts_with(&GZIP) {
        // Several members, one after the other, are one body.
        read(flate2::read::MultiGzDecoder::new(bytes.as_slice()), limit)?
    } else if bytes.starts_with(&ZSTD) {
        let decoder = zstd::stream::read::Decoder::with_buffer(bytes.as_slice())
            .map_err(BodyError::Compression)?;
        read(decoder, limit)?
    } else {
        bytes
    };
    match u64::try_from(body.len()) {
        Ok(length) if length <= limit => Ok(body),
        _ => Err(BodyError::TooLarge { limit }),
    }
}

fn read(decoder: impl Read, limit: u64) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    // One byte more than allowed tells a body that is too large from one that just fits.
    decoder
        .take(limit.saturating_add(1))
        .read_to_end(&mut body)
        .map_err(BodyError::Compression)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body)?;
        encoder.finish()
    }

    #[test]
    fn a_body_is_the_same_however_it_is_compressed() -> Result<(), Box<dyn std::error::Error>> {
        let body = b"up 1\n".repeat(100);
        let halves = [
            gzip(body.get(..250).unwrap_or_default())?,
            gzip(body.get(250..).unwrap_or_default())?,
        ];
        for bytes in [
            body.clone(),
            gzip(&body)?,
            halves.concat(),
            zstd::stream::encode_all(body.as_slice(), 0)?,
        ] {
            let fits = u64::try_from(body.len())?;
            assert_eq!(decompress(bytes.clone(), fits).ok(), Some(body.clone()));
            let error = decompress(bytes, fits - 1).map_err(|error| error.to_string());
            assert_eq!(error, Err("the body is larger than 499 bytes".to_owned()));
        }
        Ok(())
    }

    #[test]
    fn a_torn_file_is_an_error() -> io::Result<()> {
        let mut bytes = gzip(b"up 1\n")?;
        bytes.truncate(bytes.len() - 4);
        assert!(matches!(
            decompress(bytes, 100),
            Err(BodyError::Compression(_))
        ));
        Ok(())
    }
}
