//! The library of invariants: silent about what went its way, and loud about every lie.

use chrono::TimeDelta;
use exodus_domain::{BrokerOrderId, KillScope, KillState, OrderAnswer, OrderFields, Qty, RowFacts, Side, Won};
use exodus_store::invariants::{self, BookOrder, Evidence, Request, RequestKind, TrueBalance};
use exodus_store::orders::{self, Creation, NewOrder};
use exodus_store::{MemoryBus, Store, accounts, kill_switches, leases, outbox};
use serde_json::json;

use crate::harness::{at, limit, on_each_database, user};

on_each_database!(every_lie_of_wire_and_book_is_found, only_a_person_weakens_a_switch);

/// What wire and book show of one order that was accepted.
#[derive(Clone)]
struct Shown {
    requests: Vec<Request>,
    book: Vec<BookOrder>,
    balance: TrueBalance,
    calls: Vec<i64>,
}

impl Shown {
    async fn breaches(&self, store: &Store) -> Vec<u8> {
        let calls: Vec<_> = self.calls.iter().map(|second| at(*second)).collect();
        let evidence = Evidence {
            requests: &self.requests,
            book: &self.book,
            balances: std::slice::from_ref(&self.balance),
            calls: &calls,
            calls_a_second: 2,
            token_issues: &[],
            clock_slack: TimeDelta::zero(),
            is_at_rest: true,
            now: at(100),
        };
        let breaches = invariants::check(store, &evidence).await.expect("a read");
        breaches.iter().map(|breach| breach.invariant).collect()
    }
}

/// An order of ten shares, accepted, with everything that outsiders know of it.
async fn accepted(store: &Store) -> Shown {
    let (user, account) = user(store, "kim").await;
    let lease = leases::acquire(store, &format!("account:{}", account.id), "w", at(0)).await.expect("a read");
    let fields = limit(Side::Buy, 10, 70_000);
    let new = NewOrder {
        user_id: user.id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: fields.clone(),
        commission: None,
        inputs: json!({}),
    };
    let Creation::Created(order) = orders::create_order(store, &new, at(1)).await.expect("created") else {
        panic!("not created")
    };
    orders::claim(store, order.id, &lease.expect("free"), at(2)).await.expect("claimed");
    let id = BrokerOrderId("1-1".to_owned());
    let answer = OrderAnswer::Accepted(id.clone());
    orders::record_answer(store, order.id, &answer, false, Some(at(2)), at(3)).await.expect("answered");
    outbox::drain(store, &MemoryBus::new()).await.expect("published");
    let cash = accounts::find(store, account.id).await.expect("a read").expect("kept").cash;
    let request = Request {
        account_id: account.id,
        worker: "w".to_owned(),
        at: at(2),
        clock: at(2),
        kind: RequestKind::New(fields.clone()),
        order_id: Some(order.id),
        made: vec![id.clone()],
        was_stopped: false,
        oversells: false,
        after_first_list: true,
    };
    let facts = RowFacts { order_qty: Qty(10), cum_qty: Qty::ZERO, cum_amount: Won::ZERO, end: None };
    let row = BookOrder {
        account_id: account.id,
        trade_date: order.trade_date,
        id,
        fields,
        facts,
        cash_flow: Won::ZERO,
        request: Some(0),
    };
    let balance = TrueBalance { account_id: account.id, cash, holdings: Default::default() };
    Shown { requests: vec![request], book: vec![row], balance, calls: vec![1, 2, 3, 4] }
}

/// What is told otherwise than it was.
type Lie = fn(&mut Shown);

async fn every_lie_of_wire_and_book_is_found(store: Store) {
    let truth = accepted(&store).await;
    let breaches = truth.breaches(&store).await;
    assert!(breaches.is_empty(), "the truth breaks nothing: {breaches:?}");
    let lies: [(u8, &str, Lie); 12] = [
        (1, "sent without an order", |shown| shown.requests[0].order_id = None),
        (1, "sent with another quantity", |shown| {
            shown.requests[0].kind =
                RequestKind::New(OrderFields { quantity: Qty(11), ..limit(Side::Buy, 10, 70_000) });
        }),
        (2, "sent twice", |shown| shown.requests.push(shown.requests[0].clone())),
        (3, "two orders of one request", |shown| shown.requests[0].made.push(BrokerOrderId("1-2".to_owned()))),
        (6, "bound to what nobody made", |shown| shown.book.clear()),
        (9, "the broker has filled it", |shown| shown.book[0].facts.cum_qty = Qty(10)),
        (9, "a won is missing", |shown| shown.balance.cash -= Won(1)),
        (11, "sent long after the decision", |shown| shown.requests[0].clock = at(10)),
        (14, "sent before a list was read", |shown| shown.requests[0].after_first_list = false),
        (16, "sold short", |shown| shown.requests[0].oversells = true),
        (17, "too many calls in a second", |shown| shown.calls.extend([4, 4])),
        (20, "a cancel of an order of somebody else", |shown| {
            let kind = RequestKind::Cancel(BrokerOrderId("1-9".to_owned()));
            shown.requests.push(Request { kind, ..shown.requests[0].clone() });
        }),
    ];
    for (invariant, story, lie) in lies {
        let mut shown = truth.clone();
        lie(&mut shown);
        let found = shown.breaches(&store).await;
        assert!(found.contains(&invariant), "{story}: {found:?}");
    }
}

async fn only_a_person_weakens_a_switch(store: Store) {
    let (user, account) = user(&store, "kim").await;
    let set = async |state, by, second| {
        kill_switches::set(&store, KillScope::Account, account.id, state, "test", by, at(second)).await.expect("set");
        invariants::of_tables(&store).await.expect("a read")
    };
    assert_eq!(set(KillState::Halted, None, 1).await, []);
    assert_eq!(set(KillState::Active, Some(user.id), 2).await, []);
    assert_eq!(set(KillState::ReduceOnly, None, 3).await, []);
    let breaches = set(KillState::Active, None, 4).await;
    assert!(matches!(breaches.as_slice(), [breach] if breach.invariant == 13), "{breaches:?}");
}
