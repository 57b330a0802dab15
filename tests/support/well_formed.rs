//! Generates bodies that follow the specifications.

use std::fmt::Write as _;

/// Returns every kind of metric with one of a few label sets, as the bytes choose, in OpenMetrics or text.
pub(crate) fn well_formed(bytes: &[u8], openmetrics: bool) -> String {
    let mut bytes = bytes.iter().copied();
    let mut next = move |below: u8| bytes.next().unwrap_or(0) % below;
    let mut out = String::new();
    let text_kinds = ["counter", "gauge", "histogram", "summary"];
    let more_kinds = ["gaugehistogram", "stateset", "info", "unknown"];
    let more = more_kinds.iter().filter(|_| openmetrics);
    for kind in text_kinds.iter().chain(more) {
        let first = kind.chars().next().unwrap_or_default();
        let name = format!("{first}{}", kind.len());
        let total = if openmetrics { "" } else { "_total" };
        let declared = if *kind == "counter" { total } else { "" };
        _ = writeln!(out, "# TYPE {name}{declared} {kind}");
        for labels in ["", "x=\"1\"", "source=\"s\""] {
            if next(2) == 0 {
                continue;
            }
            let time = match next(4) {
                0 | 1 => "",
                2 => " 3",
                _ => " 4",
            };
            let mut line = |suffix: &str, extra: &str, value: u8, cited: u8| {
                let comma = if labels.is_empty() || extra.is_empty() {
                    ""
                } else {
                    ","
                };
                let exemplar = match (openmetrics, cited) {
                    (true, 1) => format!(" # {{t=\"{value}\"}} 0.5"),
                    (true, 2..) => format!(" # {{t=\"{value}\"}} 0.5 {cited}"),
                    _ => String::new(),
                };
                _ = writeln!(
                    out,
                    "{name}{suffix}{{{labels}{comma}{extra}}} {value}{time}{exemplar}"
                );
            };
            match *kind {
                "counter" => line("_total", "", next(9), next(5)),
                "gauge" | "unknown" => line("", "", next(9), 0),
                "info" => line("_info", "", 1, 0),
                "stateset" => {
                    for state in ["a", "b"] {
                        line("", &format!("{name}=\"{state}\""), next(2), 0);
                    }
                }
                "summary" => {
                    if next(2) == 0 {
                        line("", "quantile=\"0.5\"", next(9), 0);
                    }
                    line("_sum", "", next(9), 0);
                    line("_count", "", next(9), 0);
                }
                _ => {
                    if next(3) == 0 {
                        line("_bucket", "le=\"1.0\"", next(3), next(5));
                    }
                    let count = 2 + next(9);
                    line("_bucket", "le=\"+Inf\"", count, next(5));
                    if next(3) > 0 {
                        let gauge = if *kind == "histogram" { "" } else { "g" };
                        line(&format!("_{gauge}sum"), "", next(9), 0);
                        line(&format!("_{gauge}count"), "", count, 0);
                    }
                }
            }
            if openmetrics && ["counter", "histogram", "summary"].contains(kind) && next(2) == 0 {
                line("_created", "", next(9), 0);
            }
        }
    }
    out + if openmetrics { "# EOF\n" } else { "" }
}
