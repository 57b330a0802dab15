//! Writes the Operator's target rules, in its order (spec M7-M15).

use super::{
    config::{OperatorConfig, ScrapeClass},
    monitor::Endpoint,
    origin::Origin,
    scrape_config::{Form, RenderedRule},
    values::Port,
};
use crate::discovery::kubernetes::sanitize::sanitize;
use crate::discovery::kubernetes::selector::{LabelSelector, Operator};
use crate::relabel::{Action, RuleConfig};

/// The list of rules that is being written.
#[derive(Default)]
pub(super) struct RuleList {
    rules: Vec<RenderedRule>,
}

/// The object that a label is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Service,
    Pod,
    Ingress,
}

impl Object {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Object::Service => "service",
            Object::Pod => "pod",
            Object::Ingress => "ingress",
        }
    }

    fn label(self, name: &str) -> String {
        format!(
            "__meta_kubernetes_{}_label_{}",
            self.as_str(),
            sanitize(name)
        )
    }

    fn label_present(self, name: &str) -> String {
        format!(
            "__meta_kubernetes_{}_labelpresent_{}",
            self.as_str(),
            sanitize(name)
        )
    }
}

impl RuleList {
    pub(super) fn into_rules(self) -> Vec<RenderedRule> {
        self.rules
    }

    pub(super) fn push(&mut self, config: RuleConfig, origin: Origin, form: Form) {
        self.rules.push(RenderedRule {
            config,
            origin,
            form,
        });
    }

    pub(super) fn generated(&mut self, config: RuleConfig, origin: Origin) {
        self.push(config, origin, Form::Generated);
    }

    fn filter(&mut self, action: Action, sources: &[&str], regex: &str, origin: Origin) {
        let config = RuleConfig::new()
            .source_labels(sources.iter().copied())
            .regex(regex)
            .action(action);
        self.push(config, origin, Form::Filter);
    }

    pub(super) fn copy(&mut self, source: &str, target: &str, purpose: &'static str) {
        let config = RuleConfig::new()
            .source_labels([source])
            .target_label(target);
        self.generated(config, Origin::Operator { purpose });
    }

    /// Writes the first rule: the job's name, before a label may replace it.
    pub(super) fn job_name(&mut self) {
        let purpose = "remembers the job's name for user rules";
        self.copy("job", "__tmp_prometheus_job_name", purpose);
    }

    /// Writes one rule for each of the selector's requirements (spec M8). Values go into the regex unescaped, as the Operator inserts them.
    pub(super) fn selector(&mut self, selector: &LabelSelector, place: &str, object: Object) {
        for (key, value) in &selector.match_labels {
            let origin = Origin::generated(format!("{place}.matchLabels.{key}"));
            let sources = [object.label(key), object.label_present(key)];
            let sources = sources.each_ref().map(String::as_str);
            self.filter(Action::Keep, &sources, &format!("({value});true"), origin);
        }
        for (index, requirement) in selector.match_expressions.iter().enumerate() {
            let origin = Origin::generated(format!("{place}.matchExpressions[{index}]"));
            let label = object.label(&requirement.key);
            let present = object.label_present(&requirement.key);
            let values = || format!("({});true", requirement.values.join("|"));
            match requirement.operator {
                Operator::In => {
                    self.filter(Action::Keep, &[&label, &present], &values(), origin);
                }
                Operator::NotIn => {
                    self.filter(Action::Drop, &[&label, &present], &values(), origin);
                }
                Operator::Exists => self.filter(Action::Keep, &[&present], "true", origin),
                Operator::DoesNotExist => self.filter(Action::Drop, &[&present], "true", origin),
                // A manifest has no word for these, and the Operator no rule.
                Operator::Gt | Operator::Lt => {}
            }
        }
    }

    /// Filters by the port's name, or else by `portNumber` or `targetPort` (spec M9.3, M10.4).
    pub(super) fn port(
        &mut self,
        port_name_label: &str,
        endpoint: &Endpoint,
        port_number: Option<i32>,
        place: &str,
    ) {
        const NAME: &str = "__meta_kubernetes_pod_container_port_name";
        const NUMBER: &str = "__meta_kubernetes_pod_container_port_number";
        let origin = |key: &str| Origin::generated(format!("{place}.{key}"));
        let mut by_number = |number: i32, key: &str| {
            let config = RuleConfig::new()
                .source_labels([NUMBER])
                .regex(number.to_string())
                .action(Action::Keep);
            self.push(config, origin(key), Form::FilterByNumber);
        };
        if let Some(port) = given(&endpoint.port) {
            self.filter(Action::Keep, &[port_name_label], port, origin("port"));
        } else if let Some(number) = port_number.filter(|number| *number != 0) {
            by_number(number, "portNumber");
        } else {
            match &endpoint.target_port {
                Some(Port::Number(number)) if *number != 0 => by_number(*number, "targetPort"),
                Some(Port::Name(name)) if !name.is_empty() => {
                    self.filter(Action::Keep, &[NAME], name, origin("targetPort"));
                }
                _ => {}
            }
        }
    }

