//! `relabel`: what rules do to labels, targets and samples, and why.

mod body;
mod json;
mod left;
mod moved;
pub(crate) mod rules_file;
#[cfg(test)]
mod tests;
mod way;

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Args;
use exposition::ScrapeProtocol;
use exposition::operator::OperatorConfig;
use exposition::scrape::{SampleConfig, Target, TargetConfig};

use crate::console::Console;
use crate::convert;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::page::{Ink, printable};
use crate::rule_test::TestCommand;
use crate::source::{self, ENVOY, ReadingArgs, Source, Told};
use crate::targets::{self, Labels};
use left::Left;
use rules_file::{Kind, RulesFile};

/// Apply relabel rules, as Prometheus does, and show labels before and after and why
///
/// The rules are YAML: a list of them; a scrape configuration, or Prometheus' file of them, whose `global` holds for
/// all; or a ServiceMonitor or PodMonitor, of which only the rules that stand in it are applied (the Operator adds its
/// own: see `exposition monitor`). Targets in `static_configs` are shown where no others are given. Without options, a
/// PodMonitor of an Istio mesh is shown at work on the containers of a pod, and on what the sidecar prints.
///
/// --labels and --targets give discovered labels, for relabel_configs and relabelings; --body gives samples, for
/// metric_relabel_configs and metricRelabelings; a list of rules is for either.
///
/// Exit codes: 0 something is kept; 1 the scrape fails, or something cannot be had or read; 2 the command line is
/// wrong; 3 a target is refused, nothing is kept, or with --output samples became one series.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Relabel {
    #[command(subcommand)]
    tests: Option<TestCommand>,
    /// The rules, or `-` for standard input [default: what is piped into the command]
    #[arg(long, value_name = "FILE")]
    rules: Option<OsString>,
    /// Labels, as many as follow
    #[arg(long, value_name = "NAME=VALUE", num_args = 1.., value_parser = label)]
    labels: Vec<(String, String)>,
    /// Labels of many targets, as YAML: a map, a list of maps, or a file of `file_sd_configs`; or what a server says of its
    /// targets, a file or its URL: http://prometheus:9090/api/v1/targets
    #[arg(long, value_name = "FILE")]
    targets: Option<OsString>,
    /// A body: the scrape of the target that the labels make, or of one at `localhost`
    #[arg(long, value_name = "BODY")]
    body: Option<OsString>,
    /// Show every rule that a dropped target or a shown sample has seen, not only those that did something
    #[arg(long)]
    trace: bool,
    /// Samples shown of a body
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: usize,
    /// Names as before Prometheus 3
    #[arg(long)]
    legacy: bool,
    /// Print one line of JSON for each list of rules
    #[arg(long)]
    json: bool,
    /// Write what metric rules leave of the body, as a body in this format: each family once, with its HELP and TYPE. A
    /// target's labels are not added. Samples that became one series are reported, and only the first is written; what the
    /// format has no place for is left out with a note
    #[arg(long, value_name = "FORMAT", value_parser = convert::targets(), requires = "body", conflicts_with_all = ["json", "trace"])]
    output: Option<ScrapeProtocol>,
    /// With --output, add the target's labels to every series first, as a scrape does: those that --labels or --targets
    /// make, or those of a target at `localhost`
    #[arg(long, requires = "output")]
    stored: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

const SIDECARS: &str = include_str!("../../../../examples/mesh/sidecars-monitor.yaml");
const POD: &str = include_str!("../data/relabel/pod.yaml");

