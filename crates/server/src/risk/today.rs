//! What limits an account, and how much of each limit is used today.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::TimeDelta;
use exodus_domain::{LimitName, OrderState, Won, kst_date};
use exodus_live::kill_file;
use exodus_store::accounts::Account;
use exodus_store::limits::{self, LimitStanding};
use exodus_store::orders::Order;
use exodus_store::restricted::{self, ListOwner};
use exodus_store::trading_days::{self, TradingDay};
use exodus_store::{orders, strategies, strategy_stops, users};
use exodus_trading::RestrictedBy;

use super::dto::{Limit, PendingLimit, RestrictedIssue, Risk, RiskDay, StoppedStrategy};
use crate::account::books::Books;
use crate::bootstrap::App;
use crate::http::kst;
use crate::http::problem::Answer;
use crate::market::names::Names;

/// Everything that limits an account.
pub(super) async fn read(app: &App, account: Account) -> Answer<Risk> {
    let (now, account_id, user_id, env) = (app.now(), account.id, account.user_id, account.env);
    let standings = limits::list(&app.store, &account, now).await?;
    let use_of = Use::read(app, account).await?;
    let value_of = |name| standings.iter().find(|one| one.name == name).map_or(0, |one| one.value);
    let (most, share) = (value_of(LimitName::MaxDailyLoss), value_of(LimitName::MaxDailyLossShare));
    let day = use_of.day.as_ref().map(|day| use_of.risk_day(day, most, share));
    let mut answer = Vec::with_capacity(standings.len());
    for standing in standings {
        let used = use_of.of(standing.name);
        answer.push(limit(app, standing, used).await?);
    }
    let file = kill_file::path(&app.data_dir);
    Ok(Risk {
        account_id,
        env,
        kill_file: kill_file::is_present(&file).then(|| kill_file::text(&file)),
        limits: answer,
        day,
        stopped: stopped(app, account_id).await?,
        restricted: restricted(app, user_id).await?,
    })
}

/// A limit as the API tells it.
pub(super) async fn limit(app: &App, standing: LimitStanding, used: Option<i64>) -> Answer<Limit> {
    let spec = standing.name.spec();
    let pending = match standing.pending {
        Some(change) => Some(PendingLimit {
            value: change.new_value,
            effective_at: kst(change.effective_at),
            changed_by: name_of(app, change.changed_by).await?,
        }),
        None => None,
    };
    let (changed_by, changed_at) = match standing.last {
        Some(change) => (Some(name_of(app, change.changed_by).await?), Some(kst(change.changed_at))),
        None => (None, None),
    };
    Ok(Limit {
        name: standing.name,
        unit: spec.unit,
        value: standing.value,
        default: standing.default,
        least: spec.least.min(standing.hard_cap),
        hard_cap: standing.hard_cap,
        used,
        changed_by,
        changed_at,
        pending,
    })
}

/// How a user is called.
pub(super) async fn name_of(app: &App, user_id: i64) -> Answer<String> {
    Ok(users::find(&app.store, user_id).await?.map_or_else(|| format!("#{user_id}"), |user| user.full_name))
}

/// The strategies of an account that are stopped.
async fn stopped(app: &App, account_id: i64) -> Answer<Vec<StoppedStrategy>> {
    let mut stops = strategy_stops::of_account(&app.store, account_id).await?;
    stops.retain(|stop| stop.enabled_at.is_none());
    let mut names = strategies::names(&app.store, stops.iter().map(|stop| stop.strategy_id)).await?;
    let named = |stop: strategy_stops::StrategyStop| {
        let name = names.remove(&stop.strategy_id).unwrap_or_default();
        StoppedStrategy::new(stop, name)
    };
    Ok(stops.into_iter().map(named).collect())
}

/// What a user may not trade.
pub(super) async fn restricted(app: &App, user_id: i64) -> Answer<Vec<RestrictedIssue>> {
    let issues = restricted::touching(&app.store, user_id).await?;
    let names = Names::read(&app.store, issues.iter().map(|issue| issue.symbol)).await?;
    let mut answer = Vec::with_capacity(issues.len());
    for issue in issues {
        answer.push(restricted_issue(app, issue, &names).await?);
    }
    Ok(answer)
}

