//! What a person must hear of, until they say that they have (safety §7).

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Notice, NotificationKind, OrderState};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::{Value, json};

use crate::accounts;
use crate::db::{Db, Store};
use crate::entities::notifications::{ActiveModel, Column, Entity, Model};
use crate::entities::orders;
use crate::error::{StoreError, word};
use crate::outbox;
use crate::page::{Page, Paged, page_of};

/// How long an order may be without an answer before its owner is told.
pub const UNANSWERED: TimeDelta = TimeDelta::seconds(60);
/// Between two tellings of what nobody has seen.
pub const REPEAT_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Something to be told.
#[derive(Clone, Debug)]
pub struct NewNotification {
    /// Whom.
    pub user_id: i64,
    /// Account it is about.
    pub account_id: Option<i64>,
    /// Order it is about.
    pub order_id: Option<i64>,
    /// What happened.
    pub kind: NotificationKind,
    /// To what, such as `account:3`: while a notification of this kind and subject is unseen, no second one is raised.
    pub subject: String,
    /// Particulars by name; never secrets.
    pub values: Value,
}

/// Something that was told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Number.
    pub id: i64,
    /// Whom.
    pub user_id: i64,
    /// Account it is about.
    pub account_id: Option<i64>,
    /// Order it is about.
    pub order_id: Option<i64>,
    /// What happened.
    pub kind: NotificationKind,
    /// Particulars by name.
    pub values: Value,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// When the person said that they have seen it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was last told again; `None` if it was told once.
    pub repeated_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for Notification {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            order_id: row.order_id,
            kind: word(&row.kind)?,
            values: row.values,
            raised_at: row.raised_at,
            acknowledged_at: row.acknowledged_at,
            repeated_at: row.repeated_at,
        })
    }
}

/// Raises a notification and tells the person's screens; one of the same kind and subject that is unseen stays instead.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn raise(db: &dyn Db, new: &NewNotification, now: DateTime<Utc>) -> Result<(), StoreError> {
    let row = ActiveModel {
        user_id: Set(new.user_id),
        account_id: Set(new.account_id),
        order_id: Set(new.order_id),
        kind: Set(new.kind.as_str().to_owned()),
        subject: Set(new.subject.clone()),
        values: Set(new.values.clone()),
        raised_at: Set(now),
        acknowledged_at: Set(None),
        repeated_at: Set(None),
        ..Default::default()
    };
    let unless_unseen = OnConflict::new().do_nothing().to_owned();
    let added = Entity::insert(row).on_conflict(unless_unseen).exec_without_returning(&db.executor()).await?;
    if added == 0 {
        return Ok(());
    }
    let newest = Entity::find()
        .filter(Column::UserId.eq(new.user_id))
        .filter(Column::Kind.eq(new.kind.as_str()))
        .filter(Column::Subject.eq(new.subject.as_str()))
        .order_by_desc(Column::Id);
    match newest.one(&db.executor()).await? {
        Some(row) => told(db, new.user_id, row.id, now).await,
        None => Ok(()),
    }
}

/// True if a notification of this kind and subject was ever raised, seen or not.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn was_raised(db: &dyn Db, user_id: i64, kind: NotificationKind, subject: &str) -> Result<bool, StoreError> {
    let query = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Subject.eq(subject));
    Ok(query.one(&db.executor()).await?.is_some())
}

/// Raises what is to be said of orders that have been without an answer for [`UNANSWERED`], once for each order, and
/// answers how many were told of now.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn raise_unanswered(store: &Store, now: DateTime<Utc>) -> Result<usize, StoreError> {
    // The accounts narrow the search to the index.
    let accounts: Vec<i64> = accounts::list(store).await?.into_iter().map(|account| account.id).collect();
    let unanswered = orders::Entity::find()
        .filter(orders::Column::AccountId.is_in(accounts))
        .filter(orders::Column::State.eq(OrderState::Unknown.as_str()))
        .filter(orders::Column::SentAt.lte(now - UNANSWERED))
        .order_by_asc(orders::Column::Id);
    let mut told = 0;
    let db: &dyn Db = store;
    for order in unanswered.all(&db.executor()).await? {
        let (kind, subject) = (NotificationKind::OrderUnknown, format!("order:{}", order.id));
        if was_raised(store, order.user_id, kind, &subject).await? {
            continue;
        }
        let values = json!({ "symbol": order.symbol, "side": order.side, "sent_at": order.sent_at });
        let (account_id, order_id) = (Some(order.account_id), Some(order.id));
        let new = NewNotification { user_id: order.user_id, account_id, order_id, kind, subject, values };
        raise(store, &new, now).await?;
        told += 1;
    }
    Ok(told)
}

/// Tells again what must be heard and nobody has seen for [`REPEAT_EVERY`], and answers how many.
///
/// # Errors
/// [`StoreError::Corrupt`] if one cannot be read.
pub async fn repeat_unseen(store: &Store, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let kinds = NotificationKind::ALL.iter().filter(|kind| kind.is_repeated()).map(|kind| kind.as_str());
    let long_ago = now - REPEAT_EVERY;
    let is_due = Condition::any()
        .add(Column::RepeatedAt.lte(long_ago))
        .add(Condition::all().add(Column::RepeatedAt.is_null()).add(Column::RaisedAt.lte(long_ago)));
    let due = Entity::find()
        .filter(Column::AcknowledgedAt.is_null())
        .filter(Column::Kind.is_in(kinds))
        .filter(is_due.clone())
        .order_by_asc(Column::Id);
    let mut told_again = 0;
    let db: &dyn Db = store;
    for row in due.all(&db.executor()).await? {
        let tx = store.begin().await?;
        let again = Entity::update_many()
            .col_expr(Column::RepeatedAt, Expr::value(now))
            .filter(Column::Id.eq(row.id))
            .filter(Column::AcknowledgedAt.is_null())
            .filter(is_due.clone())
            .exec(&tx.executor())
            .await?;
        if again.rows_affected > 0 {
            told(&tx, row.user_id, row.id, now).await?;
            tx.commit().await?;
            told_again += 1;
        }
    }
    Ok(told_again)
}

/// A user's notifications, newest first; `unseen_only` leaves those out that were acknowledged.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, unseen_only: bool, page: Page) -> Result<Paged<Notification>, StoreError> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id);
    if unseen_only {
        query = query.filter(Column::AcknowledgedAt.is_null());
    }
    page_of(db, query, page).await
}

/// One of a user's notifications.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Notification>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Notification::try_from).transpose()
}

/// Notes that a user has seen a notification; seen twice is seen once.
///
/// # Errors
/// [`StoreError::NotFound`] if it is not theirs.
pub async fn acknowledge(store: &Store, user_id: i64, id: i64, now: DateTime<Utc>) -> Result<Notification, StoreError> {
    let tx = store.begin().await?;
    let seen = Entity::update_many()
        .col_expr(Column::AcknowledgedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::AcknowledgedAt.is_null())
        .exec(&tx.executor())
        .await?;
    if seen.rows_affected > 0 {
        told(&tx, user_id, id, now).await?;
    }
    let notification = get(&tx, user_id, id).await?.ok_or(StoreError::NotFound)?;
    tx.commit().await?;
    Ok(notification)
}

async fn told(db: &dyn Db, user_id: i64, notification_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    outbox::add(db, &Notice::NotificationChanged { user_id, notification_id }, now).await
}
