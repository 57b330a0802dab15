//! Every port of every pod among the manifests: where it is scraped, or which field decides that it is not.

mod answered;
mod job;
mod page;
mod place;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use exposition::discovery::kubernetes::{Discovery, Objects, Role};
use exposition::operator::ScrapeConfig;

use super::bodies::Bodies;
use super::judged::{Judged, monitor_of};
use super::server::Server;
use crate::console::Console;
use crate::failure::Result;
use crate::outcome::Outcome;
use crate::remarks::{Known, Told};
use crate::source::{self, ReadingArgs};
use crate::targets::Labels;
pub(super) use answered::Answer;
use job::{Everything, Job};
pub(super) use page::{Detail, show};
use place::Place;

/// The kinds of objects that targets are discovered from.
const DISCOVERED: [&str; 6] = [
    "Pod",
    "Service",
    "Endpoints",
    "EndpointSlice",
    "Node",
    "Ingress",
];

/// Tells whether targets can be discovered from objects.
pub(super) fn is_meant(objects: &Objects) -> bool {
    objects
        .iter()
        .any(|object| DISCOVERED.contains(&object.kind()))
}

/// Tells whether some configuration leaves out pods whose Node is not known.
pub(super) fn attaches_nodes(server: &Server) -> bool {
    server.configs.iter().any(job::attaches_nodes)
}

/// What a server makes of the objects.
pub(super) struct Cluster {
    /// The pods, by namespace and name.
    pub(super) pods: Vec<Pod>,
    /// Targets that are not a pod's.
    pub(super) others: Vec<Port>,
    /// What Prometheus would not load, by job.
    pub(super) errors: Vec<String>,
    /// What is probably not meant, by job, beside what has been told of its monitor.
    pub(super) remarks: Vec<(String, Told)>,
    /// What else there is to know of a job.
    pub(super) notes: Vec<String>,
    /// How the scrapes of the bodies end.
    outcome: Outcome,
    detail: Detail,
}

/// A pod, and its ports.
pub(super) struct Pod {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) ip: String,
    pub(super) ports: Vec<Port>,
}

/// A port, and what each configuration makes of it.
pub(super) struct Port {
    /// What it is called: the container, the port's name and number.
    pub(super) name: String,
    /// Whether it is a port, and not a container without one.
    has_number: bool,
    pub(super) answers: Vec<Answer>,
    /// How many configurations do not look in its namespace, unless their answers are among the others.
    pub(super) elsewhere: usize,
}

impl Port {
    /// Returns the answers of configurations that scrape it.
    pub(super) fn scraped(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| answer.scrape.is_some())
    }

    pub(super) fn is_scraped(&self) -> bool {
        self.scraped().next().is_some()
    }
}

impl Cluster {
    /// Has a server's configurations discover their targets among the objects. Scraped pods answer with the bodies
    /// that are called after them.
    pub(super) fn new(
        server: &Server,
        objects: &Objects,
        bodies: &mut Bodies,
        detail: Detail,
        reading: &ReadingArgs,
        console: &Console<'_>,
    ) -> Result<Self> {
        let mut cluster = Cluster {
            pods: pods(objects),
            others: Vec::new(),
            errors: Vec::new(),
            remarks: Vec::new(),
            notes: Vec::new(),
            outcome: Outcome::Fine,
            detail,
        };
        let (mut places, mut everything) = (Places::default(), Everything::default());
        let mut known = Judged::known(&server.judged);
        for labels in Discovery::new(Role::Pod)
            .groups(objects)
            .iter()
            .flat_map(|g| g.discovered_labels())
        {
            if let Some(place) = Place::of(&labels) {
                cluster.port(&mut places, &place);
            }
        }
        for config in &server.complete {
            let job = match Job::new(config, server) {
                Ok(job) => job,
                Err(error) => {
                    cluster.errors.push(format!("{}: {error}", config.job_name));
                    continue;
                }
            };
            if let Err(error) = cluster.play(&job, objects, &mut everything, &mut places) {
                cluster.errors.push(format!("{}: {error}", config.job_name));
            }
            cluster.remark(config, job.remarks(), &mut known);
        }
        for (config, why) in &server.spare {
            // What is wrong with it has been told of its monitor.
            if let Ok(job) = Job::new(config, server) {
                cluster
                    .spare(&job, why, objects, &mut everything, &mut places)
                    .unwrap_or_default();
            }
        }
        cluster.scrape(server, bodies, &mut known, reading, console)?;
        Ok(cluster)
    }

    /// Adds what is probably not meant, unless it has been told.
    fn remark(&mut self, config: &ScrapeConfig, remarks: Vec<Told>, known: &mut Known) {
        let news = known.news(monitor_of(config), remarks).into_iter();
        self.remarks
            .extend(news.map(|remark| (config.job_name.clone(), remark)));
    }

