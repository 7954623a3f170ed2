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
//! * An exit that looks at every price is an order that lies in wait: it is met within a bar, at its level or at an open
//!   beyond it, and its own close and everything after it are not looked at for that.
//! * A position is worth its last close, also while its issue is halted and after its last bar. On an ex-date it is
//!   restated before anything else, and where its issue leaves the market it ends.
//! * A strategy cannot read a bar that is not closed. It never sees a series: its rule is handed one bar at a time, and
//!   there is no [`ClosedBar`](crate::timeline::ClosedBar) before the orders of earlier bars have met this one
//!   ([`OrdersMet`]). So what it answers can only become an order for a bar after it.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{Bar, Interval, KillState, OrderCosts, OrderState, Qty, Side, Symbol, Won, kst_date};
use exodus_trading::{
    BarClose, Benchmark, Cause, Command, Engine, EngineSetup, EquityCurve, Metrics, OrderTally, PositionIndex,
    StrategySetup, StrategySymbol, TradeTally, TradedIssue,
};

use self::history::Events;
use self::members::Members;
pub(crate) use self::orders::OrdersMet;
use self::orders::{Markets, Pending, Said};
use crate::day::Day;
use crate::error::BacktestError;
use crate::manifest::Note;
use crate::result::{BacktestResult, BacktestTrade, Decision};
use crate::search::Objective;
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, Flow, StrategySpec};
use crate::timeline::Timeline;

mod finish;
mod history;
mod members;
mod orders;
mod stress;
mod within;

pub use history::AppliedAction;
pub use stress::Stress;

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
    run_under(Stress::NONE, spec, series, progress)
}

/// As [`run`], with what was decided behind each fill that a strategy ordered, in the order of the fills.
///
/// # Errors
/// As [`run`].
pub fn run_explained(
    spec: &BacktestSpec,
    series: &[BarSeries],
    progress: &mut dyn FnMut(f64) -> Flow,
) -> Result<(BacktestResult, Vec<Decision>), BacktestError> {
    let mut runner = Runner::new(Stress::NONE, spec, series)?;
    runner.engine.give_reasons();
    runner.decisions = Some(Vec::new());
    runner.go_through(progress)?;
    let decisions = runner.decisions.take().unwrap_or_default();
    Ok((runner.finish(), decisions))
}

/// As [`run`], under stress.
pub(crate) fn run_under(
    stress: Stress,
    spec: &BacktestSpec,
    series: &[BarSeries],
    progress: &mut dyn FnMut(f64) -> Flow,
) -> Result<BacktestResult, BacktestError> {
    let mut runner = Runner::new(stress, spec, series)?;
    runner.go_through(progress)?;
    Ok(runner.finish())
}

/// The headline figures of a run, and the value of an objective: as [`run`] gives them, without what else a result has.
pub(crate) fn measure(
    spec: &BacktestSpec,
    series: &[BarSeries],
    benchmark: Option<&Benchmark>,
    objective: &Objective,
    progress: &mut dyn FnMut(f64) -> Flow,
) -> Result<(Metrics, Option<f64>), BacktestError> {
    let mut runner = Runner::new(Stress::NONE, spec, series)?;
    runner.go_through(progress)?;
    Ok(runner.measure(benchmark, objective))
}

struct Runner<'a> {
    stress: Stress,
    spec: &'a BacktestSpec,
    interval: Interval,
    /// Its length in milliseconds.
    bar_millis: i64,
    /// By track of the timeline, in the order of their symbols.
    issues: Vec<TradedIssue>,
    /// Their symbols, close together to be searched through.
    symbols: Vec<Symbol>,
    /// Where the engine keeps them.
    indices: Vec<PositionIndex>,
    timeline: Timeline<'a>,
    /// When the bars of the next time begin, daily ones at the opening of their session: orders meet them from then on.
    now: DateTime<Utc>,
    engine: Engine,
    pending: Vec<Pending>,
    /// Whether a bar is to be looked into for exits.
    has_price_exits: bool,
    /// What orders meet, empty between the times of bars.
    markets: Markets,
    /// Who bought what by a limit within the bars of the present time, by track and strategy.
    entered_on_the_way: Vec<(usize, i64)>,
    commands: Vec<Command>,
    curve: EquityCurve,
    tally: TradeTally,
    orders: OrderTally,
    trades: Vec<BacktestTrade>,
    /// What was decided behind them, if that is asked for.
    decisions: Option<Vec<Decision>>,
    /// What went into and out of the cash, by trade date.
    flows: Vec<(NaiveDate, Won)>,
    members: Members<'a>,
    events: Events,
    notes: BTreeSet<Note>,
}

