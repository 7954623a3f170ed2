mod exits;
mod live;
mod rebalance;

use super::*;
use crate::catalog::validate;
use crate::risk::{RiskLimits, TradingHours};
use chrono::TimeDelta;
use exodus_domain::{
    CommissionSchedule, InstrumentKind, IssueStates, LimitTerms, Market, OrderCosts, OrderType, SignalType, Won,
    order_costs,
};
use serde_json::json;

const STRATEGY: i64 = 7;
const CASH: Won = Won(100_000_000);

fn symbol() -> Symbol {
    "000010".parse().expect("a valid code")
}

fn issue() -> TradedIssue {
    TradedIssue {
        symbol: symbol(),
        market: Market::Kospi,
        kind: InstrumentKind::Stock,
        hours: TradingHours::Always,
        adjusted: false,
        states: IssueStates::default(),
        limit_terms: LimitTerms::ORDINARY,
        commission: CommissionSchedule::bankis(),
    }
}

fn minute(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 / 60 * 60 + n * 60, 0).expect("a valid time")
}

fn closed(at: DateTime<Utc>, bar: Bar) -> EngineEvent {
    let (interval, open_time) = (Interval::Minute1, bar.open_time);
    EngineEvent::BarsClosed { at, interval, open_time, bars: vec![(symbol(), bar)] }
}

/// An engine and what it answered, driven as a session drives it.
struct Bench {
    engine: Engine,
    now: i64,
}

impl Bench {
    fn new() -> Self {
        let mut engine =
            Engine::new(EngineSetup { cash: CASH, limits: RiskLimits::default(), kill: KillState::Active });
        engine.add_issue(issue());
        Self { engine, now: 0 }
    }

    /// With a strategy that buys after a rise over one minute and sells after a fall.
    fn with_momentum() -> Self {
        let mut bench = Self::new();
        bench.add_momentum(STRATEGY, 0);
        bench.close(10_000);
        bench
    }

    fn add_momentum(&mut self, id: i64, position: i64) {
        let parameters = json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0, "exit_threshold_percent": 0, "position_size_percent": 10 });
        let strategy = validate("momentum", &parameters).expect("valid");
        let symbols = vec![StrategySymbol {
            symbol: symbol(),
            position: OwnPosition { quantity: Qty(position), ..OwnPosition::default() },
            ..StrategySymbol::new(symbol())
        }];
        let setup = StrategySetup { id, strategy, kill: KillState::Active, symbols, has_ordered: false };
        self.engine.add_strategy(setup).expect("the issue is known");
    }

    fn tell(&mut self, event: &EngineEvent) -> Vec<Command> {
        let mut out = Vec::new();
        self.engine.step(event, &mut out).expect("the event fits");
        out
    }

    fn close(&mut self, price: i64) -> Vec<Command> {
        self.bar(price, 1_000)
    }

    fn bar(&mut self, price: i64, volume: i64) -> Vec<Command> {
        let open_time = minute(self.now);
        self.now += 1;
        let price = Price(price);
        let bar = Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(volume) };
        self.tell(&closed(minute(self.now), bar))
    }

    /// Tells a price that is the base price of its day too.
    fn price(&mut self, price: i64) -> Vec<Command> {
        let (price, at) = (Price(price), minute(self.now));
        self.tell(&EngineEvent::Price { at, symbol: symbol(), price, base_price: Some(price) })
    }

    fn order(&mut self, side: Side, quantity: i64, price: Option<i64>) -> Vec<Command> {
        let order_type = if price.is_some() { OrderType::Limit } else { OrderType::Market };
        let fields =
            OrderFields { symbol: symbol(), side, order_type, quantity: Qty(quantity), price: price.map(Price) };
        self.tell(&EngineEvent::ManualOrder { at: minute(self.now), request_id: 1, fields, confirmed: None })
    }

    fn update(&mut self, client_ref: ClientRef, state: OrderState, quantity: i64, amount: i64, side: Side) {
        let date = kst_date(minute(self.now));
        let rules = issue();
        let costs = order_costs(&rules.commission, side, rules.market, rules.kind, date, Won(amount));
        let (cum_quantity, cum_amount) = (Qty(quantity), Won(amount));
        let out = self.tell(&EngineEvent::OrderUpdate {
            client_ref,
            state,
            cum_quantity,
            cum_amount,
            costs,
            at: minute(self.now),
        });
        assert_eq!(out, []);
    }

    fn fill(&mut self, commands: &[Command], price: i64) {
        let (client_ref, order) = placed(commands);
        self.update(client_ref, OrderState::Filled, order.quantity.0, order.quantity.0 * price, order.side);
    }

    fn kill(&mut self, strategy_id: Option<i64>, state: KillState) -> Vec<Command> {
        self.tell(&EngineEvent::Kill { strategy_id, state })
    }

    fn held(&self) -> i64 {
        self.engine.portfolio().holding(symbol()).quantity.0
    }
}

