//! One row for each bar, written in the fastest way each database has: COPY, or statements of many rows.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use exodus_domain::{Bar, CompactBar, Symbol};
use sea_orm::sqlx::postgres::PgPoolCopyExt;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait, Value};

use super::data::compact;
use super::place::{Place, places};
use super::{Layout, read_in_parts};

/// Seven values a row, of at most 32,766 in a statement.
const ROWS_AT_ONCE: usize = 4_000;

/// Rows that are read by one statement: a result is in memory as a whole.
const ROWS_READ_AT_ONCE: usize = 100_000;

pub(crate) struct RowTable {
    db: DatabaseConnection,
    place: Place,
    /// Issues that are read by one statement.
    issues_at_once: usize,
}

impl RowTable {
    pub(crate) async fn open(place: &Place, bars_of_each: usize) -> Self {
        let db = place.connect().await;
        let form = if db.get_database_backend() == DbBackend::Sqlite { " WITHOUT ROWID" } else { "" };
        let sql = format!(
            "CREATE TABLE bars (symbol TEXT NOT NULL, at BIGINT NOT NULL, open BIGINT NOT NULL, high BIGINT NOT NULL, \
             low BIGINT NOT NULL, close BIGINT NOT NULL, volume BIGINT NOT NULL, PRIMARY KEY (symbol, at)){form}"
        );
        db.execute_unprepared(&sql).await.expect("a table");
        Self { db, place: place.clone(), issues_at_once: (ROWS_READ_AT_ONCE / bars_of_each).max(1) }
    }

    async fn copy(&self, series: &[(Symbol, Vec<Bar>)]) {
        let mut text = String::new();
        for (symbol, bars) in series {
            for bar in bars {
                let Bar { open_time, open, high, low, close, volume } = bar;
                let at = open_time.timestamp();
                writeln!(text, "{symbol}\t{at}\t{}\t{}\t{}\t{}\t{}", open.0, high.0, low.0, close.0, volume.0)
                    .expect("memory takes any text");
            }
        }
        let pool = self.db.get_postgres_connection_pool();
        let mut copy = pool.copy_in_raw("COPY bars FROM STDIN").await.expect("COPY begins");
        copy.send(text.into_bytes()).await.expect("COPY takes rows");
        copy.finish().await.expect("COPY ends");
    }

    async fn read(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<CompactBar> {
        let codes = symbols.iter().map(|symbol| format!("'{symbol}'")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT at, open, high, low, close, volume FROM bars WHERE symbol IN ({codes}) AND at >= {} AND at < {} \
             ORDER BY symbol, at",
            from.timestamp(),
            to.timestamp()
        );
        let found = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await;
        let rows = found.expect("a read");
        tokio::task::spawn_blocking(move || rows.iter().map(bar).collect()).await.expect("no panic")
    }

    async fn insert(&self, series: &[(Symbol, Vec<Bar>)]) {
        let tx = self.db.begin().await.expect("a transaction");
        for (symbol, bars) in series {
            let bars: Vec<(Symbol, Bar)> = bars.iter().map(|bar| (*symbol, *bar)).collect();
            for some in bars.chunks(ROWS_AT_ONCE) {
                tx.execute_raw(insertion(DbBackend::Sqlite, some)).await.expect("stored");
            }
        }
        tx.commit().await.expect("committed");
    }
}

#[async_trait::async_trait]
impl Layout for RowTable {
    async fn import(&self, series: Vec<(Symbol, Vec<Bar>)>) {
        match self.db.get_database_backend() {
            DbBackend::Postgres => self.copy(&series).await,
            _ => self.insert(&series).await,
        }
    }

    async fn append(&self, bars: Vec<(Symbol, Bar)>) {
        let tx = self.db.begin().await.expect("a transaction");
        for some in bars.chunks(ROWS_AT_ONCE) {
            tx.execute_raw(insertion(self.db.get_database_backend(), some)).await.expect("stored");
        }
        tx.commit().await.expect("committed");
    }

    async fn load(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        read_in_parts(symbols, self.issues_at_once, |some| self.read(some, from, to)).await
    }

    async fn close(self: Box<Self>) {
        self.db.close().await.expect("the database closes");
    }

    async fn bytes(&self) -> u64 {
        self.place.bytes("bars").await
    }
}

/// One statement for many rows.
fn insertion(backend: DbBackend, bars: &[(Symbol, Bar)]) -> Statement {
    let sql = format!("INSERT INTO bars VALUES {}", places(backend, bars.len(), 7));
    let values = bars.iter().flat_map(|(symbol, bar)| {
        let numbers = [bar.open_time.timestamp(), bar.open.0, bar.high.0, bar.low.0, bar.close.0, bar.volume.0];
        std::iter::once(Value::from(symbol.as_str())).chain(numbers.map(Value::from))
    });
    Statement::from_sql_and_values(backend, sql, values)
}

fn bar(row: &sea_orm::QueryResult) -> CompactBar {
    let number = |index| row.try_get_by_index::<i64>(index).expect("a number");
    compact(number(0), [1, 2, 3, 4].map(number), number(5))
}
