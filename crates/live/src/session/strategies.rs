//! Starting, changing and stopping the strategies of an account while it runs.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, KillState, OrderState, Symbol, kst_date, previous_session};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::orders::{self, Order, OrderFilter};
use exodus_store::strategies::{self, ActiveStrategy};
use exodus_store::trades::{self, TradeFilter};
use exodus_store::{Page, Store, fundamentals, kill_switches};
use exodus_trading::{OwnPosition, StrategySetup, StrategySymbol, validate};

use super::Session;
use crate::LiveError;

/// Minutes of continuous trading in a KRX session.
const SESSION_MINUTES: i64 = 380;
/// Orders read at a time.
const PAGE_SIZE: u64 = 200;

/// A strategy that runs.
pub(super) struct Running {
    /// The version of the strategy that it is; what it decides names it.
    pub(super) version: i32,
    pub(super) kill: KillState,
    /// The bars it decides on; none if it cannot run.
    pub(super) bars: HashSet<(Symbol, Interval)>,
    /// Bars on which its rule missed a number, as far as they were told.
    undefined_bars: u64,
}

impl Session {
    /// Runs exactly the versions that are active in the store. Where another version takes over, orders of the one before
    /// that are still open are cancelled, and what it bought is held on.
    pub(super) async fn sync_strategies(&mut self) -> Result<(), LiveError> {
        let active = strategies::active_of_account(&self.deps.store, self.account.id).await?;
        let is_active = |id: i64, version: i32| active.iter().any(|one| one.id == id && one.version == version);
        let running = self.strategies.iter().map(|(id, running)| (*id, running.version));
        let stopped: Vec<i64> = running.filter(|(id, version)| !is_active(*id, *version)).map(|(id, _)| id).collect();
        for id in stopped {
            self.strategies.remove(&id);
            let mut commands = Vec::new();
            self.engine.remove_strategy(id, &mut commands);
            self.carry_out(commands, "").await?;
        }
        for strategy in active {
            if !self.strategies.contains_key(&strategy.id) {
                self.start_strategy(strategy).await?;
            }
        }
        Ok(())
    }

    /// Tells, once for each close, which strategies decided nothing on it because their rules missed a number.
    pub(super) fn tell_undefined(&mut self) {
        for (id, running) in &mut self.strategies {
            let undefined = self.engine.undefined_bars(*id);
            if undefined > running.undefined_bars {
                tracing::warn!(
                    account_id = self.account.id,
                    strategy_id = id,
                    bars = undefined - running.undefined_bars,
                    since_start = undefined,
                    "a value that a strategy needs is undefined, so it decided nothing on these bars",
                );
            }
            running.undefined_bars = undefined;
        }
    }

    async fn start_strategy(&mut self, stored: ActiveStrategy) -> Result<(), LiveError> {
        let (store, account) = (self.deps.store.clone(), &self.account);
        let kill = kill_switches::effective(&store, account.user_id, account.id, Some(stored.id)).await?;
        // Noted even if it cannot run, so that the reason is told once and not at every look.
        self.strategies
            .insert(stored.id, Running { version: stored.version, kill, bars: HashSet::new(), undefined_bars: 0 });
        let strategy = match validate(&stored.fields.strategy_type, &stored.fields.parameters) {
            Ok(strategy) => strategy,
            Err(errors) => {
                tracing::error!(strategy_id = stored.id, ?errors, "the strategy cannot run: save its parameters again");
                return Ok(());
            }
        };
        let owner = (account.user_id, account.id);
        let (mut symbols, mut has_ordered) = (Vec::new(), false);
        for symbol in &stored.fields.symbols {
            if !self.refresh_issue(*symbol).await? {
                tracing::error!(strategy_id = stored.id, %symbol, "the issue is not listed and is left out");
                continue;
            }
            let (position, ordered) = own_position(&store, owner, stored.id, *symbol).await?;
            has_ordered |= ordered;
            symbols.push(StrategySymbol { position, ..StrategySymbol::new(*symbol) });
        }
        if strategy.needs_fundamentals() {
            add_fundamentals(&store, stored.id, &mut symbols, kst_date(self.now())).await?;
        }
        // The feed is asked first and history second, so that no bar falls between the two.
        self.market.watch(symbols.iter().map(|member| member.symbol), self.now());
        let (interval, length) = (strategy.interval(), strategy.warm_up_bars());
        let watched = symbols.clone();
        self.engine.add_strategy(StrategySetup { id: stored.id, strategy, kill, symbols, has_ordered })?;
        let bars = watched.iter().map(|member| (member.symbol, interval)).collect();
        self.strategies.insert(stored.id, Running { version: stored.version, kill, bars, undefined_bars: 0 });
        self.count_strategy(stored.id).await?;
        for StrategySymbol { symbol, position, .. } in watched {
            let bars = self.history(symbol, interval, length, position.since).await?;
            self.engine.warm_up(stored.id, symbol, &bars)?;
            if let Some(last) = bars.last() {
                self.market.is_new(symbol, interval, last);
            }
        }
        tracing::info!(
            strategy_id = stored.id,
            version = stored.version,
            account_id = self.account.id,
            "a strategy runs"
        );
        Ok(())
    }