    /// Adds the name of the node or pod of an endpoint (spec M9.4).
    pub(super) fn address_target(&mut self, role: &str) {
        for (kind, target) in [("Node", "node"), ("Pod", "pod")] {
            let config = RuleConfig::new()
                .source_labels([
                    format!("__meta_kubernetes_{role}_address_target_kind"),
                    format!("__meta_kubernetes_{role}_address_target_name"),
                ])
                .separator(";")
                .regex(format!("{kind};(.*)"))
                .replacement("${1}")
                .target_label(target);
            let purpose = "names the node or pod behind the endpoint";
            self.push(config, Origin::Operator { purpose }, Form::TargetName);
        }
    }

    /// Adds labels that name the scraped object (spec M9.5, M10.5).
    pub(super) fn identity(&mut self, copies: &[(&str, &str)]) {
        for (source, target) in copies {
            let purpose = "names the object that is scraped";
            self.copy(&format!("__meta_kubernetes_{source}"), target, purpose);
        }
    }

    /// Drops pods that have finished (spec M9.6, M10.2).
    pub(super) fn filter_running(&mut self, endpoint: &Endpoint, place: &str) {
        let origin = match endpoint.filter_running {
            Some(false) => return,
            Some(true) => Origin::generated(format!("{place}.filterRunning")),
            None => Origin::Operator {
                purpose: "skips pods that have finished, unless `filterRunning: false`",
            },
        };
        let phase = "__meta_kubernetes_pod_phase";
        self.filter(Action::Drop, &[phase], "(Failed|Succeeded)", origin);
    }

    fn if_present(&mut self, source: String, target: &str, origin: Origin) {
        let config = RuleConfig::new()
            .source_labels([source])
            .target_label(target)
            .regex("(.+)")
            .replacement("${1}");
        self.generated(config, origin);
    }

    /// Copies labels of the object to the target (spec M9.7, M10.6).
    pub(super) fn target_labels(
        &mut self,
        object: Object,
        names: &[String],
        origin: impl Fn(usize) -> Origin,
    ) {
        for (index, name) in names.iter().enumerate() {
            self.if_present(object.label(name), &sanitize(name), origin(index));
        }
    }

    /// Sets the `job` label, and the object's label that may replace it (spec M9.8, M10.7).
    pub(super) fn job(&mut self, config: RuleConfig, object: Object, job_label: &Option<String>) {
        let purpose = "the `job` label, where no `jobLabel` says otherwise";
        self.generated(config.target_label("job"), Origin::Operator { purpose });
        if let Some(label) = given(job_label) {
            self.if_present(
                object.label(label),
                "job",
                Origin::generated("spec.jobLabel"),
            );
        }
    }

    /// Sets the `endpoint` label to the port as the manifest names it. `portNumber` is ignored, and
    /// `targetPort: 0` is used, although it does not filter (spec M11).
    pub(super) fn endpoint(&mut self, endpoint: &Endpoint, place: &str) {
        let (value, key) = match (given(&endpoint.port), &endpoint.target_port) {
            (Some(port), _) => (port.to_owned(), "port"),
            (None, Some(port)) => (port.to_string(), "targetPort"),
            (None, None) => return,
        };
        if !value.is_empty() {
            let config = RuleConfig::new()
                .target_label("endpoint")
                .replacement(value);
            self.generated(config, Origin::generated(format!("{place}.{key}")));
        }
    }

    /// Adds rules that a user wrote (spec M12, M16).
    fn written(&mut self, rules: &[RuleConfig], origin: impl Fn(usize) -> Origin) {
        for (index, rule) in rules.iter().enumerate() {
            self.push(written(rule), origin(index), Form::Written);
        }
    }

    /// Adds the rules of a scrape class, from one of its lists.
    fn of_class(&mut self, class: &ScrapeClass, list: &str, rules: &[RuleConfig]) {
        self.written(rules, |index| Origin::ScrapeClass {
            class: class.name.clone(),
            path: format!("{list}[{index}]"),
        });
    }

    /// Adds the scrape class's rules for targets.
    pub(super) fn class(&mut self, class: Option<&ScrapeClass>) {
        if let Some(class) = class {
            self.of_class(class, "relabelings", &class.relabelings);
        }
    }

