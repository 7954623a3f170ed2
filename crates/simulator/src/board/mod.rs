//! One venue through its trading days: phases by the timetable, call auctions at their end, and what becomes of open
//! orders when a session is over (krx-market §2, §6, §7).
//!
//! What is simpler here than on the real floor: an opening or closing auction is not prolonged by an interruption; an
//! issue that was halted resumes without an auction; the after-hours auctions of the time before the after-market are
//! not held; the after-market and Nextrade know no interruptions.

mod entry;
mod order;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    InstrumentKind, IssueStates, Level, Matching, OrderBook, Phase, PhaseWindow, Price, Side, Symbol, TradingVenue,
    from_kst, timetable,
};

pub use order::{BoardEvent, BoardHours, BoardRefusal, StyledOrder};

use crate::demo::mix;
use crate::{Exchange, Execution, Interruption, IssueRules};
use order::Waiting;

/// How long an interruption that should end waits for a halted issue.
const HALT_CHECK: TimeDelta = TimeDelta::seconds(30);

/// What the timetable, or an interruption, does at a time. At the same time an end comes before a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    End(usize),
    Begin(usize),
    Strike(Symbol, usize),
    Release(Symbol),
}

/// An issue on the board today.
#[derive(Clone, Debug)]
struct Listing {
    rules: IssueRules,
    phase: Option<Phase>,
    /// The price at which a session without a book of its own trades.
    fixed_price: Option<Price>,
    interruption: Option<Interruption>,
}

/// A venue: it lets orders in by the rules of the phase that it holds, and goes from phase to phase as it is told the
/// time. It draws its random ends from its seed, so that the same calls give the same day.
#[derive(Clone, Debug)]
pub struct Board {
    venue: TradingVenue,
    hours: BoardHours,
    seed: u64,
    date: NaiveDate,
    windows: Vec<PhaseWindow>,
    exchange: Exchange,
    listings: BTreeMap<Symbol, Listing>,
    agenda: BTreeSet<(DateTime<Utc>, Step)>,
    /// Open orders that are more than a limit or a market order.
    special: BTreeMap<u64, Waiting>,
}

impl Board {
    /// A venue without issues; `seed` fixes the random ends of its auctions.
    pub fn new(venue: TradingVenue, hours: BoardHours, seed: u64) -> Self {
        Self {
            venue,
            hours,
            seed,
            date: NaiveDate::MIN,
            windows: Vec::new(),
            exchange: Exchange::new(),
            listings: BTreeMap::new(),
            agenda: BTreeSet::new(),
            special: BTreeMap::new(),
        }
    }

    /// Begins a day with these issues. Whatever was open from the day before is gone: let that day pass first.
    pub fn begin_day(&mut self, date: NaiveDate, issues: impl IntoIterator<Item = IssueRules>) {
        *self = Self::new(self.venue, self.hours, self.seed);
        self.date = date;
        let held = |window: &PhaseWindow| match window.matching {
            Matching::FixedPrice => self.hours == BoardHours::AtClose && window.phase != Phase::ClosingPrice,
            Matching::PeriodicAuction => false,
            _ => self.hours == BoardHours::Regular,
        };
        self.windows = timetable(self.venue, date).into_iter().filter(held).collect();
        for rules in issues {
            let interruptions = rules.interruptions.filter(|_| self.venue == TradingVenue::Krx && self.has_book());
            self.exchange.list(IssueRules { interruptions, ..rules });
            self.exchange.collect(rules.symbol);
            let listing = Listing { rules, phase: None, fixed_price: None, interruption: None };
            self.listings.insert(rules.symbol, listing);
        }
        for (index, window) in self.windows.iter().enumerate() {
            self.agenda.insert((from_kst(date, window.orders_from), Step::Begin(index)));
            self.agenda.insert((from_kst(date, window.orders_to), Step::End(index)));
            let at = from_kst(date, window.trades_from);
            match window.matching {
                Matching::SingleAuction => {
                    for symbol in self.listings.keys() {
                        let at = self.random_end(*symbol, at, window);
                        self.agenda.insert((at, Step::Strike(*symbol, index)));
                    }
                }
                Matching::FixedPrice => {
                    self.agenda.extend(self.listings.keys().map(|symbol| (at, Step::Strike(*symbol, index))));
                }
                _ => {}
            }
        }
    }

    fn has_book(&self) -> bool {
        self.hours == BoardHours::Regular
    }

    fn random_end(&self, symbol: Symbol, at: DateTime<Utc>, window: &PhaseWindow) -> DateTime<Utc> {
        let name = symbol.as_str().bytes().fold(self.seed, |name, byte| mix(name ^ u64::from(byte)));
        let seconds = mix(name ^ at.timestamp().unsigned_abs()) % (u64::from(window.random_end_seconds) + 1);
        at + TimeDelta::seconds(seconds.cast_signed())
    }

