//! What is tested: a list of rules, or the jobs of a configuration or of monitors.

use std::path::Path;
use std::{fmt, fs};

use super::document::{Document, WrittenCase};
use super::error::{Fault, RuleTestError};
use super::given::Given;
use crate::model::name::ValidationScheme;
use crate::operator::{
    Explainer, OperatorConfig, OperatorRule, Prometheus, Resources, ScrapeConfig, render,
};
use crate::relabel::{RuleConfig, Rules};
use crate::yaml;
use crate::yaml::meant::closest;
use crate::yaml::node::{Node, Resolved};

/// What is tested.
#[derive(Debug)]
pub(super) enum Subject {
    /// Rules for any labels.
    Rules(Rules),
    /// Both halves of scrapes.
    Jobs {
        jobs: Vec<Job>,
        settings: Box<OperatorConfig>,
    },
}

/// A scrape configuration, and where it comes from.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) config: ScrapeConfig,
    /// Namespace and name of its monitor, and the place of its endpoint.
    endpoint: Option<(String, String, usize)>,
}

impl Subject {
    /// Reads what a file of tests is about.
    pub(super) fn read(
        file: &str,
        document: &Document,
        directory: &Path,
    ) -> Result<Self, RuleTestError> {
        let Document {
            rules,
            config,
            monitor,
            settings,
            namespace,
            job,
            ..
        } = document;
        let at = |line| move |fault| RuleTestError::new(file, Some(line), fault);
        if monitor.is_none() {
            let of_monitors = [
                settings.as_ref().map(|given| ("settings", given.line)),
                namespace.as_ref().map(|given| ("namespace", given.line)),
            ];
            if let Some((key, line)) = of_monitors.into_iter().flatten().next() {
                return Err(at(line)(Fault::new(format_args!(
                    "`{key}` goes with `monitor`"
                ))));
            }
        }
        if let (None, Some(job)) = (config, job) {
            return Err(at(job.line)("`job` goes with `config`".into()));
        }
        match (rules, config, monitor) {
            (Some(given), None, None) => of_rules(&given.value, directory).map_err(at(given.line)),
            (None, Some(given), None) => of_config(&given.value, directory).map_err(at(given.line)),
            (None, None, Some(given)) => {
                let settings = match settings {
                    Some(given) => {
                        read_settings(&given.value, directory).map_err(at(given.line))?
                    }
                    None => OperatorConfig::default(),
                };
                let namespace = namespace.as_ref().map(|given| given.value.as_str());
                of_monitors(&given.value, namespace, settings, directory).map_err(at(given.line))
            }
            (None, None, None) => {
                let message = "nothing is tested: expected one of `rules`, `config`, `monitor`";
                Err(RuleTestError::new(file, None, message.into()))
            }
            _ => {
                let message = "expected one of `rules`, `config`, `monitor`, found several";
                Err(RuleTestError::new(file, None, message.into()))
            }
        }
    }

    /// Returns the place of the job that a case is about; the first one of a list of rules.
    pub(super) fn choose(&self, case: &WrittenCase, job: Option<&str>) -> Result<usize, Fault> {
        let (monitor, endpoint) = (case.monitor.as_deref(), case.endpoint);
        let job = case.job.as_deref().or(job);
        let Subject::Jobs { jobs, .. } = self else {
            return match (job, monitor, endpoint) {
                (None, None, None) => Ok(0),
                _ => Err("a list of rules has no job, monitor or endpoint".into()),
            };
        };
        let is_meant = |it: &Job| {
            job.is_none_or(|job| it.config.job_name == job)
                && monitor.is_none_or(|monitor| it.is_of(monitor))
                && endpoint.is_none_or(|at| it.endpoint.as_ref().is_some_and(|it| it.2 == at))
        };
        let mut meant = jobs.iter().enumerate().filter(|(_, it)| is_meant(it));
        match (meant.next(), meant.next()) {
            (Some((at, _)), None) => Ok(at),
            (None, _) => {
                let names: Vec<String> = jobs.iter().map(Job::name).collect();
                let slips = |letters: usize| (letters / 3).min(2);
                let wanted = job.or(monitor).unwrap_or_default();
                let known = jobs.iter().flat_map(Job::names);
                Err(Fault::new(match closest(wanted, known, slips) {
                    Some(meant) => format!("there is no `{wanted}`: did you mean `{meant}`?"),
                    None => format!(
                        "there is no such job or endpoint: there are {}",
                        names.join(", ")
                    ),
                }))
            }
            (Some(_), Some(_)) => {
                let names: Vec<String> = (jobs.iter().filter(|it| is_meant(it)))
                    .map(Job::name)
                    .collect();
                let which = match jobs.iter().any(|it| it.endpoint.is_some()) {
                    true => "`monitor` and `endpoint` say",
                    false => "`job` says",
                };
                Err(Fault::new(format_args!(
                    "{which} which one is meant of {}",
                    names.join(", ")
                )))
            }
        }
    }
}

impl Job {
    fn name(&self) -> String {
        match &self.endpoint {
            Some((namespace, name, endpoint)) => format!("{namespace}/{name} endpoint {endpoint}"),
            None => format!("`{}`", self.config.job_name),
        }
    }

    /// Returns the names by which a case may call it.
    fn names(&self) -> Vec<&str> {
        match &self.endpoint {
            Some((_, name, _)) => vec![name],
            None => vec![&self.config.job_name],
        }
    }

    /// Tells whether it comes from the monitor of that name, which may have its namespace before it.
    fn is_of(&self, monitor: &str) -> bool {
        (self.endpoint.as_ref()).is_some_and(|(namespace, name, _)| match monitor.split_once('/') {
            Some(both) => both == (namespace, name),
            None => monitor == name,
        })
    }
}

