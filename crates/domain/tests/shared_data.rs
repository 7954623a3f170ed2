//! The rule book against data of the real market, where that is at hand.
//!
//! The data may not be redistributed, so it is looked for outside the project: in `EXODUS_SHARED_DATA`, or in
//! `shared/data` beside the workspace.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use exodus_domain::{
    DayStatus, InstrumentKind, Market, Price, SessionHours, SessionNote, closure, closures, day_status, is_on_tick,
    price_limits, session_hours, session_note, sessions,
};
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
    status: DayStatus,
    note: String,
}

/// A time of the file, `None` where it is not known.
fn time(text: &str) -> Option<NaiveTime> {
    (!text.is_empty()).then(|| NaiveTime::parse_from_str(text, "%H:%M").expect("a time of day"))
}

#[test]
fn the_calendar_equals_the_observed_one() {
    let Some(observed) = rows::<SessionRow>("xkrx_sessions_1990_2027.csv") else { return };
    for row in &observed {
        assert_eq!(day_status(row.date), Some(row.status), "{}", row.date);
    }
    let observed: BTreeSet<NaiveDate> = observed.iter().map(|row| row.date).collect();
    let computed: BTreeSet<NaiveDate> = sessions(NaiveDate::MIN, NaiveDate::MAX).collect();
    assert_eq!(only_in(&computed, &observed), [], "sessions without trading");
    assert_eq!(only_in(&observed, &computed), [], "trading days missing");
    eprintln!("{} sessions equal", computed.len());
}

fn only_in(these: &BTreeSet<NaiveDate>, those: &BTreeSet<NaiveDate>) -> Vec<NaiveDate> {
    these.difference(those).copied().collect()
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
    eprintln!("hours of {known} sessions equal");
}

/// The file names special sessions from 1995 on (first sessions of a year from 1999 on), and not the exam of 1998.
#[test]
fn the_notes_on_sessions_equal_the_known_ones() {
    let Some(observed) = rows::<SessionRow>("xkrx_sessions_1990_2027.csv") else { return };
    let mut noted = 0;
    for row in observed {
        let in_file = match row.note.as_str() {
            "csat" => Some(SessionNote::Exam),
            "year_open" => Some(SessionNote::YearOpening),
            "saturday_half_day" => Some(SessionNote::SaturdayHalfDay),
            other => {
                assert!(other.is_empty(), "{}: {other}", row.date);
                None
            }
        };
        let ours = session_note(row.date);
        if in_file.is_none() && row.date.year() < 1999 {
            assert_ne!(ours, Some(SessionNote::SaturdayHalfDay), "{}", row.date);
            continue;
        }
        assert_eq!(ours, in_file, "{}", row.date);
        noted += usize::from(in_file.is_some());
    }
    eprintln!("{noted} notes equal");
}

#[derive(Deserialize)]
struct HolidayRow {
    date: NaiveDate,
    name_en: String,
    status: DayStatus,
}

#[test]
fn the_closures_equal_the_known_ones() {
    let Some(known) = rows::<HolidayRow>("xkrx_holidays_1990_2027.csv") else { return };
    let dates = |rows: &[HolidayRow]| rows.iter().map(|row| row.date).collect::<BTreeSet<NaiveDate>>();
    let computed: BTreeSet<NaiveDate> = closures(NaiveDate::MIN, NaiveDate::MAX).map(|closure| closure.date).collect();
    assert_eq!(only_in(&computed, &dates(&known)), [], "closures that the list does not have");
    assert_eq!(only_in(&dates(&known), &computed), [], "closures missing");
    for row in &known {
        let closure = closure(row.date).expect("a closure");
        assert_eq!(closure.status, row.status, "{}", row.date);
        assert!(!closure.name_ko.is_empty() && !closure.name_en.is_empty());
        // For two Saturdays the list knows no reason, and it names two temporary holidays after their occasion. It has
        // one name where two holidays fell on 2001-05-01.
        if row.name_en != "(Saturday without trading)" && closure.name_en != "Temporary Public Holiday" {
            let (ours, theirs) = (words(&closure.name_en), words(&row.name_en));
            assert!(ours.is_superset(&theirs), "{}: {ours:?} {theirs:?}", row.date);
        }
    }
    eprintln!("{} closures equal", computed.len());
}

/// The holidays of a day as a set, in the words of the rule book where the list uses others.
fn words(names: &str) -> BTreeSet<String> {
    let of = |name: &str| match name.trim() {
        "Labor Day" | "Labour Day (10 March until 1993)" => "Labour Day".to_owned(),
        "Extra market holiday (year-2000 changeover)" => "Extra market holiday for the year 2000".to_owned(),
        other => other.replace("Alternative", "Substitute").replace("Labor", "Labour"),
    };
    names.split(';').map(of).collect()
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
