//! The engine on a live feed: sessions of accounts, the way of an order to the broker, the paper broker, the schedule
//! and the collector.

mod alarms;
mod backfill;
mod breaker;
mod clock;
mod collector;
mod connector;
mod day;
mod doubts;
mod error;
mod executor;
mod feed;
mod generation;
mod issues;
pub mod kill_file;
mod leading;
mod loops;
mod monitor;
mod paper;
mod publisher;
mod reconcile;
mod schedule;
mod session;
mod snapshots;
mod supervisor;
mod teller;
mod watched;
mod worker;

pub use backfill::enqueue as enqueue_backfill;
pub use clock::{ManualClock, SystemClock};
pub use connector::{BooksWatch, BrokerTerms, Connection, Connector, Feeds, History, Told};
pub use day::{register_jobs, register_phases};
pub use doubts::{AbsencePolicy, BalanceEvidence, Evidence, may_be_bound, misfits, next_list_at};
pub use error::LiveError;
pub use feed::{DemoFeed, ReplayFeed};
pub use generation::{Generation, LocalFiles};
pub use monitor::watch;
pub use paper::{PaperBroker, PaperExchange};
pub use publisher::{WORKER_STATUS_KEY, WorkerStatus, book_key, quote_key};
pub use reconcile::bind_by_person;
pub use schedule::{AUDIT_HEADS, BROKER_DATA, BROKER_TOKENS, PhasePayload, in_time};
pub use snapshots::take_snapshot;
pub use worker::{Worker, WorkerDeps, WorkerHandle};
