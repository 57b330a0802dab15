//! Renames a sample's label that makes way for one of its target.

use std::borrow::Cow;

/// The prefix of the new name.
pub(crate) const EXPORTED: &str = "exported_";

/// Returns the name of a label that makes way: `name`, which begins with [`EXPORTED`], with more of that
/// prefix until the name is free (spec S32). Of several labels, those with shorter names choose first.
pub(crate) fn free_name<'n>(
    mut name: Cow<'n, str>,
    is_taken: impl Fn(&str) -> bool,
) -> Cow<'n, str> {
    while is_taken(&name) {
        name.to_mut().insert_str(0, EXPORTED);
    }
    name
}

/// Returns the names that a label may have had before it made way, starting with `name`: without one
/// [`EXPORTED`], without two, and so on.
pub(crate) fn former_names(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.strip_prefix(EXPORTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_taken_get_longer() {
        let taken = ["exported_a", "exported_exported_a", "exported_b"];
        let free = |name: &'static str| free_name(name.into(), |name| taken.contains(&name));
        assert_eq!(free("exported_a"), "exported_exported_exported_a");
        assert_eq!(free("exported_b"), "exported_exported_b");
        assert!(matches!(free("exported_c"), Cow::Borrowed("exported_c")));
    }

    #[test]
    fn former_names_of_a_label() {
        let names = |name| former_names(name).collect::<Vec<_>>();
        assert_eq!(
            names("exported_exported_le"),
            ["exported_exported_le", "exported_le", "le"]
        );
        assert_eq!(names("le"), ["le"]);
        assert_eq!(names("exported_"), ["exported_", ""]);
    }
}