impl<'a> Runner<'a> {
    fn new(stress: Stress, spec: &'a BacktestSpec, series: &'a [BarSeries]) -> Result<Self, BacktestError> {
        let matched = spec.check(series)?;
        let issues: Vec<_> = matched.values().map(|(issue, _)| *issue).collect();
        let timeline = Timeline::new(matched.values().map(|(_, bars)| *bars), spec.from, spec.to);

        let setup = EngineSetup { cash: spec.capital, limits: spec.limits, kill: KillState::Active };
        let mut engine = Engine::new(setup).without_reasons();
        let indices = issues.iter().map(|issue| engine.add_issue(*issue)).collect();
        let mut strategies: Vec<_> = spec.strategies.iter().collect();
        // In the order of their ids they decide.
        strategies.sort_by_key(|strategy| strategy.id);
        for StrategySpec { id, strategy, issues } in &strategies {
            let member = |symbol: &Symbol| StrategySymbol {
                facts: spec.fundamentals.get(symbol).cloned().unwrap_or_default(),
                ..StrategySymbol::new(*symbol)
            };
            let symbols = issues.iter().map(member).collect();
            engine.add_strategy(StrategySetup {
                id: *id,
                strategy: strategy.clone(),
                kill: KillState::Active,
                symbols,
                has_ordered: false,
            })?;
        }
        let interval = spec.interval()?;
        // A session has one bar at least, and a day one session at most.
        let sessions = timeline.longest().min((spec.to - spec.from).num_days().unsigned_abs() as usize + 1);
        let mut runner = Self {
            stress,
            spec,
            interval,
            bar_millis: interval.duration().num_milliseconds(),
            members: Members::new(spec.universe.as_ref(), &issues),
            events: Events::new(spec, &issues),
            symbols: issues.iter().map(|issue| issue.symbol).collect(),
            issues,
            indices,
            timeline,
            now: Bar::day_start(spec.from),
            engine,
            pending: Vec::new(),
            has_price_exits: spec.strategies.iter().any(|one| one.strategy.exits.is_intraday()),
            markets: Vec::new(),
            entered_on_the_way: Vec::new(),
            commands: Vec::new(),
            curve: EquityCurve::with_capacity(spec.capital, sessions),
            tally: TradeTally::default(),
            orders: OrderTally::default(),
            trades: Vec::new(),
            decisions: None,
            flows: Vec::new(),
            notes: BTreeSet::new(),
        };
        runner.warm_up()?;
        Ok(runner)
    }

    /// Every session up to the end of the last one.
    fn go_through(&mut self, progress: &mut dyn FnMut(f64) -> Flow) -> Result<(), BacktestError> {
        let total = self.timeline.remaining();
        let mut passed = 0;
        while let Some(first) = self.timeline.next_time() {
            let day = Day::of(first);
            self.open_date(day.date)?;
            while let Some(time) = self.timeline.next_time().filter(|time| *time < day.end) {
                passed += self.step(time, &day)?;
            }
            self.close_session(day.date);
            if progress(passed as f64 / total as f64) == Flow::Cancel {
                return Err(BacktestError::Cancelled);
            }
        }
        self.outlive_the_bars()
    }

    /// Shows each strategy the bars before the period, as they could be compared on its first day.
    fn warm_up(&mut self) -> Result<(), BacktestError> {
        for track in 0..self.issues.len() {
            let (symbol, past) = (self.issues[track].symbol, self.adjusted_past(track, self.spec.from));
            for strategy in self.spec.strategies.iter().filter(|strategy| strategy.issues.contains(&symbol)) {
                if past.len() < strategy.strategy.warm_up_bars() {
                    self.notes.insert(Note::WarmUpInsidePeriod);
                }
                self.engine.warm_up(strategy.id, symbol, &past)?;
            }
        }
        Ok(())
    }

