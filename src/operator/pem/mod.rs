//! Reads certificates and keys in PEM as far as the Operator's checks need: whether they are valid, and
//! whether a key belongs to a certificate. Nothing is verified.

use super::base64;
use crate::bytes::work;

/// A block of a PEM text.
struct Block {
    label: String,
    der: Vec<u8>,
}

/// Returns the blocks of a text. Skips what is not part of one.
fn blocks(text: &[u8]) -> impl Iterator<Item = Block> {
    work::on(text.len());
    let text = String::from_utf8_lossy(text).into_owned();
    let mut lines = text
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .into_iter();
    std::iter::from_fn(move || {
        loop {
            let begin = lines.find(|line| marker(line, "-----BEGIN ").is_some())?;
            let label = marker(&begin, "-----BEGIN ")?.to_owned();
            let mut body = String::new();
            let ends = lines.any(|line| {
                let is_end = marker(&line, "-----END ") == Some(label.as_str());
                // Headers such as `Proc-Type: 4,ENCRYPTED` come before the data.
                if !is_end && !line.contains(':') {
                    body.push_str(&line);
                }
                is_end
            });
            match base64::decode(&body) {
                Some(der) if ends => return Some(Block { label, der }),
                _ if !ends => return None,
                _ => {}
            }
        }
    })
}

fn marker<'l>(line: &'l str, begin: &str) -> Option<&'l str> {
    line.strip_prefix(begin)?.strip_suffix("-----")
}

/// Tells whether the first block is a certificate.
pub(super) fn certificate(text: &[u8]) -> Result<(), String> {
    let first = blocks(text).next();
    let block = first.ok_or("what it refers to is not PEM")?;
    match public_key(&block.der) {
        Some(_) => Ok(()),
        None => Err("what it refers to is not a certificate".to_owned()),
    }
}

/// Checks that the key belongs to the certificate. The error says whether the fault is in the key.
pub(super) fn key_pair(cert: &[u8], key: &[u8]) -> Result<(), (bool, String)> {
    let of_cert = |problem: &str| (false, format!("what it refers to {problem}"));
    let of_key = |problem: &str| (true, format!("what it refers to {problem}"));
    let cert = (blocks(cert).find(|block| block.label == "CERTIFICATE"))
        .ok_or_else(|| of_cert("holds no certificate in PEM"))?;
    let public = public_key(&cert.der).ok_or_else(|| of_cert("is not a certificate"))?;
    let is_key =
        |block: &Block| block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY");
    let key = (blocks(key).find(is_key)).ok_or_else(|| of_key("holds no private key in PEM"))?;
    let private = private_key(&key.der).ok_or_else(|| of_key("is not a private key"))?;
    let belongs = match (&public, &private) {
        (Public::Rsa(a), Private::Rsa(b)) => a == b,
        // A key may omit its public point, and this module does not compute it.
        (Public::Point(a), Private::Point(b)) => b.as_ref().is_none_or(|b| a == b),
        // Other kinds of keys cannot be compared.
        (Public::Other, Private::Other) => true,
        _ => false,
    };
    match belongs {
        true => Ok(()),
        false => Err(of_key("is not the certificate's key")),
    }
}

/// What distinguishes a public key from others of its kind.
enum Public {
    Rsa(Vec<u8>),
    Point(Vec<u8>),
    Other,
}

enum Private {
    Rsa(Vec<u8>),
    Point(Option<Vec<u8>>),
    Other,
}

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The first of the tags that the structures below number themselves.
const FIRST: u8 = 0xa0;
const SECOND: u8 = 0xa1;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const ELLIPTIC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// Values in the distinguished encoding, in order.
#[derive(Clone)]
struct Der<'d> {
    rest: &'d [u8],
}

impl<'d> Der<'d> {
    /// Returns the next value if it has the tag.
    fn next(&mut self, tag: u8) -> Option<&'d [u8]> {
        let (&[found, length], rest) = self.rest.split_first_chunk()?;
        if found != tag {
            return None;
        }
        let (length, rest) = match length {
            0..=0x7f => (usize::from(length), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
                let length = bytes.iter().fold(0, |sum, b| sum << 8 | usize::from(*b));
                (length, rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(value)
    }

    fn inside(&mut self, tag: u8) -> Option<Der<'d>> {
        self.next(tag).map(|rest| Der { rest })
    }
}

/// Reads all of the bytes as one sequence.
fn sequence(der: &[u8]) -> Option<Der<'_>> {
    let mut whole = Der { rest: der };
    let inside = whole.inside(SEQUENCE)?;
    whole.rest.is_empty().then_some(inside)
}

