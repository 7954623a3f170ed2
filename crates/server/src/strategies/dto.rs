//! Bodies of `/strategies`.

use chrono::{DateTime, FixedOffset, NaiveDate};
use exodus_store::accounts::{Account, AccountBroker, AccountEnv};
use exodus_store::strategies::StrategySort;
use exodus_trading as trading;
use exodus_trading::rules::Sentence;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::http::words;

/// A text in both languages of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Text {
    /// Korean.
    pub(crate) ko: String,
    /// English.
    pub(crate) en: String,
}

impl Text {
    /// Of a pair, Korean first.
    pub(crate) fn of((ko, en): (&str, &str)) -> Self {
        Self { ko: ko.to_owned(), en: en.to_owned() }
    }
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
    /// Number of its newest version, which is shown here.
    pub(crate) version: i32,
    /// True while one of its versions trades.
    pub(crate) is_active: bool,
    /// The version that trades; null while none does.
    #[schema(required)]
    pub(crate) active_version: Option<i32>,
    /// The accounts it trades for; none while it does not trade.
    pub(crate) active_accounts: Vec<TradedAccount>,
    /// True if it was put away: it does not trade, and is listed apart.
    pub(crate) is_archived: bool,
    /// When it was made.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// When it was last saved, started, stopped or put away.
    pub(crate) updated_at: DateTime<FixedOffset>,
    /// The newest finished backtest.
    #[schema(required)]
    pub(crate) last_backtest: Option<LastBacktest>,
}

/// An account that a strategy trades for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TradedAccount {
    /// Account.
    pub(crate) id: i64,
    /// What its owner calls it.
    pub(crate) name: String,
    /// Who holds it.
    #[schema(value_type = words::AccountBroker)]
    pub(crate) broker: AccountBroker,
    /// Whether its money is real.
    #[schema(value_type = words::AccountEnv)]
    pub(crate) env: AccountEnv,
}

impl From<Account> for TradedAccount {
    fn from(account: Account) -> Self {
        Self { id: account.id, name: account.name, broker: account.broker, env: account.env }
    }
}

/// The newest finished backtest of a strategy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LastBacktest {
    /// Backtest.
    pub(crate) id: i64,
    /// The version of the strategy that was tested; null for backtests older than versions.
    #[schema(required)]
    pub(crate) version: Option<i32>,
    /// Gain over the whole time.
    pub(crate) total_return: f64,
    /// The same a year.
    pub(crate) annual_return: f64,
    /// Deepest drawdown, zero or negative.
    pub(crate) max_drawdown: f64,
    /// Sharpe ratio.
    #[schema(required)]
    pub(crate) sharpe_ratio: Option<f64>,
    /// Trades.
    pub(crate) trades_count: i64,
    /// First day.
    pub(crate) start_date: NaiveDate,
    /// Last day.
    pub(crate) end_date: NaiveDate,
    /// When it was ordered.
    pub(crate) created_at: DateTime<FixedOffset>,
    /// Gain since the start at no more than 60 sessions, equally far apart, as ratios.
    #[schema(max_items = 60)]
    pub(crate) curve: Vec<f64>,
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
    /// The version that was changed; it is refused if there is a newer one by now. Left out of a new strategy.
    #[schema(minimum = 1)]
    pub(crate) based_on: Option<i32>,
}

/// What to let trade.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivateRequest {
    /// Version; the newest if left out.
    #[schema(minimum = 1)]
    pub(crate) version: Option<i32>,
    /// Account to trade on; the selected one if left out.
    pub(crate) account_id: Option<i64>,
}

/// A copy to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloneRequest {
    /// Name of the copy.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) name: String,
}

/// Which strategies.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StrategyFilter {
    /// Only with this text in the name, the description or the code of an issue.
    #[param(max_length = 100)]
    pub(crate) search: Option<String>,
    /// Only of this kind.
    pub(crate) strategy_type: Option<String>,
    /// Only those that were put away, in place of the others.
    #[serde(default)]
    #[param(default = false)]
    pub(crate) archived: bool,
    /// Only active or only inactive ones.
    pub(crate) is_active: Option<bool>,
    /// The newest first, by name, or the one first whose last backtest gained most.
    #[param(value_type = Option<words::StrategySort>, default = "newest")]
    pub(crate) sort: Option<StrategySort>,
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
