//! From an entry of `kubernetes_sd_configs` to what it discovers, checked as Prometheus does (spec KD75).

use super::scrape_config::KubernetesSd;
use crate::discovery::kubernetes::{
    attach::AttachMetadata, discovery::Discovery, discovery_error::DiscoveryError, role::Role,
};
use crate::yaml::node::Node;

impl KubernetesSd {
    /// Returns what is discovered by this entry among the objects of a cluster. The files and servers that it
    /// names are not looked at.
    ///
    /// ```
    /// use exposition::operator::ScrapeConfig;
    ///
    /// let config = ScrapeConfig::from_yaml("
    /// job_name: pods
    /// kubernetes_sd_configs:
    /// - role: pod
    ///   selectors: [{role: service, label: app=web}]
    /// ")?;
    /// let error = config.kubernetes_sd_configs[0].discovery().unwrap_err();
    /// assert_eq!(error.to_string(), "pod role supports only pod, node selectors");
    /// # Ok::<(), exposition::operator::YamlError>(())
    /// ```
    ///
    /// # Errors
    /// What Prometheus refuses, in the order in which it looks ([KD75](crate::docs::kubernetes#kd75)).
    pub fn discovery(&self) -> Result<Discovery, DiscoveryError> {
        let role = match self.role.parse::<Role>() {
            Err(error @ DiscoveryError::UnknownRole(_)) => return Err(error),
            role => role,
        };
        let mut selectors = Vec::new();
        for selector in self.selectors.iter().flatten() {
            let role = selector.role.parse::<Role>();
            let unknown = |_| DiscoveryError::UnknownRole(selector.role.clone());
            selectors.push((role.map_err(unknown)?, selector));
        }
        let mut discovery = Discovery::new(role?);
        self.check_connection()
            .map_err(DiscoveryError::Connection)?;
        if let Some(namespaces) = &self.namespaces {
            discovery = discovery.with_namespaces(&namespaces.names);
            if namespaces.own_namespace == Some(true) {
                discovery = discovery.with_own_namespace();
            }
        }
        for (role, selector) in selectors {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let (label, field) = (text(&selector.label), text(&selector.field));
            discovery = discovery.with_selector(role, &label, &field)?;
        }
        let attached = self.attach_metadata.unwrap_or_default();
        Ok(discovery.with_attached(AttachMetadata {
            node: attached.node == Some(true),
            namespace: attached.namespace == Some(true),
            deployment: attached.deployment == Some(true),
            job: attached.job == Some(true),
            cronjob: attached.cronjob == Some(true),
        }))
    }

    /// Checks how the API server is reached.
    fn check_connection(&self) -> Result<(), &'static str> {
        let options = Options(&self.other);
        options.check()?;
        let api_server = self
            .api_server
            .as_deref()
            .is_some_and(|url| !url.is_empty());
        let kubeconfig = options.has("kubeconfig_file");
        let own = (self.namespaces.as_ref()).is_some_and(|names| names.own_namespace == Some(true));
        let custom = options.are_custom();
        for (is_wrong, message) in [
            (
                api_server && kubeconfig,
                "cannot use 'kubeconfig_file' and 'api_server' simultaneously",
            ),
            (
                kubeconfig && custom,
                "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
            ),
            (
                !api_server && custom,
                "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
            ),
            (
                api_server && own,
                "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously",
            ),
            (
                kubeconfig && own,
                "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously",
            ),
        ] {
            if is_wrong {
                return Err(message);
            }
        }
        Ok(())
    }
}

/// The options of an HTTP client, as written.
struct Options<'o>(&'o [(String, Node)]);

/// Tells whether a value is there: not null, empty or `false`.
fn is_set(node: &Node) -> bool {
    match node {
        Node::Null | Node::Bool(false) => false,
        Node::Text(text) => !text.is_empty(),
        Node::Map(entries) => !entries.is_empty(),
        _ => true,
    }
}

