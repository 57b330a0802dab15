//! Counts series by metric and label, and finds out what to drop to get under a limit.

use std::error::Error;

use exposition::{Format, Samples, stats::Stats};

const BODY: &[u8] = include_bytes!("../tests/data/corpus/process_exporter/noaccept.prom");

fn main() -> Result<(), Box<dyn Error>> {
    let mut stats = Stats::new();
    stats.read(Samples::new(BODY, Format::default()))?;
    println!("{stats}");

    println!("\nThe metrics with most series:");
    for metric in stats.metrics().iter().take(5) {
        println!("{metric}");
    }

    println!("\nThe labels without which fewest series would be left:");
    for label in stats.labels().iter().take(3) {
        println!("{label}");
        for value in stats.values(label.name).iter().take(2) {
            println!("    {value}");
        }
    }

    let plan = stats.drop_families(100)?;
    println!("\nTo get under a sample_limit of 100, {plan}:");
    print!("{}", plan.to_yaml());
    Ok(())
}
