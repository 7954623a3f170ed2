//! Which series there are, read from the keys of their rows alone.

use std::collections::HashMap;

use exodus_domain::{Interval, Symbol, Venue};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::db::Db;
use crate::entities::packed_bars::{Column, Entity};
use crate::error::{StoreError, word};

/// Issues asked for by one statement.
const ISSUES_AT_ONCE: usize = 1_000;

/// Which series of an issue are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Prices as they were traded.
    pub(crate) raw: bool,
    /// Prices that were imported as adjusted ones.
    pub(crate) adjusted: bool,
}

/// Those of `symbols` that have series of KRX.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn stored_among(
    db: &dyn Db,
    symbols: &[Symbol],
    interval: Interval,
) -> Result<HashMap<Symbol, Stored>, StoreError> {
    let mut found: HashMap<Symbol, Stored> = HashMap::new();
    for some in symbols.chunks(ISSUES_AT_ONCE) {
        let query = series(interval).filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)));
        for (symbol, is_adjusted) in query.into_tuple::<(String, bool)>().all(&db.executor()).await? {
            let stored = found.entry(word(&symbol)?).or_default();
            if is_adjusted {
                stored.adjusted = true;
            } else {
                stored.raw = true;
            }
        }
    }
    Ok(found)
}

/// Every series of KRX that is stored, in order of issue: its issue, and true if it is adjusted.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn stored_series(db: &dyn Db, interval: Interval) -> Result<Vec<(Symbol, bool)>, StoreError> {
    let query = series(interval).order_by_asc(Column::Symbol).order_by_asc(Column::Adjusted);
    let rows: Vec<(String, bool)> = query.into_tuple().all(&db.executor()).await?;
    rows.into_iter().map(|(symbol, adjusted)| Ok((word(&symbol)?, adjusted))).collect()
}

fn series(interval: Interval) -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::Symbol, Column::Adjusted])
        .distinct()
        .filter(Column::Venue.eq(Venue::Krx.as_str()))
        .filter(Column::Interval.eq(interval.as_str()))
}
