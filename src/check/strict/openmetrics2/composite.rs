//! The grammar of composite values, with the fields in their order.

use super::cursor::{Cursor, Read, Token, fail, is_int, is_number, is_real};
use super::demand;
use crate::model::metric_type::MetricType;

/// A composite value as written.
#[derive(Debug)]
pub(super) struct Composite<'a> {
    /// The type that its fields are those of: histogram, gauge histogram or summary.
    pub(super) shape: MetricType,
    /// Where it begins.
    pub(super) at: usize,
    pub(super) count: Token<'a>,
    pub(super) sum: Token<'a>,
    pub(super) native: Option<Native<'a>>,
    /// The list of a summary's quantiles or of classic buckets.
    pub(super) pairs: Option<Token<'a>>,
}

/// The native buckets of a composite value.
#[derive(Debug)]
pub(super) struct Native<'a> {
    pub(super) schema: Token<'a>,
    pub(super) zero_threshold: Token<'a>,
    pub(super) zero_count: Token<'a>,
    pub(super) negative: Option<Side<'a>>,
    pub(super) positive: Option<Side<'a>>,
}

/// One side of the native buckets: two lists.
#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) spans: Token<'a>,
    pub(super) buckets: Token<'a>,
}

/// Reads `"{" composite "}"`.
pub(super) fn read<'a>(cursor: &mut Cursor<'a>) -> Read<Composite<'a>> {
    let at = cursor.at;
    cursor.expect("{", demand::form("an opening brace"))?;
    let (is_gauge, count) = match cursor.is_at("g") {
        true => (true, field(cursor, "gcount:", "the field `gcount`, first")?),
        false => (false, field(cursor, "count:", "the field `count`, first")?),
    };
    let sum = match is_gauge {
        true => field(cursor, ",gsum:", "the field `gsum` after the count")?,
        false => field(cursor, ",sum:", "the field `sum` after the count")?,
    };
    let mut composite = Composite {
        shape: match is_gauge {
            true => MetricType::GaugeHistogram,
            false => MetricType::Histogram,
        },
        at,
        count,
        sum,
        native: None,
        pairs: None,
    };
    if !is_gauge && cursor.eat(",quantile:[") {
        composite.shape = MetricType::Summary;
        composite.pairs = Some(list(cursor, quantiles)?);
    } else {
        if cursor.eat(",schema:") {
            composite.native = Some(native(cursor)?);
        }
        if cursor.eat(",bucket:[") {
            composite.pairs = Some(list(cursor, classic)?);
        }
    }
    let expected = match (&composite.native, composite.pairs) {
        (None, None) => {
            let expected = "`schema`, `bucket` or `quantile` after the sum";
            return fail(cursor.at, demand::form(expected));
        }
        (Some(_), None) => "the next field in its order, or the closing brace",
        (_, Some(_)) => "the closing brace",
    };
    cursor.expect("}", demand::form(expected))?;
    Ok(composite)
}

/// Reads a field whose value is a number.
fn field<'a>(cursor: &mut Cursor<'a>, key: &str, expected: &'static str) -> Read<Token<'a>> {
    cursor.expect(key, demand::form(expected))?;
    let token = scalar(cursor);
    number(token)?;
    Ok(token)
}

fn scalar<'a>(cursor: &mut Cursor<'a>) -> Token<'a> {
    cursor.token(b",}")
}

fn number(token: Token<'_>) -> Read<()> {
    match is_number(token.text) {
        true => Ok(()),
        false => fail(token.at, demand::grammar("a number")),
    }
}

