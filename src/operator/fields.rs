//! Reads a map key by key, and reports errors with the path of the field.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::{
    check::rule,
    error::{KeyHint, ManifestError, ManifestErrorKind},
};
use crate::yaml::meant;
use crate::yaml::node::Node;

/// The keys that one place of a manifest may have.
#[derive(Debug, PartialEq)]
pub(crate) struct Level {
    /// Where the place is, with `[]` for any index: `spec.endpoints[]`.
    pub(crate) place: &'static str,
    /// The keys that are read, in groups that several places can share.
    pub(crate) known: &'static [&'static [&'static str]],
    /// The keys that exist but do not affect what is rendered.
    pub(crate) aside: &'static [&'static str],
}

impl Level {
    /// Returns all its keys.
    fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.known
            .iter()
            .chain([&self.aside])
            .copied()
            .flatten()
            .copied()
    }
}

/// All places in one kind of document.
pub(crate) struct Schema {
    pub(crate) levels: &'static [&'static Level],
    /// Keys of other kinds: the key, the kind, and what this kind has instead.
    pub(crate) foreign: &'static [(&'static str, &'static str, Option<&'static str>)],
}

impl Schema {
    fn hint(&self, level: &Level, key: &str) -> KeyHint {
        let here = || level.keys();
        let written = meant::bare(key);
        let is_here = here().any(|name| meant::bare(name) == written);
        // A `ScrapeConfig` has some of Prometheus' keys.
        let bare = (RENAMED.iter())
            .find(|(prometheus, _)| *prometheus == written && !is_here)
            .map_or(written.as_str(), |(_, operator)| operator);
        let same = |name: &&str| meant::bare(name) == bare;
        if let Some(name) = here().find(same) {
            return KeyHint::Spelling(name);
        }
        for &(name, kind, instead) in self.foreign {
            if same(&name) {
                return KeyHint::OtherKind { kind, instead };
            }
        }
        // The place is worth naming only if the key belongs to a single one.
        let mut elsewhere = self.levels.iter().filter_map(|level| {
            let name = level.keys().find(same)?;
            Some((name, level.place))
        });
        if let (Some((key, place)), None) = (elsewhere.next(), elsewhere.next()) {
            return KeyHint::Place { key, place };
        }
        match here().find(|name| meant::near(&meant::bare(name), bare, slips)) {
            Some(name) => KeyHint::Spelling(name),
            None => KeyHint::OneOf(level.known.concat()),
        }
    }
}

/// Keys of Prometheus' configuration that have another name in a monitor, both in bare form.
const RENAMED: [(&str, &str); 6] = [
    ("scrapeinterval", "interval"),
    ("metricspath", "path"),
    ("relabelconfigs", "relabelings"),
    ("metricrelabelconfigs", "metricrelabelings"),
    ("alwaysscrapeclassichistograms", "scrapeclassichistograms"),
    ("bearertoken", "bearertokensecret"),
];

/// Returns how many letters of a key may be wrong, where the shorter of the two has `letters`.
pub(crate) fn slips(letters: usize) -> usize {
    if letters > 6 { 2 } else { 1 }
}

/// What is wrong with a document, as far as it has been read.
pub(crate) type Faults = Rc<RefCell<Vec<ManifestError>>>;

/// Reads the maps of one document.
///
/// A wrong field does not end the reading: it counts as absent, and the error is kept. After the document has
/// been read, call [`fault`](Self::fault), or [`into_faults`](Self::into_faults) for all errors.
pub(crate) struct Reader {
    schema: &'static Schema,
    faults: Faults,
    /// What a cluster would refuse, or ignore if there is no rule, but that can be rendered anyway.
    pub(crate) warnings: Vec<ManifestError>,
}

impl Reader {
    pub(crate) fn new(schema: &'static Schema) -> Self {
        Reader {
            schema,
            faults: Faults::default(),
            warnings: Vec::new(),
        }
    }

    /// Adds an error in a document that is not read any further.
    pub(crate) fn add(&self, fault: ManifestError) {
        self.faults.borrow_mut().push(fault);
    }

