//! The servers that use monitors: each Prometheus object among the manifests, or one with given settings.

use exposition::operator::{
    Manifest, MonitorResource, OperatorConfig, Prometheus, PrometheusResource, Resources,
    ScrapeConfig, render, render_all,
};

use super::judged::Judged;
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::page::{Ink, pad, printable};

/// A server, and what it makes of the monitors.
pub(super) struct Server {
    /// The Prometheus object; `None` where there are only settings.
    pub(super) object: Option<Object>,
    pub(super) settings: OperatorConfig,
    pub(super) judged: Vec<Judged>,
    /// The scrape configurations, as the Operator renders them.
    pub(super) configs: Vec<ScrapeConfig>,
    /// The same, together with the section `global` that the Operator writes: as Prometheus has them.
    pub(super) complete: Vec<ScrapeConfig>,
    /// What would be rendered of monitors that are not used, each with the reason why it is not.
    pub(super) spare: Vec<(ScrapeConfig, String)>,
}

/// A Prometheus object.
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) source: String,
    /// Why its configuration is not the one that is rendered here, if it is not.
    pub(super) notes: Vec<String>,
}

impl Object {
    /// Tells whether a name, with or without a namespace, is this object's.
    pub(super) fn is_called(&self, wanted: &str) -> bool {
        match wanted.split_once('/') {
            Some((namespace, name)) => namespace == self.namespace && name == self.name,
            None => wanted == self.name,
        }
    }

    /// Returns its kind, namespace and name.
    pub(super) fn title(&self) -> String {
        format!("{} {}/{}", self.kind, self.namespace, self.name)
    }
}

impl Server {
    /// Returns a server with these settings, which uses every monitor that the cluster accepts.
    pub(super) fn of_settings(resources: &Resources, settings: OperatorConfig) -> Self {
        Server::new(None, resources.check(&settings), settings)
    }

    /// Returns the server that a Prometheus object stands for; `set` changes its settings.
    pub(super) fn of_object(
        resources: &Resources,
        resource: &PrometheusResource,
        set: impl FnOnce(&mut OperatorConfig) -> Result<()>,
    ) -> Result<Self> {
        let wrong = |why: &dyn std::fmt::Display| {
            let nothing = "nothing is generated, the last good configuration stays";
            Failure(format!("{}: {why}; {nothing}", resource.source))
        };
        let read = resource.object.as_ref().map_err(|error| wrong(error))?;
        let mut prometheus: Prometheus = read.clone();
        prometheus
            .check()
            .map_err(|rejections| wrong(&rejections))?;
        set(&mut prometheus.settings)?;
        let object = Object {
            kind: resource.kind.clone(),
            namespace: prometheus.namespace.clone(),
            name: prometheus.name.clone(),
            source: resource.source.clone(),
            notes: notes(&prometheus),
        };
        let monitors = resources.select(&prometheus);
        Ok(Server::new(Some(object), monitors, prometheus.settings))
    }

    /// Returns the configuration file, with the section `global` where there is an object to take it from.
    pub(super) fn file(&self) -> Result<String> {
        Ok(match self.object {
            Some(_) => ScrapeConfig::file_to_yaml_with(&self.configs, &self.settings)?,
            None => ScrapeConfig::file_to_yaml(&self.configs)?,
        })
    }

    /// Prints which monitors the server uses, and why not.
    pub(super) fn show(&self, console: &mut Console<'_>) -> Result<()> {
        let page = console.page;
        let out = &mut *console.out;
        if let Some(object) = &self.object {
            let title = page.ink(Ink::Name, &printable(&object.title()));
            let version = self.settings.version.to_string();
            writeln!(
                out,
                "{title}  {version}  {}",
                page.ink(Ink::Faint, &printable(&object.source))
            )?;
            for note in &object.notes {
                writeln!(
                    out,
                    "  {} {}",
                    page.ink(Ink::Wrong, "note:"),
                    printable(note)
                )?;
            }
        }
        for judged in &self.judged {
            let (word, ink) = match (judged.is_taken(), &judged.not_selected) {
                (false, _) => ("rejected", Ink::Wrong),
                (true, Some(_)) => ("not used", Ink::Wrong),
                (true, None) => ("used", Ink::Well),
            };
            let word = page.ink(ink, &pad(word, 8, false));
            writeln!(out, "  {word}  {}", printable(&judged.title()))?;
            for line in judged.details() {
                writeln!(out, "            {}", printable(&line))?;
            }
        }
        writeln!(out)?;
        Ok(())
    }

    fn new(
        object: Option<Object>,
        monitors: Vec<MonitorResource>,
        settings: OperatorConfig,
    ) -> Self {
        let judged: Vec<Judged> = monitors
            .into_iter()
            .map(|monitor| Judged::of(monitor, &settings))
            .collect();
        let used: Vec<&Manifest> = judged.iter().filter_map(Judged::used).collect();
        let mut spare = Vec::new();
        for (manifest, why) in judged.iter().filter_map(Judged::unused) {
            let configs = render(manifest, &settings).into_iter();
            spare.extend(configs.map(|config| (config, why.to_owned())));
        }
        let configs = render_all(used.iter().copied(), &settings);
        // What Prometheus would not load is told when it is explained.
        let complete = |config: &ScrapeConfig| {
            config
                .with_global_of(&settings)
                .unwrap_or_else(|_| config.clone())
        };
        Server {
            complete: configs.iter().map(complete).collect(),
            configs,
            spare,
            object,
            settings,
            judged,
        }
    }
}

/// Returns why the configuration of a Prometheus object is not the one that is rendered here.
fn notes(prometheus: &Prometheus) -> Vec<String> {
    let mut notes = Vec::new();
    if prometheus.is_unmanaged() {
        let why = "it has no selector, so the Operator generates nothing, and leaves the configuration to others";
        notes.push(why.to_owned());
    }
    if prometheus.is_paused() {
        notes.push("it is paused: what follows has no effect until it goes on".to_owned());
    }
    if let Some(secret) = &prometheus.additional_scrape_configs {
        notes.push(format!(
            "`additionalScrapeConfigs`, key {:?} of the Secret {:?}, come after what is shown here",
            secret.key, secret.name
        ));
    }
    notes
}
