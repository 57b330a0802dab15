//! The rules by which a cluster refuses a resource, as a table.

use std::fmt;

/// The component that refuses a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RejectedBy {
    /// The API server: the object is not created, `kubectl apply` fails.
    Api,
    /// The Operator: the object exists, but nothing of it is rendered.
    Operator,
}

impl RejectedBy {
    /// Returns `api` or `operator`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RejectedBy::Api => "api",
            RejectedBy::Operator => "operator",
        }
    }
}

impl fmt::Display for RejectedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            RejectedBy::Api => "the API server",
            RejectedBy::Operator => "the Operator",
        })
    }
}

/// A rule by which the API server or the Operator refuses an object.
///
/// [`CheckRule::all`] lists them:
///
/// ```
/// use exposition::operator::CheckRule;
///
/// for rule in CheckRule::all() {
///     println!("{} {}: {}", rule.id(), rule.key(), rule.summary());
/// }
/// let timeout = CheckRule::all().iter().find(|rule| rule.id() == "C10").unwrap();
/// assert_eq!(timeout.key(), "timeout-above-interval");
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CheckRule {
    id: &'static str,
    key: &'static str,
    by: RejectedBy,
    summary: &'static str,
}

impl CheckRule {
    /// Returns every rule, in the order of their identifiers.
    #[must_use]
    pub fn all() -> &'static [&'static CheckRule] {
        ALL
    }

    /// Returns the identifier of the rule on [its page](crate::docs::operator): `A…` for the API server's,
    /// `C…` for the Operator's.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns a short name of the rule, to sort and filter by: `timeout-above-interval`. Rules that find the
    /// same mistake in different places share it.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// Returns which component refuses the object.
    #[must_use]
    pub const fn by(&self) -> RejectedBy {
        self.by
    }

    /// Describes what is refused.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }
}

macro_rules! rules {
    ($($name:ident = $by:ident $id:literal $key:literal $summary:literal;)*) => {
        $(pub(crate) static $name: CheckRule = CheckRule {
            id: $id,
            key: $key,
            by: RejectedBy::$by,
            summary: $summary,
        };)*
        static ALL: &[&CheckRule] = &[$(&$name),*];
    };
}

