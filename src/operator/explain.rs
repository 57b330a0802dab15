//! Finds which rule kept, changed or dropped a target, and which field that rule comes from.

use std::fmt;

use super::{
    config::OperatorConfig,
    not_discovered::{NotDiscovered, discovered},
    origin::Origin,
    remark::{
        body::{limits, on_scrape},
        config::{Remark, on_rules},
    },
    scrape_config::ScrapeConfig,
};
use crate::model::name::NameError;
use crate::relabel::{LabelSet, RuleError, Step};
use crate::scrape::{IntervalError, Report, SampleConfig, Target, TargetConfig, TargetError};

/// A scrape configuration, ready to explain what happens to a target.
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
    targets: TargetConfig,
    samples: SampleConfig,
    /// The places of the configuration's limits.
    limits: Vec<(&'static str, Origin)>,
}

/// A rule or another setting that Prometheus would not load: it would refuse the whole configuration, and the
/// Operator would refuse the whole monitor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", refusal(origin, cause))]
pub struct ExplainError {
    pub(super) origin: Origin,
    pub(super) cause: Cause,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cause {
    #[error(transparent)]
    Rule(RuleError),
    #[error(transparent)]
    Interval(IntervalError),
    #[error(transparent)]
    Name(NameError),
    #[error("{text:?} is not a size: expected a number with a unit, such as 50MB")]
    Size { text: String },
    #[error("expected {wanted}")]
    Type { wanted: &'static str },
}

impl ExplainError {
    /// Returns where the rule or setting comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns what is wrong with the rule, if it is one.
    #[must_use]
    pub fn rule_error(&self) -> Option<&RuleError> {
        match &self.cause {
            Cause::Rule(error) => Some(error),
            _ => None,
        }
    }
}

fn refusal(origin: &Origin, cause: &Cause) -> String {
    let Cause::Rule(error) = cause else {
        return format!("{origin}: {cause}");
    };
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
    /// Checks and compiles the configuration's rules, as the shard in `settings` would get them (see
    /// [`OperatorConfig::environment`]), under the label name rules of its version.
    ///
    /// # Errors
    /// The first rule or setting that Prometheus would not load, with the field that it comes from.
    pub fn new(config: &'c ScrapeConfig, settings: &OperatorConfig) -> Result<Self, ExplainError> {
        Ok(Explainer {
            config,
            targets: config.target_config(settings)?,
            samples: config.sample_config(settings)?,
            limits: limits(config, settings),
        })
    }

    /// Returns the configuration.
    #[must_use]
    pub fn config(&self) -> &'c ScrapeConfig {
        self.config
    }

    /// Returns the configuration that turns discovered labels into targets.
    #[must_use]
    pub fn target_config(&self) -> &TargetConfig {
        &self.targets
    }

    /// Returns the configuration that turns a target's body into stored samples.
    #[must_use]
    pub fn sample_config(&self) -> &SampleConfig {
        &self.samples
    }

    /// Explains what happens to a target with these discovered labels. Labels that Prometheus adds before the
    /// rules (`job`, `__scheme__`, …) are added here too, unless given.
    pub fn target<'l>(
        &'l self,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Explanation<'l> {
        let labels: Vec<_> = labels.into_iter().collect();
        if let Err(why) = discovered(self.config, &labels.iter().copied().collect()) {
            return Explanation {
                outcome: Outcome::NotDiscovered(why),
                labels: labels.into_iter().collect(),
            };
        }
        self.discovered(labels)
    }

    /// Explains what happens to a target that the configuration's discovery has found, so that only the rules
    /// are left to decide; see [`target`](Self::target).
    pub fn discovered<'l>(
        &'l self,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
    ) -> Explanation<'l> {
        let mut labels = self.targets.label_set(labels);
        let trace = self.targets.rules.trace(&mut labels);
        let origins = self.config.relabel_configs.iter().map(|rule| &rule.origin);
        let steps = (trace.steps().iter().cloned().zip(origins))
            .map(|(step, origin)| ExplainedStep { step, origin })
            .collect();
        let target = trace.keep().then(|| self.targets.target(&labels));
        Explanation {
            outcome: Outcome::Discovered { steps, target },
            labels,
        }
    }

    /// Returns remarks on rules that cannot do what was probably meant. Only rules that a user wrote are
    /// looked at, in a monitor, a scrape class or a configuration of Prometheus.
    ///
    /// [The page about remarks](crate::docs::remarks) explains each kind.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        on_rules(self.config, self.samples.validation_scheme)
    }

    /// Returns remarks on what a scrape with the [sample configuration](Self::sample_config) shows: a limit
    /// that the body exceeds, and rules that made series equal if [they are
    /// counted](crate::scrape::Scrape::count_rules).
    #[must_use]
    pub fn remarks_on(&self, report: &Report) -> Vec<Remark> {
        on_scrape(self.config, &self.limits, report)
    }
}

