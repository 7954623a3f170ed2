//! Which prices of an issue to show or to compute with, and those prices.
//!
//! Raw bars are what is stored first; adjusted ones are derived from them and the corporate actions as of a date, so
//! that the same question with the same date has the same answer for ever. Series that were imported as adjusted are
//! used as they are: they are as of the day on which somebody else made them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Adjustment, Bar, CompactBar, CorporateAction, Instrument, Interval, Symbol, text_enum};

use crate::actions;
use crate::bars::{self, SeriesKey, SeriesKind, Span, Stored, on_every_core, where_blocking_is_allowed};
use crate::db::Db;
use crate::error::StoreError;

text_enum! {
    /// What the prices of an answer are.
    PriceBasis {
        /// As they were traded.
        Raw = "raw",
        /// Adjusted by whoever made the imported file.
        AdjustedImported = "adjusted_imported",
        /// Raw prices, adjusted here as of a date.
        AdjustedDerived = "adjusted_derived",
    }
}

/// Which prices are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those that can be compared over the years: imported as adjusted, else derived where there are actions, else raw.
    Best,
    /// As they were traded.
    Raw,
    /// Adjusted: imported ones, else derived ones.
    Adjusted,
    /// Adjusted as of the date asked for: derived ones, and only where there is nothing raw imported ones.
    AsOf,
}

/// The chosen prices of one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// The stored series.
    pub key: SeriesKey,
    /// What its prices become.
    pub basis: PriceBasis,
    /// The date as of which they are derived.
    pub as_of: Option<NaiveDate>,
    adjustment: Adjustment,
}

/// Chooses prices of KRX; `None` if nothing of what is wanted is stored.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn choose(
    db: &dyn Db,
    symbol: Symbol,
    interval: Interval,
    wanted: Wanted,
    as_of: NaiveDate,
) -> Result<Option<Prices>, StoreError> {
    Ok(choose_many(db, &[symbol], interval, wanted, as_of).await?.remove(&symbol))
}

/// Chooses prices of KRX for many issues; one of which nothing of what is wanted is stored is left out.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn choose_many(
    db: &dyn Db,
    symbols: &[Symbol],
    interval: Interval,
    wanted: Wanted,
    as_of: NaiveDate,
) -> Result<HashMap<Symbol, Prices>, StoreError> {
    let stored = bars::stored_among(db, symbols, interval).await?;
    let imported_first = matches!(wanted, Wanted::Best | Wanted::Adjusted);
    let is_imported = |has: &Stored| has.adjusted && (imported_first || wanted == Wanted::AsOf && !has.raw);
    let (imported, others): (Vec<_>, Vec<_>) = stored.into_iter().partition(|(_, has)| is_imported(has));
    let raw: Vec<Symbol> = others.into_iter().filter(|(_, has)| has.raw).map(|(symbol, _)| symbol).collect();
    let mut actions = match wanted {
        Wanted::Raw => HashMap::new(),
        Wanted::Best | Wanted::Adjusted | Wanted::AsOf => actions::of_symbols(db, &raw).await?,
    };
    let mut chosen = HashMap::with_capacity(imported.len() + raw.len());
    for symbol in raw {
        let (basis, as_of, adjustment) = derived(&actions.remove(&symbol).unwrap_or_default(), wanted, as_of);
        chosen.insert(symbol, Prices { key: SeriesKind::krx(interval, false).of(symbol), basis, as_of, adjustment });
    }
    for (symbol, _) in imported {
        let key = SeriesKind::krx(interval, true).of(symbol);
        let (basis, adjustment) = (PriceBasis::AdjustedImported, Adjustment::default());
        chosen.insert(symbol, Prices { key, basis, as_of: None, adjustment });
    }
    Ok(chosen)
}

