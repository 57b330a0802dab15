//! What a cache reads of a body is what a parser reads of it, whatever bodies came before.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail them")]

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use exposition::cache::{CachedLine, Change, Pass};
use exposition::{Dialect, Limits, Line, Parser, ScrapeCache};
use proptest::prelude::*;

#[path = "support/content_type.rs"]
mod content_type;
#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/scrapes.rs"]
mod scrapes;

const DIALECTS: [Dialect; 3] = [Dialect::Prometheus, Dialect::OpenMetrics, Dialect::Lenient];

/// What a cache has to say, worked out by parsing every body.
#[derive(Default)]
struct Model {
    ids: HashMap<Vec<u8>, u64>,
    next_id: u64,
    /// The first value of each series in the last body.
    values: HashMap<Vec<u8>, f64>,
}

/// The lines of a body, each as text.
type Seen = Vec<String>;

impl Model {
    /// The lines of a body, and the series that vanish with it.
    fn read(&mut self, body: &[u8], dialect: Dialect, limits: Limits) -> (Seen, HashSet<String>) {
        let mut values = HashMap::new();
        let mut seen = Seen::new();
        for line in Parser::new(body, dialect).limits(limits) {
            seen.push(match line {
                Err(error) => format!("{error}\n{}{:?}", error.render(), error.position()),
                Ok(Line::Sample(sample)) => {
                    let raw = sample.raw_series().to_vec();
                    let before = self.values.get(&raw);
                    let change = match (before, values.contains_key(&raw)) {
                        (_, true) => Change::Repeated,
                        (None, _) => Change::New,
                        (Some(before), _) if before.to_bits() == sample.value().to_bits() => {
                            Change::Same
                        }
                        _ => Change::Changed,
                    };
                    if change == Change::New {
                        self.ids.insert(raw.clone(), self.next_id);
                        self.next_id += 1;
                    }
                    let id = self.ids.get(&raw).copied().unwrap();
                    values.entry(raw).or_insert(sample.value());
                    format!(
                        "{id} {change:?} {} {:?} {:?} {:x} {:?} {:?} {:?}",
                        sample.name(),
                        sample.labels(),
                        sample.raw_series(),
                        sample.value().to_bits(),
                        sample.timestamp(),
                        sample.exemplar(),
                        sample.type_in_force(),
                    )
                }
                Ok(line) => format!("{line:?}"),
            });
        }
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

fn show(pass: Pass<'_>) -> (Seen, HashSet<String>) {
    let lines = pass.lines().map(|line| match line {
        Err(error) => format!("{error}\n{}{:?}", error.render(), error.position()),
        Ok(CachedLine::Sample(sample)) => format!(
            "{} {:?} {} {:?} {:?} {:x} {:?} {:?} {:?}",
            sample.id().get(),
            sample.change(),
            sample.name(),
            sample.labels(),
            sample.series().raw_series(),
            sample.value().to_bits(),
            sample.timestamp(),
            sample.exemplar(),
            sample.type_in_force(),
        ),
        Ok(CachedLine::Other(line)) => format!("{line:?}"),
        Ok(line) => unreachable!("{line:?} is no line that is known here"),
    });
    let gone = pass.vanished();
    let gone = gone.map(|series| format!("{} {:?}", series.id().get(), series.raw_series()));
    (lines.collect(), gone.collect())
}

#[track_caller]
fn check<'b>(bodies: impl IntoIterator<Item = (&'b [u8], Dialect)>, limits: Limits) {
    let mut cache = ScrapeCache::new().limits(limits);
    let mut model = Model::default();
    for (number, (body, dialect)) in bodies.into_iter().enumerate() {
        let expected = model.read(body, dialect, limits);
        let pass = cache.scrape(body, dialect);
        assert_eq!(
            pass.lines().len(),
            expected.0.len(),
            "body {number}, {dialect:?}: {}",
            body.escape_ascii()
        );
        assert_eq!(
            show(pass),
            expected,
            "body {number}, {dialect:?}: {}",
            body.escape_ascii()
        );
        assert_eq!(cache.len(), model.values.len());
    }
}

