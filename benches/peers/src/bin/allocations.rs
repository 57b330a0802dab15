//! Reads every body with every parser once and prints the memory it took, one JSON object per line. The
//! `peers` program runs it, because allocations are slower in a program that counts them.

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
            // This is not the first run: setup that a crate does once per process is not counted.
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
