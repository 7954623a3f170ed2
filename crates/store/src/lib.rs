//! What outlives a process: tables, bars, job queue, bus, cache, lease.
//!
//! Every function runs on SQLite and on PostgreSQL and means the same on both. Money and share counts are stored as
//! integers, instants in UTC as the caller passes them, words of enums as text; columns of JSON are opaque to SQL.
//! Tables and entities are private: other crates meet plain records.

mod bus;
mod db;
mod entities;
mod error;
mod kv;
mod lock;
mod migrations;
mod page;
mod scope;
mod walls;

pub mod accounts;
pub mod actions;
pub mod armings;
pub mod audit;
pub mod backfills;
pub mod backtests;
pub mod bars;
pub mod circuits;
pub mod coverage;
pub mod credentials;
pub mod export;
pub mod fundamentals;
pub mod holdings;
pub mod import;
pub mod imports;
pub mod indices;
pub mod instruments;
pub mod invariants;
pub mod jobs;
pub mod kill_switches;
pub mod leases;
pub mod limits;
pub mod monitor;
pub mod notifications;
pub mod operator;
pub mod orders;
pub mod outbox;
pub mod prices;
pub mod requests;
pub mod restricted;
pub mod schedule;
pub mod sessions;
pub mod settings;
pub mod signals;
pub mod snapshots;
pub mod strategies;
pub mod strategy_stops;
pub mod sweeps;
pub mod symbols;
pub mod tokens;
pub mod trades;
pub mod trading_days;
pub mod users;

pub use bus::{MemoryBus, RedisBus};
pub use db::{Backend, Db, Durability, Store, StoreUrl, Tx};
pub use error::StoreError;
pub use kv::{Kv, KvDown, MemoryKv, Rate, RateDecision, RedisKv, Slide, Window};
pub use lock::DataFolderLock;
pub use page::{Page, Paged};
pub use scope::Scope;
