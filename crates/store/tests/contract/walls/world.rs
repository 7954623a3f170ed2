//! One of everything that a user can have, each marked with whose it is.

use chrono::NaiveDate;
use exodus_domain::{
    BrokerOrder, BrokerOrderId, CommissionPlan, CommissionTerms, Interval, NotificationKind, RowFacts, Side, Won,
};
use exodus_store::backfills::{self, NewBackfill};
use exodus_store::backtests::{self, NewBacktest};
use exodus_store::credentials::{self, SealedField};
use exodus_store::import::ImportProgress;
use exodus_store::imports::{self, ImportKind, ImportSource, NewImport};
use exodus_store::notifications::{self, NewNotification};
use exodus_store::orders::{self, Creation, NewOrder};
use exodus_store::requests::{self, NewRequest, RequestAction, Submitted};
use exodus_store::restricted::{self, ListOwner};
use exodus_store::signals::{self, NewSignal};
use exodus_store::snapshots::{self, AccountSnapshot};
use exodus_store::strategies::{self, StrategyFields};
use exodus_store::sweeps::{self, NewSweep, SweepTrial};
use exodus_store::users::{self, NewUser, Registration};
use exodus_store::{Store, settings};
use serde_json::json;

use crate::harness::{ALL, at, limit, symbol};
use crate::trading::signal;

/// A user and the numbers of what is theirs.
pub(super) struct Tenant {
    pub(super) marker: String,
    /// What the account began with: a number that nobody else's text holds.
    pub(super) cash: i64,
    pub(super) user: i64,
    pub(super) account: i64,
    pub(super) strategy: i64,
    pub(super) signal: NewSignal,
    pub(super) signal_id: i64,
    pub(super) order: NewOrder,
    pub(super) order_id: i64,
    pub(super) request: NewRequest,
    pub(super) request_id: i64,
    pub(super) backtest: i64,
    pub(super) sweep: i64,
    pub(super) import: i64,
    pub(super) backfill: i64,
    pub(super) notification: i64,
}

pub(super) fn fields(marker: &str) -> StrategyFields {
    StrategyFields {
        name: marker.to_owned(),
        description: marker.to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "whose": marker }),
        symbols: vec![symbol("005930")],
    }
}

pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 19).expect("a date")
}

pub(super) async fn tenant(store: &Store, number: i64) -> Tenant {
    let marker = format!("tenant{number:02}x");
    let cash = 880_000_000_000 + number;
    settings::set(store, settings::REGISTRATION_OPEN, &true, at(0)).await.expect("the setting is stored");
    let new =
        NewUser { email: format!("{marker}@example.com"), hashed_password: marker.clone(), full_name: marker.clone() };
    let made = users::register(store, &new, Won(cash), at(0)).await.expect("a registration");
    let Registration::Created { user, account } = made else { panic!("not registered: {made:?}") };
    let (user, account) = (user.id, account.id);
    let strategy = strategies::create(store, user, &fields(&marker), at(1)).await.expect("made").id;
    strategies::activate(store, user, strategy, 1, at(1)).await.expect("trades on the account");
    let mut signal = NewSignal { account_id: account, ..signal(user, strategy, &marker) };
    signal.signal.reason.code.clone_from(&marker);
    let (recorded, _) = signals::record(store, &signal, at(2)).await.expect("recorded");
    let request = NewRequest {
        user_id: user,
        account_id: account,
        action: RequestAction::Cancel { order_id: number },
        idempotency_key: Some(marker.clone()),
        body_hash: marker.clone(),
    };
    let submitted = requests::submit(store, &request, at(2)).await.expect("written down");
    let Submitted::New(asked) = submitted else { panic!("{submitted:?}") };
    let order = NewOrder {
        user_id: user,
        account_id: account,
        strategy_id: Some(strategy),
        signal: None,
        request_id: Some(asked.id),
        fields: limit(Side::Buy, 1, 70_000),
        commission: None,
        inputs: json!({ "whose": marker }),
    };
    let made = orders::create_order(store, &order, at(3)).await.expect("created");
    let Creation::Created(written) = made else { panic!("{made:?}") };
    Tenant {
        user,
        account,
        strategy,
        signal_id: recorded.id,
        signal,
        order: NewOrder { request_id: None, ..order },
        order_id: written.id,
        request,
        request_id: asked.id,
        backtest: backtest(store, user, strategy, &marker).await,
        sweep: sweep(store, user, &marker).await,
        import: import(store, user, &marker).await,
        backfill: backfill(store, user).await,
        notification: beside_the_account(store, (user, account, written.id), &marker).await,
        marker,
        cash,
    }
}

