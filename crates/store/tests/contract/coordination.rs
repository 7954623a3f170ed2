//! Leases, ticks, kill switches: what several processes share.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use exodus_domain::{Clock, EventBus, Notice, Timer};
use exodus_store::{DataFolderLock, MemoryBus, Store, StoreError, leases, outbox, schedule};
use futures::StreamExt;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::harness::{at, on_each_database};

on_each_database!(
    one_of_many_gets_the_lease,
    a_lease_changes_hands_only_after_its_end,
    a_released_lease_is_free_at_once,
    the_only_process_need_not_wait_for_leases_of_the_dead,
    a_tick_is_taken_once,
    the_relay_publishes_what_is_committed_at_once,
);

async fn one_of_many_gets_the_lease(store: Store) {
    let names: Vec<String> = (0..50).map(|n| format!("worker-{n}")).collect();
    let tries = join_all(names.iter().map(|name| leases::acquire(&store, "account:1", name, at(0)))).await;
    assert_eq!(tries.iter().filter(|t| matches!(t, Ok(Some(_)))).count(), 1);
    assert!(tries.iter().all(Result::is_ok));
}

async fn a_lease_changes_hands_only_after_its_end(store: Store) {
    let acquire = |holder: &'static str, second| leases::acquire(&store, "account:1", holder, at(second));
    let first = acquire("a", 0).await.expect("a read").expect("free");
    assert_eq!((first.epoch, first.expires_at), (1, at(15)));
    assert_eq!(acquire("b", 14).await.expect("a read"), None);
    let renewed = leases::renew(&store, &first, at(10)).await.expect("a read").expect("held");
    assert_eq!(acquire("b", 26).await.expect("a read"), None, "renewed until 25, with a margin of 2");
    let second = acquire("b", 28).await.expect("a read").expect("ended");
    assert_eq!(second.epoch, 2);
    assert_eq!(leases::renew(&store, &renewed, at(12)).await.expect("a read"), None, "lost");
    assert!(!leases::is_current(&store, &renewed, at(12)).await.expect("a read"));
    assert!(leases::is_current(&store, &second, at(30)).await.expect("a read"));
    assert_eq!(leases::renew(&store, &second, at(43)).await.expect("a read"), None, "too late");
}

async fn a_released_lease_is_free_at_once(store: Store) {
    let first = leases::acquire(&store, "x", "a", at(0)).await.expect("a read").expect("free");
    leases::release(&store, &first).await.expect("released");
    let second = leases::acquire(&store, "x", "b", at(1)).await.expect("a read").expect("free");
    leases::release(&store, &first).await.expect("no effect");
    assert!(leases::is_current(&store, &second, at(2)).await.expect("a read"));
}

async fn the_only_process_need_not_wait_for_leases_of_the_dead(store: Store) {
    let dead = leases::acquire(&store, "account:1", "killed", at(0)).await.expect("a read").expect("free");
    leases::end_all(&store).await.expect("ended");
    assert!(!leases::is_current(&store, &dead, at(1)).await.expect("a read"));
    let next = leases::acquire(&store, "account:1", "started", at(1)).await.expect("a read").expect("free");
    assert!(next.epoch > dead.epoch, "what the dead one still tries can be told apart");
}

async fn a_tick_is_taken_once(store: Store) {
    let tries = join_all((0..50).map(|_| schedule::claim_tick(&store, "snapshot", at(0), at(1)))).await;
    assert_eq!(tries.iter().filter(|t| matches!(t, Ok(true))).count(), 1);
    assert_eq!(tries.iter().filter(|t| matches!(t, Ok(false))).count(), 49);
    assert!(schedule::claim_tick(&store, "snapshot", at(60), at(61)).await.expect("a read"));
}

/// The clock of the machine.
struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(SystemTime::UNIX_EPOCH + SystemTime::UNIX_EPOCH.elapsed().expect("the clock is past 1970"))
    }
}

impl Timer for WallClock {
    fn sleep_until(&self, at: DateTime<Utc>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let left = (at - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
}

async fn the_relay_publishes_what_is_committed_at_once(store: Store) {
    let bus = Arc::new(MemoryBus::new());
    let mut notices = bus.subscribe().await.expect("a subscription");
    let stop = CancellationToken::new();
    let relay = tokio::spawn(outbox::relay(store.clone(), bus.clone(), Arc::new(WallClock), stop.clone()));
    tokio::time::sleep(Duration::from_millis(100)).await; // The relay has looked once and rests now.
    for account_id in 1..=3 {
        let notice = Notice::OrderRequested { account_id };
        let tx = store.begin().await.expect("a transaction");
        outbox::add(&tx, &notice, at(0)).await.expect("added");
        tx.commit().await.expect("committed");
        let told = tokio::time::timeout(Duration::from_millis(700), notices.next()).await;
        assert_eq!(told.expect("at once, not at the next look").flatten(), Some(notice));
    }
    let tx = store.begin().await.expect("a transaction");
    outbox::add(&tx, &Notice::OrderRequested { account_id: 9 }, at(0)).await.expect("added");
    drop(tx);
    let nothing = tokio::time::timeout(Duration::from_millis(300), notices.next()).await;
    assert!(nothing.is_err(), "what was rolled back was told: {nothing:?}");
    stop.cancel();
    relay.await.expect("the relay ends");
}

#[test]
fn a_data_folder_has_one_owner() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("data");
    let first = DataFolderLock::acquire(&path).expect("free");
    let second = DataFolderLock::acquire(&path);
    assert!(matches!(&second, Err(StoreError::Refused(why)) if why.contains("PostgreSQL")), "{second:?}");
    drop(first);
    DataFolderLock::acquire(&path).expect("free again");
}
