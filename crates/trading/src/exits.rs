//! Exits whatever the rule says: by the price paid, by the highest close since the entry, by time.

use serde::{Deserialize, Serialize};

use crate::rules::Stops;

/// When stops are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitCheck {
    /// When a bar closes.
    #[default]
    Close,
    /// As soon as the price reaches them.
    Intraday,
}

/// The exits of a strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "ExitParameters", into = "ExitParameters")]
pub struct Exits {
    /// By price.
    pub stops: Stops,
    /// Closed bars after the entry; without end if `None`.
    pub max_holding_bars: Option<u32>,
    /// When stops are looked at.
    pub check: ExitCheck,
}

/// Exits as parameters: zero is off.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ExitParameters {
    stop_loss_percent: f64,
    take_profit_percent: f64,
    trailing_stop_percent: f64,
    max_holding_bars: u32,
    exit_check: ExitCheck,
}

impl From<ExitParameters> for Exits {
    fn from(given: ExitParameters) -> Self {
        // A number that is none is kept, so that whoever checks the parameters finds it.
        let on = |percent: f64| (percent != 0.0).then_some(percent);
        Self {
            stops: Stops {
                stop_loss: on(given.stop_loss_percent),
                take_profit: on(given.take_profit_percent),
                trailing: on(given.trailing_stop_percent),
            },
            max_holding_bars: (given.max_holding_bars > 0).then_some(given.max_holding_bars),
            check: given.exit_check,
        }
    }
}

impl From<Exits> for ExitParameters {
    fn from(Exits { stops, max_holding_bars, check }: Exits) -> Self {
        Self {
            stop_loss_percent: stops.stop_loss.unwrap_or_default(),
            take_profit_percent: stops.take_profit.unwrap_or_default(),
            trailing_stop_percent: stops.trailing.unwrap_or_default(),
            max_holding_bars: max_holding_bars.unwrap_or_default(),
            exit_check: check,
        }
    }
}
