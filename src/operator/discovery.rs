//! Tells whether Kubernetes discovery finds a target at all, before any rule sees it.

use std::{fmt, str::FromStr};

use super::{
    rules::clean,
    scrape_config::{KubernetesSd, ScrapeConfig},
    selector::{LabelSelector, Operator, Requirement},
};
use crate::relabel::LabelSet;

/// Why a target does not reach the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotDiscovered {
    /// Its namespace is not searched.
    Namespace {
        /// The target's namespace.
        namespace: String,
        /// The namespaces that are searched.
        searched: Vec<String>,
    },
    /// The API server is asked for other objects only.
    Selector {
        /// The kind of object: `pod` or `service`.
        role: String,
        /// The selector in Kubernetes' text form.
        selector: String,
    },
}

impl fmt::Display for NotDiscovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotDiscovered::Namespace {
                namespace,
                searched,
            } => write!(
                f,
                "namespace `{namespace}` is not searched, only `{}`; `namespaceSelector` says where",
                searched.join("`, `")
            ),
            NotDiscovered::Selector { role, selector } => {
                write!(
                    f,
                    "the {role} does not match the role selector `{selector}`"
                )
            }
        }
    }
}

/// Tells whether some Kubernetes discovery of the configuration finds the target. Labels that do not say
/// where the target is, and configurations without such discovery, count as found.
pub(super) fn discovered(
    config: &ScrapeConfig,
    labels: &LabelSet<'_>,
) -> Result<(), NotDiscovered> {
    let mut reason = None;
    for discovery in &config.kubernetes_sd_configs {
        match finds(discovery, labels) {
            Ok(()) => return Ok(()),
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    reason.map_or(Ok(()), Err)
}

fn finds(discovery: &KubernetesSd, labels: &LabelSet<'_>) -> Result<(), NotDiscovered> {
    if let (Some(searched), Some(namespace)) = (
        &discovery.namespaces,
        labels.get("__meta_kubernetes_namespace"),
    ) {
        // The namespace of Prometheus itself is not known here.
        let own = searched.own_namespace == Some(true);
        let named = searched.names.iter().any(|name| name == namespace);
        if !own && !named && !searched.names.is_empty() {
            return Err(NotDiscovered::Namespace {
                namespace: namespace.to_owned(),
                searched: searched.names.clone(),
            });
        }
    }
    for selector in discovery.selectors.iter().flatten() {
        // The labels of `Endpoints` and `EndpointSlice` objects are copies of the service's, which has its
        // own selector.
        let role = selector.role.as_str();
        let text = selector.label.as_deref().unwrap_or_default();
        if let ("pod" | "service", Ok(parsed)) = (role, text.parse::<LabelSelector>())
            && !matches(&parsed, role, labels)
        {
            return Err(NotDiscovered::Selector {
                role: role.to_owned(),
                selector: text.to_owned(),
            });
        }
    }
    Ok(())
}

fn matches(selector: &LabelSelector, role: &str, labels: &LabelSet<'_>) -> bool {
    let value = |key: &str| {
        let key = clean(key);
        let value = labels.get(&format!("__meta_kubernetes_{role}_label_{key}"));
        let present = labels.get(&format!("__meta_kubernetes_{role}_labelpresent_{key}"));
        value.or(present.map(|_| ""))
    };
    (selector.match_labels.iter()).all(|(key, wanted)| value(key) == Some(wanted))
        && selector.match_expressions.iter().all(|requirement| {
            let value = value(&requirement.key);
            let listed = || {
                requirement
                    .values
                    .iter()
                    .any(|wanted| value == Some(wanted))
            };
            match requirement.operator {
                Operator::In => listed(),
                Operator::NotIn => !listed(),
                Operator::Exists => value.is_some(),
                Operator::DoesNotExist => value.is_none(),
            }
        })
}

/// The error for a text that is not a [`LabelSelector`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid requirement {requirement:?} in a label selector: expected k, !k, k=v, k!=v, k in (v,…) or k notin (v,…)"
)]
pub struct SelectorError {
    requirement: String,
}

