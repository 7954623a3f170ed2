//! What must be before a strategy can be armed (SE50).

use chrono::{DateTime, Utc};
use exodus_domain::{ArmingNeed, KillState, LimitName, PAPER_DAYS, kst_date};
use sea_orm::EntityTrait;

use super::paper::clean_days;
use crate::accounts::{self, Account, AccountEnv, AccountStatus};
use crate::db::Db;
use crate::entities::strategies;
use crate::error::StoreError;
use crate::{circuits, credentials, kill_switches, limits, orders};

/// A version of a strategy that somebody may want to arm on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Owner.
    pub user_id: i64,
    /// Account.
    pub account_id: i64,
    /// Strategy.
    pub strategy_id: i64,
    /// Version.
    pub strategy_version: i32,
    /// True if clean days on paper are asked for, which is the operator's setting.
    pub needs_paper_days: bool,
}

/// What a candidate lacks, in the order of [`ArmingNeed`]; empty if it can be armed.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account.
pub async fn missing(db: &dyn Db, candidate: &Candidate, now: DateTime<Utc>) -> Result<Vec<ArmingNeed>, StoreError> {
    let account = accounts::get(db, candidate.user_id, candidate.account_id).await?.ok_or(StoreError::NotFound)?;
    let mut missing = Vec::new();
    for need in ArmingNeed::ALL {
        let is_met = match need {
            ArmingNeed::Trading => is_trading(db, candidate, &account).await?,
            ArmingNeed::PaperDays => !candidate.needs_paper_days || has_paper_days(db, candidate, now).await?,
            ArmingNeed::Limits => has_limits(db, &account, now).await?,
            ArmingNeed::Reconciled => is_reconciled(db, &account, now).await?,
            ArmingNeed::Credential => has_credential(db, &account).await?,
            ArmingNeed::NotHalted => is_not_halted(db, candidate).await?,
        };
        if !is_met {
            missing.push(*need);
        }
    }
    Ok(missing)
}

async fn is_trading(db: &dyn Db, candidate: &Candidate, account: &Account) -> Result<bool, StoreError> {
    let strategy = strategies::Entity::find_by_id(candidate.strategy_id).one(&db.executor()).await?;
    Ok(account.env == AccountEnv::Live
        && strategy.is_some_and(|strategy| {
            strategy.user_id == candidate.user_id
                && strategy.account_id == Some(account.id)
                && strategy.active_version == Some(candidate.strategy_version)
        }))
}

async fn has_paper_days(db: &dyn Db, candidate: &Candidate, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let Candidate { user_id, strategy_id, strategy_version, .. } = *candidate;
    Ok(clean_days(db, user_id, (strategy_id, strategy_version), now).await? >= PAPER_DAYS)
}

/// A limit that its owner has never set is nobody's decision.
async fn has_limits(db: &dyn Db, account: &Account, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let standings = limits::list(db, account, now).await?;
    let is_set = |name| standings.iter().any(|one| one.name == name && one.last.is_some() && one.value > 0);
    Ok(is_set(LimitName::MaxOrderNotional)
        && is_set(LimitName::MaxDailyLoss)
        && standings.iter().all(|one| one.pending.is_none()))
}

async fn is_reconciled(db: &dyn Db, account: &Account, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let is_read = account.synced_at.is_some_and(|at| kst_date(at) == kst_date(now));
    Ok(is_read && account.review.is_none() && orders::in_doubt(db, account.id).await?.is_empty())
}

async fn has_credential(db: &dyn Db, account: &Account) -> Result<bool, StoreError> {
    let is_taken = matches!(account.status, AccountStatus::NotArmed | AccountStatus::Ready);
    Ok(is_taken && !credentials::of_account(db, account.id).await?.is_empty())
}

async fn is_not_halted(db: &dyn Db, candidate: &Candidate) -> Result<bool, StoreError> {
    let Candidate { user_id, account_id, strategy_id, .. } = *candidate;
    let kill = kill_switches::effective(db, user_id, account_id, Some(strategy_id)).await?;
    Ok(kill == KillState::Active && circuits::get(db, account_id).await?.record.opening.is_none())
}
