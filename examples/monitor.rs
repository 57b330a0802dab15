//! Follows a monitor through all steps: manifest, scrape configuration, discovered targets, stored series.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::operator::{
    Assets, Explainer, Manifest, OperatorConfig, Prometheus, ScrapeConfig, check_all, render_all,
};

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
use targets::Labels;

/// What a sidecar printed: Envoy 1.40.
const ENVOY: &[u8] = include_bytes!("data/envoy.prom.gz");

const HELP: &str = "\
Checks a ServiceMonitor or PodMonitor as the API server and the Prometheus Operator do, renders it as
the Operator does, and says which discovered targets are kept, which are dropped, and which field of the
manifest decides it.

Usage: monitor [OPTIONS] [MANIFEST]

MANIFEST is a YAML file of one or more monitors, or `-` for standard input. Without it, what is piped
into the program is read; else two bundled monitors of an Istio mesh are shown with what a small cluster
discovers for them, and with what a sidecar answers.

Without targets, standard output is a Prometheus configuration file, which `promtool check config`
reads; notes go to standard error. The exit code is 1 if a monitor is rejected, which is then left out, or
if Prometheus would refuse a configuration.

Options:
  -t, --target FILE    discovered labels, as YAML: a map, or a list of maps
  -b, --body FILE      what the first kept target of each configuration answers: a file, an http://
                       URL or `-`; shows what is stored of it and what each metric rule did
      --format text|openmetrics|openmetrics2
                                 the format of the body
      --max-body SIZE            the longest body, without compression, such as 1GiB; 0 for no limit
                                 (default 256MiB)
      --shards N       over how many shards targets are spread (default 1)
      --shard N        which of them is looked at, from 0 (default 0)
      --settings FILE  the Prometheus object, as YAML, under an Operator without flags of its own; or
                       settings of both, such as `{version: v2.55.1, enforcedNamespaceLabel: tenant}`
      --secrets FILE   the Secrets and ConfigMaps there are, as YAML: what monitors refer to is looked
                       for in them, and rendered
      --config         the configuration, also where there are targets
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
    secrets: Option<OsString>,
    config: bool,
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
            Long("secrets") => arguments.secrets = Some(parser.value()?),
            Long("config") => arguments.config = true,
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

/// A manifest, the targets that belong to it, and the response of one of them.
struct Scene {
    name: String,
    /// Whether the configuration is shown too.
    config: bool,
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
            config: arguments.config || targets.is_none(),
            manifest: source::text(file)?,
            targets,
            body: fetch()?,
        }]);
    }
    let scene = |name: &str, manifest: &str, discovered: &str, body| Scene {
        name: name.to_owned(),
        config: true,
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
    let mut settings = match &arguments.settings {
        Some(file) => {
            let named = |error: &dyn std::fmt::Display| {
                let name = file.to_string_lossy();
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
    if let Some(file) = &arguments.secrets {
        let assets = Assets::parse_all(&source::text(file)?);
        settings.assets =
            Some(assets.map_err(|error| format!("{}: {error}", file.to_string_lossy()))?);
    }
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
        let judged = judge(&scene.manifest, &settings)
            .map_err(|error| format!("{}: {error}", scene.name))?;
        well &= judged.is_well;
        for line in &judged.lines {
            eprintln!("{line}");
        }
        let configs = render_all(&judged.taken, &settings);
        let targets = scene.targets.as_deref().map(targets::read).transpose()?;
        if scene.config {
            write!(out, "{}", ScrapeConfig::file_to_yaml(&configs)?)?;
        }
        for (index, config) in configs.iter().enumerate() {
            let explainer = match Explainer::new(config, &settings) {
                Ok(explainer) => explainer,
                Err(error) => {
                    eprintln!("error: {}: {error}", config.job_name);
                    well = false;
                    continue;
                }
            };
            if let Some(targets) = &targets {
                if index > 0 || scene.config {
                    writeln!(out)?;
                }
                play(&explainer, targets, scene, &arguments, out)?;
            }
        }
    }
    Ok(well)
}

/// A cluster's verdict on some monitors.
struct Judged {
    /// Those that it accepts.
    taken: Vec<Manifest>,
    /// Remarks, also about those that it does not accept.
    lines: Vec<String>,
    is_well: bool,
}

fn judge(yaml: &str, settings: &OperatorConfig) -> Result<Judged, Box<dyn Error>> {
    let mut judged = Judged {
        taken: Vec::new(),
        lines: Vec::new(),
        is_well: true,
    };
    for verdict in check_all(yaml, settings)? {
        let name = format!("{} {}/{}", verdict.kind, verdict.namespace, verdict.name);
        let lines = &mut judged.lines;
        if let Err(rejections) = &verdict.outcome {
            lines.extend(rejections.iter().map(|why| format!("error: {name}: {why}")));
            judged.is_well = false;
        }
        let Some(manifest) = &verdict.manifest else {
            continue;
        };
        let remarks = manifest.remarks();
        lines.extend(
            remarks
                .iter()
                .map(|remark| format!("remark: {name}: {remark}")),
        );
        if settings.assets.is_none() {
            let references = manifest.references();
            lines.extend(references.iter().map(|reference| {
                format!("note: {name}: {reference} is not checked without --secrets")
            }));
        }
        if verdict.outcome.is_ok() {
            judged.taken.extend(verdict.manifest);
        }
    }
    Ok(judged)
}

/// Shows what happens to the scene's targets under one configuration, and to the response of the first one
/// that is kept.
fn play(
    explainer: &Explainer<'_>,
    targets: &[Labels],
    scene: &Scene,
    arguments: &Arguments,
    out: &mut dyn Write,
) -> Result<(), Box<dyn Error>> {
    let explanations = targets::explain(explainer, targets);
    targets::show(explainer, targets, &explanations, arguments.steps, out)?;
    let kept = explanations
        .iter()
        .find_map(|explanation| explanation.target());
    if let (Some(target), Some(body)) = (kept, &scene.body) {
        writeln!(out)?;
        stored::show(explainer, target, body, out)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    program::main(HELP, parse, |mut arguments, out| {
        let files = [
            &arguments.targets,
            &arguments.body,
            &arguments.settings,
            &arguments.secrets,
        ];
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
