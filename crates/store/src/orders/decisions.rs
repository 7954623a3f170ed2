//! What the risk gate decided about an order: before it was written down, and before each further attempt (T7).

use chrono::{DateTime, Utc};
use exodus_domain::{Denial, OrderEvent};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::Value;

use super::{Order, step};
use crate::db::{Db, Store, Tx};
use crate::entities::orders;
use crate::entities::risk_decisions::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records};

/// One decision of the risk gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Number.
    pub id: i64,
    /// `approved` or `denied`.
    pub outcome: String,
    /// The first check that failed; `None` if it was approved.
    pub code: Option<String>,
    /// What the gate saw, limits in force included, as it was then.
    pub inputs: Value,
    /// When.
    pub decided_at: DateTime<Utc>,
}

impl TryFrom<Model> for Decision {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, outcome, code, inputs, decided_at, .. } = row;
        Ok(Self { id, outcome, code, inputs, decided_at })
    }
}

/// The decisions about an order, oldest first. The caller has checked whose order it is.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn decisions_of(db: &dyn Db, order_id: i64) -> Result<Vec<Decision>, StoreError> {
    let query = Entity::find().filter(Column::OrderId.eq(order_id)).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// Writes down what the risk gate said when it was asked again about an order of which nothing was sent (T7): it may be
/// claimed once more, or it is given up (T3).
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Transition`] if the order does not wait to be sent.
pub async fn decide_again(
    store: &Store,
    order_id: i64,
    inputs: &Value,
    denial: Option<&Denial>,
    now: DateTime<Utc>,
) -> Result<Order, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    order.state.after(&OrderEvent::Withdrawn)?;
    insert(&tx, &order, denial, inputs, now).await?;
    let order = match denial {
        Some(denial) => {
            let change = orders::ActiveModel { ..Default::default() };
            step::take(&tx, &order, &OrderEvent::Withdrawn, &denial.word(), change, now).await?
        }
        None => {
            let change = orders::ActiveModel { id: Set(order.id), decided_at: Set(now), ..Default::default() };
            change.update(&tx.executor()).await?.try_into()?
        }
    };
    tx.commit().await?;
    Ok(order)
}

/// Writes a decision down: yes, or no with its reason.
pub(super) async fn insert(
    tx: &Tx,
    order: &Order,
    denial: Option<&Denial>,
    inputs: &Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        order_id: Set(order.id),
        account_id: Set(order.account_id),
        fields_hash: Set(order.fields_hash.clone()),
        outcome: Set(if denial.is_some() { "denied" } else { "approved" }.to_owned()),
        code: Set(denial.map(|denial| denial.code.as_str().to_owned())),
        inputs: Set(inputs.clone()),
        decided_at: Set(now),
        ..Default::default()
    };
    row.insert(&tx.executor()).await?;
    Ok(())
}
