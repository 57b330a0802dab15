//! The value of a histogram or a summary that has all parts in braces.

use nom::Input as _;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::value;

use super::input::{Fail, Input, Parsed, fail, failed, must};
use super::token::run;
use crate::bytes::work;
use crate::error::ErrorKind;
use crate::model::composite::field::Field;
use crate::model::composite::native;
use crate::model::metric_type::MetricType;
use crate::number::decode::{self, NumberError};

const ZERO_THRESHOLD: &str = "the field `zero_threshold`";
const ZERO_COUNT: &str = "the field `zero_count`";

/// The values of the fields, each at its field's number, without brackets.
type Fields<'i> = [Option<Input<'i>>; Field::ALL.len()];

/// What a check returns: nothing, or the line's error.
type Checked<T = ()> = Result<T, nom::Err<Fail>>;

/// Reads `composite`, the value of a metric of that type:
///
/// ```text
/// composite = "{" field *("," field) "}"
/// field = key ":" (number / "[" [item *("," item)] "]")
/// ```
///
/// Prometheus takes the fields in any order, and empty items in lists.
pub(super) fn composite<'i>(kind: MetricType) -> impl Fn(Input<'i>) -> Parsed<'i, ()> {
    move |input| {
        let takes = Field::Count.is_of(kind) || Field::GCount.is_of(kind);
        if !takes {
            let expected = "a number, since only histograms and summaries have several values";
            return fail(input, ErrorKind::UnsuitableValue, expected);
        }
        let (left, fields) = fields(kind)(input)?;
        let composite = Composite {
            kind,
            fields,
            end: input.from(left.at() - input.at() - 1),
        };
        match kind {
            MetricType::Summary => composite.summary()?,
            _ => composite.histogram()?,
        }
        Ok((left, ()))
    }
}

/// Reads the fields, with their braces.
fn fields<'i>(kind: MetricType) -> impl Fn(Input<'i>) -> Parsed<'i, Fields<'i>> {
    move |input| {
        let mut fields = Fields::default();
        let (mut input, _) = tag("{")(input)?;
        loop {
            let (left, field) = key(kind)(input)?;
            let (left, text) = match field.is_list() {
                true => list(left)?,
                false => scalar(left)?,
            };
            let slot = fields.get_mut(field as usize);
            if slot.and_then(|slot| slot.replace(text)).is_some() {
                return fail(input, ErrorKind::SecondField, "each field once");
            }
            let mut end = must(
                "`,` or `}` after the field",
                alt((value(false, tag(",")), value(true, tag("}")))),
            );
            let (left, is_last) = end(left)?;
            if is_last {
                return Ok((left, fields));
            }
            input = left;
        }
    }
}

/// Reads a field's key and the colon after it.
fn key<'i>(kind: MetricType) -> impl Fn(Input<'i>) -> Parsed<'i, Field> {
    let expected = match kind {
        MetricType::Summary => "`count`, `sum` or `quantile`",
        MetricType::GaugeHistogram => "`gcount`, `gsum`, `bucket` or a field of a native histogram",
        _ => "`count`, `sum`, `bucket` or a field of a native histogram",
    };
    move |input| {
        let letters = |bytes: &[u8]| {
            let is_other = |byte: &u8| !byte.is_ascii_lowercase() && *byte != b'_';
            let len = bytes.iter().position(is_other).unwrap_or(bytes.len());
            work::on(len);
            len
        };
        let (left, key) = must(expected, run(letters))(input)?;
        let field = Field::parse(key.bytes()).filter(|field| field.is_of(kind));
        let Some(field) = field else {
            return fail(input, ErrorKind::UnknownField, expected);
        };
        let (left, _) = must("`:` after the field's name", tag(":"))(left)?;
        Ok((left, field))
    }
}

/// Reads a number, as far as it goes; what it says is looked at if it is needed.
fn scalar(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    must("a number", run(|bytes| text_len(bytes, false)))(input)
}

/// Reads a list in brackets.
fn list(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    let (input, _) = must("`[`", tag("["))(input)?;
    let (left, text) = input.take_split(text_len(input.bytes(), true));
    let (left, _) = must("`]` after the list", tag("]"))(left)?;
    Ok((left, text))
}

/// Returns the length of what is written without a blank, a quote, a bracket or a brace, and in lists only
/// with commas.
fn text_len(bytes: &[u8], in_list: bool) -> usize {
    let ends = |byte: &u8| match byte {
        b',' => !in_list,
        b'[' | b']' | b'{' | b'}' | b'"' => true,
        byte => !byte.is_ascii_graphic(),
    };
    let len = bytes.iter().position(ends).unwrap_or(bytes.len());
    work::on(len);
    len
}

