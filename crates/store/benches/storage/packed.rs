//! Compressed columns like ours, cut at other periods.

use chrono::{DateTime, Datelike, Utc};
use exodus_domain::{Bar, Price, Qty, Symbol, kst_date};
use pco::standalone::{simple_compress, simple_decompress};
use pco::{ChunkConfig, DeltaSpec};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait, Value};

use super::Layout;
use super::place::Place;

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
        let columns = ["at", "open", "high", "low", "close", "volume"].map(|name| format!("{name} {blob} NOT NULL"));
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

#[async_trait::async_trait]
impl Layout for Packed {
    async fn import(&self, series: Vec<(Symbol, Vec<Bar>)>) {
        let mut rows: Vec<(Symbol, i32, &[Bar])> = Vec::new();
        for (symbol, bars) in &series {
            let periods = bars.chunk_by(|a, b| self.period(a.open_time) == self.period(b.open_time));
            rows.extend(periods.map(|bars| (*symbol, self.period(bars[0].open_time), bars)));
        }
        // On every core, as ours.
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let encoded: Vec<Vec<Value>> = std::thread::scope(|scope| {
            let share = rows.len().div_ceil(workers).max(1);
            let parts: Vec<_> =
                rows.chunks(share).map(|some| scope.spawn(|| some.iter().map(values).collect::<Vec<_>>())).collect();
            parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
        });
        let tx = self.db.begin().await.expect("a transaction");
        for some in encoded.chunks(1_000) {
            let mut number = 0;
            let place = || {
                let names: Vec<String> = (0..8)
                    .map(|_| {
                        number += 1;
                        format!("${number}")
                    })
                    .collect();
                format!("({})", names.join(","))
            };
            let places = std::iter::repeat_with(place).take(some.len()).collect::<Vec<_>>().join(",");
            let sql = format!("INSERT INTO packed VALUES {places}");
            let values = some.iter().flatten().cloned();
            let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
            tx.execute_raw(statement).await.expect("stored");
        }
        tx.commit().await.expect("committed");
    }

    async fn load(&self, symbols: &[Symbol], from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        let mut rows = 0;
        for some in symbols.chunks(100) {
            let codes = some.iter().map(|symbol| format!("'{symbol}'")).collect::<Vec<_>>().join(",");
            let sql = format!(
                "SELECT at, open, high, low, close, volume FROM packed WHERE symbol IN ({codes}) AND period >= {} AND \
                 period <= {} ORDER BY symbol, period",
                self.period(from),
                self.period(to)
            );
            let found = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await;
            let mut bars: Vec<Bar> = Vec::new();
            for row in found.expect("a read") {
                let column = |index| {
                    let blob: Vec<u8> = row.try_get_by_index(index).expect("a blob");
                    simple_decompress::<i64>(&blob).expect("it was compressed here")
                };
                let columns: [Vec<i64>; 6] = std::array::from_fn(column);
                let start = columns[0].partition_point(|at| *at < from.timestamp());
                let end = columns[0].partition_point(|at| *at < to.timestamp());
                bars.extend((start..end).map(|i| Bar {
                    open_time: DateTime::from_timestamp(columns[0][i], 0).expect("a time"),
                    open: Price(columns[1][i]),
                    high: Price(columns[2][i]),
                    low: Price(columns[3][i]),
                    close: Price(columns[4][i]),
                    volume: Qty(columns[5][i]),
                }));
            }
            rows += bars.len();
        }
        rows
    }

    async fn bytes(&self) -> u64 {
        self.place.bytes("packed").await
    }
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
