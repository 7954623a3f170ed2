//! How many previews may run: one on each core, and few for one user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Previews of one user at a time: of two windows. A further one ends the oldest.
const EACH: usize = 2;

/// The previews that run in this process.
pub(crate) struct Previews {
    /// Of each user, oldest first.
    running: Mutex<HashMap<i64, Vec<(u64, CancellationToken)>>>,
    /// One for each preview that works; others wait.
    pub(super) cores: Arc<Semaphore>,
}

impl Default for Previews {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { running: Mutex::default(), cores: Arc::new(Semaphore::new(cores)) }
    }
}

impl Previews {
    /// Makes room for a preview of `user_id`, which runs until the answer is dropped.
    pub(super) fn begin(&self, user_id: i64) -> Running<'_> {
        let stop = CancellationToken::new();
        let mut all = self.lock();
        let own = all.entry(user_id).or_default();
        while own.len() >= EACH {
            own.remove(0).1.cancel();
        }
        let number = own.last().map_or(0, |(newest, _)| newest + 1);
        own.push((number, stop.clone()));
        Running { previews: self, user_id, number, stop }
    }

    /// A thread that panicked left the list whole: it is changed by single calls.
    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Vec<(u64, CancellationToken)>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A preview that runs. It ends with this, and so with the request.
pub(super) struct Running<'a> {
    previews: &'a Previews,
    user_id: i64,
    number: u64,
    /// Told when nobody waits for the answer any more.
    pub(super) stop: CancellationToken,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.stop.cancel();
        let mut all = self.previews.lock();
        if let Some(own) = all.get_mut(&self.user_id) {
            own.retain(|(number, _)| *number != self.number);
            if own.is_empty() {
                all.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_further_preview_ends_the_oldest_of_the_same_user() {
        let previews = Previews::default();
        let others = previews.begin(2);
        let [first, second, third] = [(); 3].map(|()| previews.begin(1));
        let ended = |running: &Running<'_>| running.stop.is_cancelled();
        assert_eq!([&first, &second, &third, &others].map(ended), [true, false, false, false]);
        drop(first);
        drop(second);
        let fourth = previews.begin(1);
        assert_eq!([&third, &fourth].map(ended), [false, false], "room was made by the one that ended");
        drop((third, fourth, others));
        assert!(previews.lock().is_empty());
    }

    #[test]
    fn a_request_that_is_dropped_stops_its_preview() {
        let previews = Previews::default();
        let running = previews.begin(1);
        let stop = running.stop.clone();
        drop(running);
        assert!(stop.is_cancelled());
    }
}
