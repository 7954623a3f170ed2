//! Background jobs.

use exodus_domain::text_enum;

text_enum! {
    /// Where a job stands.
    JobStatus {
        /// Waits for its time and a free worker.
        Queued = "queued",
        /// A worker is at it.
        Running = "running",
        /// Ended well.
        Done = "done",
        /// Its handler said that it cannot be done; trying again would not help.
        Failed = "failed",
        /// A person stopped it.
        Cancelled = "cancelled",
        /// Every attempt failed, or was cut short.
        Dead = "dead",
    }
}

impl JobStatus {
    /// True until it has ended.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}
