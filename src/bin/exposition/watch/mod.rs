//! `watch`: what changes from scrape to scrape.

mod frame;
mod line;
mod moves;
mod scrape;
mod screen;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Args;
use exposition::scrape::Interval;
use regex::Regex;

use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::outcome::Outcome;
use crate::page::Page;
use crate::source::{self, Fetcher, ReadingArgs};
use frame::Title;
use scrape::{Got, Scrape, Scrapes};
use screen::Screen;

/// Scrape again and again, and show what changes
///
/// Shows which series are new or stale, how fast counters grow, the mean of what histograms and summaries observed in
/// between, which gauges moved, and whether the scrape succeeds as Prometheus scrapes. Each scrape is compared with
/// the last one that succeeded; what grows less than before began anew. On a terminal the page is redrawn in place,
/// what moves most first; otherwise each scrape is a line of key=value, or with --json an object. A response may take
/// as long as the interval, but at least 1s and at most 30s, unless --timeout says otherwise.
///
/// Ends after --count or --for, or with Ctrl-C. A failed scrape does not end it. Exit codes: 0; 1 if the last scrape
/// of --count or --for failed; 2 the command line is wrong.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// The URL to scrape, or a file that is read anew each time
    #[arg(value_name = "URL")]
    from: OsString,
    /// How long from scrape to scrape, at least 10ms
    #[arg(long, short = 'n', value_name = "DURATION", default_value = "5s", value_parser = interval)]
    interval: Interval,
    /// End after so many scrapes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after that time
    #[arg(long, value_name = "DURATION")]
    r#for: Option<Interval>,
    /// Only metrics whose name begins with this, a name or a regex
    #[arg(long, value_name = "PATTERN", value_parser = crate::show::beginning)]
    r#match: Option<Regex>,
    /// Entries shown of each list, 0 for all
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print each scrape as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
}

fn interval(word: &str) -> Result<Interval, String> {
    let interval: Interval = word.parse().map_err(|error| format!("{error}"))?;
    match interval < Interval::from_millis(10) {
        true => Err("an interval is at least 10ms".to_owned()),
        false => Ok(interval),
    }
}

/// What happens while waiting.
enum Event {
    Got(Box<Got>),
    /// Somebody wants it to end.
    Stop,
}

impl Watch {
    pub(crate) fn run(&self, console: &mut Console<'_>) -> Result<Outcome> {
        if self.from == "-" {
            let why = "standard input cannot be read again and again";
            return Err(Usage(why.to_owned()).into());
        }
        let (events, happened) = mpsc::channel();
        stop_on_signal(events.clone())?;
        let orders = self.fetcher(events);
        let is_drawn = !self.json && io::stdout().is_terminal();
        let screen = is_drawn.then(Screen::enter).transpose()?;
        let mut last = None;
        let ended = self.scrapes(&orders, &happened, screen.as_ref(), &mut last, console);
        drop(screen);
        if let Some(scrape) = last.filter(|_| is_drawn) {
            // What was seen last stays on the terminal.
            for line in self.frame(&scrape, console.page, usize::MAX) {
                writeln!(console.out, "{line}")?;
            }
        }
        ended
    }

