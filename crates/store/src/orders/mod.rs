//! Orders: their path from the decision to the last fill, and reading them.
//!
//! Every function that changes an order is one transaction. It first takes the account's row, so that what happens to
//! one account happens in one order; it asks [`OrderState::after`] for the next state; and it writes the timeline and
//! the notice beside the change.

mod answer;
mod attempts;
pub mod broker_orders;
mod cancels;
mod claim;
mod create;
mod decide;
mod decisions;
mod external;
mod fills;
mod lists;
pub mod notices;
mod proof;
mod step;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AnswerClass, AvgPrice, BrokerOrderId, CommissionPlan, CommissionSchedule, Denial, InstrumentKind, OrderFields,
    OrderState, OrderStatus, Price, Qty, Symbol, TradingVenue, Won, average_fill_price, text_enum,
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use answer::{apply_event, record_answer};
pub use attempts::{Attempt, MAX_ATTEMPTS, attempts_of, has_attempt};
pub use cancels::{
    CANCEL_SETTLES, Cancel, CancelCause, CancelClaim, CancelCreation, CancelLimits, CancelState, MAX_CANCELS,
    answer_cancel, cancels_of, claim_cancel, create_cancel, drop_unsent_cancels, settle_cancels,
};
pub use claim::{ClaimOutcome, MAX_AGE, MAX_DECISION_AGE, WithdrawReason, claim};
pub use create::{Creation, NewOrder, create_denied, create_order};
pub use decide::{absent, dismiss, doubt, keep_evidence, pass_over, suspect};
pub use decisions::{Decision, decide_again, decisions_of};
pub(crate) use external::count_others;
pub use external::{RowFilter, adopt, confirm, list_rows, strategies_hold, uncounted};
pub use fills::{Binding, RowOutcome, RowUpdate, apply_row};
pub use lists::{Booking, ListNews, of_day as rows_of_day, record_list};
pub use proof::{AccountDay, DayProof, Tally, check_day, close_day, closed_day, proofs, prove};

use crate::db::Db;
use crate::entities::order_events;
use crate::entities::orders::{Column, Entity, Model};
use crate::error::{StoreError, json, records, to_json, word};
use crate::page::{Page, Paged, page_of};

/// An order as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Number.
    pub id: i64,
    /// Owner.
    pub user_id: i64,
    /// Account it trades for.
    pub account_id: i64,
    /// Strategy it came from; `None` if a person asked.
    pub strategy_id: Option<i64>,
    /// The version of it that decided; `None` for orders of persons, and for those older than versions.
    pub strategy_version: Option<i32>,
    /// Signal it came from.
    pub signal_id: Option<i64>,
    /// Request of a person it came from.
    pub request_id: Option<i64>,
    /// What it asks for; never changes.
    pub fields: OrderFields,
    /// Where it stands.
    pub state: OrderState,
    /// Shares filled.
    pub filled_quantity: Qty,
    /// Won traded, before costs.
    pub filled_amount: Won,
    /// Commission booked.
    pub commission: Won,
    /// Taxes booked.
    pub tax: Won,
    /// What it pays to its end, whatever the account pays for later orders; `None` for an order of an unknown issue,
    /// and for those of versions that knew BanKIS only.
    pub commission_schedule: Option<CommissionSchedule>,
    /// The broker's number, once it is known.
    pub kis_order_id: Option<BrokerOrderId>,
    /// Date in Korea on which it was decided; the broker's number is unique within it.
    pub trade_date: NaiveDate,
    /// How often it was claimed for sending.
    pub attempts: i32,
    /// Why it was denied, if it was.
    pub denial: Option<Denial>,
    /// When the risk gate decided.
    pub decided_at: DateTime<Utc>,
    /// When it was last claimed for sending.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// Last change.
    pub updated_at: DateTime<Utc>,
    /// [`fields_hash`] of `fields`; empty for orders of versions that kept none.
    pub fields_hash: String,
    /// Epoch of the lease under which it was last claimed.
    pub lease_epoch: Option<i64>,
    /// When the request was handed to the connection; when it was claimed, if that was never told (t_send).
    pub sent_at: Option<DateTime<Utc>>,
    /// After this no answer can come on its connection (t_hard).
    pub hard_deadline_at: Option<DateTime<Utc>>,
    /// Class of the last answer.
    pub answer_class: Option<AnswerClass>,
    /// The broker's code in it, if there was one.
    pub answer_code: Option<String>,
    /// How its number was learned.
    pub bound_by: Option<BoundBy>,
    /// Until then nothing else of the same account, symbol and side may be sent, although it is bound (safety M1).
    pub locked_until: Option<DateTime<Utc>>,
    /// It was thought never to have come, and then something fitting appeared (safety T15): a person decides.
    pub is_suspect: bool,
    /// What spoke for and against when nobody could tell, and who decided; opaque to the store.
    pub evidence: Option<Value>,
}

text_enum! {
    /// How the number of an order was learned.
    BoundBy {
        /// The answer to the order told it.
        Answer = "answer",
        /// The only fitting row of the broker's list.
        List = "list",
        /// A person decided.
        Person = "person",
    }
}

impl Order {
    /// Average price of the fills; `None` before the first.
    pub fn filled_price(&self) -> Option<AvgPrice> {
        average_fill_price(self.filled_amount, self.filled_quantity)
    }

    /// What an order of this kind of issue pays to its end.
    pub fn schedule(&self, kind: InstrumentKind) -> CommissionSchedule {
        self.commission_schedule.unwrap_or(CommissionPlan::Bankis.schedule(kind, TradingVenue::Krx))
    }

    /// The coarse status.
    pub fn status(&self) -> OrderStatus {
        self.state.status()
    }

