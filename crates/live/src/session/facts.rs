//! What the risk gate of a live account rests on beside market and books: limits, lists, switches, counters, the trading
//! day. What a person may change is read before each decision and not kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::testing::{Defect, planted};
use exodus_domain::{
    Bar, CircuitEvent, Halt, Interval, KillScope, KillState, Level, OrderBook, OrderState, Qty, Quote, Symbol, Won,
    kst_date,
};
use exodus_store::accounts::AccountEnv;
use exodus_store::bars::{self, SeriesKind};
use exodus_store::kill_switches::{self, KillSwitch};
use exodus_store::orders::{self, Order, OrderFilter};
use exodus_store::restricted::{self, ListOwner};
use exodus_store::strategy_stops::{self, StrategyStop};
use exodus_store::trading_days::{self, TradingDay};
use exodus_store::{Page, armings, limits, operator};
use exodus_trading::{
    DayStanding, Disabled, DisabledBy, Live, PastOrder, RestrictedBy, Restriction, Standing, StrategyStanding,
};

use super::Session;
use crate::{LiveError, kill_file};

/// Sessions that an average day's volume is taken of (RK13).
const VOLUME_SESSIONS: usize = 20;
/// As many days hold that many sessions, New Year and Chuseok included.
const VOLUME_DAYS: TimeDelta = TimeDelta::days(45);
/// Issues that a broker is asked for at one look, so that a session is not kept from its orders.
const ASK_AT_ONCE: usize = 3;
/// Past orders that RK14 looks at beside those of the day.
const PAST_ORDERS: usize = 20;
/// Past orders of a day that are read at most; the hard cap on orders of a day is as large.
const PAST_PAGE: u64 = 200;

impl Session {
    /// Gives the engine the facts of the account, as the store has them. Its decisions rest on them from now on.
    pub(super) async fn go_live(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        let (limits, caps) = limits::in_force(&self.deps.store, &self.account, now).await?;
        let is_real_money = self.account.env == AccountEnv::Live;
        // Whoever is not connected elsewhere goes by the clock of this process, and so does its exchange.
        let clock_offset_ms = self.deps.connection.watch.is_none().then_some(0);
        let standing = Standing {
            is_real_money,
            not_ready: None,
            clock_offset_ms,
            halt: None,
            circuit_open: false,
            is_armed: !is_real_money,
        };
        let past = self.past_orders(kst_date(now)).await?;
        let mut live = Live::new(limits, caps, standing, past);
        // The exchange of this process loses no answer, so its orders need not be told from each other.
        let is_elsewhere = self.deps.connection.watch.is_some();
        live.make_distinct(is_elsewhere && operator::order_path(&self.deps.store).await?.fingerprint);
        for order in orders::of_day(&self.deps.store, self.account.id, kst_date(now)).await? {
            live.saw_order(order.fields.symbol, order.fields.side, order.fields.quantity, order.trade_date);
        }
        self.engine.go_live(live);
        if let Some(orderable) = self.orderable {
            self.engine.note_orderable(orderable);
        }
        self.refresh_halts().await?;
        self.refresh_armings().await?;
        self.refresh_day().await
    }

    /// Notes what the broker lets out of the cash. Before the engine follows the open orders it would be counted twice.
    pub(super) fn note_orderable(&mut self, orderable: Won) {
        self.orderable = Some(orderable);
        if self.engine.live().is_some() {
            self.engine.note_orderable(orderable);
        }
    }

    /// Tells the risk gate how many shares the broker lets be sold.
    pub(super) fn tell_sellable(&mut self) {
        self.engine.note_sellable(&self.sellable);
    }

