//! Reads which objects and namespaces a resource selects, and what is attached to them.

use super::{
    check::rule,
    error::{ManifestError, ManifestErrorKind},
    fields::{Fields, Level, Reader, choice, text},
    monitor::{AttachMetadata, NamespaceSelector},
    schema,
};
use crate::discovery::kubernetes::selector::{LabelSelector, Operator, Requirement};
use crate::yaml::node::Node;

/// Reads `namespaceSelector`.
pub(super) fn namespace_selector(fields: &Fields<'_>, reader: &mut Reader) -> NamespaceSelector {
    let selector = fields.read("namespaceSelector", |node, path| {
        let fields = reader.fields(node, path, &schema::NAMESPACE_SELECTOR)?;
        Ok(NamespaceSelector {
            any: fields.flag("any").unwrap_or(false),
            match_names: fields.texts("matchNames"),
        })
    });
    selector.unwrap_or_default()
}

/// Reads `attachMetadata`, in any place.
pub(super) fn attach_metadata(
    node: &Node,
    path: &str,
    level: &'static Level,
    reader: &mut Reader,
) -> Result<AttachMetadata, ManifestError> {
    let fields = reader.fields(node, path, level)?;
    Ok(AttachMetadata {
        node: fields.flag("node").unwrap_or(false),
    })
}

/// Reads a label selector, in any place.
pub(super) fn selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<LabelSelector, ManifestError> {
    read_selector(node, path, reader, true)
}

/// Reads a label selector that the Operator does not check: it makes no rule of an unknown operator (spec C34).
pub(super) fn unchecked_selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
) -> Result<LabelSelector, ManifestError> {
    read_selector(node, path, reader, false)
}

fn read_selector(
    node: &Node,
    path: &str,
    reader: &mut Reader,
    is_checked: bool,
) -> Result<LabelSelector, ManifestError> {
    let fields = reader.fields(node, path, &schema::SELECTOR)?;
    let match_labels = fields.map("matchLabels", text).unwrap_or_default();
    let match_expressions = fields.list("matchExpressions", |node, path| {
        let fields = reader.fields(node, path, &schema::REQUIREMENT)?;
        let key = text(
            fields.required("key", "the label that is compared")?,
            &fields.path("key"),
        )?;
        let operator = fields.required("operator", "one of In, NotIn, Exists, DoesNotExist")?;
        let operator = choice(operator, &fields.path("operator"), Operator::WORDS);
        let operator = match operator {
            Ok(operator) => operator,
            Err(error) if !matches!(error.kind(), ManifestErrorKind::Value { .. }) => {
                return Err(error);
            }
            // To the API server the operator is just a text.
            Err(error) if is_checked => return Err(error.under(&rule::SELECTOR_OPERATOR)),
            Err(error) => {
                reader.warnings.push(error.under_no_rule());
                return Ok(None);
            }
        };
        Ok(Some(Requirement {
            key,
            operator,
            values: fields.texts("values"),
        }))
    });
    Ok(LabelSelector {
        match_labels,
        match_expressions: match_expressions.into_iter().flatten().collect(),
    })
}
