//! The walls between users (safety SE21).

mod calls;
mod world;

use std::time::Instant;

use exodus_domain::{KillScope, KillState, Side, Won};
use exodus_store::requests::{self, NewRequest, Submitted};
use exodus_store::{Durability, Scope, Store, StoreUrl, accounts, audit, credentials, kill_switches, orders, users};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, TransactionOptions, TransactionTrait};
use serde_json::json;

use self::calls::Calls;
use self::world::{Tenant, tenant};
use crate::harness::{
    TestDb, at, limit, on_each_database, on_each_database_with_raw_sql, server_url, user, with_empty_database,
    with_postgres, with_sqlite,
};

on_each_database!(every_table_has_its_place, the_store_of_a_user_is_never_more, a_request_for_an_account_of_another);
on_each_database_with_raw_sql!(rows_hang_together_within_one_user);

/// Calls of the test that runs each time; `make walls` makes a hundred thousand.
const CALLS: usize = 1_000;

async fn every_table_has_its_place(store: Store) {
    assert_eq!(store.tables_without_a_place().await.expect("a read"), Vec::<String>::new(), "name them in walls.rs");
}

async fn the_store_of_a_user_is_never_more(store: Store) {
    let kims = store.of_user(1);
    assert_eq!((store.scope(), kims.scope()), (Scope::Everyone, Scope::User(1)));
    assert_eq!(kims.of_user(1).scope(), Scope::User(1));
    assert_eq!(kims.of_user(2).scope(), Scope::Nobody);
    assert_eq!(store.of_nobody().of_user(1).scope(), Scope::Nobody);
}

/// What a statement that forgot the user would let happen, the rows themselves refuse.
async fn a_request_for_an_account_of_another(store: Store) {
    let [kim, lee] = [tenant(&store, 0).await, tenant(&store, 1).await];
    let mut new = kim.order.clone();
    new.account_id = lee.account;
    assert!(orders::create_order(&store, &new, at(5)).await.is_err(), "an order on an account of another");
    let mut new = kim.order.clone();
    new.fields = limit(Side::Sell, 1, 70_000);
    new.strategy_id = Some(lee.strategy);
    assert!(orders::create_order(&store, &new, at(5)).await.is_err(), "an order of a strategy of another");
    let new = NewRequest { account_id: lee.account, idempotency_key: None, ..kim.request.clone() };
    assert!(requests::submit(&store, &new, at(5)).await.is_err(), "a request to an account of another");
    let mut new = kim.signal.clone();
    new.strategy_id = lee.strategy;
    assert!(exodus_store::signals::record(&store, &new, at(5)).await.is_err(), "a signal of a strategy of another");
}

