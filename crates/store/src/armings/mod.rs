//! Live armings (safety SE50, SE51): which strategy may order with real money on which account, until when, and why it may
//! no more. What ends an arming ends it in the transaction of the change that was the reason.

mod needs;
mod paper;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{ArmingEnd, Notice, NotificationKind, Won, kst_date};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use serde::Serialize;
use serde_json::json;

use crate::accounts;
use crate::audit::{self, Change, NewAudit};
use crate::db::{Db, Store, Tx};
use crate::entities::armings::{ActiveModel, Column, Entity, Model};
use crate::entities::{orders, strategies};
use crate::error::{StoreError, records, to_json, word};
use crate::notifications::{self, NewNotification};
use crate::outbox;
use crate::page::{Page, Paged, page_of};

pub use needs::{Candidate, missing};
pub use paper::{PaperDay, clean_days, paper_days};

/// Who ends armings where no person does.
const PROGRAM: &str = "system";

/// An arming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Arming {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account whose money may be used.
    pub account_id: i64,
    /// Strategy that may use it.
    pub strategy_id: i64,
    /// The version of it, and no other.
    pub strategy_version: i32,
    /// What the owner typed that may be lost, in won.
    pub max_loss: Won,
    /// First trading day.
    pub first_date: NaiveDate,
    /// Last trading day.
    pub last_date: NaiveDate,
    /// The program that it was made with.
    pub program: String,
    /// When it was made.
    pub armed_at: DateTime<Utc>,
    /// When it ended and why; `None` while it holds.
    pub end: Option<(DateTime<Utc>, ArmingEnd)>,
}

impl TryFrom<Model> for Arming {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let end = match (row.ended_at, row.end_reason.as_deref()) {
            (Some(at), Some(reason)) => Some((at, word(reason)?)),
            (Some(_), None) => return Err(StoreError::Corrupt("an arming ended for no reason".to_owned())),
            (None, _) => None,
        };
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            max_loss: Won(row.max_loss),
            first_date: row.first_date,
            last_date: row.last_date,
            program: row.program,
            armed_at: row.armed_at,
            end,
        })
    }
}

/// What is to be armed, once the owner has given the password and typed the sentence.
#[derive(Clone, Debug)]
pub struct NewArming {
    /// Owner, account, strategy and version.
    pub candidate: Candidate,
    /// What may be lost, in won.
    pub max_loss: Won,
    /// First and last trading day.
    pub days: (NaiveDate, NaiveDate),
    /// The program that runs.
    pub program: String,
    /// Where the owner asked from; `None` if that is not known.
    pub address: Option<String>,
}

/// A version of a strategy that may order with real money today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Armed {
    /// Strategy.
    pub strategy_id: i64,
    /// Version.
    pub strategy_version: i32,
    /// True on its first live day, when less passes.
    pub is_first_day: bool,
}

/// Arms a version of a strategy, with its audit entry. What is missing is looked at once more in the same transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such account; [`StoreError::Conflict`] `arming_needs` if something is
/// missing, `armed` if the strategy is armed already.
pub async fn arm(store: &Store, new: &NewArming, now: DateTime<Utc>) -> Result<Arming, StoreError> {
    let tx = store.begin().await?;
    let Candidate { user_id, account_id, strategy_id, strategy_version, .. } = new.candidate;
    let account = accounts::lock(&tx, account_id).await?;
    if account.user_id != user_id {
        return Err(StoreError::NotFound);
    }
    end_where(&tx, of_strategy(strategy_id).add(is_over(now)), ArmingEnd::Expired, PROGRAM, now).await?;
    if !missing(&tx, &new.candidate, now).await?.is_empty() {
        return Err(StoreError::Conflict("arming_needs"));
    }
    let row = ActiveModel {
        user_id: Set(user_id),
        account_id: Set(account_id),
        strategy_id: Set(strategy_id),
        strategy_version: Set(strategy_version),
        max_loss: Set(new.max_loss.0),
        first_date: Set(new.days.0),
        last_date: Set(new.days.1),
        program: Set(new.program.clone()),
        armed_at: Set(now),
        ended_at: Set(None),
        end_reason: Set(None),
        ..Default::default()
    };
    let row = row.insert(&tx.executor()).await.map_err(|error| StoreError::conflict_or(error, "armed"))?;
    let arming = Arming::try_from(row)?;
    outbox::add(&tx, &Notice::AccountChanged { user_id, account_id }, now).await?;
    let change = Change { address: new.address.clone(), before: None, after: Some(to_json(&arming)) };
    let actor = format!("user:{user_id}");
    record(&tx, &arming, &actor, "arming.arm", &change, now).await?;
    tx.commit().await?;
    Ok(arming)
}

