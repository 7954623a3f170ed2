//! The history of one issue.

use exodus_domain::{Bar, CompactBar, Symbol};

use crate::error::BacktestError;

/// The bars of one issue, of the strategy's interval, oldest first.
///
/// Bars before the period only warm the strategy up; [`exodus_trading::Strategy::warm_up_bars`] of them are enough. Bars
/// after the period are not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarSeries {
    symbol: Symbol,
    bars: Vec<CompactBar>,
}

impl BarSeries {
    /// The history of `symbol`.
    ///
    /// # Errors
    /// [`BacktestError::OutOfOrder`] if a bar is not later than the one before; [`BacktestError::Price`] if a price is
    /// below zero or above 2³² won.
    pub fn new(symbol: Symbol, bars: impl IntoIterator<Item = Bar>) -> Result<Self, BacktestError> {
        let compact = |bar: Bar| CompactBar::new(&bar).ok_or(BacktestError::Price { symbol, at: bar.open_time });
        Self::of_compact(symbol, bars.into_iter().map(compact).collect::<Result<_, _>>()?)
    }

    /// The history of `symbol`, of bars that are compact already.
    ///
    /// # Errors
    /// [`BacktestError::OutOfOrder`] if a bar is not later than the one before.
    pub fn of_compact(symbol: Symbol, bars: Vec<CompactBar>) -> Result<Self, BacktestError> {
        match bars.windows(2).find(|pair| pair[1].open_ms() <= pair[0].open_ms()) {
            Some(pair) => Err(BacktestError::OutOfOrder { symbol, at: pair[1].open_time() }),
            None => Ok(Self { symbol, bars }),
        }
    }

    /// The issue.
    pub fn symbol(&self) -> Symbol {
        self.symbol
    }

    /// Its bars.
    pub fn bars(&self) -> &[CompactBar] {
        &self.bars
    }
}
