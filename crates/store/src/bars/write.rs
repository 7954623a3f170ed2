//! Writing bars.

use std::collections::HashMap;

use chrono::DateTime;
use exodus_domain::{Bar, Interval, Symbol};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::columns::Columns;
use super::cores::{on_every_core, where_blocking_is_allowed};
use super::period::period;
use super::read::{decode, of_kind};
use super::{Appended, SeriesKey, SeriesKind};
use crate::coverage::forget_checked;
use crate::db::{Store, Tx};
use crate::entities::packed_bars::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, word};

/// Issues merged at a time; bounds memory.
const ISSUES_AT_ONCE: usize = 64;

/// Rows written by one statement; SQLite takes 32,766 bound values.
const ROWS_AT_ONCE: usize = 1_000;

/// Merges bars into a series; a bar that is there is replaced. Writing the same bars again changes nothing.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn append(store: &Store, key: SeriesKey, bars: &[Bar]) -> Result<Appended, StoreError> {
    let tx = store.begin().await?;
    let series = vec![(key.symbol, Columns::from_bars(bars))];
    let appended = write_series(&tx, key.kind, series).await?;
    tx.commit().await?;
    Ok(appended)
}

/// The same for many issues, in the caller's transaction.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn append_many(tx: &Tx, kind: SeriesKind, series: &[(Symbol, Vec<Bar>)]) -> Result<Appended, StoreError> {
    let columns = series.iter().map(|(symbol, bars)| (*symbol, Columns::from_bars(bars))).collect();
    write_series(tx, kind, columns).await
}

/// Forgets a series. Tells how many bars it had.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn delete(tx: &Tx, key: SeriesKey) -> Result<u64, StoreError> {
    lock(tx, key.kind).await?;
    let deleted = Entity::delete_many()
        .filter(Column::Symbol.eq(key.symbol.as_str()))
        .filter(Column::Venue.eq(key.kind.venue.as_str()))
        .filter(Column::Interval.eq(key.kind.interval.as_str()))
        .filter(Column::Adjusted.eq(key.kind.adjusted))
        .exec_with_returning(&tx.executor())
        .await?;
    if !key.kind.adjusted {
        // What is deleted can be asked for again.
        forget_checked(tx, key.symbol, key.kind.interval).await?;
    }
    Ok(deleted.iter().map(|row| u64::from(row.rows.unsigned_abs())).sum())
}

/// Merges columns into their series. Each symbol may occur once.
pub(crate) async fn write_series(
    tx: &Tx,
    kind: SeriesKind,
    mut series: Vec<(Symbol, Columns)>,
) -> Result<Appended, StoreError> {
    lock(tx, kind).await?;
    let mut appended = Appended::default();
    while !series.is_empty() {
        let rest = series.split_off(series.len().min(ISSUES_AT_ONCE));
        let some = std::mem::replace(&mut series, rest);
        let stored = stored_rows(tx, kind, &some).await?;
        let (rows, counts) = where_blocking_is_allowed(move || merge_all(kind, some, stored)).await??;
        appended += counts;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(ROWS_AT_ONCE);
            Entity::insert_many(some).on_conflict(replace()).exec_without_returning(&tx.executor()).await?;
        }
    }
    Ok(appended)
}

/// Keeps other transactions from writing series of this kind.
async fn lock(tx: &Tx, kind: SeriesKind) -> Result<(), StoreError> {
    tx.lock_key(&format!("bars:{}:{}:{}", kind.venue, kind.interval, kind.adjusted)).await
}

type Rows = HashMap<(Symbol, i32), Model>;

