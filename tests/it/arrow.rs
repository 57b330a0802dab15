//! Record batches: they hold exactly the samples, in order, whatever the size of batches; columns and filters change
//! nothing else; families are counted as the library counts them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of tests may fail them"
)]

use std::collections::{BTreeMap, BTreeSet};

use allocation_counter::measure;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, TimestampMillisecondType, UInt64Type};
use arrow_array::{Array, RecordBatch, StructArray};
use exposition::arrow::{
    Batch, BatchReader, Body, RowFilter, Table, errors_schema, samples_schema,
};
use exposition::encode::to_vec;
use exposition::{
    AnySample, Dialect, ExemplarView, Families, Format, HistogramOptions, MetricFamily,
    NativeHistogram, SampleReader, SampleView, ScrapeProtocol,
};
use proptest::prelude::*;

use crate::support::corpus::each_body;
use crate::support::{bodies, generated};

/// A row: its labels, and each other cell as text. What was not built is missing.
#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    labels: Option<Vec<(String, String)>>,
    cells: BTreeMap<String, String>,
}

impl Row {
    fn cell(&self, name: &str) -> &str {
        &self.cells[name]
    }

    fn pairs(&self) -> &[(String, String)] {
        self.labels.as_deref().unwrap_or_default()
    }

    fn label(&self, name: &str) -> Option<&str> {
        let found = self.pairs().iter().find(|(label, _)| label == name);
        found.map(|(_, value)| value.as_str())
    }
}

fn both() -> HistogramOptions {
    HistogramOptions::new().native(true).keep_classic(true)
}

fn labels(labels: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    let shown = labels.map(|(name, value)| format!("{}={:?}", name.as_ref(), value.as_ref()));
    shown.collect::<Vec<_>>().join(",")
}

fn native(histogram: &NativeHistogram) -> String {
    let buckets = histogram.buckets();
    let buckets = buckets.map(|one| format!("{}..{}:{}", one.lower, one.upper, one.count));
    format!(
        "{} {} {} {} {} {} {:?}",
        histogram.schema,
        histogram.count(),
        histogram.sum.to_bits(),
        histogram.zero_threshold,
        histogram.zero_count(),
        histogram.is_gauge,
        buckets.collect::<Vec<_>>(),
    )
}

fn exemplar(exemplar: &impl ExemplarView) -> String {
    let (value, time) = (exemplar.value().to_bits(), exemplar.timestamp());
    format!("{{{}}} {value} {time:?}", labels(exemplar.labels()))
}

/// Returns what the table should say of a sample, without what it says of its body.
fn expected(sample: &AnySample<'_>) -> Row {
    let mut pairs: Vec<_> = sample
        .labels()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let number = |name: &str| {
        let value = pairs.iter().find(|(label, _)| label == name)?.1.to_string();
        Some((value.parse::<f64>().ok()? + 0.0).to_bits())
    };
    let exemplars: Vec<String> = sample.exemplars().map(|one| exemplar(&one)).collect();
    let value = sample.value();
    let cells = [
        ("family", sample.family_name().into_owned()),
        ("type", sample.metric_type().to_string()),
        ("name", sample.name().into_owned()),
        ("le", format!("{:?}", number("le"))),
        ("quantile", format!("{:?}", number("quantile"))),
        ("value", format!("{:?}", value.as_f64().map(f64::to_bits))),
        ("timestamp", format!("{:?}", sample.timestamp())),
        ("start_timestamp", format!("{:?}", sample.start_timestamp())),
        (
            "native_histogram",
            value.as_native_histogram().map(native).unwrap_or_default(),
        ),
        ("exemplars", exemplars.join(";")),
    ];
    Row {
        labels: Some(
            pairs
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        ),
        cells: cells.map(|(name, cell)| (name.to_owned(), cell)).into(),
    }
}

