//! What happens now and then.

use arbitrary::{Result, Unstructured};

/// True once in so many times, and not when the input is used up.
pub fn one_in(times: u8, from: &mut Unstructured<'_>) -> Result<bool> {
    Ok(from.int_in_range(1..=times)? == times)
}
