//! Databases on the PostgreSQL server of the environment, one for each test.

use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// The addresses of a new database and of the Redis server, for as long as `test` runs. Says so when there are none.
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
pub(crate) async fn with_servers(test: impl AsyncFnOnce([(&'static str, String); 2])) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let variable = |name: &str| std::env::var(name).ok();
    let (Some(server), Some(redis)) = (variable("EXODUS_TEST_POSTGRES_URL"), variable("EXODUS_TEST_REDIS_URL")) else {
        println!("skipped: no PostgreSQL/Redis");
        return;
    };
    let name = format!("server_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(&server).await.expect("PostgreSQL answers");
    run(&admin, &format!("DROP DATABASE IF EXISTS {name}")).await;
    run(&admin, &format!("CREATE DATABASE {name}")).await;
    let (host, _) = server.rsplit_once('/').expect("the address of a server ends in a database");
    test([("DATABASE_URL", format!("{host}/{name}")), ("REDIS_URL", redis)]).await;
    run(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

async fn run(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