impl Options<'_> {
    fn get(&self, key: &str) -> Option<&Node> {
        let option = self.0.iter().find(|(name, _)| name == key);
        option
            .map(|(_, value)| value)
            .filter(|value| **value != Node::Null)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some_and(is_set)
    }

    /// Returns how many keys are set in an option that is a map.
    fn count(&self, key: &str, keys: &[&str]) -> usize {
        let map = self.get(key);
        let set = keys
            .iter()
            .filter(|key| map.and_then(|map| map.get(key)).is_some_and(is_set));
        set.count()
    }

    /// Tells whether any option differs from what it is by default.
    fn are_custom(&self) -> bool {
        self.0
            .iter()
            .any(|(key, value)| match (key.as_str(), value) {
                ("kubeconfig_file", _) | (_, Node::Null) => false,
                ("follow_redirects" | "enable_http2", value) => *value == Node::Bool(false),
                // An empty section is one all the same.
                ("authorization" | "basic_auth" | "oauth2", _) => true,
                (_, value) => is_set(value),
            })
    }

    /// Checks options that contradict each other.
    fn check(&self) -> Result<(), &'static str> {
        let bearer = self.has("bearer_token") || self.has("bearer_token_file");
        let basic = self.get("basic_auth").is_some();
        let oauth2 = self.get("oauth2").is_some();
        let authorization = self.get("authorization");
        let auth_type = authorization
            .and_then(|map| map.get("type"))
            .and_then(Node::as_text);
        let of_oauth2 = |key| self.count("oauth2", &[key]) == 1;
        let environment = self.has("proxy_from_environment");
        let proxy = self.has("proxy_url");
        let one_scheme = "at most one of basic_auth, oauth2 & authorization must be configured";
        for (is_wrong, message) in [
            (
                self.has("bearer_token") && self.has("bearer_token_file"),
                "at most one of bearer_token & bearer_token_file must be configured",
            ),
            (
                (basic || oauth2) && bearer,
                "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
            ),
            (
                self.count("basic_auth", &["username", "username_file", "username_ref"]) > 1,
                "at most one of basic_auth username, username_file & username_ref must be configured",
            ),
            (
                self.count("basic_auth", &["password", "password_file", "password_ref"]) > 1,
                "at most one of basic_auth password, password_file & password_ref must be configured",
            ),
            (
                authorization.is_some() && bearer,
                "authorization is not compatible with bearer_token & bearer_token_file",
            ),
            (
                self.count(
                    "authorization",
                    &["credentials", "credentials_file", "credentials_ref"],
                ) > 1,
                "at most one of authorization credentials & credentials_file must be configured",
            ),
            (
                auth_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("basic")),
                "authorization type cannot be set to \"basic\", use \"basic_auth\" instead",
            ),
            (authorization.is_some() && (basic || oauth2), one_scheme),
            (oauth2 && basic, one_scheme),
            (
                oauth2 && !of_oauth2("client_id"),
                "oauth2 client_id must be configured",
            ),
            (
                oauth2 && !of_oauth2("token_url"),
                "oauth2 token_url must be configured",
            ),
            (
                self.has("proxy_connect_header") && !environment && !proxy,
                "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured",
            ),
            (
                environment && proxy,
                "if proxy_from_environment is configured, proxy_url must not be configured",
            ),
            (
                environment && self.has("no_proxy"),
                "if proxy_from_environment is configured, no_proxy must not be configured",
            ),
            (
                self.has("no_proxy") && !proxy,
                "if no_proxy is configured, proxy_url must also be configured",
            ),
        ] {
            if is_wrong {
                return Err(message);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scrape_config::ScrapeConfig;
    use super::*;

    fn discovery(entry: &str) -> Result<Discovery, DiscoveryError> {
        let yaml = format!("job_name: a\nkubernetes_sd_configs: [{entry}]");
        let config = ScrapeConfig::from_yaml(&yaml).unwrap();
        config.kubernetes_sd_configs[0].discovery()
    }

    /// The messages are Prometheus' own, in its order.
    #[test]
    fn what_prometheus_refuses_is_refused() {
        for (entry, expected) in [
            (
                "{}",
                "role missing (one of: pod, service, endpoints, endpointslice, node, ingress)",
            ),
            ("{role: Pod}", "unknown Kubernetes SD role \"Pod\""),
            (
                "{selectors: [{role: x}]}",
                "unknown Kubernetes SD role \"x\"",
            ),
            (
                "{role: pod, kubeconfig_file: a, api_server: 'http://a'}",
                "cannot use 'kubeconfig_file' and 'api_server' simultaneously",
            ),
            (
                "{role: pod, kubeconfig_file: a, bearer_token: b}",
                "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
            ),
            (
                "{role: pod, follow_redirects: false, selectors: [{role: node}, {role: node}]}",
                "to use custom HTTP client configuration please provide the 'api_server' URL explicitly",
            ),
            (
                "{role: pod, api_server: 'http://a', namespaces: {own_namespace: true}}",
                "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously",
            ),
            (
                "{role: pod, kubeconfig_file: a, namespaces: {own_namespace: true}}",
                "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously",
            ),
            (
                "{role: pod, basic_auth: {}, bearer_token: a}",
                "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
            ),
            (
                "{role: pod, api_server: 'http://a', no_proxy: b}",
                "if no_proxy is configured, proxy_url must also be configured",
            ),
            (
                "{role: pod, selectors: [{role: node}, {role: node}]}",
                "duplicated selector role: node",
            ),
            (
                "{role: endpointslice, selectors: [{role: endpoints}]}",
                "endpointslice role supports only pod, service, endpointslice selectors",
            ),
            (
                "{role: endpoints, selectors: [{role: node}]}",
                "endpoints role supports only pod, service, endpoints selectors",
            ),
            (
                "{role: node, selectors: [{role: pod}]}",
                "node role supports only node selectors",
            ),
            (
                "{role: ingress, selectors: [{role: ingress, field: a, label: '!'}]}",
                "invalid condition \"a\" in a field selector: expected f=v, f==v or f!=v",
            ),
            (
                "{role: service, selectors: [{role: service, label: '!'}]}",
                "invalid requirement \"!\" in a label selector: expected k, !k, k=v, k!=v, k in (v,…), \
                 k notin (v,…), k>n or k<n",
            ),
        ] {
            assert_eq!(
                discovery(entry).unwrap_err().to_string(),
                expected,
                "{entry}"
            );
        }
    }

    #[test]
    fn settings_are_taken_over() {
        let attach = "{node: true, namespace: true, deployment: true, job: true, cronjob: true}";
        let namespaces = "{own_namespace: true, names: [b]}";
        let selector = "{role: pod, label: a=b, field: spec.nodeName=n}";
        let entry = format!(
            "{{role: pod, enable_http2: true, attach_metadata: {attach}, namespaces: {namespaces}, selectors: [{selector}]}}"
        );
        let expected = Discovery::new(Role::Pod)
            .with_attached(AttachMetadata {
                node: true,
                namespace: true,
                deployment: true,
                job: true,
                cronjob: true,
            })
            .with_namespaces(["b"])
            .with_own_namespace()
            .with_selector(Role::Pod, "a=b", "spec.nodeName=n");
        assert_eq!(discovery(&entry), expected);
    }
}
