//! The world behind the emulated API: a market, an exchange and the accounts of a broker, told the time by its caller.
//!
//! Nothing here waits or listens. Every call that takes a time lets pass first what was due until then, in the order in
//! which it was due, so that the same calls at the same times make the same world however often it is looked at.

mod account;
mod balance;
mod happening;
mod market;
mod market_change;
mod orders;
mod refusal;
mod routing;
mod setup;
mod source;
mod state;
#[cfg(test)]
mod tests;
mod trading;
mod views;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, is_session, kst_date, previous_session};

pub use account::Realised;
pub use balance::{Balance, Buyable, CashSummary, HoldingRow};
pub use happening::{Happening, MarketEvent, NoticeKind, OrderNotice};
pub use market::{BookView, DayQuote, IndexCode, IndexDay, IndexView, SideCount, Tick};
pub use market_change::MarketChange;
pub use orders::{Amend, Change, NewOrder, OrderAction, OrderKey, OrderRow, OrderVenue, Origin};
pub use refusal::Refusal;
pub use setup::{AccountTerms, MarketSource, Setup, WorldError};

use account::Account;
use market::{Market, Outcome};
use source::Source;
use state::{Command, Entry, Kept, Snapshot, StateFolder};

/// Sessions whose daily bars are kept of what this world lived through.
const LIVED_DAYS: usize = 400;

/// A market, an exchange and the accounts of a broker.
pub struct World {
    setup: Setup,
    market: Market,
    accounts: Vec<Account>,
    /// Account and row of each order of the day, by number.
    numbered: BTreeMap<u32, (usize, usize)>,
    last_number: u32,
    /// The day of the calendar in Korea.
    today: NaiveDate,
    now: DateTime<Utc>,
    outbox: Vec<Happening>,
    state: Option<StateFolder>,
}

impl World {
    /// A world at `now`. It begins with the session of that day, or the last one before; what happened in it before
    /// `now` has happened. With a folder for the state it goes on where that one was left.
    ///
    /// # Errors
    /// [`WorldError`] if files cannot be read or make no sense, or the calendar does not reach `now`.
    pub fn open(setup: &Setup, now: DateTime<Utc>) -> Result<Self, WorldError> {
        let mut market = Market::new(Source::open(setup)?, setup.seed);
        let name = source::name_of(setup);
        let (state, kept) = match &setup.state {
            Some(folder) => {
                let (state, kept) = StateFolder::open(folder)?;
                (Some(state), kept.map(|kept| (folder, kept)))
            }
            None => (None, None),
        };
        let today = kst_date(now);
        let session = if is_session(today) { Some(today) } else { previous_session(today) };
        let mut date = session.ok_or(WorldError::NoSession)?;
        let (mut accounts, mut entries) = (Vec::new(), Vec::new());
        let is_fresh = kept.is_none();
        if let Some((folder, Kept { snapshot, commands })) = kept {
            if snapshot.market != name {
                return Err(WorldError::OtherMarket(folder.clone()));
            }
            let is_younger = commands.last().is_some_and(|entry| entry.at > now);
            if snapshot.date > date || is_younger {
                return Err(WorldError::FromTheFuture(folder.clone()));
            }
            (date, accounts, entries) = (snapshot.date, snapshot.accounts, commands);
            market.lived = snapshot.lived;
            market.begin_session(date);
            for (symbol, states) in snapshot.states {
                market.set_states(symbol, states);
            }
        } else {
            market.begin_session(date);
        }
        let mut world = Self {
            setup: setup.clone(),
            market,
            accounts,
            numbered: BTreeMap::new(),
            last_number: 0,
            today: date,
            now: Bar::day_start(date),
            outbox: Vec::new(),
            state,
        };
        if is_fresh {
            world.save();
        }
        for Entry { at, command } in entries {
            world.pass(at);
            // What was refused then is refused again, and changes nothing.
            drop(world.carry_out(command));
        }
        world.pass(now);
        world.outbox.clear();
        Ok(world)
    }

    /// Forgets all accounts, orders and changes by hand, on disk too: the world is as if it had been opened at `now`.
    ///
    /// # Errors
    /// [`WorldError`] as for [`Self::open`].
    pub fn reset(&mut self, now: DateTime<Utc>) -> Result<(), WorldError> {
        if let Some(folder) = &self.setup.state {
            StateFolder::clear(folder)?;
        }
        *self = Self::open(&self.setup, now.max(self.now))?;
        Ok(())
    }

