//! Cash and holdings of an account as they are now, open orders taken into account.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{
    Bar, CashLedger, Fill, KillState, OrderCosts, Price, Qty, Side, Symbol, Won, kst_date, previous_session,
};
use exodus_store::accounts::Account;
use exodus_store::holdings::{self, HoldingRecord};
use exodus_store::orders::{self, Order};
use exodus_store::trades::{self, Trade, TradeFilter};
use exodus_trading::{Engine, EngineSetup, RestoredOrder, RiskLimits, TradedIssue};

use super::dto::{Balance, Holding};
use crate::accounts::problem::AccountProblem;
use crate::bootstrap::App;
use crate::http::kst;
use crate::http::problem::Answer;
use crate::market::last_price;
use crate::market::names::Names;

/// An account with everything that its figures are made of.
pub(crate) struct Books {
    account: Account,
    holdings: Vec<HoldingRecord>,
    open_orders: Vec<Order>,
    names: Names,
    /// Today in Korea.
    today: NaiveDate,
    /// The trades that may not be settled yet: trade date and cash flow.
    unsettled: Vec<(NaiveDate, Won)>,
}

impl Books {
    /// Reads the books of an account.
    pub(crate) async fn read(app: &App, account: Account) -> Answer<Self> {
        let db = &app.store;
        let mut holdings = holdings::of_account(db, account.id).await?;
        for record in &mut holdings {
            // The stored price follows the market with some seconds of delay, and a new holding has none yet.
            record.current_price = last_price(app, record.holding.symbol).await.or(record.current_price);
        }
        let open_orders = orders::open(db, account.id).await?;
        let held = holdings.iter().map(|record| record.holding.symbol);
        let names = Names::read(db, held.chain(open_orders.iter().map(|order| order.fields.symbol))).await?;
        let today = kst_date(app.now());
        let from = Some(Bar::day_start(first_unsettled(today)));
        let filter = TradeFilter { account_id: Some(account.id), from, ..TradeFilter::default() };
        let unsettled = trades::export(db, account.user_id, &filter).await?.iter().map(cash_flow).collect();
        Ok(Self { account, holdings, open_orders, names, today, unsettled })
    }

    /// The account itself.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Cash and holdings at last prices.
    pub(crate) fn total_assets(&self) -> Won {
        self.account.cash + self.stock_value()
    }

    /// Holdings at last prices.
    pub(crate) fn stock_value(&self) -> Won {
        self.holdings.iter().map(value).sum()
    }

    /// The holding that is worth most, at its last price.
    pub(crate) fn largest_position(&self) -> Won {
        self.holdings.iter().map(value).max().unwrap_or_default()
    }

    /// Cash that open buys may still need: what the engine holds back when it starts from the same rows.
    fn reserved_cash(&self) -> Won {
        let setup = EngineSetup { cash: self.account.cash, limits: RiskLimits::default(), kill: KillState::Active };
        let mut engine = Engine::new(setup);
        let prices: HashMap<Symbol, Price> =
            self.holdings.iter().filter_map(|record| Some((record.holding.symbol, record.current_price?))).collect();
        for order in &self.open_orders {
            let symbol = order.fields.symbol;
            let Some(instrument) = self.names.get(symbol) else { continue };
            engine.add_issue(TradedIssue::of(instrument, self.account.commission));
            let last_price = prices.get(&symbol).copied().unwrap_or_default();
            let restored = engine.restore_order(RestoredOrder {
                fields: order.fields.clone(),
                strategy_id: None,
                state: order.state,
                cum_quantity: order.filled_quantity,
                cum_amount: order.filled_amount,
                costs: OrderCosts { commission: order.commission, tax: order.tax },
                commission: order.schedule(instrument.kind),
                valued_at: order.fields.price.unwrap_or(last_price),
            });
            if let Err(error) = restored {
                tracing::warn!(order_id = order.id, %error, "an open order is not counted in the reserved cash");
            }
        }
        engine.portfolio().reserved()
    }

    /// Shares of `symbol` bound in open sells.
    fn bound(&self, symbol: Symbol) -> Qty {
        let sells = self.open_orders.iter().filter(|order| order.fields.side == Side::Sell);
        sells.filter(|order| order.fields.symbol == symbol).map(Order::open_quantity).sum()
    }

