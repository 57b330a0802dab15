//! The labels of a sample, as a view.

//! The first labels of an ordinary line are cut out of the text by their lengths, which the scanner
//! noted; others are searched again, in a text that is known to hold them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::iter::FusedIterator;

use crate::bytes::scan;
use crate::number::decode::Escapes;
use crate::text::label_lengths::LabelLengths;
use crate::text::shape::Text;
use crate::text::walk::{self, LabelWalk};

/// The labels of a sample or an exemplar, in the order written.
///
/// A view that borrows from the body.
///
/// ```
/// use exposition::{Line, Parser};
///
/// let body = b"requests_total{method=\"GET\",path=\"C:\\\\logs\"} 7\n";
/// let Some(Ok(Line::Sample(sample))) = Parser::text(body).next() else { panic!() };
/// let labels = sample.labels();
/// assert_eq!(labels.get("method"), Some("GET"));
/// assert_eq!(labels.get("path"), Some(r"C:\logs"));
/// assert_eq!(labels.get("code"), None);
/// ```
#[derive(Clone)]
pub struct Labels<'a> {
    /// From the first label on.
    text: Text<'a>,
    lengths: LabelLengths,
    count: u32,
    /// Whether there is a backslash in some name or value.
    has_escapes: bool,
    /// The values with their escapes undone, once [`get`](Self::get) returns one that has some.
    unescaped: OnceCell<Box<[String]>>,
}

impl<'a> Labels<'a> {
    /// Creates the `count` labels that `text` begins with.
    #[inline(always)]
    pub(crate) fn new(
        text: Text<'a>,
        lengths: LabelLengths,
        count: u32,
        has_escapes: bool,
    ) -> Self {
        Labels {
            text,
            lengths,
            count,
            has_escapes,
            unescaped: OnceCell::new(),
        }
    }

    /// Returns how many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Tells whether there are none: both `name 1` and `name{} 1`.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the value of the first label named `name`, unescaped. Allocates if it has escapes.
    ///
    /// The result lives as long as these labels; that of [`Sample::label`](crate::Sample::label) lives as
    /// long as the body.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (at, label) = self
            .iter()
            .enumerate()
            .find(|(_, label)| label.is_named(name))?;
        Some(match label.value_has_escapes {
            false => label.value,
            true => self.unescaped(at),
        })
    }

    #[cold]
    fn unescaped(&self, at: usize) -> &str {
        let values = || {
            self.iter()
                .map(|label| label.value().into_owned())
                .collect()
        };
        let values = self.unescaped.get_or_init(values);
        values.get(at).map_or("", String::as_str)
    }

    /// Returns the labels in the order written.
    #[inline(always)]
    pub fn iter(&self) -> LabelIter<'a> {
        LabelIter {
            rest: self.text,
            lengths: self.lengths.packed(),
            left: self.count,
            has_escapes: self.has_escapes,
            is_ordinary: self.lengths != LabelLengths::NONE,
        }
    }
}

impl<'a> IntoIterator for Labels<'a> {
    type Item = Label<'a>;
    type IntoIter = LabelIter<'a>;

    #[inline(always)]
    fn into_iter(self) -> LabelIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Labels<'a> {
    type Item = Label<'a>;
    type IntoIter = LabelIter<'a>;

    #[inline(always)]
    fn into_iter(self) -> LabelIter<'a> {
        self.iter()
    }
}

impl PartialEq for Labels<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|label| (label.name(), label.value())))
            .finish()
    }
}

/// The iterator of [`Labels::iter`].
#[derive(Debug, Clone)]
pub struct LabelIter<'a> {
    /// From the next label on.
    rest: Text<'a>,
    /// The lengths of the next labels, as in [`LabelLengths::packed`].
    lengths: u128,
    left: u32,
    has_escapes: bool,
    /// Whether some lengths are known: the line is an ordinary one.
    is_ordinary: bool,
}

impl<'a> LabelIter<'a> {
    /// Cuts off the next label of an ordinary line: `name="value"` and one byte more.
    #[inline(always)]
    fn cut_off(&mut self, name: usize, value: usize) -> Option<Label<'a>> {
        let Text::Str(rest) = self.rest else {
            return None;
        };
        let (name, rest) = rest.split_at_checked(name)?;
        let (value, rest) = rest.get(2..)?.split_at_checked(value)?;
        self.rest = Text::Str(rest.get(2..)?);
        Some(Label {
            name: Text::Str(name),
            value,
            name_has_escapes: false,
            value_has_escapes: self.has_escapes && scan::has_backslash(value.as_bytes()),
        })
    }

    /// Cuts off the next label, whose lengths are not known.
    #[inline(always)]
    fn search(&mut self) -> Option<Label<'a>> {
        let (label, rest) = look_for(self.rest, self.is_ordinary)?;
        self.rest = rest;
        Some(label)
    }
}

