//! Shows what becomes of every port of every pod.

use std::io::{self, Write};

use exposition::scrape::Report;

use super::{Answer, Cluster, Pod, Port};
use crate::page::number::counted;
use crate::page::{Ink, Page, pad, printable, width};
use crate::source::Source;
use crate::verdict;

/// How much to show.
#[derive(Clone, Copy)]
pub(in crate::monitor) struct Detail {
    /// What each configuration says of a port that another one scrapes.
    pub(in crate::monitor) all: bool,
    /// What each rule did.
    pub(in crate::monitor) steps: bool,
}

/// Prints what becomes of every port.
pub(in crate::monitor) fn show(
    cluster: &Cluster,
    detail: Detail,
    page: Page,
    out: &mut dyn Write,
) -> io::Result<()> {
    let ports = cluster.ports().count();
    let scraped = cluster.ports().filter(|port| port.is_scraped()).count();
    writeln!(
        out,
        "{scraped} of {} scraped",
        counted(ports, "port is", "ports are")
    )?;
    for pod in &cluster.pods {
        let title = format!("{}/{}", pod.namespace, pod.name);
        let title = page.ink(Ink::Name, &printable(&title));
        let ip = printable(&pod.ip);
        writeln!(out, "\n{}", format!("{title}  {ip}").trim_end())?;
        if pod.ports.is_empty() {
            writeln!(out, "  not discovered: it has no IP")?;
        }
        show_ports(pod, detail, page, out)?;
    }
    if !cluster.others.is_empty() {
        writeln!(out, "\n{}", page.ink(Ink::Name, "not of a pod"))?;
        rows(&cluster.others, detail, page, out)?;
    }
    Ok(())
}

fn show_ports(pod: &Pod, detail: Detail, page: Page, out: &mut dyn Write) -> io::Result<()> {
    rows(&pod.ports, detail, page, out)
}

fn rows(ports: &[Port], detail: Detail, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let widest = ports.iter().map(|port| width(&printable(&port.name))).max();
    for port in ports {
        let name = pad(&printable(&port.name), widest.unwrap_or_default(), false);
        let is_scraped = port.is_scraped();
        let verdict = match is_scraped {
            true => page.ink(Ink::Well, "scraped"),
            false => page.ink(Ink::Wrong, "not scraped"),
        };
        writeln!(out, "  {name}  {verdict}")?;
        for answer in &port.answers {
            if answer.scrape.is_some() || !is_scraped || detail.all {
                show_answer(answer, detail, page, out)?;
            }
        }
        let elsewhere = match port.elsewhere {
            0 => None,
            count => Some(counted(
                count,
                "configuration does not look in its namespace",
                "configurations do not look in its namespace",
            )),
        };
        match elsewhere {
            Some(elsewhere) if !is_scraped => {
                writeln!(out, "      {elsewhere}; --verbose tells which")?
            }
            None if port.answers.is_empty() => {
                writeln!(out, "      no configuration looks for it")?
            }
            _ => {}
        }
    }
    Ok(())
}

fn show_answer(answer: &Answer, detail: Detail, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let job = page.ink(Ink::Faint, &format!("{}:", printable(&answer.job)));
    match &answer.scrape {
        None => {
            let reason = answer
                .reason
                .strip_prefix("dropped: ")
                .unwrap_or(&answer.reason);
            writeln!(out, "      {job} {}", printable(reason))?;
        }
        Some(scrape) => {
            let target = &scrape.target;
            let url = page.ink(Ink::Value, &printable(target.url()));
            if let Some(first) = &scrape.same_as {
                let first = printable(first);
                return writeln!(out, "      {job} {url}, the same target as {first}");
            }
            writeln!(out, "      {job} {url} every {}", target.interval())?;
            writeln!(out, "        {}", printable(&target.to_string()))?;
            if let Some((source, report)) = &scrape.stored {
                stored(source, report, page, out)?;
            }
        }
    }
    if detail.steps {
        for step in &answer.steps {
            writeln!(out, "        {}", page.ink(Ink::Faint, &printable(step)))?;
        }
    }
    Ok(())
}

/// Says what is stored of a body.
fn stored(source: &Source, report: &Report, page: Page, out: &mut dyn Write) -> io::Result<()> {
    let name = printable(&source.name);
    if let Some(failure) = &report.failure {
        let wrong = page.ink(Ink::Wrong, "the scrape fails, nothing is stored");
        writeln!(out, "        {name}: {wrong}")?;
        for line in verdict::failure(failure, &source.name).lines() {
            writeln!(out, "          {line}")?;
        }
        return Ok(());
    }
    let kept = report.samples_post_metric_relabeling;
    let omitted = report.duplicates + report.out_of_order + report.out_of_bounds;
    writeln!(
        out,
        "        {name}: {} scraped, {kept} after the rules, {} stored",
        report.samples_scraped,
        kept.saturating_sub(omitted)
    )
}
