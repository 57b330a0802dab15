//! The kinds of service discovery that are passed on to Prometheus, and the fields of each, by the schema of
//! Operator 0.93.

use super::{
    fields::Level,
    http_config::{CLIENT, IDENTITY, PROXY},
};

/// A kind of service discovery without a type of its own.
#[derive(Debug, PartialEq)]
pub(super) struct SdKind {
    /// The key in the manifest: `ec2SDConfigs`.
    pub(super) key: &'static str,
    /// The key in Prometheus' configuration: `ec2_sd_configs`.
    pub(super) written: &'static str,
    pub(super) level: Level,
    /// Its fields but those of HTTP, in the order in which they are written.
    pub(super) fields: &'static [SdField],
}

/// A field of such a kind.
#[derive(Debug, PartialEq)]
pub(super) struct SdField {
    pub(super) key: &'static str,
    pub(super) is_required: bool,
    pub(super) shape: Shape,
}

/// What the API server wants of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// A text that is not empty.
    Name,
    /// Words, each with how it is written.
    Word(&'static [(&'static str, &'static str)]),
    /// A text that begins with `http://` or `https://`.
    Url,
    /// A text that begins with any scheme.
    Host,
    Duration,
    Flag,
    Port,
    /// A key of a Secret.
    Secret,
    /// A set of texts.
    Set,
    /// Names with values.
    Filters,
}

macro_rules! kinds {
    ($($key:literal = $written:literal [$($group:ident),*] {
        $($field:literal $mark:tt $shape:expr;)*
    })*) => {
        /// The kinds, in the order in which the Operator writes them (spec M49).
        pub(super) static KINDS: &[SdKind] = &[$(SdKind {
            key: $key,
            written: $written,
            level: Level {
                place: concat!("spec.", $key, "[]"),
                known: &[&[$($field),*], $($group),*],
                aside: &[],
            },
            fields: &[$(SdField {
                key: $field,
                is_required: is_required!($mark),
                shape: $shape,
            }),*],
        }),*];

        /// Their keys.
        pub(super) const KEYS: &[&str] = &[$($key),*];
    };
}

/// `!` marks what must be there.
macro_rules! is_required {
    (!) => {
        true
    };
    (?) => {
        false
    };
}

use Shape::{Duration, Filters, Flag, Host, Name, Port, Secret, Set, Text, Url, Word};

