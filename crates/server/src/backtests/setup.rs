//! What a backtest may be asked for beside strategy, issues, period and capital; and how that is stored.

use exodus_backtest::{FillModel, FillTiming, RankBy, Rebalance, Slippage};
use exodus_domain::{IssueState, Market, Symbol};
use exodus_store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::validate::Checks;
use crate::http::words;

/// Most issues that a backtest may name.
pub(super) const MAX_SYMBOLS: usize = 1_000;
/// Most members that a universe may be asked to choose.
const MAX_MEMBERS: u32 = 1_000;
/// Most sessions that a universe may look back: a year.
const MAX_LOOKBACK: u32 = 250;
/// Basis points in one percent.
const BP_PER_PERCENT: f64 = 100.0;

/// How orders are filled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fill {
    /// When an order meets the market: `next_open`, a market order at the open of the next bar; `closing_auction`, a
    /// market order at the close of the session, decided before its auction; `limit_within_bar`, a limit order at the
    /// close it was decided on, good for the next bar and filled only if that goes strictly through it, the end of the
    /// bar that is worse for the order coming first.
    #[schema(value_type = words::FillTiming)]
    pub(crate) timing: FillTiming,
    /// Percent of a bar's volume that the orders may take together, to the hundredth.
    #[schema(minimum = 0.01, maximum = 100.0, default = 10.0)]
    pub(crate) volume_share_percent: f64,
    /// By how much fills are worse than the price of the bar.
    pub(crate) slippage: FillSlippage,
}

/// By how much market orders are filled worse than the price of the bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FillSlippage {
    /// What `value` counts.
    pub(crate) kind: SlippageKind,
    /// Steps of the price grid, or basis points of the price.
    #[schema(minimum = 0, maximum = 1000)]
    pub(crate) value: i64,
}

/// What a slippage is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SlippageKind {
    /// There is none.
    #[default]
    None,
    /// Steps of the price grid; not for adjusted prices, which lie on no grid.
    Ticks,
    /// Basis points.
    Bp,
}

impl Default for Fill {
    fn default() -> Self {
        FillModel::default().into()
    }
}

impl From<FillModel> for Fill {
    fn from(model: FillModel) -> Self {
        let (kind, value) = match model.slippage {
            Slippage::None => (SlippageKind::None, 0),
            Slippage::Ticks(value) => (SlippageKind::Ticks, value),
            Slippage::BasisPoints(value) => (SlippageKind::Bp, value),
        };
        Self {
            timing: model.timing,
            volume_share_percent: model.volume_share_bp as f64 / BP_PER_PERCENT,
            slippage: FillSlippage { kind, value },
        }
    }
}

impl Fill {
    /// The model, or refusals of fields that begin with `place`.
    pub(crate) fn check(&self, checks: &mut Checks, place: &str) -> FillModel {
        let share = (self.volume_share_percent * BP_PER_PERCENT).round();
        let in_range = (1.0..=100.0 * BP_PER_PERCENT).contains(&share);
        checks.require(in_range, &format!("{place}volume_share_percent"), "must be 0.01 to 100");
        let FillSlippage { kind, value } = self.slippage;
        checks.range(&format!("{place}slippage.value"), value, 0, Slippage::MAX);
        if kind == SlippageKind::None {
            let message = "must be 0 without a slippage; say ticks or bp as its kind";
            checks.require(value == 0, &format!("{place}slippage.value"), message);
        }
        FillModel {
            timing: self.timing,
            // In range by the check above, and a whole number; a refused one is never used.
            volume_share_bp: if in_range { share as i64 } else { FillModel::default().volume_share_bp },
            slippage: match kind {
                SlippageKind::None => Slippage::None,
                SlippageKind::Ticks => Slippage::Ticks(value),
                SlippageKind::Bp => Slippage::BasisPoints(value),
            },
        }
    }
}