    /// Scrapes until the end; `last` is the last scrape.
    fn scrapes(
        &self,
        orders: &Sender<()>,
        happened: &Receiver<Event>,
        screen: Option<&Screen>,
        last: &mut Option<Scrape>,
        console: &mut Console<'_>,
    ) -> Result<Outcome> {
        let format = self.reading.format;
        let mut scrapes = Scrapes::new(self.r#match.clone(), format, self.reading.limits())?;
        let (begin, interval) = (Instant::now(), self.interval.as_duration());
        let mut due = begin;
        loop {
            orders.send(())?;
            let scrape = match happened.recv()? {
                Event::Got(got) => scrapes.take(*got),
                Event::Stop => return Ok(Outcome::Fine),
            };
            // On a terminal the page says it.
            let is_first = scrape.number == 1 && screen.is_none();
            if let Some(source) = scrape.source.as_ref().filter(|_| is_first) {
                source.note_reason(console);
            }
            self.show(&scrape, screen, console)?;
            let outcome = match scrape.up() {
                true => Outcome::Fine,
                false => Outcome::Unreadable,
            };
            let is_last = self.count == Some(scrape.number);
            *last = Some(scrape);
            due = next(due, interval, Instant::now());
            let for_long = self.r#for.map(Interval::as_duration);
            if is_last || for_long.is_some_and(|long| due.duration_since(begin) > long) {
                return Ok(outcome);
            }
            match happened.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(_) | Err(RecvTimeoutError::Disconnected) => return Ok(Outcome::Fine),
            }
        }
    }

    /// Starts what gets the body whenever it is told to.
    fn fetcher(&self, events: Sender<Event>) -> Sender<()> {
        let (orders, ordered) = mpsc::channel();
        let mut reading = self.reading.clone();
        // As Prometheus does, it does not wait longer than until the next scrape, if that is not too soon.
        let timeout = self
            .interval
            .clamp(Interval::from_secs(1), Interval::from_secs(30));
        reading.http.default_timeout(timeout);
        let from = self.from.clone();
        thread::spawn(move || {
            let fetcher = Fetcher::new(&reading).without_progress();
            while let Ok(()) = ordered.recv() {
                let (at, start) = (now(), Instant::now());
                let source = fetcher.fetch(&from).map_err(|error| {
                    // Everywhere it is told what is scraped.
                    let (error, name) = (error.to_string(), source::called(&from));
                    let error = error.strip_prefix(&name).unwrap_or(&error);
                    error.trim_start_matches(": ").to_owned()
                });
                let took = start.elapsed();
                let got = Got {
                    source,
                    start,
                    took,
                    at,
                };
                if events.send(Event::Got(Box::new(got))).is_err() {
                    return;
                }
            }
        });
        orders
    }

    fn show(
        &self,
        scrape: &Scrape,
        screen: Option<&Screen>,
        console: &mut Console<'_>,
    ) -> io::Result<()> {
        if let Some(screen) = screen {
            let size = terminal_size::terminal_size();
            let (width, height) = size.map_or((console.page.width, 24), |(width, height)| {
                (
                    usize::from(width.0).min(console.page.width),
                    height.0.into(),
                )
            });
            let page = Page {
                width,
                ..console.page
            };
            return screen.draw(&self.frame(scrape, page, height));
        }
        match self.json {
            true => {
                let object = line::object(scrape, &source::called(&self.from), self.limit());
                writeln!(console.out, "{object}")?;
            }
            false => writeln!(console.out, "{}", line::line(scrape))?,
        }
        console.out.flush()
    }

    fn frame(&self, scrape: &Scrape, page: Page, height: usize) -> Vec<String> {
        let title = Title {
            name: &source::called(&self.from),
            every: &format!("every {}, Ctrl-C ends", self.interval),
        };
        frame::frame(scrape, &title, page, height, self.limit())
    }

    fn limit(&self) -> usize {
        match self.limit {
            0 => usize::MAX,
            limit => limit,
        }
    }
}

/// Returns when the next scrape is due: one that would already be over is left out.
fn next(due: Instant, interval: Duration, now: Instant) -> Instant {
    let late = now.saturating_duration_since(due).as_millis();
    let steps = late / interval.as_millis().max(1) + 1;
    due + interval.saturating_mul(steps.try_into().unwrap_or(u32::MAX))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
}

/// Has Ctrl-C and the like end the command as it would end by itself; the second time at once.
fn stop_on_signal(events: Sender<Event>) -> Result<()> {
    let mut again = false;
    Ok(ctrlc::set_handler(move || {
        if std::mem::replace(&mut again, true) || events.send(Event::Stop).is_err() {
            std::process::exit(0);
        }
    })?)
}
