//! What the world tells of its market. These calls take no time: they tell how it stood when time passed last.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, Instrument, IssueStates, OrderBook, Side, Symbol, TradingVenue};

use super::World;
use super::market::{BookView, DayQuote, IndexCode, IndexDay, IndexView, Market, Place, Tick};

impl World {
    /// The issues, by code.
    pub fn instruments(&self) -> &[Instrument] {
        self.market.source().instruments()
    }

    /// An issue.
    pub fn instrument(&self, symbol: Symbol) -> Option<&Instrument> {
        self.instruments().iter().find(|instrument| instrument.symbol == symbol)
    }

    /// The day of an issue so far, on KRX.
    pub fn quote(&self, symbol: Symbol) -> Option<&DayQuote> {
        self.market.quote(symbol)
    }

    /// The book of an issue.
    pub fn book(&self, symbol: Symbol, venue: TradingVenue) -> Option<BookView> {
        self.market.book(symbol, venue, self.now)
    }

    /// The trades of the day on all venues, oldest first; empty for an unknown issue.
    pub fn ticks(&self, symbol: Symbol) -> &[Tick] {
        self.market.ticks(symbol)
    }

    /// Minutes on KRX that open from `from` to before `to`, oldest first. Minutes without a trade are left out.
    pub fn minute_bars(&self, symbol: Symbol, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Bar> {
        self.market.minute_bars(symbol, from, to)
    }

    /// Regular sessions from one day to another, oldest first, today's as far as it is.
    pub fn daily_bars(&self, symbol: Symbol, from: NaiveDate, to: NaiveDate) -> Vec<Bar> {
        self.market.daily_bars(symbol, from, to)
    }

    /// An index now.
    pub fn index(&self, code: IndexCode) -> IndexView {
        self.market.index(code)
    }

    /// An index from one day to another, oldest first, today's as far as it is.
    pub fn index_days(&self, code: IndexCode, from: NaiveDate, to: NaiveDate) -> Vec<IndexDay> {
        self.market.index_days(code, from, to)
    }
}

impl Market {
    pub(super) fn quote(&self, symbol: Symbol) -> Option<&DayQuote> {
        self.issue(symbol).map(|issue| &issue.quote)
    }

    fn book(&self, symbol: Symbol, venue: TradingVenue, at: DateTime<Utc>) -> Option<BookView> {
        let place = if venue == TradingVenue::Nxt { Place::Nxt } else { Place::Krx };
        let board = self.board(place);
        board.rules(symbol)?;
        let levels = |side| board.levels(symbol, side, Self::LEVELS);
        let book = OrderBook { symbol, asks: levels(Side::Sell), bids: levels(Side::Buy), at };
        Some(BookView { book, expected: board.indicative(symbol), phase: board.phase(symbol) })
    }

    fn ticks(&self, symbol: Symbol) -> &[Tick] {
        self.issue(symbol).map_or(&[], |issue| &issue.ticks)
    }

    /// What is said of those issues of which something is.
    pub(super) fn states(&self) -> BTreeMap<Symbol, IssueStates> {
        let states = self.instruments_today().filter_map(|symbol| Some((symbol, self.quote(symbol)?.states)));
        states.filter(|(_, states)| !states.is_empty()).collect()
    }
}