    /// The money of the account, as the API tells it.
    pub(crate) fn balance(&self) -> Balance {
        let account = &self.account;
        let (stock_value, reserved) = (self.stock_value(), self.reserved_cash());
        let cost: Won = self.holdings.iter().map(|record| record.holding.cost).sum();
        let changed = self.holdings.iter().map(|record| record.updated_at);
        let mut ledger = CashLedger::with_trades(account.cash, self.unsettled.iter().copied());
        let cash = ledger.on(self.today);
        // What open buys may cost is as good as bought today.
        ledger.book(self.today, -reserved);
        let withdrawable = ledger.on(self.today).withdrawable;
        Balance {
            account_id: account.id,
            account_name: account.name.clone(),
            broker: account.broker,
            env: account.env,
            problem: AccountProblem::stored(account.problem.as_ref()),
            cash_balance: account.cash.0,
            settled_cash: cash.d.0,
            settled_cash_d1: cash.d1.0,
            settled_cash_d2: cash.d2.0,
            withdrawable_cash: withdrawable.0,
            reserved_cash: reserved.0,
            buying_power: (account.cash - reserved).0,
            stock_value: stock_value.0,
            total_assets: (account.cash + stock_value).0,
            realized_pnl: account.realized_pnl.0,
            unrealized_pnl: (stock_value - cost).0,
            initial_cash: account.initial_cash.0,
            updated_at: kst(changed.chain([account.updated_at]).max().unwrap_or(account.updated_at)),
        }
    }

    /// A holding, as the API tells it.
    fn holding(&self, record: &HoldingRecord) -> Holding {
        let holding = record.holding;
        let market_value = value(record);
        let profit = market_value - holding.cost;
        Holding {
            id: stable_id(holding.symbol),
            symbol: holding.symbol.to_string(),
            name_ko: self.names.ko(holding.symbol),
            name_en: self.names.en(holding.symbol),
            quantity: holding.quantity.0,
            sellable_quantity: (holding.quantity - self.bound(holding.symbol)).0.max(0),
            average_price: holding.average_price(),
            current_price: record.current_price.unwrap_or_default().0,
            market_value: market_value.0,
            unrealized_pnl: profit.0,
            unrealized_return: if holding.cost.0 == 0 { 0.0 } else { profit.0 as f64 / holding.cost.0 as f64 },
            updated_at: kst(record.updated_at),
        }
    }

    /// The holding of `symbol`, with quantity zero if nothing is left of it.
    pub(crate) fn holding_of(&self, symbol: Symbol) -> Holding {
        match self.holdings.iter().find(|record| record.holding.symbol == symbol) {
            Some(record) => self.holding(record),
            None => self.holding(&HoldingRecord {
                id: 0,
                user_id: self.account.user_id,
                account_id: self.account.id,
                holding: exodus_domain::Holding::none(symbol),
                current_price: None,
                updated_at: self.account.updated_at,
            }),
        }
    }
}

/// A holding at its last price; at cost before the first price is known.
fn value(record: &HoldingRecord) -> Won {
    match record.current_price {
        Some(price) => record.holding.market_value(price),
        None => record.holding.cost,
    }
}

/// A trade of an earlier day than this is settled on `today`: trades settle on the second session after them. Where the
/// calendar ends, ten days are enough for every row of holidays in it.
fn first_unsettled(today: NaiveDate) -> NaiveDate {
    previous_session(today).and_then(previous_session).unwrap_or(today - TimeDelta::days(10))
}

fn cash_flow(trade: &Trade) -> (NaiveDate, Won) {
    let Trade { side, quantity, amount, commission, tax, .. } = *trade;
    (kst_date(trade.executed_at), Fill { side, quantity, amount, commission, tax }.cash_flow())
}

/// A number for a holding that outlives its row: the row goes away with the last share, but a screen must still find
/// what it shows. An account holds an issue once, so the code, read as a number to the base 36, is enough.
fn stable_id(symbol: Symbol) -> i64 {
    symbol.as_str().chars().filter_map(|digit| digit.to_digit(36)).fold(0, |id, digit| id * 36 + i64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_has_its_own_id_that_a_browser_can_hold() {
        let id = |code: &str| stable_id(code.parse().expect("symbol"));
        assert_ne!(id("005930"), id("005931"));
        assert!(id("ZZZZZZ") < 1_i64 << 53);
    }
}