/// The fields of a composite value, whose numbers are not looked at yet.
struct Composite<'i> {
    kind: MetricType,
    fields: Fields<'i>,
    /// The closing brace, where a missing field is missed.
    end: Input<'i>,
}

impl<'i> Composite<'i> {
    fn field(&self, field: Field) -> Option<Input<'i>> {
        self.fields.get(field as usize).copied().flatten()
    }

    fn required(&self, field: Field, expected: &'static str) -> Checked<Input<'i>> {
        match self.field(field) {
            Some(text) => Ok(text),
            None => failed(self.end, ErrorKind::MissingField, expected),
        }
    }

    /// Reads the number of observations, and checks their sum.
    fn observations(&self) -> Checked<(Input<'i>, f64, f64)> {
        let (count, sum) = match self.kind {
            MetricType::GaugeHistogram => ("the field `gcount`", "the field `gsum`"),
            _ => ("the field `count`", "the field `sum`"),
        };
        let count = self.required(Field::count_of(self.kind), count)?;
        let sum = self.required(Field::sum_of(self.kind), sum)?;
        Ok((count, number(count)?, number(sum)?))
    }

    fn summary(&self) -> Checked {
        self.observations()?;
        let quantiles = self.required(Field::Quantile, "the field `quantile`")?;
        let mut before = f64::NEG_INFINITY;
        for item in items(quantiles) {
            let (quantile, value) = pair(item, "`:` between a quantile and its value")?;
            let written = quantile;
            let quantile = number(written)?;
            if !(0.0..=1.0).contains(&quantile) {
                let expected = "a quantile from 0 to 1";
                return failed(written, ErrorKind::InvalidQuantile, expected);
            }
            if quantile <= before {
                let expected = "a quantile above the one before";
                return failed(written, ErrorKind::InvalidQuantile, expected);
            }
            before = quantile;
            number(value)?;
        }
        Ok(())
    }

    /// Checks what the options need of a histogram: what nobody asks for, Prometheus does not look at.
    fn histogram(&self) -> Checked {
        let options = self.end.context().histograms;
        let is_native = self.field(Field::Schema).is_some();
        if is_native {
            self.required(Field::ZeroThreshold, ZERO_THRESHOLD)?;
            self.required(Field::ZeroCount, ZERO_COUNT)?;
        }
        let has_native = options.native && is_native;
        if has_native {
            self.native()?;
        } else {
            self.observations()?;
        }
        match self.field(Field::Bucket) {
            Some(_) if has_native && !options.keep_classic => Ok(()),
            Some(buckets) => self.buckets(buckets),
            None if is_native => Ok(()),
            None => failed(
                self.end,
                ErrorKind::MissingField,
                "the field `bucket` or `schema`",
            ),
        }
    }

    fn buckets(&self, buckets: Input<'i>) -> Checked {
        let mut before = None;
        for item in items(buckets) {
            let (bound, count) = pair(item, "`:` between a bound and its count")?;
            let written = bound;
            let bound = number(written)?;
            if bound.is_nan() {
                let expected = "a bound that is not NaN";
                return failed(written, ErrorKind::InvalidHistogram, expected);
            }
            if before.is_some_and(|before| bound <= before) {
                let expected = "a bound above the one before";
                return failed(written, ErrorKind::InvalidHistogram, expected);
            }
            before = Some(bound);
            if number(count)? < 0.0 && self.kind == MetricType::Histogram {
                let expected = "a count that is not negative";
                return failed(count, ErrorKind::InvalidHistogram, expected);
            }
        }
        match before == Some(f64::INFINITY) {
            true => Ok(()),
            false => {
                let end = buckets.from(buckets.bytes().len());
                failed(end, ErrorKind::InvalidHistogram, "a bucket for +Inf")
            }
        }
    }

    /// Checks the native part as Prometheus' storage does (spec P35).
    fn native(&self) -> Checked {
        let (count_text, count, sum) = self.observations()?;
        let schema = self.required(Field::Schema, "the field `schema`")?;
        if !matches!(integer(schema)?, -4..=8) {
            let expected = "a schema from -4 to 8";
            return failed(schema, ErrorKind::InvalidHistogram, expected);
        }
        let text = self.required(Field::ZeroThreshold, ZERO_THRESHOLD)?;
        let threshold = number(text)?;
        if !threshold.is_finite() || threshold < 0.0 {
            let expected = "a finite threshold that is not negative";
            return failed(text, ErrorKind::InvalidHistogram, expected);
        }
        let text = self.required(Field::ZeroCount, ZERO_COUNT)?;
        let zero_count = number(text)?;
        for (text, count) in [(count_text, count), (text, zero_count)] {
            if count < 0.0 {
                let expected = "a count that is not negative";
                return failed(text, ErrorKind::InvalidHistogram, expected);
            }
        }
        let sides = [
            (Field::PositiveSpans, Field::PositiveBuckets),
            (Field::NegativeSpans, Field::NegativeBuckets),
        ];
        let text_of = |(_, buckets)| {
            let text = self.field(buckets).map(Input::bytes).unwrap_or_default();
            std::str::from_utf8(text).unwrap_or_default()
        };
        let is_float = native::has_float_counts(count, zero_count, sides.map(text_of));
        let mut held = zero_count as u128;
        for (spans, buckets) in sides {
            held += self.side(spans, buckets, is_float)?;
        }
        let (count, may_be_more) = (count as u128, sum.is_nan());
        match is_float || held == count || may_be_more && held < count {
            true => Ok(()),
            false => failed(
                count_text,
                ErrorKind::InvalidHistogram,
                "as many observations as the buckets hold",
            ),
        }
    }

    /// Checks one side of a native histogram. Returns how many observations it holds, if they are whole
    /// numbers.
    fn side(&self, spans: Field, buckets: Field, is_float: bool) -> Checked<u128> {
        let mut listed = 0_u64;
        for (at, item) in self.field(spans).into_iter().flat_map(items).enumerate() {
            let text = std::str::from_utf8(item.bytes()).unwrap_or_default();
            let Some(span) = native::span(text) else {
                let expected = "a span: its offset, `:` and its length";
                return failed(item, ErrorKind::InvalidHistogram, expected);
            };
            if at > 0 && span.offset < 0 {
                let expected = "an offset that is not negative, after the first span";
                return failed(item, ErrorKind::InvalidHistogram, expected);
            }
            listed += u64::from(span.length);
        }
        let (mut counts, mut held) = (0, 0);
        for item in self.field(buckets).into_iter().flat_map(items) {
            let count = match is_float {
                true => number(item)?,
                false => {
                    let count = integer(item)?;
                    held += u128::from(count.unsigned_abs());
                    count as f64
                }
            };
            if count < 0.0 {
                let expected = "a count that is not negative";
                return failed(item, ErrorKind::InvalidHistogram, expected);
            }
            counts += 1;
        }
        if listed == counts {
            return Ok(held);
        }
        let place = self.field(buckets).or(self.field(spans));
        failed(
            place.unwrap_or(self.end),
            ErrorKind::InvalidHistogram,
            "as many buckets as the spans list",
        )
    }
}

