//! Packing and unpacking on every core, and never on a thread that answers requests.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::StoreError;

/// Does what takes long away from the threads that answer requests.
pub(crate) async fn where_blocking_is_allowed<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, StoreError> {
    let _under_way = UnderWay::begin();
    let working = tokio::task::spawn_blocking(work);
    working.await.map_err(|e| StoreError::Corrupt(format!("packing or unpacking bars: {e}")))
}

/// Counts what is under way, so that a simulation lets no time pass meanwhile.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        COUNT.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Relaxed);
    }
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// True if nothing of this process is being packed or unpacked.
#[cfg(feature = "testing")]
pub(crate) fn nothing_under_way() -> bool {
    COUNT.load(Ordering::Relaxed) == 0
}

/// What `work` makes of each item, in order, on every core. To be called where blocking is allowed.
pub(crate) fn on_every_core<T: Send, R: Send>(mut items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    let mut shares = Vec::with_capacity(cores);
    while !items.is_empty() {
        let rest = items.split_off(items.len().min(share));
        shares.push(std::mem::replace(&mut items, rest));
    }
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(move || share.into_iter().map(work).collect::<Vec<R>>()))
            .collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_the_order_stays() {
        for len in [0, 1, 2, 3, 1_000] {
            let doubled = on_every_core((0..len).collect(), |n: u32| n * 2);
            assert_eq!(doubled, (0..len).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "a bad item")]
    fn a_panic_is_passed_on() {
        on_every_core(vec![1, 2, 3], |n| assert_ne!(n, 2, "a bad item"));
    }
}
