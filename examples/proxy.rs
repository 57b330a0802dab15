//! Serves the metrics of several servers as one.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use exposition::encode::Omitted;
use exposition::format::negotiate;
use exposition::merge::{Collision, Conflict, MergeReport, Source};
use exposition::relabel::{LabelSet, Rules};
use exposition::{
    Dialect, EncodeError, Encoder, EscapingScheme, Format, Line, Merge, Metric, MetricFamily,
    MetricType, Parser, ScrapeProtocol,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use tiny_http::{Header, Method, Request, Response, Server};

#[path = "support/program.rs"]
mod program;
#[path = "support/source.rs"]
mod source;

use program::Asked;
use source::Reading;

const HELP: &str = "\
Serves the metrics of several servers as one, as a sidecar agent does. Every request of /metrics
scrapes all of them side by side, relabels, merges, and answers in the format asked for.

Usage: proxy [OPTIONS] NAME=URL...

Metrics in two bodies get a label `source` with the NAME of the later one, all samples of a histogram or
summary together; where metadata contradicts itself the first holds. Lines in error are left out. Beside the bodies, the proxy's own families tell
of each server whether it answered, and how many samples and errors it gave.

Options:
      --listen ADDRESS  where to listen, by default 127.0.0.1:9464; port 0 takes any that is free
      --label LABEL     add LABEL=\"NAME\" to every sample
      --rules FILE      YAML: a list of relabel rules, as in metric_relabel_configs
      --format text|openmetrics|openmetrics2
                        the format of the bodies, whatever their servers say
      --max-body SIZE   the longest body, without compression, such as 1GiB; 0 for no limit
                        (default 256MiB)
      --once            answer one request, then end
  -h, --help            this text
";

struct Arguments {
    targets: Vec<(String, OsString)>,
    listen: String,
    label: Option<String>,
    rules: Option<OsString>,
    reading: Reading,
    once: bool,
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked<Arguments>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments {
        targets: Vec::new(),
        listen: "127.0.0.1:9464".into(),
        label: None,
        rules: None,
        reading: Reading::default(),
        once: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Asked::Help),
            Long("listen") => arguments.listen = parser.value()?.string()?,
            Long("label") => arguments.label = Some(parser.value()?.string()?),
            Long("rules") => arguments.rules = Some(parser.value()?),
            Long("format") => {
                arguments.reading.format = Some(parser.value()?.parse_with(source::format)?);
            }
            Long("max-body") => {
                arguments.reading.max_body = parser.value()?.parse_with(source::size)?;
            }
            Long("once") => arguments.once = true,
            Value(value) => {
                let value = value.string()?;
                let (name, url) = value.split_once('=').ok_or("a target is NAME=URL")?;
                arguments.targets.push((name.to_owned(), url.into()));
            }
            _ => return Err(argument.unexpected()),
        }
    }
    match arguments.targets.is_empty() {
        true => Err("no target is given".into()),
        false => Ok(Asked::Run(arguments)),
    }
}

/// What the proxy does for each request.
struct Proxy {
    targets: Vec<(String, OsString)>,
    label: Option<String>,
    rules: Rules,
    reading: Reading,
}

/// The response of a server.
struct Scraped {
    body: Vec<u8>,
    dialect: Dialect,
    up: bool,
    samples: u64,
    errors: u64,
}

impl Proxy {
    fn new(arguments: &Arguments) -> Result<Self, Box<dyn Error>> {
        let rules = match &arguments.rules {
            Some(file) => exposition::yaml::from_str(&source::text(file)?)?,
            None => Rules::default(),
        };
        Ok(Proxy {
            targets: arguments.targets.clone(),
            label: arguments.label.clone(),
            rules,
            reading: arguments.reading,
        })
    }

    /// Scrapes all servers at once.
    fn scrape(&self) -> Vec<Scraped> {
        thread::scope(|scope| {
            let scrapes: Vec<_> = (self.targets.iter())
                .map(|(name, url)| scope.spawn(move || self.scrape_one(name, url)))
                .collect();
            (scrapes.into_iter())
                .map(|scrape| scrape.join().unwrap_or_else(|_| Scraped::failed()))
                .collect()
        })
    }

    fn scrape_one(&self, name: &str, url: &OsString) -> Scraped {
        let source = match source::fetch_lines(url, self.reading) {
            Ok(source) => source,
            Err(error) => {
                eprintln!("{name}: {error}");
                return Scraped::failed();
            }
        };
        match self.relabelled(name, &source.body, source.dialect) {
            Ok(scraped) => scraped,
            Err(error) => {
                eprintln!("{name}: {error}");
                Scraped::failed()
            }
        }
    }

