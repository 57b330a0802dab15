//! Native histograms of any body: those that validate add up, and none makes a method panic.

use arbitrary::Arbitrary;
use exposition::{
    Families, MetricFamily, MetricValue, NativeBucket, NativeCounts, NativeHistogram, protobuf,
};

use super::binary::{self, Form};
use super::input;

/// The options of an input.
#[derive(Debug, Arbitrary)]
struct Options {
    form: Form,
    schema: i8,
    limit: u8,
    number: u8,
    histograms: u8,
}

/// How many bytes of an input its options are.
pub const HEADER: usize = 5;

/// Returns the options of a seed. Each `kind` gives other options.
pub fn header(kind: u8) -> [u8; HEADER] {
    [Form::RAW, kind % 12, kind % 9, kind, 1 | kind]
}

/// What is asked of histograms.
const NUMBERS: &[f64] = &[
    0.0,
    0.5,
    1.0,
    -0.5,
    2.0,
    0.99,
    1e-300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::MAX,
    f64::MIN,
];

/// Asserts what holds of each native histogram that the samples and the families of a body have.
pub fn native_histogram_holds(data: &[u8]) {
    let Some((options, rest)) = input::split::<Options>(data, HEADER) else {
        return;
    };
    let body = options.form.body(rest);
    let mut histograms: Vec<NativeHistogram> = Vec::new();
    let mut parser =
        protobuf::Parser::new(&body).histograms(binary::histograms(options.histograms));
    while let Some(next) = parser.next_sample().transpose() {
        let Ok(sample) = next else { continue };
        histograms.extend(sample.value().as_native_histogram().cloned());
    }
    for family in Families::protobuf(&body).flatten() {
        histograms.extend(native(&family));
    }
    let mut before = NativeHistogram::default();
    for histogram in histograms {
        options.check(&histogram);
        _ = histogram.detect_reset(&before);
        _ = before.detect_reset(&histogram);
        before = histogram;
    }
}

/// Returns the native histograms of a family.
fn native(family: &MetricFamily<'_>) -> Vec<NativeHistogram> {
    let metrics = family.metrics.iter();
    let natives = metrics.filter_map(|metric| match &metric.value {
        MetricValue::Histogram(histogram) | MetricValue::GaugeHistogram(histogram) => {
            histogram.native.as_deref().cloned()
        }
        _ => None,
    });
    natives.collect()
}

impl Options {
    fn check(&self, histogram: &NativeHistogram) {
        let forward: Vec<NativeBucket> = histogram.buckets().collect();
        let mut backward: Vec<NativeBucket> = histogram.buckets().rev().collect();
        backward.reverse();
        assert_eq!(
            format!("{forward:?}"),
            format!("{backward:?}"),
            "{histogram:?}"
        );
        let valid = histogram.validate();
        // Storage takes a threshold below zero too, which makes no sense of the buckets.
        if valid.is_ok() && histogram.zero_threshold >= 0.0 {
            adds_up(histogram, &forward);
            self.arithmetic(histogram, &forward);
        }
        _ = (histogram.to_string(), format!("{valid:?}"));
        let number = NUMBERS[usize::from(self.number) % NUMBERS.len()];
        for other in NUMBERS {
            let fraction = histogram.fraction(number, *other);
            let range = fraction.is_nan() || (-1e-9..=1.0 + 1e-9).contains(&fraction);
            assert!(
                valid.is_err() || range || !histogram.count().is_finite(),
                "{fraction} between {number} and {other} of {histogram:?}"
            );
        }
        _ = histogram.quantile(number);
        assert!(!histogram.detect_reset(histogram) || valid.is_err() || has_nan(histogram));
        let mut compacted = histogram.clone();
        compacted.compact();
        let held = |buckets: &[NativeBucket]| -> String {
            let held = buckets.iter().filter(|bucket| bucket.count != 0.0);
            held.map(|bucket| format!("{bucket} ")).collect()
        };
        let after: Vec<_> = compacted.buckets().collect();
        assert_eq!(held(&forward), held(&after), "compacted: {histogram:?}");
        assert_eq!(compacted.count().to_bits(), histogram.count().to_bits());
        if valid.is_ok() {
            assert_eq!(compacted.validate(), Ok(()), "compacted: {histogram:?}");
        }
        let mut again = compacted.clone();
        again.compact();
        assert_eq!(again, compacted, "compacted twice: {histogram:?}");
        // Also those that do not validate.
        _ = histogram.clone().reduce_resolution(self.schema.into());
        _ = histogram.clone().limit_buckets(self.limit.into());
    }

