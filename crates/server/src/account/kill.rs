//! The kill switch: one click to stop, a person with a password to go on (safety §3.3).

use exodus_domain::{KillScope, KillState};
use exodus_store::{Db, kill_switches, users};

use super::dto::{HaltRequest, KillSwitch, ResumeRequest};
use crate::auth::confirm_password;
use crate::bootstrap::App;
use crate::http::caller::Caller;
use crate::http::kst;
use crate::http::problem::Answer;
use crate::http::validate::Checks;

const MAX_REASON: usize = 200;

/// Pulls the switch of a scope as far as asked, or leaves it where it was pulled further.
pub(crate) async fn pull(
    app: &App,
    caller: &Caller,
    scope: KillScope,
    scope_id: i64,
    state: KillState,
    reason: Option<String>,
) -> Answer<KillSwitch> {
    // A reason that is too long must not keep anybody from stopping.
    let reason: String = reason.unwrap_or_default().trim().chars().take(MAX_REASON).collect();
    let (store, now) = (&app.store, app.now());
    let set = kill_switches::pull(store, scope, scope_id, state, &reason, Some(caller.user_id), now).await?;
    tracing::warn!(%scope, scope_id, state = %set.state, by = caller.user_id, "a kill switch was pulled");
    KillSwitch::read(store, set).await
}

/// Halts a scope.
pub(crate) async fn halt(
    app: &App,
    caller: &Caller,
    scope: KillScope,
    scope_id: i64,
    request: HaltRequest,
) -> Answer<KillSwitch> {
    pull(app, caller, scope, scope_id, KillState::Halted, request.reason).await
}

/// Clears a scope after the password was given once more.
pub(crate) async fn resume(
    app: &App,
    caller: &Caller,
    scope: KillScope,
    scope_id: i64,
    request: ResumeRequest,
) -> Answer<KillSwitch> {
    let mut checks = Checks::default();
    let reason = checks.text("reason", &request.reason, 1, MAX_REASON);
    checks.finish()?;
    confirm_password(app, caller, "password", &request.password).await?;
    let (store, now) = (&app.store, app.now());
    let set = kill_switches::set(store, scope, scope_id, KillState::Active, &reason, Some(caller.user_id), now).await?;
    tracing::warn!(%scope, scope_id, by = caller.user_id, "trading goes on");
    KillSwitch::read(store, set).await
}

/// The switches that touch a user.
pub(crate) async fn touching(db: &dyn Db, user_id: i64) -> Answer<Vec<KillSwitch>> {
    let mut switches = Vec::new();
    for row in kill_switches::touching(db, user_id).await? {
        switches.push(KillSwitch::read(db, row).await?);
    }
    Ok(switches)
}

impl KillSwitch {
    async fn read(db: &dyn Db, row: kill_switches::KillSwitch) -> Answer<Self> {
        let set_by = match row.set_by {
            Some(id) => users::find(db, id).await?.map(|user| user.full_name),
            None => None,
        };
        Ok(Self {
            scope: row.scope,
            scope_id: (row.scope != KillScope::Global).then_some(row.scope_id),
            state: row.state,
            reason: Some(row.reason).filter(|reason| !reason.is_empty()),
            set_by,
            updated_at: kst(row.updated_at),
        })
    }
}
