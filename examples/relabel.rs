//! Applies relabel rules and shows their effect on labels: before, after and why.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use exposition::operator::OperatorConfig;
use exposition::scrape::{Target, TargetConfig};

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
#[path = "support/rules_file.rs"]
mod rules_file;
#[path = "support/source.rs"]
mod source;
#[allow(dead_code, reason = "shared by programs of which each uses a part")]
#[path = "support/targets.rs"]
mod targets;
#[path = "support/way.rs"]
mod way;

use page::{Ink, Page};
use program::Asked;
use rules_file::Kind;
use source::{Reading, Source};
use targets::Labels;

const HELP: &str = "\
Applies relabel rules, as Prometheus does, and shows labels before and after and why.

Usage: relabel [--rules FILE] [--labels NAME=VALUE… | --targets FILE] [--body FILE] [--trace]

The rules are YAML: a list of them; a scrape configuration, or Prometheus' file of them, whose `global`
holds for all; or a ServiceMonitor or PodMonitor, of which only the rules that stand in it are applied
(the Operator adds its own: see the example `monitor`). Targets in `static_configs` are shown where no
others are given. Without --rules, a PodMonitor of an Istio mesh is shown at work on the containers of
a pod, and on what the sidecar prints.

  --labels and --targets give discovered labels, for relabel_configs and relabelings
  --body gives samples, for metric_relabel_configs and metricRelabelings; a list of rules is for either

Options:
      --rules FILE               the rules, or `-` for standard input; without it, rules that are piped
                                 into the program
      --labels NAME=VALUE…       labels, as many as follow
      --targets FILE             labels of many targets, as YAML: a map, or a list of maps
      --body FILE | URL          a body, perhaps gzip'd; it is the scrape of the target that the labels
                                 make, or of one at `localhost`
      --trace                    every rule that a dropped target or a shown sample has seen, not only
                                 those that did something
      --limit N                  samples shown of a body (default 5)
      --format text|openmetrics|openmetrics2
                                 the format of the body
      --max-body SIZE            the longest body, without compression, such as 1GiB; 0 for no limit
                                 (default 256MiB)
      --legacy                   names as before Prometheus 3
      --color auto|always|never  colours (default auto: on a terminal, unless NO_COLOR is set)
  -h, --help                     this text

The exit code is 1 if a target is refused or the scrape fails.
";

const SIDECARS: &str = include_str!("data/monitor/sidecars.yaml");
const POD: &str = include_str!("data/relabel/pod.yaml");
const ENVOY: &[u8] = include_bytes!("data/envoy.prom.gz");

struct Arguments {
    rules: Option<OsString>,
    labels: Labels,
    targets: Option<OsString>,
    body: Option<OsString>,
    show: way::Show,
    reading: Reading,
    legacy: bool,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        rules: None,
        labels: Labels::new(),
        targets: None,
        body: None,
        show: way::Show {
            page: Page::of_stdout(),
            trace: false,
            limit: 5,
        },
        reading: Reading::default(),
        legacy: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("rules") => arguments.rules = Some(parser.value()?),
            Long("labels") => {
                for pair in parser.values()? {
                    let (name, value) = pair.parse_with(label)?;
                    arguments.labels.insert(name, value);
                }
            }
            Long("targets") => arguments.targets = Some(parser.value()?),
            Long("body") => arguments.body = Some(parser.value()?),
            Long("trace") => arguments.show.trace = true,
            Long("limit") => arguments.show.limit = parser.value()?.parse()?,
            Long("format") => {
                arguments.reading.format = Some(parser.value()?.parse_with(source::format)?);
            }
            Long("max-body") => {
                arguments.reading.max_body = parser.value()?.parse_with(source::size)?;
            }
            Long("legacy") => arguments.legacy = true,
            Long("color") => match parser.value()?.string()?.as_str() {
                "auto" => {}
                "always" => arguments.show.page.colours = true,
                "never" => arguments.show.page.colours = false,
                _ => return Err("--color takes auto, always or never".into()),
            },
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(arguments))
}

