//! What Endpoints and EndpointSlices say of a Service and its Pods.

use crate::discovery::kubernetes::object::{
    endpoints::TargetRef, meta::Meta, pod::Pod, service::Service,
};

/// The label by which Endpoints of a headless Service are known.
const HEADLESS: &str = "service.kubernetes.io/headless";

/// Returns the first address of a Pod that is of the family.
pub(super) fn address<'p>(pod: &'p Pod, wanted: Option<&str>) -> Option<&'p str> {
    let all = [&pod.ip].into_iter().chain(&pod.ips);
    let mut all = all.map(String::as_str).filter(|ip| !ip.is_empty());
    all.find(|ip| wanted.is_none_or(|wanted| wanted == family(ip)))
}

pub(super) fn family(ip: &str) -> &'static str {
    if ip.contains(':') { "IPv6" } else { "IPv4" }
}

/// Returns the families of a Service; none if it does not say.
pub(super) fn families(service: &Service) -> Vec<&str> {
    let ip = service.cluster_ip.as_str();
    match service.ip_families.as_slice() {
        [] if ip.is_empty() || service.is_headless() => Vec::new(),
        [] => vec![family(ip)],
        families => families.iter().map(String::as_str).collect(),
    }
}

/// Returns the name that a Pod has in the Service's domain.
pub(super) fn hostname<'p>(pod: &'p Pod, service: &Meta) -> Option<&'p str> {
    let spec = &pod.spec;
    let has_name = !spec.hostname.is_empty() && spec.subdomain == service.name;
    has_name.then_some(spec.hostname.as_str())
}

/// Returns the metadata of Endpoints or of a slice: the labels of the Service.
pub(super) fn metadata(service: &Meta, is_headless: bool) -> Meta {
    let mut labels = service.labels.clone();
    if is_headless {
        labels.insert(HEADLESS.to_owned(), String::new());
    }
    Meta {
        name: service.name.clone(),
        namespace: service.namespace.clone(),
        labels,
        ..Meta::default()
    }
}

pub(super) fn target_ref(pod: &Meta) -> TargetRef {
    TargetRef {
        kind: "Pod".to_owned(),
        namespace: pod.namespace.clone(),
        name: pod.name.clone(),
    }
}
