//! Rules that the database itself enforces, whatever a program tries.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// Refuses every update of `table` for which `condition` (over OLD and NEW) holds.
pub(super) async fn forbid_update(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    condition: &str,
    message: &str,
) -> Result<(), DbErr> {
    guard(manager, table, name, "UPDATE", condition, message).await
}

/// Refuses every update and every deletion of rows of `table`.
pub(super) async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let message = format!("{table} is append-only");
    guard(manager, table, &format!("{table}_keeps_rows"), "DELETE", "TRUE", &message).await?;
    guard(manager, table, &format!("{table}_keeps_values"), "UPDATE", "TRUE", &message).await
}

async fn guard(
    manager: &SchemaManager<'_>,
    table: &str,
    name: &str,
    operation: &str,
    condition: &str,
    message: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '{message}'; END $$; \
             CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW WHEN ({condition}) \
             EXECUTE FUNCTION {name}();"
        ),
        _ => format!(
            "CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW WHEN {condition} \
             BEGIN SELECT RAISE(ABORT, '{message}'); END;"
        ),
    };
    connection.execute_unprepared(&sql).await?;
    Ok(())
}

/// Drops one guard of a table that stays.
pub(super) async fn drop_guard_of(manager: &SchemaManager<'_>, table: &str, name: &str) -> Result<(), DbErr> {
    let sql = match manager.get_database_backend() {
        DbBackend::Postgres => format!("DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()"),
        _ => format!("DROP TRIGGER {name}"),
    };
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Drops what `guard` made beside the table; the trigger itself goes with the table.
pub(super) async fn drop_guards(manager: &SchemaManager<'_>, names: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for name in names {
            manager.get_connection().execute_unprepared(&format!("DROP FUNCTION {name}()")).await?;
        }
    }
    Ok(())
}
