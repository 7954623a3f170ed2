//! The clock of the emulator: the machine's, one that is stepped by hand, or one that runs faster.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Clock, Timer};
use tokio::sync::watch;

/// Tells the time of the emulated world, and wakes by it.
#[derive(Debug)]
pub struct EmulatorClock {
    mode: ClockMode,
    /// The instant that a stepped clock shows.
    stepped: watch::Sender<DateTime<Utc>>,
    started: Instant,
}

/// How a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    /// It shows the time of the machine.
    Real,
    /// It stands still between steps.
    Stepped {
        /// The first instant that it shows.
        start: DateTime<Utc>,
    },
    /// It runs so many times as fast as the machine's.
    Scaled {
        /// The first instant that it shows.
        start: DateTime<Utc>,
        /// Seconds shown in one second of the machine.
        factor: u32,
    },
}

/// Only a stepped clock can be stepped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this clock runs by itself: start the emulator with a stepped clock to step it")]
pub struct NotStepped;

impl EmulatorClock {
    /// The clock of the machine.
    pub fn real() -> Self {
        Self::new(ClockMode::Real, DateTime::UNIX_EPOCH)
    }

    /// A clock that stands at `start` until it is stepped.
    pub fn stepped(start: DateTime<Utc>) -> Self {
        Self::new(ClockMode::Stepped { start }, start)
    }

    /// A clock that shows `start` now and runs `factor` times as fast as the machine's; a factor of zero counts as one.
    pub fn scaled(start: DateTime<Utc>, factor: u32) -> Self {
        Self::new(ClockMode::Scaled { start, factor: factor.max(1) }, start)
    }

    fn new(mode: ClockMode, start: DateTime<Utc>) -> Self {
        Self { mode, stepped: watch::Sender::new(start), started: Instant::now() }
    }

    /// How it runs.
    pub fn mode(&self) -> ClockMode {
        self.mode
    }

    /// Steps a stepped clock forwards and tells what it shows then; a step backwards is none. Whoever sleeps until an
    /// instant that it passed wakes.
    ///
    /// # Errors
    /// [`NotStepped`] for a clock that runs by itself.
    pub fn step(&self, by: TimeDelta) -> Result<DateTime<Utc>, NotStepped> {
        let ClockMode::Stepped { .. } = self.mode else { return Err(NotStepped) };
        self.stepped.send_modify(|now| *now += by.max(TimeDelta::zero()));
        Ok(self.now())
    }
}

impl Clock for EmulatorClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the emulator asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        match self.mode {
            ClockMode::Real => Utc::now(),
            ClockMode::Stepped { .. } => *self.stepped.borrow(),
            ClockMode::Scaled { start, factor } => {
                start + TimeDelta::from_std(self.started.elapsed() * factor).unwrap_or(TimeDelta::MAX)
            }
        }
    }
}

impl Timer for EmulatorClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let left = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
        match self.mode {
            ClockMode::Real => Box::pin(tokio::time::sleep(left)),
            ClockMode::Scaled { factor, .. } => Box::pin(tokio::time::sleep(left / factor)),
            ClockMode::Stepped { .. } => {
                let mut shown = self.stepped.subscribe();
                Box::pin(async move {
                    if shown.wait_for(|now| *now >= at).await.is_err() {
                        // The clock is gone, and with it whatever could have come at that time.
                        std::future::pending::<()>().await;
                    }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-11-02T00:00:00Z".parse().expect("a time")
    }

    #[tokio::test]
    async fn a_stepped_clock_wakes_those_whose_time_it_passed() {
        let clock = EmulatorClock::stepped(start());
        let minute = clock.sleep_until(start() + TimeDelta::minutes(1));
        let hour = clock.sleep_until(start() + TimeDelta::hours(1));
        assert_eq!(clock.step(TimeDelta::minutes(2)), Ok(start() + TimeDelta::minutes(2)));
        minute.await;
        assert!(tokio::time::timeout(Duration::from_millis(20), hour).await.is_err(), "an hour has not passed");
        assert_eq!(clock.step(TimeDelta::minutes(-5)), Ok(start() + TimeDelta::minutes(2)), "never backwards");
    }

    #[tokio::test]
    async fn a_scaled_clock_runs_and_wakes_faster() {
        let clock = EmulatorClock::scaled(start(), 6_000);
        let began = Instant::now();
        clock.sleep_until(start() + TimeDelta::minutes(5)).await;
        let shown = clock.now() - start();
        assert!(shown >= TimeDelta::minutes(5), "woke early, at {shown}");
        assert!(began.elapsed() < Duration::from_secs(60), "five minutes passed in {:?}", began.elapsed());
        assert_eq!(clock.step(TimeDelta::seconds(1)), Err(NotStepped));
    }

    #[tokio::test]
    async fn the_real_clock_moves_with_the_machine() {
        let clock = EmulatorClock::real();
        let before = clock.now();
        clock.sleep_until(before + TimeDelta::milliseconds(20)).await;
        assert!(clock.now() - before >= TimeDelta::milliseconds(20));
        assert_eq!(clock.mode(), ClockMode::Real);
    }
}
