//! `monitor`: a monitor through all steps, from its manifest to stored series.

mod json;
mod judged;
mod stored;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use exposition::operator::{
    Assets, Explainer, Manifest, OperatorConfig, Prometheus, ScrapeConfig, render_all,
};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::relabel::rules_file;
use crate::source::{self, ENVOY, ReadingArgs, Source};
use crate::targets::{self, Labels};
use judged::Judged;

/// Check a ServiceMonitor or PodMonitor as the cluster does, and say what is scraped and why
///
/// A monitor is checked as the API server and the Prometheus Operator check it, and rendered as the Operator renders
/// it; of discovered targets it is said which are kept, which are dropped, and which field of the manifest decides it.
/// Without MANIFEST, two bundled monitors of an Istio mesh are shown with what a small cluster discovers for them, and
/// with what a sidecar answers.
///
/// Without targets, standard output is a Prometheus configuration file, which `promtool check config` reads; notes go
/// to standard error.
///
/// Exit codes: 0 all is well; 1 a file cannot be read, Prometheus would refuse a configuration, or the scrape of the
/// body fails; 2 the command line is wrong; 3 a monitor is rejected, which is then left out, or no target is kept.
#[derive(Debug, Args)]
pub(crate) struct Monitor {
    /// A YAML file of one or more monitors, or `-` [default: what is piped into the command]
    manifest: Option<OsString>,
    /// Discovered labels, as YAML: a map, or a list of maps
    #[arg(long, short, value_name = "FILE")]
    target: Option<OsString>,
    /// What the first kept target of each configuration answers; shows what is stored of it and what each metric rule
    /// did
    #[arg(long, short, value_name = "BODY")]
    body: Option<OsString>,
    /// Over how many shards targets are spread [default: 1]
    #[arg(long, value_name = "N")]
    shards: Option<i32>,
    /// Which of them is looked at, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    shard: u64,
    /// The Prometheus object, as YAML, under an Operator without flags of its own; or settings of both, such as
    /// `{version: v2.55.1, enforcedNamespaceLabel: tenant}`
    #[arg(long, value_name = "FILE")]
    settings: Option<OsString>,
    /// The Secrets and ConfigMaps there are, as YAML: what monitors refer to is looked for in them, and rendered
    #[arg(long, value_name = "FILE")]
    secrets: Option<OsString>,
    /// Print the configuration, also where there are targets
    #[arg(long, conflicts_with = "json")]
    config: bool,
    /// Show every rule's effect on every target
    #[arg(long)]
    steps: bool,
    /// Print one line of JSON for the file of monitors
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// A manifest, the targets that belong to it, and the response of one of them.
struct Scene {
    name: String,
    manifest: String,
    targets: Option<Vec<Labels>>,
    body: Option<Source>,
}

impl Scene {
    /// Returns how the command ends if that many targets are kept.
    fn outcome(&self, kept: usize) -> Outcome {
        match &self.targets {
            Some(targets) if kept == 0 && !targets.is_empty() => Outcome::Findings,
            _ => Outcome::Fine,
        }
    }
}

impl Monitor {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        let settings = self.settings()?;
        let mut outcome = Outcome::Fine;
        for (index, scene) in self.scenes(console)?.iter().enumerate() {
            if index > 0 && !self.json {
                writeln!(console.out)?;
            }
            outcome = outcome.and(self.scene(scene, &settings, console)?);
        }
        Ok(outcome)
    }

    /// Returns the file with the manifest: what is piped into the command, unless another file is read from there.
    fn manifest(&self, console: &Console<'_>) -> Result<Option<OsString>> {
        let files = [
            &self.manifest,
            &self.target,
            &self.body,
            &self.settings,
            &self.secrets,
        ];
        let dashes = files
            .into_iter()
            .flatten()
            .filter(|file| *file == "-")
            .count();
        if dashes > 1 {
            return Err(Usage("only one file can be read from standard input".to_owned()).into());
        }
        match &self.manifest {
            None if dashes == 0 && source::is_piped(console) => Ok(Some("-".into())),
            manifest => Ok(manifest.clone()),
        }
    }

    fn scenes(&self, console: &Console<'_>) -> Result<Vec<Scene>> {
        let given = self.target.as_deref().map(targets::from_file).transpose()?;
        let fetch = || {
            let body = self
                .body
                .as_ref()
                .map(|from| source::fetch(from, &self.reading));
            let body = body.transpose()?;
            if let Some(body) = &body {
                body.tell_looks(false, console);
            }
            Ok::<_, Box<dyn std::error::Error>>(body)
        };
        if let Some(file) = self.manifest(console)? {
            if self.body.is_some() && given.is_none() {
                let missing = "--body needs a target that answers it: --target";
                return Err(Usage(missing.to_owned()).into());
            }
            return Ok(vec![Scene {
                name: source::called(&file),
                manifest: source::text(&file)?,
                targets: given,
                body: fetch()?,
            }]);
        }
        console.note("no MANIFEST is given: these are two that come along");
        let scene = |name: &str, manifest: &str, discovered: &str, body| {
            Ok::<_, Box<dyn std::error::Error>>(Scene {
                name: name.to_owned(),
                manifest: manifest.to_owned(),
                targets: Some(match &given {
                    Some(given) => given.clone(),
                    None => targets::read(discovered)?,
                }),
                body,
            })
        };
        let control_plane = scene(
            "istiod.yaml",
            include_str!("../data/monitor/istiod.yaml"),
            include_str!("../data/monitor/endpoints.yaml"),
            None,
        )?;
        let answer = match fetch()? {
            Some(body) => body,
            None => Source::bundled("envoy.prom.gz", ENVOY, &self.reading)?,
        };
        let sidecars = scene(
            "sidecars.yaml",
            include_str!("../data/monitor/sidecars.yaml"),
            include_str!("../data/monitor/pods.yaml"),
            Some(answer),
        )?;
        Ok(vec![control_plane, sidecars])
    }

