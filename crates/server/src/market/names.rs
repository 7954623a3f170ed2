//! Names of issues, as answers need them.

use std::collections::HashMap;

use exodus_domain::{Instrument, Symbol};
use exodus_store::{Db, StoreError, instruments};

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