/// The one order that was placed.
fn placed(commands: &[Command]) -> (ClientRef, OrderFields) {
    match commands {
        [Command::Place { client_ref, order, .. }] => (*client_ref, order.get().clone()),
        other => panic!("one order was expected, not {other:?}"),
    }
}

fn denied(commands: &[Command]) -> RiskCode {
    match commands {
        [Command::Deny { denial, .. }] => denial.code,
        other => panic!("one denial was expected, not {other:?}"),
    }
}

#[test]
fn a_rise_is_bought_once_and_the_fall_is_sold() {
    let mut bench = Bench::with_momentum();
    let buy = bench.close(10_100);
    let (_, order) = placed(&buy);
    assert_eq!((order.side, order.order_type, order.quantity), (Side::Buy, OrderType::Market, Qty(990)));
    assert_eq!(bench.close(10_200), [], "while the order is on its way");
    bench.fill(&buy, 10_200);
    assert_eq!(bench.close(10_300), [], "while holding");
    let sell = bench.close(10_250);
    assert_eq!(placed(&sell).1, OrderFields { side: Side::Sell, ..order });
    bench.fill(&sell, 10_250);
    assert_eq!(bench.held(), 0);
    assert_eq!(placed(&bench.close(10_300)).1.side, Side::Buy, "it may enter again");
}

#[test]
fn the_order_carries_the_signal_that_caused_it() {
    let mut bench = Bench::with_momentum();
    let commands = bench.close(10_100);
    let [Command::Place { cause: Cause::Strategy { strategy_id, signal }, .. }] = &commands[..] else {
        panic!("an order of a strategy was expected, not {commands:?}");
    };
    assert_eq!((*strategy_id, signal.signal_type, signal.price), (STRATEGY, SignalType::Buy, Price(10_100)));
    assert_eq!((signal.quantity, signal.reason.code.as_str()), (Qty(990), "momentum_above_entry"));
}

#[test]
fn cash_is_reserved_while_a_buy_is_open_and_given_back_with_its_end() {
    let mut bench = Bench::with_momentum();
    let (client_ref, order) = placed(&bench.close(10_100));
    // 990 × 10,100 = 9,999,000, half a percent and 1,405 won of commission.
    assert_eq!(bench.engine.portfolio().reserved(), Won(9_999_000 + 49_995 + 1_405));
    bench.update(client_ref, OrderState::Acked, 0, 0, order.side);
    bench.update(client_ref, OrderState::Partial, 490, 490 * 10_100, order.side);
    assert_eq!(bench.engine.portfolio().reserved(), Won(5_050_000 + 25_250 + 709));
    assert_eq!(bench.engine.portfolio().cash(), CASH - Won(4_949_000 + 695));
    bench.update(client_ref, OrderState::Cancelled, 490, 490 * 10_100, order.side);
    assert_eq!(bench.engine.portfolio().reserved(), Won::ZERO);
    assert_eq!(placed(&bench.close(10_000)).1.quantity, Qty(490), "what was filled is held and sold");
}

#[test]
fn an_open_order_reserves_by_the_schedule_it_began_with() {
    let mut bench = Bench::with_momentum();
    let (client_ref, order) = placed(&bench.close(10_100));
    let free = TradedIssue { commission: CommissionSchedule::of_rate(0), ..issue() };
    bench.engine.add_issue(free);
    bench.update(client_ref, OrderState::Partial, 490, 490 * 10_100, order.side);
    assert_eq!(bench.engine.portfolio().reserved(), Won(5_050_000 + 25_250 + 709));
    bench.update(client_ref, OrderState::Cancelled, 490, 490 * 10_100, order.side);
    bench.price(10_000);
    placed(&bench.order(Side::Buy, 100, None));
    assert_eq!(bench.engine.portfolio().reserved(), Won(1_300_000 + 6_500), "the next one pays what was agreed since");
}

#[test]
fn a_market_buy_reserves_cash_up_to_the_upper_limit_of_the_day() {
    let mut bench = Bench::with_momentum();
    bench.price(10_000);
    placed(&bench.order(Side::Buy, 100, None));
    // 100 × 13,000, half a percent and 182 won of commission.
    assert_eq!(bench.engine.portfolio().reserved(), Won(1_300_000 + 6_500 + 182));
}

