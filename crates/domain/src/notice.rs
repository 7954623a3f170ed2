//! What one process tells the others over the bus.
//!
//! A notice names what changed; whoever needs the new value reads it from the store. So a lost or repeated notice
//! can delay a screen, but never make it wrong. Quotes and books carry their value, because the newest one is all
//! that counts.

use serde::{Deserialize, Serialize};

use crate::{OrderBook, Quote, Symbol};

/// One message on the bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A new last price.
    Quote(Quote),
    /// A new visible order book.
    Book(OrderBook),
    /// A strategy gave a signal.
    SignalCreated {
        /// Owner.
        user_id: i64,
        /// Signal.
        signal_id: i64,
    },
    /// An order was written down or changed its state or fills.
    OrderChanged {
        /// Owner.
        user_id: i64,
        /// Order.
        order_id: i64,
    },
    /// A fill was booked as a trade.
    TradeBooked {
        /// Owner.
        user_id: i64,
        /// Trade.
        trade_id: i64,
    },
    /// A holding changed in quantity or cost; the cash with it.
    HoldingChanged {
        /// Owner.
        user_id: i64,
        /// Account that holds it.
        account_id: i64,
        /// Issue.
        symbol: Symbol,
    },
    /// An account was added, named, given keys, checked, read from its broker, selected or removed.
    AccountChanged {
        /// Owner.
        user_id: i64,
        /// Account.
        account_id: i64,
    },
    /// Screens show these issues: whoever has a feed for them may want to tell their prices.
    Watched {
        /// The issues.
        symbols: Vec<Symbol>,
    },
    /// A kill switch was pulled or cleared.
    KillSwitchChanged {
        /// The user it touches; `None` for the global one.
        user_id: Option<i64>,
    },
    /// A notification was raised or acknowledged.
    NotificationChanged {
        /// Whom it is for.
        user_id: i64,
        /// Notification.
        notification_id: i64,
    },
    /// A backtest made progress or ended.
    BacktestChanged {
        /// Owner.
        user_id: i64,
        /// Backtest.
        backtest_id: i64,
    },
    /// A sweep made progress or ended.
    SweepChanged {
        /// Owner.
        user_id: i64,
        /// Sweep.
        sweep_id: i64,
    },
    /// An import made progress or ended.
    ImportChanged {
        /// Owner.
        user_id: i64,
        /// Import.
        import_id: i64,
    },
    /// A back-fill made progress or ended.
    BackfillChanged {
        /// Owner.
        user_id: i64,
        /// Back-fill.
        backfill_id: i64,
    },
    /// A person asks an account's session to place or cancel an order; wakes the worker that owns the account.
    OrderRequested {
        /// Account.
        account_id: i64,
    },
    /// A strategy was made, saved, activated, deactivated, put away or deleted; wakes the worker that owns the account.
    StrategyChanged {
        /// Owner.
        user_id: i64,
        /// Account it trades on, or traded on until now; `None` if it does neither.
        account_id: Option<i64>,
        /// Strategy.
        strategy_id: i64,
    },
}
