//! What the phases of a trading day do for the accounts at brokers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{KillScope, KillState, NotificationKind, OrderState, Side, Timer, Won, kst_date, next_session};
use exodus_store::accounts::{self, Account};
use exodus_store::jobs::{JobContext, JobError, JobKind, JobRunner};
use exodus_store::notifications::{self, NewNotification};
use exodus_store::orders::{self, Order};
use exodus_store::{Store, StoreError, circuits, kill_switches, leases};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::collector;
use crate::schedule::{
    self, DAILY_BARS, DAY_REPORT, MORNING_CHECK, PRE_OPEN, PhasePayload, SESSION_CLOSE, SESSION_OPEN, SNAPSHOTS, SYNC,
    in_time,
};
use crate::worker::WorkerDeps;
use crate::{LiveError, backfill, snapshots};

/// Books that were read from the broker longer ago are not those of now: sessions read them every 30 seconds.
const BOOKS_MAX_AGE: TimeDelta = TimeDelta::minutes(2);

/// Adds the jobs of the trading day that may take long to a runner.
pub fn register_jobs(runner: JobRunner, deps: &WorkerDeps) -> JobRunner {
    let (bar_deps, backfill_deps) = (deps.clone(), deps.clone());
    let runner = on_time(runner, &SNAPSHOTS, deps, |store, payload, _| async move {
        snapshots::take_all(&store, payload.session).await.map_err(|error| JobError::Retry(error.to_string()))
    });
    runner
        .register(&DAILY_BARS, move |_, _| {
            let deps = bar_deps.clone();
            async move { job_result(collector::fill(&deps).await.map(drop)) }
        })
        .register(&backfill::BACKFILL, move |ctx, payload| {
            let deps = backfill_deps.clone();
            async move { backfill::run(&deps, &ctx, payload).await }
        })
}

/// Adds the short jobs of the trading day to a runner that has nothing else to do ([`JobRunner::urgent`]).
pub fn register_phases(runner: JobRunner, deps: &WorkerDeps) -> JobRunner {
    let runner = on_time(runner, &MORNING_CHECK, deps, |store, payload, now| async move {
        left_open(&store, payload.session, now).await
    });
    let runner = on_time(runner, &SYNC, deps, |store, _, now| async move { sync(&store, now).await });
    let runner = on_time(runner, &PRE_OPEN, deps, |store, _, now| async move { pre_open(&store, now).await });
    let runner = on_time(runner, &SESSION_OPEN, deps, |store, _, now| async move { opened(&store, now).await });
    let runner = on_time(runner, &SESSION_CLOSE, deps, |store, _, now| async move { doubts(&store, now).await });
    on_time(runner, &DAY_REPORT, deps, |store, payload, now| async move { report(&store, payload.session, now).await })
}

/// Registers the work of a phase, which is left out if it comes too late.
fn on_time<Work, Done>(runner: JobRunner, kind: &JobKind, deps: &WorkerDeps, work: Work) -> JobRunner
where
    Work: Fn(Store, PhasePayload, DateTime<Utc>) -> Done + Clone + Send + Sync + 'static,
    Done: Future<Output = Result<(), JobError>> + Send + 'static,
{
    let clock: Arc<dyn Timer> = Arc::clone(&deps.clock);
    runner.register(kind, move |context: JobContext, payload: Value| {
        let (clock, work) = (Arc::clone(&clock), work.clone());
        async move {
            let payload = in_time(&context, payload, clock.now()).await?;
            work(context.store().clone(), payload, clock.now()).await
        }
    })
}

fn job_result(done: Result<(), LiveError>) -> Result<(), JobError> {
    done.map_err(|error| JobError::Retry(error.to_string()))
}

async fn connected(store: &Store) -> Result<Vec<Account>, StoreError> {
    let mut accounts = accounts::list(store).await?;
    accounts.retain(schedule::is_connected);
    Ok(accounts)
}

/// The next-morning check: orders of days that are over must not be open or in doubt any more.
async fn left_open(store: &Store, session: NaiveDate, now: DateTime<Utc>) -> Result<(), JobError> {
    for account in connected(store).await? {
        for order in orders::open(store, account.id).await?.iter().filter(|order| order.trade_date < session) {
            tell_of(store, order, now).await?;
        }
    }
    Ok(())
}

/// Orders in doubt after the close.
async fn doubts(store: &Store, now: DateTime<Utc>) -> Result<(), JobError> {
    for account in connected(store).await? {
        for order in orders::in_doubt(store, account.id).await? {
            tell_of(store, &order, now).await?;
        }
    }
    Ok(())
}

