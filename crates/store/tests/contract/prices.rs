//! Corporate actions, and the prices that follow from them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{ActionKind, Bar, CompactBar, CorporateAction, Interval, Price, PriceFactor, Qty};
use exodus_store::actions::{self, ActionFilter, Stored};
use exodus_store::bars::{self, SeriesKind, Span};
use exodus_store::export::{self, ExportFormat, ExportRequest, Written};
use exodus_store::import::{self, ActionsFile, ImportError, ImportFile, run_actions};
use exodus_store::prices::{self, PriceBasis, Prices, Wanted};
use exodus_store::{Store, StoreError};
use futures::TryStreamExt;
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use tokio_util::sync::CancellationToken;

use crate::harness::{ALL, TestDb, at, on_each_database, on_each_database_with_raw_sql, symbol};

on_each_database!(
    a_stated_action_replaces_a_derived_one_and_never_the_other_way,
    an_answer_as_of_a_date_stays_the_same_for_ever,
    the_best_prices_are_imported_then_derived_then_raw,
    many_issues_have_the_prices_that_each_would_have,
    a_file_of_actions_is_imported,
    what_is_exported_is_imported_again_unchanged,
    a_plain_table_is_exported_for_sql,
);
on_each_database_with_raw_sql!(bars_are_copied_to_plain_rows_of_the_database, plain_rows_of_other_prices_never_mix);

fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn action(code: &str, ex_date: NaiveDate, kind: ActionKind, parts: (i64, i64)) -> CorporateAction {
    let factor = PriceFactor::new(parts.0, parts.1).expect("a factor");
    CorporateAction { symbol: symbol(code), ex_date, kind, factor }
}

async fn put(store: &Store, actions: &[CorporateAction], source: &str) -> Stored {
    let tx = store.begin().await.expect("a transaction");
    let stored = actions::put(&tx, actions, source, at(0)).await.expect("stored");
    tx.commit().await.expect("committed");
    stored
}

async fn a_stated_action_replaces_a_derived_one_and_never_the_other_way(store: Store) {
    let derived = action("086520", ymd(2024, 4, 25), ActionKind::Derived, (103_500, 517_000));
    let split = action("086520", ymd(2024, 4, 25), ActionKind::Split, (1, 5));
    let other = action("005930", ymd(2018, 5, 4), ActionKind::Split, (1, 50));
    assert_eq!(put(&store, &[derived, other], "file").await, Stored { added: 2, changed: 0, unchanged: 0 });
    assert_eq!(put(&store, &[derived], "file").await, Stored { added: 0, changed: 0, unchanged: 1 });
    assert_eq!(put(&store, &[split], "kim").await, Stored { added: 0, changed: 1, unchanged: 0 });
    assert_eq!(put(&store, &[derived], "file").await, Stored { added: 0, changed: 0, unchanged: 1 });
    assert_eq!(actions::of_symbol(&store, symbol("086520")).await.expect("a read"), [split]);

    let all = actions::list(&store, &ActionFilter::default(), ALL).await.expect("a read");
    let kinds: Vec<_> = all.items.iter().map(|stored| (stored.action, stored.source.as_str())).collect();
    assert_eq!(kinds, [(split, "kim"), (other, "file")], "the newest first");
    let some = ActionFilter { from: Some(ymd(2018, 5, 4)), to: Some(ymd(2018, 5, 4)), symbol: None };
    assert_eq!(actions::list(&store, &some, ALL).await.expect("a read").total, 1);
    let id = all.items[0].id;
    let tx = store.begin().await.expect("a transaction");
    assert_eq!(actions::delete(&tx, id).await.expect("deleted").as_ref(), Some(&all.items[0]));
    assert_eq!(actions::delete(&tx, id).await.expect("a read"), None);
    tx.commit().await.expect("committed");
    let none = actions::find(&store, symbol("086520"), ymd(2024, 4, 25)).await.expect("a read");
    assert_eq!(none, None);
}

