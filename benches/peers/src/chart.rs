//! The chart: a bar for each parser's speed, in groups by body.

use std::error::Error;
use std::path::Path;

use peers::{Gives, Side};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::measure::{Measured, Row, Verdict};
use crate::table::{megabytes_per_second, size, thousands};

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

const WIDTH: i32 = 960;
/// Where bars begin; the names are left of it.
const LEFT: i32 = 270;
/// Where the longest bar ends; its remarks follow.
const RIGHT: i32 = 800;
const TOP: i32 = 76;
const BOTTOM: i32 = 62;
const BAR: i32 = 16;
const STEP: i32 = 22;
const HEADING: i32 = 30;
const GROUP_GAP: i32 = 16;

const INK: RGBColor = RGBColor(31, 35, 40);
const FAINT: RGBColor = RGBColor(101, 109, 118);
const GRID: RGBColor = RGBColor(228, 231, 235);
const OURS: RGBColor = RGBColor(9, 105, 218);
const PEER: RGBColor = RGBColor(110, 119, 129);
const FAULT: RGBColor = RGBColor(188, 76, 0);

/// Draws the bodies of the chart.
pub(crate) fn draw(path: &Path, all: &[Measured<'_>]) -> Drawn {
    let charted: Vec<&Measured<'_>> = all
        .iter()
        .filter(|measured| measured.body.charted)
        .collect();
    let groups: i32 = charted.iter().map(|measured| height(measured)).sum();
    let bottom = TOP + groups;
    let size = (WIDTH.cast_unsigned(), (bottom + BOTTOM).cast_unsigned());
    let canvas = SVGBackend::new(path, size).into_drawing_area();
    canvas.fill(&WHITE)?;
    text(
        &canvas,
        "Reading an exposition: MB/s of one core",
        (24, 28),
        INK,
        19,
        HPos::Left,
    )?;
    let below = "Every name, label and value read. More is better.";
    text(&canvas, below, (24, 52), FAINT, 13, HPos::Left)?;

    let fastest = (charted.iter())
        .flat_map(|measured| (bars(measured).into_iter()).filter_map(|row| speed(measured, row)))
        .fold(1.0, f64::max);
    let scale = Scale::new(fastest);
    for tick in scale.ticks() {
        let x = scale.x(tick);
        let mut y = TOP;
        for measured in &charted {
            let end = y + height(measured);
            let bars = [(x, y + HEADING), (x, end - GROUP_GAP)];
            canvas.draw(&PathElement::new(bars, GRID))?;
            y = end;
        }
        let label = thousands(tick as u64);
        text(&canvas, &label, (x, bottom + 12), FAINT, 12, HPos::Center)?;
    }
    let mut y = TOP;
    for measured in charted {
        group(&canvas, measured, &scale, y)?;
        y += height(measured);
    }
    let notes = "×: times the fastest other crate that reads all samples, labels and values.   \
                 Pale: something is lost in silence.";
    text(&canvas, notes, (24, bottom + 40), FAINT, 12, HPos::Left)?;
    canvas.present()?;
    Ok(())
}

/// Returns the bars of one body, the fastest of ours first, then the fastest of the others.
fn bars<'m>(measured: &'m Measured<'_>) -> Vec<&'m Row> {
    let mut rows: Vec<&Row> = measured.rows.iter().collect();
    rows.retain(|row| matches!(row.side, Side::Ours | Side::Peer) && row.gives != Gives::Counts);
    rows.sort_by(|a, b| {
        let time = |row: &Row| row.seconds.unwrap_or(f64::INFINITY);
        let side = |row: &Row| row.side == Side::Peer;
        side(a).cmp(&side(b)).then(time(a).total_cmp(&time(b)))
    });
    rows
}

fn height(measured: &Measured<'_>) -> i32 {
    HEADING + bars(measured).len() as i32 * STEP + GROUP_GAP
}

fn speed(measured: &Measured<'_>, row: &Row) -> Option<f64> {
    let seconds = row.seconds?;
    Some(megabytes_per_second(measured.body, seconds))
}

fn group(canvas: &Canvas<'_>, measured: &Measured<'_>, scale: &Scale, top: i32) -> Drawn {
    let body = measured.body;
    let heading = format!(
        "{} · {}, {} samples",
        body.name,
        size(body),
        thousands(body.samples)
    );
    text(
        canvas,
        &heading,
        (24, top + HEADING / 2),
        INK,
        14,
        HPos::Left,
    )?;
    let fastest_peer = measured.fastest_peer().and_then(|peer| peer.seconds);
    let mut y = top + HEADING;
    for row in bars(measured) {
        let middle = y + STEP / 2;
        let ours = row.side == Side::Ours;
        let name = if ours { OURS } else { INK };
        text(
            canvas,
            row.parser,
            (LEFT - 10, middle),
            name,
            13,
            HPos::Right,
        )?;
        let Some(speed) = speed(measured, row) else {
            let fault = match &row.verdict {
                Verdict::Rejected(error) if error.starts_with("panics") => "panics",
                _ => "rejects the body",
            };
            text(canvas, fault, (LEFT + 8, middle), FAULT, 13, HPos::Left)?;
            y += STEP;
            continue;
        };
        let end = scale.x(speed).max(LEFT + 2);
        let whole = row.verdict == Verdict::Whole;
        let color = if ours { OURS } else { PEER };
        let color = color.mix(if whole { 1.0 } else { 0.4 });
        let bar = [(LEFT, middle - BAR / 2), (end, middle + BAR / 2)];
        canvas.draw(&Rectangle::new(bar, color.filled()))?;
        let mut label = thousands(speed.round() as u64);
        if let (true, Some(peer), Some(seconds)) = (ours, fastest_peer, row.seconds) {
            label = format!("{label} · {:.0} ×", peer / seconds);
        }
        if let Verdict::Differs(differences) = &row.verdict {
            label = format!("{label} · {differences}");
        }
        let color = if whole { INK } else { FAULT };
        text(canvas, &label, (end + 8, middle), color, 13, HPos::Left)?;
        y += STEP;
    }
    Ok(())
}

/// Converts megabytes per second to places on the canvas, from zero: a bar twice as long is twice as fast.
struct Scale {
    per_megabyte: f64,
    tick: f64,
    fastest: f64,
}

impl Scale {
    fn new(fastest: f64) -> Self {
        let power = 10_f64.powf((fastest / 4.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let tick = steps
            .into_iter()
            .find(|tick| fastest / tick <= 6.0)
            .unwrap_or(fastest);
        let per_megabyte = f64::from(RIGHT - LEFT) / fastest;
        Scale {
            per_megabyte,
            tick,
            fastest,
        }
    }

    fn x(&self, speed: f64) -> i32 {
        LEFT + (speed * self.per_megabyte).round() as i32
    }

    fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let (tick, count) = (self.tick, (self.fastest / self.tick) as u32);
        (0..=count).map(move |n| f64::from(n) * tick)
    }
}

fn text(
    canvas: &Canvas<'_>,
    words: &str,
    place: (i32, i32),
    color: RGBColor,
    pixels: u32,
    anchor: HPos,
) -> Drawn {
    // The backend takes a font's size for the size of its box.
    let font = ("Helvetica, Arial, sans-serif", f64::from(pixels) * 1.24).into_font();
    let style = font.color(&color).pos(Pos::new(anchor, VPos::Center));
    canvas.draw(&Text::new(words, place, style))?;
    Ok(())
}
