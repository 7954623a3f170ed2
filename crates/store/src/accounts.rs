//! Accounts: cash, realised profit and price list of one user in one environment.

use chrono::{DateTime, Utc};
use exodus_domain::{CommissionTerms, Won};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::{Db, Tx};
use crate::entities::accounts::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json};

/// The environment of simulated money, the only one so far.
pub const PAPER: &str = "paper";

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// `paper`; fixed when the account is opened.
    pub env: String,
    /// Cash it was opened with.
    pub initial_cash: Won,
    /// Cash now; orders reserve part of it without changing it.
    pub cash: Won,
    /// Profit and loss realised since it was opened, net of all costs.
    pub realized_pnl: Won,
    /// What its next orders pay; an order keeps what it began with.
    pub commission: CommissionTerms,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Last booking.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for Account {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            env: row.env,
            initial_cash: Won(row.initial_cash),
            cash: Won(row.cash),
            realized_pnl: Won(row.realized_pnl),
            commission: json(row.commission_terms)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Opens the paper account of a user.
///
/// # Errors
/// [`StoreError::Conflict`] `account` if the user has one.
pub async fn open(db: &dyn Db, user_id: i64, initial_cash: Won, now: DateTime<Utc>) -> Result<Account, StoreError> {
    let row = ActiveModel {
        user_id: Set(user_id),
        env: Set(PAPER.to_owned()),
        initial_cash: Set(initial_cash.0),
        cash: Set(initial_cash.0),
        realized_pnl: Set(0),
        commission_terms: Set(to_json(&CommissionTerms::default())),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(&db.executor()).await.map_err(|e| StoreError::conflict_or(e, "account"))?.try_into()
}

/// The paper account of a user.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_user(db: &dyn Db, user_id: i64) -> Result<Option<Account>, StoreError> {
    let query = Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::Env.eq(PAPER));
    query.one(&db.executor()).await?.map(Account::try_from).transpose()
}

/// An account by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Account>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Account::try_from).transpose()
}

/// Every account, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db) -> Result<Vec<Account>, StoreError> {
    records(Entity::find().order_by_asc(Column::Id).all(&db.executor()).await?)
}

/// Changes what the next orders of an account pay. Orders that were written down before keep what they began with.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_commission(db: &dyn Db, id: i64, terms: CommissionTerms) -> Result<(), StoreError> {
    // The one column alone: a booking may change the others at the same time.
    let changed = Entity::update_many()
        .col_expr(Column::CommissionTerms, Expr::value(to_json(&terms)))
        .filter(Column::Id.eq(id))
        .exec(&db.executor())
        .await?;
    if changed.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Reads an account and keeps every other booking and sending on it waiting until `tx` ends. Every transaction of
/// the order path starts here, so that they run one after the other and never lock each other out.
pub(crate) async fn lock(tx: &Tx, id: i64) -> Result<Account, StoreError> {
    let row = Entity::find_by_id(id).lock_exclusive().one(&tx.executor()).await?;
    row.ok_or(StoreError::NotFound)?.try_into()
}

/// Writes cash and realised profit back.
pub(crate) async fn save_balance(tx: &Tx, account: &Account, now: DateTime<Utc>) -> Result<(), StoreError> {
    let change = ActiveModel {
        id: Set(account.id),
        cash: Set(account.cash.0),
        realized_pnl: Set(account.realized_pnl.0),
        updated_at: Set(now),
        ..Default::default()
    };
    change.update(&tx.executor()).await?;
    Ok(())
}