/// Bars of every day of 2024, all alike but for the day itself.
fn year(price: i64) -> Vec<Bar> {
    let bar = |day: i64| Bar {
        open_time: Bar::day_start(ymd(2024, 1, 2) + TimeDelta::days(day)),
        open: Price(price + day),
        high: Price(price + day + 5),
        low: Price(price + day - 5),
        close: Price(price + day + 1),
        volume: Qty(1_000 + day),
    };
    (0..300).map(bar).collect()
}

fn far() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(60_000)
}

async fn load(store: &Store, prices: &Prices) -> Vec<Bar> {
    prices.load(store, DateTime::UNIX_EPOCH, far()).await.expect("a read")
}

async fn chosen(store: &Store, wanted: Wanted, as_of: NaiveDate) -> Option<Prices> {
    prices::choose(store, symbol("005930"), Interval::Day1, wanted, as_of).await.expect("a choice")
}

async fn an_answer_as_of_a_date_stays_the_same_for_ever(store: Store) {
    let raw = year(70_000);
    let key = SeriesKind::krx(Interval::Day1, false).of(symbol("005930"));
    bars::append(&store, key, &raw).await.expect("stored");
    put(&store, &[action("005930", ymd(2024, 5, 2), ActionKind::Split, (1, 5))], "kim").await;
    let as_of = ymd(2024, 8, 1);
    let then = chosen(&store, Wanted::AsOf, as_of).await.expect("prices");
    assert_eq!((then.basis, then.as_of), (PriceBasis::AdjustedDerived, Some(as_of)));
    let bars_then = load(&store, &then).await;
    assert_eq!((bars_then[0].open, bars_then[0].volume), (Price(14_000), Qty(5_000)));
    let ex = bars_then.iter().position(|bar| bar.trade_date() == ymd(2024, 5, 2)).expect("the ex-date");
    assert_eq!((bars_then[ex], bars_then[ex - 1].volume.0), (raw[ex], raw[ex - 1].volume.0 * 5));

    // A year later something else happened. Today's prices change, the answer of then does not.
    put(&store, &[action("005930", ymd(2024, 9, 2), ActionKind::BonusIssue, (1, 2))], "kim").await;
    let again = chosen(&store, Wanted::AsOf, as_of).await.expect("prices");
    assert_eq!(load(&store, &again).await, bars_then);
    let today = chosen(&store, Wanted::AsOf, ymd(2025, 8, 1)).await.expect("prices");
    assert_eq!(load(&store, &today).await[0].open, Price(7_000));
    let newest = today.newest(&store, Bar::day_start(ymd(2024, 9, 2)), 2).await.expect("a read");
    assert_eq!(newest.iter().map(|bar| bar.open.0).collect::<Vec<_>>(), [35_121, 35_122], "half up");
    let stored = bars::load(&store, key, DateTime::UNIX_EPOCH, far()).await.expect("a read");
    assert_eq!(stored, raw, "what is stored stays raw");
}

async fn the_best_prices_are_imported_then_derived_then_raw(store: Store) {
    let as_of = ymd(2025, 1, 2);
    let basis = async |wanted| chosen(&store, wanted, as_of).await.map(|prices| prices.basis);
    assert_eq!(basis(Wanted::Best).await, None);
    let series = |adjusted| SeriesKind::krx(Interval::Day1, adjusted).of(symbol("005930"));
    bars::append(&store, series(false), &year(70_000)).await.expect("stored");
    assert_eq!(basis(Wanted::Best).await, Some(PriceBasis::Raw));
    assert_eq!(basis(Wanted::Adjusted).await, Some(PriceBasis::AdjustedDerived), "no action: the same prices");
    put(&store, &[action("005930", ymd(2024, 5, 2), ActionKind::Split, (1, 5))], "kim").await;
    assert_eq!(basis(Wanted::Best).await, Some(PriceBasis::AdjustedDerived));
    assert_eq!(basis(Wanted::Raw).await, Some(PriceBasis::Raw));
    let before = chosen(&store, Wanted::Best, ymd(2024, 5, 1)).await.map(|prices| prices.basis);
    assert_eq!(before, Some(PriceBasis::Raw), "nothing had happened yet");
    bars::append(&store, series(true), &year(14_000)).await.expect("stored");
    assert_eq!(basis(Wanted::Best).await, Some(PriceBasis::AdjustedImported));
    assert_eq!(basis(Wanted::Adjusted).await, Some(PriceBasis::AdjustedImported));
    assert_eq!(basis(Wanted::AsOf).await, Some(PriceBasis::AdjustedDerived));
    assert_eq!(basis(Wanted::Raw).await, Some(PriceBasis::Raw));
    let tx = store.begin().await.expect("a transaction");
    assert_eq!(bars::delete(&tx, series(false)).await.expect("deleted"), 300);
    assert_eq!(bars::delete(&tx, series(false)).await.expect("nothing"), 0);
    tx.commit().await.expect("committed");
    assert_eq!(basis(Wanted::Raw).await, None);
    assert_eq!(basis(Wanted::AsOf).await, Some(PriceBasis::AdjustedImported), "there is nothing to derive from");
}

