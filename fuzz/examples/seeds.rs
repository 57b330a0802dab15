//! Makes the seeds from the crate's test data, and packs and unpacks them.
//!
//! - `seeds make` writes `fuzz/seeds/TARGET/*.gz` anew.
//! - `seeds unpack TARGET DIRECTORY` writes every seed and every find of a target into a directory, as
//!   libFuzzer wants them.
//! - `seeds pack TARGET DIRECTORY NAME` makes `fuzz/seeds/TARGET/NAME.gz` from the files in a directory, for
//!   example from a minimized corpus.

use std::error::Error;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{env, process};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use exposition_fuzz::OPENMETRICS2;
use exposition_fuzz::pack::{pack, unpack};
use exposition_fuzz::{
    doors_agree, encode_roundtrip, families_lossless, format_header, loop_vs_fresh, merge_valid,
    native_histogram_holds, position_in_bounds, protobuf_doors_agree, protobuf_roundtrip,
    relabel_literal_vs_regex, relabel_rules_load, render_reads_back,
};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Separates the texts of an input that holds several.
const SEPARATOR: &[u8] = b"\x1e";

/// Longer bodies are cut: their ends resemble what is before.
const LONGEST: usize = 3000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["make"] => make(),
        ["unpack", target, directory] => unpack_into(target, Path::new(directory)),
        ["pack", target, directory, name] => pack_from(target, Path::new(directory), name),
        _ => Err("usage: seeds make | unpack TARGET DIRECTORY | pack TARGET DIRECTORY NAME".into()),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        process::exit(1);
    }
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the place of a target's seeds or finds. The property of `fast_vs_grammar` is in the crate, so its
/// files are with the crate's data.
fn place(kind: &str, target: &str) -> PathBuf {
    let root = match target {
        "fast_vs_grammar" => data(),
        _ => here(),
    };
    root.join(kind).join(target)
}

/// Returns the files of a directory by name; none if it does not exist.
fn files(directory: &Path) -> Outcome<Vec<PathBuf>> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

fn unpack_into(target: &str, directory: &Path) -> Outcome<()> {
    fs::create_dir_all(directory)?;
    for path in files(&place("seeds", target))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for (at, seed) in unpack(&fs::read(&path)?)?.iter().enumerate() {
            fs::write(directory.join(format!("seed-{name}-{at:04}")), seed)?;
        }
    }
    for path in files(&place("finds", target))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        fs::copy(&path, directory.join(format!("find-{name}")))?;
    }
    Ok(())
}

fn pack_from(target: &str, directory: &Path, name: &str) -> Outcome<()> {
    let mut seeds = Vec::new();
    for path in files(directory)? {
        seeds.push(fs::read(path)?);
    }
    write(target, name, &seeds)
}

fn write(target: &str, name: &str, seeds: &[Vec<u8>]) -> Outcome<()> {
    let directory = place("seeds", target);
    fs::create_dir_all(&directory)?;
    let packed = pack(seeds)?;
    println!(
        "{target}/{name}: {} seeds, {} bytes",
        seeds.len(),
        packed.len()
    );
    fs::write(directory.join(format!("{name}.gz")), packed)?;
    Ok(())
}

/// A body and the number of its dialect.
struct Body {
    bytes: Vec<u8>,
    dialect: u8,
}

fn make() -> Outcome<()> {
    let text = vectors("text", 0)?;
    let openmetrics = vectors("om", 1)?;
    let openmetrics2 = vectors("om2", OPENMETRICS2)?;
    let printed = printed()?;
    // The vectors have many cases of each sort; for some sorts a part is enough for a target.
    let some = |every: usize| -> Vec<&Body> {
        let vectors = text
            .iter()
            .step_by(every)
            .chain(openmetrics.iter().step_by(every));
        let openmetrics2 = openmetrics2.iter().step_by(every * 3);
        vectors.chain(&printed).chain(openmetrics2).collect()
    };
    let each = |every: usize, head: &dyn Fn(&Body, u8) -> Vec<u8>| -> Vec<Vec<u8>> {
        let bodies = some(every).into_iter().enumerate();
        bodies
            .map(|(at, body)| [head(body, at as u8), body.bytes.clone()].concat())
            .collect()
    };
    write("fast_vs_grammar", "data", &each(3, &|_, _| Vec::new()))?;
    write("oracle", "data", &each(4, &|_, _| Vec::new()))?;
    let seeds = each(4, &|body, kind| {
        doors_agree::header(body.dialect, kind).into()
    });
    write("doors_agree", "data", &seeds)?;
    let seeds = each(3, &|body, kind| {
        // Sometimes in the wrong dialect.
        let dialect = if kind % 4 == 3 { 2 } else { body.dialect };
        position_in_bounds::header(dialect).into()
    });
    write("position_in_bounds", "data", &seeds)?;
    let seeds = each(4, &|body, _| families_lossless::header(body.dialect).into());
    write("families_lossless", "data", &seeds)?;
    let seeds = each(4, &|body, kind| {
        encode_roundtrip::header(body.dialect, kind).into()
    });
    let (bodies, fewer) = (some(4), some(24));
    let to = |(at, body): (usize, &&Body)| {
        let header = encode_roundtrip::header_to_openmetrics2(body.dialect, at as u8);
        [header.as_slice(), &body.bytes].concat()
    };
    let new = (bodies.iter()).filter(|body| body.dialect == OPENMETRICS2);
    let others = (fewer.iter()).filter(|body| body.dialect != OPENMETRICS2);
    let seeds = seeds
        .into_iter()
        .chain(new.chain(others).enumerate().map(to));
    write("encode_roundtrip", "data", &seeds.collect::<Vec<_>>())?;
    write("merge_valid", "data", &merges(&some(6)))?;
    write("loop_vs_fresh", "data", &loops(&some(8)))?;
    messages(&some(12))?;
    manifests()?;
    rules()?;
    headers()
}

