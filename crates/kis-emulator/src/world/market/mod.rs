//! The market: others' trades by the script of the source, the venues, and the tape that everybody sees.
//!
//! Nextrade is a venue of its own with its own book; the others who stand behind it are those of KRX with a quarter of
//! the depth, and their trades there show on its tape only while KRX does not trade. Quotes and bars are those of KRX.
//!
//! In a call auction others bring as much as their source says that they traded in it, on both sides at its price, so
//! that ours move the price only by being more. The close at which orders trade after hours is known once the closing
//! auction is struck: an order that comes in the half minute before is taken, and refused by the exchange.

mod history;
mod index;
mod issue;
mod views;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Bar, InstrumentKind, IssueStates, Level, OrderBook, Phase, Qty, Side, Symbol, TradingVenue, base_price,
    previous_session,
};
use exodus_simulator::{
    Board, BoardEvent, BoardHours, Depth, Execution, Interruption, IssueRules, auction_book, book_around,
};

use super::happening::{Happening, MarketEvent};
use super::source::{Print, Source};
pub(super) use issue::Issue;
use issue::Trade;
pub use views::{BookView, DayQuote, IndexCode, IndexDay, IndexView, SideCount, Tick};

/// Others show one part in so many of their KRX book on Nextrade.
const NXT_PART: u64 = 4;
/// Of the closing auction, others trade one part in so many at the close afterwards, and on Nextrade.
const AFTERWARDS_PART: i64 = 10;

/// What happened to an order of ours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Report {
    /// It traded there, or ended.
    Execution(Execution, TradingVenue),
    /// Its stop price was reached.
    StopReached { order_id: u64, at: DateTime<Utc> },
}

/// What a step brought about.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) happenings: Vec<Happening>,
    pub(super) reports: Vec<Report>,
}

/// The three places where orders are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// KRX with a book.
    Krx,
    /// KRX at a given price, before and after the session.
    AtClose,
    /// Nextrade.
    Nxt,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Krx, Self::AtClose, Self::Nxt];

    pub(super) fn venue(self) -> TradingVenue {
        match self {
            Self::Krx | Self::AtClose => TradingVenue::Krx,
            Self::Nxt => TradingVenue::Nxt,
        }
    }
}

pub(super) struct Market {
    seed: u64,
    source: Source,
    /// The session whose prices are shown: today's, or the last one.
    pub(super) date: NaiveDate,
    krx: Board,
    at_close: Board,
    nxt: Board,
    issues: BTreeMap<Symbol, Issue>,
    /// The trades of others that are still to come, the next one last.
    script: Vec<(DateTime<Utc>, Symbol, Print)>,
    /// Daily bars of the sessions that this market lived through.
    pub(super) lived: BTreeMap<NaiveDate, BTreeMap<Symbol, Bar>>,
    indices: index::Indices,
}

impl Market {
    /// Levels of a book that is shown.
    pub(super) const LEVELS: usize = 10;

