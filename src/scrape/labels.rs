//! The labels that Prometheus knows by name.

pub(super) const JOB: &str = "job";
pub(super) const INSTANCE: &str = "instance";
pub(super) const ADDRESS: &str = "__address__";
pub(super) const SCHEME: &str = "__scheme__";
pub(super) const METRICS_PATH: &str = "__metrics_path__";
pub(super) const INTERVAL: &str = "__scrape_interval__";
pub(super) const TIMEOUT: &str = "__scrape_timeout__";
pub(super) const NHCB: &str = "__convert_classic_histograms_to_nhcb__";
pub(super) const CLASSIC: &str = "__always_scrape_classic_histograms__";
pub(super) const NATIVE: &str = "__scrape_native_histograms__";

/// The prefix of labels that never reach a series.
pub(super) const RESERVED: &str = "__";
/// The prefix of labels from discovery; they are gone after the rules.
pub(super) const META: &str = "__meta_";
/// The prefix of a URL parameter's first value.
pub(super) const PARAM: &str = "__param_";

/// Does what Go's `strconv.ParseBool` does.
pub(super) fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}
