//! What is stored of a series against the calendar, what was asked for, and back-fills.

use std::collections::BTreeMap;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    Bar, Flaw, Instrument, InstrumentKind, Interval, IssueState, Market, Price, Qty, TradingHours, sessions,
};
use exodus_store::backfills::{self, BackfillProgress, NewBackfill};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::coverage::{self, Cell, CoverageFilter, GapReason, checked_days, forget_checked, note_checked};
use exodus_store::import::{self, ImportFile};
use exodus_store::instruments;
use exodus_store::jobs::JobStatus;
use exodus_store::symbols::{self, SymbolFile};
use exodus_store::{Page, Store};
use tokio_util::sync::CancellationToken;

use crate::harness::{ALL, at, on_each_database, symbol, user, with_sqlite};
use crate::symbols::shared_master;

on_each_database!(
    a_daily_series_is_measured_by_month,
    minutes_are_measured_by_day_within_the_hours,
    what_was_asked_for_is_not_missing,
    flaws_of_a_raw_series_are_found,
    longer_bars_are_made_of_what_is_stored,
    a_backfill_is_recorded_from_request_to_end,
);

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn bar(open_time: DateTime<Utc>, price: i64) -> Bar {
    let price = Price(price);
    Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(10) }
}

fn day(date: NaiveDate, price: i64) -> Bar {
    bar(Bar::day_start(date), price)
}

fn filter(interval: Interval, to: NaiveDate) -> CoverageFilter {
    CoverageFilter { interval, text: None, from: None, to }
}

async fn list_issue(store: &Store, code: &str, name_ko: &str) {
    let issue = Instrument::new(symbol(code), Market::Kospi, InstrumentKind::Stock).named(name_ko, code);
    instruments::upsert(store, &[issue], at(0)).await.expect("stored");
}

async fn store_bars(store: &Store, code: &str, interval: Interval, adjusted: bool, bars: &[Bar]) {
    let key = SeriesKind::krx(interval, adjusted).of(symbol(code));
    bars::append(store, key, bars).await.expect("stored");
}

/// Every session of May and June 2026 but those that `left_out` names.
fn two_months(left_out: &[NaiveDate]) -> Vec<Bar> {
    let days = sessions(date(2026, 5, 1), date(2026, 6, 30)).filter(|date| !left_out.contains(date));
    days.map(|date| day(date, 50_000)).collect()
}

async fn a_daily_series_is_measured_by_month(store: Store) {
    list_issue(&store, "005930", "삼성전자").await;
    list_issue(&store, "000660", "SK하이닉스").await;
    store_bars(&store, "005930", Interval::Day1, false, &two_months(&[date(2026, 6, 4), date(2026, 6, 5)])).await;
    store_bars(&store, "005930", Interval::Day1, true, &two_months(&[])).await;
    store_bars(&store, "000660", Interval::Day1, false, &two_months(&[])[..3]).await;

    let asked = filter(Interval::Day1, date(2026, 6, 30));
    let all = coverage::list(&store, &asked, ALL).await.expect("a list");
    let names: Vec<(String, bool)> =
        all.items.iter().map(|row| (row.instrument.symbol.to_string(), row.adjusted)).collect();
    assert_eq!(
        (names, all.total),
        (vec![("000660".to_owned(), false), ("005930".to_owned(), false), ("005930".to_owned(), true)], 3)
    );
    let may = sessions(date(2026, 5, 1), date(2026, 5, 31)).count() as u64;
    let june = sessions(date(2026, 6, 1), date(2026, 6, 30)).count() as u64;
    let cell =
        |month, expected, stored| Cell { start: date(2026, month, 1), expected, stored, missing: expected - stored };
    assert_eq!(all.items[0].cells, [cell(5, may, 3), cell(6, june, 0)]);
    assert_eq!(all.items[1].cells, [cell(5, may, may), cell(6, june, june - 2)]);
    assert_eq!(all.items[2].total().missing, 0);
    assert_eq!(all.items[1].first, Bar::day_start(date(2026, 5, 4)));

    let found = CoverageFilter { text: Some("하이닉스".to_owned()), ..asked.clone() };
    assert_eq!(coverage::list(&store, &found, ALL).await.expect("a list").total, 1);
    let second = Page { number: 2, size: 2 };
    let page = coverage::list(&store, &asked, second).await.expect("a page");
    assert_eq!((page.items.len(), page.total), (1, 3));

    let earlier = CoverageFilter { from: Some(date(2026, 4, 30)), ..asked };
    let detail = coverage::detail(&store, symbol("005930"), false, &earlier).await.expect("a read").expect("stored");
    let gaps: Vec<_> =
        detail.gaps.iter().map(|gap| (gap.days.first, gap.days.last, gap.days.days, gap.reason)).collect();
    assert_eq!(gaps, [(date(2026, 6, 4), date(2026, 6, 5), 2, GapReason::Missing)], "no day before the first bar");
    let nothing = coverage::detail(&store, symbol("000660"), true, &earlier).await.expect("a read");
    assert_eq!(nothing, None);
}

