//! Accounts at the end of each day.

use chrono::NaiveDate;
use exodus_domain::Won;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select, Set};

use crate::db::Db;
use crate::entities::account_snapshots::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records};
use crate::page::{Page, Paged, page_of};

/// What an account was worth on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// Number; 0 in a snapshot that is not stored yet.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account.
    pub account_id: i64,
    /// Date in Korea.
    pub snapshot_date: NaiveDate,
    /// Cash and stock.
    pub total_assets: Won,
    /// Cash.
    pub cash_balance: Won,
    /// Holdings at their prices.
    pub stock_value: Won,
    /// Realised since the account was opened.
    pub realized_pnl: Won,
    /// Unrealised at the prices of the day.
    pub unrealized_pnl: Won,
}

impl TryFrom<Model> for AccountSnapshot {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            snapshot_date: row.snapshot_date,
            total_assets: Won(row.total_assets),
            cash_balance: Won(row.cash_balance),
            stock_value: Won(row.stock_value),
            realized_pnl: Won(row.realized_pnl),
            unrealized_pnl: Won(row.unrealized_pnl),
        })
    }
}

/// Stores a snapshot; a second one of the same account and date replaces the first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert(db: &dyn Db, snapshot: &AccountSnapshot) -> Result<AccountSnapshot, StoreError> {
    let row = ActiveModel {
        user_id: Set(snapshot.user_id),
        account_id: Set(snapshot.account_id),
        snapshot_date: Set(snapshot.snapshot_date),
        total_assets: Set(snapshot.total_assets.0),
        cash_balance: Set(snapshot.cash_balance.0),
        stock_value: Set(snapshot.stock_value.0),
        realized_pnl: Set(snapshot.realized_pnl.0),
        unrealized_pnl: Set(snapshot.unrealized_pnl.0),
        ..Default::default()
    };
    let replace = OnConflict::columns([Column::AccountId, Column::SnapshotDate])
        .update_columns([
            Column::TotalAssets,
            Column::CashBalance,
            Column::StockValue,
            Column::RealizedPnl,
            Column::UnrealizedPnl,
        ])
        .to_owned();
    Entity::insert(row).on_conflict(replace).exec_with_returning(&db.executor()).await?.try_into()
}

/// An account's snapshots in a span of dates, both ends included, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(
    db: &dyn Db,
    account_id: i64,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    page: Page,
) -> Result<Paged<AccountSnapshot>, StoreError> {
    page_of(db, within(account_id, from, to).order_by_desc(Column::SnapshotDate), page).await
}

/// The same, all of them, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn range(
    db: &dyn Db,
    account_id: i64,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Vec<AccountSnapshot>, StoreError> {
    let query = within(account_id, from, to).order_by_asc(Column::SnapshotDate);
    records(query.all(&db.executor()).await?)
}

fn within(account_id: i64, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Select<Entity> {
    let mut query = Entity::find().filter(Column::AccountId.eq(account_id));
    if let Some(from) = from {
        query = query.filter(Column::SnapshotDate.gte(from));
    }
    if let Some(to) = to {
        query = query.filter(Column::SnapshotDate.lte(to));
    }
    query
}
