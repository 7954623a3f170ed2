//! The path of an order.

use exodus_domain::{
    BrokerOrderId, CommissionSchedule, Denial, KillScope, KillState, Notice, OrderAnswer, OrderCosts, OrderEvent,
    OrderFields, OrderState, Qty, RiskCode, RowEnd, RowFacts, Side, Won,
};
use exodus_store::leases::{self, Lease};
use exodus_store::orders::{
    self, Binding, BoundBy, CancelCause, CancelClaim, CancelCreation, CancelLimits, ClaimOutcome, Creation, NewOrder,
    Order, RowUpdate, WithdrawReason,
};
use exodus_store::requests::{self, NewRequest, OrderRequest, RequestAction, RequestAnswer, Submitted};
use exodus_store::signals::{self, SignalFilter};
use exodus_store::users::User;
use exodus_store::{MemoryBus, Store, StoreError, accounts, holdings, kill_switches, outbox, trades};
use futures::StreamExt;
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::harness::{ALL, TestDb, at, limit, on_each_database, on_each_database_with_raw_sql, user};
use crate::strategies::strategy;
use crate::trading::signal;

on_each_database!(
    the_same_request_a_hundred_times_gives_one_order,
    the_same_key_with_another_body_is_a_mismatch,
    a_denied_order_answers_its_request,
    one_order_in_doubt_per_account_symbol_and_side,
    a_signal_is_written_with_its_order_or_not_at_all,
    an_order_goes_from_created_to_filled,
    a_row_read_a_hundred_times_is_booked_once,
    a_stale_row_takes_nothing_back,
    a_late_fill_is_booked_after_the_cancel,
    selling_more_than_held_changes_nothing,
    a_kill_switch_stops_the_claim,
    an_old_decision_is_not_sent,
    a_lost_lease_claims_nothing,
    an_unknown_answer_is_never_sent_again,
    what_was_proven_unsent_may_be_claimed_again_after_a_new_decision,
    cancels_wait_for_a_list_and_for_the_cap_of_the_account,
    a_number_is_bound_once,
    notices_follow_the_changes,
    a_user_sees_only_the_own_orders,
);
on_each_database_with_raw_sql!(the_database_refuses_unlisted_transitions);

/// A user with an account and the lease on it.
struct Desk {
    store: Store,
    user: User,
    account_id: i64,
    lease: Lease,
}

impl Desk {
    async fn open(store: &Store) -> Self {
        let (user, account) = user(store, "kim").await;
        let name = format!("account:{}", account.id);
        let lease = leases::acquire(store, &name, "worker-1", at(0)).await.expect("a read").expect("a free lease");
        Self { store: store.clone(), user, account_id: account.id, lease }
    }

    fn order(&self, fields: OrderFields) -> NewOrder {
        NewOrder {
            user_id: self.user.id,
            account_id: self.account_id,
            strategy_id: None,
            signal: None,
            request_id: None,
            fields,
            commission: Some(CommissionSchedule::bankis()),
            inputs: json!({ "cash": 100_000_000 }),
        }
    }

    async fn create(&self, fields: OrderFields) -> Order {
        match orders::create_order(&self.store, &self.order(fields), at(1)).await.expect("created") {
            Creation::Created(order) => order,
            other => panic!("not created: {other:?}"),
        }
    }

    /// An order that the broker accepted under a number.
    async fn acked(&self, fields: OrderFields, number: &str) -> Order {
        let order = self.create(fields).await;
        let claimed = orders::claim(&self.store, order.id, &self.lease, at(2)).await.expect("claimed");
        assert!(matches!(claimed, ClaimOutcome::Claimed { .. }), "{claimed:?}");
        let answer = OrderAnswer::Accepted(BrokerOrderId(number.to_owned()));
        orders::record_answer(&self.store, order.id, &answer, false, None, at(3)).await.expect("acked")
    }

    async fn request(&self, key: &str, body: &str) -> Submitted {
        let new = NewRequest {
            user_id: self.user.id,
            account_id: self.account_id,
            action: RequestAction::Place { fields: limit(Side::Buy, 10, 70_000), confirmed: None },
            idempotency_key: Some(key.to_owned()),
            body_hash: body.to_owned(),
        };
        requests::submit(&self.store, &new, at(1)).await.expect("submitted")
    }