async fn minutes_are_measured_by_day_within_the_hours(store: Store) {
    list_issue(&store, "005930", "삼성전자").await;
    let monday = Bar::day_start(date(2026, 6, 1));
    let minutes: Vec<Bar> = (8 * 60..18 * 60).map(|minute| bar(monday + TimeDelta::minutes(minute), 70_000)).collect();
    store_bars(&store, "005930", Interval::Minute1, false, &minutes).await;
    let asked = CoverageFilter { from: Some(date(2026, 5, 29)), ..filter(Interval::Minute1, date(2026, 6, 3)) };
    let list = coverage::list(&store, &asked, ALL).await.expect("a list");
    let cells: Vec<_> = list.items[0].cells.iter().map(|cell| (cell.start, cell.expected, cell.stored)).collect();
    assert_eq!(cells, [(date(2026, 6, 1), 381, 381), (date(2026, 6, 2), 381, 0)], "3 June was no session");
    let detail = coverage::detail(&store, symbol("005930"), false, &asked).await.expect("a read").expect("stored");
    let off_session = detail.findings.iter().filter(|finding| finding.flaw == Flaw::OffSession).count();
    assert_eq!(off_session, 60 + 140, "an hour before the opening, and what is later than ten minutes after the close");
}

async fn what_was_asked_for_is_not_missing(store: Store) {
    list_issue(&store, "005930", "삼성전자").await;
    let (first, second) = (date(2026, 6, 4), date(2026, 6, 5));
    let bars = two_months(&[first, second]);
    store_bars(&store, "005930", Interval::Day1, false, &bars).await;
    let asked = filter(Interval::Day1, date(2026, 6, 30));
    let missing = async || {
        let list = coverage::list(&store, &asked, ALL).await.expect("a list");
        list.items[0].total().missing
    };
    assert_eq!(missing().await, 2);
    for day in [first, second, first] {
        let tx = store.begin().await.expect("a transaction");
        note_checked(&tx, symbol("005930"), Interval::Day1, day, day).await.expect("noted");
        tx.commit().await.expect("committed");
    }
    assert_eq!(missing().await, 0);
    let detail = coverage::detail(&store, symbol("005930"), false, &asked).await.expect("a read").expect("stored");
    assert_eq!(detail.gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::Absent]);

    let checked = checked_days(&store, &[symbol("005930")], Interval::Day1).await.expect("a read");
    let checked = &checked[&symbol("005930")];
    assert!(checked.contains(first) && checked.contains(second) && !checked.contains(date(2026, 6, 8)));
    let minutes = checked_days(&store, &[symbol("005930")], Interval::Minute1).await.expect("a read");
    assert!(minutes.is_empty(), "what was asked of one interval says nothing of another");
    forget_checked(&store, symbol("005930"), Interval::Day1).await.expect("forgotten");
    assert_eq!(missing().await, 2);
}

async fn flaws_of_a_raw_series_are_found(store: Store) {
    list_issue(&store, "005930", "삼성전자").await;
    let mut bars = two_months(&[]);
    bars[5].close = Price(50_030);
    bars[10] = day(bars[10].trade_date(), 100_000);
    bars.push(day(date(2026, 6, 3), 50_000));
    for adjusted in [false, true] {
        store_bars(&store, "005930", Interval::Day1, adjusted, &bars).await;
    }
    let asked = filter(Interval::Day1, date(2026, 6, 30));
    let found = async |adjusted| {
        let detail = coverage::detail(&store, symbol("005930"), adjusted, &asked).await.expect("a read");
        detail.expect("stored").findings.iter().map(|finding| finding.flaw).collect::<Vec<_>>()
    };
    assert_eq!(found(false).await, [Flaw::OffGrid, Flaw::Outlier, Flaw::Outlier, Flaw::OffSession]);
    assert_eq!(found(true).await, [], "adjusted prices cannot be judged");
}

