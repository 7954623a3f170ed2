//! What makes one trial better than another.

use std::cmp::Ordering;

use chrono::NaiveDate;
use exodus_domain::Won;
use exodus_trading::{
    EquityCurve, Figure, OrderTally, ParameterError, PerformanceReport, ReportInputs, TradeTally, Trials,
};
use serde::{Deserialize, Serialize};

use super::fault;
use super::nearest::nearest;

/// Which end of a figure is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The more the better.
    Maximize,
    /// The less the better.
    Minimize,
}

/// Figures of which less is wanted if nobody says otherwise. A drawdown is negative, so more of it is less deep.
const LESS_IS_BETTER: &[&str] = &[
    "volatility",
    "downside_deviation",
    "drawdowns",
    "longest_sessions",
    "longest_days",
    "time_under_water",
    "ulcer_index",
    "tracking_error",
    "down_capture",
    "turnover",
    "costs",
    "costs_of_traded_bp",
    "cost_drag_bp",
    "partial_orders",
    "unfilled_orders",
    "rejected_orders",
];

/// A figure of the report, and which end of it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// Group and name of the figure, with a full stop between.
    figure: String,
    direction: Direction,
}

impl Objective {
    /// The figure called `name`: `risk.sharpe_ratio`, or `sharpe_ratio` for short. Where a figure of the benchmark has
    /// the name of one of the account, the short name is that of the account.
    ///
    /// # Errors
    /// The name there is that comes nearest to an unknown one, for the field `objective.figure`.
    pub fn new(name: &str, direction: Option<Direction>) -> Result<Self, ParameterError> {
        let figures = known_figures();
        let Some(figure) = figures.iter().find(|figure| id(figure) == name || figure.name == name) else {
            let ids = figures.iter().map(|figure| figure.name);
            let meant = nearest(name, ids).expect("a report has figures");
            return Err(fault("objective.figure", format!("{name:?} is no figure; is it {meant:?}?")));
        };
        let by_nature = match LESS_IS_BETTER.contains(&figure.name) {
            true => Direction::Minimize,
            false => Direction::Maximize,
        };
        Ok(Self { figure: id(figure), direction: direction.unwrap_or(by_nature) })
    }

    /// Group and name of the figure, with a full stop between.
    pub fn figure(&self) -> &str {
        &self.figure
    }

    /// The part of a report that the figure stands in.
    pub(crate) fn group(&self) -> &str {
        self.figure.split_once('.').map_or("", |(group, _)| group)
    }

    /// Which end of it is wanted.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Its value among `figures`; `None` where it is not defined.
    pub(crate) fn value(&self, figures: &[Figure]) -> Option<f64> {
        figures.iter().find(|figure| id(figure) == self.figure)?.value.filter(|value| !value.is_nan())
    }

    /// The better value first, what is not defined last.
    pub fn compare(&self, left: Option<f64>, right: Option<f64>) -> Ordering {
        match (left, right) {
            (Some(left), Some(right)) => match self.direction {
                Direction::Maximize => right.total_cmp(&left),
                Direction::Minimize => left.total_cmp(&right),
            },
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// Every figure that can be an objective, as group and name with a full stop between.
pub fn figure_ids() -> Vec<String> {
    known_figures().iter().map(id).collect()
}

fn id(figure: &Figure) -> String {
    format!("{}.{}", figure.group, figure.name)
}

/// The figures of an account that never did anything: their names are those of any account.
fn known_figures() -> Vec<Figure> {
    let mut curve = EquityCurve::new(Won(1));
    curve.push(NaiveDate::default(), Won(1), Won::ZERO);
    let (trades, orders) = (TradeTally::default(), OrderTally::default());
    let inputs = ReportInputs {
        curve: &curve,
        trades: &trades,
        orders: &orders,
        round_trips: &[],
        benchmark: None,
        trials: Trials::ONE,
    };
    PerformanceReport::new(&inputs).figures()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whole_or_short() {
        let figure = |name: &str| Objective::new(name, None).expect("known").figure().to_owned();
        assert_eq!(figure("sharpe_ratio"), "risk.sharpe_ratio");
        assert_eq!(figure("risk.sharpe_ratio"), "risk.sharpe_ratio");
        assert_eq!(figure("total_return"), "returns.total_return");
        assert_eq!(figure("benchmark.total_return"), "benchmark.total_return");
        for id in figure_ids() {
            assert_eq!(figure(&id), id);
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let error = Objective::new("sharp_ratio", None).expect_err("refused");
        assert_eq!(error.field, "objective.figure");
        assert!(error.message.contains("\"sharpe_ratio\""), "{}", error.message);
    }

    #[test]
    fn every_figure_of_which_less_is_better_exists() {
        for name in LESS_IS_BETTER {
            assert_eq!(
                Objective::new(name, None).map(|objective| objective.direction),
                Ok(Direction::Minimize),
                "{name}"
            );
        }
    }

    #[test]
    fn the_undefined_comes_last_either_way() {
        for direction in [Direction::Maximize, Direction::Minimize] {
            let objective = Objective::new("sharpe_ratio", Some(direction)).expect("known");
            let mut values = [None, Some(1.0), None, Some(-2.0)];
            values.sort_by(|left, right| objective.compare(*left, *right));
            let best = if direction == Direction::Maximize { [1.0, -2.0] } else { [-2.0, 1.0] };
            assert_eq!(values, [Some(best[0]), Some(best[1]), None, None]);
        }
    }
}