    /// The account's orders of the day, and the last ones before, oldest first.
    async fn past_orders(&mut self, today: NaiveDate) -> Result<Vec<PastOrder>, LiveError> {
        let store = &self.deps.store;
        let filter = OrderFilter { account_id: Some(self.account.id), ..OrderFilter::default() };
        let mut past = Vec::new();
        for number in 1.. {
            let page = orders::list(store, self.account.user_id, &filter, Page { number, size: PAST_PAGE }).await?;
            let is_last = number * PAST_PAGE >= page.total;
            let is_old = page.items.last().is_none_or(|order| order.trade_date != today);
            let decided = page.items.iter().filter(|order| order.state != OrderState::Denied);
            past.extend(decided.map(|order| (order.trade_date, past_order(order))));
            if is_last || (is_old && past.len() >= PAST_ORDERS) {
                break;
            }
        }
        let keep = past.iter().filter(|(date, _)| *date == today).count().max(PAST_ORDERS);
        past.truncate(keep);
        Ok(past.into_iter().rev().map(|(_, order)| order).collect())
    }

    /// Reads what people may have changed and the next decision must go by.
    pub(super) async fn refresh_facts(&mut self) -> Result<(), LiveError> {
        let (store, now) = (self.deps.store.clone(), self.now());
        let (limits, caps) = limits::in_force(&store, &self.account, now).await?;
        self.engine.set_limits(limits, caps);
        let restricted = restricted::touching(&store, self.account.user_id).await?;
        if let Some(live) = self.engine.live_mut() {
            // The operator's list comes first and is told where both name an issue.
            live.restrict(restricted.into_iter().rev().map(|issue| {
                let by = match issue.owner {
                    ListOwner::Operator => RestrictedBy::Operator,
                    ListOwner::User(_) => RestrictedBy::User,
                };
                (issue.symbol, Restriction { by, reason: issue.reason })
            }));
        }
        self.refresh_armings().await?;
        self.refresh_day().await
    }

    /// Tells the engine which strategies may order with real money (RK04). The claim of each order reads it again.
    async fn refresh_armings(&mut self) -> Result<(), LiveError> {
        if self.account.env != AccountEnv::Live {
            return Ok(());
        }
        let armed = armings::in_force(&self.deps.store, self.account.id, self.now()).await?;
        let Some(live) = self.engine.live_mut() else { return Ok(()) };
        for (id, running) in &self.strategies {
            let own = armed.iter().find(|one| (one.strategy_id, one.strategy_version) == (*id, running.version));
            let standing = live.strategy_mut(*id);
            (standing.is_armed, standing.is_first_day) = (own.is_some(), own.is_some_and(|own| own.is_first_day));
        }
        Ok(())
    }

    /// Tells the engine which switches are pulled, by whom and why. That it obeys them does not hang on this.
    pub(super) async fn refresh_halts(&mut self) -> Result<(), LiveError> {
        if planted(Defect::KillCached) && self.switched_lately().await? {
            return Ok(());
        }
        let (user_id, account_id) = (self.account.user_id, self.account.id);
        let pulled: Vec<KillSwitch> = kill_switches::touching(&self.deps.store, user_id)
            .await?
            .into_iter()
            .filter(|switch| switch.state != KillState::Active)
            .filter(|switch| switch.scope != KillScope::Account || switch.scope_id == account_id)
            .collect();
        let stops = strategy_stops::of_account(&self.deps.store, account_id).await?;
        let by_file = kill_file::is_present(&self.deps.files.kill_file).then(|| Halt {
            scope: KillScope::Global,
            state: KillState::Halted,
            reason: kill_file::text(&self.deps.files.kill_file),
            since: self.now(),
        });
        let Some(live) = self.engine.live_mut() else { return Ok(()) };
        let wide = pulled.iter().filter(|switch| switch.scope != KillScope::Strategy);
        live.standing_mut().halt = by_file.or_else(|| wide.max_by_key(|switch| switch.state).map(halt_of));
        for id in self.strategies.keys() {
            let own = |switch: &&KillSwitch| switch.scope == KillScope::Strategy && switch.scope_id == *id;
            let stopped = stops.iter().find(|stop| stop.strategy_id == *id).and_then(disabled_of);
            let standing = live.strategy_mut(*id);
            standing.halt = pulled.iter().find(own).map(halt_of);
            if standing.disabled.is_some() && stopped.is_none() {
                // A person enabled it again: its counts begin anew.
                (standing.fills, standing.refusals) = (0, 0);
            }
            standing.disabled = stopped;
        }
        Ok(())
    }