#[test]
fn a_price_of_zero_is_no_price() {
    let mut bench = Bench::with_momentum();
    let buy = bench.order(Side::Buy, 10, None);
    bench.fill(&buy, 10_000);
    let before = bench.engine.portfolio().equity();
    bench.price(0);
    assert_eq!(bench.engine.portfolio().equity(), before);
}

#[test]
fn an_update_told_twice_or_late_is_booked_once() {
    let mut bench = Bench::with_momentum();
    let (client_ref, order) = placed(&bench.close(10_100));
    for quantity in [300, 300, 200] {
        bench.update(client_ref, OrderState::Partial, quantity, quantity * 10_100, order.side);
        assert_eq!(bench.held(), 300);
    }
    bench.update(client_ref, OrderState::Cancelled, 300, 300 * 10_100, order.side);
    bench.update(client_ref, OrderState::Filled, 990, 990 * 10_100, order.side);
    assert_eq!(bench.held(), 990, "a fill that comes after the cancel counts");
    assert_eq!(bench.engine.portfolio().cash(), CASH - Won(9_999_000 + 1_405));
}

#[test]
fn a_repeated_denial_is_told_once_and_the_order_follows_when_its_cause_is_gone() {
    let mut bench = Bench::with_momentum();
    assert_eq!(bench.kill(None, KillState::Halted), []);
    assert_eq!(denied(&bench.close(10_100)), RiskCode::Halted);
    assert_eq!(bench.close(10_200), []);
    assert_eq!(bench.kill(None, KillState::ReduceOnly), []);
    assert_eq!(denied(&bench.close(10_300)), RiskCode::ReduceOnly);
    assert_eq!(bench.kill(None, KillState::Active), []);
    assert_eq!(placed(&bench.close(10_400)).1.side, Side::Buy);
}

#[test]
fn a_denial_is_told_again_after_the_signal_had_gone() {
    let mut bench = Bench::with_momentum();
    bench.kill(None, KillState::Halted);
    assert_eq!(denied(&bench.close(10_100)), RiskCode::Halted);
    assert_eq!(bench.close(10_000), []);
    assert_eq!(denied(&bench.close(10_100)), RiskCode::Halted);
}

#[test]
fn halting_cancels_every_open_order_and_denies_new_ones() {
    let mut bench = Bench::with_momentum();
    let (manual, _) = placed(&bench.order(Side::Buy, 1, None));
    bench.update(manual, OrderState::Acked, 0, 0, Side::Buy);
    let (own, _) = placed(&bench.close(10_100));
    assert_eq!(bench.kill(Some(STRATEGY), KillState::Halted), [Command::Cancel { client_ref: own }]);
    let both = [manual, own].map(|client_ref| Command::Cancel { client_ref });
    assert_eq!(bench.kill(None, KillState::Halted), both);
    assert_eq!(denied(&bench.order(Side::Buy, 1, None)), RiskCode::Halted);
}

#[test]
fn one_order_of_a_symbol_and_side_may_be_in_doubt() {
    let mut bench = Bench::with_momentum();
    let (client_ref, _) = placed(&bench.order(Side::Buy, 1, None));
    assert_eq!(denied(&bench.order(Side::Buy, 1, None)), RiskCode::OrderInDoubt);
    bench.update(client_ref, OrderState::Acked, 0, 0, Side::Buy);
    placed(&bench.order(Side::Buy, 1, None));
}

#[test]
fn an_order_that_was_never_sent_does_not_stand_in_its_own_way() {
    let mut bench = Bench::new();
    bench.price(10_000);
    let (client_ref, fields) = placed(&bench.order(Side::Buy, 10, Some(10_000)));
    let reserved = bench.engine.portfolio().reserved();
    let again = bench.engine.decide_again(client_ref, None, minute(bench.now)).expect("it is open");
    let approved = again.expect("its own lock and cash are no reason");
    assert_eq!((approved.get(), approved.inputs().open_buys), (&fields, Qty::ZERO));
    assert_eq!(bench.engine.portfolio().reserved(), reserved, "it stays reserved");
    // What came in between counts.
    bench.tell(&EngineEvent::Kill { strategy_id: None, state: KillState::Halted });
    let again = bench.engine.decide_again(client_ref, None, minute(bench.now)).expect("it is open");
    assert_eq!(again.map_err(|refused| refused.denial.code), Err(RiskCode::Halted));
    assert_eq!(bench.engine.portfolio().reserved(), reserved, "until its end is told");
    bench.update(client_ref, OrderState::NotSent, 0, 0, Side::Buy);
    let over = bench.engine.decide_again(client_ref, None, minute(bench.now));
    assert_eq!(over, Err(EngineError::UnknownOrder(client_ref)));
}

