//! The format to write, taken apart: how lines look, and what happens to names.

use std::borrow::Cow;

use super::error::EncodeError;
use crate::dialect::Dialect;
use crate::format::syntax::Syntax;
use crate::format::{Format, ScrapeProtocol};
use crate::model::name::{self, EscapingScheme};

/// How lines and names are written in a text format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) names: Names,
    pub(crate) syntax: &'static Syntax,
}

impl Target {
    /// Creates the target for `format`. Protobuf has no lines, so it is refused.
    pub(crate) fn new(format: Format) -> Result<Self, EncodeError> {
        let dialect = format.dialect().ok_or(EncodeError::LinesInProtobuf)?;
        Ok(Target {
            names: Names::new(format),
            syntax: dialect.syntax(),
        })
    }
}

impl Target {
    /// Creates the target for lines that are read again in that dialect: every name stays as it is.
    pub(crate) fn unchanged(dialect: Dialect) -> Self {
        let format = Format::new(ScrapeProtocol::PrometheusText100);
        Target {
            names: Names::new(format.with_escaping(EscapingScheme::AllowUtf8)),
            syntax: dialect.syntax(),
        }
    }
}

/// How names are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    format: Format,
    escaping: EscapingScheme,
    /// Whether names beyond the usual ones may be written, in quotes where the format needs them.
    any: bool,
}

impl Names {
    /// Creates the names of `format`. Where an escaping scheme is given, there may be any name.
    pub(crate) fn new(format: Format) -> Self {
        Names {
            format,
            escaping: format.escaping().unwrap_or(EscapingScheme::AllowUtf8),
            any: format.escaping().is_some() || format.protocol().has_quoted_names(),
        }
    }

    /// Tells whether every name is written unchanged.
    pub(crate) fn keeps_names(&self) -> bool {
        self.any && self.escaping == EscapingScheme::AllowUtf8
    }

    /// Tells whether names may be changed.
    pub(crate) fn escapes_names(&self) -> bool {
        self.escaping != EscapingScheme::AllowUtf8
    }

    /// Tells whether that name of a metric or label is written unchanged.
    pub(crate) fn keeps_name(&self, raw: &[u8]) -> bool {
        self.keeps_names() || name::is_legacy_metric_name(raw)
    }

    /// Returns a family's name in its written form.
    pub(crate) fn metric_name<'n>(&self, name: &'n str) -> Result<Cow<'n, str>, EncodeError> {
        if name.is_empty() {
            return Err(EncodeError::EmptyName);
        }
        let name = self.escaping.escape_metric_name(name);
        if !self.any && !name::is_legacy_metric_name(name.as_bytes()) {
            return Err(self.no_name(&name));
        }
        Ok(name)
    }

    /// Returns a label's name in its written form. An empty one stays empty: the caller refuses it.
    pub(crate) fn label_name<'n>(&self, name: &'n str) -> Result<Cow<'n, str>, EncodeError> {
        let name = self.escaping.escape_label_name(name);
        if !self.any && !name.is_empty() && !name::is_legacy_label_name(name.as_bytes()) {
            return Err(self.no_name(&name));
        }
        Ok(name)
    }

    #[cold]
    fn no_name(&self, name: &str) -> EncodeError {
        EncodeError::Name {
            name: name.to_owned(),
            format: self.format,
        }
    }
}