    /// Shares not filled.
    pub fn open_quantity(&self) -> Qty {
        self.fields.quantity - self.filled_quantity
    }
}

impl TryFrom<Model> for Order {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            account_id: row.account_id,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            signal_id: row.signal_id,
            request_id: row.request_id,
            fields: OrderFields {
                symbol: word(&row.symbol)?,
                side: word(&row.side)?,
                order_type: word(&row.order_type)?,
                quantity: Qty(row.quantity),
                price: row.price.map(Price),
            },
            state: word(&row.state)?,
            filled_quantity: Qty(row.filled_quantity),
            filled_amount: Won(row.filled_amount),
            commission: Won(row.commission),
            tax: Won(row.tax),
            commission_schedule: row.commission_schedule.map(json).transpose()?,
            kis_order_id: row.kis_order_id.map(BrokerOrderId),
            trade_date: row.trade_date,
            attempts: row.attempts,
            denial: row.denial.map(json).transpose()?,
            decided_at: row.decided_at,
            claimed_at: row.claimed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            fields_hash: row.fields_hash,
            lease_epoch: row.lease_epoch,
            sent_at: row.sent_at,
            hard_deadline_at: row.hard_deadline_at,
            answer_class: row.answer_class.as_deref().map(word).transpose()?,
            answer_code: row.answer_code,
            bound_by: row.bound_by.as_deref().map(word).transpose()?,
            locked_until: row.locked_until,
            is_suspect: row.is_suspect,
            evidence: row.evidence,
        })
    }
}

/// A fingerprint of what an order asks for: what the risk gate approved, what is written down and what reaches the wire
/// must have the same.
pub fn fields_hash(fields: &OrderFields) -> String {
    hex::encode(Sha256::digest(to_json(fields).to_string()))
}

/// Which orders are wanted.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Those of one account.
    pub account_id: Option<i64>,
    /// Those of one status.
    pub status: Option<OrderStatus>,
    /// Those on one issue.
    pub symbol: Option<Symbol>,
}

/// One entry of an order's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderEventRow {
    /// Number.
    pub id: i64,
    /// Order.
    pub order_id: i64,
    /// State before; `None` for the first entry.
    pub from: Option<OrderState>,
    /// State after.
    pub to: OrderState,
    /// What happened, such as `claimed`.
    pub event: String,
    /// Details; may be empty.
    pub detail: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl TryFrom<order_events::Model> for OrderEventRow {
    type Error = StoreError;

    fn try_from(row: order_events::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            from: row.from_state.as_deref().map(word).transpose()?,
            to: word(&row.to_state)?,
            event: row.event,
            detail: row.detail,
            at: row.occurred_at,
        })
    }
}

/// One of a user's orders.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, user_id: i64, id: i64) -> Result<Option<Order>, StoreError> {
    let query = Entity::find_by_id(id).filter(Column::UserId.eq(user_id));
    query.one(&db.executor()).await?.map(Order::try_from).transpose()
}

/// An order by number, for work that is not done in a user's name.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find(db: &dyn Db, id: i64) -> Result<Option<Order>, StoreError> {
    Entity::find_by_id(id).one(&db.executor()).await?.map(Order::try_from).transpose()
}

/// A user's orders, newest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn list(db: &dyn Db, user_id: i64, filter: &OrderFilter, page: Page) -> Result<Paged<Order>, StoreError> {
    let mut query = Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::Id);
    if let Some(account_id) = filter.account_id {
        query = query.filter(Column::AccountId.eq(account_id));
    }
    if let Some(status) = filter.status {
        query = query.filter(Column::Status.eq(status.as_str()));
    }
    if let Some(symbol) = filter.symbol {
        query = query.filter(Column::Symbol.eq(symbol.as_str()));
    }
    page_of(db, query, page).await
}

/// Every order of an account that has not ended, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn open(db: &dyn Db, account_id: i64) -> Result<Vec<Order>, StoreError> {
    in_states(db, account_id, |state| !state.is_ended()).await
}

/// Every order of an account that may or may not be at the broker, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn in_doubt(db: &dyn Db, account_id: i64) -> Result<Vec<Order>, StoreError> {
    in_states(db, account_id, |state| state.holds_lock() && state != OrderState::Created).await
}

/// Every order of an account decided on a trade date, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_day(db: &dyn Db, account_id: i64, trade_date: NaiveDate) -> Result<Vec<Order>, StoreError> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::TradeDate.eq(trade_date))
        .order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// How many orders of this installation have not ended.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count_open(db: &dyn Db) -> Result<u64, StoreError> {
    let query = Entity::find().filter(Column::State.is_in(words_of(|state| !state.is_ended())));
    Ok(query.count(&db.executor()).await?)
}

/// The timeline of an order, oldest first. The caller has checked whose order it is.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn timeline(db: &dyn Db, order_id: i64) -> Result<Vec<OrderEventRow>, StoreError> {
    let query = order_events::Entity::find()
        .filter(order_events::Column::OrderId.eq(order_id))
        .order_by_asc(order_events::Column::Id);
    records(query.all(&db.executor()).await?)
}

async fn in_states(
    db: &dyn Db,
    account_id: i64,
    wanted: impl Fn(OrderState) -> bool,
) -> Result<Vec<Order>, StoreError> {
    let query = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::State.is_in(words_of(wanted)))
        .order_by_asc(Column::Id);
    records(query.all(&db.executor()).await?)
}

/// The words of the states that `wanted` picks.
fn words_of(wanted: impl Fn(OrderState) -> bool) -> Vec<&'static str> {
    OrderState::ALL.iter().filter(|&&state| wanted(state)).map(|state| state.as_str()).collect()
}
