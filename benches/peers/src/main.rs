//! Measures this library and the published parsers over the same bodies: what each reads, how fast, and with
//! how much memory. `README.md` describes the method and the meaning of the numbers.

mod chart;
mod measure;
mod table;

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;
use peers::batches::BATCHES;
use peers::bodies::{self, Body};
use peers::{Side, contestants};

const HELP: &str = "\
Measures exposition and the published parsers over the same bodies.

Usage: cargo run --release --manifest-path benches/peers/Cargo.toml -- [OPTIONS]

Prints Markdown tables, unless an option says otherwise.

Options:
      --json           Print a JSON object for each body and parser
      --chart FILE     Draw a chart into FILE as well, as SVG
      --body TEXT      Only bodies whose name contains TEXT
      --seconds N      CPU time for each body [default: 2]
      --growth         Bodies of 1 k to 1 M series, and only our own doors
      --threads        Two threads that read two bodies
      --batches        Record batches, beside families and Arrow's reader of JSON lines
  -h, --help           Print this
";

struct Options {
    json: bool,
    chart: Option<PathBuf>,
    body: String,
    budget: Duration,
    mode: Mode,
}

enum Mode {
    Peers,
    Growth,
    Threads,
    Batches,
    Help,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        json: false,
        chart: None,
        body: String::new(),
        budget: Duration::from_secs(2),
        mode: Mode::Peers,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("json") => options.json = true,
            Long("chart") => options.chart = Some(arguments.value()?.into()),
            Long("body") => options.body = arguments.value()?.string()?,
            Long("seconds") => {
                options.budget = Duration::try_from_secs_f64(arguments.value()?.parse()?)?;
            }
            Long("growth") => options.mode = Mode::Growth,
            Long("threads") => options.mode = Mode::Threads,
            Long("batches") => options.mode = Mode::Batches,
            Short('h') | Long("help") => options.mode = Mode::Help,
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let out = &mut BufWriter::new(io::stdout().lock());
    match options.mode {
        Mode::Peers => peers(&options, out)?,
        Mode::Growth => growth(&options, out)?,
        Mode::Threads => threads(&options, out)?,
        Mode::Batches => batches(&options, out)?,
        Mode::Help => write!(out, "{HELP}")?,
    }
    Ok(out.flush()?)
}

/// Measures every parser over every body.
fn peers(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut bodies = bodies::all()?;
    bodies.retain(|body| body.name.contains(&options.body));
    let memory = measure::memory()?;
    let mut all = Vec::new();
    for body in &bodies {
        let measured = measure::body(body, &memory, options.budget)?;
        if options.json {
            table::json(out, &measured)?;
            out.flush()?;
        }
        all.push(measured);
    }
    if !options.json {
        machine(out)?;
        table::ratios(out, &all)?;
        table::loops(out, &all)?;
        for measured in &all {
            table::markdown(out, measured)?;
        }
    }
    if let Some(path) = &options.chart {
        chart::draw(path, &all)?;
    }
    Ok(())
}

/// Prints the machine, and the versions of the measured crates.
fn machine(out: &mut dyn Write) -> io::Result<()> {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model);
    let packages: Vec<&str> = include_str!("../Cargo.lock").split("[[package]]").collect();
    let versions: Vec<String> = (contestants().iter())
        .filter(|contestant| contestant.side == Side::Peer)
        .map(|peer| {
            let name = format!("\nname = \"{}\"\n", peer.name);
            let package = packages.iter().find(|package| package.starts_with(&name));
            let version = package.and_then(|package| package.split('"').nth(3));
            format!("{} {}", peer.name, version.unwrap_or_default())
        })
        .collect();
    writeln!(out, "One core of {model}; {}.\n", versions.join(", "))
}

