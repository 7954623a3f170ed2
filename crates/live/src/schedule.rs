//! The phases of a trading day become jobs, each once however many workers see it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use exodus_domain::{from_kst, is_session, kst_date, previous_session};
use exodus_store::jobs::{self, JobError, JobKind, JobRunner, NewJob};
use exodus_store::schedule::claim_tick;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::worker::WorkerDeps;
use crate::{LiveError, backfill, collector, snapshots};

/// Snapshots of all accounts at the end of a session's day.
static SNAPSHOTS: JobKind = JobKind {
    name: "account_snapshots",
    max_attempts: 5,
    timeout: std::time::Duration::from_secs(300),
    backoff: std::time::Duration::from_secs(30),
};

/// The bars that a session's day left missing, once it is over.
static DAILY_BARS: JobKind = JobKind {
    name: "daily_bars",
    max_attempts: 5,
    timeout: std::time::Duration::from_secs(600),
    backoff: std::time::Duration::from_secs(30),
};

/// Something to do at a time of day after each session.
struct Phase {
    job: &'static JobKind,
    /// Time after midnight of the session's date in Korea.
    after_midnight: TimeDelta,
    /// Missed by more than this, it is left out.
    grace: TimeDelta,
}

const PHASES: [Phase; 2] = [
    // After the last session of any venue. A snapshot of an account that has traded on would be wrong.
    Phase { job: &SNAPSHOTS, after_midnight: TimeDelta::minutes(23 * 60 + 55), grace: TimeDelta::hours(6) },
    Phase { job: &DAILY_BARS, after_midnight: TimeDelta::minutes(24 * 60 + 1), grace: TimeDelta::days(30) },
];

/// What a phase is done for.
#[derive(Serialize, Deserialize)]
struct PhasePayload {
    session: NaiveDate,
}

impl Phase {
    fn tick(&self, session: NaiveDate) -> DateTime<Utc> {
        from_kst(session, NaiveTime::MIN) + self.after_midnight
    }

    /// The newest session whose phase has come, if it is not too late for it.
    fn due(&self, now: DateTime<Utc>) -> Option<(NaiveDate, DateTime<Utc>)> {
        let today = kst_date(now);
        let newest = if is_session(today) { Some(today) } else { previous_session(today) };
        let session =
            std::iter::successors(newest, |date| previous_session(*date)).find(|session| self.tick(*session) <= now)?;
        let tick = self.tick(session);
        (now - tick <= self.grace).then_some((session, tick))
    }
}

/// Turns phases into jobs until `stop`.
pub(crate) async fn run(deps: &WorkerDeps, stop: &CancellationToken) {
    let mut taken: HashMap<&str, DateTime<Utc>> = HashMap::new();
    while !stop.is_cancelled() {
        let now = deps.clock.now();
        for phase in &PHASES {
            let Some((session, tick)) = phase.due(now) else { continue };
            if taken.get(phase.job.name) == Some(&tick) {
                continue;
            }
            match enqueue_once(deps, phase.job, session, tick, now).await {
                Ok(()) => drop(taken.insert(phase.job.name, tick)),
                Err(error) => tracing::error!(job = phase.job.name, %error, "the phase is tried again"),
            }
        }
        stop.run_until_cancelled(deps.clock.sleep_until(now + TimeDelta::minutes(1))).await;
    }
}

async fn enqueue_once(
    deps: &WorkerDeps,
    kind: &JobKind,
    session: NaiveDate,
    tick: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), LiveError> {
    let payload = serde_json::to_value(PhasePayload { session }).expect("a date always serializes");
    let tx = deps.store.begin().await?;
    let job = NewJob { payload, unique_key: Some(format!("{}:{session}", kind.name)), ..NewJob::default() };
    jobs::enqueue(&tx, kind, &job, now).await?;
    // The claim comes last: a refused one ends the transaction, and the job with it.
    if claim_tick(&tx, kind.name, tick, now).await? {
        tx.commit().await?;
        tracing::info!(job = kind.name, %session, "the phase became a job");
    }
    Ok(())
}

/// Adds the jobs of the trading day to a runner.
pub fn register_jobs(runner: JobRunner, deps: &WorkerDeps) -> JobRunner {
    let (snapshot_deps, bar_deps, backfill_deps) = (deps.clone(), deps.clone(), deps.clone());
    runner
        .register(&SNAPSHOTS, move |_, payload: Value| {
            let deps = snapshot_deps.clone();
            async move { job_result(snapshots::take_all(&deps.store, parse(payload)?.session).await) }
        })
        .register(&DAILY_BARS, move |_, _| {
            let deps = bar_deps.clone();
            async move { job_result(collector::fill(&deps).await.map(drop)) }
        })
        .register(&backfill::BACKFILL, move |ctx, payload| {
            let deps = backfill_deps.clone();
            async move { backfill::run(&deps, &ctx, payload).await }
        })
}

fn parse(payload: Value) -> Result<PhasePayload, JobError> {
    serde_json::from_value(payload).map_err(|error| JobError::Failed(error.to_string()))
}

fn job_result(done: Result<(), LiveError>) -> Result<(), JobError> {
    done.map_err(|error| JobError::Retry(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exodus_domain::{TradingVenue, sessions, timetable};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an RFC 3339 time")
    }

    #[test]
    fn a_phase_is_due_from_its_time_until_its_grace_is_over() {
        let friday = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a valid date");
        let cases = [
            ("at five to midnight", &PHASES[0], "2026-11-20T23:55:00+09:00", Some(friday)),
            ("a second earlier it is Thursday's, too late", &PHASES[0], "2026-11-20T23:54:59+09:00", None),
            ("shortly after midnight", &PHASES[0], "2026-11-21T00:30:00+09:00", Some(friday)),
            ("the next morning is too late", &PHASES[0], "2026-11-21T09:00:00+09:00", None),
            ("bars can still be had on Sunday", &PHASES[1], "2026-11-22T12:00:00+09:00", Some(friday)),
        ];
        for (story, phase, now, expected) in cases {
            assert_eq!(phase.due(at(now)).map(|(session, _)| session), expected, "{story}");
        }
    }

    #[test]
    fn snapshots_wait_for_the_last_venue() {
        let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a valid date");
        for session in sessions(date(2025, 3, 4), date(2027, 12, 31)) {
            for venue in TradingVenue::ALL {
                let ends = timetable(*venue, session).iter().map(|window| window.orders_to).max();
                assert!(
                    ends.is_some_and(|end| from_kst(session, end) < PHASES[0].tick(session)),
                    "{venue} on {session}"
                );
            }
        }
    }
}
