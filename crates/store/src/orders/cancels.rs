//! Cancels: each request to take back the whole rest of an order, written down before it is sent (safety §2.6, §2.7).
//!
//! What became of the order, the broker's list tells: a cancel that was taken or refused changes nothing of the order.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{AnswerClass, BrokerOrderId, Notice, OrderAnswer, OrderEvent, OrderState, RowFacts, text_enum};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};

use super::{Order, attempts, step};
use crate::db::{Db, Store, Tx};
use crate::entities::order_cancels::{ActiveModel, Column, Entity, Model};
use crate::entities::orders;
use crate::error::{StoreError, records, word};
use crate::leases::{self, Lease};
use crate::outbox;

/// The most cancels of one order (safety §2.6).
pub const MAX_CANCELS: i32 = 3;

/// How long a cancel counts in the cap of its account (safety RK18).
const COUNTS: TimeDelta = TimeDelta::minutes(1);

/// A cancel whose answer was lost is over after this long, if the list still shows the order open.
pub const CANCEL_SETTLES: TimeDelta = TimeDelta::seconds(10);

text_enum! {
    /// Who wants an order cancelled.
    CancelCause {
        /// A person.
        Person = "person",
        /// A kill switch.
        Kill = "kill",
        /// The strategy that placed it.
        Strategy = "strategy",
        /// It reappeared after it was thought never to have come (safety T15).
        Reappeared = "reappeared",
    }
}

text_enum! {
    /// Where a cancel stands.
    CancelState {
        /// Written down.
        Created = "created",
        /// Claimed: it may be on the wire.
        Sending = "sending",
        /// Sent, answer not known: the list is read.
        Unknown = "unknown",
        /// Over, whatever came of it.
        Done = "done",
    }
}

/// A request to take the rest of an order back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    /// Number.
    pub id: i64,
    /// Order.
    pub order_id: i64,
    /// Where it stands.
    pub state: CancelState,
    /// Who wanted it.
    pub cause: CancelCause,
    /// Counts the cancels of its order from one.
    pub n: i32,
    /// When it was claimed last.
    pub claimed_at: Option<DateTime<Utc>>,
    /// Class of the answer.
    pub answer_class: Option<AnswerClass>,
    /// The answer in words; empty before there is one.
    pub answer: String,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
}

impl TryFrom<Model> for Cancel {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            state: word(&row.state)?,
            cause: word(&row.cause)?,
            n: row.n,
            claimed_at: row.claimed_at,
            answer_class: row.answer_class.as_deref().map(word).transpose()?,
            answer: row.answer,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// What a wish to cancel leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelCreation {
    /// A cancel that may be claimed.
    Created(Cancel),
    /// One is under way, or was so short a time ago that the list need not know yet.
    UnderWay(Cancel),
    /// Nothing of the order is known to be open.
    NotOpen(OrderState),
    /// As many as may be were sent, and the order is still open: a person must look.
    UsedUp,
    /// The account has cancelled as often as it may in a minute.
    TooMany {
        /// When the next may be asked for.
        again_at: DateTime<Utc>,
    },
}

/// What the cancel of an order hangs on beside the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelLimits {
    /// When the last complete list was asked for.
    pub listed_at: DateTime<Utc>,
    /// The most cancels of the account in a minute.
    pub a_minute: i64,
}

/// The outcome of [`claim_cancel`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelClaim {
    /// SENDING is written down: send it now, once.
    Claimed {
        /// Number of the attempt.
        attempt_id: i64,
        /// What is cancelled.
        number: BrokerOrderId,
    },
    /// Nothing of the order is open any more, or somebody else took the cancel further: nothing is to be sent.
    Settled,
    /// The lease is no longer held: stop working on this account.
    LeaseLost,
}