async fn tell_of(store: &Store, order: &Order, now: DateTime<Utc>) -> Result<(), StoreError> {
    let is_for_a_person = order.state == OrderState::Ambiguous;
    let new = NewNotification {
        user_id: order.user_id,
        account_id: Some(order.account_id),
        order_id: Some(order.id),
        kind: if is_for_a_person { NotificationKind::OrderAmbiguous } else { NotificationKind::OrderUnknown },
        subject: format!("order:{}", order.id),
        values: json!({
            "symbol": order.fields.symbol,
            "side": order.fields.side,
            "quantity": order.fields.quantity,
            "state": order.state,
            "since": order.updated_at,
        }),
    };
    notifications::raise(store, &new, now).await
}

/// The books of every account were read a moment ago. Its session reads them by itself: this waits for it.
async fn sync(store: &Store, now: DateTime<Utc>) -> Result<(), JobError> {
    let late: Vec<i64> =
        connected(store).await?.iter().filter(|account| !is_read(account, now)).map(|account| account.id).collect();
    if late.is_empty() {
        return Ok(());
    }
    Err(JobError::Retry(format!("the books of these accounts were not read lately: {late:?}")))
}

fn is_read(account: &Account, now: DateTime<Utc>) -> bool {
    account.synced_at.is_some_and(|read_at| now - read_at <= BOOKS_MAX_AGE)
}

/// What an account lacks to trade today, as stable words.
async fn lacks(store: &Store, account: &Account, now: DateTime<Utc>) -> Result<Vec<&'static str>, StoreError> {
    let mut lacks = Vec::new();
    if next_session(kst_date(now)).is_none() {
        lacks.push("calendar");
    }
    if leases::holder(store, &account_lease(account.id), now).await?.is_none() {
        lacks.push("session");
    }
    if !is_read(account, now) {
        lacks.push("sync");
    }
    if circuits::get(store, account.id).await?.record.opening.is_some() {
        lacks.push("circuit");
    }
    let today = kst_date(now);
    if orders::open(store, account.id).await?.iter().any(|order| order.trade_date < today) {
        lacks.push("orders_of_before");
    }
    Ok(lacks)
}

fn account_lease(account_id: i64) -> String {
    format!("account:{account_id}")
}

/// The checks before the open: an account that lacks something is halted until a person has looked (safety §7).
async fn pre_open(store: &Store, now: DateTime<Utc>) -> Result<(), JobError> {
    for account in connected(store).await? {
        let lacks = lacks(store, &account, now).await?;
        if lacks.is_empty() {
            continue;
        }
        let state = kill_switches::effective(store, account.user_id, account.id, None).await?;
        if state != KillState::Halted {
            let reason = format!("checks before the open failed: {}", lacks.join(", "));
            let (scope, halted) = (KillScope::Account, KillState::Halted);
            kill_switches::set(store, scope, account.id, halted, &reason, None, now).await?;
        }
        tell_lack(store, &account, &lacks, true, now).await?;
    }
    Ok(())
}

/// Every account is in operation when the market opens.
async fn opened(store: &Store, now: DateTime<Utc>) -> Result<(), JobError> {
    for account in connected(store).await? {
        if leases::holder(store, &account_lease(account.id), now).await?.is_none() {
            tell_lack(store, &account, &["session"], false, now).await?;
        }
    }
    Ok(())
}

async fn tell_lack(
    store: &Store,
    account: &Account,
    lacks: &[&str],
    is_halted: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = NewNotification {
        user_id: account.user_id,
        account_id: Some(account.id),
        order_id: None,
        kind: NotificationKind::PreOpenFailed,
        subject: format!("account:{}", account.id),
        values: json!({ "lacks": lacks, "is_halted": is_halted }),
    };
    notifications::raise(store, &new, now).await
}

/// Sums a day up for each account that ordered something.
async fn report(store: &Store, session: NaiveDate, now: DateTime<Utc>) -> Result<(), JobError> {
    for account in connected(store).await? {
        let orders = orders::of_day(store, account.id, session).await?;
        if orders.is_empty() {
            continue;
        }
        let new = NewNotification {
            user_id: account.user_id,
            account_id: Some(account.id),
            order_id: None,
            kind: NotificationKind::DayReport,
            subject: format!("account:{}:{session}", account.id),
            values: sums(session, &orders),
        };
        notifications::raise(store, &new, now).await?;
    }
    Ok(())
}

/// A day in figures: counts of orders, and won.
fn sums(session: NaiveDate, orders: &[Order]) -> Value {
    let count = |wanted: fn(&Order) -> bool| orders.iter().filter(|order| wanted(order)).count();
    let traded = |side: Side| -> Won {
        orders.iter().filter(|order| order.fields.side == side).map(|order| order.filled_amount).sum()
    };
    let costs: Won = orders.iter().map(|order| order.commission + order.tax).sum();
    json!({
        "session": session,
        "orders": orders.len(),
        "denied": count(|order| order.state == OrderState::Denied),
        "filled": count(|order| order.state == OrderState::Filled),
        "in_doubt": count(|order| matches!(order.state, OrderState::Unknown | OrderState::Ambiguous)),
        "bought": traded(Side::Buy),
        "sold": traded(Side::Sell),
        "costs": costs,
    })
}
