//! Days for which a feed was asked and gave all it has. What is not there after that does not exist: the issue was
//! halted, or nobody traded it. Without this record the same empty days would be asked for again and again.

use std::collections::HashMap;

use chrono::NaiveDate;
use exodus_domain::{Interval, Symbol, Venue, next_session};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::db::{Db, Tx};
use crate::entities::checked_days::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, word};

/// Issues read by one statement.
const ISSUES_AT_ONCE: usize = 500;

/// The checked days of one raw series on KRX.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckedDays(Vec<(NaiveDate, NaiveDate)>);

impl CheckedDays {
    /// True if a feed was asked for `date`.
    pub fn contains(&self, date: NaiveDate) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= date);
        after.checked_sub(1).is_some_and(|i| date <= self.0[i].1)
    }

    /// These days and those from `first` to `last`. Ranges with no session between them become one.
    fn with(&self, first: NaiveDate, last: NaiveDate) -> Self {
        let mut ranges = self.0.clone();
        ranges.push((first, last));
        ranges.sort_unstable();
        let mut merged: Vec<(NaiveDate, NaiveDate)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(range) if is_next(range.1, first) => range.1 = range.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }
}

/// True if no session lies between the end of a range and the start of the next.
fn is_next(end: NaiveDate, start: NaiveDate) -> bool {
    start <= end || next_session(end).is_some_and(|session| start <= session)
}

/// The checked days of many issues; an issue that was never asked for is left out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn checked_days(
    db: &dyn Db,
    symbols: &[Symbol],
    interval: Interval,
) -> Result<HashMap<Symbol, CheckedDays>, StoreError> {
    let mut found: HashMap<Symbol, CheckedDays> = HashMap::new();
    for some in symbols.chunks(ISSUES_AT_ONCE) {
        let query = Entity::find()
            .filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)))
            .filter(Column::Venue.eq(Venue::Krx.as_str()))
            .filter(Column::Interval.eq(interval.as_str()))
            .order_by_asc(Column::Symbol)
            .order_by_asc(Column::FirstDay);
        for Model { symbol, first_day, last_day, .. } in query.all(&db.executor()).await? {
            found.entry(word(&symbol)?).or_default().0.push((first_day, last_day));
        }
    }
    Ok(found)
}

/// Notes that a feed gave all raw bars it has from `first` to `last`, in the transaction that stores them.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn note_checked(
    tx: &Tx,
    symbol: Symbol,
    interval: Interval,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<(), StoreError> {
    tx.lock_key(&format!("checked:{symbol}:{interval}")).await?;
    let known = checked_days(tx, &[symbol], interval).await?.remove(&symbol).unwrap_or_default();
    let merged = known.with(first, last);
    if merged == known {
        return Ok(());
    }
    forget_checked(tx, symbol, interval).await?;
    for (first_day, last_day) in merged.0 {
        let row = ActiveModel {
            symbol: Set(symbol.to_string()),
            venue: Set(Venue::Krx.as_str().to_owned()),
            interval: Set(interval.as_str().to_owned()),
            first_day: Set(first_day),
            last_day: Set(last_day),
        };
        row.insert(&tx.executor()).await?;
    }
    Ok(())
}

/// Forgets what was asked, so that it can be asked again: to be called where bars are deleted.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn forget_checked(db: &dyn Db, symbol: Symbol, interval: Interval) -> Result<(), StoreError> {
    let rows = Entity::delete_many()
        .filter(Column::Symbol.eq(symbol.as_str()))
        .filter(Column::Venue.eq(Venue::Krx.as_str()))
        .filter(Column::Interval.eq(interval.as_str()));
    rows.exec(&db.executor()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Days::new(n)
    }

    #[test]
    fn ranges_grow_together_over_a_weekend() {
        let friday = NaiveDate::from_ymd_opt(2026, 5, 29).expect("a date");
        let monday = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date");
        let checked = CheckedDays::default().with(friday, friday).with(monday, monday);
        assert_eq!(checked, CheckedDays(vec![(friday, monday)]));
    }

    proptest! {
        #[test]
        fn every_day_that_was_noted_is_known(ranges in prop::collection::vec((0u64..90, 0u64..9), 1..9), probe in 0u64..99) {
            let noted = |date| ranges.iter().any(|(first, length)| (day(*first)..=day(first + length)).contains(&date));
            let checked = ranges.iter().fold(CheckedDays::default(), |checked, (first, length)| {
                checked.with(day(*first), day(first + length))
            });
            let date = day(probe);
            prop_assert!(checked.contains(date) >= noted(date));
            if exodus_domain::is_session(date) {
                prop_assert_eq!(checked.contains(date), noted(date));
            }
            prop_assert!(checked.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
    }
}
