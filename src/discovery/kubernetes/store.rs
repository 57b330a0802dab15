//! The objects that one discovery sees in one of its namespaces ([KD71](crate::docs::kubernetes#kd71)).

use super::{
    field_selector::FieldSelector,
    kind::Kind,
    object::{Body, Object, meta::Meta, pod::Pod, service::Service},
    objects::Objects,
    selector::LabelSelector,
};

/// A selector of a discovery, for one kind of objects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KindSelector {
    pub(super) kind: Kind,
    pub(super) label: LabelSelector,
    pub(super) field: FieldSelector,
}

pub(super) struct Store<'a> {
    pub(super) objects: &'a Objects,
    pub(super) selectors: &'a [KindSelector],
    /// The only namespace; `None` means all.
    pub(super) namespace: Option<&'a str>,
}

impl<'a> Store<'a> {
    /// Tells whether the selectors let an object through ([KD72](crate::docs::kubernetes#kd72)).
    fn is_selected(&self, kind: Kind, object: &Object) -> bool {
        let mut own = self
            .selectors
            .iter()
            .filter(|selector| selector.kind == kind);
        own.all(|s| s.label.matches(object.labels()) && s.field.matches(object))
    }

    /// Returns the objects of a kind that becomes targets.
    pub(super) fn primary(&self, kind: Kind) -> impl Iterator<Item = &'a Object> {
        // Nodes are in no namespace (spec KD70).
        let namespace = self.namespace.filter(|_| kind != Kind::Node);
        let everywhere = namespace.is_none().then(|| self.objects.of_kind(kind));
        let here = namespace.map(|namespace| self.objects.within(kind, namespace));
        let all = everywhere.into_iter().flatten();
        all.chain(here.into_iter().flatten())
            .filter(move |object| self.is_selected(kind, object))
    }

    fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<&'a Object> {
        if self.namespace.is_some_and(|only| only != namespace) {
            return None;
        }
        let object = self.objects.get(kind, namespace, name)?;
        self.is_selected(kind, object).then_some(object)
    }

    pub(super) fn pod(&self, namespace: &str, name: &str) -> Option<(&'a Meta, &'a Pod)> {
        let object = self.get(Kind::Pod, namespace, name)?;
        match &object.body {
            Body::Pod(pod) => Some((&object.meta, pod)),
            _ => None,
        }
    }

    pub(super) fn service(&self, namespace: &str, name: &str) -> Option<(&'a Meta, &'a Service)> {
        let object = self.get(Kind::Service, namespace, name)?;
        match &object.body {
            Body::Service(service) => Some((&object.meta, service)),
            _ => None,
        }
    }

    /// Returns the metadata of a ReplicaSet or a Job.
    pub(super) fn owner(&self, kind: Kind, namespace: &str, name: &str) -> Option<&'a Meta> {
        self.get(kind, namespace, name).map(|object| &object.meta)
    }

    pub(super) fn node(&self, name: &str) -> Option<&'a Meta> {
        let object = self.objects.get(Kind::Node, "", name)?;
        (self.is_selected(Kind::Node, object)).then_some(&object.meta)
    }

    /// Returns a Namespace, whatever the discovery is confined to.
    pub(super) fn namespace(&self, name: &str) -> Option<&'a Meta> {
        let object = self.objects.get(Kind::Namespace, "", name)?;
        Some(&object.meta)
    }
}
