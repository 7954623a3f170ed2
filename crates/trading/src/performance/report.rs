//! All figures of a period in one structure.

use serde::{Deserialize, Serialize};

use super::activity::{ActivityFigures, OrderTally};
use super::benchmark::{Aligned, Benchmark, BenchmarkFigures};
use super::curve::EquityCurve;
use super::drawdown::{Drawdown, DrawdownFigures, deepest, drawdowns};
use super::figures::{Convention, Figure};
use super::regimes::Regimes;
use super::returns::{MonthReturn, ReturnFigures, YearReturn, monthly, yearly};
use super::risk::RiskFigures;
use super::rolling::{RollingWindow, rolling};
use super::round_trips::RoundTrip;
use super::significance::{SignificanceFigures, Trials};
use super::summary::TradeTally;
use super::trips::TripFigures;

/// What a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReportInputs<'a> {
    /// Equity session by session.
    pub curve: &'a EquityCurve,
    /// Count of the trades.
    pub trades: &'a TradeTally,
    /// What became of the orders.
    pub orders: &'a OrderTally,
    /// The round trips, open ones included.
    pub round_trips: &'a [RoundTrip],
    /// What the account is held against, if anything.
    pub benchmark: Option<&'a Benchmark>,
    /// How many variants were tried before this one was chosen.
    pub trials: Trials,
}

impl ReportInputs<'_> {
    /// The figures of one group, as a report has them: much less work than a report.
    pub fn figures(&self, group: &str) -> Vec<Figure> {
        let curve = self.curve;
        let returns = || ReturnFigures::of(curve, &monthly(curve), &yearly(curve));
        match group {
            ReturnFigures::GROUP => returns().figures(),
            RiskFigures::GROUP => RiskFigures::of(curve, &returns()).figures(),
            DrawdownFigures::GROUP => DrawdownFigures::of(curve, &drawdowns(curve.points())).figures(),
            SignificanceFigures::GROUP => SignificanceFigures::of(&curve.returns(), self.trials).figures(),
            BenchmarkFigures::GROUP => {
                against(self.benchmark.and_then(|benchmark| BenchmarkFigures::of(&Aligned::new(curve, benchmark))))
            }
            TripFigures::GROUP => TripFigures::of(self.round_trips).figures(),
            ActivityFigures::GROUP => ActivityFigures::of(curve, self.trades, self.orders).figures(),
            _ => Vec::new(),
        }
    }
}

/// The figures against a benchmark; their names without values if there are none.
fn against(benchmark: Option<BenchmarkFigures>) -> Vec<Figure> {
    let mut figures = benchmark.unwrap_or_default().figures();
    if benchmark.is_none() {
        figures.iter_mut().for_each(|figure| figure.value = None);
    }
    figures
}

/// Every figure of a period. Each states its convention in its doc comment, and again in [`Self::conventions`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerformanceReport {
    /// Gains.
    pub returns: ReturnFigures,
    /// Spread and tails of gains, and ratios over them.
    pub risk: RiskFigures,
    /// Depth and length of drawdowns.
    pub drawdown: DrawdownFigures,
    /// How sure the Sharpe ratio is.
    pub significance: SignificanceFigures,
    /// The account against the benchmark; `None` without one, or if it says nothing of the period.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub benchmark: Option<BenchmarkFigures>,
    /// What the benchmark is; `None` without one.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub benchmark_name: Option<String>,
    /// Closed round trips.
    pub trips: TripFigures,
    /// Trading, exposure and cost.
    pub activity: ActivityFigures,
    /// The ten deepest drawdowns, deepest first.
    pub drawdowns: Vec<Drawdown>,
    /// Returns of calendar months, oldest first.
    pub months: Vec<MonthReturn>,
    /// Returns of calendar years, oldest first.
    pub years: Vec<YearReturn>,
    /// Rolling windows of a quarter, half a year and a year, at the last session of each week.
    pub rolling: Vec<RollingWindow>,
    /// The account in rising, falling and sideways markets.
    pub regimes: Regimes,
    /// How each figure was computed.
    pub conventions: Vec<Convention>,
}

impl PerformanceReport {
    /// Computes everything.
    pub fn new(inputs: &ReportInputs<'_>) -> Self {
        let ReportInputs { curve, benchmark, .. } = *inputs;
        let (months, years) = (monthly(curve), yearly(curve));
        let returns = ReturnFigures::of(curve, &months, &years);
        let drawdowns = drawdowns(curve.points());
        let aligned = benchmark.map(|benchmark| Aligned::new(curve, benchmark)).unwrap_or_default();
        let mut report = Self {
            returns,
            risk: RiskFigures::of(curve, &returns),
            drawdown: DrawdownFigures::of(curve, &drawdowns),
            significance: SignificanceFigures::of(&curve.returns(), inputs.trials),
            benchmark: BenchmarkFigures::of(&aligned),
            benchmark_name: benchmark.map(|benchmark| benchmark.name.clone()),
            trips: TripFigures::of(inputs.round_trips),
            activity: ActivityFigures::of(curve, inputs.trades, inputs.orders),
            drawdowns: deepest(drawdowns),
            months,
            years,
            rolling: rolling(curve, &aligned),
            regimes: Regimes::of(curve, benchmark),
            conventions: Vec::new(),
        };
        report.conventions = report.figures().iter().map(Convention::from).collect();
        report
    }

    /// Every single figure by name: for tables, and to choose one as the objective of a search.
    pub fn figures(&self) -> Vec<Figure> {
        [
            self.returns.figures(),
            self.risk.figures(),
            self.drawdown.figures(),
            self.significance.figures(),
            against(self.benchmark),
            self.trips.figures(),
            self.activity.figures(),
        ]
        .concat()
    }
}
