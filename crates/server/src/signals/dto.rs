//! Bodies of `/signals`.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use exodus_domain::{Reason, SignalType};
use exodus_store::signals::SignalRecord;
use exodus_trading::rules::Sentence;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{kst, words};
use crate::market::names::Names;
use crate::strategies::dto::Text;

/// Why a signal was given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignalReason {
    /// Stable word, such as `momentum_above_entry`.
    pub(crate) code: String,
    /// The values that made it true.
    #[schema(value_type = HashMap<String, f64>)]
    pub(crate) values: BTreeMap<String, f64>,
    /// Why in words; null for a code that has no sentence, as one of an older program.
    #[schema(required)]
    pub(crate) sentence: Option<Text>,
}

impl From<Reason> for SignalReason {
    fn from(reason: Reason) -> Self {
        let sentence = Sentence::of(&reason).map(Text::from);
        Self { code: reason.code, values: reason.values, sentence }
    }
}

/// One decision of a strategy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Signal {
    /// Id.
    pub(crate) id: i64,
    /// Strategy.
    pub(crate) strategy_id: i64,
    /// The version of it that decided; null for signals older than versions.
    #[schema(required)]
    pub(crate) strategy_version: Option<i32>,
    /// Its name.
    pub(crate) strategy_name: String,
    /// Issue.
    pub(crate) symbol: String,
    /// Korean name of the issue; its code where no name is known.
    pub(crate) name_ko: String,
    /// English name of the issue; its code where no name is known.
    pub(crate) name_en: String,
    /// Direction.
    #[schema(value_type = words::SignalType)]
    pub(crate) signal_type: SignalType,
    /// 0 to 1.
    pub(crate) confidence_score: f64,
    /// Closing price it was decided on, in won.
    pub(crate) price: i64,
    /// Shares it leads to.
    pub(crate) quantity: i64,
    /// Why.
    pub(crate) reason: SignalReason,
    /// When.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// The order it led to.
    #[schema(required)]
    pub(crate) order_id: Option<i64>,
}

/// Which signals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SignalFilter {
    /// Only of this strategy.
    pub(crate) strategy_id: Option<i64>,
    /// Only for this issue.
    pub(crate) symbol: Option<String>,
}

impl Signal {
    /// A stored signal with the names of its issue.
    pub(crate) fn new(row: SignalRecord, names: &Names) -> Self {
        let signal = row.signal;
        Self {
            id: row.id,
            strategy_id: row.strategy_id,
            strategy_version: row.strategy_version,
            strategy_name: row.strategy_name,
            symbol: signal.symbol.to_string(),
            name_ko: names.ko(signal.symbol),
            name_en: names.en(signal.symbol),
            signal_type: signal.signal_type,
            confidence_score: signal.confidence,
            price: signal.price.0,
            quantity: signal.quantity.0,
            reason: signal.reason.into(),
            created_at: kst(row.created_at),
            order_id: row.order_id,
        }
    }
}
