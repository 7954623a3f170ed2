//! Line charts over time: an inline SVG that stretches, with labels in HTML beside it that do not.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};

use super::series::{Sample, thinned};

/// Side of the square that lines are drawn in, whatever shape it is stretched to.
const SIDE: f64 = 1_000.0;
/// From this ratio of highest to lowest on, an axis of amounts is logarithmic.
const LOGARITHMIC_FROM: f64 = 10.0;
const LABELS_ACROSS: i32 = 8;
const LABELS_UP: f64 = 5.0;

/// One line of a chart.
pub(super) struct Line {
    /// Class that gives it its colour.
    pub(super) class: &'static str,
    /// What it shows, for the legend.
    pub(super) name: String,
    /// Oldest first.
    pub(super) samples: Vec<Sample>,
}

/// A chart of one or more lines.
pub(super) struct Chart<'a> {
    /// What a reader who cannot see it is told.
    pub(super) label: &'a str,
    /// Its lines, the uppermost last.
    pub(super) lines: Vec<Line>,
    /// How equal distances compare.
    pub(super) scale: Scale,
    /// True to fill from the top down to the line.
    pub(super) is_depth: bool,
    /// Turns a value of the axis into its label.
    pub(super) format: &'a dyn Fn(f64) -> String,
}

/// The vertical axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    is_logarithmic: bool,
}

impl Scale {
    /// An axis for amounts above zero: logarithmic where they grow tenfold, so that early years stay legible.
    pub(super) fn of_amounts(lines: &[Line]) -> Self {
        let (low, high) = extent(lines);
        let is_logarithmic = low > 0.0 && high / low >= LOGARITHMIC_FROM;
        Self { low, high, is_logarithmic }.padded()
    }

    /// An axis that shows zero.
    pub(super) fn with_zero(lines: &[Line]) -> Self {
        let (low, high) = extent(lines);
        Self { low: low.min(0.0), high: high.max(0.0), is_logarithmic: false }.padded()
    }

    /// True if equal distances are equal ratios.
    pub(super) fn is_logarithmic(&self) -> bool {
        self.is_logarithmic
    }

    /// Keeps lines off the edge, and a flat line drawable. An end at zero stays there.
    fn padded(self) -> Self {
        if self.is_logarithmic {
            return Self { low: self.low / 1.05, high: self.high * 1.05, ..self };
        }
        let room = ((self.high - self.low) * 0.04).max(self.high.abs().max(1e-9) * 1e-6);
        let kept = |end: f64, moved: f64| if end == 0.0 { end } else { moved };
        let (low, high) = (kept(self.low, self.low - room), kept(self.high, self.high + room));
        // A line that is zero all along.
        let low = if low < high { low } else { high - 1.0 };
        Self { low, high, ..self }
    }

    /// Distance from the top, 0 to 1.
    fn below_top(&self, value: f64) -> f64 {
        let Self { low, high, is_logarithmic } = *self;
        if is_logarithmic { (high / value).ln() / (high / low).ln() } else { (high - value) / (high - low) }
    }

    fn ticks(&self) -> Vec<f64> {
        if self.is_logarithmic { self.round_powers() } else { self.round_steps() }
    }

    fn round_steps(&self) -> Vec<f64> {
        let step = round_step((self.high - self.low) / LABELS_UP);
        let first = (self.low / step).ceil();
        let steps = ((self.high / step).floor() - first) as i64;
        (0..=steps).map(|number| (first + number as f64) * step).collect()
    }

    fn round_powers(&self) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let mantissas: &[f64] = if last - first > 3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = (first..=last).flat_map(|power| mantissas.iter().map(move |one| one * 10f64.powi(power)));
        powers.filter(|tick| (self.low..=self.high).contains(tick)).collect()
    }
}

impl Chart<'_> {
    /// The chart; nothing if there is nothing to draw.
    pub(super) fn markup(&self) -> Markup {
        let days = self.lines.iter().flat_map(|line| &line.samples).map(|sample| sample.0);
        let Some((first, last)) = days.clone().min().zip(days.max()) else { return html! {} };
        let across = Across { first, last };
        let ticks = self.scale.ticks();
        html! {
            figure.chart {
                @if self.lines.len() > 1 {
                    figcaption {
                        @for line in self.lines.iter().rev() { span.(line.class) { i {} (line.name) } }
                    }
                }
                div.plot {
                    svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label=(self.label) {
                        path.grid d=(grid(&ticks, &self.scale)) {}
                        @for line in &self.lines { (self.line(line, across)) }
                    }
                    @for tick in &ticks {
                        span.up-axis style=(format!("top:{:.2}%", self.scale.below_top(*tick) * 100.0)) { ((self.format)(*tick)) }
                    }
                    @for (day, label) in across.ticks() {
                        span.time-axis style=(format!("left:{:.2}%", across.beyond_left(day) * 100.0)) { (label) }
                    }
                }
            }
        }
    }

    fn line(&self, line: &Line, across: Across) -> Markup {
        let mut path = String::new();
        for (day, value) in thinned(&line.samples) {
            let command = if path.is_empty() { 'M' } else { 'L' };
            let (x, y) = (across.beyond_left(day) * SIDE, self.scale.below_top(value) * SIDE);
            write!(path, "{command}{x:.1},{y:.1}").expect("a string takes every text");
        }
        html! {
            @if self.is_depth { path.{ (line.class) " area" } d=(format!("M0,0{}V0Z", path.replacen('M', "L", 1))) {} }
            path.(line.class) d=(path) {}
        }
    }
}

