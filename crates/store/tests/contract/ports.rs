//! Cache and bus, in memory and in Redis.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use exodus_domain::{EventBus, Notice};
use exodus_store::{Kv, MemoryBus, MemoryKv, Rate, RedisBus, RedisKv, Slide, Window};
use futures::StreamExt;
use futures::future::join_all;

use crate::harness::redis_url;

/// Makes one test in memory and one in Redis from a function that takes a port.
macro_rules! on_each {
    ($memory:ident, $redis:ident: $($name:ident),+ $(,)?) => {
        mod $memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$memory(super::$name).await;
            })+
        }
        mod $redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$redis(stringify!($name), super::$name).await;
            })+
        }
    };
}

on_each!(
    kv_in_memory, kv_in_redis:
    a_value_ends_with_its_time,
    one_of_many_sets_what_is_absent,
    a_rate_allows_its_burst_and_then_its_pace,
    rates_of_different_keys_are_apart,
    a_window_slides_and_counts_in_all_or_none,
);
on_each!(
    bus_in_memory, bus_in_redis:
    every_listener_hears_every_notice_in_order,
    a_listener_hears_nothing_from_before,
);

async fn a_window_slides_and_counts_in_all_or_none(kv: Arc<dyn Kv>) {
    let at = |millis: i64| DateTime::from_timestamp_millis(1_795_000_000_000 + millis).expect("an instant");
    let window = |key: &str, calls, seconds| Window { key: key.to_owned(), calls, per: TimeDelta::seconds(seconds) };
    let (all, ledger) = (window("all", 3, 1), window("ledger", 1, 1));
    let both = [all.clone(), ledger.clone()];
    let slide = async |windows: &[Window], millis: i64| kv.slide(windows, at(millis)).await.expect("an answer");
    assert_eq!(slide(&both, 0).await, Slide::Counted);
    assert_eq!(slide(&both, 400).await, Slide::Full { index: 1, until: at(1_000) });
    assert_eq!(slide(std::slice::from_ref(&all), 400).await, Slide::Counted, "the refused call was not counted");
    assert_eq!(slide(std::slice::from_ref(&all), 400).await, Slide::Counted, "also at the same instant");
    assert_eq!(slide(std::slice::from_ref(&all), 999).await, Slide::Full { index: 0, until: at(1_000) });
    assert_eq!(slide(&both, 1_000).await, Slide::Counted);
    assert_eq!(slide(std::slice::from_ref(&all), 1_399).await, Slide::Full { index: 0, until: at(1_400) });
    // Many at once: never more than allowed in any second.
    let outcomes = join_all((0..30).map(|_| async { kv.slide(&[window("burst", 12, 1)], at(0)).await })).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Ok(Slide::Counted)).count(), 12);
}

async fn kv_in_memory<Fut: Future<Output = ()>>(test: impl FnOnce(Arc<dyn Kv>) -> Fut) {
    test(Arc::new(MemoryKv::new())).await;
}

async fn kv_in_redis<Fut: Future<Output = ()>>(name: &str, test: impl FnOnce(Arc<dyn Kv>) -> Fut) {
    let Some(url) = redis_url() else { return };
    test(Arc::new(RedisKv::connect(&url, &prefix(name)).await.expect("Redis answers"))).await;
}

async fn bus_in_memory<Fut: Future<Output = ()>>(test: impl FnOnce(Arc<dyn EventBus>) -> Fut) {
    test(Arc::new(MemoryBus::new())).await;
}

async fn bus_in_redis<Fut: Future<Output = ()>>(name: &str, test: impl FnOnce(Arc<dyn EventBus>) -> Fut) {
    let Some(url) = redis_url() else { return };
    test(Arc::new(RedisBus::connect(&url, &prefix(name)).await.expect("Redis answers"))).await;
}

/// Keys that no other test, and no other run, uses.
fn prefix(name: &str) -> String {
    let nanos = std::time::UNIX_EPOCH.elapsed().expect("the clock is past 1970").as_nanos();
    format!("test:{nanos}:{name}:")
}

const MINUTE: Duration = Duration::from_secs(60);

async fn a_value_ends_with_its_time(kv: Arc<dyn Kv>) {
    assert_eq!(kv.get("a").await, Ok(None));
    kv.set("a", b"1", MINUTE).await.expect("set");
    kv.set("short", &[0, 255, 10], Duration::from_millis(150)).await.expect("set");
    assert_eq!(kv.get("a").await, Ok(Some(b"1".to_vec())));
    assert_eq!(kv.get("short").await, Ok(Some(vec![0, 255, 10])));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(kv.get("short").await, Ok(None));
    assert_eq!(kv.set_if_absent("short", b"again", MINUTE).await, Ok(true), "what has ended is absent");
    kv.set("a", b"2", MINUTE).await.expect("set");
    assert_eq!(kv.get("a").await, Ok(Some(b"2".to_vec())));
    kv.delete("a").await.expect("deleted");
    assert_eq!(kv.get("a").await, Ok(None));
    kv.delete("a").await.expect("deleting nothing is no failure");
}

