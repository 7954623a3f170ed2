//! Circuits and notifications: what outlives a process of them, and who hears.

use exodus_domain::{
    CircuitCause, CircuitChange, CircuitEvent, CircuitState, Notice, NotificationKind, OrderEvent, Side,
};
use exodus_store::notifications::{self, NewNotification};
use exodus_store::orders::{self, Creation, NewOrder};
use exodus_store::{MemoryBus, Store, StoreError, accounts, audit, circuits, kill_switches, leases, outbox};
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::harness::{ALL, TestDb, at, limit, on_each_database, on_each_database_with_raw_sql, user};

on_each_database!(
    a_circuit_outlives_its_process_and_closes_for_a_person_only,
    a_circuit_is_changed_by_one_at_a_time,
    a_notification_is_raised_once_until_it_is_seen,
    a_notification_is_its_users_alone,
    what_must_be_heard_is_raised_with_what_happened,
    what_nobody_has_seen_is_told_again,
);

async fn a_circuit_outlives_its_process_and_closes_for_a_person_only(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    assert_eq!(circuits::get(&store, account.id).await.expect("a read"), circuits::StoredCircuit::default());
    let tell = |event: CircuitEvent, actor: &'static str, second| {
        let (store, id) = (store.clone(), account.id);
        async move { circuits::tell(&store, id, &event, actor, at(second)).await.expect("told") }
    };
    let breach = CircuitEvent::Breached("a fill became smaller".to_owned());
    assert_eq!(tell(breach.clone(), "system", 1).await, Some(CircuitChange::Opened));
    assert_eq!(tell(breach, "system", 2).await, None, "it is open for that already");
    let stored = circuits::get(&store, account.id).await.expect("a read");
    let opening = stored.record.opening.clone().expect("open");
    assert_eq!((opening.cause, opening.since, opening.needs_person), (CircuitCause::Breach, at(1), true));
    assert_eq!(stored.record.state(at(1_000_000)), CircuitState::Open);

    assert_eq!(tell(CircuitEvent::Released, "user:1", 3).await, Some(CircuitChange::Released));
    assert_eq!(tell(CircuitEvent::Released, "user:1", 3).await, None);
    let stored = circuits::get(&store, account.id).await.expect("a read");
    assert_eq!(stored.record.state(at(3)), CircuitState::HalfOpen);

    let log = audit::list(&store, Some(kim.id), ALL).await.expect("a log");
    let told: Vec<_> = log.items.iter().map(|row| (row.action.as_str(), row.actor.as_str())).take(2).collect();
    assert_eq!(told, [("circuit.release", "user:1"), ("circuit.open", "system")]);
    let raised = notifications::list(&store, kim.id, true, ALL).await.expect("a list");
    let kinds: Vec<_> = raised.items.iter().map(|raised| (raised.kind, raised.account_id)).collect();
    assert_eq!(kinds, [(NotificationKind::CircuitOpened, Some(account.id))]);
    let missing = circuits::tell(&store, 4_711, &CircuitEvent::Breached(String::new()), "system", at(4)).await;
    assert!(missing.is_err(), "no account, no circuit");
}

async fn a_circuit_is_changed_by_one_at_a_time(store: Store) {
    let (_, account) = user(&store, "kim").await;
    let failure = CircuitEvent::Failed("no answer".to_owned());
    let told = join_all((0..5).map(|_| circuits::tell(&store, account.id, &failure, "system", at(1)))).await;
    let opened = told.iter().filter(|change| matches!(change, Ok(Some(CircuitChange::Opened)))).count();
    assert_eq!(opened, 1, "five failures in a row, whoever saw them: {told:?}");
    let stored = circuits::get(&store, account.id).await.expect("a read");
    assert_eq!((stored.version, stored.record.failures_in_row), (5, 5));
    let late = circuits::save(&store, account.id, 4, &stored.record, None, at(2)).await.expect("an answer");
    assert_eq!(late, None, "it was read before the last change");
}

fn halted(user_id: i64, account_id: i64) -> NewNotification {
    let subject = format!("account:{account_id}");
    let values = json!({ "reason": "글" });
    NewNotification {
        user_id,
        account_id: Some(account_id),
        order_id: None,
        kind: NotificationKind::AccountHalted,
        subject,
        values,
    }
}

