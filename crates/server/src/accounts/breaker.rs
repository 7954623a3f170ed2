//! The circuit between an account and its broker: whether new orders may go (safety §3.3).

use chrono::{DateTime, FixedOffset, Utc};
use exodus_domain::{CircuitCause, CircuitChange, CircuitEvent, CircuitRecord, CircuitState};
use exodus_store::{accounts, circuits};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::Caller;
use crate::http::problem::{Answer, Problem};
use crate::http::validate::Checks;
use crate::http::{kst, words};

const MAX_REASON: usize = 200;

/// Whether new orders of an account may go to its broker.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Breaker {
    /// Account.
    pub(crate) account_id: i64,
    /// Whether they may: only while it is closed.
    #[schema(value_type = words::CircuitState)]
    pub(crate) state: CircuitState,
    /// Why not; null if they may.
    #[schema(required, value_type = Option<words::CircuitCause>)]
    pub(crate) cause: Option<CircuitCause>,
    /// What was seen, in English; null if nothing is wrong.
    #[schema(required)]
    pub(crate) detail: Option<String>,
    /// Since when they may not.
    #[schema(required)]
    pub(crate) since: Option<DateTime<FixedOffset>>,
    /// When the broker is tried again; null if it is being tried, or waits for a person.
    #[schema(required)]
    pub(crate) tries_again_at: Option<DateTime<FixedOffset>>,
    /// True if only a person lets it be tried again.
    pub(crate) needs_person: bool,
    /// Calls that failed since the last good one, up to five.
    pub(crate) failures_in_row: u32,
}

/// A person's word that what opened a circuit was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakerRelease {
    /// The caller's password.
    #[schema(value_type = String, max_length = 128, format = Password)]
    password: SecretString,
    /// Why it is safe to go on, for the log.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// The circuit of an account of the caller.
pub(super) async fn read(app: &App, caller: &Caller, id: i64) -> Answer<Breaker> {
    accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let stored = circuits::get(&app.store, id).await?;
    Ok(Breaker::of(id, &stored.record, app.now()))
}

/// Lets a circuit that a broken invariant opened be tried again. It closes by itself once the broker has proven itself.
pub(super) async fn release(app: &App, caller: &Caller, id: i64, request: BreakerRelease) -> Answer<Breaker> {
    accounts::get(&app.store, caller.user_id, id).await?.ok_or_else(Problem::not_found)?;
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 1, MAX_REASON);
    checks.finish()?;
    confirm_password(app, caller, "password", &request.password).await?;
    let actor = format!("user:{}", caller.user_id);
    let change = circuits::tell(&app.store, id, &CircuitEvent::Released, &actor, app.now()).await?;
    if change != Some(CircuitChange::Released) {
        return Err(Problem::conflict(
            "NOTHING_TO_RELEASE",
            "No person is waited for: the circuit is closed, or closes by itself once the broker answers.",
        ));
    }
    tracing::warn!(account_id = id, by = caller.user_id, reason, "a circuit was released");
    read(app, caller, id).await
}

impl Breaker {
    fn of(account_id: i64, record: &CircuitRecord, now: DateTime<Utc>) -> Self {
        let (state, opening) = (record.state(now), record.opening.as_ref());
        let waits = opening.filter(|opening| state == CircuitState::Open && !opening.needs_person);
        Self {
            account_id,
            state,
            cause: opening.map(|opening| opening.cause),
            detail: opening.map(|opening| opening.detail.clone()),
            since: opening.map(|opening| kst(opening.since)),
            tries_again_at: waits.map(|opening| kst(opening.half_open_at)),
            needs_person: opening.is_some_and(|opening| opening.needs_person),
            failures_in_row: record.failures_in_row,
        }
    }
}
