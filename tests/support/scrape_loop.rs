//! Compares a loop of scrapes with separate scrapes.

use std::collections::BTreeSet;

use exposition::SampleValue;
use exposition::scrape::{SampleConfig, ScrapeLoop, Target};

pub(crate) type Labels = Vec<(String, String)>;

/// What a target answered, and when; or that it did not answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Body(Option<&'static str>, Vec<u8>, i64),
    None,
}

/// Everything visible of a scrape.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    samples: Vec<(Labels, String, Option<i64>)>,
    report: String,
}

/// Returns everything about a value, down to the bits of a number.
fn value(value: SampleValue<'_>) -> String {
    match value {
        SampleValue::Float(number) => format!("{:x}", number.to_bits()),
        other => format!("{other:?}"),
    }
}

fn afresh(config: &SampleConfig, target: &Target, answer: &Answer) -> Seen {
    let Answer::Body(content_type, body, time) = answer else {
        return Seen::default();
    };
    let mut scrape = config.scrape(target, *content_type, body).at(*time);
    let mut samples = Vec::new();
    while let Some(sample) = scrape.next_sample() {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let labels = sample.labels.clone().sorted().map(owned).collect();
        samples.push((labels, value(sample.value), sample.timestamp));
    }
    let report = format!("{:?}", scrape.report());
    Seen { samples, report }
}

fn by_loop(scrapes: &mut ScrapeLoop, answer: &Answer) -> Seen {
    let Answer::Body(content_type, body, time) = answer else {
        scrapes.unanswered();
        return Seen::default();
    };
    let mut scrape = scrapes.scrape(*content_type, body).at(*time);
    let mut samples = Vec::new();
    while let Some(sample) = scrape.next_sample() {
        let labels = sample.labels.to_vec();
        samples.push((labels, value(sample.value), sample.timestamp));
    }
    let report = format!("{:?}", scrape.report());
    Seen { samples, report }
}

/// Asserts that a loop stores and reports for each answer what it would without the others, and that exactly
/// the series that are not stored again are stale.
pub(crate) fn check<'a>(
    config: &SampleConfig,
    target: &Target,
    answers: impl IntoIterator<Item = &'a Answer>,
) {
    let mut scrapes = ScrapeLoop::new(config.clone(), target.clone());
    let mut before = BTreeSet::new();
    for answer in answers {
        let fresh = afresh(config, target, answer);
        assert_eq!(by_loop(&mut scrapes, answer), fresh, "{answer:?}");
        let tracked = fresh.samples.into_iter();
        let tracked = tracked.filter_map(|(labels, _, own)| own.is_none().then_some(labels));
        let tracked: BTreeSet<Labels> = tracked.collect();
        let mut stale: Vec<Labels> = scrapes.stale().map(<[_]>::to_vec).collect();
        stale.sort();
        let gone: Vec<Labels> = before.difference(&tracked).cloned().collect();
        assert_eq!(stale, gone, "{answer:?}");
        before = tracked;
    }
}