    /// When something happens next by itself today.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Lets everything happen that is due until `now`.
    pub fn advance(&mut self, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        while self.next_at().is_some_and(|at| at <= now)
            && let Some((at, step)) = self.agenda.pop_first()
        {
            match step {
                Step::Begin(index) => self.begin(index, at, out),
                Step::End(index) => self.end(index, at, out),
                Step::Strike(symbol, index) => self.strike(symbol, index, at, out),
                Step::Release(symbol) => self.release(symbol, at, out),
            }
        }
    }

    fn begin(&mut self, index: usize, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let PhaseWindow { phase, matching, .. } = self.windows[index];
        let symbols: Vec<Symbol> = self.listings.keys().copied().collect();
        for symbol in symbols {
            // An auction that was not struck yet goes on, and its end brings the issue here.
            if self.phase(symbol).is_some_and(is_auction) {
                continue;
            }
            self.set_phase(symbol, Some(phase), at, out);
            match matching {
                Matching::Continuous => self.go_on(symbol, index, at, out),
                _ => self.exchange.collect(symbol),
            }
            if phase == Phase::ClosingAuction {
                self.turn_conditional_orders(symbol, at);
            }
        }
    }

    /// Lets an issue trade continuously, or from one auction to the next if its states say so.
    fn go_on(&mut self, symbol: Symbol, index: usize, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let window = self.windows[index];
        if self.venue == TradingVenue::Krx && window.phase == Phase::AfterMarket {
            self.list_without_interruptions(symbol, at);
        }
        let minutes = listing_auctions(self.listings.get(&symbol), window.phase);
        match minutes {
            None => {
                self.exchange.resume(symbol);
                self.follow_up(symbol, at, out);
            }
            Some(minutes) => {
                self.exchange.collect(symbol);
                let next = at + TimeDelta::minutes(minutes.into());
                let next = next - TimeDelta::seconds(next.timestamp() % 60);
                if next < from_kst(self.date, window.orders_to) {
                    self.agenda.insert((self.random_end(symbol, next, &window), Step::Strike(symbol, index)));
                }
            }
        }
    }

    /// Begins the after-market, which knows no interruptions; no order is open then.
    fn list_without_interruptions(&mut self, symbol: Symbol, at: DateTime<Utc>) {
        let Some(listing) = self.listings.get(&symbol) else { return };
        let last = self.exchange.last_prices(symbol).map(|(last, _)| last);
        self.exchange.list(IssueRules { interruptions: None, ..listing.rules });
        if let Some(last) = last {
            self.exchange.show_price(symbol, last, at);
        }
    }

    fn end(&mut self, index: usize, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let PhaseWindow { phase, matching, .. } = self.windows[index];
        if matching == Matching::SingleAuction {
            return;
        }
        let symbols: Vec<Symbol> = self.listings.keys().copied().collect();
        for symbol in symbols {
            let ended = match phase {
                Phase::PreMarket => self.expire_special(symbol, at, |order| order.only_in == Some(phase)),
                Phase::Continuous => self.expire_special(symbol, at, StyledOrder::needs_continuous_trading),
                Phase::Pause => Vec::new(),
                _ => self.expire_all(symbol, at),
            };
            push_traded(ended, out);
            self.exchange.collect(symbol);
            self.released(symbol, at, out);
            self.set_phase(symbol, None, at, out);
        }
    }

    fn strike(&mut self, symbol: Symbol, index: usize, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let PhaseWindow { phase, matching, .. } = self.windows[index];
        if self.phase(symbol) != Some(phase) {
            return;
        }
        self.auction(symbol, at, out);
        if matching == Matching::FixedPrice {
            return;
        }
        if matching == Matching::Continuous {
            self.go_on(symbol, index, at, out);
            return;
        }
        if phase == Phase::ClosingAuction {
            push_traded(self.expire_all(symbol, at), out);
        }
        self.exchange.collect(symbol);
        let time = exodus_domain::kst_time(at);
        let next = self.windows.iter().position(|window| window.contains(time) && window.phase != phase);
        self.set_phase(symbol, next.map(|next| self.windows[next].phase), at, out);
        if let Some(next) = next.filter(|next| self.windows[*next].matching == Matching::Continuous) {
            self.go_on(symbol, next, at, out);
        }
    }

    /// Ends an interruption.
    fn release(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        let holds = self.exchange.interruption(symbol).is_some_and(|held| held.until <= at);
        if !holds {
            return;
        }
        if self.is_halted(symbol) {
            self.agenda.insert((at + HALT_CHECK, Step::Release(symbol)));
            return;
        }
        self.auction(symbol, at, out);
        self.follow_up(symbol, at, out);
    }

    fn auction(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        if self.is_halted(symbol) {
            return;
        }
        let (executions, print) = self.exchange.strike(symbol, at);
        if print.is_some() || !executions.is_empty() {
            out.push(BoardEvent::Auction { symbol, print, executions, at });
        }
        self.released(symbol, at, out);
    }

    /// Tells that an interruption is over, if one was told and none holds.
    fn released(&mut self, symbol: Symbol, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        if self.exchange.interruption(symbol).is_none()
            && let Some(listing) = self.listings.get_mut(&symbol)
            && listing.interruption.take().is_some()
        {
            out.push(BoardEvent::Released { symbol, at });
        }
    }

