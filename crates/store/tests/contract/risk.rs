//! Limits, lists, trading days and stops: what the risk gate of an account goes by.

use chrono::TimeDelta;
use exodus_domain::{
    AccountLimits, BrokerOrderId, HardCaps, LimitName, OrderAnswer, OrderCosts, OrderEvent, Qty, RowFacts, Side, Won,
    kst_date,
};
use exodus_store::limits::{self, RAISE_WAITS};
use exodus_store::orders::{self, Creation, NewOrder, RowUpdate};
use exodus_store::restricted::{self, ListOwner};
use exodus_store::strategy_stops::{self, StrategyCounts};
use exodus_store::{Store, StoreError, audit, leases, trading_days};
use serde_json::json;

use crate::harness::{ALL, at, limit, on_each_database, symbol, user};
use crate::strategies::strategy;
use crate::trading::signal;

on_each_database!(
    a_limit_is_lowered_at_once_and_raised_after_ten_minutes,
    a_limit_outside_its_bounds_is_refused,
    hard_caps_cut_what_was_set_before,
    a_limit_belongs_to_its_account,
    lists_are_the_operators_and_ones_own,
    a_day_keeps_what_it_began_with,
    a_stop_lasts_until_a_person_enables,
    fills_and_refusals_are_counted_from_the_ledger,
);

const NAME: LimitName = LimitName::MaxOrdersPerDay;

async fn a_limit_is_lowered_at_once_and_raised_after_ten_minutes(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let own = (kim.id, account.id);
    let value = |seconds| {
        let (store, account) = (store.clone(), account.clone());
        async move { limits::in_force(&store, &account, at(seconds)).await.expect("a read").0.get(NAME) }
    };
    assert_eq!(limits::in_force(&store, &account, at(0)).await.expect("a read").0, AccountLimits::on_demo());
    let lowered = limits::set(&store, own, NAME, 10, false, at(1)).await.expect("lowered");
    assert_eq!((lowered.value, lowered.default, lowered.pending), (10, 5_000, None));
    assert_eq!(value(1).await, 10);
    let refused = limits::set(&store, own, NAME, 20, false, at(2)).await;
    assert!(matches!(refused, Err(StoreError::Conflict("limit_raise"))), "{refused:?}");
    let raised = limits::set(&store, own, NAME, 20, true, at(2)).await.expect("asked for");
    let pending = raised.pending.expect("it waits");
    assert_eq!((raised.value, pending.new_value, pending.effective_at), (10, 20, at(2) + RAISE_WAITS));
    assert_eq!([value(601).await, value(602).await], [10, 20]);
    // Another change overtakes one that waits.
    limits::set(&store, own, NAME, 30, true, at(700)).await.expect("asked for");
    limits::set(&store, own, NAME, 15, false, at(701)).await.expect("lowered");
    assert_eq!([value(701).await, value(5_000).await], [15, 15]);
    limits::set(&store, own, NAME, 40, true, at(5_001)).await.expect("asked for");
    limits::withdraw(&store, own, NAME, at(5_002)).await.expect("taken back");
    assert_eq!(value(9_000).await, 15);
    let nothing = limits::withdraw(&store, own, NAME, at(5_003)).await;
    assert!(matches!(nothing, Err(StoreError::NotFound)), "{nothing:?}");
    let history = limits::history(&store, account.id, NAME, ALL).await.expect("a read").items;
    let told: Vec<_> = history.iter().map(|change| (change.new_value, change.withdrawn_at.is_some())).collect();
    assert_eq!(told, [(40, true), (15, false), (30, true), (20, false), (10, false)]);
    assert!(history.iter().all(|change| change.changed_by == kim.id));
    let audited = audit::list(&store, Some(kim.id), ALL).await.expect("a read").items;
    assert_eq!(audited.iter().filter(|row| row.action == "limit.set").count(), 5);
}

