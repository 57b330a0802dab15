//! The metadata of an object.

use std::collections::BTreeMap;

use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Meta {
    pub(in super::super) name: String,
    /// Empty where objects are in no namespace.
    pub(in super::super) namespace: String,
    pub(in super::super) uid: String,
    pub(in super::super) labels: BTreeMap<String, String>,
    pub(in super::super) annotations: BTreeMap<String, String>,
    pub(in super::super) owners: Vec<Owner>,
    /// Whether the object is being deleted.
    pub(in super::super) is_terminating: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Owner {
    pub(in super::super) kind: String,
    pub(in super::super) name: String,
    pub(in super::super) is_controller: bool,
}

impl Meta {
    /// Reads the field `metadata`, without the namespace.
    pub(super) fn read(metadata: &Field<'_>) -> Result<Self, FieldError> {
        let mut name = metadata.get("name")?.text()?;
        if name.is_empty() {
            name = metadata.get("generateName")?.text()?;
        }
        if name.is_empty() {
            return Err(metadata.get("name")?.missing("objects are known by it"));
        }
        Ok(Meta {
            name,
            namespace: String::new(),
            uid: metadata.get("uid")?.text()?,
            labels: metadata.get("labels")?.text_map()?,
            annotations: metadata.get("annotations")?.text_map()?,
            owners: metadata.get("ownerReferences")?.list(|owner| {
                Ok(Owner {
                    kind: owner.get("kind")?.text()?,
                    name: owner.get("name")?.text()?,
                    is_controller: owner.get("controller")?.flag()?,
                })
            })?,
            is_terminating: metadata.get("deletionTimestamp")?.is_present(),
        })
    }

    /// Returns the owner that controls the object ([KD22](crate::docs::kubernetes#kd22)).
    pub(in super::super) fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.is_controller)
    }
}
