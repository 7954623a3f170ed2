//! Pure types and rules of the Korean equity market and of the order path.
//!
//! Nothing here does I/O, reads a clock or draws chance: time and data are passed in, answers are values.

#[macro_use]
mod text_enum;

mod holding;
mod market_data;
mod money;
mod notice;
mod order;
mod ports;
mod risk;
mod signal;
mod symbol;
mod time;

pub use holding::{Fill, Holding, OverSold};
pub use market_data::{Bar, FeedEvent, Interval, Level, OrderBook, Quote};
pub use money::{AvgPrice, AvgPriceError, Price, Qty, Won};
pub use notice::Notice;
pub use order::{
    ForbiddenTransition, OrderEvent, OrderFields, OrderState, OrderStatus, OrderType, RowEnd, RowFacts, Side,
    average_fill_price,
};
pub use ports::{
    Broker, BrokerBalance, BrokerOrder, BrokerOrderId, BusDown, CancelAnswer, Clock, EventBus, MarketFeed, NoAnswer,
    PlaceAnswer, PortStream,
};
pub use risk::{Denial, KillScope, KillState, RiskCode};
pub use signal::{Reason, Signal, SignalType};
pub use symbol::{Instrument, InstrumentKind, Market, Symbol, SymbolError};
pub use text_enum::UnknownWord;
pub use time::{KST, from_kst, kst_date, kst_time};
