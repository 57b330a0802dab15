//! Takes the time of runs and checks what each really read.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::panic;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use peers::bodies::Body;
use peers::{Contestant, Gives, Run, Side, Tally, attempt, contestants};
use rustix::time::{ClockId, Timespec, clock_gettime};
use serde::{Deserialize, Serialize};

/// The results of one parser over one body.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) parser: &'static str,
    pub(crate) side: Side,
    pub(crate) gives: Gives,
    pub(crate) verdict: Verdict,
    /// What the parser found; nothing if it rejects the body.
    pub(crate) tally: Tally,
    /// The CPU time of one run, the best of all. `None` if the parser rejects the body.
    pub(crate) seconds: Option<f64>,
    pub(crate) memory: Option<Memory>,
}

/// How much of a body a parser reads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every sample with its labels and value, as Prometheus reads them.
    Whole,
    /// Something is missing or differs, without an error from the parser.
    Differs(String),
    /// The parser's error.
    Rejected(String),
    /// It is a limit, which does not read anything.
    Limit,
}

/// The rows of one body.
#[derive(Debug)]
pub(crate) struct Measured<'b> {
    pub(crate) body: &'b Body,
    pub(crate) rows: Vec<Row>,
}

impl Measured<'_> {
    pub(crate) fn seconds(&self, parser: &str) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.parser == parser)?;
        row.seconds
    }

    /// Returns the fastest peer that reads the whole body.
    pub(crate) fn fastest_peer(&self) -> Option<&Row> {
        let peers = self.rows.iter().filter(|row| row.side == Side::Peer);
        let whole = peers.filter(|row| row.verdict == Verdict::Whole && row.seconds.is_some());
        whole.min_by(|a, b| {
            a.seconds
                .partial_cmp(&b.seconds)
                .unwrap_or(std::cmp::Ordering::Equal)
        })
    }
}

/// Measures every parser over `body`, in about `budget` of CPU time.
///
/// # Errors
///
/// The library itself does not read the body as Prometheus does.
pub(crate) fn body<'b>(
    body: &'b Body,
    memory: &Memories,
    budget: Duration,
) -> Result<Measured<'b>, Box<dyn Error>> {
    let mut truth = None;
    let mut rows = Vec::new();
    let mut runs = Vec::new();
    for contestant in contestants() {
        let mut run = (contestant.prepare)(body);
        let found = quietly(|| attempt(&mut run));
        let verdict = verdict(body, contestant, &found, &mut truth)?;
        let timed = found.is_ok();
        rows.push(Row {
            parser: contestant.name,
            side: contestant.side,
            gives: contestant.gives,
            verdict,
            tally: found.unwrap_or_default(),
            seconds: None,
            memory: memory
                .get(&(body.name.clone(), contestant.name.to_owned()))
                .copied(),
        });
        if timed {
            runs.push(run);
        }
    }
    let times = best(&mut runs, budget);
    let timed = rows
        .iter_mut()
        .filter(|row| !matches!(row.verdict, Verdict::Rejected(_)));
    for (row, seconds) in timed.zip(times) {
        row.seconds = Some(seconds);
    }
    Ok(Measured { body, rows })
}

/// Compares what was found with what the first door found, which must be everything.
fn verdict(
    body: &Body,
    contestant: Contestant,
    found: &Result<Tally, String>,
    truth: &mut Option<Tally>,
) -> Result<Verdict, Box<dyn Error>> {
    let verdict = match found {
        Ok(_) if contestant.side == Side::Limit => Verdict::Limit,
        Ok(found) => {
            match differences(body, contestant.gives, found, truth.get_or_insert(*found)) {
                None => Verdict::Whole,
                Some(differences) => Verdict::Differs(differences),
            }
        }
        Err(error) => Verdict::Rejected(error.clone()),
    };
    let ours = matches!(contestant.side, Side::Ours | Side::Loop);
    if ours && verdict != Verdict::Whole {
        return Err(format!("{} over {}: {verdict:?}", contestant.name, body.name).into());
    }
    Ok(verdict)
}

/// Describes how `found` differs from what is in the body.
fn differences(body: &Body, gives: Gives, found: &Tally, truth: &Tally) -> Option<String> {
    let count = |found: u64, truth: u64, what: &str| match found.cmp(&truth) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(format!("loses {} {what}", truth - found)),
        std::cmp::Ordering::Greater => Some(format!("{} {what} too many", found - truth)),
    };
    count(found.samples, body.samples, "samples")
        .or_else(|| count(found.labels, truth.labels, "labels"))
        .or_else(|| (found.bits != truth.bits).then(|| "reads other values".to_owned()))
        .or_else(|| {
            let differs = gives == Gives::Lines && found.text != truth.text;
            differs.then(|| "reads other names or labels".to_owned())
        })
}

/// Runs `work` without reporting panics, because they are reported as a rejection.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = work();
    panic::set_hook(hook);
    done
}

/// The shortest time to measure; shorter runs are repeated.
const BATCH: Duration = Duration::from_micros(200);
/// The length of a run's turn.
const TURN: Duration = Duration::from_millis(2);
/// The least number of turns for each.
const ROUNDS: usize = 5;

