//! Virtual time: one for the world, and the clock of each process, which may be off.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock, Timer};

/// The time of the world. It stands still until it is turned.
#[derive(Debug)]
pub(crate) struct WorldTime(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    now: DateTime<Utc>,
    sleepers: BTreeMap<(DateTime<Utc>, u64), Waker>,
    last_id: u64,
}

impl WorldTime {
    pub(crate) fn new(now: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inner { now, sleepers: BTreeMap::new(), last_id: 0 })))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.with(|inner| inner.now)
    }

    /// When the next sleeper wants to be woken.
    pub(crate) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.with(|inner| inner.sleepers.keys().next().map(|(at, _)| *at))
    }

    /// Turns the time to `at` and wakes whoever waited for that, in the order of their times.
    pub(crate) fn turn_to(&self, at: DateTime<Utc>) {
        let due = self.with(|inner| {
            inner.now = inner.now.max(at);
            let later = inner.sleepers.split_off(&(inner.now + TimeDelta::nanoseconds(1), 0));
            std::mem::replace(&mut inner.sleepers, later)
        });
        due.into_values().for_each(Waker::wake);
    }

    /// Wakes all sleepers, who look at their clocks anew: one of these was set.
    pub(crate) fn wake_all(&self) {
        let all = self.with(|inner| std::mem::take(&mut inner.sleepers));
        all.into_values().for_each(Waker::wake);
    }

    /// Sleeps until the world's time is `at`.
    pub(crate) fn sleep_until(self: &Arc<Self>, at: DateTime<Utc>) -> impl Future<Output = ()> + Send + use<> {
        let clock = ProcessClock::exact(Arc::clone(self), Arc::new(AtomicBool::new(true)));
        Sleep { clock, at, key: None }
    }
}

/// The clock of a process. A process that was killed never hears of time again.
#[derive(Clone, Debug)]
pub(crate) struct ProcessClock {
    time: Arc<WorldTime>,
    /// Milliseconds that it is ahead of the world.
    ahead: Arc<AtomicI64>,
    is_alive: Arc<AtomicBool>,
}

impl ProcessClock {
    pub(crate) fn exact(time: Arc<WorldTime>, is_alive: Arc<AtomicBool>) -> Self {
        Self { time, ahead: Arc::default(), is_alive }
    }

    /// Sets the clock `by` ahead of the world.
    pub(crate) fn set_ahead(&self, by: TimeDelta) {
        self.ahead.store(by.num_milliseconds(), Ordering::Relaxed);
        self.time.wake_all();
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.ahead.load(Ordering::Relaxed))
    }
}

impl Clock for ProcessClock {
    fn now(&self) -> DateTime<Utc> {
        self.time.now() + self.ahead()
    }
}

impl Timer for ProcessClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Sleep { clock: self.clone(), at, key: None })
    }
}

/// A sleep until a clock shows a time.
struct Sleep {
    clock: ProcessClock,
    at: DateTime<Utc>,
    key: Option<(DateTime<Utc>, u64)>,
}

impl Sleep {
    fn forget(&mut self) {
        if let Some(key) = self.key.take() {
            self.clock.time.with(|inner| drop(inner.sleepers.remove(&key)));
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.forget();
        if !self.clock.is_alive.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        if self.clock.now() >= self.at {
            return Poll::Ready(());
        }
        let due = self.at - self.clock.ahead();
        let key = self.clock.time.with(|inner| {
            inner.last_id += 1;
            let key = (due, inner.last_id);
            inner.sleepers.insert(key, context.waker().clone());
            key
        });
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.forget();
    }
}
