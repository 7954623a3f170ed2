//! The engine: one account's state, and the step from an event to commands.
//!
//! It is synchronous and takes time from the events, so the same events always give the same commands. The session
//! around it, live or backtest, carries the commands out and tells what became of them.

mod again;
mod decide;
mod distinct;
mod exits;
mod facts;
mod kill;
mod message;
mod order;
mod own;
mod rebalance;
mod restate;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    Bar, Brake, Fundamentals, Holding, Interval, KillState, OrderFields, OrderState, Price, Qty, RiskCode, Side,
    Symbol, Won, kst_date,
};

pub use again::Refused;
pub use facts::{DayStanding, Live, PastOrder, Standing, StrategyStanding};
pub use message::{
    BarClose, Cause, ClientRef, Command, EngineError, EngineEvent, EngineSetup, RestoredOrder, StrategySetup,
    StrategySymbol,
};
pub use own::OwnPosition;

use crate::exits::ExitWatch;
use crate::portfolio::{Portfolio, PositionIndex};
use crate::ranking::Ranking;
use crate::risk::{Approved, RiskGate, RiskInputs, TradedIssue, reserve_price};
use crate::sizing::{Gauge, Sizer};
use crate::strategies::{Rule, Stance};
use decide::{Decision, Seat};
use order::{Done, Order};
use rebalance::Waiting;

/// One account: its books, its open orders, its strategies, its risk gate.
#[derive(Debug)]
pub struct Engine {
    gate: RiskGate,
    kill: KillState,
    portfolio: Portfolio,
    /// By position in the portfolio.
    issues: Vec<Issue>,
    strategies: BTreeMap<i64, Running>,
    /// Where each order is kept that is not filled whole.
    orders: BTreeMap<ClientRef, PositionIndex>,
    next_ref: u64,
    /// What strategies decided on the bars that closed last, on its way to orders.
    decisions: Vec<Decision>,
    /// Where bars that closed together were shown to rankings, on its way to their decision.
    ranked: Vec<Seat>,
    /// Whether signals tell confidence and reason.
    gives_reasons: bool,
    /// What only a live account knows.
    live: Option<Box<Live>>,
}

/// What is known of a strategy beside its issues.
#[derive(Debug)]
struct Running {
    /// Its own kill switch.
    kill: KillState,
    ranking: Option<Ranking>,
    /// True if an order of it was ever made, in this engine or before.
    has_ordered: bool,
    waiting: Waiting,
}

#[derive(Debug)]
struct Issue {
    rules: TradedIssue,
    /// What holds its trading up.
    brake: Option<Brake>,
    /// Base price and the trade date it is of.
    base_price: Option<(Price, NaiveDate)>,
    watchers: Vec<Watcher>,
    /// Whether an exit of a watcher is to be looked at with every price.
    has_price_exits: bool,
    open: Vec<Order>,
    /// Ended without being filled whole: a late fill is still booked (safety T15, T19).
    ended: Vec<Order>,
}

/// A strategy that watches an issue.
#[derive(Debug)]
struct Watcher {
    strategy_id: i64,
    interval: Interval,
    size: Box<Sizer>,
    /// What `size` goes by, if that is measured.
    gauge: Option<Box<Gauge>>,
    /// True if a ranking decides, and the rule only learns.
    is_ranked: bool,
    /// What was published of the issue, oldest first.
    facts: Arc<[Fundamentals]>,
    rule: Rule,
    /// When its position is sold whatever the rule says; `None` if there is no such exit.
    exits: Option<Box<ExitWatch>>,
    /// What its own orders bought and have not sold.
    own: OwnPosition,
    /// Bars on which its rule missed a number.
    undefined_bars: u64,
    /// The last decision that led to no order. Told once, not at each bar for as long as its cause lasts.
    refused: Option<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    side: Side,
    /// `None` if the position would be smaller than one share.
    code: Option<RiskCode>,
}