/// Takes the arming of a strategy back.
///
/// # Errors
/// [`StoreError::NotFound`] if the user has no such strategy that is armed.
pub async fn disarm(store: &Store, user_id: i64, strategy_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let own = of_strategy(strategy_id).add(Column::UserId.eq(user_id));
    if end_where(&tx, own, ArmingEnd::Disarmed, &format!("user:{user_id}"), now).await? == 0 {
        return Err(StoreError::NotFound);
    }
    tx.commit().await
}

/// The strategies of an account that may order with real money at `now`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn in_force(db: &dyn Db, account_id: i64, now: DateTime<Utc>) -> Result<Vec<Armed>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).filter(holds(now));
    let mut armed = Vec::new();
    for row in query.order_by_asc(Column::StrategyId).all(&db.executor()).await? {
        let Model { account_id, strategy_id, strategy_version, .. } = row;
        let is_first_day = is_first_day(db, (account_id, strategy_id, strategy_version), kst_date(now)).await?;
        armed.push(Armed { strategy_id, strategy_version, is_first_day });
    }
    Ok(armed)
}

/// True if that version of a strategy may order with real money on an account at `now`, which is asked at each claim.
pub(crate) async fn is_armed(
    tx: &Tx,
    account_id: i64,
    (strategy_id, strategy_version): (i64, i32),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let query = Entity::find()
        .filter(of_strategy(strategy_id).add(holds(now)))
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::StrategyVersion.eq(strategy_version));
    Ok(query.count(&tx.executor()).await? > 0)
}

/// True unless that version of a strategy left an order for an account on a day before `today`.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn is_first_day(
    db: &dyn Db,
    (account_id, strategy_id, strategy_version): (i64, i64, i32),
    today: NaiveDate,
) -> Result<bool, StoreError> {
    let before = orders::Entity::find()
        .filter(orders::Column::AccountId.eq(account_id))
        .filter(orders::Column::StrategyId.eq(strategy_id))
        .filter(orders::Column::StrategyVersion.eq(strategy_version))
        .filter(orders::Column::ClaimedAt.is_not_null())
        .filter(orders::Column::TradeDate.lt(today));
    Ok(before.count(&db.executor()).await? == 0)
}

/// The arming of a strategy that has not ended; its days may be to come.
///
/// # Errors
/// [`StoreError::Corrupt`] if it cannot be read.
pub async fn open_of(db: &dyn Db, user_id: i64, strategy_id: i64) -> Result<Option<Arming>, StoreError> {
    let query = Entity::find()
        .filter(of_strategy(strategy_id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::EndedAt.is_null());
    query.one(&db.executor()).await?.map(Arming::try_from).transpose()
}

/// The armings of an account, newest first, ended ones included.
///
/// # Errors
/// [`StoreError::Corrupt`] if one cannot be read.
pub async fn list(db: &dyn Db, account_id: i64, page: Page) -> Result<Paged<Arming>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).order_by_desc(Column::Id);
    page_of(db, query, page).await
}

/// Ends what is over by its dates, and tells how many.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_due(store: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    end_each(store, Condition::all().add(is_over(now)), ArmingEnd::Expired, now).await
}

/// Ends what was armed with another program than `program`, as every process does when it starts: a deploy disarms.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_of_other_programs(store: &Store, program: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
    end_each(store, Condition::all().add(Column::Program.ne(program)), ArmingEnd::Deployed, now).await
}

