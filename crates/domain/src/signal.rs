//! What a strategy wants, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Price, Qty, Symbol};

text_enum! {
    /// What a strategy says about an issue.
    SignalType {
        /// Enter or add.
        Buy = "buy",
        /// Leave.
        Sell = "sell",
        /// Neither; only stored where it explains an order that was not made.
        Hold = "hold",
    }
}

/// Why a signal was given: a stable code, and the values that made it true. Screens turn it into a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable snake-case word, such as `momentum_above_entry`.
    pub code: String,
    /// Named values, ratios as decimals.
    pub values: BTreeMap<String, f64>,
    /// The conditions of the rule that decided, in its order; none for a strategy that is no list of conditions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<ReasonCondition>,
}

/// One condition of a rule, and what its two sides were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonCondition {
    /// Left side: a price field, the alias of an indicator, or of a candlestick pattern.
    pub left: String,
    /// What must hold: `greater_than`, `less_than`, `greater_equal`, `less_equal`, `equal`, `not_equal`, `cross_above`,
    /// `cross_below`; `signal` for a candlestick pattern.
    pub operator: String,
    /// Right side: a number, a series, `bullish`, `bearish` or `detected`.
    pub right: String,
    /// Left side on the bar of the decision; `None` if it was not defined.
    pub left_value: Option<f64>,
    /// Right side on the bar of the decision; `None` if it was not defined.
    pub right_value: Option<f64>,
    /// Left side on the bar before.
    pub left_before: Option<f64>,
    /// Right side on the bar before.
    pub right_before: Option<f64>,
    /// Whether it held.
    pub holds: bool,
}

/// One decision of a strategy about one issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Issue.
    pub symbol: Symbol,
    /// Direction.
    pub signal_type: SignalType,
    /// How sure the strategy is, 0 to 1.
    pub confidence: f64,
    /// The closing price it was decided on.
    pub price: Price,
    /// Shares it leads to after sizing; zero if none.
    pub quantity: Qty,
    /// Why.
    pub reason: Reason,
}
