//! Reads a response as typed families: a histogram is one value, whatever lines it was written in.

use std::error::Error;

use exposition::{Families, MetricValue};

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const BODY: &str = r#"# HELP rpc_seconds Time to answer.
# TYPE rpc_seconds histogram
# UNIT rpc_seconds seconds
rpc_seconds_bucket{method="get",le="0.1"} 40 # {trace_id="7f3a"} 0.09
rpc_seconds_bucket{method="get",le="0.5"} 90
rpc_seconds_bucket{method="get",le="+Inf"} 100
rpc_seconds_sum{method="get"} 25
rpc_seconds_count{method="get"} 100
# TYPE jobs counter
jobs_total{queue="mail"} 3
jobs_created{queue="mail"} 1700000000.5
# EOF
"#;

fn main() -> Result<(), Box<dyn Error>> {
    for family in Families::from_response(Some(CONTENT_TYPE), None, BODY)? {
        let family = family?;
        let help = family.help.as_deref().unwrap_or("no help");
        println!("{} ({}): {help}", family.name, family.metric_type);
        for metric in &family.metrics {
            let labels: Vec<String> = (metric.labels.iter())
                .map(|(name, value)| format!("{name}={value:?}"))
                .collect();
            print!("    {{{}}} ", labels.join(","));
            match &metric.value {
                MetricValue::Histogram(histogram) => {
                    let mean = histogram.sum.zip(histogram.total());
                    let mean = mean.map_or(f64::NAN, |(sum, count)| sum / count);
                    let median = histogram.quantile(0.5);
                    println!("mean {mean:.2} s, median {median:.2} s");
                }
                MetricValue::Counter(value) => {
                    let start = metric.start_timestamp.as_ref();
                    let start = start.map_or(f64::NAN, |start| start.seconds);
                    println!("{value} since {start}");
                }
                other => println!("{other:?}"),
            }
        }
    }
    Ok(())
}
