//! How far one text is from another.

use super::work;

/// Returns how many bytes or characters to insert, remove or replace, if that is not more than `most`. Looks only at
/// the band of the table where that can be.
pub(crate) fn edits<T: PartialEq>(a: &[T], b: &[T], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let beyond = most + 1;
    // Row by row: the edits from the first `row` bytes of `a` to the first `row + place - most` bytes of `b`.
    let width = 2 * most + 1;
    let mut row: Vec<usize> = (0..width)
        .map(|place| place.checked_sub(most).unwrap_or(beyond))
        .collect();
    for (at, one) in a.iter().enumerate() {
        work::on(width);
        let mut next = Vec::with_capacity(width);
        let mut left = beyond;
        for place in 0..width {
            let above = row.get(place + 1).copied().unwrap_or(beyond);
            let across = row.get(place).copied().unwrap_or(beyond);
            let column = (at + 1 + place).checked_sub(most);
            let edits = match column {
                None => beyond,
                Some(0) => at + 1,
                Some(column) => match b.get(column - 1) {
                    Some(other) => (across + usize::from(other != one))
                        .min(above + 1)
                        .min(left + 1),
                    None => beyond,
                },
            };
            left = edits.min(beyond);
            next.push(left);
        }
        if next.iter().all(|edits| *edits > most) {
            return None;
        }
        row = next;
    }
    let end = (b.len() + most).checked_sub(a.len())?;
    row.get(end).copied().filter(|edits| *edits <= most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table.
    fn all_edits(a: &[u8], b: &[u8]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (at, byte) in a.iter().enumerate() {
            let mut across = std::mem::replace(&mut row[0], at + 1);
            for (column, other) in b.iter().enumerate() {
                let edits = (across + usize::from(byte != other))
                    .min(row[column] + 1)
                    .min(row[column + 1] + 1);
                across = std::mem::replace(&mut row[column + 1], edits);
            }
        }
        row[b.len()]
    }

    proptest! {
        #[test]
        fn the_band_is_enough(a in "[ab]{0,12}", b in "[ab]{0,12}", most in 0_usize..8) {
            let all = all_edits(a.as_bytes(), b.as_bytes());
            prop_assert_eq!(edits(a.as_bytes(), b.as_bytes(), most), (all <= most).then_some(all));
        }
    }
}