/// Returns what the samples of a body are, and its errors.
fn read(body: &[u8], format: Format) -> (Vec<Row>, Vec<String>) {
    let mut door = SampleReader::new(body, format).histograms(both());
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    loop {
        match door.next_sample() {
            Ok(Some(sample)) => rows.push(expected(&sample)),
            Ok(None) => return (rows, errors),
            Err(error) => errors.push(error.to_string()),
        }
    }
}

fn entries(map: &StructArray) -> Vec<(String, String)> {
    let texts = |part: usize| {
        map.column(part)
            .as_string::<i32>()
            .iter()
            .flatten()
            .map(str::to_owned)
    };
    texts(0).zip(texts(1)).collect()
}

fn map(map: &StructArray) -> String {
    labels(entries(map).into_iter())
}

fn shown_list(
    list: &dyn Array,
    row: usize,
    show: impl Fn(&StructArray, usize) -> String,
) -> Vec<String> {
    let list = list.as_list::<i32>();
    match list.is_null(row) {
        true => Vec::new(),
        false => {
            let list = list.value(row);
            let list = list.as_struct();
            (0..list.len()).map(|at| show(list, at)).collect()
        }
    }
}

fn float(column: &dyn Array, row: usize) -> f64 {
    column.as_primitive::<Float64Type>().value(row)
}

fn cell(column: &dyn Array, name: &str, row: usize) -> String {
    let time = || {
        let times = column.as_primitive::<TimestampMillisecondType>();
        format!("{:?}", times.is_valid(row).then(|| times.value(row)))
    };
    match name {
        "le" | "quantile" | "value" => {
            let number = column.is_valid(row).then(|| float(column, row).to_bits());
            format!("{number:?}")
        }
        "scraped_at" | "timestamp" | "start_timestamp" => time(),
        "native_histogram" => {
            let histogram = column.as_struct();
            if histogram.is_null(row) {
                return String::new();
            }
            let number = |name: &str| float(histogram.column_by_name(name).unwrap(), row);
            let buckets = histogram.column_by_name("buckets").unwrap();
            let schema = histogram.column_by_name("schema").unwrap();
            let is_gauge = histogram.column_by_name("is_gauge").unwrap();
            format!(
                "{} {} {} {} {} {} {:?}",
                schema.as_primitive::<Int32Type>().value(row),
                number("count"),
                number("sum").to_bits(),
                number("zero_threshold"),
                number("zero_count"),
                is_gauge.as_boolean().value(row),
                shown_list(buckets, row, |bucket, at| {
                    let part = |part: usize| float(bucket.column(part), at);
                    format!("{}..{}:{}", part(0), part(1), part(2))
                }),
            )
        }
        "exemplars" => shown_list(column, row, |exemplar, at| {
            let times = exemplar
                .column(2)
                .as_primitive::<TimestampMillisecondType>();
            let time = times.is_valid(at).then(|| times.value(at));
            let value = float(exemplar.column(1), at).to_bits();
            format!(
                "{{{}}} {value} {time:?}",
                map(&exemplar.column(0).as_map().value(at))
            )
        })
        .join(";"),
        _ => {
            let texts = column.as_dictionary::<Int32Type>();
            let known = texts.values().as_string::<i32>();
            let key = texts.key(row);
            key.map_or_else(|| "null".to_owned(), |key| known.value(key).to_owned())
        }
    }
}

fn rows(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    (0..batch.num_rows())
        .map(|row| {
            let mut shown = Row::default();
            for (field, column) in schema.fields().iter().zip(batch.columns()) {
                match field.name().as_str() {
                    "labels" => shown.labels = Some(entries(&column.as_map().value(row))),
                    name => {
                        let cell = cell(column, name, row);
                        shown.cells.insert(name.to_owned(), cell);
                    }
                }
            }
            shown
        })
        .collect()
}

