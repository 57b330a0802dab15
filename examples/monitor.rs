//! Follows a monitor on its way: manifest, scrape configuration, discovered targets, stored series.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::operator::{Explainer, Manifest, OperatorConfig, ScrapeConfig, render_all};

#[allow(dead_code, reason = "shared by programs of which each uses a part")]
#[path = "support/page.rs"]
mod page;
#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;
#[path = "support/stored.rs"]
mod stored;
#[path = "support/targets.rs"]
mod targets;

use program::Asked;
use source::{Reading, Source};

/// What a sidecar printed: Envoy 1.40.
const ENVOY: &[u8] = include_bytes!("data/envoy.prom.gz");

const HELP: &str = "\
Renders a ServiceMonitor or PodMonitor as the Prometheus Operator does, and says which discovered
targets are kept, which are dropped, and which field of the manifest decides it.

Usage: monitor [OPTIONS] [MANIFEST]

MANIFEST is a YAML file of one or more monitors, or `-` for standard input. Without it, what is piped
into the program is read; else two bundled monitors of an Istio mesh are shown with what a small cluster
discovers for them, and with what a sidecar answers.

Without targets, standard output is a Prometheus configuration file, which `promtool check config`
reads; notes go to standard error. The exit code is 1 if Prometheus would refuse a configuration.

Options:
  -t, --target FILE    discovered labels, as YAML: a map, or a list of maps
  -b, --body FILE      what the first kept target of each configuration answers: a file, an http://
                       URL or `-`; shows what is stored of it and what each metric rule did
      --format text|openmetrics  the format of the body
      --max-body SIZE            the longest body, without compression, such as 1GiB; 0 for no limit
                                 (default 256MiB)
      --shards N       over how many shards targets are spread (default 1)
      --shard N        which of them is looked at, from 0 (default 0)
      --settings FILE  settings of the Prometheus object and the Operator, as YAML, such as
                       `{version: v2.55.1, enforcedNamespaceLabel: tenant}`
      --steps          every rule's effect on every target
  -h, --help           this text
";

#[derive(Default)]
struct Arguments {
    manifest: Option<OsString>,
    targets: Option<OsString>,
    body: Option<OsString>,
    reading: Reading,
    settings: Option<OsString>,
    shards: Option<i32>,
    shard: u64,
    steps: bool,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Short('t') | Long("target") => arguments.targets = Some(parser.value()?),
            Short('b') | Long("body") => arguments.body = Some(parser.value()?),
            Long("format") => {
                arguments.reading.format = Some(parser.value()?.parse_with(source::format)?);
            }
            Long("max-body") => {
                arguments.reading.max_body = parser.value()?.parse_with(source::size)?;
            }
            Long("shards") => arguments.shards = Some(parser.value()?.parse()?),
            Long("shard") => arguments.shard = parser.value()?.parse()?,
            Long("settings") => arguments.settings = Some(parser.value()?),
            Long("steps") => arguments.steps = true,
            Value(file) if arguments.manifest.is_none() => arguments.manifest = Some(file),
            _ => return Err(argument.unexpected()),
        }
    }
    if arguments.body.is_some() && arguments.targets.is_none() && arguments.manifest.is_some() {
        return Err("--body needs a target that answers it: --target".into());
    }
    Ok(Asked::Run(arguments))
}

/// A manifest, the targets that go with it, and what one of them answers.
struct Scene {
    name: String,
    manifest: String,
    targets: Option<String>,
    body: Option<Source>,
}

