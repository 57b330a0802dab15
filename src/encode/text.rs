//! The pieces of a line, appended to a buffer: names, quoted texts, numbers.
//!
//! Nothing here allocates, except the buffer when it grows.

use std::borrow::Cow;

use super::error::EncodeError;
use super::target::Target;
use crate::format::syntax::{Blanks, BodyEnd, NumberStyle, Syntax, TimeUnit, Units};
use crate::model::metric_type::MetricType;
use crate::model::name;
use crate::number::decode::Escapes;
use crate::number::escape::{escape, quote};
use crate::number::go_float;

/// Appends a text with backslash, line feed and double quote escaped: label values and quoted names
/// (spec T51), and HELP and UNIT in OpenMetrics (spec O47).
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    _ = escape(out, text, Escapes::Quoted);
}

/// Appends `"text"`, escaped.
pub(crate) fn push_quoted(out: &mut String, text: &str) {
    _ = quote(out, text);
}

/// A metric's name in two parts, such as a family's name and the suffix of one of its samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameParts<'n> {
    pub(crate) base: &'n str,
    pub(crate) suffix: &'n str,
}

impl<'n> NameParts<'n> {
    pub(crate) fn whole(name: &'n str) -> Self {
        NameParts {
            base: name,
            suffix: "",
        }
    }

    /// Tells whether the name can stand without quotes. Suffixes are made of letters and underscores.
    pub(crate) fn is_bare(self) -> bool {
        match self.base {
            "" => name::is_legacy_metric_name(self.suffix.as_bytes()),
            base => name::is_legacy_metric_name(base.as_bytes()),
        }
    }

    pub(crate) fn joined(self) -> Cow<'n, str> {
        match (self.base, self.suffix) {
            (base, "") => Cow::Borrowed(base),
            (base, suffix) => Cow::Owned([base, suffix].concat()),
        }
    }
}

/// Appends a name as HELP, TYPE and UNIT lines write it: quoted only where it must be (spec T52).
pub(crate) fn push_metric_name(out: &mut String, name: NameParts<'_>) {
    let bare = name.is_bare();
    if !bare {
        out.push('"');
    }
    push_escaped(out, name.base);
    push_escaped(out, name.suffix);
    if !bare {
        out.push('"');
    }
}

/// Appends a series: its name, and its labels in the order they are pushed.
///
/// A name that needs quotes goes inside the braces. A series without labels has no braces (spec T52, T53).
pub(crate) struct SeriesWriter<'o> {
    out: &'o mut String,
    separator: &'static str,
    /// Whether the series has braces even without labels.
    braces: bool,
}

impl<'o> SeriesWriter<'o> {
    pub(crate) fn new(out: &'o mut String, name: NameParts<'_>) -> Self {
        let bare = name.is_bare();
        if bare {
            out.push_str(name.base);
            out.push_str(name.suffix);
        } else {
            out.push('{');
            push_metric_name(out, name);
        }
        SeriesWriter {
            out,
            separator: if bare { "{" } else { "," },
            braces: !bare,
        }
    }

    pub(crate) fn label(&mut self, name: &str, value: &str) {
        self.out.push_str(self.separator);
        self.separator = ",";
        self.braces = true;
        push_label(self.out, name, value);
    }

    /// Appends labels that were written elsewhere and are separated by commas.
    pub(crate) fn labels(&mut self, pushed: &str) {
        if !pushed.is_empty() {
            self.out.push_str(self.separator);
            self.separator = ",";
            self.braces = true;
            self.out.push_str(pushed);
        }
    }

    /// Appends a label whose value is a number: `le` and `quantile`.
    pub(crate) fn number(&mut self, name: &str, number: f64, style: NumberStyle) {
        self.out.push_str(self.separator);
        self.separator = ",";
        self.braces = true;
        self.out.push_str(name);
        self.out.push_str("=\"");
        push_float(self.out, number, style);
        self.out.push('"');
    }

    pub(crate) fn finish(self) {
        if self.braces {
            self.out.push('}');
        }
    }
}

/// Appends a label, its name quoted only where it must be.
pub(crate) fn push_label(out: &mut String, name: &str, value: &str) {
    if name::is_legacy_label_name(name.as_bytes()) {
        out.push_str(name);
    } else {
        push_quoted(out, name);
    }
    out.push_str("=\"");
    push_escaped(out, value);
    out.push('"');
}

/// Appends an exemplar without its timestamp. Its label names are not subject to escaping schemes (spec
/// N29).
pub(crate) fn push_exemplar<'l>(
    out: &mut String,
    labels: impl Iterator<Item = (Cow<'l, str>, Cow<'l, str>)>,
    value: f64,
) {
    out.push_str(" # {");
    for (at, (name, value)) in labels.enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_label(out, &name, &value);
    }
    out.push_str("} ");
    push_value(out, value, NumberStyle::Float);
}

/// Appends a float.
pub(crate) fn push_float(out: &mut String, number: f64, style: NumberStyle) {
    match style {
        NumberStyle::Float => go_float::openmetrics(number).push_to(out),
        NumberStyle::Shortest => go_float::shortest(number).push_to(out),
    }
}

