//! `monitor`: a monitor through all steps, from its manifest to stored series.

mod bodies;
mod cluster;
mod json;
mod judged;
mod manifests;
mod server;
mod servers;
mod stored;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use exposition::operator::{Explainer, OperatorConfig, Resources};

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::page::number::counted;
use crate::remarks::Told;
use crate::rule_test::TestCommand;
use crate::source::{self, ENVOY, ReadingArgs, Source};
use crate::targets::{self, Labels};
use bodies::Bodies;
use cluster::Cluster;
use judged::{Judged, monitor_of};
use manifests::Found;
use server::Server;

/// Check monitors as the cluster does, and say what is scraped and why
///
/// MANIFEST is files and directories of manifests of any kind, or what `helm template` or `kubectl get -o yaml` prints.
/// Every ServiceMonitor, PodMonitor, Probe and ScrapeConfig in it is checked as the API server and the Prometheus Operator
/// check it, and rendered as the Operator renders it. A Prometheus or PrometheusAgent says which of them it uses, and with
/// which settings.
///
/// If there are also Pods, Services, Endpoints and the like, the output says for every port of every pod where it is scraped,
/// or which field decides that it is not; what a cluster would add to them is added first. A file named
/// NAMESPACE_POD_PORT.prom in a directory is the body that the port answers. With --target, the output says the same of the
/// given targets; otherwise standard output is a Prometheus configuration file, which `promtool check config` reads; notes go to standard error. Without
/// MANIFEST, two monitors of an Istio mesh are shown with what a small cluster discovers for them, and with what a sidecar
/// answers.
///
/// Exit codes: 0 all is well; 1 a file cannot be read, Prometheus would refuse a configuration, or the scrape of a body
/// fails; 2 the command line is wrong; 3 a monitor is rejected or not used, and left out, or no target is kept.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Monitor {
    #[command(subcommand)]
    tests: Option<TestCommand>,
    /// Files of manifests, directories of them, patterns, or `-` [default: what is piped into the command]
    #[arg(value_name = "MANIFEST")]
    manifests: Vec<OsString>,
    /// The namespace of resources that do not name one
    #[arg(long, short, value_name = "NAMESPACE", default_value = "default")]
    namespace: String,
    /// Of several Prometheus objects, the one to look at
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    prometheus: Option<String>,
    /// Read the kinds of this API group too, such as `monitoring.rhobs` or `azmonitoring.coreos.com`
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Take the objects as they are, without adding what a cluster would add, such as Endpoints of Services and Pods of
    /// Deployments
    #[arg(long)]
    as_is: bool,
    /// Name every resource that is not read, everything that is added, and every reason why something is not scraped
    #[arg(long, short)]
    verbose: bool,
    /// Discovered labels, as YAML: a map, a list of maps, or a file of `file_sd_configs`; or what a server says of its
    /// targets, a file or its URL: http://prometheus:9090/api/v1/targets
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

/// What is looked at: monitors, targets, and the response of one of them.
struct Scene {
    found: Found,
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
        if let Some(tests) = &self.tests {
            return tests.run(console);
        }
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

    /// Returns where the manifests are: what is piped into the command, unless another file is read from there.
    fn manifests(&self, console: &Console<'_>) -> Result<Vec<OsString>> {
        let files = [&self.target, &self.body, &self.settings, &self.secrets];
        let files = files.into_iter().flatten();
        let dashes = (files.chain(&self.manifests))
            .filter(|file| *file == "-")
            .count();
        if dashes > 1 {
            return Err(Usage("only one file can be read from standard input".to_owned()).into());
        }
        match self.manifests.is_empty() && dashes > 0 {
            true => Ok(Vec::new()),
            false => source::expanded(&self.manifests, console),
        }
    }

