//! T7: an order that the broker is proven not to have taken is tried again, within its time and if the risk gate lets it.

use exodus_domain::{AnswerClass, Clock, LimitName, OrderState};
use exodus_store::limits;
use exodus_store::orders::{self, Order};

use super::doubts::Elsewhere;

/// Has an order sent whose first attempts are turned away, each after so many milliseconds.
async fn turned_away(desk: &mut Elsewhere, millis: &[i64]) -> Order {
    // Prices first, so that the order is decided on as soon as it is asked for.
    desk.pass(2).await;
    desk.broker.desk().turns_away.extend(millis);
    desk.order().await
}

/// Outcomes and codes of its decisions, and the classes of its attempts.
async fn history(desk: &Elsewhere, order: &Order) -> (Vec<(String, Option<String>)>, Vec<Option<AnswerClass>>) {
    let store = &desk.world.store;
    let decisions = orders::decisions_of(store, order.id).await.expect("a read");
    let attempts = orders::attempts_of(store, order.id).await.expect("a read");
    (
        decisions.into_iter().map(|decision| (decision.outcome, decision.code)).collect(),
        attempts.into_iter().map(|attempt| attempt.answer_class).collect(),
    )
}

fn approved() -> (String, Option<String>) {
    ("approved".to_owned(), None)
}

#[tokio::test]
async fn what_was_proven_unsent_is_decided_on_and_sent_again() {
    let mut desk = Elsewhere::open().await;
    let order = turned_away(&mut desk, &[100, 100]).await;
    assert_eq!((order.state, order.attempts), (OrderState::Acked, 3));
    let (decisions, attempts) = history(&desk, &order).await;
    assert_eq!(decisions, [approved(), approved(), approved()], "each attempt has a decision of its own");
    assert_eq!(attempts, [Some(AnswerClass::Unsent), Some(AnswerClass::Unsent), Some(AnswerClass::Accepted)]);
    assert_eq!(desk.broker.desk().rows.len(), 1);
    let live = desk.session.engine.live().expect("a live engine");
    assert_eq!(live.past().count(), 1, "and it counts as one order");
    let words = orders::timeline(&desk.world.store, order.id).await.expect("a read");
    let again = words.iter().filter(|entry| entry.event == "proven_unsent_retry").count();
    assert_eq!(again, 2);
}

#[tokio::test]
async fn a_third_attempt_is_the_last() {
    let mut desk = Elsewhere::open().await;
    let order = turned_away(&mut desk, &[100, 100, 100]).await;
    assert_eq!((order.state, order.attempts), (OrderState::NotSent, 3));
    desk.pass(30).await;
    assert!(desk.broker.desk().rows.is_empty() && desk.session.engine.portfolio().reserved().0 == 0);
}

#[tokio::test]
async fn after_five_seconds_it_is_not_tried_again() {
    let mut desk = Elsewhere::open().await;
    let order = turned_away(&mut desk, &[5_000]).await;
    assert_eq!((order.state, order.attempts), (OrderState::NotSent, 1));
    assert_eq!(history(&desk, &order).await.0, [approved()]);
    assert!(desk.broker.desk().rows.is_empty());
}

#[tokio::test]
async fn what_the_gate_does_not_let_pass_any_more_is_given_up() {
    let mut desk = Elsewhere::open().await;
    let (user, id) = (desk.world.account.user_id, desk.world.account.id);
    let now = desk.world.clock.now();
    limits::set(&desk.world.store, (user, id), LimitName::MaxQuoteAge, 3_000, false, now).await.expect("lowered");
    // By then the last quote is too old.
    let order = turned_away(&mut desk, &[4_000]).await;
    assert_eq!((order.state, order.attempts), (OrderState::NotSent, 1));
    let denied = ("denied".to_owned(), Some("STALE_QUOTE".to_owned()));
    assert_eq!(history(&desk, &order).await.0, [approved(), denied]);
    assert!(desk.broker.desk().rows.is_empty());
}
