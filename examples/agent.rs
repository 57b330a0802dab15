//! Scrapes a target again and again, as an agent does: what Prometheus would store, and what went stale.

use std::error::Error;

use exposition::scrape::{SampleConfig, ScrapeLoop, TargetConfig};

/// The answers of the target, one after the other; it was down for the third scrape.
const ANSWERS: [Option<&str>; 4] = [
    Some("jobs_total{queue=\"mail\"} 3\njobs_total{queue=\"print\"} 1\n"),
    Some("jobs_total{queue=\"mail\"} 5\njobs_total{queue=\"fax\"} 1\n"),
    None,
    Some("jobs_total{queue=\"mail\"} 1\njobs_total{queue=\"mail\"} 2\n"),
];

fn series(labels: &[(String, String)]) -> String {
    let pairs = labels
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn main() -> Result<(), Box<dyn Error>> {
    let targets = TargetConfig::new("worker");
    let discovered = targets.discover([("__address__", "10.0.0.7:9100")])?;
    let target = discovered.into_target().ok_or("a rule drops it")?;
    println!("GET {}", target.url());

    let mut scrapes = ScrapeLoop::new(SampleConfig::new(), target);
    for (answer, seconds) in ANSWERS.iter().zip((0..).step_by(15)) {
        println!("\nAfter {seconds} s:");
        if let Some(body) = answer {
            let mut scrape = scrapes.scrape(Some("text/plain"), body.as_bytes());
            while let Some(sample) = scrape.next_sample() {
                let value = sample.value.as_f64().unwrap_or(f64::NAN);
                println!("{} = {value}, {:?}", series(sample.labels), sample.change);
            }
            let report = scrape.report();
            println!("up: {}", report.up());
            for rejected in &report.rejected {
                println!("rejected: {rejected}");
            }
        } else {
            scrapes.unanswered();
            println!("up: false");
        }
        for labels in scrapes.stale() {
            println!("{} is stale", series(labels));
        }
    }
    Ok(())
}