    /// Adds what a configuration makes of each port.
    fn play(
        &mut self,
        job: &Job<'_>,
        objects: &Objects,
        everything: &mut Everything,
        places: &mut Places,
    ) -> Result<()> {
        let discovered = job.discover(objects, everything)?;
        let mut elsewhere: HashMap<String, bool> = HashMap::new();
        let mut is_elsewhere = |namespace: &str| match elsewhere.get(namespace) {
            Some(known) => *known,
            None => {
                let is = job.is_elsewhere(namespace);
                elsewhere.insert(namespace.to_owned(), is);
                is
            }
        };
        let counts = !self.detail.all;
        // Two ports may become one target, which Prometheus scrapes once.
        let mut kept: HashMap<String, (usize, String)> = HashMap::new();
        let (mut seen, mut scraped) = (BTreeSet::new(), Vec::new());
        for target in &discovered {
            let place = Place::of(&target.labels);
            let at = place.as_ref().map(|place| self.port(places, place));
            if let (false, true, Some(place), Some((pod, port))) =
                (target.is_found, counts, &place, at)
                && is_elsewhere(&place.namespace)
            {
                seen.insert((pod, port));
                let port = self
                    .pods
                    .get_mut(pod)
                    .and_then(|pod| pod.ports.get_mut(port));
                port.into_iter().for_each(|port| port.elsewhere += 1);
                continue;
            }
            let mut answer = job.answer(target, self.detail.steps);
            if let Some(scrape) = &mut answer.scrape {
                let pod = at.map_or(usize::MAX, |(pod, _)| pod);
                let name = place::called(&target.labels);
                let same = format!("{} {}", scrape.target.url(), scrape.target);
                let first = kept.entry(same).or_insert_with(|| (pod, name.clone()));
                scrape.same_as = match *first == (pod, name) {
                    true => None,
                    false if first.0 == pod => Some(first.1.clone()),
                    false => {
                        let pod = self.pods.get(first.0);
                        let pod = pod.map(|pod| format!("{}/{} ", pod.namespace, pod.name));
                        Some(format!("{}{}", pod.unwrap_or_default(), first.1))
                    }
                };
            }
            let port = match at {
                Some((pod, port)) => {
                    seen.insert((pod, port));
                    self.pods
                        .get_mut(pod)
                        .and_then(|pod| pod.ports.get_mut(port))
                }
                None => self.other(places, &target.labels),
            };
            if let Some(port) = port {
                if answer.scrape.is_some() {
                    scraped.push((at, place::other(&target.labels)));
                }
                port.answers.push(answer);
            }
        }
        let count = kept.len() as u64;
        let limit = job.config().target_limit;
        if let Some(limit) = limit.filter(|limit| *limit > 0 && count > *limit) {
            let why = format!(
                "{count} targets are more than target_limit, {limit}: Prometheus scrapes none of them"
            );
            let name = &job.config().job_name;
            self.notes.push(format!("{name}: {why}"));
            for port in scraped
                .into_iter()
                .map(|(at, name)| (at, places.others.get(&name)))
            {
                let port = match port {
                    (Some((pod, port)), _) => self
                        .pods
                        .get_mut(pod)
                        .and_then(|pod| pod.ports.get_mut(port)),
                    (None, at) => at.and_then(|at| self.others.get_mut(*at)),
                };
                let answers = port.into_iter().flat_map(|port| &mut port.answers);
                for answer in
                    answers.filter(|answer| answer.job == *name && answer.scrape.is_some())
                {
                    *answer = Answer::of_reason(name.clone(), why.clone());
                }
            }
        }
        for (at, pod) in self.pods.iter_mut().enumerate() {
            let is_elsewhere = counts && is_elsewhere(&pod.namespace);
            for (index, port) in pod.ports.iter_mut().enumerate() {
                match job.unseen(&pod.namespace, port.has_number) {
                    Some(_) if seen.contains(&(at, index)) => {}
                    Some(_) if is_elsewhere => port.elsewhere += 1,
                    answer => port.answers.extend(answer),
                }
            }
        }
        Ok(())
    }

    /// Adds what a configuration would scrape that no server has.
    fn spare(
        &mut self,
        job: &Job<'_>,
        why: &str,
        objects: &Objects,
        everything: &mut Everything,
        places: &mut Places,
    ) -> Result<()> {
        for target in &job.discover(objects, everything)? {
            if !target.is_found || job.answer(target, false).scrape.is_none() {
                continue;
            }
            let port = match Place::of(&target.labels) {
                Some(place) => {
                    let (pod, port) = self.port(places, &place);
                    self.pods
                        .get_mut(pod)
                        .and_then(|pod| pod.ports.get_mut(port))
                }
                None => self.other(places, &target.labels),
            };
            if let Some(port) = port {
                let job = job.config().job_name.clone();
                let reason = format!("would scrape it, but the monitor is not used: {why}");
                port.answers.push(Answer::of_reason(job, reason));
            }
        }
        Ok(())
    }

