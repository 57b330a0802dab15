//! Lines in error, tables of families, paths.

use std::time::{Duration, SystemTime};

use exposition::{Format, ScrapeProtocol};
use fleet::{Bodies, Fleet};

use crate::support::{Outcome, bodies, captures, local, rows, sorted, write};

#[tokio::test]
async fn lines_in_error_are_a_table() -> Outcome {
    let directory = tempfile::tempdir()?;
    write(directory.path(), "a.prom", "up 1\nup{ 2\ndown no\n");
    write(directory.path(), "b.prom", "up 1\n");
    let fleet = local(bodies(directory.path()));
    let answer = fleet
        .query("SELECT target, line, \"column\", kind FROM errors ORDER BY line")
        .await?;
    assert_eq!(
        rows(&answer),
        [
            ["a.prom", "2", "5", "unexpected text"],
            ["a.prom", "3", "6", "invalid value"]
        ]
    );
    assert_eq!(answer.errors, Some(0), "they are what is asked for");
    let answer = fleet
        .query("SELECT a.value FROM samples a JOIN samples b ON a.target = b.target")
        .await?;
    assert_eq!((rows(&answer).len(), answer.errors), (2, Some(2)));
    let answer = fleet
        .query("SELECT count(*) FROM errors WHERE target = 'b.prom'")
        .await?;
    assert_eq!(rows(&answer), [["0"]]);
    Ok(())
}

/// A family is found by its name and by that of its samples, whatever the format calls it.
#[tokio::test]
async fn families_are_found_by_either_name() -> Outcome {
    let directory = tempfile::tempdir()?;
    write(
        directory.path(),
        "a.om",
        "# TYPE hits counter\nhits_total{code=\"200\"} 3\n# EOF\n",
    );
    write(
        directory.path(),
        "b.prom",
        "# TYPE hits_total counter\nhits_total{path=\"/\"} 4\n",
    );
    let fleet = local(bodies(directory.path()));
    let sql = "SELECT code, path, value FROM hits_total ORDER BY value";
    let expected = [["200", "NULL", "3.0"], ["NULL", "/", "4.0"]];
    assert_eq!(rows(&fleet.query(sql).await?), expected);
    Ok(())
}

/// A format reaches the executors as a content type.
#[test]
fn formats_are_content_types() {
    for protocol in ScrapeProtocol::ALL {
        let format = Format::new(protocol);
        assert_eq!(fleet::format_of(&format.content_type()), Ok(format));
    }
}

#[tokio::test]
async fn families_are_tables() -> Outcome {
    let fleet = local(captures());
    let sql = "SELECT target, destination_workload, sum(value) FROM istio_requests_total
        WHERE response_code = '503' AND scraped_at = '2026-11-29' GROUP BY 1, 2";
    let by_map = "SELECT target, labels['destination_workload'], sum(value) FROM samples
        WHERE name = 'istio_requests_total' AND labels['response_code'] = '503' AND scraped_at = '2026-11-29'
        GROUP BY 1, 2";
    let found = sorted(&fleet.query(sql).await?);
    assert!(!found.is_empty());
    assert_eq!(found, sorted(&fleet.query(by_map).await?));

    // Several at once, one of them in an expression of its own, and again.
    for _ in 0..2 {
        let sql = "WITH istio_build AS (SELECT 1 AS one)
            SELECT count(*), max(one) FROM istio_build, \"node_memory_MemAvailable_bytes\"
            WHERE target IN (SELECT target FROM backup_last_success_seconds)";
        assert_eq!(rows(&fleet.query(sql).await?), [["2", "1"]]);
    }
    let error = fleet
        .query("SELECT * FROM nothing")
        .await
        .map(|_| ())
        .map_err(|error| error.to_string());
    assert_eq!(
        error,
        Err("Error during planning: there is no table `nothing`, and no body has a family of that name".to_owned())
    );
    let error = fleet
        .query("SELECT * FROM \"it's\"")
        .await
        .map(|_| ())
        .map_err(|error| error.to_string());
    assert!(error.is_err_and(|error| error.contains("there is no table `it's`")));
    Ok(())
}

