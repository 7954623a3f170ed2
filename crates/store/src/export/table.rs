//! Bars as the table `market_data` of the store's own database, for whoever asks it in SQL.
//!
//! The table is a copy, made on demand: nothing in this program reads it. Its columns are those of the founding
//! document, and `basis`, which says what the prices are: `raw`, `adjusted_imported` or `adjusted_derived`. Times are
//! those of the clock in Korea, so that a day of the market is a day of SQL.

use chrono::{Days, NaiveDate};
use sea_orm::{ConnectionTrait, Statement};

use super::plain::{ROWS_AT_ONCE, insertion};
use super::{ExportRequest, LAST_DAY, period};
use crate::bars::FIRST_DAY;
use crate::db::{Store, Tx};
use crate::error::StoreError;
use crate::prices::{self, PriceBasis, Prices};

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows that are in the table now.
    pub rows: u64,
    /// Rows of the same issues and days that were in it before.
    pub replaced: u64,
}

/// Makes the rows of the wanted issues and days what the store has of them. Each issue is one transaction, so that
/// nobody waits long for the database; after an interruption the same call goes on.
///
/// # Errors
/// [`StoreError::Refused`] if an issue has rows of other prices on other days; those before it stay written.
/// [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn to_table(store: &Store, request: &ExportRequest) -> Result<Written, StoreError> {
    let ExportRequest { symbols, interval, wanted, as_of, .. } = request;
    let chosen = prices::choose_many(store, symbols, *interval, *wanted, *as_of).await?;
    let mut written = Written::default();
    for symbol in symbols {
        let prices = chosen.get(symbol);
        let (from, to) = period(request);
        let bars = match prices {
            Some(prices) => prices.load(store, from, to).await?,
            None => Vec::new(),
        };
        let tx = store.begin().await?;
        let rows = Rows { tx: &tx, request, symbol: symbol.as_str() };
        written.replaced += rows.delete().await?;
        if let (Some(prices), false) = (prices, bars.is_empty()) {
            rows.check_others(prices).await?;
            let basis = format!(",'{}'", prices.basis);
            for some in bars.chunks(ROWS_AT_ONCE) {
                tx.executor().execute_unprepared(&insertion(*symbol, *interval, some, &basis)).await?;
            }
        }
        tx.commit().await?;
        written.rows += bars.len() as u64;
    }
    Ok(written)
}

/// The rows of one issue.
struct Rows<'a> {
    tx: &'a Tx,
    request: &'a ExportRequest,
    symbol: &'a str,
}

impl Rows<'_> {
    /// Deletes those of the wanted days. Tells how many they were.
    async fn delete(&self) -> Result<u64, StoreError> {
        let from = self.request.from.unwrap_or(FIRST_DAY);
        let after = self.request.to.unwrap_or(LAST_DAY) + Days::new(1);
        let midnight = |date: NaiveDate| format!("{date} 00:00:00");
        let sql = format!(
            "DELETE FROM market_data WHERE symbol = '{}' AND \"interval\" = '{}' AND \"timestamp\" >= '{}' AND \
             \"timestamp\" < '{}'",
            self.symbol,
            self.request.interval,
            midnight(from),
            midnight(after),
        );
        Ok(self.tx.executor().execute_unprepared(&sql).await?.rows_affected())
    }

    /// Refuses prices that cannot stand beside those of other days: of another basis, or derived as of a day, after
    /// which another corporate action may have changed all of them.
    async fn check_others(&self, prices: &Prices) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT DISTINCT basis FROM market_data WHERE symbol = '{}' AND \"interval\" = '{}'",
            self.symbol, self.request.interval,
        );
        let backend = self.tx.executor().get_database_backend();
        for row in self.tx.executor().query_all_raw(Statement::from_string(backend, sql)).await? {
            let basis: String = row.try_get_by_index(0)?;
            if basis != prices.basis.as_str() || prices.basis == PriceBasis::AdjustedDerived {
                return Err(StoreError::Refused(format!(
                    "market_data holds {basis} prices of {} on other days, which {} ones must not be mixed with: \
                     leave out --from and --to, or choose --prices",
                    self.symbol, prices.basis,
                )));
            }
        }
        Ok(())
    }
}
