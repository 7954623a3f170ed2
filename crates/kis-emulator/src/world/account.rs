//! An account: its orders, its shares, its cash by settlement day, and what it realised.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_domain::{CashLedger, Fill, Holding, Instrument, Qty, Side, Symbol, Won, order_costs, settlement_date};
use serde::{Deserialize, Serialize};

use super::orders::{OrderAction, OrderRow};
use super::setup::AccountTerms;

/// What an account bought, sold and realised of one issue on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Realised {
    /// Trade date.
    pub date: NaiveDate,
    /// Issue.
    pub symbol: Symbol,
    /// Shares bought.
    pub bought: Qty,
    /// Won paid for them, before costs.
    pub buy_amount: Won,
    /// Commission on buying.
    pub buy_commission: Won,
    /// Shares sold.
    pub sold: Qty,
    /// Won received for them, before costs.
    pub sell_amount: Won,
    /// Commission on selling.
    pub sell_commission: Won,
    /// What had been paid for the shares that were sold.
    pub cost_of_sold: Won,
    /// Taxes of the sales.
    pub tax: Won,
    /// Gain or loss, net of all costs of the day.
    pub profit: Won,
    /// Shares held after the last trade.
    pub held_after: Qty,
}

impl Realised {
    fn none(date: NaiveDate, symbol: Symbol) -> Self {
        Self {
            date,
            symbol,
            bought: Qty::ZERO,
            buy_amount: Won::ZERO,
            buy_commission: Won::ZERO,
            sold: Qty::ZERO,
            sell_amount: Won::ZERO,
            sell_commission: Won::ZERO,
            cost_of_sold: Won::ZERO,
            tax: Won::ZERO,
            profit: Won::ZERO,
            held_after: Qty::ZERO,
        }
    }

    /// Commission of both sides and taxes.
    pub fn costs(&self) -> Won {
        self.buy_commission + self.sell_commission + self.tax
    }
}

/// An account with everything that must survive a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) terms: AccountTerms,
    /// All cash, as if every trade were settled.
    pub(super) cash: Won,
    /// What the trades of a day did to it, for as long as that is not settled.
    flows: BTreeMap<NaiveDate, Won>,
    pub(super) holdings: BTreeMap<Symbol, Holding>,
    pub(super) rows: Vec<OrderRow>,
    pub(super) realised: Vec<Realised>,
    /// Holdings and D+2 cash as the session before ended.
    pub(super) total_before: Won,
}

impl Account {
    pub(super) fn open(terms: AccountTerms) -> Self {
        Self {
            cash: terms.cash,
            total_before: terms.cash,
            terms,
            flows: BTreeMap::new(),
            holdings: BTreeMap::new(),
            rows: Vec::new(),
            realised: Vec::new(),
        }
    }

    /// The cash by settlement day.
    pub(super) fn ledger(&self) -> CashLedger {
        CashLedger::with_trades(self.cash, self.flows.iter().map(|(date, flow)| (*date, *flow)))
    }

    /// Forgets which cash came by trades that are settled by `today`.
    pub(super) fn settle(&mut self, today: NaiveDate) {
        self.flows.retain(|date, _| settlement_date(*date).is_none_or(|due| due > today));
    }

    /// Books shares that an order of row `row` traded for `amount`. Costs are counted by order, to the won: what the
    /// order costs now less what it cost before (kis-openapi §5.2; domain cost schedules).
    pub(super) fn book_fill(&mut self, row: usize, instrument: &Instrument, quantity: Qty, amount: Won) {
        let terms = self.terms.commission;
        let row = &mut self.rows[row];
        row.filled += quantity;
        row.amount += amount;
        let Instrument { market, kind, symbol, .. } = *instrument;
        let schedule = terms.schedule(kind, row.routed_to);
        let costs = order_costs(&schedule, row.side, market, kind, row.key.date, row.amount);
        let commission = costs.commission - row.costs.commission;
        let fill = Fill { side: row.side, quantity, amount, commission, tax: costs.tax - row.costs.tax };
        row.costs = costs;
        let date = row.key.date;
        self.cash += fill.cash_flow();
        *self.flows.entry(date).or_default() += fill.cash_flow();
        let holding = self.holdings.entry(symbol).or_insert_with(|| Holding::none(symbol));
        let cost_before = holding.cost;
        let profit = holding.apply(&fill).expect("orders to sell hold back the shares that they sell");
        let (cost_after, held_after) = (holding.cost, holding.quantity);
        if !held_after.is_positive() {
            self.holdings.remove(&symbol);
        }
        let of_day = self.of_day(date, symbol);
        of_day.profit += profit;
        of_day.tax += fill.tax;
        of_day.held_after = held_after;
        match fill.side {
            Side::Buy => {
                of_day.bought += quantity;
                of_day.buy_amount += amount;
                of_day.buy_commission += commission;
            }
            Side::Sell => {
                of_day.sold += quantity;
                of_day.sell_amount += amount;
                of_day.sell_commission += commission;
                of_day.cost_of_sold += cost_before - cost_after;
            }
        }
    }

    fn of_day(&mut self, date: NaiveDate, symbol: Symbol) -> &mut Realised {
        let place = self.realised.iter().rposition(|row| row.date == date && row.symbol == symbol);
        let place = place.unwrap_or_else(|| {
            self.realised.push(Realised::none(date, symbol));
            self.realised.len() - 1
        });
        &mut self.realised[place]
    }

    /// The rows of the day's orders that are open, oldest first.
    pub(super) fn open_rows(&self, date: NaiveDate) -> impl Iterator<Item = &OrderRow> {
        let of_day = self.rows.iter().rev().take_while(move |row| row.key.date == date);
        of_day.filter(|row| row.action != OrderAction::Cancel && row.remaining().is_positive())
    }

    /// Shares of an issue that no open order sells.
    pub(super) fn sellable(&self, symbol: Symbol, date: NaiveDate) -> Qty {
        let held = self.holdings.get(&symbol).map_or(Qty::ZERO, |holding| holding.quantity);
        let open = self.open_rows(date).filter(|row| row.symbol == symbol && row.side == Side::Sell);
        held - open.map(OrderRow::remaining).sum()
    }
}