async fn many_issues_have_the_prices_that_each_would_have(store: Store) {
    let kind = |adjusted| SeriesKind::krx(Interval::Day1, adjusted);
    let stored = [("000001", true), ("000002", false), ("000003", true), ("000003", false), ("000004", false)];
    for (code, adjusted) in stored {
        bars::append(&store, kind(adjusted).of(symbol(code)), &year(70_000)).await.expect("stored");
    }
    for code in ["000002", "000003"] {
        put(&store, &[action(code, ymd(2024, 5, 2), ActionKind::Split, (1, 5))], "kim").await;
    }
    let symbols = ["000004", "000005", "000003", "000002", "000001"].map(symbol);
    let span = Span { before: 3, from: Bar::day_start(ymd(2024, 5, 1)), to: Bar::day_start(ymd(2024, 5, 3)) };
    let mut bases = Vec::new();
    for wanted in [Wanted::Best, Wanted::Raw, Wanted::Adjusted, Wanted::AsOf] {
        let found = prices::choose_many(&store, &symbols, Interval::Day1, wanted, ymd(2025, 1, 2)).await;
        let mut found = found.expect("a choice");
        let chosen: Vec<Prices> = symbols.iter().filter_map(|symbol| found.remove(symbol)).collect();
        let loaded = prices::load_many(&store, &chosen, span).await.expect("a read");
        for (prices, (code, bars)) in chosen.iter().zip(loaded) {
            let one = prices::choose(&store, code, Interval::Day1, wanted, ymd(2025, 1, 2)).await.expect("a choice");
            assert_eq!(Some(prices), one.as_ref());
            let mut expected = prices.newest(&store, span.from, 3).await.expect("a read");
            expected.extend(prices.load(&store, span.from, span.to).await.expect("a read"));
            assert_eq!(bars.iter().map(CompactBar::bar).collect::<Vec<_>>(), expected);
            let is_derived =
                prices.basis == PriceBasis::AdjustedDerived && ["000002", "000003"].contains(&code.as_str());
            assert_eq!(bars[0].open(), Price(if is_derived { 14_023 } else { 70_117 }), "{code} {wanted:?}");
        }
        bases.push(chosen.iter().map(|prices| (prices.key.symbol.to_string(), prices.basis)).collect::<Vec<_>>());
    }
    use PriceBasis::{AdjustedDerived, AdjustedImported, Raw};
    let bases: Vec<Vec<(&str, PriceBasis)>> =
        bases.iter().map(|some| some.iter().map(|(code, basis)| (code.as_str(), *basis)).collect()).collect();
    assert_eq!(
        bases[0],
        [("000004", Raw), ("000003", AdjustedImported), ("000002", AdjustedDerived), ("000001", AdjustedImported)]
    );
    assert_eq!(bases[1], [("000004", Raw), ("000003", Raw), ("000002", Raw)]);
    let adjusted = [AdjustedDerived, AdjustedImported, AdjustedDerived, AdjustedImported];
    assert_eq!(bases[2].iter().map(|(_, basis)| *basis).collect::<Vec<_>>(), adjusted);
    let as_of = [AdjustedDerived, AdjustedDerived, AdjustedDerived, AdjustedImported];
    assert_eq!(bases[3].iter().map(|(_, basis)| *basis).collect::<Vec<_>>(), as_of);
}

