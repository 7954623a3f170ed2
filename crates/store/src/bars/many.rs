//! Reading the bars of many issues: in few statements, and unpacked while the next ones are read.

use std::collections::HashMap;
use std::thread;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, Symbol};
use futures::{StreamExt, TryStreamExt, stream};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};

use super::SeriesKind;
use super::columns::{Blobs, Columns, Unpacked};
use super::cores::where_blocking_is_allowed;
use super::period::period;
use super::read::of_kind;
use crate::db::Db;
use crate::entities::packed_bars::{Column, Entity};
use crate::error::{StoreError, word};

/// Issues read by one statement and unpacked by one thread, at most.
const ISSUES_AT_ONCE: usize = 32;

/// No bar is older.
pub(crate) const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("1 January exists in every year");

/// A stretch of history, and what leads up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// How many of the newest bars before `from` are wanted too, if there are so many.
    pub before: usize,
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The instant after the last one.
    pub to: DateTime<Utc>,
}

/// The bars of many issues, in the order of `symbols`, each named once; an issue without bars has an empty list.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`], which a price that a compact bar cannot hold is too.
pub async fn load_many<B: Unpacked>(
    db: &dyn Db,
    symbols: &[Symbol],
    kind: SeriesKind,
    span: Span,
) -> Result<Vec<(Symbol, Vec<B>)>, StoreError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let at_once = symbols.len().div_ceil(2 * cores).clamp(1, ISSUES_AT_ONCE);
    let parts: Vec<_> = symbols.chunks(at_once).map(|some| load_some(db, some, kind, span)).collect();
    // One part more than there are cores: it is read while the others are unpacked.
    let mut loaded = stream::iter(parts).buffered(cores + 1);
    let mut series = Vec::with_capacity(symbols.len());
    while let Some(some) = loaded.try_next().await? {
        series.extend(some);
    }
    Ok(series)
}

/// The rows of every issue's series of a kind that have bars from `from` up to `to`.
pub(super) fn rows_between(kind: SeriesKind, from: DateTime<Utc>, to: DateTime<Utc>) -> Select<Entity> {
    let period = |time: DateTime<Utc>| period(kind.interval, time.timestamp());
    of_kind(kind).filter(Column::Period.between(period(from), period(to)))
}

async fn load_some<B: Unpacked>(
    db: &dyn Db,
    symbols: &[Symbol],
    kind: SeriesKind,
    span: Span,
) -> Result<Vec<(Symbol, Vec<B>)>, StoreError> {
    let mut packed: HashMap<Symbol, Vec<Packed>> = HashMap::new();
    add_rows(db, symbols, rows_between(kind, span.from, span.to), &mut packed).await?;
    add_warm_up(db, symbols, kind, span, &mut packed).await?;
    let parts: Vec<_> = symbols.iter().map(|&symbol| (symbol, packed.remove(&symbol).unwrap_or_default())).collect();
    let first = period(kind.interval, span.from.timestamp());
    let unpack_all = move || {
        let mut scratch = Columns::default();
        parts.iter().map(|(symbol, rows)| Ok((*symbol, unpack(rows, span, first, &mut scratch)?))).collect()
    };
    where_blocking_is_allowed(unpack_all).await?
}

/// Goes back in ever longer steps until each issue has enough bars before the span. The row in which the span begins
/// does not count: nobody knows yet how many of its bars lie before.
async fn add_warm_up(
    db: &dyn Db,
    symbols: &[Symbol],
    kind: SeriesKind,
    span: Span,
    packed: &mut HashMap<Symbol, Vec<Packed>>,
) -> Result<(), StoreError> {
    let first = period(kind.interval, span.from.timestamp());
    let oldest = period(kind.interval, Bar::day_start(FIRST_DAY).timestamp());
    let (mut end, mut step) = (first, 1);
    while end > oldest {
        let is_short = |rows: &Vec<Packed>| {
            rows.iter().filter(|row| row.period < first).map(Packed::len).sum::<usize>() < span.before
        };
        let short: Vec<Symbol> =
            symbols.iter().copied().filter(|symbol| packed.get(symbol).map_or(span.before > 0, is_short)).collect();
        if short.is_empty() {
            break;
        }
        let query = of_kind(kind).filter(Column::Period.gte(end - step)).filter(Column::Period.lt(end));
        add_rows(db, &short, query, packed).await?;
        end -= step;
        step *= 2;
    }
    Ok(())
}

/// Reads rows and puts them behind those that are newer.
async fn add_rows(
    db: &dyn Db,
    symbols: &[Symbol],
    query: Select<Entity>,
    packed: &mut HashMap<Symbol, Vec<Packed>>,
) -> Result<(), StoreError> {
    let query = query
        .select_only()
        .columns([Column::Symbol, Column::Period, Column::Rows, Column::Timestamp])
        .columns([Column::Open, Column::High, Column::Low, Column::Close, Column::Volume])
        .filter(Column::Symbol.is_in(symbols.iter().map(Symbol::as_str)))
        .order_by_asc(Column::Symbol)
        .order_by_desc(Column::Period);
    for row in query.into_model::<Packed>().all(&db.executor()).await? {
        packed.entry(word(&row.symbol)?).or_default().push(row);
    }
    Ok(())
}

/// What is needed of a row to unpack it.
#[derive(FromQueryResult)]
struct Packed {
    symbol: String,
    period: i32,
    rows: i32,
    #[sea_orm(nested)]
    blobs: Blobs,
}

impl Packed {
    /// Number of bars.
    fn len(&self) -> usize {
        usize::try_from(self.rows).unwrap_or_default()
    }
}

/// The bars of one issue, whose rows come with the newest first; the span begins in the period `first`. `scratch` is
/// room to unpack in.
fn unpack<B: Unpacked>(rows: &[Packed], span: Span, first: i32, scratch: &mut Columns) -> Result<Vec<B>, StoreError> {
    let rows = &rows[..needed(rows, span.before, first)];
    let mut bars = Vec::with_capacity(rows.iter().map(Packed::len).sum());
    let mut before = 0;
    for row in rows.iter().rev() {
        row.blobs.decode_into(scratch, row.len())?;
        let begin = scratch.timestamp.partition_point(|&t| t < span.from.timestamp());
        let end = scratch.timestamp.partition_point(|&t| t < span.to.timestamp());
        let start = begin.saturating_sub(span.before);
        before += begin - start;
        scratch.append_to(&mut bars, start..end)?;
    }
    bars.drain(..before.saturating_sub(span.before));
    // A short span takes little of long rows.
    if bars.len() < bars.capacity() / 2 {
        bars.shrink_to_fit();
    }
    Ok(bars)
}

/// How many rows, from the newest on, have all bars of the span and enough before it.
fn needed(rows: &[Packed], before: usize, first: i32) -> usize {
    let mut missing = before;
    let is_spare = |row: &Packed| {
        let is_older = row.period < first;
        let is_spare = is_older && missing == 0;
        if is_older {
            missing = missing.saturating_sub(row.len());
        }
        is_spare
    };
    rows.iter().position(is_spare).unwrap_or(rows.len())
}
