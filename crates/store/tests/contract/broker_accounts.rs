//! Accounts at a broker: adding, selecting, removing, their books against the broker's, their keys and tokens.

use exodus_domain::{BrokerBalance, Holding, Notice, Qty, Side, Won};
use exodus_store::accounts::{
    self, Account, AccountBroker, AccountEnv, AccountStatus, Difference, KeyHints, NewBrokerAccount, SyncOutcome,
};
use exodus_store::credentials::{self, SealedField};
use exodus_store::operator::{self, OrderPath};
use exodus_store::orders::{self, ClaimOutcome, Creation, NewOrder, WithdrawReason};
use exodus_store::tokens::{self, TokenClaim};
use exodus_store::{Page, Store, StoreError, audit, holdings, leases, outbox, strategies};
use futures::future::join_all;
use serde_json::json;

use crate::harness::{at, limit, on_each_database, symbol, user};
use crate::strategies::strategy;

on_each_database!(
    one_account_is_selected,
    an_account_in_use_stays,
    an_order_of_real_money_is_withdrawn_at_the_claim,
    the_first_read_takes_the_books_over,
    a_difference_is_told_and_taken_over_only_after_a_person_released_the_account,
    a_third_start_without_an_end_puts_an_account_into_review,
    keys_are_replaced_rewrapped_and_removed,
    one_of_many_renews_a_token,
);

fn hints() -> KeyHints {
    KeyHints { app_key: "…A1b2".to_owned(), hts_id: "ki***".to_owned(), saved_at: at(0) }
}

async fn added(store: &Store, user_id: i64, number: &str) -> Result<Account, StoreError> {
    added_in(store, user_id, number, AccountEnv::Paper).await
}

pub(crate) async fn added_in(
    store: &Store,
    user_id: i64,
    number: &str,
    env: AccountEnv,
) -> Result<Account, StoreError> {
    let new = NewBrokerAccount {
        user_id,
        name: format!("KIS {number}"),
        env,
        number_hint: "******34-01".to_owned(),
        number_fingerprint: number.to_owned(),
        keys: hints(),
    };
    let tx = store.begin().await?;
    let account = accounts::add(&tx, &new, at(1)).await?;
    let sealed = SealedField {
        user_id,
        account_id: account.id,
        field: "app_key".to_owned(),
        version: 1,
        key_id: "old".to_owned(),
        wrapped_key: vec![1],
        sealed: vec![2],
    };
    credentials::put(&tx, &sealed, at(1)).await?;
    tx.commit().await?;
    Ok(account)
}

async fn one_account_is_selected(store: Store) {
    let (kim, demo) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let kis = added(&store, kim.id, "a").await.expect("added");
    assert_eq!((kis.broker, kis.status, kis.cash), (AccountBroker::Kis, AccountStatus::Checking, Won::ZERO));
    assert_eq!(kis.keys, Some(hints()));
    assert!(matches!(added(&store, kim.id, "a").await, Err(StoreError::Conflict("account"))));
    added(&store, lee.id, "a").await.expect("a number is unique for each user only");

    let selected = async || accounts::of_user(&store, kim.id).await.expect("a read").expect("an account").id;
    assert_eq!(selected().await, demo.id, "until another one is selected");
    accounts::select(&store, kim.id, kis.id, at(2)).await.expect("selected");
    assert_eq!(selected().await, kis.id);
    assert!(matches!(accounts::select(&store, lee.id, kis.id, at(2)).await, Err(StoreError::NotFound)));
    let ids: Vec<i64> =
        accounts::list_of_user(&store, kim.id).await.expect("a read").iter().map(|one| one.id).collect();
    assert_eq!(ids, [demo.id, kis.id]);

    assert!(matches!(accounts::remove(&store, lee.id, kis.id, at(3)).await, Err(StoreError::NotFound)));
    assert!(matches!(
        accounts::remove(&store, kim.id, demo.id, at(3)).await,
        Err(StoreError::Conflict("demo_account"))
    ));
    accounts::remove(&store, kim.id, kis.id, at(3)).await.expect("removed");
    assert_eq!(selected().await, demo.id);
    assert!(credentials::of_account(&store, kis.id).await.expect("a read").is_empty(), "its keys are gone");
    added(&store, kim.id, "a").await.expect("it may come back");
    let log = audit::list(&store, Some(kim.id), Page { number: 1, size: 50 }).await.expect("a read");
    let actions: Vec<&str> = log.items.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["user.register", "account.add", "account.remove", "account.add"]);
}