/// Returns the rows of samples and the texts of errors that a reader gives.
fn batches<'b, I: Iterator<Item = Body<&'b [u8]>>>(
    reader: BatchReader<I, &'b [u8]>,
    most: usize,
) -> (Vec<Row>, Vec<String>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let schema = reader.schema();
    for batch in reader {
        match batch.unwrap() {
            Batch::Samples(batch) => {
                assert_eq!(batch.schema(), schema);
                assert!((1..=most).contains(&batch.num_rows()));
                all.extend(rows(&batch));
            }
            Batch::Errors(batch) => {
                assert_eq!(batch.schema(), errors_schema());
                assert!((1..=most).contains(&batch.num_rows()));
                let texts = batch["text"].as_string::<i32>();
                errors.extend(texts.iter().flatten().map(str::to_owned));
            }
            other => panic!("{other:?}"),
        }
    }
    (all, errors)
}

fn of<'b>(
    target: &'static str,
    body: &'b [u8],
    format: Format,
) -> BatchReader<impl Iterator<Item = Body<&'b [u8]>>, &'b [u8]> {
    BatchReader::new(std::iter::once(Body::new(target, format, body)))
}

const PROTOCOLS: [ScrapeProtocol; 4] = [
    ScrapeProtocol::PrometheusText100,
    ScrapeProtocol::OpenMetricsText100,
    ScrapeProtocol::OpenMetricsText200,
    ScrapeProtocol::PrometheusProto,
];

/// Checks that batches hold the samples of a body, and its errors, whichever columns, rows and sizes are asked for.
fn holds(body: &[u8], format: Format) {
    let (samples, errors) = read(body, format);
    let (all, failed) = batches(of("t", body, format).max_rows(usize::MAX), usize::MAX);
    assert_eq!(failed, errors);
    let unsaid = |row: &Row| {
        let mut row = row.clone();
        assert_eq!(row.cells.remove("target").as_deref(), Some("t"));
        assert_eq!(row.cells.remove("scraped_at").as_deref(), Some("None"));
        assert!(row.cells.remove("unit").is_some());
        row
    };
    assert_eq!(all.iter().map(unsaid).collect::<Vec<_>>(), samples);
    for most in [1, 2, 3, 7] {
        let small = of("t", body, format).max_rows(most);
        assert_eq!(
            batches(small, most),
            (all.clone(), errors.clone()),
            "{most}"
        );
    }
    assert_eq!(
        batches(of("t", body, format).max_bytes(0), 1),
        (all.clone(), errors.clone())
    );

    let schema = samples_schema();
    for at in 0..schema.fields().len() {
        let columns = [at, schema.fields().len() - 1 - at];
        let names = columns.map(|at| schema.field(at).name().clone());
        let some = of("t", body, format).project(&columns[..1]).unwrap();
        assert_eq!(
            batches(some, 8192),
            (only(&all, &names[..1]), errors.clone())
        );
        if columns[0] != columns[1] {
            let some = of("t", body, format).project(&columns).unwrap();
            assert_eq!(batches(some, 8192), (only(&all, &names), errors.clone()));
        }
    }
    let counted: usize = of("t", body, format)
        .project(&[])
        .unwrap()
        .map(|batch| match batch.unwrap() {
            Batch::Samples(batch) => batch.num_rows(),
            _ => 0,
        })
        .sum();
    assert_eq!(counted, all.len());

    // A filter for what the first, the middle and the last row say finds the rows that say the same.
    for row in [0, all.len() / 2, all.len().saturating_sub(1)] {
        let Some(row) = all.get(row) else { continue };
        let (name, family) = (row.cell("name").to_owned(), row.cell("family").to_owned());
        let value = row.label("a").unwrap_or_default();
        let has = |row: &&Row| row.label("a").unwrap_or_default() == value;
        let pick = |pick: &dyn Fn(&&Row) -> bool| -> Vec<Row> {
            all.iter().filter(|row| pick(row)).cloned().collect()
        };
        for (filter, expected) in [
            (
                RowFilter::new().names([&*name]),
                pick(&|row| row.cell("name") == name),
            ),
            (
                RowFilter::new().families([&*family]),
                pick(&|row| row.cell("family") == family),
            ),
            (RowFilter::new().label("a", [value]), pick(&has)),
            (RowFilter::new().targets(["u"]), Vec::new()),
            (
                RowFilter::new()
                    .families([&*family, "b"])
                    .names([&*name])
                    .targets(["t"])
                    .label("a", ["", value]),
                pick(&|row| {
                    row.cell("name") == name
                        && row.cell("family") == family
                        && (has(row) || row.label("a").is_none())
                }),
            ),
        ] {
            let (found, failed) = batches(of("t", body, format).filter_by(filter.clone()), 8192);
            assert_eq!(found, expected, "{filter:?}");
            let failed: BTreeSet<_> = failed.iter().collect();
            assert!(failed.is_subset(&errors.iter().collect()), "{filter:?}");
        }
        let labels = all
            .iter()
            .flat_map(|row| row.pairs().iter().map(|(name, _)| name.as_str()));
        let labels: BTreeSet<&str> = labels.collect();
        for table in [
            Table::of_family(&*family, std::iter::once(Body::new("t", format, body))),
            Table::family(&*family, labels),
        ] {
            let schema = table.schema();
            let (found, _) = batches(of("t", body, format).table(table), 8192);
            let expected = pick(&|row| row.cell("family") == family || row.cell("name") == family);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                is_of_family(found, expected, &schema);
            }
        }
    }
}

