//! How long whole processes take: the fastest of several runs, which says what the machine can do when it is not busy.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;

use crate::pipes::{Temporary, exposition};

const RUNS: usize = 20;

/// Returns how long the fastest of several runs takes, from start to end, for each of the command lines.
fn fastest<const N: usize>(lines: [&[&str]; N]) -> [Duration; N] {
    let mut fastest = [Duration::MAX; N];
    // In turns, so that what else the machine does is nobody's alone.
    for _ in 0..RUNS {
        for (line, fastest) in lines.iter().zip(&mut fastest) {
            let begin = Instant::now();
            let status = exposition(line)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            *fastest = begin.elapsed().min(*fastest);
            assert!(status.success(), "{line:?}");
        }
    }
    fastest
}

#[test]
fn a_small_body_is_shown_at_once() {
    let [show] = fastest([&["show", "tests/cli/in/shop.prom"]]);
    assert!(show < Duration::from_millis(10), "{show:?}");
}

/// Families, tables and pictures cost no more than twice what reading and printing every line costs.
#[test]
fn a_large_body_is_shown_about_as_fast_as_its_lines() {
    let packed = std::fs::read("src/bin/exposition/data/envoy.prom.gz").unwrap();
    let mut body = Vec::new();
    GzDecoder::new(packed.as_slice())
        .read_to_end(&mut body)
        .unwrap();
    let body = Temporary::new("envoy.prom", &body);
    let [show, lines] = fastest([&["show", body.name()], &["lines", body.name()]]);
    assert!(show < 3 * lines, "show {show:?}, lines {lines:?}");
}
