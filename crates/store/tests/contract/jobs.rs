//! Background jobs: the embedded runner on SQLite, graphile_worker on PostgreSQL.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use exodus_domain::{Clock, Interval};
use exodus_store::imports::{self, ImportKind, ImportSource, NewImport};
use exodus_store::jobs::{self, Job, JobContext, JobError, JobKind, JobRunner, JobStatus, NewJob, RunnerHandle};
use exodus_store::{Durability, Store, StoreUrl};
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{ALL, RealClock, TestDb, on_each_database, on_each_database_with_raw_sql, user};

on_each_database!(
    a_job_runs_once_with_its_payload,
    a_job_exists_only_if_its_transaction_commits,
    a_unique_key_is_live_once,
    urgent_jobs_run_first,
    a_job_waits_for_its_time,
    a_failing_job_is_tried_again_after_growing_pauses_until_it_is_dead,
    a_job_that_cannot_be_done_is_tried_once,
    a_panic_is_an_attempt,
    an_attempt_may_take_only_so_long,
    a_waiting_job_is_cancelled_at_once,
    a_running_job_is_told_to_stop,
    progress_can_be_read,
    an_interrupted_job_is_given_back_uncounted,
    a_long_job_lets_others_go_first_and_goes_on,
    an_import_ends_with_its_job,
);
on_each_database_with_raw_sql!(
    a_job_of_a_killed_process_runs_again,
    a_job_that_kills_its_process_ends_dead,
    a_worker_that_was_stopped_for_long_cannot_say_done,
);

const QUICK: JobKind =
    JobKind { name: "quick", max_attempts: 3, timeout: Duration::from_secs(20), backoff: Duration::from_millis(100) };

const WAIT: Duration = Duration::from_secs(20);

fn now() -> chrono::DateTime<chrono::Utc> {
    RealClock.now()
}

fn runner(store: &Store, name: &str) -> JobRunner {
    JobRunner::new(store.clone(), Arc::new(RealClock), name).lease(Duration::from_millis(1_500))
}

/// A runner of one kind.
async fn start<F, Fut>(store: &Store, concurrency: usize, handler: F) -> RunnerHandle
where
    F: Fn(JobContext, Value) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), JobError>> + Send + 'static,
{
    runner(store, "worker").register(&QUICK, handler).start(concurrency).await.expect("started")
}

async fn add(store: &Store, kind: &JobKind, new: &NewJob) -> (i64, bool) {
    let tx = store.begin().await.expect("a transaction");
    let added = jobs::enqueue(&tx, kind, new, now()).await.expect("added");
    tx.commit().await.expect("committed");
    added
}

async fn add_quick(store: &Store) -> i64 {
    add(store, &QUICK, &NewJob::default()).await.0
}

async fn job(store: &Store, id: i64) -> Job {
    jobs::get(store, id).await.expect("a read").expect("the job")
}