    /// Counts anew what RK19 counts of a strategy that starts.
    pub(super) async fn count_strategy(&mut self, id: i64) -> Result<(), LiveError> {
        let (store, today) = (&self.deps.store, kst_date(self.now()));
        let stop = strategy_stops::find(store, id).await?;
        let enabled_at = stop.as_ref().and_then(|stop| stop.enabled_at);
        let counts = strategy_stops::counts(store, (id, self.account.id), today, enabled_at).await?;
        if let Some(live) = self.engine.live_mut() {
            let before = std::mem::take(live.strategy_mut(id));
            *live.strategy_mut(id) = StrategyStanding {
                halt: before.halt,
                disabled: stop.as_ref().and_then(disabled_of),
                fills: counts.fills,
                date: Some(today),
                refusals: counts.refusals,
                // A strategy that starts is armed once that was read.
                is_armed: false,
                is_first_day: false,
            };
        }
        Ok(())
    }

    /// Stores what the engine counted to its end: strategies over a limit, and the loss of the day.
    pub(super) async fn keep_counters(&mut self) -> Result<(), LiveError> {
        let now = self.now();
        let over = self.engine.live().map(|live| live.to_disable(now)).unwrap_or_default();
        for (id, disabled) in over {
            let Disabled { by, limit, observed } = disabled;
            tracing::warn!(strategy_id = id, %by, limit, observed, "the strategy is stopped until it is enabled again");
            let key = (id, self.account.id);
            strategy_stops::stop(&self.deps.store, key, by.as_str(), (limit, observed), now).await?;
            if let Some(live) = self.engine.live_mut() {
                live.strategy_mut(id).disabled = Some(disabled);
            }
        }
        self.refresh_day().await?;
        if let Some((limit, loss)) = self.engine.loss_just_reached() {
            tracing::warn!(account_id = self.account.id, %limit, %loss, "the loss of the day is reached");
            let (id, today) = (self.account.id, kst_date(now));
            let day = trading_days::reach_loss(&self.deps.store, id, today, limit, loss, now).await?;
            self.note_day(&day);
        }
        Ok(())
    }

    /// Begins the trading day once its equity is known, or finds what it began with.
    async fn refresh_day(&mut self) -> Result<(), LiveError> {
        let (now, id) = (self.now(), self.account.id);
        let today = kst_date(now);
        if self.engine.live().and_then(Live::day).is_some_and(|day| day.date == today) {
            return Ok(());
        }
        let store = &self.deps.store;
        let day = match self.engine.portfolio().equity() {
            Some(equity) => Some(trading_days::open(store, id, today, equity, now).await?),
            None => trading_days::find(store, id, today).await?,
        };
        if let Some(day) = day {
            self.note_day(&day);
        }
        Ok(())
    }

    fn note_day(&mut self, day: &TradingDay) {
        if let Some(live) = self.engine.live_mut() {
            live.set_day(DayStanding {
                date: day.trade_date,
                opening_equity: day.opening_equity,
                is_loss_reached: day.loss_reached.is_some(),
            });
        }
    }

