//! Writes a native histogram as protobuf, reads it back, and asks it questions.

use std::error::Error;

use exposition::{
    BucketSpan, Families, Histogram, Metric, MetricFamily, MetricType, NativeCounts,
    NativeHistogram, ScrapeProtocol, encode,
};

fn main() -> Result<(), Box<dyn Error>> {
    // Schema 1: two buckets for each doubling. Here those that end at 0.5, 0.707…, 1, and at 4, with 4, 5, 1, and 2
    // observations, written as differences from one to the next.
    let latency = NativeHistogram::new(1)
        .sum(11.5)
        .zero_threshold(1e-6)
        .counts(NativeCounts::integer(13, 1, [4, 1, -4, 1], []))
        .positive_spans([BucketSpan::new(-2, 3), BucketSpan::new(3, 1)]);
    latency.validate()?;
    let metric = Metric::histogram(Histogram::default().native(latency));
    let family = MetricFamily::new("rpc_seconds", MetricType::Histogram)
        .metric(metric.labels([("method", "get")]));
    let body = encode::to_vec([&family], ScrapeProtocol::PrometheusProto)?;
    println!("{} bytes of protobuf", body.len());

    for family in Families::protobuf(&body) {
        let family = family?;
        for metric in &family.metrics {
            let Some(native) = metric.native_histogram() else {
                continue;
            };
            println!("{}: {} observations", family.name, native.count());
            for bucket in native.buckets().filter(|bucket| bucket.count > 0.0) {
                println!("    {bucket}");
            }
            println!("median {:.3} s", native.quantile(0.5));
            println!("99th percentile {:.3} s", native.quantile(0.99));
            let fast = native.fraction(0.0, 1.0);
            println!("{:.0} % within a second", 100.0 * fast);
        }
    }
    Ok(())
}
