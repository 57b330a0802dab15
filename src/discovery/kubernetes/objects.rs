//! The objects of manifests, by kind, namespace and name.

use std::collections::BTreeMap;

use super::{
    kind::{Kind, group},
    object::Object,
    object_error::ObjectError,
};
use crate::discovery::field::{Field, FieldError};
use crate::yaml;
use crate::yaml::node::{Node, Resolved};

/// The objects of a cluster, as manifests have them.
///
/// ```
/// use exposition::discovery::kubernetes::Objects;
///
/// let objects = Objects::parse_all("
/// apiVersion: v1
/// kind: Service
/// metadata: {name: web, namespace: shop}
/// ---
/// apiVersion: v1
/// kind: PodList
/// items:
/// - metadata: {name: web-0}
/// ")?;
/// let names = objects.iter().map(|o| format!("{} {}", o.kind(), o.name()));
/// assert_eq!(names.collect::<Vec<_>>(), ["Pod web-0", "Service web"]);
/// # Ok::<(), exposition::discovery::kubernetes::ObjectError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Objects {
    /// The namespace of an object that names none.
    namespace: String,
    objects: BTreeMap<Key, BTreeMap<String, BTreeMap<String, Object>>>,
}

/// A kind of objects. One that discovery does not know goes by its name and group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Known(Kind),
    Other(String, String),
}

impl Default for Objects {
    fn default() -> Self {
        Objects {
            namespace: "default".to_owned(),
            objects: BTreeMap::new(),
        }
    }
}

impl Objects {
    /// Returns no objects; one without a namespace will be in `default`.
    #[must_use]
    pub fn new() -> Self {
        Objects::default()
    }

    /// Sets the namespace of objects that name none, among those that are added from here on.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Reads the objects of a YAML or JSON text: any number of documents, each an object or a list of objects,
    /// as `kubectl get -o yaml` prints it. Empty documents are skipped.
    ///
    /// # Errors
    /// Text that is not YAML, an object without a kind or name, and a value of the wrong type where discovery
    /// looks. In a text of several documents the path begins with the document, empty ones not counted:
    /// `document 2.items[0].spec.containers[0].ports`.
    pub fn parse_all(yaml: &str) -> Result<Self, ObjectError> {
        let mut objects = Objects::default();
        objects.add(yaml)?;
        Ok(objects)
    }

    /// Adds the objects of a text; each replaces an earlier one of the same kind, namespace and name.
    ///
    /// An object of a typed list, such as a `PodList`, may lack its kind and version. A name that the cluster
    /// is to complete (`generateName`) is taken as it is.
    ///
    /// # Errors
    /// Those of [`parse_all`](Self::parse_all). Then nothing is added.
    pub fn add(&mut self, yaml: &str) -> Result<(), ObjectError> {
        let documents: Vec<Resolved> = yaml::all(yaml)?;
        let documents: Vec<&Node> = (documents.iter())
            .map(|Resolved(node)| node)
            .filter(|node| **node != Node::Null)
            .collect();
        let mut found = Vec::new();
        for (index, document) in documents.iter().enumerate() {
            let place = match documents.len() {
                1 => String::new(),
                _ => format!("document {}", index + 1),
            };
            (self.read(document, &place, ("", ""), &mut found)).map_err(ObjectError::of)?;
        }
        self.extend(found);
        Ok(())
    }

    /// Adds an object that has been read as a tree, or the objects of a list.
    pub(crate) fn insert(&mut self, node: Node) -> Result<(), ObjectError> {
        let mut found = Vec::new();
        (self.read(&node, "", ("", ""), &mut found)).map_err(ObjectError::of)?;
        self.extend(found);
        Ok(())
    }

    /// Reads an object, or all of a list.
    fn read(
        &self,
        node: &Node,
        place: &str,
        named: (&str, &str),
        found: &mut Vec<Object>,
    ) -> Result<(), FieldError> {
        let field = Field::root(node, place);
        let text = |key| node.get(key).and_then(Node::as_text).unwrap_or_default();
        let kind = text("kind");
        let Some(of) = kind.strip_suffix("List") else {
            found.push(Object::read(&field, named, &self.namespace)?);
            return Ok(());
        };
        let items = match node.get("items") {
            None if !of.is_empty() => {
                found.push(Object::read(&field, named, &self.namespace)?);
                return Ok(());
            }
            Some(Node::List(items)) => items.as_slice(),
            Some(Node::Null) | None => &[],
            Some(other) => return Err(field.get("items")?.wrong("a list", other)),
        };
        let named = match of {
            "" => ("", ""),
            _ => (of, text("apiVersion")),
        };
        for (index, item) in items.iter().enumerate() {
            let dot = if place.is_empty() { "" } else { "." };
            let place = format!("{place}{dot}items[{index}]");
            self.read(item, &place, named, found)?;
        }
        Ok(())
    }

    fn extend(&mut self, objects: impl IntoIterator<Item = Object>) {
        for object in objects {
            self.put(object);
        }
    }

    pub(super) fn put(&mut self, object: Object) {
        let key = match Kind::of(object.kind(), object.api_version()) {
            Some(kind) => Key::Known(kind),
            None => {
                let group = group(object.api_version());
                Key::Other(object.kind().to_owned(), group.to_owned())
            }
        };
        let namespaces = self.objects.entry(key).or_default();
        let objects = namespaces.entry(object.meta.namespace.clone()).or_default();
        objects.insert(object.meta.name.clone(), object);
    }

    /// Returns all objects, sorted by kind, namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = &Object> {
        self.objects
            .values()
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
    }

    /// Returns how many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let namespaces = self.objects.values().flat_map(BTreeMap::values);
        namespaces.map(BTreeMap::len).sum()
    }

    /// Tells whether there are no objects.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// Returns the objects of a kind, sorted by namespace and name.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        let namespaces = self.objects.get(&Key::Known(kind));
        (namespaces.into_iter().flat_map(BTreeMap::values)).flat_map(BTreeMap::values)
    }

    /// Does the same, for objects that are completed.
    pub(super) fn of_kind_mut(&mut self, kind: Kind) -> impl Iterator<Item = &mut Object> {
        let namespaces = self.objects.get_mut(&Key::Known(kind));
        (namespaces.into_iter().flat_map(BTreeMap::values_mut)).flat_map(BTreeMap::values_mut)
    }

    /// Returns the objects of a kind in a namespace, sorted by name.
    pub(super) fn within(&self, kind: Kind, namespace: &str) -> impl Iterator<Item = &Object> {
        let namespaces = self.objects.get(&Key::Known(kind));
        let objects = namespaces.and_then(|namespaces| namespaces.get(namespace));
        objects.into_iter().flat_map(BTreeMap::values)
    }

    /// Returns an object. Nodes and Namespaces are in the namespace without a name.
    pub(super) fn get(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Object> {
        let namespaces = self.objects.get(&Key::Known(kind))?;
        namespaces.get(namespace)?.get(name)
    }
}
