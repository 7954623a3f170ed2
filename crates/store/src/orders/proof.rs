//! The daily proof: orders sent = found at the broker = in the ledger, by count and amount (safety §7); and the day that is
//! closed by it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::testing::{Point, reach};
use exodus_domain::{OrderState, Won};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::{Order, lists, of_day};
use crate::db::{Db, Store};
use crate::entities::account_days::{ActiveModel, Column, Entity, Model};
use crate::entities::{broker_orders, orders, trades};
use crate::error::{StoreError, json, to_json};

/// So many orders, and what they traded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Orders.
    pub count: u64,
    /// Won traded, before costs.
    pub amount: Won,
}

impl Tally {
    fn add(&mut self, amount: Won) {
        self.count += 1;
        self.amount += amount;
    }
}

/// The orders of an account on a trade date, counted three times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayProof {
    /// Account.
    pub account_id: i64,
    /// Trade date.
    pub trade_date: NaiveDate,
    /// Orders that left, but for those that were refused or never came.
    pub sent: Tally,
    /// Rows of the broker's lists that are bound to them.
    pub found: Tally,
    /// Orders that carry a number of the broker, with what the trades of the ledger come to.
    pub booked: Tally,
    /// Rows of somebody else.
    pub external: Tally,
    /// Orders that the broker refused.
    pub refused: u64,
    /// Orders that never came to the broker.
    pub absent: u64,
    /// Orders of which nobody knows yet, SUSPECT ones among them.
    pub doubts: u64,
}

impl DayProof {
    /// True if the three agree and nothing is in doubt.
    pub fn holds(&self) -> bool {
        self.sent == self.found && self.found == self.booked && self.doubts == 0
    }
}

/// A day of an account with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountDay {
    /// The proof: as it was at the close, or as it is now for a day that is not closed.
    pub proof: DayProof,
    /// When two equal lists closed the day; `None` before.
    pub closed_at: Option<DateTime<Utc>>,
    /// When the list was read once more the next morning; `None` before.
    pub checked_at: Option<DateTime<Utc>>,
}

impl TryFrom<Model> for AccountDay {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self { proof: json(row.proof)?, closed_at: Some(row.closed_at), checked_at: row.checked_at })
    }
}

/// Counts the orders of a day.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn prove(db: &dyn Db, account_id: i64, trade_date: NaiveDate) -> Result<DayProof, StoreError> {
    let known = of_day(db, account_id, trade_date).await?;
    let rows = lists::of_day(db, account_id, trade_date).await?;
    let ledger = ledger(db, &known).await?;
    let (sent, found, booked, external) = Default::default();
    let mut proof =
        DayProof { account_id, trade_date, sent, found, booked, external, refused: 0, absent: 0, doubts: 0 };
    for order in &known {
        proof.doubts += u64::from(order.is_suspect);
        match order.state {
            OrderState::Denied | OrderState::Created | OrderState::NotSent => {}
            OrderState::Sending | OrderState::Unknown | OrderState::Ambiguous => proof.doubts += 1,
            OrderState::NotFound => proof.absent += 1,
            OrderState::Rejected if order.kis_order_id.is_none() => proof.refused += 1,
            _ => proof.sent.add(order.filled_amount),
        }
        if order.kis_order_id.is_some() {
            proof.booked.add(ledger.get(&order.id).copied().unwrap_or(Won::ZERO));
        }
    }
    for row in rows.iter().filter(|row| row.is_new_order()) {
        let tally = if row.is_external() { &mut proof.external } else { &mut proof.found };
        tally.add(row.facts.cum_amount);
    }
    Ok(proof)
}

