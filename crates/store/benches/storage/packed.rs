//! Compressed columns like ours, cut at other periods.

use chrono::{DateTime, Datelike, Utc};
use exodus_domain::{Bar, CompactBar, Symbol, kst_date};
use pco::standalone::{simple_compress, simple_decompress};
use pco::{ChunkConfig, DeltaSpec};
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, Statement, TransactionTrait, Value};

use super::data::compact;
use super::place::{Place, places};
use super::{Layout, read_in_parts};

const COLUMNS: [&str; 6] = ["at", "open", "high", "low", "close", "volume"];

/// How many calendar months lie in one row.
#[derive(Clone, Copy)]
pub(crate) struct Months(pub(crate) i32);

pub(crate) struct Packed {
    db: DatabaseConnection,
    months: i32,
    place: Place,
}

impl Packed {
    pub(crate) async fn open(place: &Place, Months(months): Months) -> Self {
        let db = place.connect().await;
        let blob = if matches!(place, Place::Sqlite(_)) { "BLOB" } else { "BYTEA" };
        let columns = COLUMNS.map(|name| format!("{name} {blob} NOT NULL"));
        let sql = format!(
            "CREATE TABLE packed (symbol TEXT NOT NULL, period INT NOT NULL, {}, PRIMARY KEY (symbol, period))",
            columns.join(", ")
        );
        db.execute_unprepared(&sql).await.expect("a table");
        Self { db, months, place: place.clone() }
    }

    fn period(&self, at: DateTime<Utc>) -> i32 {
        let date = kst_date(at);
        (date.year() * 12 + date.month0() as i32).div_euclid(self.months)
    }
}

impl Packed {
    /// Compresses on every core, as the store does, and writes; a row that is there is replaced.
    async fn write(&self, rows: &[(Symbol, i32, &[Bar])]) {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let encoded: Vec<Vec<Value>> = std::thread::scope(|scope| {
            let share = rows.len().div_ceil(workers).max(1);
            let encode = |some: &[(Symbol, i32, &[Bar])]| some.iter().map(values).collect::<Vec<_>>();
            let parts: Vec<_> = rows.chunks(share).map(|some| scope.spawn(move || encode(some))).collect();
            parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
        });
        let tx = self.db.begin().await.expect("a transaction");
        for some in encoded.chunks(1_000) {
            let columns = COLUMNS.map(|name| format!("{name} = excluded.{name}")).join(", ");
            let sql = format!(
                "INSERT INTO packed VALUES {} ON CONFLICT (symbol, period) DO UPDATE SET {columns}",
                places(self.db.get_database_backend(), some.len(), 8)
            );
            let values = some.iter().flatten().cloned();
            let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
            tx.execute_raw(statement).await.expect("stored");
        }
        tx.commit().await.expect("committed");
    }

    /// The rows of some issues that lie in these periods.
    async fn rows(&self, symbols: &[Symbol], first: i32, last: i32) -> Vec<QueryResult> {
        let codes = symbols.iter().map(|symbol| format!("'{symbol}'")).collect::<Vec<_>>().join(",");
        let sql = format!(
            "SELECT {}, symbol FROM packed WHERE symbol IN ({codes}) AND period >= {first} AND period <= {last} \
             ORDER BY symbol, period",
            COLUMNS.join(", ")
        );
        self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await.expect("a read")
    }

    async fn read(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<CompactBar> {
        let rows = self.rows(symbols, self.period(from), self.period(to)).await;
        let unpack = move || {
            let mut bars = Vec::new();
            for row in &rows {
                let [at, open, high, low, close, volume] = columns(row);
                let start = at.partition_point(|&at| at < from.timestamp());
                let end = at.partition_point(|&at| at < to.timestamp());
                bars.extend((start..end).map(|i| compact(at[i], [open[i], high[i], low[i], close[i]], volume[i])));
            }
            bars
        };
        tokio::task::spawn_blocking(unpack).await.expect("no panic")
    }
}

#[async_trait::async_trait]
impl Layout for Packed {
    async fn import(&self, series: Vec<(Symbol, Vec<Bar>)>) {
        let mut rows: Vec<(Symbol, i32, &[Bar])> = Vec::new();
        for (symbol, bars) in &series {
            let periods = bars.chunk_by(|a, b| self.period(a.open_time) == self.period(b.open_time));
            rows.extend(periods.map(|bars| (*symbol, self.period(bars[0].open_time), bars)));
        }
        self.write(&rows).await;
    }

    async fn append(&self, bars: Vec<(Symbol, Bar)>) {
        for some in bars.chunks(64) {
            let symbols: Vec<Symbol> = some.iter().map(|(symbol, _)| *symbol).collect();
            let period = self.period(some[0].1.open_time);
            let mut stored: Vec<(Symbol, Vec<Bar>)> =
                self.rows(&symbols, period, period).await.iter().map(bars_of_issue).collect();
            for ((_, row), (_, bar)) in stored.iter_mut().zip(some) {
                row.push(*bar);
            }
            let rows: Vec<(Symbol, i32, &[Bar])> =
                stored.iter().map(|(symbol, row)| (*symbol, period, &row[..])).collect();
            self.write(&rows).await;
        }
    }

    async fn load(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        read_in_parts(symbols, 32, |some| self.read(some, from, to)).await
    }

    async fn close(self: Box<Self>) {
        self.db.close().await.expect("the database closes");
    }

    async fn bytes(&self) -> u64 {
        self.place.bytes("packed").await
    }
}

fn columns(row: &QueryResult) -> [Vec<i64>; 6] {
    std::array::from_fn(|index| {
        let blob: Vec<u8> = row.try_get_by_index(index).expect("a blob");
        simple_decompress::<i64>(&blob).expect("it was compressed here")
    })
}

fn bars_of_issue(row: &QueryResult) -> (Symbol, Vec<Bar>) {
    let symbol: String = row.try_get_by_index(6).expect("a code");
    let [at, open, high, low, close, volume] = columns(row);
    let bar = |i: usize| compact(at[i], [open[i], high[i], low[i], close[i]], volume[i]).bar();
    (symbol.parse().expect("a symbol"), (0..at.len()).map(bar).collect())
}

/// The values of a row: symbol, period, and the columns as blobs.
fn values((symbol, period, bars): &(Symbol, i32, &[Bar])) -> Vec<Value> {
    let column = |value: fn(&Bar) -> i64, delta| {
        let numbers: Vec<i64> = bars.iter().map(value).collect();
        let config = ChunkConfig::default().with_compression_level(4).with_delta_spec(delta);
        Value::from(simple_compress(&numbers, &config).expect("numbers can be compressed"))
    };
    let near = || DeltaSpec::TryConsecutive(1);
    vec![
        Value::from(symbol.as_str()),
        Value::from(*period),
        column(|bar| bar.open_time.timestamp(), near()),
        column(|bar| bar.open.0, near()),
        column(|bar| bar.high.0, near()),
        column(|bar| bar.low.0, near()),
        column(|bar| bar.close.0, near()),
        column(|bar| bar.volume.0, DeltaSpec::NoOp),
    ]
}
