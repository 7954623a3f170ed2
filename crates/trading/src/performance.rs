//! How well an account or a backtest did. Live accounts and backtests are measured by the same code.
//!
//! Conventions: returns are simple and from session to session; a year has 252 sessions, or 365.25 calendar days
//! where growth is annualised; deviations are sample deviations (n − 1); the risk-free rate is zero.

use chrono::NaiveDate;
use exodus_domain::{Fill, Side, Won};
use serde::{Deserialize, Serialize};

const SESSIONS_PER_YEAR: f64 = 252.0;
const DAYS_PER_YEAR: f64 = 365.25;

/// Equity at the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EquityPoint {
    /// Session.
    pub date: NaiveDate,
    /// Cash and holdings at closing prices.
    pub equity: Won,
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
        Self { initial, peak: initial, points: Vec::new() }
    }

    /// Adds the next session.
    pub fn push(&mut self, date: NaiveDate, equity: Won) {
        self.peak = self.peak.max(equity);
        self.points.push(EquityPoint { date, equity, drawdown: growth(self.peak, equity) });
    }

    /// The sessions so far.
    pub fn points(&self) -> &[EquityPoint] {
        &self.points
    }

    /// The sessions, given away.
    pub fn into_points(self) -> Vec<EquityPoint> {
        self.points
    }

    /// The figures of the curve and of the trades that made it.
    pub fn metrics(&self, tally: &TradeTally) -> Metrics {
        let last = self.points.last().map_or(self.initial, |point| point.equity);
        let total_return = growth(self.initial, last);
        let returns = self.returns();
        let deviation = sample_deviation(&returns);
        Metrics {
            initial_capital: self.initial,
            final_capital: last,
            total_return,
            annual_return: self.annualised(total_return),
            volatility: deviation.map(|deviation| deviation * SESSIONS_PER_YEAR.sqrt()),
            max_drawdown: self.points.iter().map(|point| point.drawdown).fold(0.0, f64::min),
            sharpe_ratio: deviation
                .filter(|deviation| *deviation > 0.0)
                .map(|deviation| mean(&returns) / deviation * SESSIONS_PER_YEAR.sqrt()),
            win_rate: (tally.sells > 0).then(|| tally.winning_sells as f64 / tally.sells as f64),
            trades_count: tally.trades,
            commission: tally.commission,
            tax: tally.tax,
        }
    }

    /// Return of each session over the one before; of the first one over the initial capital.
    fn returns(&self) -> Vec<f64> {
        let before = std::iter::once(self.initial).chain(self.points.iter().map(|point| point.equity));
        before.zip(&self.points).map(|(before, point)| growth(before, point.equity)).collect()
    }

    /// `(1 + total)^(365.25 / days) − 1`, where days runs from the first to the last session, both counted. A loss of
    /// everything or more stays −1.
    fn annualised(&self, total_return: f64) -> f64 {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return 0.0 };
        let days = (last.date - first.date).num_days() + 1;
        let grown = (1.0 + total_return).max(0.0).powf(DAYS_PER_YEAR / days as f64) - 1.0;
        grown.min(f64::MAX)
    }
}

/// `to / from − 1`; zero from nothing.
fn growth(from: Won, to: Won) -> f64 {
    if from.is_positive() { to.0 as f64 / from.0 as f64 - 1.0 } else { 0.0 }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// `None` for fewer than two values.
fn sample_deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// Counts over the trades of an account or a backtest; a trade is one fill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TradeTally {
    /// Trades of both sides.
    pub trades: u64,
    /// Sells among them.
    pub sells: u64,
    /// Sells that realised a profit after their own costs.
    pub winning_sells: u64,
    /// Commission paid.
    pub commission: Won,
    /// Taxes paid.
    pub tax: Won,
}

impl TradeTally {
    /// Counts a trade that realised `realized`.
    pub fn add(&mut self, fill: &Fill, realized: Won) {
        self.trades += 1;
        if fill.side == Side::Sell {
            self.sells += 1;
            self.winning_sells += u64::from(realized.is_positive());
        }
        self.commission += fill.commission;
        self.tax += fill.tax;
    }
}