/// Reads another file, by its name from the directory of the tests.
pub(super) fn text(file: &str, directory: &Path) -> Result<String, Fault> {
    let path = directory.join(file);
    fs::read_to_string(&path).map_err(|error| Fault::unreadable(path.display(), error))
}

fn of_rules(given: &Given<Vec<RuleConfig>>, directory: &Path) -> Result<Subject, Fault> {
    let rules = match given {
        Given::Here(rules) => rules.clone(),
        Given::File(file) => {
            let text = text(file, directory)?;
            let prometheus = yaml::from_str::<Vec<RuleConfig>>(&text);
            // Rules in the spelling of monitors are rules too.
            match (&prometheus, yaml::from_str::<Vec<OperatorRule>>(&text)) {
                (Err(_), Ok(rules)) => rules.into_iter().map(RuleConfig::from).collect(),
                _ => prometheus.map_err(|error| Fault::new(not_rules(file, &text, &error)))?,
            }
        }
    };
    let rules = Rules::new(rules, ValidationScheme::Utf8);
    Ok(Subject::Rules(
        rules.map_err(|error| Fault::new(error.to_string()))?,
    ))
}

/// Says what is wrong with a file that holds no list of rules.
fn not_rules(file: &str, text: &str, error: &yaml::YamlError) -> String {
    let Ok(Resolved(node @ Node::Map(_))) = yaml::from_str(text) else {
        return format!("{file}: {error}");
    };
    let has = |key: &str| node.get(key).is_some();
    let instead = match () {
        () if has("scrape_configs") || has("job_name") => {
            ": this is a configuration, which `config` names"
        }
        () if has("kind") => ": this is a manifest, which `monitor` names",
        () => "",
    };
    format!("{file}: expected a list of rules{instead}")
}

fn of_config(given: &Given<ScrapeConfig>, directory: &Path) -> Result<Subject, Fault> {
    let configs = match given {
        Given::Here(config) => vec![config.clone()],
        Given::File(file) => {
            let text = text(file, directory)?;
            let is_one =
                yaml::from_str(&text).is_ok_and(|Resolved(it)| it.get("job_name").is_some());
            let configs = match is_one {
                true => ScrapeConfig::from_yaml(&text).map(|config| vec![config]),
                false => ScrapeConfig::file_from_yaml(&text),
            };
            configs.map_err(|error| Fault::new(format_args!("{file}: {error}")))?
        }
    };
    let job = |config| Job {
        config,
        endpoint: None,
    };
    jobs(
        configs.into_iter().map(job).collect(),
        OperatorConfig::default(),
    )
}

/// Returns the text of a file, or of what would be in it, and what to call it.
fn written(given: &Given<Resolved>, directory: &Path) -> Result<(String, String), Fault> {
    match given {
        Given::File(file) => Ok((text(file, directory)?, format!("{file}: "))),
        Given::Here(Resolved(node)) => Ok((again(node)?, String::new())),
    }
}

/// Writes what was read, so that its own reader reads it.
fn again(node: &Node) -> Result<String, Fault> {
    serde_saphyr::to_string(node).map_err(Fault::new)
}

fn read_settings(given: &Given<Resolved>, directory: &Path) -> Result<OperatorConfig, Fault> {
    let (text, name) = written(given, directory)?;
    let faulty = |error: &dyn std::fmt::Display| Fault::new(format_args!("{name}{error}"));
    if !Prometheus::is_meant(&text) {
        return text.parse().map_err(|error| faulty(&error));
    }
    let object: Prometheus = text.parse().map_err(|error| faulty(&error))?;
    object.check().map_err(|error| faulty(&error))?;
    Ok(object.settings)
}

fn of_monitors(
    given: &Given<Resolved>,
    namespace: Option<&str>,
    settings: OperatorConfig,
    directory: &Path,
) -> Result<Subject, Fault> {
    let (text, name) = written(given, directory)?;
    let fault = |why: &dyn fmt::Display| Fault::new(format_args!("{name}{why}"));
    let mut resources = Resources::new();
    if let Some(namespace) = namespace {
        resources = resources.with_namespace(namespace);
    }
    resources.add("", &text).map_err(|error| fault(&error))?;
    if resources.has_no_monitors() {
        return Err(fault(&"there is no monitor"));
    }
    let mut all = Vec::new();
    for monitor in resources.check(&settings) {
        let verdict = monitor.verdict.map_err(|error| fault(&error))?;
        if let Err(rejections) = &verdict.outcome {
            let reasons: Vec<String> = rejections.iter().map(ToString::to_string).collect();
            let (kind, namespace) = (&verdict.kind, &verdict.namespace);
            let reasons = reasons.join("; ");
            return Err(fault(&format_args!(
                "{kind} {namespace}/{}: {reasons}",
                verdict.name
            )));
        }
        let Some(manifest) = &verdict.manifest else {
            continue;
        };
        // There is one for each endpoint, in their order.
        for (at, config) in render(manifest, &settings).iter().enumerate() {
            let config = config
                .with_global_of(&settings)
                .map_err(|error| fault(&error))?;
            let (namespace, name) = (manifest.namespace().to_owned(), manifest.name().to_owned());
            all.push(Job {
                config,
                endpoint: Some((namespace, name, at)),
            });
        }
    }
    jobs(all, settings)
}

/// Returns the jobs, whose rules and settings Prometheus would load.
fn jobs(jobs: Vec<Job>, settings: OperatorConfig) -> Result<Subject, Fault> {
    for job in &jobs {
        if let Err(error) = Explainer::new(&job.config, &settings) {
            return Err(Fault::new(format_args!("{}: {error}", job.name())));
        }
    }
    Ok(Subject::Jobs {
        jobs,
        settings: Box::new(settings),
    })
}