fn label(pair: &str) -> Result<(String, String), String> {
    let (name, value) = (pair.split_once('=')).ok_or_else(|| format!("`{pair}` has no `=`"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The input of the rules.
#[derive(Default)]
struct Input {
    targets: Vec<Labels>,
    body: Option<(String, Source)>,
}

fn input(arguments: &Arguments) -> Result<Input, Box<dyn Error>> {
    let mut input = Input::default();
    if let Some(file) = &arguments.targets {
        input.targets = targets::read(&source::text(file)?)?;
    }
    if !arguments.labels.is_empty() {
        input.targets.push(arguments.labels.clone());
    }
    if let Some(from) = &arguments.body {
        let source = source::scraped(from, arguments.reading)?;
        input.body = Some((from.to_string_lossy().into_owned(), source));
    }
    if arguments.rules.is_none() && input.targets.is_empty() && input.body.is_none() {
        eprintln!("note: nothing is given: this is a monitor, a pod and a body that come along");
        input.targets = targets::read(POD)?;
        let body = Source::headless(ENVOY, Reading::default())?;
        input.body = Some(("its sidecar's body".into(), body));
    }
    Ok(input)
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let (name, yaml) = match &arguments.rules {
        Some(file) => (file.to_string_lossy().into_owned(), source::text(file)?),
        None => ("sidecars.yaml".to_owned(), SIDECARS.to_owned()),
    };
    let mut settings = OperatorConfig::default();
    if arguments.legacy {
        settings.version = "v2.55.1".parse()?;
    }
    let files = rules_file::read(&yaml).map_err(|error| format!("{name}: {error}"))?;
    let input = input(&arguments)?;
    let has_targets = files.iter().any(|file| !file.targets.is_empty());
    if input.targets.is_empty() && input.body.is_none() && !has_targets {
        return Err(
            "--rules needs --labels, --targets or --body, unless there are targets in the file"
                .into(),
        );
    }
    let mut well = true;
    for (index, file) in files.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        well &= show(file, &settings, &input, arguments.show, out)
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(well)
}

/// Shows both halves of a scrape, as far as there is something to show.
fn show(
    file: &rules_file::RulesFile,
    settings: &OperatorConfig,
    input: &Input,
    show: way::Show,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn Error>> {
    let page = show.page;
    let mut samples = file.config.sample_config(settings)?;
    let mut targets = file.config.target_config(settings)?;
    writeln!(out, "{}", page.ink(Ink::Name, &file.title))?;
    for remark in file.remarks(settings)? {
        writeln!(out, "remark: {remark}")?;
    }

    let mut well = true;
    let mut target = None;
    let given = match input.targets.as_slice() {
        [] => &file.targets,
        given => given,
    };
    for labels in given {
        writeln!(out)?;
        let outcome = match file.kind {
            Kind::Bare => way::labels(&targets.rules, labels, show, out)?,
            Kind::Scrape => way::target(&targets, labels, show, out)?,
        };
        well &= !outcome.is_refused;
        target = target.or(outcome.target);
    }
    let Some((name, source)) = &input.body else {
        return Ok(well);
    };
    // Who names that format asks for it.
    if source.is_told && !samples.protocols.contains(&source.format.protocol()) {
        samples.protocols.push(source.format.protocol());
    }
    if file.kind == Kind::Bare {
        samples.rules = std::mem::take(&mut targets.rules);
    }
    let target = match target {
        Some(target) => target,
        None if !given.is_empty() && file.kind == Kind::Scrape => {
            writeln!(out, "\nno target is kept, so {name} is not scraped")?;
            return Ok(well);
        }
        None => stand_in(&file.config.job_name)?,
    };
    writeln!(out)?;
    well &= body::show(name, source, &samples, &target, show, out)?;
    Ok(well)
}

/// Returns a target for when none is given.
fn stand_in(job: &str) -> Result<Target, Box<dyn Error>> {
    let config = TargetConfig::new(job);
    let discovered = config.discover([("__address__", "localhost")])?;
    Ok(discovered.into_target().ok_or("no rule drops it")?)
}

fn main() -> ExitCode {
    program::main(HELP, parse, |mut arguments, out| {
        let files = [&arguments.targets, &arguments.body];
        let is_free = !files
            .iter()
            .any(|file| file.as_ref().is_some_and(|file| file == "-"));
        if arguments.rules.is_none() && is_free && source::is_piped() {
            arguments.rules = Some("-".into());
        }
        run(arguments, out)
    })
}

#[cfg(test)]
#[path = "support/relabel_tests.rs"]
mod tests;
