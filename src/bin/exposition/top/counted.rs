//! What was counted.

use exposition::stats::Stats;

use super::what_if::WhatIf;
use crate::console::Console;
use crate::outcome::Outcome;
use crate::page::number;
use crate::source::Source;
use crate::verdict;

/// What was counted.
pub(super) struct Counted {
    /// The names of the bodies.
    pub(super) sources: Vec<String>,
    pub(super) stats: Stats,
    pub(super) what_if: Option<WhatIf>,
}

impl Counted {
    /// Counts a body.
    pub(super) fn read(&mut self, source: &Source, console: &Console<'_>) -> Outcome {
        let before = self.stats.errors();
        let read = self.stats.read(source.samples());
        if let Some(what_if) = &mut self.what_if {
            what_if.read(source);
        }
        self.sources.push(source.name.clone());
        let Err(error) = read else {
            return Outcome::Fine;
        };
        console.tell(verdict::rendered(&error, &source.name));
        let lines = number::whole(self.stats.errors() - before);
        let lines = number::counted(lines, "line is", "lines are");
        console.note(format_args!(
            "{}: {lines} in error and not counted",
            source.name
        ));
        verdict::outcome(std::slice::from_ref(&error))
    }
}