/// Ends what is armed on an account.
pub(crate) async fn end_of_account(
    tx: &Tx,
    account_id: i64,
    reason: ArmingEnd,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    end_where(tx, Condition::all().add(Column::AccountId.eq(account_id)), reason, PROGRAM, now).await
}

/// Ends the arming of a strategy.
pub(crate) async fn end_of_strategy(tx: &Tx, strategy_id: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
    end_where(tx, of_strategy(strategy_id), ArmingEnd::StrategyChanged, PROGRAM, now).await
}

/// Ends what a user has armed: their password, role or state changed, or a session of theirs was stolen.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn end_of_user(tx: &Tx, user_id: i64, now: DateTime<Utc>) -> Result<u64, StoreError> {
    end_where(tx, Condition::all().add(Column::UserId.eq(user_id)), ArmingEnd::Access, PROGRAM, now).await
}

fn of_strategy(strategy_id: i64) -> Condition {
    Condition::all().add(Column::StrategyId.eq(strategy_id))
}

fn is_over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(Column::LastDate.lt(kst_date(now)))
}

fn holds(now: DateTime<Utc>) -> Condition {
    let today = kst_date(now);
    Condition::all().add(Column::EndedAt.is_null()).add(Column::FirstDate.lte(today)).add(Column::LastDate.gte(today))
}

/// Those that have not ended, oldest first.
async fn open_where(db: &dyn Db, which: Condition) -> Result<Vec<Arming>, StoreError> {
    let open = Entity::find().filter(which).filter(Column::EndedAt.is_null()).order_by_asc(Column::Id);
    records(open.all(&db.executor()).await?)
}

/// One transaction for each, so that users do not wait for each other.
async fn end_each(store: &Store, which: Condition, reason: ArmingEnd, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut ended = 0;
    for row in open_where(store, which).await? {
        let tx = store.begin().await?;
        ended += end_where(&tx, Condition::all().add(Column::Id.eq(row.id)), reason, PROGRAM, now).await?;
        tx.commit().await?;
    }
    Ok(ended)
}

/// Ends those of `which` that have not ended, with their audit entries, and tells their owners.
async fn end_where(
    tx: &Tx,
    which: Condition,
    reason: ArmingEnd,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for arming in open_where(tx, which).await? {
        let ended = Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now))
            .col_expr(Column::EndReason, Expr::value(reason.as_str()))
            .filter(Column::Id.eq(arming.id))
            .filter(Column::EndedAt.is_null())
            .exec(&tx.executor())
            .await?;
        if ended.rows_affected == 0 {
            continue;
        }
        count += 1;
        let (user_id, account_id) = (arming.user_id, arming.account_id);
        tracing::warn!(account_id, strategy_id = arming.strategy_id, %reason, "an arming ended");
        if reason != ArmingEnd::Disarmed {
            tell(tx, &arming, reason, now).await?;
        }
        outbox::add(tx, &Notice::AccountChanged { user_id, account_id }, now).await?;
        let after = Arming { end: Some((now, reason)), ..arming.clone() };
        let change = Change { address: None, before: Some(to_json(&arming)), after: Some(to_json(&after)) };
        record(tx, &after, actor, "arming.end", &change, now).await?;
    }
    Ok(count)
}

async fn tell(tx: &Tx, arming: &Arming, reason: ArmingEnd, now: DateTime<Utc>) -> Result<(), StoreError> {
    let strategy = strategies::Entity::find_by_id(arming.strategy_id).one(&tx.executor()).await?;
    let new = NewNotification {
        user_id: arming.user_id,
        account_id: Some(arming.account_id),
        order_id: None,
        kind: NotificationKind::ArmingEnded,
        subject: format!("arming:{}", arming.id),
        values: json!({
            "reason": reason,
            "strategy_id": arming.strategy_id,
            "strategy": strategy.map(|strategy| strategy.name),
        }),
    };
    notifications::raise(tx, &new, now).await
}

async fn record(
    tx: &Tx,
    arming: &Arming,
    actor: &str,
    action: &str,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let entry = NewAudit {
        user_id: Some(arming.user_id),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: format!("strategy:{}", arming.strategy_id),
        detail: to_json(arming),
    };
    audit::append_change(tx, &entry, change, now).await.map(drop)
}
