//! The names of labels that are written together: each is one, and stands once.

use std::borrow::Cow;
use std::collections::HashSet;

use smallvec::SmallVec;

use super::error::NameErrorKind;
use crate::bytes::work;

/// The names of a metric's labels so far.
#[derive(Debug, Default)]
pub(super) struct LabelNames<'n> {
    few: SmallVec<[Cow<'n, str>; 8]>,
    /// Those beyond [`PAIRWISE`](Self::PAIRWISE).
    more: HashSet<Cow<'n, str>>,
}

impl<'n> LabelNames<'n> {
    /// So many are compared one by one.
    const PAIRWISE: usize = 24;

    /// Adds a name, unless it can be none.
    pub(super) fn push(&mut self, name: Cow<'n, str>) -> Result<(), NameErrorKind> {
        self.check(&name)?;
        work::on(self.few.len());
        if self.few.contains(&name) || self.more.contains(&name) {
            return Err(NameErrorKind::Duplicate);
        }
        self.push_again(name);
        Ok(())
    }

    /// Whether a name is one.
    pub(super) fn check(&self, name: &str) -> Result<(), NameErrorKind> {
        match name {
            "" => Err(NameErrorKind::EmptyLabel),
            "__name__" => Err(NameErrorKind::Reserved),
            _ => Ok(()),
        }
    }

    fn push_again(&mut self, name: Cow<'n, str>) {
        if self.few.len() < Self::PAIRWISE {
            self.few.push(name);
        } else {
            work::on(name.len());
            self.more.insert(name);
        }
    }
}
