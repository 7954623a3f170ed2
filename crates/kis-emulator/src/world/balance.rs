//! What an account is told of its money and its shares (kis-openapi §5.5–§5.7, §5.10–§5.12).

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AvgPrice, CashBuckets, OrderStyle, Price, Qty, Side, Symbol, TradingVenue, Won, previous_session, settlement_date,
};

use super::World;
use super::account::{Account, Realised};
use super::orders::OrderRow;
use super::refusal::Refusal;

/// What an account can buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buyable {
    /// Cash that no open order holds back; sales of today count.
    pub cash: Won,
    /// The most that can be traded with it, commission paid.
    pub amount: Won,
    /// The price that is reckoned with: the order's, or the upper limit of the day for an order without one.
    pub unit_price: Price,
    /// Shares at that price.
    pub quantity: Qty,
}

/// Holdings and cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// One for each issue held, or sold and not settled yet, by symbol.
    pub rows: Vec<HoldingRow>,
    /// Cash.
    pub cash: CashSummary,
}

/// One issue in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingRow {
    /// Issue.
    pub symbol: Symbol,
    /// Its Korean name.
    pub name_ko: String,
    /// Shares, by trade date.
    pub quantity: Qty,
    /// Shares that no open order sells.
    pub sellable: Qty,
    /// Average price paid.
    pub average: AvgPrice,
    /// Won paid, before costs.
    pub cost: Won,
    /// Last price.
    pub price: Price,
    /// Value at it.
    pub value: Won,
    /// Gain or loss at it, before the costs of selling.
    pub profit: Won,
    /// Base price of the day.
    pub base_price: Price,
    /// Shares bought on the session before.
    pub bought_before: Qty,
    /// Shares sold on the session before.
    pub sold_before: Qty,
    /// Shares bought today.
    pub bought_today: Qty,
    /// Shares sold today.
    pub sold_today: Qty,
}

/// The cash of an account, and the sums of its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CashSummary {
    /// Deposit that is settled today; does not move with today's trades.
    pub d: Won,
    /// On the next session.
    pub d1: Won,
    /// On the one after that: today's trades are in it.
    pub d2: Won,
    /// Cash that no open order holds back.
    pub orderable: Won,
    /// What can be withdrawn today.
    pub withdrawable: Won,
    /// Bought on the session before, before costs.
    pub bought_before: Won,
    /// Sold on the session before, before costs.
    pub sold_before: Won,
    /// Commission and taxes of the session before.
    pub costs_before: Won,
    /// Bought today, before costs.
    pub bought_today: Won,
    /// Sold today, before costs.
    pub sold_today: Won,
    /// Commission and taxes of today.
    pub costs_today: Won,
    /// Value of all shares.
    pub value: Won,
    /// Won paid for them.
    pub cost: Won,
    /// Gain or loss on them.
    pub profit: Won,
    /// Shares and D+2 cash.
    pub total: Won,
    /// The same as the session before ended.
    pub total_before: Won,
    /// Realised today, net of costs.
    pub realised_today: Won,
}

impl World {
    /// What an account can buy of an issue; without one, the amounts only.
    ///
    /// # Errors
    /// [`Refusal::UnknownAccount`], [`Refusal::UnknownSymbol`].
    pub fn buyable(
        &mut self,
        account: &str,
        symbol: Option<Symbol>,
        style: OrderStyle,
        price: Option<Price>,
        now: DateTime<Utc>,
    ) -> Result<Buyable, Refusal> {
        self.pass(now);
        let account = self.account(account)?;
        let cash = self.orderable(account);
        let Some(symbol) = symbol else {
            let amount = spendable(cash, |amount| self.commission(account, None, amount));
            return Ok(Buyable { cash, amount, unit_price: Price::ZERO, quantity: Qty::ZERO });
        };
        let unit_price = self.reserve_price(symbol, style, price).ok_or(Refusal::UnknownSymbol(symbol))?;
        let amount = spendable(cash, |amount| self.commission(account, Some(symbol), amount));
        let quantity = Qty(if unit_price.is_positive() { amount.0 / unit_price.0 } else { 0 });
        Ok(Buyable { cash, amount, unit_price, quantity })
    }

    /// What an account holds of an issue; a row of zeros if nothing.
    ///
    /// # Errors
    /// [`Refusal::UnknownAccount`], [`Refusal::UnknownSymbol`].
    pub fn sellable(&mut self, account: &str, symbol: Symbol, now: DateTime<Utc>) -> Result<HoldingRow, Refusal> {
        self.pass(now);
        self.holding_row(self.account(account)?, symbol).ok_or(Refusal::UnknownSymbol(symbol))
    }

