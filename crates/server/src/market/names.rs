//! Names and rules of issues, as answers and orders need them.

use std::collections::HashMap;

use exodus_domain::{CommissionPlan, Instrument, LimitTerms, Symbol, TradingVenue};
use exodus_store::{Db, StoreError, instruments};
use exodus_trading::{TradedIssue, TradingHours};

/// The issues that one answer names.
pub(crate) struct Names(HashMap<Symbol, Instrument>);

impl Names {
    /// Reads the issues of `symbols`.
    pub(crate) async fn read(db: &dyn Db, symbols: impl IntoIterator<Item = Symbol>) -> Result<Self, StoreError> {
        let mut symbols: Vec<Symbol> = symbols.into_iter().collect();
        symbols.sort_unstable();
        symbols.dedup();
        if symbols.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let found = instruments::find_many(db, &symbols).await?;
        Ok(Self(found.into_iter().map(|instrument| (instrument.symbol, instrument)).collect()))
    }

    /// The Korean name; the code where no name is known.
    pub(crate) fn ko(&self, symbol: Symbol) -> String {
        self.get(symbol).map_or_else(|| symbol.to_string(), |instrument| instrument.name_ko.clone())
    }

    /// The English name; the code where no name is known.
    pub(crate) fn en(&self, symbol: Symbol) -> String {
        self.get(symbol).map_or_else(|| symbol.to_string(), |instrument| instrument.name_en.clone())
    }

    /// The issue, if it is known.
    pub(crate) fn get(&self, symbol: Symbol) -> Option<&Instrument> {
        self.0.get(&symbol)
    }
}

/// What the rules need to know of an issue. Demo issues trade at any hour.
pub(crate) fn traded_issue(instrument: &Instrument, adjusted: bool) -> TradedIssue {
    let Instrument { symbol, market, kind, is_demo, states, .. } = *instrument;
    TradedIssue {
        symbol,
        market,
        kind,
        hours: if is_demo { TradingHours::Always } else { TradingHours::Krx },
        adjusted,
        states,
        limit_terms: LimitTerms::of(instrument),
        commission: CommissionPlan::Bankis.schedule(kind, TradingVenue::Krx),
    }
}
