//! Market feeds that need no broker: the demo market on the clock, and recorded events.

mod demo;
mod replay;

pub use demo::DemoFeed;
pub use replay::ReplayFeed;