async fn a_file_of_actions_is_imported(store: Store) {
    let text = "symbol,ex_date,kind,numerator,denominator\n005930,2018-05-04,split,1,50\n\
                A086520,2024-04-25,split,1,5\n005930,2018-05-04,split,1,50\n5930,2018-05-04,split,1,50\n\
                035720,2021-02-30,split,1,5\n035720,2021-04-15,party,1,5\n035720,2021-04-15,split,5,5\n\
                035720,2021-04-15,split,one,5\n";
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("written");
    let import = async |strict| {
        let path = file.path().to_owned();
        run_actions(&store, &ActionsFile { path, file_name: "actions.csv".to_owned(), strict }, at(0)).await
    };
    match import(true).await {
        Err(ImportError::Refused { row, column, .. }) => assert_eq!((row, column.as_str()), (3, "ex_date")),
        other => panic!("{other:?}"),
    }
    assert_eq!(actions::list(&store, &ActionFilter::default(), ALL).await.expect("a read").total, 0);
    let report = import(false).await.expect("imported");
    assert_eq!((report.rows_read, report.rows_added, report.symbols, report.rows_quarantined()), (8, 2, 2, 6));
    let reasons: Vec<_> = report.quarantined.iter().map(|row| (row.row, row.reason.as_str())).collect();
    let expected = ["duplicate", "unknown_symbol", "bad_date", "bad_action", "bad_action", "unreadable"];
    assert_eq!(reasons, (3..).zip(expected).collect::<Vec<_>>());
    let again = import(false).await.expect("imported");
    assert_eq!((again.rows_added, again.rows_unchanged), (0, 2));
    let split = actions::of_symbol(&store, symbol("005930")).await.expect("a read");
    assert_eq!(split, [action("005930", ymd(2018, 5, 4), ActionKind::Split, (1, 50))]);
}

/// Bars of weekdays, with a halted one.
fn sessions(from: NaiveDate, count: usize) -> Vec<Bar> {
    let days = exodus_domain::sessions(from, from + TimeDelta::days(2 * i64::try_from(count).expect("few") + 20));
    let bar = |(day, date): (usize, NaiveDate)| {
        let price = 50_000 + 100 * i64::try_from(day % 300).expect("few");
        let is_halted = day == 7;
        let traded = |price| Price(if is_halted { 0 } else { price });
        Bar {
            open_time: Bar::day_start(date),
            open: traded(price),
            high: traded(price + 100),
            low: traded(price - 100),
            close: Price(price),
            volume: Qty(if is_halted { 0 } else { 1_000 + price }),
        }
    };
    days.take(count).enumerate().map(bar).collect()
}

fn request(symbols: &[&str], interval: Interval) -> ExportRequest {
    ExportRequest {
        symbols: symbols.iter().map(|code| symbol(code)).collect(),
        interval,
        from: None,
        to: None,
        wanted: Wanted::Raw,
        as_of: ymd(2026, 1, 2),
    }
}

async fn exported(store: &Store, request: ExportRequest, format: ExportFormat) -> Vec<u8> {
    let pieces: Vec<Vec<u8>> = export::stream(store.clone(), request, format).try_collect().await.expect("a file");
    pieces.concat()
}