/// Reads Kubernetes' text form, the reverse of `Display`. It accepts `==` and `!=` too.
impl FromStr for LabelSelector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut selector = LabelSelector::default();
        let mut rest = text.trim();
        while !rest.is_empty() {
            // A comma between parentheses is part of a list of values.
            let list = rest
                .find('(')
                .filter(|open| rest.find(',').is_none_or(|comma| *open < comma));
            let from = list.and_then(|open| rest.get(open..)?.find(')').map(|close| open + close));
            let tail = rest.get(from.unwrap_or(0)..).unwrap_or_default();
            let end = tail
                .find(',')
                .map_or(rest.len(), |comma| from.unwrap_or(0) + comma);
            let (requirement, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            read_requirement(requirement.trim(), &mut selector)?;
            rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        }
        Ok(selector)
    }
}

fn read_requirement(text: &str, selector: &mut LabelSelector) -> Result<(), SelectorError> {
    let invalid = || SelectorError {
        requirement: text.to_owned(),
    };
    let key = |key: &str| {
        let key = key.trim();
        let odd = |c: char| c.is_whitespace() || "()!=,".contains(c);
        (!key.is_empty() && !key.contains(odd))
            .then(|| key.to_owned())
            .ok_or_else(invalid)
    };
    let (name, operator, values) = if let Some(name) = text.strip_prefix('!') {
        (key(name)?, Operator::DoesNotExist, Vec::new())
    } else if let Some((head, list)) = text.split_once('(') {
        let values = list.strip_suffix(')').ok_or_else(invalid)?;
        let values = values
            .split(',')
            .map(|value| value.trim().to_owned())
            .collect();
        match head.trim_end().rsplit_once(char::is_whitespace) {
            Some((name, "in")) => (key(name)?, Operator::In, values),
            Some((name, "notin")) => (key(name)?, Operator::NotIn, values),
            _ => return Err(invalid()),
        }
    } else if let Some((name, value)) = text.split_once("!=") {
        (key(name)?, Operator::NotIn, vec![value.trim().to_owned()])
    } else if let Some((name, value)) = text.split_once('=') {
        let value = value.strip_prefix('=').unwrap_or(value).trim();
        // Two values may be required of the same label; no object has both.
        let name = key(name)?;
        match selector.match_labels.contains_key(&name) {
            true => (name, Operator::In, vec![value.to_owned()]),
            false => {
                selector.match_labels.insert(name, value.to_owned());
                return Ok(());
            }
        }
    } else {
        (key(text)?, Operator::Exists, Vec::new())
    };
    selector.match_expressions.push(Requirement {
        key: name,
        operator,
        values,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read() {
        for text in [
            "",
            "a=b",
            "a=",
            "a in (b,c),!d,e,f notin (g)",
            "app.kubernetes.io/name=x",
        ] {
            let selector: LabelSelector = text.parse().unwrap();
            assert_eq!(selector.to_string(), text);
        }
        let loose: LabelSelector = " a == b , c != d ,e in ( x , y ) ".parse().unwrap();
        assert_eq!(loose.to_string(), "a=b,c notin (d),e in (x,y)");
        let twice: LabelSelector = "a=b,a=c".parse().unwrap();
        assert_eq!(twice.to_string(), "a=b,a in (c)");
        for text in [
            "a b",
            "=a",
            "a in b",
            "a in (b",
            "a like (b)",
            "!",
            "(a)",
            "a,(b)",
        ] {
            assert!(text.parse::<LabelSelector>().is_err(), "{text}");
        }
    }

    #[test]
    fn selectors_match_as_in_kubernetes() {
        let labels: LabelSet<'_> = [
            ("__meta_kubernetes_pod_label_app", "web"),
            ("__meta_kubernetes_pod_labelpresent_app", "true"),
            ("__meta_kubernetes_pod_labelpresent_a_b", "true"),
        ]
        .into_iter()
        .collect();
        for (text, expected) in [
            ("", true),
            ("app=web", true),
            ("app=shop", false),
            ("app in (shop,web)", true),
            ("app notin (web)", false),
            ("none notin (web)", true),
            ("none=", false),
            ("a/b=", true),
            ("a-b", true),
            ("!app", false),
            ("!none,app", true),
        ] {
            assert_eq!(
                matches(&text.parse().unwrap(), "pod", &labels),
                expected,
                "{text}"
            );
        }
    }
}
