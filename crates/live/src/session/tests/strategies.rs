//! Strategies on the feed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use exodus_domain::{Clock, IssueState, IssueStates, RiskCode, Side, Won};
use exodus_store::orders::OrderFilter;
use exodus_store::signals::SignalFilter;
use exodus_store::strategies::StrategyFields;
use exodus_store::{Page, accounts, holdings, orders, signals, strategies};
use serde_json::{Value, json};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Level, Metadata, Subscriber};

use super::World;

const ALL: Page = Page { number: 1, size: 200 };

const SYMBOLS: [&str; 4] = ["00I010", "00I050", "00O020", "00U010"];

pub(super) async fn activate_momentum(world: &World, interval: &str) -> i64 {
    let parameters = json!({
        "interval": interval, "lookback": 1, "entry_threshold_percent": 0.0, "exit_threshold_percent": 0.0,
        "position_size_percent": 5.0,
    });
    activate(world, "momentum", parameters).await
}

async fn activate(world: &World, strategy_type: &str, parameters: Value) -> i64 {
    let fields = StrategyFields {
        name: "fast".to_owned(),
        description: String::new(),
        strategy_type: strategy_type.to_owned(),
        parameters,
        symbols: SYMBOLS.map(|code| code.parse().expect("a valid code")).to_vec(),
    };
    let (user_id, now) = (world.account.user_id, world.clock.now());
    let strategy = strategies::create(&world.store, user_id, &fields, now).await.expect("stored");
    strategies::activate(&world.store, user_id, strategy.id, 1, now).await.expect("activated");
    strategy.id
}

/// Counts the warnings of this thread.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicU64>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::WARN && metadata.target().ends_with("session::strategies")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Divides by zero on every bar.
const DIVISION: &str = "version: \"1.0\"
metadata: {name: 나눗셈}
strategy:
  id: division
  entry: {conditions: [{indicator: close, operator: gt, compare_to: open, compare_operation: div, compare_scalar: 0}]}
  exit: {conditions: [{indicator: close, operator: less_than, compare_to: 1}]}
";

#[tokio::test]
async fn what_is_undefined_orders_nothing_and_is_told_once_a_close() {
    let warnings = Warnings::default();
    let _counting = set_default(warnings.clone());
    let world = World::new().await;
    let id = activate(&world, "rules", json!({ "interval": "1m", "document": DIVISION })).await;
    let mut process = world.start().await;
    process.pass(&world.clock, 5 * 60).await;
    // Five minutes of four issues at least.
    let told = warnings.0.load(Ordering::Relaxed);
    assert!(told >= 5, "{told}");
    assert_eq!(process.session.engine.undefined_bars(id), 4 * told);
    assert!(orders::open(&world.store, world.account.id).await.expect("readable").is_empty());
    assert!(world.trades().await.is_empty());
}

#[tokio::test]
async fn a_strategy_goes_from_the_feed_to_a_holding() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world, "1m").await;
    let mut process = world.start().await;
    process.pass(&world.clock, 600).await;
    let filter = SignalFilter { strategy_id: Some(strategy_id), ..SignalFilter::default() };
    let found = signals::list(&world.store, world.account.user_id, &filter, ALL).await.expect("readable");
    assert!(found.total > 0, "ten minutes without a signal");
    let trades = world.trades().await;
    assert!(!trades.is_empty(), "no trade");
    for trade in &trades {
        let order = world.order(trade.order_id).await;
        assert_eq!(order.strategy_id, Some(strategy_id));
        assert!(order.signal_id.is_some());
    }
    // The books of the engine and of the store are the same, to the won.
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
    let mut held = holdings::of_account(&world.store, world.account.id).await.expect("readable");
    held.sort_by_key(|record| record.holding.symbol);
    let mut engine: Vec<_> =
        process.session.engine.portfolio().holdings().filter(|h| h.quantity.is_positive()).copied().collect();
    engine.sort_by_key(|holding| holding.symbol);
    assert_eq!(held.into_iter().map(|record| record.holding).collect::<Vec<_>>(), engine);
}

#[tokio::test]
async fn a_restart_gives_each_bar_one_signal_and_keeps_the_books() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world, "1m").await;
    for _ in 0..6 {
        let mut process = world.start().await;
        process.pass(&world.clock, 75).await;
    }
    let process = world.start().await;
    let filter = SignalFilter { strategy_id: Some(strategy_id), ..SignalFilter::default() };
    let found = signals::list(&world.store, world.account.user_id, &filter, ALL).await.expect("readable");
    assert!(found.total > 0);
    let trades = world.trades().await;
    let account = accounts::find(&world.store, world.account.id).await.expect("readable").expect("kept");
    let flow: Won = trades
        .iter()
        .map(|trade| match trade.side {
            Side::Buy => -(trade.amount + trade.commission + trade.tax),
            Side::Sell => trade.amount - trade.commission - trade.tax,
        })
        .sum();
    assert_eq!(account.cash, Won(100_000_000) + flow);
    assert_eq!(process.session.engine.portfolio().cash(), account.cash);
}

#[tokio::test]
async fn a_deactivated_strategy_stops_and_a_session_without_work_is_idle() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world, "1m").await;
    let mut process = world.start().await;
    process.settle().await;
    assert_eq!(process.session.strategies.len(), 1);
    let (user_id, now) = (world.account.user_id, world.clock.now());
    strategies::deactivate(&world.store, user_id, strategy_id, now).await.expect("stored");
    process.settle().await;
    assert!(process.session.strategies.is_empty());
    process.pass(&world.clock, 10).await;
    let is_open = !orders::open(&world.store, world.account.id).await.expect("readable").is_empty();
    assert_eq!(process.session.idle_since.is_none(), is_open);
}

#[tokio::test]
async fn a_strategy_does_not_trade_what_is_halted_while_it_runs() {
    let world = World::new().await;
    activate_momentum(&world, "1m").await;
    let mut process = world.start().await;
    for symbol in SYMBOLS {
        world.import_states(symbol.parse().expect("a valid code"), IssueStates::from_iter([IssueState::Halted])).await;
    }
    process.pass(&world.clock, 600).await;
    let found = orders::list(&world.store, world.account.user_id, &OrderFilter::default(), ALL).await;
    let denials: Vec<_> = found.expect("readable").items.into_iter().map(|order| order.denial).collect();
    assert!(!denials.is_empty(), "ten minutes without a decision");
    assert!(
        denials.iter().all(|denial| denial.as_ref().is_some_and(|d| d.code == RiskCode::Restricted)),
        "{denials:?}"
    );
}
