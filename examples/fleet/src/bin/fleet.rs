//! Asks SQL of the expositions of a fleet: `fleet query 'SQL' PATH...`.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::{Array as _, ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::arrow::util::pretty::pretty_format_batches_with_schema;
use fleet::{Answer, Bodies, Fleet, Remote};
use lexopt::Parser;
use lexopt::prelude::*;

const HELP: &str = "\
Asks SQL of the expositions of a fleet.

Usage: fleet query [OPTIONS] SQL PATH...

A PATH is a file, a directory with all below it, or a glob in quotes. Bodies are of any format, compressed with gzip or
zstd or not. The tables are `samples`, `errors`, and each family by its name.

Options:
  --pattern PATTERN    where a path has its target and time, below PATH: {target}, {time}, * and **;
                       other files are passed over [default: the path is the target, and the time that of the file]
  --format TYPE        the content type of all bodies [default: as each body shows]
  --max-body BYTES     the most bytes of a body, decompressed [default: 268435456]
  --skip-unreadable    pass over files that are torn or too large, rather than fail; `errors` has them in either case
  --partitions N       in how many parts the files are read at once [default: the number of processors]
  --csv                print comma-separated values rather than a table
  --scheduler URL      ask a scheduler of Ballista, such as df://127.0.0.1:50050, rather than answer in this process
  --deadline SECONDS   how long the scheduler may take; if it fails, it is asked once more [default: 300]
  -h, --help           print this
";

/// What the command line asks for.
struct Options {
    sql: String,
    bodies: Bodies,
    partitions: Option<usize>,
    csv: bool,
    remote: Option<Remote>,
}

/// Returns the options, or `None` if help is asked for.
fn options(mut parser: Parser) -> Result<Option<Options>, Box<dyn Error + Send + Sync>> {
    let mut words: Vec<OsString> = Vec::new();
    let (mut pattern, mut format, mut max_body) = (None, None, None);
    let mut skip_unreadable = false;
    let (mut partitions, mut csv, mut scheduler, mut deadline) = (None, false, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("pattern") => pattern = Some(parser.value()?.parse()?),
            Long("format") => format = Some(parser.value()?.parse_with(fleet::format_of)?),
            Long("max-body") => max_body = Some(parser.value()?.parse()?),
            Long("skip-unreadable") => skip_unreadable = true,
            Long("partitions") => partitions = Some(parser.value()?.parse()?),
            Long("csv") => csv = true,
            Long("scheduler") => scheduler = Some(parser.value()?.string()?),
            Long("deadline") => deadline = Some(parser.value()?.parse()?),
            Value(word) => words.push(word),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let mut words = words.into_iter().map(|word| word.string());
    match words.next().transpose()?.as_deref() {
        Some("query") => {}
        Some(other) => return Err(format!("there is no command `{other}`").into()),
        None => return Err("there is no command".into()),
    }
    let sql = words.next().ok_or("there is no SQL")??;
    let mut bodies =
        Bodies::new(words.collect::<Result<Vec<_>, _>>()?)?.skip_unreadable(skip_unreadable);
    if let Some(pattern) = pattern {
        bodies = bodies.pattern(pattern);
    }
    if let Some(format) = format {
        bodies = bodies.format(format);
    }
    if let Some(bytes) = max_body {
        bodies = bodies.max_body_bytes(bytes);
    }
    let remote = scheduler.map(Remote::new).map(|remote| match deadline {
        None => remote,
        Some(seconds) => remote.deadline(Duration::from_secs(seconds)),
    });
    Ok(Some(Options {
        sql,
        bodies,
        partitions,
        csv,
        remote,
    }))
}

async fn query(options: Options) -> Result<(), Box<dyn Error + Send + Sync>> {
    let fleet = match options.remote {
        None => Fleet::local(options.bodies, options.partitions)?,
        Some(remote) => Fleet::remote(options.bodies, remote, options.partitions).await?,
    };
    let answer = fleet.query(&options.sql).await?;
    print(&answer, options.csv)?;
    if let Some(errors @ 1..) = answer.errors {
        let what = if errors == 1 {
            "line or file is"
        } else {
            "lines or files are"
        };
        writeln!(
            io::stderr(),
            "{errors} {what} in error, and not in this answer: SELECT * FROM errors"
        )?;
    }
    Ok(())
}

fn print(answer: &Answer, csv: bool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut out = io::stdout().lock();
    if csv {
        let mut writer = WriterBuilder::new().with_header(true).build(&mut out);
        for batch in &answer.batches {
            writer.write(&flat(batch)?)?;
        }
    } else {
        let table = pretty_format_batches_with_schema(answer.schema.clone(), &answer.batches)?;
        writeln!(out, "{table}")?;
    }
    Ok(())
}

/// Returns a batch with maps, lists and structs as text, which values between commas are.
fn flat(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let options = FormatOptions::new();
    let column = |(field, column): (&FieldRef, &ArrayRef)| -> Result<_, ArrowError> {
        if !field.data_type().is_nested() {
            return Ok((field.name().clone(), Arc::clone(column), true));
        }
        let texts = ArrayFormatter::try_new(column, &options)?;
        let texts = (0..column.len()).map(|row| texts.value(row).try_to_string());
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        Ok((
            field.name().clone(),
            Arc::new(StringArray::from(texts)) as ArrayRef,
            true,
        ))
    };
    let columns = batch.schema_ref().fields().iter().zip(batch.columns());
    let columns = columns
        .map(column)
        .collect::<Result<Vec<_>, ArrowError>>()?;
    RecordBatch::try_from_iter_with_nullable(columns)
}

fn run() -> Result<(), Box<dyn Error + Send + Sync>> {
    let Some(options) = options(Parser::from_env())? else {
        return Ok(io::stdout().write_all(HELP.as_bytes())?);
    };
    // Planning goes as deep as a query is nested: threads have more stack than by default.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(32 << 20).build()?;
    // In a thread of the runtime, for the stack of this one is smaller.
    runtime.block_on(runtime.spawn(query(options)))??;
    Ok(())
}

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::new().default_filter_or("warn")).init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever reads standard error may be gone.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
    }
}
