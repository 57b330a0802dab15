//! Families by name, and the names that are parts of them.

use crate::bytes::key_set::KeySet;
use crate::model::suffix::Suffix;

/// A family's number, and which of its parts a name stands for.
pub(super) type Placed = (usize, Option<Suffix>);

/// Families by name.
#[derive(Debug)]
pub(super) struct ByName<T> {
    known: KeySet<T>,
    /// Where the last name belongs: the next line often has the same.
    last: Option<Placed>,
    last_name: Vec<u8>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        ByName {
            known: KeySet::default(),
            last: None,
            last_name: Vec::new(),
        }
    }
}

impl<T> ByName<T> {
    pub(super) fn get(&self, family: usize) -> Option<&T> {
        self.known.get(family)
    }

    pub(super) fn get_mut(&mut self, family: usize) -> Option<&mut T> {
        self.known.get_mut(family)
    }

    /// Returns the number of the family of exactly that name.
    pub(super) fn number_of(&self, name: &str) -> Option<usize> {
        self.known.find(name.as_bytes())
    }

    /// Returns the family of exactly that name.
    pub(super) fn find(&self, name: &str) -> Option<&T> {
        self.known.get(self.number_of(name)?)
    }

    /// Returns the families in the order of their first lines.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.known.values()
    }

    /// Returns where the last name belongs, if this is the same.
    pub(super) fn placed_last(&self, name: &[u8]) -> Option<Placed> {
        self.last.filter(|_| self.last_name == name)
    }

    /// Returns the family that a name belongs to: that of this name, or the one whose part `has_part` finds in
    /// it. Otherwise it is a new family.
    pub(super) fn place(
        &mut self,
        name: &str,
        has_part: impl FnOnce(&T, Suffix) -> bool,
        create: impl FnOnce() -> T,
    ) -> Placed {
        if let Some(last) = self.placed_last(name.as_bytes()) {
            return last;
        }
        let own = self.known.find(name.as_bytes());
        let placed = match own.map(|family| (family, None)) {
            Some(own) => own,
            None => match self.stem_of(name, has_part) {
                Some(placed) => placed,
                None => (self.known.put(name.as_bytes(), create()).0, None),
            },
        };
        self.last = Some(placed);
        self.last_name.clear();
        self.last_name.extend_from_slice(name.as_bytes());
        placed
    }

    fn stem_of(&self, name: &str, has_part: impl FnOnce(&T, Suffix) -> bool) -> Option<Placed> {
        let (stem, suffix) = Suffix::split(name)?;
        let family = self.known.find(stem.as_bytes())?;
        let is_part = has_part(self.known.get(family)?, suffix);
        is_part.then_some((family, Some(suffix)))
    }
}