#[test]
fn shares_of_an_open_sell_are_not_sold_again() {
    let mut bench = Bench::with_momentum();
    let buy = bench.order(Side::Buy, 10, None);
    bench.fill(&buy, 10_000);
    let (sell, _) = placed(&bench.order(Side::Sell, 8, None));
    bench.update(sell, OrderState::Acked, 0, 0, Side::Sell);
    assert_eq!(denied(&bench.order(Side::Sell, 3, None)), RiskCode::Sellable);
    placed(&bench.order(Side::Sell, 2, None));
}

#[test]
fn a_strategy_sells_its_own_shares_only() {
    let mut bench = Bench::with_momentum();
    let manual = bench.order(Side::Buy, 50, None);
    bench.fill(&manual, 10_000);
    assert_eq!(bench.close(9_900), [], "what a person bought is not the strategy's to sell");
    let buy = bench.close(10_000);
    bench.fill(&buy, 10_000);
    let own = placed(&buy).1.quantity;
    assert_eq!(placed(&bench.close(9_900)).1.quantity, own);
}

#[test]
fn a_strategy_whose_shares_a_person_sold_is_flat() {
    let mut bench = Bench::with_momentum();
    let buy = bench.close(10_100);
    bench.fill(&buy, 10_100);
    let sell = bench.order(Side::Sell, bench.held(), None);
    bench.fill(&sell, 10_100);
    assert_eq!(bench.close(10_000), [], "nothing is left to sell");
    assert_eq!(placed(&bench.close(10_100)).1.side, Side::Buy);
}

#[test]
fn a_buy_that_the_limits_cut_below_half_its_size_is_denied() {
    let mut bench = Bench::with_momentum();
    let first = bench.order(Side::Buy, 1_480, None);
    bench.fill(&first, 10_000);
    // 20 % of an equity of 100,145,920 won are 1,983 shares at 10,100; 991 are wanted.
    assert_eq!(placed(&bench.close(10_100)).1.quantity, Qty(503));
    let mut bench = Bench::with_momentum();
    let first = bench.order(Side::Buy, 1_500, None);
    bench.fill(&first, 10_000);
    assert_eq!(denied(&bench.close(10_100)), RiskCode::MaxPosition);
}

#[test]
fn a_position_below_one_share_is_told_once_as_a_hold() {
    let mut bench = Bench::with_momentum();
    let commands = bench.close(10_000_001);
    let [Command::Signal { strategy_id: STRATEGY, signal }] = &commands[..] else {
        panic!("a signal was expected, not {commands:?}");
    };
    assert_eq!((signal.signal_type, signal.quantity), (SignalType::Hold, Qty::ZERO));
    assert_eq!(signal.reason.code, "position_size_below_one_share");
    assert_eq!(bench.close(10_000_002), []);
}

#[test]
fn a_halted_bar_changes_nothing() {
    let mut bench = Bench::with_momentum();
    assert_eq!(bench.bar(20_000, 0), []);
    assert_eq!(bench.close(10_000), [], "the bar before the halt is the one compared with");
}

#[test]
fn a_limit_order_needs_the_base_price_of_its_own_date() {
    let mut bench = Bench::with_momentum();
    assert_eq!(denied(&bench.order(Side::Buy, 1, Some(10_000))), RiskCode::InputMissing);
    let tell = |bench: &mut Bench, at| {
        let (price, base_price) = (Price(10_000), Some(Price(10_000)));
        bench.tell(&EngineEvent::Price { at, symbol: symbol(), price, base_price })
    };
    tell(&mut bench, minute(0) - TimeDelta::days(1));
    assert_eq!(denied(&bench.order(Side::Buy, 1, Some(10_000))), RiskCode::InputMissing);
    tell(&mut bench, minute(1));
    placed(&bench.order(Side::Buy, 1, Some(10_000)));
}

