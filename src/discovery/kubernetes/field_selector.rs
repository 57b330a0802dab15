//! Field selectors: conditions on fields of objects, in Kubernetes' text form
//! ([KD74](crate::docs::kubernetes#kd74)).

use super::{
    kind::Kind,
    object::{Body, Object},
};

/// Conditions that must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FieldSelector {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    field: String,
    value: String,
    is_equal: bool,
}

/// The error for a text that is not a field selector, or that names a field that the API server cannot select
/// by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid condition {condition:?} in a field selector: expected {expected}")]
pub struct FieldSelectorError {
    condition: String,
    expected: String,
}

/// The fields of every kind that is in namespaces, and of any kind.
const NAMESPACED: &[&str] = &["metadata.name", "metadata.namespace"];
const OF_POD: &[&str] = &[
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
];
const OF_SERVICE: &[&str] = &["spec.clusterIP", "spec.type"];
const OF_NODE: &[&str] = &["metadata.name", "spec.unschedulable"];

/// Returns the fields that the API server selects objects of a kind by, in two parts.
fn fields(kind: Kind) -> [&'static [&'static str]; 2] {
    match kind {
        Kind::Pod => [NAMESPACED, OF_POD],
        Kind::Service => [NAMESPACED, OF_SERVICE],
        Kind::Node => [OF_NODE, &[]],
        _ => [NAMESPACED, &[]],
    }
}

impl FieldSelector {
    /// Reads the text form, for objects of a kind.
    pub(super) fn parse(text: &str, kind: Kind) -> Result<Self, FieldSelectorError> {
        let mut terms = Vec::new();
        for condition in conditions(text) {
            let condition = condition.trim();
            if condition.is_empty() {
                continue;
            }
            let fail = |expected: String| FieldSelectorError {
                condition: condition.to_owned(),
                expected,
            };
            let parts = split(condition);
            let parts = parts
                .and_then(|(field, is_equal, value)| Some((field, is_equal, unescape(value)?)));
            let (field, is_equal, value) =
                parts.ok_or_else(|| fail("f=v, f==v or f!=v".to_owned()))?;
            let [general, own] = fields(kind);
            if !general.contains(&field) && !own.contains(&field) {
                let known = [general, own].concat().join(", ");
                return Err(fail(format!("one of the fields {known}")));
            }
            terms.push(Term {
                field: field.to_owned(),
                value,
                is_equal,
            });
        }
        Ok(FieldSelector { terms })
    }

    /// Tells whether an object is selected.
    pub(super) fn matches(&self, object: &Object) -> bool {
        (self.terms.iter()).all(|term| (value(object, &term.field) == term.value) == term.is_equal)
    }
}

/// Splits a text at the commas that are not escaped.
fn conditions(text: &str) -> Vec<&str> {
    let mut escaped = false;
    text.split(move |c| {
        let splits = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        splits
    })
    .collect()
}

/// Splits a condition at its operator.
fn split(condition: &str) -> Option<(&str, bool, &str)> {
    let at = condition.find('=')?;
    let (before, after) = condition.split_at_checked(at)?;
    match before.strip_suffix('!') {
        Some(field) => Some((field, false, after.strip_prefix('=')?)),
        None => Some((
            before,
            true,
            after.strip_prefix("==").or(after.strip_prefix('='))?,
        )),
    }
}

/// Undoes the escapes of a value. A bare `=` or `,` is an error, as is another escape.
fn unescape(value: &str) -> Option<String> {
    let mut chars = value.chars();
    let mut text = String::with_capacity(value.len());
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|c| "\\,=".contains(*c))?),
            '=' | ',' => return None,
            _ => text.push(c),
        }
    }
    Some(text)
}

