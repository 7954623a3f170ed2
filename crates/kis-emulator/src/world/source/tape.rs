//! A scripted tape as a market: others trade what it says when it says it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Instrument, Interval, Level, Price, Qty, Side, Symbol, from_kst, kst_date, session_hours};

use super::bars::Bars;
use super::csv_files::{TapeLine, read_tape};
use super::{Print, Script};
use crate::world::setup::WorldError;

/// A trade so soon after the opening, or after the close, is that of the auction.
const RANDOM_END: TimeDelta = TimeDelta::seconds(30);

pub(crate) struct Tape {
    bars: Bars,
    prints: BTreeMap<(Symbol, NaiveDate), Vec<Print>>,
}

impl Tape {
    pub(super) fn read(tape: &Path, bars: &[PathBuf]) -> Result<Self, WorldError> {
        let mut lines = read_tape(tape)?;
        lines.sort_by_key(|(at, _)| *at);
        let mut prints: BTreeMap<(Symbol, NaiveDate), Vec<Print>> = BTreeMap::new();
        for (at, line) in lines {
            let TapeLine { symbol, price, quantity, bid, ask, .. } = line;
            let quote = bid.zip(ask).map(|(bid, ask)| (Price(bid), Price(ask)));
            let of_day = prints.entry((symbol, kst_date(at))).or_default();
            let last = of_day.last().map_or(price, |print| print.price.0);
            let taker = match quote {
                Some((bid, _)) if bid.0 >= price => Side::Sell,
                Some((_, ask)) if ask.0 <= price => Side::Buy,
                _ if price >= last => Side::Buy,
                _ => Side::Sell,
            };
            of_day.push(Print { at, price: Price(price), quantity: Qty(quantity), taker, quote });
        }
        let bars = Bars::read(bars)?.with_issues(prints.keys().map(|(symbol, _)| *symbol));
        Ok(Self { bars, prints })
    }

    pub(super) fn instruments(&self) -> &[Instrument] {
        self.bars.instruments()
    }

    /// What the bars say, and else the first trade.
    pub(super) fn first_price(&self, symbol: Symbol) -> Option<Price> {
        let first = self.prints.range((symbol, NaiveDate::MIN)..).next().filter(|((of, _), _)| *of == symbol);
        self.bars.first_price(symbol).or_else(|| Some(first?.1.first()?.price))
    }

    pub(super) fn history(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<Bar> {
        self.bars.history(symbol, interval, from, to)
    }

    /// The trades of the day. The first one, if it comes with the opening, is the opening auction; what comes during or
    /// right after the closing auction is that.
    pub(super) fn script(&self, symbol: Symbol, date: NaiveDate) -> Script {
        let (Some(hours), Some(prints)) = (session_hours(date), self.prints.get(&(symbol, date))) else {
            return Script::default();
        };
        let (open, close) = (from_kst(date, hours.open), from_kst(date, hours.close));
        let mut script = Script { prints: prints.clone(), ..Script::default() };
        let first = script.prints.iter().position(|print| open <= print.at);
        if let Some(first) = first.filter(|first| script.prints[*first].at <= open + RANDOM_END) {
            let Print { price, quantity, .. } = script.prints.remove(first);
            script.opening = Some(Level { price, quantity });
        }
        let is_closing = |print: &Print| (close - TimeDelta::minutes(10)..=close + RANDOM_END).contains(&print.at);
        let price = script.prints.iter().rfind(|print| is_closing(print)).map(|print| print.price);
        let quantity = script.prints.iter().filter(|print| is_closing(print)).map(|print| print.quantity).sum();
        script.closing = price.map(|price| Level { price, quantity });
        script.prints.retain(|print| !is_closing(print));
        script
    }
}
