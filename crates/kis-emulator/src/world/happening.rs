//! What happened, for those who push it to sockets.

use chrono::{DateTime, Utc};
use exodus_domain::{OrderStyle, Price, Qty, Side, Symbol, TradingVenue};

use super::market::{DayQuote, Tick};
use super::orders::{OrderAction, OrderKey, OrderVenue};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A trade, ours or between others.
    Trade {
        /// The trade.
        tick: Tick,
        /// The day of the issue as it stood after it.
        quote: Box<DayQuote>,
    },
    /// The book changed; read the newest.
    Book {
        /// Issue.
        symbol: Symbol,
        /// Venue.
        venue: TradingVenue,
    },
    /// Something about an order, for its owner (kis-openapi §7.8).
    Notice(Box<OrderNotice>),
    /// KRX, or one issue there, went over into another phase (kis-openapi §7.9). Nextrade tells nothing of the kind.
    MarketOperation {
        /// Issue.
        symbol: Symbol,
        /// When.
        at: DateTime<Utc>,
        /// What.
        event: MarketEvent,
    },
}

/// A change of phase of an issue (MKOP_CLS_CODE, kis-openapi §7.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketEvent {
    /// 110: orders are collected for the opening.
    OpeningAuctionBegins,
    /// 112: continuous trading.
    Opened,
    /// 121: orders are collected for the close.
    ClosingAuctionBegins,
    /// 129: the closing auction is struck.
    Closed,
    /// 130: trading at the previous close begins.
    PreHoursBegins,
    /// 139: it ends.
    PreHoursEnds,
    /// 140: trading at the close of the day begins.
    AfterHoursBegins,
    /// 149: it ends.
    AfterHoursEnds,
    /// The after-market begins; its code is not published.
    AfterMarketBegins,
    /// The after-market ends.
    AfterMarketEnds,
    /// A volatility interruption begins.
    Interrupted,
    /// It ends.
    Released,
    /// Trading of the issue is halted.
    Halted,
    /// It is resumed.
    Resumed,
}

/// A notice about an order (H0STCNI0, kis-openapi §7.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderNotice {
    /// Account of the order.
    pub account: String,
    /// Its owner's HTS id.
    pub hts_id: String,
    /// What is told.
    pub kind: NoticeKind,
    /// Number of the order.
    pub key: OrderKey,
    /// The number that it amends or cancels.
    pub original: Option<u32>,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Style.
    pub style: OrderStyle,
    /// Order type as sent.
    pub code: String,
    /// New, amend or cancel.
    pub action: OrderAction,
    /// Shares that the notice is about: ordered, filled, or cancelled.
    pub quantity: Qty,
    /// Fill price; on a receipt the order's price, or zero.
    pub price: Price,
    /// Shares of the order.
    pub order_quantity: Qty,
    /// Price of the order, or zero.
    pub order_price: Price,
    /// Stop price of a stop limit order.
    pub stop: Option<Price>,
    /// Venue as sent.
    pub venue: OrderVenue,
    /// The venue that has the order.
    pub routed_to: TradingVenue,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a notice tells of its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// The broker has it (CNTG_YN 1, ACPT_YN 1).
    Received,
    /// An amendment or cancellation is done (CNTG_YN 1, ACPT_YN 2).
    Confirmed,
    /// Shares were filled (CNTG_YN 2, ACPT_YN 2).
    Filled,
    /// The rest of an IOC or FOK order was cancelled (CNTG_YN 1, ACPT_YN 3).
    Unfilled,
    /// The exchange refused it after the broker had taken it (CNTG_YN 1, RFUS_YN 1). What ends with its session ends
    /// without a notice.
    Rejected,
}
