//! A recorded paper day, replayed through the backtest: the same signals, orders and fills, byte for byte.
//!
//! The day runs on the real session, executor, paper broker and SQLite; only its clock is turned by hand, 14 seconds
//! at a time. What the account was told is written down as it is told, and is all that the replay gets.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use exodus_backtest::{
    DayRecord, FillRecord, Moment, OrderRecord, RecordedDay, RecordedStrategy, SignalRecord, replay,
};
use exodus_domain::{
    AccountLimits, Bar, Clock, FeedEvent, Instrument, Interval, IssueState, KillState, LimitName, MarketFeed, NoAnswer,
    OrderFields, OrderState, OrderType, PortStream, Price, Qty, RiskCode, Side, Symbol, floor_to_tick, kst_date,
};
use exodus_store::signals::SignalFilter;
use exodus_store::strategies::{self, StrategyFields};
use exodus_store::trades::TradeFilter;
use exodus_store::{Page, orders, signals, trades};
use exodus_trading::{StrategySetup, StrategySymbol, validate};
use futures::channel::mpsc::{self, UnboundedSender};
use futures::{FutureExt, StreamExt};
use serde_json::{Value, json};
use tokio::task::unconstrained;

use super::{Input, Process, World, market_order, show};
use crate::DemoFeed;

/// Two shares of KOSPI, one of KOSDAQ and a fund.
const SYMBOLS: [&str; 4] = ["00I010", "00I050", "00O020", "00U010"];
const STEP: TimeDelta = TimeDelta::seconds(14);
/// The first issue stands 8 % higher from here ...
const JUMP: &str = "2026-11-20T11:00:00+09:00";
/// ... to here, which interrupts it both times.
const FALL: &str = "2026-11-20T11:20:00+09:00";

fn symbols() -> [Symbol; 4] {
    SYMBOLS.map(|code| code.parse().expect("a valid code"))
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 time")
}

/// A feed whose listeners hear what the test tells.
struct Tape {
    history: DemoFeed,
    listeners: Mutex<Vec<(Vec<Symbol>, UnboundedSender<FeedEvent>)>>,
}

impl Tape {
    fn tell(&self, event: &FeedEvent) {
        let symbol = match event {
            FeedEvent::Quote(quote) => quote.symbol,
            FeedEvent::Book(book) => book.symbol,
            FeedEvent::Bar { symbol, .. } => *symbol,
        };
        let listeners = self.listeners.lock().expect("no listener panics");
        for (_, listener) in listeners.iter().filter(|(symbols, _)| symbols.contains(&symbol)) {
            listener.unbounded_send(event.clone()).expect("the session listens");
        }
    }
}

#[async_trait]
impl MarketFeed for Tape {
    fn subscribe(&self, symbols: &[Symbol]) -> PortStream<FeedEvent> {
        let (listener, told) = mpsc::unbounded();
        self.listeners.lock().expect("no listener panics").push((symbols.to_vec(), listener));
        Box::pin(told)
    }

