//! Bars as plain rows, under the name and with the columns of the founding document, beside the packed ones.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use super::drop_tables;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Also on SQLite: all or nothing, and on one connection, because another one may still know the old tables.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.rename_table(Table::rename().table("market_data", "packed_bars").to_owned()).await?;
        manager.get_connection().execute_unprepared(&market_data(manager.get_database_backend())).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["market_data"]).await?;
        manager.rename_table(Table::rename().table("packed_bars", "market_data").to_owned()).await
    }
}

/// SQLite has no type for times; a table of rows with such keys takes half as much without a second tree for them.
fn market_data(backend: DbBackend) -> String {
    let (time, form) = match backend {
        DbBackend::Sqlite => ("TEXT", " WITHOUT ROWID"),
        _ => ("TIMESTAMP", ""),
    };
    format!(
        "CREATE TABLE market_data (symbol TEXT NOT NULL, \"timestamp\" {time} NOT NULL, \"open\" BIGINT NOT NULL, \
         \"high\" BIGINT NOT NULL, \"low\" BIGINT NOT NULL, \"close\" BIGINT NOT NULL, \"volume\" BIGINT NOT NULL, \
         \"interval\" TEXT NOT NULL, \"basis\" TEXT NOT NULL, PRIMARY KEY (symbol, \"interval\", \"timestamp\")){form}"
    )
}
