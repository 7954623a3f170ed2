//! T3 and T4: the last look before an order may be sent.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{KillState, OrderEvent, OrderState, Side};
use sea_orm::Set;

use super::{Order, attempts, step};
use crate::accounts::{Account, AccountEnv};
use crate::armings;
use crate::db::{Store, Tx};
use crate::entities::orders::ActiveModel;
use crate::error::StoreError;
use crate::kill_switches;
use crate::leases::{self, Lease};

/// How old a risk decision may be when its order is claimed (T4).
pub const MAX_DECISION_AGE: TimeDelta = TimeDelta::seconds(2);

/// How old an order may be when it is claimed, and when another attempt is begun (T3, T7).
pub const MAX_AGE: TimeDelta = TimeDelta::seconds(5);

/// The outcome of [`claim`].
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimOutcome {
    /// SENDING is written down: send the order now, once.
    Claimed {
        /// The order as it stands.
        order: Order,
        /// Number of the attempt.
        attempt_id: i64,
    },
    /// The order was given up (NOT_SENT).
    Withdrawn {
        /// The order as it stands.
        order: Order,
        /// Why.
        why: WithdrawReason,
    },
    /// The lease is no longer held: nothing was written, stop working on this account.
    LeaseLost,
    /// The order is not waiting to be sent: nothing was written.
    NotCreated(OrderState),
}

/// Why an order was given up before it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawReason {
    /// A kill switch covers it.
    Halted(KillState),
    /// The account only reads until a person releases it.
    InReview,
    /// The money of the account is real, and the order's version of its strategy is not armed (SE50).
    NotArmed,
    /// The risk decision is older than [`MAX_DECISION_AGE`].
    StaleDecision,
    /// It was written down longer than [`MAX_AGE`] ago.
    TooOld,
}

impl WithdrawReason {
    /// The word used in timelines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Halted(_) => "halted",
            Self::InReview => "in_review",
            Self::NotArmed => "not_armed",
            Self::StaleDecision => "stale_decision",
            Self::TooOld => "too_old",
        }
    }

    fn reach(self) {
        match self {
            Self::Halted(_) => reach(Point::HaltedAtClaim),
            Self::StaleDecision => reach(Point::StaleAtClaim),
            Self::InReview | Self::NotArmed | Self::TooOld => {}
        }
    }
}

/// Claims an order for sending (T4), or gives it up (T3). The check of lease and kill switches and the change are one
/// transaction; after it has committed, the order counts as possibly sent.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn claim(
    store: &Store,
    order_id: i64,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Result<ClaimOutcome, StoreError> {
    let tx = store.begin().await?;
    let (account, order) = step::lock(&tx, order_id).await?;
    if order.state != OrderState::Created {
        return Ok(ClaimOutcome::NotCreated(order.state));
    }
    if !leases::is_current(&tx, lease, now).await? && !planted(Defect::EpochUnchecked) {
        reach(Point::LeaseLostAtClaim);
        return Ok(ClaimOutcome::LeaseLost);
    }
    let kill = kill_switches::effective(&tx, order.user_id, order.account_id, order.strategy_id).await?;
    let kill = if planted(Defect::KillCached) { KillState::Active } else { kill };
    let may_spend = may_spend(&tx, &account, &order, now).await?;
    let outcome = match reason_to_withdraw(&account, &order, (kill, may_spend), now) {
        Some(why) => {
            why.reach();
            let change = ActiveModel::default();
            let order = step::take(&tx, &order, &OrderEvent::Withdrawn, why.as_str(), change, now).await?;
            ClaimOutcome::Withdrawn { order, why }
        }
        None => {
            let n = order.attempts + 1;
            let change = ActiveModel {
                attempts: Set(n),
                claimed_at: Set(Some(now)),
                lease_epoch: Set(Some(lease.epoch)),
                sent_at: Set(Some(now)),
                hard_deadline_at: Set(Some(now + attempts::HARD_AFTER_CLAIM)),
                ..Default::default()
            };
            let detail = format!("epoch {}", lease.epoch);
            let order = step::take(&tx, &order, &OrderEvent::Claimed, &detail, change, now).await?;
            let attempt_id = attempts::begin(&tx, &order, None, n, now).await?;
            ClaimOutcome::Claimed { order, attempt_id }
        }
    };
    reach(Point::K06);
    tx.commit().await?;
    reach(Point::K07);
    Ok(outcome)
}

/// True for simulated money, and for real money while the order's version of its strategy is armed.
async fn may_spend(tx: &Tx, account: &Account, order: &Order, now: DateTime<Utc>) -> Result<bool, StoreError> {
    match (account.env, order.strategy_id.zip(order.strategy_version)) {
        (AccountEnv::Paper, _) => Ok(true),
        (AccountEnv::Live, Some(strategy)) => armings::is_armed(tx, account.id, strategy, now).await,
        (AccountEnv::Live, None) => Ok(false),
    }
}

fn reason_to_withdraw(
    account: &Account,
    order: &Order,
    (kill, may_spend): (KillState, bool),
    now: DateTime<Utc>,
) -> Option<WithdrawReason> {
    let halted = match kill {
        KillState::Active => false,
        KillState::ReduceOnly => order.fields.side == Side::Buy,
        KillState::Halted => true,
    };
    if halted {
        Some(WithdrawReason::Halted(kill))
    } else if account.review.is_some() {
        Some(WithdrawReason::InReview)
    } else if !may_spend {
        Some(WithdrawReason::NotArmed)
    } else if now - order.decided_at > MAX_DECISION_AGE && !planted(Defect::StaleDecision) {
        Some(WithdrawReason::StaleDecision)
    } else if order.attempts > 0 && now - order.created_at > MAX_AGE {
        Some(WithdrawReason::TooOld)
    } else {
        None
    }
}
