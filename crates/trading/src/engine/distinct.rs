//! Orders that can be told from each other (safety M1). A broker's list names no order of ours: one whose answer was lost is
//! found by issue, side, quantity and price, and a quantity that no other order of the day has leaves no doubt.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use exodus_domain::{OrderFields, Qty, Side, Symbol, kst_date};

use super::{Engine, Live};
use crate::risk::Approved;

/// Smaller orders stay as they are: a share would be too large a part of them.
const LEAST: Qty = Qty(50);
/// Shares that an order is lowered by at most.
const MOST: i64 = 2;

/// The quantities of all orders of a day on the account, whoever placed them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ordered {
    is_on: bool,
    date: NaiveDate,
    quantities: HashMap<(Symbol, Side), BTreeSet<Qty>>,
}

impl Ordered {
    fn has(&self, symbol: Symbol, side: Side, quantity: Qty, date: NaiveDate) -> bool {
        let of_day = self.quantities.get(&(symbol, side)).filter(|_| self.date == date);
        of_day.is_some_and(|quantities| quantities.contains(&quantity))
    }
}

impl Live {
    /// Whether large orders are lowered by up to two shares, so that no two of a day are equal.
    pub fn make_distinct(&mut self, is_on: bool) {
        self.ordered.is_on = is_on;
    }

    /// Notes an order on the account, by whomever, on the trade date `date`.
    pub fn saw_order(&mut self, symbol: Symbol, side: Side, quantity: Qty, date: NaiveDate) {
        let ordered = &mut self.ordered;
        if date > ordered.date {
            ordered.date = date;
            ordered.quantities.clear();
        }
        if date == ordered.date && quantity >= LEAST - Qty(MOST) {
            ordered.quantities.entry((symbol, side)).or_default().insert(quantity);
        }
    }
}

impl Engine {
    /// An order that was just approved, over fewer shares if another order of the day on its issue and side is as large.
    pub(super) fn made_distinct(&self, order: Approved<OrderFields>) -> Approved<OrderFields> {
        let Some(live) = self.live.as_deref().filter(|live| live.ordered.is_on) else { return order };
        let OrderFields { symbol, side, quantity, .. } = *order.get();
        if quantity < LEAST {
            return order;
        }
        let date = kst_date(order.decided_at());
        let free = |quantity: &Qty| !live.ordered.has(symbol, side, *quantity, date);
        match (0..=MOST).map(|less| quantity - Qty(less)).find(free) {
            Some(quantity) => order.over_fewer(quantity),
            None => order,
        }
    }
}
