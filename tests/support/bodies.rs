//! Generates bodies at random.

use proptest::prelude::*;

/// Generates lines that interact: few names, few labels, every type.
pub(crate) fn line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "a_total", "b", "h", "x.y", "a_created"]);
    let suffix = prop::sample::select(vec![
        "", "", "", "_bucket", "_bucket", "_sum", "_count", "_total", "_created", "_gsum",
        "_gcount", "_info",
    ]);
    let kind = prop::sample::select(vec![
        "counter",
        "gauge",
        "histogram",
        "summary",
        "gaugehistogram",
        "stateset",
        "info",
        "unknown",
        "untyped",
    ]);
    let label = prop::sample::select(vec![
        "le=\"1\"",
        "le=\"2.0\"",
        "le=\"+Inf\"",
        "le=\"-1\"",
        "quantile=\"0.5\"",
        "quantile=\"1\"",
        "a=\"on\"",
        "a=\"off\"",
        "x=\"1\"",
        "x=\"\"",
        "x=\"\\\"\"",
        "\"x\"=\"2\"",
        "y=\"\"",
        "__name__=\"z\"",
        "\"\"=\"\"",
        "h=\"1\"",
    ]);
    let value = prop::sample::select(vec!["0", "1", "-1", "NaN", "2.5", "1e3"]);
    let timestamp = prop::sample::select(vec!["", "", "", " 1", " 2"]);
    let exemplar = prop::sample::select(vec!["", "", "", " # {} 1", " # {t=\"x\"} 2 3"]);
    let named = (name, suffix).prop_map(|(name, suffix)| format!("{name}{suffix}"));
    let sample = (
        named.clone(),
        prop::collection::vec(label, 0..4),
        value,
        timestamp,
        exemplar,
    )
        .prop_map(|(name, labels, value, timestamp, exemplar)| {
            let labels = labels.join(",");
            let comma = if labels.is_empty() { "" } else { "," };
            let series = match name.contains('.') {
                true => format!("{{\"{name}\"{comma}{labels}}}"),
                false => format!("{name}{{{labels}}}"),
            };
            format!("{series} {value}{timestamp}{exemplar}")
        });
    let metadata = (named, kind, 0..4).prop_map(|(name, kind, what)| {
        let name = match name.contains('.') {
            true => format!("\"{name}\""),
            false => name,
        };
        match what {
            0 => format!("# HELP {name} {kind}"),
            1 => format!("# UNIT {name} total"),
            _ => format!("# TYPE {name} {kind}"),
        }
    });
    prop_oneof![
        6 => sample,
        3 => metadata,
        1 => Just("broken{".to_owned()),
        1 => Just(String::new()),
    ]
}
