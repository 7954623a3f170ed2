//! What was published of the books of issues.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::drop_tables;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(fundamentals()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["fundamentals"]).await
    }
}

/// Figures per share are in 1/10,000 won.
fn fundamentals() -> TableCreateStatement {
    Table::create()
        .table("fundamentals")
        .col(text("symbol"))
        .col(date("known_on"))
        .col(big_integer_null("bps"))
        .col(big_integer_null("eps"))
        .col(big_integer_null("listed_shares"))
        .col(text_null("sector"))
        .col(text("source"))
        .col(timestamp_with_time_zone("recorded_at"))
        .primary_key(Index::create().col("symbol").col("known_on"))
        .to_owned()
}
