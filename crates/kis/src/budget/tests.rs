use std::sync::Arc;

use exodus_domain::Clock;
use proptest::prelude::*;
use tokio::time::{Duration, Instant, sleep};

use super::*;
use crate::testing::{TestTimer, credentials};

/// Counts what every caller was granted and when, in milliseconds of the runtime's paused clock.
struct Granted {
    at: Duration,
    priority: Priority,
    is_ledger: bool,
}

fn governor(limits: Limits, window: &Arc<MemoryRateWindow>, timer: &Arc<TestTimer>) -> Governor {
    Governor::new(
        &credentials().fingerprint(),
        limits,
        Arc::<MemoryRateWindow>::clone(window),
        Arc::<TestTimer>::clone(timer),
    )
}

/// Runs a schedule of calls, each at its time and through one of two processes, and tells what was granted.
fn run(limits: Limits, schedule: Vec<(u64, Priority, bool, bool)>) -> Vec<Granted> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let (timer, window, begun) = (TestTimer::new(), Arc::new(MemoryRateWindow::default()), Instant::now());
        let processes = [governor(limits, &window, &timer), governor(limits, &window, &timer)];
        let calls = schedule.into_iter().map(|(at, priority, is_ledger, first)| {
            let governor = processes[usize::from(first)].clone();
            async move {
                sleep(Duration::from_millis(at)).await;
                governor.slot(priority, is_ledger).await.expect("a slot");
                Granted { at: begun.elapsed(), priority, is_ledger }
            }
        });
        let mut granted = futures::future::join_all(calls).await;
        granted.sort_by_key(|one| one.at);
        granted
    })
}

/// The most calls in any window that begins with a call and is as long as `per`, its end not included.
fn busiest(times: &[Duration], per: Duration) -> usize {
    let in_window =
        |(first, start): (usize, &Duration)| times[first..].iter().take_while(|at| **at < *start + per).count();
    times.iter().enumerate().map(in_window).max().unwrap_or(0)
}

fn priorities() -> impl Strategy<Value = Priority> {
    use Priority::*;
    prop::sample::select(vec![Cancel, Sell, Buy, Reconcile, Quote, Backfill])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever two processes ask for and when: no second sees more than the limit, and everybody gets a slot.
    #[test]
    fn no_second_sees_more_than_the_limit(
        schedule in prop::collection::vec((0u64..3_000, priorities(), any::<bool>(), any::<bool>()), 1..80),
        is_paper in any::<bool>(),
    ) {
        let environment = if is_paper { Environment::Paper } else { Environment::Live };
        let (limits, asked) = (Limits::of(environment), schedule.len());
        let granted = run(limits, schedule);
        prop_assert_eq!(granted.len(), asked);
        let all: Vec<Duration> = granted.iter().map(|one| one.at).collect();
        let ledger: Vec<Duration> = granted.iter().filter(|one| one.is_ledger).map(|one| one.at).collect();
        for (times, rate) in [(all, limits.all), (ledger, limits.ledger)] {
            let per = rate.per.to_std().expect("a length");
            prop_assert!(busiest(&times, per) <= rate.calls as usize, "{} in {per:?}", busiest(&times, per));
        }
    }
}

#[test]
fn a_cancel_overtakes_those_who_wait() {
    let mut schedule = vec![(0, Priority::Quote, false, true); 10];
    schedule.push((2_000, Priority::Cancel, true, true));
    let granted = run(Limits::of(Environment::Paper), schedule);
    let place = granted.iter().position(|one| one.priority == Priority::Cancel);
    // Two calls had their slot before the cancel came.
    assert_eq!(place, Some(2));
}

#[test]
fn a_full_ledger_does_not_hold_quotes_up() {
    let second = TimeDelta::seconds(1);
    let limits = Limits { all: Rate { calls: 12, per: second }, ledger: Rate { calls: 1, per: second } };
    let schedule = [vec![(0, Priority::Reconcile, true, true); 3], vec![(0, Priority::Quote, false, true); 5]].concat();
    let granted = run(limits, schedule);
    let last_quote = granted.iter().filter(|one| !one.is_ledger).map(|one| one.at).max();
    assert!(last_quote < Some(Duration::from_millis(100)), "{last_quote:?}");
}

#[tokio::test(start_paused = true)]
async fn refusals_slow_down_and_quiet_makes_up_for_it() {
    let (timer, window) = (TestTimer::new(), Arc::new(MemoryRateWindow::default()));
    let limits = Limits::of(Environment::Live);
    let governor = governor(limits, &window, &timer);
    let in_one_second = async |governor: &Governor| {
        let (begun, mut count) = (timer.now(), 0);
        while timer.now() < begun + TimeDelta::seconds(1) {
            governor.slot(Priority::Quote, false).await.expect("a slot");
            count += 1;
        }
        // The last one came when the second was over.
        count - 1
    };
    assert_eq!(in_one_second(&governor).await, 12);
    governor.too_fast(false);
    let refused_at = timer.now();
    governor.slot(Priority::Quote, false).await.expect("a slot");
    assert!(timer.now() >= refused_at + TimeDelta::seconds(1), "no call in the second of the refusal");
    sleep(Duration::from_secs(2)).await;
    assert!(in_one_second(&governor).await < 9);
    for _ in 0..10 {
        sleep(Duration::from_secs(11)).await;
        governor.slot(Priority::Quote, false).await.expect("a slot");
    }
    sleep(Duration::from_secs(2)).await;
    assert_eq!(in_one_second(&governor).await, 12);
}

#[test]
fn a_slower_pace_has_fewer_calls_or_a_longer_window() {
    let second = TimeDelta::seconds(1);
    assert_eq!(Rate { calls: 12, per: second }.at_percent(70), Rate { calls: 8, per: second });
    assert_eq!(Rate { calls: 1, per: second }.at_percent(25), Rate { calls: 1, per: second * 4 });
    assert_eq!(Rate { calls: 12, per: second }.at_percent(100), Rate { calls: 12, per: second });
}

#[tokio::test]
async fn a_call_that_does_not_fit_one_quota_counts_in_none() {
    let (window, now) = (MemoryRateWindow::default(), DateTime::UNIX_EPOCH);
    let quota = |key: &str, calls| Quota { key: key.to_owned(), rate: Rate { calls, per: TimeDelta::seconds(1) } };
    let (wide, narrow) = (quota("all", 2), quota("ledger", 1));
    let both = [wide.clone(), narrow];
    assert_eq!(window.take(&both, now).await, Ok(Slot::Taken));
    let until = now + TimeDelta::seconds(1);
    assert_eq!(window.take(&both, now).await, Ok(Slot::Full { index: 1, until }));
    assert_eq!(window.take(std::slice::from_ref(&wide), now).await, Ok(Slot::Taken));
    assert_eq!(window.take(&both, now).await, Ok(Slot::Full { index: 0, until }));
    assert_eq!(window.take(&both, until).await, Ok(Slot::Taken));
}
