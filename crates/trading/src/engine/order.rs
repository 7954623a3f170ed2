//! Orders as the engine follows them.

use exodus_domain::{CommissionSchedule, Fill, OrderCosts, OrderFields, OrderState, Price, Qty, Side, Won};

use super::message::ClientRef;
use crate::portfolio::Portfolio;
use crate::risk::cash_needed;

/// An order that is open, or ended without being filled whole.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) client_ref: ClientRef,
    pub(super) strategy_id: Option<i64>,
    pub(super) fields: OrderFields,
    pub(super) state: OrderState,
    pub(super) done: Done,
    /// Price that cash is reserved by.
    pub(super) valued_at: Price,
    /// What it costs to the end: the schedule it began with, whatever the account pays for later orders.
    pub(super) commission: CommissionSchedule,
    /// Cash reserved for the open rest of a buy.
    pub(super) reserved: Won,
}

/// What of an order is filled, cumulative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) quantity: Qty,
    pub(super) amount: Won,
    pub(super) costs: OrderCosts,
}

impl Order {
    /// Shares neither filled nor given up.
    pub(super) fn open_quantity(&self) -> Qty {
        if self.state.is_ended() { Qty::ZERO } else { self.fields.quantity - self.done.quantity }
    }

    /// The cash its open rest may still need.
    pub(super) fn cash_to_reserve(&self) -> Won {
        let open = self.open_quantity();
        if self.fields.side == Side::Sell || !open.is_positive() {
            return Won::ZERO;
        }
        cash_needed(self.valued_at * open, &self.commission)
    }

    /// Reserves what its open rest may still need, no more and no less.
    pub(super) fn reserve(&mut self, portfolio: &mut Portfolio) {
        let needed = self.cash_to_reserve();
        portfolio.reserve(self.reserved, needed);
        self.reserved = needed;
    }

    /// What was filled between what is known and `now`; `None` if nothing was, or if `now` is the older of the two.
    pub(super) fn fill_until(&self, now: &Done) -> Option<Fill> {
        let quantity = now.quantity - self.done.quantity;
        quantity.is_positive().then(|| Fill {
            side: self.fields.side,
            quantity,
            amount: now.amount - self.done.amount,
            commission: now.costs.commission - self.done.costs.commission,
            tax: now.costs.tax - self.done.costs.tax,
        })
    }
}