    fn set_phase(&mut self, symbol: Symbol, phase: Option<Phase>, at: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        if let Some(listing) = self.listings.get_mut(&symbol)
            && listing.phase != phase
        {
            let before = std::mem::replace(&mut listing.phase, phase);
            out.push(BoardEvent::Phase { symbol, before, phase, at });
        }
    }

    fn expire_all(&mut self, symbol: Symbol, at: DateTime<Utc>) -> Vec<Execution> {
        let mut ended = self.expire_special(symbol, at, |_| true);
        ended.extend(self.exchange.close_issue(symbol, at));
        ended
    }

    /// Replaces what others show of an issue.
    pub fn show_book(&mut self, visible: &OrderBook, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) {
        push_traded(self.exchange.set_book(visible, now), out);
        self.follow_up(visible.symbol, now, out);
    }

    /// Shows a trade between others. True if it could happen: not while orders are collected or trading is halted, and
    /// not if it interrupted the issue.
    pub fn show_trade(&mut self, symbol: Symbol, print: Level, now: DateTime<Utc>, out: &mut Vec<BoardEvent>) -> bool {
        if !self.is_trading(symbol) {
            return false;
        }
        push_traded(self.exchange.pass(symbol, print, now), out);
        self.exchange.show_price(symbol, print.price, now);
        self.follow_up(symbol, now, out);
        self.is_trading(symbol)
    }

    /// Takes over what is said of an issue from now on.
    pub fn set_states(&mut self, symbol: Symbol, states: IssueStates) {
        if let Some(listing) = self.listings.get_mut(&symbol) {
            listing.rules.states = states;
            self.exchange.set_states(symbol, states);
        }
    }

    /// Sets the price at which the sessions at the close trade an issue; without one nobody can trade it there.
    pub fn set_fixed_price(&mut self, symbol: Symbol, price: Option<Price>) {
        if let Some(listing) = self.listings.get_mut(&symbol) {
            listing.fixed_price = price;
        }
    }

    /// The rules of an issue today.
    pub fn rules(&self, symbol: Symbol) -> Option<&IssueRules> {
        self.listings.get(&symbol).map(|listing| &listing.rules)
    }

    /// The phase that an issue is in.
    pub fn phase(&self, symbol: Symbol) -> Option<Phase> {
        self.listings.get(&symbol)?.phase
    }

    /// True if orders of the issue meet as they come.
    pub fn is_trading(&self, symbol: Symbol) -> bool {
        let Some(listing) = self.listings.get(&symbol) else { return false };
        let by_auctions = listing_auctions(Some(listing), Phase::Continuous).is_some();
        let runs = match listing.phase {
            Some(Phase::Continuous) => !by_auctions,
            Some(Phase::PreMarket) => true,
            Some(Phase::AfterMarket) => self.venue == TradingVenue::Nxt || listing.rules.kind == InstrumentKind::Stock,
            _ => false,
        };
        runs && !self.is_halted(symbol) && self.exchange.interruption(symbol).is_none()
    }

    /// The interruption that holds an issue up.
    pub fn interruption(&self, symbol: Symbol) -> Option<Interruption> {
        self.exchange.interruption(symbol)
    }

    /// The best levels of a side, everybody's; mid-price orders are not shown.
    pub fn levels(&self, symbol: Symbol, side: Side, depth: usize) -> Vec<Level> {
        self.exchange.levels(symbol, side, depth, |id| self.is_pegged(id))
    }

    /// While orders are collected: the price that the auction would have now, and the shares.
    pub fn indicative(&self, symbol: Symbol) -> Option<Level> {
        let collects = self.phase(symbol).is_some_and(is_auction) || self.interruption(symbol).is_some();
        collects.then(|| self.exchange.indicative(symbol)).flatten()
    }

    /// Price of the last trade here, and of the last call auction; the base price before the first.
    pub fn last_prices(&self, symbol: Symbol) -> Option<(Price, Price)> {
        self.exchange.last_prices(symbol)
    }

    fn is_halted(&self, symbol: Symbol) -> bool {
        self.listings.get(&symbol).is_some_and(|listing| !listing.rules.states.accepts_orders())
    }
}

/// Minutes between the auctions of an issue that is matched by nothing else in the regular session.
fn listing_auctions(listing: Option<&Listing>, phase: Phase) -> Option<u32> {
    listing.filter(|_| phase == Phase::Continuous)?.rules.states.auction_minutes()
}

fn is_auction(phase: Phase) -> bool {
    matches!(phase, Phase::OpeningAuction | Phase::ClosingAuction | Phase::AfterMarketAuction)
}

/// Tells executions of orders that rested.
fn push_traded(executions: Vec<Execution>, out: &mut Vec<BoardEvent>) {
    if !executions.is_empty() {
        out.push(BoardEvent::Traded { executions, taker: None });
    }
}
