//! Which labels Prometheus' Kubernetes discovery makes of which objects.

use super::sanitize::sanitize;
use crate::yaml::meant::closest;

/// What all labels of the discovery begin with.
const PREFIX: &str = "__meta_kubernetes_";

/// The kinds of objects that targets are made of: the roles of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Roles(u8);

impl Roles {
    pub(crate) const POD: Roles = Roles(1);
    pub(crate) const SERVICE: Roles = Roles(1 << 1);
    pub(crate) const ENDPOINTS: Roles = Roles(1 << 2);
    pub(crate) const ENDPOINT_SLICE: Roles = Roles(1 << 3);
    pub(crate) const NODE: Roles = Roles(1 << 4);
    pub(crate) const INGRESS: Roles = Roles(1 << 5);
    pub(crate) const NONE: Roles = Roles(0);

    /// The names of the roles, as in a configuration.
    const NAMES: [(&'static str, Roles); 6] = [
        ("pod", Roles::POD),
        ("service", Roles::SERVICE),
        ("endpoints", Roles::ENDPOINTS),
        ("endpointslice", Roles::ENDPOINT_SLICE),
        ("node", Roles::NODE),
        ("ingress", Roles::INGRESS),
    ];

    /// Returns the role with this name; none if there is no such role.
    pub(crate) fn named(name: &str) -> Roles {
        let known = Roles::NAMES.iter().find(|(known, _)| *known == name);
        known.map_or(Roles::NONE, |(_, role)| *role)
    }

    pub(crate) const fn or(self, other: Roles) -> Roles {
        Roles(self.0 | other.0)
    }

    pub(crate) const fn overlaps(self, other: Roles) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the names of the roles, in words.
    pub(crate) fn words(self) -> String {
        let names: Vec<_> = (Roles::NAMES.iter())
            .filter(|(_, role)| role.overlaps(self))
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        names.join(" or ")
    }
}

/// Roles whose targets may belong to a pod.
const POD: Roles = Roles::POD.or(SLICES);
/// Roles whose targets may belong to a service.
const SERVICE: Roles = Roles::SERVICE.or(SLICES);
const SLICES: Roles = Roles::ENDPOINTS.or(Roles::ENDPOINT_SLICE);
/// Roles that have a namespace.
const NAMESPACED: Roles = POD.or(Roles::SERVICE).or(Roles::INGRESS);
/// Roles whose targets may get the metadata of their node.
const NODE: Roles = POD.or(Roles::NODE);

/// Single labels, without what all begin with (spec KD13, KD22-KD61).
const NAMES: &[(&str, Roles)] = &[
    ("namespace", NAMESPACED),
    ("pod_name", POD),
    ("pod_ip", POD),
    ("pod_host_ip", POD),
    ("pod_ready", POD),
    ("pod_phase", POD),
    ("pod_node_name", POD),
    ("pod_uid", POD),
    ("pod_controller_kind", POD),
    ("pod_controller_name", POD),
    ("pod_deployment_name", POD),
    ("pod_job_name", POD),
    ("pod_cronjob_name", POD),
    ("pod_container_name", POD),
    ("pod_container_image", POD),
    ("pod_container_id", POD),
    ("pod_container_init", POD),
    ("pod_container_port_number", POD),
    ("pod_container_port_name", POD),
    ("pod_container_port_protocol", POD),
    ("service_name", SERVICE),
    ("service_port_name", Roles::SERVICE),
    ("service_port_number", Roles::SERVICE),
    ("service_port_protocol", Roles::SERVICE),
    ("service_type", Roles::SERVICE),
    ("service_cluster_ip", Roles::SERVICE),
    ("service_external_name", Roles::SERVICE),
    ("service_loadbalancer_ip", Roles::SERVICE),
    ("endpoints_name", Roles::ENDPOINTS),
    ("endpoint_port_name", Roles::ENDPOINTS),
    ("endpoint_port_protocol", Roles::ENDPOINTS),
    ("endpoint_ready", Roles::ENDPOINTS),
    ("endpoint_address_target_kind", Roles::ENDPOINTS),
    ("endpoint_address_target_name", Roles::ENDPOINTS),
    ("endpoint_node_name", Roles::ENDPOINTS),
    ("endpoint_hostname", Roles::ENDPOINTS),
    ("endpointslice_name", Roles::ENDPOINT_SLICE),
    ("endpointslice_address_type", Roles::ENDPOINT_SLICE),
    ("endpointslice_port", Roles::ENDPOINT_SLICE),
    ("endpointslice_port_name", Roles::ENDPOINT_SLICE),
    ("endpointslice_port_protocol", Roles::ENDPOINT_SLICE),
    ("endpointslice_port_app_protocol", Roles::ENDPOINT_SLICE),
    (
        "endpointslice_endpoint_conditions_ready",
        Roles::ENDPOINT_SLICE,
    ),
    (
        "endpointslice_endpoint_conditions_serving",
        Roles::ENDPOINT_SLICE,
    ),
    (
        "endpointslice_endpoint_conditions_terminating",
        Roles::ENDPOINT_SLICE,
    ),
    ("endpointslice_endpoint_hostname", Roles::ENDPOINT_SLICE),
    ("endpointslice_endpoint_node_name", Roles::ENDPOINT_SLICE),
    ("endpointslice_endpoint_zone", Roles::ENDPOINT_SLICE),
    ("endpointslice_address_target_kind", Roles::ENDPOINT_SLICE),
    ("endpointslice_address_target_name", Roles::ENDPOINT_SLICE),
    ("node_name", NODE),
    ("node_provider_id", Roles::NODE),
    ("ingress_name", Roles::INGRESS),
    ("ingress_class_name", Roles::INGRESS),
    ("ingress_host", Roles::INGRESS),
    ("ingress_path", Roles::INGRESS),
    ("ingress_scheme", Roles::INGRESS),
];

/// What has labels and annotations (spec KD10, KD61).
const OBJECTS: &[(&str, Roles)] = &[
    ("pod", POD),
    ("service", SERVICE),
    ("endpoints", Roles::ENDPOINTS),
    ("endpointslice", Roles::ENDPOINT_SLICE),
    ("node", NODE),
    ("ingress", Roles::INGRESS),
    ("namespace", NAMESPACED),
];

/// What comes after the object, and before a part that is the cluster's own.
const OF_OBJECTS: &[&str] = &[
    "label_",
    "labelpresent_",
    "annotation_",
    "annotationpresent_",
];

/// Beginnings of other labels that have a part that is the cluster's own (spec KD46, KD50, KD51).
const OPEN: &[(&str, Roles)] = &[
    ("endpointslice_endpoint_topology_", Roles::ENDPOINT_SLICE),
    ("node_address_", Roles::NODE),
    ("node_condition_", Roles::NODE),
];

/// What is known of a label's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// The discovery of Kubernetes does not make it: the name begins otherwise.
    Elsewhere,
    /// It is made in these roles.
    In(Roles),
    /// It is metadata of the node, which has to be attached in roles other than `node`.
    OfNode(Roles),
    /// It is metadata of the namespace, which has to be attached.
    OfNamespace(Roles),
    /// It is not made at all. Perhaps another is meant.
    Nowhere(Option<String>),
}

