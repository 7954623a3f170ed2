//! What a backtest is held against.

use std::str::FromStr;

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{Bar, Interval, Symbol};
use exodus_store::bars::Span;
use exodus_store::indices::{self, MarketIndex, UNITS_PER_POINT};
use exodus_store::prices::{self, Wanted};
use exodus_store::{Db, StoreError};
use exodus_trading::Benchmark;

/// Sessions before the period that are loaded: the state of a market is told from sixty returns.
const SESSIONS_BEFORE: usize = 61;

/// An index or an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    Index(MarketIndex),
    Issue(Symbol),
}

/// A text names neither an index nor an issue.
#[derive(Debug, thiserror::Error)]
#[error("is neither an index (KOSPI, KOSDAQ, KOSPI200) nor the symbol of an issue")]
pub(crate) struct NoReference;

impl FromStr for Reference {
    type Err = NoReference;

    fn from_str(text: &str) -> Result<Self, NoReference> {
        let index = text.to_uppercase().parse().map(Self::Index);
        index.or_else(|_| text.parse().map(Self::Issue)).map_err(|_| NoReference)
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Index(index) => index.fmt(f),
            Self::Issue(symbol) => symbol.fmt(f),
        }
    }
}

impl Reference {
    /// Why it cannot be used for a period that begins on `from` and ends on `to`; `None` if it can.
    pub(crate) async fn fault(self, db: &dyn Db, from: NaiveDate, to: NaiveDate) -> Result<Option<String>, StoreError> {
        let ends = match self {
            Self::Index(index) => indices::coverage(db, index).await?,
            Self::Issue(symbol) => {
                let known = exodus_store::bars::preferred(db, symbol, Interval::Day1).await?;
                known.map(|known| (exodus_domain::kst_date(known.first), exodus_domain::kst_date(known.last)))
            }
        };
        let import = match self {
            Self::Index(_) => "exodus import indices",
            Self::Issue(_) => "exodus import bars",
        };
        Ok(match ends {
            None => Some(format!("there are no levels of {self} here; import them first ({import})")),
            Some((first, last)) if first > to || last < from => {
                Some(format!("{self} is known from {first} to {last} only; import more of it ({import})"))
            }
            Some(_) => None,
        })
    }

    /// Its levels over the period and shortly before.
    pub(crate) async fn load(self, db: &dyn Db, from: NaiveDate, to: NaiveDate) -> Result<Benchmark, StoreError> {
        let levels = match self {
            Self::Index(index) => index_levels(db, index, from, to).await?,
            Self::Issue(symbol) => issue_levels(db, symbol, from, to).await?,
        };
        Ok(Benchmark { name: self.to_string(), levels })
    }
}

async fn index_levels(
    db: &dyn Db,
    index: MarketIndex,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, f64)>, StoreError> {
    let closes = indices::closes(db, index, to).await?;
    let first = closes.partition_point(|close| close.date < from).saturating_sub(SESSIONS_BEFORE);
    Ok(closes[first..].iter().map(|one| (one.date, one.close as f64 / UNITS_PER_POINT as f64)).collect())
}

async fn issue_levels(
    db: &dyn Db,
    symbol: Symbol,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, f64)>, StoreError> {
    let prices = prices::choose(db, symbol, Interval::Day1, Wanted::Best, to).await?;
    let span =
        Span { before: SESSIONS_BEFORE, from: Bar::day_start(from), to: Bar::day_start(to) + TimeDelta::days(1) };
    let loaded = match prices {
        Some(prices) => prices::load_many(db, &[prices], span).await?,
        None => Vec::new(),
    };
    let bars = loaded.into_iter().flat_map(|(_, bars)| bars).filter(|bar| bar.close().is_positive());
    Ok(bars.map(|bar| (bar.trade_date(), bar.close().0 as f64)).collect())
}
