//! Equity session by session.

use chrono::NaiveDate;
use exodus_domain::Won;
use serde::{Deserialize, Serialize};

use super::statistics::{Spread, mean};
use super::summary::{Metrics, TradeTally};
use super::{DAYS_PER_YEAR, SESSIONS_PER_YEAR};

/// Equity at the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EquityPoint {
    /// Session.
    pub date: NaiveDate,
    /// Cash and holdings at closing prices.
    pub equity: Won,
    /// The holdings among it, at closing prices.
    #[serde(default)]
    pub stock_value: Won,
    /// Equity over its highest value so far, less one: zero or negative.
    pub drawdown: f64,
}

/// Equity session by session.
#[derive(Clone, Debug, PartialEq)]
pub struct EquityCurve {
    initial: Won,
    peak: Won,
    points: Vec<EquityPoint>,
}

impl EquityCurve {
    /// A curve that starts from `initial` before its first session.
    pub fn new(initial: Won) -> Self {
        Self::with_capacity(initial, 0)
    }

    /// As [`EquityCurve::new`], with room for so many sessions.
    pub fn with_capacity(initial: Won, sessions: usize) -> Self {
        Self { initial, peak: initial, points: Vec::with_capacity(sessions) }
    }

    /// The curve that `points` are taken from.
    pub fn restored(initial: Won, points: &[EquityPoint]) -> Self {
        let mut curve = Self::new(initial);
        points.iter().for_each(|point| curve.push(point.date, point.equity, point.stock_value));
        curve
    }

    /// Adds the next session, with `stock_value` of `equity` in holdings.
    #[inline]
    pub fn push(&mut self, date: NaiveDate, equity: Won, stock_value: Won) {
        self.peak = self.peak.max(equity);
        self.points.push(EquityPoint { date, equity, stock_value, drawdown: growth(self.peak, equity) });
    }

    /// The capital before the first session.
    pub fn initial(&self) -> Won {
        self.initial
    }

    /// The sessions so far.
    pub fn points(&self) -> &[EquityPoint] {
        &self.points
    }

    /// The sessions, given away.
    pub fn into_points(self) -> Vec<EquityPoint> {
        self.points
    }

    /// Equity at the end of the last session.
    pub fn last(&self) -> Won {
        self.points.last().map_or(self.initial, |point| point.equity)
    }

    /// The headline figures of the curve and of the trades that made it.
    pub fn metrics(&self, tally: &TradeTally) -> Metrics {
        let total_return = self.total_return();
        let returns = self.returns();
        let spread = Spread::of(&returns);
        Metrics {
            initial_capital: self.initial,
            final_capital: self.last(),
            total_return,
            annual_return: self.annual_return(),
            volatility: spread.as_ref().map(|spread| annual_deviation(spread.deviation)),
            max_drawdown: self.max_drawdown(),
            sharpe_ratio: spread.and_then(|spread| spread.ratio()).map(annual_deviation),
            win_rate: (tally.sells > 0).then(|| tally.winning_sells as f64 / tally.sells as f64),
            trades_count: tally.trades,
            commission: tally.commission,
            tax: tally.tax,
        }
    }

    /// Return of each session over the one before; of the first one over the initial capital.
    pub(super) fn returns(&self) -> Vec<f64> {
        let before = std::iter::once(self.initial).chain(self.points.iter().map(|point| point.equity));
        before.zip(&self.points).map(|(before, point)| growth(before, point.equity)).collect()
    }

    /// Initial capital and then the equity of each session, as levels of an index.
    pub(super) fn levels(&self) -> Vec<f64> {
        let levels = std::iter::once(self.initial).chain(self.points.iter().map(|point| point.equity));
        levels.map(|won| won.0 as f64).collect()
    }

    /// Final over initial capital, less one.
    pub(super) fn total_return(&self) -> f64 {
        growth(self.initial, self.last())
    }

    /// Deepest drawdown: zero or negative.
    pub(super) fn max_drawdown(&self) -> f64 {
        self.points.iter().map(|point| point.drawdown).fold(0.0, f64::min)
    }

    /// `(1 + total)^(365.25 / days) − 1`, where days runs from the first to the last session, both counted. A loss of
    /// everything or more stays −1.
    pub(super) fn annual_return(&self) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return 0.0 };
        let days = (last.date - first.date).num_days() + 1;
        annualised(self.total_return(), DAYS_PER_YEAR / days as f64)
    }

    /// Equity at the ends of the sessions on average; `None` before the first.
    pub(super) fn mean_equity(&self) -> Option<f64> {
        mean(&self.points.iter().map(|point| point.equity.0 as f64).collect::<Vec<_>>())
    }
}

/// `to / from − 1`; zero from nothing.
pub(super) fn growth(from: Won, to: Won) -> f64 {
    if from.is_positive() { to.0 as f64 / from.0 as f64 - 1.0 } else { 0.0 }
}

/// `(1 + total)^periods − 1`, and −1 for a loss of everything or more. What a short, wild run overflows to is the
/// largest number there is.
pub(super) fn annualised(total: f64, periods: f64) -> f64 {
    ((1.0 + total).max(0.0).powf(periods) - 1.0).min(f64::MAX)
}

/// A deviation of session returns, or a ratio over one, for a year: `× √252`.
pub(super) fn annual_deviation(of_sessions: f64) -> f64 {
    of_sessions * SESSIONS_PER_YEAR.sqrt()
}