    /// Returns the first error, if there is one.
    pub(crate) fn fault(&self) -> Result<(), ManifestError> {
        self.faults.borrow().first().cloned().map_or(Ok(()), Err)
    }

    /// Returns all errors in the order of reading; what a cluster would refuse but could be rendered comes last.
    pub(crate) fn into_faults(self) -> Vec<ManifestError> {
        let mut faults = self.faults.take();
        let refused = |warning: &ManifestError| warning.rule().is_some();
        faults.extend(self.warnings.into_iter().filter(refused));
        faults
    }

    /// Finds the keys of `level` in `node`, at `path`, which must be a map. Other keys are errors.
    pub(crate) fn fields<'n>(
        &mut self,
        node: &'n Node,
        path: &str,
        level: &'static Level,
    ) -> Result<Fields<'n>, ManifestError> {
        self.fields_of(node, path, level, |_| false)
    }

    /// Does the same for a map of which only some keys matter: other keys are skipped, unless they resemble
    /// one that matters.
    pub(crate) fn some_fields<'n>(
        &mut self,
        node: &'n Node,
        path: &str,
        level: &'static Level,
    ) -> Result<Fields<'n>, ManifestError> {
        self.fields_of(node, path, level, |hint| {
            !matches!(hint, KeyHint::Spelling(_))
        })
    }

    fn fields_of<'n>(
        &mut self,
        node: &'n Node,
        path: &str,
        level: &'static Level,
        passes: impl Fn(&KeyHint) -> bool,
    ) -> Result<Fields<'n>, ManifestError> {
        let Node::Map(map) = node else {
            return Err(type_error(path, "a map", node));
        };
        let mut entries = Vec::with_capacity(map.len());
        for (key, value) in map {
            if level.known.iter().any(|keys| keys.contains(&key.as_str())) {
                if *value != Node::Null {
                    entries.push((key.as_str(), value));
                }
            } else if !level.aside.contains(&key.as_str()) {
                let hint = self.schema.hint(level, key);
                if !passes(&hint) {
                    let kind = ManifestErrorKind::UnknownKey { hint };
                    self.add(ManifestError::new(join(path, key), kind));
                }
            }
        }
        Ok(Fields {
            path: path.to_owned(),
            entries,
            faults: Rc::clone(&self.faults),
        })
    }
}

/// One map of a document, every key of which is known. A null value counts as absent, as in Kubernetes.
pub(crate) struct Fields<'n> {
    path: String,
    entries: Vec<(&'n str, &'n Node)>,
    faults: Faults,
}

