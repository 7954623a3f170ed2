//! The words of risk decisions: kill switches and reasons for denial (`safety` specification §3).

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::RiskUnit;

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
    /// Why the risk gate said no, in the order of the checks (RK in the safety specification).
    RiskCode {
        /// RK01: the account is not ready, or its clock is wrong.
        NotReady = "NOT_READY",
        /// RK02: a kill switch is pulled.
        Halted = "HALTED",
        /// RK03: the broker answers too badly to be sent anything.
        BrokerCircuitOpen = "BROKER_CIRCUIT_OPEN",
        /// RK04: the account's money is real, and orders of real money are not let out.
        NotArmed = "NOT_ARMED",
        /// RK05: the issue is not known, not to be traded, or its exchange takes no such order in its present state.
        Restricted = "RESTRICTED",
        /// RK06: outside trading hours, or no session that day.
        MarketClosed = "MARKET_CLOSED",
        /// RK07: quantity below one, price off the tick grid or outside the day's limits, price missing or not allowed.
        BadOrder = "BAD_ORDER",
        /// RK08: an order of the same symbol and side is in doubt.
        OrderInDoubt = "ORDER_IN_DOUBT",
        /// RK09: the strategy ordered the same side of the issue a moment ago.
        DuplicateSignal = "DUPLICATE_SIGNAL",
        /// RK10: the last quote of the issue is too old.
        StaleQuote = "STALE_QUOTE",
        /// RK11: the price is too far from the market.
        PriceCollar = "PRICE_COLLAR",
        /// RK12: the order is worth more than allowed.
        MaxOrderNotional = "MAX_ORDER_NOTIONAL",
        /// RK13: the order is too large a part of what is traded on a day.
        MaxOrderQty = "MAX_ORDER_QTY",
        /// RK14: the order is far larger than the account's orders are, or too large a part of equity.
        FatFinger = "FAT_FINGER",
        /// RK15: the position could become larger than allowed.
        MaxPosition = "MAX_POSITION",
        /// RK16: all positions together could become larger than allowed.
        MaxGross = "MAX_GROSS",
        /// RK17: too many orders are open.
        MaxOpenOrders = "MAX_OPEN_ORDERS",
        /// RK18: too many orders in a minute or on a day.
        OrderRate = "ORDER_RATE",
        /// RK19: the strategy was stopped, and a person has to enable it again.
        StrategyDisabled = "STRATEGY_DISABLED",
        /// RK20: the loss of the day is reached; only sales until it ends.
        DailyLoss = "DAILY_LOSS",
        /// RK21: not enough orderable cash.
        BuyingPower = "BUYING_POWER",
        /// RK22: not enough sellable shares.
        Sellable = "SELLABLE",
        /// RK23: it would trade with an open order of the account itself.
        SelfCross = "SELF_CROSS",
        /// RK24: the scope is reduce-only and this order does not reduce.
        ReduceOnly = "REDUCE_ONLY",
        /// An input of a check is missing; every check fails closed.
        InputMissing = "INPUT_MISSING",
    }
}

impl RiskCode {
    /// What limit and observed value of a denial are counted in; `None` where there are none, or the sentence says it.
    pub const fn unit(self) -> Option<RiskUnit> {
        Some(match self {
            Self::PriceCollar
            | Self::MaxOrderNotional
            | Self::FatFinger
            | Self::MaxPosition
            | Self::MaxGross
            | Self::DailyLoss
            | Self::BuyingPower => RiskUnit::Won,
            Self::MaxOrderQty | Self::Sellable => RiskUnit::Shares,
            Self::MaxOpenOrders | Self::OrderRate | Self::StrategyDisabled => RiskUnit::Count,
            Self::NotReady | Self::StaleQuote => RiskUnit::Milliseconds,
            Self::DuplicateSignal => RiskUnit::Seconds,
            _ => return None,
        })
    }
}

text_enum! {
    /// Who may let trading go on.
    ClearedBy {
        /// The owner of the account, with the password.
        Owner = "owner",
        /// An admin.
        Admin = "admin",
        /// Nobody: the day has to end.
        DayEnd = "day_end",
    }
}

/// A kill switch that is pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// What it covers.
    pub scope: KillScope,
    /// How far it is pulled.
    pub state: KillState,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Halt {
    /// Who may clear it.
    pub const fn cleared_by(&self) -> ClearedBy {
        match self.scope {
            KillScope::Global => ClearedBy::Admin,
            KillScope::User | KillScope::Account | KillScope::Strategy => ClearedBy::Owner,
        }
    }
}

/// A refusal by the risk gate: the first failing check, its limit, and what was seen instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Which check failed first, in table order.
    pub code: RiskCode,
    /// What is missing, for [`RiskCode::InputMissing`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// One English sentence that names the mend.
    pub detail: String,
    /// The limit in force, in the unit of the check ([`RiskCode::unit`]), where there is one.
    pub limit: Option<i64>,
    /// The value that broke it, in the same unit.
    pub observed: Option<i64>,
    /// The other checks that failed, in table order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<RiskCode>,
    /// The switch that is pulled, for [`RiskCode::Halted`] and [`RiskCode::ReduceOnly`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halt: Option<Halt>,
    /// When the same order may pass, in milliseconds from the decision, if time alone mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<i64>,
}

impl Denial {
    /// A denial without figures.
    pub fn new(code: RiskCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            input: None,
            detail: detail.into(),
            limit: None,
            observed: None,
            others: Vec::new(),
            halt: None,
            retry_after_ms: None,
        }
    }

    /// The code as programs are told it: `INPUT_MISSING:last_price` names what is missing.
    pub fn word(&self) -> Cow<'static, str> {
        match &self.input {
            Some(input) => format!("{}:{input}", self.code).into(),
            None => self.code.as_str().into(),
        }
    }
}

impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.word(), self.detail)
    }
}

impl std::error::Error for Denial {}
