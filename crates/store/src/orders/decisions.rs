//! What the risk gate decided about an order, for people who want to know why.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::db::Db;
use crate::entities::risk_decisions::{Column, Entity, Model};
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
