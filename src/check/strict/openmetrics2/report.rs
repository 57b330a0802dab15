//! Reports what is found in one line.

use smallvec::SmallVec;

use super::super::demand::Demand;
use super::super::findings::{Findings, Place};
use super::cursor::Fault;
use crate::error::ErrorKind;

/// The line that is checked, and where to report what is found in it.
#[derive(Debug)]
pub(super) struct Report<'a, 'f> {
    pub(super) place: Place<'a>,
    found: &'f mut Findings,
    /// What is reported once for a line, and was.
    told: SmallVec<[&'static str; 4]>,
    /// Advice that was given about the family's samples.
    pub(super) advised: Vec<&'static str>,
}

impl<'a, 'f> Report<'a, 'f> {
    pub(super) fn new(place: Place<'a>, found: &'f mut Findings) -> Self {
        Report {
            place,
            found,
            told: SmallVec::new(),
            advised: Vec::new(),
        }
    }

    /// Reports that the line does not do what is demanded at byte `at`.
    pub(super) fn add(&mut self, at: usize, demand: Demand) {
        self.found.add(demand, self.place.at(at));
    }

    /// Does what [`add`](Self::add) does, for a line once: it may have very many such places.
    pub(super) fn once(&mut self, at: usize, demand: Demand) {
        if !self.told.contains(&demand.expected) {
            self.told.push(demand.expected);
            self.add(at, demand);
        }
    }

    /// Does what [`add`](Self::add) does, for a family once.
    pub(super) fn advise(&mut self, at: usize, demand: Demand) {
        if !self.advised.contains(&demand.expected) {
            self.advised.push(demand.expected);
            self.add(at, demand);
        }
    }

    /// Reports why the line cannot be read further.
    pub(super) fn fault(&mut self, fault: Fault) {
        let place = self.place.at(fault.at);
        match fault.kind {
            ErrorKind::Specification => self.found.add(fault.demand, place),
            kind => self.found.add_error(kind, fault.demand, place),
        }
    }

    /// Reports something about a line before.
    pub(super) fn before(&mut self, place: Place<'_>, demand: Demand) {
        self.found.add(demand, place);
    }
}
