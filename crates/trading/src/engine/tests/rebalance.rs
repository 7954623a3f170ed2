//! Rebalances, and sizes that rest on what was measured.

use super::*;

/// Two issues and a strategy that holds the one that rose more in two minutes, with all there is.
struct Pair {
    engine: Engine,
    now: i64,
}

fn codes() -> [Symbol; 2] {
    ["000010", "000020"].map(|code| code.parse().expect("a valid code"))
}

impl Pair {
    fn new(parameters: &serde_json::Value, has_ordered: bool) -> Self {
        // The limits of an account are not what this is about.
        let setup = EngineSetup { cash: CASH, limits: RiskLimits::wide(), kill: KillState::Active };
        let mut engine = Engine::new(setup);
        for code in codes() {
            engine.add_issue(TradedIssue { symbol: code, ..issue() });
        }
        let mut all = json!({ "interval": "1m", "method": "cross_sectional", "lookback": 2, "skip": 0, "hold_count": 1,
            "rebalance": "day", "minimum_return_percent": -100, "sizing": "equal_weight" });
        all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
        let strategy = validate("momentum", &all).expect("valid");
        let symbols = codes().map(StrategySymbol::new).to_vec();
        let setup = StrategySetup { id: STRATEGY, strategy, kill: KillState::Active, symbols, has_ordered };
        engine.add_strategy(setup).expect("the issues are known");
        Self { engine, now: 0 }
    }

    fn tell(&mut self, event: &EngineEvent) -> Vec<Command> {
        let mut out = Vec::new();
        self.engine.step(event, &mut out).expect("the event fits");
        out
    }

    /// Both close, as one event.
    fn close(&mut self, prices: [i64; 2]) -> Vec<Command> {
        let open_time = minute(self.now);
        self.now += 1;
        let bar = |price| {
            let price = Price(price);
            Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(9) }
        };
        let bars = codes().into_iter().zip(prices.map(bar)).collect();
        let at = minute(self.now);
        self.tell(&EngineEvent::BarsClosed { at, interval: Interval::Minute1, open_time, bars })
    }

    fn fill(&mut self, client_ref: ClientRef, order: &OrderFields, price: i64) -> Vec<Command> {
        let (cum_quantity, cum_amount, at) = (order.quantity, Price(price) * order.quantity, minute(self.now));
        let (state, costs) = (OrderState::Filled, OrderCosts::default());
        self.tell(&EngineEvent::OrderUpdate { client_ref, state, cum_quantity, cum_amount, costs, at })
    }

    fn next_day(&mut self) {
        self.now += 24 * 60;
    }
}

fn reason(commands: &[Command]) -> &str {
    match commands {
        [Command::Place { cause: Cause::Strategy { signal, .. }, .. }] => &signal.reason.code,
        [Command::Signal { signal, .. }] => &signal.reason.code,
        other => panic!("one decision was expected, not {other:?}"),
    }
}

#[test]
fn buys_wait_for_the_proceeds_of_the_sells() {
    let mut pair = Pair::new(&json!({}), false);
    for _ in 0..2 {
        assert_eq!(pair.close([10_000, 10_000]), [], "nothing can be ranked yet");
    }
    let buy = pair.close([10_100, 10_000]);
    assert_eq!(reason(&buy), "rank_entered", "one that is new does not wait for its calendar");
    let (client_ref, order) = placed(&buy);
    assert_eq!((order.symbol, order.side), (codes()[0], Side::Buy));
    assert_eq!(pair.fill(client_ref, &order, 10_100), []);
    assert_eq!(pair.close([10_100, 10_500]), [], "the day goes on");
    pair.next_day();
    let sell = pair.close([10_100, 10_600]);
    let (client_ref, order) = placed(&sell);
    assert_eq!((reason(&sell), order.symbol, order.side), ("rank_left", codes()[0], Side::Sell));
    assert_eq!(pair.close([10_100, 10_600]), [], "while the sale is on its way");
    let buy = pair.fill(client_ref, &order, 10_100);
    let (_, order) = placed(&buy);
    assert_eq!((reason(&buy), order.symbol, order.side), ("rank_entered", codes()[1], Side::Buy));
    assert!(order.quantity.0 > 9_000, "{:?}", order.quantity);
}

#[test]
fn one_that_ordered_before_waits_for_its_calendar() {
    let mut pair = Pair::new(&json!({}), true);
    pair.close([10_000, 10_000]);
    pair.close([10_000, 10_000]);
    assert_eq!(pair.close([10_100, 10_000]), []);
    pair.next_day();
    assert_eq!(reason(&pair.close([10_200, 10_000])), "rank_entered");
}

#[test]
fn an_exit_of_a_ranked_issue_is_not_bought_back_at_the_same_close() {
    let mut pair = Pair::new(&json!({ "stop_loss_percent": 5, "sizing": "percent_of_equity" }), false);
    pair.close([10_000, 10_000]);
    pair.close([10_000, 10_000]);
    let (client_ref, order) = placed(&pair.close([10_100, 10_000]));
    pair.fill(client_ref, &order, 10_100);
    pair.next_day();
    // The best of two that fall.
    let commands = pair.close([9_000, 8_000]);
    assert_eq!(reason(&commands), "stop_loss");
}

#[test]
fn a_size_that_is_not_known_yet_is_a_hold() {
    let mut pair = Pair::new(&json!({ "sizing": "atr_risk", "atr_period": 6 }), false);
    pair.close([10_000, 10_000]);
    pair.close([10_000, 10_000]);
    assert_eq!(reason(&pair.close([10_100, 10_000])), "position_size_unknown");
    assert_eq!(pair.close([10_200, 10_000]), [], "told once");
    assert_eq!(pair.close([10_300, 10_000]), []);
    let commands = pair.close([10_400, 10_000]);
    // Four true ranges of 100 in six bars: a million is lost by a fall of twice 66.67.
    assert_eq!((reason(&commands), placed(&commands).1.quantity), ("rank_entered", Qty(7_499)));
}

#[test]
fn the_cash_buffer_is_left_alone() {
    let mut pair = Pair::new(&json!({ "cash_buffer_percent": 40 }), false);
    pair.close([10_000, 10_000]);
    pair.close([10_000, 10_000]);
    let (_, order) = placed(&pair.close([10_100, 10_000]));
    assert_eq!(order.quantity.0, 60_000_000 / 10_100);
}
