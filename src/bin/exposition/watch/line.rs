//! A scrape in a line of `key=value`, or in an object.

use exposition::Series;
use serde_json::{Map, Value, json};

use super::moves::{Level, Rate, States};
use super::scrape::{Churn, Scrape, share};
use crate::json;
use crate::page::{number, printable};

/// Returns the scrape as a line. The keys and their order are always the same, except that `error` takes the place of
/// what only a scrape has that succeeds.
pub(super) fn line(scrape: &Scrape) -> String {
    let (up, seconds) = (u8::from(scrape.up()), scrape.took.as_secs_f64());
    let mut line = format!(
        "time={} up={up} seconds={seconds:.3}",
        number::date(scrape.at)
    );
    if let Some(bytes) = scrape.bytes {
        line.push_str(&format!(" bytes={bytes}"));
    }
    if let Some(error) = &scrape.error {
        let (stale, error) = (scrape.stale.len(), quoted(error));
        line.push_str(&format!(" stale={stale} error={error}"));
        return line;
    }
    let moves = &scrape.moves;
    let resets = moves.rates.iter().filter(|rate| rate.reset).count();
    line.push_str(&format!(
        " samples={} series={} new={} stale={} counters={} resets={resets} gauges={}",
        scrape.samples,
        scrape.series,
        scrape.new.len(),
        scrape.stale.len(),
        moves.rates.len(),
        moves.levels.len() + moves.states.len(),
    ));
    if let Some(fastest) = moves.rates.first() {
        let (series, rate) = (quoted(&fastest.series.to_string()), fastest.per_second);
        line.push_str(&format!(
            " fastest={series} per_second={}",
            number::rounded(rate)
        ));
    }
    line
}

/// Puts a text between quotation marks.
fn quoted(text: &str) -> String {
    let text = printable(text);
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns the scrape as an object, with at most that many entries in each list.
pub(super) fn object(scrape: &Scrape, name: &str, limit: usize) -> Value {
    let mut object = match &scrape.source {
        Some(source) => json::source(source),
        None => Map::from_iter([("source".to_owned(), name.into())]),
    };
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("scrape", scrape.number.into());
    put("time", scrape.at.into());
    put("up", scrape.up().into());
    if let Some(error) = &scrape.error {
        put("error", error.as_str().into());
    }
    put("duration_seconds", scrape.took.as_secs_f64().into());
    if let Some(bytes) = scrape.bytes {
        put("bytes", bytes.into());
    }
    put("samples", scrape.samples.into());
    put("refused", scrape.refused.into());
    put("series", scrape.series.into());
    let (new, stale) = (scrape.new.len(), scrape.stale.len());
    put("new", new.into());
    put("stale", stale.into());
    put("churn_percent", share(scrape.series, new, stale).into());
    if let Some(since) = scrape.since {
        put("since_seconds", since.as_secs_f64().into());
    }
    let moves = &scrape.moves;
    let moved = json!({
        "metrics": scrape.churn.len(),
        "rates": moves.rates.len(),
        "gauges": moves.levels.len(),
        "states": moves.states.len(),
    });
    put("found", moved);
    put("metrics", list(&scrape.churn, limit, churn));
    put(
        "new_series",
        list(&scrape.new, limit, |series| json!(series)),
    );
    put(
        "stale_series",
        list(&scrape.stale, limit, |series| json!(series)),
    );
    put("rates", list(&moves.rates, limit, rate));
    put("gauges", list(&moves.levels, limit, level));
    put("states", list(&moves.states, limit, states));
    object.into()
}

fn list<T>(from: &[T], limit: usize, of: impl Fn(&T) -> Value) -> Value {
    from.iter().take(limit).map(of).collect()
}

fn churn(churn: &Churn) -> Value {
    json!({
        "metric": churn.metric,
        "series": churn.series,
        "new": churn.new,
        "stale": churn.stale,
        "churn_percent": churn.share(),
    })
}

fn rate(rate: &Rate) -> Value {
    let mut object = of_series(&rate.series);
    object.insert("type".to_owned(), rate.metric_type.to_string().into());
    object.insert("per_second".to_owned(), float(rate.per_second));
    object.insert("increase".to_owned(), float(rate.increase));
    if let Some(mean) = rate.mean {
        object.insert("mean".to_owned(), float(mean));
    }
    object.insert("reset".to_owned(), rate.reset.into());
    object.into()
}

fn level(level: &Level) -> Value {
    let mut object = of_series(&level.series);
    object.insert("type".to_owned(), level.metric_type.to_string().into());
    object.insert("before".to_owned(), float(level.before));
    object.insert("after".to_owned(), float(level.after));
    object.into()
}

fn states(states: &States) -> Value {
    let mut object = of_series(&states.series);
    object.insert("before".to_owned(), json!(states.before));
    object.insert("after".to_owned(), json!(states.after));
    object.into()
}

/// Returns the family and the labels of a metric.
fn of_series(series: &Series) -> Map<String, Value> {
    let labels = series
        .labels()
        .map(|(name, value)| (name.to_owned(), value.into()));
    Map::from_iter([
        ("name".to_owned(), series.name().into()),
        ("labels".to_owned(), Value::Object(labels.collect())),
    ])
}

/// Returns a number, or the text that families have in JSON for what is not one.
fn float(value: f64) -> Value {
    match value.is_finite() {
        true => value.into(),
        false => number::exact(value).into(),
    }
}
