//! Versions of a strategy on the feed: which one decides, and what is left of the one before.

use exodus_domain::{Clock, Side};
use exodus_store::orders::{Order, OrderFilter};
use exodus_store::signals::{SignalFilter, SignalRecord};
use exodus_store::strategies::StrategyFields;
use exodus_store::{Page, holdings, orders, signals, strategies};

use super::strategies::activate_momentum;
use super::{Process, World};

const ALL: Page = Page { number: 1, size: 200 };

/// What a strategy said and ordered after the first so many, oldest first.
async fn since(world: &World, (told, ordered): (usize, usize)) -> (Vec<SignalRecord>, Vec<Order>) {
    let user_id = world.account.user_id;
    let said = signals::list(&world.store, user_id, &SignalFilter::default(), ALL).await.expect("readable");
    let orders = orders::list(&world.store, user_id, &OrderFilter::default(), ALL).await.expect("readable");
    assert!(said.total <= ALL.size && orders.total <= ALL.size, "the test reads one page");
    (said.items.into_iter().rev().skip(told).collect(), orders.items.into_iter().rev().skip(ordered).collect())
}

/// A version that buys nothing and sells whatever is held.
async fn save_one_that_sells(world: &World, strategy_id: i64) -> i32 {
    let (user_id, now) = (world.account.user_id, world.clock.now());
    let stored = strategies::get(&world.store, user_id, strategy_id).await.expect("readable").expect("kept");
    let mut fields = StrategyFields { name: "sells".to_owned(), ..stored.fields };
    fields.parameters["entry_threshold_percent"] = 50.0.into();
    fields.parameters["exit_threshold_percent"] = 50.0.into();
    strategies::save(&world.store, user_id, strategy_id, &fields, None, now).await.expect("saved").version
}

async fn activate(world: &World, strategy_id: i64, version: i32) {
    let (user_id, now) = (world.account.user_id, world.clock.now());
    strategies::activate(&world.store, user_id, strategy_id, version, now).await.expect("activated");
}

fn running(process: &Process, strategy_id: i64) -> Option<i32> {
    process.session.strategies.get(&strategy_id).map(|running| running.version)
}

async fn held(world: &World) -> i64 {
    let held = holdings::of_account(&world.store, world.account.id).await.expect("readable");
    held.into_iter().map(|record| record.holding.quantity.0).sum()
}

#[tokio::test]
async fn a_save_leaves_the_version_that_trades_and_an_activation_replaces_it_with_what_it_holds() {
    let world = World::new().await;
    let strategy_id = activate_momentum(&world, "1m").await;
    let mut process = world.start().await;
    process.pass(&world.clock, 240).await;
    let (said, ordered) = since(&world, (0, 0)).await;
    assert!(!said.is_empty() && !ordered.is_empty(), "four minutes without a decision");

    // Saved while it trades: the version before goes on, over a restart too.
    assert_eq!(save_one_that_sells(&world, strategy_id).await, 2);
    process.pass(&world.clock, 120).await;
    let mut process = world.start().await;
    process.pass(&world.clock, 120).await;
    assert_eq!(running(&process, strategy_id), Some(1));
    let (said, ordered) = since(&world, (0, 0)).await;
    assert!(said.iter().all(|signal| signal.strategy_version == Some(1)), "{said:?}");
    assert!(ordered.iter().all(|order| order.strategy_version == Some(1)), "{ordered:?}");
    assert!(ordered.iter().any(|order| order.fields.side == Side::Buy));

    // Activated: the new version sells what the one before bought, and its decisions name it.
    let mut bought = 0;
    for _ in 0..600 {
        process.pass(&world.clock, 1).await;
        bought = held(&world).await;
        if bought > 0 {
            break;
        }
    }
    assert!(bought > 0, "ten minutes without a holding");
    let before = since(&world, (0, 0)).await;
    activate(&world, strategy_id, 2).await;
    process.settle().await;
    assert_eq!((running(&process, strategy_id), held(&world).await), (Some(2), bought), "it is held on");
    process.pass(&world.clock, 180).await;
    let (said, ordered) = since(&world, (before.0.len(), before.1.len())).await;
    assert!(!ordered.is_empty() && said.iter().all(|signal| signal.strategy_version == Some(2)), "{said:?}");
    for order in &ordered {
        assert_eq!((order.strategy_version, order.fields.side), (Some(2), Side::Sell), "{order:?}");
    }
    assert_eq!(held(&world).await, 0, "all of it was sold");

    // Back to the first one, and a restart keeps what was activated last.
    activate(&world, strategy_id, 1).await;
    let mut process = world.start().await;
    assert_eq!(running(&process, strategy_id), Some(1));
    let before = since(&world, (0, 0)).await;
    process.pass(&world.clock, 240).await;
    let (said, _) = since(&world, (before.0.len(), before.1.len())).await;
    assert!(!said.is_empty() && said.iter().all(|signal| signal.strategy_version == Some(1)), "{said:?}");
}
