//! REVIEW: an account whose books must be looked at by a person reads and cancels, and sends nothing new (safety §2.8).

use chrono::{DateTime, Utc};
use exodus_domain::{ArmingEnd, NotificationKind};
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};

use super::broker::{announce, record};
use super::{Account, Review, lock};
use crate::armings;
use crate::db::Store;
use crate::entities::accounts::ActiveModel;
use crate::error::{StoreError, to_json};
use crate::notifications::{self, NewNotification};

/// Puts an account into REVIEW, with its audit entry. One that is there keeps its first reason.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn put_into_review(
    store: &Store,
    id: i64,
    reason: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let account = lock(&tx, id).await?;
    if account.review.is_some() {
        return Ok(());
    }
    tracing::error!(account_id = id, reason, "the account is in review");
    let review = Review { reason: reason.to_owned(), since: now };
    let change =
        ActiveModel { id: Set(id), review: Set(Some(to_json(&review))), updated_at: Set(now), ..Default::default() };
    let reviewed = Account::try_from(change.update(&tx.executor()).await?)?;
    announce(&tx, &account, now).await?;
    armings::end_of_account(&tx, id, ArmingEnd::Review, now).await?;
    let new = NewNotification {
        user_id: account.user_id,
        account_id: Some(id),
        order_id: None,
        kind: NotificationKind::AccountReview,
        subject: format!("account:{id}"),
        values: json!({ "reason": reason }),
    };
    notifications::raise(&tx, &new, now).await?;
    let detail = json!({ "reason": reason, "found": detail });
    record(&tx, (Some(&account), Some(&reviewed)), "system", "account.review", detail, now).await?;
    tx.commit().await
}

/// A person releases an account: it leaves REVIEW, and its books are taken over from the broker at the next start of its
/// session, as they were the first time. With an audit entry.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account.
pub async fn release(
    store: &Store,
    user_id: i64,
    id: i64,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<Account, StoreError> {
    let tx = store.begin().await?;
    let account = lock(&tx, id).await?;
    if account.user_id != user_id {
        return Err(StoreError::NotFound);
    }
    let change = ActiveModel {
        id: Set(id),
        review: Set(None),
        synced_at: Set(None),
        starts: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    let released = Account::try_from(change.update(&tx.executor()).await?)?;
    announce(&tx, &account, now).await?;
    let detail = json!({ "reason": reason, "review": account.review });
    let actor = format!("user:{user_id}");
    record(&tx, (Some(&account), Some(&released)), &actor, "account.release", detail, now).await?;
    tx.commit().await?;
    Ok(released)
}
