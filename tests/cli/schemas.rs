//! The shapes of `--json` are those that `src/bin/exposition/schema/` describes.

use std::fs;
use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::pipes::exposition;

/// The name of a schema, and arguments for which the command prints that shape. Add a row for each shape, and for each
/// part of it.
const OUTPUTS: &[(&str, &[&str])] = &[
    (
        "show",
        &[
            "show",
            "--json",
            "tests/cli/in/shop.prom",
            "tests/cli/in/shop.om",
        ],
    ),
    (
        "show",
        &[
            "show",
            "--json",
            "tests/cli/in/broken.prom",
            "tests/cli/in/empty.prom",
        ],
    ),
    (
        "show",
        &["show", "--json", "--lenient", "tests/cli/in/crlf.prom"],
    ),
    (
        "show",
        &[
            "show",
            "--json",
            "tests/data/corpus/*/*",
            "tests/data/protobuf/*",
        ],
    ),
    (
        "lines",
        &[
            "lines",
            "--json",
            "tests/cli/in/shop.prom",
            "tests/cli/in/shop.om",
        ],
    ),
    (
        "lines",
        &["lines", "--json", "--go-on", "tests/cli/in/broken.prom"],
    ),
    (
        "lines",
        &["lines", "--json", "--lenient", "tests/cli/in/crlf.prom"],
    ),
    ("lines", &["lines", "--json", "tests/data/corpus/*/*"]),
    ("check", &["check", "--json", "tests/cli/in/*"]),
    (
        "check",
        &["check", "--json", "--strict", "tests/cli/in/shop.prom"],
    ),
    (
        "check",
        &[
            "check",
            "--json",
            "tests/data/corpus/*/*",
            "tests/data/protobuf/*",
        ],
    ),
    ("top", &["top", "--json", "tests/cli/in/*.prom"]),
    ("top", &["top", "--json", "tests/data/protobuf/*"]),
    (
        "top",
        &[
            "top",
            "--json",
            "tests/cli/in/pods.prom",
            "--what-if",
            "@tests/cli/in/rules.yaml",
        ],
    ),
    (
        "top",
        &[
            "top",
            "--json",
            "tests/cli/in/pods.prom",
            "--sample-limit",
            "8",
            "--by",
            "value=pod",
        ],
    ),
    (
        "diff",
        &[
            "diff",
            "--json",
            "tests/cli/in/before.prom",
            "tests/cli/in/after.om",
        ],
    ),
    (
        "diff",
        &[
            "diff",
            "--json",
            "--values",
            "tests/cli/in/before.prom",
            "tests/cli/in/later.prom",
        ],
    ),
    (
        "diff",
        &[
            "diff",
            "--json",
            "--values",
            "tests/cli/in/empty.prom",
            "tests/cli/in/shop.om",
        ],
    ),
    (
        "diff",
        &[
            "diff",
            "--json",
            "--values",
            "tests/data/protobuf/envoy.pb.gz",
            "tests/cli/in/up.pb",
        ],
    ),
    (
        "convert",
        &[
            "convert",
            "--json",
            "--lossy",
            "--to",
            "text",
            "tests/cli/in/shop.om",
        ],
    ),
    (
        "convert",
        &[
            "convert",
            "--json",
            "--to",
            "protobuf",
            "tests/cli/in/broken.prom",
        ],
    ),
    (
        "convert",
        &[
            "convert",
            "--json",
            "--to",
            "text",
            "--lenient",
            "tests/cli/in/crlf.prom",
        ],
    ),
    #[cfg(feature = "parquet")]
    (
        "convert",
        &[
            "convert",
            "--json",
            "--to",
            "parquet",
            "--output",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/convert.parquet"),
            "tests/cli/in/shop.prom",
            "tests/cli/in/broken.prom",
        ],
    ),
    #[cfg(feature = "parquet")]
    (
        "convert",
        &[
            "convert",
            "--json",
            "--to",
            "parquet",
            "--output",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/convert.parquet"),
            "--errors",
            concat!(env!("CARGO_TARGET_TMPDIR"), "/convert.errors.parquet"),
            "tests/data/protobuf",
            "tests/cli/in/none.prom",
        ],
    ),
    (
        "merge",
        &[
            "merge",
            "--json",
            "--first-type",
            "--keep-going",
            "--collisions",
            "first",
            "tests/cli/in/agent.prom",
            "tests/cli/in/app.prom",
            "tests/cli/in/broken.prom",
        ],
    ),
    (
        "relabel",
        &[
            "relabel",
            "--json",
            "--rules",
            "tests/cli/in/replace.yaml",
            "--labels",
            "a=b",
        ],
    ),
    (
        "relabel",
        &[
            "relabel",
            "--json",
            "--rules",
            "tests/cli/in/mesh.yaml",
            "--targets",
            "tests/cli/in/pods.yaml",
            "--body",
            "tests/cli/in/sidecar.prom",
        ],
    ),
    (
        "relabel",
        &[
            "relabel",
            "--json",
            "--rules",
            "tests/cli/in/mesh.yaml",
            "--body",
            "tests/data/field/F9_duplicate_series.prom",
        ],
    ),
    (
        "relabel",
        &[
            "relabel",
            "--json",
            "--rules",
            "tests/cli/in/mesh.yaml",
            "--labels",
            "__meta_kubernetes_pod_container_name=istio-proxy",
        ],
    ),
    (
        "relabel",
        &[
            "relabel",
            "--json",
            "--rules",
            "tests/cli/in/mesh.yaml",
            "--body",
            "tests/cli/in/broken.prom",
        ],
    ),
    (
        "relabel-test",
        &["relabel", "test", "--json", "tests/cli/in/rules/*.yaml"],
    ),
    (
        "monitor",
        &[
            "monitor",
            "--json",
            "tests/cli/in/podmonitor.yaml",
            "--target",
            "tests/cli/in/pods.yaml",
            "--body",
            "tests/cli/in/sidecar.prom",
        ],
    ),
    (
        "monitor",
        &[
            "monitor",
            "--json",
            "tests/cli/in/F3_timeout_gt_interval.yaml",
        ],
    ),
    ("monitor", &["monitor", "--json", "examples/mesh"]),
    ("monitor", &["monitor", "--json", "tests/cli/in/manifests"]),
    (
        "monitor",
        &["monitor", "--json", "tests/cli/in/podmonitor.yaml"],
    ),
    (
        "watch",
        &[
            "watch",
            "--json",
            "--count",
            "2",
            "--interval",
            "10ms",
            "tests/cli/in/shop.om",
        ],
    ),
    (
        "watch",
        &[
            "watch",
            "--json",
            "--count",
            "1",
            "tests/cli/in/broken.prom",
        ],
    ),
    (
        "watch",
        &["watch", "--json", "--count", "1", "tests/cli/in/none.prom"],
    ),
];

