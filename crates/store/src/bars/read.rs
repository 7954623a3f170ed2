//! Reading bars.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, Interval, Symbol, Venue};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};

use super::columns::{Blobs, Columns};
use super::cores::on_every_core;
use super::period::period;
use super::{Coverage, SeriesKey, SeriesKind};
use crate::db::Db;
use crate::entities::market_data::{Column, Entity, Model};
use crate::error::{StoreError, word};

/// Issues read by one statement: enough to make statements rare, few enough to keep memory flat.
pub(super) const ISSUES_AT_ONCE: usize = 100;

/// The bars of a series from `from` up to, not including, `to`, oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn load(db: &dyn Db, key: SeriesKey, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Bar>, StoreError> {
    let query =
        rows_between(key.kind, from, to).filter(Column::Symbol.eq(key.symbol.as_str())).order_by_asc(Column::Period);
    let mut bars = Vec::new();
    for row in query.all(&db.executor()).await? {
        push_between(&mut bars, &decode(row)?, from, to);
    }
    Ok(bars)
}

/// The bars of many issues, in the order of `symbols`, each named once; an issue without bars has an empty list.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn load_many(
    db: &dyn Db,
    symbols: &[Symbol],
    kind: SeriesKind,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<(Symbol, Vec<Bar>)>, StoreError> {
    let mut series = Vec::with_capacity(symbols.len());
    for some in symbols.chunks(ISSUES_AT_ONCE) {
        let query = rows_between(kind, from, to)
            .filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)))
            .order_by_asc(Column::Symbol)
            .order_by_asc(Column::Period);
        let rows = query.all(&db.executor()).await?;
        let unpacking = tokio::task::spawn_blocking(move || unpack_all(rows, from, to));
        let unpacked = unpacking.await.map_err(|e| StoreError::Corrupt(format!("unpacking bars: {e}")))?;
        let mut found: HashMap<Symbol, Vec<Bar>> = HashMap::new();
        for part in unpacked {
            let (symbol, bars) = part?;
            found.entry(symbol).or_default().extend(bars);
        }
        series.extend(some.iter().map(|&symbol| (symbol, found.remove(&symbol).unwrap_or_default())));
    }
    Ok(series)
}

/// The newest bars of a series that start before `before`, at most `limit`, oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn newest(db: &dyn Db, key: SeriesKey, before: DateTime<Utc>, limit: usize) -> Result<Vec<Bar>, StoreError> {
    let mut newest_first: Vec<Bar> = Vec::new();
    let mut next_period = Some(period(key.kind.interval, before.timestamp()));
    while let (Some(period), true) = (next_period, newest_first.len() < limit) {
        let query = of_series(key).filter(Column::Period.lte(period)).order_by_desc(Column::Period);
        let Some(row) = query.one(&db.executor()).await? else { break };
        next_period = row.period.checked_sub(1);
        let columns = decode(row)?;
        let end = columns.timestamp.partition_point(|&t| t < before.timestamp());
        let room = limit - newest_first.len();
        newest_first.extend((0..end).rev().take(room).map(|i| columns.bar(i)));
    }
    newest_first.reverse();
    Ok(newest_first)
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

/// The coverage of many issues on KRX.
pub(crate) async fn coverages(
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

pub(super) fn rows_between(kind: SeriesKind, from: DateTime<Utc>, to: DateTime<Utc>) -> Select<Entity> {
    of_kind(kind)
        .filter(Column::Period.gte(period(kind.interval, from.timestamp())))
        .filter(Column::Period.lte(period(kind.interval, to.timestamp())))
}

/// The rows of every issue's series of a kind.
pub(super) fn of_kind(kind: SeriesKind) -> Select<Entity> {
    Entity::find()
        .filter(Column::Venue.eq(kind.venue.as_str()))
        .filter(Column::Interval.eq(kind.interval.as_str()))
        .filter(Column::Adjusted.eq(kind.adjusted))
}

/// The bars of each row.
fn unpack_all(rows: Vec<Model>, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Result<(Symbol, Vec<Bar>), StoreError>> {
    on_every_core(rows, |row| {
        let symbol = word(&row.symbol)?;
        let mut bars = Vec::new();
        push_between(&mut bars, &decode(row)?, from, to);
        Ok((symbol, bars))
    })
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

fn push_between(bars: &mut Vec<Bar>, columns: &Columns, from: DateTime<Utc>, to: DateTime<Utc>) {
    let start = columns.timestamp.partition_point(|&t| t < from.timestamp());
    let end = columns.timestamp.partition_point(|&t| t < to.timestamp());
    bars.extend((start..end).map(|i| columns.bar(i)));
}
