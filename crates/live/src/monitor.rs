//! The independent monitor: what left is compared each second with what was allowed and with what the broker has; what
//! must not be halts the account (safety §3.2).

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use exodus_domain::{CircuitEvent, KillScope, KillState, NotificationKind, Timer, Won, kst_date};
use exodus_store::monitor::{self, Finding};
use exodus_store::notifications::{self, NewNotification};
use exodus_store::{Store, StoreError, circuits, kill_switches, limits};
use serde_json::json;

/// Between two looks. What one finds is acted upon before the next.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(1);

/// How it signs the audit log.
const ACTOR: &str = "monitor";

/// Looks until it is dropped. `store` is a connection of its own, so that a busy pool of the order path holds nothing up.
pub async fn watch(store: Store, clock: Arc<dyn Timer>) {
    loop {
        let now = clock.now();
        if let Err(error) = look_within_caps(&store, now).await {
            // What cannot be read halts by itself: the claim needs the same database.
            tracing::error!(%error, "the monitor looks again");
        }
        clock.sleep_until(now + LOOK_EVERY).await;
    }
}

/// One look by the operator's hard cap on the worth of an order, as every process noted it when it started.
async fn look_within_caps(store: &Store, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let hard_cap = limits::caps(store).await?.order_notional();
    look(store, hard_cap, now).await
}

/// One look at yesterday's and today's orders: an order of before midnight may be answered after it. Tells how many breaches
/// are new.
///
/// # Errors
/// [`StoreError`] if the database does not answer; the next look finds the same.
async fn look(store: &Store, hard_cap: Won, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let today = kst_date(now);
    let from = today - Days::new(1);
    let found = monitor::findings(store, from, hard_cap.0).await?;
    if found.is_empty() {
        return Ok(0);
    }
    // The tables are read one after the other: what an order only seemed to be on its way through them is gone at once.
    let again = monitor::findings(store, from, hard_cap.0).await?;
    let mut fresh = 0;
    for finding in found.iter().filter(|finding| again.contains(finding)) {
        fresh += usize::from(act(store, finding, today, now).await?);
    }
    Ok(fresh)
}

/// Halts the account, unless it was halted for this before: what a person has seen and cleared stays cleared.
async fn act(store: &Store, finding: &Finding, today: NaiveDate, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let subject = subject(finding, today);
    let kind = NotificationKind::MonitorTripped;
    if notifications::was_raised(store, finding.user_id, kind, &subject).await? {
        return Ok(false);
    }
    let reason = format!("{subject}: {}", finding.detail);
    tracing::error!(account_id = finding.account_id, reason, "the monitor halts the account");
    metrics::counter!("exodus_monitor_breaches_total", "breach" => finding.breach.as_str()).increment(1);
    // The halt comes first. The notification marks it done, so that what fails between the two is tried again.
    kill_switches::set(store, KillScope::Account, finding.account_id, KillState::Halted, &reason, None, now).await?;
    circuits::tell(store, finding.account_id, &CircuitEvent::Breached(reason), ACTOR, now).await?;
    let new = NewNotification {
        user_id: finding.user_id,
        account_id: Some(finding.account_id),
        order_id: finding.order_id,
        kind,
        subject,
        values: json!({ "breach": finding.breach, "detail": finding.detail }),
    };
    notifications::raise(store, &new, now).await?;
    Ok(true)
}

/// What a finding is about. The sums of an account are one subject a day: what makes them wrong is found by its order, too.
fn subject(finding: &Finding, today: NaiveDate) -> String {
    match finding.order_id {
        Some(order_id) => format!("order:{order_id}:{}", finding.breach),
        None => format!("account:{}:{}:{today}", finding.account_id, finding.breach),
    }
}
