//! Reads groups of targets that somebody wrote down.

use super::{
    field::{FieldCause, FieldError},
    target_group::TargetGroup,
};
use crate::yaml::node::Node;

/// Which values are texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    /// Numbers and booleans too, as they are written.
    AnyScalar,
    /// Only texts, as in JSON.
    Strings,
}

/// What is not a list of groups: where, and what is wanted there.
pub(crate) struct Misread {
    /// Begins with the index of a group: `[0].targets`.
    pub(crate) path: String,
    pub(crate) wanted: &'static str,
    found: String,
}

impl Misread {
    pub(super) fn into_field_error(self) -> FieldError {
        FieldError {
            path: self.path,
            cause: FieldCause::Type {
                expected: self.wanted,
                found: self.found,
            },
        }
    }
}

/// Reads a list of groups with `targets` and `labels`; the source of each is its index. Null is an empty list.
pub(crate) fn groups(node: &Node, texts: Texts) -> Result<Vec<TargetGroup>, Misread> {
    let groups = match node {
        Node::Null => return Ok(Vec::new()),
        Node::List(groups) => groups,
        other => return Err(misread(String::new(), "a list", other)),
    };
    let read = |(index, node)| group(node, index, texts);
    groups.iter().enumerate().map(read).collect()
}

fn misread(path: String, wanted: &'static str, node: &Node) -> Misread {
    let found = node.describe();
    Misread {
        path,
        wanted,
        found,
    }
}

fn group(node: &Node, index: usize, texts: Texts) -> Result<TargetGroup, Misread> {
    let place = format!("[{index}]");
    let Node::Map(entries) = node else {
        return Err(misread(place, "a map with `targets`", node));
    };
    let text = |node: &Node| match texts {
        Texts::AnyScalar => node.scalar(),
        Texts::Strings => node.as_text().map(str::to_owned),
    };
    let mut group = TargetGroup::new(index.to_string());
    for (key, value) in entries {
        let wrong = |wanted| misread(format!("{place}.{key}"), wanted, value);
        match (key.as_str(), value) {
            ("targets" | "labels", Node::Null) => {}
            ("targets", Node::List(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let address = text(item).ok_or_else(|| match texts {
                        Texts::AnyScalar => wrong("a list of addresses"),
                        Texts::Strings => {
                            misread(format!("{place}.targets[{at}]"), "a string", item)
                        }
                    })?;
                    let target = [("__address__".to_owned(), address)];
                    group.targets.push(target.into());
                }
            }
            ("labels", Node::Map(entries)) => {
                for (name, value) in entries {
                    let place = || format!("{place}.labels.{name}");
                    let value = text(value).ok_or_else(|| misread(place(), "a string", value))?;
                    group.labels.insert(name.clone(), value);
                }
            }
            ("targets", _) => return Err(wrong("a list of addresses")),
            ("labels", _) => return Err(wrong("a map of labels")),
            (_, Node::Null) if texts == Texts::AnyScalar => {}
            _ => {
                return Err(Misread {
                    path: format!("{place}.{key}"),
                    wanted: "`targets` or `labels`",
                    found: "another key".to_owned(),
                });
            }
        }
    }
    Ok(group)
}