impl<'n> Fields<'n> {
    /// Returns the path of the field `key`.
    pub(crate) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        (self.entries.iter().find(|(name, _)| *name == key)).map(|(_, node)| *node)
    }

    pub(crate) fn required(&self, key: &str, why: &'static str) -> Result<&'n Node, ManifestError> {
        self.get(key).ok_or_else(|| self.missing(key, why))
    }

    pub(crate) fn missing(&self, key: &str, why: &'static str) -> ManifestError {
        ManifestError::new(self.path(key), ManifestErrorKind::Missing { why })
    }

    /// Records an error if there is no `key`.
    pub(crate) fn require(&self, key: &str, why: &'static str) {
        if self.get(key).is_none() {
            self.faults.borrow_mut().push(self.missing(key, why));
        }
    }

    /// Returns the value of `key` that `read` makes of the node. What it refuses is recorded as an error, and
    /// counts as absent.
    pub(crate) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'n Node, &str) -> Result<T, ManifestError>,
    ) -> Option<T> {
        let node = self.get(key)?;
        self.keep(read(node, &self.path(key)))
    }

    fn keep<T>(&self, read: Result<T, ManifestError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.borrow_mut().push(fault);
                None
            }
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.read(key, text)
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.read(key, flag)
    }

    pub(crate) fn number<T: TryFrom<i128>>(&self, key: &str, expected: &'static str) -> Option<T> {
        self.read(key, |node, path| number(node, path, expected))
    }

    /// Returns a list, with each item as `read` makes it of the node. An absent list is empty, and items that
    /// are refused are left out.
    pub(crate) fn list<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&'n Node, &str) -> Result<T, ManifestError>,
    ) -> Vec<T> {
        let path = self.path(key);
        let items = match self.get(key) {
            None => return Vec::new(),
            Some(Node::List(items)) => items,
            Some(node) => {
                self.keep::<T>(Err(type_error(path, "a list", node)));
                return Vec::new();
            }
        };
        (items.iter().enumerate())
            .filter_map(|(index, item)| self.keep(read(item, &format!("{path}[{index}]"))))
            .collect()
    }

    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        self.list(key, text)
    }

    /// Returns a map with any keys, with each value as `read` makes it of the node. An absent map is `None`,
    /// and values that are refused are left out.
    pub(crate) fn map<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&'n Node, &str) -> Result<T, ManifestError>,
    ) -> Option<BTreeMap<String, T>> {
        let path = self.path(key);
        let entries = match self.get(key)? {
            Node::Map(entries) => entries,
            node => return self.keep(Err(type_error(path, "a map", node))),
        };
        let values = (entries.iter())
            .filter_map(|(key, value)| {
                let value = self.keep(read(value, &format!("{path}.{key}")))?;
                Some((key.clone(), value))
            })
            .collect();
        Some(values)
    }

    /// Returns a list of words of a set.
    pub(crate) fn choices<T: Copy>(&self, key: &str, words: &[(&'static str, T)]) -> Vec<T> {
        self.list(key, |node, path| choice(node, path, words))
    }

    /// Returns one of a set of words.
    pub(crate) fn choice<T: Copy>(&self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        self.read(key, |node, path| choice(node, path, words))
    }
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

pub(crate) fn type_error(
    path: impl Into<String>,
    expected: &'static str,
    node: &Node,
) -> ManifestError {
    let found = node.describe();
    ManifestError::new(path, ManifestErrorKind::Type { expected, found })
}

pub(crate) fn value_error(path: &str, found: &str, expected: impl Into<String>) -> ManifestError {
    let (found, expected) = (found.to_owned(), expected.into());
    ManifestError::new(path, ManifestErrorKind::Value { found, expected })
}

pub(crate) fn text(node: &Node, path: &str) -> Result<String, ManifestError> {
    (node.as_text().map(str::to_owned)).ok_or_else(|| type_error(path, "a string", node))
}

fn flag(node: &Node, path: &str) -> Result<bool, ManifestError> {
    match node {
        Node::Bool(value) => Ok(*value),
        _ => Err(type_error(path, "true or false", node)),
    }
}

pub(crate) fn number<T: TryFrom<i128>>(
    node: &Node,
    path: &str,
    expected: &'static str,
) -> Result<T, ManifestError> {
    let value = node
        .as_whole()
        .ok_or_else(|| type_error(path, expected, node))?;
    T::try_from(value).map_err(|_| type_error(path, expected, node).under(&rule::RANGE))
}

pub(crate) fn list<'n, T>(
    node: &'n Node,
    path: &str,
    mut read: impl FnMut(&'n Node, &str) -> Result<T, ManifestError>,
) -> Result<Vec<T>, ManifestError> {
    let Node::List(items) = node else {
        return Err(type_error(path, "a list", node));
    };
    (items.iter().enumerate())
        .map(|(index, item)| read(item, &format!("{path}[{index}]")))
        .collect()
}

pub(crate) fn choice<T: Copy>(
    node: &Node,
    path: &str,
    words: &[(&'static str, T)],
) -> Result<T, ManifestError> {
    let word = node
        .as_text()
        .ok_or_else(|| type_error(path, "a string", node))?;
    match words.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => Ok(*value),
        None => {
            let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            let expected = format!("one of {}", names.join(", "));
            Err(value_error(path, word, expected).under(&rule::WORD))
        }
    }
}
