//! The lines of a body in their order, as they are kept until the next one.

/// What a line was: enough to know it again, and to show it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// What the line begins with if it is the same again: of a sample all before its value, otherwise
    /// the whole line.
    pub(super) prefix: Prefix,
    pub(super) what: What,
    more: More,
    pub(super) value: f64,
}

impl Place {
    pub(super) fn new(prefix: Prefix, what: What) -> Self {
        Place {
            prefix,
            what,
            more: More(0),
            value: 0.0,
        }
    }

    #[inline(always)]
    pub(super) fn change(&self) -> Change {
        match self.more.0 >> SHIFT {
            0 => Change::New,
            1 => Change::Same,
            2 => Change::Changed,
            _ => Change::Repeated,
        }
    }

    /// Whether it is a sample, and none of its series is before it.
    #[inline(always)]
    pub(super) fn is_first(&self) -> bool {
        self.change() != Change::Repeated
    }

    /// The number of what else the line says.
    #[inline(always)]
    pub(super) fn extra(&self) -> Option<u32> {
        (self.more.0 & NUMBER).checked_sub(1)
    }

    #[inline(always)]
    pub(super) fn say(&mut self, change: Change, extra: Option<u32>) {
        let change: u32 = match change {
            Change::New => 0,
            Change::Same => 1,
            Change::Changed => 2,
            Change::Repeated => 3,
        };
        self.more = More(change << SHIFT | extra.map_or(0, |extra| extra + 1));
    }

    /// Sets the value, and says whether it is another one than before.
    #[inline(always)]
    pub(super) fn set(&mut self, value: f64, extra: Option<u32>) {
        let change = match self.change() {
            Change::Repeated => Change::Repeated,
            _ => Change::of(self.value, value),
        };
        self.value = value;
        self.say(change, extra);
    }
}

/// What became of a series since the last body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It was not there.
    New,
    /// It has the same value; every NaN is the same.
    Same,
    /// It has another value.
    Changed,
    /// Another sample of it stands further up in this body.
    Repeated,
}

impl Change {
    #[inline(always)]
    pub(super) fn of(before: f64, now: f64) -> Self {
        match before.to_bits() == now.to_bits() {
            true => Change::Same,
            false => Change::Changed,
        }
    }
}

/// A text that lines are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) start: u32,
    pub(super) len: u32,
}

impl Prefix {
    /// What no line begins with: no text is that long.
    pub(super) const NEVER: Prefix = Prefix {
        start: 0,
        len: u32::MAX,
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sample, of the series of that number.
    Sample,
    /// Another line of that number.
    Other,
    /// A line that is read again when it is asked for: an error or a rare one.
    Odd,
}

/// The kind of a line and a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct What(u32);

/// How a series changed, and one more than the number of what else the line says.
#[derive(Debug, Clone, Copy)]
struct More(u32);

const SHIFT: u32 = 30;
const NUMBER: u32 = (1 << SHIFT) - 1;

impl What {
    pub(super) fn new(kind: Kind, number: u32) -> Self {
        let kind: u32 = match kind {
            Kind::Sample => 0,
            Kind::Other => 1,
            Kind::Odd => 2,
        };
        What(kind << SHIFT | number)
    }

    #[inline(always)]
    pub(super) fn get(self) -> (Kind, u32) {
        let kind = match self.0 >> SHIFT {
            0 => Kind::Sample,
            1 => Kind::Other,
            _ => Kind::Odd,
        };
        (kind, self.0 & NUMBER)
    }
}
