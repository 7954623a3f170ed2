//! The exchange: listed issues, their books, and the orders in them.

mod floor;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Instrument, InstrumentKind, IssueStates, LimitRule, LimitTerms, Market, OrderBook, OrderFields, OrderType, Price,
    PriceLimits, Qty, RowEnd, Side, Symbol, ViClass, Won, is_on_tick,
};
use serde::{Deserialize, Serialize};

use crate::book::{Book, OwnOrder};
use crate::interruption::{Interruption, ViTerms};

/// What the exchange must know of an issue on a trade date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRules {
    /// Issue.
    pub symbol: Symbol,
    /// Market division.
    pub market: Market,
    /// Kind of issue.
    pub kind: InstrumentKind,
    /// Base price (기준가) of the day; the price limits are measured from it.
    pub base_price: Price,
    /// Trade date.
    pub date: NaiveDate,
    /// How far prices may go from the base price on that date.
    pub limit_rule: LimitRule,
    /// What is said of the issue. The only part that may change during the day.
    pub states: IssueStates,
    /// What volatility interruptions depend on; `None` for an issue that is never interrupted.
    pub interruptions: Option<ViTerms>,
}

/// Between these a book without price limits trades. No share has come near the upper bound; it keeps an amount of
/// nine billion shares inside the range of [`Won`].
const NO_LIMITS: PriceLimits = PriceLimits { lower: Price(1), upper: Price(1_000_000_000) };

impl IssueRules {
    /// The rules of an issue on a trade date with this base price, as far as is known of it.
    pub fn of(instrument: &Instrument, date: NaiveDate, base_price: Price) -> Self {
        let Instrument { symbol, market, kind, states, listed_on, .. } = *instrument;
        let limit_rule = LimitRule::on(date, market, kind, LimitTerms::of(instrument));
        let first_session = listed_on == Some(date);
        let interruptions = Some(ViTerms { class: ViClass::assumed(kind), first_session });
        Self { symbol, market, kind, base_price, date, limit_rule, states, interruptions }
    }

    /// The price limits of the day; without any, bounds that nothing reaches.
    pub fn limits(&self) -> PriceLimits {
        self.limit_rule.limits(self.market, self.kind, self.date, self.base_price).unwrap_or(NO_LIMITS)
    }
}

/// An order sent to the exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimOrder {
    /// The sender's number, unique while the exchange lives.
    pub id: u64,
    /// Whose order it is. Orders of one account never trade with each other.
    pub account: i64,
    /// What is ordered.
    pub fields: OrderFields,
}

/// A report about one order: a trade, or its end without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Order.
    pub order_id: u64,
    /// Issue of the order.
    pub symbol: Symbol,
    /// Side of the order.
    pub side: Side,
    /// Shares filled so far.
    pub cum_qty: Qty,
    /// Won traded so far.
    pub cum_amount: Won,
    /// Shares of this trade; zero at an end without a trade.
    pub last_qty: Qty,
    /// Price of this trade; zero at an end without a trade.
    pub last_price: Price,
    /// How the order ended; `None` for a trade.
    pub end: Option<RowEnd>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why the exchange did not take an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimReject {
    /// The issue is not listed today.
    #[error("{0} is not listed on this exchange: list it before trading")]
    UnknownIssue(Symbol),
    /// The number was used before.
    #[error("order number {0} was used before: number orders upwards")]
    DuplicateId(u64),
    /// The issue is halted (매매거래정지; KOSPI Business Regulation §26).
    #[error("the issue is halted: new orders are void, cancels are taken")]
    Halted,
    /// Fewer than one share is left to trade, or so many that they cannot be paid in won at the upper limit.
    #[error("an order needs at least one open share, and no more than an amount of money can pay")]
    BadQuantity,
    /// A limit order without a price, or a market order with one.
    #[error("a limit order names a price, a market order names none")]
    BadPrice,
    /// A market order in liquidation trading (KOSPI Enforcement Rules §14(2)).
    #[error("liquidation trading takes no market orders: name a price")]
    NoMarketOrders,
    /// The price is between two ticks.
    #[error("{0} won is not on the tick grid: round it to a tick")]
    OffTick(Price),
    /// The price is outside the day's limits.
    #[error("{price} won is outside the limits {lower} to {upper} of the day")]
    OutsideLimits {
        /// Price of the order.
        price: Price,
        /// Lowest price of the day.
        lower: Price,
        /// Highest price of the day.
        upper: Price,
    },
}

/// An exchange in continuous trading, interrupted issue by issue (VI). It keeps price-time priority and knows no clock:
/// every call brings its time, and whoever calls it [advances](Self::advance) it first.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    books: BTreeMap<Symbol, Book>,
    /// The issue of every order ever taken, open or not.
    orders: HashMap<u64, Symbol>,
}

impl Exchange {
    /// An exchange that lists nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists an issue for a trade date, with an empty book. Whoever lists it anew for the next day has
    /// [closed](Self::close) the day before.
    pub fn list(&mut self, rules: IssueRules) {
        self.books.insert(rules.symbol, Book::new(rules));
    }

    /// Takes over what is said of an issue from now on. While it is halted nothing of it trades, what others show of it
    /// is passed over, and new orders are refused; cancels are taken (krx-market §6). An issue that is not listed is
    /// ignored.
    pub fn set_states(&mut self, symbol: Symbol, states: IssueStates) {
        if let Some(book) = self.books.get_mut(&symbol) {
            book.set_states(states);
        }
    }

