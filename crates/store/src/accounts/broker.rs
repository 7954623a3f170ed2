//! Accounts at a broker: adding them, their keys, what the broker says of them, removing them.

use chrono::{DateTime, Months, NaiveDate, Utc};
use exodus_domain::{ArmingEnd, CommissionTerms, Notice, kst_date};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::{Account, AccountBroker, AccountEnv, AccountStatus, get, lock};
use crate::audit::{self, Change, NewAudit};
use crate::db::{Store, Tx};
use crate::entities::accounts::ActiveModel;
use crate::entities::{strategies, users};
use crate::error::{StoreError, to_json};
use crate::{armings, credentials, orders, outbox};

/// What may be shown of the keys of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHints {
    /// The end of the app key.
    pub app_key: String,
    /// The beginning of the HTS id.
    pub hts_id: String,
    /// When they were saved.
    pub saved_at: DateTime<Utc>,
}

impl KeyHints {
    /// The day the keys end at the latest: those of KIS live for a year, and were not made after they were saved.
    pub fn expires_on(&self) -> Option<NaiveDate> {
        kst_date(self.saved_at).checked_add_months(Months::new(12))
    }
}

/// An account at KIS that is to be added. Its keys are stored apart, see [`credentials`](crate::credentials).
#[derive(Clone, Debug)]
pub struct NewBrokerAccount {
    /// Owner.
    pub user_id: i64,
    /// What the owner calls it.
    pub name: String,
    /// Whether its money is real.
    pub env: AccountEnv,
    /// What may be shown of its number.
    pub number_hint: String,
    /// Tells equal numbers from different ones, without telling the number.
    pub number_fingerprint: String,
    /// What may be shown of its keys.
    pub keys: KeyHints,
}

/// Adds an account at KIS, unread and unchecked, with its audit entry. The caller stores its keys in the same transaction.
///
/// # Errors
/// [`StoreError::Conflict`] `account` if the owner has that account already.
pub async fn add(tx: &Tx, new: &NewBrokerAccount, now: DateTime<Utc>) -> Result<Account, StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        name: Set(new.name.clone()),
        broker: Set(AccountBroker::Kis.as_str().to_owned()),
        env: Set(new.env.as_str().to_owned()),
        number_hint: Set(Some(new.number_hint.clone())),
        number_fingerprint: Set(Some(new.number_fingerprint.clone())),
        hts_id_hint: Set(Some(new.keys.hts_id.clone())),
        key_hint: Set(Some(new.keys.app_key.clone())),
        keys_saved_at: Set(Some(new.keys.saved_at)),
        status: Set(AccountStatus::Checking.as_str().to_owned()),
        initial_cash: Set(0),
        cash: Set(0),
        realized_pnl: Set(0),
        commission_terms: Set(to_json(&CommissionTerms::default())),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = row.insert(&tx.executor()).await.map_err(|e| StoreError::conflict_or(e, "account"))?;
    let account = Account::try_from(row)?;
    let detail = json!({ "env": new.env, "account": new.number_hint });
    record(tx, (None, Some(&account)), &owner(&account), "account.add", detail, now).await?;
    announce(tx, &account, now).await?;
    Ok(account)
}

/// Changes what the owner calls an account.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account.
pub async fn rename(tx: &Tx, user_id: i64, id: i64, name: &str, now: DateTime<Utc>) -> Result<Account, StoreError> {
    get(tx, user_id, id).await?.ok_or(StoreError::NotFound)?;
    let change = ActiveModel { id: Set(id), name: Set(name.to_owned()), ..Default::default() };
    let row = change.update(&tx.executor()).await?;
    let renamed = Account::try_from(row)?;
    announce(tx, &renamed, now).await?;
    Ok(renamed)
}

/// Notes that an account has other keys, with its audit entry. The caller stores them in the same transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn renew_keys(tx: &Tx, id: i64, keys: &KeyHints, now: DateTime<Utc>) -> Result<Account, StoreError> {
    let account = lock(tx, id).await?;
    armings::end_of_account(tx, id, ArmingEnd::KeysChanged, now).await?;
    let change = ActiveModel {
        id: Set(id),
        key_hint: Set(Some(keys.app_key.clone())),
        hts_id_hint: Set(Some(keys.hts_id.clone())),
        keys_saved_at: Set(Some(keys.saved_at)),
        status: Set(AccountStatus::Checking.as_str().to_owned()),
        problem: Set(None),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = change.update(&tx.executor()).await?;
    let renewed = Account::try_from(row)?;
    let detail = json!({ "account": account.number_hint });
    record(tx, (Some(&account), Some(&renewed)), &owner(&account), "account.renew_keys", detail, now).await?;
    announce(tx, &account, now).await?;
    Ok(renewed)
}

