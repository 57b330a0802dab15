//! One pass over all series, which most answers need.

use super::collection::Stats;
use super::length;
use crate::bytes::work;

/// What the series of a collection add up to.
#[derive(Debug)]
pub(super) struct Tally {
    /// By the number of the name.
    pub(super) names: Vec<Sum>,
    /// By the number of the pair. Their bytes are those of the label alone.
    pub(super) pairs: Vec<Sum>,
    pub(super) bytes: u64,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) series: u64,
    pub(super) samples: u64,
    pub(super) bytes: u64,
}

impl Sum {
    pub(super) fn add(&mut self, other: Sum) {
        self.series += other.series;
        self.samples += other.samples;
        self.bytes += other.bytes;
    }
}

impl Tally {
    pub(super) fn of(stats: &Stats) -> Self {
        let names = stats.names.iter();
        let names: Vec<_> = names.map(|(_, name, _)| length::of_name(name)).collect();
        let pairs = stats.pairs.iter().map(|(label, value, _)| {
            let name = stats.labels.text(label);
            length::of_label(name, value)
        });
        let pairs: Vec<u64> = pairs.collect();
        let mut tally = Tally {
            names: vec![Sum::default(); names.len()],
            pairs: vec![Sum::default(); pairs.len()],
            bytes: 0,
        };
        for (series, own) in stats.all_series() {
            work::on(own.len() + 1);
            let mut labels = 0;
            for pair in own {
                let bytes = pairs.get(*pair as usize).copied().unwrap_or_default();
                labels += bytes;
                if let Some(sum) = tally.pairs.get_mut(*pair as usize) {
                    sum.add(Sum {
                        series: 1,
                        samples: series.samples,
                        bytes,
                    });
                }
            }
            let name = names.get(series.name as usize).copied().unwrap_or_default();
            let bytes = length::of_series(name, labels, own.len() as u64);
            tally.bytes += bytes;
            if let Some(sum) = tally.names.get_mut(series.name as usize) {
                sum.add(Sum {
                    series: 1,
                    samples: series.samples,
                    bytes,
                });
            }
        }
        tally
    }
}
