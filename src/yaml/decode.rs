//! Decodes a place in a tree: follows aliases, tells scalars apart, merges maps.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::de::{self, Unexpected, Visitor};

use super::{
    YamlError,
    cursor::Mark,
    resolve::{self, Resolved},
    scan::MAX_DEPTH,
    tree::{Document, Id, Node, Value},
};
use crate::bytes::work;
use crate::error::shortened::shortened;

/// How deep values may nest after aliases are followed.
const MAX_NESTING: usize = 4 * MAX_DEPTH;
/// How many bytes all aliases together may expand to. A node counts as [`NODE`] in addition to its text.
const MAX_ALIASED: usize = 4 << 20;
const NODE: usize = 64;

/// One node of a document, reached from the root.
#[derive(Clone, Copy)]
pub(super) struct Decoder<'d> {
    document: &'d Document,
    pub(super) node: &'d Node,
    depth: usize,
    /// Whether the node is below an alias.
    aliased: bool,
    /// Whether the value will be written again by a reader that does not know its type.
    pub(super) kept: bool,
}

pub(super) type Entries<'d> = Vec<(String, Mark, Decoder<'d>)>;

impl<'d> Decoder<'d> {
    pub(super) fn root(document: &'d Document) -> Result<Self, YamlError> {
        Decoder::at(document, document.root(), 0, false, false)
    }

    fn at(
        document: &'d Document,
        id: Id,
        depth: usize,
        aliased: bool,
        kept: bool,
    ) -> Result<Self, YamlError> {
        let lost = || YamlError::new("a node that is not there");
        let mut node = document.get(id).ok_or_else(lost)?;
        let mark = node.mark;
        let mut aliased = aliased;
        if let Value::Alias(name) = &node.value {
            aliased = true;
            let id = document.anchor(name).ok_or_else(lost)?;
            node = document.get(id).ok_or_else(lost)?;
        }
        if depth > MAX_NESTING {
            let message = "nests too deeply, perhaps because an alias stands in what it stands for";
            return Err(YamlError::at(message, mark));
        }
        if aliased {
            let text = match &node.value {
                Value::Scalar { text, .. } => text.len(),
                _ => 0,
            };
            let spent = document.aliased.get() + NODE + text;
            document.aliased.set(spent);
            if spent > MAX_ALIASED {
                let message = format_args!("aliases stand for more than {MAX_ALIASED} bytes");
                return Err(YamlError::at(message, mark));
            }
        }
        Ok(Decoder {
            document,
            node,
            depth,
            aliased,
            kept,
        })
    }

    pub(super) fn below(&self, id: Id) -> Result<Self, YamlError> {
        Decoder::at(self.document, id, self.depth + 1, self.aliased, self.kept)
    }

    /// Returns the kind of the scalar; `None` for a list or a map.
    pub(super) fn resolved(&self) -> Result<Option<(Resolved, &'d str)>, YamlError> {
        let Value::Scalar { text, plain } = &self.node.value else {
            return Ok(None);
        };
        let resolved = match &self.node.tag {
            Some(tag) => resolve::tagged(tag, text).map_err(|kind| {
                let message = format_args!("`{}` is not what `!!{kind}` says", short(text));
                YamlError::at(message, self.node.mark)
            })?,
            None if *plain => resolve::plain(text),
            None => Resolved::Text,
        };
        Ok(Some((resolved, text)))
    }

    pub(super) fn is_null(&self) -> Result<bool, YamlError> {
        Ok(matches!(self.resolved()?, Some((Resolved::Null, _))))
    }

    /// Returns the text of any scalar; null is the empty text.
    pub(super) fn text(&self) -> Result<Option<String>, YamlError> {
        Ok(match self.resolved()? {
            None => None,
            Some((Resolved::Null, _)) => Some(String::new()),
            Some((Resolved::Binary, text)) => Some(self.binary(text)?),
            Some((_, text)) => {
                work::on(text.len());
                Some(text.to_owned())
            }
        })
    }

    pub(super) fn binary(&self, text: &str) -> Result<String, YamlError> {
        let fail = |message| YamlError::at(message, self.node.mark);
        let bytes = resolve::base64(text).ok_or_else(|| fail("`!!binary` needs Base64"))?;
        String::from_utf8(bytes).map_err(|_| fail("`!!binary` that is not UTF-8 cannot be text"))
    }

