//! The phases of a trading day become jobs, each once however many workers see it. What comes too late is left out, with
//! the reason written down and told to those whom it concerns (safety F32).

mod phases;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::NotificationKind;
use exodus_store::accounts::{self, Account, AccountBroker, AccountStatus};
use exodus_store::jobs::{self, JobContext, JobError, NewJob, URGENT};
use exodus_store::notifications::{self, NewNotification};
use exodus_store::schedule::{claim_tick, drop_tick};
use exodus_store::{Store, StoreError, settings};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

pub use phases::{AUDIT_HEADS, BROKER_DATA, BROKER_TOKENS};
pub(crate) use phases::{
    DAILY_BARS, DAY_REPORT, MORNING_CHECK, PRE_OPEN, SESSION_CLOSE, SESSION_OPEN, SNAPSHOTS, SYNC,
};

use self::phases::{PHASES, Phase, Whom};
use crate::LiveError;
use crate::worker::WorkerDeps;

/// Between two looks at the clock.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(5);

/// When a schedule of this installation began: what was before is not missed.
const BEGAN: &str = "schedule_began";

/// What a phase is done for, as its job is given it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PhasePayload {
    /// The session's date, or the day's where the phase comes every day.
    pub session: NaiveDate,
    /// When it was to be done.
    pub tick: DateTime<Utc>,
    /// After this it is not done any more.
    pub until: DateTime<Utc>,
}

/// A job that came, or was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Queued,
    Dropped,
    /// Another worker had it.
    Taken,
}

/// Turns phases into jobs until `stop`.
pub(crate) async fn run(deps: &WorkerDeps, stop: &CancellationToken) {
    let mut taken: HashMap<&str, DateTime<Utc>> = HashMap::new();
    while !stop.is_cancelled() {
        let now = deps.clock.now();
        if let Err(error) = look(&deps.store, &mut taken, now).await {
            tracing::error!(%error, "the phases of the day are looked at again");
        }
        stop.run_until_cancelled(deps.clock.sleep_until(now + LOOK_EVERY)).await;
    }
}

/// Takes every phase whose time has come and which this worker has not seen taken.
async fn look(
    store: &Store,
    taken: &mut HashMap<&'static str, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), LiveError> {
    let due: Vec<_> = PHASES
        .iter()
        .filter_map(|phase| phase.newest(now).map(|payload| (phase, payload)))
        .filter(|(phase, payload)| taken.get(phase.job.name) != Some(&payload.tick))
        .collect();
    if due.is_empty() {
        return Ok(());
    }
    let began = began(store, now).await?;
    let accounts = accounts::list(store).await?;
    for (phase, payload) in due {
        let concerned = concerned(phase.whom, &accounts, payload.tick, now <= payload.until);
        let is_missed = now > payload.until;
        if phase.whom == Whom::Connected && concerned.is_empty() && !is_missed {
            // Somebody may be connected in time.
            continue;
        }
        let is_nobodys = phase.whom == Whom::Connected && concerned.is_empty();
        if !(is_missed && (payload.tick < began || is_nobodys)) {
            let turn = take(store, phase, &payload, &concerned, now).await?;
            tracing::info!(job = phase.job.name, session = %payload.session, ?turn, "a phase of the day has come");
        }
        taken.insert(phase.job.name, payload.tick);
    }
    Ok(())
}

/// When the first worker of this installation looked first.
async fn began(store: &Store, now: DateTime<Utc>) -> Result<DateTime<Utc>, StoreError> {
    if let Some(began) = settings::get(store, BEGAN).await? {
        return Ok(began);
    }
    settings::set(store, BEGAN, &now, now).await?;
    Ok(now)
}

/// Whose accounts a phase is about. Of one that was missed, those whom it would have been about: an account that was added
/// later has missed nothing.
fn concerned(whom: Whom, accounts: &[Account], tick: DateTime<Utc>, is_in_time: bool) -> Vec<&Account> {
    let is_concerned = |account: &&Account| match whom {
        Whom::Everybody => account.broker != AccountBroker::Demo && account.created_at <= tick,
        Whom::Connected => is_connected(account) && (is_in_time || account.created_at <= tick),
    };
    accounts.iter().filter(is_concerned).collect()
}

/// True if an account is at a broker that takes its keys.
pub(crate) fn is_connected(account: &Account) -> bool {
    account.broker != AccountBroker::Demo
        && matches!(account.status, AccountStatus::Ready | AccountStatus::NotArmed | AccountStatus::Unreachable)
}

/// Makes a phase a job, or leaves it out; exactly one worker does.
async fn take(
    store: &Store,
    phase: &Phase,
    payload: &PhasePayload,
    concerned: &[&Account],
    now: DateTime<Utc>,
) -> Result<Turn, StoreError> {
    let tx = store.begin().await?;
    // The claim comes last: a refused one ends the transaction, and everything in it.
    if now > payload.until {
        let reason = late(payload, now);
        for account in concerned {
            tell_dropped(&tx, account, phase.job.name, payload, &reason, now).await?;
        }
        return Ok(if drop_tick(&tx, phase.job.name, payload.tick, &reason, now).await? {
            tx.commit().await?;
            tracing::warn!(job = phase.job.name, session = %payload.session, reason, "a phase was left out");
            Turn::Dropped
        } else {
            Turn::Taken
        });
    }
    let unique_key = Some(format!("{}:{}", phase.job.name, payload.tick.timestamp()));
    let priority = if phase.is_urgent { URGENT } else { 0 };
    let job = NewJob { payload: json!(payload), unique_key, priority, run_at: None };
    jobs::enqueue(&tx, phase.job, &job, now).await?;
    Ok(if claim_tick(&tx, phase.job.name, payload.tick, now).await? {
        tx.commit().await?;
        Turn::Queued
    } else {
        Turn::Taken
    })
}

fn late(payload: &PhasePayload, now: DateTime<Utc>) -> String {
    format!("late by {} s, allowed are {} s", (now - payload.tick).num_seconds(), allowed(payload).num_seconds())
}

fn allowed(payload: &PhasePayload) -> TimeDelta {
    payload.until - payload.tick
}

async fn tell_dropped(
    db: &dyn exodus_store::Db,
    account: &Account,
    job: &str,
    payload: &PhasePayload,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = NewNotification {
        user_id: account.user_id,
        account_id: Some(account.id),
        order_id: None,
        kind: NotificationKind::JobDropped,
        subject: format!("account:{}:{job}", account.id),
        values: json!({
            "job": job,
            "session": payload.session,
            "was_due_at": payload.tick,
            "late_seconds": (now - payload.tick).num_seconds(),
            "allowed_seconds": allowed(payload).num_seconds(),
            "reason": reason,
        }),
    };
    notifications::raise(db, &new, now).await
}

/// What the job of a phase is for, if it is not too late for it: it may have waited in the queue while no worker ran. What
/// came too late ends as failed, and those whom it concerns hear of it.
///
/// # Errors
/// [`JobError::Failed`] if it is too late.
pub async fn in_time(context: &JobContext, payload: Value, now: DateTime<Utc>) -> Result<PhasePayload, JobError> {
    let payload: PhasePayload = serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))?;
    if now <= payload.until || context.attempt() > 1 {
        return Ok(payload);
    }
    let (store, reason) = (context.store(), late(&payload, now));
    for account in accounts::list(store).await?.iter().filter(|account| account.broker != AccountBroker::Demo) {
        if account.created_at <= payload.tick {
            tell_dropped(store, account, context.kind(), &payload, &reason, now).await?;
        }
    }
    Err(JobError::Failed(reason))
}
