//! The settings of the second half of a scrape.

use super::{error::ScrapeError, target::Target};
use crate::dialect::Dialect;
use crate::format::{Format, ScrapeProtocol, syntax::Composites};
use crate::limits::Limits;
use crate::model::histogram_options::HistogramOptions;
use crate::model::name::ValidationScheme;
use crate::relabel::{LabelSet, Rules};
use crate::samples::Samples;
use crate::text::response;
use crate::text::sample::Sample;

/// What Prometheus needs from a scrape configuration to store a target's samples.
///
/// A limit of 0 means no limit, as in Prometheus.
///
/// ```
/// use exposition::relabel::{Action, RuleConfig, Rules};
/// use exposition::scrape::{SampleConfig, TargetConfig};
///
/// let targets = TargetConfig::new("node");
/// let target = targets.discover([("__address__", "h:9100")])?.into_target().unwrap();
///
/// let mut config = SampleConfig::new();
/// config.rules = Rules::from(
///     RuleConfig::new()
///         .source_labels(["__name__"])
///         .regex("go_.*")
///         .action(Action::Drop)
///         .build(config.validation_scheme)?,
/// );
/// let body = b"go_threads 9\nup_seconds{instance=\"inner\"} 7\n";
/// let scraped = config.scrape(&target, Some("text/plain"), body).collect();
///
/// assert!(scraped.report.up());
/// assert_eq!(scraped.report.samples_scraped, 2);
/// assert_eq!(scraped.report.samples_post_metric_relabeling, 1);
/// let stored = &scraped.samples[0];
/// assert_eq!(
///     stored.labels.to_string(),
///     r#"{__name__="up_seconds", exported_instance="inner", instance="h:9100", job="node"}"#,
/// );
/// assert_eq!(stored.value, 7.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SampleConfig {
    /// Whether a scraped label wins over the target's label of the same name. By default the scraped one is
    /// renamed to `exported_…`.
    pub honor_labels: bool,
    /// Whether scraped timestamps are kept. Default: yes.
    pub honor_timestamps: bool,
    /// The rules for every sample's labels: `metric_relabel_configs`.
    pub rules: Rules,
    /// The rules for valid names: `metric_name_validation_scheme`.
    pub validation_scheme: ValidationScheme,
    /// In which form histograms are stored: `scrape_native_histograms`, `always_scrape_classic_histograms` and
    /// `convert_classic_histograms_to_nhcb`. By default only classic ones. What
    /// [`TargetConfig`](super::TargetConfig) has on counts too, and a target whose labels rules have changed
    /// has its own ([`Target::histograms`]).
    pub histograms: HistogramOptions,
    /// The most buckets of a native histogram; one with more gets a lower resolution
    /// ([S45](crate::docs::scrape#s45)).
    pub native_histogram_bucket_limit: u64,
    /// By how much at least each bucket of a native histogram is wider than the one before; one that is finer
    /// gets a lower resolution. At most 1 means any.
    pub native_histogram_min_bucket_factor: f64,
    /// The most samples after the rules; a native histogram is one.
    pub sample_limit: u64,
    /// The most labels of a sample, including `__name__` and the target's.
    pub label_limit: u64,
    /// The longest name of a label, in bytes.
    pub label_name_length_limit: u64,
    /// The longest value of a label, in bytes.
    pub label_value_length_limit: u64,
    /// The size, uncompressed and in bytes, that a body must stay below.
    pub body_size_limit: u64,
    /// The formats that were asked for: `scrape_protocols`. By default
    /// [`ScrapeProtocol::DEFAULT`]. A body is read as OpenMetrics 2.0 only if that is among them
    /// ([G51](crate::docs::openmetrics2#g51)); any other format is read whether it is or not.
    pub protocols: Vec<ScrapeProtocol>,
    /// The format of a body whose `Content-Type` does not name one: `fallback_scrape_protocol`. Without it,
    /// such a scrape fails.
    pub fallback: Option<Format>,
    /// The parser's limits for every body. Prometheus has no such limits.
    pub limits: Limits,
}

impl Default for SampleConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl SampleConfig {
    /// Creates a configuration with Prometheus' defaults.
    #[must_use]
    pub fn new() -> Self {
        SampleConfig {
            honor_labels: false,
            honor_timestamps: true,
            rules: Rules::default(),
            validation_scheme: ValidationScheme::Utf8,
            histograms: HistogramOptions::new(),
            native_histogram_bucket_limit: 0,
            native_histogram_min_bucket_factor: 0.0,
            sample_limit: 0,
            label_limit: 0,
            label_name_length_limit: 0,
            label_value_length_limit: 0,
            body_size_limit: 0,
            protocols: ScrapeProtocol::DEFAULT.to_vec(),
            fallback: None,
            limits: Limits::new(),
        }
    }

    /// Tells how a body is read; `None` for an empty one, which needs no header (spec S15).
    pub(super) fn way_of<'a>(
        &self,
        target: &Target,
        content_type: Option<&str>,
        body: &'a [u8],
    ) -> Result<Option<Way<'a>>, ScrapeError> {
        let bytes = body.len() as u64;
        let limit = self.body_size_limit;
        if limit > 0 && bytes >= limit {
            return Err(ScrapeError::BodySize { bytes, limit });
        }
        let Some(format) = response::format_of(content_type, self.fallback, &self.protocols, body)?
        else {
            return Ok(None);
        };
        let options = target.histograms(self.histograms);
        Ok(Some(match format.dialect() {
            Some(dialect) if are_samples(dialect, options) => Way::Lines(dialect),
            Some(_) | None => {
                let samples = Samples::new(body, format).histograms(options);
                Way::Samples(Box::new(samples.limits(self.limits)))
            }
        }))
    }

    /// Returns the labels of a sample joined with those of its target: what the rules see
    /// ([S32](crate::docs::scrape#s32), [S33](crate::docs::scrape#s33)).
    #[must_use]
    pub fn join<'a>(&self, sample: &Sample<'a>, target: &'a Target) -> LabelSet<'a> {
        let mut labels = LabelSet::new();
        super::join::join(&mut labels, sample, target, self.honor_labels);
        labels
    }
}

/// Tells whether each line of a sample is one that is stored.
const fn are_samples(dialect: Dialect, options: HistogramOptions) -> bool {
    match dialect.syntax().composites {
        Composites::Lines => !options.convert_classic,
        Composites::Braces => false,
    }
}

/// How a body is read.
pub(super) enum Way<'a> {
    /// As lines, which are the samples.
    Lines(Dialect),
    /// As samples, for which more than lines is needed.
    Samples(Box<Samples<'a>>),
}