fn scenes(arguments: &Arguments) -> Result<Vec<Scene>, Box<dyn Error>> {
    let targets = (arguments.targets.as_ref())
        .map(|file| source::text(file))
        .transpose()?;
    let fetch = || {
        (arguments.body.as_ref())
            .map(|from| source::scraped(from, arguments.reading))
            .transpose()
    };
    if let Some(file) = &arguments.manifest {
        return Ok(vec![Scene {
            name: file.to_string_lossy().into_owned(),
            manifest: source::text(file)?,
            targets,
            body: fetch()?,
        }]);
    }
    let scene = |name: &str, manifest: &str, discovered: &str, body| Scene {
        name: name.to_owned(),
        manifest: manifest.to_owned(),
        targets: Some(targets.clone().unwrap_or_else(|| discovered.to_owned())),
        body,
    };
    let control_plane = scene(
        "istiod.yaml",
        include_str!("data/monitor/istiod.yaml"),
        include_str!("data/monitor/endpoints.yaml"),
        None,
    );
    let answer = match fetch()? {
        Some(body) => body,
        None => Source::headless(ENVOY, Reading::default())?,
    };
    let sidecars = scene(
        "sidecars.yaml",
        include_str!("data/monitor/sidecars.yaml"),
        include_str!("data/monitor/pods.yaml"),
        Some(answer),
    );
    Ok(vec![control_plane, sidecars])
}

fn settings(arguments: &Arguments) -> Result<OperatorConfig, Box<dyn Error>> {
    let mut settings: OperatorConfig = match &arguments.settings {
        Some(file) => source::text(file)?
            .parse()
            .map_err(|error| format!("{}: {error}", file.to_string_lossy()))?,
        None => OperatorConfig::default(),
    };
    if let Some(shards) = arguments.shards {
        settings.shards = shards;
    }
    settings.shard = arguments.shard;
    if settings.shard >= settings.shard_count() {
        return Err(format!(
            "--shard {}: there are {} shards, the first is 0",
            settings.shard,
            settings.shard_count()
        )
        .into());
    }
    Ok(settings)
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let settings = settings(&arguments)?;
    let mut well = true;
    for (index, scene) in scenes(&arguments)?.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let manifests = Manifest::parse_all(&scene.manifest)
            .map_err(|error| format!("{}: {error}", scene.name))?;
        manifests.iter().for_each(note);
        let configs = render_all(&manifests, &settings);
        write!(out, "{}", ScrapeConfig::file_to_yaml(&configs)?)?;
        for config in &configs {
            match Explainer::new(config, &settings) {
                Ok(explainer) => play(&explainer, scene, &arguments, out)?,
                Err(error) => {
                    eprintln!("error: {}: {error}", config.job_name);
                    well = false;
                }
            }
        }
    }
    Ok(well)
}

/// What becomes of the scene's targets under one configuration, and of what the first kept one answers.
fn play(
    explainer: &Explainer<'_>,
    scene: &Scene,
    arguments: &Arguments,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let Some(targets) = &scene.targets else {
        return Ok(());
    };
    let targets = targets::read(targets)?;
    let explanations = targets::explain(explainer, &targets);
    writeln!(out)?;
    targets::show(explainer, &targets, &explanations, arguments.steps, out)?;
    let kept = explanations
        .iter()
        .find_map(|explanation| explanation.target());
    if let (Some(target), Some(body)) = (kept, &scene.body) {
        writeln!(out)?;
        stored::show(explainer, target, body, out)?;
    }
    Ok(())
}

/// What a reader of the configuration should know that it does not show.
fn note(manifest: &Manifest) {
    let name = format!(
        "{} {}/{}",
        manifest.kind(),
        manifest.namespace(),
        manifest.name()
    );
    for warning in manifest.warnings() {
        eprintln!("warning: {name}: {warning}");
    }
    for field in manifest.unrendered() {
        eprintln!("note: {name}: {} is not rendered", field.path());
    }
}

fn main() -> ExitCode {
    program::main(HELP, parse, |mut arguments, out| {
        let files = [&arguments.targets, &arguments.body, &arguments.settings];
        let is_free = !files
            .iter()
            .any(|file| file.as_ref().is_some_and(|file| file == "-"));
        if arguments.manifest.is_none() && is_free && source::is_piped() {
            arguments.manifest = Some("-".into());
        }
        run(arguments, out)
    })
}

#[cfg(test)]
#[path = "support/monitor_tests.rs"]
mod tests;
