//! Reading bars.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Interval, Symbol, Venue};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};

use super::columns::{Blobs, Columns};
use super::cores::where_blocking_is_allowed;
use super::many::{Span, load_many};
use super::period::period;
use super::{Coverage, SeriesKey, SeriesKind};
use crate::db::Db;
use crate::entities::packed_bars::{Column, Entity, Model};
use crate::error::{StoreError, word};

/// The bars of a series from `from` up to, not including, `to`, oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn load(db: &dyn Db, key: SeriesKey, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Bar>, StoreError> {
    let span = Span { before: 0, from, to };
    Ok(load_many(db, &[key.symbol], key.kind, span).await?.pop().map(|(_, bars)| bars).unwrap_or_default())
}

/// The newest bars of a series that start before `before`, at most `limit`, oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn newest(db: &dyn Db, key: SeriesKey, before: DateTime<Utc>, limit: usize) -> Result<Vec<Bar>, StoreError> {
    let mut newest_first: Vec<Vec<Bar>> = Vec::new();
    let mut missing = limit;
    let mut next_period = Some(period(key.kind.interval, before.timestamp()));
    while let (Some(period), true) = (next_period, missing > 0) {
        let query = of_series(key).filter(Column::Period.lte(period)).order_by_desc(Column::Period);
        let Some(row) = query.one(&db.executor()).await? else { break };
        next_period = row.period.checked_sub(1);
        let bars = where_blocking_is_allowed(move || newest_of(row, before, missing)).await??;
        missing -= bars.len();
        newest_first.push(bars);
    }
    Ok(newest_first.into_iter().rev().flatten().collect())
}

/// The newest bars of one row.
fn newest_of(row: Model, before: DateTime<Utc>, limit: usize) -> Result<Vec<Bar>, StoreError> {
    let columns = decode(row)?;
    let end = columns.timestamp.partition_point(|&t| t < before.timestamp());
    let mut bars = Vec::new();
    columns.append_to(&mut bars, end.saturating_sub(limit)..end)?;
    Ok(bars)
}

/// What is stored of an issue's prices on KRX: nothing, one series or both; the adjusted one first.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn coverage(db: &dyn Db, symbol: Symbol, interval: Interval) -> Result<Vec<Coverage>, StoreError> {
    Ok(coverages(db, &[symbol], interval).await?.remove(&symbol).unwrap_or_default())
}

/// The series to show when nobody asks for one in particular: of KRX, adjusted if there is one, else raw.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn preferred(db: &dyn Db, symbol: Symbol, interval: Interval) -> Result<Option<Coverage>, StoreError> {
    Ok(coverage(db, symbol, interval).await?.into_iter().next())
}

/// How many bars are stored.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn count(db: &dyn Db) -> Result<u64, StoreError> {
    let sum = Entity::find().select_only().column_as(bars_summed(), "bars");
    let sum: Option<Option<i64>> = sum.into_tuple().one(&db.executor()).await?;
    Ok(sum.flatten().unwrap_or(0).unsigned_abs())
}

/// The coverage of many issues on KRX; one without bars is left out.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn coverages(
    db: &dyn Db,
    symbols: &[Symbol],
    interval: Interval,
) -> Result<HashMap<Symbol, Vec<Coverage>>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::Symbol, Column::Adjusted])
        .column_as(Column::FirstTimestamp.min(), "first")
        .column_as(Column::LastTimestamp.max(), "last")
        .column_as(bars_summed(), "bars")
        .filter(Column::Venue.eq(Venue::Krx.as_str()))
        .filter(Column::Interval.eq(interval.as_str()))
        .filter(Column::Symbol.is_in(symbols.iter().map(Symbol::as_str)))
        .group_by(Column::Symbol)
        .group_by(Column::Adjusted)
        .order_by_desc(Column::Adjusted);
    let mut found: HashMap<Symbol, Vec<Coverage>> = HashMap::new();
    for row in query.into_model::<CoverageRow>().all(&db.executor()).await? {
        let CoverageRow { symbol, adjusted, first, last, bars } = row;
        let coverage = Coverage { adjusted, first, last, rows: bars.unsigned_abs() };
        found.entry(word(&symbol)?).or_default().push(coverage);
    }
    Ok(found)
}

#[derive(FromQueryResult)]
struct CoverageRow {
    symbol: String,
    adjusted: bool,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
    bars: i64,
}

/// The bars of the rows summed up, as the same type on both databases.
fn bars_summed() -> Expr {
    Expr::col(Column::Rows).sum().cast_as("bigint")
}

fn of_series(key: SeriesKey) -> Select<Entity> {
    of_kind(key.kind).filter(Column::Symbol.eq(key.symbol.as_str()))
}

/// The rows of every issue's series of a kind.
pub(super) fn of_kind(kind: SeriesKind) -> Select<Entity> {
    Entity::find()
        .filter(Column::Venue.eq(kind.venue.as_str()))
        .filter(Column::Interval.eq(kind.interval.as_str()))
        .filter(Column::Adjusted.eq(kind.adjusted))
}

pub(super) fn decode(row: Model) -> Result<Columns, StoreError> {
    let rows = usize::try_from(row.rows).unwrap_or_default();
    let blobs = Blobs {
        timestamp: row.timestamp,
        open: row.open,
        high: row.high,
        low: row.low,
        close: row.close,
        volume: row.volume,
    };
    blobs.decode(rows)
}
