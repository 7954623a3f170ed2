//! Strategies and their versions.

use std::cell::Cell;

use exodus_domain::{Notice, Won};
use exodus_store::audit::{self, AuditRow};
use exodus_store::backtests::{self, BacktestOutcome, BacktestSummary, NewBacktest};
use exodus_store::strategies::{self, Strategy, StrategyFields, StrategyFilter, StrategySort};
use exodus_store::{MemoryBus, Page, Store, StoreError, outbox, signals};
use futures::StreamExt;
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::harness::{ALL, TestDb, at, on_each_database, on_each_database_with_raw_sql, symbol, user};
use crate::trading::signal;

on_each_database!(
    a_save_is_a_version_and_what_trades_goes_on,
    a_save_without_a_change_is_no_version,
    of_tabs_that_save_at_once_one_is_taken,
    an_old_version_is_taken_back,
    what_was_put_away_does_not_trade,
    what_the_owner_did_is_written_down,
    every_change_is_announced,
    a_deleted_strategy_keeps_its_signals,
    a_strategy_belongs_to_its_owner,
    a_list_comes_in_pages,
    a_list_is_searched_and_filtered,
    a_list_is_sorted_by_the_last_return,
);
on_each_database_with_raw_sql!(the_database_refuses_what_must_not_be);

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

async fn numbers(store: &Store, of: &Strategy) -> Vec<(i32, String, Option<i32>)> {
    let found = strategies::versions(store, of.user_id, of.id, ALL).await.expect("a read");
    assert_eq!(usize::try_from(found.total).expect("few"), found.items.len());
    found.items.into_iter().map(|version| (version.number, version.fields.name, version.restored_from)).collect()
}

async fn a_save_is_a_version_and_what_trades_goes_on(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    assert_eq!((&made.fields, made.version, made.active_version), (&fields("a"), 1, None));
    let active = strategies::activate(&store, kim.id, made.id, 1, at(2)).await.expect("activated");
    assert_eq!((active.active_version, active.updated_at), (Some(1), at(2)));

    let saved = strategies::save(&store, kim.id, made.id, &fields("b"), Some(1), at(3)).await.expect("saved");
    assert_eq!((saved.fields.name.as_str(), saved.version, saved.active_version), ("b", 2, Some(1)));
    assert_eq!(strategies::get(&store, kim.id, made.id).await.expect("a read"), Some(saved.clone()));
    let trades = async || {
        let active = strategies::active_of_account(&store, account.id).await.expect("a read");
        active.into_iter().map(|one| (one.id, one.version, one.fields.name)).collect::<Vec<_>>()
    };
    assert_eq!(trades().await, [(made.id, 1, "a".to_owned())]);

    let switched = strategies::activate(&store, kim.id, made.id, 2, at(4)).await.expect("activated");
    assert_eq!(switched.active_version, Some(2));
    assert_eq!(trades().await, [(made.id, 2, "b".to_owned())]);
    let again = strategies::activate(&store, kim.id, made.id, 2, at(5)).await.expect("no change");
    assert_eq!(again, switched, "activating twice changes nothing");
    for number in [0, 3, -1] {
        let unknown = strategies::activate(&store, kim.id, made.id, number, at(6)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound)), "{number}: {unknown:?}");
    }
    assert_eq!(strategies::count_active(&store).await.expect("a count"), 1);

    let delete = strategies::delete(&store, kim.id, made.id, at(7)).await;
    assert!(matches!(delete, Err(StoreError::Conflict("strategy_active"))), "{delete:?}");
    let stopped = strategies::deactivate(&store, kim.id, made.id, at(8)).await.expect("stopped");
    assert_eq!((stopped.active_version, trades().await), (None, vec![]));
    let again = strategies::deactivate(&store, kim.id, made.id, at(9)).await.expect("no change");
    assert_eq!(again, stopped, "stopping twice changes nothing");
    assert_eq!(numbers(&store, &made).await, [(2, "b".to_owned(), None), (1, "a".to_owned(), None)]);
    let first = strategies::version(&store, kim.id, made.id, 1).await.expect("a read").expect("the first version");
    assert_eq!((first.fields, first.created_at), (fields("a"), at(1)));
}

