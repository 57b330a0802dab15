//! Reads a body line by line, and goes on after a line in error.

use exposition::{Line, Parser};

const BODY: &[u8] = br#"
# HELP http_requests_total Requests by status.
# TYPE http_requests_total counter
http_requests_total{code="200"} 1027
http_requests_total{code=500} 3
# TYPE queue_length gauge
queue_length{queue="mail \"in\""} 12 1700000000000
"#;

fn main() {
    let mut is_refused = false;
    for line in Parser::text(BODY) {
        match line {
            Ok(Line::Sample(sample)) => {
                println!("{} = {}", sample.name(), sample.value());
                for label in sample.labels() {
                    println!("    {} is {}", label.name(), label.value());
                }
                if let Some(millis) = sample.timestamp() {
                    println!("    at {millis} ms");
                }
            }
            Ok(Line::Type(line)) => println!("{} is a {}", line.name(), line.metric_type()),
            // HELP and UNIT lines, comments, blank lines.
            Ok(_) => {}
            Err(error) => {
                is_refused |= error.fails_scrape();
                print!("{}", error.render());
            }
        }
    }
    let verdict = if is_refused { "refuses" } else { "takes" };
    println!("Prometheus {verdict} this body.");
}
