//! Imported bars as a market. Within a minute the price goes from the open by way of the nearer extreme first to the
//! close, always the same way.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, Instrument, Interval, Level, Price, Qty, Side, Symbol, TradingHours, aggregate, from_kst, kst_date,
    round_to_tick, session_hours,
};

use super::csv_files::read_bars;
use super::{Print, Script};
use crate::world::setup::WorldError;

/// Seconds from one trade to the next within a minute.
const STEP: i64 = 5;
/// Trades in a minute.
const TRADES: i64 = 60 / STEP;
/// The part of the first minute's volume that the opening auction gets.
const OPENING_PART: i64 = 5;

pub(crate) struct Bars {
    instruments: Vec<Instrument>,
    minutes: BTreeMap<(Symbol, DateTime<Utc>), Bar>,
    days: BTreeMap<(Symbol, DateTime<Utc>), Bar>,
}

impl Bars {
    pub(super) fn read(files: &[PathBuf]) -> Result<Self, WorldError> {
        let mut issues = BTreeMap::new();
        let (mut minutes, mut days) = (BTreeMap::new(), BTreeMap::new());
        for file in files {
            for (symbol, bar) in read_bars(file, &mut issues)? {
                let is_day = bar.open_time == Bar::day_start(kst_date(bar.open_time));
                let bars = if is_day { &mut days } else { &mut minutes };
                bars.insert((symbol, bar.open_time), bar);
            }
        }
        let mut bars = Self { instruments: issues.into_values().collect(), minutes, days };
        bars.add_days();
        Ok(bars)
    }

    /// Makes the daily bars that only minutes tell of.
    fn add_days(&mut self) {
        let mut minutes: BTreeMap<Symbol, Vec<Bar>> = BTreeMap::new();
        for ((symbol, _), bar) in &self.minutes {
            minutes.entry(*symbol).or_default().push(*bar);
        }
        for (symbol, minutes) in minutes {
            for day in aggregate(&minutes, Interval::Day1, TradingHours::Krx) {
                self.days.entry((symbol, day.open_time)).or_insert(day);
            }
        }
    }

    /// Adds issues that a tape names.
    pub(super) fn with_issues(mut self, symbols: impl Iterator<Item = Symbol>) -> Self {
        for symbol in symbols {
            if !self.instruments.iter().any(|issue| issue.symbol == symbol) {
                let (market, kind) = (exodus_domain::Market::Kospi, exodus_domain::InstrumentKind::Stock);
                self.instruments.push(Instrument::new(symbol, market, kind));
            }
        }
        self.instruments.sort_by_key(|issue| issue.symbol);
        self
    }

    pub(super) fn instruments(&self) -> &[Instrument] {
        &self.instruments
    }

    pub(super) fn first_price(&self, symbol: Symbol) -> Option<Price> {
        let first = |bars: &BTreeMap<(Symbol, DateTime<Utc>), Bar>| {
            bars.range((symbol, DateTime::<Utc>::MIN_UTC)..)
                .next()
                .filter(|((of, _), _)| *of == symbol)
                .map(|(_, b)| *b)
        };
        let (day, minute) = (first(&self.days), first(&self.minutes));
        let first = day.into_iter().chain(minute).min_by_key(|bar| bar.open_time);
        first.map(|bar| if bar.is_halted() { bar.close } else { bar.open })
    }

    pub(super) fn history(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<Bar> {
        let bars = if interval == Interval::Day1 { &self.days } else { &self.minutes };
        if from >= to {
            return Vec::new();
        }
        bars.range((symbol, from)..(symbol, to)).map(|(_, bar)| *bar).collect()
    }

    pub(super) fn script(&self, symbol: Symbol, date: NaiveDate) -> Script {
        let (Some(hours), Some(issue)) =
            (session_hours(date), self.instruments.iter().find(|issue| issue.symbol == symbol))
        else {
            return Script::default();
        };
        let day = Bar::day_start(date);
        let mut minutes = self.history(symbol, Interval::Minute1, day, day + TimeDelta::days(1));
        let (open, close) = (from_kst(date, hours.open), from_kst(date, hours.close));
        let closing_auction = close - TimeDelta::minutes(10);
        let mut script = Script::default();
        if let Some(first) = minutes.iter_mut().find(|bar| open <= bar.open_time && bar.open_time < closing_auction) {
            let quantity = Qty(first.volume.0 / OPENING_PART);
            first.volume -= quantity;
            script.opening = Some(Level { price: first.open, quantity }).filter(|level| level.quantity.is_positive());
        }
        // Whatever is said of the time of the closing auction, or of the two minutes after it, is its one trade.
        let (closing, running): (Vec<Bar>, Vec<Bar>) = minutes
            .into_iter()
            .partition(|bar| closing_auction <= bar.open_time && bar.open_time < close + TimeDelta::minutes(2));
        script.closing = closing.last().map(|last| {
            let quantity = closing.iter().map(|bar| bar.volume).sum();
            Level { price: last.close, quantity }
        });
        script.closing = script.closing.filter(|level| level.quantity.is_positive());
        script.prints = running.iter().flat_map(|bar| way(issue, bar)).collect();
        script
    }
}

/// The trades of a minute.
fn way(issue: &Instrument, bar: &Bar) -> Vec<Print> {
    let Bar { open, high, low, close, volume, .. } = *bar;
    // The extreme nearer to the open comes first.
    let (first, second) = if high.0 - open.0 < open.0 - low.0 { (high, low) } else { (low, high) };
    let stops = [(0, open), (TRADES / 3, first), (2 * TRADES / 3, second), (TRADES - 1, close)];
    let date = kst_date(bar.open_time);
    let price_at = |step: i64| {
        let next = stops.iter().position(|(at, _)| step <= *at).unwrap_or(stops.len() - 1).max(1);
        let ((from, start), (to, end)) = (stops[next - 1], stops[next]);
        if step == to {
            return end;
        }
        if step == from {
            return start;
        }
        let between = Price(start.0 + (end.0 - start.0) * (step - from) / (to - from));
        round_to_tick(issue.market, issue.kind, date, between).clamp(low, high)
    };
    let part = |step: i64| volume.0 * (step + 1) / TRADES - volume.0 * step / TRADES;
    let mut prints = Vec::new();
    let mut last = open;
    for step in 0..TRADES {
        let (price, quantity) = (price_at(step), Qty(part(step)));
        let taker = if price >= last { Side::Buy } else { Side::Sell };
        last = price;
        if quantity.is_positive() {
            let at = bar.open_time + TimeDelta::seconds(step * STEP);
            prints.push(Print { at, price, quantity, taker, quote: None });
        }
    }
    prints
}
