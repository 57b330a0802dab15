//! A Kubernetes discovery: which objects become targets.

use std::collections::BTreeSet;

use super::{
    attach::AttachMetadata,
    discovery_error::DiscoveryError,
    field_selector::FieldSelector,
    found::{endpoint_slice, endpoints, ingress, node, pod, service, view::View},
    objects::Objects,
    role::Role,
    selector::LabelSelector,
    store::{KindSelector, Store},
};
use crate::discovery::target_group::TargetGroup;

/// What to discover in a cluster: an entry of `kubernetes_sd_configs`.
///
/// ```
/// use exposition::discovery::kubernetes::{Discovery, Objects, Role};
///
/// let objects = Objects::parse_all("
/// apiVersion: v1
/// kind: Service
/// metadata: {name: db, namespace: shop, labels: {app: db}}
/// spec: {type: ClusterIP, clusterIP: None, ports: [{port: 5432, protocol: TCP}]}
/// ")?;
/// let discovery = Discovery::new(Role::Service)
///     .with_namespaces(["shop"])
///     .with_selector(Role::Service, "app in (db,cache)", "spec.clusterIP=None")?;
/// let groups = discovery.groups(&objects);
/// assert_eq!(groups[0].source, "svc/shop/db");
/// assert_eq!(groups[0].targets[0]["__address__"], "db.shop.svc:5432");
///
/// let error = discovery.with_selector(Role::Pod, "app=db", "").unwrap_err();
/// assert_eq!(error.to_string(), "service role supports only service selectors");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Discovery {
    role: Role,
    namespaces: BTreeSet<String>,
    own_namespace: bool,
    /// The namespace that Prometheus runs in.
    runs_in: String,
    selectors: Vec<(Role, KindSelector)>,
    attach: AttachMetadata,
}

impl Discovery {
    /// Returns the discovery of all objects of a role, in all namespaces.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Discovery {
            role,
            namespaces: BTreeSet::new(),
            own_namespace: false,
            runs_in: "default".to_owned(),
            selectors: Vec::new(),
            attach: AttachMetadata::default(),
        }
    }

    /// Returns the role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Confines the discovery to these namespaces; none means all ([KD70](crate::docs::kubernetes#kd70)).
    #[must_use]
    pub fn with_namespaces<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.namespaces.extend(names.into_iter().map(Into::into));
        self
    }

    /// Confines the discovery to the namespace that Prometheus runs in, and those that are named.
    #[must_use]
    pub fn with_own_namespace(mut self) -> Self {
        self.own_namespace = true;
        self
    }

    /// Sets the namespace that Prometheus runs in, which is `default` otherwise.
    #[must_use]
    pub fn runs_in(mut self, namespace: impl Into<String>) -> Self {
        self.runs_in = namespace.into();
        self
    }

    /// Adds metadata of other objects to the labels of targets.
    #[must_use]
    pub fn with_attached(mut self, attach: AttachMetadata) -> Self {
        self.attach = attach;
        self
    }

    /// Selects the objects of one kind by their labels and fields; an empty text selects all
    /// ([KD72](crate::docs::kubernetes#kd72)).
    ///
    /// # Errors
    /// A second selector for the same kind, or for one that this role does not look at; a text that is not a
    /// selector; a field that the API server cannot select by.
    pub fn with_selector(
        mut self,
        role: Role,
        label: &str,
        field: &str,
    ) -> Result<Self, DiscoveryError> {
        if self.selectors.iter().any(|(other, _)| *other == role) {
            return Err(DiscoveryError::DuplicateSelector(role.as_str()));
        }
        let supported = self.role.selectable();
        if !supported.contains(&role) {
            let supported: Vec<&str> = supported.iter().map(|role| role.as_str()).collect();
            return Err(DiscoveryError::SelectorRole {
                role: self.role.as_str(),
                supported: supported.join(", "),
            });
        }
        let kind = role.kind();
        let field = FieldSelector::parse(field, kind).map_err(DiscoveryError::Field)?;
        let label: LabelSelector = label.parse().map_err(DiscoveryError::Label)?;
        self.selectors
            .push((role, KindSelector { kind, label, field }));
        Ok(self)
    }

    /// Returns what is discovered among some objects: a group for each object of the role, sorted by source.
    /// A group may have no targets.
    #[must_use]
    pub fn groups(&self, objects: &Objects) -> Vec<TargetGroup> {
        let selectors: Vec<KindSelector> = (self.selectors.iter())
            .map(|(_, selector)| selector.clone())
            .collect();
        let mut namespaces: BTreeSet<&str> = self.namespaces.iter().map(String::as_str).collect();
        if self.own_namespace {
            namespaces.insert(&self.runs_in);
        }
        let mut scopes: Vec<Option<&str>> = namespaces.into_iter().map(Some).collect();
        if scopes.is_empty() || self.role == Role::Node {
            scopes = vec![None];
        }
        let mut groups = Vec::new();
        for namespace in scopes {
            let view = View {
                store: Store {
                    objects,
                    selectors: &selectors,
                    namespace,
                },
                attach: self.attach,
            };
            let primary = view.store.primary(self.role.kind());
            groups.extend(primary.filter_map(|object| match self.role {
                Role::Pod => pod::group(object, &view),
                Role::Service => service::group(object, &view),
                Role::Endpoints => endpoints::group(object, &view),
                Role::EndpointSlice => endpoint_slice::group(object, &view),
                Role::Node => node::group(object),
                Role::Ingress => ingress::group(object, &view),
            }));
        }
        groups.sort_by(|one, other| one.source.cmp(&other.source));
        groups
    }
}
