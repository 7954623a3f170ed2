//! Bodies of `/strategies`.

use chrono::{DateTime, FixedOffset};
use exodus_store::backtests::Backtest;
use exodus_trading as trading;
use exodus_trading::rules::{MOST_BYTES, Sentence};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::findings::DocumentFinding;
use crate::http::kst;

/// A text in both languages of the product.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Text {
    /// Korean.
    pub(crate) ko: String,
    /// English.
    pub(crate) en: String,
}

/// Parameters that somebody found useful.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preset {
    /// What they are for.
    pub(crate) name: Text,
    /// The parameters.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Value,
}

/// A kind of strategy that can be made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StrategyType {
    /// Stable word, such as `momentum`.
    pub(crate) strategy_type: String,
    /// Its name.
    pub(crate) title: Text,
    /// What it does.
    pub(crate) description: Text,
    /// JSON Schema (draft 2020-12) of the parameters, with `x-title-ko`, `x-description-ko`, `x-unit`, `x-group`.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters_schema: Value,
    /// Ready-made parameters.
    pub(crate) presets: Vec<Preset>,
}

/// A strategy of a user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Strategy {
    /// Id.
    pub(crate) id: i64,
    /// Name.
    pub(crate) name: String,
    /// Description.
    pub(crate) description: String,
    /// Kind.
    pub(crate) strategy_type: String,
    /// Parameters, defaults filled in.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Value,
    /// Issues it watches.
    pub(crate) symbols: Vec<String>,
    /// True while it trades.
    pub(crate) is_active: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it was last changed.
    pub(crate) updated_at: DateTime<FixedOffset>,
    /// The newest finished backtest.
    #[schema(required)]
    pub(crate) last_backtest: Option<LastBacktest>,
}

/// The newest finished backtest of a strategy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LastBacktest {
    /// Backtest.
    pub(crate) id: i64,
    /// Gain over the whole time.
    pub(crate) total_return: f64,
    /// When it was started.
    pub(crate) created_at: DateTime<FixedOffset>,
}

/// A strategy to make or to replace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StrategyRequest {
    /// Name.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) name: String,
    /// Description.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub(crate) description: String,
    /// Kind, one of `/strategies/types`.
    pub(crate) strategy_type: String,
    /// Parameters by the schema of the kind; defaults fill what is missing.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Map<String, Value>,
    /// Issues to watch.
    #[schema(min_items = 1, max_items = 50)]
    pub(crate) symbols: Vec<String>,
}

/// A document to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentRequest {
    /// Text of a `.kis.yaml` document.
    #[schema(max_length = 262144)]
    pub(crate) document: String,
}

// The macro takes no constant.
const _: () = assert!(MOST_BYTES == 262_144);

/// What there is to know about a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentFindings {
    /// True if a strategy can be made of it.
    pub(crate) runs: bool,
    /// Errors and warnings in the order of the check, then what other programs do differently.
    pub(crate) findings: Vec<DocumentFinding>,
}

/// Which strategies.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StrategyFilter {
    /// Only active or only inactive ones.
    pub(crate) is_active: Option<bool>,
}

impl From<trading::LocalText> for Text {
    fn from(text: trading::LocalText) -> Self {
        Self { ko: text.ko.to_owned(), en: text.en.to_owned() }
    }
}

impl From<Sentence> for Text {
    fn from(Sentence { ko, en }: Sentence) -> Self {
        Self { ko, en }
    }
}

impl From<&trading::StrategyType> for StrategyType {
    fn from(kind: &trading::StrategyType) -> Self {
        let preset = |preset: &trading::Preset| Preset { name: preset.name.into(), parameters: preset.parameters() };
        Self {
            strategy_type: kind.id.to_owned(),
            title: kind.title.into(),
            description: kind.description.into(),
            parameters_schema: kind.parameters_schema(),
            presets: kind.presets.iter().map(preset).collect(),
        }
    }
}

impl LastBacktest {
    /// The figures of a finished backtest; `None` if it has none.
    pub(crate) fn of(backtest: &Backtest) -> Option<Self> {
        let total_return = backtest.summary.as_ref()?.total_return;
        Some(Self { id: backtest.id, total_return, created_at: kst(backtest.created_at) })
    }
}