/// Returns what is known of a label's name.
pub(crate) fn known(label: &str) -> Known {
    let Some(name) = label.strip_prefix(PREFIX) else {
        return Known::Elsewhere;
    };
    if let Some((_, roles)) = NAMES.iter().find(|(known, _)| *known == name) {
        return match name {
            "node_name" => Known::OfNode(*roles),
            _ => Known::In(*roles),
        };
    }
    let open = opens().find(|(beginning, _)| {
        let own = name.strip_prefix(beginning.as_str());
        own.is_some_and(|own| !own.is_empty())
    });
    let Some((beginning, roles)) = open else {
        return Known::Nowhere(meant(name));
    };
    let clean = sanitize(name);
    if clean != name {
        return Known::Nowhere(Some(format!("{PREFIX}{clean}")));
    }
    match beginning.split_once('_') {
        Some(("node", "address_" | "condition_")) => Known::In(roles),
        Some(("node", _)) => Known::OfNode(roles),
        Some(("namespace", _)) => Known::OfNamespace(roles),
        _ => Known::In(roles),
    }
}

/// Returns the beginnings of labels that end in a part that is the cluster's own.
fn opens() -> impl Iterator<Item = (String, Roles)> + Clone {
    let objects = OBJECTS.iter().flat_map(|(object, roles)| {
        (OF_OBJECTS.iter()).map(move |after| (format!("{object}_{after}"), *roles))
    });
    let others = OPEN
        .iter()
        .map(|(open, roles)| ((*open).to_owned(), *roles));
    objects.chain(others)
}