/// The figures of a period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Capital before the first session.
    pub initial_capital: Won,
    /// Equity at the end of the last session.
    pub final_capital: Won,
    /// Final over initial capital, less one.
    pub total_return: f64,
    /// Total return as growth per 365.25 calendar days.
    pub annual_return: f64,
    /// Sample deviation of session returns × √252; `None` for fewer than two sessions.
    pub volatility: Option<f64>,
    /// Deepest drawdown: zero or negative.
    pub max_drawdown: f64,
    /// Mean over sample deviation of session returns × √252, risk-free rate zero; `None` where they do not vary.
    pub sharpe_ratio: Option<f64>,
    /// Sells with a profit after their own costs, of all sells; `None` without any.
    pub win_rate: Option<f64>,
    /// Trades of both sides; a trade is one fill.
    pub trades_count: u64,
    /// Commission paid.
    pub commission: Won,
    /// Taxes paid.
    pub tax: Won,
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::Qty;

    fn curve(equity: &[i64]) -> EquityCurve {
        let mut curve = EquityCurve::new(Won(100));
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
        for (day, equity) in first.iter_days().zip(equity) {
            curve.push(day, Won(*equity));
        }
        curve
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-12
    }

    #[test]
    fn figures_of_a_curve_worked_out_by_hand() {
        let metrics = curve(&[110, 99, 108]).metrics(&TradeTally::default());
        // Returns 0.1, −0.1 and 1/11: mean 1/33, deviation √((0.1−m)² + (0.1+m)² + (1/11−m)²)/2).
        let mean: f64 = 1.0 / 33.0;
        let variance = ((0.1 - mean).powi(2) + (0.1 + mean).powi(2) + (1.0 / 11.0 - mean).powi(2)) / 2.0;
        assert!(close(metrics.total_return, 0.08));
        assert!(close(metrics.annual_return, 1.08_f64.powf(365.25 / 3.0) - 1.0));
        assert!(close(metrics.max_drawdown, -0.1));
        assert!(close(metrics.volatility.expect("three returns"), (variance * 252.0).sqrt()));
        assert!(close(metrics.sharpe_ratio.expect("they vary"), mean / variance.sqrt() * 252.0_f64.sqrt()));
    }

    #[test]
    fn the_first_loss_is_a_drawdown_from_the_initial_capital() {
        assert!(close(curve(&[90]).points()[0].drawdown, -0.1));
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let flat = curve(&[100, 100, 100]).metrics(&TradeTally::default());
        assert_eq!((flat.volatility, flat.sharpe_ratio, flat.win_rate), (Some(0.0), None, None));
        let single = curve(&[101]).metrics(&TradeTally::default());
        assert_eq!((single.volatility, single.sharpe_ratio), (None, None));
        let empty = curve(&[]).metrics(&TradeTally::default());
        assert_eq!((empty.final_capital, empty.total_return, empty.annual_return), (Won(100), 0.0, 0.0));
    }

    #[test]
    fn a_total_loss_is_annualised_to_minus_one() {
        assert!(close(curve(&[50, 0]).metrics(&TradeTally::default()).annual_return, -1.0));
        assert!(curve(&[i64::MAX]).metrics(&TradeTally::default()).annual_return.is_finite());
    }

    #[test]
    fn only_sells_count_as_wins() {
        let fill = |side| Fill { side, quantity: Qty(1), amount: Won(100), commission: Won(2), tax: Won(1) };
        let mut tally = TradeTally::default();
        tally.add(&fill(Side::Buy), Won(-2));
        tally.add(&fill(Side::Sell), Won(5));
        tally.add(&fill(Side::Sell), Won(0));
        let metrics = curve(&[100]).metrics(&tally);
        assert_eq!((metrics.win_rate, metrics.trades_count), (Some(0.5), 3));
        assert_eq!((metrics.commission, metrics.tax), (Won(6), Won(3)));
    }
}