impl Engine {
    /// An account with cash only; issues, holdings, open orders and strategies are added to it.
    pub fn new(setup: EngineSetup) -> Self {
        Self {
            gate: RiskGate::new(setup.limits),
            kill: setup.kill,
            portfolio: Portfolio::new(setup.cash),
            issues: Vec::new(),
            strategies: BTreeMap::new(),
            orders: BTreeMap::new(),
            next_ref: 1,
            decisions: Vec::new(),
            ranked: Vec::new(),
            gives_reasons: true,
            live: None,
        }
    }

    /// Leaves confidence and reason out of the signals, for a run that keeps no signals. Nothing else changes by it.
    #[must_use]
    pub fn without_reasons(self) -> Self {
        Self { gives_reasons: false, ..self }
    }

    /// Puts them in again from now on.
    pub fn give_reasons(&mut self) {
        self.gives_reasons = true;
    }

    /// Cash, holdings and their value.
    pub fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    /// Bars of its issues on which the rule of a strategy missed a number, as by a division by zero, and so decided
    /// nothing; those of the past that it was only shown are not counted.
    pub fn undefined_bars(&self, strategy_id: i64) -> u64 {
        let watchers = self.issues.iter().flat_map(|issue| &issue.watchers);
        watchers.filter(|watcher| watcher.strategy_id == strategy_id).map(|watcher| watcher.undefined_bars).sum()
    }

    /// Makes an issue known, or changes its rules. Its index stays the same.
    pub fn add_issue(&mut self, rules: TradedIssue) -> PositionIndex {
        let index = self.portfolio.add(rules.symbol);
        match self.issues.get_mut(index.0) {
            Some(issue) => issue.rules = rules,
            None => self.issues.push(Issue {
                rules,
                brake: None,
                base_price: None,
                watchers: Vec::new(),
                has_price_exits: false,
                open: Vec::new(),
                ended: Vec::new(),
            }),
        }
        index
    }

    /// Notes what holds trading of an issue up, as the market tells it. Issues the engine does not know are passed over.
    pub fn set_brake(&mut self, symbol: Symbol, brake: Option<Brake>) {
        if let Some(index) = self.portfolio.find(symbol) {
            self.issues[index.0].brake = brake;
        }
    }

    /// Takes a stored holding.
    ///
    /// # Errors
    /// [`EngineError::UnknownSymbol`] if the issue was not added.
    pub fn restore_holding(&mut self, holding: Holding) -> Result<(), EngineError> {
        let index = self.find(holding.symbol)?;
        self.portfolio.restore(index, holding);
        Ok(())
    }

    /// Takes a stored open order and names it.
    ///
    /// # Errors
    /// [`EngineError::UnknownSymbol`] if the issue was not added.
    pub fn restore_order(&mut self, order: RestoredOrder) -> Result<ClientRef, EngineError> {
        let index = self.find(order.fields.symbol)?;
        let done = Done { quantity: order.cum_quantity, amount: order.cum_amount, costs: order.costs };
        Ok(self.follow(index, |client_ref| Order {
            client_ref,
            strategy_id: order.strategy_id,
            fields: order.fields,
            state: order.state,
            done,
            valued_at: order.valued_at,
            commission: order.commission,
            reserved: Won::ZERO,
        }))
    }