/// Notes what the broker says of an account, and tells the owner's screens if that is news.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn mark_checked(
    store: &Store,
    id: i64,
    status: AccountStatus,
    problem: Option<Value>,
    now: DateTime<Utc>,
) -> Result<Account, StoreError> {
    let tx = store.begin().await?;
    let known = lock(&tx, id).await?;
    let change = ActiveModel {
        id: Set(id),
        status: Set(status.as_str().to_owned()),
        problem: Set(problem.clone()),
        checked_at: Set(Some(now)),
        ..Default::default()
    };
    let row = change.update(&tx.executor()).await?;
    if (known.status, &known.problem) != (status, &problem) {
        announce(&tx, &known, now).await?;
    }
    tx.commit().await?;
    row.try_into()
}

/// Removes an account at a broker with its keys. Its orders and trades stay. If it was selected, the demo account is.
///
/// # Errors
/// [`StoreError::NotFound`]; [`StoreError::Conflict`] `demo_account`, `open_orders` or `active_strategies`.
pub async fn remove(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let account = lock(&tx, id).await?;
    if account.user_id != user_id {
        return Err(StoreError::NotFound);
    }
    if account.broker == AccountBroker::Demo {
        return Err(StoreError::Conflict("demo_account"));
    }
    if !orders::open(&tx, id).await?.is_empty() {
        return Err(StoreError::Conflict("open_orders"));
    }
    let trading = strategies::Entity::find().filter(strategies::Column::AccountId.eq(id));
    if trading.count(&tx.executor()).await? > 0 {
        return Err(StoreError::Conflict("active_strategies"));
    }
    armings::end_of_account(&tx, id, ArmingEnd::KeysChanged, now).await?;
    credentials::remove(&tx, id).await?;
    let change = ActiveModel { id: Set(id), deleted_at: Set(Some(now)), ..Default::default() };
    change.update(&tx.executor()).await?;
    let unselected = users::ActiveModel { selected_account_id: Set(None), ..Default::default() };
    users::Entity::update_many()
        .set(unselected)
        .filter(users::Column::Id.eq(user_id))
        .filter(users::Column::SelectedAccountId.eq(id))
        .exec(&tx.executor())
        .await?;
    let detail = json!({ "account": account.number_hint });
    record(&tx, (Some(&account), None), &owner(&account), "account.remove", detail, now).await?;
    announce(&tx, &account, now).await?;
    tx.commit().await
}

/// Tells the owner's screens, and the worker, that an account is not as it was.
pub(super) async fn announce(tx: &Tx, account: &Account, now: DateTime<Utc>) -> Result<(), StoreError> {
    outbox::add(tx, &Notice::AccountChanged { user_id: account.user_id, account_id: account.id }, now).await
}

fn owner(account: &Account) -> String {
    format!("user:{}", account.user_id)
}

/// Writes down what was done with an account, and by whom. A number is named by what may be shown of it.
pub(super) async fn record(
    tx: &Tx,
    (before, after): (Option<&Account>, Option<&Account>),
    actor: &str,
    action: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(account) = after.or(before) else { return Ok(()) };
    let entry = NewAudit {
        user_id: Some(account.user_id),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: format!("account:{}", account.id),
        detail,
    };
    let change = Change { address: None, before: before.map(facts), after: after.map(facts) };
    audit::append_change(tx, &entry, &change, now).await.map(drop)
}

/// What an audit entry of an account is hashed over: nothing secret, and nothing that moves by itself.
fn facts(account: &Account) -> Value {
    let keys = account.keys.as_ref().map(|keys| (&keys.app_key, &keys.hts_id, keys.saved_at));
    json!({
        "account_id": account.id,
        "user_id": account.user_id,
        "broker": account.broker,
        "env": account.env,
        "number": account.number_hint,
        "keys": keys,
        "review": account.review,
        "cash": account.cash,
        "synced": account.synced_at.is_some(),
    })
}
