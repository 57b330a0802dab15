//! Reads every body with every parser once and prints what memory that took, a JSON object a line.
//! The `peers` program runs it: a program that counts has slower allocations than one that does not.

use std::error::Error;
use std::panic;

use allocation_counter::measure;
use peers::{attempt, bodies, contestants};

fn main() -> Result<(), Box<dyn Error>> {
    // A parser that panics is reported by `peers`.
    panic::set_hook(Box::new(|_| {}));
    for body in bodies::all()? {
        for contestant in contestants() {
            let mut run = (contestant.prepare)(&body);
            if attempt(&mut run).is_err() {
                continue;
            }
            // Not the first time: what a crate sets up once for the whole process is not counted.
            let info = measure(|| {
                let _ = run();
            });
            let counted = serde_json::json!({
                "body": body.name,
                "parser": contestant.name,
                "allocations": info.count_total,
                "peak_bytes": info.bytes_max,
            });
            println!("{counted}");
        }
    }
    Ok(())
}
