//! The engine on a live feed: sessions of accounts, the way of an order to the broker, the paper broker, the schedule
//! and the collector.

mod backfill;
mod clock;
mod collector;
mod connector;
mod error;
mod executor;
mod feed;
mod generation;
mod issues;
pub mod kill_file;
mod leading;
mod paper;
mod publisher;
mod reconcile;
mod resolve;
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
pub use error::LiveError;
pub use feed::{DemoFeed, ReplayFeed};
pub use generation::{Generation, LocalFiles};
pub use paper::{PaperBroker, PaperExchange};
pub use publisher::{WORKER_STATUS_KEY, WorkerStatus, book_key, quote_key};
pub use resolve::AbsencePolicy;
pub use schedule::register_jobs;
pub use snapshots::take_snapshot;
pub use worker::{Worker, WorkerDeps, WorkerHandle};
