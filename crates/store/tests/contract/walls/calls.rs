//! Calls at random in the name of one user with the numbers of another, and a look at everything that comes back.

use std::collections::BTreeMap;
use std::fmt::Debug;

use exodus_domain::{KillScope, KillState, LimitName};
use exodus_store::orders::OrderFilter;
use exodus_store::restricted::{self, ListOwner};
use exodus_store::signals::SignalFilter;
use exodus_store::strategies::{StrategyFilter, StrategySort};
use exodus_store::sweeps::TrialSort;
use exodus_store::trades::TradeFilter;
use exodus_store::{
    Backend, Page, Store, accounts, audit, backfills, backtests, credentials, holdings, imports, kill_switches, limits,
    notifications, orders, requests, signals, snapshots, strategies, sweeps, trades, users,
};

use super::world::{Tenant, day, fields};
use crate::harness::{at, symbol};

/// The newest rows of lists that grow with each call.
const ALL: Page = Page { number: 1, size: 40 };
const LIMIT: LimitName = LimitName::ALL[0];
/// Calls that take the user: walls on both databases.
const WITH_THE_USER: u64 = 36;
/// Calls that take only the number of a row: the wall is the database's.
const BY_NUMBER: u64 = 18;

pub(super) struct Calls {
    store: Store,
    tenants: Vec<Tenant>,
    random: u64,
    made: usize,
    /// Calls that had an answer with something in it, by number.
    told: BTreeMap<u64, usize>,
}

impl Calls {
    pub(super) fn new(store: Store, tenants: Vec<Tenant>, seed: u64) -> Self {
        Self { store, tenants, random: seed, made: 0, told: BTreeMap::new() }
    }

    /// SplitMix64.
    fn random(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }

    fn pick(&mut self) -> usize {
        usize::try_from(self.random(self.tenants.len() as u64)).expect("few")
    }

    pub(super) async fn make(&mut self, count: usize) {
        let kinds = match self.store.backend() {
            Backend::Sqlite => WITH_THE_USER,
            Backend::Postgres => WITH_THE_USER + BY_NUMBER,
        };
        for _ in 0..count {
            let (me, whose) = (self.pick(), self.pick());
            // Often enough one's own, so that a call that answers nobody anything is found out.
            let whose = if self.random(4) == 0 { me } else { whose };
            let kind = self.random(kinds);
            self.call(kind, me, whose).await;
        }
        let silent: Vec<u64> = (0..kinds).filter(|kind| !self.told.contains_key(kind)).collect();
        assert!(silent.is_empty(), "calls that never told anything: {silent:?}");
    }

    /// Every list of everybody, after all that was tried.
    pub(super) async fn look_through_everything(&mut self) {
        for me in 0..self.tenants.len() {
            for kind in 0..WITH_THE_USER {
                self.call(kind, me, me).await;
            }
            let Tenant { user, order_id, ref marker, .. } = self.tenants[me];
            let order = orders::get(&self.store, user, order_id).await.expect("a read").expect("the order is there");
            assert_eq!(order.strategy_id, Some(self.tenants[me].strategy), "{marker}");
        }
    }

    pub(super) fn summary(&self) -> String {
        format!("{} calls of {} kinds, no foreign marker", self.made, self.told.len())
    }

    async fn call(&mut self, kind: u64, me: usize, whose: usize) {
        let (t, of) = (&self.tenants[me], &self.tenants[whose]);
        let store = self.store.of_user(t.user);
        let text = if kind < WITH_THE_USER {
            with_the_user(kind, &store, t, of).await
        } else {
            by_number(kind - WITH_THE_USER, &store, t, of).await
        };
        self.made += 1;
        for other in self.tenants.iter().filter(|other| other.user != t.user) {
            let is_foreign = text.contains(&other.marker) || text.contains(&other.cash.to_string());
            assert!(!is_foreign, "call {kind} of {} with rows of {} told: {text}", t.marker, of.marker);
        }
        if text.contains(&t.marker) || text.contains(&t.cash.to_string()) || is_plain_answer(&text) {
            *self.told.entry(kind).or_default() += 1;
        }
    }
}

/// An answer of rows that hold no text of their own.
fn is_plain_answer(text: &str) -> bool {
    text.contains("id: ")
        || text.contains("Ok(LimitStanding")
        || text.starts_with("Ok([Alltrades")
        || text == "Ok(empty)"
}

fn shown(result: Result<impl Debug, impl Debug>) -> String {
    match result {
        Ok(value) => format!("Ok({value:?})"),
        Err(error) => format!("Err({error:?})"),
    }
}

/// A list that this world leaves empty for everybody; the call must not fail.
fn empty<T: Debug>(result: Result<Vec<T>, impl Debug>) -> String {
    match result {
        Ok(rows) if rows.is_empty() => "Ok(empty)".to_owned(),
        other => shown(other),
    }
}

