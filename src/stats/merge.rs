//! Adding collections.

use std::ops::{Add, AddAssign};

use super::adding::Adding;
use super::collection::Stats;
use super::kept::Series;

impl Stats {
    /// Adds what another collection counted, as if its samples had come to this one. The caps of this one hold.
    ///
    /// Takes time in proportion to what the other one keeps.
    ///
    /// ```
    /// use exposition::{Format, Samples, stats::Stats};
    ///
    /// let of = |body| {
    ///     let mut stats = Stats::new();
    ///     stats.read(Samples::new(body, Format::default())).map(|()| stats)
    /// };
    /// let mut both = of("up{instance=\"1\"} 1\n")?;
    /// both.merge(&of("up{instance=\"2\"} 1\n")?);
    /// assert_eq!(both.to_string(), "2 bodies: 2 samples, 2 series of 1 metric; 1 label with 2 values");
    /// # Ok::<(), exposition::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Stats) {
        let totals = &mut self.totals;
        totals.bodies += other.totals.bodies;
        totals.samples += other.totals.samples;
        totals.duplicates += other.totals.duplicates;
        totals.errors += other.totals.errors;
        totals.beyond += other.totals.beyond;
        for (at, series) in other.series.iter().enumerate() {
            self.merge_series(other, at, series);
        }
        // A name is kept only with a series of it: the rest of what is known is added to those that are here.
        for (_, name, about) in other.names.iter() {
            let found = self.names.find(0, name, self.names.hash(0, name));
            if let Some(own) = found.and_then(|found| self.names.get_mut(found)) {
                own.types = own.types.union(about.types);
                own.is_whole |= about.is_whole;
                own.beyond += about.beyond;
            }
        }
    }

    fn merge_series(&mut self, other: &Stats, at: usize, series: &Series) {
        let is_full = self.is_full();
        let found = match self.known.get(&series.print.key()) {
            Some(found) => Some(*found),
            None if is_full => None,
            None => self.copy_series(other, at, series),
        };
        let Some(found) = found else {
            self.totals.beyond += series.samples;
            let name = other.names.text(series.name);
            let known = self.names.find(0, name, self.names.hash(0, name));
            if let Some(name) = known.and_then(|known| self.names.get_mut(known)) {
                name.beyond += series.samples;
            }
            return;
        };
        if let Some(own) = self.series.get_mut(found as usize) {
            own.samples += series.samples;
            own.body = 0;
        }
        if let Some(buckets) = other.native.get(&(at as u32)) {
            let own = self.native.entry(found).or_default();
            *own = (*own).max(*buckets);
        }
    }

    fn copy_series(&mut self, other: &Stats, at: usize, series: &Series) -> Option<u32> {
        let (name, print) = self.name(other.names.text(series.name), false)?;
        let mut adding = Adding::new(name, print);
        for pair in other.pairs_of(at) {
            let label = other.labels.text(other.pairs.scope(*pair));
            match other.pairs.get(*pair)?.print() {
                Some(_) => self.put(&mut adding, label, other.pairs.text(*pair))?,
                None => {
                    let label = self.label(label, false)?;
                    self.put_beyond(&mut adding, label)?;
                }
            }
        }
        let (at, _) = self.put_series(series.print, name, adding.labels, false)?;
        self.last = None;
        Some(at)
    }
}

impl AddAssign<&Stats> for Stats {
    fn add_assign(&mut self, other: &Stats) {
        self.merge(other);
    }
}

impl Add<&Stats> for Stats {
    type Output = Stats;

    fn add(mut self, other: &Stats) -> Stats {
        self.merge(other);
        self
    }
}