    /// Returns the body with its samples relabelled, and without lines with errors.
    fn relabelled(
        &self,
        name: &str,
        body: &[u8],
        dialect: Dialect,
    ) -> Result<Scraped, EncodeError> {
        let protocol = match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            Dialect::OpenMetrics2 => ScrapeProtocol::OpenMetricsText200,
            _ => ScrapeProtocol::PrometheusText100,
        };
        let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
        // A renamed sample may have no place for its exemplar any more.
        let mut encoder = Encoder::from_writer(Vec::new(), format)?.lossy(true);
        let (mut samples, mut errors) = (0, 0);
        for line in Parser::new(body, dialect) {
            let written = match line {
                Ok(Line::Sample(sample)) => {
                    samples += 1;
                    let stored = sample.stored_labels();
                    let pairs =
                        (stored.iter()).map(|(name, value)| (name.as_ref(), value.as_ref()));
                    let mut labels: LabelSet<'_> = pairs.collect();
                    let before = labels.clone();
                    if !self.rules.apply(&mut labels) {
                        continue;
                    }
                    if labels == before {
                        encoder.line(&Line::Sample(sample), dialect)
                    } else {
                        let metric = labels.get("__name__").unwrap_or_default();
                        let others = labels.iter().filter(|label| label.0 != "__name__");
                        encoder.sample_as(&sample, dialect, metric, others)
                    }
                }
                Ok(line) => encoder.line(&line, dialect),
                Err(error) => {
                    errors += 1;
                    eprintln!("{name}: {error}");
                    continue;
                }
            };
            if let Err(error) = written {
                errors += 1;
                eprintln!("{name}: {error}");
            }
        }
        let (body, omitted) = encoder.finish_reporting()?;
        if omitted != Omitted::default() {
            eprintln!("{name}: {omitted:?}");
        }
        Ok(Scraped {
            body,
            dialect,
            up: true,
            samples,
            errors,
        })
    }

    /// Returns what the proxy reports about the servers: families built by hand.
    fn own_families(&self, scraped: &[Scraped]) -> Result<String, EncodeError> {
        let family = |name, help, value: fn(&Scraped) -> f64| {
            let mut family = MetricFamily::new(name, MetricType::Gauge).help(help);
            for ((target, _), scraped) in self.targets.iter().zip(scraped) {
                let metric = Metric::gauge(value(scraped)).labels([("target", target.as_str())]);
                family = family.metric(metric);
            }
            family
        };
        let families = [
            family(
                "proxy_target_up",
                "Whether the server answered.",
                |scraped| f64::from(u8::from(scraped.up)),
            ),
            family(
                "proxy_target_samples",
                "Samples the server gave, before relabelling.",
                |scraped| scraped.samples as f64,
            ),
            family(
                "proxy_target_errors",
                "Lines in error the server gave.",
                |scraped| scraped.errors as f64,
            ),
        ];
        exposition::encode::to_string(&families, ScrapeProtocol::PrometheusText100)
    }

    /// Merges all bodies into one in that format.
    fn merged(&self, format: Format) -> Result<(Vec<u8>, MergeReport), Box<dyn Error>> {
        let scraped = self.scrape();
        let own = self.own_families(&scraped)?;
        let mut merge = Merge::new(format)
            .source(Source::new("proxy", own.as_bytes(), Dialect::Text))
            .on_collision(Collision::Stamp("source".into()))
            .on_conflict(Conflict::FirstWins)
            .keep_going(true)
            .lossy(true);
        for ((name, _), scraped) in self.targets.iter().zip(&scraped) {
            let mut source = Source::new(name, &scraped.body, scraped.dialect);
            if let Some(label) = &self.label {
                source = source.label(label, name);
            }
            merge = merge.source(source);
        }
        let mut body = Vec::new();
        let report = merge.write_to(&mut body)?;
        Ok((body, report))
    }

    fn answer(&self, request: Request) -> Result<(), Box<dyn Error>> {
        if request.method() != &Method::Get {
            return Ok(request.respond(Response::empty(405))?);
        }
        if request.url().split('?').next() != Some("/metrics") {
            let hint = Response::from_string("see /metrics\n").with_status_code(404);
            return Ok(request.respond(hint)?);
        }
        let supported = &ScrapeProtocol::DEFAULT;
        let format = negotiate(&header(&request, "Accept"), supported);
        let (body, report) = match self.merged(format) {
            Ok(merged) => merged,
            Err(error) => {
                eprintln!("error: {error}");
                let response = Response::from_string(error.to_string()).with_status_code(500);
                return Ok(request.respond(response)?);
            }
        };
        for error in &report.errors {
            eprintln!("{error}");
        }
        eprintln!("{} samples as {format}", report.samples);
        let content_type = named("Content-Type", &format.content_type())?;
        let takes_gzip = header(&request, "Accept-Encoding")
            .split(',')
            .any(|coding| coding.trim() == "gzip");
        if !takes_gzip {
            return Ok(request.respond(Response::from_data(body).with_header(content_type))?);
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&body)?;
        let response = Response::from_data(gzip.finish()?)
            .with_header(content_type)
            .with_header(named("Content-Encoding", "gzip")?);
        Ok(request.respond(response)?)
    }
}

impl Scraped {
    fn failed() -> Self {
        Scraped {
            body: Vec::new(),
            dialect: Dialect::Text,
            up: false,
            samples: 0,
            errors: 0,
        }
    }
}

/// Returns a header of the request, or an empty text.
fn header(request: &Request, name: &'static str) -> String {
    let mut headers = request.headers().iter();
    let found = headers.find(|header| header.field.equiv(name));
    found.map_or_else(String::new, |header| header.value.to_string())
}

fn named(name: &str, value: &str) -> Result<Header, String> {
    Header::from_bytes(name, value).map_err(|()| format!("{value:?} is no value of a header"))
}

fn run(arguments: Arguments, out: &mut dyn Write) -> Result<bool, Box<dyn Error>> {
    let proxy = Arc::new(Proxy::new(&arguments)?);
    let server = Server::http(&arguments.listen).map_err(|error| error.to_string())?;
    writeln!(out, "http://{}/metrics", server.server_addr())?;
    out.flush()?;
    for request in server.incoming_requests() {
        let proxy = Arc::clone(&proxy);
        let answering = thread::spawn(move || {
            if let Err(error) = proxy.answer(request) {
                eprintln!("error: {error}");
            }
        });
        if arguments.once {
            return Ok(answering.join().is_ok());
        }
    }
    Ok(true)
}

fn main() -> ExitCode {
    program::main(HELP, parse, run)
}