async fn longer_bars_are_made_of_what_is_stored(store: Store) {
    let issue = Instrument::new(symbol("005930"), Market::Kospi, InstrumentKind::Stock);
    let kind = |interval| SeriesKind::krx(interval, false);
    let before = Bar::day_start(date(2026, 6, 5));
    let made =
        async |interval, limit| bars::newest_made(&store, &issue, kind(interval), before, limit).await.expect("read");
    assert_eq!(made(Interval::Hour1, 10).await, None);
    let mut minutes = Vec::new();
    for stretch in [date(2026, 6, 1), date(2026, 6, 2)].iter().flat_map(|date| TradingHours::Krx.stretches(*date)) {
        let count = (stretch.continuous_end - stretch.start).num_minutes();
        minutes.extend((0..count).map(|minute| bar(stretch.start + TimeDelta::minutes(minute), 70_000 + minute * 100)));
        minutes.push(bar(stretch.end, 70_000));
    }
    store_bars(&store, "005930", Interval::Minute1, false, &minutes).await;
    let hours = made(Interval::Hour1, 100).await.expect("made");
    assert_eq!((hours.source, hours.bars.len()), (Interval::Minute1, 14));
    let days = made(Interval::Day1, 100).await.expect("made");
    assert_eq!(
        days.bars.iter().map(|bar| (bar.trade_date(), bar.close, bar.volume)).collect::<Vec<_>>(),
        [(date(2026, 6, 1), Price(70_000), Qty(3_810)), (date(2026, 6, 2), Price(70_000), Qty(3_810))]
    );
    let newest = made(Interval::Hour1, 3).await.expect("made");
    assert_eq!(newest.bars, hours.bars[11..], "a bar without its beginning is not shown");
    let fives = made(Interval::Minute5, 1_000).await.expect("made");
    assert_eq!(fives.bars.len(), 2 * 77);
    assert_eq!(made(Interval::Minute1, 10).await, None, "nothing is shorter than a minute");
}

async fn a_backfill_is_recorded_from_request_to_end(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let new = NewBackfill {
        user_id: kim.id,
        symbols: vec![symbol("005930"), symbol("000660")],
        interval: Interval::Day1,
        from: date(2026, 1, 2),
        to: date(2026, 6, 30),
    };
    let created = backfills::create(&store, &new, at(1)).await.expect("created");
    assert_eq!((created.request.clone(), created.status), (new, JobStatus::Queued));
    let done = BackfillProgress { days_missing: 8, days_asked: 2, bars_added: 1, requests: 1 };
    backfills::progress(&store, created.id, done, &[symbol("000660")]).await.expect("noted");
    let read = backfills::get(&store, kim.id, created.id).await.expect("a read").expect("kept");
    assert_eq!((read.status, read.progress, read.progress.fraction()), (JobStatus::Running, done, 0.25));
    assert_eq!(read.unavailable, [symbol("000660")]);
    assert_eq!(backfills::get(&store, lee.id, created.id).await.expect("a read"), None);
    let finished = backfills::finish(&store, created.id, at(9)).await.expect("finished");
    assert_eq!((finished.status, finished.finished_at), (JobStatus::Done, Some(at(9))));
    assert_eq!(backfills::list(&store, kim.id, ALL).await.expect("a list").items, [finished]);
    assert_eq!(backfills::list(&store, lee.id, ALL).await.expect("a list").total, 0);
}

/// Raw prices of the whole market in January and February of five years, with the changes that tell corporate actions.
#[tokio::test(flavor = "multi_thread")]
async fn the_real_market_has_no_flaw_that_nobody_can_explain() {
    let Some(master) = shared_master() else { return };
    let slices = master.with_file_name("krx_daily_raw_slices_2021_2026.parquet");
    with_sqlite(async |db| {
        let store = db.store;
        let now = Bar::day_start(date(2026, 8, 21));
        let file = SymbolFile { path: master, file_name: "symbols.csv".to_owned(), strict: false };
        symbols::import(&store, &file, now).await.expect("imported");
        let file = ImportFile {
            path: slices,
            file_name: "slices.parquet".to_owned(),
            interval: Interval::Day1,
            adjusted: false,
            strict: false,
        };
        let report = import::run(&store, &file, &mut |_| {}, &CancellationToken::new(), now).await.expect("imported");
        eprintln!("{} rows read, set aside {:?}", report.rows_read, report.reasons);

        let asked = filter(Interval::Day1, date(2026, 2, 27));
        let page = Page { number: 1, size: 100 };
        let began = Instant::now();
        let list = coverage::list(&store, &asked, page).await.expect("a list");
        eprintln!("a page of 100 of {} series took {:?}", list.total, began.elapsed());
        assert!(list.total > 3_000, "{}", list.total);

        let all = coverage::list(&store, &asked, Page { number: 1, size: list.total }).await.expect("a list");
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut outliers = Vec::new();
        for row in &all.items {
            let symbol = row.instrument.symbol;
            let detail = coverage::detail(&store, symbol, false, &asked).await.expect("a read").expect("stored");
            for finding in detail.findings {
                *counts.entry(finding.flaw.as_str()).or_default() += 1;
                let has_left = row.instrument.states.contains(IssueState::Delisted);
                if finding.flaw == Flaw::Outlier && !has_left {
                    outliers.push((symbol, finding));
                }
            }
        }
        eprintln!("{counts:?}");
        assert_eq!((counts.get("off_grid"), counts.get("off_session")), (None, None));
        assert_eq!(outliers, [], "of issues that are still listed");
        assert!(counts["outlier"] < 100, "those that left were sold off without limits, on days nobody told");
    })
    .await;
}
