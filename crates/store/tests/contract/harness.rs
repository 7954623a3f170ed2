//! Databases for tests: a fresh one for each.

use std::future::Future;
use std::time::UNIX_EPOCH;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{OrderFields, OrderType, Price, Qty, Side, Symbol, Won};
use exodus_store::accounts::Account;
use exodus_store::users::{self, NewUser, Registration, User};
use exodus_store::{Durability, Page, Store, StoreUrl, settings};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// Makes one test on each database from a function that takes a [`Store`].
macro_rules! on_each_database {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $crate::harness::with_sqlite(|db| super::$name(db.store)).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $crate::harness::with_postgres(stringify!($name), |db| super::$name(db.store)).await;
            })+
        }
    };
}

/// The same for functions that take a [`TestDb`].
macro_rules! on_each_database_with_raw_sql {
    ($($name:ident),+ $(,)?) => {
        mod raw_on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $crate::harness::with_sqlite(super::$name).await;
            })+
        }
        mod raw_on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                $crate::harness::with_postgres(stringify!($name), super::$name).await;
            })+
        }
    };
}
pub(crate) use {on_each_database, on_each_database_with_raw_sql};

/// A store, and a way round it.
pub(crate) struct TestDb {
    /// The store under test.
    pub(crate) store: Store,
    /// A connection of its own for SQL that the store would never send.
    pub(crate) raw: DatabaseConnection,
    /// Where the database is.
    pub(crate) url: String,
}

/// Runs a test on a SQLite file of its own.
pub(crate) async fn with_sqlite<Fut: Future<Output = ()>>(test: impl FnOnce(TestDb) -> Fut) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("exodus.db");
    let store = Store::connect(&StoreUrl::Sqlite(path.clone()), Durability::Required).await.expect("SQLite opens");
    store.migrate_up().await.expect("the tables are made");
    let raw = Database::connect(format!("sqlite:{}", path.display())).await.expect("SQLite opens twice");
    let url = format!("sqlite:{}", path.display());
    test(TestDb { store: store.clone(), raw, url }).await;
    store.close().await.expect("SQLite closes");
}

