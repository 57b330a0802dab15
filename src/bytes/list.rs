//! Lists of large items.

/// Appends an item to a list that makes room for a quarter more when it is full, not for as much again: while
/// a list grows, both the old and the new one are in memory.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() == list.capacity() {
        // A first item is often the only one.
        list.reserve_exact(match list.len() {
            0 => 1,
            len => len / 4 + FEW,
        });
    }
    list.push(item);
}

/// How much more room a list makes at least, if it has items.
const FEW: usize = 16;

#[cfg(test)]
mod tests {
    use super::push;

    #[test]
    fn a_list_has_little_more_room_than_it_needs() {
        let (mut list, mut moved) = (Vec::new(), 0);
        for item in 0..10_000 {
            let before = list.capacity();
            push(&mut list, item);
            assert!(list.capacity() <= list.len() + list.len() / 4 + 16);
            moved += if list.capacity() == before {
                0
            } else {
                list.len()
            };
        }
        assert!(list.into_iter().eq(0..10_000));
        // Moving items stays in proportion to their number.
        assert!(moved < 60_000, "{moved}");
    }
}