/// One of them as the API tells it.
pub(super) async fn restricted_issue(
    app: &App,
    issue: restricted::RestrictedIssue,
    names: &Names,
) -> Answer<RestrictedIssue> {
    let scope = match issue.owner {
        ListOwner::Operator => RestrictedBy::Operator,
        ListOwner::User(_) => RestrictedBy::User,
    };
    let by = match issue.added_by {
        Some(id) => Some(name_of(app, id).await?),
        None => None,
    };
    Ok(RestrictedIssue {
        symbol: issue.symbol.to_string(),
        name_ko: names.ko(issue.symbol),
        name_en: names.en(issue.symbol),
        scope: scope.as_str(),
        reason: issue.reason,
        by,
        at: kst(issue.added_at),
    })
}

/// What is used of the limits, counted from the store.
struct Use {
    equity: Won,
    gross: Won,
    largest: Won,
    of_day: Vec<Order>,
    in_minute: Vec<Order>,
    open: Vec<Order>,
    fills: i64,
    refusals: i64,
    day: Option<TradingDay>,
}

impl Use {
    async fn read(app: &App, account: Account) -> Answer<Self> {
        let (store, now, id) = (&app.store, app.now(), account.id);
        let today = kst_date(now);
        let mut of_day = orders::of_day(store, id, today).await?;
        of_day.retain(|order| order.state != OrderState::Denied);
        let in_minute = of_day.iter().filter(|order| now - order.decided_at < TimeDelta::minutes(1)).cloned().collect();
        let (mut fills, mut refusals) = (0, 0);
        for strategy in strategies::active_of_account(store, id).await? {
            let stop = strategy_stops::find(store, strategy.id).await?;
            let enabled_at = stop.and_then(|stop| stop.enabled_at);
            let counts = strategy_stops::counts(store, (strategy.id, id), today, enabled_at).await?;
            fills = counts.fills.max(fills);
            refusals = counts.refusals.max(refusals);
        }
        let open = orders::open(store, id).await?;
        let day = trading_days::find(store, id, today).await?;
        let books = Books::read(app, account).await?;
        Ok(Self {
            equity: books.total_assets(),
            gross: books.stock_value(),
            largest: books.largest_position(),
            of_day,
            in_minute,
            open,
            fills,
            refusals,
            day,
        })
    }

    /// What is used of a limit; `None` where nothing is counted between two orders.
    fn of(&self, name: LimitName) -> Option<i64> {
        let part = |amount: Won| {
            let whole = i128::from(self.equity.0);
            (whole > 0).then(|| i64::try_from(i128::from(amount.0) * 10_000 / whole).unwrap_or(i64::MAX))
        };
        let loss = self.day.as_ref().map(|day| (day.opening_equity, (day.opening_equity - self.equity).0.max(0)));
        match name {
            LimitName::MaxPosition => part(self.largest),
            LimitName::MaxGross => part(self.gross),
            LimitName::MaxOpenOrders => Some(count(self.open.len())),
            LimitName::MaxOpenOrdersPerSymbol => Some(most(self.open.iter().map(|order| order.fields.symbol))),
            LimitName::MaxOrdersPerMinute => Some(count(self.in_minute.len())),
            LimitName::MaxOrdersPerMinutePerSymbol => {
                Some(most(self.in_minute.iter().map(|order| order.fields.symbol)))
            }
            LimitName::MaxOrdersPerDay => Some(count(self.of_day.len())),
            LimitName::MaxFillsPerDay => Some(self.fills),
            LimitName::MaxRefusalsInARow => Some(self.refusals),
            LimitName::MaxDailyLoss => loss.map(|(_, loss)| loss),
            LimitName::MaxDailyLossShare => loss.and_then(|(opening, loss)| {
                (opening.0 > 0).then(|| i64::try_from(i128::from(loss) * 10_000 / i128::from(opening.0)).unwrap_or(0))
            }),
            LimitName::MaxQuoteAge
            | LimitName::PriceCollar
            | LimitName::MaxOrderNotional
            | LimitName::MaxVolumeShare
            | LimitName::FatFingerTimes
            | LimitName::FatFingerEquity
            | LimitName::MaxCancelsPerMinute
            | LimitName::DuplicateWindow => None,
        }
    }

    fn risk_day(&self, day: &TradingDay, most: i64, share: i64) -> RiskDay {
        let part = i128::from(day.opening_equity.0) * i128::from(share) / 10_000;
        RiskDay {
            date: day.trade_date,
            opening_equity: day.opening_equity.0,
            equity: self.equity.0,
            loss: (day.opening_equity - self.equity).0,
            loss_limit: i64::try_from(part).unwrap_or(i64::MAX).min(most).max(1),
            reached_at: day.loss_reached.map(|reached| kst(reached.at)),
        }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How often the most frequent one comes.
fn most<T: Eq + Hash>(all: impl Iterator<Item = T>) -> i64 {
    let mut counts: HashMap<T, i64> = HashMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}
