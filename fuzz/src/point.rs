//! The form in which two parsers are compared.

/// A series and its value: the metric's name, the labels by name, and the value's bits.
pub type Point = (Series, u64);

/// A metric's name, and labels sorted by name.
pub type Series = (String, Vec<(String, String)>);

/// Returns a point with these parts. Every NaN is the same.
pub fn point(name: String, mut labels: Vec<(String, String)>, value: f64) -> Point {
    labels.sort();
    let value = if value.is_nan() { f64::NAN } else { value };
    ((name, labels), value.to_bits())
}
