//! What a migration makes of rows that were there before it.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::*;

const FIRST_WITH_VERSIONS: u32 = 11;
const TIME: &str = "'2026-01-05 01:00:00+00:00'";

/// Strategies of a user as version 10 of the tables has them: one that trades, one that rests, one that was deleted.
fn rows() -> Vec<String> {
    let strategy = |id: i64, is_active: bool, deleted: &str| {
        format!(
            "INSERT INTO strategies (id, user_id, name, description, strategy_type, parameters, symbols, is_active, \
             created_at, updated_at, deleted_at) VALUES ({id}, 1, 'number {id}', '', 'momentum', '{{\"lookback\":{id}}}', \
             '[\"005930\"]', {is_active}, {TIME}, {TIME}, {deleted})"
        )
    };
    vec![
        format!(
            "INSERT INTO users (id, email, hashed_password, full_name, role, is_active, created_at, updated_at) \
             VALUES (1, 'kim@example.com', 'x', 'Kim', 'user', TRUE, {TIME}, {TIME})"
        ),
        strategy(1, true, "NULL"),
        strategy(2, false, "NULL"),
        strategy(3, false, TIME),
    ]
}

async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.expect("a read");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
}

async fn strategies_become_their_first_version(connection: DatabaseConnection) {
    Migrator::up(&connection, Some(FIRST_WITH_VERSIONS - 1)).await.expect("the tables of before");
    for row in rows() {
        connection.execute_unprepared(&row).await.expect("a row of before");
    }
    Migrator::up(&connection, Some(1)).await.expect("one step");
    let versions = "SELECT CAST(strategy_id AS TEXT) || ' ' || number || ' ' || name || ' ' || CAST(parameters AS TEXT) \
                    || ' ' || CAST(symbols AS TEXT) FROM strategy_versions ORDER BY strategy_id";
    let expected = [1, 2, 3].map(|id| format!("{id} 1 number {id} {{\"lookback\":{id}}} [\"005930\"]"));
    assert_eq!(texts(&connection, versions).await, expected);
    let active =
        "SELECT CAST(id AS TEXT) || ' ' || version || ' ' || COALESCE(active_version, 0) FROM strategies ORDER BY id";
    assert_eq!(texts(&connection, active).await, ["1 1 1", "2 1 0", "3 1 0"]);

    Migrator::down(&connection, Some(1)).await.expect("one step back");
    assert_eq!(texts(&connection, "SELECT name FROM strategies WHERE is_active").await, ["number 1"]);
    connection.execute_unprepared("UPDATE strategies SET is_active = FALSE").await.expect("no guard is left behind");
    connection.execute_unprepared("UPDATE strategies SET is_active = TRUE WHERE id = 2").await.expect("a row");
    Migrator::up(&connection, None).await.expect("up again");
    assert_eq!(texts(&connection, active).await, ["1 1 0", "2 1 1", "3 1 0"]);
}

#[tokio::test]
async fn strategies_become_their_first_version_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("exodus.db").display());
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1);
    strategies_become_their_first_version(Database::connect(options).await.expect("SQLite opens")).await;
}

#[tokio::test]
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
async fn strategies_become_their_first_version_on_postgres() {
    let Ok(server) = std::env::var("EXODUS_TEST_POSTGRES_URL") else {
        println!("skipped: no PostgreSQL/Redis");
        return;
    };
    let admin = Database::connect(&server).await.expect("PostgreSQL answers");
    let name = format!("versions_{}", std::process::id());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let (host, _) = server.rsplit_once('/').expect("the address of a server ends in a database");
    let connection = Database::connect(format!("{host}/{name}")).await.expect("it opens");
    assert_eq!(connection.get_database_backend(), DbBackend::Postgres);
    strategies_become_their_first_version(connection).await;
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
}
