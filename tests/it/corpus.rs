//! Bodies that real servers printed: every door has Prometheus' samples and verdict. With
//! `EXPOSITION_GOLDEN`, the whole corpus next to that directory too.

use exposition::{Families, Limits, Line, Parser, Result};

use crate::support::corpus;
use crate::support::doors;
use crate::support::families;

use corpus::each_body;

#[test]
fn samples_and_verdict_are_those_of_prometheus() {
    let bodies = each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let mut samples = 0;
        let mut error = None;
        for line in Parser::new(body, dialect) {
            match line {
                Ok(Line::Sample(_)) => samples += 1,
                Ok(_) => {}
                Err(e) => {
                    error = Some(e);
                    break;
                }
            }
        }
        assert_eq!(error.is_none(), entry.accepted, "{path}: {error:?}");
        assert_eq!(samples, entry.samples, "samples of {path}");
    });
    assert!(bodies >= 44, "{bodies} bodies");
}

/// Compares each line that a door returns with the slice's line.
struct Beside<'a> {
    slice: Parser<'a>,
    lines: usize,
    door: String,
}

impl Beside<'_> {
    fn see(&mut self, line: &Result<Line<'_>>) {
        self.lines += 1;
        let (door, lines) = (&self.door, self.lines);
        let want = self.slice.next();
        assert_eq!(Some(line), want.as_ref(), "{door}, line {lines}");
        if let (Err(error), Some(Err(want))) = (line, &want) {
            assert_eq!(error.render().to_string(), want.render().to_string());
        }
    }

    fn end(mut self) {
        let more = self.slice.next();
        assert!(more.is_none(), "{}: ended before {more:?}", self.door);
    }
}

#[test]
fn every_door_gives_the_same_lines() {
    each_body(|entry, body, dialect| {
        let beside = |door: &str, step: usize| Beside {
            slice: Parser::new(body, dialect),
            lines: 0,
            door: format!("{}, {door} of {step}", entry.path.display()),
        };
        for step in [1, 7, 4096, usize::MAX] {
            let mut by_reader = beside("reader", step);
            let block = step.min(1 << 22);
            doors::by_reader(body, dialect, Limits::new(), (step, block), |line| {
                by_reader.see(&line);
            });
            by_reader.end();
            let mut by_chunks = beside("chunks", step);
            doors::by_chunks(
                body,
                dialect,
                Limits::new(),
                || step,
                |line| {
                    by_chunks.see(&line);
                },
            );
            by_chunks.end();
        }
    });
}

#[test]
fn every_sample_is_in_one_family() {
    each_body(|entry, body, dialect| {
        let path = entry.path.display();
        let checked = families::check_doors(body, dialect);
        assert_eq!(checked, Ok(()), "{path}");
        let collected = Families::new(body, dialect).read_all();
        let samples: usize = (collected.families.iter())
            .map(|family| family.samples().count())
            .sum();
        if entry.accepted {
            assert_eq!(collected.errors, [], "{path}");
            assert_eq!(samples, entry.samples, "samples of {path}");
        }
    });
}
