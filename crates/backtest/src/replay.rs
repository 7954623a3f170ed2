//! A recorded day of a paper account, once more: what the market told, through the same engine and the same exchange.
//!
//! A live session waits for a store and a broker between its steps; here nothing waits, and everything else is the same.
//! What happens at one moment happens in the order of the session: the exchange sees what is shown, the account acts on
//! each event as it was told and then on what people asked, its orders reach the exchange at once, and last it reads the
//! broker's list, from which fills are booked. So a day and its replay differ by nothing: not by a share, a won or a bit
//! of a confidence.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use exodus_domain::{
    AccountLimits, Bar, Brake, CommissionTerms, Denial, FeedEvent, Fill, HardCaps, Instrument, Interval, KillState,
    Level, OrderCosts, OrderEvent, OrderFields, OrderState, Qty, RowEnd, RowFacts, Side, Signal, Symbol, Won, kst_date,
    order_costs,
};
use exodus_simulator::{Exchange, Execution, IssueRules, SimOrder};
use exodus_trading::{
    Cause, ClientRef, Command, DayStanding, Engine, EngineError, EngineEvent, EngineSetup, Live, RiskLimits, Standing,
    StrategySetup, TradedIssue,
};
use serde::{Deserialize, Serialize};

/// What an account began a day with, and all that it was told.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedDay {
    /// Cash; nothing is held and nothing is open.
    pub cash: Won,
    /// Limits of its risk gate.
    pub limits: AccountLimits,
    /// How many shares of each issue are traded on an average day.
    pub volumes: BTreeMap<Symbol, Qty>,
    /// What its orders pay.
    pub commission: CommissionTerms,
    /// Every issue that it is told of.
    pub instruments: Vec<Instrument>,
    /// The strategies that run, each with the past it was shown.
    pub strategies: Vec<RecordedStrategy>,
    /// What happened, in the order of time.
    pub moments: Vec<Moment>,
}

/// A strategy as it was started.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStrategy {
    /// Strategy and issues.
    pub setup: StrategySetup,
    /// The closed bars that it was warmed up with, by issue.
    pub past: Vec<(Symbol, Vec<Bar>)>,
}

/// What came at one instant of the account's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// What the feed told, in the order in which the account was told it.
    pub events: Vec<FeedEvent>,
    /// Orders that people asked for.
    pub requests: Vec<OrderFields>,
}

/// What an account did on a day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayRecord {
    /// What strategies said, oldest first.
    pub signals: Vec<SignalRecord>,
    /// Orders, oldest first, denied ones included, as they ended.
    pub orders: Vec<OrderRecord>,
    /// Fills as they were booked, oldest first.
    pub fills: Vec<FillRecord>,
}

/// A signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalRecord {
    /// Strategy.
    pub strategy_id: i64,
    /// What it said, confidence and reason included.
    pub signal: Signal,
    /// When.
    pub at: DateTime<Utc>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// Strategy; `None` if a person asked.
    pub strategy_id: Option<i64>,
    /// What it asked for.
    pub fields: OrderFields,
    /// How it stands in the end.
    pub state: OrderState,
    /// Shares filled.
    pub filled_quantity: Qty,
    /// Won traded, before costs.
    pub filled_amount: Won,
    /// Commission booked.
    pub commission: Won,
    /// Taxes booked.
    pub tax: Won,
    /// Why it was denied, if it was.
    pub denial: Option<Denial>,
    /// When the risk gate decided.
    pub decided_at: DateTime<Utc>,
}

/// What one reading of the broker's list brought of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillRecord {
    /// Place of the order in the record, from 0.
    pub order: usize,
    /// Issue.
    pub symbol: Symbol,
    /// Side.
    pub side: Side,
    /// Shares.
    pub quantity: Qty,
    /// Won traded, before costs.
    pub amount: Won,
    /// Commission.
    pub commission: Won,
    /// Taxes.
    pub tax: Won,
    /// Profit or loss of a sale, net of its own costs; `None` for a buy.
    pub realized_pnl: Option<Won>,
    /// When it was booked.
    pub executed_at: DateTime<Utc>,
}

