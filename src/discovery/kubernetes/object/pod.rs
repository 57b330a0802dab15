//! What discovery reads of a Pod.

use std::collections::{BTreeMap, btree_map::Entry};

use crate::discovery::field::{Field, FieldError};

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Pod {
    pub(in super::super) spec: PodSpec,
    pub(in super::super) phase: String,
    pub(in super::super) ip: String,
    pub(in super::super) ips: Vec<String>,
    pub(in super::super) host_ip: String,
    /// The status of the condition `Ready`, as written.
    pub(in super::super) ready: Option<String>,
    pub(in super::super) nominated_node_name: String,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct PodSpec {
    pub(in super::super) node_name: String,
    pub(in super::super) hostname: String,
    pub(in super::super) subdomain: String,
    pub(in super::super) restart_policy: String,
    pub(in super::super) scheduler_name: String,
    pub(in super::super) service_account_name: String,
    pub(in super::super) host_network: bool,
    /// The containers, then the init containers ([KD23](crate::docs::kubernetes#kd23)).
    pub(in super::super) containers: Vec<Container>,
    /// For each number of a port its last container, and the first such port in it
    /// ([KD38](crate::docs::kubernetes#kd38)).
    by_number: BTreeMap<i32, (usize, usize)>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Container {
    pub(in super::super) name: String,
    pub(in super::super) image: String,
    pub(in super::super) is_init: bool,
    /// Whether an init container goes on beside the containers.
    pub(in super::super) is_sidecar: bool,
    pub(in super::super) id: String,
    pub(in super::super) ports: Vec<ContainerPort>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct ContainerPort {
    pub(in super::super) name: String,
    pub(in super::super) number: i32,
    pub(in super::super) protocol: String,
}

impl Pod {
    pub(super) fn read(object: &Field<'_>) -> Result<Self, FieldError> {
        let mut spec = PodSpec::read(&object.get("spec")?)?;
        let status = object.get("status")?;
        let ids = container_ids(&status.get("containerStatuses")?)?;
        let init_ids = container_ids(&status.get("initContainerStatuses")?)?;
        for container in &mut spec.containers {
            let ids = if container.is_init { &init_ids } else { &ids };
            if let Some(id) = ids.get(&container.name) {
                container.id.clone_from(id);
            }
        }
        let conditions = status.get("conditions")?.list(|condition| {
            match condition.get("type")?.text()?.as_str() {
                "Ready" => Ok(Some(condition.get("status")?.text()?)),
                _ => Ok(None),
            }
        })?;
        Ok(Pod {
            spec,
            phase: status.get("phase")?.text()?,
            ip: status.get("podIP")?.text()?,
            ips: status.get("podIPs")?.list(|ip| ip.get("ip")?.text())?,
            host_ip: status.get("hostIP")?.text()?,
            ready: conditions.into_iter().flatten().next(),
            nominated_node_name: status.get("nominatedNodeName")?.text()?,
        })
    }

    pub(in super::super) fn is_ready(&self) -> bool {
        self.ready.as_deref() == Some("True")
    }
}

/// Returns the IDs of containers by name; of two entries the first counts.
fn container_ids(statuses: &Field<'_>) -> Result<BTreeMap<String, String>, FieldError> {
    let entries = statuses.list(|status| {
        let name = status.get("name")?.text()?;
        Ok((name, status.get("containerID")?.text()?))
    })?;
    let mut ids = BTreeMap::new();
    for (name, id) in entries {
        ids.entry(name).or_insert(id);
    }
    Ok(ids)
}

impl PodSpec {
    pub(super) fn read(spec: &Field<'_>) -> Result<Self, FieldError> {
        let read = |container: &Field<'_>| Container::read(container, false);
        let mut containers = spec.get("containers")?.list(read)?;
        let read = |container: &Field<'_>| Container::read(container, true);
        containers.extend(spec.get("initContainers")?.list(read)?);
        let spec = PodSpec {
            node_name: spec.get("nodeName")?.text()?,
            hostname: spec.get("hostname")?.text()?,
            subdomain: spec.get("subdomain")?.text()?,
            restart_policy: spec.get("restartPolicy")?.text()?,
            scheduler_name: spec.get("schedulerName")?.text()?,
            service_account_name: spec.get("serviceAccountName")?.text()?,
            host_network: spec.get("hostNetwork")?.flag()?,
            ..PodSpec::new(containers)
        };
        Ok(spec)
    }

    /// Returns a Pod's containers without anything else.
    pub(in super::super) fn new(containers: Vec<Container>) -> Self {
        let mut spec = PodSpec {
            containers,
            ..PodSpec::default()
        };
        for (at, container) in spec.containers.iter().enumerate() {
            for (port_at, port) in container.ports.iter().enumerate() {
                match spec.by_number.entry(port.number) {
                    Entry::Occupied(place) if place.get().0 == at => {}
                    Entry::Occupied(mut place) => _ = place.insert((at, port_at)),
                    Entry::Vacant(place) => _ = place.insert((at, port_at)),
                }
            }
        }
        spec
    }

    /// Returns the container that an endpoint's port belongs to, and its port.
    pub(in super::super) fn by_number(&self, number: i32) -> Option<(&Container, &ContainerPort)> {
        let (container, port) = self.by_number.get(&number)?;
        let container = self.containers.get(*container)?;
        Some((container, container.ports.get(*port)?))
    }
}

impl Container {
    fn read(container: &Field<'_>, is_init: bool) -> Result<Self, FieldError> {
        Ok(Container {
            name: container.get("name")?.text()?,
            image: container.get("image")?.text()?,
            is_init,
            is_sidecar: is_init && container.get("restartPolicy")?.text()? == "Always",
            id: String::new(),
            ports: container.get("ports")?.list(|port| {
                Ok(ContainerPort {
                    name: port.get("name")?.text()?,
                    number: port.get("containerPort")?.number()?,
                    protocol: port.get("protocol")?.text()?,
                })
            })?,
        })
    }
}