async fn a_limit_outside_its_bounds_is_refused(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    for value in [-1, 10_001, i64::MIN, i64::MAX] {
        let refused = limits::set(&store, (kim.id, account.id), NAME, value, true, at(1)).await;
        assert!(matches!(refused, Err(StoreError::Conflict("limit_bounds"))), "{value}: {refused:?}");
    }
}

async fn hard_caps_cut_what_was_set_before(store: Store) {
    let (_, account) = user(&store, "kim").await;
    let caps: HardCaps = "max_orders_per_day=7, max_order_notional=3000000".parse().expect("valid");
    limits::set_caps(&store, &caps, at(1)).await.expect("stored");
    let (in_force, stored) = limits::in_force(&store, &account, at(1)).await.expect("a read");
    assert_eq!((in_force.get(NAME), in_force.get(LimitName::MaxOrderNotional)), (7, 3_000_000));
    assert_eq!(stored, caps);
    let listed = limits::list(&store, &account, at(1)).await.expect("a read");
    let own = listed.iter().find(|one| one.name == NAME).expect("every limit is listed");
    assert_eq!((own.value, own.default, own.hard_cap), (7, 7, 7));
    limits::set_caps(&store, &HardCaps::default(), at(2)).await.expect("stored");
}

async fn a_limit_belongs_to_its_account(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let (lee, other) = user(&store, "lee").await;
    let foreign = limits::set(&store, (lee.id, account.id), NAME, 1, true, at(1)).await;
    assert!(matches!(foreign, Err(StoreError::NotFound)), "{foreign:?}");
    limits::set(&store, (kim.id, account.id), NAME, 1, true, at(1)).await.expect("set");
    let (untouched, _) = limits::in_force(&store, &other, at(2)).await.expect("a read");
    assert_eq!(untouched, AccountLimits::on_demo());
}

async fn lists_are_the_operators_and_ones_own(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let (samsung, hynix) = (symbol("005930"), symbol("000660"));
    let own = ListOwner::User(kim.id);
    restricted::add(&store, own, samsung, "my employer", Some(kim.id), at(1)).await.expect("added");
    restricted::add(&store, own, samsung, "my employer's", Some(kim.id), at(2)).await.expect("changed");
    restricted::add(&store, ListOwner::Operator, hynix, "", None, at(3)).await.expect("added");
    let touching = |user_id| {
        let store = store.clone();
        async move {
            let rows = restricted::touching(&store, user_id).await.expect("a read");
            rows.into_iter().map(|row| (row.owner, row.symbol, row.reason)).collect::<Vec<_>>()
        }
    };
    let operators = (ListOwner::Operator, hynix, String::new());
    assert_eq!(touching(kim.id).await, [operators.clone(), (own, samsung, "my employer's".to_owned())]);
    assert_eq!(touching(lee.id).await, [operators]);
    let missing = restricted::remove(&store, ListOwner::User(lee.id), samsung, Some(lee.id), at(4)).await;
    assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    restricted::remove(&store, own, samsung, Some(kim.id), at(4)).await.expect("removed");
    restricted::remove(&store, ListOwner::Operator, hynix, None, at(5)).await.expect("removed");
    assert_eq!(touching(kim.id).await, []);
}

async fn a_day_keeps_what_it_began_with(store: Store) {
    let (_, account) = user(&store, "kim").await;
    let (id, today) = (account.id, kst_date(at(0)));
    assert_eq!(trading_days::find(&store, id, today).await.expect("a read"), None);
    let opened = trading_days::open(&store, id, today, Won(100), at(1)).await.expect("opened");
    // A restart later in the day does not begin it anew.
    let again = trading_days::open(&store, id, today, Won(50), at(2)).await.expect("found");
    assert_eq!((again.opening_equity, &again), (Won(100), &opened));
    let reached = trading_days::reach_loss(&store, id, today, Won(2), Won(3), at(3)).await.expect("noted");
    let once = trading_days::reach_loss(&store, id, today, Won(2), Won(9), at(4)).await.expect("kept");
    assert_eq!(once, reached);
    assert_eq!(reached.loss_reached.map(|loss| (loss.limit, loss.loss, loss.at)), Some((Won(2), Won(3), at(3))));
    let tomorrow = today + TimeDelta::days(1);
    let next = trading_days::open(&store, id, tomorrow, Won(97), at(90_000)).await.expect("opened");
    assert_eq!((next.opening_equity, next.loss_reached), (Won(97), None));
}