/// The horizontal axis.
#[derive(Clone, Copy)]
struct Across {
    first: NaiveDate,
    last: NaiveDate,
}

impl Across {
    fn beyond_left(self, day: NaiveDate) -> f64 {
        let days = (self.last - self.first).num_days().max(1);
        (day - self.first).num_days() as f64 / days as f64
    }

    /// Beginnings of years or months, few enough to stand side by side.
    fn ticks(self) -> Vec<(NaiveDate, String)> {
        let months = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
        let span = months(self.last) - months(self.first);
        let step = [1, 3, 6, 12, 24, 60, 120, 240].into_iter().find(|step| span / step < LABELS_ACROSS).unwrap_or(600);
        let begins = (months(self.first) + 1..=months(self.last)).filter(|month| month % step == 0);
        let day = |month: i32| NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1);
        let label = |day: NaiveDate| day.format(if step < 12 { "%Y-%m" } else { "%Y" }).to_string();
        begins.filter_map(day).map(|day| (day, label(day))).collect()
    }
}

fn grid(ticks: &[f64], scale: &Scale) -> String {
    ticks.iter().map(|tick| format!("M0,{0:.1}H{SIDE}", scale.below_top(*tick) * SIDE)).collect()
}

/// Lowest and highest value of all lines; 0 and 0 without any.
fn extent(lines: &[Line]) -> (f64, f64) {
    let values = lines.iter().flat_map(|line| &line.samples).map(|sample| sample.1);
    values.map(|value| (value, value)).reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))).unwrap_or((0.0, 0.0))
}

/// The least of 1, 2, 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let mantissa = [1.0, 2.0, 5.0].into_iter().find(|one| one * power >= least).unwrap_or(10.0);
    mantissa * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, 4).expect("a date")
    }

    fn line(values: &[f64]) -> Line {
        let samples = values.iter().zip(1..).map(|(value, month)| (day(2020, month), *value)).collect();
        Line { class: "own", name: "own".to_owned(), samples }
    }

    #[test]
    fn amounts_that_grow_tenfold_get_a_logarithmic_axis() {
        let wide = Scale::of_amounts(&[line(&[100.0, 2_000.0])]);
        assert!(wide.is_logarithmic());
        assert_eq!(wide.ticks(), [100.0, 200.0, 500.0, 1_000.0, 2_000.0]);
        let narrow = Scale::of_amounts(&[line(&[100.0, 190.0])]);
        assert!(!narrow.is_logarithmic());
        assert_eq!(narrow.ticks(), [100.0, 120.0, 140.0, 160.0, 180.0]);
        assert!(!Scale::of_amounts(&[line(&[-5.0, 2_000.0])]).is_logarithmic());
    }

    #[test]
    fn a_depth_hangs_from_zero() {
        let scale = Scale::with_zero(&[line(&[-0.5, -0.1])]);
        assert_eq!(scale.below_top(0.0), 0.0);
        assert!(scale.below_top(-0.5) > 0.9 && scale.below_top(-0.5) < 1.0);
    }

    #[test]
    fn flat_and_empty_lines_can_be_drawn() {
        let flat = Scale::of_amounts(&[line(&[7.0, 7.0])]);
        assert!((0.0..=1.0).contains(&flat.below_top(7.0)) && !flat.ticks().is_empty());
        let format = |value: f64| value.to_string();
        let scale = Scale::of_amounts(&[]);
        let chart = Chart { label: "", lines: Vec::new(), scale, is_depth: false, format: &format };
        assert_eq!(chart.markup().into_string(), "");
    }

    #[test]
    fn time_has_eight_labels_at_most() {
        for (first, last) in [(day(2020, 1), day(2020, 3)), (day(2019, 5), day(2020, 3)), (day(1999, 9), day(2022, 3))]
        {
            let labels = Across { first, last }.ticks();
            assert!((2..=8).contains(&labels.len()), "{labels:?}");
        }
        assert_eq!(Across { first: day(1999, 9), last: day(2022, 3) }.ticks()[0].1, "2000");
    }
}