async fn an_account_in_use_stays(store: Store) {
    let (kim, demo) = user(&store, "kim").await;
    let kis = added(&store, kim.id, "a").await.expect("added");
    let made = strategy(&store, kim.id, "a").await;
    strategies::activate_on(&store, kim.id, made.id, 1, kis.id, at(2)).await.expect("activated");
    let elsewhere = strategies::activate_on(&store, kim.id, made.id, 1, demo.id, at(2)).await;
    assert!(matches!(elsewhere, Err(StoreError::Conflict("strategy_active_elsewhere"))), "{elsewhere:?}");
    assert_eq!(strategies::active_of_account(&store, kis.id).await.expect("a read").len(), 1);
    assert!(strategies::active_of_account(&store, demo.id).await.expect("a read").is_empty());
    let removed = accounts::remove(&store, kim.id, kis.id, at(3)).await;
    assert!(matches!(removed, Err(StoreError::Conflict("active_strategies"))), "{removed:?}");
    strategies::deactivate(&store, kim.id, made.id, at(4)).await.expect("stopped");
    open_order(&store, &kis).await;
    let removed = accounts::remove(&store, kim.id, kis.id, at(5)).await;
    assert!(matches!(removed, Err(StoreError::Conflict("open_orders"))), "{removed:?}");
}

async fn open_order(store: &Store, account: &Account) -> i64 {
    let new = NewOrder {
        user_id: account.user_id,
        account_id: account.id,
        strategy_id: None,
        signal: None,
        request_id: None,
        fields: limit(Side::Buy, 1, 70_000),
        commission: None,
        inputs: json!({}),
    };
    match orders::create_order(store, &new, at(4)).await.expect("written") {
        Creation::Created(order) => order.id,
        other => panic!("not written: {other:?}"),
    }
}

async fn an_order_of_real_money_is_withdrawn_at_the_claim(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    for (number, env) in [("a", AccountEnv::Paper), ("b", AccountEnv::Live)] {
        let account = added_in(&store, kim.id, number, env).await.expect("added");
        let name = format!("account:{}", account.id);
        let lease = leases::acquire(&store, &name, "test", at(4)).await.expect("a read").expect("a lease");
        let order = open_order(&store, &account).await;
        let claimed = orders::claim(&store, order, &lease, at(5)).await.expect("an outcome");
        let not_armed = matches!(claimed, ClaimOutcome::Withdrawn { why: WithdrawReason::NotArmed, .. });
        assert_eq!(not_armed, env == AccountEnv::Live, "{claimed:?}");
    }
}

fn told(cash: i64, holdings: &[(&str, i64, i64)]) -> BrokerBalance {
    let held = |&(code, quantity, cost): &(&str, i64, i64)| Holding {
        symbol: symbol(code),
        quantity: Qty(quantity),
        cost: Won(cost),
    };
    BrokerBalance {
        cash: Won(cash),
        orderable_cash: Won(cash),
        holdings: holdings.iter().map(held).collect(),
        sellable: Default::default(),
    }
}