    fn scenes(&self, console: &Console<'_>) -> Result<Vec<Scene>> {
        let manifests = self.manifests(console)?;
        let target = self.target.as_deref();
        let given = target
            .map(|from| targets::from(from, &self.reading))
            .transpose()?;
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
        if !manifests.is_empty() {
            if self.body.is_some() && given.is_none() {
                let missing = "--body needs a target that answers it: --target";
                return Err(Usage(missing.to_owned()).into());
            }
            let mut resources = Resources::new().with_namespace(&self.namespace);
            for group in &self.group {
                resources = resources.with_group(group);
            }
            let mut found = Found::read(&manifests, resources, console)?;
            if !self.as_is {
                found.complete();
            }
            return Ok(vec![Scene {
                found,
                targets: given,
                body: fetch()?,
            }]);
        }
        console.note("no MANIFEST is given: these are two that come along");
        let scene = |name: &str, manifest: &str, discovered: &str, body| {
            Ok::<_, Box<dyn std::error::Error>>(Scene {
                found: Found::bundled(&[(name, manifest)], name)?,
                targets: Some(match &given {
                    Some(given) => given.clone(),
                    None => targets::read("discovered.yaml", discovered)?,
                }),
                body,
            })
        };
        let control_plane = scene(
            "istiod-monitor.yaml",
            include_str!("../../../../examples/mesh/istiod-monitor.yaml"),
            include_str!("../data/monitor/endpoints.yaml"),
            None,
        )?;
        let answer = match fetch()? {
            Some(body) => body,
            None => Source::bundled("envoy.prom.gz", ENVOY, &self.reading)?,
        };
        let sidecars = scene(
            "sidecars-monitor.yaml",
            include_str!("../../../../examples/mesh/sidecars-monitor.yaml"),
            include_str!("../data/monitor/pods.yaml"),
            Some(answer),
        )?;
        Ok(vec![control_plane, sidecars])
    }

    fn scene(
        &self,
        scene: &Scene,
        settings: &OperatorConfig,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        let found = &scene.found;
        if found.resources.has_no_monitors() && found.resources.prometheus().is_empty() {
            let kinds = match found.kinds() {
                kinds if kinds.is_empty() => "nothing".to_owned(),
                kinds => kinds,
            };
            return Err(format!("{}: no monitor: there is {kinds}", found.name).into());
        }
        self.tell_others(found, console);
        for replaced in found.resources.replaced() {
            console.tell(format_args!(
                "remark: {}: {} replaces what {} says, as the later one does in a cluster",
                replaced.title, replaced.later, replaced.earlier
            ));
        }
        if found.resources.has_no_monitors() {
            console.note("there is no monitor to select");
        }
        let mut outcome = match found.unreadable {
            0 => Outcome::Fine,
            _ => Outcome::Unreadable,
        };
        let servers = self.servers(found, settings, console)?;
        let is_missing = servers.len() < found.resources.prometheus().len();
        if servers.is_empty() || (is_missing && self.prometheus.is_none()) {
            outcome = Outcome::Unreadable;
        }
        for (index, server) in servers.iter().enumerate() {
            if index > 0 && !self.json {
                writeln!(console.out)?;
            }
            outcome = outcome.and(self.server(scene, server, console)?);
        }
        let is_used = |index: usize| {
            let mut judged = servers.iter().filter_map(|server| server.judged.get(index));
            judged.any(|judged| judged.not_selected.is_none())
        };
        let monitors = servers.first().map_or(0, |server| server.judged.len());
        if !(0..monitors).all(is_used) {
            outcome = outcome.and(Outcome::Findings);
        }
        Ok(outcome)
    }

    /// Tells which resources are not monitors, and what was added to them.
    fn tell_others(&self, found: &Found, console: &Console<'_>) {
        match (self.verbose, found.additions.len()) {
            (_, 0) => {}
            (true, _) => {
                for addition in &found.additions {
                    console.note(format_args!("added: {addition}"));
                }
            }
            (false, count) => console.note(format_args!(
                "{} to the objects as a cluster would; --verbose tells, --as-is leaves out",
                counted(count, "thing is added", "things are added")
            )),
        }
        let kinds = found.kinds();
        if kinds.is_empty() {
            return;
        }
        match self.verbose {
            false => console.note(format_args!("not monitors: {kinds}; --verbose names them")),
            true => {
                for other in found.resources.others() {
                    let kind = match other.kind.as_str() {
                        "" => "not a resource",
                        kind => kind,
                    };
                    let text = format!("{}: {kind} {}", other.source, other.name);
                    console.note(format_args!("not a monitor: {}", text.trim_end()));
                }
            }
        }
    }

