//! What Prometheus discovers in a cluster.

use std::{fmt, str::FromStr};

use super::{discovery_error::DiscoveryError, kind::Kind};

/// The kind of objects that become targets: `role` of an entry in `kubernetes_sd_configs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Ports of containers.
    Pod,
    /// Ports of Services.
    Service,
    /// Addresses of Endpoints.
    Endpoints,
    /// Addresses of EndpointSlices.
    EndpointSlice,
    /// The kubelet of each Node.
    Node,
    /// Paths of Ingresses.
    Ingress,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Role::Pod,
        Role::Service,
        Role::Endpoints,
        Role::EndpointSlice,
        Role::Node,
        Role::Ingress,
    ];

    /// Returns the word in the configuration: `endpointslice`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Pod => "pod",
            Role::Service => "service",
            Role::Endpoints => "endpoints",
            Role::EndpointSlice => "endpointslice",
            Role::Node => "node",
            Role::Ingress => "ingress",
        }
    }

    /// Returns the roles that selectors may have, in the order in which Prometheus names them (spec KD75).
    pub(super) fn selectable(self) -> &'static [Role] {
        match self {
            Role::Pod => &[Role::Pod, Role::Node],
            Role::Service => &[Role::Service],
            Role::EndpointSlice => &[Role::Pod, Role::Service, Role::EndpointSlice],
            Role::Endpoints => &[Role::Pod, Role::Service, Role::Endpoints],
            Role::Node => &[Role::Node],
            Role::Ingress => &[Role::Ingress],
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Role::Pod => Kind::Pod,
            Role::Service => Kind::Service,
            Role::Endpoints => Kind::Endpoints,
            Role::EndpointSlice => Kind::EndpointSlice,
            Role::Node => Kind::Node,
            Role::Ingress => Kind::Ingress,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = DiscoveryError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Role::ALL.iter().find(|role| role.as_str() == word);
        known.copied().ok_or_else(|| match word {
            "" => DiscoveryError::NoRole,
            _ => DiscoveryError::UnknownRole(word.to_owned()),
        })
    }
}
