//! Sweeps and their trials.

use std::time::Duration;

use exodus_store::jobs::{self, JobKind, JobStatus, NewJob};
use exodus_store::sweeps::{self, NewSweep, Sweep, SweepTrial, TrialSort};
use exodus_store::{Page, Store, StoreError};
use serde_json::json;

use crate::harness::{ALL, at, on_each_database, user};

on_each_database!(
    trials_are_kept_as_they_come,
    trials_are_sorted_by_anything,
    a_sweep_ends_once_and_can_be_resumed,
    a_cancelled_job_ends_its_sweep,
);

const KIND: JobKind =
    JobKind { name: "sweep", max_attempts: 3, timeout: Duration::from_secs(60), backoff: Duration::from_secs(1) };

async fn made(store: &Store, user_id: i64) -> Sweep {
    let new = NewSweep { user_id, name: "격자".to_owned(), request: json!({ "axes": {} }), trials_total: 4 };
    let sweep = sweeps::create(store, &new, at(1)).await.expect("recorded");
    assert_eq!((&sweep.request, sweep.status, sweep.trials_done), (&new, JobStatus::Queued, 0));
    sweep
}

fn trial(number: i32, objective: Option<f64>) -> SweepTrial {
    SweepTrial {
        fold: 0,
        number,
        parameters: json!({ "lookback": number }),
        objective,
        total_return: objective.map(|value| value * 2.0),
        annual_return: None,
        sharpe_ratio: objective,
        max_drawdown: Some(-0.1),
        trades_count: Some(i64::from(number)),
        document: json!({ "글": number }),
        error: objective.is_none().then(|| "no bars".to_owned()),
    }
}

async fn trials_are_kept_as_they_come(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let id = made(&store, kim.id).await.id;
    sweeps::add_trials(&store, id, &[trial(0, Some(1.0)), trial(2, None)], at(2)).await.expect("stored");
    // A job that was interrupted brings one again.
    sweeps::add_trials(&store, id, &[trial(2, Some(9.0)), trial(1, Some(0.5))], at(3)).await.expect("stored");
    let all = sweeps::all_trials(&store, id).await.expect("a read");
    assert_eq!(all, [trial(0, Some(1.0)), trial(1, Some(0.5)), trial(2, None)]);
    let sweep = sweeps::get(&store, kim.id, id).await.expect("a read").expect("the sweep");
    assert_eq!(sweep.trials_done, 3);
    assert_eq!(sweeps::get(&store, lee.id, id).await.expect("a read"), None);
    let of_lee = sweeps::trials(&store, lee.id, id, 0, TrialSort::Number, false, ALL).await;
    assert!(matches!(of_lee, Err(StoreError::NotFound)));
    assert_eq!(sweeps::list(&store, lee.id, ALL).await.expect("a read").total, 0);
    assert_eq!(sweeps::list(&store, kim.id, ALL).await.expect("a read").items, [sweep]);

    let many: Vec<SweepTrial> = (3..5_003).map(|number| trial(number, Some(f64::from(number)))).collect();
    sweeps::add_trials(&store, id, &many, at(4)).await.expect("stored");
    assert_eq!(sweeps::find(&store, id).await.expect("a read").map(|sweep| sweep.trials_done), Some(5_003));
}

async fn trials_are_sorted_by_anything(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let id = made(&store, kim.id).await.id;
    let all = [trial(0, Some(0.5)), trial(1, None), trial(2, Some(2.0)), trial(3, Some(0.5))];
    sweeps::add_trials(&store, id, &all, at(2)).await.expect("stored");
    let of_fold = SweepTrial { fold: 1, ..trial(0, Some(7.0)) };
    sweeps::add_trials(&store, id, std::slice::from_ref(&of_fold), at(2)).await.expect("stored");
    assert_eq!(sweeps::all_trials(&store, id).await.expect("a read").last(), Some(&of_fold));
    let sorted = async |sort: TrialSort, descending: bool, page: Page| {
        let page = sweeps::trials(&store, kim.id, id, 0, sort, descending, page).await.expect("a page");
        assert_eq!(page.total, 4);
        page.items.iter().map(|trial| trial.number).collect::<Vec<_>>()
    };
    assert_eq!(sorted(TrialSort::Objective, true, ALL).await, [2, 0, 3, 1]);
    assert_eq!(sorted(TrialSort::Objective, false, ALL).await, [0, 3, 2, 1]);
    assert_eq!(sorted(TrialSort::TradesCount, true, ALL).await, [3, 2, 1, 0]);
    assert_eq!(sorted(TrialSort::Number, true, Page { number: 2, size: 3 }).await, [0]);
}

async fn a_sweep_ends_once_and_can_be_resumed(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let id = made(&store, kim.id).await.id;
    assert!(matches!(sweeps::delete(&store, kim.id, id).await, Err(StoreError::Conflict("running"))));
    assert!(matches!(sweeps::resume(&store, kim.id, id, at(2)).await, Err(StoreError::Conflict("running"))));
    sweeps::progress(&store, id, 0.5, at(2)).await.expect("noted");
    let outcome = json!({ "best": 2 });
    sweeps::finish_done(&store, id, &outcome, at(3)).await.expect("stored");
    let done = sweeps::get(&store, kim.id, id).await.expect("a read").expect("the sweep");
    assert_eq!((done.status, done.progress, &done.outcome), (JobStatus::Done, 1.0, &Some(outcome)));
    assert!(matches!(sweeps::resume(&store, kim.id, id, at(4)).await, Err(StoreError::Conflict("done"))));
    sweeps::add_trials(&store, id, &[trial(0, None)], at(4)).await.expect("stored");
    sweeps::delete(&store, kim.id, id).await.expect("deleted");
    assert_eq!(sweeps::find(&store, id).await.expect("a read"), None);
    assert_eq!(sweeps::all_trials(&store, id).await.expect("a read"), []);
}

async fn a_cancelled_job_ends_its_sweep(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let id = made(&store, kim.id).await.id;
    let tx = store.begin().await.expect("a transaction");
    let (job, _) = jobs::enqueue(&tx, &KIND, &NewJob::default(), at(2)).await.expect("queued");
    sweeps::set_job(&tx, id, job).await.expect("noted");
    tx.commit().await.expect("committed");
    jobs::request_cancel(&store, job, at(3)).await.expect("cancelled");
    let cancelled = sweeps::find(&store, id).await.expect("a read").expect("the sweep");
    assert_eq!((cancelled.status, cancelled.finished_at), (JobStatus::Cancelled, Some(at(3))));
    sweeps::resume(&store, kim.id, id, at(4)).await.expect("waits again");
    let waiting = sweeps::find(&store, id).await.expect("a read").expect("the sweep");
    assert_eq!((waiting.status, waiting.finished_at, waiting.error), (JobStatus::Queued, None, None));
}
