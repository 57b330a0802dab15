//! The two halves of a scrape: from discovered labels to a target, and from a target's body to stored
//! samples.
//!
//! | from | to | with | rules |
//! |---|---|---|---|
//! | what discovery says about a target | its labels and URL, or the rule that drops it | [`TargetConfig::discover`] | `relabel_configs` |
//! | what the target answers | the samples to store, and `up` | [`SampleConfig::scrape`] | `metric_relabel_configs` |
//!
//! Where one target is scraped repeatedly, a [`ScrapeLoop`] does what [`SampleConfig::scrape`] does, and
//! keeps what it finds out about each series.
//!
//! Between the two is the request, which the caller makes. Every step follows Prometheus: defaults, URL,
//! `honor_labels`, limits, which of several samples of one series stays, and what makes a scrape fail as a
//! whole. Bodies of every format are read. Native histograms are stored where
//! [`SampleConfig::histograms`] or the target's labels say so, and classic ones are converted to such.
//! Exemplars and metadata are left out.
//!
//! ```
//! use exposition::scrape::{Discovered, SampleConfig, TargetConfig};
//!
//! let targets = TargetConfig::new("mesh");
//! let samples = SampleConfig::new();
//!
//! let Discovered::Target(target) = targets.discover([("__address__", "10.0.0.7:15090")])? else {
//!     panic!("no rule drops anything")
//! };
//! // … GET target.url() …
//! let body = b"requests_total{code=\"200\"} 7\nrequests_total{code=\"200\"} 8\n";
//! let mut scrape = samples.scrape(&target, Some("text/plain; version=0.0.4"), body);
//! while let Some(sample) = scrape.next_sample() {
//!     assert_eq!(
//!         sample.labels.to_string(),
//!         r#"{__name__="requests_total", code="200", instance="10.0.0.7:15090", job="mesh"}"#,
//!     );
//!     assert_eq!(sample.value, 7.0);
//! }
//! let report = scrape.report();
//! assert!(report.up());
//! assert_eq!((report.samples_scraped, report.duplicates), (2, 1));
//! assert_eq!(
//!     report.rejected[0].to_string(),
//!     r#"line 2: requests_total{code="200"} 8: duplicate, its series has a sample at that time"#,
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apart;
mod check;
mod config;
mod error;
mod interval;
mod join;
mod judge;
mod kept;
mod labels;
mod native;
mod rejected;
mod report;
mod samples;
mod scrape_loop;
mod seen;
mod target;
mod url;
mod value;
mod view;
mod written;

pub use config::SampleConfig;
pub use error::{SampleErrorKind, ScrapeError, TargetError};
pub use interval::{Interval, IntervalError};
pub use rejected::{RejectedSample, Rejection};
pub use report::Report;
pub use samples::{Scrape, Scraped, Stored, StoredSample};
pub use scrape_loop::{LoopSample, LoopScrape, ScrapeLoop};
pub use target::{Discovered, Dropped, Target, TargetConfig};
pub use value::StoredValue;
