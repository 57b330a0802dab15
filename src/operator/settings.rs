//! The settings that every kind of resource has for its scrapes: limits, formats, native histograms, the
//! scrape class.

use super::{
    fields::Fields,
    values::{ByteSize, PROTOCOLS, Quantity},
    values_read::{byte_size, quantity},
};
use crate::format::ScrapeProtocol;

/// The settings that every kind of resource has for its scrapes. Fields are named as in the manifest, where
/// they stand directly in `spec`.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ScrapeSettings {
    /// The scrape class whose rules come before the resource's own.
    pub scrape_class: Option<String>,
    /// How many samples a scrape may have.
    pub sample_limit: Option<u64>,
    /// How many targets there may be.
    pub target_limit: Option<u64>,
    /// How many labels a series may have.
    pub label_limit: Option<u64>,
    /// How long a label's name may be.
    pub label_name_length_limit: Option<u64>,
    /// How long a label's value may be.
    pub label_value_length_limit: Option<u64>,
    /// How many dropped targets are remembered.
    pub keep_dropped_targets: Option<u64>,
    /// How large an uncompressed body may be. A `Probe` does not have it.
    pub body_size_limit: Option<ByteSize>,
    /// The formats to request, in order of preference.
    pub scrape_protocols: Vec<ScrapeProtocol>,
    /// The format of a response that does not name one.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: Option<bool>,
    /// How many buckets a native histogram may have.
    pub native_histogram_bucket_limit: Option<u64>,
    /// How much wider each native bucket must be than the previous one.
    pub native_histogram_min_bucket_factor: Option<Quantity>,
    /// Whether a histogram that is exposed both ways is scraped both ways.
    pub scrape_classic_histograms: Option<bool>,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: Option<bool>,
}

/// The keys of these settings that every kind has.
pub(super) const SETTINGS: &[&str] = &[
    "convertClassicHistogramsToNHCB",
    "fallbackScrapeProtocol",
    "keepDroppedTargets",
    "labelLimit",
    "labelNameLengthLimit",
    "labelValueLengthLimit",
    "nativeHistogramBucketLimit",
    "nativeHistogramMinBucketFactor",
    "sampleLimit",
    "scrapeClass",
    "scrapeClassicHistograms",
    "scrapeNativeHistograms",
    "scrapeProtocols",
    "targetLimit",
];

/// Reads the settings among the fields of a `spec`.
pub(super) fn settings(fields: &Fields<'_>) -> ScrapeSettings {
    let limit = |key| fields.number(key, "a whole number that is not negative");
    ScrapeSettings {
        scrape_class: fields.text("scrapeClass"),
        sample_limit: limit("sampleLimit"),
        target_limit: limit("targetLimit"),
        label_limit: limit("labelLimit"),
        label_name_length_limit: limit("labelNameLengthLimit"),
        label_value_length_limit: limit("labelValueLengthLimit"),
        keep_dropped_targets: limit("keepDroppedTargets"),
        body_size_limit: fields.read("bodySizeLimit", byte_size).flatten(),
        scrape_protocols: fields.choices("scrapeProtocols", PROTOCOLS),
        fallback_scrape_protocol: fields.choice("fallbackScrapeProtocol", PROTOCOLS),
        scrape_native_histograms: fields.flag("scrapeNativeHistograms"),
        native_histogram_bucket_limit: limit("nativeHistogramBucketLimit"),
        native_histogram_min_bucket_factor: fields.read("nativeHistogramMinBucketFactor", quantity),
        scrape_classic_histograms: fields.flag("scrapeClassicHistograms"),
        convert_classic_histograms_to_nhcb: fields.flag("convertClassicHistogramsToNHCB"),
    }
}
