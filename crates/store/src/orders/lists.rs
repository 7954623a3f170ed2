//! A complete list of the broker is written down row by row: what is new, and what tells more than before (safety §2.7).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use exodus_domain::testing::{Defect, Point, planted, reach};
use exodus_domain::{BrokerOrder, BrokerOrderId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select, Set, Unchanged};

use super::broker_orders::{BrokerRow, FOREIGN};
use super::fills::{self, RowOutcome, RowUpdate};
use super::notices;
use crate::accounts;
use crate::db::{Db, Store, Tx};
use crate::entities::broker_orders::{ActiveModel, Column, Entity, Model};
use crate::entities::orders as own;
use crate::error::{StoreError, records};

/// A row that shows less than before is counted once in so long.
const FEWER_APART: TimeDelta = TimeDelta::seconds(10);

/// What a list told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListNews {
    /// Every row of the date, as it is written down now.
    pub rows: Vec<BrokerRow>,
    /// Rows that were written down before and that this list does not have.
    pub missing: Vec<BrokerOrderId>,
    /// Rows that no order of ours is bound to and that no list showed before.
    pub appeared: Vec<BrokerOrderId>,
    /// What became of the bookings.
    pub booked: Vec<RowOutcome>,
    /// True if anything was written.
    pub changed: bool,
}

/// What a row of the list says of the order that it is bound to.
#[derive(Clone, Debug)]
pub struct Booking {
    /// The order.
    pub order_id: i64,
    /// What its row shows.
    pub update: RowUpdate,
}

/// Writes a complete list down. What a row showed once it keeps; a row whose number an order of ours carries is bound to
/// it, and notices that named a row have found it. What rows of bound orders show is booked in the same transaction. If it
/// cannot be booked, the list is written down alone, and [`apply_row`](super::apply_row) says why.
///
/// # Errors
/// [`StoreError::NotFound`] if the account was removed.
pub async fn record_list(
    store: &Store,
    account_id: i64,
    trade_date: NaiveDate,
    told: &[BrokerOrder],
    bookings: &[Booking],
    now: DateTime<Utc>,
) -> Result<ListNews, StoreError> {
    match record(store, account_id, trade_date, told, bookings, now).await {
        Err(StoreError::OverSold(_) | StoreError::Conflict(_) | StoreError::Transition(_)) if !bookings.is_empty() => {
            record(store, account_id, trade_date, told, &[], now).await
        }
        recorded => recorded,
    }
}

async fn record(
    store: &Store,
    account_id: i64,
    trade_date: NaiveDate,
    told: &[BrokerOrder],
    bookings: &[Booking],
    now: DateTime<Utc>,
) -> Result<ListNews, StoreError> {
    let plan = Plan::make(store, account_id, trade_date, told, now).await?;
    if plan.changes.is_empty() {
        return plan.news(store, account_id, trade_date, told).await;
    }
    let tx = store.begin().await?;
    accounts::lock(&tx, account_id).await?;
    // A person may have bound a row since.
    let plan = Plan::make(&tx, account_id, trade_date, told, now).await?;
    for change in &plan.changes {
        match change {
            Change::Insert(row) => drop(row.clone().insert(&tx.executor()).await?),
            Change::Update(row) => drop(row.clone().update(&tx.executor()).await?),
        }
    }
    notices::match_to_rows(&tx, account_id, trade_date, now).await?;
    let mut booked = Vec::new();
    for Booking { order_id, update } in bookings {
        booked.push(fills::apply_in(&tx, *order_id, update, now).await?);
    }
    let news = plan.news(&tx, account_id, trade_date, told).await?;
    tx.commit().await?;
    Ok(ListNews { booked, changed: true, ..news })
}

/// The rows of a trade date, in the order in which they were first seen.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn of_day(db: &dyn Db, account_id: i64, trade_date: NaiveDate) -> Result<Vec<BrokerRow>, StoreError> {
    records(rows_of(account_id, Some(trade_date)).order_by_asc(Column::Id).all(&db.executor()).await?)
}

