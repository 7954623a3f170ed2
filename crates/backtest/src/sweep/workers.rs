//! Work on every core.

use std::any::Any;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Applies `work` to each of `items` on `threads` threads and shows each result to `show`, on the calling thread, in the
/// order in which they are done. `work` gives `None` to stop: then no other item is begun, and the answer is `false`.
///
/// A panic in `work` goes on in the caller.
pub(super) fn each<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: impl Fn(&T) -> Option<R> + Sync,
    mut show: impl FnMut(R),
) -> bool {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.get().min(items.len()))
            .map(|_| {
                let (sender, next, work) = (sender.clone(), &next, &work);
                scope.spawn(move || worker(items, next, work, &sender))
            })
            .collect();
        drop(sender);
        results.iter().for_each(&mut show);
        let ended = workers.into_iter().map(|one| one.join().and_then(|ended| ended));
        // Every worker is waited for, also after one that stopped.
        let ended: Vec<bool> = ended.map(|ended| ended.unwrap_or_else(|panic| resume_unwind(panic))).collect();
        ended.into_iter().all(|whole| whole)
    })
}

/// Works on one item after the other; `false` if it was stopped, a panic as an error. Either stops the others too.
fn worker<T, R>(
    items: &[T],
    next: &AtomicUsize,
    work: impl Fn(&T) -> Option<R>,
    sender: &mpsc::Sender<R>,
) -> Result<bool, Box<dyn Any + Send>> {
    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
        // What a panic may have left half done is not looked at again.
        let result = catch_unwind(AssertUnwindSafe(|| work(item)));
        if let Ok(Some(result)) = result {
            // Only a receiver that is gone refuses a result, and this one outlives the workers.
            drop(sender.send(result));
        } else {
            next.store(items.len(), Ordering::Relaxed);
            return result.map(|_| false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threads(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).expect("at least one")
    }

    #[test]
    fn every_item_is_worked_on_once() {
        let items: Vec<usize> = (0..1_000).collect();
        for count in [1, 2, 7] {
            let mut seen = Vec::new();
            assert!(each(&items, threads(count), |item| Some(*item), |result| seen.push(result)));
            seen.sort_unstable();
            assert_eq!(seen, items);
        }
    }

    #[test]
    fn a_stop_begins_nothing_more() {
        let items: Vec<usize> = (0..1_000_000).collect();
        let mut shown = 0;
        let whole = each(&items, threads(2), |item| (*item < 10).then_some(()), |()| shown += 1);
        assert_eq!((whole, shown), (false, 10));
    }

    #[test]
    #[should_panic(expected = "the reason")]
    fn a_panic_keeps_its_reason() {
        each(&[1, 2, 3], threads(2), |item| if *item == 2 { panic!("the reason") } else { Some(()) }, |()| {});
    }
}
