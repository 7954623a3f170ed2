//! The end of each day of an account: its proof, and when it was closed and looked at again (safety §2.8, R5 and R6).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("account_days")
            .col(big_integer("account_id"))
            .col(date("trade_date"))
            .col(json("proof"))
            .col(timestamp_with_time_zone("closed_at"))
            .col(timestamp_with_time_zone_null("checked_at"))
            .primary_key(Index::create().col("account_id").col("trade_date"))
            .foreign_key(&mut references("account_id", "accounts"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["account_days"]).await
    }
}
