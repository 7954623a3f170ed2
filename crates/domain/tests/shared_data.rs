//! The rule book against data of the real market, where that is at hand.
//!
//! The data may not be redistributed, so it is looked for outside the project: in `EXODUS_SHARED_DATA`, or in
//! `shared/data` beside the workspace.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use exodus_domain::{InstrumentKind, Market, Price, SessionHours, is_on_tick, price_limits, session_hours, sessions};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// All rows of a data file, or `None` where it is absent.
fn rows<Row: DeserializeOwned>(file: &str) -> Option<Vec<Row>> {
    let folder = std::env::var_os("EXODUS_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join(file);
    if !path.exists() {
        eprintln!("skipped: no data");
        return None;
    }
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    Some(reader.deserialize().collect::<Result<_, _>>().expect("rows of the expected shape"))
}

#[derive(Deserialize)]
struct SessionRow {
    date: NaiveDate,
    open_kst: String,
    close_kst: String,
    break_start: String,
    break_end: String,
}

/// A time of the file, `None` where it is not known.
fn time(text: &str) -> Option<NaiveTime> {
    (!text.is_empty()).then(|| NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day"))
}

#[test]
fn the_calendar_equals_the_observed_one() {
    let Some(observed) = rows::<SessionRow>("xkrx_sessions_1990_2027.csv") else { return };
    let observed: BTreeSet<NaiveDate> = observed.iter().map(|row| row.date).collect();
    let computed: BTreeSet<NaiveDate> = sessions(NaiveDate::MIN, NaiveDate::MAX).collect();
    let only_in =
        |these: &BTreeSet<_>, those: &BTreeSet<_>| these.difference(those).copied().collect::<Vec<NaiveDate>>();
    assert_eq!(only_in(&computed, &observed), [], "sessions without trading");
    assert_eq!(only_in(&observed, &computed), [], "trading days missing");
}

#[test]
fn the_hours_equal_the_known_ones() {
    let Some(observed) = rows::<SessionRow>("xkrx_sessions_1990_2027.csv") else { return };
    let mut known = 0;
    for row in observed {
        let Some(open) = time(&row.open_kst) else {
            assert!(
                row.date.weekday() == Weekday::Sat || row.date < NaiveDate::from_ymd_opt(1994, 6, 1).expect("a date")
            );
            continue;
        };
        let SessionHours { open: opens, close, lunch_break, .. } = session_hours(row.date).expect("a session");
        assert_eq!((opens, Some(close)), (open, time(&row.close_kst)), "{}", row.date);
        assert_eq!(lunch_break, time(&row.break_start).zip(time(&row.break_end)), "{}", row.date);
        known += 1;
    }
    assert!(known > 9_000, "only {known} sessions have known hours");
}

#[derive(Deserialize)]
struct LimitRow {
    date: NaiveDate,
    symbol: String,
    market: String,
    side: String,
    base_price: i64,
    limit: i64,
}

#[test]
fn the_limit_formula_gives_the_limits_that_were_touched() {
    let Some(touched) = rows::<LimitRow>("vectors_limit_price.csv") else { return };
    assert!(!touched.is_empty());
    for row in touched {
        let market: Market = row.market.to_lowercase().parse().expect("a market");
        let limits = price_limits(market, InstrumentKind::Stock, row.date, Price(row.base_price));
        let limit = if row.side == "UPPER" { limits.upper } else { limits.lower };
        assert_eq!(limit, Price(row.limit), "{} {} {}", row.date, row.symbol, row.side);
        assert!(is_on_tick(market, InstrumentKind::Stock, row.date, Price(row.limit)));
    }
}
