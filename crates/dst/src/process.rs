//! One process: a runtime of its own, which is run until nothing is left to do at this instant, or until it is killed.
//!
//! A runtime has one thread, and the database one connection: what is ready runs in the order in which it became so, and a
//! statement is answered before anything else can begin. What the product waits for, it waits for by the port `Timer`; its
//! monotonic clock is that of the runtime, which stands still within an instant and then goes as far as the world's.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use exodus_store::Store;
use tokio::runtime::{Builder, Runtime};

/// A statement takes microseconds. If the database is still busy after this long, a transaction is open while its owner
/// waits for something else.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// How often somebody looks whether the database is stuck, in real time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A running process.
pub(crate) struct Process {
    runtime: Option<Runtime>,
    parking: Arc<Parking>,
    is_alive: Arc<AtomicBool>,
    /// What the monotonic clock of the runtime stands at.
    now: Mutex<DateTime<Utc>>,
    /// Ends the thread that looks whether the database is stuck.
    looking: Option<Sender<()>>,
}

/// How the driver learns that the runtime has nothing to do.
struct Parking {
    is_alive: Arc<AtomicBool>,
    store: OnceLock<Store>,
    waker: Mutex<Option<Waker>>,
    is_idle: AtomicBool,
    since: Mutex<Option<Instant>>,
}

impl Parking {
    /// The runtime has nothing left that is ready.
    fn on_park(&self) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        // Who was killed waits for nothing any more.
        let is_busy = self.is_alive.load(Ordering::Relaxed) && self.store.get().is_some_and(|store| !store.is_idle());
        if is_busy {
            let is_stuck = since.get_or_insert_with(Instant::now).elapsed() > STUCK_AFTER;
            if !is_stuck {
                return;
            }
        }
        *since = None;
        self.is_idle.store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }
}

impl Process {
    /// A process in which nothing runs yet.
    pub(crate) fn new(is_alive: Arc<AtomicBool>, now: DateTime<Utc>) -> std::io::Result<Self> {
        let parking = Arc::new(Parking {
            is_alive: Arc::clone(&is_alive),
            store: OnceLock::new(),
            waker: Mutex::default(),
            is_idle: AtomicBool::default(),
            since: Mutex::default(),
        });
        let on_park = Arc::clone(&parking);
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            // What other threads wake, which is the database's, comes after all that is ready here.
            .global_queue_interval(u32::MAX)
            .on_thread_park(move || on_park.on_park())
            .build()?;
        // While a blocking task runs, a paused clock does not go on by itself where all tasks wait for the database.
        let (looking, ended) = mpsc::channel();
        let looked_at = Arc::clone(&parking);
        runtime.spawn_blocking(move || {
            while ended.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                looked_at.wake();
            }
        });
        Ok(Self { runtime: Some(runtime), parking, is_alive, now: Mutex::new(now), looking: Some(looking) })
    }

    /// Names the database whose statements are waited for.
    pub(crate) fn watch(&self, store: &Store) {
        let _ = self.parking.store.set(store.clone());
    }

    /// Runs something to its end, without letting time pass.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        Some(self.runtime.as_ref()?.block_on(work))
    }

    /// Begins something.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }

    /// Runs at `now` until nothing is left to do.
    pub(crate) fn run(&self, now: DateTime<Utc>) {
        let Some(runtime) = &self.runtime else { return };
        let parking = &self.parking;
        parking.is_idle.store(false, Ordering::Relaxed);
        let passed = {
            let mut last = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            (now - std::mem::replace(&mut *last, now)).to_std().unwrap_or_default()
        };
        runtime.block_on(async {
            if !passed.is_zero() {
                tokio::time::advance(passed).await;
            }
            poll_fn(|context| {
                if parking.is_idle.load(Ordering::Relaxed) || !self.is_alive.load(Ordering::Relaxed) {
                    return Poll::Ready(());
                }
                *parking.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.waker().clone());
                Poll::Pending
            })
            .await;
        });
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.is_alive.load(Ordering::Relaxed)
    }

    /// Ends the process as kill -9 does: what it has in memory is gone, and what it was about to do is not done.
    pub(crate) fn kill(mut self) {
        self.is_alive.store(false, Ordering::Relaxed);
        if let Some(store) = self.parking.store.get() {
            store.cut_off();
        }
        drop(self.looking.take());
        drop(self.runtime.take());
    }
}

/// Waits until no thread of a database works any more but `left`.
pub(crate) fn wait_for_databases(left: usize) {
    let started = Instant::now();
    while database_threads() > left && started.elapsed() < STUCK_AFTER {
        std::thread::sleep(Duration::from_micros(50));
    }
}

fn database_threads() -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with("sqlx-sqlite")).count()
}
