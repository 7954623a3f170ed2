//! The session of one account: the engine on a live feed.
//!
//! One task owns the account, by lease. It takes one input after the other (feed events, hints of the broker, wake-ups,
//! ticks), steps the engine, and carries the commands out through the executor. Everything that counts is in the store,
//! so a session can die at any instant and be opened again.

mod books;
mod closing;
mod commands;
mod facts;
mod lists;
mod market;
mod requests;
mod rules;
mod start;
mod strategies;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{
    BrokerOrderId, CircuitEvent, FeedEvent, KillState, OrderAnswer, OrderCosts, OrderState, Qty, Symbol, Timer, Won,
};
use exodus_store::accounts::{self, Account};
use exodus_store::leases::{self, Lease};
use exodus_store::orders::{CancelCause, Order};
use exodus_store::{Store, kill_switches, orders};
use exodus_trading::{ClientRef, Engine, EngineEvent};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::sync::Notify;
use tokio::task::unconstrained;
use tokio_util::sync::CancellationToken;

use crate::breaker::Breaker;
use crate::connector::Connection;
use crate::executor::Executor;
use crate::generation::LocalFiles;
use crate::loops::{Loops, TwoLists};
use crate::reconcile::{Reconciler, halt};
use crate::{LiveError, kill_file};
use closing::ListedDay;
use facts::ClockOffset;
use market::MarketView;
use strategies::Running;

/// Between two looks at kill switches, strategies and requests.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);
/// A lease is renewed when so much of it is used up.
const RENEW_AFTER: TimeDelta = TimeDelta::seconds(5);
/// Between two tries of a broker whose circuit is open.
const TRY_EVERY: TimeDelta = TimeDelta::seconds(5);
/// A session with nothing to do ends after this long.
const IDLE_AFTER: TimeDelta = TimeDelta::seconds(60);

/// What a session works with.
pub(crate) struct SessionDeps {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Timer>,
    pub(crate) connection: Connection,
    pub(crate) files: LocalFiles,
    /// The circuit between `connection` and its broker.
    pub(crate) breaker: Arc<Breaker>,
}

/// Why a session ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionEnd {
    /// It was told to.
    Stopped,
    /// Nothing was left to do.
    Idle,
    /// Its books or its keys are others now: it is to be opened anew.
    Outdated,
    /// The account was removed.
    Removed,
}

/// Something the session reacts to.
#[derive(Debug)]
pub(crate) enum Input {
    /// The feed told something.
    Feed(FeedEvent),
    /// The broker hinted that these orders changed.
    BrokerHint(Vec<BrokerOrderId>),
    /// An answer came, or can come no more, after its order was already in doubt.
    LateAnswer {
        /// The order.
        order_id: i64,
        /// What the broker said at last.
        answer: OrderAnswer,
    },
    /// Requests, strategies or kill switches may have changed.
    Wake,
    /// A second has passed.
    Tick,
}

/// One account in operation.
pub(crate) struct Session {
    deps: SessionDeps,
    account: Account,
    lease: Lease,
    engine: Engine,
    executor: Executor,
    reconciler: Reconciler,
    market: MarketView,
    strategies: HashMap<i64, Running>,
    account_kill: KillState,
    refs: OrderRefs,
    /// Answers that did not come in time and still may, with their orders.
    late: FuturesUnordered<BoxFuture<'static, (i64, OrderAnswer)>>,
    requests_wait: bool,
    looked_at: DateTime<Utc>,
    /// When the broker was tried last while its circuit is not closed.
    tried_at: DateTime<Utc>,
    idle_since: Option<DateTime<Utc>>,
    /// When the broker is read.
    loops: Loops,
    /// When the last complete list was asked for.
    listed_at: DateTime<Utc>,
    /// Cancels that wait for the cap on cancels, by order, with when they may be tried again.
    cancels_wait: BTreeMap<i64, (CancelCause, DateTime<Utc>)>,
    /// Shares that can be sold now, as the broker said last; what is left out it did not tell.
    sellable: BTreeMap<Symbol, Qty>,
    /// Since when the broker's books are others than ours.
    differs_since: Option<DateTime<Utc>>,
    /// Cash that the broker let out when it was asked last; `None` if its books are ours.
    orderable: Option<Won>,
    /// How our clock stands to the exchange's, by its quotes.
    clock_offset: ClockOffset,
    /// The lists that close the day.
    closing: TwoLists<ListedDay>,
    /// The day that was looked at once more this morning.
    checked_day: Option<NaiveDate>,
    /// Why it must end.
    end: Option<SessionEnd>,
}

/// The engine's and the store's names of the orders the engine follows.
#[derive(Default)]
struct OrderRefs {
    ids: HashMap<ClientRef, i64>,
    refs: HashMap<i64, ClientRef>,
}