    fn settings(&self) -> Result<OperatorConfig> {
        let mut settings = match &self.settings {
            Some(file) => {
                let named = |error: &dyn std::fmt::Display| {
                    let name = source::called(file);
                    let lines = error
                        .to_string()
                        .replace('\n', &format!("\nerror: {name}: "));
                    format!("{name}: {lines}")
                };
                let text = source::text(file)?;
                if Prometheus::is_meant(&text) {
                    let object: Prometheus = text.parse().map_err(|error| named(&error))?;
                    object.check().map_err(|error| named(&error))?;
                    object.settings
                } else {
                    text.parse().map_err(|error| named(&error))?
                }
            }
            None => OperatorConfig::default(),
        };
        if let Some(file) = &self.secrets {
            let text = source::text(file)?;
            let assets = Assets::parse_all(&text);
            settings.assets =
                Some(assets.map_err(|error| source::faulty(&source::called(file), &text, &error))?);
        }
        if let Some(shards) = self.shards {
            settings.shards = shards;
        }
        settings.shard = self.shard;
        if settings.shard >= settings.shard_count() {
            let (shard, count) = (settings.shard, settings.shard_count());
            let none = format!("--shard {shard}: there are {count} shards, the first is 0");
            return Err(Usage(none).into());
        }
        Ok(settings)
    }

    fn scene(
        &self,
        scene: &Scene,
        settings: &OperatorConfig,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        let judged =
            Judged::read(&scene.manifest, settings).map_err(|error| match rules_file::is_meant(
                &scene.manifest,
            ) {
                false => source::faulty(&scene.name, &scene.manifest, &error),
                true => format!(
                    "{}: these are relabel rules or a configuration of Prometheus, not a monitor; \
                     `exposition relabel --rules` shows what they do",
                    scene.name
                )
                .into(),
            })?;
        let mut outcome = match judged.iter().all(Judged::is_taken) {
            true => Outcome::Fine,
            false => Outcome::Findings,
        };
        let taken: Vec<Manifest> = judged.iter().filter_map(Judged::taken).cloned().collect();
        let configs = render_all(&taken, settings);
        if self.json {
            return Ok(outcome.and(json::scene(scene, &judged, &configs, settings, console)?));
        }
        for line in judged.iter().flat_map(Judged::lines) {
            console.tell(line);
        }
        let shows_config = self.config || scene.targets.is_none();
        if shows_config {
            write!(console.out, "{}", ScrapeConfig::file_to_yaml(&configs)?)?;
        }
        let mut kept = 0;
        for (index, config) in configs.iter().enumerate() {
            let explainer = match Explainer::new(config, settings) {
                Ok(explainer) => explainer,
                Err(error) => {
                    console.tell(format_args!("error: {}: {error}", config.job_name));
                    outcome = Outcome::Unreadable;
                    continue;
                }
            };
            if let Some(targets) = &scene.targets {
                if index > 0 || shows_config {
                    writeln!(console.out)?;
                }
                let played = play(
                    &explainer,
                    targets,
                    scene.body.as_ref(),
                    self.steps,
                    console.out,
                )?;
                kept += played.kept;
                outcome = outcome.and(played.outcome);
            }
        }
        Ok(outcome.and(scene.outcome(kept)))
    }
}

/// What happened to targets and a body under one configuration.
struct Played {
    /// How many targets are kept.
    kept: usize,
    outcome: Outcome,
}

/// Shows what happens to targets under one configuration, and to the response of the first one that is kept.
fn play(
    explainer: &Explainer<'_>,
    targets: &[Labels],
    body: Option<&Source>,
    steps: bool,
    out: &mut dyn Write,
) -> Result<Played> {
    let explanations = targets::explain(explainer, targets);
    targets::show(explainer, targets, &explanations, steps, out)?;
    let kept = explanations
        .iter()
        .filter_map(|explanation| explanation.target());
    let mut played = Played {
        kept: kept.clone().count(),
        outcome: Outcome::Fine,
    };
    if let (Some(target), Some(body)) = (kept.clone().next(), body) {
        writeln!(out)?;
        if !stored::show(explainer, target, body, out)? {
            played.outcome = Outcome::Unreadable;
        }
    }
    Ok(played)
}