    /// The last `length` closed bars, and all that ended after `since`: exits go by the bars since the entry.
    async fn history(
        &mut self,
        symbol: Symbol,
        interval: Interval,
        length: usize,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Bar>, LiveError> {
        let now = self.now();
        let start = history_start(interval, length, now);
        let from = since.map_or(start, |since| start.min(since - interval.duration()));
        let mut bars = self.told_bars(symbol, interval, from, now).await?;
        let ended_before = |bar: &Bar| since.is_none_or(|since| bar.open_time + interval.duration() <= since);
        let older = bars.iter().take_while(|bar| ended_before(bar)).count();
        bars.drain(..older.min(bars.len().saturating_sub(length)));
        Ok(bars)
    }
}

impl Session {
    /// The closed bars that the feed tells. A broker elsewhere may not serve them all; then those count that are stored.
    async fn told_bars(
        &mut self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, LiveError> {
        let connection = &self.deps.connection;
        match connection.feeds.traded.bars(symbol, interval, from, to).await {
            Err(error) if connection.watch.is_some() => {
                tracing::warn!(%symbol, %interval, %error, "a strategy warms up on the bars that are stored");
                let series = SeriesKind::krx(interval, false).of(symbol);
                Ok(bars::load(&self.deps.store, series, from, to).await?)
            }
            told => Ok(told?),
        }
    }
}

/// Adds what was published of the issues until `today`, in the shares of each date: the feed's prices are those of the
/// day.
async fn add_fundamentals(
    store: &Store,
    strategy_id: i64,
    members: &mut [StrategySymbol],
    today: NaiveDate,
) -> Result<(), LiveError> {
    let issues: Vec<_> = members.iter().map(|member| (member.symbol, None)).collect();
    let mut histories = fundamentals::histories(store, &issues, today).await?;
    let missing = issues.len() - histories.len();
    if missing > 0 {
        tracing::warn!(
            strategy_id,
            missing,
            "no fundamentals are known of some issues, which count as average: import them"
        );
    }
    for member in members {
        member.facts = histories.remove(&member.symbol).map(Arc::from).unwrap_or_default();
    }
    Ok(())
}

/// A time from which on there were at least `length` closed bars, if the issue is traded in sessions only.
fn history_start(interval: Interval, length: usize, now: DateTime<Utc>) -> DateTime<Utc> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let minutes = interval.duration().num_minutes();
    let sessions = match interval {
        Interval::Day1 => length + 1,
        _ => length.saturating_mul(minutes) / SESSION_MINUTES + 2,
    };
    let mut date = kst_date(now);
    for _ in 0..sessions {
        let Some(earlier) = previous_session(date) else { break };
        date = earlier;
    }
    Bar::day_start(date).min(now - TimeDelta::minutes(minutes))
}

/// What the orders of a strategy bought of an issue for an account and have not sold: its fills once more, as the engine
/// books them. And whether there was an order at all.
async fn own_position(
    store: &Store,
    (user_id, account_id): (i64, i64),
    strategy_id: i64,
    symbol: Symbol,
) -> Result<(OwnPosition, bool), LiveError> {
    let filter = OrderFilter { account_id: Some(account_id), status: None, symbol: Some(symbol) };
    let mut own_orders = HashSet::new();
    for number in 1.. {
        let page = orders::list(store, user_id, &filter, Page { number, size: PAGE_SIZE }).await?;
        let is_own = |order: &&Order| order.strategy_id == Some(strategy_id) && order.state != OrderState::Denied;
        let own = page.items.iter().filter(is_own);
        own_orders.extend(own.map(|order| order.id));
        if number * PAGE_SIZE >= page.total {
            break;
        }
    }
    let mut position = OwnPosition::default();
    if own_orders.is_empty() {
        return Ok((position, false));
    }
    let filter = TradeFilter { account_id: Some(account_id), symbol: Some(symbol), ..TradeFilter::default() };
    for trade in trades::export(store, user_id, &filter).await? {
        if own_orders.contains(&trade.order_id) {
            position.fill(trade.side, trade.quantity, trade.amount, trade.executed_at);
        }
    }
    Ok((position, true))
}
