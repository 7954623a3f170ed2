//! Issues, and what is stored of them.

use chrono::{DateTime, Utc};
use exodus_domain::{Instrument, InstrumentKind, Interval, Market, Symbol};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::bars::{self, Coverage};
use crate::db::Db;
use crate::entities::instruments::{ActiveModel, Column, Entity, Model};
use crate::error::{StoreError, records, word};
use crate::page::{Page, Paged, page_of};

/// Rows written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

/// An issue, with its daily bars if there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The issue.
    pub instrument: Instrument,
    /// The daily series that [`bars::preferred`] names.
    pub daily: Option<Coverage>,
}

/// Which issues are wanted.
#[derive(Clone, Debug, Default)]
pub struct InstrumentFilter {
    /// Those with this text in code or name, in any case.
    pub text: Option<String>,
    /// Those of one market.
    pub market: Option<Market>,
    /// The fictional ones, or the real ones.
    pub is_demo: Option<bool>,
}

struct Row(Instrument);

impl TryFrom<Model> for Row {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let instrument = Instrument::new(word(&row.symbol)?, word(&row.market)?, word(&row.kind)?);
        let mut instrument = instrument.named(row.name_ko, row.name_en);
        instrument.is_demo = row.is_demo;
        Ok(Self(instrument))
    }
}

/// Stores issues; one that is there is replaced.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert(db: &dyn Db, instruments: &[Instrument], now: DateTime<Utc>) -> Result<(), StoreError> {
    let replace = OnConflict::column(Column::Symbol)
        .update_columns([
            Column::NameKo,
            Column::NameEn,
            Column::Market,
            Column::Kind,
            Column::IsDemo,
            Column::UpdatedAt,
        ])
        .to_owned();
    insert(db, instruments, replace, now).await
}

/// Makes sure that each symbol has an issue. Bars from a file say nothing about the issue, so one that is not known
/// is named by its code and taken for a KOSPI stock, until the symbol master brings the truth.
pub(crate) async fn ensure(db: &dyn Db, symbols: &[Symbol], now: DateTime<Utc>) -> Result<(), StoreError> {
    let unnamed: Vec<Instrument> =
        symbols.iter().map(|&symbol| Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock)).collect();
    let keep = OnConflict::column(Column::Symbol).do_nothing().to_owned();
    insert(db, &unnamed, keep, now).await
}

/// An issue by its code.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, symbol: Symbol) -> Result<Option<Listed>, StoreError> {
    let Some(row) = Entity::find_by_id(symbol.to_string()).one(&db.executor()).await? else { return Ok(None) };
    let daily = bars::preferred(db, symbol, Interval::Day1).await?;
    Ok(Some(Listed { instrument: Row::try_from(row)?.0, daily }))
}

/// Issues by their codes, in order of code; unknown ones are left out.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_many(db: &dyn Db, symbols: &[Symbol]) -> Result<Vec<Instrument>, StoreError> {
    let mut found = Vec::with_capacity(symbols.len());
    for some in symbols.chunks(ROWS_AT_ONCE) {
        let query = Entity::find().filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)));
        let rows: Vec<Row> = records(query.all(&db.executor()).await?)?;
        found.extend(rows.into_iter().map(|row| row.0));
    }
    found.sort_by_key(|instrument| instrument.symbol);
    Ok(found)
}

/// Issues in order of code.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn search(db: &dyn Db, filter: &InstrumentFilter, page: Page) -> Result<Paged<Listed>, StoreError> {
    let mut query = Entity::find().order_by_asc(Column::Symbol);
    if let Some(text) = &filter.text {
        query = query.filter(contains(text));
    }
    if let Some(market) = filter.market {
        query = query.filter(Column::Market.eq(market.as_str()));
    }
    if let Some(is_demo) = filter.is_demo {
        query = query.filter(Column::IsDemo.eq(is_demo));
    }
    let found: Paged<Row> = page_of(db, query, page).await?;
    let symbols: Vec<Symbol> = found.items.iter().map(|row| row.0.symbol).collect();
    let coverages = bars::coverages(db, &symbols, Interval::Day1).await?;
    let listed = |Row(instrument): Row| {
        let daily = coverages.get(&instrument.symbol).and_then(|series| series.first()).copied();
        Listed { instrument, daily }
    };
    Ok(Paged { items: found.items.into_iter().map(listed).collect(), total: found.total })
}

/// Code or one of the names contains `text`; its `%` and `_` mean themselves.
fn contains(text: &str) -> Condition {
    let literal = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = format!("%{literal}%");
    [Column::Symbol, Column::NameKo, Column::NameEn].into_iter().fold(Condition::any(), |any, column| {
        let lower = Expr::expr(Func::lower(Expr::col(column)));
        any.add(lower.like(LikeExpr::new(pattern.clone()).escape('\\')))
    })
}

async fn insert(
    db: &dyn Db,
    instruments: &[Instrument],
    on_conflict: OnConflict,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for some in instruments.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|instrument| ActiveModel {
            symbol: Set(instrument.symbol.to_string()),
            name_ko: Set(instrument.name_ko.clone()),
            name_en: Set(instrument.name_en.clone()),
            market: Set(instrument.market.as_str().to_owned()),
            kind: Set(instrument.kind.as_str().to_owned()),
            is_demo: Set(instrument.is_demo),
            updated_at: Set(now),
        });
        let insert = Entity::insert_many(rows).on_conflict(on_conflict.clone());
        insert.exec_without_returning(&db.executor()).await?;
    }
    Ok(())
}
