//! What moved between two bodies.

use exposition::Families;

use super::*;

fn between(before: &str, after: &str, seconds: u64) -> Moves {
    let of = |body: &str| {
        let families = Families::new(body.as_bytes(), exposition::Dialect::OpenMetrics);
        Numbers::of(families.read_all().families.iter())
    };
    Moves::between(&of(before), &of(after), Duration::from_secs(seconds))
}

#[test]
fn a_counter_that_begins_anew_is_recognised_by_its_start_or_by_its_value() {
    let body =
        |value: u32, created: &str| format!("# TYPE a counter\na_total {value}\n{created}# EOF\n");
    for (before, after, increase, reset) in [
        (body(10, ""), body(30, ""), 20.0, false),
        (body(10, ""), body(8, ""), 8.0, true),
        // It grew beyond its former value.
        (
            body(10, "a_created 5\n"),
            body(30, "a_created 6\n"),
            30.0,
            true,
        ),
        (
            body(10, "a_created 5\n"),
            body(30, "a_created 5\n"),
            20.0,
            false,
        ),
        (body(10, ""), body(30, "a_created 6\n"), 20.0, false),
    ] {
        let moves = between(&before, &after, 10);
        let rate = &moves.rates[0];
        assert_eq!(
            (rate.increase, rate.reset),
            (increase, reset),
            "{before}{after}"
        );
        assert_eq!(rate.per_second, increase / 10.0);
    }
    assert_eq!(between(&body(10, ""), &body(10, ""), 10), Moves::default());
}

#[test]
fn the_time_of_the_metrics_counts() {
    let moves = between(
        "# TYPE a counter\na_total 10 100\n# EOF\n",
        "# TYPE a counter\na_total 20 102\n# EOF\n",
        10,
    );
    assert_eq!(moves.rates[0].per_second, 5.0);
}

#[test]
fn observations_have_a_mean() {
    let body = |count: u32, sum: &str| format!("# TYPE a summary\na_count {count}\n{sum}# EOF\n");
    let moves = between(&body(10, "a_sum 5\n"), &body(14, "a_sum 7\n"), 2);
    let rate = &moves.rates[0];
    assert_eq!(
        (rate.per_second, rate.mean, rate.reset),
        (2.0, Some(0.5), false)
    );
    let moves = between(&body(10, "a_sum 5\n"), &body(4, "a_sum 1\n"), 2);
    let rate = &moves.rates[0];
    assert_eq!(
        (rate.increase, rate.mean, rate.reset),
        (4.0, Some(0.25), true)
    );
    assert_eq!(between(&body(1, ""), &body(2, ""), 1).rates[0].mean, None);
}

#[test]
fn gauges_are_sorted_by_how_much_of_their_size_moved() {
    let moves = between(
        "# TYPE a gauge\na 1000\n# TYPE b gauge\nb 1\n# TYPE c gauge\nc NaN\n# TYPE d gauge\nd NaN\n# EOF\n",
        "# TYPE a gauge\na 1100\n# TYPE b gauge\nb -1\n# TYPE c gauge\nc NaN\n# TYPE d gauge\nd 1\n# EOF\n",
        1,
    );
    let names: Vec<&str> = moves
        .levels
        .iter()
        .map(|level| level.series.name())
        .collect();
    assert_eq!(names, ["d", "b", "a"]);
}

#[test]
fn states_change() {
    let body = |on: u8| {
        format!(
            "# TYPE s stateset\ns{{s=\"on\"}} {on}\ns{{s=\"off\"}} {}\n# EOF\n",
            1 - on
        )
    };
    let moves = between(&body(1), &body(0), 1);
    assert_eq!(moves.states[0].before, ["on"]);
    assert_eq!(moves.states[0].after, ["off"]);
    assert!(between(&body(1), &body(1), 1).states.is_empty());
}