/// Does a recorded day again.
///
/// # Errors
/// [`EngineError`] if the recording contradicts itself: a strategy on an issue that is not in it.
pub fn replay(day: &RecordedDay) -> Result<DayRecord, EngineError> {
    let mut replay = Replay::new(day)?;
    for moment in &day.moments {
        replay.live_through(moment)?;
    }
    Ok(replay.record)
}

/// An order of ours at the exchange. Its number there is its place in the record.
struct Placed {
    client_ref: ClientRef,
    /// As the exchange has it.
    facts: RowFacts,
}

/// The facts of a paper account that is ready, as it begins the day.
fn facts(day: &RecordedDay, date: NaiveDate) -> Live {
    let standing = Standing {
        is_real_money: false,
        not_ready: None,
        clock_offset_ms: Some(0),
        halt: None,
        circuit_open: false,
        is_armed: true,
    };
    let mut live = Live::new(day.limits, HardCaps::default(), standing, Vec::new());
    live.set_day(DayStanding { date, opening_equity: day.cash, is_loss_reached: false });
    for (symbol, volume) in &day.volumes {
        live.set_average_volume(*symbol, date, *volume);
    }
    live
}

struct Replay<'a> {
    instruments: BTreeMap<Symbol, &'a Instrument>,
    commission: CommissionTerms,
    engine: Engine,
    exchange: Exchange,
    /// Trade date of the exchange.
    date: NaiveDate,
    /// Start of the newest bar seen.
    newest: HashMap<(Symbol, Interval), DateTime<Utc>>,
    placed: BTreeMap<usize, Placed>,
    record: DayRecord,
}

impl<'a> Replay<'a> {
    fn new(day: &'a RecordedDay) -> Result<Self, EngineError> {
        let (cash, kill) = (day.cash, KillState::Active);
        let mut engine = Engine::new(EngineSetup { cash, limits: RiskLimits::default(), kill });
        let date = day.moments.first().map_or(NaiveDate::MIN, |moment| kst_date(moment.at));
        engine.go_live(facts(day, date));
        for instrument in &day.instruments {
            engine.add_issue(TradedIssue::of(instrument, day.commission));
        }
        let mut newest = HashMap::new();
        for RecordedStrategy { setup, past } in &day.strategies {
            let (id, interval) = (setup.id, setup.strategy.interval());
            engine.add_strategy(setup.clone())?;
            for (symbol, bars) in past {
                engine.warm_up(id, *symbol, bars)?;
                newest.extend(bars.last().map(|bar| ((*symbol, interval), bar.open_time)));
            }
        }
        Ok(Self {
            instruments: day.instruments.iter().map(|instrument| (instrument.symbol, instrument)).collect(),
            commission: day.commission,
            engine,
            exchange: Exchange::new(),
            date,
            newest,
            placed: BTreeMap::new(),
            record: DayRecord::default(),
        })
    }

    fn live_through(&mut self, moment: &Moment) -> Result<(), EngineError> {
        moment.events.iter().for_each(|event| self.show(event, moment.at));
        let mut told = vec![false; moment.events.len()];
        for (place, event) in moment.events.iter().enumerate() {
            if let FeedEvent::Bar { interval, bar, .. } = event {
                // Bars of one close are told together, as soon as the first of them has its turn.
                let is_of_close = |event: &FeedEvent| matches!(event, FeedEvent::Bar { interval: length, bar: other, .. } if (length, other.open_time) == (interval, bar.open_time));
                let together = moment.events.iter().enumerate().filter(|(_, event)| is_of_close(event));
                let places: Vec<usize> = together.map(|(place, _)| place).filter(|place| !told[*place]).collect();
                places.iter().for_each(|place| told[*place] = true);
                self.tell_bars(*interval, bar.open_time, places.iter().map(|place| &moment.events[*place]), moment.at)?;
            } else {
                told[place] = true;
                self.tell(event, moment.at)?;
            }
        }
        for (request_id, fields) in (0..).zip(&moment.requests) {
            let event = EngineEvent::ManualOrder { at: moment.at, request_id, fields: fields.clone(), confirmed: None };
            self.step(&event, moment.at)?;
        }
        self.read_list(moment.at)
    }

