//! Checks the service discoveries that are passed on (spec C48).

use super::{needs::needs, rejection::Found, request::Request, rule};
use crate::operator::{
    proxy::go_url_error, service_discovery_other::OtherSdConfig, version::Version,
};

/// Returns the name of a kind and the version that the Operator asks for even without an item of it (spec C42).
pub(super) fn since(kind: &str) -> Option<(&'static str, Version)> {
    let (name, minor) = match kind {
        "digitalOceanSDConfigs" => ("DigitalOcean", 20),
        "linodeSDConfigs" => ("Linode", 28),
        "dockerSwarmSDConfigs" => ("Docker Swarm", 20),
        "puppetDBSDConfigs" => ("PuppetDB", 31),
        "lightSailSDConfigs" => ("Lightsail", 27),
        "ovhcloudSDConfigs" => ("OVHcloud", 40),
        "scalewaySDConfigs" => ("Scaleway", 26),
        "ionosSDConfigs" => ("IONOS", 36),
        _ => return None,
    };
    Some((name, Version::new(2, minor, 0)))
}

pub(super) fn item(sd: &OtherSdConfig, request: &Request<'_>, found: &mut Found) {
    let place = sd.path();
    let check = Check {
        sd,
        place: &place,
        version: &request.settings.version,
    };
    match sd.kind() {
        "azureSDConfigs" => check.azure(found),
        "openstackSDConfigs" if sd.text("role") == Some("loadbalancer") => {
            check.since("role", Version::new(3, 2, 0), found);
        }
        "dockerSDConfigs" => {
            check.since("matchFirstNetwork", Version::new(2, 54, 1), found);
            check.host("host", found);
        }
        "kumaSDConfigs" => {
            check.url("server", found);
            check.since("clientID", Version::new(2, 50, 0), found);
        }
        "hetznerSDConfigs" => check.since("labelSelector", Version::new(3, 5, 0), found),
        "nomadSDConfigs" => check.url("server", found),
        "dockerSwarmSDConfigs" => check.host("host", found),
        "puppetDBSDConfigs" => check.url("url", found),
        _ => {}
    }
    request.server(&sd.http, &place, found);
    for (path, key) in sd.secrets() {
        request.secret(key, path, found);
    }
}

struct Check<'m> {
    sd: &'m OtherSdConfig,
    place: &'m str,
    version: &'m Version,
}

impl Check<'_> {
    fn azure(&self, found: &mut Found) {
        match self.sd.text("authenticationMethod") {
            Some("ManagedIdentity") => {}
            Some("SDK") => {
                self.since("authenticationMethod", Version::new(2, 52, 0), found);
            }
            Some("WorkloadIdentity") => {
                self.since("authenticationMethod", Version::new(3, 11, 0), found);
            }
            _ => {
                for key in ["tenantID", "clientID", "clientSecret"] {
                    if self.sd.value(key).is_none() {
                        let reason =
                            "missing: OAuth, the default of `authenticationMethod`, needs it";
                        let path = format!("{}.{key}", self.place);
                        found.add(&rule::SD_FIELD_MISSING, path, reason);
                    }
                }
            }
        }
    }

    fn since(&self, key: &str, since: Version, found: &mut Found) {
        if self.sd.value(key).is_some() && *self.version < since {
            let path = format!("{}.{key}", self.place);
            found.add(&rule::SD_FIELD_VERSION, path, needs(&since, self.version));
        }
    }

    /// Checks a URL that needs a host.
    fn url(&self, key: &str, found: &mut Found) {
        let Some(url) = self.sd.text(key) else {
            return;
        };
        let after = url.split_once("://").map_or("", |(_, after)| after);
        let no_host = after.is_empty() || after.starts_with(['/', '?', '#']);
        let problem = match go_url_error(url) {
            None if no_host => "no host".to_owned(),
            None => return,
            Some(problem) => problem,
        };
        self.add(key, &problem, found);
    }

    /// Checks an address that Go has to read; without a scheme it is a path.
    fn host(&self, key: &str, found: &mut Found) {
        let host = self.sd.text(key).filter(|host| host.contains("://"));
        if let Some(problem) = host.and_then(go_url_error) {
            self.add(key, &problem, found);
        }
    }

    fn add(&self, key: &str, problem: &str, found: &mut Found) {
        let path = format!("{}.{key}", self.place);
        found.add(&rule::SD_URL, path, format!("not a URL: {problem}"));
    }
}
