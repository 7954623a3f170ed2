//! What a feed was asked for, and back-fills.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(checked_days()).await?;
        manager.create_table(backfills()).await?;
        manager.create_index(index("backfills", &["user_id"])).await?;
        manager.create_index(index("backfills", &["job_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["backfills", "checked_days"]).await
    }
}

fn checked_days() -> TableCreateStatement {
    Table::create()
        .table("checked_days")
        .col(text("symbol"))
        .col(text("venue"))
        .col(text("interval"))
        .col(date("first_day"))
        .col(date("last_day"))
        .primary_key(Index::create().col("symbol").col("venue").col("interval").col("first_day"))
        .to_owned()
}

fn backfills() -> TableCreateStatement {
    Table::create()
        .table("backfills")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(json("symbols"))
        .col(text("interval"))
        .col(date("from_date"))
        .col(date("to_date"))
        .col(text("status"))
        .col(double("progress"))
        .col(big_integer("days_missing"))
        .col(big_integer("days_asked"))
        .col(big_integer("bars_added"))
        .col(big_integer("requests"))
        .col(json("unavailable"))
        .col(text_null("error"))
        .col(big_integer_null("job_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}