    async fn cash(&self) -> Won {
        accounts::find(&self.store, self.account_id).await.expect("a read").expect("the account").cash
    }
}

fn row(cum: i64, amount: i64, end: Option<RowEnd>) -> RowUpdate {
    let facts = RowFacts { order_qty: Qty(10), cum_qty: Qty(cum), cum_amount: Won(amount), end };
    let costs = OrderCosts { commission: Won(amount / 10_000), tax: Won(0) };
    RowUpdate { event: OrderEvent::RowRead(facts), binding: None, costs, executed_at: at(5) }
}

fn submitted(outcome: &Submitted) -> &OrderRequest {
    match outcome {
        Submitted::New(request) | Submitted::Repeat(request) => request,
        Submitted::Mismatch => panic!("a mismatch"),
    }
}

async fn the_same_request_a_hundred_times_gives_one_order(store: Store) {
    let desk = Desk::open(&store).await;
    let tries = join_all((0..100).map(|_| desk.request("key", "body"))).await;
    assert_eq!(tries.iter().filter(|t| matches!(t, Submitted::New(_))).count(), 1);
    let request_id = submitted(&tries[0]).id;
    assert!(tries.iter().all(|t| submitted(t).id == request_id));
    let new = NewOrder { request_id: Some(request_id), ..desk.order(limit(Side::Buy, 10, 70_000)) };
    let created = join_all((0..100).map(|_| orders::create_order(&store, &new, at(2)))).await;
    assert_eq!(created.iter().filter(|c| matches!(c, Ok(Creation::Created(_)))).count(), 1);
    assert_eq!(created.iter().filter(|c| matches!(c, Ok(Creation::Existing(_)))).count(), 99);
    let answered = requests::get(&store, desk.user.id, request_id).await.expect("a read").expect("the request");
    let order_id = orders::open(&store, desk.account_id).await.expect("a read")[0].id;
    assert_eq!(answered.answer, Some(RequestAnswer::Order { order_id }));
    assert_eq!(requests::queued(&store, desk.account_id).await.expect("a read"), vec![]);
}

async fn the_same_key_with_another_body_is_a_mismatch(store: Store) {
    let desk = Desk::open(&store).await;
    assert!(matches!(desk.request("key", "body").await, Submitted::New(_)));
    assert!(matches!(desk.request("key", "other").await, Submitted::Mismatch));
    assert!(matches!(desk.request("other key", "other").await, Submitted::New(_)));
}

async fn a_denied_order_answers_its_request(store: Store) {
    let desk = Desk::open(&store).await;
    let request_id = submitted(&desk.request("key", "body").await).id;
    let denial = Denial {
        limit: Some(100),
        observed: Some(200),
        others: vec![RiskCode::ReduceOnly],
        ..Denial::new(RiskCode::BuyingPower, "lower the quantity")
    };
    let new = NewOrder { request_id: Some(request_id), ..desk.order(limit(Side::Buy, 10, 70_000)) };
    let order = orders::create_denied(&store, &new, &denial, at(2)).await.expect("denied");
    assert_eq!((order.state, order.denial.as_ref()), (OrderState::Denied, Some(&denial)));
    let read = orders::get(&store, desk.user.id, order.id).await.expect("a read");
    assert_eq!(read, Some(order.clone()));
    let request = requests::get(&store, desk.user.id, request_id).await.expect("a read").expect("the request");
    assert_eq!(request.answer, Some(RequestAnswer::Order { order_id: order.id }));
    let claim = orders::claim(&store, order.id, &desk.lease, at(2)).await.expect("a read");
    assert_eq!(claim, ClaimOutcome::NotCreated(OrderState::Denied));
}

