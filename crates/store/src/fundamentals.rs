//! What was published of the books of issues, by the date from which on it is known.
//!
//! An issue has at most one row on a date; one that is stored again replaces it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{AvgPrice, Fundamentals, Qty, Symbol};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::actions;
use crate::db::{Db, Tx};
use crate::entities::fundamentals::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};

/// Rows read or written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

impl TryFrom<Model> for Fundamentals {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            symbol: word(&row.symbol)?,
            known_on: row.known_on,
            bps: row.bps.map(AvgPrice),
            eps: row.eps.map(AvgPrice),
            listed_shares: row.listed_shares.map(Qty),
            sector: row.sector,
        })
    }
}

/// What storing rows did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Rows of dates that had none.
    pub added: u64,
    /// Rows that replaced another.
    pub changed: u64,
    /// Rows that were there already.
    pub unchanged: u64,
}

/// What was told of issues by dates until `to`, each issue's oldest first; an issue of which nothing was told is left out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn of_symbols(
    db: &dyn Db,
    symbols: &[Symbol],
    to: NaiveDate,
) -> Result<HashMap<Symbol, Vec<Fundamentals>>, StoreError> {
    let mut found: HashMap<Symbol, Vec<Fundamentals>> = HashMap::new();
    for some in symbols.chunks(ROWS_AT_ONCE) {
        let query = Entity::find().filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)));
        let query = query.filter(Column::KnownOn.lte(to)).order_by_asc(Column::KnownOn);
        let told: Vec<Fundamentals> = records(query.all(&db.executor()).await?)?;
        for told in told {
            found.entry(told.symbol).or_default().push(told);
        }
    }
    Ok(found)
}

/// Everything known of issues at each date until `to` on which something changed, as
/// [`Fundamentals::history`] tells it with the corporate actions that are stored. Beside each issue stands the date that
/// its prices are adjusted as of; `None` for prices as traded.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn histories(
    db: &dyn Db,
    issues: &[(Symbol, Option<NaiveDate>)],
    to: NaiveDate,
) -> Result<HashMap<Symbol, Vec<Fundamentals>>, StoreError> {
    let symbols: Vec<Symbol> = issues.iter().map(|(symbol, _)| *symbol).collect();
    let told = of_symbols(db, &symbols, to).await?;
    let actions = actions::of_symbols(db, &symbols).await?;
    let history = |(symbol, adjusted_as_of): &(Symbol, Option<NaiveDate>)| {
        let told = told.get(symbol)?;
        let end = adjusted_as_of.unwrap_or(to).max(to);
        let actions = actions.get(symbol).map(Vec::as_slice).unwrap_or_default();
        let known: Vec<_> = actions.iter().filter(|action| action.ex_date <= end).copied().collect();
        let mut history = Fundamentals::history(told, &known, *adjusted_as_of);
        history.retain(|state| state.known_on <= to);
        Some((*symbol, history))
    };
    Ok(issues.iter().filter_map(history).collect())
}

/// Stores rows, of which no two may have the same issue and date. Storing the same ones again changes nothing.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn put(tx: &Tx, told: &[Fundamentals], source: &str, now: DateTime<Utc>) -> Result<Stored, StoreError> {
    tx.lock_key("fundamentals").await?;
    let mut stored = Stored::default();
    for some in told.chunks(ROWS_AT_ONCE) {
        let known = known(tx, some).await?;
        let mut rows = Vec::new();
        for told in some {
            match known.get(&(told.symbol, told.known_on)) {
                None => stored.added += 1,
                Some(old) if old == told => {
                    stored.unchanged += 1;
                    continue;
                }
                Some(_) => stored.changed += 1,
            }
            rows.push(row(told, source, now));
        }
        if !rows.is_empty() {
            Entity::insert_many(rows).on_conflict(replace()).exec_without_returning(&tx.executor()).await?;
        }
    }
    Ok(stored)
}

/// What is stored of the issues of `told`.
async fn known(tx: &Tx, told: &[Fundamentals]) -> Result<HashMap<(Symbol, NaiveDate), Fundamentals>, StoreError> {
    let query = Entity::find().filter(Column::Symbol.is_in(told.iter().map(|told| told.symbol.to_string())));
    let stored: Vec<Fundamentals> = records(query.all(&tx.executor()).await?)?;
    Ok(stored.into_iter().map(|stored| ((stored.symbol, stored.known_on), stored)).collect())
}

fn row(told: &Fundamentals, source: &str, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        symbol: Set(told.symbol.to_string()),
        known_on: Set(told.known_on),
        bps: Set(told.bps.map(|bps| bps.0)),
        eps: Set(told.eps.map(|eps| eps.0)),
        listed_shares: Set(told.listed_shares.map(|shares| shares.0)),
        sector: Set(told.sector.clone()),
        source: Set(source.to_owned()),
        recorded_at: Set(now),
    }
}

fn replace() -> OnConflict {
    OnConflict::columns([Column::Symbol, Column::KnownOn])
        .update_columns([
            Column::Bps,
            Column::Eps,
            Column::ListedShares,
            Column::Sector,
            Column::Source,
            Column::RecordedAt,
        ])
        .to_owned()
}
