//! The messages of the WebSocket.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account::dto::{Balance, Holding, KillSwitch, Trade};
use crate::accounts::dto::{AccountItem, RemovedAccount};
use crate::backtests::dto::Backtest;
use crate::market::backfills::Backfill;
use crate::market::dto::{Import, OrderBook, Quote};
use crate::notifications::dto::Notification;
use crate::orders::dto::Order;
use crate::signals::dto::Signal;
use crate::sweeps::answer::Sweep;

/// What a client may say.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ClientMessage {
    /// Must come first.
    Auth {
        /// Access token.
        token: String,
    },
    /// Asks for topics: `quotes:<symbol>`, `signals`, `orders`, `account`, `jobs`, `strategies`.
    Subscribe {
        /// The topics.
        topics: Vec<String>,
    },
    /// Gives topics back.
    Unsubscribe {
        /// The topics.
        topics: Vec<String>,
    },
    /// Asks for a `pong`.
    Ping,
}

/// What the server says.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ServerMessage {
    /// The token was good.
    Ready {
        /// Who is connected.
        user_id: i64,
    },
    /// The topics now held.
    Subscribed {
        /// All of them.
        topics: Vec<String>,
    },
    /// Answer to `ping`.
    Pong,
    /// Something was refused; the connection stays.
    Error {
        /// Stable word.
        code: String,
        /// One sentence.
        detail: String,
    },
    /// Something changed.
    Event(Box<StreamEvent>),
}

/// Something that changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StreamEvent {
    /// The topic it belongs to.
    pub(crate) topic: String,
    /// The account it is about, which need not be the selected one; null if it is about none.
    #[schema(required)]
    pub(crate) account_id: Option<i64>,
    /// What happened, and the new value.
    #[serde(flatten)]
    pub(crate) change: Change,
}

/// What happened, and the new value.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event", content = "data")]
pub(crate) enum Change {
    /// Topic `quotes:<symbol>`.
    #[serde(rename = "quote")]
    Quote(Quote),
    /// Topic `quotes:<symbol>`.
    #[serde(rename = "orderbook")]
    OrderBook(OrderBook),
    /// Topic `signals`.
    #[serde(rename = "signal.created")]
    SignalCreated(Signal),
    /// Topic `orders`.
    #[serde(rename = "order.changed")]
    OrderChanged(Order),
    /// Topic `orders`.
    #[serde(rename = "trade.booked")]
    TradeBooked(Trade),
    /// Topic `account`.
    #[serde(rename = "balance.changed")]
    BalanceChanged(Balance),
    /// Topic `account`; quantity 0 when the last share is gone.
    #[serde(rename = "holding.changed")]
    HoldingChanged(Holding),
    /// Topic `account`: added, named, given keys, checked, read from its broker, or selected.
    #[serde(rename = "account.changed")]
    AccountChanged(Box<AccountItem>),
    /// Topic `account`.
    #[serde(rename = "account.removed")]
    AccountRemoved(RemovedAccount),
    /// Topic `account`.
    #[serde(rename = "kill_switch.changed")]
    KillSwitchChanged(KillSwitch),
    /// Topic `account`: raised or acknowledged.
    #[serde(rename = "notification.changed")]
    NotificationChanged(Notification),
    /// Topic `jobs`.
    #[serde(rename = "backtest.changed")]
    BacktestChanged(Box<Backtest>),
    /// Topic `jobs`.
    #[serde(rename = "sweep.changed")]
    SweepChanged(Box<Sweep>),
    /// Topic `jobs`.
    #[serde(rename = "import.changed")]
    ImportChanged(Import),
    /// Topic `jobs`.
    #[serde(rename = "backfill.changed")]
    BackfillChanged(Backfill),
    /// Topic `strategies`: made, saved, started, stopped, put away or deleted. Read it again.
    #[serde(rename = "strategy.changed")]
    StrategyChanged {
        /// Strategy.
        id: i64,
    },
}
