//! A field of a tree with its path, which is written only for errors.

use std::collections::BTreeMap;

use crate::yaml::node::Node;

/// A field that may be absent. A null value counts as absent, as in Kubernetes.
pub(in crate::discovery) struct Field<'a> {
    node: Option<&'a Node>,
    step: Step<'a>,
    parent: Option<&'a Field<'a>>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discovery) struct FieldError {
    pub(in crate::discovery) path: String,
    pub(in crate::discovery) cause: FieldCause,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::discovery) enum FieldCause {
    Missing {
        why: &'static str,
    },
    Type {
        expected: &'static str,
        found: String,
    },
}

#[derive(Clone, Copy)]
enum Step<'a> {
    /// Where the tree is: `document 2.items[0]`, or nowhere in particular.
    Place(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Field<'a> {
    /// Returns a whole tree as a field, at that place of a text.
    pub(in crate::discovery) fn root(node: &'a Node, place: &'a str) -> Self {
        Field {
            node: Some(node),
            step: Step::Place(place),
            parent: None,
        }
    }

    /// Returns the field `key` of this map, absent if the map is.
    pub(in crate::discovery) fn get<'s>(&'s self, key: &'s str) -> Result<Field<'s>, FieldError> {
        let node = match self.node {
            None => None,
            Some(map @ Node::Map(_)) => map.get(key).filter(|node| **node != Node::Null),
            Some(other) => return Err(self.wrong("a map", other)),
        };
        Ok(Field {
            node,
            step: Step::Key(key),
            parent: Some(self),
        })
    }

    pub(in crate::discovery) fn is_present(&self) -> bool {
        self.node.is_some()
    }

    /// Returns the text, if the field is present.
    pub(in crate::discovery) fn optional_text(&self) -> Result<Option<String>, FieldError> {
        match self.node {
            None => Ok(None),
            Some(Node::Text(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.wrong("a string", other)),
        }
    }

    /// Returns the text; an absent one is empty.
    pub(in crate::discovery) fn text(&self) -> Result<String, FieldError> {
        Ok(self.optional_text()?.unwrap_or_default())
    }

    pub(in crate::discovery) fn optional_number(&self) -> Result<Option<i32>, FieldError> {
        self.whole()
    }

    pub(in crate::discovery) fn optional_count(&self) -> Result<Option<u64>, FieldError> {
        self.whole()
    }

    fn whole<N: TryFrom<i128>>(&self) -> Result<Option<N>, FieldError> {
        let Some(node) = self.node else {
            return Ok(None);
        };
        match node.as_whole().and_then(|whole| N::try_from(whole).ok()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong("a whole number", node)),
        }
    }

    /// Returns the number; an absent one is 0.
    pub(in crate::discovery) fn number(&self) -> Result<i32, FieldError> {
        Ok(self.optional_number()?.unwrap_or_default())
    }

    pub(in crate::discovery) fn optional_flag(&self) -> Result<Option<bool>, FieldError> {
        match self.node {
            None => Ok(None),
            Some(Node::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(self.wrong("true or false", other)),
        }
    }

    /// Returns the flag; an absent one is `false`.
    pub(in crate::discovery) fn flag(&self) -> Result<bool, FieldError> {
        Ok(self.optional_flag()?.unwrap_or_default())
    }

    /// Returns a list, with each item as `read` makes it. An absent list is empty.
    pub(in crate::discovery) fn list<T>(
        &self,
        mut read: impl FnMut(&Field<'_>) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let items = match self.node {
            None => return Ok(Vec::new()),
            Some(Node::List(items)) => items,
            Some(other) => return Err(self.wrong("a list", other)),
        };
        let field = |(index, node): (usize, &'a Node)| {
            read(&Field {
                node: Some(node).filter(|node| **node != Node::Null),
                step: Step::Index(index),
                parent: Some(self),
            })
        };
        items.iter().enumerate().map(field).collect()
    }

    pub(in crate::discovery) fn texts(&self) -> Result<Vec<String>, FieldError> {
        self.list(|item| item.text())
    }

    /// Returns a map, with each value as `read` makes it. An absent map is empty.
    pub(in crate::discovery) fn map<T>(
        &self,
        mut read: impl FnMut(&Field<'_>) -> Result<T, FieldError>,
    ) -> Result<BTreeMap<String, T>, FieldError> {
        let entries = match self.node {
            None => return Ok(BTreeMap::new()),
            Some(Node::Map(entries)) => entries,
            Some(other) => return Err(self.wrong("a map", other)),
        };
        let field = |(key, node): &'a (String, Node)| {
            let value = read(&Field {
                node: Some(node).filter(|node| **node != Node::Null),
                step: Step::Key(key),
                parent: Some(self),
            })?;
            Ok((key.clone(), value))
        };
        entries.iter().map(field).collect()
    }

    /// Returns a map of texts. The text of a key without a value is empty.
    pub(in crate::discovery) fn text_map(&self) -> Result<BTreeMap<String, String>, FieldError> {
        self.map(|value| value.text())
    }

    /// Returns the value, for a field that may have one of several types.
    pub(in crate::discovery) fn value(&self) -> Option<&'a Node> {
        self.node
    }

    pub(in crate::discovery) fn wrong(&self, expected: &'static str, node: &Node) -> FieldError {
        let found = node.describe();
        FieldError {
            path: self.path(),
            cause: FieldCause::Type { expected, found },
        }
    }

    pub(in crate::discovery) fn missing(&self, why: &'static str) -> FieldError {
        FieldError {
            path: self.path(),
            cause: FieldCause::Missing { why },
        }
    }

    fn path(&self) -> String {
        let mut path = self.parent.map(Field::path).unwrap_or_default();
        match self.step {
            Step::Place(place) => path.push_str(place),
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
        path
    }
}
