//! Opening a session: the store is reconciled with the broker before the engine sees anything (R0).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::TimeDelta;
use exodus_domain::{Interval, KillState, OrderCosts, OrderState, Symbol, kst_date};
use exodus_store::accounts;
use exodus_store::leases::Lease;
use exodus_store::orders::Order;
use exodus_store::{StoreError, holdings, kill_switches, orders};
use exodus_trading::{Engine, EngineEvent, EngineSetup, RestoredOrder, RiskLimits};
use futures::stream::FuturesUnordered;

use super::facts::ClockOffset;
use super::market::MarketView;
use super::{OrderRefs, Session, SessionDeps};
use crate::LiveError;
use crate::executor::Executor;
use crate::issues;
use crate::loops::{Loops, TwoLists};
use crate::reconcile::Reconciler;

/// How far back the last price of an open market order is looked for.
const LAST_PRICE_WITHIN: TimeDelta = TimeDelta::minutes(10);

impl Session {
    /// Reconciles the account and builds the engine from the store. Only then may a strategy decide.
    pub(crate) async fn open(deps: SessionDeps, account_id: i64, lease: Lease) -> Result<Self, LiveError> {
        let now = deps.clock.now();
        let (store, broker) = (deps.store.clone(), Arc::clone(&deps.connection.broker));
        let (clock, policy) = (Arc::clone(&deps.clock), deps.connection.terms.absence);
        let mut reconciler = Reconciler::new(store.clone(), broker, clock, account_id, policy);
        reconciler.recover(now).await?;
        let pass = reconciler.run(None, None).await?;

        let account = accounts::find(&store, account_id).await?.ok_or(StoreError::NotFound)?;
        let account_kill = kill_switches::effective(&store, account.user_id, account.id, None).await?;
        let setup = EngineSetup { cash: account.cash, limits: RiskLimits::default(), kill: account_kill };
        let executor = Executor::new(&deps, &account);
        let mut session = Self {
            engine: Engine::new(setup),
            executor,
            reconciler,
            market: MarketView::new(deps.connection.feeds.clone()),
            strategies: HashMap::new(),
            account_kill,
            refs: OrderRefs::default(),
            late: FuturesUnordered::new(),
            requests_wait: false,
            looked_at: now,
            tried_at: now,
            idle_since: None,
            loops: Loops::new(now),
            listed_at: pass.began_at,
            cancels_wait: BTreeMap::new(),
            sellable: BTreeMap::new(),
            differs_since: None,
            orderable: None,
            clock_offset: ClockOffset::default(),
            closing: TwoLists::default(),
            checked_day: None,
            end: None,
            deps,
            account,
            lease,
        };
        if session.deps.connection.watch.is_some() && session.read_books().await? {
            session.take_cash().await?;
        }
        session.restore().await?;
        session.go_live().await?;
        session.loops.orders_read(pass.doubts.iter().copied(), now);
        session.tell_gate(&pass);
        session.tell_sellable();
        session.cancel_returned(&pass).await?;
        session.look().await?;
        Ok(session)
    }

    /// Builds the engine anew on the cash that was just taken over. It has seen nothing yet.
    async fn take_cash(&mut self) -> Result<(), LiveError> {
        let account = accounts::find(&self.deps.store, self.account.id).await?.ok_or(StoreError::NotFound)?;
        let limits = RiskLimits::default();
        self.engine = Engine::new(EngineSetup { cash: account.cash, limits, kill: self.account_kill });
        self.account = account;
        Ok(())
    }

    /// Gives the engine what the account holds and has open.
    async fn restore(&mut self) -> Result<(), LiveError> {
        let held = holdings::of_account(&self.deps.store, self.account.id).await?;
        let mut open = orders::open(&self.deps.store, self.account.id).await?;
        open.extend(self.tombstones().await?);
        let symbols: BTreeSet<Symbol> = held
            .iter()
            .map(|record| record.holding.symbol)
            .chain(open.iter().map(|order| order.fields.symbol))
            .collect();
        for symbol in &symbols {
            self.engine.add_issue(issues::get(&self.deps.store, self.account.id, *symbol).await?);
        }
        self.market.watch_held(symbols, self.now());
        for record in held {
            self.engine.restore_holding(record.holding)?;
        }
        for order in open {
            let restored = self.restored(&order).await?;
            let client_ref = self.engine.restore_order(restored)?;
            self.refs.insert(client_ref, order.id);
        }
        if self.account_kill == KillState::Halted {
            // The process may have died between the halt and its cancels.
            self.step(&EngineEvent::Kill { strategy_id: None, state: KillState::Halted }).await?;
        }
        Ok(())
    }

    /// Orders of today that were judged absent: where a list may lag they count in every limit until the day is over (M8).
    async fn tombstones(&mut self) -> Result<Vec<Order>, LiveError> {
        if self.deps.connection.watch.is_none() {
            return Ok(Vec::new());
        }
        let mut absent = orders::of_day(&self.deps.store, self.account.id, kst_date(self.now())).await?;
        absent.retain(|order| order.state == OrderState::NotFound && order.fields.price.is_some());
        Ok(absent)
    }

    async fn restored(&mut self, order: &Order) -> Result<RestoredOrder, LiveError> {
        let valued_at = match order.fields.price {
            Some(price) => price,
            None => {
                let (symbol, now) = (order.fields.symbol, self.now());
                let recent = self
                    .deps
                    .connection
                    .feeds
                    .held
                    .bars(symbol, Interval::Minute1, now - LAST_PRICE_WITHIN, now)
                    .await?;
                recent.last().ok_or(LiveError::NoQuote(symbol))?.close
            }
        };
        let issue = issues::get(&self.deps.store, self.account.id, order.fields.symbol).await?;
        Ok(RestoredOrder {
            fields: order.fields.clone(),
            strategy_id: order.strategy_id,
            state: order.state,
            cum_quantity: order.filled_quantity,
            cum_amount: order.filled_amount,
            costs: OrderCosts { commission: order.commission, tax: order.tax },
            commission: order.schedule(issue.kind),
            valued_at,
        })
    }

    /// The issues the account holds; each must have a price before equity is known.
    pub(super) fn held_symbols(&self) -> Vec<Symbol> {
        self.engine.portfolio().holdings().map(|holding| holding.symbol).collect()
    }
}
