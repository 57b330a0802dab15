//! The manifests that are looked at: files, directories, patterns, standard input.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use exposition::discovery::kubernetes::Addition;
use exposition::operator::Resources;

use crate::console::Console;
use crate::failure::Result;
use crate::relabel::rules_file;
use crate::source;

/// The ends of the names of files with manifests.
const MANIFESTS: [&str; 3] = ["json", "yaml", "yml"];

/// What was found where the command line says to look.
pub(super) struct Found {
    /// What all the manifests are called together.
    pub(super) name: String,
    pub(super) resources: Resources,
    /// What was added to the objects, as a cluster would.
    pub(super) additions: Vec<Addition>,
    /// The other files in directories, which may be bodies.
    pub(super) others: Vec<PathBuf>,
    /// How many files could not be read.
    pub(super) unreadable: usize,
}

impl Found {
    /// Reads manifests from these places. A file in a directory that cannot be read is told of, and left out.
    pub(super) fn read(
        from: &[OsString],
        resources: Resources,
        console: &Console<'_>,
    ) -> Result<Self> {
        let names: Vec<String> = from.iter().map(|from| source::called(from)).collect();
        let mut found = Found {
            name: names.join(" "),
            resources,
            additions: Vec::new(),
            others: Vec::new(),
            unreadable: 0,
        };
        for from in from {
            if !Path::new(from).is_dir() {
                found.add(from)?;
                continue;
            }
            let mut unread = Vec::new();
            let all = source::files(Path::new(from), &mut unread);
            for error in unread {
                console.tell(format_args!("error: {error}"));
                found.unreadable += 1;
            }
            for path in all {
                let end = path.extension().and_then(OsStr::to_str).unwrap_or_default();
                let end = end.to_ascii_lowercase();
                if !MANIFESTS.contains(&end.as_str()) {
                    found.others.push(path);
                } else if let Err(error) = found.add(path.as_os_str()) {
                    console.error(&*error);
                    found.unreadable += 1;
                }
            }
        }
        for (source, error) in found.resources.faults() {
            console.tell(format_args!("error: {source}: {error}"));
            found.unreadable += 1;
        }
        Ok(found)
    }

    /// Returns the manifest of a text that comes along.
    pub(super) fn bundled(texts: &[(&str, &str)], name: &str) -> Result<Self> {
        let mut resources = Resources::new();
        for (name, text) in texts {
            resources.add(name, text)?;
        }
        Ok(Found {
            name: name.to_owned(),
            resources,
            additions: Vec::new(),
            others: Vec::new(),
            unreadable: 0,
        })
    }

    fn add(&mut self, from: &OsStr) -> Result<()> {
        let (name, text) = (source::called(from), source::text(from)?);
        let is_rules = || rules_file::is_meant(&text);
        match self.resources.add(&name, &text) {
            Ok(()) if self.resources.has_no_monitors() && is_rules() => Err(format!(
                "{name}: these are relabel rules or a configuration of Prometheus, not a monitor; `exposition \
                 relabel --rules` shows what they do"
            )
            .into()),
            Ok(()) => Ok(()),
            Err(error) if text.contains("{{") => {
                let error = format!("{error}; this is a template: render it first, with `helm template`");
                Err(source::faulty(&name, &text, &error))
            }
            Err(error) => Err(source::faulty(&name, &text, &error)),
        }
    }

    /// Adds what a cluster would add to the objects.
    pub(super) fn complete(&mut self) {
        self.additions = self.resources.complete();
    }

    /// Describes what was found besides monitors: `2 Deployment, 1 Service`.
    pub(super) fn kinds(&self) -> String {
        let mut kinds = BTreeMap::<&str, usize>::new();
        for other in self.resources.others() {
            *kinds.entry(&other.kind).or_default() += 1;
        }
        let told = kinds
            .iter()
            .map(|(kind, count)| match kind.split_once(" of ") {
                _ if kind.is_empty() => match count {
                    1 => "1 document that is not a resource".to_owned(),
                    count => format!("{count} documents that are not resources"),
                },
                Some((_, group)) => format!("{count} {kind} (read with --group {group})"),
                None => format!("{count} {kind}"),
            });
        told.collect::<Vec<_>>().join(", ")
    }
}