/// Which issues may be bought on which day, by a rule that sees only the days before. Issues that left the market later
/// are among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Universe {
    /// These issues, on every day.
    List {
        /// Each once.
        #[schema(value_type = Vec<String>)]
        symbols: Vec<Symbol>,
    },
    /// Every issue of some markets, seen anew each session.
    Market {
        /// Markets.
        #[schema(value_type = Vec<words::Market>)]
        markets: Vec<Market>,
        /// Calendar days since the listing, at least.
        #[serde(default)]
        min_listed_days: u32,
        /// What must not be said of a member on the session before.
        #[serde(default)]
        #[schema(value_type = Vec<words::IssueState>)]
        exclude_states: Vec<IssueState>,
        /// Sell what is no member any more.
        #[serde(default)]
        sell_on_exit: bool,
    },
    /// The largest issues, chosen anew at the start of each month, quarter or year.
    Top {
        /// By won traded, or by market capitalisation.
        #[schema(value_type = words::RankBy)]
        by: RankBy,
        /// How many.
        #[schema(minimum = 1)]
        count: u32,
        /// Sessions before the choice that are looked at.
        #[serde(default = "lookback_days")]
        #[schema(minimum = 1, maximum = 250, default = 20)]
        lookback_days: u32,
        /// How often they are chosen.
        #[schema(value_type = words::Rebalance)]
        rebalance: Rebalance,
        /// Markets.
        #[schema(value_type = Vec<words::Market>)]
        markets: Vec<Market>,
        /// Calendar days since the listing, at least.
        #[serde(default)]
        min_listed_days: u32,
        /// What must not be said of a member on the session before.
        #[serde(default)]
        #[schema(value_type = Vec<words::IssueState>)]
        exclude_states: Vec<IssueState>,
        /// Sell what is no member any more.
        #[serde(default)]
        sell_on_exit: bool,
    },
}

const fn lookback_days() -> u32 {
    20
}

impl Universe {
    /// Refuses what cannot be followed here; the names of refused fields begin with `place`.
    pub(crate) fn check(&self, checks: &mut Checks, place: &str) {
        if let Err(error) = self.rule().0.check() {
            checks.refuse(format!("{place}{}", error.field()), error.to_string());
        }
        let excluded = match self {
            Self::List { symbols } => {
                let texts: Vec<String> = symbols.iter().map(ToString::to_string).collect();
                checks.symbols(&format!("{place}symbols"), &texts, 1, MAX_SYMBOLS);
                return;
            }
            Self::Market { exclude_states, .. } => exclude_states,
            Self::Top { count, lookback_days, exclude_states, .. } => {
                checks.range(&format!("{place}count"), (*count).into(), 1, MAX_MEMBERS.into());
                checks.range(&format!("{place}lookback_days"), (*lookback_days).into(), 1, MAX_LOOKBACK.into());
                exclude_states
            }
        };
        if let Some(state) = excluded.iter().find(|state| **state != IssueState::Halted) {
            let message = format!("{state} is not known by date here; only halted is");
            checks.refuse(format!("{place}exclude_states"), message);
        }
    }

    /// The rule, and whether what leaves it is sold.
    pub(crate) fn rule(&self) -> (exodus_backtest::Universe, bool) {
        match self.clone() {
            Self::List { symbols } => (exodus_backtest::Universe::List { symbols }, false),
            Self::Market { markets, min_listed_days, exclude_states, sell_on_exit } => {
                (exodus_backtest::Universe::Market { markets, min_listed_days, exclude_states }, sell_on_exit)
            }
            Self::Top {
                by,
                count,
                lookback_days,
                rebalance,
                markets,
                min_listed_days,
                exclude_states,
                sell_on_exit,
            } => {
                let rule = exodus_backtest::Universe::Top {
                    by,
                    count,
                    lookback_days,
                    rebalance,
                    markets,
                    min_listed_days,
                    exclude_states,
                };
                (rule, sell_on_exit)
            }
        }
    }
}

/// One of the strategies of a backtest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub(crate) struct TestedStrategy {
    /// Its number in the backtest, from 1; trades name it.
    pub(crate) number: i32,
    /// The stored strategy it was copied from, if one.
    #[schema(required)]
    pub(crate) strategy_id: Option<i64>,
    /// The version of it; null without a stored strategy, and for backtests older than versions.
    #[serde(default)]
    #[schema(required)]
    pub(crate) strategy_version: Option<i32>,
    /// Name.
    pub(crate) name: String,
    /// Kind of strategy.
    pub(crate) strategy_type: String,
    /// Parameters, defaults filled in.
    #[schema(value_type = HashMap<String, Value>)]
    pub(crate) parameters: Value,
    /// Its issues; none if a universe says them.
    #[schema(value_type = Vec<String>)]
    pub(crate) symbols: Vec<Symbol>,
}

/// What is stored with a backtest of what it was asked for, beside the columns that every backtest has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Options {
    pub(crate) fill: FillModel,
    pub(crate) benchmark: Option<String>,
    pub(crate) universe: Option<Universe>,
    /// Empty in what older versions stored: then the columns tell the one strategy.
    pub(crate) strategies: Vec<TestedStrategy>,
    /// The sweep by which the parameters were chosen.
    pub(crate) sweep_id: Option<i64>,
}

impl Options {
    /// Reads them back.
    pub(crate) fn read(stored: Value) -> Result<Self, StoreError> {
        serde_json::from_value(stored).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// What is stored.
    pub(crate) fn stored(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