async fn one_order_in_doubt_per_account_symbol_and_side(store: Store) {
    let desk = Desk::open(&store).await;
    let buy = desk.order(limit(Side::Buy, 10, 70_000));
    let tries = join_all((0..20).map(|_| orders::create_order(&store, &buy, at(1)))).await;
    assert_eq!(tries.iter().filter(|c| matches!(c, Ok(Creation::Created(_)))).count(), 1);
    assert_eq!(tries.iter().filter(|c| matches!(c, Ok(Creation::InDoubt { .. }))).count(), 19);
    desk.create(limit(Side::Sell, 10, 70_000)).await; // The other side is free.
    let first = orders::open(&store, desk.account_id).await.expect("a read")[0].id;
    orders::apply_event(&store, first, &OrderEvent::Withdrawn, "test", at(2)).await.expect("withdrawn");
    desk.create(limit(Side::Buy, 10, 70_000)).await; // The lock went with the state.
}

async fn a_signal_is_written_with_its_order_or_not_at_all(store: Store) {
    let desk = Desk::open(&store).await;
    let strategy = strategy(&store, desk.user.id, "a").await;
    let caused_by = |key: &str| NewOrder {
        strategy_id: Some(strategy.id),
        signal: Some(signal(desk.user.id, strategy.id, key)),
        ..desk.order(limit(Side::Buy, 10, 70_000))
    };
    let recorded = async || {
        let found = signals::list(&store, desk.user.id, &SignalFilter::default(), ALL).await.expect("a read");
        found.items.iter().map(|signal| (signal.id, signal.order_id)).collect::<Vec<_>>()
    };
    let Creation::Created(first) = orders::create_order(&store, &caused_by("k1"), at(1)).await.expect("created") else {
        panic!("not created");
    };
    let signal_id = first.signal_id.expect("its signal");
    assert_eq!((first.strategy_id, first.strategy_version), (Some(strategy.id), Some(1)), "the version of its signal");
    assert_eq!(recorded().await, [(signal_id, Some(first.id))]);
    let again = orders::create_order(&store, &caused_by("k1"), at(1)).await.expect("a read");
    assert_eq!(again, Creation::Existing(first.clone()));
    // The first is in doubt until it is sent: nothing is written of the second, not even its signal.
    let second = orders::create_order(&store, &caused_by("k2"), at(1)).await.expect("a read");
    assert_eq!(second, Creation::InDoubt { order_id: first.id });
    assert_eq!(recorded().await, [(signal_id, Some(first.id))]);
    let denial = Denial::new(RiskCode::OrderInDoubt, "");
    let denied = orders::create_denied(&store, &caused_by("k2"), &denial, at(1)).await.expect("denied");
    assert_eq!(recorded().await.first(), Some(&(denied.signal_id.expect("its signal"), Some(denied.id))));
    // A signal that was recorded alone gets its order later.
    let (alone, _) = signals::record(&store, &signal(desk.user.id, strategy.id, "k3"), at(1)).await.expect("recorded");
    let denied = orders::create_denied(&store, &caused_by("k3"), &denial, at(1)).await.expect("denied");
    assert_eq!(denied.signal_id, Some(alone.id));
    let notices = outbox::drain(&store, &MemoryBus::new()).await.expect("drained");
    assert_eq!(notices, 7, "the strategy, three signals and three orders");
}

async fn an_order_goes_from_created_to_filled(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "0000000001").await;
    assert_eq!(order.state, OrderState::Acked);
    let part = orders::apply_row(&store, order.id, &row(4, 280_000, None), at(6)).await.expect("booked");
    assert_eq!((part.order.state, part.changed), (OrderState::Partial, true));
    let full = orders::apply_row(&store, order.id, &row(10, 699_000, None), at(7)).await.expect("booked");
    assert_eq!((full.order.state, full.order.commission), (OrderState::Filled, Won(69)));
    assert_eq!(full.order.filled_price().map(|p| p.to_string()).as_deref(), Some("69900"));

    let booked = trades::of_order(&store, desk.user.id, order.id).await.expect("a read");
    let figures: Vec<_> = booked.iter().map(|t| (t.quantity.0, t.amount.0, t.commission.0, t.realized_pnl)).collect();
    assert_eq!(figures, [(4, 280_000, 28, None), (6, 419_000, 41, None)]);
    assert_eq!(desk.cash().await, Won(100_000_000 - 699_000 - 69));
    let held = holdings::of_account(&store, desk.account_id).await.expect("a read");
    assert_eq!((held[0].holding.quantity, held[0].holding.cost), (Qty(10), Won(699_000)));

    let words: Vec<_> = orders::timeline(&store, order.id).await.expect("a read");
    let words: Vec<_> = words.iter().map(|e| (e.event.as_str(), e.to)).collect();
    use OrderState::{Acked, Created, Filled, Partial, Sending};
    let expected =
        [("created", Created), ("claimed", Sending), ("accepted", Acked), ("row_read", Partial), ("row_read", Filled)];
    assert_eq!(words, expected);
}

