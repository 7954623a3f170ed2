//! Hints of the broker that name an order which no list has shown (safety §2.7). They are looked at again with each list.

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{BrokerOrderId, kst_date};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};

use crate::db::{Db, Tx};
use crate::entities::broker_orders;
use crate::entities::unmatched_notices::{ActiveModel, Column, Entity, Model};
use crate::error::StoreError;

/// A hint that no row explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmatchedNotice {
    /// The number that it names.
    pub broker_order_id: BrokerOrderId,
    /// When it was heard.
    pub received_at: DateTime<Utc>,
}

impl From<Model> for UnmatchedNotice {
    fn from(row: Model) -> Self {
        Self { broker_order_id: BrokerOrderId(row.broker_order_id), received_at: row.received_at }
    }
}

/// Keeps a hint, unless a list of its day has shown the order that it names. Repeats change nothing.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn keep(db: &dyn Db, account_id: i64, id: &BrokerOrderId, now: DateTime<Utc>) -> Result<(), StoreError> {
    let trade_date = kst_date(now);
    let shown = broker_orders::Entity::find()
        .filter(broker_orders::Column::AccountId.eq(account_id))
        .filter(broker_orders::Column::TradeDate.eq(trade_date))
        .filter(broker_orders::Column::BrokerOrderId.eq(id.0.as_str()));
    if shown.count(&db.executor()).await? > 0 {
        return Ok(());
    }
    reach(Point::UnmatchedNotice);
    let row = ActiveModel {
        account_id: Set(account_id),
        hash: Set(format!("{trade_date} {}", id.0)),
        broker_order_id: Set(id.0.clone()),
        // The port tells the number alone.
        symbol: Set(String::new()),
        received_at: Set(now),
        matched_at: Set(None),
        ..Default::default()
    };
    let once = OnConflict::columns([Column::AccountId, Column::Hash]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(once).exec_without_returning(&db.executor()).await?;
    Ok(())
}

/// The hints since `from` that no list has explained, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn unmatched(db: &dyn Db, account_id: i64, from: DateTime<Utc>) -> Result<Vec<UnmatchedNotice>, StoreError> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::MatchedAt.is_null())
        .filter(Column::ReceivedAt.gte(from))
        .order_by_asc(Column::Id);
    Ok(query.all(&db.executor()).await?.into_iter().map(UnmatchedNotice::from).collect())
}

/// Notes which hints the rows of a date explain.
pub(super) async fn match_to_rows(
    tx: &Tx,
    account_id: i64,
    trade_date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows = broker_orders::Entity::find()
        .select_only()
        .column(broker_orders::Column::BrokerOrderId)
        .filter(broker_orders::Column::AccountId.eq(account_id))
        .filter(broker_orders::Column::TradeDate.eq(trade_date))
        .into_query();
    Entity::update_many()
        .col_expr(Column::MatchedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::MatchedAt.is_null())
        .filter(Column::Hash.starts_with(trade_date.to_string()))
        .filter(Column::BrokerOrderId.in_subquery(rows))
        .exec(&tx.executor())
        .await?;
    Ok(())
}