fn only(rows: &[Row], names: &[String]) -> Vec<Row> {
    let has = |name: &str| names.iter().any(|one| one == name);
    let some = rows.iter().map(|row| {
        let mut row = row.clone();
        row.cells.retain(|name, _| has(name));
        row.labels = row.labels.filter(|_| has("labels"));
        row
    });
    some.collect()
}

/// Checks a row of a family's own table against that of the table of all samples.
fn is_of_family(row: &Row, expected: &Row, schema: &arrow_schema::Schema) {
    for (name, cell) in &expected.cells {
        assert_eq!(row.cell(name), cell, "{name}");
    }
    let mut seen = BTreeSet::new();
    for (name, value) in expected.pairs() {
        // Only one of the labels of a name has a place in columns.
        if !seen.insert(name) {
            continue;
        }
        let stem = name.trim_start_matches("label_");
        let column = match samples_schema().index_of(stem) {
            Ok(_) => format!("label_{name}"),
            Err(_) => name.to_owned(),
        };
        if name == "le" || name == "quantile" {
            assert!(
                row.cell(name) != "None" || row.label(name) == Some(value),
                "{row:?}"
            );
        } else if schema.index_of(&column).is_ok() {
            assert_eq!(row.cell(&column), value);
        } else {
            assert_eq!(row.label(name), Some(value.as_str()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn batches_hold_the_lines_of_text(lines in prop::collection::vec(bodies::line(), 0..20)) {
        let mut body = lines.join("\n").into_bytes();
        for protocol in [ScrapeProtocol::PrometheusText100, ScrapeProtocol::OpenMetricsText100] {
            holds(&body, Format::new(protocol));
            body.extend(b"\n# EOF\n");
            holds(&body, Format::new(protocol));
        }
    }

    #[test]
    fn batches_hold_the_samples_of_families(
        families in prop_oneof![
            3 => generated::families(true),
            1 => generated::native_family().prop_map(|family| vec![family]),
        ],
    ) {
        for protocol in PROTOCOLS {
            // Not every format has a place for everything.
            if let Ok(body) = to_vec(&families, protocol) {
                holds(&body, Format::new(protocol));
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for protocol in PROTOCOLS {
            holds(&bytes, Format::new(protocol));
        }
    }
}

#[test]
fn a_row_says_what_is_known_of_its_body_and_family() {
    let text = "# TYPE latency_seconds histogram\n# UNIT latency_seconds seconds\n\
        latency_seconds_bucket{le=\"1\",b=\"2\",a=\"1\"} 3 4.5 # {t=\"x\"} 0.5 6\n\
        other 1\n# EOF\n";
    let format = Format::new(ScrapeProtocol::OpenMetricsText100);
    let body = |target: &'static str| Body::new(target, format, text.as_bytes());
    let bodies = [body("a:1").scraped_at(1_700_000_000_000), body("b:2")];
    let (all, errors) = batches(BatchReader::new(bodies.into_iter()), 8192);
    assert_eq!((all.len(), errors.len()), (4, 0));
    let expected = [
        (
            "exemplars",
            format!("{{t=\"x\"}} {} Some(6000)", 0.5_f64.to_bits()),
        ),
        ("family", "latency_seconds".to_owned()),
        ("le", format!("Some({})", 1_f64.to_bits())),
        ("name", "latency_seconds_bucket".to_owned()),
        ("native_histogram", String::new()),
        ("quantile", "None".to_owned()),
        ("scraped_at", "Some(1700000000000)".to_owned()),
        ("start_timestamp", "None".to_owned()),
        ("target", "a:1".to_owned()),
        ("timestamp", "Some(4500)".to_owned()),
        ("type", "histogram".to_owned()),
        ("unit", "seconds".to_owned()),
        ("value", format!("Some({})", 3_f64.to_bits())),
    ];
    let expected = expected.map(|(name, cell)| (name.to_owned(), cell));
    assert_eq!(all[0].cells, expected.into());
    let pairs = [("a", "1"), ("b", "2"), ("le", "1.0")];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(all[0].pairs(), pairs);
    let said =
        |row: &Row| ["target", "scraped_at", "type", "unit"].map(|name| row.cell(name).to_owned());
    assert_eq!(
        said(&all[1]),
        ["a:1", "Some(1700000000000)", "unknown", "null"]
    );
    assert_eq!(said(&all[2]), ["b:2", "None", "histogram", "seconds"]);
    assert_eq!(said(&all[3]), ["b:2", "None", "unknown", "null"]);
}

/// What is declared in one body, or skipped there, is not taken for declared in the next.
#[test]
fn bodies_do_not_know_of_each_other() {
    let bodies = [
        "# TYPE a counter\na 1\n",
        "a 2\n",
        "# TYPE b gauge\n# TYPE a gauge\na 3\n",
    ];
    let bodies = bodies.map(|text| Body::new("t", Format::default(), text.as_bytes()));
    for filter in [RowFilter::new(), RowFilter::new().names(["a"])] {
        let reader = BatchReader::new(bodies.clone().into_iter()).filter_by(filter);
        let (all, _) = batches(reader, 8192);
        let types: Vec<&str> = all.iter().map(|row| row.cell("type")).collect();
        assert_eq!(types, ["counter", "unknown", "gauge"]);
    }
}

/// Returns the names, families, types and units of the rows that pass.
fn metrics(text: &str, protocol: ScrapeProtocol, filter: RowFilter) -> Vec<String> {
    let reader = of("t", text.as_bytes(), Format::new(protocol)).filter_by(filter);
    let (all, errors) = batches(reader, 8192);
    assert_eq!(errors, [""; 0]);
    let said = |row: &Row| ["name", "family", "type", "unit"].map(|name| row.cell(name).to_owned());
    all.iter().map(|row| said(row).join(" ")).collect()
}

/// A line may be named like a part of another, after a TYPE line that the filter skips.
#[test]
fn a_line_is_not_taken_for_a_part_of_another() {
    let text = "# TYPE h histogram\nh {count:1,sum:1,bucket:[+Inf:1]}\n# TYPE g gauge\nh_bucket 5\nh_sum 5\n# EOF\n";
    let of = |filter| metrics(text, ScrapeProtocol::OpenMetricsText200, filter);
    let parts = ["h_count", "h_sum", "h_bucket"].map(|name| format!("{name} h histogram null"));
    let lines = ["h_bucket", "h_sum"].map(|name| format!("{name} {name} unknown null"));
    assert_eq!(of(RowFilter::new()), [&parts[..], &lines].concat());
    assert_eq!(of(RowFilter::new().families(["h"])), parts);
    let buckets = [parts[2].clone(), lines[0].clone()];
    assert_eq!(of(RowFilter::new().names(["h_bucket"])), buckets);
}

#[test]
fn a_unit_is_that_of_its_family_wherever_its_lines_are() {
    let text = "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# TYPE b_bytes gauge\n# UNIT b_bytes bytes\n\
        a_seconds 1\nb_bytes 2\na_seconds 3\n# EOF\n";
    let units = |filter| -> Vec<String> {
        let all = metrics(text, ScrapeProtocol::OpenMetricsText100, filter);
        all.iter()
            .map(|row| row.rsplit(' ').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(units(RowFilter::new()), ["seconds", "bytes", "seconds"]);
    assert_eq!(
        units(RowFilter::new().names(["a_seconds"])),
        ["seconds", "seconds"]
    );
}

/// There is room for the units of some thousand families, and no more.
#[test]
fn units_take_so_much_and_no_more() {
    let line = |at: usize| format!("# UNIT a{at}_s s\na{at}_s 1\n");
    let text: String = (0..3000).map(line).chain(["# EOF\n".to_owned()]).collect();
    let all = metrics(&text, ScrapeProtocol::OpenMetricsText100, RowFilter::new());
    let with_unit = all.iter().filter(|row| row.ends_with(" s")).count();
    assert!((1000..2000).contains(&with_unit), "{with_unit}");
}

/// Whatever column is asked for, a zero has no sign: it is stored without one.
#[test]
fn a_bound_of_zero_has_no_sign() {
    let body = b"# TYPE h histogram\nh_bucket{le=\"-0\"} 1\n";
    let le = samples_schema().index_of("le").unwrap();
    let alone = of("t", body, Format::default()).project(&[le]).unwrap();
    let (all, _) = batches(of("t", body, Format::default()), 1);
    assert_eq!(all[0].cell("le"), "Some(0)");
    assert_eq!(batches(alone, 1).0[0].cell("le"), "Some(0)");
}

/// What ends a histogram is not skipped.
#[test]
fn converted_histograms_are_the_same_in_a_table_of_their_own() {
    let body = b"# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum{b=\"1\"} 0\ng 1 123\n";
    let convert = HistogramOptions::new().convert_classic(true);
    let (all, _) = batches(of("t", body, Format::default()).histograms(convert), 8192);
    let one = of("t", body, Format::default()).histograms(convert);
    let (one, _) = batches(one.filter_by(RowFilter::new().families(["h"])), 8192);
    assert_eq!(one, all[..2]);
}

/// Reads half a line, and fails.
struct Broken(&'static [u8]);

impl std::io::Read for Broken {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(to)? {
            0 => Err(std::io::Error::other("the disk is gone")),
            read => Ok(read),
        }
    }
}

#[test]
fn errors_are_the_second_table() {
    let text = b"up 1\n  up{ 1\nup{a=\"\xff\"} 1\nup 2\nu";
    let bodies = [
        Body::new("a:1", Format::default(), Broken(text)),
        Body::new("b:2", Format::default(), Broken(b"x y\n")),
    ];
    let mut shown = Vec::new();
    let mut samples = 0;
    for batch in BatchReader::new(bodies.into_iter()) {
        match batch.unwrap() {
            Batch::Samples(batch) => samples += batch.num_rows(),
            Batch::Errors(batch) => {
                let numbers = |name: &str| batch[name].as_primitive::<UInt64Type>().clone();
                let (lines, columns) = (numbers("line"), numbers("column"));
                let texts = batch["text"].as_string::<i32>();
                for row in 0..batch.num_rows() {
                    shown.push(format!(
                        "{} {}:{} {}: {}",
                        cell(&batch["target"], "target", row),
                        lines.value(row),
                        columns.value(row),
                        cell(&batch["kind"], "kind", row),
                        texts.value(row),
                    ));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(samples, 2);
    assert_eq!(
        shown,
        [
            "a:1 2:7 unexpected text: line 2, column 7: expected a label name or `}`, found `1`",
            "a:1 3:7 invalid UTF-8: line 3, column 7: invalid UTF-8: expected a label value in UTF-8, found `\\xff\"} 1`",
            "a:1 5:1 reading failed: line 5, column 1: reading failed: the disk is gone",
            "b:2 1:3 invalid value: line 1, column 3: expected a number as the sample's value, found `y`",
            "b:2 2:1 reading failed: line 2, column 1: reading failed: the disk is gone",
        ]
    );
}

#[test]
fn a_body_without_lines_has_errors_without_a_line() {
    let body = b"\x0e\n\x02up\x18\x01\"\x06\n\x04\n\0\x12\0";
    let format = Format::new(ScrapeProtocol::PrometheusProto);
    for batch in of("t", body, format) {
        let Batch::Errors(batch) = batch.unwrap() else {
            panic!("samples")
        };
        assert!(batch["line"].is_null(0) && batch["column"].is_null(0));
        let texts = batch["text"].as_string::<i32>();
        let error = exposition::protobuf::Parser::new(body)
            .next_sample()
            .unwrap_err();
        assert_eq!(texts.value(0), error.to_string());
    }
}

#[test]
fn labels_that_are_named_like_columns_have_columns_of_their_own() {
    let text = "m{name=\"1\",label_name=\"2\",label_label_name=\"3\",le=\"x\",quantile=\"0.5\",z=\"4\"} 1\n";
    let body = text.as_bytes();
    let table = Table::family(
        "m",
        ["name", "label_name", "label_label_name", "le", "quantile"],
    );
    let (all, _) = batches(of("t", body, Format::default()).table(table), 8192);
    let cells = [
        "name",
        "label_name",
        "label_label_name",
        "label_label_label_name",
        "quantile",
    ];
    let half = format!("Some({})", 0.5_f64.to_bits());
    assert_eq!(
        cells.map(|name| all[0].cell(name)),
        ["m", "1", "2", "3", &half]
    );
    // What has no column is not lost.
    assert_eq!(
        (all[0].label("le"), all[0].label("z")),
        (Some("x"), Some("4"))
    );
    assert_eq!(all[0].pairs().len(), 2);
}

#[test]
fn a_family_has_columns_for_its_labels_up_to_a_number() {
    let lines = (0..300).map(|at| format!("a{{l{at:03}=\"x\",b=\"\"}} 1\nother{{o=\"1\"}} 1\n"));
    let text: String = lines.collect();
    let body = || std::iter::once(Body::new("t", Format::default(), text.as_bytes()));
    let table = Table::of_family("a", body());
    let names: Vec<String> = table
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(
        names
            .iter()
            .filter(|name| name.starts_with("l0")
                || name.starts_with("l1")
                || name.starts_with("l2"))
            .count(),
        256
    );
    assert!(!names.contains(&"b".to_owned()) && !names.contains(&"o".to_owned()));
    let (all, _) = batches(BatchReader::new(body()).table(table), 8192);
    assert_eq!(all[0].cell("l000"), "x");
    assert_eq!((all[1].cell("l000"), all[1].cell("l001")), ("null", "x"));
    assert_eq!(all[299].label("l299"), Some("x"));
}

#[test]
fn a_column_that_is_not_there_is_an_error() {
    let reader = of("t", b"", Format::default());
    let error = reader.project(&[3, 14]).map(drop).unwrap_err();
    let expected = "Schema error: project index 14 out of bounds, max field 14";
    assert_eq!(error.to_string(), expected);
}

/// Returns the most bytes that are held while bodies are read, of that many lines each.
fn held(bodies: usize, lines: usize) -> u64 {
    let line =
        |at: usize| format!("requests_total{{path=\"/{at}\",code=\"200\"}} {at}\nbroken{{\n");
    let body: String = (0..lines).map(line).collect();
    let taken = measure(|| {
        let bodies = (0..bodies).map(|_| Body::new("t", Format::default(), body.as_bytes()));
        let reader = BatchReader::new(bodies).max_rows(1024).max_bytes(128 << 10);
        reader.for_each(drop);
    });
    taken.bytes_max
}

#[test]
fn memory_is_that_of_a_batch() {
    let (few, many) = (held(1, 5_000), held(20, 40_000));
    assert!(many <= few + few / 4, "{few} and {many}");
    assert!(many < 2 << 20, "{many}");
}

#[test]
fn nothing_is_allocated_for_a_row() {
    for labels in [1, 9, 40] {
        let pairs: Vec<String> = (0..labels).map(|at| format!("l{at}=\"v{at}\"")).collect();
        let line = format!("m_bucket{{{},le=\"7\"}} 1\n", pairs.join(","));
        let text = format!("# TYPE m histogram\n{}", line.repeat(40_000));
        let taken = |rows: usize| {
            let body = Body::new("t", Format::default(), text.as_bytes());
            let reader = BatchReader::new(std::iter::once(body))
                .max_rows(rows)
                .max_bytes(1 << 30);
            measure(|| reader.for_each(drop)).count_total
        };
        // For each batch, whatever its rows: 4 of 10,000 and 40 of 1,000.
        let (few, many) = (taken(10_000), taken(1_000));
        assert!(
            few < 4 * 400 && many < 40 * 400,
            "{labels}: {few} and {many}"
        );
    }
}

/// Returns how many samples families have, and the sum of those that are numbers, by name.
fn by_family(families: &[MetricFamily<'_>], is_text: bool) -> BTreeMap<String, (usize, f64)> {
    let mut all: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    for family in families {
        let (count, sum) = all.entry(family.name.to_string()).or_default();
        // Text has start times on lines of their own, protobuf in the sample they are about.
        let samples = family.samples();
        for sample in samples.filter(|sample| is_text || sample.suffix() != "_created") {
            *count += 1;
            *sum += finite(sample.value());
        }
        *count += family
            .metrics
            .iter()
            .filter(|metric| metric.native_histogram().is_some())
            .count();
    }
    all.retain(|_, (count, _)| *count > 0);
    all
}

/// NaN is in real bodies, and no two sums with it are equal.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

fn near((count, sum): (usize, f64), (other_count, other_sum): (usize, f64)) -> bool {
    count == other_count && (sum - other_sum).abs() <= 1e-9 * sum.abs().max(other_sum.abs())
}

/// Checks that batches count and add up the samples of each family as its families do.
fn counts_as(name: &str, body: &[u8], format: Format, families: &[MetricFamily<'_>]) {
    let expected = by_family(families, !format.is_protobuf());
    let mut found: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    for batch in of("t", body, format) {
        let Batch::Samples(batch) = batch.unwrap() else {
            continue;
        };
        let values = batch["value"].as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            let family = cell(&batch["family"], "family", row);
            let (count, sum) = found.entry(family).or_default();
            *count += 1;
            if values.is_valid(row) {
                *sum += finite(values.value(row));
            }
        }
    }
    let names = |all: &BTreeMap<String, _>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected), "{name}");
    for (family, counted) in &found {
        assert!(
            near(*counted, expected[family]),
            "{name}: {family} {counted:?}"
        );
    }
}

#[test]
fn families_are_counted_as_the_library_counts_them() {
    let read = each_body(|entry, body, dialect| {
        let format = Format::new(match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            _ => ScrapeProtocol::PrometheusText100,
        });
        let families = Families::new(body, dialect).read_all().families;
        counts_as(&entry.path.display().to_string(), body, format, &families);
    });
    assert!(read > 20, "{read}");
}

#[test]
fn families_of_protobuf_are_counted_too() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/protobuf");
    // Bodies without native histograms, which families also have as a sum and a count.
    for name in ["envoy.pb", "node_exporter.pb"] {
        let body = crate::support::corpus::body(&directory.join(name)).unwrap();
        let families = Families::protobuf(&body).read_all().families;
        assert!(families.len() > 10, "{name}");
        let format = Format::new(ScrapeProtocol::PrometheusProto);
        counts_as(name, &body, format, &families);
    }
}
