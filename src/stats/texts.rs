//! Texts that are kept once and known by number.

use crate::bytes::by_hash::Places;
use crate::bytes::hash::Seeds;
use crate::bytes::work;

/// Texts, each once within its scope, with something about each.
#[derive(Debug)]
pub(super) struct Texts<T> {
    text: String,
    entries: Vec<Entry<T>>,
    places: Places,
    seeds: Seeds,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    start: usize,
    len: usize,
    scope: u32,
    about: T,
}

impl<T> Default for Texts<T> {
    fn default() -> Self {
        Texts {
            text: String::new(),
            entries: Vec::new(),
            places: Places::default(),
            seeds: Seeds::default(),
        }
    }
}

/// What a text is looked up by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hashed(u64);

impl<T> Texts<T> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the hash of a text in that scope.
    #[inline]
    pub(super) fn hash(&self, scope: u32, text: &str) -> Hashed {
        work::on(text.len());
        Hashed(self.seeds.join(u64::from(scope), text.as_bytes()))
    }

    /// Returns the number of a text in that scope.
    #[inline]
    pub(super) fn find(&self, scope: u32, text: &str, Hashed(hash): Hashed) -> Option<u32> {
        let is_it = |at| {
            let entry: Option<&Entry<T>> = self.entries.get(at);
            entry.is_some_and(|entry| entry.scope == scope && self.of(entry) == text)
        };
        self.places.find(hash, is_it).map(|at| at as u32)
    }

    /// Adds a text that is not there, and returns its number.
    pub(super) fn put(&mut self, scope: u32, text: &str, Hashed(hash): Hashed, about: T) -> u32 {
        let at = self.put_nameless(scope, about);
        self.text.push_str(text);
        if let Some(entry) = self.entries.last_mut() {
            entry.len = text.len();
        }
        self.places.insert(hash, at as usize);
        at
    }

    /// Adds an entry that no text leads to, and returns its number.
    pub(super) fn put_nameless(&mut self, scope: u32, about: T) -> u32 {
        self.entries.push(Entry {
            start: self.text.len(),
            len: 0,
            scope,
            about,
        });
        (self.entries.len() - 1) as u32
    }

    #[inline]
    fn of(&self, entry: &Entry<T>) -> &str {
        let text = self.text.get(entry.start..entry.start + entry.len);
        text.unwrap_or_default()
    }

    /// Returns the text of that number.
    #[inline]
    pub(super) fn text(&self, at: u32) -> &str {
        let entry = self.entries.get(at as usize);
        entry.map_or("", |entry| self.of(entry))
    }

    #[inline]
    pub(super) fn scope(&self, at: u32) -> u32 {
        self.entries.get(at as usize).map_or(0, |entry| entry.scope)
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        Some(&self.entries.get(at as usize)?.about)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        Some(&mut self.entries.get_mut(at as usize)?.about)
    }

    /// Returns the scopes, texts and what is known of them, in the order of their numbers.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (u32, &str, &T)> {
        let entries = self.entries.iter();
        entries.map(|entry| (entry.scope, self.of(entry), &entry.about))
    }
}
