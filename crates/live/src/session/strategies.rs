//! Starting, changing and stopping the strategies of an account while it runs.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, Interval, KillState, Qty, Side, Symbol, kst_date, previous_session};
use exodus_store::orders::{self, OrderFilter};
use exodus_store::strategies::{self, ActiveStrategy};
use exodus_store::{Page, Store, kill_switches};
use exodus_trading::{StrategySetup, StrategySymbol, validate};

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
}

impl Session {
    /// Runs exactly the versions that are active in the store. Where another version takes over, orders of the one before
    /// that are still open are cancelled, and what it bought is held on.
    pub(super) async fn sync_strategies(&mut self) -> Result<(), LiveError> {
        let active = strategies::active_of_user(&self.deps.store, self.account.user_id).await?;
        let is_active = |id: i64, version: i32| active.iter().any(|one| one.id == id && one.version == version);
        let running = self.strategies.iter().map(|(id, running)| (*id, running.version));
        let stopped: Vec<i64> = running.filter(|(id, version)| !is_active(*id, *version)).map(|(id, _)| id).collect();
        for id in stopped {
            self.strategies.remove(&id);
            let mut commands = Vec::new();
            self.engine.remove_strategy(id, &mut commands);
            self.carry_out(commands, None).await?;
        }
        for strategy in active {
            if !self.strategies.contains_key(&strategy.id) {
                self.start_strategy(strategy).await?;
            }
        }
        Ok(())
    }

    async fn start_strategy(&mut self, stored: ActiveStrategy) -> Result<(), LiveError> {
        let (store, account) = (self.deps.store.clone(), &self.account);
        let kill = kill_switches::effective(&store, account.user_id, account.id, Some(stored.id)).await?;
        // Noted even if it cannot run, so that the reason is told once and not at every look.
        self.strategies.insert(stored.id, Running { version: stored.version, kill, bars: HashSet::new() });
        let strategy = match validate(&stored.fields.strategy_type, &stored.fields.parameters) {
            Ok(strategy) => strategy,
            Err(errors) => {
                tracing::error!(strategy_id = stored.id, ?errors, "the strategy cannot run: save its parameters again");
                return Ok(());
            }
        };
        let mut positions = positions(&store, account.user_id, stored.id, &stored.fields.symbols).await?;
        let mut symbols = Vec::new();
        for symbol in &stored.fields.symbols {
            if !self.refresh_issue(*symbol).await? {
                tracing::error!(strategy_id = stored.id, %symbol, "the issue is not listed and is left out");
                continue;
            }
            symbols.push(StrategySymbol { symbol: *symbol, position: positions.remove(symbol).unwrap_or_default() });
        }
        // The feed is asked first and history second, so that no bar falls between the two.
        self.market.watch(symbols.iter().map(|member| member.symbol), self.now());
        let (interval, length) = (strategy.interval(), strategy.warm_up_bars());
        let watched: Vec<Symbol> = symbols.iter().map(|member| member.symbol).collect();
        self.engine.add_strategy(StrategySetup { id: stored.id, strategy, kill, symbols })?;
        let bars = watched.iter().map(|symbol| (*symbol, interval)).collect();
        self.strategies.insert(stored.id, Running { version: stored.version, kill, bars });
        for symbol in watched {
            let bars = self.history(symbol, interval, length).await?;
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

    /// The last `length` closed bars.
    async fn history(&mut self, symbol: Symbol, interval: Interval, length: usize) -> Result<Vec<Bar>, LiveError> {
        let now = self.now();
        let from = history_start(interval, length, now);
        let mut bars = self.deps.feed.bars(symbol, interval, from, now).await?;
        bars.drain(..bars.len().saturating_sub(length));
        Ok(bars)
    }
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

/// Shares bought less shares sold by the orders of a strategy, by issue.
async fn positions(
    store: &Store,
    user_id: i64,
    strategy_id: i64,
    symbols: &[Symbol],
) -> Result<HashMap<Symbol, Qty>, LiveError> {
    let mut positions = HashMap::new();
    for symbol in symbols {
        let filter = OrderFilter { status: None, symbol: Some(*symbol) };
        let mut position = Qty::ZERO;
        for number in 1.. {
            let page = orders::list(store, user_id, &filter, Page { number, size: PAGE_SIZE }).await?;
            for order in page.items.iter().filter(|order| order.strategy_id == Some(strategy_id)) {
                match order.fields.side {
                    Side::Buy => position += order.filled_quantity,
                    Side::Sell => position -= order.filled_quantity,
                }
            }
            if number * PAGE_SIZE >= page.total {
                break;
            }
        }
        positions.insert(*symbol, position);
    }
    Ok(positions)
}