/// The bars of many issues, in the order of `chosen`, in which each issue occurs once.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`], which a price that a compact bar cannot hold is too.
pub async fn load_many(
    db: &dyn Db,
    chosen: &[Prices],
    span: Span,
) -> Result<Vec<(Symbol, Vec<CompactBar>)>, StoreError> {
    let mut symbols: HashMap<SeriesKind, Vec<Symbol>> = HashMap::new();
    for prices in chosen {
        symbols.entry(prices.key.kind).or_default().push(prices.key.symbol);
    }
    let mut found = HashMap::with_capacity(chosen.len());
    for (kind, symbols) in symbols {
        found.extend(bars::load_many(db, &symbols, kind, span).await?);
    }
    let loaded = |prices: &Prices| (prices.clone(), found.remove(&prices.key.symbol).unwrap_or_default());
    let loaded: Vec<(Prices, Vec<CompactBar>)> = chosen.iter().map(loaded).collect();
    if chosen.iter().all(|prices| prices.adjustment.is_empty()) {
        return Ok(loaded.into_iter().map(|(prices, bars)| (prices.key.symbol, bars)).collect());
    }
    let adjust = |(prices, bars): (Prices, Vec<CompactBar>)| Ok((prices.key.symbol, prices.adjusted_compact(bars)?));
    where_blocking_is_allowed(move || on_every_core(loaded, adjust).into_iter().collect()).await?
}

/// Bars, and what they are.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedBars {
    /// What the prices are.
    pub basis: PriceBasis,
    /// The date as of which they are derived.
    pub as_of: Option<NaiveDate>,
    /// The length of the stored bars, if these are made of shorter ones.
    pub made_of: Option<Interval>,
    /// Oldest first.
    pub bars: Vec<Bar>,
}

/// The newest bars of an issue that start before `before`, at most `limit`: stored ones, else ones made of raw shorter
/// ones; `None` if there is neither.
///
/// # Errors
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn newest(
    db: &dyn Db,
    instrument: &Instrument,
    interval: Interval,
    (wanted, as_of): (Wanted, NaiveDate),
    before: DateTime<Utc>,
    limit: usize,
) -> Result<Option<PricedBars>, StoreError> {
    let symbol = instrument.symbol;
    if let Some(prices) = choose(db, symbol, interval, wanted, as_of).await? {
        let bars = prices.newest(db, before, limit).await?;
        return Ok(Some(PricedBars { basis: prices.basis, as_of: prices.as_of, made_of: None, bars }));
    }
    let raw = SeriesKind::krx(interval, false);
    let Some(made) = bars::newest_made(db, instrument, raw, before, limit).await? else { return Ok(None) };
    let (basis, as_of, adjustment) = derived(&actions::of_symbol(db, symbol).await?, wanted, as_of);
    let prices = Prices { key: raw.of(symbol), basis, as_of, adjustment };
    Ok(Some(PricedBars { basis, as_of, made_of: Some(made.source), bars: prices.adjusted(made.bars) }))
}

/// What becomes of raw prices.
fn derived(
    actions: &[CorporateAction],
    wanted: Wanted,
    as_of: NaiveDate,
) -> (PriceBasis, Option<NaiveDate>, Adjustment) {
    let adjustment = Adjustment::as_of(as_of, actions);
    if wanted == Wanted::Raw || wanted == Wanted::Best && adjustment.is_empty() {
        return (PriceBasis::Raw, None, Adjustment::default());
    }
    (PriceBasis::AdjustedDerived, Some(as_of), adjustment)
}

impl Prices {
    /// True unless they are as they were traded.
    pub fn is_adjusted(&self) -> bool {
        self.basis != PriceBasis::Raw
    }

    /// The bars from `from` up to, not including, `to`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn load(&self, db: &dyn Db, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Bar>, StoreError> {
        Ok(self.adjusted(bars::load(db, self.key, from, to).await?))
    }

    /// The newest bars that start before `before`, at most `limit`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`], [`StoreError::Corrupt`].
    pub async fn newest(&self, db: &dyn Db, before: DateTime<Utc>, limit: usize) -> Result<Vec<Bar>, StoreError> {
        Ok(self.adjusted(bars::newest(db, self.key, before, limit).await?))
    }

    fn adjusted_compact(&self, mut bars: Vec<CompactBar>) -> Result<Vec<CompactBar>, StoreError> {
        if !self.adjustment.is_empty() {
            for bar in &mut bars {
                let adjusted = CompactBar::new(&self.adjustment.apply(&bar.bar()));
                let told = || format!("an adjusted price of {} is above 4,294,967,295 won", self.key.symbol);
                *bar = adjusted.ok_or_else(|| StoreError::Corrupt(told()))?;
            }
        }
        Ok(bars)
    }

    fn adjusted(&self, mut bars: Vec<Bar>) -> Vec<Bar> {
        if !self.adjustment.is_empty() {
            bars.iter_mut().for_each(|bar| *bar = self.adjustment.apply(bar));
        }
        bars
    }
}
