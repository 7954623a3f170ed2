//! Importing files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta};
use exodus_domain::{
    ActionKind, Bar, CorporateAction, Instrument, InstrumentKind, Interval, Market, Price, PriceFactor, Qty,
};
use exodus_store::actions::ActionFilter;
use exodus_store::bars::{self, SeriesKind};
use exodus_store::import::{self, ImportError, ImportFile, ImportProgress, ImportReport};
use exodus_store::{Store, actions, instruments};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use tokio_util::sync::CancellationToken;

use crate::harness::{ALL, at, on_each_database, symbol, with_sqlite};

on_each_database!(
    a_csv_file_is_imported_and_again_changes_nothing,
    columns_may_come_in_any_order_with_others_between,
    minute_bars_are_imported,
    a_row_that_cannot_be_right_is_set_aside_or_refuses_the_file,
    off_hours_minutes_are_set_aside_and_demo_issues_never_close,
    all_wrong_rows_are_counted_and_the_first_are_kept,
    a_file_tells_names_markets_and_corporate_actions,
    a_file_that_is_no_table_of_bars_is_refused,
    a_cancelled_import_stores_nothing,
    parquet_dates_may_be_dates_numbers_timestamps_or_text,
    a_parquet_file_with_holes_or_fractions_is_refused,
    real_histories_are_imported_whole,
);

const HEADER: &str = "symbol,date,open,high,low,close,volume";

async fn import(store: &Store, path: &Path, interval: Interval, adjusted: bool) -> Result<ImportReport, ImportError> {
    run(store, path, interval, adjusted, false).await
}

async fn run(
    store: &Store,
    path: &Path,
    interval: Interval,
    adjusted: bool,
    strict: bool,
) -> Result<ImportReport, ImportError> {
    let file = ImportFile { path: path.to_owned(), file_name: "prices.csv".to_owned(), interval, adjusted, strict };
    import::run(store, &file, &mut |_| {}, &CancellationToken::new(), at(0)).await
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("written");
    file
}

async fn import_text(store: &Store, text: &str, interval: Interval) -> Result<ImportReport, ImportError> {
    import(store, written(text).path(), interval, false).await
}

/// The rows that were set aside: number, column and reason.
fn set_aside(report: &ImportReport) -> Vec<(u64, &str, &str)> {
    report.quarantined.iter().map(|row| (row.row, row.field.as_str(), row.reason.as_str())).collect()
}

async fn daily(store: &Store, code: &str, adjusted: bool) -> Vec<Bar> {
    let key = SeriesKind::krx(Interval::Day1, adjusted).of(symbol(code));
    let end = DateTime::UNIX_EPOCH + TimeDelta::days(50_000);
    bars::load(store, key, DateTime::UNIX_EPOCH, end).await.expect("a read")
}

fn day(text: &str) -> chrono::DateTime<chrono::Utc> {
    Bar::day_start(text.parse::<NaiveDate>().expect("a date"))
}

async fn a_csv_file_is_imported_and_again_changes_nothing(store: Store) {
    let text = format!(
        "\u{feff}{HEADER}\r\n005930,2026-08-20,70000,71000,69000,70500,1000\r\n000660,2026-08-20,0,0,0,1,0\n\
         005930,2026-08-19,69000,70000,68000,69500,900\n"
    );
    let first = import_text(&store, &text, Interval::Day1).await.expect("imported");
    let figures = (first.rows_read, first.rows_added, first.rows_unchanged, first.symbols);
    assert_eq!(figures, (3, 3, 0, 2));
    assert_eq!((first.first, first.last), (Some(day("2026-08-19")), Some(day("2026-08-20"))));
    let again = import_text(&store, &text, Interval::Day1).await.expect("imported");
    assert_eq!((again.rows_added, again.rows_changed, again.rows_unchanged), (0, 0, 3));
    let expected = Bar {
        open_time: day("2026-08-19"),
        open: Price(69_000),
        high: Price(70_000),
        low: Price(68_000),
        close: Price(69_500),
        volume: Qty(900),
    };
    let found = daily(&store, "005930", false).await;
    assert_eq!((found.len(), found[0]), (2, expected));
    assert!(daily(&store, "000660", false).await[0].is_halted());
    let unnamed = instruments::get(&store, "000660").await.expect("a read").expect("the issue").issue;
    assert_eq!((unnamed.name_ko.as_str(), unnamed.market), ("000660", Market::Kospi));
}

