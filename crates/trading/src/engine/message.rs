//! What the engine is told, and what it answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use exodus_domain::{
    Bar, CommissionSchedule, Denial, Fundamentals, Interval, KillState, OrderCosts, OrderFields, OrderState, OverSold,
    Price, Qty, Signal, Symbol, Won,
};
use serde::{Deserialize, Serialize};

use super::own::OwnPosition;
use crate::risk::{Approved, RiskInputs, RiskLimits};
use crate::strategies::Strategy;

/// The name of an order between one engine and its session, never used again by that engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientRef(pub u64);

/// Something that happened. Whatever needs the time carries it: `at` is when the engine acts on the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EngineEvent {
    /// Bars closed, all that were told of the same close. Issues the engine does not know are passed over.
    ///
    /// Strategies may order on them at once, so bars whose market is closed by then (daily bars of KRX issues) are to be
    /// told when the market takes orders again.
    BarsClosed {
        /// When the engine acts on it.
        at: DateTime<Utc>,
        /// Their length.
        interval: Interval,
        /// When they began.
        open_time: DateTime<Utc>,
        /// The bars, an issue once.
        bars: Vec<(Symbol, Bar)>,
    },
    /// A new last price. Issues the engine does not know are passed over.
    Price {
        /// Exchange time.
        at: DateTime<Utc>,
        /// Issue.
        symbol: Symbol,
        /// Last price.
        price: Price,
        /// Base price of the trade date, where the source tells it.
        base_price: Option<Price>,
    },
    /// An order changed its state, its fills or both. All figures are cumulative; repeating an update changes nothing.
    /// An order that is filled whole is forgotten: a further update of it is an error.
    OrderUpdate {
        /// Order.
        client_ref: ClientRef,
        /// State.
        state: OrderState,
        /// Shares filled so far.
        cum_quantity: Qty,
        /// Won traded so far.
        cum_amount: Won,
        /// Costs so far.
        costs: OrderCosts,
        /// When it happened, as far as is known: a position is as old as its first fill.
        at: DateTime<Utc>,
    },
    /// A person wants an order.
    ManualOrder {
        /// When the engine acts on it.
        at: DateTime<Utc>,
        /// The session's name for the wish; comes back in [`Cause::Request`].
        request_id: i64,
        /// What is wanted.
        fields: OrderFields,
        /// What the person typed that it is worth, to confirm an unusual size (RK14).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirmed: Option<Won>,
    },
    /// A person wants an order cancelled.
    ManualCancel {
        /// Order.
        client_ref: ClientRef,
    },
    /// A kill switch changed.
    Kill {
        /// The strategy it covers; `None` for the whole account, which stands for the strictest of the global, the
        /// user's and the account's switch.
        strategy_id: Option<i64>,
        /// State from now on.
        state: KillState,
    },
}

/// The close of bars that opened and closed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarClose {
    /// When the engine acts on it, as in [`EngineEvent::BarsClosed`].
    pub at: DateTime<Utc>,
    /// Length of the bars.
    pub interval: Interval,
    /// When they ended.
    pub closed_at: DateTime<Utc>,
}

/// Why an order is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// A strategy gave a signal.
    Strategy {
        /// Strategy.
        strategy_id: i64,
        /// Its signal.
        signal: Signal,
    },
    /// A person asked.
    Request {
        /// The name given in [`EngineEvent::ManualOrder`].
        request_id: i64,
    },
}

/// Something to do or to write down.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// A signal that leads to no order.
    Signal {
        /// Strategy.
        strategy_id: i64,
        /// Its signal, a hold.
        signal: Signal,
    },
    /// Write the order down, then send it. The engine counts it as created from now on, cash reserved, and must be
    /// told of every later state.
    Place {
        /// Name of the order from now on.
        client_ref: ClientRef,
        /// Why.
        cause: Cause,
        /// The order, with the decision that allowed it.
        order: Approved<OrderFields>,
    },
    /// Write down that the risk gate said no. The engine keeps nothing of the order.
    Deny {
        /// When it was decided.
        at: DateTime<Utc>,
        /// Why the order was wanted.
        cause: Cause,
        /// What was wanted.
        fields: OrderFields,
        /// The check that failed.
        denial: Denial,
        /// What the decision rests on.
        inputs: RiskInputs,
    },
    /// Cancel the open rest of an order.
    Cancel {
        /// Order.
        client_ref: ClientRef,
    },
}

/// The account an engine starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineSetup {
    /// Cash in won.
    pub cash: Won,
    /// Limits in force.
    pub limits: RiskLimits,
    /// The strictest of the global, the user's and the account's switch; halted if it cannot be read.
    pub kill: KillState,
}

/// A strategy to run.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategySetup {
    /// The session's name for it.
    pub id: i64,
    /// Type and parameters.
    pub strategy: Strategy,
    /// Its own kill switch.
    pub kill: KillState,
    /// The issues it watches.
    pub symbols: Vec<StrategySymbol>,
    /// True if an order of it was ever made: a ranking that is new does not wait for its calendar.
    pub has_ordered: bool,
}

/// An issue that a strategy watches.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategySymbol {
    /// Issue.
    pub symbol: Symbol,
    /// What the orders of this strategy bought so far and have not sold. It never sells more than that, nor more than
    /// the account holds.
    pub position: OwnPosition,
    /// What was published of it: a [history](Fundamentals::history), empty if nothing is known or nobody asks.
    pub facts: Arc<[Fundamentals]>,
}

impl StrategySymbol {
    /// An issue of which the strategy has nothing yet.
    pub fn new(symbol: Symbol) -> Self {
        Self { symbol, position: OwnPosition::default(), facts: Arc::default() }
    }
}

/// An order that was open when the session started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredOrder {
    /// What was ordered.
    pub fields: OrderFields,
    /// The strategy that wanted it; `None` for a manual order.
    pub strategy_id: Option<i64>,
    /// State.
    pub state: OrderState,
    /// Shares filled so far; their effect is already in cash and holdings.
    pub cum_quantity: Qty,
    /// Won traded so far.
    pub cum_amount: Won,
    /// Costs so far.
    pub costs: OrderCosts,
    /// The schedule it began with.
    pub commission: CommissionSchedule,
    /// The price that cash is reserved by: the limit; for a market order the upper limit of the day, or the last price
    /// where that is not known.
    pub valued_at: Price,
}

/// The engine was told something that does not fit what it knows. Nothing changed; halt the account and build the
/// engine anew from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The issue was never added.
    #[error("the issue {0} is not known to the engine: add it first")]
    UnknownSymbol(Symbol),
    /// No such strategy.
    #[error("strategy {0} is not known to the engine: add it first")]
    UnknownStrategy(i64),
    /// No such order, or one that was filled whole before.
    #[error("order {} is not known to the engine: rebuild it from the store", .0.0)]
    UnknownOrder(ClientRef),
    /// The broker sold more than the account holds.
    #[error("{0}: halt the account and compare its holdings with the broker's")]
    OverSold(#[from] OverSold),
}