    /// Runs a strategy from now on, in place of one with the same id. It decides once it has seen its warm-up bars.
    ///
    /// # Errors
    /// [`EngineError::UnknownSymbol`] if one of its issues was not added.
    pub fn add_strategy(&mut self, setup: StrategySetup) -> Result<(), EngineError> {
        let indices = setup.symbols.iter().map(|member| self.find(member.symbol)).collect::<Result<Vec<_>, _>>()?;
        self.drop_watchers(setup.id);
        let StrategySetup { id, strategy, kill, symbols, has_ordered } = setup;
        let (ranking, interval) = (strategy.ranking(), strategy.interval());
        let parts = ranking.as_ref().map_or(symbols.len(), |ranking| ranking.hold_count() as usize);
        let size = strategy.sizing.at_work(parts, interval);
        let is_ranked = ranking.is_some();
        self.strategies.insert(id, Running { kill, ranking, has_ordered, waiting: Waiting::new() });
        for (index, member) in indices.into_iter().zip(symbols) {
            self.issues[index.0].watchers.push(Watcher {
                strategy_id: id,
                interval,
                size: Box::new(size),
                gauge: strategy.sizing.gauge(),
                is_ranked,
                facts: member.facts,
                rule: strategy.rule(),
                exits: strategy.exits.watch(),
                own: member.position,
                undefined_bars: 0,
                refused: None,
            });
            self.issues[index.0].note_price_exits();
        }
        Ok(())
    }

    /// Stops a strategy and cancels its open orders. What it bought stays held.
    pub fn remove_strategy(&mut self, id: i64, out: &mut Vec<Command>) {
        self.drop_watchers(id);
        self.strategies.remove(&id);
        self.cancel_open(Some(id), out);
    }

    fn drop_watchers(&mut self, id: i64) {
        for issue in &mut self.issues {
            issue.watchers.retain(|watcher| watcher.strategy_id != id);
            issue.note_price_exits();
        }
    }

    /// Shows a strategy closed bars of the past, oldest first. No command comes of them.
    ///
    /// # Errors
    /// [`EngineError`] if strategy or issue are not known.
    pub fn warm_up(&mut self, strategy_id: i64, symbol: Symbol, bars: &[Bar]) -> Result<(), EngineError> {
        let index = self.find(symbol)?;
        let watcher = self.issues[index.0]
            .watchers
            .iter_mut()
            .find(|watcher| watcher.strategy_id == strategy_id)
            .ok_or(EngineError::UnknownStrategy(strategy_id))?;
        let mut ranking = self.strategies.get_mut(&strategy_id).and_then(|running| running.ranking.as_mut());
        for bar in bars.iter().filter(|bar| is_tradable(bar)) {
            let closed_at = bar.open_time + watcher.interval.duration();
            watcher.learn(bar);
            if let Some(ranking) = &mut ranking {
                ranking.saw(bar.open_time);
            }
            watcher.watch_close(bar.close, closed_at);
            self.portfolio.mark(index, bar.close, closed_at);
        }
        Ok(())
    }

