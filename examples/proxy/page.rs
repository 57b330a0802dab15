//! Makes one body of many. Nothing here waits for anybody.

use std::error::Error;
use std::io::Write;

use exposition::encode::Omitted;
use exposition::merge::{Collision, Conflict, Source};
use exposition::relabel::{LabelSet, Rules};
use exposition::{
    Dialect, EncodeError, Encoder, EscapingScheme, Format, Hint, Line, Merge, Metric, MetricFamily,
    MetricType, Parser, ScrapeProtocol,
};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::log::{Log, log};
use crate::upstream::Answer;

/// What is done with the bodies.
#[derive(Debug)]
pub(crate) struct Recipe {
    pub(crate) rules: Rules,
    pub(crate) label: Option<String>,
    pub(crate) format: Option<Format>,
}

/// A server's body as it goes into the merge, and what is told of it.
struct Part {
    name: String,
    up: bool,
    body: Vec<u8>,
    dialect: Dialect,
    samples: u64,
    errors: u64,
}

/// Makes one body in that format of what the servers answered, by name; gzipped if `gzip`.
pub(crate) fn page(
    recipe: &Recipe,
    answers: Vec<(String, Result<Answer, String>)>,
    format: Format,
    gzip: bool,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let parts: Vec<Part> = (answers.into_iter())
        .map(|(name, answer)| recipe.part(&name, answer))
        .collect();
    let own = own_families(&parts)?;
    let mut merge = Merge::new(format)
        .source(Source::new("proxy", own.as_bytes(), Dialect::Text))
        .on_collision(Collision::Stamp("source".into()))
        .on_conflict(Conflict::FirstWins)
        .keep_going(true)
        .lossy(true);
    for part in &parts {
        let mut source = Source::new(&part.name, &part.body, part.dialect);
        if let Some(label) = &recipe.label {
            source = source.label(label, &part.name);
        }
        merge = merge.source(source);
    }
    let mut body = Vec::new();
    let report = merge.write_to(&mut body)?;
    report.errors.iter().for_each(log);
    log(format_args!("{} samples as {format}", report.samples));
    if !gzip {
        return Ok(body);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&body)?;
    Ok(gzip.finish()?)
}

impl Recipe {
    fn part(&self, name: &str, answer: Result<Answer, String>) -> Part {
        let mut log = Log::new(name);
        let part = answer.and_then(|answer| {
            let format = self.format_of(&answer, &mut log)?;
            let part = self.relabelled(name, &answer.body, format, &mut log);
            part.map_err(|error| error.to_string())
        });
        part.unwrap_or_else(|error| {
            log.line(error);
            Part {
                name: name.to_owned(),
                up: false,
                body: Vec::new(),
                dialect: Dialect::Text,
                samples: 0,
                errors: 0,
            }
        })
    }

    /// Returns the format to read a body as: the one asked for, else the header's, else what it looks like.
    fn format_of(&self, answer: &Answer, log: &mut Log<'_>) -> Result<Dialect, String> {
        let told = Format::from_content_type(answer.content_type.as_deref(), None);
        let format = match (self.format, told) {
            (Some(format), _) | (None, Ok(format)) => format,
            (None, Err(doubt)) => {
                let format = Format::sniff(&answer.body);
                log.line(format_args!(
                    "note: {doubt}, so Prometheus refuses it; it is read as {format}"
                ));
                format
            }
        };
        let dialect = (format.dialect()).ok_or("it is in protobuf, which has no lines to merge")?;
        if let Some(hint) = Hint::of_body(&answer.body, dialect) {
            log.line(format_args!("note: {hint}"));
        }
        Ok(dialect)
    }

    /// Applies the rules to the samples of a body, and leaves out lines in error.
    fn relabelled(
        &self,
        name: &str,
        body: &[u8],
        dialect: Dialect,
        log: &mut Log<'_>,
    ) -> Result<Part, EncodeError> {
        let protocol = match dialect {
            Dialect::OpenMetrics => ScrapeProtocol::OpenMetricsText100,
            Dialect::OpenMetrics2 => ScrapeProtocol::OpenMetricsText200,
            _ => ScrapeProtocol::PrometheusText100,
        };
        let format = Format::new(protocol).with_escaping(EscapingScheme::AllowUtf8);
        // A renamed sample may have no place for its exemplar any more.
        let mut encoder = Encoder::from_writer(Vec::new(), format)?.lossy(true);
        let (mut samples, mut errors) = (0, 0);
        let mut labels = LabelSet::new();
        for line in Parser::new(body, dialect) {
            let written = match line {
                Ok(Line::Sample(sample)) => {
                    samples += 1;
                    labels.reset_to(&sample);
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
                    log.line(error);
                    continue;
                }
            };
            if let Err(error) = written {
                errors += 1;
                log.line(error);
            }
        }
        let (body, omitted) = encoder.finish_reporting()?;
        if omitted != Omitted::default() {
            log.line(format_args!("{omitted:?}"));
        }
        Ok(Part {
            name: name.to_owned(),
            up: true,
            body,
            dialect,
            samples,
            errors,
        })
    }
}

/// Returns what the proxy reports about the servers: families built by hand.
fn own_families(parts: &[Part]) -> Result<String, EncodeError> {
    let family = |name, help, value: fn(&Part) -> f64| {
        let metrics = (parts.iter())
            .map(|part| Metric::gauge(value(part)).labels([("target", part.name.as_str())]));
        let family = MetricFamily::new(name, MetricType::Gauge).help(help);
        metrics.fold(family, MetricFamily::metric)
    };
    let families = [
        family("proxy_target_up", "Whether the server answered.", |part| {
            f64::from(u8::from(part.up))
        }),
        family(
            "proxy_target_samples",
            "Samples the server gave, before relabelling.",
            |part| part.samples as f64,
        ),
        family(
            "proxy_target_errors",
            "Lines in error the server gave.",
            |part| part.errors as f64,
        ),
    ];
    exposition::encode::to_string(&families, ScrapeProtocol::PrometheusText100)
}