async fn with_the_user(kind: u64, s: &Store, t: &Tenant, of: &Tenant) -> String {
    let (me, now) = (t.user, at(10));
    let filter = SignalFilter { strategy_id: Some(of.strategy), ..SignalFilter::default() };
    let of_account = OrderFilter { account_id: Some(of.account), ..OrderFilter::default() };
    match kind {
        0 => shown(strategies::get(s, me, of.strategy).await),
        1 => shown(strategies::list(s, me, &StrategyFilter::default(), StrategySort::Name, ALL).await),
        2 => shown(strategies::versions(s, me, of.strategy, ALL).await),
        3 => shown(strategies::version(s, me, of.strategy, 1).await),
        4 => shown(strategies::save(s, me, of.strategy, &fields(&t.marker), None, now).await),
        5 => shown(strategies::restore(s, me, of.strategy, 1, now).await),
        6 => shown(strategies::activate(s, me, of.strategy, 1, now).await),
        7 => shown(strategies::activate_on(s, me, t.strategy, 1, of.account, now).await),
        8 => shown(signals::get(s, me, of.signal_id).await),
        9 => shown(signals::list(s, me, &filter, ALL).await),
        10 => shown(orders::get(s, me, of.order_id).await),
        11 => shown(orders::list(s, me, &of_account, ALL).await),
        12 => empty(trades::of_order(s, me, of.order_id).await),
        13 => empty(trades::export(s, me, &TradeFilter::default()).await),
        14 => shown(backtests::get(s, me, of.backtest).await),
        15 => shown(backtests::list(s, me, Some(of.strategy), ALL).await),
        16 => shown(backtests::describe(s, me, of.backtest, None, Some(t.marker.clone()), now).await),
        17 => shown(sweeps::get(s, me, of.sweep).await),
        18 => shown(sweeps::trials(s, me, of.sweep, 0, TrialSort::Number, false, ALL).await),
        19 => shown(sweeps::list(s, me, ALL).await),
        20 => shown(imports::get(s, me, of.import).await),
        21 => shown(imports::list(s, me, ALL).await),
        22 => shown(backfills::get(s, me, of.backfill).await),
        23 => shown(backfills::list(s, me, ALL).await),
        24 => shown(requests::get(s, me, of.request_id).await),
        25 => {
            shown(requests::submit(s, &requests::NewRequest { account_id: of.account, ..t.request.clone() }, now).await)
        }
        26 => shown(notifications::get(s, me, of.notification).await),
        27 => shown(notifications::list(s, me, false, ALL).await),
        28 => shown(notifications::acknowledge(s, me, of.notification, now).await),
        29 => shown(accounts::get(s, me, of.account).await),
        30 => shown(accounts::list_of_user(s, me).await),
        31 => shown(accounts::select(s, me, of.account, now).await),
        32 => shown(restricted::touching(s, me).await),
        33 => shown(restricted::add(s, ListOwner::User(me), symbol("005930"), &t.marker, Some(me), now).await),
        34 => shown(limits::set(s, (me, of.account), LIMIT, LIMIT.spec().least, true, now).await.map(|_| "id: ")),
        _ => shown(audit::list(s, Some(me), ALL).await.map(|found| (found.total, "id: "))),
    }
}

async fn by_number(kind: u64, s: &Store, t: &Tenant, of: &Tenant) -> String {
    let (now, own) = (at(11), "id: ");
    match kind {
        0 => shown(orders::find(s, of.order_id).await),
        1 => told(orders::timeline(s, of.order_id).await, t, of),
        2 => shown(orders::decisions_of(s, of.order_id).await),
        3 => told(orders::rows_of_day(s, of.account, day()).await, t, of),
        4 => told(orders::open(s, of.account).await, t, of),
        5 => shown(backtests::find(s, of.backtest).await),
        6 => shown(sweeps::find(s, of.sweep).await),
        7 => shown(sweeps::all_trials(s, of.sweep).await),
        8 => shown(imports::find(s, of.import).await),
        9 => shown(accounts::find(s, of.account).await),
        10 => shown(accounts::list(s).await),
        11 => told(credentials::of_account(s, of.account).await.map(|rows| rows.iter().map(|_| ()).collect()), t, of),
        12 => shown(users::find(s, of.user).await),
        13 => shown(users::list(s, ALL).await),
        14 => told(audit::list(s, Some(of.user), ALL).await.map(|found| found.items), t, of),
        15 => shown(strategies::names(s, [of.strategy]).await),
        16 => told(snapshots::range(s, of.account, None, None).await, t, of),
        _ => {
            let pulled =
                kill_switches::pull(s, KillScope::Account, of.account, KillState::Halted, &t.marker, Some(t.user), now);
            let pulled = pulled.await;
            assert_eq!(pulled.is_ok(), t.user == of.user, "{pulled:?}");
            let held = holdings::of_account(s, of.account).await.expect("a read");
            format!("{} {own}", held.len())
        }
    }
}

/// Rows that hold no text: there must be some of one's own and none of others.
fn told<T: Debug>(result: Result<Vec<T>, impl Debug>, t: &Tenant, of: &Tenant) -> String {
    let rows = result.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(!rows.is_empty(), t.user == of.user, "{} with rows of {}: {rows:?}", t.marker, of.marker);
    "id: ".to_owned()
}