async fn a_save_without_a_change_is_no_version(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    // Somebody who saw a newer version than there is, and changed nothing: there is nothing to refuse.
    for based_on in [None, Some(1), Some(7)] {
        let same = strategies::save(&store, kim.id, made.id, &fields("a"), based_on, at(2)).await.expect("no change");
        assert_eq!(same, made);
    }
    assert_eq!(numbers(&store, &made).await.len(), 1);
}

async fn of_tabs_that_save_at_once_one_is_taken(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let tab = |n: i64| {
        let (store, user_id, id) = (store.clone(), kim.id, made.id);
        async move { strategies::save(&store, user_id, id, &fields(&format!("tab {n}")), Some(1), at(n)).await }
    };
    let saves = join_all((2..12).map(tab)).await;
    let refused = saves.iter().filter(|save| matches!(save, Err(StoreError::Conflict("version")))).count();
    assert_eq!((saves.iter().filter(|save| save.is_ok()).count(), refused), (1, 9), "{saves:?}");
    assert_eq!(numbers(&store, &made).await.len(), 2);
    // Without a word about what was seen, all are taken, one after the other.
    let blind = |n: i64| {
        let (store, user_id, id) = (store.clone(), kim.id, made.id);
        async move { strategies::save(&store, user_id, id, &fields(&format!("blind {n}")), None, at(n)).await }
    };
    assert!(join_all((20..30).map(blind)).await.iter().all(Result::is_ok));
    let found: Vec<i32> = numbers(&store, &made).await.into_iter().map(|(number, ..)| number).collect();
    assert_eq!(found, (1..=12).rev().collect::<Vec<_>>(), "no number twice, and no gap");
}

async fn an_old_version_is_taken_back(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    strategies::save(&store, kim.id, made.id, &fields("b"), None, at(2)).await.expect("saved");
    strategies::activate(&store, kim.id, made.id, 2, at(3)).await.expect("activated");
    let restored = strategies::restore(&store, kim.id, made.id, 1, at(4)).await.expect("restored");
    assert_eq!((&restored.fields, restored.version, restored.active_version), (&fields("a"), 3, Some(2)));
    let again = strategies::restore(&store, kim.id, made.id, 3, at(5)).await.expect("no change");
    assert_eq!(again, restored, "the newest is not made once more");
    let expected = [(3, "a".to_owned(), Some(1)), (2, "b".to_owned(), None), (1, "a".to_owned(), None)];
    assert_eq!(numbers(&store, &made).await, expected);
    let none = strategies::restore(&store, kim.id, made.id, 4, at(6)).await;
    assert!(matches!(none, Err(StoreError::NotFound)), "{none:?}");
}

async fn what_was_put_away_does_not_trade(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    strategies::activate(&store, kim.id, made.id, 1, at(2)).await.expect("activated");
    let archive = strategies::archive(&store, kim.id, made.id, at(3)).await;
    assert!(matches!(archive, Err(StoreError::Conflict("strategy_active"))), "{archive:?}");
    strategies::deactivate(&store, kim.id, made.id, at(4)).await.expect("stopped");
    let away = strategies::archive(&store, kim.id, made.id, at(5)).await.expect("put away");
    assert_eq!(away.archived_at, Some(at(5)));
    let again = strategies::archive(&store, kim.id, made.id, at(6)).await.expect("no change");
    assert_eq!(again, away, "putting away twice changes nothing");
    let start = strategies::activate(&store, kim.id, made.id, 1, at(7)).await;
    assert!(matches!(start, Err(StoreError::Conflict("strategy_archived"))), "{start:?}");

    let listed = async |is_archived: bool| {
        let filter = StrategyFilter { is_archived, ..Default::default() };
        strategies::list(&store, kim.id, &filter, StrategySort::Newest, ALL).await.expect("a read").total
    };
    assert_eq!((listed(false).await, listed(true).await), (0, 1));
    let saved = strategies::save(&store, kim.id, made.id, &fields("b"), None, at(8)).await.expect("saved");
    assert_eq!((saved.version, saved.archived_at), (2, Some(at(5))));
    let back = strategies::unarchive(&store, kim.id, made.id, at(9)).await.expect("taken back");
    assert_eq!((back.archived_at, listed(false).await, listed(true).await), (None, 1, 0));
    strategies::activate(&store, kim.id, made.id, 2, at(10)).await.expect("activated");
}