async fn a_notification_is_raised_once_until_it_is_seen(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let new = halted(kim.id, account.id);
    for outcome in join_all((0..4).map(|n| notifications::raise(&store, &new, at(n)))).await {
        outcome.expect("raised, or there already");
    }
    let unseen = notifications::list(&store, kim.id, true, ALL).await.expect("a list").items;
    assert_eq!(unseen.len(), 1);
    let seen = notifications::acknowledge(&store, kim.id, unseen[0].id, at(10)).await.expect("seen");
    assert_eq!((seen.acknowledged_at, &seen.values), (Some(at(10)), &json!({ "reason": "글" })));
    let again = notifications::acknowledge(&store, kim.id, unseen[0].id, at(20)).await.expect("no mistake");
    assert_eq!(again.acknowledged_at, Some(at(10)));
    notifications::raise(&store, &new, at(30)).await.expect("raised");
    assert_eq!(notifications::list(&store, kim.id, true, ALL).await.expect("a list").total, 1);
    assert_eq!(notifications::list(&store, kim.id, false, ALL).await.expect("a list").total, 2);
}

async fn a_notification_is_its_users_alone(store: Store) {
    let ((kim, account), (lee, _)) = (user(&store, "kim").await, user(&store, "lee").await);
    notifications::raise(&store, &halted(kim.id, account.id), at(0)).await.expect("raised");
    let raised = notifications::list(&store, kim.id, true, ALL).await.expect("a list").items.remove(0);
    assert_eq!(notifications::list(&store, lee.id, false, ALL).await.expect("a list").total, 0);
    assert_eq!(notifications::get(&store, lee.id, raised.id).await.expect("a read"), None);
    let stolen = notifications::acknowledge(&store, lee.id, raised.id, at(1)).await;
    assert!(matches!(stolen, Err(StoreError::NotFound)), "{stolen:?}");
    assert_eq!(notifications::get(&store, kim.id, raised.id).await.expect("a read"), Some(raised));
}

async fn what_must_be_heard_is_raised_with_what_happened(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let new = NewOrder {
        user_id: kim.id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: limit(Side::Buy, 1, 70_000),
        commission: None,
        inputs: json!({}),
    };
    let created = orders::create_order(&store, &new, at(0)).await.expect("stored");
    let Creation::Created(order) = created else { panic!("{created:?}") };
    let lease = leases::acquire(&store, "account:1", "test", at(0)).await.expect("a read").expect("free");
    orders::claim(&store, order.id, &lease, at(0)).await.expect("claimed");
    orders::apply_event(&store, order.id, &OrderEvent::AnswerLost, "no answer", at(3)).await.expect("applied");
    assert_eq!(notifications::raise_unanswered(&store, at(59)).await.expect("looked"), 0, "not for a minute yet");
    assert_eq!(notifications::raise_unanswered(&store, at(60)).await.expect("looked"), 1);
    let seen = notifications::list(&store, kim.id, true, ALL).await.expect("a list").items.remove(0);
    notifications::acknowledge(&store, kim.id, seen.id, at(61)).await.expect("seen");
    assert_eq!(notifications::raise_unanswered(&store, at(70)).await.expect("looked"), 0, "once for each order");
    orders::doubt(&store, order.id, "two_candidates", json!({}), at(80)).await.expect("noted");
    orders::dismiss(&store, order.id, &[], json!({}), "kim", at(81)).await.expect("decided");
    orders::suspect(&store, order.id, "row 1", json!({}), at(82)).await.expect("noted");
    kill_switches::halt_account(&store, account.id, "OVERFILL", at(83)).await.expect("halted");
    kill_switches::halt_account(&store, account.id, "OVERFILL", at(84)).await.expect("halted");
    accounts::put_into_review(&store, account.id, "EXTERNAL_FILL", json!({}), at(85)).await.expect("in review");
    let told = notifications::list(&store, kim.id, false, ALL).await.expect("a list").items;
    let told: Vec<_> = told.iter().rev().map(|one| (one.kind, one.order_id.is_some())).collect();
    assert_eq!(
        told,
        [
            (NotificationKind::OrderUnknown, true),
            (NotificationKind::OrderAmbiguous, true),
            (NotificationKind::OrderReappeared, true),
            (NotificationKind::AccountHalted, false),
            (NotificationKind::AccountReview, false),
        ]
    );
}

