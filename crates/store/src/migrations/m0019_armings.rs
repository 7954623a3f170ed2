//! Live armings of strategies (safety SE50, SE51), and when a notification was last told again (safety §7).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// A strategy is armed once at a time.
const ONE_OPEN: &str = "CREATE UNIQUE INDEX armings_open ON armings (strategy_id) WHERE ended_at IS NULL";

/// What was armed never changes; it ends once, and does not begin again.
const FORBIDDEN: &str = "OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.user_id <> OLD.user_id \
    OR NEW.account_id <> OLD.account_id OR NEW.strategy_id <> OLD.strategy_id \
    OR NEW.strategy_version <> OLD.strategy_version OR NEW.max_loss <> OLD.max_loss \
    OR NEW.first_date <> OLD.first_date OR NEW.last_date <> OLD.last_date OR NEW.program <> OLD.program \
    OR NEW.armed_at <> OLD.armed_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(armings()).await?;
        manager.create_index(index("armings", &["account_id", "id"])).await?;
        manager.get_connection().execute_unprepared(ONE_OPEN).await?;
        let message = "an arming stays as it was made, and ends once";
        guards::forbid_update(manager, "armings", "armings_keep_values", FORBIDDEN, message).await?;
        let told_again = Table::alter().table("notifications").add_column(repeated_at()).to_owned();
        manager.alter_table(told_again).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let told_again = Table::alter().table("notifications").drop_column("repeated_at").to_owned();
        manager.alter_table(told_again).await?;
        drop_tables(manager, &["armings"]).await?;
        guards::drop_guards(manager, &["armings_keep_values"]).await
    }
}

fn repeated_at() -> ColumnDef {
    timestamp_with_time_zone_null("repeated_at")
}

fn armings() -> TableCreateStatement {
    Table::create()
        .table("armings")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer("account_id"))
        .col(big_integer("strategy_id"))
        .col(integer("strategy_version"))
        .col(big_integer("max_loss"))
        .col(date("first_date"))
        .col(date("last_date"))
        .col(text("program"))
        .col(timestamp_with_time_zone("armed_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text_null("end_reason"))
        .foreign_key(&mut references("user_id", "users"))
        .foreign_key(&mut references("account_id", "accounts"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .to_owned()
}
