//! The two buses. Both are best effort: what counts is in the store, and a listener re-reads it after every gap.

mod memory;
mod redis;

pub use memory::MemoryBus;
pub use redis::RedisBus;