/// The rows that the new bars fall into.
async fn stored_rows(tx: &Tx, kind: SeriesKind, series: &[(Symbol, Columns)]) -> Result<Rows, StoreError> {
    let ends = series.iter().flat_map(|(_, columns)| [columns.timestamp.first(), columns.timestamp.last()]);
    let periods: Vec<i32> = ends.flatten().map(|&timestamp| period(kind.interval, timestamp)).collect();
    let (Some(&first), Some(&last)) = (periods.iter().min(), periods.iter().max()) else {
        return Ok(Rows::new());
    };
    let rows = of_kind(kind)
        .filter(Column::Symbol.is_in(series.iter().map(|(symbol, _)| symbol.as_str())))
        .filter(Column::Period.between(first, last))
        .all(&tx.executor())
        .await?;
    rows.into_iter().map(|row| Ok(((word(&row.symbol)?, row.period), row))).collect()
}

/// Merges and compresses on every core.
fn merge_all(
    kind: SeriesKind,
    series: Vec<(Symbol, Columns)>,
    mut stored: Rows,
) -> Result<(Vec<ActiveModel>, Appended), StoreError> {
    let mut parts: Vec<Part> = Vec::new();
    for (symbol, columns) in series {
        for (period, columns) in split(kind.interval, columns) {
            let stored = stored.remove(&(symbol, period));
            parts.push(Part { key: kind.of(symbol), period, columns, stored });
        }
    }
    let mut rows = Vec::new();
    let mut appended = Appended::default();
    for merged in on_every_core(parts, Part::merge) {
        let (row, counts) = merged?;
        rows.extend(row);
        appended += counts;
    }
    Ok((rows, appended))
}

/// The new bars of one row, and the row as it is stored.
struct Part {
    key: SeriesKey,
    period: i32,
    columns: Columns,
    stored: Option<Model>,
}

impl Part {
    /// The row to write, if there is anything to write.
    fn merge(self) -> Result<(Option<ActiveModel>, Appended), StoreError> {
        let Self { key, period, columns, stored } = self;
        let Some(stored) = stored else {
            let appended = Appended { added: columns.len() as u64, ..Appended::default() };
            return Ok((Some(row(key, period, &columns)), appended));
        };
        let (merged, appended) = decode(stored)?.merged(&columns);
        let is_changed = appended.added + appended.changed > 0;
        Ok((is_changed.then(|| row(key, period, &merged)), appended))
    }
}

/// Columns as they are stored.
fn row(key: SeriesKey, period: i32, columns: &Columns) -> ActiveModel {
    let instant = |t: Option<&i64>| DateTime::from_timestamp(t.copied().unwrap_or_default(), 0).unwrap_or_default();
    let blobs = columns.encode();
    ActiveModel {
        symbol: Set(key.symbol.to_string()),
        venue: Set(key.kind.venue.as_str().to_owned()),
        interval: Set(key.kind.interval.as_str().to_owned()),
        adjusted: Set(key.kind.adjusted),
        period: Set(period),
        rows: Set(i32::try_from(columns.len()).unwrap_or(i32::MAX)),
        first_timestamp: Set(instant(columns.timestamp.first())),
        last_timestamp: Set(instant(columns.timestamp.last())),
        timestamp: Set(blobs.timestamp),
        open: Set(blobs.open),
        high: Set(blobs.high),
        low: Set(blobs.low),
        close: Set(blobs.close),
        volume: Set(blobs.volume),
    }
}

/// Cuts columns at the ends of periods.
fn split(interval: Interval, columns: Columns) -> Vec<(i32, Columns)> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < columns.len() {
        let this = period(interval, columns.timestamp[start]);
        let len = columns.timestamp[start..].partition_point(|&timestamp| period(interval, timestamp) == this);
        parts.push((this, columns.slice(start..start + len)));
        start += len;
    }
    parts
}

fn replace() -> OnConflict {
    OnConflict::columns([Column::Symbol, Column::Venue, Column::Interval, Column::Adjusted, Column::Period])
        .update_columns([
            Column::Rows,
            Column::FirstTimestamp,
            Column::LastTimestamp,
            Column::Timestamp,
            Column::Open,
            Column::High,
            Column::Low,
            Column::Close,
            Column::Volume,
        ])
        .to_owned()
}
