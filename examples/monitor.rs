//! Follows a monitor on its way: manifest, scrape configuration, discovered targets, stored series.

use std::error::Error;
use std::ffi::OsString;
use std::io::{Read as _, Write};
use std::process::ExitCode;

use exposition::operator::{Manifest, OperatorConfig, ScrapeConfig, render_all};

#[path = "support/body.rs"]
mod body;
#[allow(dead_code, reason = "shared by programs of which each uses a part")]
#[path = "support/number.rs"]
mod number;
#[allow(dead_code, reason = "shared by programs of which each uses a part")]
#[path = "support/page.rs"]
mod page;
#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;
#[path = "support/targets.rs"]
mod targets;
#[allow(dead_code, reason = "shared by programs of which each uses a part")]
#[path = "support/way.rs"]
mod way;

use page::Page;
use program::Asked;
use way::Show;

const HELP: &str = "\
Renders a ServiceMonitor or PodMonitor as the Prometheus Operator does, and says which discovered
targets are kept, which are dropped, and which field of the manifest decides it.

Usage: monitor [OPTIONS] [MANIFEST]

MANIFEST is a YAML file of one or more monitors, or `-` for standard input. Without it, two bundled
monitors of an Istio mesh are shown with what a small cluster discovers for them.

Without targets, standard output is a Prometheus configuration file; notes go to standard error.

Options:
  -t, --target FILE    discovered labels, as YAML: a map, or a list of maps
      --body FILE      what the first kept target answers, or a URL to ask: the series that are stored
                       of it, and what each metric rule did
      --shards N       over how many shards targets are spread (default 1)
      --shard N        which of them is looked at, from 0 (default 0)
      --settings FILE  settings of the Prometheus object and the Operator, as YAML, such as
                       `{version: v2.55.1, enforcedNamespaceLabel: tenant}`
      --steps          every rule's effect on every target
  -h, --help           this text
";

/// How much of a body is shown.
const SHOWN: Show = Show {
    page: Page {
        width: 100,
        colours: false,
    },
    trace: false,
    limit: 5,
};

#[derive(Default)]
struct Arguments {
    manifest: Option<OsString>,
    targets: Option<OsString>,
    body: Option<OsString>,
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
            Long("body") => arguments.body = Some(parser.value()?),
            Long("shards") => arguments.shards = Some(parser.value()?.parse()?),
            Long("shard") => arguments.shard = parser.value()?.parse()?,
            Long("settings") => arguments.settings = Some(parser.value()?),
            Long("steps") => arguments.steps = true,
            Value(file) if arguments.manifest.is_none() => arguments.manifest = Some(file),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(arguments))
}

/// A manifest and the targets that go with it.
struct Scene {
    name: String,
    manifest: String,
    targets: Option<String>,
}

fn scenes(arguments: &Arguments) -> Result<Vec<Scene>, Box<dyn Error>> {
    let targets = arguments.targets.as_ref().map(read).transpose()?;
    if let Some(file) = &arguments.manifest {
        return Ok(vec![Scene {
            name: file.to_string_lossy().into_owned(),
            manifest: read(file)?,
            targets,
        }]);
    }
    let bundled = [
        (
            "istiod.yaml",
            include_str!("data/monitor/istiod.yaml"),
            include_str!("data/monitor/endpoints.yaml"),
        ),
        (
            "sidecars.yaml",
            include_str!("data/monitor/sidecars.yaml"),
            include_str!("data/monitor/pods.yaml"),
        ),
    ];
    let scene = |(name, manifest, discovered): (&str, &str, &str)| Scene {
        name: name.to_owned(),
        manifest: manifest.to_owned(),
        targets: Some(targets.clone().unwrap_or_else(|| discovered.to_owned())),
    };
    Ok(bundled.map(scene).into())
}

fn read(file: &OsString) -> Result<String, Box<dyn Error>> {
    let name = file.to_string_lossy();
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| format!("{name}: {error}").into())
}

fn settings(arguments: &Arguments) -> Result<OperatorConfig, Box<dyn Error>> {
    let mut settings: OperatorConfig = match &arguments.settings {
        Some(file) => read(file)?
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
    let body = arguments.body.as_ref();
    let body = body.map(|from| source::fetch(from, None)).transpose()?;
    let mut well = true;
    for (index, scene) in scenes(&arguments)?.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let manifests = Manifest::parse_all(&scene.manifest)
            .map_err(|error| format!("{}: {error}", scene.name))?;
        for manifest in &manifests {
            note(manifest);
        }
        let configs = render_all(&manifests, &settings);
        write!(out, "{}", ScrapeConfig::file_to_yaml(&configs)?)?;
        if let Some(targets) = &scene.targets {
            let targets = targets::read(targets)?;
            for config in &configs {
                writeln!(out)?;
                let kept = targets::show(config, &settings, &targets, arguments.steps, out)?;
                if let (Some(target), Some(body)) = (kept, &body) {
                    let samples = config.sample_config(&settings)?;
                    let name = format!("what {} answers", target.url());
                    writeln!(out)?;
                    well &= body::show(&name, body, &samples, &target, SHOWN, out)?;
                }
            }
        } else if body.is_some() {
            return Err("--body needs --target: labels of what answers".into());
        }
    }
    Ok(well)
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
    program::main(HELP, parse, run)
}