async fn one_of_many_sets_what_is_absent(kv: Arc<dyn Kv>) {
    let values: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let tries = join_all(values.iter().map(|v| kv.set_if_absent("lock", v.as_bytes(), MINUTE))).await;
    assert_eq!(tries.iter().filter(|t| **t == Ok(true)).count(), 1);
    let winner = tries.iter().position(|t| *t == Ok(true)).expect("a winner");
    assert_eq!(kv.get("lock").await, Ok(Some(values[winner].clone().into_bytes())));
}

async fn a_rate_allows_its_burst_and_then_its_pace(kv: Arc<dyn Kv>) {
    let rate = Rate { burst: 5, per: Duration::from_secs(2) };
    let tries = join_all((0..20).map(|_| kv.rate_limit("kim", rate))).await;
    let allowed: Vec<_> = tries.iter().flatten().filter(|d| d.allowed).collect();
    assert_eq!(allowed.len(), 5);
    assert_eq!(allowed.iter().map(|d| d.remaining).min(), Some(0));
    let refused = kv.rate_limit("kim", rate).await.expect("a decision");
    assert!(!refused.allowed && refused.retry_after <= Duration::from_millis(400), "{refused:?}");
    assert!(refused.retry_after > Duration::ZERO, "{refused:?}");
    tokio::time::sleep(refused.retry_after + Duration::from_millis(5)).await;
    let again = kv.rate_limit("kim", rate).await.expect("a decision");
    assert!(again.allowed, "{again:?}");
    let soon = kv.rate_limit("kim", rate).await.expect("a decision");
    assert!(!soon.allowed, "one came back, not more: {soon:?}");
}

async fn rates_of_different_keys_are_apart(kv: Arc<dyn Kv>) {
    let rate = Rate { burst: 1, per: MINUTE };
    assert!(kv.rate_limit("kim", rate).await.expect("a decision").allowed);
    assert!(!kv.rate_limit("kim", rate).await.expect("a decision").allowed);
    assert!(kv.rate_limit("lee", rate).await.expect("a decision").allowed);
}

fn notice(account_id: i64) -> Notice {
    Notice::OrderRequested { account_id }
}

async fn every_listener_hears_every_notice_in_order(bus: Arc<dyn EventBus>) {
    let mut listeners = [bus.subscribe().await.expect("subscribed"), bus.subscribe().await.expect("subscribed")];
    for n in 0..100 {
        bus.publish(&notice(n)).await.expect("published");
    }
    for listener in &mut listeners {
        for n in 0..100 {
            assert_eq!(listener.next().await, Some(Some(notice(n))));
        }
    }
}

async fn a_listener_hears_nothing_from_before(bus: Arc<dyn EventBus>) {
    bus.publish(&notice(1)).await.expect("nobody listening is no failure");
    let mut listener = bus.subscribe().await.expect("subscribed");
    bus.publish(&notice(2)).await.expect("published");
    assert_eq!(listener.next().await, Some(Some(notice(2))));
}

#[tokio::test]
async fn a_listener_that_is_too_slow_is_told_to_read_again() {
    let bus = MemoryBus::new();
    let mut listener = bus.subscribe().await.expect("subscribed");
    for n in 0..10_000 {
        bus.publish(&notice(n)).await.expect("published");
    }
    assert_eq!(listener.next().await, Some(None));
    assert!(matches!(listener.next().await, Some(Some(_))));
}

#[tokio::test]
async fn a_listener_that_lost_its_connection_is_told_to_read_again() {
    let Some(url) = redis_url() else { return };
    let admin = redis::Client::open(url.as_str())
        .expect("a URL")
        .get_multiplexed_async_connection()
        .await
        .expect("Redis answers");
    // A user of its own, so that only this test's connections are broken.
    let name = format!("test{}", std::process::id());
    let command = |words: &[&str]| {
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        let mut admin = admin.clone();
        async move { command.query_async::<redis::Value>(&mut admin).await.expect("Redis obeys") }
    };
    command(&["ACL", "SETUSER", &name, "on", "nopass", "~*", "&*", "+@all"]).await;
    let own_url = url.replace("redis://", &format!("redis://{name}:x@"));
    let listening = RedisBus::connect(&own_url, &prefix("lost")).await.expect("Redis answers");
    let mut listener = listening.subscribe().await.expect("subscribed");
    listening.publish(&notice(1)).await.expect("published");
    assert_eq!(listener.next().await, Some(Some(notice(1))));
    command(&["CLIENT", "KILL", "USER", &name]).await;
    assert_eq!(listener.next().await, Some(None), "a gap");
    // The publisher learns of the break by the first notice it cannot send; the outbox keeps that one and repeats it.
    while listening.publish(&notice(2)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(listener.next().await, Some(Some(notice(2))));
    command(&["ACL", "DELUSER", &name]).await;
}