    /// Returns the indices of the port's pod, and of the port in it. Adds it if it is new.
    fn port(&mut self, places: &mut Places, place: &Place) -> (usize, usize) {
        let pods = &mut self.pods;
        let pod = places
            .pods
            .entry((place.namespace.clone(), place.pod.clone()));
        let pod = *pod.or_insert_with(|| {
            let known = pods
                .iter()
                .position(|pod| pod.namespace == place.namespace && pod.name == place.pod);
            known.unwrap_or_else(|| {
                pods.push(Pod {
                    namespace: place.namespace.clone(),
                    name: place.pod.clone(),
                    ip: String::new(),
                    ports: Vec::new(),
                });
                pods.len() - 1
            })
        });
        let Some(known) = pods.get_mut(pod) else {
            return (pod, 0);
        };
        known.ip.clone_from(&place.ip);
        let ports = &mut known.ports;
        let port = *places.ports.entry((pod, place.key())).or_insert_with(|| {
            ports.push(Port {
                name: place.to_string(),
                has_number: place.has_number(),
                answers: Vec::new(),
                elsewhere: 0,
            });
            ports.len() - 1
        });
        (pod, port)
    }

    /// Returns what is said of a target that is not a pod's. Adds it if it is new.
    fn other(&mut self, places: &mut Places, labels: &Labels) -> Option<&mut Port> {
        let name = place::other(labels);
        let others = &mut self.others;
        let index = *places.others.entry(name.clone()).or_insert_with(|| {
            others.push(Port {
                name,
                has_number: true,
                answers: Vec::new(),
                elsewhere: 0,
            });
            others.len() - 1
        });
        self.others.get_mut(index)
    }

    /// Has every scraped port answer with the body that is called after it, if there is one.
    fn scrape(
        &mut self,
        server: &Server,
        bodies: &mut Bodies,
        known: &mut Known,
        reading: &ReadingArgs,
        console: &Console<'_>,
    ) -> Result<()> {
        let mut remarks = Vec::new();
        for pod in &mut self.pods {
            for answer in pod.ports.iter_mut().flat_map(|port| &mut port.answers) {
                let Some(scrape) = &mut answer.scrape else {
                    continue;
                };
                let Some(path) = bodies.of(&pod.namespace, &pod.name, scrape.port()) else {
                    continue;
                };
                let mut configs = server.complete.iter();
                let Some(config) = configs.find(|config| config.job_name == answer.job) else {
                    continue;
                };
                let source = match source::fetch(path.as_os_str(), reading) {
                    Ok(source) => source,
                    Err(error) => {
                        console.error(&*error);
                        self.outcome = Outcome::Unreadable;
                        continue;
                    }
                };
                source.tell_looks(false, console);
                let (outcome, told) = scrape.answer(source, config, &server.settings)?;
                self.outcome = self.outcome.and(outcome);
                remarks.push((config, told));
            }
        }
        for (config, told) in remarks {
            self.remark(config, told, known);
        }
        Ok(())
    }

    /// Tells whether there is nothing that could be scraped.
    pub(super) fn is_empty(&self) -> bool {
        self.pods.is_empty() && self.others.is_empty()
    }

    /// Returns all ports, of pods and others.
    pub(super) fn ports(&self) -> impl Iterator<Item = &Port> {
        let pods = self.pods.iter().flat_map(|pod| &pod.ports);
        pods.chain(&self.others)
    }

    /// Returns how the command ends.
    pub(super) fn outcome(&self) -> Outcome {
        if !self.errors.is_empty() {
            return Outcome::Unreadable;
        }
        match self.ports().any(Port::is_scraped) {
            true => self.outcome,
            false => Outcome::Findings,
        }
    }
}

/// Where each port and target is in a [`Cluster`].
#[derive(Default)]
struct Places {
    pods: HashMap<(String, String), usize>,
    ports: HashMap<(usize, String), usize>,
    others: HashMap<String, usize>,
}

/// Returns the pods, still without ports.
fn pods(objects: &Objects) -> Vec<Pod> {
    let mut pods: Vec<Pod> = objects
        .iter()
        .filter(|object| object.kind() == "Pod")
        .map(|object| Pod {
            namespace: object.namespace().unwrap_or_default().to_owned(),
            name: object.name().to_owned(),
            ip: String::new(),
            ports: Vec::new(),
        })
        .collect();
    pods.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    pods
}
