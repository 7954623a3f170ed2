//! What goes into a board, and what comes out.

use chrono::{DateTime, Utc};
use exodus_domain::{Level, OrderFields, OrderStyle, OrderType, Phase, Price, Qty, Side, StyleRefusal, Symbol};
use serde::{Deserialize, Serialize};

use crate::{Execution, Interruption, SimReject};

/// Which sessions of a venue a board holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardHours {
    /// Those with a book: auctions, continuous trading, pre-market and after-market.
    Regular,
    /// Those at a price that is given: the previous close before the session, the close of the day after it.
    AtClose,
}

/// An order as the exchange knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StyledOrder {
    /// The sender's number, unique on the day.
    pub id: u64,
    /// Whose order it is. Orders of one account never trade with each other.
    pub account: i64,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Pricing and how long it waits.
    pub style: OrderStyle,
    /// The one phase that it is for, where its type names one.
    pub only_in: Option<Phase>,
    /// Shares.
    pub quantity: Qty,
    /// Limit price; `None` where the style has none.
    pub price: Option<Price>,
    /// Stop price of a stop limit order.
    pub stop: Option<Price>,
}

impl StyledOrder {
    pub(super) fn needs_continuous_trading(&self) -> bool {
        use OrderStyle::{MidPrice, MidPriceFok, MidPriceIoc, StopLimit};
        matches!(self.style, MidPrice | MidPriceIoc | MidPriceFok | StopLimit)
    }

    pub(super) fn is_ioc(&self) -> bool {
        use OrderStyle::{BestOppositeIoc, LimitIoc, MarketIoc, MidPriceIoc};
        matches!(self.style, LimitIoc | MarketIoc | BestOppositeIoc | MidPriceIoc)
    }

    pub(super) fn is_fok(&self) -> bool {
        use OrderStyle::{BestOppositeFok, LimitFok, MarketFok, MidPriceFok};
        matches!(self.style, LimitFok | MarketFok | BestOppositeFok | MidPriceFok)
    }

    /// The order with this limit price, or at the market.
    pub(super) fn fields(&self, price: Option<Price>) -> OrderFields {
        let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
        OrderFields { symbol: self.symbol, side: self.side, order_type, quantity: self.quantity, price }
    }
}

/// An open order that is more than a limit or a market order.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) order: StyledOrder,
    pub(super) place: Place,
}

/// Where such an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Beside the book, until its stop price is reached.
    Beside,
    /// In the book, following the middle.
    Pegged,
    /// In the book as any other.
    Booked,
}

/// Something that happened on a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardEvent {
    /// Orders traded or ended.
    Traded {
        /// One for each of our orders in each trade: both of one trade follow each other.
        executions: Vec<Execution>,
        /// The order that came to the others; `None` if ours rested.
        taker: Option<u64>,
    },
    /// A call auction was struck.
    Auction {
        /// Issue.
        symbol: Symbol,
        /// Price and shares, those of others included; `None` if nothing met.
        print: Option<Level>,
        /// What our orders have of it.
        executions: Vec<Execution>,
        /// When.
        at: DateTime<Utc>,
    },
    /// An issue went over into another phase.
    Phase {
        /// Issue.
        symbol: Symbol,
        /// The phase before.
        before: Option<Phase>,
        /// The phase from now on; `None` if none is held.
        phase: Option<Phase>,
        /// When.
        at: DateTime<Utc>,
    },
    /// An issue was interrupted.
    Interrupted {
        /// Issue.
        symbol: Symbol,
        /// Kind and times.
        interruption: Interruption,
    },
    /// An interruption is over.
    Released {
        /// Issue.
        symbol: Symbol,
        /// When.
        at: DateTime<Utc>,
    },
    /// The stop price of an order was reached: from here on it is a limit order.
    StopReached {
        /// Order.
        order_id: u64,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a board does not take an order; nothing changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoardRefusal {
    /// No phase is held.
    #[error("the venue takes no orders now")]
    NoPhase,
    /// The order type names another phase than the one that is held.
    #[error("this order type is not for the phase {0}")]
    OtherSession(Phase),
    /// The order type does not fit venue, phase or issue.
    #[error(transparent)]
    Style(#[from] StyleRefusal),
    /// The order breaks a rule of the exchange.
    #[error(transparent)]
    Exchange(#[from] SimReject),
    /// Nobody shows the price that the order refers to.
    #[error("nobody shows the price that the order refers to")]
    NoReference,
    /// Nothing of the order is open.
    #[error("nothing of the order is open")]
    NothingOpen,
    /// Less of the order is open than should be changed.
    #[error("only {0} shares of the order are open")]
    TooMany(Qty),
}
