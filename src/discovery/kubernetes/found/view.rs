//! What one discovery looks at.

use super::metadata::Labels;
use crate::discovery::kubernetes::{attach::AttachMetadata, object::meta::Meta, store::Store};

pub(in super::super) struct View<'a> {
    pub(in super::super) store: Store<'a>,
    pub(in super::super) attach: AttachMetadata,
}

impl View<'_> {
    /// Adds the metadata of the namespace, if it is asked for (spec KD61).
    pub(super) fn attach_namespace(&self, labels: &mut Labels, meta: &Meta) {
        let wanted = self.attach.namespace;
        if let Some(namespace) = wanted
            .then(|| self.store.namespace(&meta.namespace))
            .flatten()
        {
            labels.maps("namespace", namespace);
        }
    }

    /// Adds the metadata of a Node, if it is asked for (spec KD60).
    pub(super) fn attach_node(&self, labels: &mut Labels, name: Option<&str>) {
        let name = name.filter(|_| self.attach.node);
        if let Some(node) = name.and_then(|name| self.store.node(name)) {
            labels.metadata("node", node);
        }
    }
}