    /// Holdings and cash. An issue that was sold out stays with no shares until the sale is settled (§5.7).
    ///
    /// # Errors
    /// [`Refusal::UnknownAccount`].
    pub fn balance(&mut self, account: &str, now: DateTime<Utc>) -> Result<Balance, Refusal> {
        self.pass(now);
        let account = self.account(account)?;
        let today = self.today;
        let unsettled = |row: &&Realised| settlement_date(row.date).is_none_or(|due| due > today);
        let sold_out = account.realised.iter().rev().take_while(|row| unsettled(row)).map(|row| row.symbol);
        let mut symbols: Vec<Symbol> = account.holdings.keys().copied().chain(sold_out).collect();
        symbols.sort_unstable();
        symbols.dedup();
        let rows: Vec<HoldingRow> = symbols.iter().filter_map(|symbol| self.holding_row(account, *symbol)).collect();
        let CashBuckets { d, d1, d2, withdrawable, .. } = account.ledger().on(today);
        let orderable = self.orderable(account);
        let total_before = account.total_before;
        let mut cash = CashSummary { d, d1, d2, orderable, withdrawable, total_before, ..CashSummary::default() };
        let before = previous_session(today);
        for row in account.realised.iter().rev().take_while(|row| Some(row.date) >= before) {
            let (bought, sold, costs) = if row.date == today {
                cash.realised_today += row.profit;
                (&mut cash.bought_today, &mut cash.sold_today, &mut cash.costs_today)
            } else {
                (&mut cash.bought_before, &mut cash.sold_before, &mut cash.costs_before)
            };
            *bought += row.buy_amount;
            *sold += row.sell_amount;
            *costs += row.costs();
        }
        for row in &rows {
            cash.value += row.value;
            cash.cost += row.cost;
            cash.profit += row.profit;
        }
        cash.total = cash.value + cash.d2;
        Ok(Balance { rows, cash })
    }

    /// What an account traded and realised, by day and issue, oldest first. Empty for an unknown account.
    pub fn realised(&self, account: &str, from: NaiveDate, to: NaiveDate) -> Vec<&Realised> {
        let rows = self.account(account).into_iter().flat_map(|account| &account.realised);
        rows.filter(|row| (from..=to).contains(&row.date)).collect()
    }

    /// The rows of an account's orders, oldest first. Empty for an unknown account.
    pub fn orders(&self, account: &str, from: NaiveDate, to: NaiveDate) -> Vec<&OrderRow> {
        let rows = self.account(account).into_iter().flat_map(|account| &account.rows);
        rows.filter(|row| (from..=to).contains(&row.key.date)).collect()
    }

    /// Cash that no open order holds back. Orders to buy hold back the most they can cost: at the upper limit of the
    /// day where they name no price (§5.2).
    pub(super) fn orderable(&self, account: &Account) -> Won {
        let buys = account.open_rows(self.today).filter(|row| row.side == Side::Buy);
        let held: Won = buys.map(|row| self.held_back(account, row, row.remaining())).sum();
        account.cash - held
    }

    /// What `quantity` shares of an order to buy hold back, commission included.
    pub(super) fn held_back(&self, account: &Account, row: &OrderRow, quantity: Qty) -> Won {
        let unit = self.reserve_price(row.symbol, row.style, row.price).unwrap_or(Price::ZERO);
        let amount = unit * quantity;
        let commission = self.commission_at(account, Some(row.symbol), row.routed_to, row.amount + amount);
        amount + commission - row.costs.commission
    }

    /// The price at which an order to buy holds back cash; `None` for an unknown issue.
    pub(super) fn reserve_price(&self, symbol: Symbol, style: OrderStyle, price: Option<Price>) -> Option<Price> {
        let upper = self.quote(symbol)?.limits.upper;
        Some(price.filter(|_| style.has_price() && !style.is_market()).unwrap_or(upper))
    }

    fn commission(&self, account: &Account, symbol: Option<Symbol>, amount: Won) -> Won {
        self.commission_at(account, symbol, TradingVenue::Krx, amount)
    }

    fn commission_at(&self, account: &Account, symbol: Option<Symbol>, venue: TradingVenue, amount: Won) -> Won {
        let instrument = symbol.and_then(|symbol| self.instrument(symbol));
        let kind = instrument.map_or(exodus_domain::InstrumentKind::Stock, |instrument| instrument.kind);
        account.terms.commission.schedule(kind, venue).commission(amount)
    }

    pub(super) fn holding_row(&self, account: &Account, symbol: Symbol) -> Option<HoldingRow> {
        let (instrument, quote) = (self.instrument(symbol)?, self.quote(symbol)?);
        let none = exodus_domain::Holding::none(symbol);
        let holding = account.holdings.get(&symbol).unwrap_or(&none);
        let on = |date: Option<NaiveDate>| {
            let of_symbol = |row: &&Realised| Some(row.date) == date && row.symbol == symbol;
            let row = account.realised.iter().rev().find(of_symbol);
            row.map_or((Qty::ZERO, Qty::ZERO), |row| (row.bought, row.sold))
        };
        let ((bought_before, sold_before), (bought_today, sold_today)) =
            (on(previous_session(self.today)), on(Some(self.today)));
        Some(HoldingRow {
            symbol,
            name_ko: instrument.name_ko.clone(),
            quantity: holding.quantity,
            sellable: account.sellable(symbol, self.today),
            average: holding.average_price(),
            cost: holding.cost,
            price: quote.price,
            value: holding.market_value(quote.price),
            profit: holding.unrealized_pnl(quote.price),
            base_price: quote.base_price,
            bought_before,
            sold_before,
            bought_today,
            sold_today,
        })
    }
}

/// The most that can be traded with `cash` if its commission is paid too.
fn spendable(cash: Won, commission: impl Fn(Won) -> Won) -> Won {
    let (mut fits, mut too_much) = (0, cash.0.max(0) + 1);
    while too_much - fits > 1 {
        let middle = fits + (too_much - fits) / 2;
        if middle + commission(Won(middle)).0 <= cash.0 {
            fits = middle;
        } else {
            too_much = middle;
        }
    }
    Won(fits)
}
