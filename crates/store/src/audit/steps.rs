//! The steps of orders against their audit entries: the tables are apart, so that what was cut off one is seen in the other.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::db::Db;
use crate::entities::audit_log::{Column, Entity};
use crate::entities::order_events;
use crate::error::StoreError;

/// What every audit entry of a step begins with.
pub(crate) const STEP: &str = "order.";
/// The object of such an entry, before the order's number.
pub(crate) const ORDER: &str = "order:";

/// Orders that have more or fewer steps in their timeline than in the audit log (safety I22), in order of their numbers.
/// Orders of before steps were audited are not counted.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn unrecorded_orders(db: &dyn Db) -> Result<Vec<i64>, StoreError> {
    let audited: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Object)
        .column_as(Column::Seq.count(), "steps")
        .filter(Column::Action.starts_with(STEP))
        .group_by(Column::Object)
        .into_tuple()
        .all(&db.executor())
        .await?;
    let numbered = |(object, steps): (String, i64)| Some((object.strip_prefix(ORDER)?.parse().ok()?, steps));
    let audited: HashMap<i64, i64> = audited.into_iter().filter_map(numbered).collect();
    // Orders under way when steps began to be audited are older than the first that was audited whole.
    let first: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Object)
        .filter(Column::Action.is_in(["order.created", "order.denied"]))
        .into_tuple()
        .all(&db.executor())
        .await?;
    let Some(first) = first.iter().filter_map(|object| object.strip_prefix(ORDER)?.parse::<i64>().ok()).min() else {
        return Ok(Vec::new());
    };
    let taken: Vec<(i64, i64)> = order_events::Entity::find()
        .select_only()
        .column(order_events::Column::OrderId)
        .column_as(order_events::Column::Id.count(), "steps")
        .filter(order_events::Column::OrderId.gte(first))
        .group_by(order_events::Column::OrderId)
        .into_tuple()
        .all(&db.executor())
        .await?;
    let is_unrecorded = |(id, steps): &(i64, i64)| audited.get(id).copied().unwrap_or_default() != *steps;
    let mut unrecorded: Vec<i64> = taken.into_iter().filter(is_unrecorded).map(|(id, _)| id).collect();
    unrecorded.sort_unstable();
    Ok(unrecorded)
}
