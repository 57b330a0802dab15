//! Compares what two versions of a service expose: what of it breaks dashboards and alerts?

use std::error::Error;

use exposition::{Dialect, Families, diff::Diff};

const OLD: &str = r#"# TYPE jobs_total counter
jobs_total{queue="mail"} 3
# TYPE job_seconds histogram
job_seconds_bucket{le="0.5"} 2
job_seconds_bucket{le="+Inf"} 3
job_seconds_sum 1.5
job_seconds_count 3
# TYPE workers gauge
workers 4
"#;

/// The new version speaks OpenMetrics: what only the formats do differently is not a change.
const NEW: &str = r#"# TYPE jobs counter
jobs_total{queue="mail",zone="b"} 5
# TYPE job_seconds histogram
job_seconds_bucket{le="1.0"} 2
job_seconds_bucket{le="+Inf"} 3
job_seconds_sum 1.5
job_seconds_count 3
# TYPE workers gauge
workers 6
# TYPE build info
build_info{version="2"} 1
# EOF
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let old = Families::new(OLD, Dialect::Text).read_all();
    let new = Families::new(NEW, Dialect::OpenMetrics).read_all();
    let (old, new) = (old.into_result()?, new.into_result()?);
    let diff = Diff::between(&old, &new);
    for change in diff.changes() {
        let mark = if change.is_breaking() { "!" } else { " " };
        println!("{mark} {}: {change}", change.id());
    }
    println!("{} of them are breaking", diff.breaking().count());
    Ok(())
}