async fn until(store: &Store, id: i64, wanted: impl Fn(&Job) -> bool) -> Job {
    let start = Instant::now();
    loop {
        let job = job(store, id).await;
        if wanted(&job) {
            return job;
        }
        assert!(start.elapsed() < WAIT, "still {job:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ended(store: &Store, id: i64) -> Job {
    until(store, id, |job| !job.status.is_live()).await
}

async fn a_job_runs_once_with_its_payload(store: Store) {
    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let seeing = Arc::clone(&seen);
    let handle = start(&store, 4, move |context, payload| {
        seeing.lock().expect("no panic").push(json!([context.job_id(), context.attempt(), payload]));
        async { Ok(()) }
    })
    .await;
    let payloads: Vec<Value> = (0..20).map(|n| json!({ "n": n, "글": "값" })).collect();
    let mut expected = Vec::new();
    for payload in &payloads {
        let (id, is_new) = add(&store, &QUICK, &NewJob { payload: payload.clone(), ..Default::default() }).await;
        assert!(is_new);
        expected.push(json!([id, 1, payload]));
    }
    for call in &expected {
        let job = ended(&store, call[0].as_i64().expect("a number")).await;
        assert_eq!((job.status, job.attempts, job.progress), (JobStatus::Done, 1, 1.0));
        assert!(job.started_at.is_some() && job.finished_at >= job.started_at);
    }
    handle.stop().await;
    let mut seen = seen.lock().expect("no panic").clone();
    seen.sort_by_key(|call| call[0].as_i64());
    assert_eq!(seen, expected);
    let done = jobs::list(&store, Some(JobStatus::Done), ALL).await.expect("a read");
    assert_eq!((done.total, jobs::list(&store, None, ALL).await.expect("a read").total), (20, 20));
}

async fn a_job_exists_only_if_its_transaction_commits(store: Store) {
    let runs = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&runs);
    let handle = start(&store, 1, move |_, _| {
        counting.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    })
    .await;
    let tx = store.begin().await.expect("a transaction");
    jobs::enqueue(&tx, &QUICK, &NewJob::default(), now()).await.expect("added");
    drop(tx);
    let id = add_quick(&store).await;
    ended(&store, id).await;
    handle.stop().await;
    assert_eq!((runs.load(Ordering::SeqCst), jobs::list(&store, None, ALL).await.expect("a read").total), (1, 1));
}

async fn a_unique_key_is_live_once(store: Store) {
    let new = NewJob { unique_key: Some("collect:2026-11-20".to_owned()), ..Default::default() };
    let added = join_all((0..20).map(|_| add(&store, &QUICK, &new))).await;
    assert_eq!(added.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert!(added.iter().all(|(id, _)| *id == added[0].0));
    let handle = start(&store, 1, |_, _| async { Ok(()) }).await;
    ended(&store, added[0].0).await;
    handle.stop().await;
    let (id, is_new) = add(&store, &QUICK, &new).await;
    assert!(is_new && id != added[0].0, "a key is free again when its job has ended");
}

async fn urgent_jobs_run_first(store: Store) {
    let mut ids = Vec::new();
    for priority in [5, -1, 3, 0] {
        ids.push(add(&store, &QUICK, &NewJob { priority, ..Default::default() }).await.0);
    }
    let order: Arc<Mutex<Vec<i64>>> = Arc::default();
    let noting = Arc::clone(&order);
    let handle = start(&store, 1, move |context, _| {
        noting.lock().expect("no panic").push(context.job_id());
        async { Ok(()) }
    })
    .await;
    for &id in &ids {
        ended(&store, id).await;
    }
    handle.stop().await;
    assert_eq!(*order.lock().expect("no panic"), [ids[1], ids[3], ids[2], ids[0]]);
}

async fn a_job_waits_for_its_time(store: Store) {
    let handle = start(&store, 1, |_, _| async { Ok(()) }).await;
    let run_at = now() + TimeDelta::milliseconds(1_500);
    let (id, _) = add(&store, &QUICK, &NewJob { run_at: Some(run_at), ..Default::default() }).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(job(&store, id).await.status, JobStatus::Queued);
    let done = ended(&store, id).await;
    assert!(done.started_at >= Some(run_at), "{done:?}");
    handle.stop().await;
}

async fn a_failing_job_is_tried_again_after_growing_pauses_until_it_is_dead(store: Store) {
    let starts: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noting = Arc::clone(&starts);
    let handle = start(&store, 1, move |_, _| {
        noting.lock().expect("no panic").push(Instant::now());
        async { Err(JobError::Retry("no answer".to_owned())) }
    })
    .await;
    let id = add_quick(&store).await;
    let dead = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((dead.status, dead.attempts, dead.error.as_deref()), (JobStatus::Dead, 3, Some("no answer")));
    let starts = starts.lock().expect("no panic");
    assert_eq!(starts.len(), 3);
    assert!(starts[1] - starts[0] >= Duration::from_millis(50), "a pause of 100 ms, spread by half");
    assert!(starts[2] - starts[1] >= Duration::from_millis(100), "then of 200 ms");
}

async fn a_job_that_cannot_be_done_is_tried_once(store: Store) {
    let handle = start(&store, 1, |_, _| async { Err(JobError::Failed("row 3".to_owned())) }).await;
    let failed = ended(&store, add_quick(&store).await).await;
    handle.stop().await;
    assert_eq!((failed.status, failed.attempts, failed.error.as_deref()), (JobStatus::Failed, 1, Some("row 3")));
}

async fn a_panic_is_an_attempt(store: Store) {
    let handle = start(&store, 1, |context, _| async move {
        assert!(context.attempt() > 1, "the first attempt panics");
        Ok(())
    })
    .await;
    let done = ended(&store, add_quick(&store).await).await;
    handle.stop().await;
    assert_eq!((done.status, done.attempts), (JobStatus::Done, 2));
}

async fn an_attempt_may_take_only_so_long(store: Store) {
    const SLOW: JobKind = JobKind { name: "slow", max_attempts: 2, timeout: Duration::from_millis(300), ..QUICK };
    let forever = |_, _| std::future::pending::<Result<(), JobError>>();
    let handle = runner(&store, "worker").register(&SLOW, forever).start(1).await.expect("started");
    let (id, _) = add(&store, &SLOW, &NewJob::default()).await;
    let dead = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((dead.status, dead.attempts), (JobStatus::Dead, 2));
    assert_eq!(dead.error.as_deref(), Some("it took too long"));
}

async fn a_waiting_job_is_cancelled_at_once(store: Store) {
    let id = add_quick(&store).await;
    assert_eq!(jobs::request_cancel(&store, id, now()).await.expect("a write"), Some(JobStatus::Cancelled));
    let handle = start(&store, 1, |_, _| async { Ok(()) }).await;
    let other = add_quick(&store).await;
    ended(&store, other).await;
    handle.stop().await;
    let cancelled = job(&store, id).await;
    assert_eq!((cancelled.status, cancelled.attempts), (JobStatus::Cancelled, 0));
    assert_eq!(jobs::request_cancel(&store, other, now()).await.expect("a write"), Some(JobStatus::Done));
    assert_eq!(jobs::request_cancel(&store, 999, now()).await.expect("a write"), None);
}

async fn a_running_job_is_told_to_stop(store: Store) {
    let handle = start(&store, 1, |context, _| async move {
        context.stopped().cancelled().await;
        assert!(context.is_cancelled());
        Err(JobError::Stopped)
    })
    .await;
    let id = add_quick(&store).await;
    until(&store, id, |job| job.status == JobStatus::Running).await;
    assert_eq!(jobs::request_cancel(&store, id, now()).await.expect("a write"), Some(JobStatus::Running));
    let cancelled = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((cancelled.status, cancelled.attempts), (JobStatus::Cancelled, 1));
}

async fn progress_can_be_read(store: Store) {
    let handle = start(&store, 1, |context, _| async move {
        context.progress(0.4).await?;
        context.stopped().cancelled().await;
        Ok(())
    })
    .await;
    let id = add_quick(&store).await;
    let half = until(&store, id, |job| job.progress > 0.0).await;
    assert_eq!((half.status, half.progress), (JobStatus::Running, 0.4));
    jobs::request_cancel(&store, id, now()).await.expect("a write");
    let done = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((done.status, done.progress), (JobStatus::Done, 1.0), "it was done before it could stop");
}

async fn an_interrupted_job_is_given_back_uncounted(store: Store) {
    let handle = start(&store, 1, |_, _| std::future::pending::<Result<(), JobError>>()).await;
    let id = add_quick(&store).await;
    until(&store, id, |job| job.status == JobStatus::Running).await;
    handle.stop().await;
    let waiting = job(&store, id).await;
    assert_eq!((waiting.status, waiting.attempts), (JobStatus::Queued, 0));
    let handle = start(&store, 1, |_, _| async { Ok(()) }).await;
    let done = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((done.status, done.attempts), (JobStatus::Done, 1));
}

async fn a_long_job_lets_others_go_first_and_goes_on(store: Store) {
    const TURNS: u32 = 6;
    let order: Arc<Mutex<Vec<&str>>> = Arc::default();
    let turns = Arc::new(AtomicU32::new(0));
    let (seen, taken) = (Arc::clone(&order), Arc::clone(&turns));
    let handler = move |context: JobContext, payload: Value| {
        let (seen, taken) = (Arc::clone(&seen), Arc::clone(&taken));
        async move {
            assert_eq!(context.attempt(), 1, "a turn is no failed attempt");
            if payload != json!("long") {
                seen.lock().expect("no panic holds it").push("short");
                return Ok(());
            }
            seen.lock().expect("no panic holds it").push("long");
            if taken.fetch_add(1, Ordering::SeqCst) + 1 == TURNS {
                return Ok(());
            }
            if taken.load(Ordering::SeqCst) == 2 {
                // What comes while it works goes before its next turn.
                add(context.store(), &QUICK, &NewJob { payload: json!("short"), ..NewJob::default() }).await;
            }
            Err(JobError::Unfinished)
        }
    };
    let new = NewJob { payload: json!("long"), priority: 10, ..NewJob::default() };
    let (long, _) = add(&store, &QUICK, &new).await;
    let handle = start(&store, 1, handler).await;
    let done = ended(&store, long).await;
    handle.stop().await;
    assert_eq!((done.status, done.attempts, done.error), (JobStatus::Done, 1, None));
    let order = order.lock().expect("no panic holds it").clone();
    assert_eq!(order, ["long", "long", "short", "long", "long", "long", "long"]);
}

async fn an_import_ends_with_its_job(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let new = NewImport {
        user_id: Some(kim.id),
        source: ImportSource::File,
        kind: ImportKind::Bars,
        file_name: "x".to_owned(),
        interval: Interval::Day1,
        adjusted: true,
        strict: false,
    };
    let import = imports::create(&store, &new, now()).await.expect("recorded");
    let id = add_quick(&store).await;
    imports::set_job(&store, import.id, id).await.expect("noted");
    let handle = start(&store, 1, |_, _| async { Err(JobError::Retry("no disk".to_owned())) }).await;
    ended(&store, id).await;
    handle.stop().await;
    let import = imports::find(&store, import.id).await.expect("a read").expect("the import");
    assert_eq!((import.status, import.error.as_deref()), (JobStatus::Failed, Some("no disk")));
}

/// What the killed process of the tests below does: it takes jobs and never ends them, or dies of them.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by other tests, in a process of its own"]
async fn victim() {
    let (Ok(url), Ok(manner)) = (std::env::var("EXODUS_VICTIM_URL"), std::env::var("EXODUS_VICTIM_MANNER")) else {
        return;
    };
    let url = url.parse::<StoreUrl>().expect("a URL");
    let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("the database opens");
    let dies = manner == "dies";
    let _handle = start(&store, 1, move |_, _| async move {
        if dies {
            std::process::abort();
        }
        std::future::pending().await
    })
    .await;
    tokio::time::sleep(WAIT * 2).await;
}

/// Starts a process that works on the same database.
fn spawn_victim(url: &str, manner: &str) -> std::process::Child {
    std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "jobs::victim"])
        .env("EXODUS_VICTIM_URL", url)
        .env("EXODUS_VICTIM_MANNER", manner)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("a process")
}

