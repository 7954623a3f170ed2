//! The tests of a walk-forward, one after the other.

use chrono::NaiveDate;
use exodus_domain::Won;
use exodus_trading::{
    EquityCurve, EquityPoint, OrderTally, PerformanceReport, ReportInputs, RoundTrip, TradeTally, Trials,
};

use super::folds::{Fold, Period, WalkForwardResult};
use super::outcome::{SweepError, Trial};
use super::request::Sweep;
use crate::error::BacktestError;
use crate::result::BacktestResult;
use crate::spec::BacktestSpec;

/// The account that lives through all tests.
pub(super) struct Walk<'a> {
    sweep: &'a Sweep,
    folds: Vec<Fold>,
    equity: Vec<EquityPoint>,
    trades: TradeTally,
    orders: OrderTally,
    round_trips: Vec<RoundTrip>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(sweep: &'a Sweep) -> Self {
        Self {
            sweep,
            folds: Vec::new(),
            equity: Vec::new(),
            trades: TradeTally::default(),
            orders: OrderTally::default(),
            round_trips: Vec::new(),
        }
    }

    /// Runs the best trial of a fold's training on its test.
    pub(super) fn test(
        &mut self,
        number: u32,
        train: &Period,
        (test_from, test_to): (NaiveDate, NaiveDate),
        best: Option<&Trial>,
        backtest: impl Fn(&BacktestSpec) -> Result<BacktestResult, BacktestError>,
    ) -> Result<(), SweepError> {
        let mut fold = Fold {
            number,
            train_from: train.from,
            train_to: train.to,
            test_from,
            test_to,
            parameters: best.map(|trial| trial.parameters.clone()),
            train_objective: best.and_then(|trial| trial.objective),
            test_objective: None,
            metrics: None,
            error: None,
        };
        let test = Period { from: test_from, to: test_to, test: None };
        let spec = best.map(|trial| self.sweep.spec_of(&test, &trial.parameters));
        match spec {
            None => fold.error = Some("no trial of the training has a defined objective".to_owned()),
            Some(Err(message)) => fold.error = Some(message),
            Some(Ok(spec)) => match backtest(&BacktestSpec { capital: self.capital(), ..spec }) {
                Ok(result) => {
                    fold.test_objective = self.sweep.objective.value(&result.report.figures());
                    fold.metrics = Some(result.metrics);
                    self.take(result);
                }
                Err(BacktestError::Cancelled) => return Err(SweepError::Cancelled),
                Err(error) => fold.error = Some(error.to_string()),
            },
        }
        self.folds.push(fold);
        Ok(())
    }

    /// What came of the walk; `None` if there were no folds.
    pub(super) fn result(self) -> Option<WalkForwardResult> {
        let Self { sweep, folds, equity, trades, orders, round_trips } = self;
        if folds.is_empty() {
            return None;
        }
        let curve = EquityCurve::restored(sweep.spec.capital, &equity);
        let report = (!equity.is_empty()).then(|| {
            PerformanceReport::new(&ReportInputs {
                curve: &curve,
                trades: &trades,
                orders: &orders,
                round_trips: &round_trips,
                benchmark: sweep.benchmark.as_ref(),
                trials: Trials::ONE,
            })
        });
        Some(WalkForwardResult { folds, equity: curve.into_points(), report })
    }

    /// What the next test begins with.
    fn capital(&self) -> Won {
        self.equity.last().map_or(self.sweep.spec.capital, |point| point.equity)
    }

    fn take(&mut self, result: BacktestResult) {
        for trade in &result.trades {
            self.trades.add(&trade.fill(), trade.realized_pnl.unwrap_or_default());
        }
        self.orders = self.orders.and(&result.orders);
        self.round_trips.extend(result.round_trips);
        self.equity.extend(result.equity);
    }
}