impl OrderRefs {
    fn insert(&mut self, client_ref: ClientRef, order_id: i64) {
        self.ids.insert(client_ref, order_id);
        self.refs.insert(order_id, client_ref);
    }

    fn remove(&mut self, order_id: i64) {
        if let Some(client_ref) = self.refs.remove(&order_id) {
            self.ids.remove(&client_ref);
        }
    }
}

impl Session {
    /// Lives until `stop`, until nothing is left to do, or until something fails that only a new start mends.
    pub(crate) async fn run(mut self, wake: Arc<Notify>, stop: CancellationToken) -> Result<SessionEnd, LiveError> {
        let mut hints = self.deps.connection.broker.notices();
        let mut next_tick = self.deps.clock.now() + TimeDelta::seconds(1);
        loop {
            let clock = Arc::clone(&self.deps.clock);
            let input = tokio::select! {
                biased;
                () = stop.cancelled() => return self.end(SessionEnd::Stopped).await,
                () = clock.sleep_until(next_tick) => {
                    next_tick = clock.now() + TimeDelta::seconds(1);
                    Input::Tick
                }
                // Bars that closed together are all decided on before anything else: a decision must not grow old.
                () = std::future::ready(()), if self.market.is_ahead() => match self.market.next().await {
                    Some(event) => Input::Feed(event),
                    None => continue,
                },
                () = wake.notified() => Input::Wake,
                Some(hint) = hints.next() => {
                    // One read of the list answers all hints that have come.
                    let mut told = vec![hint];
                    while let Some(hint) = unconstrained(hints.next()).now_or_never().flatten() {
                        told.push(hint);
                    }
                    Input::BrokerHint(told)
                }
                Some((order_id, answer)) = self.late.next() => Input::LateAnswer { order_id, answer },
                Some(event) = self.market.next() => Input::Feed(event),
            };
            self.handle(input).await?;
            if let Some(end) = self.end {
                return self.end(end).await;
            }
            if self.idle_since.is_some_and(|since| clock.now() - since >= IDLE_AFTER) {
                return self.end(SessionEnd::Idle).await;
            }
        }
    }

    async fn end(self, end: SessionEnd) -> Result<SessionEnd, LiveError> {
        leases::release(&self.deps.store, &self.lease).await?;
        Ok(end)
    }

    /// Reacts to one input, to the end.
    pub(crate) async fn handle(&mut self, input: Input) -> Result<(), LiveError> {
        let done = match input {
            Input::Feed(event) => self.on_feed(event).await,
            Input::BrokerHint(told) => self.on_hints(&told).await,
            Input::LateAnswer { order_id, answer } => self.on_late_answer(order_id, &answer).await,
            Input::Wake => self.look().await,
            Input::Tick => self.on_tick().await,
        };
        if let Err(LiveError::Engine(error)) = &done {
            halt(&self.deps.store, self.account.id, &error.to_string(), self.now()).await?;
        }
        done
    }

    async fn on_feed(&mut self, event: FeedEvent) -> Result<(), LiveError> {
        match event {
            FeedEvent::Quote(quote) => {
                self.market.priced(quote.symbol);
                self.note_quote(&quote);
                self.engine.set_brake(quote.symbol, quote.brake);
                let event = EngineEvent::Price {
                    at: quote.at,
                    symbol: quote.symbol,
                    price: quote.price,
                    base_price: Some(quote.base_price),
                };
                self.step(&event).await?;
                if self.requests_wait { self.take_requests().await } else { Ok(()) }
            }
            FeedEvent::Bar { symbol, interval, bar } => {
                // What has been told of the same close is decided on together.
                let mut bars = vec![(symbol, bar)];
                bars.extend(self.market.take_bars(interval, bar.open_time));
                bars.retain(|(symbol, bar)| self.market.is_new(*symbol, interval, bar));
                if bars.is_empty() {
                    return Ok(());
                }
                self.refresh_for_bars(&bars, interval).await?;
                let (at, open_time) = (self.now(), bar.open_time);
                self.step(&EngineEvent::BarsClosed { at, interval, open_time, bars }).await?;
                self.tell_undefined();
                Ok(())
            }
            FeedEvent::Book(book) => {
                self.note_book(&book);
                Ok(())
            }
        }
    }

    async fn on_tick(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        if self.requests_wait {
            self.take_requests().await?;
        }
        self.tell_clock().await;
        self.keep_counters().await?;
        self.keep_lease().await?;
        self.cancel_what_waits().await?;
        if now - self.looked_at >= LOOK_EVERY {
            self.look().await?;
        }
        if !self.deps.breaker.is_closed() && now - self.tried_at >= TRY_EVERY {
            self.try_broker().await?;
        }
        self.read_what_is_due().await
    }

    /// Renews the lease if a good part of it is used up.
    async fn keep_lease(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        if self.lease.expires_at - now <= leases::TTL - RENEW_AFTER {
            self.lease = leases::renew(&self.deps.store, &self.lease, now).await?.ok_or(LiveError::LeaseLost)?;
        }
        Ok(())
    }

