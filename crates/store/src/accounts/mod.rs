//! Accounts: cash, realised profit and price list of one user at one broker. Every user has a demo account, and as many
//! accounts at KIS as were added. One of them is selected: what the user's screens show.

mod broker;
mod review;
mod starts;
mod sync;

use chrono::{DateTime, Utc};
use exodus_domain::{CommissionTerms, Notice, Won, text_enum};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::{Db, Store, Tx};
use crate::entities::accounts::{ActiveModel, Column, Entity, Model};
use crate::entities::users;
use crate::error::{StoreError, json, records, to_json, word};
use crate::outbox;

pub use broker::{KeyHints, NewBrokerAccount, add, mark_checked, remove, rename, renew_keys};
pub use review::{put_into_review, release};
pub use starts::{CRASH_LOOP, note_end, note_start};
pub use sync::{Difference, SyncOutcome, sync};

text_enum! {
    /// Who holds an account.
    AccountBroker {
        /// This installation: simulated money on simulated prices.
        Demo = "demo",
        /// Korea Investment & Securities.
        Kis = "kis",
    }
}

text_enum! {
    /// Whether the money of an account is real. Fixed when the account is added.
    AccountEnv {
        /// Simulated money.
        Paper = "paper",
        /// Real money.
        Live = "live",
    }
}

text_enum! {
    /// Whether an account can be used.
    AccountStatus {
        /// The broker knows it, and it trades.
        Ready = "ready",
        /// Nobody has asked the broker yet.
        Checking = "checking",
        /// The broker refused its keys or its number.
        Refused = "refused",
        /// The broker does not answer.
        Unreachable = "unreachable",
        /// It can be read; orders of real money are not let out yet.
        NotArmed = "not_armed",
    }
}

/// Why an account only reads until a person releases it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What a person must look at.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// What the owner calls it.
    pub name: String,
    /// Who holds it; fixed when it is opened.
    pub broker: AccountBroker,
    /// Whether its money is real; fixed when it is opened.
    pub env: AccountEnv,
    /// What may be shown of its number, such as `******34-01`; `None` for a demo account.
    pub number_hint: Option<String>,
    /// What may be shown of its keys; `None` for a demo account.
    pub keys: Option<KeyHints>,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Why it cannot, or what differs from the broker's books; the server's own record, opaque to the store.
    pub problem: Option<Value>,
    /// When the broker was asked last.
    pub checked_at: Option<DateTime<Utc>>,
    /// When cash and holdings were read from the broker last; `None` if that was never done, or need not be.
    pub synced_at: Option<DateTime<Utc>>,
    /// Why it only reads, until a person releases it; `None` if it may trade.
    pub review: Option<Review>,
    /// What it began with: cash, and holdings at cost.
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

impl Account {
    /// True if a person released the account after `earlier` was read: its books are to be taken over anew.
    pub fn is_released_since(&self, earlier: &Self) -> bool {
        self.synced_at.is_none() && earlier.synced_at.is_some()
    }
}

impl TryFrom<Model> for Account {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let keys = match (row.key_hint, row.hts_id_hint, row.keys_saved_at) {
            (Some(app_key), Some(hts_id), Some(saved_at)) => Some(KeyHints { app_key, hts_id, saved_at }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            name: row.name,
            broker: word(&row.broker)?,
            env: word(&row.env)?,
            number_hint: row.number_hint,
            keys,
            status: word(&row.status)?,
            problem: row.problem,
            checked_at: row.checked_at,
            synced_at: row.synced_at,
            review: row.review.map(json).transpose()?,
            initial_cash: Won(row.initial_cash),
            cash: Won(row.cash),
            realized_pnl: Won(row.realized_pnl),
            commission: json(row.commission_terms)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Opens the demo account of a user.
///
/// # Errors
/// [`StoreError::Conflict`] `account` if the user has one.
pub async fn open(db: &dyn Db, user_id: i64, initial_cash: Won, now: DateTime<Utc>) -> Result<Account, StoreError> {
    let row = ActiveModel {
        user_id: Set(user_id),
        name: Set("Demo".to_owned()),
        broker: Set(AccountBroker::Demo.as_str().to_owned()),
        env: Set(AccountEnv::Paper.as_str().to_owned()),
        status: Set(AccountStatus::Ready.as_str().to_owned()),
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

/// The account a user has selected: the demo account until another one is.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_user(db: &dyn Db, user_id: i64) -> Result<Option<Account>, StoreError> {
    if let Some(id) = selected_id(db, user_id).await?
        && let Some(account) = get(db, user_id, id).await?
    {
        return Ok(Some(account));
    }
    let query = present().filter(Column::UserId.eq(user_id)).filter(Column::Broker.eq(AccountBroker::Demo.as_str()));
    query.one(&db.executor()).await?.map(Account::try_from).transpose()
}

async fn selected_id(db: &dyn Db, user_id: i64) -> Result<Option<i64>, StoreError> {
    let query = users::Entity::find_by_id(user_id).select_only().column(users::Column::SelectedAccountId);
    Ok(query.into_tuple::<Option<i64>>().one(&db.executor()).await?.flatten())
}

/// Selects an account: what the user's screens show from now on. They are told.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account.
pub async fn select(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<Account, StoreError> {
    let tx = store.begin().await?;
    let account = get(&tx, user_id, id).await?.ok_or(StoreError::NotFound)?;
    let change = users::ActiveModel { selected_account_id: Set(Some(id)), ..Default::default() };
    users::Entity::update_many().set(change).filter(users::Column::Id.eq(user_id)).exec(&tx.executor()).await?;
    outbox::add(&tx, &Notice::AccountChanged { user_id, account_id: id }, now).await?;
    tx.commit().await?;
    Ok(account)
}

/// The accounts of a user: the demo account, then those of brokers, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list_of_user(db: &dyn Db, user_id: i64) -> Result<Vec<Account>, StoreError> {
    let query = present().filter(Column::UserId.eq(user_id)).order_by_asc(Column::Broker).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// One of a user's accounts.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Account>, StoreError> {
    let query = present().filter(Column::Id.eq(id)).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Account::try_from).transpose()
}

/// An account by number, for work that is not done in a user's name; removed ones too, because orders name them.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Account>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Account::try_from).transpose()
}

/// Every account that was not removed, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db) -> Result<Vec<Account>, StoreError> {
    records(present().order_by_asc(Column::Id).all(&db.executor()).await?)
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
    let row = present().filter(Column::Id.eq(id)).lock_exclusive().one(&tx.executor()).await?;
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

/// Those that were not removed.
fn present() -> Select<Entity> {
    Entity::find().filter(Column::DeletedAt.is_null())
}
