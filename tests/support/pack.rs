//! Packs many small files into one: each after its length, all gzipped.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// Returns the files in a pack.
///
/// # Errors
///
/// The bytes are not a pack, or one that was cut off.
pub fn unpack(pack: &[u8]) -> std::io::Result<Vec<Vec<u8>>> {
    let mut rest = GzDecoder::new(pack);
    let mut files = Vec::new();
    let mut len = [0; 4];
    while rest.read(&mut len[..1])? == 1 {
        rest.read_exact(&mut len[1..])?;
        let mut file = vec![0; u32::from_le_bytes(len) as usize];
        rest.read_exact(&mut file)?;
        files.push(file);
    }
    Ok(files)
}

/// Packs these files: equal files give equal bytes.
///
/// # Errors
///
/// Only those of writing to memory.
pub fn pack(files: &[Vec<u8>]) -> std::io::Result<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    for file in files {
        out.write_all(&(file.len() as u32).to_le_bytes())?;
        out.write_all(file)?;
    }
    out.finish()
}