/// Runs a test on a PostgreSQL database of its own, copied from a migrated template.
pub(crate) async fn with_postgres<Fut: Future<Output = ()>>(name: &str, test: impl FnOnce(TestDb) -> Fut) {
    let Some(server) = server_url() else { return };
    let admin = Database::connect(server.as_str()).await.expect("PostgreSQL answers");
    let template = template(&admin, &server).await;
    let database = format!("t_{}_{}", std::process::id(), &name[..name.len().min(40)]);
    run(&admin, &format!("DROP DATABASE IF EXISTS {database}")).await;
    locked(&admin, &format!("CREATE DATABASE {database} TEMPLATE {template}")).await;
    let url = named(&server, &database);
    let raw = Database::connect(url.as_str()).await.expect("the database opens twice");
    let store = Store::connect(&StoreUrl::Postgres(url.clone()), Durability::RelaxedForTests)
        .await
        .expect("the database opens");
    test(TestDb { store: store.clone(), raw, url }).await;
    store.close().await.expect("the database closes");
    run(&admin, &format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

/// An empty database with no tables, for tests of migrations.
pub(crate) async fn with_empty_postgres<Fut: Future<Output = ()>>(name: &str, test: impl FnOnce(Store) -> Fut) {
    with_empty_database(name, None, |url| async move {
        let url = StoreUrl::Postgres(url);
        let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("the database opens");
        test(store.clone()).await;
        store.close().await.expect("the database closes");
    })
    .await;
}

/// The address of an empty database, which may belong to another account than the tests'.
pub(crate) async fn with_empty_database<Fut: Future<Output = ()>>(
    name: &str,
    owner: Option<&str>,
    test: impl FnOnce(String) -> Fut,
) {
    let Some(server) = server_url() else { return };
    let admin = Database::connect(server.as_str()).await.expect("PostgreSQL answers");
    let database = format!("e_{}_{name}", std::process::id());
    let owned = owner.map(|owner| format!("OWNER {owner}")).unwrap_or_default();
    run(&admin, &format!("DROP DATABASE IF EXISTS {database}")).await;
    run(&admin, &format!("CREATE DATABASE {database} {owned}")).await;
    test(named(&server, &database)).await;
    run(&admin, &format!("DROP DATABASE {database} WITH (FORCE)")).await;
}

/// The server that tests may fill; says so when there is none.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
pub(crate) fn server_url() -> Option<String> {
    let url = std::env::var("EXODUS_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        println!("skipped: no PostgreSQL/Redis");
    }
    url
}

/// A migrated database to copy, made once for each build of the tests, whoever comes first.
async fn template(admin: &DatabaseConnection, server: &str) -> String {
    let program = std::env::current_exe().and_then(std::fs::metadata).and_then(|m| m.modified());
    let built = program.expect("the test program has a date").duration_since(UNIX_EPOCH).expect("it is not that old");
    let name = format!("template_{}", built.as_nanos());
    let made = format!("made_{}", built.as_nanos());
    let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    if admin.query_one_raw(Statement::from_string(DbBackend::Postgres, exists.clone())).await.expect("a read").is_some()
    {
        return name;
    }
    // Made under another name and renamed when it is ready, so that nobody copies a half-made one.
    let making = format!("{made}_{}", std::process::id());
    run(admin, &format!("CREATE DATABASE {making}")).await;
    let url = StoreUrl::Postgres(named(server, &making));
    let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("the template opens");
    store.migrate_up().await.expect("the tables are made");
    store.close().await.expect("the template closes");
    let renamed = admin.execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    if renamed.is_err() {
        run(admin, &format!("DROP DATABASE {making}")).await; // Another process was faster.
    }
    name
}

async fn run(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// Runs a statement while no other process copies a database.
async fn locked(admin: &DatabaseConnection, sql: &str) {
    for attempt in 0.. {
        match admin.execute_unprepared(sql).await {
            Ok(_) => return,
            // Two copies of one template at the same moment: PostgreSQL refuses one of them.
            Err(e) if attempt < 50 && e.to_string().contains("being accessed") => {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            Err(e) => panic!("{sql}: {e}"),
        }
    }
}

fn named(server: &str, database: &str) -> String {
    let (base, query) = server.split_once('?').unwrap_or((server, ""));
    let scheme_end = base.find("://").expect("a URL") + 3;
    let host_end = base[scheme_end..].find('/').map_or(base.len(), |i| scheme_end + i);
    format!("{}/{database}?{query}", &base[..host_end])
}

/// An instant of the tests' day, so many seconds after its start.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a valid instant") + TimeDelta::seconds(seconds)
}

/// A page that holds everything a test makes.
pub(crate) const ALL: Page = Page { number: 1, size: 1_000 };

/// A symbol.
pub(crate) fn symbol(code: &str) -> Symbol {
    code.parse().expect("a valid code")
}

/// A user with an account of 100 million won. The first of a database is its admin.
pub(crate) async fn user(store: &Store, name: &str) -> (User, Account) {
    settings::set(store, settings::REGISTRATION_OPEN, &true, at(0)).await.expect("the setting is stored");
    let new = NewUser {
        email: format!("{name}@example.com"),
        hashed_password: "hash".to_owned(),
        full_name: name.to_owned(),
    };
    match users::register(store, &new, Won(100_000_000), at(0)).await.expect("a registration") {
        Registration::Created { user, account } => (user, *account),
        other => panic!("not registered: {other:?}"),
    }
}

/// A limit order.
pub(crate) fn limit(side: Side, quantity: i64, price: i64) -> OrderFields {
    OrderFields {
        symbol: symbol("005930"),
        side,
        order_type: OrderType::Limit,
        quantity: Qty(quantity),
        price: Some(Price(price)),
    }
}

/// The Redis server that tests may fill; says so when there is none.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
pub(crate) fn redis_url() -> Option<String> {
    let url = std::env::var("EXODUS_TEST_REDIS_URL").ok();
    if url.is_none() {
        println!("skipped: no PostgreSQL/Redis");
    }
    url
}

/// The real time.
pub(crate) struct RealClock;

impl exodus_domain::Clock for RealClock {
    #[allow(clippy::disallowed_methods, reason = "jobs are tested with real waiting")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
