//! Attempts: each claim of an order, or of a cancel of it, and what came of the one request it allowed (safety §2.1).

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{AnswerClass, BrokerOrderId, OrderAnswer, UnsentProof};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};

use super::Order;
use crate::db::{Db, Tx};
use crate::entities::order_attempts::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};

/// The most attempts for an order, and for a cancel (safety §2.6).
pub const MAX_ATTEMPTS: i32 = 3;

/// So long after its claim no answer to a request can come (safety M4: the hard timeout, and a second for the writing).
pub(super) const HARD_AFTER_CLAIM: TimeDelta = TimeDelta::seconds(31);

/// A claim, and the request it allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Number, growing over all attempts of the installation.
    pub id: i64,
    /// Order.
    pub order_id: i64,
    /// The cancel it is for; `None` for the order itself.
    pub cancel_id: Option<i64>,
    /// First, second, third.
    pub n: i32,
    /// [`fields_hash`](super::fields_hash) of the order, or the broker's number of what is cancelled.
    pub request_hash: String,
    /// Whether a byte of the request left; `None` while nobody knows.
    pub wrote_bytes: Option<bool>,
    /// What proves that the broker did not take it.
    pub proof: Option<UnsentProof>,
    /// Class of the answer.
    pub answer_class: Option<AnswerClass>,
    /// The answer in words.
    pub answer: Option<String>,
    /// When it was claimed.
    pub claimed_at: DateTime<Utc>,
    /// When the request was handed to the connection.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the answer was understood, or given up.
    pub answered_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Attempt {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            cancel_id: row.cancel_id,
            n: row.n,
            request_hash: row.request_hash,
            wrote_bytes: row.wrote_bytes,
            proof: row.proof.as_deref().map(word).transpose()?,
            answer_class: row.answer_class.as_deref().map(word).transpose()?,
            answer: row.answer,
            claimed_at: row.claimed_at,
            sent_at: row.sent_at,
            answered_at: row.answered_at,
        })
    }
}

/// The attempts of an order and of its cancels, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn attempts_of(db: &dyn Db, order_id: i64) -> Result<Vec<Attempt>, StoreError> {
    let query = Entity::find().filter(Column::OrderId.eq(order_id)).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// True if the database knows this attempt as one of this order. A database that was put back to an older state does
/// not (safety §2.8).
///
/// # Errors
/// [`StoreError::Database`].
pub async fn has_attempt(db: &dyn Db, id: i64, order_id: i64) -> Result<bool, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::OrderId.eq(order_id));
    Ok(query.count(&db.executor()).await? > 0)
}

/// Writes a claim down; its number is returned.
pub(super) async fn begin(
    tx: &Tx,
    order: &Order,
    cancel: Option<(i64, &BrokerOrderId)>,
    n: i32,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let row = ActiveModel {
        order_id: Set(order.id),
        cancel_id: Set(cancel.map(|(id, _)| id)),
        n: Set(n),
        request_hash: Set(cancel.map_or_else(|| order.fields_hash.clone(), |(_, number)| number.0.clone())),
        claimed_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(&tx.executor()).await?.id)
}

/// Writes down what came of the newest attempt of an order, or of a cancel. A later answer replaces an earlier doubt.
pub(super) async fn finish(
    tx: &Tx,
    order_id: i64,
    cancel_id: Option<i64>,
    answer: &OrderAnswer,
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let of = match cancel_id {
        Some(id) => Column::CancelId.eq(id),
        None => Column::CancelId.is_null(),
    };
    let query = Entity::find().filter(Column::OrderId.eq(order_id)).filter(of).order_by_desc(Column::Id);
    let Some(newest) = query.one(&tx.executor()).await? else { return Ok(()) };
    let proof = match answer {
        OrderAnswer::ProvenUnsent { proof, .. } => Some(*proof),
        _ => None,
    };
    let mut row = ActiveModel {
        id: Set(newest.id),
        wrote_bytes: Set(Some(proof != Some(UnsentProof::NoBytes))),
        proof: Set(proof.map(|proof| proof.as_str().to_owned())),
        answer_class: Set(Some(answer.class().as_str().to_owned())),
        answer: Set(Some(in_words(answer))),
        answered_at: Set(Some(now)),
        ..Default::default()
    };
    if sent_at.is_some() {
        row.sent_at = Set(sent_at);
    }
    row.update(&tx.executor()).await?;
    Ok(())
}

/// An answer as timelines show it.
pub(super) fn in_words(answer: &OrderAnswer) -> String {
    match answer {
        OrderAnswer::Accepted(number) => number.0.clone(),
        OrderAnswer::Refused { code, message } => format!("{code}: {message}"),
        OrderAnswer::ProvenUnsent { detail, .. } | OrderAnswer::Unknown(detail) => detail.clone(),
    }
}

/// The broker's code in an answer.
pub(super) fn code_of(answer: &OrderAnswer) -> Option<String> {
    match answer {
        OrderAnswer::Refused { code, .. } => Some(code.clone()),
        _ => None,
    }
}
