//! What the API server refuses in a value of the right type, but that can be rendered anyway: texts and lists that
//! are empty, lists that hold something twice (spec A7, A8).

use super::{
    check::rule::{self, CheckRule},
    fields::{Fields, Reader, value_error},
};
use crate::yaml::node::Node;

/// Warns of texts and lists of these keys that are empty.
pub(super) fn not_empty(fields: &Fields<'_>, keys: &[&str], reader: &mut Reader) {
    for key in keys {
        match fields.get(key) {
            Some(Node::Text(text)) if text.is_empty() => {
                let expected = "a text that is not empty";
                warn(reader, &fields.path(key), "", expected, &rule::LENGTH);
            }
            Some(Node::List(items)) if items.is_empty() => {
                let expected = "at least one item";
                warn(reader, &fields.path(key), "[]", expected, &rule::LENGTH);
            }
            _ => {}
        }
    }
}

/// Warns of empty texts in the lists of these keys.
pub(super) fn items_not_empty(fields: &Fields<'_>, keys: &[&str], reader: &mut Reader) {
    for key in keys {
        let Some(Node::List(items)) = fields.get(key) else {
            continue;
        };
        for (index, item) in items.iter().enumerate() {
            if item.as_text() == Some("") {
                let path = format!("{}[{index}]", fields.path(key));
                warn(reader, &path, "", "a text that is not empty", &rule::LENGTH);
            }
        }
    }
}

/// Warns of texts that stand twice in the lists of these keys.
pub(super) fn sets(fields: &Fields<'_>, keys: &[&str], reader: &mut Reader) {
    for key in keys {
        distinct(fields, key, reader, Some);
    }
}

/// Warns if two items of a list have the same text under `by`.
pub(super) fn distinct_by(fields: &Fields<'_>, key: &str, by: &str, reader: &mut Reader) {
    distinct(fields, key, reader, |item| item.get(by));
}

fn distinct<'n>(
    fields: &Fields<'n>,
    key: &str,
    reader: &mut Reader,
    of: impl Fn(&'n Node) -> Option<&'n Node>,
) {
    let Some(Node::List(items)) = fields.get(key) else {
        return;
    };
    let mut seen = std::collections::HashSet::new();
    for text in items.iter().filter_map(|item| of(item)?.as_text()) {
        if !seen.insert(text) {
            let expected = "each item once";
            warn(reader, &fields.path(key), text, expected, &rule::DUPLICATE);
            return;
        }
    }
}

fn warn(reader: &mut Reader, path: &str, found: &str, expected: &str, rule: &'static CheckRule) {
    reader
        .warnings
        .push(value_error(path, found, expected).under(rule));
}
