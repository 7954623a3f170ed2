//! Times below an earlier high.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::curve::{EquityCurve, EquityPoint};
use super::figures::figures;
use super::statistics::{mean, ratio};

/// Drawdowns that a report lists.
const LISTED: usize = 10;

/// One fall below a high, until the high is reached again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Drawdown {
    /// Last session at the high; `None` if that is the initial capital, before the first session.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub peak: Option<NaiveDate>,
    /// First session below the high.
    pub start: NaiveDate,
    /// First session at the lowest point.
    pub trough: NaiveDate,
    /// Last session below the high.
    pub end: NaiveDate,
    /// First session at the high again; `None` if it has not been reached.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub recovery: Option<NaiveDate>,
    /// Lowest equity over the high, less one: negative.
    pub depth: f64,
    /// Sessions below the high.
    pub sessions: u64,
    /// Sessions below the high up to the lowest point, that one counted.
    pub sessions_to_trough: u64,
    /// Calendar days from the first to the last session below the high, both counted.
    pub days: i64,
}

figures! {
    /// Depth and length of all drawdowns.
    pub struct DrawdownFigures in "drawdown" {
        /// Deepest fall of session-end equity below its highest value so far, initial capital included: zero or negative.
        pub max_drawdown: f64,
        /// Drawdown at the last session: zero or negative.
        pub current_drawdown: f64,
        /// Mean depth of all drawdowns, one that still lasts included.
        pub average_drawdown: Option<f64>,
        /// Number of drawdowns, one that still lasts included.
        pub drawdowns: u64,
        /// Sessions of the longest drawdown.
        pub longest_sessions: u64,
        /// Calendar days of the longest drawdown, its first and last session both counted.
        pub longest_days: u64,
        /// Sessions below an earlier high, of all sessions.
        pub time_under_water: Option<f64>,
        /// Root of the mean square of the drawdowns of all n sessions, as a ratio and not in percent (Martin & McCann
        /// 1989).
        pub ulcer_index: Option<f64>,
    }
}

impl DrawdownFigures {
    pub(super) fn of(curve: &EquityCurve, drawdowns: &[Drawdown]) -> Self {
        let depths: Vec<f64> = drawdowns.iter().map(|drawdown| drawdown.depth).collect();
        let squares: Vec<f64> = curve.points().iter().map(|point| point.drawdown.powi(2)).collect();
        let under_water: u64 = drawdowns.iter().map(|drawdown| drawdown.sessions).sum();
        Self {
            max_drawdown: curve.max_drawdown(),
            current_drawdown: curve.points().last().map_or(0.0, |point| point.drawdown),
            average_drawdown: mean(&depths),
            drawdowns: drawdowns.len() as u64,
            longest_sessions: drawdowns.iter().map(|drawdown| drawdown.sessions).max().unwrap_or(0),
            longest_days: drawdowns.iter().map(|drawdown| drawdown.days.unsigned_abs()).max().unwrap_or(0),
            time_under_water: ratio(under_water as f64, curve.points().len() as f64),
            ulcer_index: mean(&squares).map(f64::sqrt),
        }
    }
}

/// Every drawdown of a curve, oldest first.
pub fn drawdowns(points: &[EquityPoint]) -> Vec<Drawdown> {
    let under_water = |point: &EquityPoint| point.drawdown < 0.0;
    let mut before = None;
    let mut found = Vec::new();
    let mut parts = points.chunk_by(|left, right| under_water(left) == under_water(right)).peekable();
    while let Some(part) = parts.next() {
        let (first, last) = (&part[0], &part[part.len() - 1]);
        if under_water(first) {
            let recovery = parts.peek().map(|later| later[0].date);
            found.push(drawdown(before, part, recovery));
        }
        before = Some(last.date);
    }
    found
}

fn drawdown(peak: Option<NaiveDate>, part: &[EquityPoint], recovery: Option<NaiveDate>) -> Drawdown {
    let (start, end) = (part[0].date, part[part.len() - 1].date);
    let mut lowest = 0;
    for (place, point) in part.iter().enumerate() {
        if point.drawdown < part[lowest].drawdown {
            lowest = place;
        }
    }
    Drawdown {
        peak,
        start,
        trough: part[lowest].date,
        end,
        recovery,
        depth: part[lowest].drawdown,
        sessions: part.len() as u64,
        sessions_to_trough: lowest as u64 + 1,
        days: (end - start).num_days() + 1,
    }
}

/// The deepest drawdowns, deepest first; of equal ones the older first.
pub(super) fn deepest(mut drawdowns: Vec<Drawdown>) -> Vec<Drawdown> {
    drawdowns.sort_by(|left, right| left.depth.total_cmp(&right.depth));
    drawdowns.truncate(LISTED);
    drawdowns
}
