//! Backtests and the records of imports.

use chrono::NaiveDate;
use exodus_domain::{CommissionPlan, CommissionTerms, Interval, Price, Qty, Side, Won};
use exodus_store::backtests::{
    self, Backtest, BacktestCheck, BacktestOutcome, BacktestSummary, BacktestTrade, CheckKind, NewBacktest,
    RoundTripSort, StoredRoundTrip,
};
use exodus_store::import::{ImportProgress, ImportReport, QuarantinedRow};
use exodus_store::imports::{self, Import, ImportKind, ImportSource, NewImport};
use exodus_store::jobs::JobStatus;
use exodus_store::strategies::{self, StrategyFields};
use exodus_store::{Page, Store, StoreError};
use serde_json::{Value, json};

use crate::harness::{ALL, at, on_each_database, symbol, user};

on_each_database!(
    a_backtest_keeps_its_result,
    a_backtest_that_runs_again_has_one_result,
    a_running_backtest_is_not_deleted,
    a_backtest_is_named_and_noted,
    round_trips_are_sorted_by_anything,
    a_check_is_recorded_until_the_next_one,
    the_last_backtest_of_each_strategy,
    an_import_keeps_its_record,
    a_broker_is_asked_for_one_lot_at_a_time,
);

fn request(user_id: i64, strategy_id: Option<i64>) -> NewBacktest {
    NewBacktest {
        user_id,
        strategy_id,
        strategy_version: strategy_id.map(|_| 3),
        name: "첫 시험".to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "lookback": 20 }),
        symbols: vec![symbol("005930")],
        start_date: NaiveDate::from_ymd_opt(2020, 1, 2).expect("a date"),
        end_date: NaiveDate::from_ymd_opt(2025, 12, 30).expect("a date"),
        initial_capital: Won(100_000_000),
        commission: CommissionTerms::Plan(CommissionPlan::FeeWaiver),
        options: json!({ "benchmark": "KOSPI", "글": [1, null] }),
    }
}

fn outcome(total_return: f64, results: Value, trades: Vec<BacktestTrade>) -> BacktestOutcome {
    BacktestOutcome {
        summary: summary(total_return),
        results,
        curve: vec![0.0, total_return],
        trades,
        round_trips: Vec::new(),
    }
}

fn summary(total_return: f64) -> BacktestSummary {
    BacktestSummary {
        final_capital: Won(112_345_678),
        total_return,
        annual_return: 0.02,
        max_drawdown: 0.1,
        sharpe_ratio: None,
        win_rate: Some(0.5),
        trades_count: 7_000,
    }
}

fn trades(count: i64) -> Vec<BacktestTrade> {
    let trade = |n: i64| BacktestTrade {
        strategy_number: (n != 0).then_some(2),
        symbol: symbol("005930"),
        side: if n % 2 == 0 { Side::Buy } else { Side::Sell },
        quantity: Qty(n + 1),
        price: Price(70_000),
        commission: Won(9),
        tax: Won(n % 2),
        realized_pnl: (n % 2 == 1).then_some(Won(-n)),
        executed_at: at(n),
    };
    (0..count).map(trade).collect()
}

async fn made(store: &Store, user_id: i64, strategy_id: Option<i64>) -> Backtest {
    backtests::create(store, &request(user_id, strategy_id), at(1)).await.expect("recorded")
}