/// Reads the rest of the native buckets, from the value of the schema on.
fn native<'a>(cursor: &mut Cursor<'a>) -> Read<Native<'a>> {
    let schema = scalar(cursor);
    if !is_int(schema.text) {
        return fail(schema.at, demand::SCHEMA);
    }
    let expected = "the field `zero_threshold` after the schema";
    cursor.expect(",zero_threshold:", demand::form(expected))?;
    let zero_threshold = scalar(cursor);
    if !is_real(zero_threshold.text) {
        return fail(zero_threshold.at, demand::THRESHOLD);
    }
    let expected = "the field `zero_count` after the threshold";
    let zero_count = field(cursor, ",zero_count:", expected)?;
    let mut side = |spans_key, buckets_key, expected| {
        if !cursor.eat(spans_key) {
            return Ok(None);
        }
        let spans = list(cursor, spans)?;
        cursor.expect(buckets_key, demand::form(expected))?;
        let buckets = list(cursor, counts)?;
        Ok(Some(Side { spans, buckets }))
    };
    Ok(Native {
        schema,
        zero_threshold,
        zero_count,
        negative: side(
            ",negative_spans:[",
            ",negative_buckets:[",
            "the field `negative_buckets` after the spans",
        )?,
        positive: side(
            ",positive_spans:[",
            ",positive_buckets:[",
            "the field `positive_buckets` after the spans",
        )?,
    })
}

/// Reads a list from its first item to its closing bracket, and checks its items.
fn list<'a>(cursor: &mut Cursor<'a>, check: fn(Token<'a>) -> Read<()>) -> Read<Token<'a>> {
    let list = cursor.token(b"]}");
    check(list)?;
    cursor.expect("]", demand::form("a comma or the closing bracket"))?;
    Ok(list)
}

/// Returns the items of a list, empty ones too; none of an empty list.
pub(super) fn items<'a>(list: Token<'a>) -> impl Iterator<Item = Token<'a>> {
    let mut at = list.at;
    let is_empty = list.text.is_empty();
    let texts = list.text.split(',').filter(move |_| !is_empty);
    texts.map(move |text| {
        let item = Token { text, at };
        at += text.len() + 1;
        item
    })
}

/// Splits an item at its colon.
pub(super) fn pair<'a>(item: Token<'a>) -> Option<(Token<'a>, Token<'a>)> {
    let (first, second) = item.text.split_once(':')?;
    let second = Token {
        text: second,
        at: item.at + first.len() + 1,
    };
    let first = Token {
        text: first,
        at: item.at,
    };
    Some((first, second))
}

fn whole_pair<'a>(item: Token<'a>, expected: &'static str) -> Read<(Token<'a>, Token<'a>)> {
    match pair(item) {
        Some(pair) => Ok(pair),
        None => fail(item.at, demand::form(expected)),
    }
}

/// Checks `[quantile ":" number *("," quantile ":" number)]`.
fn quantiles(list: Token<'_>) -> Read<()> {
    for item in items(list) {
        let (quantile, value) = whole_pair(item, "a quantile, `:` and its value")?;
        if !is_real(quantile.text) {
            return fail(quantile.at, demand::QUANTILE);
        }
        number(value)?;
    }
    Ok(())
}

/// Checks `[("-Inf" / real) ":" number *("," real ":" number) ","] "+Inf" ":" number`.
fn classic(list: Token<'_>) -> Read<()> {
    let mut is_first = true;
    let mut inf = None;
    for item in items(list) {
        let (bound, count) = whole_pair(item, "a bound, `:` and its count")?;
        if let Some(at) = inf {
            return fail(at, demand::INFINITE_LAST);
        }
        match bound.text {
            "+Inf" => inf = Some(item.at),
            "-Inf" if is_first => {}
            text if is_real(text) => {}
            _ => return fail(bound.at, demand::BOUND),
        }
        is_first = false;
        number(count)?;
    }
    match inf {
        Some(_) => Ok(()),
        None => fail(list.at + list.text.len(), demand::INFINITE_LAST),
    }
}

/// Checks `[int ":" length *("," length ":" length)]`.
fn spans(list: Token<'_>) -> Read<()> {
    for (number, item) in items(list).enumerate() {
        let Some((offset, length)) = pair(item) else {
            return fail(item.at, demand::SPAN);
        };
        if !is_int(offset.text) || !super::cursor::is_length(length.text) {
            return fail(item.at, demand::SPAN);
        }
        if number > 0 && offset.text.starts_with('-') {
            return fail(item.at, demand::LATER_OFFSET);
        }
    }
    Ok(())
}

/// Checks `[number *("," number)]`.
fn counts(list: Token<'_>) -> Read<()> {
    for item in items(list) {
        number(item)?;
    }
    Ok(())
}
