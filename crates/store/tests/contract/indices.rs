//! Levels of market indices.

use std::path::{Path, PathBuf};

use exodus_store::Store;
use exodus_store::import::{ImportError, ImportReport, IndicesFile, run_indices};
use exodus_store::indices::{self, IndexClose, MarketIndex};

use crate::harness::{at, on_each_database};

on_each_database!(levels_come_from_a_file, a_wrong_level_is_set_aside, levels_of_thirty_years);

const FILE: &str = "\
Date,Symbol,Open,Close
2024-01-02,KOSPI,2650.1,2669.81
2024-01-03,kospi,2640.0,2607.31
2024-01-02,KOSPI200,,358.435
";

async fn import(store: &Store, text: &str, strict: bool) -> Result<ImportReport, ImportError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("indices.csv");
    std::fs::write(&path, text).expect("a written file");
    import_from(store, &path, strict).await
}

async fn import_from(store: &Store, path: &Path, strict: bool) -> Result<ImportReport, ImportError> {
    let file = IndicesFile { path: path.to_owned(), file_name: "indices.csv".to_owned(), strict };
    run_indices(store, &file, at(0)).await
}

fn close(date: &str, close: i64) -> IndexClose {
    IndexClose { date: date.parse().expect("a date"), close }
}

async fn levels_come_from_a_file(store: Store) {
    let to = "2024-12-31".parse().expect("a date");
    assert_eq!(indices::coverage(&store, MarketIndex::Kospi).await.expect("a read"), None);
    let report = import(&store, FILE, true).await.expect("imported");
    assert_eq!((report.rows_read, report.rows_added, report.symbols), (3, 3, 2));
    let kospi = indices::closes(&store, MarketIndex::Kospi, to).await.expect("a read");
    assert_eq!(kospi, [close("2024-01-02", 266_981), close("2024-01-03", 260_731)]);
    let until = "2024-01-02".parse().expect("a date");
    assert_eq!(indices::closes(&store, MarketIndex::Kospi, until).await.expect("a read").len(), 1);
    let of_200 = indices::closes(&store, MarketIndex::Kospi200, to).await.expect("a read");
    assert_eq!(of_200, [close("2024-01-02", 35_844)]);
    assert_eq!(indices::closes(&store, MarketIndex::Kosdaq, to).await.expect("a read"), []);
    let ends = indices::coverage(&store, MarketIndex::Kospi).await.expect("a read");
    assert_eq!(ends, Some((kospi[0].date, kospi[1].date)));

    let corrected = FILE.replace("2607.31", "2607.32");
    let again = import(&store, &corrected, true).await.expect("imported");
    assert_eq!((again.rows_added, again.rows_changed, again.rows_unchanged), (0, 1, 2));
}

async fn a_wrong_level_is_set_aside(store: Store) {
    let wrong = "\
symbol,date,close
DOW,2024-01-02,1
KOSPI,2024-13-02,1
KOSPI,2024-01-02,
KOSPI,2024-01-02,nan
KOSPI,2024-01-02,-1
KOSPI,2024-01-02,0
KOSPI,2024-01-02,1e12
KOSPI,2999-01-02,1
KOSPI,2024-01-02,2669.81
KOSPI,2024-01-02,2669.82
";
    let report = import(&store, wrong, false).await.expect("imported");
    let reasons: Vec<_> = report.quarantined.iter().map(|row| row.reason.as_str()).collect();
    let expected = [
        "unknown_symbol",
        "bad_date",
        "unreadable",
        "unreadable",
        "negative",
        "zero",
        "too_large",
        "future",
        "duplicate",
    ];
    assert_eq!(reasons, expected);
    let to = "2024-12-31".parse().expect("a date");
    let kospi = indices::closes(&store, MarketIndex::Kospi, to).await.expect("a read");
    assert_eq!(kospi, [close("2024-01-02", 266_981)], "the first of two different ones stays");
    match import(&store, wrong, true).await {
        Err(ImportError::Refused { row: 1, column, .. }) => assert_eq!(column, "symbol"),
        other => panic!("not refused: {other:?}"),
    }
    for (text, word) in [("symbol,date\nKOSPI,2024-01-02\n", "close"), ("symbol,date,close\n", "no rows")] {
        match import(&store, text, false).await {
            Err(ImportError::Format { reason, .. }) => assert!(reason.contains(word), "{reason}"),
            other => panic!("not refused: {other:?}"),
        }
    }
}

#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
async fn levels_of_thirty_years(store: Store) {
    let named = std::env::var_os("EXODUS_SHARED_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")));
    let file = folder.join("krx_index_daily_1995_2026.parquet");
    if !file.exists() {
        println!("skipped: no data");
        return;
    }
    let report = import_from(&store, &file, true).await.expect("imported");
    assert_eq!((report.rows_read, report.rows_added, report.symbols), (23_415, 23_415, 3));
    let ends = indices::coverage(&store, MarketIndex::Kospi200).await.expect("a read").expect("levels");
    assert_eq!((ends.0.to_string(), ends.1.to_string()), ("1995-01-03".to_owned(), "2026-08-21".to_owned()));
}
