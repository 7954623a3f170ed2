//! Jobs, schedules, leases, the outbox.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::{drop_tables, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// At most one job that is not ended carries a unique key.
const LIVE_KEY: &str = "CREATE UNIQUE INDEX jobs_live_key ON jobs (unique_key) WHERE status IN ('queued', 'running')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_table(leases()).await?;
        manager.create_table(job_runs()).await?;
        manager.create_table(jobs()).await?;
        manager.create_index(index("jobs", &["status", "priority", "run_at"])).await?;
        manager.get_connection().execute_unprepared(LIVE_KEY).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["jobs", "job_runs", "leases", "outbox"]).await
    }
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(big_pk_auto("id"))
        .col(json("notice"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn leases() -> TableCreateStatement {
    Table::create()
        .table("leases")
        .col(text("name").primary_key())
        .col(text("holder"))
        .col(big_integer("epoch"))
        .col(timestamp_with_time_zone("expires_at"))
        .to_owned()
}

fn job_runs() -> TableCreateStatement {
    Table::create()
        .table("job_runs")
        .col(text("job"))
        .col(timestamp_with_time_zone("tick"))
        .col(timestamp_with_time_zone("claimed_at"))
        .primary_key(Index::create().col("job").col("tick"))
        .to_owned()
}

fn jobs() -> TableCreateStatement {
    Table::create()
        .table("jobs")
        .col(big_pk_auto("id"))
        .col(text("kind"))
        .col(json("payload"))
        .col(text("status"))
        .col(integer("priority"))
        .col(integer("attempts"))
        .col(integer("max_attempts"))
        .col(big_integer("timeout_ms"))
        .col(big_integer("backoff_ms"))
        .col(double("progress"))
        .col(text_null("error"))
        .col(text_null("unique_key"))
        .col(boolean("cancel_requested"))
        .col(timestamp_with_time_zone("run_at"))
        .col(text_null("worker"))
        .col(big_integer("fence"))
        .col(timestamp_with_time_zone_null("lease_expires_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .to_owned()
}
