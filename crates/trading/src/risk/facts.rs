//! What a decision on a live account rests on beside the market and the books: what history cannot know.

use exodus_domain::{AccountLimits, Halt, Price, Qty, Won, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// Who put an issue on a list of issues that are not to be traded.
    RestrictedBy {
        /// The operator, for everybody.
        Operator = "operator",
        /// The owner of the account.
        User = "user",
    }
}

/// Why an issue is not to be traded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Who says so.
    pub by: RestrictedBy,
    /// Why.
    pub reason: String,
}

text_enum! {
    /// Why a strategy was stopped by the program (RK19).
    DisabledBy {
        /// It had as many fills as it may have on a day.
        Fills = "fills",
        /// The broker refused so many of its orders in a row.
        Refusals = "refusals",
    }
}

/// A strategy that a person has to enable again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Why.
    pub by: DisabledBy,
    /// The limit at that time.
    pub limit: i64,
    /// What was counted.
    pub observed: i64,
}

/// Open orders of the account on the other side of the issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnOpposite {
    /// How many.
    pub orders: i64,
    /// The price nearest to trading; `None` if one of them is at the market.
    pub best: Option<Price>,
}

/// Orders of the last minute and of the day, as RK18 counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPace {
    /// Of the account in the last minute.
    pub in_minute: i64,
    /// When the oldest of these is older than a minute, in milliseconds from now.
    pub minute_frees_ms: i64,
    /// Of the issue in the last minute.
    pub of_symbol_in_minute: i64,
    /// When the oldest of these is older than a minute, in milliseconds from now.
    pub symbol_frees_ms: i64,
    /// Of the account today.
    pub today: i64,
    /// Until the day ends, in milliseconds from now.
    pub day_ends_ms: i64,
}

/// The facts of a live account. `None` means not known, and denies where it matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveFacts {
    /// The limits in force.
    pub limits: AccountLimits,
    /// The operator's hard cap on the value of any order.
    pub order_cap: Won,
    /// True if the account's money is real.
    pub is_real_money: bool,
    /// RK01: why the account may not trade yet; `None` if it is ready.
    pub not_ready: Option<String>,
    /// RK01: how far our clock is ahead of the exchange's, in milliseconds; negative if it is behind.
    pub clock_offset_ms: Option<i64>,
    /// RK02, RK24: the strictest switch that is pulled.
    pub halt: Option<Halt>,
    /// RK03: true while the circuit breaker towards the broker is open.
    pub circuit_open: bool,
    /// RK04: true for simulated money, and while real money is armed for this strategy.
    pub is_armed: bool,
    /// RK04, on the first live day of a strategy: its orders of the day; `None` on every other.
    #[serde(default)]
    pub first_day_orders: Option<i64>,
    /// RK05: who does not want the issue traded.
    pub restriction: Option<Restriction>,
    /// RK09: since the strategy ordered the same side of the issue last, in milliseconds; `None` if it never did, and for
    /// persons.
    pub same_before_ms: Option<i64>,
    /// RK10: age of the last quote by its exchange time, in milliseconds.
    pub quote_age_ms: Option<i64>,
    /// RK10: age of the last quote since it arrived, in milliseconds.
    pub arrival_age_ms: Option<i64>,
    /// RK11: the best price of the other side of the book, where the feed tells it.
    pub best_opposite: Option<Price>,
    /// RK13: shares traded on an average day of the last 20 sessions.
    pub average_volume: Option<Qty>,
    /// RK14: the median worth of the account's last 20 orders; `None` before there were as many.
    pub median_notional: Option<Won>,
    /// RK14: the worth that a person has confirmed by typing it.
    pub confirmed: Option<Won>,
    /// RK15: shares that may be bought by orders that are not open here: those of others on the account, and ours that
    /// the broker seems never to have had.
    pub doubtful_buys: Qty,
    /// RK16: what all positions may become worth by what is open, at last prices or limits.
    pub gross: Option<Won>,
    /// RK17: own open orders of the account.
    pub open_orders: i64,
    /// RK17: own open orders of the issue.
    pub open_of_symbol: i64,
    /// RK18.
    pub pace: OrderPace,
    /// RK19: why the strategy was stopped; `None` if it was not.
    pub disabled: Option<Disabled>,
    /// RK20: equity at the beginning of the trading day, as it was stored.
    pub opening_equity: Option<Won>,
    /// RK20: what was lost since, realised, unrealised and costs; negative if something was won.
    pub loss: Option<Won>,
    /// RK20: true once the limit was reached on this day, whatever was won back.
    pub is_loss_reached: bool,
    /// RK22: shares of sells by others that are open on the account.
    pub external_sells: Qty,
    /// RK23: own open orders on the other side.
    pub own_opposite: Option<OwnOpposite>,
}
