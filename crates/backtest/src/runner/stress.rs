//! Runs that are harder than the market: for the checks of a result, never for a result.

use chrono::NaiveDate;
use exodus_domain::{Interval, OrderCosts, Side, Won, next_session, order_costs};
use exodus_trading::TradedIssue;

use super::Runner;
use super::orders::Pending;

/// How much harder than the market a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stress {
    /// Bars of its issue that an order lets pass before it meets one.
    pub delay_bars: u32,
    /// Commission and taxes are so many times what they are.
    pub cost_factor: i64,
}

impl Stress {
    /// As hard as the market.
    pub const NONE: Self = Self { delay_bars: 0, cost_factor: 1 };
}

impl Runner<'_> {
    /// Commission and taxes of an order.
    pub(super) fn costs(&self, track: usize, side: Side, date: NaiveDate, amount: Won) -> OrderCosts {
        let TradedIssue { market, kind, commission, .. } = self.issues[track];
        let OrderCosts { commission, tax } = order_costs(&commission, side, market, kind, date, amount);
        let factor = self.stress.cost_factor;
        OrderCosts { commission: Won(commission.0 * factor), tax: Won(tax.0 * factor) }
    }

    /// True if the order lets this bar of its issue pass. On daily bars it is then one of the next session.
    pub(super) fn lets_pass(&self, order: &mut Pending, date: NaiveDate) -> bool {
        if order.delay == 0 {
            return false;
        }
        order.delay -= 1;
        if self.interval == Interval::Day1 {
            order.last_date = next_session(date).unwrap_or(date);
        }
        true
    }
}