fn rows_of(account_id: i64, trade_date: Option<NaiveDate>) -> Select<Entity> {
    let query = Entity::find().filter(Column::AccountId.eq(account_id));
    match trade_date {
        Some(date) => query.filter(Column::TradeDate.eq(date)),
        None => query,
    }
}

enum Change {
    Insert(ActiveModel),
    Update(ActiveModel),
}

/// What has to be written for a list.
struct Plan {
    changes: Vec<Change>,
    appeared: Vec<BrokerOrderId>,
}

impl Plan {
    async fn make(
        db: &dyn Db,
        account_id: i64,
        trade_date: NaiveDate,
        told: &[BrokerOrder],
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let date = (!planted(Defect::KeyWithoutDate)).then_some(trade_date);
        let known = rows_of(account_id, date).all(&db.executor()).await?;
        let known: HashMap<&str, &Model> = known.iter().map(|row| (row.broker_order_id.as_str(), row)).collect();
        let is_free = |row: &&BrokerOrder| known.get(row.id.0.as_str()).is_none_or(|known| known.order_id.is_none());
        let free: Vec<&BrokerOrder> = told.iter().filter(is_free).collect();
        let owners = owners(db, account_id, trade_date, &free).await?;
        let mut plan = Self { changes: Vec::new(), appeared: Vec::new() };
        for row in told {
            let owner = owners.get(&row.id).copied();
            match known.get(row.id.0.as_str()) {
                None => {
                    plan.changes.push(Change::Insert(new_row(account_id, trade_date, row, owner, now)));
                    if owner.is_none() && row.original.is_none() {
                        reach(Point::ExternalOrder);
                        plan.appeared.push(row.id.clone());
                    }
                }
                Some(known) => plan.changes.extend(changed_row(known, row, owner, now).map(Change::Update)),
            }
        }
        Ok(plan)
    }

    async fn news(
        self,
        db: &dyn Db,
        account_id: i64,
        trade_date: NaiveDate,
        told: &[BrokerOrder],
    ) -> Result<ListNews, StoreError> {
        let rows = of_day(db, account_id, trade_date).await?;
        let shown: HashSet<&BrokerOrderId> = told.iter().map(|row| &row.id).collect();
        let missing = rows.iter().map(|row| &row.broker_order_id).filter(|id| !shown.contains(id)).cloned().collect();
        Ok(ListNews { rows, missing, appeared: self.appeared, booked: Vec::new(), changed: false })
    }
}

/// The orders of ours that carry the numbers of these rows. Numbers begin anew each day, so the order was decided on the
/// row's date, or just before its midnight.
async fn owners(
    db: &dyn Db,
    account_id: i64,
    trade_date: NaiveDate,
    free: &[&BrokerOrder],
) -> Result<HashMap<BrokerOrderId, i64>, StoreError> {
    if free.is_empty() {
        return Ok(HashMap::new());
    }
    let before = trade_date.checked_sub_days(Days::new(1)).unwrap_or(trade_date);
    let bound = own::Entity::find()
        .filter(own::Column::AccountId.eq(account_id))
        .filter(own::Column::TradeDate.between(before, trade_date))
        .filter(own::Column::KisOrderId.is_in(free.iter().map(|row| row.id.0.as_str())))
        .order_by_asc(own::Column::TradeDate)
        .all(&db.executor())
        .await?;
    let taken =
        Entity::find().filter(Column::OrderId.is_in(bound.iter().map(|order| order.id))).all(&db.executor()).await?;
    let taken: HashSet<Option<i64>> = taken.iter().map(|row| row.order_id).collect();
    let mut owners = HashMap::new();
    for order in bound.into_iter().filter(|order| !taken.contains(&Some(order.id))) {
        let Some(number) = order.kis_order_id.map(BrokerOrderId) else { continue };
        let row = free.iter().find(|row| row.id == number);
        // The number of an order of yesterday may be another order's today.
        let is_its = order.trade_date == trade_date
            || row.is_some_and(|row| {
                row.fields.symbol.as_str() == order.symbol && row.fields.quantity.0 == order.quantity
            });
        if is_its {
            owners.insert(number, order.id);
        }
    }
    Ok(owners)
}

