//! The paper broker: an account of the store, trading on the exchange of the simulator.

mod broker;
mod exchange;

pub use broker::PaperBroker;
pub use exchange::PaperExchange;
