//! Versions of strategies, what names them, and the short curve of a backtest that lists show.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// An update of `strategies` that must not happen: trading without a version or with one that does not exist, trading
/// what is archived or deleted, a newest version that is older than before.
const FORBIDDEN: &str = "NEW.is_active <> (NEW.active_version IS NOT NULL) \
    OR NEW.active_version > NEW.version \
    OR (NEW.active_version IS NOT NULL AND (NEW.archived_at IS NOT NULL OR NEW.deleted_at IS NOT NULL)) \
    OR NEW.version < OLD.version";

/// What a strategy was so far is its first version. When it was written is not known; it was not after `updated_at`.
const FIRST_VERSIONS: &str = "INSERT INTO strategy_versions \
    (strategy_id, number, name, description, strategy_type, parameters, symbols, created_at) \
    SELECT id, 1, name, description, strategy_type, parameters, symbols, updated_at FROM strategies";

const GO_ON_TRADING: &str = "UPDATE strategies SET active_version = 1 WHERE is_active";

/// The notice of a changed strategy names more than it did; one that still waits only delays a screen.
const FORGET_NOTICES: &str = "DELETE FROM outbox";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: an active strategy without its version would not trade.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(versions()).await?;
        for statement in [FIRST_VERSIONS, GO_ON_TRADING, FORGET_NOTICES] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        guards::append_only(manager, "strategy_versions").await?;
        let message = "a strategy trades one of its versions, and nothing that is archived or deleted";
        guards::forbid_update(manager, "strategies", "strategies_keep_their_version", FORBIDDEN, message).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        guards::drop_guard_of(manager, "strategies", "strategies_keep_their_version").await?;
        drop_tables(manager, &["strategy_versions"]).await?;
        guards::drop_guards(manager, &["strategy_versions_keeps_rows", "strategy_versions_keeps_values"]).await?;
        manager.get_connection().execute_unprepared(FORGET_NOTICES).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 7] {
    [
        ("strategies", integer("version").default(1).to_owned()),
        ("strategies", integer_null("active_version")),
        ("strategies", timestamp_with_time_zone_null("archived_at")),
        ("signals", integer_null("strategy_version")),
        ("orders", integer_null("strategy_version")),
        ("backtest_results", integer_null("strategy_version")),
        ("backtest_results", json_null("curve")),
    ]
}

fn versions() -> TableCreateStatement {
    Table::create()
        .table("strategy_versions")
        .col(big_integer("strategy_id"))
        .col(integer("number"))
        .col(text("name"))
        .col(text("description"))
        .col(text("strategy_type"))
        .col(json("parameters"))
        .col(json("symbols"))
        .col(integer_null("restored_from"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("strategy_id").col("number"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .to_owned()
}
