//! Users, their logins and accounts, settings, the audit log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, guards, index, references, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_table(session_families()).await?;
        manager.create_index(index("session_families", &["user_id"])).await?;
        manager.create_table(refresh_tokens()).await?;
        manager.create_index(index("refresh_tokens", &["family_id"])).await?;
        manager.create_table(accounts()).await?;
        manager.create_index(unique("accounts", &["user_id", "env"])).await?;
        manager.create_table(settings()).await?;
        manager.create_table(audit_log()).await?;
        guards::append_only(manager, "audit_log").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["audit_log", "settings", "accounts", "refresh_tokens", "session_families", "users"];
        drop_tables(manager, &tables).await?;
        guards::drop_guards(manager, &["audit_log_keeps_rows", "audit_log_keeps_values"]).await
    }
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(big_pk_auto("id"))
        .col(text_uniq("email"))
        .col(text("hashed_password"))
        .col(text("full_name"))
        .col(text("role"))
        .col(boolean("is_active"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn session_families() -> TableCreateStatement {
    Table::create()
        .table("session_families")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn refresh_tokens() -> TableCreateStatement {
    Table::create()
        .table("refresh_tokens")
        .col(text("token_hash").primary_key())
        .col(big_integer("family_id"))
        .col(text_null("parent_hash"))
        .col(timestamp_with_time_zone_null("spent_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut references("family_id", "session_families"))
        .to_owned()
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(big_pk_auto("id"))
        .col(big_integer("user_id"))
        .col(text("env"))
        .col(big_integer("initial_cash"))
        .col(big_integer("cash"))
        .col(big_integer("realized_pnl"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut references("user_id", "users"))
        .to_owned()
}

fn settings() -> TableCreateStatement {
    Table::create()
        .table("settings")
        .col(text("key").primary_key())
        .col(json("value"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn audit_log() -> TableCreateStatement {
    Table::create()
        .table("audit_log")
        .col(big_integer("stream"))
        .col(big_integer("seq"))
        .col(big_integer_null("user_id"))
        .col(text("actor"))
        .col(text("action"))
        .col(text("object"))
        .col(json("detail"))
        .col(timestamp_with_time_zone("recorded_at"))
        .col(text("prev_hash"))
        .col(text("hash"))
        .primary_key(Index::create().col("stream").col("seq"))
        .to_owned()
}
