//! Deliveries: how a job on PostgreSQL reaches a worker, by graphile_worker 0.14.

use chrono::{DateTime, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerUtils};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use serde::{Deserialize, Serialize};

use super::URGENT;
use super::runner::Shared;
use crate::db::Tx;
use crate::error::StoreError;

/// The schema in which graphile_worker keeps its tables.
pub(super) const SCHEMA: &str = "graphile_worker";

/// What a delivery carries: the number of a job.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Delivery {
    job_id: i64,
}

impl TaskHandler for Delivery {
    const IDENTIFIER: &'static str = "exodus_job";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let shared = context.get_ext::<Shared>().ok_or("the runner is not registered")?;
        shared.run_delivered(self.job_id).await.map_err(|e| e.to_string())
    }
}

/// The same for jobs that must not wait behind others.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UrgentDelivery {
    job_id: i64,
}

impl TaskHandler for UrgentDelivery {
    const IDENTIFIER: &'static str = "exodus_urgent_job";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let shared = context.get_ext::<Shared>().ok_or("the runner is not registered")?;
        shared.run_delivered(self.job_id).await.map_err(|e| e.to_string())
    }
}

/// Adds the delivery of a job in the transaction. A delivery that waits already is replaced; one that is being worked
/// on stays. On SQLite there is nothing to do.
pub(super) async fn deliver(
    tx: &Tx,
    job_id: i64,
    priority: i32,
    run_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let executor = tx.executor();
    if executor.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT 1 FROM graphile_worker.add_job(identifier => $1, payload => json_build_object('job_id', $2), \
               run_at => $3, job_key => $4, priority => $5)";
    let identifier = if priority <= URGENT { UrgentDelivery::IDENTIFIER } else { Delivery::IDENTIFIER };
    let values =
        [identifier.into(), job_id.into(), run_at.into(), format!("exodus_job:{job_id}").into(), priority.into()];
    executor.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Makes and changes graphile_worker's own tables.
pub(crate) async fn prepare_deliveries(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let utils = WorkerUtils::new(connection.get_postgres_connection_pool(), SCHEMA);
    utils.migrate().await.map_err(|e| StoreError::Database(DbErr::Migration(e.to_string())))
}

/// Drops them.
pub(crate) async fn drop_deliveries(connection: &DatabaseConnection) -> Result<(), StoreError> {
    connection.execute_unprepared("DROP SCHEMA IF EXISTS graphile_worker CASCADE").await?;
    Ok(())
}