/// Writes protobuf bodies, and for the round trip text too.
fn messages(texts: &[&Body]) -> Outcome<()> {
    let mut bodies = vectors("protobuf-state", 0)?;
    let (mut short, mut cut) = (vectors("protobuf", 0)?, Vec::new());
    for case in cases("protobuf")? {
        // Real bodies are long, and their families resemble each other.
        let body = BASE64_STANDARD.decode(case["input_b64"].as_str().unwrap_or_default())?;
        if let (true, Some(bytes)) = (body.len() > LONGEST, body.get(..LONGEST)) {
            cut.push(bytes.to_vec());
        }
    }
    cut.sort();
    cut.dedup();
    let every = short.len().div_ceil(60).max(1);
    bodies.extend(short.drain(..).step_by(every));
    let every = cut.len().div_ceil(12).max(1);
    let cut = cut.into_iter().step_by(every);
    bodies.extend(cut.map(|bytes| Body { bytes, dialect: 0 }));
    let each = |head: &dyn Fn(u8) -> Vec<u8>| -> Vec<Vec<u8>> {
        let bodies = bodies.iter().enumerate();
        bodies
            .map(|(at, body)| [head(at as u8), body.bytes.clone()].concat())
            .collect()
    };
    let seeds = each(&|kind| protobuf_doors_agree::header(kind).into());
    write("protobuf_doors_agree", "data", &seeds)?;
    let seeds = each(&|kind| native_histogram_holds::header(kind).into());
    write("native_histogram_holds", "data", &seeds)?;
    let mut seeds = each(&|_| protobuf_roundtrip::header(protobuf_roundtrip::PROTOBUF).into());
    seeds.extend(texts.iter().map(|body| {
        let what = protobuf_roundtrip::text(body.dialect);
        [&protobuf_roundtrip::header(what), body.bytes.as_slice()].concat()
    }));
    write("protobuf_roundtrip", "data", &seeds)
}

/// Returns inputs of three bodies each.
fn merges(bodies: &[&Body]) -> Vec<Vec<u8>> {
    let merge = |(kind, bodies): (usize, &[&Body])| {
        let mut dialects = [0; 4];
        for (dialect, body) in dialects.iter_mut().zip(bodies) {
            *dialect = body.dialect;
        }
        let header = merge_valid::header(dialects, kind as u8);
        let texts: Vec<&[u8]> = bodies.iter().map(|body| body.bytes.as_slice()).collect();
        [header.as_slice(), &texts.join(SEPARATOR)].concat()
    };
    bodies.chunks(3).enumerate().map(merge).collect()
}

/// Returns sequences of three bodies of one dialect, each of which shares lines with the previous one.
fn loops(bodies: &[&Body]) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for dialect in [0, 1, OPENMETRICS2] {
        let texts: Vec<&[u8]> = (bodies.iter())
            .filter(|body| body.dialect == dialect)
            .map(|body| body.bytes.as_slice())
            .collect();
        for (kind, texts) in texts.chunks(3).enumerate() {
            let header = loop_vs_fresh::header(dialect, kind as u8);
            let texts = [texts, &[&b""[..], b""]].concat();
            seeds.push([header.as_slice(), &texts.join(SEPARATOR)].concat());
        }
    }
    seeds
}

