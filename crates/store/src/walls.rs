//! The walls between users on PostgreSQL (safety SE21): every table with rows of users has row-level security that not
//! even its owner passes, and the program works as a role that owns nothing.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// The role as which the program reads and writes. It cannot log in; accounts that are members of it turn into it.
pub(crate) const SERVICE_ROLE: &str = "exodus_service";

/// Where graphile_worker keeps its tables.
const DELIVERIES: &str = "graphile_worker";

/// Whose a row is.
enum Wall {
    /// That of the user in this column.
    User(&'static str),
    /// As [`Wall::User`]; a row without a user is everybody's.
    UserOrAll(&'static str),
    /// That of the row of this other table that this column names.
    Of(&'static str, &'static str),
    /// That of whom this condition says; `{me}` stands for the user.
    When(&'static str),
    /// The installation's; the reason is why nobody's secrets are in it.
    Shared(#[allow(dead_code, reason = "told to whoever reads this list")] &'static str),
}

/// What the service role may do with a table.
#[derive(Clone, Copy)]
enum Rights {
    Read,
    Append,
    Change,
}

const MARKET: &str = "facts of the market, the same for everybody";

/// Every table. One that is missing is out of reach of the service role, and a test names it.
const TABLES: &[(&str, Wall)] = &[
    ("account_days", Wall::Of("account_id", "accounts")),
    ("account_snapshots", Wall::User("user_id")),
    ("accounts", Wall::User("user_id")),
    ("armings", Wall::User("user_id")),
    ("audit_log", Wall::User("stream")),
    ("backfills", Wall::User("user_id")),
    ("backtest_checks", Wall::Of("backtest_id", "backtest_results")),
    ("backtest_results", Wall::User("user_id")),
    ("backtest_round_trips", Wall::Of("backtest_id", "backtest_results")),
    ("backtest_trades", Wall::Of("backtest_id", "backtest_results")),
    ("broker_circuits", Wall::Of("account_id", "accounts")),
    ("broker_credentials", Wall::User("user_id")),
    ("broker_orders", Wall::Of("account_id", "accounts")),
    ("broker_tokens", Wall::Shared("sealed, and found only by the fingerprint of an app key")),
    ("checked_days", Wall::Shared(MARKET)),
    ("corporate_actions", Wall::Shared(MARKET)),
    ("fundamentals", Wall::Shared(MARKET)),
    ("holdings", Wall::User("user_id")),
    ("imports", Wall::UserOrAll("user_id")),
    ("index_closes", Wall::Shared(MARKET)),
    ("instruments", Wall::Shared(MARKET)),
    ("job_runs", Wall::Shared("times of the trading day")),
    ("jobs", Wall::Shared("numbers of rows that have walls of their own")),
    (
        "kill_switches",
        Wall::When(
            "scope = 'global' OR scope = 'user' AND scope_id = {me} \
             OR scope = 'account' AND EXISTS (SELECT 1 FROM accounts p WHERE p.id = scope_id) \
             OR scope = 'strategy' AND EXISTS (SELECT 1 FROM strategies p WHERE p.id = scope_id)",
        ),
    ),
    ("leases", Wall::Shared("names and times of workers")),
    ("limit_changes", Wall::Of("account_id", "accounts")),
    ("market_data", Wall::Shared(MARKET)),
    ("notifications", Wall::User("user_id")),
    ("order_attempts", Wall::Of("order_id", "orders")),
    ("order_cancels", Wall::Of("order_id", "orders")),
    ("order_events", Wall::Of("order_id", "orders")),
    ("order_requests", Wall::User("user_id")),
    ("orders", Wall::User("user_id")),
    ("outbox", Wall::Shared("notices name rows that have walls of their own")),
    ("packed_bars", Wall::Shared(MARKET)),
    ("quarantined_rows", Wall::Of("import_id", "imports")),
    ("refresh_tokens", Wall::Of("family_id", "session_families")),
    ("restricted_issues", Wall::When("owner_id = 0 OR owner_id = {me}")),
    ("risk_decisions", Wall::Of("order_id", "orders")),
    ("session_families", Wall::User("user_id")),
    ("settings", Wall::Shared("the operator's choices")),
    ("signals", Wall::User("user_id")),
    ("strategies", Wall::User("user_id")),
    ("strategy_stops", Wall::Of("strategy_id", "strategies")),
    ("strategy_versions", Wall::Of("strategy_id", "strategies")),
    ("sweep_trials", Wall::Of("sweep_id", "sweeps")),
    ("sweeps", Wall::User("user_id")),
    ("trades", Wall::User("user_id")),
    ("trading_days", Wall::Of("account_id", "accounts")),
    ("unmatched_notices", Wall::Of("account_id", "accounts")),
    ("users", Wall::User("id")),
];

const MIGRATIONS: &str = "seaql_migrations";

/// The user of the connection, worked out once a statement; NULL, which equals nothing, if there is none.
const ME: &str = "(SELECT NULLIF(current_setting('exodus.user_id', TRUE), '')::bigint)";

/// True on connections of background work, worked out once a statement.
const IS_EVERYONE: &str = "(SELECT COALESCE(current_setting('exodus.scope', TRUE), '') = 'everyone')";

impl Wall {
    /// Which rows a connection sees and may write; `None` if it is all of them.
    fn condition(&self, table: &str) -> Option<String> {
        let own = match self {
            Self::User(column) => format!("{column} = {ME}"),
            Self::UserOrAll(column) => format!("{column} IS NULL OR {column} = {ME}"),
            // What the statement sees of the parent goes by the parent's wall.
            Self::Of(column, parent) => format!("EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column})"),
            Self::When(condition) => condition.replace("{me}", ME),
            Self::Shared(_) => return None,
        };
        Some(format!("{IS_EVERYONE} OR {own}"))
    }
}

/// Makes the service role where that is allowed, gives it its rights, and puts up every wall that is missing.
///
/// # Errors
/// [`StoreError::Refused`] if there is a role of that name that passes walls, [`StoreError::Database`].
pub(crate) async fn raise(owner: &DatabaseConnection) -> Result<(), StoreError> {
    let existing = tables(owner).await?;
    for (table, wall) in TABLES.iter().filter(|(table, _)| existing.iter().any(|name| name == table)) {
        if let Some(condition) = wall.condition(table) {
            wall_off(owner, table, &condition).await?;
        }
    }
    match role(owner).await? {
        Role::Usable => grant(owner, &existing).await,
        Role::PassesWalls => Err(StoreError::Refused(format!(
            "the PostgreSQL role {SERVICE_ROLE} is a superuser or passes row-level security and so walls off nobody: \
             let an administrator run `ALTER ROLE {SERVICE_ROLE} NOSUPERUSER NOBYPASSRLS`"
        ))),
        Role::Missing => {
            tracing::warn!(
                "the account of DATABASE_URL may not make the PostgreSQL role exodus_service: row-level security holds all \
                 the same, but the program keeps the rights of an owner; let an administrator run once \
                 CREATE ROLE exodus_service NOLOGIN, then GRANT exodus_service TO that account, and start again"
            );
            if is_true(owner, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user").await? {
                tracing::warn!("the account of DATABASE_URL passes row-level security, which then walls off nobody");
            }
            Ok(())
        }
    }
}

/// Puts up a wall, unless it is there as it should be. Changing one waits for everybody who uses the table.
async fn wall_off(owner: &DatabaseConnection, table: &str, condition: &str) -> Result<(), StoreError> {
    let name = format!("wall_{}", &hex::encode(Sha256::digest(condition))[..12]);
    let stands = format!(
        "SELECT relrowsecurity AND relforcerowsecurity \
         AND (SELECT COUNT(*) = 1 AND MIN(polname) = '{name}' FROM pg_policy WHERE polrelid = pg_class.oid) \
         FROM pg_class WHERE oid = to_regclass('{table}')"
    );
    if is_true(owner, &stands).await? {
        return Ok(());
    }
    let old =
        format!("SELECT COALESCE(string_agg(polname, ','), '') FROM pg_policy WHERE polrelid = to_regclass('{table}')");
    let mut sql = String::new();
    for policy in text(owner, &old).await?.split(',').filter(|name| !name.is_empty()) {
        sql.push_str(&format!("DROP POLICY {policy} ON {table}; "));
    }
    sql.push_str(&format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
         CREATE POLICY {name} ON {table} USING ({condition}) WITH CHECK ({condition})"
    ));
    owner.execute_unprepared(&sql).await?;
    Ok(())
}

enum Role {
    Usable,
    PassesWalls,
    Missing,
}

/// Makes the role and this account a member of it, as far as that is allowed, and tells what came of it.
async fn role(owner: &DatabaseConnection) -> Result<Role, StoreError> {
    // Roles belong to the whole server: another installation may make the same one at the same moment.
    let make = format!(
        "DO $$ BEGIN \
           IF to_regrole('{SERVICE_ROLE}') IS NULL THEN CREATE ROLE {SERVICE_ROLE} NOLOGIN; END IF; \
         EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$"
    );
    let join = format!(
        "DO $$ BEGIN \
           IF to_regrole('{SERVICE_ROLE}') IS NOT NULL AND NOT pg_has_role(session_user, '{SERVICE_ROLE}', 'MEMBER') \
           THEN EXECUTE format('GRANT {SERVICE_ROLE} TO %I', session_user); END IF; \
         EXCEPTION WHEN insufficient_privilege OR internal_error THEN NULL; END $$"
    );
    owner.execute_unprepared(&make).await?;
    owner.execute_unprepared(&join).await?;
    let is_member =
        format!("SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = '{SERVICE_ROLE}'");
    if !is_true(owner, &is_member).await? {
        return Ok(Role::Missing);
    }
    let passes = format!("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{SERVICE_ROLE}'");
    Ok(if is_true(owner, &passes).await? { Role::PassesWalls } else { Role::Usable })
}

/// Gives the service role what the program needs and nothing else: no table may be altered, emptied or dropped, and the
/// audit log only grows (safety SE60).
async fn grant(owner: &DatabaseConnection, existing: &[String]) -> Result<(), StoreError> {
    let mut sql = format!(
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {SERVICE_ROLE}', current_schema()); END $$; \
         GRANT USAGE ON SCHEMA {DELIVERIES} TO {SERVICE_ROLE}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {DELIVERIES} TO {SERVICE_ROLE}; \
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {DELIVERIES} TO {SERVICE_ROLE}; "
    );
    let ours = TABLES.iter().map(|(table, _)| *table).chain([MIGRATIONS]);
    for table in ours.filter(|table| existing.iter().any(|name| name == table)) {
        let rights = match rights(table) {
            Rights::Read => "SELECT",
            Rights::Append => "SELECT, INSERT",
            Rights::Change => "SELECT, INSERT, UPDATE, DELETE",
        };
        sql.push_str(&format!("GRANT {rights} ON {table} TO {SERVICE_ROLE}; "));
    }
    owner.execute_unprepared(&sql).await?;
    owner.execute_unprepared(&sequences()).await?;
    owner.execute_unprepared(&deliveries()).await?;
    Ok(())
}

fn rights(table: &str) -> Rights {
    match table {
        MIGRATIONS => Rights::Read,
        "audit_log" => Rights::Append,
        _ => Rights::Change,
    }
}

/// Numbers of new rows, for the sequences that belong to our tables.
fn sequences() -> String {
    let tables: Vec<String> = TABLES.iter().map(|(table, _)| format!("to_regclass('{table}')")).collect();
    format!(
        "DO $$ DECLARE s regclass; BEGIN \
           FOR s IN SELECT c.oid::regclass FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' \
             WHERE d.classid = 'pg_class'::regclass AND d.refobjid IN ({}) \
           LOOP EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO {SERVICE_ROLE}', s); END LOOP; END $$",
        tables.join(", ")
    )
}

/// graphile_worker switches row-level security on without policies, so that only the owner passes: the role may, too.
fn deliveries() -> String {
    format!(
        "DO $$ DECLARE t regclass; BEGIN \
           FOR t IN SELECT oid::regclass FROM pg_class WHERE relnamespace = '{DELIVERIES}'::regnamespace \
             AND relrowsecurity AND NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid) \
           LOOP EXECUTE format('CREATE POLICY {SERVICE_ROLE} ON %s TO {SERVICE_ROLE} USING (TRUE) WITH CHECK (TRUE)', t); \
           END LOOP; END $$"
    )
}

/// Tables of this database that the list does not know.
///
/// # Errors
/// [`StoreError::Database`].
pub(crate) async fn unknown_tables(connection: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    let mut names = tables(connection).await?;
    names.retain(|name| name != MIGRATIONS && TABLES.iter().all(|(table, _)| table != name));
    Ok(names)
}

/// Every table of this database, those of other programs too.
async fn tables(connection: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let mut names = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        names.push(row.try_get_by_index::<String>(0)?);
    }
    Ok(names)
}

async fn text(connection: &DatabaseConnection, sql: &str) -> Result<String, StoreError> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

async fn is_true(connection: &DatabaseConnection, sql: &str) -> Result<bool, StoreError> {
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map(|row| row.try_get_by_index::<Option<bool>>(0)).transpose()?.flatten().unwrap_or(false))
}
