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
