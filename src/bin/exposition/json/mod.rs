//! What several commands say in JSON.

pub(crate) mod scrape;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exposition::{Error, Leniency, Position};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::source::{Source, Told};
use crate::verdict::Severity;

/// A list whose items become JSON one by one, when they are written: a hostile body has very many of them.
pub(crate) struct Each<'t, T>(pub(crate) &'t [T], pub(crate) fn(&T) -> Value);

impl<T> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

/// Returns what is known of a source, to which a command adds its own.
pub(crate) fn source(source: &Source) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("source".to_owned(), source.name.as_str().into());
    object.insert(
        "format".to_owned(),
        source.format.protocol().to_string().into(),
    );
    let from = match source.told {
        Told::Option => "option",
        Told::Header => "header",
        Told::Body => "body",
    };
    object.insert("format_from".to_owned(), from.into());
    if let Some(doubt) = &source.doubt {
        object.insert("content_type_error".to_owned(), doubt.to_string().into());
    }
    object
}

/// Returns an error with its place.
pub(crate) fn error(error: &Error) -> Value {
    let mut object = json!({
        "severity": Severity::of(error).as_str(),
        "kind": error.kind().to_string(),
        "message": error.to_string(),
        "excerpt": error.excerpt(),
    });
    if let Some(object) = object.as_object_mut() {
        position(object, error.position());
        if let Some(hint) = error.hint() {
            object.insert("hint".to_owned(), hint.to_string().into());
        }
    }
    object
}

/// Returns what was taken leniently, with its place.
pub(crate) fn leniency(leniency: &Leniency) -> Value {
    let mut object = Map::new();
    object.insert("what".to_owned(), leniency.kind().as_str().into());
    position(&mut object, leniency.position());
    object.into()
}

/// Adds a written body: as text, or in base64 if it is binary.
pub(crate) fn body(object: &mut Map<String, Value>, body: Vec<u8>, is_binary: bool) {
    match String::from_utf8(body) {
        Ok(text) if !is_binary => _ = object.insert("body".to_owned(), text.into()),
        Ok(text) => _ = object.insert("base64".to_owned(), STANDARD.encode(text).into()),
        Err(error) => {
            let bytes = STANDARD.encode(error.into_bytes());
            object.insert("base64".to_owned(), bytes.into());
        }
    }
}

/// Adds a place: line and column from 1, byte from 0; in a binary body only the byte.
pub(crate) fn position(object: &mut Map<String, Value>, position: Position) {
    if position.line > 0 {
        object.insert("line".to_owned(), position.line.into());
        object.insert("column".to_owned(), position.column.into());
    }
    object.insert("byte".to_owned(), position.byte.into());
}
