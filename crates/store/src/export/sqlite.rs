//! Bars as one plain table that any program reads with SQL.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};

use super::plain::{ROWS_AT_ONCE, insertion};
use super::{ExportRequest, read};
use crate::db::Store;
use crate::error::StoreError;

/// Times are those of the clock in Korea, as text that SQLite's functions of dates take.
const TABLE: &str = "CREATE TABLE market_data (symbol TEXT NOT NULL, timestamp TEXT NOT NULL, open INTEGER NOT NULL, \
                     high INTEGER NOT NULL, low INTEGER NOT NULL, close INTEGER NOT NULL, volume INTEGER NOT NULL, \
                     interval TEXT NOT NULL, PRIMARY KEY (symbol, interval, timestamp)) WITHOUT ROWID";

/// Writes a new SQLite file with one table, `market_data(symbol, timestamp, open, high, low, close, volume, interval)`.
/// Tells how many bars that were.
///
/// # Errors
/// [`StoreError::Refused`] if there is a file of that name, [`StoreError::Database`], [`StoreError::Corrupt`].
pub async fn to_sqlite(store: &Store, request: &ExportRequest, path: &Path) -> Result<u64, StoreError> {
    if path.exists() {
        let sentence = format!("{} is there already: name a new file, or delete it first", path.display());
        return Err(StoreError::Refused(sentence));
    }
    let file = Database::connect(format!("sqlite://{}?mode=rwc", path.display())).await?;
    let rows = fill(store, request, &file).await?;
    file.close().await?;
    Ok(rows)
}

#[expect(clippy::disallowed_methods, reason = "the rule is for the store, and nobody else writes to this new file")]
async fn fill(store: &Store, request: &ExportRequest, file: &DatabaseConnection) -> Result<u64, StoreError> {
    let tx = file.begin().await?;
    tx.execute_unprepared(TABLE).await?;
    let mut rows = 0;
    for &symbol in &request.symbols {
        let bars = read(store, request, symbol).await?;
        for some in bars.chunks(ROWS_AT_ONCE) {
            tx.execute_unprepared(&insertion(symbol, request.interval, some, "")).await?;
        }
        rows += bars.len() as u64;
    }
    tx.commit().await?;
    Ok(rows)
}