async fn what_is_exported_is_imported_again_unchanged(store: Store) {
    let daily = sessions(ymd(2000, 1, 4), 2_000);
    let nine = Bar::day_start(ymd(2024, 1, 3)) + TimeDelta::hours(9);
    let minutes: Vec<Bar> = (0..380).map(|n| Bar { open_time: nine + TimeDelta::minutes(n), ..daily[0] }).collect();
    for (code, interval, bars) in [
        ("005930", Interval::Day1, &daily[..]),
        ("00088K", Interval::Day1, &daily[..1_500]),
        ("005930", Interval::Minute1, &minutes[..]),
    ] {
        bars::append(&store, SeriesKind::krx(interval, false).of(symbol(code)), bars).await.expect("stored");
    }
    assert_eq!(export::symbols(&store, Interval::Day1).await.expect("a read"), [symbol("00088K"), symbol("005930")]);
    for format in ExportFormat::ALL {
        for (interval, rows) in [(Interval::Day1, 3_500), (Interval::Minute1, 380)] {
            let content = exported(&store, request(&["00088K", "005930", "999999"], interval), *format).await;
            let file = tempfile::NamedTempFile::new().expect("a temporary file");
            std::fs::write(file.path(), content).expect("written");
            let (path, file_name) = (file.path().to_owned(), "exported".to_owned());
            let file = ImportFile { path, file_name, interval, adjusted: false, strict: true };
            let report = import::run(&store, &file, &mut |_| {}, &CancellationToken::new(), at(0)).await;
            let report = report.expect("imported");
            assert_eq!((report.rows_read, report.rows_unchanged), (rows, rows), "{format} {interval}");
        }
    }
    let empty = exported(&store, request(&[], Interval::Day1), ExportFormat::Csv).await;
    assert_eq!(empty, b"symbol,date,open,high,low,close,volume\n");

    // A part, adjusted as of a day.
    put(&store, &[action("005930", daily[2].trade_date(), ActionKind::Split, (1, 5))], "kim").await;
    let (from, to) = (Some(daily[1].trade_date()), Some(daily[2].trade_date()));
    let part = ExportRequest { from, to, wanted: Wanted::AsOf, ..request(&["005930"], Interval::Day1) };
    let text = String::from_utf8(exported(&store, part, ExportFormat::Csv).await).expect("text");
    let prices: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(5).expect("a close")).collect();
    assert_eq!(prices, ["10020", "50200"], "{text}");
}

