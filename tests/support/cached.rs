//! Works out what a cache must report about bodies, by parsing each of them.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::collections::{HashMap, HashSet};

use exposition::cache::{CachedBody, CachedLine, Change};
use exposition::{Dialect, Limits, Line, Parser, Sample, ScrapeCache};

/// A model of a cache, which parses every body.
#[derive(Default)]
struct Model {
    ids: HashMap<Vec<u8>, u64>,
    next_id: u64,
    /// The first value of each series in the last body, as [`said`] tells it.
    values: HashMap<Vec<u8>, String>,
}

/// The lines of a body, each as text.
type Seen = Vec<String>;

impl Model {
    /// Returns the lines of a body with what was taken leniently, and the series that vanish with it.
    fn read(&mut self, body: &[u8], dialect: Dialect, limits: Limits) -> (Seen, HashSet<String>) {
        let mut values = HashMap::new();
        let mut seen = Seen::new();
        let mut parser = Parser::new(body, dialect).limits(limits).note_leniencies();
        for line in parser.by_ref() {
            seen.push(match line {
                Err(error) => format!("{error}\n{}{:?}", error.render(), error.position()),
                Ok(Line::Sample(sample)) => {
                    let raw = sample.raw_series().to_vec();
                    let before = self.values.get(&raw);
                    let change = match (before, values.contains_key(&raw)) {
                        (_, true) => Change::Repeated,
                        (None, _) => Change::New,
                        (Some(before), _) if *before == said(&sample) => Change::Same,
                        _ => Change::Changed,
                    };
                    if change == Change::New {
                        self.ids.insert(raw.clone(), self.next_id);
                        self.next_id += 1;
                    }
                    let id = self.ids.get(&raw).copied().unwrap();
                    values.entry(raw).or_insert_with(|| said(&sample));
                    format!(
                        "{id} {change:?} {} {:?} {:?} {:x} {:?} {:?} {:?} {:?}",
                        sample.name(),
                        sample.labels(),
                        sample.raw_series(),
                        sample.value().to_bits(),
                        sample.timestamp(),
                        sample.exemplar(),
                        sample.metric_type(),
                        sample.preceding_type(),
                    )
                }
                Ok(line) => format!("{line:?}"),
            });
        }
        let leniencies = parser.take_leniencies();
        seen.extend(leniencies.iter().map(ToString::to_string));
        let former = std::mem::replace(&mut self.values, values);
        let gone = former.keys().filter(|raw| !self.values.contains_key(*raw));
        let gone: Vec<Vec<u8>> = gone.cloned().collect();
        let gone = gone
            .iter()
            .map(|raw| format!("{} {raw:?}", self.ids.remove(raw).unwrap()));
        let gone = gone.collect();
        (seen, gone)
    }
}

/// Returns what a sample's value is: the bits of a number, or all that a composite value says.
fn said(sample: &Sample<'_>) -> String {
    match sample.composite() {
        None => format!("{:x}", sample.value().to_bits()),
        Some(composite) => composite.raw().to_owned(),
    }
}

fn show(mut pass: CachedBody<'_, '_>) -> (Seen, HashSet<String>) {
    let mut seen: Seen = pass
        .lines()
        .map(|line| match line {
            Err(error) => format!("{error}\n{}{:?}", error.render(), error.position()),
            Ok(CachedLine::Sample(sample)) => format!(
                "{} {:?} {} {:?} {:?} {:x} {:?} {:?} {:?} {:?}",
                sample.id().get(),
                sample.change(),
                sample.name(),
                sample.labels(),
                sample.series().raw_series(),
                sample.value().to_bits(),
                sample.timestamp(),
                sample.exemplar(),
                sample.metric_type(),
                sample.preceding_type(),
            ),
            Ok(CachedLine::Other(line)) => format!("{line:?}"),
            Ok(line) => unreachable!("{line:?} is no line that is known here"),
        })
        .collect();
    let gone = pass.stale();
    let gone = gone.map(|series| format!("{} {:?}", series.id().get(), series.raw_series()));
    let gone = gone.collect();
    seen.extend(pass.leniencies().iter().map(ToString::to_string));
    (seen, gone)
}

/// Asserts that a cache reads these bodies, in order, each as a parser reads it alone.
#[track_caller]
pub(crate) fn check<'b>(bodies: impl IntoIterator<Item = (&'b [u8], Dialect)>, limits: Limits) {
    let mut cache = ScrapeCache::new().limits(limits);
    let mut model = Model::default();
    for (number, (body, dialect)) in bodies.into_iter().enumerate() {
        let expected = model.read(body, dialect, limits);
        let pass = cache.read(body, dialect);
        assert_eq!(
            show(pass),
            expected,
            "body {number}, {dialect:?}: {}",
            body.escape_ascii()
        );
        assert_eq!(cache.len(), model.values.len());
    }
}