async fn the_first_read_takes_the_books_over(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let kis = added(&store, kim.id, "a").await.expect("added");
    let bus = exodus_store::MemoryBus::new();
    outbox::drain(&store, &bus).await.expect("drained");
    let mut notices = exodus_domain::EventBus::subscribe(&bus).await.expect("a subscription");
    let first = told(9_000_000, &[("005930", 10, 710_000)]);
    let sync = async |balance: &BrokerBalance, second: i64| {
        accounts::sync(&store, kis.id, balance, at(second)).await.expect("compared")
    };
    assert_eq!(sync(&first, 5).await, SyncOutcome::TakenOver);
    outbox::drain(&store, &bus).await.expect("drained");
    let told_of = futures::StreamExt::next(&mut notices).await.flatten();
    let changed = Notice::HoldingChanged { user_id: kim.id, account_id: kis.id, symbol: symbol("005930") };
    assert_eq!(told_of, Some(changed));
    let account = accounts::find(&store, kis.id).await.expect("a read").expect("the account");
    assert_eq!((account.cash, account.initial_cash), (Won(9_000_000), Won(9_710_000)));
    let held = holdings::of_account(&store, kis.id).await.expect("a read");
    assert_eq!(held.iter().map(|record| record.holding).collect::<Vec<_>>(), first.holdings);
    assert_eq!(sync(&first, 6).await, SyncOutcome::Equal);
    assert!(matches!(sync(&told(1, &[]), 7).await, SyncOutcome::Differs(_)), "nothing is corrected");
    let log = audit::list(&store, Some(kim.id), Page { number: 1, size: 50 }).await.expect("a read");
    assert_eq!((log.items[0].action.as_str(), log.items[0].actor.as_str()), ("account.take_over", "system"));
    assert_eq!(log.items[0].detail["holdings"]["after"]["005930"], 10);
}

async fn a_difference_is_told_and_taken_over_only_after_a_person_released_the_account(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let kis = added(&store, kim.id, "a").await.expect("added");
    let sync = async |balance: &BrokerBalance, second: i64| {
        accounts::sync(&store, kis.id, balance, at(second)).await.expect("compared")
    };
    sync(&told(1_000_000, &[("005930", 10, 700_000), ("000660", 1, 200_000)]), 2).await;
    // Somebody sold ten of the one and bought some of the other elsewhere, and no list tells of it.
    let other = told(1_500_000, &[("000660", 3, 610_000)]);
    let difference = Difference {
        expected_cash: Won(1_000_000),
        told_cash: Won(1_500_000),
        holdings: [(symbol("005930"), (10, 0)), (symbol("000660"), (1, 3))].into(),
    };
    assert_eq!(sync(&other, 4).await, SyncOutcome::Differs(difference));
    assert_eq!(accounts::find(&store, kis.id).await.expect("a read").expect("the account").cash, Won(1_000_000));
    accounts::put_into_review(&store, kis.id, "EXTERNAL_FILL", json!({}), at(5)).await.expect("in review");
    accounts::put_into_review(&store, kis.id, "OTHER", json!({}), at(6)).await.expect("in review");
    let review = accounts::find(&store, kis.id).await.expect("a read").and_then(|account| account.review);
    assert_eq!(review.map(|review| (review.reason, review.since)), Some(("EXTERNAL_FILL".to_owned(), at(5))));
    let stranger = accounts::release(&store, lee.id, kis.id, "mine", at(7)).await;
    assert!(matches!(stranger, Err(StoreError::NotFound)), "{stranger:?}");
    let released = accounts::release(&store, kim.id, kis.id, "sold by telephone", at(7)).await.expect("released");
    assert_eq!((released.review, released.synced_at), (None, None));
    assert_eq!(sync(&other, 8).await, SyncOutcome::TakenOver);
    let account = accounts::find(&store, kis.id).await.expect("a read").expect("the account");
    assert_eq!((account.cash, account.initial_cash), (Won(1_500_000), Won(2_110_000)));
    let held = holdings::of_account(&store, kis.id).await.expect("a read");
    assert_eq!(held.iter().map(|record| record.holding).collect::<Vec<_>>(), other.holdings);
    let log = audit::list(&store, Some(kim.id), Page { number: 1, size: 3 }).await.expect("a read");
    let actions: Vec<&str> = log.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["account.take_over", "account.release", "account.review"]);
}

