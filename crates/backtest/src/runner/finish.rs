//! From the last bar to the result.

use exodus_domain::{CashLedger, CompactBar, rules_version};
use exodus_trading::{
    Benchmark, HoldingEvent, IssueBars, Metrics, PerformanceReport, ReportInputs, RoundTrip, TradedIssue, Trials,
    TripFigures, round_trips,
};

use super::Runner;
use crate::fingerprint::Fingerprint;
use crate::manifest::{Manifest, Note, RunInputs, UndefinedBars};
use crate::result::{BacktestResult, BacktestTrade};
use crate::search::Objective;

impl Runner<'_> {
    pub(super) fn finish(mut self) -> BacktestResult {
        let spec = self.spec;
        let undefined_bars = self.undefined_bars();
        if !undefined_bars.is_empty() {
            self.notes.insert(Note::UndefinedValues);
        }
        self.add_closing_notes();
        let mut data = Fingerprint::default();
        let mut bars = 0;
        for (track, issue) in self.issues.iter().enumerate() {
            let looked_at = self.timeline.bars(track);
            data.bars(issue.symbol, looked_at);
            bars += looked_at.len() as u64;
        }
        data.events(&spec.actions, &spec.delistings);
        data.fundamentals(&spec.fundamentals);
        let last_date = self.curve.points().last().map_or(spec.to, |point| point.date);
        let metrics = self.curve.metrics(&self.tally);
        let paid = self.flows.iter().map(|(_, flow)| *flow).sum();
        let cash = CashLedger::with_trades(spec.capital + paid, self.flows.iter().copied());
        let round_trips = self.round_trips();
        let report = PerformanceReport::new(&ReportInputs {
            curve: &self.curve,
            trades: &self.tally,
            orders: &self.orders,
            round_trips: &round_trips,
            benchmark: None,
            trials: Trials::ONE,
        });
        let equity = self.curve.into_points();
        let mut result = Fingerprint::default();
        result.trades(&self.trades);
        result.equity(&equity);
        BacktestResult {
            metrics,
            report,
            equity,
            trades: self.trades,
            round_trips,
            orders: self.orders,
            cash: cash.on(last_date),
            actions: self.events.applied,
            manifest: Manifest {
                data_fingerprint: data.finish(),
                code_version: spec.code_version.clone(),
                rules_version: rules_version(),
                commission: spec.commission,
                inputs: Some(RunInputs::of(spec)),
                result_fingerprint: result.finish(),
                adjusted: self.issues.iter().any(|issue| issue.adjusted),
                bars,
                elapsed_ms: None,
                notes: self.notes.into_iter().collect(),
                issues_without_fundamentals: spec.issues_without_fundamentals() as u64,
                undefined_bars,
            },
        }
    }

    /// The strategies whose rules missed numbers, by id.
    fn undefined_bars(&self) -> Vec<UndefinedBars> {
        let ids = self.spec.strategies.iter().map(|strategy| strategy.id);
        let counted = ids.map(|id| UndefinedBars { strategy_id: id, bars: self.engine.undefined_bars(id) });
        let mut missed: Vec<_> = counted.filter(|counted| counted.bars > 0).collect();
        missed.sort_by_key(|missed| missed.strategy_id);
        missed
    }

    /// The headline figures, and the value of an objective.
    pub(super) fn measure(&self, benchmark: Option<&Benchmark>, objective: &Objective) -> (Metrics, Option<f64>) {
        let metrics = self.curve.metrics(&self.tally);
        // Most sweeps look for one of these, and a whole group of figures may cost more than the run.
        if let Some((_, value)) = metrics.in_report().into_iter().find(|(id, _)| *id == objective.figure()) {
            return (metrics, value);
        }
        let group = objective.group();
        // Round trips are looked for in all bars, so only if they are asked for.
        let round_trips = if group == TripFigures::GROUP { self.round_trips() } else { Vec::new() };
        let inputs = ReportInputs {
            curve: &self.curve,
            trades: &self.tally,
            orders: &self.orders,
            round_trips: &round_trips,
            benchmark,
            trials: Trials::ONE,
        };
        (metrics, objective.value(&inputs.figures(group)))
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        let length = self.bar_length();
        let bars_of = |symbol| {
            let track = self.issues.binary_search_by_key(&symbol, |issue| issue.symbol).ok()?;
            Some(IssueBars { bars: self.timeline.bars(track), length })
        };
        let booked_the_same = "the portfolio has booked the same";
        if self.events.restatements.is_empty() {
            let fills = self.trades.iter().map(BacktestTrade::timed_fill);
            return round_trips(fills, bars_of).expect(booked_the_same);
        }
        let fills = self.trades.iter().map(|trade| (trade.executed_at, HoldingEvent::Fill(trade.timed_fill())));
        let restated = self.events.restatements.iter().map(|one| (one.at, HoldingEvent::Restated(*one)));
        let mut events: Vec<_> = restated.chain(fills).collect();
        events.sort_by_key(|(at, _)| *at);
        round_trips(events.into_iter().map(|(_, event)| event), bars_of).expect(booked_the_same)
    }

    fn add_closing_notes(&mut self) {
        for (track, issue) in self.issues.iter().enumerate() {
            self.notes.insert(match issue.adjusted {
                true => Note::AdjustedPricesNoTickCheck,
                false if self.events.of_track(track).is_empty() => Note::RawPricesJumpAtCorporateActions,
                false => Note::CorporateActionsApplied,
            });
        }
        if self.spec.issues_without_fundamentals() > 0 {
            self.notes.insert(Note::FundamentalsMissing);
        }
        let last_bar = |track| self.timeline.bars(track).last().map(CompactBar::trade_date);
        let last_date = self.curve.points().last().map(|point| point.date);
        let held = |issue: &TradedIssue| self.engine.portfolio().holding(issue.symbol).quantity.is_positive();
        if self.issues.iter().enumerate().any(|(track, issue)| held(issue) && last_bar(track) < last_date) {
            self.notes.insert(Note::HeldBeyondLastBar);
        }
    }
}
