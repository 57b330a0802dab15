//! Shows a body as a target's scrape: what is stored of it, and what each metric rule did.

use std::io::{self, Write};
use std::iter;

use exposition::operator::Explainer;
use exposition::scrape::Target;

use crate::page::printable;
use crate::remarks::Told;
use crate::source::Source;
use crate::verdict;

/// How many series to show.
const SHOWN: usize = 5;
/// What comes before the reason of a failure.
const NOTHING: [&str; 1] = ["nothing is stored: "];

/// Prints what Prometheus stores from the body, scraped from the target. Returns whether the scrape succeeds.
pub(crate) fn show(
    explainer: &Explainer<'_>,
    target: &Target,
    body: &Source,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let scraped = (explainer.sample_config())
        .scrape(target, body.content_type.as_deref(), &body.body)
        .count_rules()
        .collect();
    let report = &scraped.report;
    writeln!(out, "scrape of {}", target.url())?;
    for (labels, value) in report.series(target) {
        writeln!(
            out,
            "         {value:8} {}",
            labels.get("__name__").unwrap_or_default()
        )?;
    }
    let remarks = explainer.remarks_on(report);
    let remarks: Vec<Told> = remarks.iter().map(Told::from).collect();
    if let Some(failure) = &report.failure {
        let failure = verdict::failure(failure, &body.name);
        for (line, before) in failure
            .lines()
            .zip(NOTHING.into_iter().chain(iter::repeat("")))
        {
            writeln!(out, "         {before}{line}")?;
        }
        tell(&remarks, out)?;
        return Ok(false);
    }
    let omitted = report.duplicates + report.out_of_order + report.out_of_bounds;
    writeln!(
        out,
        "         {:8} stored, {omitted} left out",
        scraped.samples.len()
    )?;
    for sample in report.rejected.iter().take(SHOWN) {
        writeln!(
            out,
            "         not stored: {}",
            printable(&sample.to_string())
        )?;
    }
    if omitted > SHOWN as u64 {
        writeln!(out, "         …")?;
    }
    tell(&remarks, out)?;
    for sample in scraped.samples.iter().take(SHOWN) {
        let series = sample.labels.to_string();
        writeln!(out, "         {} {}", printable(&series), sample.value)?;
    }
    if scraped.samples.len() > SHOWN {
        writeln!(out, "         …")?;
    }
    let origins = explainer.config().metric_relabel_configs.iter();
    let counts = report.rules.iter().flat_map(|rules| rules.rules());
    for (rule, counts) in origins.zip(counts) {
        writeln!(
            out,
            "         {}: {} saw {}, matched {}, changed {}, dropped {}",
            rule.origin, counts.action, counts.seen, counts.matched, counts.changed, counts.dropped
        )?;
    }
    Ok(true)
}

fn tell(remarks: &[Told], out: &mut dyn Write) -> io::Result<()> {
    for remark in remarks {
        writeln!(out, "         remark: {}", printable(&remark.line()))?;
    }
    Ok(())
}
