//! Counts the instructions that hostile input costs, and whether they grow in proportion.

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;

#[path = "../tests/support/program.rs"]
mod program;
#[path = "../tests/support/cost/mod.rs"]
mod work;

use exposition::Dialect;
use program::Asked;
use work::{Bodies, Task, Work};

const HELP: &str = "\
Counts the instructions that hostile input costs, under valgrind, for sizes that double.

Usage: cost [OPTIONS]

Every kind of input goes through everything that takes it, small and large. Shown is what grew most per
doubling, for each door, and how many instructions a byte of it took. The exit code is 1 if anything
grew by more than 2.2.

Options:
      --door TEXT    only doors whose name has this in it
      --shape TEXT   only input whose name has this in it
      --times N      sizes that many times as large
      --all          show everything, not only what grew most
  -h, --help         this text
";

/// The most that a doubling may cost: a little more than twice, for tables that grow and for sorting.
const MOST: f64 = 2.2;

/// The argument with which this program runs itself for the work to be counted.
const COUNTED: &str = "--counted";

struct Arguments {
    plan: Plan,
    all: bool,
    counted: bool,
}

/// The work to do, and the sizes.
#[derive(Clone)]
struct Plan {
    /// A part of a door's name, or all of it.
    door: String,
    is_whole: bool,
    shape: String,
    times: usize,
}

impl Plan {
    fn works(&self) -> impl Iterator<Item = Work> {
        let is_door = |door: &str| match self.is_whole {
            true => door == self.door,
            false => door.contains(&self.door),
        };
        let works = work::works().into_iter().chain(controls());
        works.filter(move |work| is_door(work.door) && work.shape.contains(&self.shape))
    }

    fn sizes(&self, work: &Work) -> [usize; 2] {
        work.sizes.map(|size| size * self.times)
    }

    /// Does something with all work in all its sizes, until that fails.
    fn try_each<E>(&self, mut act: impl FnMut(&Work, usize) -> Result<(), E>) -> Result<(), E> {
        for work in self.works() {
            for size in self.sizes(&work) {
                act(&work, size)?;
            }
        }
        Ok(())
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut plan = Plan {
        door: String::new(),
        is_whole: false,
        shape: String::new(),
        times: 1,
    };
    let (mut all, mut counted) = (false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("door") => plan.door = parser.value()?.string()?,
            Long("shape") => plan.shape = parser.value()?.string()?,
            Long("times") => plan.times = parser.value()?.parse()?,
            Long("all") => all = true,
            Long("counted") => (counted, plan.is_whole) = (true, true),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Asked::Run(Arguments { plan, all, counted }))
}

/// Does the work that is counted, and nothing else. Valgrind finds it by this name.
#[inline(never)]
fn counted(task: Task) {
    task();
    black_box(());
}

/// The dialects that bodies are in, by the number that says so in front of each.
const DIALECTS: [Dialect; 4] = [
    Dialect::Text,
    Dialect::OpenMetrics,
    Dialect::OpenMetrics2,
    Dialect::Lenient,
];

/// Writes the bodies that work is done on.
fn send(bodies: &Bodies, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(&bodies.len().to_le_bytes())?;
    for (body, dialect) in bodies {
        let number = DIALECTS.iter().position(|known| known == dialect);
        out.write_all(&number.unwrap_or(DIALECTS.len()).to_le_bytes())?;
        out.write_all(&body.len().to_le_bytes())?;
        out.write_all(body)?;
    }
    Ok(())
}

/// Reads what [`send`] wrote.
fn receive(from: &mut impl Read) -> Result<Bodies> {
    let mut bodies = Vec::new();
    for _ in 0..number(from)? {
        let dialect = DIALECTS.get(number(from)?);
        let mut body = vec![0; number(from)?];
        from.read_exact(&mut body)?;
        bodies.push((body, *dialect.ok_or("a body in no dialect")?));
    }
    Ok(bodies)
}

fn number(from: &mut impl Read) -> Result<usize> {
    let mut bytes = [0; size_of::<usize>()];
    from.read_exact(&mut bytes)?;
    Ok(usize::from_le_bytes(bytes))
}

/// Returns work that grows in proportion to its input, and work that does not: the difference must show.
fn controls() -> [Work; 2] {
    let loops = |count: usize| -> Task {
        Box::new(move || (0..count).for_each(|turn| _ = black_box(turn)))
    };
    [
        Work::new(CONTROL, "linear", move |bytes| loops(bytes)),
        Work::new(CONTROL, SQUARE, move |bytes| loops(bytes * bytes / 1024)),
    ]
}

const CONTROL: &str = "control";
const SQUARE: &str = "square";

/// The cost of one kind of work, in instructions, at the small and the large size.
struct Cost {
    work: Work,
    /// How much it grew per doubling.
    growth: f64,
    per_byte: u64,
}

impl Cost {
    fn new(plan: &Plan, work: Work, instructions: [u64; 2]) -> Self {
        let [_, size] = plan.sizes(&work);
        let [_, large] = instructions;
        Cost {
            growth: work.growth(instructions),
            per_byte: large / size as u64,
            work,
        }
    }