kinds! {
    "ec2SDConfigs" = "ec2_sd_configs" [PROXY, CLIENT] {
        "region" ? Name;
        "accessKey" ? Secret;
        "secretKey" ? Secret;
        "roleARN" ? Name;
        "refreshInterval" ? Duration;
        "port" ? Port;
        "filters" ? Filters;
    }
    "azureSDConfigs" = "azure_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "environment" ? Name;
        "authenticationMethod" ? Word(&[
            ("OAuth", "OAuth"),
            ("ManagedIdentity", "ManagedIdentity"),
            ("SDK", "SDK"),
            ("WorkloadIdentity", "WorkloadIdentity"),
        ]);
        "subscriptionID" ! Name;
        "tenantID" ? Name;
        "clientID" ? Name;
        "clientSecret" ? Secret;
        "resourceGroup" ? Name;
        "refreshInterval" ? Duration;
        "port" ? Port;
    }
    "gceSDConfigs" = "gce_sd_configs" [] {
        "project" ! Name;
        "zone" ! Name;
        "filter" ? Name;
        "refreshInterval" ? Duration;
        "port" ? Port;
        "tagSeparator" ? Name;
    }
    "openstackSDConfigs" = "openstack_sd_configs" [TLS] {
        "role" ! Word(&[
            ("Instance", "instance"),
            ("Hypervisor", "hypervisor"),
            ("LoadBalancer", "loadbalancer"),
        ]);
        "region" ! Name;
        "identityEndpoint" ? Url;
        "username" ? Name;
        "userid" ? Name;
        "password" ? Secret;
        "domainName" ? Name;
        "domainID" ? Name;
        "projectName" ? Name;
        "projectID" ? Name;
        "applicationCredentialName" ? Name;
        "applicationCredentialId" ? Text;
        "applicationCredentialSecret" ? Secret;
        "allTenants" ? Flag;
        "refreshInterval" ? Duration;
        "port" ? Port;
        "availability" ? Word(&[
            ("Public", "public"),
            ("public", "public"),
            ("Admin", "admin"),
            ("admin", "admin"),
            ("Internal", "internal"),
            ("internal", "internal"),
        ]);
    }
    "digitalOceanSDConfigs" = "digitalocean_sd_configs" [TOKEN, PROXY, CLIENT] {
        "port" ? Port;
        "refreshInterval" ? Duration;
    }
    "kumaSDConfigs" = "kuma_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "server" ! Url;
        "clientID" ? Name;
        "refreshInterval" ? Duration;
        "fetchTimeout" ? Duration;
    }
    "eurekaSDConfigs" = "eureka_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "server" ! Url;
        "refreshInterval" ? Duration;
    }
    "dockerSDConfigs" = "docker_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "host" ! Name;
        "port" ? Port;
        "hostNetworkingHost" ? Name;
        "matchFirstNetwork" ? Flag;
        "filters" ? Filters;
        "refreshInterval" ? Duration;
    }
    "linodeSDConfigs" = "linode_sd_configs" [TOKEN, PROXY, CLIENT] {
        "region" ? Name;
        "port" ? Port;
        "tagSeparator" ? Name;
        "refreshInterval" ? Duration;
    }
    "hetznerSDConfigs" = "hetzner_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "role" ! Word(&[
            ("hcloud", "hcloud"),
            ("Hcloud", "hcloud"),
            ("robot", "robot"),
            ("Robot", "robot"),
        ]);
        "port" ? Port;
        "refreshInterval" ? Duration;
        "labelSelector" ? Name;
    }
    "nomadSDConfigs" = "nomad_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "allowStale" ? Flag;
        "namespace" ? Text;
        "refreshInterval" ? Duration;
        "region" ? Text;
        "server" ! Url;
        "tagSeparator" ? Text;
    }
    "dockerSwarmSDConfigs" = "dockerswarm_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "host" ! Host;
        "role" ! Word(&[
            ("Services", "services"),
            ("Tasks", "tasks"),
            ("Nodes", "nodes"),
        ]);
        "port" ? Port;
        "filters" ? Filters;
        "refreshInterval" ? Duration;
    }
    "puppetDBSDConfigs" = "puppetdb_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "url" ! Url;
        "query" ! Name;
        "includeParameters" ? Flag;
        "refreshInterval" ? Duration;
        "port" ? Port;
    }
    "lightSailSDConfigs" = "lightsail_sd_configs" [IDENTITY, PROXY, CLIENT] {
        "region" ? Name;
        "accessKey" ? Secret;
        "secretKey" ? Secret;
        "roleARN" ? Text;
        "endpoint" ? Name;
        "refreshInterval" ? Duration;
        "port" ? Port;
    }
    "ovhcloudSDConfigs" = "ovhcloud_sd_configs" [] {
        "applicationKey" ! Name;
        "applicationSecret" ! Secret;
        "consumerKey" ! Secret;
        "service" ! Word(&[("VPS", "vps"), ("DedicatedServer", "dedicated_server")]);
        "endpoint" ? Name;
        "refreshInterval" ? Duration;
    }
    "scalewaySDConfigs" = "scaleway_sd_configs" [PROXY, CLIENT] {
        "accessKey" ! Name;
        "secretKey" ! Secret;
        "projectID" ! Name;
        "role" ! Word(&[("Instance", "instance"), ("Baremetal", "baremetal")]);
        "port" ? Port;
        "apiURL" ? Url;
        "zone" ? Name;
        "nameFilter" ? Name;
        "tagsFilter" ? Set;
        "refreshInterval" ? Duration;
    }
    "ionosSDConfigs" = "ionos_sd_configs" [TOKEN, PROXY, CLIENT] {
        "datacenterID" ! Name;
        "port" ? Port;
        "refreshInterval" ? Duration;
    }
}

/// The keys of a discovery that takes no user's name.
const TOKEN: &[&str] = &["authorization", "oauth2"];

/// The key of a discovery that is only encrypted.
const TLS: &[&str] = &["tlsConfig"];
