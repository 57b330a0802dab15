//! Rules for single lines that Prometheus' grammar does not enforce.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::SpecificationRule;
use super::findings::{Findings, Place};
use crate::model::label_names;
use crate::number::decode::Escapes;
use crate::text::line::HelpLine;
use crate::text::sample::Sample;
use crate::text::shape::{LabelShape, Text};

pub(super) fn label_name<'a>(text: &'a str, label: &LabelShape) -> Cow<'a, str> {
    Text::Str(text).unescaped(label.name, Escapes::Quoted)
}

/// Checks that need no family. A wrong name is reported once.
#[derive(Debug, Default)]
pub(super) struct Lexical<'a> {
    told: HashMap<SpecificationRule, HashSet<Cow<'a, str>>>,
}

/// The most characters that an exemplar's labels may have.
const EXEMPLAR_CHARACTERS: usize = 128;

impl<'a> Lexical<'a> {
    /// Checks a name at `place`; for a sample, the name of its family.
    pub(super) fn name(&mut self, name: Cow<'a, str>, place: Place<'_>, found: &mut Findings) {
        let mut tell = |rule, expected| {
            let told = self.told.entry(rule).or_default();
            if !told.contains(&name) {
                told.insert(name.clone());
                place.violates(rule, expected, found);
            }
        };
        if place.byte_before(place.at) == Some(b'"') {
            tell(SpecificationRule::QuotedName, "a name without quotes");
        }
        if name.starts_with('_') {
            tell(
                SpecificationRule::ReservedName,
                "a name that does not start with an underscore",
            );
        }
    }

    pub(super) fn help(&mut self, line: &HelpLine<'_>, place: Place<'_>, found: &mut Findings) {
        let text = line.raw_text();
        let last = place.raw.len().saturating_sub(1);
        if text.ends_with('\r') {
            place.at(last).violates(
                SpecificationRule::CarriageReturn,
                "a line feed without a carriage return",
                found,
            );
        }
        let backslashes = text.bytes().rev().take_while(|b| *b == b'\\').count();
        if backslashes % 2 == 1 {
            place.at(last).violates(
                SpecificationRule::LoneBackslash,
                "a character after the backslash",
                found,
            );
        }
    }

    /// Checks the labels of a sample and of its exemplar. `text` is the text that holds them.
    pub(super) fn labels(
        &mut self,
        sample: &Sample<'_>,
        text: &'a str,
        place: Place<'_>,
        found: &mut Findings,
    ) {
        let labels: Vec<LabelShape> = sample.label_shapes().collect();
        // The offset of the closing brace.
        let closing = (sample.shape.series_end as usize).saturating_sub(1);
        self.set(&labels, closing, text, place, found);
        if let Some(exemplar) = sample.exemplar() {
            let cited: Vec<LabelShape> = exemplar.label_shapes().collect();
            let closing = exemplar.shape().labels_end as usize;
            self.set(&cited, closing, text, place, found);
            let characters = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
                name.chars().count() + value.chars().count()
            };
            let labels = exemplar.labels().iter();
            let characters: usize = labels
                .map(|label| characters((label.name(), label.value())))
                .sum();
            if characters > EXEMPLAR_CHARACTERS {
                let at = cited.first().map_or(closing, |label| label.name.start());
                place.at(at).violates(
                    SpecificationRule::ExemplarLength,
                    "at most 128 characters in the exemplar's labels",
                    found,
                );
            }
        }
    }

    /// Checks one label set, whose braces close at `closing`.
    fn set(
        &mut self,
        labels: &[LabelShape],
        closing: usize,
        text: &'a str,
        place: Place<'_>,
        found: &mut Findings,
    ) {
        if place.raw.get(closing) == Some(&b'}') && place.byte_before(closing) == Some(b',') {
            place.at(closing).violates(
                SpecificationRule::TrailingComma,
                "a label, or no comma before the brace",
                found,
            );
        }
        for label in labels {
            let at = label.name.start();
            self.name(label_name(text, label), place.at(at), found);
        }
        let names = labels.iter().map(|label| label_name(text, label));
        let again = label_names::repeated(names).filter_map(|at| labels.get(at));
        for label in again {
            let place = place.at(label.name.start());
            place.violates(
                SpecificationRule::DuplicateLabel,
                "each label name once",
                found,
            );
        }
    }
}