async fn what_the_owner_did_is_written_down(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let id = made.id;
    strategies::save(&store, kim.id, id, &fields("b"), None, at(2)).await.expect("saved");
    strategies::activate(&store, kim.id, id, 1, at(3)).await.expect("activated");
    strategies::activate(&store, kim.id, id, 2, at(4)).await.expect("activated");
    strategies::restore(&store, kim.id, id, 1, at(5)).await.expect("restored");
    for _ in 0..2 {
        strategies::deactivate(&store, kim.id, id, at(6)).await.expect("stopped");
        strategies::archive(&store, kim.id, id, at(7)).await.expect("put away");
    }
    strategies::unarchive(&store, kim.id, id, at(8)).await.expect("taken back");
    let log = audit::list(&store, Some(kim.id), ALL).await.expect("a read");
    let ours = log.items.iter().rev().filter(|row| row.object == format!("strategy:{id}"));
    let told: Vec<(&str, &Value)> = ours.clone().map(|row: &AuditRow| (row.action.as_str(), &row.detail)).collect();
    assert!(ours.clone().all(|row| row.actor == format!("user:{}", kim.id)), "{log:?}");
    let expected = [
        ("strategy.activate", &json!({ "version": 1, "replaced": null, "account": account.id })),
        ("strategy.activate", &json!({ "version": 2, "replaced": 1, "account": account.id })),
        ("strategy.restore", &json!({ "version": 3, "restored_from": 1 })),
        ("strategy.deactivate", &json!({ "version": 2 })),
        ("strategy.archive", &Value::Null),
        ("strategy.unarchive", &Value::Null),
    ];
    assert_eq!(told, expected);
}

async fn every_change_is_announced(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let bus = MemoryBus::new();
    let mut notices = exodus_domain::EventBus::subscribe(&bus).await.expect("a subscription");
    outbox::drain(&store, &bus).await.expect("drained");
    let made = strategy(&store, kim.id, "a").await;
    let changes = Cell::new(0);
    let mut announced = async |expected: usize, account_id: Option<i64>| {
        changes.set(changes.get() + 1);
        let drained = outbox::drain(&store, &bus).await.expect("drained");
        assert_eq!(drained, expected, "change {}", changes.get());
        for _ in 0..expected {
            let told = notices.next().await.flatten();
            let notice = Notice::StrategyChanged { user_id: kim.id, account_id, strategy_id: made.id };
            assert_eq!(told, Some(notice));
        }
    };
    announced(1, None).await;
    strategies::save(&store, kim.id, made.id, &fields("b"), None, at(2)).await.expect("saved");
    announced(1, None).await;
    strategies::save(&store, kim.id, made.id, &fields("b"), None, at(2)).await.expect("no change");
    announced(0, None).await;
    strategies::restore(&store, kim.id, made.id, 1, at(3)).await.expect("restored");
    announced(1, None).await;
    strategies::activate(&store, kim.id, made.id, 2, at(4)).await.expect("activated");
    announced(1, Some(account.id)).await;
    strategies::deactivate(&store, kim.id, made.id, at(5)).await.expect("stopped");
    announced(1, Some(account.id)).await;
    strategies::archive(&store, kim.id, made.id, at(6)).await.expect("put away");
    announced(1, None).await;
    strategies::delete(&store, kim.id, made.id, at(7)).await.expect("deleted");
    announced(1, None).await;
}

