//! The command line.

use std::process::{Command, Output};

use crate::support::{CAPTURES, CAPTURES_PATTERN, Outcome};

fn fleet(arguments: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_fleet"))
        .args(arguments)
        .output()
}

#[test]
fn help_names_every_option() -> Outcome {
    let output = fleet(&["--help"])?;
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout)?;
    for option in [
        "pattern",
        "format",
        "max-body",
        "skip-unreadable",
        "partitions",
        "csv",
        "scheduler",
        "deadline",
    ] {
        assert!(help.contains(&format!("  --{option}")), "{option}");
    }
    Ok(())
}

#[test]
fn answers_are_tables_or_values() -> Outcome {
    let sql = "SELECT target, count(*) AS samples FROM samples WHERE target LIKE 'node%' GROUP BY 1 ORDER BY 1";
    let arguments = ["query", sql, CAPTURES, "--pattern", CAPTURES_PATTERN];
    let output = fleet(&arguments)?;
    assert!(output.status.success());
    let table = String::from_utf8(output.stdout)?;
    assert!(
        table.starts_with("+--------+---------+\n| target | samples |\n"),
        "{table}"
    );
    assert_eq!(
        String::from_utf8(output.stderr)?,
        "1 line or file is in error, and not in this answer: SELECT * FROM errors\n"
    );
    let output = fleet(
        &[
            arguments.as_slice(),
            ["--csv", "--partitions", "1"].as_slice(),
        ]
        .concat(),
    )?;
    assert_eq!(
        String::from_utf8(output.stdout)?,
        "target,samples\nnode-1,51\nnode-2,47\n"
    );
    Ok(())
}

#[test]
fn values_that_have_parts_are_text() -> Outcome {
    let sql = "SELECT labels, array_agg(target) AS targets, le FROM samples WHERE name = 'envoy_server_uptime'
        OR labels['tag'] = '1.28.0' AND target = 'cart' GROUP BY labels, le ORDER BY cardinality(labels)";
    let arguments = [
        "query",
        sql,
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/captures/2026-11-29/cart.prom.gz"
        ),
    ];
    let output = fleet(
        &[
            arguments.as_slice(),
            &["--csv", "--pattern", "{target}.prom.gz"],
        ]
        .concat(),
    )?;
    assert_eq!(
        String::from_utf8(output.stdout)?,
        "labels,targets,le\n{},[cart],\n\"{component: proxy, tag: 1.28.0}\",[cart],\n"
    );
    Ok(())
}

#[test]
fn what_is_wrong_is_said() -> Outcome {
    for (arguments, error) in [
        (["query"].as_slice(), "there is no SQL"),
        (&[], "there is no command"),
        (&["ask"], "there is no command `ask`"),
        (&["query", "SELECT 1"], "no path of bodies is given"),
        (
            &["query", "SELECT 1", ".", "--pattern", "{pod}"],
            "has a brace that is neither",
        ),
        (&["query", "SELECT 1", ".", "--partitions", "many"], "many"),
        (
            &["query", "SELECT 1", ".", "--nothing"],
            "invalid option '--nothing'",
        ),
        (
            &["query", "SELECT", CAPTURES, "--format", "text/html"],
            "text/html",
        ),
        (&["query", "SELECT nobody FROM samples", CAPTURES], "nobody"),
        (
            &["query", "SELECT 1", CAPTURES, "--scheduler", "nowhere"],
            "relative URL without a base",
        ),
    ] {
        let output = fleet(arguments)?;
        let stderr = String::from_utf8(output.stderr)?;
        assert!(
            stderr.starts_with("error: ") && stderr.contains(error),
            "{arguments:?}: {stderr}"
        );
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    }
    Ok(())
}
