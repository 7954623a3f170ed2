//! One issue on one day: its quote and its tape.

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Level, Phase, Price, Qty, Side, TradingVenue, Won, tick_size};
use exodus_simulator::IssueRules;

use super::{DayQuote, Place, SideCount, Tick};

/// A trade to be put on the tape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trade {
    pub(super) at: DateTime<Utc>,
    pub(super) venue: TradingVenue,
    pub(super) price: Price,
    pub(super) quantity: Qty,
    pub(super) taker: Option<Side>,
}

pub(in crate::world) struct Issue {
    pub(super) rules: IssueRules,
    pub(in crate::world) quote: DayQuote,
    pub(in crate::world) ticks: Vec<Tick>,
    /// What others trade in the opening and in the closing auction.
    pub(super) opening: Option<Level>,
    pub(super) closing: Option<Level>,
    /// The close of the regular session, once it is over.
    pub(super) close: Option<Price>,
    nxt_volume: Qty,
    nxt_value: Won,
}

impl Issue {
    pub(super) fn new(
        rules: &IssueRules,
        previous_volume: Qty,
        opening: Option<Level>,
        closing: Option<Level>,
    ) -> Self {
        let quote = DayQuote {
            symbol: rules.symbol,
            date: rules.date,
            price: rules.base_price,
            base_price: rules.base_price,
            limits: rules.limits(),
            open: None,
            high: None,
            low: None,
            volume: Qty::ZERO,
            value: Won::ZERO,
            previous_volume,
            ask: None,
            bid: None,
            buys: SideCount::default(),
            sells: SideCount::default(),
            states: rules.states,
            interruption: None,
            vi_base: rules.base_price,
            phase: None,
            tick: tick_size(rules.market, rules.kind, rules.date, rules.base_price),
            at: Bar::day_start(rules.date),
        };
        let (ticks, close) = (Vec::new(), None);
        let (nxt_volume, nxt_value) = (Qty::ZERO, Won::ZERO);
        Self { rules: *rules, quote, ticks, opening, closing, close, nxt_volume, nxt_value }
    }

    /// Puts a trade on the tape. Open, high and low are those of the regular session; trades at the close move no price.
    pub(super) fn record(&mut self, trade: Trade, place: Place, phase: Option<Phase>) -> Tick {
        let Trade { at, venue, price, quantity, taker } = trade;
        let amount = price * quantity;
        let quote = &mut self.quote;
        let (volume, value) = if place == Place::Nxt {
            self.nxt_volume += quantity;
            self.nxt_value += amount;
            (self.nxt_volume, self.nxt_value)
        } else {
            quote.volume += quantity;
            quote.value += amount;
            quote.at = at;
            (quote.volume, quote.value)
        };
        if place == Place::Krx {
            quote.price = price;
            quote.tick = tick_size(self.rules.market, self.rules.kind, self.rules.date, price);
            let count = match taker {
                Some(Side::Buy) => Some(&mut quote.buys),
                Some(Side::Sell) => Some(&mut quote.sells),
                None => None,
            };
            if let Some(count) = count {
                count.count += 1;
                count.quantity += quantity;
            }
            if phase != Some(Phase::AfterMarket) {
                quote.open.get_or_insert((price, at));
                quote.high = quote.high.filter(|(high, _)| *high >= price).or(Some((price, at)));
                quote.low = quote.low.filter(|(low, _)| *low <= price).or(Some((price, at)));
            }
        }
        let best = |level: Option<Level>| level.map_or(Price::ZERO, |level| level.price);
        let (ask, bid) = (best(quote.ask), best(quote.bid));
        let tick = Tick { at, venue, price, quantity, taker, volume, value, ask, bid };
        self.ticks.push(tick);
        tick
    }

    /// The regular session so far as a daily bar; without a trade as of a halted day.
    pub(super) fn regular_bar(&self) -> Bar {
        let DayQuote { date, price, open, high, low, volume, .. } = self.quote;
        let open_time = Bar::day_start(date);
        match (open, high, low) {
            (Some((open, _)), Some((high, _)), Some((low, _))) => {
                Bar { open_time, open, high, low, close: price, volume }
            }
            _ => {
                let none = Price::ZERO;
                Bar { open_time, open: none, high: none, low: none, close: price, volume: Qty::ZERO }
            }
        }
    }
}
