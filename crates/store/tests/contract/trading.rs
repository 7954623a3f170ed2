//! Strategies, signals, holdings, snapshots.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_domain::{Notice, Price, Qty, Reason, Signal, SignalType, Won};
use exodus_store::signals::{self, NewSignal, SignalFilter};
use exodus_store::snapshots::{self, AccountSnapshot};
use exodus_store::strategies::{self, Strategy, StrategyFields};
use exodus_store::{MemoryBus, Page, Store, StoreError, outbox};
use futures::StreamExt;
use futures::future::join_all;
use serde_json::json;

use crate::harness::{ALL, at, on_each_database, symbol, user};

on_each_database!(
    a_strategy_is_edited_only_while_it_rests,
    a_deleted_strategy_keeps_its_signals,
    a_strategy_belongs_to_its_owner,
    a_signal_is_recorded_once,
    a_list_comes_in_pages,
    a_snapshot_of_a_day_is_replaced,
);

fn fields(name: &str) -> StrategyFields {
    StrategyFields {
        name: name.to_owned(),
        description: "설명".to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "lookback": 20, "entry": 0.05 }),
        symbols: vec![symbol("005930"), symbol("0126Z0")],
    }
}

pub(crate) async fn strategy(store: &Store, user_id: i64, name: &str) -> Strategy {
    strategies::create(store, user_id, &fields(name), at(1)).await.expect("made")
}

pub(crate) fn signal(user_id: i64, strategy_id: i64, key: &str) -> NewSignal {
    NewSignal {
        user_id,
        strategy_id,
        signal: Signal {
            symbol: symbol("005930"),
            signal_type: SignalType::Buy,
            confidence: 0.75,
            price: Price(70_100),
            quantity: Qty(14),
            reason: Reason {
                code: "momentum_above_entry".to_owned(),
                values: BTreeMap::from([("momentum".to_owned(), 0.061)]),
                conditions: Vec::new(),
            },
        },
        signal_key: key.to_owned(),
    }
}

async fn a_strategy_is_edited_only_while_it_rests(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    assert_eq!(made.fields, fields("a"));
    let edited = strategies::update(&store, kim.id, made.id, &fields("b"), at(2)).await.expect("edited");
    assert_eq!((edited.fields.name.as_str(), edited.updated_at), ("b", at(2)));
    let active = strategies::set_active(&store, kim.id, made.id, true, at(3)).await.expect("activated");
    assert!(active.is_active);
    assert_eq!(strategies::active_of_user(&store, kim.id).await.expect("a read"), vec![active.clone()]);
    let edit = strategies::update(&store, kim.id, made.id, &fields("c"), at(4)).await;
    assert!(matches!(edit, Err(StoreError::Conflict("strategy_active"))), "{edit:?}");
    let delete = strategies::delete(&store, kim.id, made.id, at(4)).await;
    assert!(matches!(delete, Err(StoreError::Conflict("strategy_active"))), "{delete:?}");
    let again = strategies::set_active(&store, kim.id, made.id, true, at(5)).await.expect("no change");
    assert_eq!(again, active, "activating twice changes nothing");

    let bus = MemoryBus::new();
    let mut notices = exodus_domain::EventBus::subscribe(&bus).await.expect("a subscription");
    assert_eq!(outbox::drain(&store, &bus).await.expect("drained"), 2, "the edit and the activation");
    let told = notices.next().await.flatten();
    assert_eq!(told, Some(Notice::StrategyChanged { account_id: account.id }));
}

async fn a_deleted_strategy_keeps_its_signals(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let (recorded, _) = signals::record(&store, &signal(kim.id, made.id, "k"), at(2)).await.expect("recorded");
    strategies::delete(&store, kim.id, made.id, at(3)).await.expect("deleted");
    assert_eq!(strategies::get(&store, kim.id, made.id).await.expect("a read"), None);
    assert_eq!(strategies::list(&store, kim.id, None, ALL).await.expect("a read").total, 0);
    assert_eq!(signals::get(&store, kim.id, recorded.id).await.expect("a read"), Some(recorded));
}

async fn a_strategy_belongs_to_its_owner(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let made = strategy(&store, kim.id, "a").await;
    assert_eq!(strategies::get(&store, lee.id, made.id).await.expect("a read"), None);
    let edit = strategies::update(&store, lee.id, made.id, &fields("x"), at(2)).await;
    assert!(matches!(edit, Err(StoreError::NotFound)), "{edit:?}");
    let start = strategies::set_active(&store, lee.id, made.id, true, at(2)).await;
    assert!(matches!(start, Err(StoreError::NotFound)), "{start:?}");
    assert!(matches!(strategies::delete(&store, lee.id, made.id, at(2)).await, Err(StoreError::NotFound)));
}

async fn a_signal_is_recorded_once(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let new = signal(kim.id, made.id, "key");
    let tries = join_all((0..20).map(|_| signals::record(&store, &new, at(2)))).await;
    let fresh = tries.iter().filter(|t| matches!(t, Ok((_, true)))).count();
    assert_eq!((fresh, tries.iter().filter(|t| t.is_ok()).count()), (1, 20));
    let found = signals::list(&store, kim.id, &SignalFilter::default(), ALL).await.expect("a read");
    assert_eq!((found.total, found.items[0].strategy_name.as_str()), (1, "a"));
    assert_eq!(found.items[0].signal, new.signal);
    let other = SignalFilter { symbol: Some(symbol("000660")), ..Default::default() };
    assert_eq!(signals::list(&store, kim.id, &other, ALL).await.expect("a read").total, 0);
}

async fn a_list_comes_in_pages(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    for n in 0..5 {
        strategy(&store, kim.id, &n.to_string()).await;
    }
    let page = |number| strategies::list(&store, kim.id, None, Page { number, size: 2 });
    let names = |items: Vec<Strategy>| items.into_iter().map(|s| s.fields.name).collect::<Vec<_>>();
    let (first, last, beyond) = (page(1).await, page(3).await, page(4).await);
    let (first, last, beyond) = (first.expect("a page"), last.expect("a page"), beyond.expect("a page"));
    assert_eq!((first.total, names(first.items)), (5, vec!["4".to_owned(), "3".to_owned()]));
    assert_eq!((last.total, names(last.items)), (5, vec!["0".to_owned()]));
    assert_eq!((beyond.total, beyond.items), (5, vec![]));
}

async fn a_snapshot_of_a_day_is_replaced(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a date");
    let snapshot = |day, assets| AccountSnapshot {
        id: 0,
        user_id: kim.id,
        account_id: account.id,
        snapshot_date: date(day),
        total_assets: Won(assets),
        cash_balance: Won(assets),
        stock_value: Won(0),
        realized_pnl: Won(0),
        unrealized_pnl: Won(0),
    };
    for (day, assets) in [(18, 1), (19, 2), (20, 3), (19, 4)] {
        snapshots::upsert(&store, &snapshot(day, assets)).await.expect("stored");
    }
    let all = snapshots::range(&store, kim.id, None, None).await.expect("a read");
    let figures: Vec<_> = all.iter().map(|s| (s.snapshot_date, s.total_assets.0)).collect();
    assert_eq!(figures, [(date(18), 1), (date(19), 4), (date(20), 3)]);
    let some = snapshots::list(&store, kim.id, Some(date(19)), Some(date(19)), ALL).await.expect("a read");
    assert_eq!(some.total, 1);
}