#[test]
fn an_account_restored_from_its_store_goes_on_where_it_was() {
    let mut before = Bench::with_momentum();
    let (open, order) = placed(&before.close(10_100));
    before.update(open, OrderState::Partial, 400, 400 * 10_100, Side::Buy);

    let portfolio = before.engine.portfolio();
    let setup = EngineSetup { cash: portfolio.cash(), limits: RiskLimits::default(), kill: KillState::Active };
    let mut after = Bench { engine: Engine::new(setup), now: before.now };
    after.engine.add_issue(issue());
    after.engine.restore_holding(portfolio.holding(symbol())).expect("known");
    let cost = Won(400 * 10_100);
    let restored = RestoredOrder {
        fields: order,
        strategy_id: Some(STRATEGY),
        state: OrderState::Partial,
        cum_quantity: Qty(400),
        cum_amount: cost,
        costs: OrderCosts { commission: CommissionSchedule::bankis().commission(cost), tax: Won::ZERO },
        commission: CommissionSchedule::bankis(),
        valued_at: Price(10_100),
    };
    let again = after.engine.restore_order(restored).expect("known");
    after.add_momentum(STRATEGY, 400);
    let bar = |close| Bar {
        open_time: minute(before.now - 1),
        open: Price(close),
        high: Price(close),
        low: Price(close),
        close: Price(close),
        volume: Qty(1),
    };
    after.engine.warm_up(STRATEGY, symbol(), &[bar(10_100)]).expect("known");

    assert_eq!(after.engine.portfolio().reserved(), portfolio.reserved());
    assert_eq!(after.engine.portfolio().equity(), portfolio.equity());
    for (bench, name) in [(&mut before, open), (&mut after, again)] {
        assert_eq!(bench.close(10_050), [], "the order is still open");
        bench.update(name, OrderState::Filled, 990, 990 * 10_100, Side::Buy);
    }
    let sells = [&mut before, &mut after].map(|bench| placed(&bench.close(10_000)).1);
    assert_eq!(sells[0], sells[1]);
    assert_eq!(before.engine.portfolio().equity(), after.engine.portfolio().equity());
}

#[test]
fn a_removed_strategy_cancels_its_orders_and_decides_no_more() {
    let mut bench = Bench::with_momentum();
    let (client_ref, _) = placed(&bench.close(10_100));
    let mut out = Vec::new();
    bench.engine.remove_strategy(STRATEGY, &mut out);
    assert_eq!(out, [Command::Cancel { client_ref }]);
    bench.update(client_ref, OrderState::Cancelled, 0, 0, Side::Buy);
    assert_eq!(bench.close(10_300), []);
    assert_eq!(bench.engine.portfolio().reserved(), Won::ZERO);
}

#[test]
fn what_does_not_fit_is_an_error_and_changes_nothing() {
    let mut bench = Bench::with_momentum();
    let sold = Price(10_000) * Qty(2);
    let buy = bench.order(Side::Buy, 1, None);
    bench.fill(&buy, 10_000);
    let (sell, _) = placed(&bench.order(Side::Sell, 1, None));
    let before = bench.engine.portfolio().cash();
    let mut tell = |client_ref, cum_quantity| {
        let state = OrderState::Partial;
        let costs = OrderCosts::default();
        let at = minute(0);
        let event = EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount: sold, costs, at };
        bench.engine.step(&event, &mut Vec::new()).expect_err("refused")
    };
    assert_eq!(tell(ClientRef(99), Qty(1)), EngineError::UnknownOrder(ClientRef(99)));
    assert!(matches!(tell(sell, Qty(2)), EngineError::OverSold(_)));
    assert_eq!(bench.engine.portfolio().cash(), before);
    assert_eq!(bench.held(), 1);
}

/// The same events, through JSON or not, give the same commands byte for byte.
#[test]
fn a_replay_gives_the_same_commands() {
    let record = |replayed: Option<&[String]>| {
        let mut bench = Bench::with_momentum();
        let mut events: Vec<String> = Vec::new();
        let mut commands = Vec::new();
        let closes = (0..300).map(|n: i64| 10_000 + (n * n * 37) % 501);
        for (n, close) in closes.enumerate() {
            let open_time = minute(10 + i64::try_from(n).expect("small"));
            let price = Price(close);
            let bar = Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(9) };
            let at = open_time + TimeDelta::minutes(1);
            let event = match replayed {
                Some(lines) => serde_json::from_str(&lines[n]).expect("an event"),
                None => closed(at, bar),
            };
            events.push(serde_json::to_string(&event).expect("JSON"));
            let out = bench.tell(&event);
            if let [Command::Place { .. }] = &out[..] {
                bench.fill(&out, close);
            }
            commands.push(serde_json::to_string(&out).expect("JSON"));
        }
        (events, commands)
    };
    let (events, commands) = record(None);
    assert!(commands.iter().filter(|line| line.contains("place")).count() > 50);
    assert_eq!(record(Some(&events)), (events, commands));
}