/// Measures how the time per sample grows with the number of series.
fn growth(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
    let bodies = SIZES.map(bodies::envoy_like);
    let doors: Vec<_> = contestants()
        .into_iter()
        .filter(|c| c.side == Side::Ours)
        .collect();
    let pairs = doors
        .iter()
        .flat_map(|door| bodies.iter().map(move |body| (door, body)));
    let mut runs: Vec<_> = pairs
        .clone()
        .map(|(door, body)| (door.prepare)(body))
        .collect();
    for ((door, body), run) in pairs.clone().zip(&mut runs) {
        let tally = run()?;
        if tally.samples != body.samples {
            return Err(format!(
                "{} read {} samples of {}",
                door.name, tally.samples, body.name
            )
            .into());
        }
    }
    let times = measure::best(&mut runs, options.budget * 4);
    let nanoseconds: Vec<f64> = pairs
        .clone()
        .zip(times)
        .map(|((_, body), seconds)| seconds * 1e9 / body.samples as f64)
        .collect();
    if options.json {
        for ((door, body), ns) in pairs.zip(&nanoseconds) {
            let row = serde_json::json!({
                "body": body.name,
                "parser": door.name,
                "samples": body.samples,
                "ns_per_sample": ns,
            });
            writeln!(out, "{row}")?;
        }
        return Ok(());
    }
    writeln!(
        out,
        "| ns per sample | 1 k series | 10 k | 100 k | 1 M | 1 M ÷ 100 k |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
    for (door, row) in doors.iter().zip(nanoseconds.chunks(SIZES.len())) {
        write!(out, "| {} |", door.name)?;
        for ns in row {
            write!(out, " {ns:.1} |")?;
        }
        if let [.., before, last] = row {
            writeln!(out, " {:.2} |", last / before)?;
        }
    }
    Ok(())
}

/// Measures what it takes to make record batches, as ratios to families.
fn batches(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let mut bodies = bodies::all()?;
    bodies.retain(|body| body.name.contains(&options.body));
    if !options.json {
        write!(out, "| ns per sample |")?;
        for contestant in BATCHES {
            write!(out, " {} |", contestant.name)?;
        }
        writeln!(
            out,
            " batches without labels ÷ families | batches ÷ families | arrow-json ÷ batches |"
        )?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
    }
    for body in &bodies {
        let mut runs: Vec<_> = BATCHES.iter().map(|one| (one.prepare)(body)).collect();
        let mut samples = Vec::new();
        for run in &mut runs {
            samples.push(run()?.samples);
        }
        if samples.iter().any(|read| *read == 0) || samples.get(1) != samples.get(3) {
            return Err(format!("{}: {samples:?} samples were read", body.name).into());
        }
        let times = measure::best(&mut runs, options.budget);
        let ns = times.iter().zip(&samples);
        let ns: Vec<f64> = ns
            .map(|(time, samples)| time * 1e9 / *samples as f64)
            .collect();
        let [families, without, with, json] = *ns.as_slice() else {
            continue;
        };
        if options.json {
            for (contestant, ns) in BATCHES.iter().zip(&ns) {
                let row = serde_json::json!({
                    "body": body.name,
                    "parser": contestant.name,
                    "ns_per_sample": ns,
                });
                writeln!(out, "{row}")?;
            }
            continue;
        }
        writeln!(
            out,
            "| {} | {families:.1} | {without:.1} | {with:.1} | {json:.1} | {:.2} | {:.2} | {:.2} |",
            body.name,
            without / families,
            with / families,
            json / with
        )?;
        out.flush()?;
    }
    Ok(())
}

/// Measures how much two threads read in the time of one.
fn threads(options: &Options, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let bodies: Vec<Body> = bodies::all()?;
    let named = |name: &str| bodies.iter().find(|body| body.name == name);
    let (Some(first), Some(second)) = (named("envoy medium.all"), named("etcd")) else {
        return Err("the bodies for two threads are missing".into());
    };
    let doors = contestants().into_iter().filter(|c| c.side == Side::Ours);
    if !options.json {
        writeln!(
            out,
            "| two threads, {} and {} | by the wall clock | by CPU time |",
            first.name, second.name
        )?;
        writeln!(out, "|---|--:|--:|")?;
    }
    for door in doors {
        let scaling = measure::scaling(door, [first, second], options.budget);
        if options.json {
            let bodies = [&first.name, &second.name];
            let row =
                serde_json::json!({ "parser": door.name, "bodies": bodies, "scaling": scaling });
            writeln!(out, "{row}")?;
        } else {
            writeln!(
                out,
                "| {} | {:.2} × | {:.2} × |",
                door.name, scaling.wall, scaling.cpu
            )?;
        }
    }
    Ok(())
}
