//! Equality of numbers that were read: NaN equals itself, and zero has a sign.

/// Compares numbers by their bits.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}

/// Compares numbers by their bits, where there are some.
pub(crate) fn same_option(a: Option<f64>, b: Option<f64>) -> bool {
    a.map(f64::to_bits) == b.map(f64::to_bits)
}

/// Compares lists of numbers by their bits.
pub(crate) fn all_same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(*a, *b))
}
