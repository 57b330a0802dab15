//! The labels that each series of a target is stored with, kept from scrape to scrape.

use std::{collections::HashMap, fmt};

use super::{config::SampleConfig, join::join, target::Target};
use crate::{
    cache::{CachedSample, Change, Pass, SeriesId},
    line::MetricType,
    relabel::LabelSet,
};

/// What a target's labels and the rules make of each series, found out once and kept for as long as a
/// [`ScrapeCache`](crate::ScrapeCache) knows the series.
///
/// The labels are those of [`SampleConfig::join`] after [`SampleConfig::rules`]. What fails a scrape as
/// a whole, limits and names that cannot be stored, is for [`SampleConfig::scrape`] to say.
///
/// It holds the names and values of the series of the last body, some hundred bytes for each; nothing
/// is allocated for one that was there before.
///
/// ```
/// use exposition::scrape::{SampleConfig, SeriesLabels, TargetConfig};
/// use exposition::{Dialect, ScrapeCache};
///
/// let target = TargetConfig::new("mesh").discover([("__address__", "h:15090")])?.into_target().unwrap();
/// let config = SampleConfig::new();
/// let mut cache = ScrapeCache::new();
/// let mut stored = SeriesLabels::new(&config, &target);
///
/// for body in ["up{x=\"1\"} 1\n", "up{x=\"1\"} 0\n"] {
///     let pass = cache.scrape(body.as_bytes(), Dialect::Prometheus);
///     stored.follow(&pass);
///     for sample in pass.samples() {
///         let Some(labels) = stored.of(&sample?) else { continue };
///         assert_eq!(labels[1], ("instance".to_owned(), "h:15090".to_owned()));
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SeriesLabels<'c> {
    config: &'c SampleConfig,
    target: &'c Target,
    known: HashMap<SeriesId, Known>,
}

struct Known {
    /// The type under which `le` and `quantile` were written.
    kind: MetricType,
    /// By name; `None` if the rules drop the series.
    labels: Option<Box<[(String, String)]>>,
}

impl<'c> SeriesLabels<'c> {
    /// Knows no series yet.
    #[must_use]
    pub fn new(config: &'c SampleConfig, target: &'c Target) -> Self {
        SeriesLabels {
            config,
            target,
            known: HashMap::new(),
        }
    }

    /// The labels that the sample's series is stored with, by name, `__name__` among them; `None` if
    /// the rules drop it or leave no label.
    pub fn of(&mut self, sample: &CachedSample<'_>) -> Option<&[(String, String)]> {
        let find_out = || Known::of(sample, self.config, self.target);
        let known = self.known.entry(sample.id()).or_insert_with(find_out);
        // Of a series that is there twice, the first sample tells: a TYPE line between the two does not
        // change the labels.
        if known.kind != sample.type_in_force() && sample.change() != Change::Repeated {
            *known = Known::of(sample, self.config, self.target);
        }
        known.labels.as_deref()
    }

    /// Forgets the series that are gone with this body. To be called for every body.
    pub fn follow(&mut self, pass: &Pass<'_>) {
        for series in pass.vanished() {
            self.known.remove(&series.id());
        }
    }

    /// How many series are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether no series is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

impl Known {
    #[cold]
    fn of(sample: &CachedSample<'_>, config: &SampleConfig, target: &Target) -> Self {
        let kind = sample.type_in_force();
        let sample = sample.without_value();
        let mut labels = LabelSet::new();
        join(&mut labels, &sample, target, config.honor_labels);
        let kept = config.rules.apply(&mut labels) && !labels.is_empty();
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Known {
            kind,
            labels: kept.then(|| labels.sorted().map(owned).collect()),
        }
    }
}

impl fmt::Debug for SeriesLabels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.known.iter().map(|(id, known)| (id, &known.labels));
        f.debug_map().entries(labels).finish()
    }
}