async fn a_plain_table_is_exported_for_sql(store: Store) {
    let daily = sessions(ymd(2020, 1, 2), 1_200);
    for code in ["005930", "00088K"] {
        let key = SeriesKind::krx(Interval::Day1, false).of(symbol(code));
        bars::append(&store, key, &daily).await.expect("stored");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("bars.db");
    let all = request(&["005930", "00088K"], Interval::Day1);
    assert_eq!(export::to_sqlite(&store, &all, &path).await.expect("written"), 2_400);
    let table = Database::connect(format!("sqlite:{}", path.display())).await.expect("SQLite opens");
    let sql = "SELECT count(*) AS n, min(timestamp) AS first, sum(volume) AS volume FROM market_data \
               WHERE symbol = '00088K' AND interval = '1d' AND date(timestamp) >= '2020-01-02' AND high >= low";
    let row = table.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("a read");
    let row = row.expect("a row");
    let volume: i64 = daily.iter().map(|bar| bar.volume.0).sum();
    let read = |name| row.try_get::<i64>("", name).expect("a number");
    assert_eq!((read("n"), read("volume")), (1_200, volume));
    assert_eq!(row.try_get::<String>("", "first").expect("a text"), "2020-01-02 00:00:00");
    table.close().await.expect("SQLite closes");
    let again = export::to_sqlite(&store, &all, &path).await;
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
}

/// Days, sum of the closes and least low of an issue, as anybody would ask for them.
async fn asked_in_sql(db: &TestDb, code: &str, from: &str, to: &str) -> (i64, i64, i64) {
    let sql = format!(
        "SELECT count(*) AS n, CAST(sum(close) AS bigint) AS closes, min(low) AS low FROM market_data \
         WHERE symbol = '{code}' AND interval = '1d' AND timestamp BETWEEN '{from}' AND '{to} 23:59:59' AND volume > 0"
    );
    let backend = db.raw.get_database_backend();
    let row = db.raw.query_one_raw(Statement::from_string(backend, sql)).await.expect("a read").expect("a row");
    let read = |name| row.try_get::<Option<i64>>("", name).expect("a number").unwrap_or_default();
    (read("n"), read("closes"), read("low"))
}

/// The same of bars, halted days left out.
fn told(bars: &[Bar]) -> (i64, i64, i64) {
    let traded: Vec<&Bar> = bars.iter().filter(|bar| bar.volume > Qty(0)).collect();
    let low = traded.iter().map(|bar| bar.low.0).min().unwrap_or_default();
    (traded.len() as i64, traded.iter().map(|bar| bar.close.0).sum(), low)
}

async fn bars_are_copied_to_plain_rows_of_the_database(db: TestDb) {
    let daily = sessions(ymd(2020, 1, 2), 1_200);
    for code in ["005930", "00088K"] {
        let key = SeriesKind::krx(Interval::Day1, false).of(symbol(code));
        bars::append(&db.store, key, &daily).await.expect("stored");
    }
    let both = request(&["005930", "00088K", "999999"], Interval::Day1);
    assert_eq!(asked_in_sql(&db, "005930", "2020-01-01", "2030-01-01").await, (0, 0, 0), "made on demand only");
    let written = export::to_table(&db.store, &both).await.expect("copied");
    assert_eq!(written, Written { rows: 2_400, replaced: 0 });
    assert_eq!(asked_in_sql(&db, "00088K", "2020-01-01", "2030-01-01").await, told(&daily));
    let (first, last) = (daily[10].trade_date().to_string(), daily[19].trade_date().to_string());
    assert_eq!(asked_in_sql(&db, "005930", &first, &last).await, told(&daily[10..20]), "a day of SQL is a session");

    // What has changed since comes in with its days alone.
    let mut newer = daily.clone();
    newer[15].close = Price(1);
    newer[30].close = Price(2);
    bars::append(&db.store, SeriesKind::krx(Interval::Day1, false).of(symbol("005930")), &newer).await.expect("stored");
    let (from, to) = (Some(daily[10].trade_date()), Some(daily[19].trade_date()));
    let part = ExportRequest { from, to, ..request(&["005930"], Interval::Day1) };
    for _ in 0..2 {
        let written = export::to_table(&db.store, &part).await.expect("copied");
        assert_eq!(written, Written { rows: 10, replaced: 10 });
    }
    assert_eq!(asked_in_sql(&db, "005930", &first, &last).await, told(&newer[10..20]));
    let mut expected = daily.clone();
    expected[15].close = Price(1);
    assert_eq!(asked_in_sql(&db, "005930", "2020-01-01", "2030-01-01").await, told(&expected), "the others stay");
    assert_eq!(asked_in_sql(&db, "00088K", "2020-01-01", "2030-01-01").await, told(&daily));
}

async fn plain_rows_of_other_prices_never_mix(db: TestDb) {
    let daily = sessions(ymd(2020, 1, 2), 300);
    let key = SeriesKind::krx(Interval::Day1, false).of(symbol("005930"));
    bars::append(&db.store, key, &daily).await.expect("stored");
    put(&db.store, &[action("005930", daily[250].trade_date(), ActionKind::Split, (1, 5))], "kim").await;
    let raw = ExportRequest { wanted: Wanted::Raw, ..request(&["005930"], Interval::Day1) };
    export::to_table(&db.store, &raw).await.expect("copied");
    let adjusted = ExportRequest { wanted: Wanted::Best, ..raw.clone() };
    let part = ExportRequest { from: Some(daily[200].trade_date()), ..adjusted.clone() };
    let refused = export::to_table(&db.store, &part).await;
    assert!(matches!(&refused, Err(StoreError::Refused(why)) if why.contains("raw prices of 005930")), "{refused:?}");
    assert_eq!(asked_in_sql(&db, "005930", "2020-01-01", "2030-01-01").await, told(&daily), "nothing was lost");
    let written = export::to_table(&db.store, &adjusted).await.expect("copied");
    assert_eq!(written, Written { rows: 300, replaced: 300 });
    let found = asked_in_sql(&db, "005930", "2020-01-01", "2030-01-01").await;
    assert!(found.0 == 299 && found.1 < told(&daily).1 / 2, "{found:?}");
    let refused = export::to_table(&db.store, &part).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "the older days may have changed since");
}
