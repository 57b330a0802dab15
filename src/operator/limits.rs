//! The limits that a user sets and the caps that the Prometheus object enforces (spec M17, M20).

use super::{values::ByteSize, version::Version};

/// Returns the limit to write, from a user's value and a cap. 0 means no limit in either.
///
/// Since 2.45.0 Prometheus has the cap in its global section, where it applies to everything without a limit
/// of its own.
pub(super) fn capped(user: Option<u64>, cap: Option<u64>, version: &Version) -> Option<u64> {
    let has_global = *version >= Version::new(2, 45, 0);
    match (user.filter(|user| *user != 0), cap.filter(|cap| *cap != 0)) {
        (_, None) => user,
        (None, cap) => cap.filter(|_| !has_global),
        (Some(user), Some(cap)) => Some(user.min(cap)),
    }
}

/// Returns the body size limit to write. As in the Operator, a user's `0` counts as the smallest size and
/// wins over the cap, although Prometheus takes it for no limit.
pub(super) fn capped_size<'a>(
    user: Option<&'a ByteSize>,
    cap: Option<&'a ByteSize>,
) -> Option<&'a str> {
    let size = match (user, cap) {
        (Some(user), Some(cap)) if user.bytes() > cap.bytes() => cap,
        (user, cap) => user.or(cap)?,
    };
    Some(size.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_of_numbers() {
        let old = &Version::new(2, 44, 9);
        let new = &Version::new(2, 45, 0);
        for (user, cap, in_old, in_new) in [
            (None, None, None, None),
            (Some(0), None, Some(0), Some(0)),
            (Some(0), Some(0), Some(0), Some(0)),
            (Some(5), None, Some(5), Some(5)),
            (None, Some(0), None, None),
            (None, Some(7), Some(7), None),
            (Some(0), Some(7), Some(7), None),
            (Some(5), Some(7), Some(5), Some(5)),
            (Some(9), Some(7), Some(7), Some(7)),
        ] {
            assert_eq!(capped(user, cap, old), in_old, "{user:?} {cap:?}");
            assert_eq!(capped(user, cap, new), in_new, "{user:?} {cap:?}");
        }
    }

    #[test]
    fn caps_of_sizes() {
        let size = |text| ByteSize::parse(text);
        for (user, cap, written) in [
            ("", "", None),
            ("1MB", "", Some("1MB")),
            ("", "1MB", Some("1MB")),
            ("2GB", "1000MB", Some("1000MB")),
            ("1024KB", "1MB", Some("1024KB")),
            ("1025KiB", "1MiB", Some("1MiB")),
            ("0", "5MB", Some("0")),
        ] {
            assert_eq!(
                capped_size(size(user).as_ref(), size(cap).as_ref()),
                written
            );
        }
    }
}