/// Returns the CPU time in seconds of one run, the best of many, for each of `runs`.
///
/// They take turns, so that a slow phase of the machine affects all of them. The thread's CPU time counts, so
/// that a longer run is not charged for more of what else is going on.
pub(crate) fn best(runs: &mut [Run<'_>], budget: Duration) -> Vec<f64> {
    let batches: Vec<u32> = runs.iter_mut().map(batch).collect();
    let mut best = vec![f64::INFINITY; runs.len()];
    let start = cpu_time();
    let mut round = 0;
    while round < ROUNDS || cpu_time() - start < budget {
        for ((run, batch), best) in runs.iter_mut().zip(&batches).zip(&mut best) {
            let turn = cpu_time();
            while {
                let seconds = time(run, *batch).as_secs_f64() / f64::from(*batch);
                *best = best.min(seconds);
                cpu_time() - turn < TURN
            } {}
        }
        round += 1;
    }
    best
}

/// Returns how often to repeat a run so that it takes long enough.
fn batch(run: &mut Run<'_>) -> u32 {
    let mut times = 1;
    while time(run, times) < BATCH {
        times *= 2;
    }
    times
}

fn time(run: &mut Run<'_>, times: u32) -> Duration {
    let start = cpu_time();
    for _ in 0..times {
        // It was read before, so it is not rejected now.
        let _ = std::hint::black_box(run());
    }
    cpu_time() - start
}

fn cpu_time() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    Duration::from_secs(tv_sec.cast_unsigned()) + Duration::from_nanos(tv_nsec.cast_unsigned())
}

/// How much two threads read, each its own body, in the time in which one thread reads one: 2 at best.
#[derive(Debug, Serialize)]
pub(crate) struct Scaling {
    /// By wall clock, in the best of many rounds. It means little if the cores are not idle.
    pub(crate) wall: f64,
    /// By the CPU time of each thread, in the median round: how much they slow each other, regardless of
    /// other load.
    pub(crate) cpu: f64,
}

/// Measures with two threads for about `budget`.
pub(crate) fn scaling(contestant: Contestant, bodies: [&Body; 2], budget: Duration) -> Scaling {
    const ROUNDS: u32 = 21;
    let [first, second] = bodies;
    let slot = budget / (3 * ROUNDS);
    let mut alone = [Rate::default(); 2];
    let mut together = Vec::new();
    for _ in 0..ROUNDS {
        for (body, best) in bodies.iter().zip(&mut alone) {
            let rate = rate(contestant, body, slot, &Barrier::new(1));
            *best = Rate {
                wall: best.wall.max(rate.wall),
                cpu: best.cpu.max(rate.cpu),
            };
        }
        let barrier = &Barrier::new(2);
        together.push(thread::scope(|scope| {
            let other = scope.spawn(move || rate(contestant, second, slot, barrier));
            let this = rate(contestant, first, slot, barrier);
            [this, other.join().unwrap_or_default()]
        }));
    }
    let scale = |clock: fn(&Rate) -> f64| {
        let round = |rates: &[Rate; 2]| {
            let pairs = rates.iter().zip(&alone);
            pairs
                .map(|(together, alone)| clock(together) / clock(alone))
                .sum::<f64>()
        };
        let mut rounds: Vec<f64> = together.iter().map(round).collect();
        rounds.sort_by(f64::total_cmp);
        rounds
    };
    let median = scale(|rate| rate.cpu).get(ROUNDS as usize / 2).copied();
    Scaling {
        wall: scale(|rate| rate.wall).last().copied().unwrap_or_default(),
        cpu: median.unwrap_or_default(),
    }
}

/// Runs per second.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    wall: f64,
    cpu: f64,
}

fn rate(contestant: Contestant, body: &Body, slot: Duration, barrier: &Barrier) -> Rate {
    let mut run = (contestant.prepare)(body);
    barrier.wait();
    let (start, cpu) = (Instant::now(), cpu_time());
    let mut runs = 0_u32;
    while start.elapsed() < slot {
        let _ = std::hint::black_box(run());
        runs += 1;
    }
    let per = |time: Duration| f64::from(runs) / time.as_secs_f64();
    Rate {
        wall: per(start.elapsed()),
        cpu: per(cpu_time() - cpu),
    }
}

/// The memory that one run takes, in addition to the body.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Memory {
    /// Calls to the allocator; growing in place counts as one.
    pub(crate) allocations: u64,
    /// The most that is held at a time.
    pub(crate) peak_bytes: u64,
}

/// Memory by body and parser.
pub(crate) type Memories = HashMap<(String, String), Memory>;

#[derive(Deserialize)]
struct Counted {
    body: String,
    parser: String,
    #[serde(flatten)]
    memory: Memory,
}

/// Counts allocations with the program next to this one, which cargo builds for it.
///
/// # Errors
///
/// The program cannot be built, or it fails.
pub(crate) fn memory() -> Result<Memories, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--bin", "allocations"]);
    command.args(["--manifest-path", manifest]);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("cannot count allocations: {}", output.status).into());
    }
    let mut memories = Memories::new();
    for counted in serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Counted>() {
        let Counted {
            body,
            parser,
            memory,
        } = counted?;
        memories.insert((body, parser), memory);
    }
    Ok(memories)
}