    /// The rules an issue is listed with.
    pub fn rules(&self, symbol: Symbol) -> Option<&IssueRules> {
        self.books.get(&symbol).map(Book::rules)
    }

    /// Takes a new order and lets it trade with what is in the book.
    ///
    /// # Errors
    /// [`SimReject`] if the order breaks a rule; nothing changed then.
    pub fn submit(&mut self, order: SimOrder, now: DateTime<Utc>) -> Result<Vec<Execution>, SimReject> {
        match self.books.get(&order.fields.symbol) {
            Some(book) if book.is_halted() => Err(SimReject::Halted),
            _ => self.restore(order, Qty::ZERO, Won::ZERO, now),
        }
    }

    /// Takes an order that was taken before, as after a restart, with what it has so far. It rests while its issue is
    /// halted.
    ///
    /// # Errors
    /// [`SimReject`] if the order breaks a rule; nothing changed then.
    pub fn restore(
        &mut self,
        order: SimOrder,
        cum_qty: Qty,
        cum_amount: Won,
        now: DateTime<Utc>,
    ) -> Result<Vec<Execution>, SimReject> {
        let symbol = order.fields.symbol;
        if self.orders.contains_key(&order.id) {
            return Err(SimReject::DuplicateId(order.id));
        }
        let book = self.books.get_mut(&symbol).ok_or(SimReject::UnknownIssue(symbol))?;
        check_fields(&order.fields, book)?;
        let payable = book.limits().upper.checked_mul(order.fields.quantity).is_some();
        let own = OwnOrder { order, cum_qty, cum_amount };
        if !payable || !own.open().is_positive() {
            return Err(SimReject::BadQuantity);
        }
        self.orders.insert(own.order.id, symbol);
        let mut executions = Vec::new();
        book.enter(own, now, &mut executions);
        Ok(executions)
    }

    /// Takes the open rest of an order out of the book. `None` if nothing of it is open, so that a repeated cancel
    /// does nothing.
    pub fn cancel(&mut self, id: u64, now: DateTime<Utc>) -> Option<Execution> {
        let book = self.books.get_mut(self.orders.get(&id)?)?;
        Some(book.remove(id)?.ended(RowEnd::Cancelled, now))
    }

    /// Replaces what others show of an issue and trades our resting orders against it. What we take from it stays
    /// taken until the next book. An issue that is not listed is ignored.
    pub fn set_book(&mut self, visible: &OrderBook, now: DateTime<Utc>) -> Vec<Execution> {
        let mut executions = Vec::new();
        if let Some(book) = self.traded(visible.symbol) {
            book.replace_external(&visible.bids, &visible.asks, now, &mut executions);
        }
        executions
    }

    /// Tells the last price that others paid. One too far from the last, or from that of the last call auction,
    /// interrupts the issue as a trade of ours there would.
    pub fn show_price(&mut self, symbol: Symbol, price: Price, now: DateTime<Utc>) {
        if let Some(book) = self.traded(symbol) {
            book.show_price(price, now);
        }
    }

    /// Matches the orders of interrupted issues whose time has come, each issue at one price, and lets them trade on.
    pub fn advance(&mut self, now: DateTime<Utc>) -> Vec<Execution> {
        let mut executions = Vec::new();
        for book in self.books.values_mut() {
            if let Some(held) = book.interruption().filter(|held| held.until <= now && !book.is_halted()) {
                book.end_interruption(held.until, &mut executions);
            }
        }
        executions
    }

    /// The interruption that holds an issue up.
    pub fn interruption(&self, symbol: Symbol) -> Option<Interruption> {
        self.books.get(&symbol)?.interruption()
    }

    /// Ends the trading day: orders live for one session only, so whatever is open expires (krx-market §6).
    pub fn close(&mut self, now: DateTime<Utc>) -> Vec<Execution> {
        let open = self.books.values_mut().flat_map(Book::drain);
        open.map(|own| own.ended(RowEnd::Expired, now)).collect()
    }

    /// The book of an issue that is listed and not halted.
    fn traded(&mut self, symbol: Symbol) -> Option<&mut Book> {
        self.books.get_mut(&symbol).filter(|book| !book.is_halted())
    }

    /// Our open orders with what they have so far, by issue, bids before offers, in the order of the queue.
    pub fn open_orders(&self) -> impl Iterator<Item = (&SimOrder, Qty, Won)> {
        self.books.values().flat_map(Book::own_orders).map(|own| (&own.order, own.cum_qty, own.cum_amount))
    }
}

fn check_fields(fields: &OrderFields, book: &Book) -> Result<(), SimReject> {
    let rules = book.rules();
    let price = match (fields.order_type, fields.price) {
        (OrderType::Market, None) if rules.limit_rule == LimitRule::Unlimited => return Err(SimReject::NoMarketOrders),
        (OrderType::Market, None) => return Ok(()),
        (OrderType::Limit, Some(price)) => price,
        _ => return Err(SimReject::BadPrice),
    };
    let limits = book.limits();
    if !limits.contains(price) {
        return Err(SimReject::OutsideLimits { price, lower: limits.lower, upper: limits.upper });
    }
    if !is_on_tick(rules.market, rules.kind, rules.date, price) {
        return Err(SimReject::OffTick(price));
    }
    Ok(())
}

/// The side that `side` trades with.
pub(crate) fn opposite(side: Side) -> Side {
    match side {
        Side::Buy => Side::Sell,
        Side::Sell => Side::Buy,
    }
}
