//! Backtests and the records of imports.

use chrono::NaiveDate;
use exodus_domain::{CommissionPlan, CommissionTerms, Interval, Price, Qty, Side, Won};
use exodus_store::backtests::{self, Backtest, BacktestSummary, BacktestTrade, NewBacktest};
use exodus_store::import::{ImportProgress, ImportReport, QuarantinedRow};
use exodus_store::imports::{self, Import, ImportKind, NewImport};
use exodus_store::jobs::JobStatus;
use exodus_store::strategies::{self, StrategyFields};
use exodus_store::{Page, Store, StoreError};
use serde_json::json;

use crate::harness::{ALL, at, on_each_database, symbol, user};

on_each_database!(
    a_backtest_keeps_its_result,
    a_backtest_that_runs_again_has_one_result,
    a_running_backtest_is_not_deleted,
    the_last_backtest_of_each_strategy,
    an_import_keeps_its_record,
);

fn request(user_id: i64, strategy_id: Option<i64>) -> NewBacktest {
    NewBacktest {
        user_id,
        strategy_id,
        name: "첫 시험".to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "lookback": 20 }),
        symbols: vec![symbol("005930")],
        start_date: NaiveDate::from_ymd_opt(2020, 1, 2).expect("a date"),
        end_date: NaiveDate::from_ymd_opt(2025, 12, 30).expect("a date"),
        initial_capital: Won(100_000_000),
        commission: CommissionTerms::Plan(CommissionPlan::FeeWaiver),
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
    backtests::finish_done(&store, made.id, &summary(0.12), &results, &all, at(3)).await.expect("stored");
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
        let all = trades(count);
        backtests::finish_done(&store, made.id, &summary(total_return), &json!({}), &all, at(3)).await.expect("stored");
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
        backtests::finish_done(&store, id, &summary(total_return), &json!({}), &[], at(3)).await.expect("stored");
    }
    made(&store, kim.id, Some(strategy)).await; // Still waits.
    let latest = backtests::latest_done(&store, kim.id, &[strategy, 999]).await.expect("a read");
    let returns: Vec<_> = latest.iter().map(|b| b.summary.as_ref().map(|s| s.total_return)).collect();
    assert_eq!(returns, [Some(0.2)]);
    assert_eq!(backtests::list(&store, kim.id, Some(strategy), ALL).await.expect("a read").total, 3);
}

async fn an_import_keeps_its_record(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let new = NewImport {
        user_id: Some(kim.id),
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