async fn a_row_read_a_hundred_times_is_booked_once(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    let full = row(10, 700_000, None);
    let outcomes = join_all((0..100).map(|_| orders::apply_row(&store, order.id, &full, at(6)))).await;
    assert_eq!(outcomes.iter().filter(|o| matches!(o, Ok(o) if o.changed)).count(), 1);
    assert_eq!(outcomes.iter().filter(|o| matches!(o, Ok(o) if o.trade.is_some())).count(), 1);
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(desk.cash().await, Won(100_000_000 - 700_000 - 70));
    assert_eq!(trades::list(&store, desk.user.id, &Default::default(), ALL).await.expect("a read").total, 1);
}

async fn a_stale_row_takes_nothing_back(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    orders::apply_row(&store, order.id, &row(6, 420_000, None), at(6)).await.expect("booked");
    let stale = orders::apply_row(&store, order.id, &row(4, 280_000, None), at(7)).await.expect("read");
    assert_eq!((stale.changed, stale.order.filled_quantity), (false, Qty(6)));
    let free = orders::apply_row(&store, order.id, &row(8, 420_000, None), at(8)).await;
    assert!(matches!(free, Err(StoreError::Conflict("fill_amount"))), "{free:?}");
}

async fn a_late_fill_is_booked_after_the_cancel(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    let cancelled = row(4, 280_000, Some(RowEnd::Cancelled));
    let ended = orders::apply_row(&store, order.id, &cancelled, at(6)).await.expect("booked");
    assert_eq!(ended.order.state, OrderState::Cancelled);
    let late = row(6, 420_000, Some(RowEnd::Cancelled));
    let late = orders::apply_row(&store, order.id, &late, at(7)).await.expect("booked");
    assert_eq!((late.order.state, late.trade.map(|t| t.quantity)), (OrderState::Cancelled, Some(Qty(2))));
    let full = orders::apply_row(&store, order.id, &row(10, 700_000, None), at(8)).await.expect("booked");
    assert_eq!(full.order.state, OrderState::Filled);
    assert_eq!(desk.cash().await, Won(100_000_000 - 700_000 - 70));
}

async fn selling_more_than_held_changes_nothing(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Sell, 10, 70_000), "1").await;
    let outcome = orders::apply_row(&store, order.id, &row(10, 700_000, None), at(6)).await;
    assert!(matches!(outcome, Err(StoreError::OverSold(_))), "{outcome:?}");
    assert_eq!(desk.cash().await, Won(100_000_000));
    assert_eq!(orders::find(&store, order.id).await.expect("a read"), Some(order));
}

async fn a_kill_switch_stops_the_claim(store: Store) {
    let desk = Desk::open(&store).await;
    let pull = |scope, scope_id, state| {
        let store = store.clone();
        async move { kill_switches::set(&store, scope, scope_id, state, "test", Some(1), at(1)).await.expect("pulled") }
    };
    let scopes = [(KillScope::Global, 0), (KillScope::User, desk.user.id), (KillScope::Account, desk.account_id)];
    for (scope, id) in scopes {
        pull(scope, id, KillState::Halted).await;
        let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
        let outcome = orders::claim(&store, order.id, &desk.lease, at(1)).await.expect("a claim");
        let ClaimOutcome::Withdrawn { order, why } = outcome else { panic!("{scope}: {outcome:?}") };
        assert_eq!((order.state, why), (OrderState::NotSent, WithdrawReason::Halted(KillState::Halted)));
        assert_eq!(pull(scope, id, KillState::Active).await.version, 2);
    }
    pull(KillScope::User, desk.user.id, KillState::ReduceOnly).await;
    let buy = desk.create(limit(Side::Buy, 10, 70_000)).await;
    let sell = desk.create(limit(Side::Sell, 10, 70_000)).await;
    let buy = orders::claim(&store, buy.id, &desk.lease, at(1)).await.expect("a claim");
    let sell = orders::claim(&store, sell.id, &desk.lease, at(1)).await.expect("a claim");
    assert!(
        matches!((&buy, &sell), (ClaimOutcome::Withdrawn { .. }, ClaimOutcome::Claimed { .. })),
        "{buy:?} {sell:?}"
    );
    let touching = kill_switches::touching(&store, desk.user.id).await.expect("a read");
    assert_eq!(touching.len(), 3);
}

