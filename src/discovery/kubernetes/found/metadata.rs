//! Labels of targets, and those that the metadata of every object gives.

use std::collections::BTreeMap;

use crate::discovery::kubernetes::{object::meta::Meta, sanitize::sanitize};

const PREFIX: &str = "__meta_kubernetes_";

/// Labels that are being collected. Their names are given without the prefix that most have.
#[derive(Default)]
pub(super) struct Labels(pub(super) BTreeMap<String, String>);

impl Labels {
    /// Returns labels with an address.
    pub(super) fn at(address: String) -> Self {
        let mut labels = Labels::default();
        labels.0.insert("__address__".to_owned(), address);
        labels
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(format!("{PREFIX}{name}"), value.into());
    }

    /// Sets a label if there is a value.
    pub(super) fn set_present(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Sets a label unless the value is empty.
    pub(super) fn set_filled(&mut self, name: &str, value: &str) {
        self.set_present(name, Some(value).filter(|value| !value.is_empty()));
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) {
        self.set(name, if value { "true" } else { "false" });
    }

    /// Sets the namespace of an object (spec KD13).
    pub(super) fn namespace(&mut self, meta: &Meta) {
        self.set("namespace", meta.namespace.as_str());
    }

    /// Adds the name, the labels and the annotations of an object (spec KD10).
    pub(super) fn metadata(&mut self, kind: &str, meta: &Meta) {
        self.set(&format!("{kind}_name"), meta.name.as_str());
        self.maps(kind, meta);
    }

    /// Adds the labels and annotations of an object. Where two keys give the same name, the last in the order
    /// of bytes wins (spec KD12).
    pub(super) fn maps(&mut self, kind: &str, meta: &Meta) {
        for (word, map) in [("label", &meta.labels), ("annotation", &meta.annotations)] {
            for (key, value) in map {
                let key = sanitize(key);
                self.set(&format!("{kind}_{word}_{key}"), value.as_str());
                self.set(&format!("{kind}_{word}present_{key}"), "true");
            }
        }
    }
}