/// Writes the monitors of the test data, under several settings, and others that are built.
fn manifests() -> Outcome<()> {
    const SETTINGS: &[&str] = &[
        "",
        "{version: v2.55.1}",
        "{shards: 3, shard: 1, version: v3.5.0}",
        "{enforcedNamespaceLabel: tenant, overrideHonorLabels: true}",
        "{scrapeInterval: 1m, scrapeTimeout: 30s, enforcedSampleLimit: 10}",
        "{scrapeClasses: [{name: c, default: true, relabelings: [{action: labeldrop, regex: pod}]}]}",
        "{shards: a}",
        "[",
    ];
    const LABELS: &[&str] = &[
        "__address__",
        "10.42.0.17:15090",
        "__meta_kubernetes_namespace",
        "shop",
        "__meta_kubernetes_pod_container_name",
        "istio-proxy",
        "__meta_kubernetes_pod_container_port_name",
        "http-envoy-prom",
        "",
        "",
        "__address__",
        "a/b",
    ];
    let directory = here().join("../examples/mesh");
    let mut seeds = Vec::new();
    let seed = |header: [u8; render_reads_back::HEADER], manifests: &[u8], settings: &str| {
        let labels = LABELS.join("\x1e");
        let texts = [manifests, settings.as_bytes(), labels.as_bytes()];
        [header.as_slice(), &texts.join(SEPARATOR)].concat()
    };
    for (at, settings) in SETTINGS.iter().enumerate() {
        for name in [
            "istiod-monitor.yaml",
            "sidecars-monitor.yaml",
            "control-plane.yaml",
            "shop.yaml",
            "prometheus.yaml",
        ] {
            let yaml = fs::read(directory.join(name))?;
            seeds.push(seed([0, at as u8 & 3, at as u8], &yaml, settings));
        }
    }
    // Numbers that look random and are the same each time.
    let mut number = 1_u64;
    for at in 0..120 {
        let mut pieces = Vec::new();
        for _ in 0..60 {
            number = number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            pieces.push((number >> 33) as u8);
        }
        pieces.retain(|byte| !SEPARATOR.contains(byte));
        let settings = SETTINGS[at % SETTINGS.len()];
        seeds.push(seed([1, at as u8 & 3, 0], &pieces, settings));
    }
    for config in [
        "job_name: a",
        "{job_name: a, static_configs: [{targets: ['h:1']}], relabel_configs: [{regex: 1.50, source_labels: [v]}]}",
        "{job_name: 07, params: {a: [yes, ~]}, tls_config: {x: 1}, body_size_limit: 1MB}",
    ] {
        seeds.push([[0; render_reads_back::HEADER].as_slice(), config.as_bytes()].concat());
    }
    write("render_reads_back", "data", &seeds)
}

/// Returns the bodies of the vectors, each once, sorted by their bytes.
fn vectors(name: &str, dialect: u8) -> Outcome<Vec<Body>> {
    let mut bodies = Vec::new();
    for case in cases(name)? {
        bodies.push(match (case["input"].as_str(), case["input_b64"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, packed) => BASE64_STANDARD.decode(packed.unwrap_or_default())?,
        });
    }
    bodies.sort();
    bodies.dedup();
    bodies.retain(|body| body.len() <= LONGEST);
    let body = |bytes| Body { bytes, dialect };
    Ok(bodies.into_iter().map(body).collect())
}

fn data() -> PathBuf {
    here().join("../tests/data")
}

fn cases(name: &str) -> Outcome<Vec<Value>> {
    let path = data().join(format!("vectors/{name}.jsonl.gz"));
    let mut text = String::new();
    MultiGzDecoder::new(fs::File::open(path)?).read_to_string(&mut text)?;
    Ok(text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?)
}

/// Returns the first lines of bodies that real servers printed.
fn printed() -> Outcome<Vec<Body>> {
    let index = fs::read_to_string(data().join("corpus/INDEX.tsv"))?;
    let mut bodies = Vec::new();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, _, _, _, content_type, ..] = columns.as_slice() else {
            return Err(format!("not a line of the index: {line}").into());
        };
        let dialect = match content_type.split(';').next() {
            Some("application/openmetrics-text") => 1,
            Some("application/vnd.google.protobuf") => continue,
            _ => 0,
        };
        let path = data().join("corpus").join(path);
        let gzipped = PathBuf::from(format!("{}.gz", path.display()));
        let mut bytes = Vec::new();
        match path.exists() {
            true => bytes = fs::read(path)?,
            false => _ = MultiGzDecoder::new(fs::File::open(gzipped)?).read_to_end(&mut bytes)?,
        }
        if bytes.len() > LONGEST {
            bytes.truncate(LONGEST);
            let whole = bytes.iter().rposition(|byte| *byte == b'\n');
            bytes.truncate(whole.map_or(0, |end| end + 1));
            if dialect == 1 {
                bytes.extend_from_slice(b"# EOF\n");
            }
        }
        bodies.push(Body { bytes, dialect });
    }
    Ok(bodies)
}

