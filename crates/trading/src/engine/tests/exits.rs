//! Exits whatever the rule says, measured from the fills of the strategy itself.

use super::*;
use crate::exits::AfterEntry;
use exodus_domain::{ActionKind, CorporateAction, PriceFactor, Signal};
use serde_json::Value;

/// A strategy that buys after any rise over one minute, never sells by its rule, and has these exits.
fn with_exits(exits: &Value) -> Bench {
    let mut bench = Bench::new();
    bench.add(STRATEGY, exits, OwnPosition::default());
    bench.close(10_000);
    bench
}

impl Bench {
    fn add(&mut self, id: i64, exits: &Value, position: OwnPosition) {
        let mut parameters = json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0, "exit_threshold_percent": -90, "position_size_percent": 10 });
        let exits = exits.as_object().expect("an object").clone();
        parameters.as_object_mut().expect("an object").extend(exits);
        let strategy = validate("momentum", &parameters).expect("valid");
        let symbols = vec![StrategySymbol { position, ..StrategySymbol::new(symbol()) }];
        let setup = StrategySetup { id, strategy, kill: KillState::Active, symbols, has_ordered: false };
        self.engine.add_strategy(setup).expect("the issue is known");
    }

    /// Buys at the next close, and has the order filled at `price`.
    fn enter(&mut self, price: i64) {
        let buy = self.close(10_001);
        self.fill(&buy, price);
    }

    fn bar_of(&self, price: i64) -> Bar {
        let price = Price(price);
        let open_time = minute(self.now);
        Bar { open_time, open: price, high: price, low: price, close: price, volume: Qty(1_000) }
    }
}

/// The one order that was placed, a sell, by the code of its reason.
fn sold(commands: &[Command]) -> (String, f64, Signal) {
    match commands {
        [Command::Place { cause: Cause::Strategy { signal, .. }, order, .. }] => {
            assert_eq!(order.get().side, Side::Sell);
            (signal.reason.code.clone(), signal.confidence, signal.clone())
        }
        other => panic!("one order of a strategy was expected, not {other:?}"),
    }
}

#[test]
fn a_stop_is_measured_from_the_fills_of_the_strategy_and_not_from_the_account() {
    let mut bench = with_exits(&json!({ "stop_loss_percent": 5 }));
    bench.enter(10_100);
    // A person pays twice as much for as many shares.
    let manual = bench.order(Side::Buy, 500, None);
    bench.fill(&manual, 20_000);
    assert_eq!(bench.close(9_596), [], "4.99 % below 10,100");
    let (code, confidence, signal) = sold(&bench.close(9_595));
    assert_eq!((code.as_str(), confidence), ("stop_loss", 1.0));
    assert_eq!((signal.reason.values["from"], signal.reason.values["limit"]), (10_100.0, -0.05));
    assert_eq!(signal.quantity, Qty(999), "what the person bought stays");
}

#[test]
fn each_exit_has_its_code_and_the_rule_comes_first() {
    let rows: [(Value, &[i64], &str); 5] = [
        (json!({ "take_profit_percent": 10 }), &[11_109, 11_110], "take_profit"),
        (json!({ "trailing_stop_percent": 10 }), &[12_000, 10_801, 10_800], "trailing_stop"),
        (json!({ "max_holding_bars": 3 }), &[10_100, 10_100, 10_100], "time_stop"),
        (json!({ "stop_loss_percent": 5, "trailing_stop_percent": 5, "max_holding_bars": 1 }), &[9_000], "stop_loss"),
        (json!({ "stop_loss_percent": 5, "exit_threshold_percent": -1 }), &[9_000], "momentum_below_exit"),
    ];
    for (exits, closes, code) in rows {
        let mut bench = with_exits(&exits);
        bench.enter(10_100);
        let (last, before) = closes.split_last().expect("a close");
        for close in before {
            assert_eq!(bench.close(*close), [], "{code} at {close}");
        }
        assert_eq!(sold(&bench.close(*last)).0, code);
    }
}

#[test]
fn the_next_position_has_a_new_mark_and_a_new_age() {
    let mut bench = with_exits(&json!({ "trailing_stop_percent": 10, "max_holding_bars": 3 }));
    bench.enter(10_001);
    assert_eq!(bench.close(20_000), []);
    let sell = bench.close(15_000);
    assert_eq!(sold(&sell).0, "trailing_stop");
    bench.fill(&sell, 15_000);
    let buy = bench.close(15_001);
    bench.fill(&buy, 15_001);
    assert_eq!(bench.close(14_900), []);
    assert_eq!(bench.close(14_900), []);
    assert_eq!(sold(&bench.close(14_900)).0, "time_stop");
}

