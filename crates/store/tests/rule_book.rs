//! The rule book against raw prices of the whole market: ticks, limits, first days and base prices.
//!
//! It stands here because the prices are in Parquet files, which `domain` has no reason to read. The data may not be
//! redistributed, so it is looked for outside the project: in `EXODUS_SHARED_DATA`, or in `shared/data` beside the
//! workspace. Single prices of the market are in the unit tests of the rules, which always run.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::PathBuf;

use chrono::{DateTime, Datelike, NaiveDate};
use exodus_domain::{
    InstrumentKind::Stock, LimitRule, LimitTerms, Market, Price, base_price, is_on_tick, is_valid_print,
    previous_session,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row, RowAccessor};
use parquet::schema::types::Type;
use serde::Deserialize;

/// A file of the data, or `None` where it is absent.
fn data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EXODUS_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: no data");
    None
}

/// One issue on one day, unadjusted.
struct Day {
    date: NaiveDate,
    symbol: String,
    market: Market,
    open: Price,
    high: Price,
    low: Price,
    close: Price,
    /// From the change, which is measured from it.
    base: Price,
}

impl Day {
    fn is_halted(&self) -> bool {
        self.open == Price::ZERO
    }

    fn prices(&self) -> [Price; 4] {
        [self.open, self.high, self.low, self.close]
    }
}

/// The raw cross-sections, by date.
fn days() -> Option<Vec<Day>> {
    let path = data("krx_daily_raw_slices_2021_2026.parquet")?;
    let reader = SerializedFileReader::new(File::open(path).expect("a readable file")).expect("a Parquet file");
    let schema = reader.metadata().file_metadata().schema_descr();
    let wanted = ["date", "symbol", "market", "open", "high", "low", "close", "change"];
    let columns: Vec<_> =
        wanted.iter().filter_map(|name| schema.columns().iter().find(|c| c.name() == *name)).collect();
    let fields = columns.iter().map(|column| column.self_type_ptr()).collect();
    let wanted = Type::group_type_builder(schema.root_schema().name()).with_fields(fields).build().expect("a schema");
    let rows = reader.get_row_iter(Some(wanted)).expect("rows with these columns");
    Some(rows.map(|row| day(&row.expect("a row")).expect("values of the expected types")).collect())
}

fn day(row: &Row) -> Result<Day, ParquetError> {
    let Some((_, Field::Date(since_1970))) = row.get_column_iter().next() else { panic!("no date in {row}") };
    let date = DateTime::from_timestamp(i64::from(*since_1970) * 86_400, 0).expect("a date").date_naive();
    let price = |column| row.get_long(column).map(Price);
    let close = price(6)?;
    Ok(Day {
        date,
        symbol: row.get_string(1)?.clone(),
        market: row.get_string(2)?.to_lowercase().parse().expect("a market"),
        open: price(3)?,
        high: price(4)?,
        low: price(5)?,
        close,
        base: close - price(7)?,
    })
}

#[derive(Deserialize)]
struct ListedRow {
    symbol: String,
    listed_on: Option<NaiveDate>,
    status: String,
}

/// The days of listing, and the issues that have left the market since.
fn listings() -> Option<(HashMap<String, NaiveDate>, HashSet<String>)> {
    let mut reader = csv::Reader::from_path(data("krx_symbols_2026-08-21.csv")?).expect("a readable file");
    let (mut listed, mut delisted) = (HashMap::new(), HashSet::new());
    for row in reader.deserialize() {
        let row: ListedRow = row.expect("an issue");
        if row.status == "DELISTED" {
            delisted.insert(row.symbol);
        } else if let Some(date) = row.listed_on {
            listed.insert(row.symbol, date);
        }
    }
    Some((listed, delisted))
}

#[test]
fn every_price_is_on_the_grid_or_half_way_between_two() {
    let Some(days) = days() else { return };
    let (mut prices, mut halves) = (0, 0);
    for day in days.iter().filter(|day| !day.is_halted()) {
        for price in day.prices() {
            prices += 1;
            if !is_on_tick(day.market, Stock, day.date, price) {
                let Day { date, symbol, market, .. } = day;
                assert!(is_valid_print(*market, Stock, *date, price), "{date} {symbol} {market} {price}");
                halves += 1;
            }
        }
    }
    eprintln!("{prices} prices, {halves} of them half way between two ticks, no other off the grid");
    assert!(prices > 1_400_000 && halves > 300, "{prices} prices, {halves} halves");
}

#[test]
fn every_price_is_inside_the_limits_of_its_day() {
    let (Some(days), Some((listed, delisted))) = (days(), listings()) else { return };
    let (mut inside, mut first_sessions, mut in_liquidation) = (0, 0, HashSet::new());
    for day in days.iter().filter(|day| !day.is_halted()) {
        let within = |terms| {
            let rule = LimitRule::on(day.date, day.market, Stock, terms);
            let limits = rule.limits(day.market, Stock, day.date, day.base);
            limits.is_none_or(|limits| day.prices().iter().all(|price| limits.contains(*price)))
        };
        let listed_on = listed.get(&day.symbol).copied();
        if within(LimitTerms::ORDINARY) {
            inside += 1;
        } else if within(LimitTerms { listed_on, ..LimitTerms::ORDINARY }) {
            first_sessions += 1;
        } else {
            let Day { date, symbol, .. } = day;
            assert!(delisted.contains(symbol), "{date} {symbol} is outside its limits and was never delisted");
            assert!(within(LimitTerms { in_liquidation: true, ..LimitTerms::ORDINARY }));
            in_liquidation.insert((*date, symbol.clone()));
        }
    }
    eprintln!(
        "{inside} rows inside ordinary limits, {first_sessions} first sessions beyond them inside 60 % to 400 %, {} \
         rows in liquidation trading",
        in_liquidation.len()
    );
    assert!(inside > 350_000 && first_sessions > 5 && !in_liquidation.is_empty());
}

#[test]
fn before_2023_06_26_the_opening_auction_made_the_base_price_of_a_first_session() {
    let (Some(days), Some((listed, _))) = (days(), listings()) else { return };
    let mut count = 0;
    for day in days.iter().filter(|day| !day.is_halted() && listed.get(&day.symbol) == Some(&day.date)) {
        let terms = LimitTerms { listed_on: Some(day.date), ..LimitTerms::ORDINARY };
        if let LimitRule::FirstSessionByAuction { .. } = LimitRule::on(day.date, day.market, Stock, terms) {
            assert_eq!(day.base, day.open, "{} {}", day.date, day.symbol);
            count += 1;
        }
    }
    eprintln!("{count} first sessions with the opening price as base price");
    assert!(count > 20);
}

#[test]
fn after_a_close_off_the_grid_the_base_price_is_rounded_up() {
    let Some(days) = days() else { return };
    let mut closes: HashMap<&str, &Day> = HashMap::new();
    let mut count = 0;
    for day in &days {
        let before = closes.insert(&day.symbol, day);
        let Some(before) = before.filter(|before| previous_session(day.date) == Some(before.date)) else { continue };
        if !is_on_tick(day.market, Stock, day.date, before.close) && day.date.year() == 2026 {
            assert_eq!(day.base, base_price(day.market, Stock, day.date, before.close), "{} {}", day.date, day.symbol);
            count += 1;
        }
    }
    eprintln!("{count} base prices after a close off the grid");
    assert!(count > 30);
}