    /// Finds out how much is traded of the issues that strategies decide on, where that is not known of today.
    pub(super) async fn learn_volumes(&mut self) -> Result<(), LiveError> {
        let bars = self.strategies.values().flat_map(|running| &running.bars);
        let symbols: BTreeSet<Symbol> = bars.map(|(symbol, _)| *symbol).collect();
        let mut asked = 0;
        for symbol in symbols {
            asked += usize::from(self.learn_volume(symbol).await?);
            if asked >= ASK_AT_ONCE && self.deps.connection.watch.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Finds out how many shares of an issue are traded on an average day, once a day: from stored bars, else from the
    /// feed. What cannot be found out stays unknown, which denies buys. True if the feed was asked.
    pub(super) async fn learn_volume(&mut self, symbol: Symbol) -> Result<bool, LiveError> {
        let now = self.now();
        let today = kst_date(now);
        if self.engine.live().is_none_or(|live| live.knows_volume(symbol, today)) {
            return Ok(false);
        }
        let (from, to) = (Bar::day_start(today) - VOLUME_DAYS, Bar::day_start(today));
        let series = SeriesKind::krx(Interval::Day1, false).of(symbol);
        let mut days = bars::load(&self.deps.store, series, from, to).await?;
        let is_asked = days.len() < VOLUME_SESSIONS;
        if is_asked {
            match self.deps.connection.feeds.traded.bars(symbol, Interval::Day1, from, to).await {
                Ok(told) if told.len() > days.len() => days = told,
                Ok(_) => {}
                Err(error) => tracing::warn!(%symbol, %error, "the volume of its days is asked for again"),
            }
        }
        if let (Some(volume), Some(live)) = (average_volume(&days), self.engine.live_mut()) {
            live.set_average_volume(symbol, today, volume);
        }
        Ok(is_asked)
    }

    /// Notes the best prices of a book.
    pub(super) fn note_book(&mut self, book: &OrderBook) {
        if let Some(live) = self.engine.live_mut() {
            let best = |levels: &[Level]| levels.first().map(|level| level.price).filter(|price| price.is_positive());
            live.saw_book(book.symbol, best(&book.bids), best(&book.asks));
        }
    }

    /// Opens the circuit once it is certain that our clock is off (safety §3.3, F31).
    pub(super) async fn tell_clock(&mut self) {
        if let Some(offset) = self.clock_offset.certain(self.now()) {
            let compared = CircuitEvent::ClockCompared(TimeDelta::milliseconds(offset));
            self.deps.breaker.tell(&compared).await;
        }
    }

    /// Notes when a quote was made and when it came.
    pub(super) fn note_quote(&mut self, quote: &Quote) {
        let now = self.now();
        let offset = self.deps.connection.watch.is_some().then(|| self.clock_offset.see(quote.at, now));
        if let Some(live) = self.engine.live_mut() {
            live.saw_quote(quote.symbol, quote.at, now);
            if let Some(offset) = offset {
                live.standing_mut().clock_offset_ms = Some(offset);
            }
        }
    }
}

/// How far our clock is ahead of the exchange's, by quotes: the least time that one took to come, of those of the last
/// minute.
#[derive(Debug, Default)]
pub(super) struct ClockOffset {
    /// Arrival and its distance from the exchange time in milliseconds.
    lags: VecDeque<(DateTime<Utc>, i64)>,
}

impl ClockOffset {
    const WINDOW: TimeDelta = TimeDelta::minutes(1);
    /// Exchange times come in whole seconds; of so many quotes one was made at the beginning of its second.
    const ENOUGH: usize = 20;

    /// The offset in milliseconds once the quotes of the last minute leave no doubt of it: many say so, or one comes from the
    /// future. A single late quote may be late because nobody traded.
    pub(super) fn certain(&self, now: DateTime<Utc>) -> Option<i64> {
        let recent = self.lags.iter().filter(|(arrived, _)| now - *arrived < Self::WINDOW);
        let (count, least) = recent.fold((0, i64::MAX), |(count, least), (_, lag)| (count + 1, least.min(*lag)));
        (count >= Self::ENOUGH || count > 0 && least < 0).then_some(least)
    }

    /// Takes a quote made at `made` that came at `now`, and tells the offset in milliseconds.
    pub(super) fn see(&mut self, made: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
        while self.lags.front().is_some_and(|(arrived, _)| now - *arrived >= Self::WINDOW) {
            self.lags.pop_front();
        }
        self.lags.push_back((now, (now - made).num_milliseconds()));
        let least = self.lags.iter().map(|(_, lag)| *lag).min().unwrap_or_default();
        if least <= 0 || self.lags.len() >= Self::ENOUGH { least } else { (least - 999).max(0) }
    }
}

fn past_order(order: &Order) -> PastOrder {
    let each = order.fields.price.map(|price| price * order.fields.quantity);
    // What a market order was worth shows in its fills alone.
    let whole = |amount: Won| {
        let filled = i128::from(order.filled_quantity.0).max(1);
        let scaled = i128::from(amount.0) * i128::from(order.fields.quantity.0) / filled;
        i64::try_from(scaled).ok().map(Won)
    };
    let filled = order.filled_quantity.is_positive().then_some(order.filled_amount).and_then(whole);
    PastOrder {
        at: order.decided_at,
        symbol: order.fields.symbol,
        side: order.fields.side,
        strategy_id: order.strategy_id,
        notional: each.or(filled),
    }
}

fn halt_of(switch: &KillSwitch) -> Halt {
    Halt { scope: switch.scope, state: switch.state, reason: switch.reason.clone(), since: switch.updated_at }
}

fn disabled_of(stop: &StrategyStop) -> Option<Disabled> {
    if stop.enabled_at.is_some() {
        return None;
    }
    let by = stop.reason.parse().unwrap_or(DisabledBy::Refusals);
    Some(Disabled { by, limit: stop.limit, observed: stop.observed })
}

/// The mean volume of the last sessions; `None` without any.
fn average_volume(days: &[Bar]) -> Option<Qty> {
    let traded: BTreeMap<DateTime<Utc>, i64> = days.iter().map(|bar| (bar.open_time, bar.volume.0)).collect();
    let last: Vec<i64> = traded.into_values().rev().take(VOLUME_SESSIONS).collect();
    let sum: i128 = last.iter().map(|volume| i128::from(*volume)).sum();
    let count = i128::try_from(last.len()).ok().filter(|count| *count > 0)?;
    i64::try_from(sum / count).ok().map(Qty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis)
    }

    #[test]
    fn a_clock_is_as_far_off_as_the_fastest_quote_says() {
        let mut offset = ClockOffset::default();
        assert_eq!(offset.see(at(0), at(900)), 0, "one quote in whole seconds says little");
        assert_eq!(offset.see(at(1_000), at(3_500)), 0);
        assert_eq!(offset.certain(at(3_500)), None, "two may be late because nobody traded");
        let mut ahead = ClockOffset::default();
        for tick in 0..19 {
            ahead.see(at(tick * 1_000), at(tick * 1_000 + 1_600));
        }
        assert_eq!(ahead.see(at(20_000), at(21_600)), 1_600);
        assert_eq!(ahead.certain(at(21_600)), Some(1_600));
        assert_eq!(ahead.certain(at(81_600)), None, "nothing was heard for a minute");
        assert_eq!(ahead.see(at(200_000), at(200_000)), 0, "the minute before is forgotten");
        assert_eq!(ahead.see(at(202_000), at(200_500)), -1_500, "a quote from the future");
        assert_eq!(ahead.certain(at(200_500)), Some(-1_500));
    }

    #[test]
    fn the_average_is_that_of_the_last_twenty_sessions() {
        let bar = |day: i64, volume| Bar {
            open_time: DateTime::UNIX_EPOCH + TimeDelta::days(day),
            open: exodus_domain::Price(1),
            high: exodus_domain::Price(1),
            low: exodus_domain::Price(1),
            close: exodus_domain::Price(1),
            volume: Qty(volume),
        };
        let days: Vec<Bar> = (0..30).map(|day| bar(day, if day < 10 { 1_000_000 } else { day })).collect();
        assert_eq!(average_volume(&days), Some(Qty((10..30).sum::<i64>() / 20)));
        assert_eq!(average_volume(&[]), None);
        assert_eq!(average_volume(&days[..2]), Some(Qty(1_000_000)));
    }
}