    /// Looks at everything that others may have changed in the store.
    async fn look(&mut self) -> Result<(), LiveError> {
        self.looked_at = self.now();
        self.deps.breaker.refresh().await;
        self.end = self.outdated().await?;
        self.sync_kill_switches().await?;
        self.sync_strategies().await?;
        self.refresh_halts().await?;
        self.learn_volumes().await?;
        self.take_requests().await?;
        let open = orders::open(&self.deps.store, self.account.id).await?;
        // Whoever is connected elsewhere stays so: somebody else may trade there, and its prices are shown.
        let is_elsewhere = self.deps.connection.watch.is_some();
        let is_idle = !is_elsewhere && self.strategies.is_empty() && !self.requests_wait && open.is_empty();
        self.idle_since = is_idle.then(|| self.idle_since.unwrap_or(self.looked_at));
        Ok(())
    }

    /// Why the session may not go on: its account was removed, or has other keys.
    async fn outdated(&mut self) -> Result<Option<SessionEnd>, LiveError> {
        let account = accounts::get(&self.deps.store, self.account.user_id, self.account.id).await?;
        Ok(match account {
            None => Some(SessionEnd::Removed),
            Some(account) if account.keys != self.account.keys || account.is_released_since(&self.account) => {
                Some(SessionEnd::Outdated)
            }
            Some(account) => {
                self.account.review = account.review;
                self.tell_review();
                None
            }
        })
    }

    /// Tells the engine the switches as they are now. The claim of each order reads them again by itself.
    async fn sync_kill_switches(&mut self) -> Result<(), LiveError> {
        if planted(Defect::KillCached) && self.switched_lately().await? {
            return Ok(());
        }
        let (store, user_id) = (self.deps.store.clone(), self.account.user_id);
        let by_row = kill_switches::effective(&store, user_id, self.account.id, None).await?;
        let by_file = kill_file::is_present(&self.deps.files.kill_file);
        let account_kill = if by_file { KillState::Halted } else { by_row };
        if account_kill != self.account_kill {
            self.account_kill = account_kill;
            self.step(&EngineEvent::Kill { strategy_id: None, state: account_kill }).await?;
        }
        let ids: Vec<i64> = self.strategies.keys().copied().collect();
        for id in ids {
            let state = kill_switches::effective(&store, user_id, self.account.id, Some(id)).await?;
            if let Some(running) = self.strategies.get_mut(&id)
                && running.kill != state
            {
                running.kill = state;
                self.step(&EngineEvent::Kill { strategy_id: Some(id), state }).await?;
            }
        }
        Ok(())
    }

    /// What a planted defect takes for "no need to look again".
    async fn switched_lately(&mut self) -> Result<bool, LiveError> {
        let switches = kill_switches::touching(&self.deps.store, self.account.user_id).await?;
        Ok(switches.iter().any(|switch| self.now() - switch.updated_at < TimeDelta::seconds(10)))
    }

    /// Tells the circuit that store and broker were brought together. Only while it is not closed does that matter.
    async fn tell_reconciled(&mut self) -> Result<(), LiveError> {
        if !self.deps.breaker.is_closed() {
            let unresolved = orders::in_doubt(&self.deps.store, self.account.id).await?.len();
            self.deps.breaker.tell(&CircuitEvent::Reconciled { unresolved }).await;
        }
        Ok(())
    }

    /// Reads what the broker must have answered before its circuit closes.
    async fn try_broker(&mut self) -> Result<(), LiveError> {
        self.tried_at = self.now();
        if self.deps.breaker.is_tried().await {
            // What the balance says is for the books; here it is enough that it was told.
            if let Err(error) = self.deps.connection.broker.balance().await {
                tracing::warn!(account_id = self.account.id, %error, "the broker is tried again later");
            }
            self.read_orders().await?;
        }
        Ok(())
    }

    /// Tells the engine where an order stands.
    async fn follow(&mut self, order: &Order) -> Result<(), LiveError> {
        if order.state == OrderState::Unknown {
            let since = order.sent_at.or(order.claimed_at).unwrap_or(order.created_at);
            self.loops.doubted(order.id, since, self.now());
        }
        let Some(client_ref) = self.refs.refs.get(&order.id).copied() else { return Ok(()) };
        if order.state == OrderState::Filled {
            self.refs.remove(order.id);
        }
        let event = EngineEvent::OrderUpdate {
            client_ref,
            state: order.state,
            cum_quantity: order.filled_quantity,
            cum_amount: order.filled_amount,
            costs: OrderCosts { commission: order.commission, tax: order.tax },
            at: order.updated_at,
        };
        self.step(&event).await
    }

    fn now(&self) -> DateTime<Utc> {
        self.deps.clock.now()
    }
}
