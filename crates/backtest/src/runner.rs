//! The run: bar by bar, orders of the bars before against this one, then this one to the engine.
//!
//! * A strategy decides after the close of a bar, on a daily one at the opening of the next KRX session, and its order
//!   meets the next bar of that issue, or as its [model](crate::FillTiming) says. It is a day order: if the issue has no
//!   further bar on that day, it ends unfilled, as it does on a halted bar. So data that leave halted days out give the
//!   same trades as data that keep them.
//! * At one time, sells are filled before buys, because the proceeds of a sale pay for a buy of the same day before they
//!   settle; apart from that, orders are filled in the order in which they were made, issues in the order of their codes.
//! * The engine sizes an order at the close, with 0.5 % in reserve. If the open is so far above that cash does not pay
//!   the order, it is cut to the largest quantity that cash pays, commission included. Cash never goes below zero.
//! * A position is worth its last close, also while its issue is halted and after its last bar.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    CashLedger, CompactBar, Interval, KillState, OrderCosts, OrderState, Qty, Won, from_kst, kst_date, next_session,
    session_hours,
};
use exodus_trading::{
    BarClose, Cause, Command, Engine, EngineSetup, EquityCurve, OrderTally, PositionIndex, StrategySetup,
    StrategySymbol, TradeTally, TradedIssue,
};

use self::orders::Pending;
use crate::error::BacktestError;
use crate::fills::FillModel;
use crate::manifest::Note;
use crate::result::{BacktestResult, BacktestTrade};
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, Flow, StrategySpec};
use crate::timeline::Timeline;

mod finish;
mod orders;

/// Runs strategies over history.
///
/// `progress` is told the finished part, 0 to 1, after each session, and may stop the run.
///
/// # Errors
/// [`BacktestError`] if the input cannot be run, or [`BacktestError::Cancelled`].
pub fn run(
    spec: &BacktestSpec,
    series: &[BarSeries],
    progress: &mut dyn FnMut(f64) -> Flow,
) -> Result<BacktestResult, BacktestError> {
    let mut runner = Runner::new(spec, series)?;
    let total = runner.timeline.remaining();
    if total == 0 {
        return Err(BacktestError::NoBars { from: spec.from, to: spec.to });
    }
    let mut passed = 0;
    while let Some(time) = runner.next_time() {
        let date = kst_date(time);
        passed += runner.step(time, date)?;
        if runner.next_time().is_none_or(|next| kst_date(next) != date) {
            runner.close_session(date);
            if progress(passed as f64 / total as f64) == Flow::Cancel {
                return Err(BacktestError::Cancelled);
            }
        }
    }
    Ok(runner.finish(spec))
}

struct Runner<'a> {
    interval: Interval,
    fill: FillModel,
    /// By track of the timeline, in the order of their symbols.
    issues: Vec<TradedIssue>,
    /// Where the engine keeps them.
    indices: Vec<PositionIndex>,
    timeline: Timeline<'a>,
    engine: Engine,
    pending: Vec<Pending>,
    commands: Vec<Command>,
    curve: EquityCurve,
    tally: TradeTally,
    orders: OrderTally,
    trades: Vec<BacktestTrade>,
    cash: CashLedger,
    notes: BTreeSet<Note>,
}

impl<'a> Runner<'a> {
    fn new(spec: &BacktestSpec, series: &'a [BarSeries]) -> Result<Self, BacktestError> {
        let matched = spec.match_series(series)?;
        let issues: Vec<_> = matched.values().map(|(issue, _)| *issue).collect();
        let timeline = Timeline::new(matched.values().map(|(_, bars)| *bars), spec.from, spec.to);

        let mut engine = Engine::new(EngineSetup { cash: spec.capital, limits: spec.limits, kill: KillState::Active });
        let indices = issues.iter().map(|issue| engine.add_issue(*issue)).collect();
        let mut strategies: Vec<_> = spec.strategies.iter().collect();
        strategies.sort_by_key(|strategy| strategy.id);
        for StrategySpec { id, strategy, issues } in &strategies {
            let symbols = issues.iter().map(|symbol| StrategySymbol { symbol: *symbol, position: Qty::ZERO }).collect();
            engine.add_strategy(StrategySetup {
                id: *id,
                strategy: strategy.clone(),
                kill: KillState::Active,
                symbols,
            })?;
        }
        for (track, issue) in issues.iter().enumerate() {
            let past: Vec<_> = timeline.past(track).iter().map(CompactBar::bar).collect();
            for strategy in strategies.iter().filter(|strategy| strategy.issues.contains(&issue.symbol)) {
                engine.warm_up(strategy.id, issue.symbol, &past)?;
            }
        }
        Ok(Self {
            interval: spec.interval()?,
            fill: spec.fill,
            issues,
            indices,
            timeline,
            engine,
            pending: Vec::new(),
            commands: Vec::new(),
            curve: EquityCurve::new(spec.capital),
            tally: TradeTally::default(),
            orders: OrderTally::default(),
            trades: Vec::new(),
            cash: CashLedger::settled(spec.capital),
            notes: BTreeSet::new(),
        })
    }

    /// When the next bars open.
    fn next_time(&self) -> Option<DateTime<Utc>> {
        self.timeline.next_time().and_then(DateTime::from_timestamp_millis)
    }

    /// Everything that happens with the bars of one time; returns how many there were.
    fn step(&mut self, time: DateTime<Utc>, date: NaiveDate) -> Result<usize, BacktestError> {
        if !self.pending.is_empty() {
            self.execute(date)?;
        }
        let at = match self.interval {
            Interval::Day1 => next_session(date).and_then(opening).unwrap_or(time + self.interval.duration()),
            interval => time + interval.duration(),
        };
        let close = BarClose { at, interval: self.interval, open_time: time };
        let bars = self.timeline.bars_now().map(|(track, bar)| (self.indices[track], bar.bar_of(time)));
        self.engine.close_bars(&close, bars, &mut self.commands);
        if !self.commands.is_empty() {
            self.take_orders(kst_date(at))?;
        }
        Ok(self.timeline.pass())
    }

    /// Takes the orders of a decision into the queue for the next bar.
    fn take_orders(&mut self, last_date: NaiveDate) -> Result<(), BacktestError> {
        for command in std::mem::take(&mut self.commands) {
            match command {
                Command::Place { client_ref, cause: Cause::Strategy { strategy_id, signal }, order } => {
                    let (fields, decided_on) = (order.get().clone(), signal.price);
                    let track = self.issues.binary_search_by_key(&fields.symbol, |issue| issue.symbol);
                    let track = track.expect("the engine trades the issues it was given");
                    self.update(client_ref, OrderState::Acked, Qty::ZERO, Won::ZERO, OrderCosts::default())?;
                    self.pending.push(Pending { track, strategy_id, client_ref, fields, decided_on, last_date });
                }
                Command::Deny { .. } => {
                    self.orders.rejected();
                    self.notes.insert(Note::OrdersDenied);
                }
                // Nobody but strategies orders here.
                Command::Place { .. } | Command::Signal { .. } | Command::Cancel { .. } => {}
            }
        }
        Ok(())
    }

    fn close_session(&mut self, date: NaiveDate) {
        let equity = self.engine.portfolio().equity().expect("what is held was bought at a bar, which priced it");
        let stock_value = equity - self.engine.portfolio().cash();
        self.curve.push(date, equity, stock_value);
    }
}

/// When a session opens.
fn opening(session: NaiveDate) -> Option<DateTime<Utc>> {
    session_hours(session).map(|hours| from_kst(session, hours.open))
}