async fn a_job_of_a_killed_process_runs_again(TestDb { store, url, .. }: TestDb) {
    let id = add_quick(&store).await;
    let mut process = spawn_victim(&url, "holds");
    until(&store, id, |job| job.status == JobStatus::Running).await;
    process.kill().expect("killed");
    process.wait().expect("gone");
    let handle = start(&store, 1, |_, _| async { Ok(()) }).await;
    let done = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((done.status, done.attempts), (JobStatus::Done, 2));
}

async fn a_job_that_kills_its_process_ends_dead(TestDb { store, url, .. }: TestDb) {
    let id = add_quick(&store).await;
    for attempt in 1..=QUICK.max_attempts {
        let mut process = spawn_victim(&url, "dies");
        assert!(!process.wait().expect("gone").success());
        assert_eq!(job(&store, id).await.attempts, i32::try_from(attempt).expect("a small number"));
    }
    let runs = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&runs);
    let handle = start(&store, 1, move |_, _| {
        counting.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    })
    .await;
    let dead = ended(&store, id).await;
    handle.stop().await;
    assert_eq!((dead.status, dead.attempts, runs.load(Ordering::SeqCst)), (JobStatus::Dead, 3, 0));
    assert_eq!(dead.error.as_deref(), Some("the process that ran it died"));
}

