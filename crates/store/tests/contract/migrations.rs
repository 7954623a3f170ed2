//! Tables are made and unmade, with rows in them.

use exodus_domain::{Interval, KillScope, KillState, Side};
use exodus_store::bars::{self, SeriesKind};
use exodus_store::orders::{self, NewOrder};
use exodus_store::users;
use exodus_store::{Durability, Store, StoreError, StoreUrl, kill_switches, sessions};
use serde_json::json;

use crate::harness::{at, limit, server_url, symbol, user, with_empty_postgres, with_sqlite};

async fn fill(store: &Store) {
    let (kim, account) = user(store, "kim").await;
    sessions::start(store, kim.id, "t", at(9), at(0)).await.expect("a login");
    kill_switches::set(store, KillScope::Global, 0, KillState::Halted, "x", None, at(0)).await.expect("pulled");
    let new = NewOrder {
        user_id: kim.id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: limit(Side::Buy, 1, 70_000),
        commission: None,
        inputs: json!({}),
    };
    orders::create_order(store, &new, at(1)).await.expect("created");
    let key = SeriesKind::krx(Interval::Day1, true).of(symbol("005930"));
    bars::append(store, key, &[]).await.expect("nothing to store");
}

async fn up_and_down_with_rows(store: Store) {
    store.migrate_up().await.expect("up");
    store.migrate_up().await.expect("up again changes nothing");
    assert!(store.is_migrated().await.expect("a read"));
    fill(&store).await;
    store.migrate_down().await.expect("down");
    assert!(!store.is_migrated().await.expect("a read"));
    store.migrate_up().await.expect("up once more");
    assert_eq!(users::count(&store).await.expect("a count"), 0);
    fill(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn up_and_down_on_sqlite() {
    with_sqlite(|db| up_and_down_with_rows(db.store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn up_and_down_on_postgres() {
    with_empty_postgres("up_and_down", up_and_down_with_rows).await;
}

/// Several processes may start on a new database at once.
#[tokio::test(flavor = "multi_thread")]
async fn starting_together_makes_the_tables_once() {
    with_empty_postgres("together", |store| async move {
        let starts = futures::future::join_all((0..4).map(|_| store.migrate_up())).await;
        assert!(starts.iter().all(Result::is_ok), "{starts:?}");
        assert!(store.is_migrated().await.expect("a read"));
        fill(&store).await;
    })
    .await;
}

/// A server that confirms what it has not written down is not good enough for orders.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_forget_is_refused() {
    let Some(server) = server_url() else { return };
    let forgetful = format!("{server}?options=-c%20synchronous_commit%3Doff");
    match Store::connect(&StoreUrl::Postgres(forgetful), Durability::Required).await {
        Err(StoreError::Refused(why)) => assert!(why.contains("synchronous_commit"), "{why}"),
        other => panic!("not refused: {other:?}"),
    }
}
