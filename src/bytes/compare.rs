//! Comparisons of short strings, eight or sixteen bytes at a time.
//!
//! Names and values are short, and many are compared for every sample. The C library's comparison,
//! which `==` calls, takes several times as long for them on some processors.

#[cfg(any(test, feature = "relabel"))]
use std::cmp::Ordering;

/// Tells whether two strings are the same.
#[inline]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    // What is left after the chunks is in the last chunk, which overlaps.
    if let (Some(a_end), Some(b_end)) = (a.last_chunk::<16>(), b.last_chunk::<16>()) {
        let chunks = a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0);
        return a_end == b_end && chunks.into_iter().all(|(a, b)| a == b);
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(a_end), Some(b_end)) => {
            a_end == b_end && a.first_chunk::<8>() == b.first_chunk::<8>()
        }
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

/// Does what [`same`] does, for texts that are often longer.
#[inline(always)]
pub(crate) fn same_long(a: &[u8], b: &[u8]) -> bool {
    match (a.last_chunk::<32>(), b.last_chunk::<32>()) {
        (Some(a_end), Some(b_end)) => {
            let mut chunks = a.as_chunks::<32>().0.iter().zip(b.as_chunks::<32>().0);
            a.len() == b.len() && a_end == b_end && chunks.all(|(a, b)| a == b)
        }
        _ => same(a, b),
    }
}

/// Does what [`same`] does, for names: they are often the same text in memory, as constants are. Those of targets
/// mostly have 16 to 64 bytes, which are compared as two blocks that overlap, without a loop.
#[cfg(any(test, feature = "relabel"))]
#[inline(always)]
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    if a.as_ptr() == b.as_ptr() {
        return true;
    }
    match a.len() {
        32..=64 => same_ends::<32>(a, b),
        16..32 => same_ends::<16>(a, b),
        _ => same(a, b),
    }
}

/// Tells whether the first and the last `N` bytes are the same, of texts that have so many.
#[cfg(any(test, feature = "relabel"))]
#[inline(always)]
fn same_ends<const N: usize>(a: &[u8], b: &[u8]) -> bool {
    let end = |len: usize| len.saturating_sub(N);
    let ends = (
        a.split_at_checked(end(a.len())),
        b.split_at_checked(end(b.len())),
    );
    let (Some((_, a_end)), Some((_, b_end))) = ends else {
        return false;
    };
    a.first_chunk::<N>() == b.first_chunk::<N>()
        && a_end.first_chunk::<N>() == b_end.first_chunk::<N>()
}

/// Tells whether the first string begins with the second.
#[inline]
pub(crate) fn begins(text: &[u8], prefix: &[u8]) -> bool {
    let start = text.get(..prefix.len());
    start.is_some_and(|start| same(start, prefix))
}

/// Tells whether the first string ends with the second.
#[cfg(any(test, feature = "relabel"))]
#[inline]
pub(crate) fn ends(text: &[u8], suffix: &[u8]) -> bool {
    let start = text.len().checked_sub(suffix.len());
    start
        .and_then(|start| text.get(start..))
        .is_some_and(|end| same(end, suffix))
}

/// Orders two strings as slices are ordered.
#[cfg(any(test, feature = "relabel"))]
#[inline]
pub(crate) fn order(a: &[u8], b: &[u8]) -> Ordering {
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        if a != b {
            return u64::from_be_bytes(*a).cmp(&u64::from_be_bytes(*b));
        }
    }
    // What is left is in the last eight bytes of the shorter one.
    let shorter = a.len().min(b.len());
    let end = |text: &[u8]| {
        text.get(..shorter)
            .and_then(<[u8]>::last_chunk::<8>)
            .copied()
    };
    let ends = match (end(a), end(b)) {
        (Some(a), Some(b)) => u64::from_be_bytes(a).cmp(&u64::from_be_bytes(b)),
        _ => word(a).cmp(&word(b)),
    };
    ends.then(a.len().cmp(&b.len()))
}

/// Returns the first eight bytes as a number with the same order; zeros fill missing bytes.
#[inline]
pub(crate) fn word(text: &[u8]) -> u64 {
    if let Some(first) = text.first_chunk::<8>() {
        return u64::from_be_bytes(*first);
    }
    // Two halves that overlap, or byte by byte.
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let (first, last) = (u32::from_be_bytes(*first), u32::from_be_bytes(*last));
            u64::from(first) << 32 | u64::from(last) << (64 - 8 * text.len())
        }
        _ => (text.iter()).rfold(0, |word, byte| (word >> 8) | u64::from(*byte) << 56),
    }
}

/// Returns one byte that tells names apart, made of the length and the end, since names mostly begin
/// alike.
#[inline]
pub(crate) fn key(name: &str) -> u8 {
    let bytes = name.as_bytes();
    let end = match bytes.last_chunk::<8>() {
        Some(end) => u64::from_le_bytes(*end),
        None => word(bytes),
    };
    let mixed = (end ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of strings of up to 80 bytes that differ in at most one.
    #[test]
    fn comparisons_are_those_of_slices() {
        let text =
            b"__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape_interval_in_seconds";
        for from in 0..4 {
            for len in 0..=text.len() - from {
                let a = &text[from..from + len];
                for changed in 0..=len {
                    let mut b = a.to_vec();
                    if let Some(byte) = b.get_mut(changed) {
                        *byte ^= 1;
                    }
                    assert_eq!(same(a, &b), *a == *b);
                    assert_eq!(same_long(a, &b), *a == *b);
                    assert_eq!(same_long(text, &b), *text == *b);
                    let name = |text| std::str::from_utf8(text).unwrap();
                    assert_eq!(same_name(name(a), name(&b)), *a == *b);
                    assert_eq!(same_name(name(text), name(&b)), *text == *b);
                    assert_eq!(begins(text, &b), text.starts_with(&b));
                    assert_eq!(ends(text, &b), text.ends_with(&b));
                    assert_eq!(begins(&b, text), b.starts_with(text));
                    assert_eq!(ends(&b, text), b.ends_with(text));
                    assert_eq!(order(a, &b), a.cmp(&b[..]));
                    assert_eq!(order(&b, text), b[..].cmp(text));
                    assert_eq!(order(text, &b), text[..].cmp(&b));
                }
            }
        }
    }

    /// Zeros are ordinary bytes, though they also fill missing ones.
    #[test]
    fn order_is_that_of_slices_where_there_are_zeros() {
        let mut texts: Vec<Vec<u8>> = Vec::new();
        for len in 0..=17 {
            texts.push(vec![0; len]);
            texts.push(vec![b'a'; len]);
            for at in 0..len {
                let mut text = vec![b'a'; len];
                text[at] = 0;
                texts.push(text);
            }
        }
        for a in &texts {
            assert_eq!(word(a).to_be_bytes()[..a.len().min(8)], a[..a.len().min(8)]);
            for b in &texts {
                assert_eq!(order(a, b), a.cmp(b), "{a:?} {b:?}");
            }
        }
    }
}
