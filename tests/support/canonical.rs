//! The form in which Prometheus stores the numbers in `le` and `quantile`.

use exposition::{Line, Parser};

/// Returns `value` in the form stored for the bound of a histogram's bucket; what is not a number stays.
pub(crate) fn canonical(value: &str) -> String {
    // A text that needs an escape is not a number.
    if value.contains(['"', '\\', '\n']) {
        return value.to_owned();
    }
    let body = format!("# TYPE h histogram\nh{{le=\"{value}\"}} 1\n");
    let samples = Parser::text(body.as_bytes()).flatten();
    let stored = samples.filter_map(Line::into_sample).find_map(|sample| {
        let label = sample.labels().iter().find(|label| label.is_named("le"))?;
        Some(sample.stored_value(&label).into_owned())
    });
    stored.unwrap_or_else(|| value.to_owned())
}