/// What happened to a target.
#[derive(Debug, Clone)]
pub struct Explanation<'l> {
    outcome: Outcome<'l>,
    labels: LabelSet<'l>,
}

#[derive(Debug, Clone)]
enum Outcome<'l> {
    NotDiscovered(NotDiscovered),
    Discovered {
        steps: Vec<ExplainedStep<'l>>,
        /// `None` if a rule dropped it.
        target: Option<Result<Target, TargetError>>,
    },
}

impl<'l> Explanation<'l> {
    /// Tells whether the target is scraped.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.target().is_some()
    }

    /// Returns the target, if it is scraped.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match &self.outcome {
            Outcome::Discovered { target, .. } => target.as_ref()?.as_ref().ok(),
            Outcome::NotDiscovered(_) => None,
        }
    }

    /// Returns why Prometheus refuses what the rules have kept, if it does.
    #[must_use]
    pub fn refused(&self) -> Option<&TargetError> {
        match &self.outcome {
            Outcome::Discovered { target, .. } => target.as_ref()?.as_ref().err(),
            Outcome::NotDiscovered(_) => None,
        }
    }

    /// Returns why the target does not reach the rules at all, if it does not.
    #[must_use]
    pub fn not_discovered(&self) -> Option<&NotDiscovered> {
        match &self.outcome {
            Outcome::NotDiscovered(why) => Some(why),
            Outcome::Discovered { .. } => None,
        }
    }

    /// Returns what each rule did, in order. It ends with the rule that dropped the target, if one did.
    #[must_use]
    pub fn steps(&self) -> &[ExplainedStep<'l>] {
        match &self.outcome {
            Outcome::NotDiscovered(_) => &[],
            Outcome::Discovered { steps, .. } => steps,
        }
    }

    /// Returns the rule that dropped the target, if one did.
    #[must_use]
    pub fn dropped_by(&self) -> Option<&ExplainedStep<'l>> {
        self.steps()
            .last()
            .filter(|explained| !explained.step.keep())
    }

    /// Returns the labels after the last rule that saw the target.
    #[must_use]
    pub fn labels(&self) -> &LabelSet<'l> {
        &self.labels
    }

    /// Returns the labels after the last rule that saw the target.
    #[must_use]
    pub fn into_labels(self) -> LabelSet<'l> {
        self.labels
    }

    /// Describes what happened to the target and why, in one line.
    #[must_use]
    pub fn reason(&self) -> String {
        match (&self.outcome, self.dropped_by(), self.refused()) {
            (Outcome::NotDiscovered(why), ..) => format!("not discovered: {why}"),
            (_, Some(by), _) => format!("dropped: {} ({})", by.step.why(), by.origin),
            (.., Some(error)) => format!("refused: {error}"),
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
    /// Returns what the rule saw and did.
    #[must_use]
    pub fn step(&self) -> &Step<'l> {
        &self.step
    }

    /// Returns where the rule comes from.
    #[must_use]
    pub fn origin(&self) -> &'l Origin {
        self.origin
    }
}

/// Displays what the rule saw and did, and where it comes from.
impl fmt::Display for ExplainedStep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.step, self.origin)
    }
}
