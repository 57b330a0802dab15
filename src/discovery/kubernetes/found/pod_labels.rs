//! The labels of a pod, which three roles have.

use super::{metadata::Labels, view::View};
use crate::discovery::kubernetes::{
    kind::Kind,
    object::{
        meta::Meta,
        pod::{Container, Pod},
    },
};

impl View<'_> {
    /// Adds the labels of a pod (spec KD22).
    pub(super) fn pod_labels(&self, labels: &mut Labels, meta: &Meta, pod: &Pod) {
        labels.metadata("pod", meta);
        labels.set("pod_ip", pod.ip.as_str());
        labels.set("pod_host_ip", pod.host_ip.as_str());
        let ready = pod.ready.as_deref().map(str::to_lowercase);
        labels.set("pod_ready", ready.unwrap_or_else(|| "unknown".to_owned()));
        labels.set("pod_phase", pod.phase.as_str());
        labels.set("pod_node_name", pod.spec.node_name.as_str());
        labels.set("pod_uid", meta.uid.as_str());
        if let Some(controller) = meta.controller() {
            labels.set_filled("pod_controller_kind", &controller.kind);
            labels.set_filled("pod_controller_name", &controller.name);
            self.attach_owners(labels, meta);
        }
    }

    /// Adds the names of what made the pod, by the kinds of the owners alone (spec KD63).
    fn attach_owners(&self, labels: &mut Labels, meta: &Meta) {
        let Some(controller) = meta.controller() else {
            return;
        };
        let name = controller.name.as_str();
        let above = |kind, wanted: &str| {
            let owner = self.store.owner(kind, &meta.namespace, name)?;
            owner.controller().filter(|above| above.kind == wanted)
        };
        match controller.kind.as_str() {
            "ReplicaSet" if self.attach.deployment => {
                let deployment = above(Kind::ReplicaSet, "Deployment");
                labels.set_present("pod_deployment_name", deployment.map(|d| d.name.as_str()));
            }
            "Job" => {
                if self.attach.job {
                    labels.set("pod_job_name", name);
                }
                if self.attach.cronjob {
                    let cronjob = above(Kind::Job, "CronJob");
                    labels.set_present("pod_cronjob_name", cronjob.map(|c| c.name.as_str()));
                }
            }
            _ => {}
        }
    }
}

impl Labels {
    /// Adds the labels of a container, without those of a port (spec KD24).
    pub(super) fn container(&mut self, container: &Container) {
        self.set("pod_container_name", container.name.as_str());
        self.set("pod_container_image", container.image.as_str());
        self.flag("pod_container_init", container.is_init);
    }

    pub(super) fn container_port(&mut self, name: &str, number: i32, protocol: &str) {
        self.set("pod_container_port_name", name);
        self.set("pod_container_port_number", number.to_string());
        self.set("pod_container_port_protocol", protocol);
    }
}