fn label(pair: &str) -> Result<(String, String), String> {
    let (name, value) = (pair.split_once('=')).ok_or_else(|| format!("`{pair}` has no `=`"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The input of the rules.
#[derive(Default)]
struct Input {
    targets: Vec<Labels>,
    body: Option<Source>,
}

impl Relabel {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        if let Some(tests) = &self.tests {
            return tests.run(console);
        }
        let rules = self.rules(console)?;
        let (name, yaml) = match &rules {
            Some(file) => (source::called(file), source::text(file)?),
            None => ("sidecars.yaml".to_owned(), SIDECARS.to_owned()),
        };
        let mut settings = OperatorConfig::default();
        if self.legacy {
            settings.version = "v2.55.1".parse()?;
        }
        let named = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        let files =
            rules_file::read(&yaml).map_err(|error| source::faulty(&name, &yaml, &error))?;
        let input = self.input(rules.is_none(), console)?;
        let has_targets = files.iter().any(|file| !file.targets.is_empty());
        if input.targets.is_empty() && input.body.is_none() && !has_targets {
            let missing = "the rules need --labels, --targets or --body, unless there are targets \
                           in their file";
            return Err(Usage(missing.to_owned()).into());
        }
        if let Some(to) = self.output {
            let [file] = files.as_slice() else {
                let several = format!("{name} has several lists of rules; --output takes one");
                return Err(Usage(several).into());
            };
            let left = self.write(file, to, &settings, &input, console);
            return left.map_err(|error| named(&crate::failure::in_full(&*error)).into());
        }
        let mut outcome = Outcome::Fine;
        for (index, file) in files.iter().enumerate() {
            if index > 0 && !self.json {
                writeln!(console.out)?;
            }
            let shown = match self.json {
                true => json::file(file, &settings, &input, self.limit, console),
                false => self.show(file, &settings, &input, console),
            };
            outcome = outcome.and(shown.map_err(|error| match file.kind {
                Kind::Scrape => named(&error),
                // A list has no name of its own in its file.
                Kind::Bare => named(&error.to_string().replacen("relabel_configs[", "rules[", 1)),
            })?);
        }
        Ok(outcome)
    }

    /// Returns the file with the rules: what is piped into the command, unless another file is read from there.
    fn rules(&self, console: &Console<'_>) -> Result<Option<OsString>> {
        let is_dash = |file: &&OsString| *file == "-";
        let files = [&self.rules, &self.targets, &self.body];
        let dashes = files.into_iter().flatten().filter(is_dash).count();
        if dashes > 1 {
            return Err(Usage("only one file can be read from standard input".to_owned()).into());
        }
        match &self.rules {
            None if dashes == 0 && source::is_piped(console) => Ok(Some("-".into())),
            rules => Ok(rules.clone()),
        }
    }

    fn input(&self, has_no_rules: bool, console: &Console<'_>) -> Result<Input> {
        let mut input = Input::default();
        if let Some(file) = &self.targets {
            input.targets = targets::from(file, &self.reading)?;
        }
        if !self.labels.is_empty() {
            let labels: BTreeMap<_, _> = self.labels.iter().cloned().collect();
            input.targets.push(labels);
        }
        if let Some(from) = &self.body {
            let source = source::fetch(from, &self.reading)?;
            source.tell_looks(false, console);
            input.body = Some(source);
        }
        if has_no_rules && input.targets.is_empty() && input.body.is_none() {
            console.note("nothing is given: this is a monitor, a pod and a body that come along");
            input.targets = targets::read("pod.yaml", POD)?;
            input.body = Some(Source::bundled("its sidecar's body", ENVOY, &self.reading)?);
        }
        Ok(input)
    }

    /// Writes what the metric rules leave of the body.
    fn write(
        &self,
        file: &RulesFile,
        to: ScrapeProtocol,
        settings: &OperatorConfig,
        input: &Input,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        let halves = Halves::new(file, settings, input)?;
        let Some(source) = &input.body else {
            return Err(Usage("--output needs a --body".to_owned()).into());
        };
        let mut target = None;
        if self.stored && file.kind == Kind::Scrape {
            for labels in halves.discovered {
                let discovered = halves.targets.discover(targets::pairs(labels))?;
                target = target.or(discovered.into_target());
            }
        }
        let target = match self.stored {
            true => halves.scraped(target)?,
            false => Some(localhost(file)?.without_labels()),
        };
        let Some(target) = target else {
            console.note(format_args!(
                "no target is kept, so {} is not scraped",
                source.name
            ));
            return Ok(Outcome::Findings);
        };
        let left = Left {
            source,
            config: &halves.samples,
            target: &target,
            stored: self.stored,
            to,
        };
        left.write(console)
    }

    /// Shows both halves of a scrape, as far as there is something to show.
    fn show(
        &self,
        file: &RulesFile,
        settings: &OperatorConfig,
        input: &Input,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        let page = console.page;
        let show = way::Show {
            page,
            trace: self.trace,
            limit: self.limit,
        };
        let halves = Halves::new(file, settings, input)?;
        let out = &mut *console.out;
        writeln!(out, "{}", page.ink(Ink::Name, &file.title))?;
        for remark in file.remarks(settings, None)? {
            writeln!(out, "remark: {}", remark.line())?;
        }
        let (mut outcome, mut kept, mut target) = (Outcome::Fine, 0, None);
        for labels in halves.discovered {
            writeln!(out)?;
            let way = match file.kind {
                Kind::Bare => way::labels(&halves.targets.rules, labels, show, out)?,
                Kind::Scrape => way::target(&halves.targets, labels, show, out)?,
            };
            kept += usize::from(way.is_kept);
            if way.is_refused {
                outcome = Outcome::Findings;
            }
            target = target.or(way.target);
        }
        if !halves.discovered.is_empty() && kept == 0 {
            outcome = Outcome::Findings;
        }
        let Some(source) = &input.body else {
            return Ok(outcome);
        };
        let Some(target) = halves.scraped(target)? else {
            writeln!(
                out,
                "\nno target is kept, so {} is not scraped",
                source.name
            )?;
            return Ok(outcome);
        };
        writeln!(out)?;
        let (ended, report) = body::show(source, &halves.samples, &target, show, out)?;
        for remark in file.remarks(settings, Some(&report))? {
            writeln!(out, "\n  remark: {}", printable(&remark.line()))?;
        }
        Ok(outcome.and(ended))
    }
}

/// The two halves of a scrape, and what goes into them.
struct Halves<'i> {
    file: &'i RulesFile,
    targets: TargetConfig,
    samples: SampleConfig,
    discovered: &'i [Labels],
}

impl<'i> Halves<'i> {
    fn new(file: &'i RulesFile, settings: &OperatorConfig, input: &'i Input) -> Result<Self> {
        let mut samples = file.config.sample_config(settings)?;
        let targets = file.config.target_config(settings)?;
        // Who names that format asks for it.
        if let Some(source) = &input.body
            && source.told != Told::Body
            && !samples.protocols.contains(&source.format.protocol())
        {
            samples.protocols.push(source.format.protocol());
        }
        if let Some(source) = &input.body {
            samples.limits = source.limits;
        }
        if file.kind == Kind::Bare {
            samples.rules = targets.rules.clone();
        }
        Ok(Halves {
            file,
            targets,
            samples,
            discovered: match input.targets.as_slice() {
                [] => &file.targets,
                given => given,
            },
        })
    }

    /// Returns the target that is scraped, of which the first one that is kept is given: without discovered labels,
    /// one at `localhost`; `None` if rules drop all targets.
    fn scraped(&self, kept: Option<Target>) -> Result<Option<Target>> {
        match kept {
            Some(target) => Ok(Some(target)),
            None if !self.discovered.is_empty() && self.file.kind == Kind::Scrape => Ok(None),
            None => localhost(self.file).map(Some),
        }
    }
}

/// Returns the target that is scraped where none is given.
fn localhost(file: &RulesFile) -> Result<Target> {
    let config = TargetConfig::new(&file.config.job_name);
    let discovered = config.discover([("__address__", "localhost")])?;
    Ok(discovered.into_target().ok_or("no rule drops it")?)
}
