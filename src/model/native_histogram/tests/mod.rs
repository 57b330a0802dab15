//! Histograms for tests: some that Prometheus would store, and some that are anything.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Returns spans of buckets with these indices, which rise, and empty spans among them.
fn spans_of(indices: &[i32]) -> Vec<BucketSpan> {
    let (mut spans, mut end) = (Vec::<BucketSpan>::new(), 0);
    for index in indices {
        let offset = index - end;
        match spans.last_mut() {
            Some(last) if offset == 0 && index % 3 != 0 => last.length += 1,
            _ => spans.push(BucketSpan::new(offset, 1)),
        }
        if index % 5 == 0 {
            spans.push(BucketSpan::new(0, 0));
        }
        end = index + 1;
    }
    spans
}

/// Buckets of one side: rising indices and counts, many of them 0. The bounds are far from those of
/// numbers.
fn side(schema: i32) -> impl Strategy<Value = (Vec<BucketSpan>, Vec<u32>)> {
    let gap = prop_oneof![4 => 0..1_i32, 2 => 1..5_i32, 1 => 5..40_i32];
    let count = prop_oneof![1 => Just(0_u32), 2 => 1..1000_u32];
    (-60..20_i32, vec((gap, count), 0..20)).prop_map(move |(first, buckets)| {
        let mut index = first;
        let buckets = buckets.into_iter().map(|(gap, count)| {
            index += gap + 1;
            (index, count)
        });
        let is_near = |index: i32| f64::from(index).abs() * f64::from(-schema).exp2() < 300.0;
        let (indices, counts): (Vec<_>, _) = buckets.filter(|(index, _)| is_near(*index)).unzip();
        (spans_of(&indices), counts)
    })
}

fn deltas(counts: &[u32]) -> Vec<i64> {
    let mut before = 0;
    let delta = |count: &u32| i64::from(*count) - std::mem::replace(&mut before, (*count).into());
    counts.iter().map(delta).collect()
}

/// An exponential histogram that Prometheus would store, of whole numbers or floats.
pub(super) fn valid_histogram() -> impl Strategy<Value = NativeHistogram> {
    let zero = prop_oneof![Just(0_u32), 1..50_u32];
    let parts = (-4..=8_i32).prop_flat_map(|schema| (Just(schema), side(schema), side(schema)));
    (parts, zero, any::<bool>()).prop_map(
        |((schema, (positive_spans, positive), (negative_spans, negative)), zero, is_float)| {
            let all = positive.iter().chain(&negative);
            let count = u64::from(zero) + all.map(|count| u64::from(*count)).sum::<u64>();
            let floats = |counts: &[u32]| -> Vec<f64> {
                counts.iter().map(|count| (*count).into()).collect()
            };
            let counts = if is_float {
                let (positive, negative) = (floats(&positive), floats(&negative));
                NativeCounts::float(count as f64, zero.into(), positive, negative)
            } else {
                NativeCounts::integer(count, zero.into(), deltas(&positive), deltas(&negative))
            };
            NativeHistogram::new(schema)
                .zero_threshold(1e-128)
                .sum(1.0)
                .counts(counts)
                .positive_spans(positive_spans)
                .negative_spans(negative_spans)
        },
    )
}

fn any_spans() -> impl Strategy<Value = Vec<BucketSpan>> {
    let offset =
        prop_oneof![3 => -3..4_i32, 1 => any::<i32>(), 1 => Just(i32::MAX), 1 => Just(i32::MIN)];
    let length = prop_oneof![3 => 0..4_u32, 1 => any::<u32>(), 1 => Just(u32::MAX)];
    vec(
        (offset, length).prop_map(|(offset, length)| BucketSpan::new(offset, length)),
        0..6,
    )
}

fn any_float() -> impl Strategy<Value = f64> + Clone {
    prop_oneof![
        2 => (-2..6_i32).prop_map(f64::from),
        1 => any::<f64>(),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX, 5e-324]),
    ]
}

fn any_counts() -> impl Strategy<Value = NativeCounts> {
    let delta =
        prop_oneof![2 => -3..4_i64, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let count = prop_oneof![0..9_u64, any::<u64>()];
    let deltas = vec(delta, 0..9);
    let floats = vec(any_float(), 0..9);
    prop_oneof![
        (count.clone(), count, deltas.clone(), deltas).prop_map(
            |(count, zero, positive, negative)| NativeCounts::integer(
                count, zero, positive, negative
            )
        ),
        (any_float(), any_float(), floats.clone(), floats).prop_map(
            |(count, zero, positive, negative)| NativeCounts::float(
                count, zero, positive, negative
            )
        ),
    ]
}

/// A histogram from anywhere: one that Prometheus would store, or one of any numbers.
pub(super) fn any_histogram() -> impl Strategy<Value = NativeHistogram> {
    let schema = prop_oneof![4 => -4..=8_i32, 2 => Just(-53), 1 => -12..60_i32, 1 => any::<i32>()];
    let anything = (
        schema,
        any_counts(),
        (any_spans(), any_spans()),
        vec(any_float(), 0..5),
        (any_float(), any_float()),
    )
        .prop_map(|(schema, counts, spans, bounds, (threshold, sum))| {
            let mut histogram = NativeHistogram::custom(bounds)
                .counts(counts)
                .positive_spans(spans.0)
                .negative_spans(spans.1)
                .zero_threshold(threshold)
                .sum(sum);
            histogram.schema = schema;
            histogram
        });
    prop_oneof![valid_histogram(), anything]
}

proptest! {
    #[test]
    fn buckets_are_the_same_from_either_end(histogram in any_histogram()) {
        let shown = |bucket: NativeBucket| format!("{bucket:?}");
        let forward: Vec<_> = histogram.buckets().map(shown).collect();
        let mut backward: Vec<_> = histogram.buckets().rev().map(shown).collect();
        backward.reverse();
        prop_assert_eq!(&forward, &backward);
        prop_assert_eq!(histogram.buckets().len(), forward.len());
        let mut buckets = histogram.buckets();
        let mut met = Vec::new();
        while let Some(bucket) = buckets.next() {
            met.insert(met.len() / 2, shown(bucket));
            met.extend(buckets.next_back().map(shown));
        }
        prop_assert_eq!(met.len(), forward.len());
    }

    #[test]
    fn buckets_of_a_valid_histogram_rise(histogram in valid_histogram()) {
        prop_assert_eq!(histogram.validate(), Ok(()));
        let mut end = f64::NEG_INFINITY;
        let mut count = 0.0;
        for bucket in histogram.buckets() {
            prop_assert!(end <= bucket.lower && bucket.lower < bucket.upper);
            (end, count) = (bucket.upper, count + bucket.count);
        }
        prop_assert_eq!(count, histogram.count());
    }

    #[test]
    fn nothing_panics(histogram in any_histogram(), previous in any_histogram(), value in any_float()) {
        _ = histogram.to_string();
        _ = histogram.validate();
        _ = histogram.quantile(value);
        _ = histogram.quantile(0.3);
        _ = histogram.quantile(0.7);
        _ = histogram.fraction(value, 1.0);
        _ = histogram.fraction(-1.0, value);
        _ = histogram.detect_reset(&previous);
        for schema in [-4, 0, 8] {
            let mut reduced = histogram.clone();
            if reduced.reduce_resolution(schema).is_err() {
                prop_assert_eq!(&reduced, &histogram);
            }
        }
        let mut limited = histogram.clone();
        match limited.limit_buckets(3) {
            Ok(()) => prop_assert!(limited.listed_buckets() <= 3),
            Err(_) => prop_assert_eq!(&limited, &histogram),
        }
    }
}
