//! The run: bar by bar, orders of the bars before against this one, then this one to the engine.
//!
//! * A strategy decides after the close of a bar, on a daily one at the opening of the next KRX session, and its order
//!   meets the next bar of that issue. It is a day order: if the issue has no further bar on that day, it ends unfilled,
//!   as it does on a halted bar. So data that leave halted days out give the same trades as data that keep them.
//! * At one time, sells are filled before buys, because the proceeds of a sale pay for a buy of the same day before they
//!   settle; apart from that, orders are filled in the order in which they were made, issues in the order of their codes.
//! * The engine sizes an order at the close, with 0.5 % in reserve. If the open is so far above that cash does not pay
//!   the order, it is cut to the largest quantity that cash pays, commission included. Cash never goes below zero.
//! * A position is worth its last close, also while its issue is halted and after its last bar.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Bar, CompactBar, Fill, Interval, KillState, OrderCosts, OrderFields, OrderState, Price, PriceLimits, Qty, Side,
    Won, base_price, from_kst, kst_date, next_session, order_costs, rules_version, session_hours,
};
use exodus_simulator::BarMarket;
use exodus_trading::{
    Cause, ClientRef, Command, Engine, EngineEvent, EngineSetup, EquityCurve, IssueBars, OrderTally, PerformanceReport,
    ReportInputs, RoundTrip, StrategySetup, StrategySymbol, TradeTally, TradedIssue, Trials, largest_quantity,
    round_trips,
};

use crate::error::BacktestError;
use crate::fills::FillModel;
use crate::fingerprint::Fingerprint;
use crate::manifest::{Manifest, Note, RunInputs};
use crate::result::{BacktestResult, BacktestTrade};
use crate::series::BarSeries;
use crate::spec::{BacktestSpec, Flow, StrategySpec};
use crate::timeline::Timeline;

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
    timeline: Timeline<'a>,
    engine: Engine,
    pending: Vec<Pending>,
    commands: Vec<Command>,
    curve: EquityCurve,
    tally: TradeTally,
    orders: OrderTally,
    trades: Vec<BacktestTrade>,
    notes: BTreeSet<Note>,
}

/// An order that waits for the next bar of its issue.
struct Pending {
    track: usize,
    strategy_id: i64,
    client_ref: ClientRef,
    fields: OrderFields,
    /// The session it ends with.
    last_date: NaiveDate,
}

impl<'a> Runner<'a> {
    fn new(spec: &BacktestSpec, series: &'a [BarSeries]) -> Result<Self, BacktestError> {
        let matched = spec.match_series(series)?;
        let issues: Vec<_> = matched.values().map(|(issue, _)| *issue).collect();
        let timeline = Timeline::new(matched.values().map(|(_, bars)| *bars), spec.from, spec.to);

        let mut engine = Engine::new(EngineSetup { cash: spec.capital, limits: spec.limits, kill: KillState::Active });
        issues.iter().for_each(|issue| engine.add_issue(*issue));
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
            timeline,
            engine,
            pending: Vec::new(),
            commands: Vec::new(),
            curve: EquityCurve::new(spec.capital),
            tally: TradeTally::default(),
            orders: OrderTally::default(),
            trades: Vec::new(),
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
        let closes_at = time + self.interval.duration();
        // Sizes depend on equity, so every issue is valued at this close before the first decision on it.
        if self.issues.len() > 1 {
            for (track, bar) in self.timeline.bars_now().filter(|(_, bar)| !bar.is_halted()) {
                let symbol = self.issues[track].symbol;
                let event = EngineEvent::Price { at: closes_at, symbol, price: bar.close(), base_price: None };
                self.engine.step(&event, &mut self.commands)?;
            }
        }
        let at = match self.interval {
            Interval::Day1 => next_session(date).and_then(opening).unwrap_or(closes_at),
            _ => closes_at,
        };
        for track in 0..self.issues.len() {
            let Some(bar) = self.timeline.bar(track) else { continue };
            let symbol = self.issues[track].symbol;
            let event = EngineEvent::BarClosed { at, symbol, interval: self.interval, bar: bar.bar_of(time) };
            self.engine.step(&event, &mut self.commands)?;
            if !self.commands.is_empty() {
                self.take_orders(track, kst_date(at))?;
            }
        }
        Ok(self.timeline.pass())
    }

