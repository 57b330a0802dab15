//! Which port of which pod a target is.

use std::fmt;

use crate::targets::{self, Labels};

/// A port of a container, or a container without one.
pub(super) struct Place {
    pub(super) namespace: String,
    pub(super) pod: String,
    pub(super) ip: String,
    container: String,
    port_name: String,
    port: String,
}

impl Place {
    /// Returns the place of a discovered target; `None` if it is not a pod's.
    pub(super) fn of(labels: &Labels) -> Option<Self> {
        let meta = |name: &str| {
            let value = labels.get(&format!("__meta_kubernetes_{name}"));
            value.cloned().unwrap_or_default()
        };
        let pod = meta("pod_name");
        if pod.is_empty() {
            return None;
        }
        let container = meta("pod_container_name");
        let (port_name, port) = match container.is_empty() {
            false => (
                meta("pod_container_port_name"),
                meta("pod_container_port_number"),
            ),
            // An address of the pod that no container declares.
            true => {
                let address = labels.get("__address__").map(String::as_str);
                let port = address.and_then(|address| Some(address.rsplit_once(':')?.1));
                (String::new(), port.unwrap_or_default().to_owned())
            }
        };
        Some(Place {
            namespace: meta("namespace"),
            pod,
            ip: meta("pod_ip"),
            container,
            port_name,
            port,
        })
    }

    /// Tells whether it is a port, and not a container without one.
    pub(super) fn has_number(&self) -> bool {
        !self.port.is_empty()
    }

    /// Returns what tells it from the other ports of its pod. A container may have a number twice, for two
    /// protocols.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.container, self.port)
    }
}

/// Displays the container, and the port's name and number.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            container,
            port_name,
            port,
            ..
        } = self;
        match container.as_str() {
            "" => f.write_str("no container")?,
            container => f.write_str(container)?,
        }
        if !port_name.is_empty() {
            write!(f, " {port_name}")?;
        }
        match port.as_str() {
            "" => f.write_str(" (no port)"),
            port => write!(f, " {port}"),
        }
    }
}

/// Returns what a target is called.
pub(super) fn called(labels: &Labels) -> String {
    match Place::of(labels) {
        Some(place) => place.to_string(),
        None => other(labels),
    }
}

/// Returns what a target is called that is not a pod's.
pub(super) fn other(labels: &Labels) -> String {
    let meta = |name: &str| {
        let value = labels.get(&format!("__meta_kubernetes_{name}"));
        value.map(String::as_str)
    };
    match meta("node_name").or(meta("ingress_name")) {
        None => targets::name(labels),
        Some(name) => {
            let address = labels.get("__address__").map(String::as_str);
            let parts = [meta("namespace"), Some(name), address, meta("ingress_path")];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}
