//! How much was traded, held and paid.

use exodus_domain::{Qty, Won};
use serde::{Deserialize, Serialize};

use super::SESSIONS_PER_YEAR;
use super::curve::EquityCurve;
use super::figures::figures;
use super::statistics::{mean, ratio};
use super::summary::TradeTally;

const BASIS_POINTS: f64 = 10_000.0;

/// What became of orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTally {
    /// Orders that were filled whole.
    pub filled: u64,
    /// Orders that ended with a part of their shares.
    pub partial: u64,
    /// Orders that ended without any.
    pub unfilled: u64,
    /// Orders that the risk gate or the market refused.
    pub rejected: u64,
}

impl OrderTally {
    /// Counts an order over `quantity` that ended with `filled` of it.
    pub fn ended(&mut self, quantity: Qty, filled: Qty) {
        match filled {
            Qty::ZERO => self.unfilled += 1,
            filled if filled < quantity => self.partial += 1,
            _ => self.filled += 1,
        }
    }

    /// Both counts together.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            filled: self.filled + other.filled,
            partial: self.partial + other.partial,
            unfilled: self.unfilled + other.unfilled,
            rejected: self.rejected + other.rejected,
        }
    }

    /// Counts an order that was refused.
    pub fn rejected(&mut self) {
        self.rejected += 1;
    }
}

figures! {
    /// Trading, exposure and cost.
    pub struct ActivityFigures in "activity" {
        /// Half of the won bought and sold, over mean session-end equity, × 252 / sessions.
        pub turnover: Option<f64>,
        /// Mean of holdings over equity at session ends.
        pub exposure: Option<f64>,
        /// Sessions that ended with something held, of all sessions.
        pub time_in_market: Option<f64>,
        /// Won paid for shares, before costs.
        pub bought: Won,
        /// Won received for shares, before costs.
        pub sold: Won,
        /// Commission and taxes.
        pub costs: Won,
        /// Commission and taxes over the won bought and sold, in basis points.
        pub costs_of_traded_bp: Option<f64>,
        /// Commission and taxes over mean session-end equity, × 252 / sessions, in basis points a year: what costs took
        /// from the annual return.
        pub cost_drag_bp: Option<f64>,
        /// Orders that were filled whole.
        pub filled_orders: u64,
        /// Orders that ended with a part of their shares.
        pub partial_orders: u64,
        /// Orders that ended without any.
        pub unfilled_orders: u64,
        /// Orders that the risk gate or the market refused.
        pub rejected_orders: u64,
    }
}

impl ActivityFigures {
    pub(super) fn of(curve: &EquityCurve, trades: &TradeTally, orders: &OrderTally) -> Self {
        let points = curve.points();
        let shares: Option<Vec<f64>> =
            points.iter().map(|point| ratio(point.stock_value.0 as f64, point.equity.0 as f64)).collect();
        let held = points.iter().filter(|point| point.stock_value.is_positive()).count();
        let (costs, traded) = (trades.commission + trades.tax, trades.bought + trades.sold);
        let per_year = |won: f64| {
            let over_equity = ratio(won, curve.mean_equity()?)?;
            ratio(over_equity * SESSIONS_PER_YEAR, points.len() as f64)
        };
        Self {
            turnover: per_year(traded.0 as f64 / 2.0),
            exposure: shares.and_then(|shares| mean(&shares)),
            time_in_market: ratio(held as f64, points.len() as f64),
            bought: trades.bought,
            sold: trades.sold,
            costs,
            costs_of_traded_bp: ratio(costs.0 as f64 * BASIS_POINTS, traded.0 as f64),
            cost_drag_bp: per_year(costs.0 as f64 * BASIS_POINTS),
            filled_orders: orders.filled,
            partial_orders: orders.partial,
            unfilled_orders: orders.unfilled,
            rejected_orders: orders.rejected,
        }
    }
}