/// Returns the key in a certificate, if the bytes are one: RFC 5280, section 4.1.
fn public_key(der: &[u8]) -> Option<Public> {
    let mut certificate = sequence(der)?;
    let mut signed = certificate.inside(SEQUENCE)?;
    certificate.next(SEQUENCE)?;
    certificate.next(BITS)?;
    let mut versioned = signed.clone();
    if versioned.next(FIRST).is_some() {
        signed = versioned;
    }
    signed.next(INTEGER)?;
    // The algorithm, the issuer, the time, the subject.
    for _ in 0..4 {
        signed.next(SEQUENCE)?;
    }
    let mut key = signed.inside(SEQUENCE)?;
    let algorithm = key.inside(SEQUENCE)?.next(OBJECT)?;
    let bits = key.next(BITS)?.split_first()?.1;
    Some(match algorithm {
        RSA => Public::Rsa(sequence(bits)?.next(INTEGER)?.to_vec()),
        ELLIPTIC => Public::Point(bits.to_vec()),
        _ => Public::Other,
    })
}

/// Reads a private key, bare or wrapped: RFC 8017, 5915 and 5958.
fn private_key(der: &[u8]) -> Option<Private> {
    let mut key = sequence(der)?;
    let _version = key.next(INTEGER)?;
    if let Some(modulus) = key.clone().next(INTEGER) {
        return Some(Private::Rsa(modulus.to_vec()));
    }
    let mut elliptic = key.clone();
    if elliptic.next(OCTETS).is_some() {
        let mut with_curve = elliptic.clone();
        if with_curve.next(FIRST).is_some() {
            elliptic = with_curve;
        }
        let point = (elliptic.inside(SECOND))
            .and_then(|mut public| Some(public.next(BITS)?.split_first()?.1.to_vec()));
        return Some(Private::Point(point));
    }
    let algorithm = key.inside(SEQUENCE)?.next(OBJECT)?;
    let wrapped = key.next(OCTETS)?;
    match algorithm {
        RSA | ELLIPTIC => private_key(wrapped),
        _ => Some(Private::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC: &[u8] = include_bytes!("ec.crt");
    const RSA: &[u8] = include_bytes!("rsa.crt");
    const EDWARDS: &[u8] = include_bytes!("ed.crt");

    #[test]
    fn keys_belong_to_certificates() {
        let [ec, ec8, ec2] = [
            &include_bytes!("ec.key")[..],
            include_bytes!("ec8.key"),
            include_bytes!("ec2.key"),
        ];
        let [rsa, rsa1] = [&include_bytes!("rsa.key")[..], include_bytes!("rsa1.key")];
        let edwards = include_bytes!("ed.key");
        let chain = [&b"text before\n"[..], EC, RSA].concat();
        let other_first = [ec2, EC].concat();
        for (cert, key) in [
            (EC, ec),
            (EC, ec8),
            (RSA, rsa),
            (RSA, rsa1),
            (EDWARDS, edwards),
            (&chain, ec),
            (&other_first, ec),
        ] {
            assert_eq!(key_pair(cert, key), Ok(()));
        }
        for (cert, key, of_key, problem) in [
            (
                EC,
                ec2,
                true,
                "what it refers to is not the certificate's key",
            ),
            (
                RSA,
                ec,
                true,
                "what it refers to is not the certificate's key",
            ),
            (
                EDWARDS,
                rsa,
                true,
                "what it refers to is not the certificate's key",
            ),
            (
                EC,
                EC,
                true,
                "what it refers to holds no private key in PEM",
            ),
            (
                ec,
                ec,
                false,
                "what it refers to holds no certificate in PEM",
            ),
            (
                b"u",
                ec,
                false,
                "what it refers to holds no certificate in PEM",
            ),
        ] {
            assert_eq!(key_pair(cert, key), Err((of_key, problem.to_owned())));
        }
    }

    #[test]
    fn certificates_are_told_from_what_is_none() {
        for text in [EC, RSA, EDWARDS] {
            assert_eq!(certificate(text), Ok(()));
        }
        let not_pem = "what it refers to is not PEM";
        let other = "what it refers to is not a certificate";
        let key = include_bytes!("ec.key");
        let empty = b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        let open = b"-----BEGIN CERTIFICATE-----\nMAAA\n";
        for (text, problem) in [
            (&b""[..], not_pem),
            (b"u", not_pem),
            (b"\xff\xfe", not_pem),
            (open, not_pem),
            (empty, other),
            (key, other),
            // Only the first block counts.
            (&[key, EC].concat(), other),
        ] {
            assert_eq!(certificate(text), Err(problem.to_owned()));
        }
        // No part of a certificate is a certificate, and none makes the reader fail.
        let der = blocks(EC).next().unwrap().der;
        for end in 0..der.len() {
            assert!(public_key(&der[..end]).is_none());
            let mut broken = der.clone();
            broken[end] ^= 0x80;
            public_key(&broken);
        }
    }
}