rules! {
    REQUIRED = Api "A1" "crd-required" "a required field is missing";
    TYPE = Api "A2" "crd-type" "a value is of another type; YAML 1.1 decides what an unquoted word is";
    DURATION_SYNTAX = Api "A3" "crd-pattern" "a duration is not numbers with units, or the units are not in order";
    WORD = Api "A4" "crd-enum" "a word is not one of those the field allows";
    PATTERN = Api "A5" "crd-pattern" "a size, a URL or a quantity is not written as its field wants it";
    RANGE = Api "A6" "crd-range" "a number is too small or too large";
    LENGTH = Api "A7" "crd-length" "a text or list is empty where something has to stand";
    DUPLICATE = Api "A8" "crd-duplicate" "an item stands twice in a list that is a set";
    CEL = Api "A9" "crd-rule" "fields that exclude each other stand side by side";
    OBJECT_NAME = Api "A10" "object-name" "the object's name is not a lower-case RFC 1123 subdomain";
    UNKNOWN_FIELD = Api "A11" "unknown-field" "a field does not exist; `kubectl` refuses it, other clients lose it";
    API_VERSION = Api "A12" "api-version" "the kind does not exist in this API version";
    VALUES_MISSING = Operator "C1" "selector-values-missing" "`In` or `NotIn` without values";
    VALUES_FORBIDDEN = Operator "C2" "selector-values-forbidden" "`Exists` or `DoesNotExist` with values";
    SELECTOR_VALUE = Operator "C3" "selector-value" "a selector's value cannot be the value of a label";
    SELECTOR_OPERATOR = Operator "C4" "selector-operator" "an operator other than `In`, `NotIn`, `Exists`, `DoesNotExist`";
    SELECTOR_KEY = Operator "C5" "selector-key" "a selector's key cannot be the key of a label";
    MECHANISM_VERSION = Operator "C6" "selector-mechanism-version" "`RoleSelector` before Prometheus 2.17.0";
    FILE_ACCESS = Operator "C7" "file-access-denied" "a file of Prometheus' is named where the Prometheus object denies that";
    SCRAPE_CLASS = Operator "C8" "scrape-class-unknown" "the Prometheus object has no scrape class of the name";
    TIMEOUT = Operator "C10" "timeout-above-interval" "a scrape may take longer than the time to the next one";
    DURATION = Operator "C11" "duration" "a duration that is compared is beyond 292 years";
    ACTION_VERSION = Operator "C12" "relabel-action-version" "an action that the version of Prometheus does not have";
    REGEX = Operator "C13" "relabel-regex" "a rule's regex is not one";
    MODULUS = Operator "C14" "relabel-modulus" "`hashmod` without `modulus`";
    TARGET_MISSING = Operator "C15" "relabel-target-missing" "an action that sets or compares a label, without `targetLabel`";
    TARGET_INVALID = Operator "C16" "relabel-target-invalid" "`targetLabel` is not the name of a label";
    REPLACEMENT_INVALID = Operator "C17" "relabel-replacement-invalid" "`labelmap` with a `replacement` that makes no label names";
    REPLACEMENT_FORBIDDEN = Operator "C18" "relabel-replacement-forbidden" "an action that has no use for `replacement`";
    EXTRA_FIELDS_EQUAL = Operator "C19" "relabel-extra-fields" "`keepequal` or `dropequal` with more than `sourceLabels` and `targetLabel`";
    EXTRA_FIELDS_LABEL = Operator "C20" "relabel-extra-fields" "`labeldrop` or `labelkeep` with more than `regex`";
    AUTH_CONFLICT = Operator "C21a" "auth-conflict" "two ways of authentication at once";
    AUTH_BASIC = Operator "C21b" "auth-type-basic" "`authorization` of type `basic`, which is `basicAuth`";
    CREDENTIALS_MISSING = Operator "C21c" "auth-credentials-missing" "`authorization` without `credentials`";
    CLIENT_ID_MISSING = Operator "C21d" "oauth2-client-id-missing" "`oauth2` without `clientId`";
    CLIENT_ID_TWICE = Operator "C21d" "secret-and-configmap" "`clientId` in a Secret and in a ConfigMap";
    REFERENCE_MISSING = Operator "C21e" "reference-missing" "a Secret or ConfigMap does not exist in the monitor's namespace";
    REFERENCE_KEY_MISSING = Operator "C21e" "reference-key-missing" "a Secret or ConfigMap does not have the key";
    TLS_PAIR = Operator "C22a" "tls-pair" "a client certificate without key, or a key without certificate";
    TLS_SOURCE_TWICE = Operator "C22b" "tls-source-twice" "a certificate or key from an object and from a file";
    TLS_TWICE = Operator "C22c" "secret-and-configmap" "a certificate in a Secret and in a ConfigMap";
    TLS_VERSIONS = Operator "C22d" "tls-versions" "`minVersion` above `maxVersion`";
    TLS_CONTENT = Operator "C22e" "tls-content" "what is referred to is not a certificate, or not the certificate's key";
    NO_PROXY_WITHOUT_URL = Operator "C23a" "no-proxy-without-url" "`noProxy` without `proxyUrl`";
    PROXY_ENV_AND_URL = Operator "C23b" "proxy-env-and-url" "`proxyFromEnvironment` with `proxyUrl`";
    PROXY_ENV_AND_NO_PROXY = Operator "C23c" "proxy-env-and-no-proxy" "`proxyFromEnvironment` with `noProxy`";
    PROXY_HEADER_WITHOUT_PROXY = Operator "C23d" "proxy-header-without-proxy" "`proxyConnectHeader` without a proxy";
    PROXY_HEADER_EMPTY = Operator "C23e" "proxy-header-empty" "a header of `proxyConnectHeader` without a value";
    URL = Operator "C23f" "url" "`proxyUrl` is not a URL";
    PROBE_TARGETS = Operator "C30" "probe-targets-missing" "a `Probe` with neither `staticConfig` nor `ingress`";
    PROBER_URL = Operator "C31" "prober-url" "`prober.url` is not a host with an optional port";
    PROBE_LABEL = Operator "C32" "static-label-name" "a label of `staticConfig` is not the name of a label";
    STATIC_LABEL = Operator "C41" "static-label-name" "a label of `staticConfigs` is not the name of a label";
    SD_VERSION = Operator "C42" "sd-version" "a `ScrapeConfig` before Prometheus 2.40.0, whatever discovery it uses";
    HTTP_SD_URL = Operator "C43" "url" "the URL of an HTTP discovery is not one";
    SLICE_VERSION = Operator "C45a" "sd-version" "the role `EndpointSlice` before Prometheus 2.21.0";
    OWN_NAMESPACE = Operator "C45b" "k8s-own-namespace" "`apiServer` with `ownNamespace`";
    SELECTOR_ROLE = Operator "C45c" "k8s-selector-role" "a selector for objects that the role does not look at";
    SELECTOR_SYNTAX = Operator "C45d" "k8s-selector-syntax" "a selector that Kubernetes cannot read";
    DNS_PORT = Operator "C46" "dns-port" "a DNS discovery by another type than `SRV`, without `port`";
    CONSUL_VERSION = Operator "C47" "sd-version" "a field of a Consul discovery before the version that has it";
    SD_FIELD_VERSION = Operator "C48" "sd-version" "a field or word of a discovery before the version that has it";
    SD_FIELD_MISSING = Operator "C48" "sd-field-missing" "an Azure discovery without what its authentication needs";
    SD_URL = Operator "C48" "sd-url" "the address of a discovery's server is not one";
    VERSION_SYNTAX = Operator "C60" "version-syntax" "the Prometheus object's `version` is not a version";
    VERSION_UNSUPPORTED = Operator "C60" "version-unsupported" "a Prometheus before 2 or after 3";
    GLOBAL_TIMEOUT = Operator "C61" "timeout-above-interval" "the Prometheus object's `scrapeTimeout` is above its `scrapeInterval`";
    TWO_DEFAULTS = Operator "C62" "scrape-class-two-defaults" "two scrape classes are the default";
    CREDENTIALS_TWICE = Operator "C63" "auth-conflict" "a scrape class with `credentials` and `credentialsFile`";
    OWN_REFERENCE_MISSING = Operator "C65" "reference-missing" "a Secret or ConfigMap does not exist in the Prometheus object's namespace";
    OWN_KEY_MISSING = Operator "C65" "reference-key-missing" "a Secret or ConfigMap of the Prometheus object does not have the key";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_in_order_and_say_who() {
        let number = |rule: &CheckRule| -> (char, u32, String) {
            let letter = rule.id.chars().next().unwrap();
            let digits: String = (rule.id.chars().skip(1))
                .take_while(char::is_ascii_digit)
                .collect();
            let rest = rule.id[1 + digits.len()..].to_owned();
            (letter, digits.parse().unwrap(), rest)
        };
        for pair in ALL.windows(2) {
            assert!(number(pair[0]) <= number(pair[1]), "{}", pair[1].id);
        }
        for rule in ALL {
            let letter = match rule.by {
                RejectedBy::Api => "A",
                RejectedBy::Operator => "C",
            };
            assert!(rule.id.starts_with(letter), "{}", rule.id);
            assert!(!rule.summary.ends_with('.'), "{}", rule.summary);
        }
        for (index, rule) in ALL.iter().enumerate() {
            let same = |other: &&&CheckRule| other.id == rule.id && other.key == rule.key;
            assert!(
                !ALL[..index].iter().any(|other| same(&other)),
                "{}",
                rule.id
            );
        }
    }
}