async fn backtest(store: &Store, user: i64, strategy: i64, marker: &str) -> i64 {
    let new = NewBacktest {
        user_id: user,
        strategy_id: Some(strategy),
        strategy_version: Some(1),
        name: marker.to_owned(),
        strategy_type: "momentum".to_owned(),
        parameters: json!({ "whose": marker }),
        symbols: vec![symbol("005930")],
        start_date: day(),
        end_date: day(),
        initial_capital: Won(1),
        commission: CommissionTerms::Plan(CommissionPlan::FeeWaiver),
        options: json!({}),
    };
    backtests::create(store, &new, at(3)).await.expect("recorded").id
}

async fn sweep(store: &Store, user: i64, marker: &str) -> i64 {
    let new = NewSweep { user_id: user, name: marker.to_owned(), request: json!({ "whose": marker }), trials_total: 1 };
    let id = sweeps::create(store, &new, at(3)).await.expect("recorded").id;
    let trial = SweepTrial {
        fold: 0,
        number: 0,
        parameters: json!({ "whose": marker }),
        objective: None,
        total_return: None,
        annual_return: None,
        sharpe_ratio: None,
        max_drawdown: None,
        trades_count: None,
        document: json!({ "whose": marker }),
        error: Some(marker.to_owned()),
    };
    sweeps::add_trials(store, id, &[trial], at(4)).await.expect("stored");
    id
}

async fn import(store: &Store, user: i64, marker: &str) -> i64 {
    let new = NewImport {
        user_id: Some(user),
        source: ImportSource::File,
        kind: ImportKind::Bars,
        file_name: marker.to_owned(),
        interval: Interval::Day1,
        adjusted: true,
        strict: false,
    };
    let id = imports::create(store, &new, at(3)).await.expect("recorded").id;
    imports::progress(store, id, ImportProgress { rows_read: 1, total: 2 }, at(4)).await.expect("noted").id
}

async fn backfill(store: &Store, user: i64) -> i64 {
    let new = NewBackfill {
        user_id: user,
        symbols: vec![symbol("005930")],
        interval: Interval::Day1,
        from: day(),
        to: day(),
    };
    backfills::create(store, &new, at(3)).await.expect("recorded").id
}

/// What an account has beside its orders. The number of a notification.
async fn beside_the_account(store: &Store, (user, account, order): (i64, i64, i64), marker: &str) -> i64 {
    let snapshot = AccountSnapshot {
        id: 0,
        user_id: user,
        account_id: account,
        snapshot_date: day(),
        total_assets: Won(1),
        cash_balance: Won(1),
        stock_value: Won(0),
        realized_pnl: Won(0),
        unrealized_pnl: Won(0),
    };
    snapshots::upsert(store, &snapshot).await.expect("stored");
    let tx = store.begin().await.expect("a transaction");
    let field = SealedField {
        user_id: user,
        account_id: account,
        field: "app_key".to_owned(),
        version: 1,
        key_id: marker.to_owned(),
        wrapped_key: marker.as_bytes().to_vec(),
        sealed: marker.as_bytes().to_vec(),
    };
    credentials::put(&tx, &field, at(4)).await.expect("stored");
    tx.commit().await.expect("committed");
    let row = BrokerOrder {
        id: BrokerOrderId(marker.to_owned()),
        fields: limit(Side::Buy, 1, 70_000),
        facts: RowFacts {
            order_qty: exodus_domain::Qty(1),
            cum_qty: exodus_domain::Qty(0),
            cum_amount: Won(0),
            end: None,
        },
        accepted_at: at(4),
        original: None,
        is_foreign: true,
    };
    orders::record_list(store, account, day(), &[row], &[], at(4)).await.expect("written down");
    restricted::add(store, ListOwner::User(user), symbol("000660"), marker, Some(user), at(4)).await.expect("listed");
    let told = NewNotification {
        user_id: user,
        account_id: Some(account),
        order_id: Some(order),
        kind: NotificationKind::JobDropped,
        subject: marker.to_owned(),
        values: json!({ "whose": marker }),
    };
    notifications::raise(store, &told, at(4)).await.expect("told");
    notifications::list(store, user, false, ALL).await.expect("a read").items[0].id
}