/// Every pair of rows that names a user twice: the one cannot be made to name another user's.
async fn rows_hang_together_within_one_user(db: TestDb) {
    let [kim, lee] = [tenant(&db.store, 0).await, tenant(&db.store, 1).await];
    let another = NewRequest { idempotency_key: None, ..lee.request.clone() };
    let submitted = requests::submit(&db.store, &another, at(5)).await.expect("written down");
    let Submitted::New(unanswered) = submitted else { panic!("{submitted:?}") };
    // Else the index that keeps two of them apart would answer in place of the key.
    for table in ["account_snapshots", "broker_credentials"] {
        let sql = format!("DELETE FROM {table} WHERE user_id = {}", lee.user);
        db.raw.execute_unprepared(&sql).await.expect("deleted");
    }
    let moves = [
        ("strategies", "account_id", lee.account),
        ("signals", "strategy_id", lee.strategy),
        ("signals", "account_id", lee.account),
        ("order_requests", "account_id", lee.account),
        ("orders", "strategy_id", lee.strategy),
        ("orders", "signal_id", lee.signal_id),
        ("orders", "request_id", unanswered.id),
        ("account_snapshots", "account_id", lee.account),
        ("broker_credentials", "account_id", lee.account),
        ("notifications", "account_id", lee.account),
        ("notifications", "order_id", lee.order_id),
        ("backtest_results", "strategy_id", lee.strategy),
    ];
    for (table, column, theirs) in moves {
        let mine = format!("SELECT COUNT(*) FROM {table} WHERE user_id = {}", kim.user);
        assert_ne!(rows(&db.raw, &mine).await, [0], "{table} has no row for this test");
        let sql = format!("UPDATE {table} SET {column} = {theirs} WHERE user_id = {}", kim.user);
        refused(&db.raw, &sql, "_within_user_id", "names a row of another user_id").await;
        let sql = format!("UPDATE {table} SET user_id = {} WHERE user_id = {}", lee.user, kim.user);
        assert!(db.raw.execute_unprepared(&sql).await.is_err(), "{sql}");
    }
    let (kims, lees) = (kim.user, lee.account);
    let holding = format!(
        "INSERT INTO holdings (user_id, account_id, symbol, quantity, cost, average_price, updated_at) \
         VALUES ({kims}, {lees}, '005930', 1, 1, 1, '2026-01-05 01:00:00+00:00')"
    );
    refused(&db.raw, &holding, "_within_user_id", "names a row of another user_id").await;
    let trade = |order: i64, account: i64| {
        format!(
            "INSERT INTO trades (order_id, user_id, account_id, symbol, side, quantity, cum_quantity, price, amount, \
             commission, tax, executed_at) VALUES ({order}, {kims}, {account}, '005930', 'buy', 1, 1, 1, 1, 0, 0, \
             '2026-01-05 01:00:00+00:00')"
        )
    };
    for sql in [trade(lee.order_id, kim.account), trade(kim.order_id, lees)] {
        refused(&db.raw, &sql, "_within_user_id", "names a row of another user_id").await;
    }
    db.raw.execute_unprepared(&trade(kim.order_id, kim.account)).await.expect("a fill of one's own");
    let sql = format!("UPDATE risk_decisions SET order_id = {} WHERE order_id = {}", lee.order_id, kim.order_id);
    refused(&db.raw, &sql, "_within_account_id", "names a row of another account_id").await;
    let sql = format!("UPDATE broker_orders SET order_id = {} WHERE account_id = {}", lee.order_id, kim.account);
    refused(&db.raw, &sql, "_within_account_id", "names a row of another account_id").await;
}

async fn refused(raw: &DatabaseConnection, sql: &str, key: &str, message: &str) {
    let error = raw.execute_unprepared(sql).await.map(|done| done.rows_affected()).expect_err(sql).to_string();
    let expected = if raw.get_database_backend() == DbBackend::Postgres { key } else { message };
    assert!(error.contains(expected), "{sql}: {error}");
}

async fn rows(raw: &DatabaseConnection, sql: &str) -> Vec<i64> {
    let statement = sea_orm::Statement::from_string(raw.get_database_backend(), sql);
    let rows = raw.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter().map(|row| row.try_get_by_index(0).expect("a number")).collect()
}

