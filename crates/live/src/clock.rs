//! The clocks: the machine's and one that a test turns by hand.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock, Timer};
use futures::future::{BoxFuture, FutureExt};
use tokio::sync::watch;

/// The longest sleep without another look at the clock, so that a wall clock that is set does not delay anybody long.
const LONGEST_SLEEP: std::time::Duration = std::time::Duration::from_secs(1);

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock that everybody else takes the time from")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl Timer for SystemClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        async move {
            while let Ok(left) = (at - Self.now()).to_std()
                && !left.is_zero()
            {
                tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
            }
        }
        .boxed()
    }
}

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
}

impl ManualClock {
    /// A clock that shows `at`.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self { now: watch::Sender::new(at) }
    }

    /// How many wait for it.
    pub fn waiting(&self) -> usize {
        self.now.receiver_count()
    }

    /// Turns the clock forward and wakes whoever waited for that.
    pub fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }
}

impl Timer for ManualClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        let mut now = self.now.subscribe();
        async move {
            if now.wait_for(|now| *now >= at).await.is_err() {
                // The clock is gone and will never show `at`.
                std::future::pending::<()>().await;
            }
        }
        .boxed()
    }
}
