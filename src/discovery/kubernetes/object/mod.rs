//! The objects of a cluster, as far as discovery looks at them.

use std::collections::BTreeMap;

use super::kind::{self, Kind};
use crate::discovery::field::{Field, FieldError};

pub(super) mod endpoint_slice;
pub(super) mod endpoints;
pub(super) mod ingress;
pub(super) mod meta;
pub(super) mod node;
pub(super) mod pod;
pub(super) mod service;
pub(super) mod workload;

use endpoint_slice::EndpointSlice;
use endpoints::Endpoints;
use ingress::Ingress;
use meta::Meta;
use node::ClusterNode;
use pod::Pod;
use service::Service;
use workload::Workload;

/// An object of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    kind: String,
    api_version: String,
    pub(super) meta: Meta,
    pub(super) body: Body,
}

/// What an object says beside its metadata.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Pod(Box<Pod>),
    Service(Box<Service>),
    Endpoints(Endpoints),
    EndpointSlice(EndpointSlice),
    Node(ClusterNode),
    Ingress(Ingress),
    Workload(Box<Workload>),
    /// Only the metadata matters.
    Other,
}

impl Object {
    /// Returns the kind: `Pod`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the `apiVersion`: `apps/v1`. Empty if there is none.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// Returns the namespace; `None` for an object that is in none, such as a Node.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        Some(self.meta.namespace.as_str()).filter(|namespace| !namespace.is_empty())
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// Returns the labels.
    #[must_use]
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.meta.labels
    }

    /// Returns the annotations.
    #[must_use]
    pub fn annotations(&self) -> &BTreeMap<String, String> {
        &self.meta.annotations
    }

    /// Reads an object. `named` is the kind and the version of one that may lack them, because it is in a list;
    /// `namespace` that of one that names none.
    pub(super) fn read(
        field: &Field<'_>,
        named: (&str, &str),
        namespace: &str,
    ) -> Result<Self, FieldError> {
        let or = |text: String, other: &str| match text.is_empty() {
            true => other.to_owned(),
            false => text,
        };
        let kind = or(field.get("kind")?.text()?, named.0);
        if kind.is_empty() {
            return Err(field.get("kind")?.missing("it says what the object is"));
        }
        let api_version = or(field.get("apiVersion")?.text()?, named.1);
        let metadata = field.get("metadata")?;
        let mut meta = Meta::read(&metadata)?;
        let known = Kind::of(&kind, &api_version);
        if kind::is_namespaced(&kind, known) {
            meta.namespace = or(metadata.get("namespace")?.text()?, namespace);
        }
        Ok(Object {
            kind,
            api_version,
            meta,
            body: Body::read(field, known)?,
        })
    }

    /// Returns an object that is not in a manifest.
    pub(super) fn made(kind: Kind, meta: Meta, body: Body) -> Self {
        let (kind, api_version) = kind.made();
        Object {
            kind: kind.to_owned(),
            api_version: api_version.to_owned(),
            meta,
            body,
        }
    }
}

impl Body {
    fn read(object: &Field<'_>, kind: Option<Kind>) -> Result<Self, FieldError> {
        Ok(match kind {
            Some(Kind::Pod) => Body::Pod(Box::new(Pod::read(object)?)),
            Some(Kind::Service) => Body::Service(Box::new(Service::read(object)?)),
            Some(Kind::Endpoints) => Body::Endpoints(Endpoints::read(object)?),
            Some(Kind::EndpointSlice) => Body::EndpointSlice(EndpointSlice::read(object)?),
            Some(Kind::Node) => Body::Node(ClusterNode::read(object)?),
            Some(Kind::Ingress) => Body::Ingress(Ingress::read(object)?),
            Some(
                kind @ (Kind::Deployment
                | Kind::StatefulSet
                | Kind::DaemonSet
                | Kind::ReplicaSet
                | Kind::CronJob
                | Kind::Job),
            ) => Body::Workload(Box::new(Workload::read(object, kind)?)),
            Some(Kind::Namespace) | None => Body::Other,
        })
    }
}
