//! The round trips of backtests.

use chrono::{DateTime, Utc};
use exodus_domain::{Qty, Symbol, Won, text_enum};
use sea_orm::sea_query::NullOrdering;
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, Set};

use crate::db::Db;
use crate::entities::backtest_round_trips::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, word};
use crate::page::{Page, Paged, page_of};

/// Round trips written by one statement; SQLite takes 32,766 bound values.
const ROWS_AT_ONCE: usize = 2_000;

/// A round trip of a backtest: from the first share bought of an issue until none is left.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRoundTrip {
    /// Issue.
    pub symbol: Symbol,
    /// Time of the first buy.
    pub opened_at: DateTime<Utc>,
    /// Time of the sell that left nothing; `None` while something is held.
    pub closed_at: Option<DateTime<Utc>>,
    /// Shares bought, all buys together.
    pub shares_bought: Qty,
    /// Shares sold, all sells together.
    pub shares_sold: Qty,
    /// Won paid for shares, before costs.
    pub bought: Won,
    /// Won received for shares, before costs.
    pub sold: Won,
    /// Commission and taxes.
    pub costs: Won,
    /// Realised gain, net of costs.
    pub pnl: Won,
    /// Gain over what was paid for shares.
    pub return_on_cost: Option<f64>,
    /// Maximum adverse excursion; `None` without bars.
    pub mae: Option<Won>,
    /// Maximum favourable excursion; `None` without bars.
    pub mfe: Option<Won>,
    /// Sessions from the first buy to the last sell, or to the end of the backtest, both counted.
    pub holding_sessions: i32,
}

text_enum! {
    /// By what round trips are sorted.
    RoundTripSort {
        /// Time of the first buy.
        OpenedAt = "opened_at",
        /// Time of the last sell.
        ClosedAt = "closed_at",
        /// Code of the issue.
        Symbol = "symbol",
        /// Won paid for shares.
        Bought = "bought",
        /// Gain in won.
        Pnl = "pnl",
        /// Gain over what was paid.
        Return = "return",
        /// Maximum adverse excursion.
        Mae = "mae",
        /// Maximum favourable excursion.
        Mfe = "mfe",
        /// Length in sessions.
        HoldingSessions = "holding_sessions",
    }
}

impl RoundTripSort {
    fn column(self) -> Column {
        match self {
            Self::OpenedAt => Column::OpenedAt,
            Self::ClosedAt => Column::ClosedAt,
            Self::Symbol => Column::Symbol,
            Self::Bought => Column::Bought,
            Self::Pnl => Column::Pnl,
            Self::Return => Column::ReturnOnCost,
            Self::Mae => Column::Mae,
            Self::Mfe => Column::Mfe,
            Self::HoldingSessions => Column::HoldingSessions,
        }
    }
}

impl TryFrom<Model> for StoredRoundTrip {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            symbol: word(&row.symbol)?,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
            shares_bought: Qty(row.shares_bought),
            shares_sold: Qty(row.shares_sold),
            bought: Won(row.bought),
            sold: Won(row.sold),
            costs: Won(row.costs),
            pnl: Won(row.pnl),
            return_on_cost: row.return_on_cost,
            mae: row.mae.map(Won),
            mfe: row.mfe.map(Won),
            holding_sessions: row.holding_sessions,
        })
    }
}

/// The round trips of one of a user's backtests; what has no value comes last in either direction.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn round_trips(
    db: &dyn Db,
    user_id: i64,
    id: i64,
    sort: RoundTripSort,
    descending: bool,
    page: Page,
) -> Result<Paged<StoredRoundTrip>, StoreError> {
    if super::get(db, user_id, id).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let order = if descending { Order::Desc } else { Order::Asc };
    let query = Entity::find()
        .filter(Column::BacktestId.eq(id))
        .order_by_with_nulls(sort.column(), order, NullOrdering::Last)
        .order_by_asc(Column::Seq);
    page_of(db, query, page).await
}

/// Stores the round trips of a backtest in place of those that were there.
pub(super) async fn replace(db: &dyn Db, id: i64, trips: &[StoredRoundTrip]) -> Result<(), StoreError> {
    let connection = db.executor();
    Entity::delete_many().filter(Column::BacktestId.eq(id)).exec(&connection).await?;
    for (block, some) in trips.chunks(ROWS_AT_ONCE).enumerate() {
        let first = block * ROWS_AT_ONCE;
        let rows = some.iter().enumerate().map(|(i, trip)| row(id, first + i, trip));
        Entity::insert_many(rows).exec_without_returning(&connection).await?;
    }
    Ok(())
}

fn row(backtest_id: i64, seq: usize, trip: &StoredRoundTrip) -> ActiveModel {
    ActiveModel {
        backtest_id: Set(backtest_id),
        seq: Set(i32::try_from(seq).unwrap_or(i32::MAX)),
        symbol: Set(trip.symbol.to_string()),
        opened_at: Set(trip.opened_at),
        closed_at: Set(trip.closed_at),
        shares_bought: Set(trip.shares_bought.0),
        shares_sold: Set(trip.shares_sold.0),
        bought: Set(trip.bought.0),
        sold: Set(trip.sold.0),
        costs: Set(trip.costs.0),
        pnl: Set(trip.pnl.0),
        return_on_cost: Set(trip.return_on_cost),
        mae: Set(trip.mae.map(|won| won.0)),
        mfe: Set(trip.mfe.map(|won| won.0)),
        holding_sessions: Set(trip.holding_sessions),
    }
}
