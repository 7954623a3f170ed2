//! Issues: what is known of them, and how they are found.
//!
//! A row is an [`Issue`]: whatever a symbol master lists, also funds and rights that cannot be traded and issues that
//! have left the market. An [`Instrument`] is an issue that can be traded, as far as the rules need to know it.

mod delisting;
mod issue;
mod keys;
mod search;

use chrono::{DateTime, Utc};
use exodus_domain::{Instrument, InstrumentKind, Interval, IssueStates, Market, Symbol, kst_date};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::bars::{self, Coverage};
use crate::db::{Db, Tx};
use crate::entities::instruments::{ActiveModel, Column, Entity};
use crate::error::{StoreError, records};

pub(crate) use delisting::derive as derive_delistings;
pub use issue::{Issue, ListingStatus, SecurityKind, TaxClass};
pub(crate) use search::matching;
pub use search::{InstrumentFilter, search};

/// Rows written by one statement: PostgreSQL takes 65,535 values, a row has 24.
const ROWS_AT_ONCE: usize = 1_000;

/// An issue, with its daily bars if there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The issue.
    pub issue: Issue,
    /// The daily series that [`bars::preferred`] names.
    pub daily: Option<Coverage>,
}

/// What a file of bars says of an issue beside its prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Short code.
    pub(crate) symbol: Symbol,
    /// Market division, if the file has such a column.
    pub(crate) market: Option<Market>,
    /// Korean name, if the file has such a column.
    pub(crate) name: Option<String>,
}

/// What [`upsert`] writes of an issue that is there already: all that an [`Instrument`] tells.
const TOLD_BY_INSTRUMENT: [Column; 15] = [
    Column::NameKo,
    Column::NameEn,
    Column::Market,
    Column::Kind,
    Column::ListedOn,
    Column::DelistedOn,
    Column::Status,
    Column::LimitMultiple,
    Column::States,
    Column::IsDemo,
    Column::IsAssumed,
    Column::NameKey,
    Column::NameEnKey,
    Column::Initials,
    Column::UpdatedAt,
];

/// Stores issues; of one that is there, what an [`Instrument`] tells is replaced.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn upsert(db: &dyn Db, instruments: &[Instrument], now: DateTime<Utc>) -> Result<(), StoreError> {
    let replace = OnConflict::column(Column::Symbol).update_columns(TOLD_BY_INSTRUMENT).to_owned();
    insert(db, instruments.iter().map(Issue::from), replace, now).await
}

/// Makes sure that each symbol has an issue. Bars say little or nothing of it, so one that is not known is taken for a
/// KOSPI stock named by its code, until the symbol master brings the truth. The market and the name of a file replace
/// what was assumed, and nothing that a master told.
pub(crate) async fn ensure(db: &dyn Db, mentions: &[Mention], now: DateTime<Utc>) -> Result<(), StoreError> {
    let assumed = |mention: &Mention| {
        let market = mention.market.unwrap_or(Market::Kospi);
        let mut issue = Issue::from(&Instrument::new(mention.symbol, market, InstrumentKind::Stock));
        issue.name_ko.clone_from(mention.name.as_ref().unwrap_or(&issue.code));
        issue.name_en = None;
        issue.is_assumed = true;
        issue
    };
    for (market, name) in [(false, false), (true, false), (false, true), (true, true)] {
        let some = mentions.iter().filter(|m| (m.market.is_some(), m.name.is_some()) == (market, name));
        let told = [
            (market, &[Column::Market][..]),
            (name, &[Column::NameKo, Column::NameEn, Column::NameKey, Column::NameEnKey, Column::Initials]),
        ];
        let columns: Vec<Column> =
            told.iter().filter(|(said, _)| *said).flat_map(|(_, columns)| columns.iter().copied()).collect();
        let mut on_conflict = OnConflict::column(Column::Symbol);
        if columns.is_empty() {
            on_conflict.do_nothing();
        } else {
            on_conflict.update_columns(columns).action_and_where(Expr::col((Entity, Column::IsAssumed)).eq(true));
        }
        insert(db, some.map(assumed), on_conflict, now).await?;
    }
    Ok(())
}