    /// Everything that happens with the bars of one time; returns how many there were.
    fn step(&mut self, time: i64, day: &Day) -> Result<usize, BacktestError> {
        let (time, closed_at) = (day.at(time), day.at(time + self.bar_millis));
        self.now = match (self.interval, day.opening) {
            (Interval::Day1, Some(opening)) => opening,
            _ => time,
        };
        let met = self.execute(day.date, time)?;
        let at = match (self.interval, day.next_opening) {
            (Interval::Day1, Some(opening)) => opening,
            _ => closed_at,
        };
        if self.spec.universe.is_some() {
            self.members.advance(kst_date(at), &self.issues, self.engine.portfolio());
            self.show_outsiders(&met, time)?;
        }
        let close = BarClose { at, interval: self.interval, closed_at };
        let bars = self.timeline.closed_bars(&met).filter(|(track, _)| self.members.decides(*track));
        let bars = bars.map(|(track, bar)| (self.indices[track], bar.bar_of(time)));
        self.engine.close_bars(&close, bars, &mut self.commands);
        if self.spec.universe.is_some() {
            self.sell_outsiders(&met, at)?;
        }
        if !self.commands.is_empty() {
            self.take_orders(kst_date(at), time)?;
        }
        Ok(self.timeline.pass(met))
    }

    /// Shows closed bars of issues on which nothing is decided, because they are not members of the universe: their
    /// strategies go on learning, and what is held of them is valued.
    fn show_outsiders(&mut self, met: &OrdersMet, time: DateTime<Utc>) -> Result<(), BacktestError> {
        for (track, bar) in self.timeline.closed_bars(met).filter(|(track, _)| !self.members.decides(*track)) {
            let symbol = self.issues[track].symbol;
            for strategy in self.spec.strategies.iter().filter(|strategy| strategy.issues.contains(&symbol)) {
                self.engine.warm_up(strategy.id, symbol, &[bar.bar_of(time)])?;
            }
        }
        Ok(())
    }

    /// Has what is held of issues that left the universe sold at `at`, where it traded at this close and that is wanted.
    fn sell_outsiders(&mut self, met: &OrdersMet, at: DateTime<Utc>) -> Result<(), BacktestError> {
        let outside =
            self.timeline.closed_bars(met).filter(|(track, bar)| !self.members.decides(*track) && !bar.is_halted());
        for (track, _) in outside {
            self.engine.exit(self.issues[track].symbol, at, &mut self.commands)?;
        }
        Ok(())
    }

    /// Takes the orders of a decision on bars that opened at `decided_in` into the queue for the next bar.
    fn take_orders(&mut self, last_date: NaiveDate, decided_in: DateTime<Utc>) -> Result<(), BacktestError> {
        let mut commands = std::mem::take(&mut self.commands);
        for command in commands.drain(..) {
            match command {
                Command::Place { client_ref, cause: Cause::Strategy { strategy_id, signal }, order } => {
                    let (fields, decided_on) = (order.get().clone(), signal.price);
                    let track = self.symbols.binary_search(&fields.symbol);
                    let track = track.expect("the engine trades the issues it was given");
                    if fields.side == Side::Buy && !self.members.contains(track) {
                        self.update(client_ref, OrderState::Cancelled, Qty::ZERO, Won::ZERO, OrderCosts::default())?;
                        continue;
                    }
                    self.update(client_ref, OrderState::Acked, Qty::ZERO, Won::ZERO, OrderCosts::default())?;
                    let delay = self.stress.delay_bars;
                    let said = self.decisions.is_some().then(|| Box::new(Said { decided_in, signal }));
                    self.pending.push(Pending {
                        track,
                        strategy_id,
                        client_ref,
                        fields,
                        decided_on,
                        said,
                        delay,
                        last_date,
                    });
                }
                Command::Deny { .. } => {
                    self.orders.rejected();
                    self.notes.insert(Note::OrdersDenied);
                }
                // Nobody but strategies orders here.
                Command::Place { .. } | Command::Signal { .. } | Command::Cancel { .. } => {}
            }
        }
        // Its memory serves the next session.
        self.commands = commands;
        Ok(())
    }

    /// Notes what goes into the cash on a trade date, or out of it.
    fn pay(&mut self, date: NaiveDate, flow: Won) {
        match self.flows.last_mut() {
            Some((last, sum)) if *last == date => *sum += flow,
            _ => self.flows.push((date, flow)),
        }
    }

    fn close_session(&mut self, date: NaiveDate) {
        let equity = self.engine.portfolio().equity().expect("what is held was bought at a bar, which priced it");
        let stock_value = equity - self.engine.portfolio().cash();
        self.curve.push(date, equity, stock_value);
    }
}