/// Bodies of real servers: again, with other values, without some lines, in another order, in the
/// other dialect, and after that of another server.
#[test]
fn bodies_of_real_servers() {
    let other = RefCell::new(Vec::new());
    let bodies = corpus::each_body(|_, body, dialect| {
        let lines: Vec<&[u8]> = body.split_inclusive(|&b| b == b'\n').collect();
        let numbered = lines.iter().enumerate();
        let without_some = numbered.filter(|(number, _)| number % 97 != 3);
        let without_some: Vec<&[u8]> = without_some.map(|(_, line)| *line).collect();
        let half = lines.get(..lines.len() / 2).unwrap_or_default();
        let mut turned = lines.clone();
        turned.rotate_left(lines.len() / 3);
        let scrapes = [
            (other.take(), dialect),
            (body.to_vec(), dialect),
            (body.to_vec(), dialect),
            (scrapes::with_other_values(body, "1"), dialect),
            (scrapes::with_other_values(body, ".5e3"), dialect),
            (without_some.concat(), dialect),
            (body.to_vec(), dialect),
            (turned.concat(), dialect),
            (half.concat(), dialect),
            (body.to_vec(), Dialect::Lenient),
            (body.to_vec(), dialect),
        ];
        check(
            scrapes
                .iter()
                .map(|(body, dialect)| (body.as_slice(), *dialect)),
            Limits::new(),
        );
        other.replace(body.to_vec());
    });
    assert!(bodies >= 44, "{bodies} bodies");
}

/// Bodies large enough for what vanished to be dropped, over and over.
#[test]
fn many_series_come_and_go() {
    let mut random = 1u64;
    let mut next = move |below: usize| {
        random = random
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (random >> 33) as usize % below
    };
    let mut lines: Vec<String> = Vec::new();
    let mut number = 0;
    let mut bodies = Vec::new();
    for scrape in 0..60 {
        let gone = next(lines.len() + 1);
        match scrape % 6 {
            0 => lines.clear(),
            1 => lines.truncate(gone),
            2 => drop(lines.drain(gone..lines.len().min(gone + 700))),
            3 => lines.rotate_left(gone),
            4 => lines.reverse(),
            _ => {}
        }
        for _ in 0..next(3000) {
            number += 1;
            let line = match number % 50 {
                0 => format!("# TYPE m{number} gauge\n"),
                1 => format!("m{{a=\"{number}\n\"}} 1\n"),
                2 => format!("m{{a=\"{number}\"}} 1 17\n"),
                _ => format!(
                    "m_{}{{number=\"{number}\",a=\"b\"}} {}\n",
                    number % 7,
                    next(99)
                ),
            };
            lines.insert(next(lines.len() + 1), line);
        }
        bodies.push(lines.concat());
    }
    let bodies = bodies
        .iter()
        .map(|body| (body.as_bytes(), Dialect::Prometheus));
    check(bodies, Limits::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_chain_of_bodies_is_read_as_each_alone(bodies in scrapes::chain()) {
        for dialect in DIALECTS {
            check(bodies.iter().map(|body| (body.as_slice(), dialect)), Limits::new());
        }
    }

    #[test]
    fn the_dialect_may_change(
        bodies in scrapes::chain(),
        dialects in prop::collection::vec(prop::sample::select(&DIALECTS), 7),
    ) {
        let bodies = bodies.iter().map(Vec::as_slice);
        check(bodies.zip(dialects), Limits::new());
    }

    #[test]
    fn limits_hold(
        bodies in scrapes::chain(),
        line in 0usize..40,
        labels in 0usize..3,
        body in 0u64..300,
        which in 0usize..6,
    ) {
        let limits = Limits::new();
        let limits = match which {
            0 => limits.line(line),
            1 => limits.labels(labels),
            2 => limits.body(body),
            _ => limits.line(line).labels(labels).body(body),
        };
        for dialect in DIALECTS {
            check(bodies.iter().map(|body| (body.as_slice(), dialect)), limits);
        }
    }
}
