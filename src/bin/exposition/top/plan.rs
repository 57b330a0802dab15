//! What to drop to get under a `sample_limit`.

use std::cmp::Reverse;
use std::io;

use exposition::stats::{Dropped, Plan, Stats};

use crate::console::Console;
use crate::outcome::Outcome;
use crate::page::{Ink, number, printable};

/// Of how many labels values are dropped.
const LABELS: usize = 5;
/// How many plans are shown.
const PLANS: usize = 3;

/// Returns the plans that get under a limit: those that keep most samples first. If none does, the one for families.
pub(super) fn plans(stats: &Stats, sample_limit: u64) -> Vec<Plan<'_>> {
    let families = stats.drop_families(sample_limit).into_iter();
    let labels = stats.labels();
    let of_values = labels.iter().take(LABELS).filter_map(|label| {
        let plan = stats.drop_values(label.name, sample_limit).ok()?;
        // Without any of its values a label is of no use.
        let is_partial = (plan.drops.len() as u64) < label.values.known();
        (plan.fits() && is_partial).then_some(plan)
    });
    let mut plans: Vec<Plan<'_>> = families.chain(of_values).collect();
    plans.sort_by_key(|plan| (!plan.fits(), Reverse(plan.samples_after)));
    plans.truncate(PLANS);
    plans
}

/// Tells whether a plan gets under the limit with something left.
pub(super) fn outcome(plans: &[Plan<'_>]) -> Outcome {
    let is_good =
        |plan: &Plan<'_>| plan.fits() && (plan.samples_after > 0 || plan.drops.is_empty());
    match plans.iter().any(is_good) {
        true => Outcome::Fine,
        false => Outcome::Findings,
    }
}

/// Prints the plans.
pub(super) fn print(
    stats: &Stats,
    sample_limit: u64,
    limit: usize,
    console: &mut Console<'_>,
) -> io::Result<Outcome> {
    let most = number::counted(number::whole(sample_limit), "sample", "samples");
    console.title(&format!("To keep no more than {most}"))?;
    if sample_limit == 0 || stats.samples() <= sample_limit {
        let samples = number::counted(number::whole(stats.samples()), "sample", "samples");
        writeln!(
            console.out,
            "nothing has to be dropped: there are {samples}"
        )?;
        return Ok(Outcome::Fine);
    }
    let plans = plans(stats, sample_limit);
    for (index, plan) in plans.iter().enumerate() {
        if index > 0 {
            writeln!(console.out)?;
        }
        let text = format!("{plan}");
        let ink = if plan.fits() { Ink::Well } else { Ink::Wrong };
        writeln!(console.out, "{}", console.page.ink(ink, &text))?;
        for dropped in plan.drops.iter().take(limit) {
            writeln!(console.out, "  {}", told(dropped))?;
        }
        console.more(plan.drops.len(), limit, 0)?;
        writeln!(console.out)?;
        for line in plan.to_yaml().lines() {
            writeln!(console.out, "{}", printable(line))?;
        }
    }
    if plans.is_empty() {
        writeln!(
            console.out,
            "no rule can hold what would have to be dropped"
        )?;
    }
    Ok(outcome(&plans))
}

/// Says what is dropped.
fn told(dropped: &Dropped<'_>) -> String {
    let counted = |samples: u64| number::counted(number::whole(samples), "sample", "samples");
    match dropped {
        Dropped::Family { name, samples, .. } => {
            format!("{}: {}", printable(name), counted(*samples))
        }
        Dropped::Value {
            label,
            value,
            samples,
            ..
        } => format!(
            "{}=\"{}\": {}",
            printable(label),
            printable(value),
            counted(*samples)
        ),
        Dropped::Label { name, samples, .. } => {
            format!("{}: {}", printable(name), counted(*samples))
        }
        _ => String::new(),
    }
}