    /// Shows what one server makes of the monitors, targets and body of a scene.
    fn server(&self, scene: &Scene, server: &Server, console: &mut Console<'_>) -> Result<Outcome> {
        let mut outcome = match server.judged.iter().all(Judged::is_taken) {
            true => Outcome::Fine,
            false => Outcome::Findings,
        };
        let objects = scene.found.resources.objects();
        let is_cluster = scene.targets.is_none() && !self.config && cluster::is_meant(objects);
        if is_cluster && let Some(shown) = self.cluster(scene, server, console)? {
            return Ok(outcome.and(shown));
        }
        if self.json {
            return Ok(outcome.and(json::scene(scene, server, console)?));
        }
        if let Some(object) = &server.object {
            for note in &object.notes {
                console.note(format_args!("{}: {note}", object.title()));
            }
        }
        for line in server.judged.iter().flat_map(Judged::lines) {
            console.tell(line);
        }
        let shows_config = self.config || scene.targets.is_none();
        if shows_config {
            write!(console.out, "{}", server.file()?)?;
        }
        let jobs: BTreeSet<&str> = (server.configs.iter())
            .map(|config| config.job_name.as_str())
            .collect();
        let (mut kept, mut known) = (0, Judged::known(&server.judged));
        for (index, config) in server.complete.iter().enumerate() {
            let explainer = match Explainer::new(config, &server.settings) {
                Ok(explainer) => explainer,
                Err(error) => {
                    console.tell(format_args!("error: {}: {error}", config.job_name));
                    outcome = Outcome::Unreadable;
                    continue;
                }
            };
            let told = explainer.remarks().iter().map(Told::from).collect();
            for remark in known.news(monitor_of(config), told) {
                console.tell(format_args!(
                    "remark: {}: {}",
                    config.job_name,
                    remark.line()
                ));
            }
            if let Some(targets) = &scene.targets {
                if index > 0 || shows_config {
                    writeln!(console.out)?;
                }
                let targets = targets::of_job(targets, &config.job_name, &jobs);
                let played = play(
                    &explainer,
                    &targets,
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

    /// Shows what one server makes of the objects among the manifests. Returns nothing if there is no target among
    /// them.
    fn cluster(
        &self,
        scene: &Scene,
        server: &Server,
        console: &mut Console<'_>,
    ) -> Result<Option<Outcome>> {
        let mut bodies = Bodies::among(&scene.found.others);
        let mut objects = Cow::Borrowed(scene.found.resources.objects());
        if !self.as_is && cluster::attaches_nodes(server) {
            for addition in objects.to_mut().complete_nodes() {
                console.note(format_args!("added: {addition}"));
            }
        }
        let detail = cluster::Detail {
            all: self.verbose,
            steps: self.steps,
        };
        let cluster = Cluster::new(
            server,
            &objects,
            &mut bodies,
            detail,
            &self.reading,
            console,
        )?;
        if cluster.is_empty() {
            console.note("no target is among the objects: what would be scraped is not known");
            return Ok(None);
        }
        let outcome = cluster.outcome();
        if self.json {
            json::cluster(scene, server, &cluster, console)?;
        } else {
            server.show(console)?;
            for error in &cluster.errors {
                console.tell(format_args!("error: {error}"));
            }
            for (job, remark) in &cluster.remarks {
                console.tell(format_args!("remark: {job}: {}", remark.line()));
            }
            for note in &cluster.notes {
                console.note(note);
            }
            cluster::show(&cluster, detail, console.page, console.out)?;
        }
        for path in bodies.unused() {
            let name = path.display();
            console.note(format_args!(
                "{name}: no port that is scraped answers this body"
            ));
        }
        Ok(Some(outcome))
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
