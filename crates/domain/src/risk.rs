//! The words of risk decisions: kill switches and reasons for denial (`safety` specification §3).

use serde::{Deserialize, Serialize};

text_enum! {
    /// What a kill switch covers.
    KillScope {
        /// Everything on this installation.
        Global = "global",
        /// Every account of a user.
        User = "user",
        /// One account.
        Account = "account",
        /// One strategy.
        Strategy = "strategy",
    }
}

text_enum! {
    /// How far a kill switch is pulled, mildest first; the strictest of all that apply wins.
    KillState {
        /// Trading as usual.
        Active = "active",
        /// Only sells of what is held.
        ReduceOnly = "reduce_only",
        /// No new order; reads and cancels go on.
        Halted = "halted",
    }
}

text_enum! {
    /// Why the risk gate said no. The checks are numbered RK in the safety specification.
    RiskCode {
        /// RK02: a kill switch is pulled.
        Halted = "HALTED",
        /// RK04: the account's money is real, and orders of real money are not let out.
        NotArmed = "NOT_ARMED",
        /// RK05: the exchange takes no such order of the issue in its present state.
        Restricted = "RESTRICTED",
        /// RK06: outside trading hours, or no session that day.
        MarketClosed = "MARKET_CLOSED",
        /// RK07: quantity below one, price off the tick grid or outside the day's limits, price missing or not allowed.
        BadOrder = "BAD_ORDER",
        /// RK12: the order is worth more than allowed.
        MaxOrderNotional = "MAX_ORDER_NOTIONAL",
        /// RK15: the position could become larger than allowed.
        MaxPosition = "MAX_POSITION",
        /// RK21: not enough orderable cash.
        BuyingPower = "BUYING_POWER",
        /// RK22: not enough sellable shares.
        Sellable = "SELLABLE",
        /// RK24: the scope is reduce-only and this order does not reduce.
        ReduceOnly = "REDUCE_ONLY",
        /// RK08: an order of the same symbol and side is in doubt.
        OrderInDoubt = "ORDER_IN_DOUBT",
        /// An input of a check is missing; every check fails closed.
        InputMissing = "INPUT_MISSING",
    }
}

/// A refusal by the risk gate: the first failing check, its limit, and what was seen instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Denial {
    /// Which check failed first, in table order.
    pub code: RiskCode,
    /// One English sentence that names the mend.
    pub detail: String,
    /// The limit in force, in the unit of the check (won, shares), where there is one.
    pub limit: Option<i64>,
    /// The value that broke it, in the same unit.
    pub observed: Option<i64>,
}
