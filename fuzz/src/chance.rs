//! Makes things happen sometimes.

use arbitrary::{Result, Unstructured};

/// Returns true once in `times` calls, and false when the input is used up.
pub fn one_in(times: u8, from: &mut Unstructured<'_>) -> Result<bool> {
    Ok(from.int_in_range(1..=times)? == times)
}
