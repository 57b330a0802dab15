//! Filters and projections change which rows and columns there are, and nothing else.

use fleet::Fleet;

use crate::support::{Outcome, bodies, captures, corpus, local, rows, sorted, write};

/// Asks with a filter that the reader applies and with the same written in a way that it does not know.
async fn agree(fleet: &Fleet, table: &str, known: &str, unknown: &str) -> Outcome {
    let select = |filter: &str| {
        format!(
            "SELECT target, name, labels, le, quantile, value, type FROM {table} WHERE {filter}"
        )
    };
    let (by_reader, by_engine) = (
        fleet.query(&select(known)).await?,
        fleet.query(&select(unknown)).await?,
    );
    assert_eq!(sorted(&by_reader), sorted(&by_engine), "{known}");
    let plan = |filter: &str| format!("EXPLAIN {}", select(filter));
    for (filter, of_engine) in [(known, false), (unknown, true)] {
        let plan = format!("{:?}", rows(&fleet.query(&plan(filter)).await?));
        assert_eq!(plan.contains("FilterExec"), of_engine, "{filter}: {plan}");
    }
    Ok(())
}

#[tokio::test]
async fn the_reader_filters_as_the_engine_does() -> Outcome {
    let fleet = local(corpus());
    for (known, unknown) in [
        (
            "name = 'go_goroutines'",
            "concat(name, '') = 'go_goroutines'",
        ),
        (
            "'go_goroutines' = name",
            "concat(name, '') = 'go_goroutines'",
        ),
        (
            "name IN ('go_goroutines', 'up', 'go_threads', 'x', 'y')",
            "concat(name, '') IN ('go_goroutines', 'up', 'go_threads', 'x', 'y')",
        ),
        (
            "name = 'up' OR name = 'go_threads'",
            "concat(name, '') IN ('up', 'go_threads')",
        ),
        (
            "family = 'go_gc_duration_seconds'",
            "concat(family, '') = 'go_gc_duration_seconds'",
        ),
        (
            "family = 'go_gc_duration_seconds' AND name = 'go_gc_duration_seconds_sum'",
            "concat(family, name) = 'go_gc_duration_secondsgo_gc_duration_seconds_sum'",
        ),
        (
            "labels['code'] = '200'",
            "concat(labels['code'], '') = '200'",
        ),
        (
            "labels['code'] IN ('200', '500')",
            "concat(labels['code'], '') IN ('200', '500')",
        ),
        (
            "labels['code'] = '200' AND labels['method'] = 'GET'",
            "concat(labels['code'], labels['method']) = '200GET'",
        ),
        ("labels['le'] = '+Inf'", "concat(labels['le'], '') = '+Inf'"),
        (
            "labels['quantile'] = '0.5'",
            "concat(labels['quantile'], '') = '0.5'",
        ),
        (
            "labels['code'] IS NULL AND family = 'go_goroutines'",
            "coalesce(labels['code'], '') = '' AND concat(family, '') = 'go_goroutines'",
        ),
        (
            "labels['code'] IS NULL OR labels['code'] = '200'",
            "coalesce(labels['code'], '200') = '200'",
        ),
    ] {
        agree(&fleet, "samples", known, unknown).await?;
    }
    Ok(())
}

#[tokio::test]
async fn labels_that_are_columns_are_filtered_too() -> Outcome {
    let fleet = local(captures());
    for (known, unknown) in [
        ("response_code = '503'", "concat(response_code, '') = '503'"),
        (
            "response_code = '503' AND reporter = 'source'",
            "concat(response_code, reporter) = '503source'",
        ),
        (
            "response_code IS NULL OR response_code IN ('503')",
            "coalesce(response_code, '503') = '503'",
        ),
    ] {
        agree(&fleet, "istio_requests_total", known, unknown).await?;
    }
    Ok(())
}

/// The label `name` is in the column `label_name`, and the label of that name in another.
#[tokio::test]
async fn labels_that_are_called_like_columns_are_filtered_as_they_are_shown() -> Outcome {
    let directory = tempfile::tempdir()?;
    let text = "m{name=\"1\",label_name=\"2\"} 1\nm{name=\"2\",label_name=\"1\"} 2\n";
    write(directory.path(), "a.prom", text);
    let fleet = local(bodies(directory.path()));
    for (filter, value) in [
        ("label_name = '1'", "1.0"),
        ("label_label_name = '1'", "2.0"),
    ] {
        let sql = format!("SELECT value FROM m WHERE {filter}");
        assert_eq!(rows(&fleet.query(&sql).await?), [[value]], "{filter}");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_reads_nothing() -> Outcome {
    let fleet = local(captures());
    for filter in [
        "name = 'a' AND name = 'b'",
        "name IN ('a', 'b') AND name IN ('c', 'd') AND labels['x'] = 'y'",
        // A label that is absent is NULL, and no label is stored that is empty.
        "labels['reporter'] = ''",
        "target = 'nobody'",
        "scraped_at < '2026-01-01'",
    ] {
        let sql = format!("SELECT count(*) FROM samples WHERE {filter}");
        assert_eq!(rows(&fleet.query(&sql).await?), [["0"]], "{filter}");
        let plan = rows(&fleet.query(&format!("EXPLAIN {sql}")).await?);
        assert!(
            !format!("{plan:?}").contains("DataSourceExec"),
            "{filter}: {plan:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn targets_and_times_choose_files() -> Outcome {
    let fleet = local(captures());
    for (filter, files) in [
        ("target = 'cart'", 2),
        ("target IN ('cart', 'catalog')", 4),
        ("target LIKE 'node-%' AND scraped_at = '2026-11-29'", 2),
        ("scraped_at > '2026-11-28T12:00:00Z'", 6),
        ("target <> 'cart' AND upper(target) < 'D'", 4),
        ("target = 'cart' OR scraped_at = '2026-11-28'", 7),
    ] {
        let select = format!("SELECT DISTINCT target, scraped_at FROM samples WHERE {filter}");
        let found = rows(&fleet.query(&select).await?);
        assert_eq!(found.len(), files, "{filter}: {found:?}");
        let plan = format!(
            "{:?}",
            rows(&fleet.query(&format!("EXPLAIN {select}")).await?)
        );
        assert_eq!(plan.matches(".prom").count(), files, "{filter}: {plan}");
        assert!(!plan.contains("FilterExec"), "{filter}: {plan}");
    }
    // What is not known before the query runs chooses no files, and is right all the same.
    let sql = "SELECT count(DISTINCT target) FROM samples WHERE scraped_at = (SELECT max(scraped_at) FROM samples)";
    assert_eq!(rows(&fleet.query(sql).await?), [["6"]]);
    Ok(())
}

#[tokio::test]
async fn columns_are_the_same_alone_and_together() -> Outcome {
    let fleet = local(corpus());
    let schema = fleet.query("SELECT * FROM samples LIMIT 0").await?.schema;
    let all = fleet
        .query("SELECT * FROM samples WHERE target LIKE 'prosody%'")
        .await?;
    let all = rows(&all);
    for (i, field) in schema.fields().iter().enumerate() {
        let sql = format!(
            "SELECT \"{}\" FROM samples WHERE target LIKE 'prosody%'",
            field.name()
        );
        let mut alone: Vec<String> = rows(&fleet.query(&sql).await?).concat();
        let mut together: Vec<String> = all.iter().map(|row| row[i].clone()).collect();
        alone.sort();
        together.sort();
        assert_eq!(alone, together, "{}", field.name());
    }
    assert!(!all.is_empty());
    Ok(())
}
