//! What people ask an account to do. The server writes the request down, the worker that owns the account answers.

use chrono::{DateTime, Utc};
use exodus_domain::{Notice, OrderFields, Won};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Store, Tx};
use crate::entities::order_requests::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json};
use crate::outbox;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum RequestAction {
    /// Place an order.
    Place {
        /// What it asks for.
        fields: OrderFields,
        /// What the person typed that it is worth, to confirm an unusual size.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed: Option<Won>,
    },
    /// Cancel the open rest of an order.
    Cancel {
        /// Which.
        order_id: i64,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum RequestAnswer {
    /// An order was written down, or its denial.
    Order {
        /// Which.
        order_id: i64,
    },
    /// The cancel was sent to the broker.
    CancelSent,
    /// The cancel was not sent or not taken.
    CancelRefused {
        /// Why.
        detail: String,
    },
}

/// A request to be written down.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Who asks.
    pub user_id: i64,
    /// The user's account.
    pub account_id: i64,
    /// What is asked for.
    pub action: RequestAction,
    /// The client's key; the same key never leads to a second request.
    pub idempotency_key: Option<String>,
    /// Hash of the body the key came with.
    pub body_hash: String,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// Number.
    pub id: i64,
    /// Who asked.
    pub user_id: i64,
    /// Account.
    pub account_id: i64,
    /// What was asked for.
    pub action: RequestAction,
    /// The client's key.
    pub idempotency_key: Option<String>,
    /// What came of it; `None` while it waits.
    pub answer: Option<RequestAnswer>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for OrderRequest {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            action: json(row.action)?,
            idempotency_key: row.idempotency_key,
            answer: row.answer.map(json).transpose()?,
            created_at: row.created_at,
            answered_at: row.answered_at,
        })
    }
}

/// The outcome of [`submit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Written down; the worker is being woken.
    New(OrderRequest),
    /// The same key came before with the same body.
    Repeat(OrderRequest),
    /// The same key came before with another body.
    Mismatch,
}

/// Writes a request down once, however often and however many at a time it comes.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn submit(store: &Store, new: &NewRequest, now: DateTime<Utc>) -> Result<Submitted, StoreError> {
    let tx = store.begin().await?;
    if let Some(key) = &new.idempotency_key {
        tx.lock_key(&format!("request:{}:{key}", new.user_id)).await?;
        let same =
            Entity::find().filter(Column::UserId.eq(new.user_id)).filter(Column::IdempotencyKey.eq(key.as_str()));
        if let Some(row) = same.one(&tx.executor()).await? {
            let is_repeat = row.body_hash == new.body_hash;
            return Ok(if is_repeat { Submitted::Repeat(row.try_into()?) } else { Submitted::Mismatch });
        }
    }
    let row = ActiveModel {
        user_id: Set(new.user_id),
        account_id: Set(new.account_id),
        action: Set(to_json(&new.action)),
        idempotency_key: Set(new.idempotency_key.clone()),
        body_hash: Set(new.body_hash.clone()),
        answer: Set(None),
        created_at: Set(now),
        answered_at: Set(None),
        ..Default::default()
    };
    let row = row.insert(&tx.executor()).await?;
    outbox::add(&tx, &Notice::OrderRequested { account_id: new.account_id }, now).await?;
    tx.commit().await?;
    Ok(Submitted::New(row.try_into()?))
}

/// One of a user's requests.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<OrderRequest>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(OrderRequest::try_from).transpose()
}

/// The requests of an account that wait, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn queued(db: &dyn Db, account_id: i64) -> Result<Vec<OrderRequest>, StoreError> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::AnsweredAt.is_null())
        .order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// Answers a cancel request. Requests to place are answered by the order they lead to.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such request that waits.
pub async fn answer_cancel(
    store: &Store,
    id: i64,
    cancel: &RequestAnswer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    answer(&tx, id, cancel, now).await?;
    tx.commit().await
}

/// Answers a request once.
pub(crate) async fn answer(tx: &Tx, id: i64, answer: &RequestAnswer, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change = ActiveModel { answer: Set(Some(to_json(answer))), answered_at: Set(Some(now)), ..Default::default() };
    let done = Entity::update_many()
        .set(change)
        .filter(Column::Id.eq(id))
        .filter(Column::AnsweredAt.is_null())
        .exec(&tx.executor())
        .await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