    async fn bars(
        &self,
        symbol: Symbol,
        interval: Interval,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Bar>, NoAnswer> {
        self.history.bars(symbol, interval, from, to).await
    }
}

/// Lifts the first issue by 8 % for a while.
fn lifted(event: FeedEvent, instrument: &Instrument, now: DateTime<Utc>) -> FeedEvent {
    if !(time(JUMP)..time(FALL)).contains(&now) {
        return event;
    }
    let lift = |price: &mut Price| {
        *price = floor_to_tick(instrument.market, instrument.kind, kst_date(now), Price(price.0 * 108 / 100));
    };
    match event {
        FeedEvent::Quote(mut quote) if quote.symbol == instrument.symbol => {
            lift(&mut quote.price);
            FeedEvent::Quote(quote)
        }
        FeedEvent::Book(mut book) if book.symbol == instrument.symbol => {
            book.asks.iter_mut().chain(&mut book.bids).for_each(|level| lift(&mut level.price));
            FeedEvent::Book(book)
        }
        FeedEvent::Bar { symbol, interval, mut bar } if symbol == instrument.symbol => {
            [&mut bar.open, &mut bar.high, &mut bar.low, &mut bar.close].into_iter().for_each(lift);
            FeedEvent::Bar { symbol, interval, bar }
        }
        event => event,
    }
}

fn momentum(lookback: u32, entry: f64) -> Value {
    json!({ "interval": "1m", "lookback": lookback, "entry_threshold_percent": entry, "exit_threshold_percent": 0.0,
        "position_size_percent": 7.5 })
}

async fn activate(world: &World, parameters: &Value) -> i64 {
    let fields = StrategyFields {
        name: parameters["lookback"].to_string(),
        description: String::new(),
        strategy_type: "momentum".to_owned(),
        parameters: parameters.clone(),
        symbols: symbols().to_vec(),
    };
    let (user_id, now) = (world.account.user_id, world.clock.now());
    let strategy = strategies::create(&world.store, user_id, &fields, now).await.expect("stored");
    strategies::activate(&world.store, user_id, strategy.id, 1, now).await.expect("activated");
    strategy.id
}

/// A strategy as the session starts it now.
async fn recorded(world: &World, id: i64, parameters: &Value) -> RecordedStrategy {
    let strategy = validate("momentum", parameters).expect("valid");
    let (now, length) = (world.clock.now(), strategy.warm_up_bars());
    let mut past = Vec::new();
    for symbol in symbols() {
        let bars = world.feed().bars(symbol, strategy.interval(), now - TimeDelta::hours(2), now).await;
        let bars = bars.expect("the demo market answers");
        past.push((symbol, bars[bars.len() - length..].to_vec()));
    }
    let symbols = symbols().map(StrategySymbol::new).to_vec();
    RecordedStrategy {
        setup: StrategySetup { id, strategy, kill: KillState::Active, symbols, has_ordered: false },
        past,
    }
}

/// What people ask for in the course of the day.
fn requests(world: &World, moment: i64) -> Vec<OrderFields> {
    let limit = |side, quantity, price| OrderFields {
        order_type: OrderType::Limit,
        quantity: Qty(quantity),
        price: Some(price),
        ..market_order(side, quantity)
    };
    match moment {
        30 => vec![limit(Side::Buy, 40, world.price())],
        60 => vec![limit(Side::Sell, 15, world.price()), market_order(Side::Buy, 100_000)],
        // While the issue is interrupted.
        517 => vec![market_order(Side::Sell, 5), world.resting_buy()],
        900 => vec![market_order(Side::Buy, 60)],
        _ => Vec::new(),
    }
}

/// Lives through a day from 9 o'clock on and writes down what the account is told.
async fn record(world: &World, process: &mut Process, tape: &Tape) -> (Vec<Moment>, usize) {
    let instrument = world.market.instruments()[0].clone();
    let mut shown = world.feed().subscribe(&symbols());
    let (mut moments, mut interrupted) = (Vec::new(), 0);
    for number in 0..=1_671 {
        let at = world.clock.now();
        while let Some(event) = unconstrained(shown.next()).now_or_never().flatten() {
            let event = lifted(event, &instrument, at);
            process.exchange.on_feed(&event);
            tape.tell(&event);
        }
        let events = process.session.market.told();
        while let Some(event) = unconstrained(process.session.market.next()).now_or_never().flatten() {
            process.session.handle(Input::Feed(event)).await.expect("the session goes on");
        }
        let requests = requests(world, number);
        for fields in &requests {
            world.ask_order(fields.clone()).await;
            process.session.handle(Input::Wake).await.expect("the session goes on");
        }
        for input in [Input::Tick, Input::BrokerHint(Vec::new())] {
            process.session.handle(input).await.expect("the session goes on");
        }
        interrupted += usize::from(process.exchange.interruption(instrument.symbol).is_some());
        moments.push(Moment { at, events, requests });
        world.clock.advance(STEP);
    }
    (moments, interrupted)
}

/// What the store has of the day.
async fn stored(world: &World) -> DayRecord {
    let (store, user_id) = (&world.store, world.account.user_id);
    let mut record = DayRecord::default();
    for number in 1.. {
        let page = signals::list(store, user_id, &SignalFilter::default(), Page { number, size: 200 }).await;
        let page = page.expect("readable");
        let all = page.items.into_iter();
        record.signals.extend(all.map(|row| SignalRecord {
            strategy_id: row.strategy_id,
            signal: row.signal,
            at: row.created_at,
        }));
        if number * 200 >= page.total {
            break;
        }
    }
    record.signals.reverse();
    let orders = orders::of_day(store, world.account.id, kst_date(time(JUMP))).await.expect("readable");
    let place = |id: i64| orders.iter().position(|order| order.id == id).expect("an order of the day");
    let fills = trades::export(store, user_id, &TradeFilter::default()).await.expect("readable");
    record.fills = fills
        .iter()
        .map(|trade| FillRecord {
            order: place(trade.order_id),
            symbol: trade.symbol,
            side: trade.side,
            quantity: trade.quantity,
            amount: trade.amount,
            commission: trade.commission,
            tax: trade.tax,
            realized_pnl: trade.realized_pnl,
            executed_at: trade.executed_at,
        })
        .collect();
    record.orders = orders
        .into_iter()
        .map(|order| OrderRecord {
            strategy_id: order.strategy_id,
            fields: order.fields,
            state: order.state,
            filled_quantity: order.filled_quantity,
            filled_amount: order.filled_amount,
            commission: order.commission,
            tax: order.tax,
            denial: order.denial,
            decided_at: order.decided_at,
        })
        .collect();
    record
}

fn bytes(record: &DayRecord) -> String {
    serde_json::to_string_pretty(record).expect("plain records serialize")
}

#[tokio::test]
async fn a_recorded_paper_day_gives_the_same_signals_orders_and_fills_in_the_backtest() {
    let world = World::at("2026-11-20T09:00:00+09:00").await;
    let with = |mut parameters: Value, more: Value| {
        parameters.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        parameters
    };
    let exits = json!({ "stop_loss_percent": 0.3, "take_profit_percent": 0.25, "trailing_stop_percent": 0.4,
        "max_holding_bars": 30, "exit_check": "intraday", "exit_threshold_percent": -50.0 });
    let ranks = json!({ "method": "cross_sectional", "skip": 0, "hold_count": 2, "rebalance": "day",
        "minimum_return_percent": -100, "max_holding_bars": 90, "sizing": "atr_risk", "risk_percent": 0.05 });
    let parameters = [momentum(3, 0.2), with(momentum(20, 0.5), exits), with(momentum(4, 0.2), ranks)];
    let mut recorded_strategies = Vec::new();
    for parameters in &parameters {
        let id = activate(&world, parameters).await;
        recorded_strategies.push(recorded(&world, id, parameters).await);
    }
    let listeners = Mutex::new(Vec::new());
    let tape = Arc::new(Tape { history: world.feed(), listeners });
    let mut process = world.start_on(Arc::clone(&tape) as Arc<dyn MarketFeed>).await;
    show(&process.exchange, &mut process.shown);
    let (moments, interrupted) = record(&world, &mut process, &tape).await;
    let stored = stored(&world).await;
    let live = process.session.engine.live().expect("a live engine");
    let volumes = symbols().into_iter().filter_map(|symbol| Some((symbol, live.average_volume(symbol)?))).collect();

    // The day has what a day can have.
    assert!(stored.fills.len() > 50 && stored.signals.len() > stored.fills.len() / 2, "{} fills", stored.fills.len());
    assert!(interrupted >= 18, "an interruption lasts nine moments or ten, and there are two");
    let is = |state| stored.orders.iter().any(|order| order.state == state);
    assert!(is(OrderState::Acked) && is(OrderState::Filled) && is(OrderState::Denied));
    let too_large = |order: &OrderRecord| order.denial.as_ref().is_some_and(|d| d.code == RiskCode::MaxOrderNotional);
    assert!(stored.orders.iter().any(too_large));
    assert!(stored.fills.iter().any(|fill| fill.realized_pnl.is_some()));
    for code in ["stop_loss", "time_stop", "rank_entered"] {
        let is_told = stored.signals.iter().any(|record| record.signal.reason.code == code);
        assert!(is_told, "the day has no {code}");
    }

    // The recording is what it is read back from, not what this process has in memory.
    let recording = serde_json::to_vec(&moments).expect("moments serialize");
    let day = RecordedDay {
        cash: world.account.initial_cash,
        limits: AccountLimits::on_demo(),
        volumes,
        commission: world.account.commission,
        instruments: world.market.instruments().to_vec(),
        strategies: recorded_strategies,
        moments: serde_json::from_slice(&recording).expect("moments come back"),
    };
    let replayed = replay(&day).expect("the day is whole");
    assert_eq!(bytes(&replayed), bytes(&stored));

    // And it would be noticed if anything were different.
    let differs = |change: &dyn Fn(&mut RecordedDay)| {
        let mut day = day.clone();
        change(&mut day);
        replay(&day).expect("the day is whole") != stored
    };
    assert!(differs(&|day| day.limits = day.limits.with(LimitName::MaxPosition, 700)), "the risk gate");
    assert!(
        differs(&|day| day.strategies[0].setup.strategy = validate("momentum", &momentum(3, 0.22)).expect("valid"))
    );
    assert!(
        differs(&|day| day.instruments[0].states = day.instruments[0].states.with(IssueState::Overheated)),
        "an exchange that does not interrupt"
    );
    assert!(
        differs(&|day| day.moments.iter_mut().flat_map(|moment| &mut moment.events).for_each(|event| {
            if let FeedEvent::Book(book) = event {
                book.asks.iter_mut().for_each(|level| level.quantity = Qty(level.quantity.0 / 2));
            }
        })),
        "an exchange with less to sell"
    );
}
