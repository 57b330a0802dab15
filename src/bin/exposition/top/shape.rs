//! What `--json` prints; schema/top.json describes it.

use exposition::stats::{
    Count, Dropped, FamilyStats, HistogramStats, LabelStats, MetricStats, Plan, Stats, ValueStats,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::by::By;
use super::counted::Counted;
use super::plan;
use super::what_if::WhatIf;
use crate::console::Console;
use crate::failure::Result;
use crate::json::Each;
use crate::outcome::Outcome;

/// Of how many labels the values are listed where nobody asks for them.
const LABELS: usize = 3;

/// What is wanted of what was counted.
pub(super) struct Wanted<'t> {
    pub(super) by: Option<&'t By>,
    pub(super) limit: usize,
    pub(super) sample_limit: Option<u64>,
}

/// What is printed.
#[derive(Serialize)]
struct Shape<'s> {
    sources: &'s [String],
    samples: u64,
    series: Count,
    bytes: Count,
    duplicates: u64,
    errors: u64,
    #[serde(flatten)]
    tables: Tables<'s>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<Effect<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plans: Option<Each<'s, Plan<'s>>>,
}

/// The tables that are asked for.
#[derive(Serialize)]
struct Tables<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Vec<MetricStats<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    families: Option<Vec<FamilyStats<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    histograms: Option<Vec<HistogramStats<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<LabelStats<'s>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<ValueStats<'s>>>,
}

/// What rules leave.
#[derive(Serialize)]
struct Effect<'s> {
    samples: u64,
    series: Count,
    colliding: u64,
    metrics: Each<'s, (String, u64, u64)>,
    rules: Vec<Value>,
}

/// Prints everything as an object on one line.
pub(super) fn print(
    wanted: &Wanted<'_>,
    counted: &Counted,
    console: &mut Console<'_>,
) -> Result<Outcome> {
    let Counted {
        sources,
        stats,
        what_if,
    } = counted;
    let mut outcome = Outcome::Fine;
    let what_if = what_if.as_ref();
    let metrics = what_if.map(|what_if| what_if.metrics(stats));
    let effect = what_if.zip(metrics.as_ref()).map(|(what_if, metrics)| {
        outcome = outcome.and(what_if.outcome(stats));
        effect(what_if, metrics, stats)
    });
    let plans = (wanted.sample_limit).map(|sample_limit| plan::plans(stats, sample_limit));
    if let Some(plans) = &plans {
        outcome = outcome.and(plan::outcome(plans));
    }
    let shape = Shape {
        sources,
        samples: stats.samples(),
        series: stats.series(),
        bytes: stats.bytes(),
        duplicates: stats.duplicates(),
        errors: stats.errors(),
        tables: tables(stats, wanted.by, wanted.limit),
        what_if: effect,
        plans: plans.as_ref().map(|plans| Each(plans, written)),
    };
    serde_json::to_writer(&mut *console.out, &shape)?;
    writeln!(console.out)?;
    Ok(outcome)
}

fn effect<'s>(what_if: &WhatIf, metrics: &'s [(String, u64, u64)], before: &Stats) -> Effect<'s> {
    let rules = what_if.rules().map(|(rule, counts)| {
        json!({
            "rule": rule,
            "seen": counts.seen,
            "matched": counts.matched,
            "changed": counts.changed,
            "dropped": counts.dropped,
        })
    });
    Effect {
        samples: what_if.after.samples(),
        series: what_if.after.series(),
        colliding: what_if.colliding(before),
        metrics: Each(
            metrics,
            |(name, before, after)| json!({ "name": name, "before": before, "after": after }),
        ),
        rules: rules.collect(),
    }
}

/// Returns the tables that are asked for, or all.
fn tables<'s>(stats: &'s Stats, by: Option<&By>, limit: usize) -> Tables<'s> {
    let wants = |table: &By| by.is_none_or(|by| by == table);
    let values = match by {
        Some(By::Value(label)) => Some(stats.values(label)),
        Some(_) => None,
        None => {
            let labels = stats.labels();
            let costly = labels.iter().filter(|label| label.cost != Some(0));
            let values = costly.take(LABELS).map(|label| label.name);
            Some(
                values
                    .flat_map(|label| stats.values(label).into_iter().take(limit))
                    .collect(),
            )
        }
    };
    Tables {
        metrics: wants(&By::Metric).then(|| first(stats.metrics(), limit)),
        families: wants(&By::Family).then(|| first(stats.families(), limit)),
        histograms: wants(&By::Histogram).then(|| first(stats.histograms(), limit)),
        labels: wants(&By::Label).then(|| first(stats.labels(), limit)),
        values: values.map(|values| match by {
            Some(_) => first(values, limit),
            None => values,
        }),
    }
}

fn first<T>(mut rows: Vec<T>, limit: usize) -> Vec<T> {
    rows.truncate(limit);
    rows
}

fn written(plan: &Plan<'_>) -> Value {
    json!({
        "fits": plan.fits(),
        "drops": plan.drops.iter().map(dropped).collect::<Value>(),
        "rules": plan.rules,
        "samples_before": plan.samples_before,
        "samples_after": plan.samples_after,
        "series_before": plan.series_before,
        "series_after": plan.series_after,
    })
}

fn dropped(dropped: &Dropped<'_>) -> Value {
    match dropped {
        Dropped::Family { name, samples, .. } => json!({ "family": name, "samples": samples }),
        Dropped::Value {
            label,
            value,
            samples,
            ..
        } => json!({ "label": label, "value": value, "samples": samples }),
        Dropped::Label { name, samples, .. } => json!({ "label": name, "samples": samples }),
        _ => Value::Null,
    }
}