async fn an_old_decision_is_not_sent(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
    let outcome = orders::claim(&store, order.id, &desk.lease, at(4)).await.expect("a claim");
    assert!(matches!(outcome, ClaimOutcome::Withdrawn { why: WithdrawReason::StaleDecision, .. }), "{outcome:?}");
}

async fn a_lost_lease_claims_nothing(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
    let later = leases::acquire(&store, &desk.lease.name, "worker-2", at(18)).await.expect("a read");
    assert_eq!(later.map(|lease| lease.epoch), Some(2));
    assert_eq!(orders::claim(&store, order.id, &desk.lease, at(2)).await.expect("a claim"), ClaimOutcome::LeaseLost);
    assert_eq!(orders::find(&store, order.id).await.expect("a read").map(|o| o.state), Some(OrderState::Created));
}

async fn an_unknown_answer_is_never_sent_again(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
    orders::claim(&store, order.id, &desk.lease, at(2)).await.expect("claimed");
    let lost = OrderAnswer::Unknown("timeout".to_owned());
    let order = orders::record_answer(&store, order.id, &lost, true, None, at(5)).await.expect("recorded");
    assert_eq!(order.state, OrderState::Unknown);
    assert_eq!(orders::in_doubt(&store, desk.account_id).await.expect("a read"), vec![order.clone()]);
    let again = orders::record_answer(&store, order.id, &lost, true, None, at(6)).await.expect("recorded");
    assert_eq!(again, order, "a second unknown says nothing new");
    let claim = orders::claim(&store, order.id, &desk.lease, at(6)).await.expect("a claim");
    assert_eq!(claim, ClaimOutcome::NotCreated(OrderState::Unknown));
    let facts = RowFacts { order_qty: Qty(10), cum_qty: Qty(0), cum_amount: Won(0), end: None };
    let found = RowUpdate {
        event: OrderEvent::Matched(facts),
        binding: Some(Binding {
            number: BrokerOrderId("7".to_owned()),
            by: BoundBy::List,
            locked_until: Some(at(60)),
            evidence: None,
        }),
        ..row(0, 0, None)
    };
    let bound = orders::apply_row(&store, order.id, &found, at(8)).await.expect("bound").order;
    assert_eq!((bound.state, bound.kis_order_id), (OrderState::Acked, Some(BrokerOrderId("7".to_owned()))));
    // No second order while another row of the first may still come (safety M1).
    let next = async |second| {
        orders::create_order(&store, &desk.order(limit(Side::Buy, 10, 70_000)), at(second)).await.expect("an outcome")
    };
    assert_eq!(next(59).await, Creation::InDoubt { order_id: order.id });
    assert!(matches!(next(60).await, Creation::Created(_)), "the lock has cooled down");
}

