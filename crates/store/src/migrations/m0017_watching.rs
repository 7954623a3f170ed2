//! What watches over trading: the circuits to brokers, notifications to people, why a phase of the day was left out, and
//! what an audit entry changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index, references};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The same is not told twice before somebody has seen it.
const UNSEEN_ONCE: &str = "CREATE UNIQUE INDEX notifications_unseen ON notifications (user_id, kind, subject) \
                           WHERE acknowledged_at IS NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(broker_circuits()).await?;
        manager.create_table(notifications()).await?;
        manager.create_index(index("notifications", &["user_id", "id"])).await?;
        manager.get_connection().execute_unprepared(UNSEEN_ONCE).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["notifications", "broker_circuits"]).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 4] {
    [
        ("audit_log", text_null("address")),
        ("audit_log", text_null("before_hash")),
        ("audit_log", text_null("after_hash")),
        ("job_runs", text_null("dropped")),
    ]
}

/// Whether new orders of an account may go to its broker (safety §3.3).
fn broker_circuits() -> TableCreateStatement {
    Table::create()
        .table("broker_circuits")
        .col(big_integer("account_id").primary_key())
        .col(json("record"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut references("account_id", "accounts"))
        .to_owned()
}

/// What a person must hear of (safety §7).
fn notifications() -> TableCreateStatement {
    Table::create()
        .table("notifications")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(big_integer_null("account_id"))
        .col(big_integer_null("order_id"))
        .col(text("kind"))
        .col(text("subject"))
        .col(json("values"))
        .col(timestamp_with_time_zone("raised_at"))
        .col(timestamp_with_time_zone_null("acknowledged_at"))
        .foreign_key(&mut references("user_id", "users"))
        .foreign_key(&mut references("account_id", "accounts"))
        .foreign_key(&mut references("order_id", "orders"))
        .to_owned()
}