/// What a session does after a crash: the own position from the stored fills, mark and age from the bars since.
#[test]
fn a_restart_keeps_the_mark_and_the_age() {
    for (exits, code) in
        [(json!({ "trailing_stop_percent": 10 }), "trailing_stop"), (json!({ "max_holding_bars": 4 }), "time_stop")]
    {
        let mut before = with_exits(&exits);
        let buy = before.close(10_001);
        let entered = minute(before.now);
        before.fill(&buy, 10_001);
        let bars: Vec<Bar> = [10_500, 12_000, 11_000]
            .map(|close| {
                let bar = before.bar_of(close);
                assert_eq!(before.close(close), []);
                bar
            })
            .to_vec();

        let setup = EngineSetup { cash: CASH, limits: RiskLimits::default(), kill: KillState::Active };
        let mut after = Bench { engine: Engine::new(setup), now: before.now };
        after.engine.add_issue(issue());
        after.engine.restore_holding(before.engine.portfolio().holding(symbol())).expect("known");
        let mut position = OwnPosition::default();
        position.fill(Side::Buy, Qty(999), Won(999 * 10_001), entered);
        after.add(STRATEGY, &exits, position);
        // The bar before the entry is shown too, and does not count.
        let older = Bar { open_time: entered - TimeDelta::minutes(1), close: Price(90_000), ..bars[0] };
        after.engine.warm_up(STRATEGY, symbol(), &[&[older], &bars[..]].concat()).expect("known");
        for bench in [&mut before, &mut after] {
            let (found, _, signal) = sold(&bench.close(10_800));
            assert_eq!((found.as_str(), signal.quantity), (code, Qty(999)));
        }
    }
}

#[test]
fn a_split_moves_what_was_paid_and_the_mark() {
    let mut bench = with_exits(&json!({ "stop_loss_percent": 20, "trailing_stop_percent": 10 }));
    bench.enter(10_000);
    bench.close(12_000);
    let factor = PriceFactor::new(1, 5).expect("a factor");
    let ex_date = kst_date(minute(bench.now));
    let split = CorporateAction { symbol: symbol(), ex_date, kind: ActionKind::Split, factor };
    bench.engine.restate(&split, Price(12_000), Price(2_400), minute(bench.now)).expect("known");
    assert_eq!(bench.held(), 999 * 5);
    assert_eq!(bench.close(2_161), [], "a tenth below 2,400 is 2,160");
    let (code, _, signal) = sold(&bench.close(2_160));
    assert_eq!((code.as_str(), signal.quantity, signal.reason.values["from"]), ("trailing_stop", Qty(4_995), 2_400.0));
}

#[test]
fn a_price_of_the_running_market_is_looked_at_only_where_that_is_wanted() {
    for (check, is_sold) in [("close", false), ("intraday", true)] {
        let mut bench = with_exits(&json!({ "stop_loss_percent": 5, "exit_check": check }));
        bench.enter(10_000);
        assert_eq!(bench.price(9_501), []);
        let commands = bench.price(9_500);
        assert_eq!(!commands.is_empty(), is_sold);
        if is_sold {
            let (code, _, signal) = sold(&commands);
            assert_eq!((code.as_str(), signal.price), ("stop_loss", Price(9_500)));
            assert_eq!(bench.price(9_400), [], "the order is on its way");
        } else {
            assert_eq!(sold(&bench.close(9_500)).0, "stop_loss");
        }
    }
}

#[test]
fn a_denied_exit_is_told_once_and_tried_again() {
    let mut bench = with_exits(&json!({ "stop_loss_percent": 5, "exit_check": "intraday" }));
    bench.enter(10_000);
    bench.kill(None, KillState::Halted);
    assert_eq!(denied(&bench.price(9_500)), RiskCode::Halted);
    assert_eq!(bench.price(9_499), []);
    bench.kill(None, KillState::Active);
    assert_eq!(sold(&bench.price(9_498)).0, "stop_loss");
}

#[test]
fn a_bar_is_looked_into_for_the_price_at_which_it_met_an_exit() {
    let exits = json!({ "stop_loss_percent": 5, "take_profit_percent": 10, "exit_check": "intraday" });
    let rows = [
        ([10_000, 10_500, 9_600], AfterEntry::Whole, None, "neither"),
        ([10_000, 10_500, 9_500], AfterEntry::Whole, Some(("stop_loss", 9_500)), "at the level"),
        ([9_200, 9_300, 9_100], AfterEntry::Whole, Some(("stop_loss", 9_200)), "opened below it"),
        ([11_500, 11_600, 11_400], AfterEntry::Whole, Some(("take_profit", 11_500)), "opened above it"),
        ([10_000, 11_500, 9_000], AfterEntry::Whole, Some(("stop_loss", 9_500)), "both, so the stop"),
        ([10_000, 11_500, 9_900], AfterEntry::Low, None, "the high came before the entry"),
    ];
    for ([open, high, low], after_entry, expected, story) in rows {
        let mut bench = with_exits(&exits);
        bench.enter(10_000);
        let [open, high, low] = [open, high, low].map(Price);
        let bar = Bar { open, high, low, ..bench.bar_of(10_000) };
        let (index, at, mut out) = (PositionIndex(0), minute(bench.now), Vec::new());
        bench.engine.exit_within_bar(index, &bar, at, |_| after_entry, &mut out);
        let found = (!out.is_empty()).then(|| sold(&out)).map(|(code, _, signal)| (code, signal.price.0));
        assert_eq!(found.as_ref().map(|(code, price)| (code.as_str(), *price)), expected, "{story}");
    }
}