    /// Takes one event and appends the commands that follow from it to `out`.
    ///
    /// # Errors
    /// [`EngineError`] if the event does not fit what the engine knows; nothing changed then.
    pub fn step(&mut self, event: &EngineEvent, out: &mut Vec<Command>) -> Result<(), EngineError> {
        match event {
            EngineEvent::BarsClosed { at, interval, open_time, bars } => {
                let close = BarClose { at: *at, interval: *interval, closed_at: *open_time + interval.duration() };
                let known = |(symbol, bar): &(Symbol, Bar)| Some((self.portfolio.find(*symbol)?, *bar));
                let bars: Vec<_> = bars.iter().filter_map(known).collect();
                self.close_bars(&close, bars, out);
            }
            EngineEvent::Price { at, symbol, price, base_price } => {
                // A price of zero is no price: it must not make a holding worthless.
                if let Some(index) = self.portfolio.find(*symbol).filter(|_| price.is_positive()) {
                    self.portfolio.mark(index, *price, *at);
                    if let Some(base) = base_price {
                        self.issues[index.0].base_price = Some((*base, kst_date(*at)));
                    }
                    if self.issues[index.0].has_price_exits {
                        self.exit_by_price(index, *price, *at, out);
                    }
                }
            }
            EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount, costs, at } => {
                let now = Done { quantity: *cum_quantity, amount: *cum_amount, costs: *costs };
                self.on_order_update(*client_ref, *state, &now, *at, out)?;
            }
            EngineEvent::ManualOrder { at, request_id, fields, confirmed } => {
                self.on_manual_order(*at, *request_id, fields, *confirmed, out);
            }
            EngineEvent::ManualCancel { client_ref } => {
                let index = self.orders.get(client_ref).ok_or(EngineError::UnknownOrder(*client_ref))?;
                if self.issues[index.0].open.iter().any(|order| order.client_ref == *client_ref) {
                    out.push(Command::Cancel { client_ref: *client_ref });
                }
            }
            EngineEvent::Kill { strategy_id, state } => self.on_kill(*strategy_id, *state, out),
        }
        Ok(())
    }

    fn find(&mut self, symbol: Symbol) -> Result<PositionIndex, EngineError> {
        self.portfolio.find(symbol).ok_or(EngineError::UnknownSymbol(symbol))
    }

    fn on_manual_order(
        &mut self,
        at: DateTime<Utc>,
        request_id: i64,
        fields: &OrderFields,
        confirmed: Option<Won>,
        out: &mut Vec<Command>,
    ) {
        let cause = Cause::Request { request_id };
        let index = self.portfolio.find(fields.symbol);
        let mut inputs = self.inputs(index, fields.side, None, self.kill, at);
        if let Some(live) = &mut inputs.live {
            live.confirmed = confirmed;
        }
        match self.gate.check(fields, &inputs, at) {
            Ok(order) => {
                let index = index.expect("the gate approves no order of an unknown issue");
                let order = self.made_distinct(order);
                self.place(index, None, cause, order, out);
            }
            Err(denial) => out.push(Command::Deny { at, cause, fields: fields.clone(), denial: *denial, inputs }),
        }
    }

    /// What is known for a decision of `strategy_id`, or of a person, on an order of `side` in the issue at `index`.
    fn inputs(
        &self,
        index: Option<PositionIndex>,
        side: Side,
        strategy_id: Option<i64>,
        kill: KillState,
        at: DateTime<Utc>,
    ) -> RiskInputs {
        let mut inputs = RiskInputs {
            issue: None,
            kill,
            brake: None,
            order_in_doubt: false,
            last_price: None,
            base_price: None,
            equity: self.portfolio.equity(),
            buying_power: self.buying_power(),
            held: Qty::ZERO,
            open_buys: Qty::ZERO,
            sellable: Qty::ZERO,
            live: self.facts(index, side, strategy_id, at),
        };
        let Some(index) = index else { return inputs };
        let issue = &self.issues[index.0];
        let position = self.portfolio.position(index);
        let open = |side| issue.open.iter().filter(move |order| order.fields.side == side);
        inputs.issue = Some(issue.rules);
        inputs.brake = issue.brake;
        inputs.order_in_doubt = open(side).any(|order| order.state.holds_lock());
        inputs.last_price = position.last_price;
        inputs.base_price = issue.base_price.filter(|(_, date)| *date == kst_date(at)).map(|(price, _)| price);
        inputs.held = position.holding.quantity;
        inputs.open_buys = open(Side::Buy).map(Order::open_quantity).sum();
        inputs.sellable = self.sellable(index);
        inputs
    }

    fn place(
        &mut self,
        index: PositionIndex,
        strategy_id: Option<i64>,
        cause: Cause,
        order: Approved<OrderFields>,
        out: &mut Vec<Command>,
    ) {
        if let Some(running) = strategy_id.and_then(|id| self.strategies.get_mut(&id)) {
            running.has_ordered = true;
        }
        let fields = order.get().clone();
        let price = fields.price.or(order.inputs().last_price);
        let price = price.expect("the gate approves no order without a price to value it by");
        self.remember_order(strategy_id, &fields, price, order.decided_at());
        let valued_at = reserve_price(price, fields.order_type, order.inputs(), order.decided_at());
        let commission = self.issues[index.0].rules.commission;
        let client_ref = self.follow(index, |client_ref| Order {
            client_ref,
            strategy_id,
            fields,
            state: OrderState::Created,
            done: Done::default(),
            valued_at,
            commission,
            reserved: Won::ZERO,
        });
        out.push(Command::Place { client_ref, cause, order });
    }

    /// Names an order and follows it from now on, its cash reserved.
    fn follow(&mut self, index: PositionIndex, order: impl FnOnce(ClientRef) -> Order) -> ClientRef {
        let client_ref = ClientRef(self.next_ref);
        self.next_ref += 1;
        self.orders.insert(client_ref, index);
        self.keep(index, order(client_ref));
        client_ref
    }

    /// Puts an order where its state belongs and reserves what it needs.
    fn keep(&mut self, index: PositionIndex, mut order: Order) {
        let issue = &mut self.issues[index.0];
        order.reserve(&mut self.portfolio);
        match order.state {
            OrderState::Filled => drop(self.orders.remove(&order.client_ref)),
            state if state.is_ended() => issue.ended.push(order),
            _ => issue.open.push(order),
        }
    }

    fn on_order_update(
        &mut self,
        client_ref: ClientRef,
        state: OrderState,
        now: &Done,
        at: DateTime<Utc>,
        out: &mut Vec<Command>,
    ) -> Result<(), EngineError> {
        let unknown = EngineError::UnknownOrder(client_ref);
        let index = *self.orders.get(&client_ref).ok_or(unknown)?;
        let issue = &mut self.issues[index.0];
        let named = |order: &Order| order.client_ref == client_ref;
        let (orders, place) = match issue.open.iter().position(named) {
            Some(place) => (&mut issue.open, place),
            None => {
                let place = issue.ended.iter().position(named).ok_or(unknown)?;
                (&mut issue.ended, place)
            }
        };
        let fill = orders[place].fill_until(now);
        if let Some(fill) = &fill {
            self.portfolio.book(index, fill)?;
        }
        let order = &mut orders[place];
        let was_ended = order.state.is_ended();
        let counted = (order.strategy_id, fill.is_some(), order.state != state);
        order.state = state;
        if let Some(fill) = fill {
            order.done = *now;
            let own = |watcher: &&mut Watcher| Some(watcher.strategy_id) == order.strategy_id;
            if let Some(watcher) = issue.watchers.iter_mut().find(own) {
                watcher.own.fill(fill.side, fill.quantity, fill.amount, at);
                if let Some(exits) = watcher.exits.as_mut().filter(|_| watcher.own.since.is_none()) {
                    exits.forget();
                }
            }
        }
        let is_moved = state == OrderState::Filled || state.is_ended() != was_ended;
        if !is_moved {
            order.reserve(&mut self.portfolio);
        }
        let moved = is_moved.then(|| orders.remove(place));
        let (strategy_id, is_filled, is_new_state) = counted;
        self.count_update(strategy_id, is_filled, state, is_new_state, at);
        if let Some(order) = moved {
            self.keep(index, order);
            if let Some(id) = strategy_id {
                self.place_waiting(id, at, out);
            }
        }
        Ok(())
    }
}

impl Watcher {
    /// Shows the rule, and what measures sizes, a closed bar on which nothing is decided.
    fn learn(&mut self, bar: &Bar) {
        self.rule.on_bar(bar, Stance::Pending);
        if let Some(gauge) = &mut self.gauge {
            gauge.see(bar);
        }
    }
}

impl Issue {
    /// Notes whether an exit is to be looked at with every price.
    fn note_price_exits(&mut self) {
        let exits = self.watchers.iter().filter_map(|watcher| watcher.exits.as_ref());
        self.has_price_exits = exits.into_iter().any(|exits| exits.is_intraday());
    }
}

/// A halted bar gives neither price nor signal (krx-market §9).
fn is_tradable(bar: &Bar) -> bool {
    !bar.is_halted() && bar.close.is_positive()
}

#[cfg(test)]
mod tests;
