//! Logins: families of refresh tokens, stored as hashes, rotated on each use (safety SE11).

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::NotificationKind;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use crate::armings;
use crate::db::{Db, Store, Tx};
use crate::entities::{refresh_tokens, session_families};
use crate::error::StoreError;
use crate::notifications::{self, NewNotification};

/// How long after its use a token may come again, from a browser that lost the answer or opens several tabs at once.
/// Safety SE11 allows that to the parent of the newest token only; with three tabs a request can be overtaken twice.
const REPEAT_WINDOW: TimeDelta = TimeDelta::seconds(10);

/// The outcome of [`rotate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The token was good and is spent now; its successor is stored.
    Rotated(Login),
    /// The token was spent a moment ago and its successor is not used yet: the same successor is given again.
    Repeated(Login),
    /// The token was spent a moment ago and its successor as well: the request was overtaken by those of other tabs.
    /// Let it in, but give it no token: the browser holds a newer one.
    Overtaken(Login),
    /// The token was spent long ago: somebody has a copy. The whole family is ended; tell the user.
    Reused(Login),
    /// No token of a living family.
    Unknown,
}

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Number of the family, the `sid` of access tokens.
    pub family_id: i64,
    /// Who logged in.
    pub user_id: i64,
    /// When the login ends at the latest; rotation does not prolong it.
    pub expires_at: DateTime<Utc>,
}

impl From<session_families::Model> for Login {
    fn from(row: session_families::Model) -> Self {
        Self { family_id: row.id, user_id: row.user_id, expires_at: row.expires_at }
    }
}

/// Starts a family with its first token.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn start(
    store: &Store,
    user_id: i64,
    token_hash: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Login, StoreError> {
    let tx = store.begin().await?;
    let family = session_families::ActiveModel {
        user_id: Set(user_id),
        expires_at: Set(expires_at),
        ended_at: Set(None),
        created_at: Set(now),
        ..Default::default()
    };
    let family = family.insert(&tx.executor()).await?;
    insert_token(&tx, family.id, token_hash, None, now).await?;
    tx.commit().await?;
    Ok(family.into())
}

/// Spends a token and stores its successor.
///
/// The caller derives the successor from the presented token with a key of the server, so that the same token always
/// leads to the same successor and a repeat can be answered with it.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn rotate(
    store: &Store,
    presented_hash: &str,
    successor_hash: &str,
    now: DateTime<Utc>,
) -> Result<Rotation, StoreError> {
    let tx = store.begin().await?;
    let Some(family) = living_family(&tx, presented_hash, now).await? else {
        return Ok(Rotation::Unknown);
    };
    // Read after the family is locked: a rotation at the same time is over now.
    let Some(token) = find_token(&tx, presented_hash).await? else {
        return Ok(Rotation::Unknown);
    };
    let rotation = match token.spent_at {
        None => {
            let spent = refresh_tokens::ActiveModel {
                token_hash: Set(token.token_hash),
                spent_at: Set(Some(now)),
                ..Default::default()
            };
            spent.update(&tx.executor()).await?;
            insert_token(&tx, family.id, successor_hash, Some(presented_hash), now).await?;
            Rotation::Rotated(family.into())
        }
        Some(spent_at) => {
            let successor = find_token(&tx, successor_hash).await?;
            match successor.filter(|successor| successor.parent_hash.as_deref() == Some(presented_hash)) {
                Some(successor) if now - spent_at <= REPEAT_WINDOW => match successor.spent_at {
                    None => Rotation::Repeated(family.into()),
                    Some(_) => Rotation::Overtaken(family.into()),
                },
                _ => {
                    end(&tx, family.id, now).await?;
                    tell_reuse(&tx, &family, now).await?;
                    Rotation::Reused(family.into())
                }
            }
        }
    };
    tx.commit().await?;
    Ok(rotation)
}

/// A spent token came again: whoever has it is not the owner, or the owner's browser was robbed.
async fn tell_reuse(tx: &Tx, family: &session_families::Model, now: DateTime<Utc>) -> Result<(), StoreError> {
    let new = NewNotification {
        user_id: family.user_id,
        account_id: None,
        order_id: None,
        kind: NotificationKind::TokenReused,
        subject: format!("session:{}", family.id),
        values: json!({ "started_at": family.created_at }),
    };
    notifications::raise(tx, &new, now).await?;
    armings::end_of_user(tx, family.user_id, now).await.map(drop)
}

/// The login a token belongs to, spent or not, while the login lives.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, token_hash: &str, now: DateTime<Utc>) -> Result<Option<Login>, StoreError> {
    let Some(token) = find_token(db, token_hash).await? else { return Ok(None) };
    let family = session_families::Entity::find_by_id(token.family_id).one(&db.executor()).await?;
    Ok(family.filter(|family| lives(family, now)).map(Login::from))
}

/// True while the login may be used: neither ended nor expired.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn is_live(db: &dyn Db, family_id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let family = session_families::Entity::find_by_id(family_id).one(&db.executor()).await?;
    Ok(family.is_some_and(|family| lives(&family, now)))
}

/// Ends a login.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end(db: &dyn Db, family_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change = session_families::ActiveModel { ended_at: Set(Some(now)), ..Default::default() };
    session_families::Entity::update_many()
        .set(change)
        .filter(session_families::Column::Id.eq(family_id))
        .filter(session_families::Column::EndedAt.is_null())
        .exec(&db.executor())
        .await?;
    Ok(())
}

/// Ends every login of a user, save one, and tells how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_all(db: &dyn Db, user_id: i64, except: Option<i64>, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let change = session_families::ActiveModel { ended_at: Set(Some(now)), ..Default::default() };
    let done = session_families::Entity::update_many()
        .set(change)
        .filter(session_families::Column::UserId.eq(user_id))
        .filter(session_families::Column::EndedAt.is_null())
        .filter(session_families::Column::Id.ne(except.unwrap_or(0)))
        .exec(&db.executor())
        .await?;
    Ok(done.rows_affected)
}

async fn living_family(
    tx: &Tx,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<session_families::Model>, StoreError> {
    let Some(token) = find_token(tx, token_hash).await? else { return Ok(None) };
    let family = session_families::Entity::find_by_id(token.family_id).lock_exclusive();
    Ok(family.one(&tx.executor()).await?.filter(|family| lives(family, now)))
}

fn lives(family: &session_families::Model, now: DateTime<Utc>) -> bool {
    family.ended_at.is_none() && family.expires_at > now
}

async fn find_token(db: &dyn Db, token_hash: &str) -> Result<Option<refresh_tokens::Model>, StoreError> {
    Ok(refresh_tokens::Entity::find_by_id(token_hash.to_owned()).one(&db.executor()).await?)
}

async fn insert_token(
    tx: &Tx,
    family_id: i64,
    token_hash: &str,
    parent_hash: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = refresh_tokens::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        family_id: Set(family_id),
        parent_hash: Set(parent_hash.map(str::to_owned)),
        spent_at: Set(None),
        created_at: Set(now),
    };
    row.insert(&tx.executor()).await?;
    Ok(())
}
