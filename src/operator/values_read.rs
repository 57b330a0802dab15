//! Reads durations, sizes, quantities and ports from a manifest's tree.

use super::{
    check::rule,
    error::ManifestError,
    fields::{number, text, type_error, value_error},
    values::{ByteSize, Port, Quantity},
};
use crate::number::duration;
use crate::yaml::node::Node;

pub(super) fn port(node: &Node, path: &str) -> Result<Port, ManifestError> {
    match node {
        Node::Text(name) => Ok(Port::Name(name.clone())),
        _ => number(node, path, "a port's name or number").map(Port::Number),
    }
}

/// Reads a duration. The empty text passes the manifest's schema, and counts as absent.
pub(super) fn duration(node: &Node, path: &str) -> Result<String, ManifestError> {
    if node.as_whole().is_some() {
        return Err(type_error(path, "a duration such as 30s", node));
    }
    let text = text(node, path)?;
    if text.is_empty() || duration::is_spelled_well(&text) {
        Ok(text)
    } else {
        let expected = "a duration such as 30s or 1m30s";
        Err(value_error(path, &text, expected).under(&rule::DURATION_SYNTAX))
    }
}

/// Reads a size; the empty text counts as absent.
pub(super) fn byte_size(node: &Node, path: &str) -> Result<Option<ByteSize>, ManifestError> {
    let size = text(node, path)?;
    if size.is_empty() {
        return Ok(None);
    }
    match ByteSize::as_written(&size) {
        Some(size) => Ok(Some(size)),
        None => Err(value_error(path, &size, ByteSize::EXPECTED)),
    }
}

pub(super) fn quantity(node: &Node, path: &str) -> Result<Quantity, ManifestError> {
    let text = match (node, node.as_whole()) {
        (Node::Text(text), _) => text.clone(),
        (_, Some(value)) => value.to_string(),
        _ => return Err(type_error(path, "a quantity such as \"1.5\"", node)),
    };
    Quantity::parse(&text).ok_or_else(|| value_error(path, &text, Quantity::EXPECTED))
}
