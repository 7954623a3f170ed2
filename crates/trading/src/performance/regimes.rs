//! The account in rising, falling and sideways markets.

use serde::{Deserialize, Serialize};

use super::benchmark::Benchmark;
use super::curve::{EquityCurve, annual_deviation};
use super::returns::annual_by_sessions;
use super::risk::sharpe;
use super::statistics::{compounded, sample_deviation};

/// Sessions that the rule looks back.
const LOOK_BACK: usize = 60;
/// Return over them from which on a market rises, and below whose negative it falls.
const THRESHOLD: f64 = 0.05;

/// How a session gets its regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegimeRule {
    /// By the return over the 60 sessions that ended before this one: +5 % or more is a bull market, −5 % or less a bear
    /// market, anything else sideways. What a session itself brought has no say in its own regime.
    #[serde(rename = "trailing_60_sessions_5_percent")]
    Trailing60Sessions5Percent,
}

/// State of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// It has risen.
    Bull,
    /// It has fallen.
    Bear,
    /// Neither.
    Sideways,
}

/// The account in one state of the market.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegimeFigures {
    /// State of the market.
    pub regime: Regime,
    /// Sessions in this state.
    pub sessions: u64,
    /// Return of the account over these sessions, joined.
    pub total_return: f64,
    /// The same a year, by 252 sessions; zero without a session.
    pub annual_return_by_sessions: f64,
    /// Sample deviation of session returns × √252.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub volatility: Option<f64>,
    /// Sharpe ratio.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub sharpe_ratio: Option<f64>,
}

/// The account in each state of the market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Regimes {
    /// How sessions got their regime.
    pub rule: RegimeRule,
    /// True if the rule looked at the benchmark, false if at the equity curve itself.
    pub of_benchmark: bool,
    /// Sessions without a regime, because the rule could not look back far enough.
    pub unknown_sessions: u64,
    /// Bull, bear and sideways.
    pub figures: Vec<RegimeFigures>,
}

impl Regimes {
    /// By the benchmark, or without one by the curve itself.
    pub(super) fn of(curve: &EquityCurve, benchmark: Option<&Benchmark>) -> Self {
        let labels: Vec<Option<Regime>> = match benchmark {
            Some(benchmark) => {
                let levels: Vec<f64> = benchmark.levels.iter().map(|(_, level)| *level).collect();
                let known = curve.points().iter().map(|point| benchmark.count_before(point.date));
                known.map(|count| regime(&levels[..count])).collect()
            }
            None => {
                let levels = curve.levels();
                (1..levels.len()).map(|count| regime(&levels[..count])).collect()
            }
        };
        let returns = curve.returns();
        let figures = [Regime::Bull, Regime::Bear, Regime::Sideways].map(|regime| {
            let own: Vec<f64> =
                returns.iter().zip(&labels).filter(|(_, label)| **label == Some(regime)).map(|(one, _)| *one).collect();
            let total_return = compounded(&own);
            RegimeFigures {
                regime,
                sessions: own.len() as u64,
                total_return,
                annual_return_by_sessions: annual_by_sessions(total_return, own.len()),
                volatility: sample_deviation(&own).map(annual_deviation),
                sharpe_ratio: sharpe(&own),
            }
        });
        Self {
            rule: RegimeRule::Trailing60Sessions5Percent,
            of_benchmark: benchmark.is_some(),
            unknown_sessions: labels.iter().filter(|label| label.is_none()).count() as u64,
            figures: figures.to_vec(),
        }
    }
}

/// The state of a market after `levels`; `None` if they are too few.
fn regime(levels: &[f64]) -> Option<Regime> {
    let last = *levels.last()?;
    let base = levels[levels.len().checked_sub(LOOK_BACK + 1)?];
    let trend = last / base - 1.0;
    Some(match trend {
        trend if trend >= THRESHOLD => Regime::Bull,
        trend if trend <= -THRESHOLD => Regime::Bear,
        _ => Regime::Sideways,
    })
}