    /// Adds the scrape class's rules for series.
    pub(super) fn class_metrics(&mut self, class: Option<&ScrapeClass>) {
        if let Some(class) = class {
            self.of_class(class, "metricRelabelings", &class.metric_relabelings);
        }
    }

    /// Adds the rules in a list of the manifest.
    pub(super) fn own(&mut self, rules: &[RuleConfig], list: &str) {
        self.written(rules, |index| Origin::manifest(format!("{list}[{index}]")));
    }

    /// Tells whether a rule has this action.
    pub(super) fn has(&self, action: Action) -> bool {
        (self.rules.iter()).any(|rule| rule.config.action == Some(action))
    }

    /// Sets the label that nobody can change, because it comes after all other rules (spec M13).
    pub(super) fn enforced_namespace(&mut self, label: Option<&str>, namespace: &str) {
        if let Some(label) = label {
            let config = RuleConfig::new().target_label(label).replacement(namespace);
            self.generated(config, Origin::prometheus("spec.enforcedNamespaceLabel"));
        }
    }

    /// Keeps the targets of the shard, whose number is inserted later (spec M14, M15). `address` is the label
    /// that tells targets apart.
    pub(super) fn sharding(&mut self, config: &OperatorConfig, address: &str) {
        let shards = || Origin::prometheus("spec.shards");
        if config.retention_policies {
            let current = RuleConfig::new()
                .target_label("__tmp_current_shard")
                .replacement("$(SHARD)")
                .action(Action::Replace);
            self.generated(current, shards());
            let all: Vec<String> = (0..config.shard_count()).map(|n| n.to_string()).collect();
            self.keep(&["__tmp_current_shard"], &all.join("|"), shards());
        }
        let by_zone = !config.zones().is_empty();
        if by_zone {
            self.topology(config.pod_topology_labels);
        }
        self.first_of(&[address, "__tmp_hash"], "(.+);", shards());
        let hash = RuleConfig::new()
            .source_labels(["__tmp_hash"])
            .target_label("__tmp_hash")
            .modulus(config.shards_per_zone())
            .action(Action::HashMod);
        self.generated(hash, shards());
        let shard = if by_zone {
            "$(INZONE_SHARD)"
        } else {
            "$(SHARD)"
        };
        let sources = ["__tmp_hash", "__tmp_disable_sharding"];
        self.keep(&sources, &format!("{shard};|.+;.+"), shards());
    }

    fn topology(&mut self, on_pod: bool) {
        let strategy = || Origin::prometheus("spec.shardingStrategy");
        let object = if on_pod { "pod" } else { "node" };
        let zone = "topology_kubernetes_io_zone";
        let slice = "__meta_kubernetes_endpointslice_endpoint_zone";
        self.first_of(&[slice, "__tmp_topology"], "(.+);", strategy());
        let label = format!("__meta_kubernetes_{object}_label_{zone}");
        let present = format!("__meta_kubernetes_{object}_labelpresent_{zone}");
        self.first_of(
            &[&label, &present, "__tmp_topology"],
            "(.+);true;",
            strategy(),
        );
        let sources = ["__tmp_topology", "__tmp_disable_sharding"];
        self.keep(&sources, "$(TOPOLOGY_ZONE);|.+;.+", strategy());
    }

    /// Sets the last of the labels to the first, unless it is already set.
    fn first_of(&mut self, sources: &[&str], regex: &str, origin: Origin) {
        let config = RuleConfig::new()
            .source_labels(sources.iter().copied())
            .target_label(sources.last().copied().unwrap_or_default())
            .regex(regex)
            .replacement("$1")
            .action(Action::Replace);
        self.generated(config, origin);
    }

    fn keep(&mut self, sources: &[&str], regex: &str, origin: Origin) {
        let config = RuleConfig::new()
            .source_labels(sources.iter().copied())
            .regex(regex)
            .action(Action::Keep);
        self.generated(config, origin);
    }
}

/// Returns the text if it is given and not empty.
pub(super) fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

/// Removes what the Operator would not write, even from a rule that a program built instead of a manifest
/// (spec M16).
fn written(rule: &RuleConfig) -> RuleConfig {
    let mut rule = rule.clone();
    rule.source_labels = rule.source_labels.filter(|names| !names.is_empty());
    rule.regex = rule.regex.filter(|regex| !regex.is_empty());
    rule.target_label = rule.target_label.filter(|name| !name.is_empty());
    rule.modulus = rule.modulus.filter(|modulus| *modulus != 0);
    rule
}