async fn what_nobody_has_seen_is_told_again(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    notifications::raise(&store, &halted(kim.id, account.id), at(0)).await.expect("raised");
    let mild = NewNotification { kind: NotificationKind::DayReport, ..halted(kim.id, account.id) };
    notifications::raise(&store, &mild, at(0)).await.expect("raised");
    let bus = MemoryBus::new();
    outbox::drain(&store, &bus).await.expect("drained");
    let mut notices = exodus_domain::EventBus::subscribe(&bus).await.expect("a subscription");
    let again = async |second| notifications::repeat_unseen(&store, at(second)).await.expect("looked");
    assert_eq!([again(299).await, again(300).await, again(300).await, again(599).await], [0, 1, 0, 0]);
    outbox::drain(&store, &bus).await.expect("drained");
    let notice = futures::StreamExt::next(&mut notices).await.flatten();
    let raised = notifications::list(&store, kim.id, true, ALL).await.expect("a list").items;
    let halt = raised.iter().find(|one| one.kind == NotificationKind::AccountHalted).expect("it is unseen");
    let changed = Notice::NotificationChanged { user_id: kim.id, notification_id: halt.id };
    assert_eq!((notice, halt.repeated_at), (Some(changed), Some(at(300))));
    assert_eq!(again(600).await, 1);
    notifications::acknowledge(&store, kim.id, halt.id, at(601)).await.expect("seen");
    assert_eq!(again(10_000).await, 0, "a report is told once, and what was seen is not told again");
}

on_each_database_with_raw_sql!(each_step_of_an_order_is_audited_once);

async fn each_step_of_an_order_is_audited_once(TestDb { store, raw, .. }: TestDb) {
    let (kim, account) = user(&store, "kim").await;
    let new = |quantity| NewOrder {
        user_id: kim.id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: limit(Side::Buy, quantity, 70_000),
        commission: None,
        inputs: json!({ "글": 1 }),
    };
    let created = orders::create_order(&store, &new(10), at(0)).await.expect("stored");
    let Creation::Created(order) = created else { panic!("{created:?}") };
    let lease = leases::acquire(&store, "account:1", "test", at(0)).await.expect("a read").expect("free");
    orders::claim(&store, order.id, &lease, at(0)).await.expect("claimed");
    orders::apply_event(&store, order.id, &OrderEvent::AnswerLost, "no answer", at(1)).await.expect("applied");
    let timeline = orders::timeline(&store, order.id).await.expect("a read");
    let log = audit::list(&store, Some(kim.id), ALL).await.expect("a log").items;
    let of_order: Vec<_> = log.iter().rev().filter(|row| row.object == format!("order:{}", order.id)).collect();
    let steps: Vec<String> = timeline.iter().map(|step| format!("order.{}", step.event)).collect();
    assert_eq!(of_order.iter().map(|row| row.action.clone()).collect::<Vec<_>>(), steps);
    assert_eq!(steps.len(), 3);
    assert!(of_order[0].before_hash.is_none() && of_order.iter().all(|row| row.after_hash.is_some()));
    assert_eq!(of_order[1].detail["to"], "sending");
    assert_eq!(audit::verify(&store, Some(kim.id)).await.expect("a check").broken_at, None);
    assert_eq!(audit::unrecorded_orders(&store).await.expect("a check"), Vec::<i64>::new());
    // A step round the program.
    let planted = format!(
        "INSERT INTO order_events (order_id, to_state, event, detail, occurred_at) \
         VALUES ({}, 'acked', 'accepted', '', '2026-11-20 01:00:00+00:00')",
        order.id
    );
    raw.execute_unprepared(&planted).await.expect("planted");
    assert_eq!(audit::unrecorded_orders(&store).await.expect("a check"), [order.id]);
}
