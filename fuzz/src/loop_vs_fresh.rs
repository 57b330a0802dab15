//! A loop of scrapes stores and reports for any sequence of answers what each gives alone.

use arbitrary::Arbitrary;
use exposition::relabel::{Action, RuleConfig, Rules};
use exposition::scrape::{SampleConfig, Target, TargetConfig};
use exposition::{Dialect, Format, HistogramOptions, ScrapeProtocol};

use super::input::{self, Form, SEPARATOR};
use super::scrape_loop::{Answer, check};

/// The most answers of a sequence.
const ANSWERS: usize = 6;

/// The options of an input. Limits of 0 mean no limit.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    /// A bit for each thing that is honored, and for a fallback.
    honors: u8,
    /// A bit for each of the rules.
    rules: u8,
    samples: u8,
    labels: u8,
    value: u8,
    body: u8,
    line: u8,
    answers: [u8; ANSWERS],
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 8 + ANSWERS;

/// Returns the options of a seed whose bodies are of that dialect. Each `kind` gives other options.
pub fn header(dialect: u8, kind: u8) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = Form::raw(dialect);
    header[1] = 3 ^ (kind & 3);
    if dialect == super::OPENMETRICS2 {
        // The forms of histograms.
        header[1] |= kind << 3;
    }
    header[2] = kind;
    for (at, answer) in header.iter_mut().skip(8).enumerate() {
        *answer = (kind >> 2).wrapping_add(at as u8) & 3;
    }
    header
}

/// Asserts that several bodies, in order and in turn, are scraped in a loop as each is alone.
pub fn loop_vs_fresh(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let config = options.config();
    let mut answers: Vec<Answer> = Vec::new();
    let mut former: Vec<u8> = Vec::new();
    let texts = rest.split(|byte| *byte == SEPARATOR);
    for (kind, text) in options.answers.iter().zip(texts) {
        let answer = options.answer(*kind, text, &former);
        if let Answer::Body(_, body, _) = &answer {
            former.clone_from(body);
        }
        answers.push(answer);
    }
    check(&config, &target(), in_turn(&answers));
}

/// Returns the answers in order, and then each alternating with the first, backwards.
fn in_turn(answers: &[Answer]) -> impl Iterator<Item = &Answer> {
    let back = answers.iter().rev();
    let back = back.flat_map(|answer| [Some(answer), answers.first()]);
    answers.iter().chain(back.flatten())
}

fn target() -> Target {
    let targets = TargetConfig::new("mesh");
    let found = targets.discover([("__address__", "h:15090"), ("x", "target")]);
    let target = found.ok().and_then(|found| found.into_target());
    target.expect("no rule drops it")
}

impl Options {
    fn config(&self) -> SampleConfig {
        let mut config = SampleConfig::new();
        config.protocols.push(ScrapeProtocol::OpenMetricsText200);
        config.histograms = HistogramOptions::new()
            .native(self.honors & 8 > 0)
            .keep_classic(self.honors & 16 > 0)
            .convert_classic(self.honors & 32 > 0);
        config.honor_labels = self.honors & 1 > 0;
        config.honor_timestamps = self.honors & 2 > 0;
        if self.honors & 4 > 0 {
            config.fallback = Some(Format::new(ScrapeProtocol::PrometheusText004));
        }
        config.sample_limit = self.samples.into();
        config.label_limit = self.labels.into();
        config.label_value_length_limit = self.value.into();
        config.body_size_limit = 16 * u64::from(self.body);
        if self.line > 0 {
            config.limits = config.limits.max_line_bytes(self.line.into());
        }
        let rule = RuleConfig::new;
        let all = [
            rule().source_labels(["x"]).regex("2").action(Action::Drop),
            rule().regex("y|le").action(Action::LabelDrop),
            rule().source_labels(["__name__", "x"]).target_label("job"),
            rule()
                .source_labels(["__name__"])
                .regex("(.*)_total")
                .target_label("__name__"),
            rule()
                .regex("(.)")
                .replacement("${1}_")
                .action(Action::LabelMap),
            rule()
                .source_labels(["x"])
                .regex(".+")
                .target_label("x")
                .replacement("one"),
            rule()
                .source_labels(["quantile"])
                .regex("1")
                .target_label("__name__")
                .replacement(""),
            rule()
                .source_labels(["a"])
                .regex("on|")
                .action(Action::Keep),
        ];
        let bits = all.into_iter().enumerate();
        let chosen = bits.filter(|(bit, _)| self.rules & (1 << bit) > 0);
        let rules = Rules::new(chosen.map(|(_, rule)| rule), config.validation_scheme);
        config.rules = rules.expect("they are well-formed");
        config
    }

    /// Returns an answer of that kind: its own body, or one that shares lines with the previous one.
    fn answer(&self, kind: u8, text: &[u8], former: &[u8]) -> Answer {
        if kind >> 5 == 7 {
            return Answer::None;
        }
        let own = self.form.body(text);
        let lines = || former.split_inclusive(|byte| *byte == b'\n');
        let body = match kind & 3 {
            0 => own.into_owned(),
            1 => former.to_vec(),
            2 => {
                let kept = lines().step_by(2).flatten().copied();
                kept.chain(own.iter().copied()).collect()
            }
            _ => {
                let turned: Vec<&[u8]> = lines().rev().collect();
                [&turned.concat(), own.as_ref()].concat()
            }
        };
        let told = match self.form.dialect() {
            Dialect::OpenMetrics => "application/openmetrics-text; version=1.0.0",
            Dialect::OpenMetrics2 => "application/openmetrics-text; version=2.0.0",
            _ => "text/plain; version=0.0.4",
        };
        let content_type = match (kind >> 2) & 7 {
            6 => None,
            7 => Some("text/html"),
            _ => Some(told),
        };
        Answer::Body(content_type, body, i64::from(kind >> 5) * 10_000)
    }
}
