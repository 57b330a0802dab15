//! Which labels tell the samples of one metric apart.

use crate::model::metric_type::MetricType;

/// The labels that tell the samples of one metric apart: those that they do not have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Inside {
    pub(super) le: bool,
    pub(super) quantile: bool,
    pub(super) state: bool,
}

impl Inside {
    pub(super) fn add(&mut self, kind: MetricType) {
        match kind {
            MetricType::Histogram | MetricType::GaugeHistogram => self.le = true,
            MetricType::Summary => self.quantile = true,
            MetricType::StateSet => self.state = true,
            MetricType::Counter | MetricType::Gauge | MetricType::Info | MetricType::Unknown => {}
        }
    }

    pub(super) fn extend(&mut self, other: Inside) {
        self.le |= other.le;
        self.quantile |= other.quantile;
    }

    pub(super) fn tells_any_apart(self) -> bool {
        self.le || self.quantile || self.state
    }

    /// Tells whether the family's own name is the label of its states.
    pub(super) fn states(self) -> bool {
        self.state
    }
}
