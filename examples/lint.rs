//! Lints a body: what Prometheus takes, and others complain about, refuse or misread.

use std::error::Error;

use exposition::Format;
use exposition::lint::{Lint, Severity};

const BODY: &str = r#"# HELP go_threads Threads.
# TYPE go_threads gauge
go_threads 8
# TYPE requests counter
requests{path="C:\temp"} 3
requests{path="C:\temp"} 4
# HELP wait_milliseconds Time in the queue.
# TYPE wait_milliseconds gauge
wait_milliseconds 20
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // What is meant to be so is allowed.
    let lint = Lint::new().allow("L1:requests".parse()?);
    let findings = lint.check(BODY, Format::default());
    for finding in &findings {
        println!("{finding}");
        println!("    {}", finding.rule().text());
    }
    let is_error = |severity| severity == Severity::Error;
    let errors = (findings.iter()).filter(|finding| is_error(finding.severity()));
    println!("findings: {}, errors: {}", findings.len(), errors.count());
    Ok(())
}