async fn columns_may_come_in_any_order_with_others_between(store: Store) {
    let text = "Volume, close ,name,low,high,open,DATE,Symbol\n5,11,x,9,12,10,20260820,0126Z0\n";
    import_text(&store, text, Interval::Day1).await.expect("imported");
    let bar = daily(&store, "0126Z0", false).await[0];
    assert_eq!([bar.open.0, bar.high.0, bar.low.0, bar.close.0, bar.volume.0], [10, 12, 9, 11, 5]);
}

async fn minute_bars_are_imported(store: Store) {
    let text = "symbol,timestamp,open,high,low,close,volume\n005930,2026-08-20 09:01,10,12,9,11,5\n\
                005930,2026-08-20T09:00:00+09:00,10,12,9,11,6\n";
    let report = import_text(&store, text, Interval::Minute1).await.expect("imported");
    let nine = day("2026-08-20") + TimeDelta::hours(9);
    assert_eq!((report.first, report.last), (Some(nine), Some(nine + TimeDelta::minutes(1))));
}

/// Rows that cannot be right, each after two of 000660 that are, with the column and the reason.
const WRONG_ROWS: [(&str, &str, &str); 19] = [
    ("5930,2026-08-20,10,12,9,11,5", "symbol", "unknown_symbol"),
    ("005930,2026-02-30,10,12,9,11,5", "date", "bad_date"),
    ("005930,2026-08-20 09:01,10,12,9,11,5", "date", "off_interval"),
    ("005930,2026-08-20,10,12,9,11,-5", "volume", "negative"),
    ("005930,2026-08-20,-10,12,9,11,5", "open", "negative"),
    ("005930,2026-08-20,10,8,9,11,5", "high", "high_below_low"),
    ("005930,2026-08-20,10,12,9,13,5", "close", "outside_range"),
    ("005930,2026-08-20,13,12,9,10,5", "open", "outside_range"),
    ("005930,2026-08-20,10,12,9,0,5", "close", "zero"),
    ("005930,2026-08-20,10,12,0,11,5", "low", "zero"),
    ("005930,2026-08-20,10.5,12,9,11,5", "open", "unreadable"),
    ("005930,2026-08-20,10,12,9,,5", "close", "unreadable"),
    ("005930,2026-08-20,10,12,9,11", "symbol", "unreadable"),
    ("005930,2026-08-20,10,12,9,11,5000000000000", "volume", "too_large"),
    ("005930,2026-11-19,10,12,9,11,5", "date", "future"),
    ("005930,2026-08-16,10,12,9,11,5", "date", "non_session"),
    ("000660,2026-08-19,10,12,9,11,5", "date", "duplicate"),
    ("000660,2026-08-20,10,12,9,11,5", "date", "out_of_order"),
    ("247540,2026-08-20,10001,10010,10001,10010,5", "open", "off_grid"),
];

async fn a_row_that_cannot_be_right_is_set_aside_or_refuses_the_file(store: Store) {
    let kosdaq = Instrument::new(symbol("247540"), Market::Kosdaq, InstrumentKind::Stock).named("에코프로비엠", "");
    instruments::upsert(&store, &[kosdaq], at(0)).await.expect("stored");
    let good = format!("{HEADER}\n000660,2026-08-19,10,12,9,11,5\n000660,2026-08-18,10,12,9,11,5\n");
    for (row, wrong, _) in WRONG_ROWS {
        let file = written(&format!("{good}{row}\n"));
        match run(&store, file.path(), Interval::Day1, false, true).await {
            Err(ImportError::Refused { file, row: number, column, .. }) => {
                assert_eq!((file.as_str(), number, column.as_str()), ("prices.csv", 3, wrong), "{row}");
            }
            other => panic!("{row}: {other:?}"),
        }
    }
    assert_eq!(bars::count(&store).await.expect("a count"), 0, "a strict import stores nothing");
    for (row, wrong, reason) in WRONG_ROWS {
        let report = import_text(&store, &format!("{good}{row}\n"), Interval::Day1).await.expect(row);
        assert_eq!(set_aside(&report), [(3, wrong, reason)], "{row}");
        assert_eq!((report.rows_read, report.rows_quarantined(), report.symbols), (3, 1, 1), "{row}");
        assert_eq!(report.reasons.get(reason), Some(&1), "{row}");
        let kept = &report.quarantined[0];
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(kept.symbol, cells[0], "{row}");
        assert_eq!(kept.time, cells[1], "{row}");
        assert_eq!(kept.cells.trim_end_matches(','), cells[2..].join(","), "{row}");
    }
    assert_eq!(daily(&store, "000660", false).await.len(), 2, "the right rows come in");
    assert_eq!(bars::count(&store).await.expect("a count"), 2);
}