fn directory() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/bin/exposition/schema"
    ))
}

/// Reads all schemas, by name.
fn schemas() -> Vec<(String, Value)> {
    let mut schemas = Vec::new();
    for file in fs::read_dir(directory()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        schemas.push((name, serde_json::from_str(&text).unwrap()));
    }
    schemas
}

#[test]
fn outputs_have_the_shape_that_is_described() {
    let mut compiler = Compiler::new();
    for (name, schema) in schemas() {
        compiler.add_resource(&place(&name), schema).unwrap();
    }
    let mut compiled = Schemas::new();
    for (name, arguments) in OUTPUTS {
        let index = compiler.compile(&place(name), &mut compiled).unwrap();
        let output = exposition(arguments).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!out.is_empty(), "{arguments:?}: {stderr}");
        for line in out.lines() {
            let mut value: Value = serde_json::from_str(line).unwrap();
            if let Err(error) = compiled.validate(&value, index) {
                panic!("{arguments:?}: {error:#}\n{line}");
            }
            // What is not described is not there.
            value["no_such_field"] = Value::Null;
            assert!(
                compiled.validate(&value, index).is_err(),
                "{name} takes anything"
            );
        }
    }
}

fn place(name: &str) -> String {
    format!("file:///schema/{name}.json")
}

/// Every schema has an output, and every field is explained.
#[test]
fn every_field_is_described() {
    for (name, schema) in schemas() {
        let is_tried = OUTPUTS.iter().any(|(tried, _)| *tried == name);
        assert!(
            is_tried || name == "common",
            "no output is checked by {name}"
        );
        described(&name, &schema);
    }
}

fn described(place: &str, schema: &Value) {
    match schema {
        Value::Object(fields) => {
            for (key, field) in fields {
                if key == "properties" {
                    for (name, property) in field.as_object().unwrap() {
                        let is_described = property["description"].is_string();
                        assert!(is_described, "{place}: {name} is not described");
                    }
                }
                described(&format!("{place}/{key}"), field);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| described(place, item)),
        _ => {}
    }
}