    /// Shows the exchange what the feed told.
    fn show(&mut self, event: &FeedEvent, now: DateTime<Utc>) {
        self.advance(now);
        let executions = match event {
            FeedEvent::Quote(quote) => {
                let date = kst_date(quote.at);
                let ended = if date > self.date { self.exchange.close(now) } else { Vec::new() };
                self.date = self.date.max(date);
                let is_listed = self.exchange.rules(quote.symbol).is_some_and(|rules| rules.date == date);
                if let Some(instrument) = self.instruments.get(&quote.symbol).filter(|_| !is_listed) {
                    self.exchange.list(IssueRules::of(instrument, date, quote.base_price));
                }
                self.exchange.show_price(quote.symbol, quote.price, now);
                ended
            }
            FeedEvent::Book(book) => self.exchange.set_book(book, now),
            FeedEvent::Bar { .. } => Vec::new(),
        };
        self.note(&executions);
    }

    fn advance(&mut self, now: DateTime<Utc>) {
        let executions = self.exchange.advance(now);
        self.note(&executions);
    }

    /// Writes executions into the list that the account reads.
    fn note(&mut self, executions: &[Execution]) {
        for execution in executions {
            let place = usize::try_from(execution.order_id).expect("a number we gave is a place");
            let Some(placed) = self.placed.get_mut(&place) else { continue };
            let Execution { cum_qty, cum_amount, end, .. } = *execution;
            placed.facts = RowFacts { cum_qty, cum_amount, end, ..placed.facts };
        }
    }

    /// Tells the account what the feed told.
    fn tell(&mut self, event: &FeedEvent, now: DateTime<Utc>) -> Result<(), EngineError> {
        match event {
            FeedEvent::Quote(quote) => {
                let held = self.exchange.interruption(quote.symbol);
                self.engine.set_brake(quote.symbol, held.map(|_| Brake::VolatilityInterruption));
                if let Some(live) = self.engine.live_mut() {
                    live.saw_quote(quote.symbol, quote.at, now);
                }
                let event = EngineEvent::Price {
                    at: quote.at,
                    symbol: quote.symbol,
                    price: quote.price,
                    base_price: Some(quote.base_price),
                };
                self.step(&event, now)
            }
            FeedEvent::Book(book) => {
                if let Some(live) = self.engine.live_mut() {
                    let best = |levels: &[Level]| levels.first().map(|level| level.price);
                    live.saw_book(book.symbol, best(&book.bids), best(&book.asks));
                }
                Ok(())
            }
            FeedEvent::Bar { .. } => Ok(()),
        }
    }