    /// Asserts what holds of a valid histogram with fewer buckets.
    fn arithmetic(&self, histogram: &NativeHistogram, buckets: &[NativeBucket]) {
        let quantiles = [0.0, 0.25, 0.5, 0.75, 1.0].map(|q| histogram.quantile(q));
        // Floats may count more than their buckets hold: then Prometheus' quantiles from below do not meet those
        // from above.
        let held: f64 = buckets.iter().map(|bucket| bucket.count).sum();
        let adds_up = (held - histogram.count()).abs() <= 1e-9 * held.abs();
        // Nor need buckets that the zero bucket reaches into come one after the other.
        let apart = buckets.iter().all(|bucket| bucket.lower <= bucket.upper)
            && buckets.is_sorted_by(|a, b| a.upper <= b.lower);
        let is_sane = adds_up && apart && histogram.count().is_finite() && !has_nan(histogram);
        let rises = quantiles.is_sorted() || quantiles.iter().any(|quantile| quantile.is_nan());
        // A float may be negative by what rounding leaves.
        assert!(rises || !is_sane, "{quantiles:?} of {histogram:?}");
        let mut reduced = histogram.clone();
        if reduced.reduce_resolution(self.schema.into()).is_ok() {
            assert_eq!(reduced.schema, i32::from(self.schema));
            fewer(&reduced, histogram, buckets);
        }
        let mut limited = histogram.clone();
        if limited.limit_buckets(self.limit.into()).is_ok() {
            let most = usize::from(self.limit);
            assert!(
                most == 0 || limited.listed_buckets() <= most,
                "{histogram:?}"
            );
            fewer(&limited, histogram, buckets);
        }
    }
}

/// Asserts that the first histogram says what the second says, in fewer buckets.
fn fewer(few: &NativeHistogram, many: &NativeHistogram, buckets: &[NativeBucket]) {
    assert!(few.listed_buckets() <= many.listed_buckets(), "{many:?}");
    assert_eq!(few.count().to_bits(), many.count().to_bits());
    if matches!(many.counts, NativeCounts::Integer { .. }) {
        assert_eq!(few.validate(), Ok(()), "{few:?} of {many:?}");
        let sum = |buckets: &mut dyn Iterator<Item = NativeBucket>| -> f64 {
            buckets.map(|bucket| bucket.count).sum()
        };
        let (few, many) = (sum(&mut few.buckets()), sum(&mut buckets.iter().copied()));
        // Beyond that a float does not hold each whole number.
        assert!(few == many || many > 9e15, "{few} and {many}");
    }
}

fn has_nan(histogram: &NativeHistogram) -> bool {
    let counts = histogram.buckets().map(|bucket| bucket.count);
    counts
        .chain([histogram.count(), histogram.zero_count()])
        .any(f64::is_nan)
}

/// Asserts that a valid histogram's buckets hold its observations: all of them, or fewer if the sum is NaN, as
/// then some observations were.
fn adds_up(histogram: &NativeHistogram, buckets: &[NativeBucket]) {
    let NativeCounts::Integer {
        count,
        zero_count,
        positive_deltas,
        negative_deltas,
        ..
    } = &histogram.counts
    else {
        return;
    };
    let of_side = |deltas: &[i64]| -> i128 {
        let mut held = 0_i128;
        deltas
            .iter()
            .map(|delta| {
                held += i128::from(*delta);
                held
            })
            .sum()
    };
    let total = i128::from(*zero_count) + of_side(positive_deltas) + of_side(negative_deltas);
    let right = match histogram.sum.is_nan() {
        true => total <= i128::from(*count),
        false => total == i128::from(*count),
    };
    assert!(right, "{total} in the buckets of {histogram:?}");
    assert!(buckets.iter().all(|bucket| bucket.count >= 0.0));
    let sorted = buckets.is_sorted_by(|a, b| a.upper <= b.upper || a.upper.is_nan());
    assert!(sorted || histogram.zero_threshold > 0.0, "{buckets:?}");
}
