//! Asserts on what a service exposes, as its own tests would do.

use std::error::Error;

use exposition::testing::Exposition;

/// The service that is tested: its answer to `GET /metrics` after that many jobs.
fn metrics(jobs: u32) -> String {
    format!(
        "# TYPE jobs_total counter\n\
         jobs_total{{queue=\"mail\",pod=\"a-1\"}} {jobs}\n\
         # TYPE job_seconds histogram\n\
         job_seconds_bucket{{le=\"0.5\"}} {jobs}\n\
         job_seconds_bucket{{le=\"+Inf\"}} {jobs}\n\
         job_seconds_sum {}\n\
         job_seconds_count {jobs}\n",
        f64::from(jobs) / 4.0
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let before = Exposition::text(metrics(3))?;
    let after = Exposition::text(metrics(5))?;

    // Look-ups that fail say what there is instead.
    after
        .metric("jobs_total")
        .label("queue", "mail")
        .assert_eq(5);
    after.metric("job_seconds").bucket(0.5).assert_ge(1);
    after.metric("jobs_failed_total").assert_absent();

    // What happened in between, whatever other tests have counted before.
    let change = after.since(&before)?;
    change.metric("jobs_total").assert_eq(2);
    change.metric("job_seconds").sum().assert_near(0.5, 1e-9);

    // For snapshots: sorted, and without what differs from run to run.
    let snapshot = after.snapshot().ignore_label("pod").ignore_values();
    println!("{snapshot}");

    // What a failed assertion says:
    let lookup = after.metric("job_total").label("queue", "print").value();
    if let Err(error) = lookup {
        println!("{error}");
    }
    Ok(())
}