/// Returns the items of a list that are not empty.
fn items<'i>(list: Input<'i>) -> impl Iterator<Item = Input<'i>> {
    let bytes = list.bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        while bytes.get(start) == Some(&b',') {
            start += 1;
        }
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let len = memchr::memchr(b',', rest).unwrap_or(rest.len());
        let item = list.from(start).up_to(len);
        start += len;
        Some(item)
    })
}

/// Splits an item at its colon.
fn pair<'i>(item: Input<'i>, expected: &'static str) -> Checked<(Input<'i>, Input<'i>)> {
    match memchr::memchr(b':', item.bytes()) {
        Some(colon) => Ok((item.up_to(colon), item.from(colon + 1))),
        None => failed(
            item.from(item.bytes().len()),
            ErrorKind::Unexpected,
            expected,
        ),
    }
}

fn number<'i>(text: Input<'i>) -> Checked<f64> {
    let number = std::str::from_utf8(text.bytes()).map(decode::number);
    match number {
        Ok(Ok(number)) => Ok(number),
        Ok(Err(NumberError::Range)) => failed(text, ErrorKind::ValueOutOfRange, "a number"),
        Ok(Err(NumberError::Syntax)) | Err(_) => failed(text, ErrorKind::InvalidValue, "a number"),
    }
}

fn integer<'i>(text: Input<'i>) -> Checked<i64> {
    let number = std::str::from_utf8(text.bytes()).map(str::parse);
    match number {
        Ok(Ok(number)) => Ok(number),
        _ => failed(text, ErrorKind::InvalidValue, "a whole number"),
    }
}