/// Returns the label that may be meant by a name that is not known.
fn meant(name: &str) -> Option<String> {
    // No name of one's own is known, so a long one is not a slip.
    const LONGEST: usize = 256;
    const SLIPS: usize = 2;
    if name.len() > LONGEST {
        return None;
    }
    let slips = |letters: usize| if letters < 8 { 1 } else { SLIPS };
    let is_known = |name: &str| NAMES.iter().any(|(known, _)| *known == name);
    let longer = [
        format!("{name}_name"),
        format!("{name}_number"),
        format!("pod_{name}"),
    ];
    // Every object has the one label for its namespace, and only a pod has containers.
    let usual = (longer
        .iter()
        .zip([true, true, name.starts_with("container_")]))
    .find(|(name, applies)| *applies && is_known(name))
    .map(|(name, _)| name.as_str())
    .or_else(|| name.ends_with("_namespace").then_some("namespace"));
    if let Some(usual) = usual {
        return Some(format!("{PREFIX}{usual}"));
    }
    // A part of the cluster's own goes on after as many words as the beginning has.
    for (beginning, _) in opens() {
        let words = beginning.matches('_').count();
        let Some((end, _)) = name.match_indices('_').nth(words - 1) else {
            continue;
        };
        let (written, own) = name.split_at(end + 1);
        let is_meant = closest(written, std::iter::once(&beginning), |_| 1).is_some();
        if is_meant && !own.is_empty() {
            return Some(format!("{PREFIX}{beginning}{}", sanitize(own)));
        }
    }
    let names = NAMES.iter().map(|(known, _)| *known);
    closest(name, names, slips).map(|known| format!("{PREFIX}{known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_known_by_role() {
        for (label, expected) in [
            ("__address__", Known::Elsewhere),
            ("__meta_consul_service", Known::Elsewhere),
            ("__meta_kubernetes_namespace", Known::In(NAMESPACED)),
            ("__meta_kubernetes_pod_name", Known::In(POD)),
            ("__meta_kubernetes_service_type", Known::In(Roles::SERVICE)),
            ("__meta_kubernetes_pod_label_app", Known::In(POD)),
            ("__meta_kubernetes_pod_labelpresent_a_b", Known::In(POD)),
            (
                "__meta_kubernetes_endpointslice_endpoint_topology_present_zone",
                Known::In(Roles::ENDPOINT_SLICE),
            ),
            (
                "__meta_kubernetes_node_address_InternalIP",
                Known::In(Roles::NODE),
            ),
            ("__meta_kubernetes_node_name", Known::OfNode(NODE)),
            ("__meta_kubernetes_node_label_zone", Known::OfNode(NODE)),
            (
                "__meta_kubernetes_namespace_label_team",
                Known::OfNamespace(NAMESPACED),
            ),
        ] {
            assert_eq!(known(label), expected, "{label}");
        }
    }

    #[test]
    fn a_label_that_is_not_made_may_be_a_slip() {
        for (label, meant) in [
            ("pod_labels_app", Some("pod_label_app")),
            (
                "pod_label_app.kubernetes.io/name",
                Some("pod_label_app_kubernetes_io_name"),
            ),
            (
                "pod_annotation_prometheus.io/port",
                Some("pod_annotation_prometheus_io_port"),
            ),
            (
                "pod_annotations_prometheus.io/port",
                Some("pod_annotation_prometheus_io_port"),
            ),
            ("pods_name", Some("pod_name")),
            ("pod_container_nmae", Some("pod_container_name")),
            ("podname", Some("pod_name")),
            ("name_space", Some("namespace")),
            ("services_label_app", Some("service_label_app")),
            ("pod_namespace", Some("namespace")),
            ("pod", Some("pod_name")),
            ("pod_container_port", Some("pod_container_port_name")),
            ("container_name", Some("pod_container_name")),
            ("endpoint_label_app", Some("endpoints_label_app")),
            ("deployment_name", None),
            ("pod_label_", None),
            ("", None),
        ] {
            let expected = Known::Nowhere(meant.map(|meant| format!("{PREFIX}{meant}")));
            assert_eq!(known(&format!("{PREFIX}{label}")), expected, "{label}");
        }
    }
}
