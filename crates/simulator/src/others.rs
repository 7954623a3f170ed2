//! The books of others: made around their trades, always the same for the same seed.

use chrono::{DateTime, Utc};
use exodus_domain::{Level, OrderBook, Price, Qty, Side, Symbol, tick_down, tick_up};

use crate::{IssueRules, mix};

/// Levels on each side.
const LEVELS: u64 = 10;

/// How much others show.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// The seed of the chance in it.
    pub seed: u64,
    /// One part in how many of the usual depth.
    pub part: u64,
}

/// Ten levels a side around a trade: at the bid and ask that the source tells, or with the price on the side that the
/// taker came to.
pub fn book_around(
    rules: &IssueRules,
    at: DateTime<Utc>,
    price: Price,
    taker: Side,
    quote: Option<(Price, Price)>,
    depth: Depth,
) -> OrderBook {
    let IssueRules { symbol, market, kind, date, .. } = *rules;
    let (bid, ask) = quote.unwrap_or_else(|| match taker {
        Side::Buy => (tick_down(market, kind, date, price), price),
        Side::Sell => (price, tick_up(market, kind, date, price)),
    });
    let limits = rules.limits();
    let level = |(index, price): (u64, Price)| Level { price, quantity: shown(symbol, at, index, price, depth) };
    let up = |price: &Price| Some(tick_up(market, kind, date, *price));
    let down = |price: &Price| Some(tick_down(market, kind, date, *price)).filter(|next| next < price);
    let side = |first: Price, next: &dyn Fn(&Price) -> Option<Price>, offset: u64| -> Vec<Level> {
        let prices = std::iter::successors(Some(first), next).take_while(|price| limits.contains(*price));
        (offset..offset + LEVELS).zip(prices).map(level).collect()
    };
    OrderBook { symbol, asks: side(ask, &up, 0), bids: side(bid, &down, LEVELS), at }
}

/// The orders of others in a call auction that would, without ours, trade `meets`: both sides of it, and what stands
/// beyond.
pub fn auction_book(rules: &IssueRules, at: DateTime<Utc>, meets: Level, depth: Depth) -> OrderBook {
    let IssueRules { market, kind, date, .. } = *rules;
    let (bid, ask) = (tick_down(market, kind, date, meets.price), tick_up(market, kind, date, meets.price));
    let mut book = book_around(rules, at, meets.price, Side::Buy, Some((bid, ask)), depth);
    for side in [&mut book.asks, &mut book.bids] {
        side.insert(0, meets);
        side.truncate(LEVELS as usize);
    }
    book
}

/// Three to forty million won at each level, or a part of that.
fn shown(symbol: Symbol, at: DateTime<Utc>, index: u64, price: Price, depth: Depth) -> Qty {
    let name = symbol.as_str().bytes().fold(depth.seed, |name, byte| mix(name ^ u64::from(byte)));
    let won = 3_000_000 + mix(mix(name ^ at.timestamp().unsigned_abs()) ^ index) % 37_000_001;
    let quantity = won / depth.part.max(1) / price.0.unsigned_abs().max(1) + 1;
    Qty(quantity.cast_signed())
}