/// Writes rules and patterns of the vectors.
fn rules() -> Outcome<()> {
    let (mut loads, mut patterns) = (Vec::new(), Vec::new());
    for case in cases("relabel")? {
        let yaml = case["configs"].as_str().ok_or("a case without rules")?;
        let labels: Vec<(&String, &str)> = (case["labels"].as_object().into_iter().flatten())
            .filter_map(|(name, value)| Some((name, value.as_str()?)))
            .collect();
        let mut texts = vec![yaml.as_bytes()];
        for (name, value) in &labels {
            texts.extend([name.as_bytes(), value.as_bytes()]);
        }
        let header: [u8; relabel_rules_load::HEADER] = [0, u8::from(case["scheme"] == "legacy")];
        loads.push([header.as_slice(), &texts.join(SEPARATOR)].concat());

        let rules: Value = serde_saphyr::from_str(yaml).unwrap_or_default();
        for rule in rules.as_array().into_iter().flatten() {
            let Some(pattern) = rule["regex"].as_str() else {
                continue;
            };
            let template = rule["replacement"].as_str().unwrap_or("$1");
            let mut texts = vec![pattern.as_bytes(), template.as_bytes()];
            for (name, value) in labels.iter().take(4) {
                texts.extend([name.as_bytes(), value.as_bytes()]);
            }
            let header = [0; relabel_literal_vs_regex::HEADER];
            patterns.push([header.as_slice(), &texts.join(SEPARATOR)].concat());
        }
    }
    for seeds in [&mut loads, &mut patterns] {
        seeds.sort();
        seeds.dedup();
    }
    let every = |seeds: Vec<Vec<u8>>, step| seeds.into_iter().step_by(step).collect::<Vec<_>>();
    write("relabel_rules_load", "data", &every(loads, 2))?;
    write("relabel_literal_vs_regex", "data", &every(patterns, 2))
}

/// Writes headers that clients and servers send, and some that they do not.
fn headers() -> Outcome<()> {
    const CONTENT_TYPES: &[&str] = &[
        "text/plain; version=0.0.4; charset=utf-8",
        "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
        "application/openmetrics-text;version=\"0.0.1\"",
        "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=dots",
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
        "TEXT/Plain ; Version = \"0.0.4\\\"\"",
        "text/plain; a=1; a=2",
        "text/",
        "",
    ];
    const ACCEPTS: &[&str] = &[
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.4",
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text;version=2.0.0;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,*/*;q=0.5",
        "text/*;version=1.0.0;q=0x1p-1,*;q=NaN",
        "*/*",
        "text/plain;q=1e999;version=1.0.0;escaping=dots,,;,/",
        "",
    ];
    const NAMES: &[&str] = &[
        "http_requests_total",
        "http.requests",
        "U__http_2e_x",
        "a_dot_b",
        "é花",
        "utf8",
        "dots",
        "1a",
        "OpenMetricsText1.0.0",
        "OpenMetricsText2.0.0",
        "__name__",
        "",
    ];
    const BODIES: &[&str] = &[
        "a 1\n",
        "a 1\n# EOF\n\n",
        "a{b=\"c\"} {count:1} st@1 # {} 1 2 # {} 1 2\n# EOF\n",
        "",
    ];
    // A number that means the experimental protocol.
    const EXPERIMENTAL: u8 = 251;
    let mut seeds = Vec::new();
    for (at, content_type) in CONTENT_TYPES.iter().enumerate() {
        for (accept_at, accept) in ACCEPTS.iter().enumerate() {
            let turn = at + accept_at;
            let mut header = [5; format_header::HEADER];
            header[0] = (turn % 6) as u8;
            header[3] = (at % 5) as u8;
            header[4] = (accept_at % 5) as u8;
            if turn % 2 == 0 {
                header[1] = EXPERIMENTAL;
                header[5] = EXPERIMENTAL;
            }
            header[8] = (turn % 4) as u8;
            let name = NAMES[turn % NAMES.len()];
            let body = BODIES[turn % BODIES.len()];
            let texts = [content_type, accept, name, body].map(str::as_bytes);
            seeds.push([header.as_slice(), &texts.join(SEPARATOR)].concat());
        }
    }
    write("format_header", "data", &seeds)
}