/// Twenty users make calls at random, each with numbers of their own rows and of others'.
#[allow(clippy::print_stdout, reason = "how long so many calls take is a figure to look at")]
async fn tenants_meet_nobody(store: Store, count: usize, seed: u64) {
    let mut tenants = Vec::new();
    for number in 0..20 {
        tenants.push(tenant(&store, number).await);
    }
    let started = Instant::now();
    let mut calls = Calls::new(store, tenants, seed);
    calls.make(count).await;
    calls.look_through_everything().await;
    println!("{count} calls of seed {seed} in {:.1} s: {}", started.elapsed().as_secs_f64(), calls.summary());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tenants_meet_nobody_on_sqlite() {
    with_sqlite(|db| tenants_meet_nobody(db.store, CALLS, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tenants_meet_nobody_on_postgres() {
    with_postgres("twenty_tenants", |db| tenants_meet_nobody(db.store, CALLS, 2)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: `make walls`"]
async fn a_hundred_thousand_calls_on_sqlite() {
    with_sqlite(|db| tenants_meet_nobody(db.store, 100_000, 3)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: `make walls`"]
async fn a_hundred_thousand_calls_on_postgres() {
    with_postgres("hundred_thousand", |db| tenants_meet_nobody(db.store, 100_000, 4)).await;
}

/// Functions that take no user, called in a user's name: the database itself knows whose the rows are.
async fn behind_the_wall(store: &Store, kim: &Tenant, lee: &Tenant) {
    let kims = store.of_user(kim.user);
    for (whose, seen) in [(kim, true), (lee, false)] {
        assert_eq!(accounts::find(&kims, whose.account).await.expect("a read").is_some(), seen);
        assert_eq!(users::find(&kims, whose.user).await.expect("a read").is_some(), seen);
        assert_eq!(orders::find(&kims, whose.order_id).await.expect("a read").is_some(), seen);
        assert_eq!(!orders::timeline(&kims, whose.order_id).await.expect("a read").is_empty(), seen);
        assert_eq!(!orders::decisions_of(&kims, whose.order_id).await.expect("a read").is_empty(), seen);
        assert_eq!(!credentials::of_account(&kims, whose.account).await.expect("a read").is_empty(), seen);
        assert_eq!(audit::list(&kims, Some(whose.user), crate::harness::ALL).await.expect("a read").total > 0, seen);
        let pulled = kill_switches::pull(&kims, KillScope::Account, whose.account, KillState::Halted, "", None, at(9));
        assert_eq!(pulled.await.is_ok(), seen);
        assert!(accounts::find(&store.of_nobody(), whose.account).await.expect("a read").is_none());
    }
    // Work in the background sees everybody, also on connections that were a user's before.
    assert_eq!(accounts::list(store).await.expect("a read").len(), 2);
    let tx = kims.begin().await.expect("a transaction");
    assert!(orders::find(&tx, lee.order_id).await.expect("a read").is_none(), "a transaction has the wall too");
    let new = orders::NewOrder { user_id: lee.user, account_id: lee.account, ..lee.order.clone() };
    drop(tx);
    assert!(orders::create_order(&kims, &new, at(9)).await.is_err(), "a row of another is not written");
    // Many at once share few connections, each of which is told anew whose it is.
    let (kims, lees) = (store.of_user(kim.user), store.of_user(lee.user));
    let both = (0..200).map(|n| {
        let (store, account) = if n % 2 == 0 { (&kims, kim.account) } else { (&lees, lee.account) };
        async move { accounts::list(store).await.map(|found| found.len() == 1 && found[0].id == account) }
    });
    let both = futures::future::join_all(both).await;
    assert!(both.iter().all(|own| matches!(own, Ok(true))), "{both:?}");
}

/// The account of these tests is a superuser, whom no wall stops: that one stands shows that it was given up.
#[tokio::test(flavor = "multi_thread")]
async fn a_superuser_gives_up_its_rights() {
    with_postgres("superuser", |db| async move {
        let [kim, lee] = [tenant(&db.store, 0).await, tenant(&db.store, 1).await];
        behind_the_wall(&db.store, &kim, &lee).await;
        for forbidden in [
            "UPDATE audit_log SET actor = 'x'",
            "DELETE FROM audit_log",
            "ALTER TABLE audit_log DISABLE TRIGGER ALL",
            "ALTER TABLE orders NO FORCE ROW LEVEL SECURITY",
            "TRUNCATE orders CASCADE",
            "DROP TABLE orders",
            "CREATE TABLE x (id bigint)",
            "INSERT INTO seaql_migrations VALUES ('x', 1)",
        ] {
            let tx = db.raw.begin_with_options(TransactionOptions::default()).await.expect("begun");
            tx.execute_unprepared("SET LOCAL ROLE exodus_service").await.expect("the role is there");
            let error = tx.execute_unprepared(forbidden).await.expect_err(forbidden).to_string();
            assert!(error.contains("permission denied") || error.contains("must be owner"), "{forbidden}: {error}");
        }
        let roles = rows(
            &db.raw,
            "SELECT COUNT(*) FROM pg_roles WHERE rolname = 'exodus_service' AND NOT rolsuper \
             AND NOT rolbypassrls AND NOT rolcanlogin AND NOT rolcreaterole AND NOT rolcreatedb",
        );
        assert_eq!(roles.await, [1]);
        let owned = "SELECT COUNT(*) FROM pg_class WHERE relowner = 'exodus_service'::regrole";
        assert_eq!(rows(&db.raw, owned).await, [0]);
    })
    .await;
}

/// An account as a hosting company hands it out: it owns its database and may make no roles.
#[tokio::test(flavor = "multi_thread")]
async fn a_plain_owner_is_walled_off_too() {
    let Some(server) = server_url() else { return };
    let admin = Database::connect(server.as_str()).await.expect("PostgreSQL answers");
    let account = format!("plain_{}", std::process::id());
    for sql in [format!("DROP ROLE IF EXISTS {account}"), format!("CREATE ROLE {account} LOGIN")] {
        admin.execute_unprepared(&sql).await.expect("a role");
    }
    let (_, host) = server.split_once('@').expect("a URL with a user");
    let server = format!("postgres://{account}@{host}");
    with_empty_database("plain", Some(&account), |url| async move {
        let url = url.replace(&url[..url.find('@').expect("a user")], &server[..server.find('@').expect("a user")]);
        let store = Store::connect(&StoreUrl::Postgres(url.clone()), Durability::RelaxedForTests).await.expect("opens");
        store.migrate_up().await.expect("the tables are made");
        let [kim, lee] = [tenant(&store, 0).await, tenant(&store, 1).await];
        behind_the_wall(&store, &kim, &lee).await;
        store.migrate_up().await.expect("a second start");
        let raw = Database::connect(url).await.expect("the owner may look");
        assert_eq!(rows(&raw, "SELECT COUNT(*) FROM orders").await, [0], "the owner passes no wall unasked");
        raw.close().await.expect("closed");
        store.close().await.expect("closed");
    })
    .await;
    admin.execute_unprepared(&format!("DROP ROLE {account}")).await.expect("dropped");
}

/// An installation of before keeps its rows, and its tables get their walls.
#[tokio::test(flavor = "multi_thread")]
async fn walls_that_fell_are_put_up_again() {
    with_postgres("fell", |db| async move {
        let [kim, lee] = [tenant(&db.store, 0).await, tenant(&db.store, 1).await];
        for sql in [
            "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY",
            "CREATE POLICY opened ON users USING (TRUE)",
            "REVOKE ALL ON trades FROM exodus_service",
        ] {
            db.raw.execute_unprepared(sql).await.expect("an administrator may");
        }
        db.store.migrate_up().await.expect("a start");
        behind_the_wall(&db.store, &kim, &lee).await;
        let open = "SELECT COUNT(*) FROM pg_policy WHERE polname = 'opened'";
        assert_eq!(rows(&db.raw, open).await, [0]);
    })
    .await;
}

/// Not even by a mistake of the program: a user whose number is asked for twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_request_leaves_no_user_behind() {
    with_postgres("dropped", |db| async move {
        let (kim, account) = user(&db.store, "kim").await;
        let (lee, _) = user(&db.store, "lee").await;
        for _ in 0..50 {
            let kims = db.store.of_user(kim.id);
            let task = tokio::spawn(async move {
                let tx = kims.begin().await?;
                orders::find(&tx, 1).await?;
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                tx.commit().await
            });
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            task.abort();
            assert!(accounts::find(&db.store.of_user(lee.id), account.id).await.expect("a read").is_none());
            assert!(accounts::find(&db.store.of_nobody(), account.id).await.expect("a read").is_none());
        }
        let new = orders::NewOrder {
            user_id: kim.id,
            account_id: account.id,
            strategy_id: None,
            signal: None,
            request_id: None,
            fields: limit(Side::Buy, 1, 70_000),
            commission: None,
            inputs: json!({}),
        };
        orders::create_order(&db.store.of_user(kim.id), &new, at(1)).await.expect("kim goes on");
        assert_eq!(account.initial_cash, Won(100_000_000));
    })
    .await;
}