async fn what_was_proven_unsent_may_be_claimed_again_after_a_new_decision(store: Store) {
    let desk = Desk::open(&store).await;
    let unsent = OrderAnswer::unwritten("the line was cut");
    let claim =
        async |order: &Order, second| orders::claim(&store, order.id, &desk.lease, at(second)).await.expect("a claim");
    let turned_away = async |second| {
        let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
        assert!(matches!(claim(&order, second).await, ClaimOutcome::Claimed { .. }));
        orders::record_answer(&store, order.id, &unsent, true, None, at(second)).await.expect("recorded")
    };
    let again = async |order: &Order, denial: Option<&Denial>, second| {
        orders::decide_again(&store, order.id, &json!({ "asked": "again" }), denial, at(second)).await
    };
    let order = turned_away(2).await;
    assert_eq!(order.state, OrderState::Created);
    assert!(matches!(claim(&order, 4).await, ClaimOutcome::Withdrawn { why: WithdrawReason::StaleDecision, .. }));
    let order = turned_away(2).await;
    assert_eq!(again(&order, None, 4).await.expect("decided").state, OrderState::Created);
    let second = claim(&order, 4).await;
    assert!(matches!(second, ClaimOutcome::Claimed { ref order, .. } if order.attempts == 2), "{second:?}");
    assert!(matches!(again(&order, None, 4).await, Err(StoreError::Transition(_))), "it may be on the wire");
    let lost = OrderAnswer::Unknown("timeout".to_owned());
    orders::record_answer(&store, order.id, &lost, true, None, at(5)).await.expect("recorded");
    let gone = OrderEvent::Matched(RowFacts { order_qty: Qty(10), cum_qty: Qty(10), cum_amount: Won(1), end: None });
    let binding =
        Binding { number: BrokerOrderId("9".to_owned()), by: BoundBy::List, locked_until: None, evidence: None };
    let found = RowUpdate { event: gone, binding: Some(binding), ..row(10, 1, None) };
    orders::apply_row(&store, order.id, &found, at(5)).await.expect("bound");
    let order = turned_away(2).await;
    let denial = Denial::new(RiskCode::StaleQuote, "too old");
    let denied = again(&order, Some(&denial), 3).await.expect("decided");
    assert_eq!((denied.state, denied.denial), (OrderState::NotSent, None), "it had been approved once");
    let told = orders::decisions_of(&store, order.id).await.expect("a read");
    let outcomes: Vec<_> = told.iter().map(|decision| (decision.outcome.as_str(), decision.code.as_deref())).collect();
    assert_eq!(outcomes, [("approved", None), ("denied", Some("STALE_QUOTE"))]);
    let order = turned_away(2).await;
    again(&order, None, 6).await.expect("decided");
    assert!(matches!(claim(&order, 7).await, ClaimOutcome::Withdrawn { why: WithdrawReason::TooOld, .. }));
}

async fn cancels_wait_for_a_list_and_for_the_cap_of_the_account(store: Store) {
    let desk = Desk::open(&store).await;
    let buy = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    let sell = desk.acked(limit(Side::Sell, 10, 80_000), "2").await;
    let cancel = async |order: &Order, listed: i64, second: i64| {
        let limits = CancelLimits { listed_at: at(listed), a_minute: 2 };
        orders::create_cancel(&store, order.id, CancelCause::Person, limits, at(second)).await.expect("an outcome")
    };
    let sent = async |created: CancelCreation, second: i64| {
        let CancelCreation::Created(cancel) = created else { panic!("not created: {created:?}") };
        let claim = orders::claim_cancel(&store, &cancel, &desk.lease, at(second)).await.expect("a claim");
        assert!(matches!(claim, CancelClaim::Claimed { .. }), "{claim:?}");
        let refused = OrderAnswer::Refused { code: "X".to_owned(), message: "no".to_owned() };
        orders::answer_cancel(&store, &cancel, &refused, None, at(second)).await.expect("noted");
    };
    sent(cancel(&buy, 3, 4).await, 4).await;
    assert!(matches!(cancel(&buy, 3, 20).await, CancelCreation::UnderWay(_)), "no list was read since");
    assert!(matches!(cancel(&buy, 5, 13).await, CancelCreation::UnderWay(_)), "and it may lag");
    sent(cancel(&buy, 5, 14).await, 14).await;
    assert_eq!(cancel(&sell, 15, 16).await, CancelCreation::TooMany { again_at: at(64) }, "two in a minute");
    sent(cancel(&sell, 15, 64).await, 14).await;
    assert_eq!(cancel(&buy, 60, 70).await, CancelCreation::TooMany { again_at: at(74) });
    sent(cancel(&buy, 60, 74).await, 14).await;
    assert_eq!(cancel(&buy, 200, 200).await, CancelCreation::UsedUp, "three of one order");
}

