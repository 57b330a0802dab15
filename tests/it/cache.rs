//! A cache reads from a body what a parser reads from it, regardless of earlier bodies.

use std::cell::RefCell;
use std::collections::HashSet;

use exposition::{Dialect, Limits, Parser, ScrapeCache};
use proptest::prelude::*;

use crate::support::cached;
use crate::support::corpus;
use crate::support::scrapes;
use crate::support::sequences;

use cached::check;

const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::OpenMetrics2,
    Dialect::Lenient,
];

/// Bodies of real servers: again, with other values in half of it and in all of it, without some lines, in another order, in the other
/// dialect, and after another server's.
#[test]
fn bodies_of_real_servers() {
    let other = RefCell::new(Vec::new());
    let bodies = corpus::each_body(|_, body, dialect| {
        let lines: Vec<&[u8]> = body.split_inclusive(|&b| b == b'\n').collect();
        let numbered = lines.iter().enumerate();
        let without_some = numbered.filter(|(number, _)| number % 97 != 3);
        let without_some: Vec<&[u8]> = without_some.map(|(_, line)| *line).collect();
        let half = lines.get(..lines.len() / 2).unwrap_or_default();
        let (start, rest) = lines.split_at(lines.len() / 2);
        let half_changed = [
            scrapes::with_other_values(&start.concat(), "7"),
            rest.concat(),
        ];
        let mut turned = lines.clone();
        turned.rotate_left(lines.len() / 3);
        let scrapes = [
            (other.take(), dialect),
            (body.to_vec(), dialect),
            (body.to_vec(), dialect),
            (body.to_vec(), dialect),
            (half_changed.concat(), dialect),
            (half_changed.concat(), dialect),
            (half_changed.concat(), dialect),
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

/// Short ones, and some so long that what has gone is dropped.
#[test]
fn sequences_that_are_in_the_way() {
    for sequence in sequences::SEQUENCES {
        println!("{}", sequence.name);
        for bytes in [500, 20_000, 150_000] {
            let bodies = sequence.bodies(bytes);
            let bodies = bodies
                .iter()
                .map(|(body, dialect)| (body.as_slice(), *dialect));
            check(bodies, Limits::new());
        }
    }
}

/// Bodies large enough that what vanished is dropped, repeatedly.
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
    let bodies = bodies.iter().map(|body| (body.as_bytes(), Dialect::Text));
    check(bodies, Limits::new());
}

/// Its lines may be known by then, and begin elsewhere than in the body before.
#[test]
fn a_body_that_is_leaked_ends_where_its_reading_stopped() {
    let body = |value: &str| -> String {
        let lines = (0..3000).map(|at| format!("a{{number=\"{at}\"}} {value}\n"));
        lines.collect()
    };
    let (first, longer) = (body("1"), body("10"));
    let others = [
        longer.clone(),
        longer.replace("a{", "b{"),
        format!("x\n{first}"),
        format!("x\n{longer}"),
        format!("{}{first}", "\n".repeat(9000)),
    ];
    for (leaked, lines) in others
        .iter()
        .chain([&first])
        .flat_map(|body| [(body, 1), (body, 10)])
    {
        let mut cache = ScrapeCache::new();
        cache.read(first.as_bytes(), Dialect::Text);
        let mut pass = cache.read(leaked.as_bytes(), Dialect::Text);
        assert_eq!(pass.samples().take(lines).count(), lines);
        std::mem::forget(pass);
        let mut known = HashSet::new();
        for body in [&first, &body("2"), &first] {
            let mut pass = cache.read(body.as_bytes(), Dialect::Text);
            let read: Vec<_> = pass.samples().map(Result::unwrap).collect();
            let parsed = Parser::text(body).map(|line| line.unwrap().into_sample().unwrap());
            assert!(read.iter().map(|sample| *sample.sample()).eq(parsed));
            let ids: HashSet<_> = read.iter().map(|sample| sample.id()).collect();
            assert_eq!(ids.len(), read.len());
            assert!(known.is_empty() || known == ids);
            known = ids;
        }
    }
}

/// Lines that were the same again and again are not taken without being looked at then.
#[test]
fn limits_that_come_late_hold() {
    let body = "a{b=\"c\"} 1\n".repeat(9);
    let mut cache = ScrapeCache::new();
    for _ in 0..3 {
        let mut pass = cache.read(body.as_bytes(), Dialect::Text);
        assert!(pass.samples().all(|sample| sample.is_ok()));
    }
    let mut cache = cache.limits(Limits::new().max_line_bytes(4));
    let mut pass = cache.read(body.as_bytes(), Dialect::Text);
    assert_eq!(pass.samples().filter(Result::is_err).count(), 9);
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
            0 => limits.max_line_bytes(line),
            1 => limits.max_labels(labels),
            2 => limits.max_body_bytes(body),
            _ => limits.max_line_bytes(line).max_labels(labels).max_body_bytes(body),
        };
        for dialect in DIALECTS {
            check(bodies.iter().map(|body| (body.as_slice(), dialect)), limits);
        }
    }
}
