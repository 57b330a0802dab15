//! Which rule kept, changed or dropped a target, and which field that rule comes from.

use std::fmt;

use super::{
    config::OperatorConfig,
    discovery::{NotDiscovered, discovered},
    origin::Origin,
    scrape_config::{RenderedRule, ScrapeConfig},
};
use crate::relabel::{Action, LabelSet, RuleConfig, RuleError, Rules, Step};

/// A scrape configuration, ready to say what becomes of a target.
///
/// ```
/// use exposition::operator::{Explainer, Manifest, OperatorConfig, render};
///
/// let manifest: Manifest = "
/// apiVersion: monitoring.coreos.com/v1
/// kind: PodMonitor
/// metadata: {name: sidecars, namespace: shop}
/// spec:
///   selector: {}
///   podMetricsEndpoints:
///   - relabelings:
///     - action: keep
///       sourceLabels: [__meta_kubernetes_pod_container_name]
///       regex: istio-proxy
/// ".parse()?;
/// let settings = OperatorConfig::default();
/// let configs = render(&manifest, &settings);
/// let explainer = Explainer::new(&configs[0], &settings)?;
///
/// let explanation = explainer.target([
///     ("__address__", "10.0.0.7:3000"),
///     ("__meta_kubernetes_namespace", "shop"),
///     ("__meta_kubernetes_pod_container_name", "catalog"),
/// ]);
/// assert!(!explanation.is_kept());
/// assert_eq!(
///     explanation.reason(),
///     "dropped: __meta_kubernetes_pod_container_name is \"catalog\", keep wants \"istio-proxy\" \
///      (spec.podMetricsEndpoints[0].relabelings[0])",
/// );
///
/// let elsewhere = explainer.target([("__meta_kubernetes_namespace", "web")]);
/// assert_eq!(
///     elsewhere.reason(),
///     "not discovered: namespace `web` is not searched, only `shop`; `namespaceSelector` says where",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Explainer<'c> {
    config: &'c ScrapeConfig,
    target_rules: Rules,
    metric_rules: Rules,
}

/// A rule that Prometheus would not load: it would refuse the whole configuration, and the Operator
/// the whole monitor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", refusal(origin, error))]
pub struct ExplainError {
    origin: Origin,
    #[source]
    error: RuleError,
}

impl ExplainError {
    /// Where the rule comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What is wrong with it.
    #[must_use]
    pub fn rule_error(&self) -> &RuleError {
        &self.error
    }
}

fn refusal(origin: &Origin, error: &RuleError) -> String {
    let (field, problem) = (error.field(), error.problem());
    match origin {
        Origin::Manifest { .. } | Origin::ScrapeClass { .. } => {
            format!("{origin}.{}: {problem}", field.as_camel_case())
        }
        Origin::Configuration { .. } => format!("{origin}.{field}: {problem}"),
        _ => format!("{origin}: {field}: {problem}"),
    }
}

impl<'c> Explainer<'c> {
    /// Checks and compiles the configuration's rules, as the shard that `settings` names would get
    /// them (see [`OperatorConfig::environment`]), under the label name rules of its version.
    ///
    /// # Errors
    /// The first rule that Prometheus would not load, with the field it comes from.
    pub fn new(config: &'c ScrapeConfig, settings: &OperatorConfig) -> Result<Self, ExplainError> {
        Ok(Explainer {
            config,
            target_rules: compile(&config.relabel_configs, settings)?,
            metric_rules: compile(&config.metric_relabel_configs, settings)?,
        })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &'c ScrapeConfig {
        self.config
    }

    /// The rules for targets, as they are evaluated.
    #[must_use]
    pub fn target_rules(&self) -> &Rules {
        &self.target_rules
    }

    /// The rules for scraped series, as they are evaluated.
    #[must_use]
    pub fn metric_rules(&self) -> &Rules {
        &self.metric_rules
    }

    /// What becomes of a target with these discovered labels. Labels that Prometheus adds before the
    /// rules (`job`, `__scheme__`, …) are added here too, unless given.
    pub fn target<'l>(
        &'l self,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Explanation<'l> {
        let mut labels: LabelSet<'l> = labels.into_iter().collect();
        let outcome = match discovered(self.config, &labels) {
            Err(why) => Outcome::NotDiscovered(why),
            Ok(()) => {
                add_defaults(self.config, &mut labels);
                let trace = self.target_rules.trace(&mut labels);
                let origins = self.config.relabel_configs.iter().map(|rule| &rule.origin);
                let steps = (trace.steps().iter().cloned().zip(origins))
                    .map(|(step, origin)| ExplainedStep { step, origin })
                    .collect();
                Outcome::Discovered(steps)
            }
        };
        Explanation { outcome, labels }
    }

    /// Rules that cannot do what was probably meant.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark<'c>> {
        let rules = self.config.relabel_configs.iter();
        (rules.chain(&self.config.metric_relabel_configs))
            .filter_map(|rule| {
                let everything = matches!(rule.config.regex.as_deref(), None | Some("(.*)" | ".*"));
                let action = rule.config.action.filter(|_| everything)?;
                matches!(action, Action::Keep | Action::Drop).then_some(Remark {
                    origin: &rule.origin,
                    action,
                })
            })
            .collect()
    }
}

fn compile(rules: &[RenderedRule], settings: &OperatorConfig) -> Result<Rules, ExplainError> {
    let environment = settings.environment();
    let expand = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = environment.expand(text).into_owned();
        }
    };
    (rules.iter())
        .map(|rule| {
            let mut config = rule.config.clone();
            expand(&mut config.regex);
            expand(&mut config.replacement);
            (config.build(settings.name_scheme())).map_err(|error| ExplainError {
                origin: rule.origin.clone(),
                error,
            })
        })
        .collect()
}

