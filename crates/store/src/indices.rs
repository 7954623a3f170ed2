//! Closing levels of market indices, to hold accounts and backtests against.

use chrono::NaiveDate;
use exodus_domain::text_enum;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::db::{Db, Tx};
use crate::entities::index_closes::{ActiveModel, Column, Entity};
use crate::error::StoreError;

/// Rows written by one statement; SQLite takes 32,766 bound values.
const ROWS_AT_ONCE: usize = 5_000;

/// Units of a stored level in one point: KRX publishes its indices to the hundredth.
pub const UNITS_PER_POINT: i64 = 100;

text_enum! {
    /// A market index of KRX.
    MarketIndex {
        /// All common shares of the main board.
        Kospi = "KOSPI",
        /// All common shares of KOSDAQ.
        Kosdaq = "KOSDAQ",
        /// The two hundred large ones of the main board.
        Kospi200 = "KOSPI200",
    }
}

/// The level of an index at the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexClose {
    /// Session.
    pub date: NaiveDate,
    /// Level in hundredths of a point.
    pub close: i64,
}

/// What storing levels did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Levels of days that had none.
    pub added: u64,
    /// Levels that replaced another.
    pub changed: u64,
    /// Levels that were there already.
    pub unchanged: u64,
}

/// The levels of an index until `to`, oldest first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn closes(db: &dyn Db, index: MarketIndex, to: NaiveDate) -> Result<Vec<IndexClose>, StoreError> {
    let mut closes = all(db, index).await?;
    closes.truncate(closes.partition_point(|close| close.date <= to));
    Ok(closes)
}

async fn all(db: &dyn Db, index: MarketIndex) -> Result<Vec<IndexClose>, StoreError> {
    let query = Entity::find().filter(Column::IndexName.eq(index.as_str())).order_by_asc(Column::Date);
    let rows = query.all(&db.executor()).await?;
    Ok(rows.into_iter().map(|row| IndexClose { date: row.date, close: row.close }).collect())
}

/// The first and the last date of an index; `None` if nothing of it is stored.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn coverage(db: &dyn Db, index: MarketIndex) -> Result<Option<(NaiveDate, NaiveDate)>, StoreError> {
    let ends = Entity::find()
        .select_only()
        .column_as(Column::Date.min(), "first")
        .column_as(Column::Date.max(), "last")
        .filter(Column::IndexName.eq(index.as_str()))
        .into_tuple::<(Option<NaiveDate>, Option<NaiveDate>)>()
        .one(&db.executor())
        .await?;
    Ok(ends.and_then(|(first, last)| first.zip(last)))
}

/// Stores levels; a level that differs replaces the one that was there.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn put(tx: &Tx, index: MarketIndex, closes: &[IndexClose]) -> Result<Stored, StoreError> {
    let known = all(tx, index).await?;
    let mut stored = Stored::default();
    let mut rows = Vec::new();
    for close in closes {
        match known.binary_search_by_key(&close.date, |known| known.date) {
            Ok(place) if known[place].close == close.close => {
                stored.unchanged += 1;
                continue;
            }
            Ok(_) => stored.changed += 1,
            Err(_) => stored.added += 1,
        }
        let index_name = Set(index.as_str().to_owned());
        rows.push(ActiveModel { index_name, date: Set(close.date), close: Set(close.close) });
    }
    for some in rows.chunks(ROWS_AT_ONCE) {
        let key = [Column::IndexName, Column::Date];
        let replace = OnConflict::columns(key).update_column(Column::Close).to_owned();
        let insert = Entity::insert_many(some.iter().cloned()).on_conflict(replace);
        insert.exec_without_returning(&tx.executor()).await?;
    }
    Ok(stored)
}
