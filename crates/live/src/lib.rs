//! The engine on a live feed: sessions of accounts, the way of an order to the broker, the paper broker, the schedule
//! and the collector.

mod clock;
mod error;
mod executor;
mod feed;
mod issues;
mod paper;
mod reconcile;
mod resolve;
mod session;
mod snapshots;

pub use clock::{ManualClock, SystemClock, Timer};
pub use error::LiveError;
pub use feed::{DemoFeed, ReplayFeed};
pub use paper::{PaperBroker, PaperExchange};
pub use snapshots::take_snapshot;
