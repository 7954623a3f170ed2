//! Signals and snapshots.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exodus_domain::{Price, Qty, Reason, Signal, SignalType, Won};
use exodus_store::Store;
use exodus_store::signals::{self, NewSignal, SignalFilter};
use exodus_store::snapshots::{self, AccountSnapshot};
use futures::future::join_all;

use crate::harness::{ALL, at, on_each_database, symbol, user};
use crate::strategies::strategy;

on_each_database!(a_signal_is_recorded_once, a_snapshot_of_a_day_is_replaced,);

pub(crate) fn signal(user_id: i64, strategy_id: i64, key: &str) -> NewSignal {
    NewSignal {
        user_id,
        account_id: 1,
        strategy_id,
        strategy_version: Some(1),
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