/// Appends a sample's value. The sign of a zero is kept, which Go's client library drops.
pub(crate) fn push_value(out: &mut String, value: f64, style: NumberStyle) {
    if value == 0.0 && value.is_sign_negative() {
        out.push('-');
    }
    push_float(out, value, style);
}

/// Appends a count of observations.
pub(crate) fn push_count(out: &mut String, count: f64, style: NumberStyle) {
    let integer = match style {
        NumberStyle::Float => whole_count(count),
        NumberStyle::Shortest => None,
    };
    match integer {
        Some(integer) => go_float::push_unsigned(out, integer),
        None => push_value(out, count, style),
    }
}

/// Returns the count as an integer, if it is a natural number of 64 bits.
pub(crate) fn whole_count(count: f64) -> Option<u64> {
    let integer = count as u64;
    let whole = integer as f64 == count && count < 18_446_744_073_709_551_616.0;
    (whole && count.is_sign_positive()).then_some(integer)
}

/// Appends a blank and a timestamp.
pub(crate) fn push_timestamp(out: &mut String, millis: i64, unit: TimeUnit) {
    out.push(' ');
    match unit {
        TimeUnit::Seconds => go_float::openmetrics(seconds(millis)).push_to(out),
        TimeUnit::Milliseconds => go_float::push_integer(out, millis),
    }
}

/// Appends a number of seconds without an exponent, as OpenMetrics 2.0 wants times.
pub(crate) fn push_decimal(out: &mut String, seconds: f64) {
    use std::fmt::Write as _;
    // Writing to a `String` cannot fail.
    _ = write!(out, "{seconds}");
}

/// Converts milliseconds to seconds.
///
/// A reader multiplies by 1000 and cuts the fraction off (spec O30), so the nearest float to the quotient can
/// come back one millisecond short: 1.001 is read as 1000. Where that would happen, the next float away from
/// zero is taken. Beyond 2^52 milliseconds, some 140,000 years, floats can be too coarse; there the plain
/// quotient is used.
pub(crate) fn seconds(millis: i64) -> f64 {
    let nearest = millis as f64 / 1000.0;
    if (nearest * 1000.0) as i64 == millis {
        return nearest;
    }
    let away = if millis < 0 {
        nearest.next_down()
    } else {
        nearest.next_up()
    };
    if (away * 1000.0) as i64 == millis {
        away
    } else {
        nearest
    }
}

/// Tells whether readers ignore a help text: an empty one, and one of blanks alone where readers skip blanks
/// (spec T18).
pub(crate) fn is_no_help(help: &str, syntax: &Syntax) -> bool {
    let blanks: &[char] = match syntax.blanks {
        Blanks::OneSpace => &[],
        Blanks::Any => &[' ', '\t'],
    };
    help.trim_start_matches(blanks).is_empty()
}

/// Appends a HELP line, unless readers would ignore it.
pub(crate) fn push_help_line(out: &mut String, name: NameParts<'_>, help: &str, syntax: &Syntax) {
    if is_no_help(help, syntax) {
        return;
    }
    out.push_str("# HELP ");
    push_metric_name(out, name);
    out.push(' ');
    _ = escape(out, help, syntax.help);
    out.push('\n');
}

/// Appends a TYPE line.
pub(crate) fn push_type_line(
    out: &mut String,
    name: NameParts<'_>,
    kind: MetricType,
    syntax: &Syntax,
) {
    out.push_str("# TYPE ");
    push_metric_name(out, name);
    out.push(' ');
    out.push_str(syntax.types.word(kind));
    out.push('\n');
}

/// Appends a UNIT line. A format without them has the unit left out, if that is allowed. Returns whether it
/// was.
///
/// Prometheus refuses a body with a unit that the name does not end in, and does not undo escapes in a
/// unit.
pub(crate) fn push_unit(
    out: &mut String,
    target: &Target,
    name: NameParts<'_>,
    unit: &str,
    lossy: bool,
) -> Result<bool, EncodeError> {
    let family = || name.joined().into_owned();
    let fits = match target.syntax.units {
        Units::None if lossy => return Ok(true),
        Units::None => {
            return Err(EncodeError::UnitInText {
                family: family(),
                unit: unit.to_owned(),
            });
        }
        Units::Suffix => {
            (name.joined().strip_suffix(unit)).is_some_and(|before| before.ends_with('_'))
        }
        Units::Free => true,
    };
    if !fits || unit.contains(['\\', '"', '\n']) {
        return Err(EncodeError::Unit {
            family: family(),
            unit: unit.to_owned(),
        });
    }
    push_raw_line(out, "UNIT", name, unit);
    Ok(false)
}

/// Appends what marks the end of a body.
pub(crate) fn push_end(out: &mut String, syntax: &Syntax) {
    match syntax.end {
        BodyEnd::Anywhere => {}
        BodyEnd::EofLine => out.push_str("# EOF\n"),
    }
}

/// Appends a line of metadata whose text is escaped already.
pub(crate) fn push_raw_line(out: &mut String, keyword: &str, name: NameParts<'_>, raw: &str) {
    out.push_str("# ");
    out.push_str(keyword);
    out.push(' ');
    push_metric_name(out, name);
    out.push(' ');
    out.push_str(raw);
    out.push('\n');
}
