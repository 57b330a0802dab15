//! Families of the text format all of whose samples got another name: their HELP and TYPE go with them.

use std::collections::{HashMap, HashSet};

use exposition::{Line, MetricFamily, MetricType};

/// What can follow a family's name in those of its samples.
const SUFFIXES: [&str; 4] = ["", "_bucket", "_sum", "_count"];

/// The families of a body, and what became of their names.
#[derive(Default)]
pub(super) struct Moved {
    families: Vec<Declared>,
    by_name: HashMap<String, usize>,
    /// The one whose lines are read.
    current: Option<usize>,
    /// New names of samples of no family.
    others: HashSet<String>,
}

struct Declared {
    name: String,
    kind: Option<MetricType>,
    help: Option<String>,
    stem: Stem,
}

/// The name that a family has after the rules.
enum Stem {
    /// No sample of it is left yet.
    Unknown,
    Of(String),
    /// Its samples have gone different ways.
    Several,
}

impl Moved {
    /// Takes note of a line of metadata.
    pub(super) fn declare(&mut self, line: &Line<'_>) {
        match line {
            Line::Help(line) => {
                if let Some(family) = self.enter(&line.name()) {
                    family.help.get_or_insert_with(|| line.text().into_owned());
                }
            }
            Line::Type(line) => {
                if let Some(family) = self.enter(&line.name()) {
                    family.kind.get_or_insert(line.metric_type());
                }
            }
            _ => {}
        }
    }

    /// Returns the family of that name, whose lines follow.
    fn enter(&mut self, name: &str) -> Option<&mut Declared> {
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None => {
                self.by_name.insert(name.to_owned(), self.families.len());
                self.families.push(Declared {
                    name: name.to_owned(),
                    kind: None,
                    help: None,
                    stem: Stem::Unknown,
                });
                self.families.len() - 1
            }
        };
        self.current = Some(at);
        self.families.get_mut(at)
    }

    /// Takes note of a sample that is kept, and of its new name.
    pub(super) fn keep(&mut self, own: &str, name: &str) {
        let family = self.current.and_then(|at| self.families.get_mut(at));
        let suffix = family.as_ref().and_then(|family| {
            let suffix = own.strip_prefix(family.name.as_str())?;
            SUFFIXES.contains(&suffix).then_some(suffix)
        });
        let (Some(family), Some(suffix)) = (family, suffix) else {
            self.others.insert(name.to_owned());
            return;
        };
        let stem = name.strip_suffix(suffix).filter(|stem| !stem.is_empty());
        match (&family.stem, stem) {
            (Stem::Unknown, Some(stem)) => family.stem = Stem::Of(stem.to_owned()),
            (Stem::Of(known), Some(stem)) if known == stem => {}
            _ => family.stem = Stem::Several,
        }
    }

    /// Returns what is known of the families that have another name now, without samples.
    pub(super) fn into_families(self) -> Vec<MetricFamily<'static>> {
        let mut times: HashMap<&str, usize> = HashMap::new();
        for family in &self.families {
            if let Stem::Of(stem) = &family.stem {
                *times.entry(stem).or_default() += 1;
            }
        }
        let is_free = |stem: &str| {
            let is_taken = SUFFIXES
                .iter()
                .any(|end| self.others.contains(&format!("{stem}{end}")));
            times.get(stem) == Some(&1) && !self.by_name.contains_key(stem) && !is_taken
        };
        let moved = self.families.iter().filter_map(|family| {
            let Stem::Of(stem) = &family.stem else {
                return None;
            };
            let kind = family.kind.filter(|_| is_free(stem))?;
            let moved = MetricFamily::new(stem.clone(), kind);
            Some(match &family.help {
                Some(help) => moved.help(help.clone()),
                None => moved,
            })
        });
        moved.collect()
    }
}

#[cfg(test)]
mod tests {
    use exposition::Parser;

    use super::*;

    #[test]
    fn a_family_moves_if_all_its_samples_do() {
        let body = "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n\
                    # TYPE g gauge\ng 1\n# TYPE two histogram\ntwo_sum 1\ntwo_count 1\nbare 1\n";
        for (from, to, expected) in [
            ("h", "new", &["new"][..]),
            // A name that is taken.
            ("h", "g", &[]),
            ("h", "bare", &[]),
            ("g", "two_sum", &["two_sum"]),
            ("two_sum", "other_sum", &[]),
            ("none", "new", &[]),
        ] {
            let mut moved = Moved::default();
            for line in Parser::text(body) {
                let line = line.unwrap();
                moved.declare(&line);
                if let Line::Sample(sample) = &line {
                    let own = sample.name();
                    moved.keep(
                        &own,
                        &own.replacen(from, to, usize::from(own.starts_with(from))),
                    );
                }
            }
            let names: Vec<_> = (moved.into_families().iter())
                .map(|family| family.name.to_string())
                .collect();
            assert_eq!(names, expected, "{from} to {to}");
        }
    }
}