/// Every cancel of an order, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn cancels_of(db: &dyn Db, order_id: i64) -> Result<Vec<Cancel>, StoreError> {
    let query = Entity::find().filter(Column::OrderId.eq(order_id)).order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// Writes the wish to cancel an order down. Another cancel of the same order waits for a list that was read after it.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn create_cancel(
    store: &Store,
    order_id: i64,
    cause: CancelCause,
    limits: CancelLimits,
    now: DateTime<Utc>,
) -> Result<CancelCreation, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, order_id).await?;
    if !order.state.is_open_at_broker() || order.kis_order_id.is_none() {
        return Ok(CancelCreation::NotOpen(order.state));
    }
    let earlier = cancels_of(&tx, order_id).await?;
    if let Some(last) = earlier.last() {
        let is_recent = last.claimed_at.is_some_and(|at| now - at < CANCEL_SETTLES || limits.listed_at < at);
        if last.state != CancelState::Done || is_recent {
            return Ok(CancelCreation::UnderWay(last.clone()));
        }
    }
    let n = earlier.last().map_or(1, |last| last.n + 1);
    let sent = earlier.iter().filter(|cancel| cancel.claimed_at.is_some()).count();
    if i32::try_from(sent).unwrap_or(i32::MAX) >= MAX_CANCELS {
        return Ok(CancelCreation::UsedUp);
    }
    if let Some(again_at) = next_slot(&tx, order.account_id, limits.a_minute, now).await? {
        return Ok(CancelCreation::TooMany { again_at });
    }
    if n > 1 {
        reach(Point::CancelAgain);
    }
    let row = ActiveModel {
        order_id: Set(order_id),
        state: Set(CancelState::Created.as_str().to_owned()),
        cause: Set(cause.as_str().to_owned()),
        n: Set(n),
        answer: Set(String::new()),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let cancel: Cancel = row.insert(&tx.executor()).await?.try_into()?;
    told(&tx, &order, now).await?;
    tx.commit().await?;
    Ok(CancelCreation::Created(cancel))
}

/// When an account may cancel again that has used its cap up; `None` if it has not.
async fn next_slot(
    tx: &Tx,
    account_id: i64,
    a_minute: i64,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let of_account = orders::Entity::find().filter(orders::Column::AccountId.eq(account_id));
    let ids = of_account.select_only().column(orders::Column::Id).into_query();
    let query = Entity::find()
        .filter(Column::CreatedAt.gt(now - COUNTS))
        .filter(Column::OrderId.in_subquery(ids))
        .order_by_desc(Column::CreatedAt);
    let recent = query.all(&tx.executor()).await?;
    let most = usize::try_from(a_minute).unwrap_or_default().max(1);
    Ok(recent.get(most - 1).map(|oldest| oldest.created_at + COUNTS))
}

/// Claims a cancel for sending. Kill switches do not hold it up: it takes risk away.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn claim_cancel(
    store: &Store,
    cancel: &Cancel,
    lease: &Lease,
    now: DateTime<Utc>,
) -> Result<CancelClaim, StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, cancel.order_id).await?;
    let current: Cancel = find(&tx, cancel.id).await?;
    if current.state != CancelState::Created {
        return Ok(CancelClaim::Settled);
    }
    if !leases::is_current(&tx, lease, now).await? {
        return Ok(CancelClaim::LeaseLost);
    }
    let Some(number) = order.kis_order_id.clone().filter(|_| order.state.is_open_at_broker()) else {
        end(&tx, &current, None, "nothing of the order is open any more", now).await?;
        tx.commit().await?;
        return Ok(CancelClaim::Settled);
    };
    let change = ActiveModel {
        id: Set(cancel.id),
        state: Set(CancelState::Sending.as_str().to_owned()),
        lease_epoch: Set(Some(lease.epoch)),
        claimed_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    change.update(&tx.executor()).await?;
    let attempt_id = attempts::begin(&tx, &order, Some((cancel.id, &number)), 1, now).await?;
    tx.commit().await?;
    reach(Point::K21);
    Ok(CancelClaim::Claimed { attempt_id, number })
}

/// Writes down what the broker said to a cancel. Only an answer that is not understood keeps it under way.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn answer_cancel(
    store: &Store,
    cancel: &Cancel,
    answer: &OrderAnswer,
    sent_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let (_, order) = step::lock(&tx, cancel.order_id).await?;
    let current: Cancel = find(&tx, cancel.id).await?;
    attempts::finish(&tx, order.id, Some(cancel.id), answer, sent_at, now).await?;
    let words = attempts::in_words(answer);
    match answer {
        // The list was faster than the answer.
        _ if current.state == CancelState::Done => {}
        OrderAnswer::Unknown(_) => {
            let change = ActiveModel {
                id: Set(cancel.id),
                state: Set(CancelState::Unknown.as_str().to_owned()),
                answer_class: Set(Some(answer.class().as_str().to_owned())),
                answer: Set(words),
                updated_at: Set(now),
                ..Default::default()
            };
            change.update(&tx.executor()).await?;
        }
        _ => end(&tx, &current, Some(answer.class()), &words, now).await?,
    }
    if matches!(answer, OrderAnswer::Refused { .. }) {
        reach(Point::CancelRefused);
        if planted(Defect::RefusedCancelAsFilled) && order.state.is_open_at_broker() {
            let cum_qty = order.fields.quantity;
            let facts = RowFacts { order_qty: cum_qty, cum_qty, cum_amount: order.filled_amount, end: None };
            let change = orders::ActiveModel { filled_quantity: Set(cum_qty.0), ..Default::default() };
            step::take(&tx, &order, &OrderEvent::RowRead(facts), "its cancel was refused", change, now).await?;
        }
    }
    told(&tx, &order, now).await?;
    tx.commit().await
}