/// Finds the label that `text` begins with; also returns what follows it, in an ordinary line the next label.
// The iterator is not borrowed, so that it can stay in registers.
#[inline(never)]
fn look_for(text: Text<'_>, is_ordinary: bool) -> Option<(Label<'_>, Text<'_>)> {
    let mut walk = LabelWalk::new(text.as_bytes());
    let shape = walk.next()?;
    let label = Label {
        name: text.part(shape.name),
        value: text.str(shape.value),
        name_has_escapes: shape.name.has_escapes(),
        value_has_escapes: shape.value.has_escapes(),
    };
    let comma = usize::from(is_ordinary);
    Some((label, text.from(walk.at() + comma)))
}

impl<'a> Iterator for LabelIter<'a> {
    type Item = Label<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Label<'a>> {
        if self.left == 0 {
            return None;
        }
        if self.lengths as u16 == 0 {
            if self.is_ordinary && !self.has_escapes && self.lengths == 0 {
                self.lengths = walk::lengths_ahead(self.rest.as_bytes(), self.left);
            }
            if self.lengths as u16 == 0 {
                self.left -= 1;
                self.lengths >>= 16;
                return self.search();
            }
        }
        self.left -= 1;
        let pair = self.lengths as u16;
        self.lengths >>= 16;
        self.cut_off(usize::from(pair & 0xff), usize::from(pair >> 8))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for LabelIter<'_> {}
impl FusedIterator for LabelIter<'_> {}

/// One label: a name and a value.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    name: Text<'a>,
    value: &'a str,
    name_has_escapes: bool,
    value_has_escapes: bool,
}

impl<'a> Label<'a> {
    /// Returns the name, unescaped. Bytes that are not UTF-8, which Prometheus' parser allows in a quoted
    /// name, become U+FFFD: see [`name_is_utf8`](Self::name_is_utf8).
    #[inline(always)]
    pub fn name(&self) -> Cow<'a, str> {
        self.name.unescape(self.name_has_escapes, Escapes::Quoted)
    }

    /// Returns the name and the value if both are as written, without escapes.
    #[inline(always)]
    pub(crate) fn plain(&self) -> Option<(&'a str, &'a str)> {
        match self.name {
            Text::Str(name) if !self.name_has_escapes && !self.value_has_escapes => {
                Some((name, self.value))
            }
            _ => None,
        }
    }

    /// Returns the name as written, without its quotes.
    #[inline]
    pub fn raw_name(&self) -> &'a [u8] {
        self.name.as_bytes()
    }

    /// Tells whether the name is UTF-8: then [`name`](Self::name) has lost nothing.
    #[inline]
    pub fn name_is_utf8(&self) -> bool {
        self.name.is_utf8()
    }

    /// Returns the value with its escapes `\\`, `\"` and `\n` undone; any other backslash stays, as in
    /// Prometheus. Borrows unless there is an escape to undo.
    ///
    /// Prometheus leaves the values of an exemplar's labels escaped: for those it reports
    /// [`raw_value`](Self::raw_value).
    #[inline(always)]
    pub fn value(&self) -> Cow<'a, str> {
        Text::Str(self.value).unescape(self.value_has_escapes, Escapes::Quoted)
    }

    /// Returns the value as written between its quotes. Never allocates.
    #[inline]
    pub fn raw_value(&self) -> &'a str {
        self.value
    }

    /// Tells whether the name is `name`, without allocating.
    #[inline]
    pub fn is_named(&self, name: &str) -> bool {
        match self.name_has_escapes {
            false => self.raw_name() == name.as_bytes(),
            true => self.name() == name,
        }
    }
}

impl PartialEq for Label<'_> {
    fn eq(&self, other: &Self) -> bool {
        let names = if self.name_has_escapes || other.name_has_escapes {
            self.name() == other.name()
        } else {
            self.raw_name() == other.raw_name()
        };
        names && self.value() == other.value()
    }
}

impl fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}={:?}", self.name(), self.value())
    }
}
