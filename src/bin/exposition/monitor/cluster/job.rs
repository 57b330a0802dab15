//! A scrape configuration, and the targets that are discovered for it.

use std::borrow::Cow;
use std::collections::HashMap;

use exposition::discovery::kubernetes::{Discovery, Objects, Role};
use exposition::operator::{
    ExplainError, ExplainedStep, Explainer, NotDiscovered, Origin, ScrapeConfig,
};

use super::answered::{Answer, Scrape};
use crate::failure::Result;
use crate::monitor::server::Server;
use crate::remarks::Told;
use crate::targets::{self, Labels};

/// A scrape configuration.
pub(super) struct Job<'s> {
    explainer: Explainer<'s>,
    /// The namespace of the server.
    runs_in: Option<&'s str>,
}

/// All targets of each role, by the source of their group.
#[derive(Default)]
pub(super) struct Everything {
    roles: HashMap<Role, Vec<(String, Vec<Labels>)>>,
}

impl Everything {
    /// Returns the targets of a role.
    fn of(&mut self, role: Role, objects: &Objects) -> &[(String, Vec<Labels>)] {
        self.roles.entry(role).or_insert_with(|| {
            let groups = Discovery::new(role).groups(objects).into_iter();
            groups
                .map(|group| (group.source.clone(), group.discovered_labels().collect()))
                .collect()
        })
    }
}

/// A target that some discovery finds.
pub(super) struct Discovered<'a> {
    pub(super) labels: Cow<'a, Labels>,
    /// Whether this configuration's own discovery finds it too.
    pub(super) is_found: bool,
}

impl<'s> Job<'s> {
    pub(super) fn new(config: &'s ScrapeConfig, server: &'s Server) -> Result<Self, ExplainError> {
        Ok(Job {
            explainer: Explainer::new(config, &server.settings)?,
            runs_in: server
                .object
                .as_ref()
                .map(|object| object.namespace.as_str()),
        })
    }

