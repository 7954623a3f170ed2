//! The jobs of this crate on the real runner and a real database, when something goes wrong.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};
use exodus_domain::{
    Bar, Clock, CommissionTerms, Instrument, InstrumentKind, Interval, Market, Price, Qty, Symbol, Won, kst_date,
};
use exodus_store::backtests::{self, Backtest, NewBacktest};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::jobs::{self, JobRunner, JobStatus};
use exodus_store::users::{self, NewUser};
use exodus_store::{Store, instruments};
use serde_json::json;

use super::{backtest, register};
use crate::backtests::run::PANICS;
use crate::backtests::setup::Options;
use crate::bootstrap::{DataFolder, Platform};
use crate::config::Config;

const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2020, 1, 2).expect("a day");
const DAYS: i64 = 400;

/// Prices that rise and fall by turns.
fn history() -> Vec<Bar> {
    let bar = |day: i64| {
        let close = 10_000 + 50 * (day % 40 - 20).abs();
        let [open, high, low, close] = [close, close + 50, close - 50, close].map(Price);
        let open_time = Bar::day_start(FIRST_DAY) + TimeDelta::days(day);
        Bar { open_time, open, high, low, close, volume: Qty(1_000_000) }
    };
    (0..DAYS).map(bar).collect()
}

async fn store_history(store: &Store, symbol: Symbol) {
    let tx = store.begin().await.expect("a transaction");
    let issue = Instrument::new(symbol, Market::Kospi, InstrumentKind::Stock);
    instruments::upsert(&tx, &[issue], Bar::day_start(FIRST_DAY)).await.expect("an issue");
    let series = [(symbol, history())];
    bars::append_many(&tx, SeriesKind::krx(Interval::Day1, true), &series).await.expect("bars");
    tx.commit().await.expect("committed");
}

/// Queues a backtest with `capital`; tells its number and that of its job.
async fn order(platform: &Platform, user_id: i64, symbol: Symbol, capital: Won) -> (i64, i64) {
    let new = NewBacktest {
        user_id,
        strategy_id: None,
        strategy_version: None,
        name: "A test".to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "lookback": 5, "entry_threshold_percent": 1.0 }),
        symbols: vec![symbol],
        start_date: FIRST_DAY,
        end_date: kst_date(Bar::day_start(FIRST_DAY) + TimeDelta::days(DAYS - 1)),
        initial_capital: capital,
        commission: CommissionTerms::default(),
        options: Options::default().stored(),
    };
    let now = platform.clock.now();
    let tx = platform.store.begin().await.expect("a transaction");
    let id = backtests::create(&tx, &new, now).await.expect("a backtest").id;
    let job_id = backtest::enqueue(&tx, id, now).await.expect("a job");
    backtests::set_job(&tx, id, job_id).await.expect("its job");
    tx.commit().await.expect("committed");
    (id, job_id)
}

async fn ended(store: &Store, id: i64) -> Backtest {
    loop {
        let backtest = backtests::find(store, id).await.expect("a database").expect("a backtest");
        if !backtest.status.is_live() {
            return backtest;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_that_panics_ends_its_job_with_the_reason_and_stops_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = ("EXODUS_DATA_DIR".to_owned(), folder.path().display().to_string());
    let config = Config::from_variables(&BTreeMap::from([data_dir])).expect("settings");
    let platform = Platform::open(&config, DataFolder::claim(&config).expect("the folder")).await.expect("a platform");
    let store = &platform.store;
    let symbol: Symbol = "900001".parse().expect("a symbol");
    store_history(store, symbol).await;
    let user = NewUser {
        email: "kim@example.com".to_owned(),
        hashed_password: "none".to_owned(),
        full_name: "Kim".to_owned(),
    };
    let user_id = users::create(store, &user, users::Role::User, platform.clock.now()).await.expect("a user").id;

    let (panics, its_job) = order(&platform, user_id, symbol, PANICS).await;
    let (good, _) = order(&platform, user_id, symbol, Won(10_000_000)).await;
    let clock: Arc<dyn Clock> = platform.clock.clone();
    let runner = JobRunner::new(store.clone(), clock, "the only worker");
    // One at a time: the good one runs where the other one panicked.
    let runner = register(runner, &platform).start(1).await.expect("a runner");

    let failed = ended(store, panics).await;
    let reason = "the run stopped by a defect of the program: the average of nothing";
    assert_eq!(failed.status, JobStatus::Failed, "{failed:?}");
    assert_eq!(failed.error.as_deref(), Some(reason));
    assert!(failed.summary.is_none());
    let job = jobs::get(store, its_job).await.expect("a database").expect("its job");
    assert_eq!((job.status, job.attempts), (JobStatus::Failed, 1), "it is not run again: it would panic again");

    let done = ended(store, good).await;
    assert_eq!((done.status, done.error), (JobStatus::Done, None));
    assert!(done.summary.is_some_and(|figures| figures.trades_count > 0));
    runner.stop().await;
}