fn new_row(
    account_id: i64,
    trade_date: NaiveDate,
    row: &BrokerOrder,
    order_id: Option<i64>,
    now: DateTime<Utc>,
) -> ActiveModel {
    let order_type = if row.is_foreign { FOREIGN } else { row.fields.order_type.as_str() };
    ActiveModel {
        account_id: Set(account_id),
        trade_date: Set(trade_date),
        broker_order_id: Set(row.id.0.clone()),
        order_id: Set(order_id),
        original_id: Set(row.original.as_ref().map(|id| id.0.clone())),
        symbol: Set(row.fields.symbol.to_string()),
        side: Set(row.fields.side.as_str().to_owned()),
        order_type: Set(order_type.to_owned()),
        quantity: Set(row.facts.order_qty.0),
        price: Set(row.fields.price.map(|price| price.0)),
        cum_quantity: Set(row.facts.cum_qty.0),
        cum_amount: Set(row.facts.cum_amount.0),
        end: Set(row.facts.end.map(|end| end.as_str().to_owned())),
        accepted_at: Set(row.accepted_at),
        first_seen_at: Set(now),
        seen_at: Set(now),
        fewer_seen_since: Set(None),
        fewer_seen: Set(0),
        counted_quantity: Set(0),
        adopted_by: Set(None),
        confirmed_at: Set(None),
        ..Default::default()
    }
}

/// What a list changes in a row that is known; `None` if nothing.
fn changed_row(known: &Model, told: &BrokerOrder, owner: Option<i64>, now: DateTime<Utc>) -> Option<ActiveModel> {
    let mut row = ActiveModel { id: Unchanged(known.id), ..Default::default() };
    let bound = known.order_id.or(owner);
    if bound != known.order_id {
        row.order_id = Set(bound);
    }
    let facts = &told.facts;
    if facts.cum_qty.0 < known.cum_quantity {
        reach(Point::StaleRow);
        let since = known.fewer_seen_since.unwrap_or(now);
        if now >= since + FEWER_APART * known.fewer_seen {
            row.fewer_seen_since = Set(Some(since));
            row.fewer_seen = Set(known.fewer_seen + 1);
        }
    } else {
        if known.fewer_seen > 0 {
            row.fewer_seen_since = Set(None);
            row.fewer_seen = Set(0);
        }
        let told_end = facts.end.map(|end| end.as_str().to_owned());
        let end = told_end.or_else(|| known.end.clone());
        let amount = facts.cum_amount.0.max(known.cum_amount);
        if (facts.cum_qty.0, amount, &end) != (known.cum_quantity, known.cum_amount, &known.end) {
            row.cum_quantity = Set(facts.cum_qty.0);
            row.cum_amount = Set(amount);
            row.end = Set(end);
            row.seen_at = Set(now);
        }
    }
    row.is_changed().then_some(row)
}

/// Binds the row of a number to an order, if a list has shown it already; a later list binds it when it shows it.
///
/// # Errors
/// [`StoreError::Conflict`] `bind_conflict` if it is another order's.
pub(super) async fn bind_row(
    tx: &Tx,
    account_id: i64,
    trade_date: NaiveDate,
    number: &BrokerOrderId,
    order_id: i64,
) -> Result<(), StoreError> {
    let after = trade_date.checked_add_days(Days::new(1)).unwrap_or(trade_date);
    let row = Entity::find()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::TradeDate.between(trade_date, after))
        .filter(Column::BrokerOrderId.eq(number.0.as_str()))
        .order_by_asc(Column::TradeDate);
    match row.one(&tx.executor()).await? {
        Some(row) if row.order_id.is_some_and(|other| other != order_id) => Err(StoreError::Conflict("bind_conflict")),
        Some(row) if row.order_id.is_none() => {
            let change = ActiveModel { id: Set(row.id), order_id: Set(Some(order_id)), ..Default::default() };
            change.update(&tx.executor()).await?;
            Ok(())
        }
        _ => Ok(()),
    }
}
