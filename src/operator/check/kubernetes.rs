//! Checks a discovery from Kubernetes (spec C45a-C45d).

use super::{
    needs::needs,
    rejection::Found,
    rule,
    selector_text::{field_problem, label_problem},
};
use crate::operator::{
    service_discovery::{KubernetesRole, KubernetesSdConfig},
    version::Version,
};

pub(super) fn discovery(
    sd: &KubernetesSdConfig,
    place: &str,
    version: &Version,
    found: &mut Found,
) {
    let since = Version::new(2, 21, 0);
    if sd.role == KubernetesRole::EndpointSlice && *version < since {
        let reason = needs(&since, version);
        found.add(&rule::SLICE_VERSION, format!("{place}.role"), reason);
    }
    let namespaces = sd.namespaces.as_ref();
    let own = namespaces.is_some_and(|namespaces| namespaces.own_namespace == Some(true));
    if own && sd.api_server.is_some() {
        let reason = "stands beside `apiServer`: in another cluster there is no such namespace";
        let path = format!("{place}.namespaces.ownNamespace");
        found.add(&rule::OWN_NAMESPACE, path, reason);
    }
    for (index, selector) in sd.selectors.iter().enumerate() {
        let place = format!("{place}.selectors[{index}]");
        let allowed = looked_at(sd.role);
        if !allowed.contains(&selector.role) {
            let names: Vec<&str> = allowed.iter().map(|role| word(*role)).collect();
            let reason = format!(
                "{} is not looked at with the role {}: expected {}",
                word(selector.role),
                word(sd.role),
                names.join(", ")
            );
            found.add(&rule::SELECTOR_ROLE, format!("{place}.role"), reason);
        }
        if let Some(problem) = selector.label.as_deref().and_then(label_problem) {
            found.add(&rule::SELECTOR_SYNTAX, format!("{place}.label"), problem);
        }
        if let Some(problem) = selector.field.as_deref().and_then(field_problem) {
            found.add(&rule::SELECTOR_SYNTAX, format!("{place}.field"), problem);
        }
    }
}

/// Returns the kinds of objects that a role looks at.
fn looked_at(role: KubernetesRole) -> &'static [KubernetesRole] {
    use KubernetesRole::{EndpointSlice, Endpoints, Ingress, Node, Pod, Service};
    match role {
        Pod => &[Pod],
        Service => &[Service],
        Node => &[Node],
        Ingress => &[Ingress],
        Endpoints => &[Pod, Service, Endpoints],
        EndpointSlice => &[Pod, Service, EndpointSlice],
    }
}

fn word(role: KubernetesRole) -> &'static str {
    let mut words = KubernetesRole::WORDS.iter();
    words
        .find(|(_, known)| *known == role)
        .map_or("", |(word, _)| word)
}