    pub(super) fn new(source: Source, seed: u64) -> Self {
        let board = |venue, hours| Board::new(venue, hours, seed);
        Self {
            seed,
            source,
            date: NaiveDate::MIN,
            krx: board(TradingVenue::Krx, BoardHours::Regular),
            at_close: board(TradingVenue::Krx, BoardHours::AtClose),
            nxt: board(TradingVenue::Nxt, BoardHours::Regular),
            issues: BTreeMap::new(),
            script: Vec::new(),
            lived: BTreeMap::new(),
            indices: index::Indices::default(),
        }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn board(&self, place: Place) -> &Board {
        match place {
            Place::Krx => &self.krx,
            Place::AtClose => &self.at_close,
            Place::Nxt => &self.nxt,
        }
    }

    pub(super) fn issue(&self, symbol: Symbol) -> Option<&Issue> {
        self.issues.get(&symbol)
    }

    /// The issues that are listed today.
    pub(super) fn instruments_today(&self) -> impl Iterator<Item = Symbol> {
        self.issues.keys().copied()
    }

    fn board_mut(&mut self, place: Place) -> &mut Board {
        match place {
            Place::Krx => &mut self.krx,
            Place::AtClose => &mut self.at_close,
            Place::Nxt => &mut self.nxt,
        }
    }

    /// Begins a session: every issue at its base price, the venues closed until their first phase.
    pub(super) fn begin_session(&mut self, date: NaiveDate) {
        let mut rules = Vec::new();
        self.script.clear();
        let mut issues = BTreeMap::new();
        for instrument in self.source.instruments() {
            let symbol = instrument.symbol;
            let before = previous_session(date).and_then(|day| self.day_bar(symbol, day));
            let last = self.issues.get(&symbol).map(|issue| issue.close.unwrap_or(issue.quote.base_price));
            let close = before.map(|bar| bar.close).or(last).or_else(|| self.last_close(symbol, date));
            let Some(close) = close.or_else(|| self.source.first_price(symbol)) else { continue };
            let base = base_price(instrument.market, instrument.kind, date, close);
            let mut of_day = IssueRules::of(instrument, date, base);
            if let Some(issue) = self.issues.get(&symbol) {
                of_day.states = issue.quote.states;
            }
            let script = self.source.script(symbol, date);
            self.script.extend(script.prints.iter().map(|print| (print.at, symbol, *print)));
            let previous_volume = before.map_or(Qty::ZERO, |bar| bar.volume);
            issues.insert(symbol, Issue::new(&of_day, previous_volume, script.opening, script.closing));
            rules.push(of_day);
        }
        // In the order of the source where times are the same; then turned round, so that the next one is the last.
        self.script.sort_by_key(|(at, symbol, _)| (*at, *symbol));
        self.script.reverse();
        (self.issues, self.date) = (issues, date);
        self.krx.begin_day(date, rules.iter().copied());
        self.at_close.begin_day(date, rules.iter().copied());
        let on_nxt = rules.iter().filter(|rules| rules.kind == InstrumentKind::Stock);
        self.nxt.begin_day(date, on_nxt.copied());
        for rules in &rules {
            self.at_close.set_fixed_price(rules.symbol, Some(rules.base_price));
        }
        self.indices.begin(&self.issues, self.source.instruments());
        self.extend_index_days();
    }

    /// When something happens next by itself in this session.
    pub(super) fn next_at(&self) -> Option<DateTime<Utc>> {
        let boards = Place::ALL.into_iter().filter_map(|place| self.board(place).next_at());
        boards.chain(self.script.last().map(|(at, ..)| *at)).min()
    }

    /// Lets everything happen that is due at `at`: phases first, then the trades of others.
    pub(super) fn step(&mut self, at: DateTime<Utc>, out: &mut Outcome) {
        for place in Place::ALL {
            let mut events = Vec::new();
            self.board_mut(place).advance(at, &mut events);
            self.take_events(place, events, out);
        }
        while self.script.last().is_some_and(|(due, ..)| *due <= at)
            && let Some((_, symbol, print)) = self.script.pop()
        {
            self.others_trade(symbol, print, out);
        }
    }

    /// Lets others trade, where a venue trades and our orders do not come first.
    pub(super) fn others_trade(&mut self, symbol: Symbol, print: Print, out: &mut Outcome) {
        let Print { at, price, quantity, taker, .. } = print;
        let mut shown = false;
        for place in [Place::Krx, Place::Nxt] {
            let quantity = if place == Place::Krx { quantity } else { part(quantity, NXT_PART.cast_signed()) };
            if !self.board(place).is_trading(symbol) {
                continue;
            }
            let mut events = Vec::new();
            let traded = self.board_mut(place).show_trade(symbol, Level { price, quantity }, at, &mut events);
            self.take_events(place, events, out);
            if !traded {
                continue;
            }
            if !shown {
                let trade = Trade { at, venue: place.venue(), price, quantity, taker: Some(taker) };
                self.record(place, symbol, trade, out);
            }
            shown = true;
            if let Some(rules) = self.krx.rules(symbol) {
                let book = book_around(rules, at, price, taker, print.quote, self.depth(place));
                self.show_book(place, &book, out);
            }
        }
    }

    fn depth(&self, place: Place) -> Depth {
        Depth { seed: self.seed, part: if place == Place::Nxt { NXT_PART } else { 1 } }
    }

    fn show_book(&mut self, place: Place, book: &OrderBook, out: &mut Outcome) {
        let mut events = Vec::new();
        self.board_mut(place).show_book(book, book.at, &mut events);
        self.take_events(place, events, out);
        self.tell_book(place, book.symbol, out);
    }

    /// Takes over the best levels into the quote, and tells that the book is another.
    fn tell_book(&mut self, place: Place, symbol: Symbol, out: &mut Outcome) {
        if place == Place::Krx
            && let Some(issue) = self.issues.get_mut(&symbol)
        {
            let best = |side| self.krx.levels(symbol, side, 1).first().copied();
            (issue.quote.ask, issue.quote.bid) = (best(Side::Sell), best(Side::Buy));
        }
        if place != Place::AtClose {
            out.happenings.push(Happening::Book { symbol, venue: place.venue() });
        }
    }

    /// Puts what happened on a venue on the tape, and passes on what happened to our orders.
    pub(super) fn take_events(&mut self, place: Place, events: Vec<BoardEvent>, out: &mut Outcome) {
        for event in events {
            match event {
                BoardEvent::Traded { executions, taker } => {
                    for (symbol, trade) in trades_of(place.venue(), &executions, taker) {
                        self.record(place, symbol, trade, out);
                        self.tell_book(place, symbol, out);
                    }
                    out.reports.extend(executions.into_iter().map(|one| Report::Execution(one, place.venue())));
                }
                BoardEvent::Auction { symbol, print, executions, at } => {
                    if let Some(Level { price, quantity }) = print {
                        let trade = Trade { at, venue: place.venue(), price, quantity, taker: None };
                        self.record(place, symbol, trade, out);
                    }
                    out.reports.extend(executions.into_iter().map(|one| Report::Execution(one, place.venue())));
                    if place == Place::AtClose {
                        self.show_book_at_close(symbol, at, out);
                    }
                }
                BoardEvent::Phase { symbol, before, phase, at } => {
                    self.take_phase(place, symbol, before, phase, at, out);
                }
                BoardEvent::Interrupted { symbol, interruption } => self.interrupted(place, symbol, interruption, out),
                BoardEvent::Released { symbol, at } => self.released(place, symbol, at, out),
                BoardEvent::StopReached { order_id, at } => out.reports.push(Report::StopReached { order_id, at }),
            }
        }
    }

    fn record(&mut self, place: Place, symbol: Symbol, trade: Trade, out: &mut Outcome) {
        let phase = self.board(place).phase(symbol);
        let vi_base = self.krx.last_prices(symbol).map(|(_, auction)| auction);
        let Some(issue) = self.issues.get_mut(&symbol) else { return };
        issue.quote.vi_base = vi_base.unwrap_or(issue.quote.vi_base);
        let tick = issue.record(trade, place, phase);
        let quote = Box::new(issue.quote.clone());
        out.happenings.push(Happening::Trade { tick, quote });
        if place == Place::Krx && phase != Some(Phase::AfterMarket) {
            self.indices.move_by(symbol, &self.issues);
        }
    }

    fn take_phase(
        &mut self,
        place: Place,
        symbol: Symbol,
        before: Option<Phase>,
        phase: Option<Phase>,
        at: DateTime<Utc>,
        out: &mut Outcome,
    ) {
        if let Some(issue) = self.issues.get_mut(&symbol)
            && place != Place::Nxt
        {
            issue.quote.phase = self.krx.phase(symbol).or_else(|| self.at_close.phase(symbol));
        }
        if let Some(event) = event_of(place, before, phase) {
            match event {
                MarketEvent::Closed => self.close(symbol, at, out),
                MarketEvent::PreHoursEnds => {
                    self.at_close.set_fixed_price(symbol, None);
                    let (asks, bids) = (Vec::new(), Vec::new());
                    self.show_book(Place::AtClose, &OrderBook { symbol, asks, bids, at }, out);
                }
                _ => {}
            }
            out.happenings.push(Happening::MarketOperation { symbol, at, event });
        }
        let Some(issue) = self.issues.get(&symbol) else { return };
        let quiet = Level { price: issue.quote.price, quantity: Qty(1) };
        let meets = match (place, phase) {
            (Place::Krx, Some(Phase::OpeningAuction)) => issue.opening,
            (Place::Krx, Some(Phase::ClosingAuction)) => issue.closing,
            (Place::Nxt, Some(Phase::AfterMarketAuction)) => {
                let quantity = part(issue.closing.unwrap_or(quiet).quantity, AFTERWARDS_PART);
                Some(Level { quantity, ..quiet })
            }
            (Place::AtClose, Some(Phase::PreHoursClose)) => return self.show_book_at_close(symbol, at, out),
            _ => return,
        };
        self.show_auction_book(place, symbol, meets, at, out);
    }

    /// Shows what others send to an auction; without a script, orders that do not meet.
    fn show_auction_book(
        &mut self,
        place: Place,
        symbol: Symbol,
        meets: Option<Level>,
        at: DateTime<Utc>,
        out: &mut Outcome,
    ) {
        let (Some(rules), Some(issue)) = (self.krx.rules(symbol), self.issues.get(&symbol)) else { return };
        let depth = self.depth(place);
        let book = match meets {
            Some(meets) => auction_book(rules, at, meets, depth),
            None => book_around(rules, at, issue.quote.price, Side::Buy, None, depth),
        };
        self.show_book(place, &book, out);
    }

    /// Others trade at the given price too, on both sides, as much as a part of the closing auction.
    fn show_book_at_close(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Outcome) {
        let Some(issue) = self.issues.get(&symbol) else { return };
        let price = issue.close.unwrap_or(issue.quote.base_price);
        let quantity = part(issue.closing.map_or(Qty(1), |level| level.quantity), AFTERWARDS_PART);
        let levels = vec![Level { price, quantity }];
        self.show_book(Place::AtClose, &OrderBook { symbol, asks: levels.clone(), bids: levels, at }, out);
    }

    /// The regular session of an issue is over: its daily bar stands, and after hours its close is the price.
    fn close(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Outcome) {
        let Some(issue) = self.issues.get_mut(&symbol) else { return };
        let bar = issue.regular_bar();
        let close = (issue.quote.volume.is_positive()).then_some(bar.close);
        issue.close = Some(bar.close);
        self.at_close.set_fixed_price(symbol, close);
        self.lived.entry(self.date).or_default().insert(symbol, bar);
        if close.is_some() {
            self.show_book_at_close(symbol, at, out);
        }
    }

    fn interrupted(&mut self, place: Place, symbol: Symbol, interruption: Interruption, out: &mut Outcome) {
        let Some(issue) = self.issues.get_mut(&symbol) else { return };
        issue.quote.interruption = Some(interruption);
        let Interruption { since, until, .. } = interruption;
        // What others would have traded meanwhile meets in the auction, at the price that they would have had then.
        let meanwhile = self.script.iter().rev().take_while(|(at, ..)| *at <= until);
        let (mut price, mut quantity) = (issue.quote.price, Qty::ZERO);
        for (_, of, print) in meanwhile {
            if *of == symbol {
                (price, quantity) = (print.price, quantity + print.quantity);
            }
        }
        let event = MarketEvent::Interrupted;
        out.happenings.push(Happening::MarketOperation { symbol, at: since, event });
        let meets = Level { price, quantity: quantity.max(Qty(1)) };
        self.show_auction_book(place, symbol, Some(meets), since, out);
    }

    fn released(&mut self, place: Place, symbol: Symbol, at: DateTime<Utc>, out: &mut Outcome) {
        if let Some(issue) = self.issues.get_mut(&symbol) {
            issue.quote.interruption = None;
        }
        out.happenings.push(Happening::MarketOperation { symbol, at, event: MarketEvent::Released });
        self.tell_book(place, symbol, out);
    }

    /// Lets something be done on a venue, and takes over what came of it.
    pub(super) fn on_board<T>(
        &mut self,
        place: Place,
        symbol: Symbol,
        act: impl FnOnce(&mut Board, &mut Vec<BoardEvent>) -> T,
        out: &mut Outcome,
    ) -> T {
        let mut events = Vec::new();
        let done = act(self.board_mut(place), &mut events);
        self.take_events(place, events, out);
        self.tell_book(place, symbol, out);
        done
    }

    /// Takes over what is said of an issue from now on.
    pub(super) fn set_states(&mut self, symbol: Symbol, states: IssueStates) {
        for place in Place::ALL {
            self.board_mut(place).set_states(symbol, states);
        }
        if let Some(issue) = self.issues.get_mut(&symbol) {
            issue.quote.states = states;
        }
    }
}

/// The trades in what our orders report: two reports in a row that answer each other are one trade between ours.
fn trades_of(venue: TradingVenue, executions: &[Execution], taker: Option<u64>) -> Vec<(Symbol, Trade)> {
    let mut trades = Vec::new();
    let mut fills = executions.iter().filter(|execution| execution.end.is_none()).peekable();
    while let Some(fill) = fills.next() {
        let answers = |next: &&Execution| {
            let same = (next.last_qty, next.last_price) == (fill.last_qty, fill.last_price);
            same && next.side != fill.side && next.order_id != fill.order_id
        };
        let other = fills.next_if(|next| answers(next));
        let came = [Some(fill), other].into_iter().flatten().find(|one| Some(one.order_id) == taker);
        let resting_meets = if fill.side == Side::Buy { Side::Sell } else { Side::Buy };
        let taker = Some(came.map_or(resting_meets, |one| one.side));
        let Execution { last_price: price, last_qty: quantity, at, .. } = *fill;
        trades.push((fill.symbol, Trade { at, venue, price, quantity, taker }));
    }
    trades
}

/// One part in `parts`, at least one share.
fn part(quantity: Qty, parts: i64) -> Qty {
    Qty((quantity.0 / parts).max(1))
}

/// What a change of phase is called (kis-openapi §7.9).
fn event_of(place: Place, before: Option<Phase>, phase: Option<Phase>) -> Option<MarketEvent> {
    match (place, before, phase) {
        (Place::Krx, _, Some(Phase::OpeningAuction)) => Some(MarketEvent::OpeningAuctionBegins),
        (Place::Krx, _, Some(Phase::Continuous)) => Some(MarketEvent::Opened),
        (Place::Krx, _, Some(Phase::ClosingAuction)) => Some(MarketEvent::ClosingAuctionBegins),
        (Place::Krx, Some(Phase::ClosingAuction), None) => Some(MarketEvent::Closed),
        (Place::Krx, _, Some(Phase::AfterMarket)) => Some(MarketEvent::AfterMarketBegins),
        (Place::Krx, Some(Phase::AfterMarket), None) => Some(MarketEvent::AfterMarketEnds),
        (Place::AtClose, _, Some(Phase::PreHoursClose)) => Some(MarketEvent::PreHoursBegins),
        (Place::AtClose, Some(Phase::PreHoursClose), None) => Some(MarketEvent::PreHoursEnds),
        (Place::AtClose, _, Some(Phase::AfterHoursClose)) => Some(MarketEvent::AfterHoursBegins),
        (Place::AtClose, Some(Phase::AfterHoursClose), None) => Some(MarketEvent::AfterHoursEnds),
        _ => None,
    }
}