async fn a_backtest_keeps_its_result(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let made = made(&store, kim.id, None).await;
    assert_eq!((made.status, &made.request, &made.summary), (JobStatus::Queued, &request(kim.id, None), &None));
    backtests::set_job(&store, made.id, 17).await.expect("noted");
    backtests::progress(&store, made.id, 0.25, at(2)).await.expect("noted");
    let running = backtests::get(&store, kim.id, made.id).await.expect("a read").expect("the backtest");
    assert_eq!((running.status, running.progress, running.job_id), (JobStatus::Running, 0.25, Some(17)));

    let results = json!({ "equity": [["2020-01-02", 100_000_000]], "글": null });
    let all = trades(7_000);
    let outcome = outcome(0.12, results.clone(), all.clone());
    backtests::finish_done(&store, made.id, &outcome, at(3)).await.expect("stored");
    let done = backtests::list(&store, kim.id, None, ALL).await.expect("a read").items.remove(0);
    assert_eq!((done.status, done.summary, done.finished_at), (JobStatus::Done, Some(summary(0.12)), Some(at(3))));
    assert_eq!(backtests::results(&store, kim.id, made.id).await.expect("a read"), Some(results));
    assert_eq!(backtests::all_trades(&store, kim.id, made.id).await.expect("a read"), all);
    let page = backtests::trades(&store, kim.id, made.id, Page { number: 2, size: 50 }).await.expect("a page");
    assert_eq!((page.total, &page.items[..]), (7_000, &all[50..100]));

    assert_eq!(backtests::get(&store, lee.id, made.id).await.expect("a read"), None);
    assert_eq!(backtests::results(&store, lee.id, made.id).await.expect("a read"), None);
    assert!(matches!(backtests::all_trades(&store, lee.id, made.id).await, Err(StoreError::NotFound)));
    assert!(matches!(backtests::delete(&store, lee.id, made.id).await, Err(StoreError::NotFound)));
    backtests::delete(&store, kim.id, made.id).await.expect("deleted");
    assert_eq!(backtests::get(&store, kim.id, made.id).await.expect("a read"), None);
}

async fn a_backtest_that_runs_again_has_one_result(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = made(&store, kim.id, None).await;
    for (count, total_return) in [(10, 0.1), (4, 0.2)] {
        let outcome = outcome(total_return, json!({}), trades(count));
        backtests::finish_done(&store, made.id, &outcome, at(3)).await.expect("stored");
    }
    assert_eq!(backtests::all_trades(&store, kim.id, made.id).await.expect("a read"), trades(4));
}

async fn a_running_backtest_is_not_deleted(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = made(&store, kim.id, None).await;
    let delete = backtests::delete(&store, kim.id, made.id).await;
    assert!(matches!(delete, Err(StoreError::Conflict("running"))), "{delete:?}");
    backtests::finish(&store, made.id, JobStatus::Failed, Some("no bars"), at(2)).await.expect("noted");
    let failed = backtests::find(&store, made.id).await.expect("a read").expect("the backtest");
    assert_eq!((failed.status, failed.error.as_deref()), (JobStatus::Failed, Some("no bars")));
    backtests::delete(&store, kim.id, made.id).await.expect("deleted");
}

async fn a_backtest_is_named_and_noted(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let made = made(&store, kim.id, None).await;
    assert_eq!((made.note.as_str(), made.request.name.as_str()), ("", "첫 시험"));
    let describe = async |user_id: i64, name: Option<&str>, note: Option<&str>| {
        let (name, note) = (name.map(str::to_owned), note.map(str::to_owned));
        backtests::describe(&store, user_id, made.id, name, note, at(5)).await
    };
    let noted = describe(kim.id, None, Some("오후에\n다시")).await.expect("noted");
    assert_eq!((noted.note.as_str(), noted.request.name.as_str()), ("오후에\n다시", "첫 시험"));
    let named = describe(kim.id, Some("둘째"), None).await.expect("named");
    assert_eq!((named.note.as_str(), named.request.name.as_str()), ("오후에\n다시", "둘째"));
    assert_eq!(describe(kim.id, None, None).await.expect("nothing to change"), named);
    assert!(matches!(describe(lee.id, Some("mine"), None).await, Err(StoreError::NotFound)));
}