    /// Tells the account the bars of one close that it has not seen.
    fn tell_bars<'e>(
        &mut self,
        interval: Interval,
        open_time: DateTime<Utc>,
        events: impl Iterator<Item = &'e FeedEvent>,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let mut bars = Vec::new();
        for event in events {
            let FeedEvent::Bar { symbol, bar, .. } = event else { continue };
            let newest = self.newest.entry((*symbol, interval)).or_insert(DateTime::<Utc>::MIN_UTC);
            if bar.open_time > *newest {
                *newest = bar.open_time;
                bars.push((*symbol, *bar));
            }
        }
        if bars.is_empty() {
            return Ok(());
        }
        self.step(&EngineEvent::BarsClosed { at: now, interval, open_time, bars }, now)
    }

    /// Steps the engine and does what it commands.
    fn step(&mut self, event: &EngineEvent, now: DateTime<Utc>) -> Result<(), EngineError> {
        let mut commands = Vec::new();
        self.engine.step(event, &mut commands)?;
        for command in commands {
            match command {
                Command::Signal { strategy_id, signal } => {
                    self.record.signals.push(SignalRecord { strategy_id, signal, at: now });
                }
                Command::Place { client_ref, cause, order } => {
                    let place = self.write(cause, order.get(), None, now);
                    self.send(place, client_ref, order.get(), now)?;
                }
                Command::Deny { cause, fields, denial, .. } => {
                    self.write(cause, &fields, Some(denial), now);
                }
                Command::Cancel { client_ref } => {
                    let place = self.placed.iter().find(|(_, placed)| placed.client_ref == client_ref);
                    let number = place.and_then(|(place, _)| u64::try_from(*place).ok());
                    let ended = number.and_then(|number| self.exchange.cancel(number, now));
                    self.note(ended.as_slice());
                }
            }
        }
        Ok(())
    }

    /// Writes an order down with the signal that it came from.
    fn write(&mut self, cause: Cause, fields: &OrderFields, denial: Option<Denial>, now: DateTime<Utc>) -> usize {
        let strategy_id = match cause {
            Cause::Strategy { strategy_id, signal } => {
                self.record.signals.push(SignalRecord { strategy_id, signal, at: now });
                Some(strategy_id)
            }
            Cause::Request { .. } => None,
        };
        self.record.orders.push(OrderRecord {
            strategy_id,
            fields: fields.clone(),
            state: if denial.is_some() { OrderState::Denied } else { OrderState::Created },
            filled_quantity: Qty::ZERO,
            filled_amount: Won::ZERO,
            commission: Won::ZERO,
            tax: Won::ZERO,
            denial,
            decided_at: now,
        });
        self.record.orders.len() - 1
    }

    /// Sends an order to the exchange and tells the engine whether it was taken.
    fn send(
        &mut self,
        place: usize,
        client_ref: ClientRef,
        fields: &OrderFields,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        self.advance(now);
        let order = SimOrder { id: place as u64, account: 1, fields: fields.clone() };
        let (cum_qty, cum_amount) = (Qty::ZERO, Won::ZERO);
        let mut facts = RowFacts { order_qty: fields.quantity, cum_qty, cum_amount, end: None };
        match self.exchange.submit(order, now) {
            Ok(executions) => {
                self.placed.insert(place, Placed { client_ref, facts });
                self.note(&executions);
            }
            Err(_) => facts.end = Some(RowEnd::Rejected),
        }
        let state = facts.state();
        self.record.orders[place].state = state;
        self.tell_order(client_ref, state, &facts, OrderCosts::default(), now)
    }

    /// Books what the exchange has done with our orders since the last reading.
    fn read_list(&mut self, now: DateTime<Utc>) -> Result<(), EngineError> {
        self.advance(now);
        let open: Vec<usize> = self.placed.keys().copied().collect();
        for place in open {
            let Placed { client_ref, facts } = self.placed[&place];
            let order = &self.record.orders[place];
            let Ok(state) = order.state.after(&OrderEvent::RowRead(facts)) else { continue };
            if state == order.state && facts.cum_qty == order.filled_quantity {
                continue;
            }
            let costs = self.costs(order, facts.cum_amount);
            let fill = Fill {
                side: order.fields.side,
                quantity: facts.cum_qty - order.filled_quantity,
                amount: facts.cum_amount - order.filled_amount,
                commission: costs.commission - order.commission,
                tax: costs.tax - order.tax,
            };
            let symbol = order.fields.symbol;
            let cost_before = self.engine.portfolio().holding(symbol).cost;
            self.tell_order(client_ref, state, &facts, costs, now)?;
            let released = self.engine.portfolio().holding(symbol).cost - cost_before;
            if fill.quantity.is_positive() {
                self.record.fills.push(FillRecord {
                    order: place,
                    symbol,
                    side: fill.side,
                    quantity: fill.quantity,
                    amount: fill.amount,
                    commission: fill.commission,
                    tax: fill.tax,
                    realized_pnl: (fill.side == Side::Sell).then(|| fill.cash_flow() + released),
                    executed_at: now,
                });
            }
            let order = &mut self.record.orders[place];
            order.state = state;
            (order.filled_quantity, order.filled_amount) = (facts.cum_qty, facts.cum_amount);
            (order.commission, order.tax) = (costs.commission, costs.tax);
            if state.is_ended() {
                self.placed.remove(&place);
            }
        }
        Ok(())
    }

    /// What an order costs in all once it has traded `amount`.
    fn costs(&self, order: &OrderRecord, amount: Won) -> OrderCosts {
        let OrderFields { symbol, side, .. } = order.fields;
        let issue = TradedIssue::of(self.instruments[&symbol], self.commission);
        order_costs(&issue.commission, side, issue.market, issue.kind, kst_date(order.decided_at), amount)
    }

    fn tell_order(
        &mut self,
        client_ref: ClientRef,
        state: OrderState,
        facts: &RowFacts,
        costs: OrderCosts,
        at: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let RowFacts { cum_qty: cum_quantity, cum_amount, .. } = *facts;
        self.step(&EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount, costs, at }, at)
    }
}
