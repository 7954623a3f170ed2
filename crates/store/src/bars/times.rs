//! When bars are, without what they say: a sixth of the reading.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::{Interval, Symbol};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::SeriesKind;
use super::columns::decompress;
use super::read::{ISSUES_AT_ONCE, rows_between};
use crate::db::Db;
use crate::entities::market_data::{Column, Entity};
use crate::error::{StoreError, word};

/// The starts of the bars of many issues from `from` up to, not including, `to`, oldest first. An issue without bars is
/// left out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn times(
    db: &dyn Db,
    symbols: &[Symbol],
    kind: SeriesKind,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<HashMap<Symbol, Vec<DateTime<Utc>>>, StoreError> {
    let mut found: HashMap<Symbol, Vec<DateTime<Utc>>> = HashMap::new();
    for some in symbols.chunks(ISSUES_AT_ONCE) {
        let query = rows_between(kind, from, to)
            .select_only()
            .columns([Column::Symbol, Column::Rows, Column::Timestamp])
            .filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)))
            .order_by_asc(Column::Symbol)
            .order_by_asc(Column::Period);
        let rows: Vec<(String, i32, Vec<u8>)> = query.into_tuple().all(&db.executor()).await?;
        for (symbol, rows, timestamps) in rows {
            let seconds = decompress(&timestamps, usize::try_from(rows).unwrap_or_default())?;
            let inside = seconds.into_iter().filter(|second| from.timestamp() <= *second && *second < to.timestamp());
            let times = inside.filter_map(|second| DateTime::from_timestamp(second, 0));
            found.entry(word(&symbol)?).or_default().extend(times);
        }
    }
    Ok(found)
}

/// Every series of KRX that is stored, in order of issue: its issue, and true if it is adjusted.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn stored_series(db: &dyn Db, interval: Interval) -> Result<Vec<(Symbol, bool)>, StoreError> {
    let query = Entity::find()
        .select_only()
        .columns([Column::Symbol, Column::Adjusted])
        .distinct()
        .filter(Column::Venue.eq(exodus_domain::Venue::Krx.as_str()))
        .filter(Column::Interval.eq(interval.as_str()))
        .order_by_asc(Column::Symbol)
        .order_by_asc(Column::Adjusted);
    let rows: Vec<(String, bool)> = query.into_tuple().all(&db.executor()).await?;
    rows.into_iter().map(|(symbol, adjusted)| Ok((word(&symbol)?, adjusted))).collect()
}