async fn a_stop_lasts_until_a_person_enables(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let made = strategy(&store, kim.id, "a").await;
    let key = (made.id, account.id);
    strategy_stops::stop(&store, key, "fills", (20, 20), at(1)).await.expect("stopped");
    strategy_stops::stop(&store, key, "refusals", (3, 3), at(2)).await.expect("kept");
    let stop = strategy_stops::find(&store, made.id).await.expect("a read").expect("a stop");
    assert_eq!((stop.reason.as_str(), stop.observed, stop.stopped_at, stop.enabled_at), ("fills", 20, at(1), None));
    let foreign = strategy_stops::enable(&store, lee.id, made.id, "mine", at(3)).await;
    assert!(matches!(foreign, Err(StoreError::NotFound)), "{foreign:?}");
    strategy_stops::enable(&store, kim.id, made.id, "I looked", at(3)).await.expect("enabled");
    let twice = strategy_stops::enable(&store, kim.id, made.id, "I looked", at(4)).await;
    assert!(matches!(twice, Err(StoreError::NotFound)), "{twice:?}");
    strategy_stops::stop(&store, key, "refusals", (3, 3), at(5)).await.expect("stopped again");
    let stops = strategy_stops::of_account(&store, account.id).await.expect("a read");
    assert_eq!((stops.len(), stops[0].reason.as_str(), stops[0].enabled_at), (1, "refusals", None));
}

async fn fills_and_refusals_are_counted_from_the_ledger(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let name = format!("account:{}", account.id);
    let lease = leases::acquire(&store, &name, "worker-1", at(0)).await.expect("a read").expect("a free lease");
    let key = (made.id, account.id);
    let counts = |since| {
        let store = store.clone();
        async move { strategy_stops::counts(&store, key, kst_date(at(1)), since).await.expect("a read") }
    };
    let answered = async |n: i64, answer: OrderAnswer| {
        let new = NewOrder {
            user_id: kim.id,
            account_id: account.id,
            strategy_id: Some(made.id),
            signal: Some(signal(kim.id, made.id, &format!("k{n}"))),
            request_id: None,
            fields: limit(Side::Buy, 10, 70_000),
            commission: None,
            inputs: json!({}),
        };
        let order = match orders::create_order(&store, &new, at(n)).await.expect("created") {
            Creation::Created(order) => order,
            other => panic!("not created: {other:?}"),
        };
        orders::claim(&store, order.id, &lease, at(n)).await.expect("claimed");
        orders::record_answer(&store, order.id, &answer, false, None, at(n)).await.expect("answered")
    };
    let refused = || OrderAnswer::Refused { code: "40310000".to_owned(), message: "no".to_owned() };
    let accepted = answered(1, OrderAnswer::Accepted(BrokerOrderId("1".to_owned()))).await;
    for (cum, end) in [(4, None), (10, None)] {
        let facts = RowFacts { order_qty: Qty(10), cum_qty: Qty(cum), cum_amount: Won(cum * 70_000), end };
        let update = RowUpdate {
            event: OrderEvent::RowRead(facts),
            binding: None,
            costs: OrderCosts::default(),
            executed_at: at(2),
        };
        orders::apply_row(&store, accepted.id, &update, at(2)).await.expect("booked");
    }
    assert_eq!(counts(None).await, StrategyCounts { fills: 2, refusals: 0 });
    answered(3, refused()).await;
    answered(4, refused()).await;
    assert_eq!(counts(None).await, StrategyCounts { fills: 2, refusals: 2 });
    assert_eq!(counts(Some(at(3))).await, StrategyCounts { fills: 0, refusals: 1 }, "since it was enabled");
}