/// The labels every target has before its rules (spec S3, S4).
fn add_defaults<'l>(config: &'l ScrapeConfig, labels: &mut LabelSet<'l>) {
    let text = |text: &'l Option<String>, default| text.as_deref().unwrap_or(default);
    let mut default = |name: String, value: &'l str| {
        if labels.get(&name).is_none() {
            labels.set(name, value);
        }
    };
    default("job".to_owned(), &config.job_name);
    default(
        "__scrape_interval__".to_owned(),
        text(&config.scrape_interval, "1m"),
    );
    default(
        "__scrape_timeout__".to_owned(),
        text(&config.scrape_timeout, "10s"),
    );
    default(
        "__metrics_path__".to_owned(),
        text(&config.metrics_path, "/metrics"),
    );
    default("__scheme__".to_owned(), text(&config.scheme, "http"));
    for (name, values) in config.params.iter().flatten() {
        if let Some(value) = values.first() {
            default(format!("__param_{name}"), value);
        }
    }
}

/// What became of a target.
#[derive(Debug, Clone)]
pub struct Explanation<'l> {
    outcome: Outcome<'l>,
    labels: LabelSet<'l>,
}

#[derive(Debug, Clone)]
enum Outcome<'l> {
    NotDiscovered(NotDiscovered),
    Discovered(Vec<ExplainedStep<'l>>),
}

impl<'l> Explanation<'l> {
    /// Whether the target is scraped.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self.outcome, Outcome::Discovered(_)) && self.dropped_by().is_none()
    }

    /// Why the target does not come to the rules at all, if it does not.
    #[must_use]
    pub fn not_discovered(&self) -> Option<&NotDiscovered> {
        match &self.outcome {
            Outcome::NotDiscovered(why) => Some(why),
            Outcome::Discovered(_) => None,
        }
    }

    /// What each rule did, in order; none after one that dropped the target.
    #[must_use]
    pub fn steps(&self) -> &[ExplainedStep<'l>] {
        match &self.outcome {
            Outcome::NotDiscovered(_) => &[],
            Outcome::Discovered(steps) => steps,
        }
    }

    /// The rule that dropped the target, if one did.
    #[must_use]
    pub fn dropped_by(&self) -> Option<&ExplainedStep<'l>> {
        self.steps()
            .last()
            .filter(|explained| !explained.step.keep())
    }

    /// The labels after the last rule that saw the target.
    #[must_use]
    pub fn labels(&self) -> &LabelSet<'l> {
        &self.labels
    }

    /// The labels after the last rule that saw the target.
    #[must_use]
    pub fn into_labels(self) -> LabelSet<'l> {
        self.labels
    }

    /// What became of the target and why, in one line.
    #[must_use]
    pub fn reason(&self) -> String {
        match (&self.outcome, self.dropped_by()) {
            (Outcome::NotDiscovered(why), _) => format!("not discovered: {why}"),
            (_, Some(by)) => format!("dropped: {} ({})", Why(&by.step), by.origin),
            _ => "kept".to_owned(),
        }
    }
}

/// What one rule did to a target, and where the rule comes from.
#[derive(Debug, Clone)]
pub struct ExplainedStep<'l> {
    step: Step<'l>,
    origin: &'l Origin,
}

impl<'l> ExplainedStep<'l> {
    /// What the rule saw and did.
    #[must_use]
    pub fn step(&self) -> &Step<'l> {
        &self.step
    }

    /// Where the rule comes from.
    #[must_use]
    pub fn origin(&self) -> &'l Origin {
        self.origin
    }
}

/// What the rule saw and did, and where it comes from.
impl fmt::Display for ExplainedStep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.step, self.origin)
    }
}

/// What a dropping rule wanted and what it found.
struct Why<'a>(&'a Step<'a>);

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.0.rule().config();
        let action = self.0.rule().action();
        let found = self.0.source().unwrap_or_default();
        let RuleConfig {
            source_labels,
            separator,
            regex,
            target_label,
            ..
        } = rule;
        let sources = source_labels.as_deref().unwrap_or_default();
        match sources {
            [] => f.write_str("no source label")?,
            _ => f.write_str(&sources.join(separator.as_deref().unwrap_or(";")))?,
        }
        match found {
            "" => f.write_str(" is empty or absent")?,
            found => write!(f, " is {found:?}")?,
        }
        match action {
            Action::KeepEqual | Action::DropEqual => {
                let verb = if action == Action::KeepEqual {
                    "wants"
                } else {
                    "drops"
                };
                let target = target_label.as_deref().unwrap_or_default();
                write!(f, ", {action} {verb} the value of {target}")
            }
            Action::Keep => write!(f, ", keep wants {:?}", regex.as_deref().unwrap_or("(.*)")),
            _ => write!(
                f,
                ", {action} matches {:?}",
                regex.as_deref().unwrap_or("(.*)")
            ),
        }
    }
}

/// A rule that cannot do what was probably meant.
///
/// A rule `keep` without `regex` is often meant to ask whether a label is there; but an absent label
/// has the empty value, which the default regex matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remark<'c> {
    origin: &'c Origin,
    action: Action,
}

impl<'c> Remark<'c> {
    /// Where the rule comes from.
    #[must_use]
    pub fn origin(&self) -> &'c Origin {
        self.origin
    }
}

impl fmt::Display for Remark<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (origin, action) = (self.origin, self.action);
        write!(
            f,
            "{origin}: {action} with a regex that matches everything, an absent label too, "
        )?;
        f.write_str(match action {
            Action::Keep => "never drops; to ask for a label, write `regex: .+`",
            _ => "drops all; to ask for a label, write `regex: .+`",
        })
    }
}
