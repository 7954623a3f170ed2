//! What the risk gate goes by outlives every restart, and what a person changes meets the next decision.

use exodus_domain::{Clock, Denial, KillScope, KillState, LimitName, OrderState, RiskCode, Side, Won, kst_date};
use exodus_store::restricted::{self, ListOwner};
use exodus_store::{limits, trading_days};

use super::{Process, World, market_order, symbol};
use crate::kill_file;

impl World {
    async fn set_limit(&self, name: LimitName, value: i64) {
        let own = (self.account.user_id, self.account.id);
        limits::set(&self.store, own, name, value, false, self.clock.now()).await.expect("lowered");
    }

    /// What the gate says of an order of one share at the market; `None` if it lets it pass.
    async fn denial(&self, process: &mut Process, side: Side) -> Option<Denial> {
        let request = self.ask_order(market_order(side, 1)).await;
        process.settle().await;
        self.order_of(&request).await.denial
    }
}

fn code(denial: Option<Denial>) -> Option<RiskCode> {
    denial.map(|denial| denial.code)
}

#[tokio::test]
async fn what_a_person_changes_meets_the_next_decision() {
    let world = World::new().await;
    let mut process = world.start().await;
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), None);
    process.pass(&world.clock, 2).await;
    world.set_limit(LimitName::MaxOrderNotional, 1_000).await;
    let denial = world.denial(&mut process, Side::Buy).await.expect("denied");
    assert_eq!((denial.code, denial.limit), (RiskCode::MaxOrderNotional, Some(1_000)));
    assert_eq!(code(world.denial(&mut process, Side::Sell).await), None, "what is held may be sold");
    process.pass(&world.clock, 2).await;
    let (own, now) = (ListOwner::User(world.account.user_id), world.clock.now());
    restricted::add(&world.store, own, symbol(), "my employer", None, now).await.expect("listed");
    let denial = world.denial(&mut process, Side::Buy).await.expect("denied");
    assert_eq!((denial.code, &denial.others[..]), (RiskCode::Restricted, &[RiskCode::MaxOrderNotional][..]));
    assert!(denial.detail.contains("my employer"), "{denial}");
}

#[tokio::test]
async fn orders_are_counted_across_restarts() {
    let world = World::new().await;
    let mut process = world.start().await;
    for _ in 0..3 {
        assert_eq!(code(world.denial(&mut process, Side::Buy).await), None);
        process.pass(&world.clock, 1).await;
    }
    // What a market order was worth is known by its fills alone afterwards.
    let counted = |process: &Process| {
        let past = process.session.engine.live().expect("a live engine").past();
        past.map(|order| (order.at, order.symbol, order.side, order.strategy_id)).collect::<Vec<_>>()
    };
    let before = counted(&process);
    drop(process);
    world.set_limit(LimitName::MaxOrdersPerDay, 3).await;
    let mut process = world.start().await;
    assert_eq!(counted(&process), before, "counted from the ledger as they were counted one by one");
    process.pass(&world.clock, 2).await;
    let denial = world.denial(&mut process, Side::Buy).await.expect("denied");
    assert_eq!((denial.code, denial.limit, denial.observed), (RiskCode::OrderRate, Some(3), Some(3)));
    assert!(denial.retry_after_ms.is_some_and(|wait| wait > 60_000), "tomorrow");
}

#[tokio::test]
async fn the_base_of_the_daily_loss_outlives_a_restart() {
    let world = World::new().await;
    let mut process = world.start().await;
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), None);
    process.pass(&world.clock, 2).await;
    let today = kst_date(world.clock.now());
    let day = trading_days::find(&world.store, world.account.id, today).await.expect("readable").expect("begun");
    assert_eq!(day.opening_equity, Won(100_000_000), "before the first order");
    // A limit of nothing is reached by the commission.
    world.set_limit(LimitName::MaxDailyLoss, 0).await;
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), Some(RiskCode::DailyLoss));
    process.pass(&world.clock, 2).await;
    let day = trading_days::find(&world.store, world.account.id, today).await.expect("readable").expect("begun");
    assert!(day.loss_reached.is_some_and(|reached| reached.loss > Won::ZERO), "{day:?}");
    drop(process);
    let mut process = world.start().await;
    process.pass(&world.clock, 2).await;
    let again = trading_days::find(&world.store, world.account.id, today).await.expect("readable").expect("begun");
    assert_eq!(again, day);
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), Some(RiskCode::DailyLoss));
    assert_eq!(code(world.denial(&mut process, Side::Sell).await), None, "selling goes on");
}

#[tokio::test]
async fn the_kill_file_halts_and_cancels_until_it_is_gone() {
    let world = World::new().await;
    let mut process = world.start().await;
    let request = world.ask_order(world.resting_buy()).await;
    process.settle().await;
    let order = world.order_of(&request).await;
    assert_eq!(order.state, OrderState::Acked);
    let file = process.session.deps.files.kill_file.clone();
    kill_file::write(&file, "smoke in the server room", world.clock.now()).expect("written");
    process.pass(&world.clock, 6).await;
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelled);
    let denial = world.denial(&mut process, Side::Buy).await.expect("denied");
    let halt = denial.halt.expect("what halts it");
    assert_eq!((denial.code, halt.scope, halt.state), (RiskCode::Halted, KillScope::Global, KillState::Halted));
    assert!(halt.reason.contains("smoke in the server room"), "{}", halt.reason);
    drop(process);
    let mut process = world.start().await;
    process.pass(&world.clock, 2).await;
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), Some(RiskCode::Halted));
    kill_file::remove(&file).expect("removed");
    process.pass(&world.clock, 6).await;
    assert_eq!(code(world.denial(&mut process, Side::Buy).await), None);
}

#[tokio::test]
async fn who_halted_and_why_is_told() {
    let world = World::new().await;
    let mut process = world.start().await;
    world.set_kill(KillState::ReduceOnly).await;
    process.pass(&world.clock, 6).await;
    let denial = world.denial(&mut process, Side::Buy).await.expect("denied");
    let halt = denial.halt.expect("what halts it");
    assert_eq!((denial.code, halt.scope), (RiskCode::ReduceOnly, KillScope::Account));
    assert_eq!((halt.state, halt.reason.as_str()), (KillState::ReduceOnly, "test"));
}
