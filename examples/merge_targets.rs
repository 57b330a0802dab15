//! Makes one body of those of several servers, as a sidecar agent serves them.

use std::error::Error;

use exposition::merge::{Conflict, Source};
use exposition::{Dialect, Merge, ScrapeProtocol};

const APP: &[u8] = br#"# HELP requests_total Requests to the application.
# TYPE requests_total counter
requests_total{code="200"} 7
# TYPE up gauge
up 1
"#;

const ENVOY: &[u8] = br#"# HELP requests Requests through the sidecar.
# TYPE requests counter
requests_total{code="200"} 9 # {trace_id="7f3a"} 1
# TYPE up gauge
up 1
# EOF
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut merged = String::new();
    let report = Merge::new(ScrapeProtocol::PrometheusText004)
        .source(Source::new("app", APP, Dialect::Text).label("container", "app"))
        .source(Source::new("envoy", ENVOY, Dialect::OpenMetrics).label("container", "envoy"))
        // Where HELP lines differ, the first one holds. By default that is an error.
        .on_conflict(Conflict::FirstWins)
        // Text has no exemplars: they are left out, and counted.
        .lossy(true)
        .write_to_fmt(&mut merged)?;
    print!("{merged}");
    println!();
    println!(
        "samples: {}, of {} families",
        report.samples, report.families
    );
    println!("exemplars left out: {}", report.exemplars);
    println!("HELP, TYPE and UNIT lines left out: {}", report.conflicts);
    Ok(())
}