async fn a_deleted_strategy_keeps_its_signals(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    let (recorded, _) = signals::record(&store, &signal(kim.id, made.id, "k"), at(2)).await.expect("recorded");
    assert_eq!((recorded.strategy_version, recorded.strategy_name.as_str()), (Some(1), "a"));
    strategies::delete(&store, kim.id, made.id, at(3)).await.expect("deleted");
    assert_eq!(strategies::get(&store, kim.id, made.id).await.expect("a read"), None);
    assert_eq!(strategies::version(&store, kim.id, made.id, 1).await.expect("a read"), None);
    for is_archived in [false, true] {
        let filter = StrategyFilter { is_archived, ..Default::default() };
        let found = strategies::list(&store, kim.id, &filter, StrategySort::Newest, ALL).await.expect("a read");
        assert_eq!(found.total, 0);
    }
    assert_eq!(signals::get(&store, kim.id, recorded.id).await.expect("a read"), Some(recorded));
}

async fn a_strategy_belongs_to_its_owner(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let (lee, _) = user(&store, "lee").await;
    let made = strategy(&store, kim.id, "a").await;
    assert_eq!(strategies::get(&store, lee.id, made.id).await.expect("a read"), None);
    assert_eq!(strategies::version(&store, lee.id, made.id, 1).await.expect("a read"), None);
    let refused = [
        strategies::save(&store, lee.id, made.id, &fields("x"), None, at(2)).await.map(drop),
        strategies::activate(&store, lee.id, made.id, 1, at(2)).await.map(drop),
        strategies::deactivate(&store, lee.id, made.id, at(2)).await.map(drop),
        strategies::archive(&store, lee.id, made.id, at(2)).await.map(drop),
        strategies::unarchive(&store, lee.id, made.id, at(2)).await.map(drop),
        strategies::restore(&store, lee.id, made.id, 1, at(2)).await.map(drop),
        strategies::versions(&store, lee.id, made.id, ALL).await.map(drop),
        strategies::delete(&store, lee.id, made.id, at(2)).await,
    ];
    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::NotFound))), "{refused:?}");
    assert_eq!(strategies::get(&store, kim.id, made.id).await.expect("a read"), Some(made));
}

async fn names(store: &Store, user_id: i64, filter: &StrategyFilter, sort: StrategySort) -> Vec<String> {
    let found = strategies::list(store, user_id, filter, sort, ALL).await.expect("a read");
    assert_eq!(usize::try_from(found.total).expect("few"), found.items.len());
    found.items.into_iter().map(|one| one.fields.name).collect()
}

async fn a_list_comes_in_pages(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    for n in 0..5 {
        strategy(&store, kim.id, &n.to_string()).await;
    }
    let everything = StrategyFilter::default();
    let page = async |number| {
        let page = Page { number, size: 2 };
        let found = strategies::list(&store, kim.id, &everything, StrategySort::Newest, page).await.expect("a page");
        (found.total, found.items.into_iter().map(|one| one.fields.name).collect::<Vec<_>>())
    };
    assert_eq!(page(1).await, (5, vec!["4".to_owned(), "3".to_owned()]));
    assert_eq!(page(3).await, (5, vec!["0".to_owned()]));
    assert_eq!(page(4).await, (5, vec![]));
}