    pub(super) fn config(&self) -> &'s ScrapeConfig {
        self.explainer.config()
    }

    /// Returns what is probably not meant.
    pub(super) fn remarks(&self) -> Vec<Told> {
        self.explainer.remarks().iter().map(Told::from).collect()
    }

    /// Returns what can be discovered in the roles of the configuration: what it finds itself, what it leaves out
    /// because of its namespaces and selectors, and its static targets.
    pub(super) fn discover<'a>(
        &self,
        objects: &Objects,
        everything: &'a mut Everything,
    ) -> Result<Vec<Discovered<'a>>> {
        let mut discoveries = Vec::new();
        for configured in &self.config().kubernetes_sd_configs {
            let mut configured = configured.clone();
            for selector in configured.selectors.iter_mut().flatten() {
                // Each of the agents on the nodes takes the pods beside it, so that together they take all.
                let field = selector.field.take();
                selector.field = field.filter(|field| !field.contains("$(NODE_NAME)"));
            }
            let mut discovery = configured.discovery()?;
            if let Some(namespace) = self.runs_in {
                discovery = discovery.runs_in(namespace);
            }
            everything.of(discovery.role(), objects);
            discoveries.push(discovery);
        }
        let mut all = Vec::new();
        for discovery in discoveries {
            let own: HashMap<String, Vec<Labels>> = (discovery.groups(objects).into_iter())
                .map(|group| (group.source.clone(), group.discovered_labels().collect()))
                .collect();
            let groups = everything.roles.get(&discovery.role());
            for (source, labels) in groups.into_iter().flatten() {
                let own = own.get(source).map(Vec::as_slice).unwrap_or_default();
                all.extend(own.iter().map(|labels| Discovered {
                    labels: Cow::Owned(labels.clone()),
                    is_found: true,
                }));
                // The targets of a group have their places, whatever else is known of them.
                all.extend(labels.iter().skip(own.len()).map(|labels| Discovered {
                    labels: Cow::Borrowed(labels),
                    is_found: false,
                }));
            }
        }
        let fixed = self.config().static_targets()?;
        all.extend(fixed.into_iter().map(|labels| Discovered {
            labels: Cow::Owned(labels),
            is_found: true,
        }));
        Ok(all)
    }

    /// Says what becomes of a target; `steps` asks what each rule did.
    pub(super) fn answer(&self, target: &Discovered<'_>, steps: bool) -> Answer {
        let job = self.config().job_name.clone();
        let labels = targets::pairs(&target.labels);
        if !target.is_found {
            let explanation = self.explainer.target(labels);
            let node = target.labels.get("__meta_kubernetes_pod_node_name");
            let reason = match (attaches_nodes(self.config()), node) {
                _ if explanation.not_discovered().is_some() => explanation.reason(),
                (true, Some(node)) => format!(
                    "not discovered: there is no manifest of the Node `{node}`, and `attachMetadata` leaves out \
                     pods of unknown nodes"
                ),
                (true, None) => {
                    "not discovered: the pod is on no Node, and `attachMetadata` leaves out such pods".to_owned()
                }
                _ => "not discovered: no selector of the discovery takes it".to_owned(),
            };
            return Answer::of_reason(job, reason);
        }
        let explanation = self.explainer.discovered(labels);
        let taken = explanation.steps().iter().filter(|_| steps);
        let shard = explanation.dropped_by().and_then(shard);
        let reason = match shard {
            Some(shard) => format!(
                "{}; the shard that has it is --shard {shard}",
                explanation.reason()
            ),
            None => explanation.reason(),
        };
        Answer {
            job,
            reason,
            steps: taken.map(ToString::to_string).collect(),
            scrape: explanation.target().cloned().map(Scrape::new),
        }
    }

    /// Tells whether a target that is not found is in a namespace that is not searched.
    pub(super) fn is_elsewhere(&self, namespace: &str) -> bool {
        let labels = [("__meta_kubernetes_namespace", namespace)];
        let explanation = self.explainer.target(labels);
        matches!(
            explanation.not_discovered(),
            Some(NotDiscovered::Namespace { .. })
        )
    }

    /// Says why a port of a pod in this namespace is not among the targets, if the configuration is one that looks
    /// for pods.
    pub(super) fn unseen(&self, namespace: &str, has_number: bool) -> Option<Answer> {
        let role = self.role()?;
        let object = match role {
            Role::Endpoints => "Endpoints",
            Role::EndpointSlice => "EndpointSlice",
            _ => return None,
        };
        let labels = [("__meta_kubernetes_namespace", namespace)];
        let explanation = self.explainer.target(labels);
        let reason = match explanation.not_discovered() {
            Some(_) => explanation.reason(),
            None if !has_number => {
                format!(
                    "not discovered: {object} take in the ports that a container declares, and it has none"
                )
            }
            None => format!(
                "not discovered: no {object} in `{namespace}` has the pod's address: no Service selects the pod, or \
                 none leads to a port of it that is there"
            ),
        };
        Some(Answer::of_reason(self.config().job_name.clone(), reason))
    }

    fn role(&self) -> Option<Role> {
        let configured = self.config().kubernetes_sd_configs.first()?;
        configured.role.parse().ok()
    }
}

/// Tells whether the configuration attaches metadata of Nodes to pods, and so leaves out pods of unknown ones.
pub(super) fn attaches_nodes(config: &ScrapeConfig) -> bool {
    let mut configured = config.kubernetes_sd_configs.iter();
    configured.any(|sd| {
        let attached = sd.attach_metadata.as_ref();
        sd.role == "pod" && attached.is_some_and(|metadata| metadata.node == Some(true))
    })
}

/// Returns the shard that a target belongs to, if the rule that drops it is there to keep it from others.
fn shard(by: &ExplainedStep<'_>) -> Option<u64> {
    let is_of_shards = matches!(by.origin(), Origin::Prometheus { path } if path == "spec.shards");
    let (hash, _) = by
        .step()
        .source()
        .filter(|_| is_of_shards)?
        .split_once(';')?;
    hash.parse().ok()
}
