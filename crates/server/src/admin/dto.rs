//! Bodies of `/admin` and `/health`.

use chrono::{DateTime, FixedOffset};
use exodus_live::WorkerStatus;
use exodus_store::jobs::{self, JobStatus};
use exodus_store::users::Role;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{kst, words};

/// A change of a user by an admin; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    /// New role.
    #[schema(value_type = Option<words::Role>)]
    pub(crate) role: Option<Role>,
    /// False: cannot log in any more.
    pub(crate) is_active: Option<bool>,
}

/// Settings that an admin changes while the server runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// True while strangers may register.
    pub(crate) registration_open: bool,
}

/// A piece of background work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Id.
    pub(crate) id: i64,
    /// Kind, such as `backtest`.
    pub(crate) kind: String,
    /// How far it is.
    #[schema(value_type = words::JobStatus)]
    pub(crate) status: JobStatus,
    /// Lower runs first.
    pub(crate) priority: i32,
    /// Attempts made.
    pub(crate) attempts: i32,
    /// Attempts allowed.
    pub(crate) max_attempts: i32,
    /// 0 to 1.
    pub(crate) progress: f64,
    /// Why it failed last.
    #[schema(required)]
    pub(crate) error: Option<String>,
    /// When it may run.
    pub(crate) run_at: DateTime<FixedOffset>,
    /// When it was made.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it ended.
    #[schema(required)]
    pub(crate) finished_at: Option<DateTime<FixedOffset>>,
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobFilter {
    /// Only with this status.
    #[param(value_type = Option<words::JobStatus>)]
    pub(crate) status: Option<JobStatus>,
}

/// How a part does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HealthStatus {
    /// Works.
    Ok,
    /// Works in part; nothing is lost.
    Degraded,
    /// Does not work.
    Down,
}

/// The state of one part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthPart {
    /// How it does.
    pub(crate) status: HealthStatus,
    /// One sentence.
    pub(crate) detail: String,
}

/// The state of each part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthParts {
    /// System of record.
    pub(crate) database: HealthPart,
    /// Cache and bus.
    pub(crate) cache: HealthPart,
    /// Whoever runs sessions and jobs.
    pub(crate) worker: HealthPart,
    /// Market data.
    pub(crate) feed: HealthPart,
}

/// The state of the installation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// The worst that matters.
    pub(crate) status: HealthStatus,
    /// The parts.
    pub(crate) parts: HealthParts,
    /// Version of the program.
    pub(crate) version: &'static str,
}

/// A process that runs sessions and jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkerInfo {
    /// Its name, unique to the process.
    pub(crate) id: String,
    /// Accounts it trades for.
    pub(crate) sessions: u64,
    /// When it was last heard of.
    pub(crate) last_seen_at: DateTime<FixedOffset>,
}

/// How much there is of what.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemCounts {
    /// Users.
    pub(crate) users: u64,
    /// Strategies that trade.
    pub(crate) strategies_active: u64,
    /// Orders not ended.
    pub(crate) orders_open: u64,
    /// Bars in the store.
    pub(crate) bars: u64,
}

/// The installation, for its admin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct System {
    /// Version of the program.
    pub(crate) version: &'static str,
    /// When this process started.
    pub(crate) started_at: DateTime<FixedOffset>,
    /// `sqlite` or `postgres`.
    pub(crate) database: &'static str,
    /// `memory` or `redis`.
    pub(crate) cache: &'static str,
    /// Folder of the data.
    pub(crate) data_dir: String,
    /// Processes that run sessions and jobs.
    pub(crate) workers: Vec<WorkerInfo>,
    /// How much there is of what.
    pub(crate) counts: SystemCounts,
    /// State of each part.
    pub(crate) health: Health,
}

impl From<jobs::Job> for Job {
    fn from(job: jobs::Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            status: job.status,
            priority: job.priority,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            progress: job.progress,
            error: job.error,
            run_at: kst(job.run_at),
            created_at: kst(job.created_at),
            finished_at: job.finished_at.map(kst),
        }
    }
}

impl From<WorkerStatus> for WorkerInfo {
    fn from(status: WorkerStatus) -> Self {
        Self {
            id: status.worker_id,
            sessions: u64::try_from(status.sessions).unwrap_or(u64::MAX),
            last_seen_at: kst(status.at),
        }
    }
}