    /// Returns what was found here, for "invalid type: …".
    fn unexpected<'s>(&self, text: &'s str, resolved: Resolved) -> Unexpected<'s> {
        match resolved {
            Resolved::Null => Unexpected::Unit,
            Resolved::Bool(value) => Unexpected::Bool(value),
            Resolved::Int(value) => Unexpected::Signed(value),
            Resolved::Unsigned(value) => Unexpected::Unsigned(value),
            Resolved::Float(value) => Unexpected::Float(value),
            Resolved::Timestamp | Resolved::Binary | Resolved::Text => Unexpected::Str(text),
        }
    }

    /// Returns the error for a visitor that expected something else.
    pub(super) fn mismatch<'v, V: Visitor<'v>>(&self, visitor: &V) -> YamlError {
        let error = match (&self.node.value, self.resolved()) {
            (_, Err(error)) => error,
            (_, Ok(Some((resolved, text)))) => {
                de::Error::invalid_type(self.unexpected(text, resolved), visitor)
            }
            (Value::List(_), _) => de::Error::invalid_type(Unexpected::Seq, visitor),
            _ => de::Error::invalid_type(Unexpected::Map, visitor),
        };
        error.or_at(self.node.mark)
    }

    /// Returns the entries of a map. A merge adds those of other maps: the later entry wins, as in Go. But
    /// where the map's type is not known, a key must not come twice.
    pub(super) fn entries(&self, map: &'d [(Id, Id)]) -> Result<Entries<'d>, YamlError> {
        let mut own = HashSet::new();
        let mut all = Union {
            entries: Vec::with_capacity(map.len()),
            places: HashMap::new(),
            once: self.kept,
        };
        for (key, value) in map {
            if self.is_merge(*key) {
                let mark = self.below(*key)?.node.mark;
                for (name, _, value) in self.merged(*value)? {
                    all.set(name, mark, value)?;
                }
                continue;
            }
            let key = self.below(*key)?;
            let mark = key.node.mark;
            let name = key
                .text()?
                .ok_or_else(|| YamlError::at("a key must be text", mark))?;
            if !own.insert(name.clone()) {
                let message = format!("repeated key `{}`", short(&name));
                return Err(YamlError::at(message, mark));
            }
            all.set(name, mark, self.below(*value)?)?;
        }
        Ok(all.entries)
    }

    fn is_merge(&self, key: Id) -> bool {
        let Some(node) = self.document.get(key) else {
            return false;
        };
        match (&node.value, node.tag.as_deref()) {
            (Value::Scalar { text, plain }, None) => text == "<<" && *plain,
            (Value::Scalar { text, .. }, Some(tag)) => {
                text == "<<" && matches!(tag, "!" | "tag:yaml.org,2002:merge")
            }
            _ => false,
        }
    }

    /// Returns the entries that a merge adds; of several maps, those of the first come last, and win.
    fn merged(&self, id: Id) -> Result<Entries<'d>, YamlError> {
        let value = self.below(id)?;
        let refuse = || YamlError::at("`<<` needs a map, or a list of maps", value.node.mark);
        let items = match (
            &value.node.value,
            self.document.get(id).map(|node| &node.value),
        ) {
            (Value::Map(map), _) => return value.entries(map),
            (Value::List(items), Some(Value::List(_))) => items,
            _ => return Err(refuse()),
        };
        let mut all = Vec::new();
        for item in items.iter().rev() {
            let item = value.below(*item)?;
            match &item.node.value {
                Value::Map(map) => all.extend(item.entries(map)?),
                _ => return Err(refuse()),
            }
        }
        Ok(all)
    }
}

/// The entries of a map and of those merged into it.
struct Union<'d> {
    entries: Entries<'d>,
    /// The place of each key's entry.
    places: HashMap<String, usize>,
    /// Whether a key must not come twice.
    once: bool,
}

impl<'d> Union<'d> {
    fn set(&mut self, name: String, mark: Mark, value: Decoder<'d>) -> Result<(), YamlError> {
        let place = self.places.get(&name).copied();
        if place.is_some() && self.once {
            let message = format!("the key `{}` is here and in a `<<`, too", short(&name));
            return Err(YamlError::at(message, mark));
        }
        match place.and_then(|place| self.entries.get_mut(place)) {
            Some(entry) => *entry = (name, mark, value),
            None => {
                self.places.insert(name.clone(), self.entries.len());
                self.entries.push((name, mark, value));
            }
        }
        Ok(())
    }
}

/// Converts a fraction to an unsigned number as Go does where Prometheus is built for amd64: it is cut off, a
/// negative number wraps around, and what is below all numbers becomes 2^63.
pub(crate) fn to_integer(value: f64) -> Option<u64> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if value.is_nan() || value >= 2.0 * TWO_63 {
        None
    } else if value >= 0.0 {
        Some(value as u64)
    } else if value >= -TWO_63 {
        Some((value as i64).cast_unsigned())
    } else {
        Some(1 << 63)
    }
}

/// Cuts a text to the length that an error shows.
fn short(text: &str) -> Cow<'_, str> {
    shortened(text, 40)
}