fn round_trip(n: i64, pnl: i64, mae: Option<i64>) -> StoredRoundTrip {
    StoredRoundTrip {
        symbol: symbol(if n % 2 == 0 { "005930" } else { "000660" }),
        opened_at: at(n),
        closed_at: (n != 2).then(|| at(n + 10)),
        shares_bought: Qty(10),
        shares_sold: Qty(if n == 2 { 4 } else { 10 }),
        bought: Won(1_000),
        sold: Won(1_000 + pnl),
        costs: Won(3),
        pnl: Won(pnl),
        return_on_cost: Some(pnl as f64 / 1_000.0),
        mae: mae.map(Won),
        mfe: None,
        holding_sessions: 3,
    }
}

async fn round_trips_are_sorted_by_anything(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let id = made(&store, kim.id, None).await.id;
    let trips = vec![round_trip(0, 50, Some(-7)), round_trip(1, -20, None), round_trip(2, 90, Some(-1))];
    let outcome = BacktestOutcome { round_trips: trips.clone(), ..outcome(0.1, json!({}), Vec::new()) };
    for _ in 0..2 {
        backtests::finish_done(&store, id, &outcome, at(3)).await.expect("stored");
    }
    let sorted = async |sort: RoundTripSort, descending: bool| {
        let page = backtests::round_trips(&store, kim.id, id, sort, descending, ALL).await.expect("a page");
        assert_eq!(page.total, 3);
        let place = |trip: &StoredRoundTrip| trips.iter().position(|one| one == trip).expect("as it was stored");
        page.items.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(sorted(RoundTripSort::OpenedAt, true).await, [2, 1, 0]);
    assert_eq!(sorted(RoundTripSort::Pnl, false).await, [1, 0, 2]);
    assert_eq!(sorted(RoundTripSort::Return, true).await, [2, 0, 1]);
    assert_eq!(sorted(RoundTripSort::Symbol, false).await, [1, 0, 2]);
    // What has no value comes last both ways.
    assert_eq!(sorted(RoundTripSort::Mae, false).await, [0, 2, 1]);
    assert_eq!(sorted(RoundTripSort::Mae, true).await, [2, 0, 1]);
    assert_eq!(sorted(RoundTripSort::ClosedAt, true).await, [1, 0, 2]);
    let of_lee = backtests::round_trips(&store, lee.id, id, RoundTripSort::Pnl, false, ALL).await;
    assert!(matches!(of_lee, Err(StoreError::NotFound)));
    backtests::delete(&store, kim.id, id).await.expect("deleted with its round trips");
}

async fn a_check_is_recorded_until_the_next_one(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let id = made(&store, kim.id, None).await.id;
    backtests::finish_done(&store, id, &outcome(0.1, json!({}), Vec::new()), at(3)).await.expect("stored");
    let kind = CheckKind::Robustness;
    let start = async |time: i64| {
        let tx = store.begin().await.expect("a transaction");
        let started = backtests::start_check(&tx, id, kind, at(time)).await;
        if started.is_ok() {
            tx.commit().await.expect("committed");
        }
        started
    };
    start(4).await.expect("recorded");
    assert!(matches!(start(4).await, Err(StoreError::Conflict("running"))));
    assert!(matches!(backtests::delete(&store, kim.id, id).await, Err(StoreError::Conflict("running"))));
    backtests::set_check_job(&store, id, kind, 9).await.expect("noted");
    backtests::check_progress(&store, id, kind, 0.5, at(5)).await.expect("noted");
    let running = backtests::find_check(&store, id, kind).await.expect("a read").expect("the check");
    assert_eq!((running.status, running.progress, running.job_id), (JobStatus::Running, 0.5, Some(9)));
    let done = json!({ "checks": ["통과"] });
    backtests::finish_check_done(&store, id, kind, &done, at(6)).await.expect("stored");
    let checks = backtests::checks_of(&store, &[id, 999]).await.expect("a read");
    let expected = BacktestCheck {
        backtest_id: id,
        kind,
        status: JobStatus::Done,
        progress: 1.0,
        outcome: Some(done),
        error: None,
        job_id: Some(9),
        created_at: at(4),
        finished_at: Some(at(6)),
    };
    assert_eq!(checks, [expected]);
    // The next one starts from nothing.
    start(7).await.expect("recorded");
    let again = backtests::find_check(&store, id, kind).await.expect("a read").expect("the check");
    assert_eq!((again.status, again.outcome, again.job_id), (JobStatus::Queued, None, None));
    backtests::finish_check_done(&store, id, kind, &json!({}), at(8)).await.expect("stored");
    backtests::delete(&store, kim.id, id).await.expect("deleted with its checks");
}

async fn the_last_backtest_of_each_strategy(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let fields = StrategyFields {
        name: "a".to_owned(),
        description: String::new(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({}),
        symbols: vec![],
    };
    let strategy = strategies::create(&store, kim.id, &fields, at(0)).await.expect("made").id;
    for total_return in [0.1, 0.2] {
        let id = made(&store, kim.id, Some(strategy)).await.id;
        let outcome = outcome(total_return, json!({}), Vec::new());
        backtests::finish_done(&store, id, &outcome, at(3)).await.expect("stored");
    }
    made(&store, kim.id, Some(strategy)).await; // Still waits.
    let latest = backtests::latest_done(&store, kim.id, &[strategy, 999]).await.expect("a read");
    let [last] = latest.as_slice() else { panic!("not one: {latest:?}") };
    assert_eq!((last.strategy_id, last.strategy_version, &last.summary), (strategy, Some(3), &summary(0.2)));
    assert_eq!(last.curve, Some(vec![0.0, 0.2]));
    backtests::set_curve(&store, last.id, &[]).await.expect("stored");
    let latest = backtests::latest_done(&store, kim.id, &[strategy]).await.expect("a read");
    assert_eq!(latest[0].curve, Some(Vec::new()));
    let (lee, _) = user(&store, "lee").await;
    assert_eq!(backtests::latest_done(&store, lee.id, &[strategy]).await.expect("a read"), []);
    assert_eq!(backtests::list(&store, kim.id, Some(strategy), ALL).await.expect("a read").total, 3);
}

async fn an_import_keeps_its_record(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let new = NewImport {
        user_id: Some(kim.id),
        source: ImportSource::File,
        kind: ImportKind::Bars,
        file_name: "가격.csv".to_owned(),
        interval: Interval::Day1,
        adjusted: true,
        strict: false,
    };
    let made = imports::create(&store, &new, at(1)).await.expect("recorded");
    imports::set_job(&store, made.id, 5).await.expect("noted");
    let half = ImportProgress { rows_read: 50, total: 200 };
    let running = imports::progress(&store, made.id, half, at(2)).await.expect("noted");
    assert_eq!((running.status, running.progress, running.job_id), (JobStatus::Running, 0.25, Some(5)));
    let report = ImportReport {
        rows_read: 200,
        rows_added: 150,
        rows_changed: 10,
        rows_unchanged: 40,
        symbols: 3,
        reasons: [("zero".to_owned(), 2), ("future".to_owned(), 1)].into(),
        quarantined: vec![wrong_row(7, "zero"), wrong_row(9, "future"), wrong_row(12, "zero")],
        ..ImportReport::default()
    };
    let done = finish_done(&store, made.id, &report).await;
    assert_eq!((done.status, done.rows_added, done.rows_unchanged, done.symbols), (JobStatus::Done, 150, 40, 3));
    assert_eq!((done.rows_changed, done.rows_quarantined, &done.reasons), (10, 3, &report.reasons));
    let all = imports::quarantine(&store, made.id, None, ALL).await.expect("a read");
    assert_eq!((all.total, &all.items), (3, &report.quarantined));
    let zero = imports::quarantine(&store, made.id, Some("zero"), Page { number: 2, size: 1 }).await.expect("a read");
    assert_eq!((zero.total, zero.items), (2, vec![wrong_row(12, "zero")]));
    assert_eq!(imports::get(&store, kim.id, made.id).await.expect("a read"), Some(done));
    assert_eq!(imports::get(&store, lee.id, made.id).await.expect("a read"), None);
    let failed = imports::finish(&store, made.id, JobStatus::Failed, Some("row 3"), at(4)).await.expect("noted");
    assert_eq!((failed.status, failed.error.as_deref()), (JobStatus::Failed, Some("row 3")));
    assert_eq!(imports::list(&store, kim.id, ALL).await.expect("a read").total, 1);

    // What the command line brings in is everybody's to look at.
    let by_hand = imports::create(&store, &NewImport { user_id: None, ..new }, at(5)).await.expect("recorded");
    finish_done(&store, by_hand.id, &report).await;
    let seen = imports::get(&store, lee.id, by_hand.id).await.expect("a read").expect("the import");
    assert_eq!((seen.user_id, seen.rows_quarantined), (None, 3));
    assert_eq!(imports::list(&store, kim.id, ALL).await.expect("a read").total, 2);
}

async fn a_broker_is_asked_for_one_lot_at_a_time(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let new = |file: &str| NewImport {
        user_id: None,
        source: ImportSource::Broker,
        kind: ImportKind::Symbols,
        file_name: file.to_owned(),
        interval: Interval::Day1,
        adjusted: false,
        strict: false,
    };
    let lot = [new("kospi_code.mst"), new("kosdaq_code.mst")];
    let ask = async |seconds| {
        let tx = store.begin().await.expect("a transaction");
        let asked = imports::ask_broker(&tx, &lot, at(seconds)).await.expect("a decision");
        tx.commit().await.expect("committed");
        asked
    };
    let asked = ask(1).await.expect("nothing else is being asked for");
    let files: Vec<&str> = asked.iter().map(|import| import.file_name.as_str()).collect();
    assert_eq!(files, ["kospi_code.mst", "kosdaq_code.mst"]);
    assert_eq!(ask(2).await, None, "it is being asked for");
    let problem = json!({ "code": "UNREACHABLE" });
    imports::set_problem(&store, asked[0].id, problem.clone()).await.expect("noted");
    let waiting = imports::get(&store, kim.id, asked[0].id).await.expect("a read").expect("everybody may see it");
    assert_eq!(
        (waiting.status, waiting.source, waiting.problem),
        (JobStatus::Queued, ImportSource::Broker, Some(problem))
    );
    let report = ImportReport::default();
    assert_eq!(finish_done(&store, asked[0].id, &report).await.problem, None, "it came after all");
    assert_eq!(ask(4).await, None, "the other one has not");
    imports::finish(&store, asked[1].id, JobStatus::Dead, Some("no answer"), at(5)).await.expect("noted");
    let by_hand = imports::create(&store, &NewImport { source: ImportSource::File, ..new("own.mst") }, at(5)).await;
    let by_hand = finish_done(&store, by_hand.expect("recorded").id, &report).await;

    // The lot of long ago is forgotten with the next one, what people brought is not.
    let next = ask(20 * 24 * 3_600).await.expect("nothing is being asked for");
    let seen = imports::list(&store, kim.id, ALL).await.expect("a read").items;
    let ids: Vec<i64> = seen.iter().map(|import| import.id).collect();
    assert_eq!(ids, [next[1].id, next[0].id, by_hand.id]);
}

async fn finish_done(store: &Store, id: i64, report: &ImportReport) -> Import {
    let tx = store.begin().await.expect("a transaction");
    let done = imports::finish_done(&tx, id, report, at(3)).await.expect("noted");
    tx.commit().await.expect("committed");
    done
}

fn wrong_row(row: u64, reason: &str) -> QuarantinedRow {
    QuarantinedRow {
        row,
        symbol: "005930".to_owned(),
        time: "2026-08-20".to_owned(),
        field: "close".to_owned(),
        reason: reason.to_owned(),
        cells: "1,2,3,4,5".to_owned(),
    }
}
