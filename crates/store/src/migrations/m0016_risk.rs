//! What the risk gate goes by on an account: its limits with their history, issues that are not to be traded, the trading
//! day's opening equity, and strategies that were stopped.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What was asked for never changes; a change that waits may be taken back once.
const FORBIDDEN: &str = "NEW.account_id <> OLD.account_id OR NEW.name <> OLD.name OR NEW.old_value <> OLD.old_value \
    OR NEW.new_value <> OLD.new_value OR NEW.changed_at <> OLD.changed_at OR NEW.effective_at <> OLD.effective_at \
    OR OLD.withdrawn_at IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [limit_changes(), restricted_issues(), trading_days(), strategy_stops()] {
            manager.create_table(table).await?;
        }
        manager.create_index(index("limit_changes", &["account_id", "name"])).await?;
        let message = "a change of a limit stays as it was asked for";
        guards::forbid_update(manager, "limit_changes", "limit_changes_keep_values", FORBIDDEN, message).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["strategy_stops", "trading_days", "restricted_issues", "limit_changes"]).await?;
        guards::drop_guards(manager, &["limit_changes_keep_values"]).await
    }
}

/// The value in force is that of the last change that has come into effect and was not withdrawn.
fn limit_changes() -> TableCreateStatement {
    Table::create()
        .table("limit_changes")
        .col(big_pk_auto("id"))
        .col(big_integer("account_id"))
        .col(text("name"))
        .col(big_integer("old_value"))
        .col(big_integer("new_value"))
        .col(big_integer("changed_by"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(timestamp_with_time_zone("effective_at"))
        .col(timestamp_with_time_zone_null("withdrawn_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

/// Owner 0 is the operator, whose list holds for everybody.
fn restricted_issues() -> TableCreateStatement {
    Table::create()
        .table("restricted_issues")
        .col(big_integer("owner_id"))
        .col(text("symbol"))
        .col(text("reason"))
        .col(big_integer_null("added_by"))
        .col(timestamp_with_time_zone("added_at"))
        .primary_key(Index::create().col("owner_id").col("symbol"))
        .to_owned()
}

fn trading_days() -> TableCreateStatement {
    Table::create()
        .table("trading_days")
        .col(big_integer("account_id"))
        .col(date("trade_date"))
        .col(big_integer("opening_equity"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(big_integer_null("loss_limit"))
        .col(big_integer_null("loss"))
        .col(timestamp_with_time_zone_null("loss_reached_at"))
        .primary_key(Index::create().col("account_id").col("trade_date"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

fn strategy_stops() -> TableCreateStatement {
    Table::create()
        .table("strategy_stops")
        .col(big_integer("strategy_id").primary_key())
        .col(big_integer("account_id"))
        .col(text("reason"))
        .col(big_integer("limit_value"))
        .col(big_integer("observed"))
        .col(timestamp_with_time_zone("stopped_at"))
        .col(timestamp_with_time_zone_null("enabled_at"))
        .col(big_integer_null("enabled_by"))
        .foreign_key(&mut references("strategy_id", "strategies"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}