    /// Tells whether the growth is as expected: the quadratic control must be detected.
    fn is_well(&self) -> bool {
        let is_square = self.work.door == CONTROL && self.work.shape == SQUARE;
        (self.growth > MOST) == is_square
    }

    fn show(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let note = if self.is_well() { "" } else { "  <-" };
        let Cost {
            growth, per_byte, ..
        } = self;
        let Work { door, shape, .. } = self.work;
        writeln!(out, "{growth:>5.2} {per_byte:>8}  {door}: {shape}{note}")
    }
}

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// Counts the work of one door, size by size: runs this program under valgrind and reads the file that it
/// wrote for every call of [`counted`].
///
/// The bodies come from here: under valgrind it would take almost as long to make them as to read them.
fn count(plan: &Plan, directory: &Path) -> Result<Vec<[u64; 2]>> {
    fs::create_dir(directory)?;
    let function = "cost::counted";
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(directory.join("out"));
    let status = Command::new("valgrind")
        // A copy in a single instruction would count as one per byte, and only if it is long.
        .env(
            "GLIBC_TUNABLES",
            "glibc.cpu.x86_rep_movsb_threshold=0x40000000:glibc.cpu.x86_rep_stosb_threshold=0x40000000",
        )
        .arg("--tool=callgrind")
        .arg(format!("--toggle-collect={function}"))
        .arg(format!("--dump-after={function}"))
        .arg(file)
        .arg(std::env::current_exe()?)
        .arg(COUNTED)
        .args(["--door", &plan.door, "--shape", &plan.shape])
        .args(["--times", &plan.times.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .and_then(|child| attend(child, plan));
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(format!("{}: valgrind ended with {status}", plan.door).into()),
        Err(error) => return Err(format!("valgrind: {error}").into()),
    }
    let mut dumps = (1..).map(|number| directory.join(format!("out.{number}")));
    let mut next = || -> Result<u64> {
        let dump = fs::read_to_string(dumps.next().unwrap_or_default())?;
        let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
        Ok(total.ok_or("a dump without totals")?.trim().parse()?)
    };
    let counts = plan.works().map(|_| Ok([next()?, next()?]));
    let counts = counts.collect::<Result<_>>()?;
    fs::remove_dir_all(directory)?;
    Ok(counts)
}

/// Sends the program that is counted what it is to read, and waits for it.
fn attend(mut child: Child, plan: &Plan) -> std::io::Result<ExitStatus> {
    if let Some(input) = child.stdin.take() {
        let mut input = BufWriter::new(input);
        // Where nobody reads any longer, the program ended too early, and its status says so.
        _ = plan.try_each(|work, size| send(&work.bodies(size), &mut input));
    }
    child.wait()
}

/// Counts all doors, several at once.
fn count_all(plan: &Plan) -> Result<Vec<Cost>> {
    let mut doors: Vec<&str> = plan.works().map(|work| work.door).collect();
    doors.dedup();
    let directory = std::env::temp_dir().join(format!("cost-{}", std::process::id()));
    fs::create_dir(&directory)?;
    let waiting = Mutex::new(doors.into_iter().enumerate().rev().collect::<Vec<_>>());
    let next = || waiting.lock().ok()?.pop();
    let worker = || -> Result<Vec<_>> {
        let mut counted = Vec::new();
        while let Some((number, door)) = next() {
            let plan = Plan {
                door: door.to_owned(),
                is_whole: true,
                ..plan.clone()
            };
            counted.push((number, count(&plan, &directory.join(number.to_string()))?));
        }
        Ok(counted)
    };
    let mut counted = BTreeMap::new();
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            counted.extend(worker.join().map_err(|_| "a thread panicked")??);
        }
        Ok::<(), Box<dyn Error + Send + Sync>>(())
    })?;
    fs::remove_dir_all(&directory)?;
    let counts = counted.into_values().flatten();
    let costs = plan.works().zip(counts);
    Ok(costs
        .map(|(work, counts)| Cost::new(plan, work, counts))
        .collect())
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let Arguments {
        plan,
        all,
        counted: is_counted,
    } = arguments;
    if is_counted {
        let mut input = std::io::stdin().lock();
        let done = plan.try_each(|work, size| -> Result<()> {
            counted(work.task(size, receive(&mut input)?));
            Ok(())
        });
        return done
            .map(|()| true)
            .map_err(|error| -> Box<dyn Error> { error });
    }
    let costs = count_all(&plan).map_err(|error| -> Box<dyn Error> { error })?;
    writeln!(out, "growth  instructions/byte")?;
    let well = costs.iter().all(Cost::is_well);
    for costs in costs.chunk_by(|a, b| a.work.door == b.work.door) {
        let most = costs.iter().map(|cost| cost.growth).fold(0.0, f64::max);
        for cost in costs {
            if all || cost.growth == most || !cost.is_well() {
                cost.show(out)?;
            }
        }
    }
    Ok(well)
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
