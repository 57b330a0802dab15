//! Whole frames.

use std::time::{Duration, Instant};

use exposition::Limits;

use super::*;
use crate::source::Source;
use crate::watch::scrape::{Got, Scrapes};

const BEFORE: &str = "\
# TYPE hits counter
hits{code=\"200\"} 10
hits{code=\"500\"} 5
hits{code=\"501\"} 5
# TYPE t histogram
t_bucket{le=\"+Inf\"} 4
t_sum 8
t_count 4
# TYPE temp gauge
temp 20
old{path=\"/a\"} 1
";

const AFTER: &str = "\
# TYPE hits counter
hits{code=\"200\"} 110
hits{code=\"500\"} 6
hits{code=\"501\"} 1
# TYPE t histogram
t_bucket{le=\"+Inf\"} 8
t_sum 10
t_count 8
# TYPE temp gauge
temp 15.5
new{path=\"/\u{1b}[31m\"} 1
temp 3
";

/// Returns a frame of that size for the last of these bodies, between which ten seconds lie.
fn frame_of(bodies: &[Result<&str, &str>], size: (usize, usize), limit: usize) -> String {
    let mut scrapes = Scrapes::new(None, None, Limits::default()).unwrap();
    let begin = Instant::now();
    let mut last = None;
    for (number, body) in bodies.iter().enumerate() {
        let seconds = 10 * number as u64;
        last = Some(
            scrapes.take(Got {
                source: body
                    .map(|body| Source::new("u".to_owned(), body.into(), None))
                    .map_err(str::to_owned),
                start: begin + Duration::from_secs(seconds),
                took: Duration::from_micros(1500),
                at: 1_700_000_000_000 + 1000 * seconds as i64,
            }),
        );
    }
    let title = Title {
        name: "http://h/metrics",
        every: "every 10s",
    };
    let (width, height) = size;
    let page = Page {
        width,
        colours: false,
    };
    let lines = frame(&last.unwrap(), &title, page, height, limit);
    assert!(lines.len() <= height);
    assert!(lines.iter().all(|line| crate::page::width(line) <= width));
    lines.join("\n")
}

#[test]
fn all_of_it() {
    let frame = frame_of(&[Ok(BEFORE), Ok(AFTER)], (70, 40), 10);
    let expected = "\
http://h/metrics  every 10s
up  scrape 2  2023-11-14T22:13:30Z  1.5 ms  195 B  PrometheusText0.0.4
8 series  1 new  1 stale  22.2 % churn
1 sample not stored: `check` says why  compared with 10.0 s before

  per second          mean  4 counters that grew
          10                hits{code=\"200\"}
         0.4           0.5  t
         0.1                hits{code=\"500\"}
         0.1                hits{code=\"501\"}  began anew

         now        change  1 gauge that moved
        15.5          -4.5  temp

      series         churn  metrics with new or stale series
       +1 -0       100.0 %  new
       +0 -1       100.0 %  old

                            series that came or went
         new                new{path=\"/\\u{1b}[31m\"}
       stale                old{path=\"/a\"}";
    assert_eq!(frame, expected);
}

#[test]
fn as_much_as_fits() {
    let frame = frame_of(&[Ok(BEFORE), Ok(AFTER)], (40, 16), 10);
    let expected = "\
http://h/metrics  every 10s
up  scrape 2  2023-11-14T22:13:30Z
1.5 ms  195 B  PrometheusText0.0.4
8 series  1 new  1 stale  22.2 % churn
1 sample not stored: `check` says why
compared with 10.0 s before

  per second          mean  4 counters …
          10                hits{code=\"…

         now        change  1 gauge tha…
        15.5          -4.5  temp";
    assert_eq!(frame, expected);
}

#[test]
fn a_few_of_each() {
    let frame = frame_of(&[Ok(BEFORE), Ok(AFTER)], (80, 40), 1);
    assert!(
        frame.contains("hits{code=\"200\"}\n              … 3 more\n"),
        "{frame}"
    );
}

#[test]
fn a_baseline_and_a_failure() {
    let first = frame_of(&[Ok(BEFORE)], (80, 24), 10);
    let expected = "\
http://h/metrics  every 10s
up  scrape 1  2023-11-14T22:13:20Z  1.5 ms  180 B  PrometheusText0.0.4
8 series  the next scrape shows what changes";
    assert_eq!(first, expected);
    let failed = frame_of(&[Ok("a 1\n"), Err("nothing listens on h:80")], (80, 24), 10);
    let expected = "\
http://h/metrics  every 10s
down  scrape 2  2023-11-14T22:13:30Z  1.5 ms
nothing listens on h:80
0 new  1 stale  100.0 % churn

      series         churn  metrics with new or stale series
       +0 -1       100.0 %  a

                            series that came or went
       stale                a";
    assert_eq!(failed, expected);
}

#[test]
fn a_line_is_cut_off_with_its_colours() {
    assert_eq!(cut("abcdef", 6), "abcdef");
    assert_eq!(cut("abcdef", 5), "abcd…");
    assert_eq!(
        cut("\u{1b}[1mabc\u{1b}[0mdef", 4),
        "\u{1b}[1mabc\u{1b}[0m\u{1b}[0m…"
    );
    assert_eq!(cut("字字字", 4), "字…");
}

#[test]
fn room_is_shared_out() {
    assert_eq!(shares(10, &[1, 20, 20]), [1, 5, 4]);
    assert_eq!(shares(100, &[1, 2]), [1, 2]);
    assert_eq!(shares(1, &[5, 5]), [1, 0]);
    assert_eq!(shares(5, &[]), [0; 0]);
}
