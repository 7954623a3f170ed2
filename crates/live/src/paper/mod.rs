//! The paper broker: an account of the store, trading on the exchange of the simulator.

mod broker;
mod exchange;
mod feed;

pub use broker::PaperBroker;
pub use exchange::PaperExchange;
pub(crate) use feed::MarkedFeed;
