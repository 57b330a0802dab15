//! What is kept of lines: their texts, and where the parts of those lie.

use super::place::{Change, Form, Place};
use super::register::{Register, Standing};
use super::table::{Table, Tag};
use crate::hash::Seeds;
use crate::labels::Labels;
use crate::shape::{LabelShape, OtherShape, Piece, Text};

/// Texts, one behind the other, and what belongs to them.
///
/// Offsets have 32 bits. A body has at most [`MAX_BODY`] bytes, and no arena holds more than three.
#[derive(Debug, Default)]
pub(super) struct Arena {
    /// Of each series its text and a space; other lines with their line feeds.
    texts: String,
    /// The series that are not UTF-8.
    bytes: Vec<u8>,
    /// The labels of each series; behind them the name where the text does not begin with it.
    labels: Vec<LabelShape>,
    others: Vec<OtherShape>,
    /// The numbers of the series.
    table: Table,
}

/// The longest body of which lines are kept.
pub(super) const MAX_BODY: u64 = 1 << 30;

/// So many bytes of room are kept, used or not.
pub(super) const ROOM: usize = 64 * 1024;

impl Arena {
    /// How many bytes of text there are, whether they are still used or not.
    pub(super) fn size(&self) -> usize {
        self.texts.len() + self.bytes.len()
    }

    /// Empties it; the room is kept unless it is much more than that many bytes.
    pub(super) fn clear(&mut self, bytes: usize) {
        if self.texts.capacity() + self.bytes.capacity() > 4 * bytes + ROOM {
            *self = Arena::default();
        }
        self.texts.clear();
        self.bytes.clear();
        self.labels.clear();
        self.others.clear();
        self.table.clear();
    }

    /// The series or the other line, as it is written.
    #[inline]
    pub(super) fn text(&self, place: &Place) -> Text<'_> {
        let range = place.start as usize..place.start as usize + place.len as usize;
        match place.form {
            Form::Bytes => Text::Bytes(self.bytes.get(range).unwrap_or_default()),
            _ => Text::Str(self.texts.get(range).unwrap_or_default()),
        }
    }

    #[inline]
    pub(super) fn labels(&self, place: &Place) -> Labels<'_, '_> {
        let from = self.labels.get(place.labels as usize..);
        let shapes = from.and_then(|from| from.get(..place.label_count as usize));
        Labels {
            text: self.text(place),
            shapes: shapes.unwrap_or_default(),
        }
    }

    /// Where the metric's name is in the text.
    pub(super) fn name(&self, place: &Place) -> Piece {
        place.bare_name().unwrap_or_else(|| {
            let behind = place.labels as usize + place.label_count as usize;
            let name = self.labels.get(behind);
            name.map_or(Piece::default(), |shape| shape.name)
        })
    }

    /// What another line is.
    #[inline]
    pub(super) fn other(&self, place: &Place) -> Option<OtherShape> {
        let shape = self.others.get(place.labels as usize);
        shape.copied().filter(|_| place.form == Form::Other)
    }

    /// Keeps a series, and gives it a place without id and value.
    #[inline]
    fn add_series(&mut self, series: &Written<'_>, number: u32, register: &Register) -> Place {
        self.insert(number, register);
        let (start, form) = match series.text {
            Text::Str(text) => {
                let start = self.texts.len();
                self.texts.push_str(text);
                self.texts.push(' ');
                match series.is_anew {
                    false => (start, Form::Sample),
                    true => (start, Form::Anew),
                }
            }
            Text::Bytes(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                (start, Form::Bytes)
            }
        };
        let name = series.name.behind(series.blanks);
        let labels = match series.blanks {
            0 => self.add_labels(name, series.labels),
            by => {
                let labels = series.labels.iter().map(|label| LabelShape {
                    name: label.name.behind(by),
                    value: label.value.behind(by),
                });
                self.add_labels(name, &labels.collect::<Vec<_>>())
            }
        };
        Place {
            start: start as u32,
            len: series.text.as_bytes().len() as u32,
            labels,
            label_count: series.labels.len() as u32,
            name_end: Place::name_end_of(name),
            form,
            number,
            ..Place::NONE
        }
    }

    /// Keeps lines as they are; gives where they begin.
    pub(super) fn add_lines(&mut self, lines: &str) -> u32 {
        let start = self.texts.len() as u32;
        self.texts.push_str(lines);
        start
    }

    /// Keeps labels, and the name where the text does not begin with it; gives where they begin.
    #[inline]
    pub(super) fn add_labels(&mut self, name: Piece, labels: &[LabelShape]) -> u32 {
        let start = self.labels.len() as u32;
        self.labels.extend_from_slice(labels);
        if name.start() > 0 {
            let value = Piece::default();
            self.labels.push(LabelShape { name, value });
        }
        start
    }

    /// Lets a series be found by its tag.
    #[inline(always)]
    pub(super) fn insert(&mut self, number: u32, register: &Register) {
        let tag_of = |number| register.tag(number);
        if let Some(tag) = tag_of(number) {
            self.table.insert(tag, number, tag_of);
        }
    }

    /// Keeps another line, which is given without its line feed and holds none.
    fn add_other(&mut self, line: &str, shape: OtherShape) -> Place {
        let start = self.texts.len();
        self.texts.push_str(line);
        self.texts.push('\n');
        self.others.push(shape);
        Place {
            start: start as u32,
            len: line.len() as u32,
            labels: self.others.len() as u32 - 1,
            form: Form::Other,
            ..Place::NONE
        }
    }

    /// Keeps what another arena has of a place.
    fn add(&mut self, place: &Place, from: &Arena, register: &Register) -> Place {
        let kept = match (from.text(place), from.other(place)) {
            (Text::Str(line), Some(shape)) => self.add_other(line, shape),
            (text, _) => {
                let series = Written {
                    text,
                    is_anew: place.form == Form::Anew,
                    blanks: 0,
                    name: from.name(place),
                    labels: from.labels(place).shapes,
                };
                self.add_series(&series, place.number, register)
            }
        };
        kept.for_the_same(place)
    }
}