    /// Takes the orders of a decision into the queue for the next bar.
    fn take_orders(&mut self, track: usize, last_date: NaiveDate) -> Result<(), BacktestError> {
        for command in std::mem::take(&mut self.commands) {
            match command {
                Command::Place { client_ref, cause: Cause::Strategy { strategy_id, .. }, order } => {
                    let fields = order.get().clone();
                    self.update(client_ref, OrderState::Acked, Qty::ZERO, Won::ZERO, OrderCosts::default())?;
                    self.pending.push(Pending { track, strategy_id, client_ref, fields, last_date });
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

    /// Lets every waiting order meet its bar of the next time, sells first.
    fn execute(&mut self, date: NaiveDate) -> Result<(), BacktestError> {
        let mut waiting = std::mem::take(&mut self.pending);
        waiting.sort_by_key(|order| order.fields.side == Side::Buy);
        for order in waiting {
            if date > order.last_date {
                self.notes.insert(Note::OrdersUnfilled);
                self.end_unfilled(&order, OrderState::Expired)?;
            } else if let Some(bar) = self.timeline.bar(order.track) {
                self.fill(&order, &bar.bar(), date)?;
            } else {
                self.pending.push(order);
            }
        }
        Ok(())
    }

    fn fill(&mut self, order: &Pending, bar: &Bar, date: NaiveDate) -> Result<(), BacktestError> {
        let limits = self.limits(order.track, date);
        let mut market = BarMarket::new(*bar, limits, self.fill.volume_share_bp);
        let Some(offered) = market.execute(&order.fields) else {
            self.notes.insert(Note::OrdersUnfilled);
            return self.end_unfilled(order, OrderState::Expired);
        };
        if offered.quantity < order.fields.quantity {
            self.notes.insert(Note::OrdersCutToVolume);
        }
        let quantity = match order.fields.side {
            Side::Buy => self.payable(order.track, offered.price, offered.quantity),
            Side::Sell => Some(offered.quantity),
        };
        if quantity != Some(offered.quantity) {
            self.notes.insert(Note::OrdersCutToCash);
        }
        match quantity {
            Some(quantity) => self.book(order, quantity, offered.price, bar, date),
            None => self.end_unfilled(order, OrderState::Cancelled),
        }
    }

    /// The most of `quantity` shares at `price` that cash pays, commission included.
    fn payable(&self, track: usize, price: Price, quantity: Qty) -> Option<Qty> {
        let cash = self.engine.portfolio().cash();
        let commission = &self.issues[track].commission;
        largest_quantity(Qty(1), quantity, |shares| {
            let amount = price.checked_mul(shares);
            amount.and_then(|amount| amount.checked_add(commission.commission(amount))).is_some_and(|cost| cost <= cash)
        })
    }

    fn book(
        &mut self,
        order: &Pending,
        quantity: Qty,
        price: Price,
        bar: &Bar,
        date: NaiveDate,
    ) -> Result<(), BacktestError> {
        let TradedIssue { symbol, market, kind, commission, .. } = self.issues[order.track];
        let side = order.fields.side;
        let amount = price * quantity;
        let costs = order_costs(&commission, side, market, kind, date, amount);
        let fill = Fill { side, quantity, amount, commission: costs.commission, tax: costs.tax };
        let state = if quantity == order.fields.quantity { OrderState::Filled } else { OrderState::Cancelled };

        let cost_before = self.engine.portfolio().holding(symbol).cost;
        self.update(order.client_ref, state, quantity, amount, costs)?;
        let cost_after = self.engine.portfolio().holding(symbol).cost;
        let realized = fill.cash_flow() + cost_after - cost_before;

        self.tally.add(&fill, realized);
        self.orders.ended(order.fields.quantity, quantity);
        self.trades.push(BacktestTrade {
            strategy_id: Some(order.strategy_id),
            symbol,
            side,
            quantity,
            price,
            commission: costs.commission,
            tax: costs.tax,
            realized_pnl: (side == Side::Sell).then_some(realized),
            executed_at: match self.interval {
                Interval::Day1 => opening(date).unwrap_or(bar.open_time),
                _ => bar.open_time,
            },
        });
        Ok(())
    }

    fn end_unfilled(&mut self, order: &Pending, state: OrderState) -> Result<(), BacktestError> {
        self.orders.ended(order.fields.quantity, Qty::ZERO);
        self.update(order.client_ref, state, Qty::ZERO, Won::ZERO, OrderCosts::default())
    }

    fn update(
        &mut self,
        client_ref: ClientRef,
        state: OrderState,
        cum_quantity: Qty,
        cum_amount: Won,
        costs: OrderCosts,
    ) -> Result<(), BacktestError> {
        let event = EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount, costs };
        Ok(self.engine.step(&event, &mut self.commands)?)
    }

    /// The price limits of `date`, from the last close before it; `None` where they mean nothing or are not known.
    fn limits(&self, track: usize, date: NaiveDate) -> Option<PriceLimits> {
        let issue = &self.issues[track];
        if issue.adjusted {
            return None;
        }
        let day_start = Bar::day_start(date);
        let before = self.timeline.past(track).iter().rev().find(|bar| bar.open_time() < day_start)?;
        issue.price_limits(date, base_price(issue.market, issue.kind, date, before.close()))
    }

    fn close_session(&mut self, date: NaiveDate) {
        let equity = self.engine.portfolio().equity().expect("what is held was bought at a bar, which priced it");
        let stock_value = equity - self.engine.portfolio().cash();
        self.curve.push(date, equity, stock_value);
    }

    fn finish(mut self, spec: &BacktestSpec) -> BacktestResult {
        self.add_closing_notes();
        let mut data = Fingerprint::default();
        let mut bars = 0;
        for (track, issue) in self.issues.iter().enumerate() {
            let looked_at = self.timeline.bars(track);
            data.bars(issue.symbol, looked_at);
            bars += looked_at.len() as u64;
        }
        let metrics = self.curve.metrics(&self.tally);
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
            },
        }
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        let length = self.interval.duration();
        let bars_of = |symbol| {
            let track = self.issues.binary_search_by_key(&symbol, |issue| issue.symbol).ok()?;
            Some(IssueBars { bars: self.timeline.bars(track), length })
        };
        let fills = self.trades.iter().map(BacktestTrade::timed_fill);
        round_trips(fills, bars_of).expect("the portfolio has booked the same fills")
    }

    fn add_closing_notes(&mut self) {
        for issue in &self.issues {
            self.notes.insert(match issue.adjusted {
                true => Note::AdjustedPricesNoTickCheck,
                false => Note::RawPricesJumpAtCorporateActions,
            });
        }
        let last_bar = |track| self.timeline.bars(track).last().map(CompactBar::trade_date);
        let last_date = self.curve.points().last().map(|point| point.date);
        let held = |issue: &TradedIssue| self.engine.portfolio().holding(issue.symbol).quantity.is_positive();
        if self.issues.iter().enumerate().any(|(track, issue)| held(issue) && last_bar(track) < last_date) {
            self.notes.insert(Note::HeldBeyondLastBar);
        }
    }
}

/// When a session opens.
fn opening(session: NaiveDate) -> Option<DateTime<Utc>> {
    session_hours(session).map(|hours| from_kst(session, hours.open))
}
