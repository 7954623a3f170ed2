//! Corporate actions: what the raw prices of an issue must be multiplied by to be compared over the years.
//!
//! An issue has at most one action on a date; what happens together has one factor. An action that somebody stated
//! replaces one that was derived from prices, never the other way round, so that no price is adjusted twice.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{ActionKind, CorporateAction, PriceFactor, Symbol};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::db::{Db, Tx};
use crate::entities::corporate_actions::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};

/// Rows read or written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

/// An action as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAction {
    /// Number.
    pub id: i64,
    /// The action.
    pub action: CorporateAction,
    /// Who said so: a file, a person, or the import whose prices betrayed it.
    pub source: String,
    /// When it was stored.
    pub recorded_at: DateTime<Utc>,
}

impl TryFrom<Model> for StoredAction {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let factor = PriceFactor::new(row.numerator, row.denominator);
        let factor = factor.ok_or_else(|| StoreError::Corrupt(format!("the factor of corporate action {}", row.id)))?;
        Ok(Self {
            id: row.id,
            action: CorporateAction {
                symbol: word(&row.symbol)?,
                ex_date: row.ex_date,
                kind: word(&row.kind)?,
                factor,
            },
            source: row.source,
            recorded_at: row.recorded_at,
        })
    }
}

/// Which actions are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActionFilter {
    /// Those of one issue.
    pub symbol: Option<Symbol>,
    /// From this ex-date on.
    pub from: Option<NaiveDate>,
    /// To this ex-date.
    pub to: Option<NaiveDate>,
}

/// What storing actions did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Actions on dates that had none.
    pub added: u64,
    /// Actions that replaced another.
    pub changed: u64,
    /// Actions that were there already, and derived ones on dates with a stated one.
    pub unchanged: u64,
}

/// Actions, the newest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn list(db: &dyn Db, filter: &ActionFilter, page: Page) -> Result<Paged<StoredAction>, StoreError> {
    let mut query = Entity::find().order_by_desc(Column::ExDate).order_by_asc(Column::Symbol);
    if let Some(symbol) = filter.symbol {
        query = query.filter(Column::Symbol.eq(symbol.as_str()));
    }
    if let Some(from) = filter.from {
        query = query.filter(Column::ExDate.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(Column::ExDate.lte(to));
    }
    page_of(db, query, page).await
}

/// The actions of one issue, oldest first.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn of_symbol(db: &dyn Db, symbol: Symbol) -> Result<Vec<CorporateAction>, StoreError> {
    Ok(of_symbols(db, &[symbol]).await?.remove(&symbol).unwrap_or_default())
}

/// The actions of many issues, each issue's oldest first; an issue without any is left out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn of_symbols(db: &dyn Db, symbols: &[Symbol]) -> Result<HashMap<Symbol, Vec<CorporateAction>>, StoreError> {
    let mut found: HashMap<Symbol, Vec<CorporateAction>> = HashMap::new();
    for some in symbols.chunks(ROWS_AT_ONCE) {
        let query = Entity::find().filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)));
        let stored: Vec<StoredAction> = records(query.order_by_asc(Column::ExDate).all(&db.executor()).await?)?;
        for StoredAction { action, .. } in stored {
            found.entry(action.symbol).or_default().push(action);
        }
    }
    Ok(found)
}

/// The action of an issue on a date.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn find(db: &dyn Db, symbol: Symbol, ex_date: NaiveDate) -> Result<Option<StoredAction>, StoreError> {
    let query = Entity::find().filter(Column::Symbol.eq(symbol.as_str())).filter(Column::ExDate.eq(ex_date));
    query.one(&db.executor()).await?.map(StoredAction::try_from).transpose()
}

/// Stores actions, of which no two may have the same issue and date. Storing the same ones again changes nothing.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn put(tx: &Tx, actions: &[CorporateAction], source: &str, now: DateTime<Utc>) -> Result<Stored, StoreError> {
    tx.lock_key("corporate_actions").await?;
    let mut stored = Stored::default();
    for some in actions.chunks(ROWS_AT_ONCE) {
        let known = known(tx, some).await?;
        let mut rows = Vec::new();
        for action in some {
            match known.get(&(action.symbol, action.ex_date)) {
                None => stored.added += 1,
                Some(old) if old == action || action.kind == ActionKind::Derived && old.kind != action.kind => {
                    stored.unchanged += 1;
                    continue;
                }
                Some(_) => stored.changed += 1,
            }
            rows.push(row(action, source, now));
        }
        if !rows.is_empty() {
            Entity::insert_many(rows).on_conflict(replace()).exec_without_returning(&tx.executor()).await?;
        }
    }
    Ok(stored)
}

/// Forgets an action and tells what it was; `None` if there was none.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn delete(tx: &Tx, id: i64) -> Result<Option<StoredAction>, StoreError> {
    let deleted = Entity::delete_many().filter(Column::Id.eq(id)).exec_with_returning(&tx.executor()).await?;
    deleted.into_iter().next().map(StoredAction::try_from).transpose()
}

/// What is stored of the issues of `actions`.
async fn known(
    tx: &Tx,
    actions: &[CorporateAction],
) -> Result<HashMap<(Symbol, NaiveDate), CorporateAction>, StoreError> {
    let query = Entity::find().filter(Column::Symbol.is_in(actions.iter().map(|action| action.symbol.to_string())));
    let stored: Vec<StoredAction> = records(query.all(&tx.executor()).await?)?;
    Ok(stored.into_iter().map(|stored| ((stored.action.symbol, stored.action.ex_date), stored.action)).collect())
}

fn row(action: &CorporateAction, source: &str, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        symbol: Set(action.symbol.to_string()),
        ex_date: Set(action.ex_date),
        kind: Set(action.kind.as_str().to_owned()),
        numerator: Set(action.factor.numerator()),
        denominator: Set(action.factor.denominator()),
        source: Set(source.to_owned()),
        recorded_at: Set(now),
        ..Default::default()
    }
}

fn replace() -> OnConflict {
    OnConflict::columns([Column::Symbol, Column::ExDate])
        .update_columns([Column::Kind, Column::Numerator, Column::Denominator, Column::Source, Column::RecordedAt])
        .to_owned()
}