/// Stores issues with all that is known of them.
pub(crate) async fn write(db: &dyn Db, issues: &[Issue], now: DateTime<Utc>) -> Result<(), StoreError> {
    let all = <Column as sea_orm::Iterable>::iter().filter(|column| !matches!(column, Column::Symbol));
    let replace = OnConflict::column(Column::Symbol).update_columns(all).to_owned();
    insert(db, issues.iter().cloned(), replace, now).await
}

/// Every issue there is.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn all(db: &dyn Db) -> Result<Vec<Issue>, StoreError> {
    records(Entity::find().all(&db.executor()).await?)
}

/// An issue by its code, of six characters or eight.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn get(db: &dyn Db, code: &str) -> Result<Option<Listed>, StoreError> {
    let Some(row) = Entity::find_by_id(code).one(&db.executor()).await? else { return Ok(None) };
    let issue = Issue::try_from(row)?;
    let daily = match issue.symbol() {
        Some(symbol) => bars::preferred(db, symbol, Interval::Day1).await?,
        None => None,
    };
    Ok(Some(Listed { issue, daily }))
}

/// Issues that can be traded by their codes, in order of code; unknown ones are left out.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn find_many(db: &dyn Db, symbols: &[Symbol]) -> Result<Vec<Instrument>, StoreError> {
    let mut found = Vec::with_capacity(symbols.len());
    for some in symbols.chunks(ROWS_AT_ONCE) {
        let query = Entity::find().filter(Column::Symbol.is_in(some.iter().map(Symbol::as_str)));
        let issues: Vec<Issue> = records(query.all(&db.executor()).await?)?;
        found.extend(issues.iter().filter_map(Issue::instrument));
    }
    found.sort_by_key(|instrument| instrument.symbol);
    Ok(found)
}

/// The codes of the issues of one kind that can be traded.
///
/// # Errors
/// [`StoreError::Database`].
pub async fn symbols_of(db: &dyn Db, kind: SecurityKind) -> Result<Vec<Symbol>, StoreError> {
    let query = Entity::find().select_only().column(Column::Symbol).filter(Column::Kind.eq(kind.as_str()));
    let codes: Vec<String> = query.into_tuple().all(&db.executor()).await?;
    Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
}

/// Sets the states of an issue by hand, all of them but [`IssueState::Delisted`](exodus_domain::IssueState::Delisted),
/// which is a status. They hold until the next symbol master tells others.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_states(tx: &Tx, symbol: Symbol, states: IssueStates, now: DateTime<Utc>) -> Result<(), StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::States, Expr::value(words(states)))
        .col_expr(Column::StatesOn, Expr::value(kst_date(now)))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Symbol.eq(symbol.as_str()))
        .exec(&tx.executor())
        .await?;
    if done.rows_affected == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

async fn insert(
    db: &dyn Db,
    issues: impl Iterator<Item = Issue>,
    on_conflict: OnConflict,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<ActiveModel> = issues.map(|issue| row(issue, now)).collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        let insert = Entity::insert_many(some.iter().cloned()).on_conflict(on_conflict.clone());
        insert.exec_without_returning(&db.executor()).await?;
    }
    Ok(())
}

fn row(issue: Issue, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        name_key: Set(keys::folded(&issue.name_ko)),
        name_en_key: Set(keys::folded(issue.name_en.as_deref().unwrap_or_default())),
        initials: Set(keys::initials(&issue.name_ko)),
        symbol: Set(issue.code),
        name_ko: Set(issue.name_ko),
        name_en: Set(issue.name_en.unwrap_or_default()),
        market: Set(issue.market.as_str().to_owned()),
        kind: Set(issue.kind.as_str().to_owned()),
        is_demo: Set(issue.is_demo),
        updated_at: Set(now),
        isin: Set(issue.isin.map(|isin| isin.to_string())),
        security_group: Set(issue.security_group),
        share_kind: Set(issue.share_kind),
        section: Set(issue.section),
        listed_on: Set(issue.listed_on),
        delisted_on: Set(issue.delisted_on),
        status: Set(issue.status.as_str().to_owned()),
        par_value: Set(issue.par_value),
        listed_shares: Set(issue.listed_shares),
        tax_class: Set(issue.tax_class.map(|class| class.as_str().to_owned())),
        limit_multiple: Set(issue.limit_multiple.cast_signed()),
        states: Set(words(issue.states)),
        states_on: Set(issue.states_on),
        is_assumed: Set(issue.is_assumed),
    }
}

/// States as they are stored.
fn words(states: IssueStates) -> String {
    states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(" ")
}