async fn off_hours_minutes_are_set_aside_and_demo_issues_never_close(store: Store) {
    let mut demo = Instrument::new(symbol("00I010"), Market::Kosdaq, InstrumentKind::Stock);
    demo.is_demo = true;
    instruments::upsert(&store, &[demo], at(0)).await.expect("stored");
    let text = "symbol,timestamp,open,high,low,close,volume\n\
                005930,2026-08-20 03:00,10,12,9,11,5\n005930,2026-08-20 09:00,10,12,9,11,5\n\
                005930,2026-08-20 15:30,10,12,9,11,5\n005930,2026-08-22 10:00,10,12,9,11,5\n\
                00I010,2026-08-22 03:00,10,12,9,11,5\n";
    let report = import_text(&store, text, Interval::Minute1).await.expect("imported");
    assert_eq!(set_aside(&report), [(1, "date", "off_hours"), (4, "date", "non_session")]);
    assert_eq!((report.rows_added, report.symbols), (3, 2));
}

async fn all_wrong_rows_are_counted_and_the_first_are_kept(store: Store) {
    let rows: String = (0..12_000).map(|n| format!("{n:06},2026-08-20,10,12,9,11,-5\n")).collect();
    let report = import_text(&store, &format!("{HEADER}\n{rows}"), Interval::Day1).await.expect("imported");
    assert_eq!((report.rows_read, report.rows_quarantined(), report.rows_added), (12_000, 12_000, 0));
    assert_eq!((report.quarantined.len(), report.first), (10_000, None));
    assert_eq!(report.quarantined[9_999].row, 10_000);
}

async fn a_file_tells_names_markets_and_corporate_actions(store: Store) {
    let header = "date,symbol,market,name,open,high,low,close,change,volume";
    let first = format!(
        "{header}\n2024-04-19,086520,KOSDAQ,에코프로,0,0,0,517000,0,0\n2024-04-19,005930,KOSPI,삼성전자,77600,77800,77000,77600,-2000,31317563\n"
    );
    let report = import_text(&store, &first, Interval::Day1).await.expect("imported");
    assert_eq!((report.rows_added, report.actions), (2, 0));
    let listed = instruments::get(&store, "086520").await.expect("a read").expect("the issue");
    assert_eq!((listed.issue.name_ko.as_str(), listed.issue.market), ("에코프로", Market::Kosdaq));

    // The next session comes in a file of its own: the close before it is in the store.
    let second = format!(
        "{header}\n2024-04-22,086520,KOSDAQ,에코프로,105000,110000,103000,106000,2600,9000000\n2024-04-22,005930,KOSPI,삼성전자,76400,76600,75000,76100,-1500,28020404\n"
    );
    let report = import_text(&store, &second, Interval::Day1).await.expect("imported");
    assert_eq!((report.rows_added, report.actions), (2, 1));
    let split = actions::of_symbol(&store, symbol("086520")).await.expect("a read");
    let factor = PriceFactor::new(1, 5).expect("a factor");
    let ex_date = NaiveDate::from_ymd_opt(2024, 4, 22).expect("a date");
    assert_eq!(split, [CorporateAction { symbol: symbol("086520"), ex_date, kind: ActionKind::Derived, factor }]);
    let again = import_text(&store, &second, Interval::Day1).await.expect("imported");
    assert_eq!((again.rows_unchanged, again.actions), (2, 0));

    // Rates are no won, and adjusted prices have no base price of their own.
    let rates = second.replace("2600", "0.0254").replace("-1500", "-1");
    assert_eq!(import_text(&store, &rates, Interval::Day1).await.expect("imported").actions, 0);
    let adjusted = import(&store, written(&second).path(), Interval::Day1, true).await.expect("imported");
    assert_eq!(adjusted.actions, 0);
}

async fn a_file_that_is_no_table_of_bars_is_refused(store: Store) {
    for text in ["", HEADER, "symbol,date,open\n005930,2026-08-20,1\n", "PAR1 and no more"] {
        let refused = import_text(&store, text, Interval::Day1).await;
        assert!(matches!(refused, Err(ImportError::Format { .. })), "{text:?}: {refused:?}");
    }
    let missing = import(&store, &PathBuf::from("/nowhere.csv"), Interval::Day1, false).await;
    assert!(matches!(missing, Err(ImportError::Io(_))), "{missing:?}");
}