async fn a_third_start_without_an_end_puts_an_account_into_review(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let choose = async |crash_loop_starts| {
        let chosen = OrderPath { crash_loop_starts, fingerprint: true };
        operator::set_order_path(&store, &chosen, at(0)).await.expect("stored");
    };
    choose(3).await;
    let starts = async |seconds: &[i64]| {
        for second in seconds {
            accounts::note_start(&store, account.id, at(*second)).await.expect("noted");
        }
        let known = accounts::find(&store, account.id).await.expect("a read").expect("the account");
        known.review.map(|review| review.reason)
    };
    assert_eq!(starts(&[0, 200, 301]).await, None, "the first was more than five minutes ago");
    accounts::note_end(&store, account.id).await.expect("noted");
    assert_eq!(starts(&[302, 303]).await, None, "an end in between");
    assert_eq!(starts(&[304]).await.as_deref(), Some(accounts::CRASH_LOOP));
    accounts::release(&store, kim.id, account.id, "looked at", at(305)).await.expect("released");
    assert_eq!(starts(&[306, 307]).await, None, "a release begins anew");
    choose(0).await;
    assert_eq!(starts(&[308, 309, 310]).await, None, "the operator switched it off");
}

async fn keys_are_replaced_rewrapped_and_removed(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let kis = added(&store, kim.id, "a").await.expect("added");
    let read = async || credentials::of_account(&store, kis.id).await.expect("a read").remove(0);
    let first = read().await;
    assert_eq!(credentials::count_wrapped_by_others(&store, "new").await.expect("a count"), 1);
    let found = credentials::wrapped_by_others(&store, "new").await.expect("a read");
    assert!(found == [first.clone()]);
    // The owner saves other keys while the rotation runs: the rotation must not undo that.
    let tx = store.begin().await.expect("a transaction");
    let newer = SealedField { version: 2, wrapped_key: vec![7], sealed: vec![8], ..first.clone() };
    credentials::put(&tx, &newer, at(3)).await.expect("stored");
    tx.commit().await.expect("committed");
    assert!(!credentials::rewrap(&store, &first, "new", &[9]).await.expect("no error"));
    assert!(read().await == newer);
    assert!(credentials::rewrap(&store, &newer, "new", &[9]).await.expect("rewrapped"));
    let rewrapped = read().await;
    assert!(rewrapped == SealedField { key_id: "new".to_owned(), wrapped_key: vec![9], ..newer });
    assert_eq!(credentials::count_wrapped_by_others(&store, "new").await.expect("a count"), 0);
}

async fn one_of_many_renews_a_token(store: Store) {
    let claim = async |generation: i64, second: i64| {
        tokens::claim(&store, "key", generation, at(second), at(second + 61)).await.expect("an answer")
    };
    let outcomes = join_all((0..20).map(|_| claim(0, 0))).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == TokenClaim::Granted).count(), 1);
    let held = TokenClaim::Held { until: at(61) };
    assert!(outcomes.iter().all(|outcome| [TokenClaim::Granted, held].contains(outcome)), "{outcomes:?}");
    assert_eq!(claim(0, 60).await, held);
    assert!(tokens::put(&store, "key", 0, b"first").await.expect("stored"));
    assert!(!tokens::put(&store, "key", 0, b"late").await.expect("no error"), "somebody was faster");
    let stored = tokens::load(&store, "key").await.expect("a read");
    assert_eq!((stored.generation, stored.sealed.as_deref()), (1, Some(b"first".as_slice())));
    assert_eq!(claim(0, 100).await, TokenClaim::Superseded);
    assert_eq!(claim(1, 60).await, held, "the claim outlives the token: it keeps issues apart");
    assert_eq!(claim(1, 61).await, TokenClaim::Granted, "a claimer that died holds up nobody for ever");
    tokens::settle(&store, "key", at(121), at(70)).await.expect("no error");
    assert_eq!(claim(1, 80).await, TokenClaim::Held { until: at(122) }, "that claim is another's");
    tokens::settle(&store, "key", at(122), at(90)).await.expect("settled");
    assert_eq!(claim(1, 89).await, TokenClaim::Held { until: at(90) });
    tokens::postpone(&store, "key", at(500)).await.expect("stored");
    tokens::postpone(&store, "key", at(400)).await.expect("stored");
    assert_eq!(claim(1, 450).await, TokenClaim::Held { until: at(500) });
    let other = tokens::load(&store, "other").await.expect("a read");
    assert_eq!((other.generation, other.sealed), (0, None));
}
