//! For any bodies, the outcome of a merge is valid and holds their series.

use arbitrary::Arbitrary;
use exposition::merge::{Aggregation, Collision, Gauges, Unsummable};
use exposition::{Dialect, EscapingScheme};

use super::input::{self, Form, SEPARATOR};
use super::merge::{
    Body, escaped_merge_is_valid, merge_is_readable, merge_is_valid, merge_with_itself_is_valid,
};

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    policy: u8,
    to_openmetrics: bool,
    sources: [Source; 4],
}

#[derive(Debug, Arbitrary)]
struct Source {
    form: Form,
    label: bool,
    honor: bool,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 14;

/// Returns the options of a seed whose bodies are of these dialects.
pub fn header(dialects: [u8; 4], kind: u8) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = kind;
    header[1] = kind >> 2;
    for (at, dialect) in dialects.into_iter().enumerate() {
        header[2 + 3 * at] = Form::raw(dialect);
        header[3 + 3 * at] = u8::from(kind % 3 == 2);
        header[4 + 3 * at] = kind & 1;
    }
    header
}

/// Asserts that a merge of up to four bodies, which follow each other in the input, is valid.
pub fn merge_valid(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let texts = rest.split(|byte| *byte == SEPARATOR);
    let bodies: Vec<Body> = (options.sources.iter().zip(texts))
        .map(|(source, text)| Body {
            text: source.form.body(text).into_owned(),
            dialect: source.form.dialect(),
            label: source.label,
            honor: source.honor,
        })
        .collect();
    let policy = match options.policy % 3 {
        0 => Collision::FirstWins,
        1 => Collision::Stamp("source".into()),
        _ => Collision::Stamp("x".into()),
    };
    let scheme = EscapingScheme::ALL[usize::from(options.policy / 3) % 4];
    let gauges = [Gauges::Sum, Gauges::Min, Gauges::Max, Gauges::Last];
    let aggregation = Aggregation::new()
        .gauges(gauges[usize::from(options.policy / 12) % 4])
        .otherwise(Unsummable::Stamp("x".into()));
    let shown: Vec<_> = (bodies.iter())
        .map(|body| (body.dialect, String::from_utf8_lossy(&body.text)))
        .collect();
    if let Err(fault) = merge_is_readable(&bodies, &policy) {
        panic!("{fault}\nfrom {shown:?}");
    }
    // What is expected is made of lines, of which each is a sample.
    if (bodies.iter()).any(|body| body.dialect == Dialect::OpenMetrics2) {
        return;
    }
    if let Err(fault) = merge_is_valid(&bodies, &policy, options.to_openmetrics) {
        panic!("{fault}\nfrom {shown:?}");
    }
    if let Err(fault) = escaped_merge_is_valid(&bodies, policy, scheme) {
        panic!("{fault}\nfrom {shown:?}");
    }
    if let Some(body) = bodies.first()
        && let Err(fault) = merge_with_itself_is_valid(body, options.to_openmetrics)
    {
        panic!("with itself: {fault}\nfrom {shown:?}");
    }
    let sum = Collision::Sum(aggregation);
    if let Err(fault) = merge_is_valid(&bodies, &sum, options.to_openmetrics) {
        panic!("added: {fault}\nfrom {shown:?}");
    }
}