async fn a_cancelled_import_stores_nothing(store: Store) {
    let rows: String = (0..40_000).map(|n| format!("{n:06},2026-08-20,10,12,9,11,5\n")).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("prices.csv");
    std::fs::write(&path, format!("{HEADER}\n{rows}")).expect("written");
    let cancel = CancellationToken::new();
    let mut steps: Vec<ImportProgress> = Vec::new();
    let file = ImportFile {
        path,
        file_name: "prices.csv".to_owned(),
        interval: Interval::Day1,
        adjusted: false,
        strict: false,
    };
    let cancelling = cancel.clone();
    let mut on_progress = |step: ImportProgress| {
        cancelling.cancel();
        steps.push(step);
    };
    let outcome = import::run(&store, &file, &mut on_progress, &cancel, at(0)).await;
    assert!(matches!(outcome, Err(ImportError::Cancelled)), "{outcome:?}");
    assert_eq!(bars::count(&store).await.expect("a count"), 0);
    let total = steps.first().map(|step| step.total).expect("a step");
    assert!((39_000..=41_000).contains(&total), "the estimate was {total}");
}

/// Writes a Parquet file of three rows with the given column of dates.
fn parquet_file((physical, logical): (&str, &str), dates: Dates, price: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let schema = format!(
        "message bars {{ optional {price} open; required binary symbol (UTF8); required int64 high; \
         required int32 low; required int64 close; required {physical} date {logical}; required int64 volume; }}"
    );
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(file.reopen().expect("opened"), schema, properties).expect("a writer");
    let mut group = writer.next_row_group().expect("a row group");
    let mut place = 0;
    while let Some(mut column) = group.next_column().expect("a column") {
        match place {
            0 if price == "double" => {
                column.typed::<DoubleType>().write_batch(&[10.0; 3], Some(&[1; 3]), None).expect("written");
            }
            0 if price == "holes" => unreachable!("holes are written by the type int64"),
            0 => {
                let (values, levels): (&[i64], [i16; 3]) =
                    if matches!(dates, Dates::Holes) { (&[10, 10], [1, 0, 1]) } else { (&[10, 10, 10], [1; 3]) };
                column.typed::<Int64Type>().write_batch(values, Some(&levels), None).expect("written");
            }
            1 => {
                let symbols = vec![ByteArray::from("005930"); 3];
                column.typed::<ByteArrayType>().write_batch(&symbols, None, None).expect("written");
            }
            3 => {
                column.typed::<Int32Type>().write_batch(&[9; 3], None, None).expect("written");
            }
            5 => match &dates {
                Dates::Short(values) => {
                    column.typed::<Int32Type>().write_batch(values, None, None).expect("written");
                }
                Dates::Long(values) => {
                    column.typed::<Int64Type>().write_batch(values, None, None).expect("written");
                }
                Dates::Text(values) => {
                    let values: Vec<ByteArray> = values.iter().map(|&v| ByteArray::from(v)).collect();
                    column.typed::<ByteArrayType>().write_batch(&values, None, None).expect("written");
                }
                Dates::Holes => {
                    column
                        .typed::<Int64Type>()
                        .write_batch(&[20260818, 20260819, 20260820], None, None)
                        .expect("written");
                }
            },
            _ => {
                column.typed::<Int64Type>().write_batch(&[12, 12, 12], None, None).expect("written");
            }
        }
        column.close().expect("closed");
        place += 1;
    }
    group.close().expect("closed");
    writer.close().expect("closed");
    file
}