/// What the trades of each order come to.
async fn ledger(db: &dyn Db, known: &[Order]) -> Result<HashMap<i64, Won>, StoreError> {
    let ids = known.iter().filter(|order| order.filled_quantity.is_positive()).map(|order| order.id);
    let rows = trades::Entity::find().filter(trades::Column::OrderId.is_in(ids)).all(&db.executor()).await?;
    let mut sums = HashMap::new();
    for row in rows {
        *sums.entry(row.order_id).or_insert(Won::ZERO) += Won(row.amount);
    }
    Ok(sums)
}

/// Closes a day with its proof: from now on its absent orders are forgotten (M8). A day that is closed is proven anew.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn close_day(
    store: &Store,
    account_id: i64,
    trade_date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<AccountDay, StoreError> {
    let tx = store.begin().await?;
    let proof = prove(&tx, account_id, trade_date).await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        trade_date: Set(trade_date),
        proof: Set(to_json(&proof)),
        closed_at: Set(now),
        checked_at: Set(None),
    };
    let again = OnConflict::columns([Column::AccountId, Column::TradeDate])
        .update_columns([Column::Proof, Column::ClosedAt])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(&tx.executor()).await?;
    tx.commit().await?;
    reach(Point::DayClosed);
    Ok(AccountDay { proof, closed_at: Some(now), checked_at: None })
}

/// Notes that a closed day was read once more the next morning, with the proof as it is now.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn check_day(
    store: &Store,
    account_id: i64,
    trade_date: NaiveDate,
    now: DateTime<Utc>,
) -> Result<DayProof, StoreError> {
    let tx = store.begin().await?;
    let proof = prove(&tx, account_id, trade_date).await?;
    let change = ActiveModel { proof: Set(to_json(&proof)), checked_at: Set(Some(now)), ..Default::default() };
    Entity::update_many()
        .set(change)
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::TradeDate.eq(trade_date))
        .exec(&tx.executor())
        .await?;
    tx.commit().await?;
    Ok(proof)
}

/// A closed day; `None` if it is open.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn closed_day(db: &dyn Db, account_id: i64, trade_date: NaiveDate) -> Result<Option<AccountDay>, StoreError> {
    let row = Entity::find_by_id((account_id, trade_date)).one(&db.executor()).await?;
    row.map(AccountDay::try_from).transpose()
}

/// The proofs of an account from one date to another, newest first: those of closed days as they were kept, those of
/// others as they are now. Days without an order and without a row are left out.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn proofs(
    db: &dyn Db,
    account_id: i64,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<AccountDay>, StoreError> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::TradeDate.between(from, to));
    let closed = query.order_by_desc(Column::TradeDate).all(&db.executor()).await?;
    let mut closed: HashMap<NaiveDate, Model> = closed.into_iter().map(|row| (row.trade_date, row)).collect();
    let mut dates = dates(db, account_id, from, to).await?;
    dates.extend(closed.keys());
    let mut days = Vec::new();
    for date in dates.into_iter().rev() {
        days.push(match closed.remove(&date) {
            Some(row) => AccountDay::try_from(row)?,
            None => AccountDay { proof: prove(db, account_id, date).await?, closed_at: None, checked_at: None },
        });
    }
    Ok(days)
}

/// The dates of a range on which the account has orders or rows.
async fn dates(
    db: &dyn Db,
    account_id: i64,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeSet<NaiveDate>, StoreError> {
    let own = orders::Entity::find()
        .select_only()
        .column(orders::Column::TradeDate)
        .distinct()
        .filter(orders::Column::AccountId.eq(account_id))
        .filter(orders::Column::TradeDate.between(from, to));
    let rows = broker_orders::Entity::find()
        .select_only()
        .column(broker_orders::Column::TradeDate)
        .distinct()
        .filter(broker_orders::Column::AccountId.eq(account_id))
        .filter(broker_orders::Column::TradeDate.between(from, to));
    let mut dates: BTreeSet<NaiveDate> = own.into_tuple().all(&db.executor()).await?.into_iter().collect();
    dates.extend(rows.into_tuple::<NaiveDate>().all(&db.executor()).await?);
    Ok(dates)
}