async fn a_number_is_bound_once(store: Store) {
    let desk = Desk::open(&store).await;
    let first = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    let late = OrderAnswer::Accepted(BrokerOrderId("1".to_owned()));
    assert_eq!(orders::record_answer(&store, first.id, &late, false, None, at(9)).await.expect("no news"), first);
    let other = OrderAnswer::Accepted(BrokerOrderId("2".to_owned()));
    let conflict = orders::record_answer(&store, first.id, &other, false, None, at(9)).await;
    assert!(matches!(conflict, Err(StoreError::Conflict("bind_conflict"))), "{conflict:?}");
    let second = desk.create(limit(Side::Buy, 10, 70_000)).await;
    orders::claim(&store, second.id, &desk.lease, at(2)).await.expect("claimed");
    let stolen = orders::record_answer(&store, second.id, &late, false, None, at(9)).await;
    assert!(matches!(stolen, Err(StoreError::Conflict("kis_order_id"))), "{stolen:?}");
}

async fn notices_follow_the_changes(store: Store) {
    let desk = Desk::open(&store).await;
    let bus = exodus_store::MemoryBus::new();
    let mut notices = exodus_domain::EventBus::subscribe(&bus).await.expect("a subscription");
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    orders::apply_row(&store, order.id, &row(10, 700_000, None), at(6)).await.expect("booked");
    assert_eq!(outbox::drain(&store, &bus).await.expect("drained"), 6);
    assert_eq!(outbox::drain(&store, &bus).await.expect("drained"), 0);
    let mut told = Vec::new();
    for _ in 0..6 {
        told.push(notices.next().await.flatten().expect("a notice"));
    }
    let (user_id, order_id) = (desk.user.id, order.id);
    let changed = Notice::OrderChanged { user_id, order_id };
    assert_eq!(told[..3], [changed.clone(), changed.clone(), changed.clone()]);
    assert!(matches!(told[3], Notice::TradeBooked { .. }), "{:?}", told[3]);
    assert!(matches!(told[4], Notice::HoldingChanged { .. }), "{:?}", told[4]);
    assert_eq!(told[5], changed);
}

async fn a_user_sees_only_the_own_orders(store: Store) {
    let desk = Desk::open(&store).await;
    let order = desk.acked(limit(Side::Buy, 10, 70_000), "1").await;
    orders::apply_row(&store, order.id, &row(10, 700_000, None), at(6)).await.expect("booked");
    let (other, account) = user(&store, "lee").await;
    assert_eq!(orders::get(&store, other.id, order.id).await.expect("a read"), None);
    assert_eq!(orders::list(&store, other.id, &Default::default(), ALL).await.expect("a read").total, 0);
    assert_eq!(trades::of_order(&store, other.id, order.id).await.expect("a read"), vec![]);
    assert_eq!(holdings::list(&store, other.id, ALL).await.expect("a read").total, 0);
    let foreign = NewOrder { account_id: desk.account_id, user_id: other.id, ..desk.order(limit(Side::Buy, 1, 1)) };
    assert!(matches!(orders::create_order(&store, &foreign, at(1)).await, Err(StoreError::NotFound)));
    assert_eq!(orders::open(&store, account.id).await.expect("a read"), vec![]);
}

async fn the_database_refuses_unlisted_transitions(TestDb { store, raw, .. }: TestDb) {
    let desk = Desk::open(&store).await;
    let order = desk.create(limit(Side::Buy, 10, 70_000)).await;
    let put = async |state: OrderState| {
        let sql = format!("UPDATE orders SET state = '{state}' WHERE id = {}", order.id);
        raw.execute_unprepared(&sql).await.is_ok()
    };
    assert!(!put(OrderState::Filled).await, "created became filled");
    assert!(put(OrderState::Sending).await);
    assert!(put(OrderState::Unknown).await);
    for never in [OrderState::Created, OrderState::Sending, OrderState::NotSent, OrderState::Denied] {
        assert!(!put(never).await, "an order in doubt became {never}");
    }
}
