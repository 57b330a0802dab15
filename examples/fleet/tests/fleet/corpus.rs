//! Bodies of real servers: SQL counts what the library's families say.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use exposition::{CollectedFamilies, Dialect, Families, Format};
use fleet::Fleet;

use crate::support::{CORPUS, Outcome, corpus, corpus_files, local, rows};

/// The target and the family.
type Key = (String, String);

/// How many samples there are, and the sum of those that are numbers.
type Tally = (i64, f64);

fn read(path: &Path) -> Vec<u8> {
    let mut body = Vec::new();
    match path.extension() {
        Some(extension) if extension == "gz" => {
            let mut decoder = flate2::read::GzDecoder::new(File::open(path).unwrap());
            decoder.read_to_end(&mut body).unwrap();
        }
        _ => body = fs::read(path).unwrap(),
    }
    body
}

fn families(body: &[u8]) -> CollectedFamilies<'_> {
    let dialect = match Format::sniff(body) {
        format if format.is_openmetrics() => Dialect::OpenMetrics,
        _ => Dialect::Text,
    };
    Families::new(body, dialect).read_all()
}

/// Counts with the library alone.
fn expected() -> (BTreeMap<Key, Tally>, usize) {
    let mut tallies: BTreeMap<Key, Tally> = BTreeMap::new();
    let mut errors = 0;
    for path in corpus_files() {
        let target = path.strip_prefix(CORPUS).unwrap().display().to_string();
        let body = read(&path);
        let families = families(&body);
        errors += families
            .errors
            .iter()
            .filter(|error| error.fails_scrape())
            .count();
        for family in &families.families {
            let tally = tallies
                .entry((target.clone(), family.name.to_string()))
                .or_default();
            for sample in family.samples() {
                tally.0 += 1;
                tally.1 += if sample.value().is_finite() {
                    sample.value()
                } else {
                    0.0
                };
            }
            let metrics = family.metrics.iter();
            tally.0 += i64::try_from(
                metrics
                    .filter(|metric| metric.native_histogram().is_some())
                    .count(),
            )
            .unwrap();
        }
    }
    tallies.retain(|_, (samples, _)| *samples > 0);
    (tallies, errors)
}

async fn counted(fleet: &Fleet) -> BTreeMap<Key, Tally> {
    let sql = "SELECT target, family, count(*),
        sum(CASE WHEN abs(value) < 'inf'::DOUBLE THEN value ELSE 0.0 END) FROM samples GROUP BY target, family";
    let answer = fleet.query(sql).await.unwrap();
    let tally = |row: Vec<String>| match row.as_slice() {
        [target, family, count, sum] => {
            let sum = if sum == "NULL" {
                0.0
            } else {
                sum.parse().unwrap()
            };
            (
                (target.clone(), family.clone()),
                (count.parse().unwrap(), sum),
            )
        }
        _ => panic!("{row:?}"),
    };
    rows(&answer).into_iter().map(tally).collect()
}

#[tokio::test]
async fn samples_are_those_of_the_families() -> Outcome {
    let (expected, errors) = expected();
    let fleet = local(corpus());
    let counted = counted(&fleet).await;
    for (key, (count, sum)) in &expected {
        let Some((found, found_sum)) = counted.get(key) else {
            panic!("{key:?} is missing");
        };
        assert_eq!(found, count, "{key:?}");
        // The order in which numbers are added is not the same.
        let error = (found_sum - sum).abs();
        assert!(error <= 1e-9 * sum.abs(), "{key:?}: {found_sum} {sum}");
    }
    let more: Vec<_> = counted
        .keys()
        .filter(|key| !expected.contains_key(key))
        .collect();
    assert!(more.is_empty(), "{more:?}");

    let answer = fleet.query("SELECT count(*) FROM errors").await?;
    assert_eq!(rows(&answer), [[errors.to_string()]]);
    Ok(())
}

#[tokio::test]
async fn files_are_read_once_however_many_parts_there_are() -> Outcome {
    let sql = "SELECT count(*), count(DISTINCT target), sum(cardinality(labels)) FROM samples";
    let mut answers = Vec::new();
    for partitions in [1, 2, 8, 1000] {
        let fleet = Fleet::local(corpus(), Some(partitions))?;
        answers.push(rows(&fleet.query(sql).await?));
        // As many parts as there may be, and no more than there are files.
        let parts = partitions.min(corpus_files().len());
        let plan = fleet.query(&format!("EXPLAIN {sql}")).await?;
        let plan = format!("{:?}", rows(&plan));
        let groups = format!("file_groups={{{parts} group");
        assert!(plan.contains(&groups), "{plan}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    Ok(())
}
