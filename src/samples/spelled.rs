//! The stored spelling of a label's value that is written otherwise.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use crate::model::metric_type::MetricType;
use crate::number::respelled::Respelled;
use crate::text::labels::Label;
use crate::text::sample::respelled;

/// The longest spelling of a float: `-1.2345678901234567e-100`, and some room.
const LONGEST: usize = 32;

/// A float in its canonical spelling.
#[derive(Debug, Default)]
struct Spelled {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Spelled {
    fn as_str(&self) -> &str {
        let text = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Write for Spelled {
    #[inline]
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        let end = self.len + piece.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(piece.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Where the current sample's label is that is stored in another spelling, once it was asked for.
///
/// It is the door's and not the sample's, so that samples stay in registers.
#[derive(Debug, Default)]
pub(super) struct Spelling(OnceLock<Spelled>);

impl Spelling {
    /// Makes room for that of the next sample.
    #[inline]
    pub(super) fn clear(&mut self) {
        if self.0.get_mut().is_some() {
            self.0 = OnceLock::new();
        }
    }

    /// Returns the value that is stored for a label of a line under that type. Does not allocate, unless two labels
    /// are respelled differently.
    pub(super) fn stored<'s>(&'s self, scope: MetricType, label: &Label<'s>) -> Cow<'s, str> {
        let value = label.value();
        let Some(spelling) = respelled(scope, label.raw_name(), &value) else {
            return value;
        };
        if let Respelled::Round(text) = spelling {
            return Cow::Borrowed(text);
        }
        let mut is_own = false;
        let spelled = self.0.get_or_init(|| {
            let mut spelled = Spelled::default();
            // What does not fit is not what is looked for.
            is_own = spelling.write_to(&mut spelled).is_ok();
            spelled
        });
        match is_own || spelling.is_spelled(spelled.as_str()) {
            true => Cow::Borrowed(spelled.as_str()),
            false => Cow::Owned(spelling.to_string()),
        }
    }
}
