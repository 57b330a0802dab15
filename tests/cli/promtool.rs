//! `check --promtool` prints what promtool 3.14 printed, to the byte.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::pipes::exposition;

/// Runs `check --promtool` on a body. Returns standard output, standard error and the exit code.
fn promtool(arguments: &[&str], body: &[u8]) -> (String, String, i64) {
    let mut child = exposition(&["check", "--promtool", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(body).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (text(output.stdout), text(output.stderr), code.into())
}

fn lines(values: &Value, line: impl Fn(&Value) -> String) -> String {
    values.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn every_case_is_printed_as_promtool_prints_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec!["lint.jsonl.gz"];
    // The package, which is known by the file that cargo adds to it, has no long ones.
    if !root.join("Cargo.toml.orig").exists() {
        files.push("long/lint.jsonl.gz");
    }
    let at_least = if files.len() == 1 { 276 } else { 400 };
    let cases = files.iter().map(|name| {
        let file = File::open(root.join("tests/data/vectors").join(name)).unwrap();
        std::io::read_to_string(GzDecoder::new(file)).unwrap()
    });
    let cases: String = cases.collect();
    let mut count = 0;
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        let body = match case["input"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => STANDARD
                .decode(case["input_b64"].as_str().unwrap())
                .unwrap(),
        };
        let stderr = match case["error"].as_str() {
            Some(error) => format!("error while linting: {error}\n"),
            None => lines(&case["problems"], |problem| {
                let text = |key: &str| problem[key].as_str().unwrap().to_owned();
                format!("{} {}\n", text("metric"), text("text"))
            }),
        };
        let expected = (String::new(), stderr, case["exit"].as_i64().unwrap());
        assert_eq!(promtool(&[], &body), expected, "{case}");

        let (table, stderr, code) = promtool(&["--extended", "--lint", "none"], &body);
        assert_eq!(
            code,
            case["exit_extended_nolint"].as_i64().unwrap(),
            "{case}"
        );
        match case["extended_error"].as_str() {
            Some(error) => assert_eq!((table, stderr), (String::new(), format!("{error}\n"))),
            None => {
                let rows = lines(&case["extended"], |row| {
                    format!("{} {}\n", row[0].as_str().unwrap(), row[1])
                });
                assert_eq!(rows_of(&table), rows, "{case}");
                assert_eq!(stderr, "");
            }
        }
        let (_, _, code) = promtool(&["--extended"], &body);
        assert_eq!(code, case["exit_extended"].as_i64().unwrap(), "{case}");
        count += 1;
    }
    assert!(count >= at_least, "{count}");
}

/// Returns the names and numbers in a table, without its head and its sum.
fn rows_of(table: &str) -> String {
    let mut rows: Vec<&str> = table.lines().collect();
    assert!(rows.remove(0).starts_with("Metric    "), "{table}");
    assert!(rows.pop().unwrap().starts_with("Total    "), "{table}");
    let row = |row: &&str| {
        let (before, percentage) = row.trim_end().rsplit_once("    ").unwrap();
        assert!(percentage.ends_with('%'), "{table}");
        let (name, number) = before.trim_end().rsplit_once("    ").unwrap();
        format!("{} {}\n", name.trim_end(), number.trim_start())
    };
    rows.iter().map(row).collect()
}