/// The texts of both arenas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'t> {
    first: &'t [u8],
    second: &'t [u8],
}

impl<'t> Texts<'t> {
    /// What the line of a place begins with if it is there again; all of it if it is no sample.
    #[inline(always)]
    pub(super) fn prefix(self, place: &Place) -> Option<&'t [u8]> {
        if !matches!(place.form, Form::Sample | Form::Other) {
            return None;
        }
        let texts = match place.second {
            false => self.first,
            true => self.second,
        };
        // A space or line feed stands behind the text.
        let start = place.start as usize;
        texts.get(start..start + place.len as usize + 1)
    }
}

/// A series as a body has it.
pub(super) struct Written<'t> {
    pub(super) text: Text<'t>,
    /// Whether its lines are to be read anew each time: it holds a line feed, or is written as only lenient
    /// reading takes it.
    pub(super) is_anew: bool,
    /// How many bytes before the text its pieces are counted from.
    pub(super) blanks: u32,
    pub(super) name: Piece,
    pub(super) labels: &'t [LabelShape],
}

/// The arenas of a cache: in the old one are lines that have been there for a while, in the young one
/// those that came since.
///
/// Lines that are gone leave their texts behind. When the old arena is mostly such, what is left of it
/// moves to the young one, and they change roles: bodies in which nearly everything is new each time
/// cost no copying.
#[derive(Debug, Default)]
pub(super) struct Arenas {
    seeds: Seeds,
    first: Arena,
    second: Arena,
    /// Whether the second is the young one.
    second_is_young: bool,
    /// How many bytes of each are of lines in the last body.
    used_of_first: usize,
    used_of_second: usize,
}

impl Arenas {
    #[inline(always)]
    pub(super) fn of(&self, place: &Place) -> &Arena {
        match place.second {
            false => &self.first,
            true => &self.second,
        }
    }