#[tokio::test]
async fn paths_give_targets_and_times() -> Outcome {
    let directory = tempfile::tempdir()?;
    write(directory.path(), "day/shop/cart.prom", "up 1\n");
    write(directory.path(), "day/cart.prom", "up 2\n");
    let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_764_417_600_123);
    let file = std::fs::File::options()
        .write(true)
        .open(directory.path().join("day/cart.prom"))?;
    file.set_modified(modified)?;
    let path = |path: &str| directory.path().join(path).display().to_string();
    let targets = |bodies: Bodies| async move {
        let answer = local(bodies)
            .query("SELECT target, sum(value) FROM samples GROUP BY target")
            .await;
        answer.map(|answer| sorted(&answer))
    };
    // Below a directory, of a file, of a glob, and of all of them at once: a file counts once.
    assert_eq!(
        targets(Bodies::new([path("")])?).await?,
        [["day/cart.prom", "2.0"], ["day/shop/cart.prom", "1.0"]]
    );
    assert_eq!(
        targets(Bodies::new([path("day/cart.prom")])?).await?,
        [["cart.prom", "2.0"]]
    );
    assert_eq!(
        targets(Bodies::new([path("day/*.prom")])?).await?,
        [["cart.prom", "2.0"]]
    );
    assert_eq!(
        targets(Bodies::new([
            path("day"),
            path("day/shop"),
            path("day/*/*")
        ])?)
        .await?,
        [["cart.prom", "2.0"], ["shop/cart.prom", "1.0"]]
    );
    assert_eq!(
        targets(Bodies::new([path("")])?.pattern("**{target}.prom".parse()?)).await?,
        [["cart", "3.0"]]
    );
    assert_eq!(
        targets(Bodies::new([path(""), path("day")])?.pattern("{target}.prom".parse()?)).await?,
        [["cart", "2.0"]],
        "below the second"
    );
    let one = Bodies::new([path("day")])?.pattern("{target}.prom".parse()?);
    assert_eq!(targets(one.clone()).await?, [["cart", "2.0"]]);
    let answer = local(one).query("SELECT scraped_at FROM samples").await?;
    assert_eq!(rows(&answer), [["2025-11-29T12:00:00.123Z"]]);

    // What is not there is said.
    for (paths, pattern, error) in [
        (
            vec![path("night")],
            "{target}",
            "night: there is no file whose path is `{target}`",
        ),
        (
            vec![path("day"), path("day/cart.prom")],
            "{target}.om",
            "whose path is `{target}.om`",
        ),
        (
            vec![path("day")],
            "{time}.prom",
            "cart.prom: `cart` is not a time (`{time}.prom`)",
        ),
    ] {
        let found = targets(Bodies::new(paths)?.pattern(pattern.parse()?)).await;
        let found = found.map_err(|error| error.to_string());
        assert!(
            found.as_ref().is_err_and(|found| found.contains(error)),
            "{found:?}"
        );
    }
    assert!(Bodies::new(Vec::<String>::new()).is_err());
    assert!(Bodies::new(["/tmp/a".to_owned(), "s3://bucket/b".to_owned()]).is_err());
    Ok(())
}

#[tokio::test]
async fn names_are_those_of_the_files() -> Outcome {
    let directory = tempfile::tempdir()?;
    let mut names = [
        "[::1]:9100.prom",
        "50%.prom",
        "a b.prom",
        "a#b?.prom",
        "star*.prom",
        "é.prom",
    ];
    for name in names {
        write(directory.path(), name, "up 1\n");
    }
    names.sort_unstable();
    let paths = names.map(|name| directory.path().join(name).display().to_string());
    for bodies in [bodies(directory.path()), Bodies::new(paths)?] {
        let answer = local(bodies).query("SELECT target FROM samples").await?;
        assert_eq!(sorted(&answer).concat(), names);
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_body_is_named() -> Outcome {
    let directory = tempfile::tempdir()?;
    write(directory.path(), "whole.prom", "up 1\n");
    write(
        directory.path(),
        "torn.prom.gz",
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1],
    );
    let error = local(bodies(directory.path()))
        .query("SELECT * FROM samples")
        .await;
    let error = error.map(|_| ()).map_err(|error| error.to_string());
    assert!(
        error
            .as_ref()
            .is_err_and(|error| error.contains("torn.prom.gz: the body cannot be decompressed")),
        "{error:?}"
    );
    let small =
        Bodies::new([directory.path().join("whole.prom").display().to_string()])?.max_body_bytes(4);
    let error = local(small)
        .query("SELECT * FROM samples")
        .await
        .map(|_| ())
        .map_err(|error| error.to_string());
    assert!(
        error
            .as_ref()
            .is_err_and(|error| error.contains("whole.prom: the body is larger than 4 bytes")),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn queries_only_read() -> Outcome {
    let fleet = Fleet::local(captures(), None)?;
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("out.csv");
    for sql in [
        "CREATE TABLE t AS SELECT 1".to_owned(),
        format!("COPY samples TO '{}'", file.display()),
        "SET datafusion.execution.target_partitions = 1".to_owned(),
        "DROP TABLE samples".to_owned(),
    ] {
        assert!(fleet.query(&sql).await.is_err(), "{sql}");
    }
    assert!(!file.exists());
    assert_eq!(
        rows(&fleet.query("SELECT count(*) > 0 FROM samples").await?),
        [["true"]]
    );
    Ok(())
}
