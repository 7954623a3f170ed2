//! When bars are, without what they say: a sixth of the reading.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use exodus_domain::Symbol;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::SeriesKind;
use super::columns::decompress;
use super::cores::{on_every_core, where_blocking_is_allowed};
use super::many::rows_between;
use crate::db::Db;
use crate::entities::packed_bars::Column;
use crate::error::{StoreError, word};

/// Issues read by one statement: enough to make statements rare, few enough to keep memory flat.
const ISSUES_AT_ONCE: usize = 100;

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
        for part in where_blocking_is_allowed(move || on_every_core(rows, |row| unpack(row, from, to))).await? {
            let (symbol, times) = part?;
            found.entry(symbol).or_default().extend(times);
        }
    }
    Ok(found)
}

/// The times of one row.
fn unpack(
    (symbol, rows, timestamps): (String, i32, Vec<u8>),
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(Symbol, Vec<DateTime<Utc>>), StoreError> {
    let mut seconds = Vec::new();
    decompress(&timestamps, &mut seconds, usize::try_from(rows).unwrap_or_default())?;
    let inside = seconds.into_iter().filter(|second| from.timestamp() <= *second && *second < to.timestamp());
    Ok((word(&symbol)?, inside.filter_map(|second| DateTime::from_timestamp(second, 0)).collect()))
}