    /// Lets pass what is due until `now`, and hands out everything that happened since the last time it was asked.
    pub fn advance(&mut self, now: DateTime<Utc>) -> Vec<Happening> {
        self.pass(now);
        std::mem::take(&mut self.outbox)
    }

    /// When something happens next by itself.
    pub fn next_at(&self) -> DateTime<Utc> {
        let midnight = Bar::day_start(self.today + TimeDelta::days(1));
        self.market.next_at().map_or(midnight, |at| at.min(midnight))
    }

    /// The time until which everything has passed.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`Refusal::AccountExists`], [`Refusal::StateNotWritten`].
    pub fn open_account(&mut self, terms: &AccountTerms, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.command(Command::OpenAccount(terms.clone()), now).map(drop)
    }

    /// The accounts, in the order in which they were opened.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountTerms> {
        self.accounts.iter().map(|account| &account.terms)
    }

    fn pass(&mut self, now: DateTime<Utc>) {
        while self.next_at() <= now {
            let at = self.next_at();
            if at == Bar::day_start(self.today + TimeDelta::days(1)) {
                self.next_day();
            } else {
                let mut outcome = Outcome::default();
                self.market.step(at, &mut outcome);
                self.take(outcome);
            }
        }
        self.now = self.now.max(now);
    }

    /// Midnight in Korea: numbers start again, trades that are due are settled, and a session begins if there is one.
    fn next_day(&mut self) {
        let ended = self.today;
        self.today = ended + TimeDelta::days(1);
        if is_session(ended) {
            for place in 0..self.accounts.len() {
                self.accounts[place].total_before = self.total_assets(&self.accounts[place], ended);
            }
        }
        for account in &mut self.accounts {
            account.settle(self.today);
        }
        self.now = Bar::day_start(self.today);
        if is_session(self.today) {
            (self.numbered, self.last_number) = (BTreeMap::new(), 0);
            self.market.forget_old_days(LIVED_DAYS);
            self.market.begin_session(self.today);
            self.save();
        }
    }

    /// Keeps what stands now, as a session begins.
    fn save(&mut self) {
        let Some(state) = &mut self.state else { return };
        let snapshot = Snapshot {
            market: source::name_of(&self.setup),
            date: self.today,
            accounts: self.accounts.clone(),
            lived: self.market.lived.clone(),
            states: self.market.states(),
        };
        if let Err(error) = state.begin_session(&snapshot) {
            tracing::error!(%error, "the state of the emulator was not written: commands are refused until it is");
        }
    }

    /// Writes a command down, then carries it out.
    fn command(&mut self, command: Command, now: DateTime<Utc>) -> Result<Option<OrderKey>, Refusal> {
        self.pass(now);
        if let Some(state) = &mut self.state {
            let entry = Entry { at: self.now, command };
            if let Err(error) = state.append(&entry) {
                tracing::error!(%error, "a command of the emulator was not written, and not carried out");
                return Err(Refusal::StateNotWritten);
            }
            return self.carry_out(entry.command);
        }
        self.carry_out(command)
    }

    fn carry_out(&mut self, command: Command) -> Result<Option<OrderKey>, Refusal> {
        match command {
            Command::OpenAccount(terms) => {
                if self.account(&terms.number).is_ok() {
                    return Err(Refusal::AccountExists);
                }
                self.accounts.push(Account::open(terms));
                Ok(None)
            }
            Command::Place { account, order, origin } => self.take_order(&account, order, origin).map(Some),
            Command::Amend { account, amend } => self.take_amendment(&account, amend).map(Some),
            Command::Cancel { account, change } => self.take_cancellation(&account, change).map(Some),
            Command::Market { symbol, change } => self.take_market_change(symbol, change).map(|()| None),
        }
    }

    fn account(&self, number: &str) -> Result<&Account, Refusal> {
        self.accounts.iter().find(|account| account.terms.number == number).ok_or(Refusal::UnknownAccount)
    }

    fn total_assets(&self, account: &Account, date: NaiveDate) -> exodus_domain::Won {
        let price = |symbol| self.quote(symbol).map_or(exodus_domain::Price::ZERO, |quote| quote.price);
        let held = account.holdings.values().map(|holding| holding.market_value(price(holding.symbol)));
        account.ledger().on(date).d2 + held.sum()
    }
}