async fn a_worker_that_was_stopped_for_long_cannot_say_done(TestDb { store, raw, .. }: TestDb) {
    let attempts: Arc<Mutex<Vec<i32>>> = Arc::default();
    let noting = Arc::clone(&attempts);
    let handle = start(&store, 2, move |context, _| {
        noting.lock().expect("no panic").push(context.attempt());
        async move {
            if context.attempt() == 1 {
                // The row goes to another fence number while this attempt rests, as after a long stop.
                tokio::time::sleep(Duration::from_millis(200)).await;
                context.progress(0.9).await?;
                return Ok(());
            }
            context.stopped().cancelled().await;
            Err(JobError::Failed("the second attempt ends it".to_owned()))
        }
    })
    .await;
    let id = add_quick(&store).await;
    until(&store, id, |job| job.status == JobStatus::Running).await;
    raw.execute_unprepared(&format!("UPDATE jobs SET fence = fence + 1 WHERE id = {id}")).await.expect("moved");
    tokio::time::sleep(Duration::from_millis(600)).await;
    let held = job(&store, id).await;
    assert_eq!((held.status, held.progress), (JobStatus::Running, 0.0), "the late worker noted nothing");
    until(&store, id, |job| job.attempts == 2).await;
    jobs::request_cancel(&store, id, now()).await.expect("a write");
    let last = ended(&store, id).await;
    handle.stop().await;
    assert_eq!(last.status, JobStatus::Cancelled);
    assert_eq!(*attempts.lock().expect("no panic"), [1, 2]);
}
