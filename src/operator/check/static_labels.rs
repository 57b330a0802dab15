//! Checks the names of labels of listed targets (spec C32, C41).

use std::collections::BTreeMap;

use super::{rejection::Found, relabel, rule::CheckRule};
use crate::model::name::ValidationScheme;
use crate::operator::version::Version;

pub(super) fn names(
    labels: &BTreeMap<String, String>,
    place: &str,
    broken: &'static CheckRule,
    version: &Version,
    found: &mut Found,
) {
    let scheme = relabel::scheme(version);
    for name in labels
        .keys()
        .filter(|name| !scheme.is_valid_label_name(name))
    {
        let of_version = match scheme {
            ValidationScheme::Utf8 => String::new(),
            ValidationScheme::Legacy => format!(" for Prometheus {version}"),
        };
        let reason = format!("{name:?} is not the name of a label{of_version}");
        found.add(broken, format!("{place}.{name}"), reason);
    }
}