async fn a_list_is_searched_and_filtered(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let wide = StrategyFields { symbols: vec![symbol("000660")], ..fields("Golden_Cross 100%") };
    let other = StrategyFields {
        strategy_type: "rules".to_owned(),
        description: "삼성전자를 산다".to_owned(),
        ..fields("c\\d")
    };
    strategies::create(&store, kim.id, &wide, at(1)).await.expect("made");
    let other = strategies::create(&store, kim.id, &other, at(1)).await.expect("made");
    strategy(&store, kim.id, "목표").await;
    strategies::activate(&store, kim.id, other.id, 1, at(2)).await.expect("activated");
    for (text, expected) in [
        ("golden", vec!["Golden_Cross 100%"]),
        ("CROSS", vec!["Golden_Cross 100%"]),
        ("_", vec!["Golden_Cross 100%"]),
        ("%", vec!["Golden_Cross 100%"]),
        ("\\", vec!["c\\d"]),
        ("목표", vec!["목표"]),
        ("삼성", vec!["c\\d"]),
        ("000660", vec!["Golden_Cross 100%"]),
        ("005930", vec!["목표", "c\\d"]),
        ("none", vec![]),
    ] {
        let filter = StrategyFilter { search: Some(text.to_owned()), ..Default::default() };
        assert_eq!(names(&store, kim.id, &filter, StrategySort::Newest).await, expected, "{text}");
    }
    let filter = StrategyFilter { strategy_type: Some("rules".to_owned()), ..Default::default() };
    assert_eq!(names(&store, kim.id, &filter, StrategySort::Newest).await, ["c\\d"]);
    let filter = StrategyFilter { is_active: Some(true), ..Default::default() };
    assert_eq!(names(&store, kim.id, &filter, StrategySort::Newest).await, ["c\\d"]);
    let filter = StrategyFilter { is_active: Some(false), ..Default::default() };
    assert_eq!(names(&store, kim.id, &filter, StrategySort::Name).await, ["Golden_Cross 100%", "목표"]);
}

async fn a_list_is_sorted_by_the_last_return(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    for (name, returns) in [("none", vec![]), ("once good", vec![0.9, -0.2]), ("good", vec![0.3]), ("fair", vec![0.1])]
    {
        let made = strategy(&store, kim.id, name).await;
        for total_return in returns {
            tested(&store, &made, total_return).await;
        }
    }
    let sorted = names(&store, kim.id, &StrategyFilter::default(), StrategySort::Return).await;
    assert_eq!(sorted, ["good", "fair", "once good", "none"]);
}

async fn tested(store: &Store, of: &Strategy, total_return: f64) {
    let date = at(0).date_naive();
    let new = NewBacktest {
        user_id: of.user_id,
        strategy_id: Some(of.id),
        strategy_version: Some(of.version),
        name: String::new(),
        strategy_type: of.fields.strategy_type.clone(),
        parameters: of.fields.parameters.clone(),
        symbols: of.fields.symbols.clone(),
        start_date: date,
        end_date: date,
        initial_capital: Won(1),
        commission: Default::default(),
        options: json!({}),
    };
    let id = backtests::create(store, &new, at(1)).await.expect("recorded").id;
    let summary = BacktestSummary {
        final_capital: Won(1),
        total_return,
        annual_return: 0.0,
        max_drawdown: 0.0,
        sharpe_ratio: None,
        win_rate: None,
        trades_count: 0,
    };
    let (curve, results) = (vec![0.0, total_return], json!({}));
    let outcome = BacktestOutcome { summary, results, curve, trades: Vec::new(), round_trips: Vec::new() };
    backtests::finish_done(store, id, &outcome, at(2)).await.expect("stored");
}

async fn the_database_refuses_what_must_not_be(TestDb { store, raw, .. }: TestDb) {
    let (kim, account) = user(&store, "kim").await;
    let made = strategy(&store, kim.id, "a").await;
    strategies::save(&store, kim.id, made.id, &fields("b"), None, at(2)).await.expect("saved");
    for sql in ["UPDATE strategy_versions SET name = 'x' WHERE number = 1", "DELETE FROM strategy_versions"] {
        let refused = raw.execute_unprepared(sql).await.expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    strategies::activate(&store, kim.id, made.id, 2, at(3)).await.expect("activated");
    for change in [
        "active_version = NULL",
        "is_active = FALSE",
        "active_version = 3",
        "version = 1, active_version = 1",
        "archived_at = updated_at",
        "deleted_at = updated_at",
    ] {
        let refused = raw.execute_unprepared(&format!("UPDATE strategies SET {change}")).await.expect_err(change);
        assert!(refused.to_string().contains("a strategy trades one of its versions"), "{change}: {refused}");
    }
    let active = strategies::active_of_account(&store, account.id).await.expect("a read");
    assert_eq!(active.iter().map(|one| one.version).collect::<Vec<_>>(), [2]);
}
