//! The kinds of objects that discovery knows.

/// A kind that discovery, or the completion of objects, looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Namespace,
    Node,
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    CronJob,
    Job,
    Pod,
    Service,
    Endpoints,
    EndpointSlice,
    Ingress,
}

const KINDS: &[(&str, &str, Kind)] = &[
    ("Namespace", "", Kind::Namespace),
    ("Node", "", Kind::Node),
    ("Deployment", "apps", Kind::Deployment),
    ("StatefulSet", "apps", Kind::StatefulSet),
    ("DaemonSet", "apps", Kind::DaemonSet),
    ("ReplicaSet", "apps", Kind::ReplicaSet),
    ("CronJob", "batch", Kind::CronJob),
    ("Job", "batch", Kind::Job),
    ("Pod", "", Kind::Pod),
    ("Service", "", Kind::Service),
    ("Endpoints", "", Kind::Endpoints),
    ("EndpointSlice", "discovery.k8s.io", Kind::EndpointSlice),
    ("Ingress", "networking.k8s.io", Kind::Ingress),
];

/// Other kinds whose objects are in no namespace.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
];

/// Returns the API group in an `apiVersion`.
pub(super) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

impl Kind {
    /// Returns the kind of that name. The group matters, because Knative has a `Service` too; the version does
    /// not, and an absent `apiVersion` is the usual one.
    pub(super) fn of(kind: &str, api_version: &str) -> Option<Self> {
        let is_meant = |known: &&(&str, &str, Kind)| {
            known.0 == kind && (api_version.is_empty() || known.1 == group(api_version))
        };
        KINDS.iter().find(is_meant).map(|(_, _, kind)| *kind)
    }

    /// Returns the kind's name and the version of its objects that are made here.
    pub(super) fn made(self) -> (&'static str, &'static str) {
        let known = KINDS.iter().find(|(_, _, kind)| *kind == self);
        let name = known.map_or("", |(name, _, _)| name);
        let version = match known.map_or("", |(_, group, _)| group) {
            "apps" => "apps/v1",
            "batch" => "batch/v1",
            "discovery.k8s.io" => "discovery.k8s.io/v1",
            "networking.k8s.io" => "networking.k8s.io/v1",
            _ => "v1",
        };
        (name, version)
    }
}

/// Tells whether objects of a kind are in a namespace.
pub(super) fn is_namespaced(kind: &str, known: Option<Kind>) -> bool {
    match known {
        Some(known) => !matches!(known, Kind::Namespace | Kind::Node),
        None => !CLUSTER_SCOPED.contains(&kind),
    }
}