/// Ends the cancels of orders about which nothing more can be learned: a complete list was read at `listed_at`, and they
/// are older than that by [`CANCEL_SETTLES`].
///
/// # Errors
/// [`StoreError::Database`].
pub async fn settle_cancels(
    store: &Store,
    orders: &[Order],
    listed_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids = orders.iter().map(|order| order.id);
    let sent = [CancelState::Sending.as_str(), CancelState::Unknown.as_str()];
    let query = Entity::find().filter(Column::OrderId.is_in(ids)).filter(Column::State.is_in(sent));
    let db: &dyn Db = store;
    for cancel in records::<_, Cancel>(query.all(&db.executor()).await?)? {
        if cancel.claimed_at.unwrap_or(cancel.created_at) + CANCEL_SETTLES <= listed_at {
            let tx = store.begin().await?;
            step::lock(&tx, cancel.order_id).await?;
            let current = find(&tx, cancel.id).await?;
            if current.state != CancelState::Done {
                end(&tx, &current, current.answer_class, "the list was read", now).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(())
}

/// Ends the cancels of an account that a process wrote down and did not claim before it ended: they were not sent. Left
/// behind, each would keep its order from ever being cancelled.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn drop_unsent_cancels(store: &Store, orders: &[Order], now: DateTime<Utc>) -> Result<(), StoreError> {
    let ids = orders.iter().map(|order| order.id);
    let unsent = Column::State.eq(CancelState::Created.as_str());
    let query = Entity::find().filter(Column::OrderId.is_in(ids)).filter(unsent);
    let tx = store.begin().await?;
    for cancel in records::<_, Cancel>(query.all(&tx.executor()).await?)? {
        end(&tx, &cancel, None, "found at start: it was not sent", now).await?;
    }
    tx.commit().await
}

/// Ends the cancels of an order in the transaction that ends it: a crash leaves none behind. True if one was on its way.
pub(super) async fn end_of_order(tx: &Tx, order_id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let query =
        Entity::find().filter(Column::OrderId.eq(order_id)).filter(Column::State.ne(CancelState::Done.as_str()));
    let mut was_sent = false;
    for cancel in records::<_, Cancel>(query.all(&tx.executor()).await?)? {
        was_sent |= cancel.claimed_at.is_some();
        end(tx, &cancel, cancel.answer_class, "the order is over", now).await?;
    }
    Ok(was_sent)
}

/// True if the broker refused a cancel of an order, from which a planted defect concludes that the order is open.
pub(super) async fn was_refused(tx: &Tx, order_id: i64) -> Result<bool, StoreError> {
    let refused = |cancel: &Cancel| cancel.answer_class == Some(AnswerClass::Refused);
    Ok(cancels_of(tx, order_id).await?.iter().any(refused))
}

async fn find(tx: &Tx, id: i64) -> Result<Cancel, StoreError> {
    Entity::find_by_id(id).one(&tx.executor()).await?.ok_or(StoreError::NotFound)?.try_into()
}

async fn end(
    tx: &Tx,
    cancel: &Cancel,
    class: Option<AnswerClass>,
    words: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = ActiveModel {
        id: Set(cancel.id),
        state: Set(CancelState::Done.as_str().to_owned()),
        answer_class: Set(class.map(|class| class.as_str().to_owned())),
        answer: Set(if cancel.answer.is_empty() { words.to_owned() } else { cancel.answer.clone() }),
        updated_at: Set(now),
        ..Default::default()
    };
    change.update(&tx.executor()).await?;
    Ok(())
}

async fn told(tx: &Tx, order: &Order, now: DateTime<Utc>) -> Result<(), StoreError> {
    outbox::add(tx, &Notice::OrderChanged { user_id: order.user_id, order_id: order.id }, now).await
}
