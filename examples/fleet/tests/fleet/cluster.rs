//! The same answers from a scheduler and two executors, one of which is stopped.

use std::fs::{self, File};
use std::io;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fleet::{Bodies, Fleet, Remote};
use tempfile::TempDir;

use crate::readme;
use crate::support::{Outcome, bodies, captures, local, small_corpus, sorted, write};

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(120);

/// A process that ends with the test.
struct Process(Child);

impl Process {
    /// Starts a program of this crate, which says what it does in a file.
    fn start(program: &str, arguments: &[String], directory: &Path) -> io::Result<Self> {
        let log = File::create(directory.join("log"))?;
        let child = Command::new(program)
            .args(arguments)
            .env("TMPDIR", directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self(child))
    }

    /// Stops it at once, as a machine is that loses its power.
    fn kill(&mut self) -> io::Result<()> {
        self.0.kill()?;
        self.0.wait().map(|_| ())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.kill();
    }
}

/// A scheduler and two executors on the loopback interface.
struct Cluster {
    url: String,
    executors: Vec<(Process, PathBuf)>,
    _scheduler: Process,
    _directory: TempDir,
}

impl Cluster {
    fn start() -> io::Result<Self> {
        let directory = tempfile::tempdir()?;
        let at = |name: &str| {
            let path = directory.path().join(name);
            fs::create_dir(&path).map(|()| path)
        };
        let address = |port: u16| format!("127.0.0.1:{port}");
        let port = free_port()?;
        let scheduler = Process::start(
            env!("CARGO_BIN_EXE_fleet-scheduler"),
            &[address(port)],
            &at("scheduler")?,
        )?;
        wait_for(port);
        let mut executors = Vec::new();
        for name in ["one", "two"] {
            let (directory, own) = (at(name)?, free_port()?);
            let arguments = [address(own), address(port)];
            let program = env!("CARGO_BIN_EXE_fleet-executor");
            executors.push((Process::start(program, &arguments, &directory)?, directory));
            wait_for(own);
        }
        Ok(Self {
            url: format!("df://127.0.0.1:{port}"),
            executors,
            _scheduler: scheduler,
            _directory: directory,
        })
    }

    async fn fleet(&self, bodies: Bodies) -> Fleet {
        let remote = Remote::new(&self.url).deadline(PATIENCE);
        Fleet::remote(bodies, remote, Some(8)).await.unwrap()
    }
}

/// Returns a port that is free, as is the one after it.
fn free_port() -> io::Result<u16> {
    loop {
        let first = TcpListener::bind("127.0.0.1:0")?;
        let port = first.local_addr()?.port();
        let next = port
            .checked_add(1)
            .map(|next| TcpListener::bind(("127.0.0.1", next)));
        if let Some(Ok(_)) = next {
            return Ok(port);
        }
    }
}

/// Waits until somebody listens at a port.
fn wait_for(port: u16) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < PATIENCE, "nobody listens at {port}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Returns how many files an executor keeps that tasks have written.
fn kept(directory: &Path) -> usize {
    // An executor renames and removes what it has while it is looked at.
    let Ok(entries) = fs::read_dir(directory) else {
        return 0;
    };
    let entries = entries.flatten();
    let count = |entry: fs::DirEntry| match entry.path() {
        path if path.is_dir() => kept(&path),
        path => usize::from(path.file_name().is_some_and(|name| name != "log")),
    };
    entries.map(count).sum()
}

/// Returns questions whose plans differ.
fn questions() -> impl Iterator<Item = &'static str> {
    let questions = include_str!("questions.sql").split(';').map(str::trim);
    questions.filter(|question| !question.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_answers_as_one_process_does() -> Outcome {
    let cluster = Cluster::start()?;
    let (here, there) = (local(small_corpus()), cluster.fleet(small_corpus()).await);
    assert_eq!(questions().count(), 54);
    for sql in questions() {
        let (here, there) = (here.query(sql).await?, there.query(sql).await?);
        assert_eq!(sorted(&here), sorted(&there), "{sql}");
        assert_eq!(there.errors, None);
    }
    let (here, there) = (local(captures()), cluster.fleet(captures()).await);
    for (command, _) in readme::commands() {
        let quote = if command.contains('"') { '"' } else { '\'' };
        let sql = command.split(quote).nth(1).unwrap();
        let (here, there) = (here.query(sql).await?, there.query(sql).await?);
        assert_eq!(sorted(&here), sorted(&there), "{sql}");
    }
    for (_, directory) in &cluster.executors {
        assert!(
            kept(directory) > 0,
            "{} had nothing to do",
            directory.display()
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outlives_an_executor() -> Outcome {
    let directory = tempfile::tempdir()?;
    for target in 0..2000 {
        let mut body = String::from("# TYPE requests_total counter\n");
        for route in 0..100 {
            let value = target * route;
            body.push_str(&format!(
                "requests_total{{route=\"/{route}\",zone=\"{}\"}} {value}\n",
                target % 7
            ));
        }
        write(
            directory.path(),
            &format!("{}/{target}.prom", target % 10),
            body,
        );
    }
    let sql = "SELECT labels['route'], labels['zone'], count(*), count(DISTINCT target), sum(value) FROM samples
        GROUP BY 1, 2";
    let here = local(bodies(directory.path()));
    let start = Instant::now();
    let here = sorted(&here.query(sql).await?);
    let alone = start.elapsed();
    assert_eq!(here.len(), 700);

    let mut cluster = Cluster::start()?;
    let fleet = cluster.fleet(bodies(directory.path())).await;
    let start = Instant::now();
    let answer = tokio::spawn(async move { fleet.query(sql).await });
    // As soon as it has kept something, an executor has ended a task, and has others; the other one has too.
    let (executor, kept_in) = cluster.executors.first_mut().unwrap();
    while kept(kept_in) == 0 {
        assert!(start.elapsed() < PATIENCE, "the executor has nothing to do");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let stopped = start.elapsed();
    assert!(
        !answer.is_finished(),
        "the answer was there before the executor was stopped"
    );
    executor.kill()?;
    let there = tokio::time::timeout(2 * PATIENCE, answer).await???;
    println!(
        "alone {alone:?}, stopped after {stopped:?}, answered after {:?}",
        start.elapsed()
    );
    assert_eq!(here, sorted(&there));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduler_that_is_not_there_is_an_error() -> Outcome {
    let url = format!("df://127.0.0.1:{}", free_port()?);
    let remote = Remote::new(url).deadline(Duration::from_secs(5));
    let fleet = Fleet::remote(captures(), remote, None).await?;
    let start = Instant::now();
    assert!(fleet.query("SELECT count(*) FROM samples").await.is_err());
    assert!(start.elapsed() < Duration::from_secs(15));
    Ok(())
}
