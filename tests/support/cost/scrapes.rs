//! Work that remembers one body when it reads the next: on bodies, and on sequences of them.

use std::hint::black_box;

use exposition::cache::CachedLine;
#[cfg(feature = "relabel")]
use exposition::{Dialect, ScrapeProtocol};
use exposition::{Limits, ScrapeCache};

use super::sequences::SEQUENCES;
use super::shapes::shapes;
use super::{Bodies, Work};

type Door = (&'static str, fn(&Bodies));

/// As for doors that read each body alone.
const LIMITS: Limits = Limits::new()
    .max_line_bytes(Limits::MAX_LINE)
    .max_labels(usize::MAX);

const DOORS: &[Door] = &[
    ("cache", |bodies| {
        let mut cache = ScrapeCache::new().limits(LIMITS);
        for (body, dialect) in bodies {
            let mut pass = cache.read(body, *dialect);
            for line in pass.lines() {
                match line {
                    Ok(CachedLine::Sample(sample)) => {
                        black_box((sample.name(), sample.value(), sample.timestamp()));
                        black_box((sample.exemplars().count(), sample.metric_type()));
                        black_box((sample.composite(), sample.sample().start_timestamp()));
                        sample.labels().iter().for_each(|label| {
                            black_box((label.name(), label.value()));
                        });
                    }
                    Ok(line) => drop(black_box(line)),
                    Err(error) => drop(black_box(error.to_string())),
                }
            }
            black_box((pass.stale().count(), pass.leniencies().len()));
            drop(pass);
            black_box(cache.len());
        }
    }),
    #[cfg(feature = "relabel")]
    ("scrape loop", scrape_loop),
];

#[cfg(feature = "relabel")]
fn scrape_loop(bodies: &Bodies) {
    use exposition::scrape::{Discovered, SampleConfig, ScrapeLoop, TargetConfig};

    let targets = TargetConfig::new("job");
    let found = targets.discover([("__address__", "h:1")]);
    let Some(target) = found.ok().and_then(Discovered::into_target) else {
        return;
    };
    let mut config = SampleConfig::new();
    config.limits = LIMITS;
    config.protocols.push(ScrapeProtocol::OpenMetricsText200);
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    for (body, dialect) in bodies {
        let content_type = match dialect {
            Dialect::OpenMetrics => "application/openmetrics-text",
            Dialect::OpenMetrics2 => "application/openmetrics-text; version=2.0.0",
            _ => "text/plain",
        };
        let scrape = scrapes.scrape(Some(content_type), body);
        drop(black_box(scrape.name_rejected(usize::MAX).report()));
        black_box((scrapes.stale().count(), scrapes.len()));
    }
}

/// Returns every door with every sequence, and with every shape of a body: twice, a third of it, and all
/// again.
pub(super) fn works() -> impl Iterator<Item = Work> {
    DOORS.iter().flat_map(|&(door, open)| {
        let sequences = SEQUENCES.iter().map(move |sequence| {
            let make = |bytes| sequence.bodies(bytes);
            // Large enough, like the bodies below, that what has gone is dropped.
            Work::on(door, sequence.name, make, open).sizes([128 << 10, 512 << 10])
        });
        let shapes = shapes().map(move |shape| {
            let make = |bytes| {
                let body = |bytes| (shape.body(bytes), shape.dialect);
                vec![body(bytes), body(bytes), body(bytes / 3), body(bytes)]
            };
            Work::on(door, shape.name, make, open).sizes(match shape.sizes[0] >> 10 {
                ..8 => [32 << 10, 128 << 10],
                _ => shape.sizes,
            })
        });
        sequences.chain(shapes)
    })
}
