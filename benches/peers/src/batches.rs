//! Record batches: of bodies, and by Arrow's own reader of JSON lines, of the same samples.

use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;

use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use exposition::arrow::{Batch, BatchReader, samples_schema};
use exposition::{Dialect, Families, Format, SampleView, Samples, ScrapeProtocol};
use serde_json::{Map, Value, json};

use crate::bodies::Body;
use crate::ours::add_metric;
use crate::{Contestant, Gives, Run, Side, Tally};

/// What is measured, families first.
pub const BATCHES: &[Contestant] = &[
    contestant("families", Side::Ours, families),
    contestant("batches without labels", Side::Ours, without_labels),
    contestant("batches", Side::Ours, batches),
    contestant("arrow-json", Side::Peer, json_lines),
];

const fn contestant(
    name: &'static str,
    side: Side,
    prepare: for<'b> fn(&'b Body) -> Run<'b>,
) -> Contestant {
    Contestant {
        name,
        side,
        gives: Gives::Metrics,
        prepare,
    }
}

/// How many samples are read in one go, at least: a batch holds the samples of many small bodies.
const SAMPLES: u64 = 20_000;

/// Returns how often a body is read in one go.
fn times(body: &Body) -> u64 {
    SAMPLES.div_ceil(body.samples.max(1))
}

fn format(body: &Body) -> Format {
    Format::new(match body.dialect {
        Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
        _ => ScrapeProtocol::PrometheusText004,
    })
}

fn families(body: &Body) -> Run<'_> {
    Box::new(|| {
        let mut tally = Tally::default();
        for _ in 0..times(body) {
            for family in Families::new(body.text.as_bytes(), body.dialect).flatten() {
                tally.text(&family.name);
                for metric in &family.metrics {
                    add_metric(&mut tally, metric);
                }
            }
        }
        Ok(tally)
    })
}

fn batches(body: &Body) -> Run<'_> {
    of_columns(body, |_| true)
}

fn without_labels(body: &Body) -> Run<'_> {
    of_columns(body, |column| column != "labels")
}

fn of_columns(body: &Body, is_wanted: fn(&str) -> bool) -> Run<'_> {
    let schema = samples_schema();
    let columns = schema.fields().iter().enumerate();
    let columns = columns.filter(|(_, field)| is_wanted(field.name()));
    let columns: Vec<usize> = columns.map(|(at, _)| at).collect();
    Box::new(move || {
        let of_target =
            |_| exposition::arrow::Body::new("target", format(body), body.text.as_bytes());
        let batches = BatchReader::new((0..times(body)).map(of_target)).project(&columns);
        let mut tally = Tally::default();
        for batch in batches.map_err(|error| error.to_string())? {
            if let Batch::Samples(batch) = batch.map_err(|error| error.to_string())? {
                tally.samples += black_box(&batch).num_rows() as u64;
            }
        }
        Ok(tally)
    })
}

/// Reads JSON lines with the columns that the sample has. Its texts are no dictionaries, which the reader does not
/// build.
fn json_lines(body: &Body) -> Run<'_> {
    let lines = written(body).repeat(usize::try_from(times(body)).unwrap_or(1));
    let schema = plain_schema();
    Box::new(move || {
        let reader = ReaderBuilder::new(schema.clone())
            .with_batch_size(8192)
            .build(Cursor::new(lines.as_bytes()));
        let mut tally = Tally::default();
        for batch in reader.map_err(|error| error.to_string())? {
            let batch = batch.map_err(|error| error.to_string())?;
            tally.samples += black_box(&batch).num_rows() as u64;
        }
        Ok(tally)
    })
}

/// Returns the columns that JSON lines have.
fn plain_schema() -> SchemaRef {
    let schema = samples_schema();
    let fields = schema.fields().iter().filter_map(|field| {
        let data_type = match field.data_type() {
            DataType::Dictionary(_, _) => DataType::Utf8,
            DataType::Struct(_) | DataType::List(_) | DataType::Timestamp(_, _) => return None,
            other => other.clone(),
        };
        Some(Field::new(field.name(), data_type, true))
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Returns the samples of a body as JSON lines.
fn written(body: &Body) -> String {
    let mut lines = String::new();
    let mut samples = Samples::new(body.text.as_bytes(), format(body));
    loop {
        match samples.next_sample() {
            Ok(Some(sample)) => {
                let mut labels = Map::new();
                let mut object = Map::new();
                for (name, value) in sample.labels() {
                    if let ("le" | "quantile", Ok(number)) = (&*name, value.parse::<f64>()) {
                        object.insert(name.clone().into_owned(), json!(number));
                    }
                    labels.insert(name.into_owned(), json!(value));
                }
                object.insert("target".to_owned(), json!("target"));
                object.insert("family".to_owned(), json!(sample.family_name()));
                object.insert("type".to_owned(), json!(sample.metric_type().as_str()));
                object.insert("name".to_owned(), json!(sample.name()));
                object.insert("value".to_owned(), json!(sample.value().as_f64()));
                object.insert("labels".to_owned(), labels.into());
                lines.push_str(&Value::from(object).to_string());
                lines.push('\n');
            }
            Ok(None) => return lines,
            Err(_) => {}
        }
    }
}
