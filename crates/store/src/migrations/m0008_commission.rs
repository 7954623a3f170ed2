//! What accounts pay for trading, what each order began with, and what a backtest is charged.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What everybody paid before there was a choice.
const BANKIS: &str = r#"{"plan":"bankis"}"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 3] {
    [
        ("accounts", json("commission_terms").default(BANKIS).to_owned()),
        ("orders", json_null("commission_schedule")),
        ("backtest_results", json("commission_terms").default(BANKIS).to_owned()),
    ]
}