fn value<'o>(object: &'o Object, field: &str) -> &'o str {
    let word = |flag| if flag { "true" } else { "false" };
    match (field, &object.body) {
        ("metadata.name", _) => object.name(),
        ("metadata.namespace", _) => object.namespace().unwrap_or_default(),
        ("spec.nodeName", Body::Pod(pod)) => &pod.spec.node_name,
        ("spec.restartPolicy", Body::Pod(pod)) => &pod.spec.restart_policy,
        ("spec.schedulerName", Body::Pod(pod)) => &pod.spec.scheduler_name,
        ("spec.serviceAccountName", Body::Pod(pod)) => &pod.spec.service_account_name,
        ("spec.hostNetwork", Body::Pod(pod)) => word(pod.spec.host_network),
        ("status.phase", Body::Pod(pod)) => &pod.phase,
        // The API server makes both the same.
        ("status.podIP", Body::Pod(pod)) => match pod.ips.first() {
            Some(first) if pod.ip.is_empty() => first,
            _ => &pod.ip,
        },
        ("status.nominatedNodeName", Body::Pod(pod)) => &pod.nominated_node_name,
        ("spec.clusterIP", Body::Service(service)) => &service.cluster_ip,
        ("spec.type", Body::Service(service)) => &service.service_type,
        ("spec.unschedulable", Body::Node(node)) => word(node.is_unschedulable),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::objects::Objects;
    use super::*;

    fn only(yaml: &str) -> Object {
        let objects = Objects::parse_all(yaml).unwrap();
        objects.iter().next().unwrap().clone()
    }

    #[test]
    fn fields_are_compared() {
        let pod = only(
            "{apiVersion: v1, kind: Pod, metadata: {name: 'a=b', namespace: shop}, \
             spec: {nodeName: n1, hostNetwork: true}, status: {phase: Running, podIPs: [{ip: 10.0.0.1}]}}",
        );
        for (text, expected) in [
            ("", true),
            ("metadata.name=a\\=b", true),
            ("metadata.name!=a\\=b", false),
            ("metadata.namespace==shop,spec.nodeName=n1", true),
            ("spec.nodeName=n1, status.phase!=Running", false),
            ("spec.hostNetwork=true,status.podIP=10.0.0.1", true),
            ("spec.schedulerName=,", true),
        ] {
            let selector = FieldSelector::parse(text, Kind::Pod).unwrap();
            assert_eq!(selector.matches(&pod), expected, "{text}");
        }
        let node = only("{apiVersion: v1, kind: Node, metadata: {name: n1}}");
        for (text, expected) in [
            ("spec.unschedulable=false", true),
            ("spec.unschedulable=true", false),
        ] {
            let selector = FieldSelector::parse(text, Kind::Node).unwrap();
            assert_eq!(selector.matches(&node), expected, "{text}");
        }
        let service = only(
            "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {type: ClusterIP, clusterIP: None}}",
        );
        let text = "spec.type=ClusterIP,spec.clusterIP=None,metadata.namespace=default";
        assert!(
            FieldSelector::parse(text, Kind::Service)
                .unwrap()
                .matches(&service)
        );
    }

    #[test]
    fn errors_name_the_condition() {
        let form = "expected f=v, f==v or f!=v";
        let of_ingress = "expected one of the fields metadata.name, metadata.namespace";
        for (text, kind, condition, expected) in [
            ("a", Kind::Pod, "a", form),
            ("metadata.name=a=b", Kind::Pod, "metadata.name=a=b", form),
            ("metadata.name=\\a", Kind::Pod, "metadata.name=\\\\a", form),
            (
                "metadata.name=a,spec.x=1",
                Kind::Ingress,
                "spec.x=1",
                of_ingress,
            ),
            (
                "metadata.namespace=a",
                Kind::Node,
                "metadata.namespace=a",
                "expected one of the fields metadata.name, spec.unschedulable",
            ),
        ] {
            let error = FieldSelector::parse(text, kind).unwrap_err();
            let words =
                format!("invalid condition \"{condition}\" in a field selector: {expected}");
            assert_eq!(error.to_string(), words);
        }
    }
}
