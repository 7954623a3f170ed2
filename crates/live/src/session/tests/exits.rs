//! Exits of strategies on the feed, and over restarts.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::{Bar, Clock, Interval, Side, SignalType, Symbol};
use exodus_store::signals::{self, SignalFilter, SignalRecord};
use exodus_store::strategies::{self, StrategyFields};
use exodus_store::{Page, orders};
use exodus_trading::OwnPosition;
use serde_json::{Value, json};

use super::World;

const SYMBOLS: [&str; 4] = ["00I010", "00I050", "00O020", "00U010"];

/// A strategy that buys after any rise over a minute, never sells by its rule, and has these exits.
async fn activate(world: &World, exits: &Value) {
    let mut parameters = json!({ "interval": "1m", "lookback": 1, "entry_threshold_percent": 0.0,
        "exit_threshold_percent": -90.0, "position_size_percent": 5.0 });
    parameters.as_object_mut().expect("an object").extend(exits.as_object().expect("an object").clone());
    let fields = StrategyFields {
        name: "exits".to_owned(),
        description: String::new(),
        strategy_type: "momentum".to_owned(),
        parameters,
        symbols: SYMBOLS.map(|code| code.parse().expect("a valid code")).to_vec(),
    };
    let (user_id, now) = (world.account.user_id, world.clock.now());
    let strategy = strategies::create(&world.store, user_id, &fields, now).await.expect("stored");
    strategies::activate(&world.store, user_id, strategy.id, 1, now).await.expect("activated");
}

/// Every sell that was decided, oldest first.
async fn sells(world: &World) -> Vec<SignalRecord> {
    let all = Page { number: 1, size: 200 };
    let page = signals::list(&world.store, world.account.user_id, &SignalFilter::default(), all).await;
    let page = page.expect("readable");
    assert_eq!(page.total, page.items.len() as u64, "one page holds them");
    let sells = page.items.into_iter().filter(|row| row.signal.signal_type == SignalType::Sell);
    let mut sells: Vec<_> = sells.collect();
    sells.reverse();
    sells
}

/// When the position was entered that was held before an instant.
async fn entered(world: &World, symbol: Symbol, until: DateTime<Utc>) -> DateTime<Utc> {
    let mut own = OwnPosition::default();
    for trade in world.trades().await.iter().filter(|trade| trade.symbol == symbol && trade.executed_at < until) {
        own.fill(trade.side, trade.quantity, trade.amount, trade.executed_at);
    }
    own.since.expect("a position")
}

/// The bars that closed since the entry, up to the decision.
async fn held_bars(world: &World, sell: &SignalRecord) -> Vec<Bar> {
    let symbol = sell.signal.symbol;
    let since = entered(world, symbol, sell.created_at).await;
    let closed = sell.created_at - TimeDelta::minutes(1) + TimeDelta::nanoseconds(1);
    let bars = world.market.bars(symbol, Interval::Minute1, since - TimeDelta::minutes(1), closed);
    bars.into_iter().filter(|bar| bar.open_time + TimeDelta::minutes(1) > since).collect()
}

/// A process lives for a minute and a half, and a position for longer.
#[tokio::test]
async fn mark_and_age_of_a_position_outlive_the_process() {
    let world = World::new().await;
    activate(&world, &json!({ "trailing_stop_percent": 0.15, "max_holding_bars": 5 })).await;
    for _ in 0..25 {
        let mut process = world.start().await;
        for _ in 0..9 {
            world.clock.advance(TimeDelta::seconds(10));
            process.settle().await;
        }
    }
    let mut told = BTreeSet::new();
    for sell in sells(&world).await {
        let (bars, values) = (held_bars(&world, &sell).await, &sell.signal.reason.values);
        let code = sell.signal.reason.code.as_str();
        match code {
            "trailing_stop" => {
                let highest = bars.iter().map(|bar| bar.close).max().expect("a bar");
                assert_eq!(values["from"], highest.0 as f64, "{sell:?}");
            }
            "time_stop" => assert_eq!(values["bars"], bars.len() as f64, "{sell:?}"),
            other => panic!("no exit: {other}"),
        }
        // Older than a process.
        if bars.len() > 1 {
            told.insert(code.to_owned());
        }
    }
    assert_eq!(Vec::from_iter(told), ["time_stop", "trailing_stop"]);
}

#[tokio::test]
async fn a_price_that_reaches_an_exit_is_sold_before_the_bar_closes() {
    let world = World::new().await;
    let exits = json!({ "stop_loss_percent": 0.1, "take_profit_percent": 0.1, "exit_check": "intraday" });
    activate(&world, &exits).await;
    let mut process = world.start().await;
    process.pass(&world.clock, 600).await;
    let sells = sells(&world).await;
    let within = sells.iter().filter(|sell| sell.created_at.timestamp() % 60 != 0);
    assert!(within.count() > 0, "{} sells, none of them within a minute", sells.len());
    for sell in &sells {
        assert!(["stop_loss", "take_profit"].contains(&sell.signal.reason.code.as_str()));
    }
    let trade_date = exodus_domain::kst_date(world.clock.now());
    let all = orders::of_day(&world.store, world.account.id, trade_date).await.expect("readable");
    let sold = all.iter().filter(|order| order.fields.side == Side::Sell);
    assert_eq!(sold.count(), sells.len(), "each decision is one order");
}