    #[inline(always)]
    pub(super) fn texts(&self) -> Texts<'_> {
        Texts {
            first: self.first.texts.as_bytes(),
            second: self.second.texts.as_bytes(),
        }
    }

    /// Where lines that come are kept, and whether that is the second arena.
    pub(super) fn for_new(&mut self) -> (&mut Arena, bool) {
        match self.second_is_young {
            false => (&mut self.first, false),
            true => (&mut self.second, true),
        }
    }

    /// What a series as it is written is found by.
    #[inline]
    pub(super) fn tag(&self, raw: &[u8]) -> Tag {
        Table::tag(self.seeds.hash(raw))
    }

    /// The number of the series that `is` says yes to, among those of that tag and few others.
    #[inline(always)]
    pub(super) fn find(&self, tag: Tag, is: impl Fn(u32) -> bool) -> Option<u32> {
        let found = self.first.table.find(tag, &is);
        found.or_else(|| self.second.table.find(tag, &is))
    }

    /// Keeps a series, and gives it a place without id and value.
    #[inline]
    pub(super) fn add_series(
        &mut self,
        series: &Written<'_>,
        number: u32,
        register: &Register,
    ) -> Place {
        let (arena, second) = self.for_new();
        let place = arena.add_series(series, number, register);
        let place = Place { second, ..place };
        self.gain(&place);
        place
    }

    pub(super) fn add_other(&mut self, line: &str, shape: OtherShape) -> Place {
        let (arena, second) = self.for_new();
        let place = arena.add_other(line, shape);
        let place = Place { second, ..place };
        self.gain(&place);
        place
    }

    /// Takes note that the line of a place is gone.
    pub(super) fn lose(&mut self, place: &Place) {
        let used = match place.second {
            false => &mut self.used_of_first,
            true => &mut self.used_of_second,
        };
        *used = used.saturating_sub(place.len as usize + 1);
    }

    /// Takes note of a new place.
    #[inline(always)]
    pub(super) fn gain(&mut self, place: &Place) {
        match place.second {
            false => self.used_of_first += place.len as usize + 1,
            true => self.used_of_second += place.len as usize + 1,
        }
    }

    /// Drops what is no longer used, if it is much.
    pub(super) fn tidy(&mut self, places: &mut [Place], register: &Register) {
        let used = self.used_of_first + self.used_of_second;
        let (of_old, of_young) = match self.second_is_young {
            false => (self.used_of_second, self.used_of_first),
            true => (self.used_of_first, self.used_of_second),
        };
        let young_is_second = self.second_is_young;
        let (old, young) = match young_is_second {
            false => (&mut self.second, &mut self.first),
            true => (&mut self.first, &mut self.second),
        };
        if old.size() == 0 {
            self.second_is_young = !young_is_second;
            return;
        }
        let mut moving = Moving {
            places,
            register,
            second: young_is_second,
        };
        let used = if of_young >= of_old && old.size() > 2 * of_old {
            let from = |place: &Place| (place.second != young_is_second).then_some(&*old);
            let moved = moving.all(from, young);
            old.clear(used);
            of_young + moved
        } else if old.size() + young.size() > 2 * used + ROOM {
            let mut fresh = Arena::default();
            let from = |place: &Place| match place.second == young_is_second {
                true => Some(&*young),
                false => Some(&*old),
            };
            let moved = moving.all(from, &mut fresh);
            *young = fresh;
            *old = Arena::default();
            moved
        } else {
            return;
        };
        // All are in what was the young arena, and nothing else.
        self.second_is_young = !young_is_second;
        (self.used_of_first, self.used_of_second) = match young_is_second {
            false => (used, 0),
            true => (0, used),
        };
    }
}

/// Places whose texts move to another arena.
struct Moving<'m> {
    places: &'m mut [Place],
    register: &'m Register,
    /// Whether it is the second one.
    second: bool,
}

impl Moving<'_> {
    /// Moves what `from` has of a place, for all of them: how many bytes it was.
    fn all<'f>(&mut self, from: impl Fn(&Place) -> Option<&'f Arena>, to: &mut Arena) -> usize {
        let mut bytes = 0;
        for index in 0..self.places.len() {
            let Some(place) = self.places.get(index).copied() else {
                break;
            };
            let Some(arena) = from(&place).filter(|_| place.form != Form::Odd) else {
                continue;
            };
            let first = match self.register.standing(place.number) {
                Standing::Here(first) if place.change == Change::Repeated => self.places.get(first),
                _ => None,
            };
            let moved = match first {
                // It stands further up and has been moved already.
                Some(first) => first.for_the_same(&place),
                None => {
                    bytes += place.len as usize + 1;
                    let second = self.second;
                    let moved = to.add(&place, arena, self.register);
                    Place { second, ..moved }
                }
            };
            if let Some(place) = self.places.get_mut(index) {
                *place = moved;
            }
        }
        bytes
    }
}