enum Dates {
    Short([i32; 3]),
    Long([i64; 3]),
    Text([&'static str; 3]),
    /// Numbers, beside a price that is missing in the second row.
    Holes,
}

async fn parquet_dates_may_be_dates_numbers_timestamps_or_text(store: Store) {
    let days = [20_683, 20_684, 20_685]; // 2026-08-18 … 20
    let millis = days.map(|d| i64::from(d) * 86_400_000);
    let utc = millis.map(|ms| ms - 9 * 3_600_000);
    let files = [
        parquet_file(("int32", "(DATE)"), Dates::Short(days), "int64"),
        parquet_file(("int64", ""), Dates::Long([20260818, 20260819, 20260820]), "int64"),
        parquet_file(("int64", "(TIMESTAMP(MILLIS,false))"), Dates::Long(millis), "int64"),
        parquet_file(("int64", "(TIMESTAMP(MICROS,true))"), Dates::Long(utc.map(|ms| ms * 1_000)), "int64"),
        parquet_file(("binary", "(UTF8)"), Dates::Text(["2026-08-18", "20260819", "2026-08-20"]), "int64"),
    ];
    for (n, file) in files.iter().enumerate() {
        let report = import(&store, file.path(), Interval::Day1, false).await.expect("imported");
        assert_eq!((report.rows_added, report.rows_unchanged), if n == 0 { (3, 0) } else { (0, 3) }, "file {n}");
    }
    let times: Vec<_> = daily(&store, "005930", false).await.iter().map(|bar| bar.open_time).collect();
    assert_eq!(times, [day("2026-08-18"), day("2026-08-19"), day("2026-08-20")]);
}

async fn a_parquet_file_with_holes_or_fractions_is_refused(store: Store) {
    let holes = parquet_file(("int64", ""), Dates::Holes, "int64");
    match run(&store, holes.path(), Interval::Day1, false, true).await {
        Err(ImportError::Refused { row, column, .. }) => assert_eq!((row, column.as_str()), (2, "open")),
        other => panic!("{other:?}"),
    }
    let fractions = parquet_file(("int64", ""), Dates::Long([20260818, 20260819, 20260820]), "double");
    let refused = import(&store, fractions.path(), Interval::Day1, false).await;
    assert!(matches!(refused, Err(ImportError::Format { .. })), "{refused:?}");
    assert_eq!(bars::count(&store).await.expect("a count"), 0);
    let report = import(&store, holes.path(), Interval::Day1, false).await.expect("imported");
    assert_eq!(set_aside(&report), [(2, "open", "unreadable")]);
    let hole = &report.quarantined[0];
    assert_eq!((hole.symbol.as_str(), hole.time.as_str(), hole.cells.as_str()), ("005930", "20260819", ",12,9,12,12"));
    assert_eq!(bars::count(&store).await.expect("a count"), 2);
}

/// The folder of real histories, if this machine has it.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
fn shared_data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var("EXODUS_SHARED_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no data");
    None
}

async fn real_histories_are_imported_whole(store: Store) {
    let Some(data) = shared_data() else { return };
    let files: [(&str, bool, Option<u64>); 5] = [
        ("krx_etf_daily_2002_2023.parquet", true, Some(69_696)),
        ("krx_daily_adj_2023_2025_all.parquet", true, Some(986_298)),
        ("krx_daily_raw_slices_2021_2026.parquet", false, Some(383_332)),
        ("samples/035720_adj_2020_2026.csv", true, None),
        ("krx_index_daily_1995_2026.parquet", true, Some(0)), // Points with decimals are no prices in won.
    ];
    for (name, adjusted, rows) in files {
        let outcome = import(&store, &data.join(name), Interval::Day1, adjusted).await;
        match rows {
            Some(0) => assert!(outcome.is_err(), "{name}: {outcome:?}"),
            Some(rows) => {
                let report = outcome.expect(name);
                assert_eq!((report.rows_read, report.rows_quarantined()), (rows, 0), "{name}");
            }
            None => assert!(outcome.expect(name).rows_read > 1_000),
        }
    }
    let again = import(&store, &data.join("krx_etf_daily_2002_2023.parquet"), Interval::Day1, true).await;
    assert_eq!(again.expect("imported").rows_unchanged, 69_696);
    let kakao = daily(&store, "035720", true).await;
    let split = kakao.iter().find(|bar| bar.open_time == day("2021-04-12")).expect("the day of the halt");
    assert!(split.is_halted());
    let derived = actions::list(&store, &ActionFilter::default(), ALL).await.expect("a read");
    assert_eq!(derived.total, 97, "base prices that are not the close before them");
    let halved = actions::of_symbol(&store, symbol("080580")).await.expect("a read");
    assert_eq!(halved.iter().map(|action| action.factor.to_string()).collect::<Vec<_>>(), ["1/2"]);
}

/// A history of lower trust: days on which nobody traded, opens of zero and opens outside the day's range.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_rows_of_a_real_history_are_counted_by_reason() {
    with_sqlite(|db| async move {
        let Some(data) = shared_data() else { return };
        let path = data.join("krx_daily_vendor_2000_2019.parquet");
        let report = import(&db.store, &path, Interval::Day1, true).await.expect("imported");
        let reasons = [("non_session", 5_591), ("outside_range", 136), ("zero", 33)];
        assert_eq!(report.reasons, reasons.map(|(reason, rows)| (reason.to_owned(), rows)).into());
        assert_eq!((report.rows_read, report.rows_added), (2_147_091, 2_141_331));
        assert_eq!(report.quarantined.len(), 5_760);
        let carried = report.quarantined.iter().filter(|row| row.time == "2015-08-14").count();
        assert_eq!(carried, 667, "the holiday that was called ten days before it");
    })
    .await;
}
