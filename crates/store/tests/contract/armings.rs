//! Live armings: what they need, what they let out, and what ends them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use exodus_domain::{
    ArmingEnd, ArmingNeed, BrokerBalance, CircuitEvent, KillScope, KillState, LimitName, NotificationKind, PaperFlaw,
    Side, Won, kst_date, next_session,
};
use exodus_store::accounts::{self, Account, AccountEnv, AccountStatus, KeyHints};
use exodus_store::armings::{self, Arming, Candidate, NewArming};
use exodus_store::orders::{self, ClaimOutcome, Creation, NewOrder, WithdrawReason};
use exodus_store::users::{self, User};
use exodus_store::{
    Store, StoreError, audit, circuits, kill_switches, leases, limits, notifications, sessions, strategies,
    strategy_stops, trading_days,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::broker_accounts::added_in;
use crate::harness::{ALL, TestDb, at, limit, on_each_database, on_each_database_with_raw_sql, user};
use crate::strategies::strategy;
use crate::trading::signal;

on_each_database!(
    what_is_missing_is_told_and_arms_nothing,
    the_armed_version_alone_may_be_claimed,
    an_arming_lasts_for_its_days,
    what_changes_ends_an_arming,
    clean_paper_days_are_counted_from_what_was_recorded,
    what_was_changed_is_audited_with_hashes_of_before_and_after,
);

on_each_database_with_raw_sql!(an_arming_is_never_changed);

/// Nine in the morning of a session, Korean time.
fn morning() -> DateTime<Utc> {
    "2026-11-16T09:00:00+09:00".parse().expect("a time")
}

struct Stage {
    store: Store,
    kim: User,
    account: Account,
    strategy: i64,
}

impl Stage {
    /// A live account with everything that arming needs but for paper days.
    async fn new(store: &Store) -> Self {
        let (kim, _) = user(store, "kim").await;
        let account = added_in(store, kim.id, "a", AccountEnv::Live).await.expect("added");
        let strategy = strategy(store, kim.id, "a").await.id;
        strategies::activate_on(store, kim.id, strategy, 1, account.id, morning()).await.expect("activated");
        accounts::mark_checked(store, account.id, AccountStatus::NotArmed, None, morning()).await.expect("checked");
        let told = BrokerBalance {
            cash: Won(10_000_000),
            orderable_cash: Won(10_000_000),
            holdings: Vec::new(),
            sellable: Default::default(),
        };
        accounts::sync(store, account.id, &told, morning()).await.expect("read");
        let stage = Self { store: store.clone(), kim, account, strategy };
        stage.set(LimitName::MaxOrderNotional, 500_000).await;
        stage.set(LimitName::MaxDailyLoss, 300_000).await;
        stage
    }

    /// The daily loss is the default's: setting it confirms it.
    async fn set(&self, name: LimitName, value: i64) {
        limits::set(&self.store, (self.kim.id, self.account.id), name, value, true, morning()).await.expect("set");
    }

    fn candidate(&self) -> Candidate {
        Candidate {
            user_id: self.kim.id,
            account_id: self.account.id,
            strategy_id: self.strategy,
            strategy_version: 1,
            needs_paper_days: false,
        }
    }

    async fn arm_at(&self, now: DateTime<Utc>) -> Result<Arming, StoreError> {
        let today = kst_date(now);
        let new = NewArming {
            candidate: self.candidate(),
            max_loss: Won(1_230_000),
            days: (today, next_session(today).expect("a session")),
            program: "test".to_owned(),
            address: None,
        };
        armings::arm(&self.store, &new, now).await
    }

    async fn arm(&self) -> Arming {
        self.arm_at(morning()).await.expect("armed")
    }

    async fn missing(&self) -> Vec<ArmingNeed> {
        armings::missing(&self.store, &self.candidate(), morning()).await.expect("a read")
    }

    /// What becomes of an order of that version of the strategy, written down and claimed at `now`.
    async fn claimed(&self, version: Option<i32>, key: &str, now: DateTime<Utc>) -> ClaimOutcome {
        let name = format!("account:{}", self.account.id);
        let lease = leases::acquire(&self.store, &name, "test", now).await.expect("a read").expect("a lease");
        let mut signal = signal(self.kim.id, self.strategy, key);
        (signal.account_id, signal.strategy_version) = (self.account.id, version);
        let new = NewOrder {
            user_id: self.kim.id,
            account_id: self.account.id,
            strategy_id: version.map(|_| self.strategy),
            signal: version.map(|_| signal),
            request_id: None,
            fields: limit(Side::Buy, 1, 70_000),
            commission: None,
            inputs: json!({}),
        };
        let order = match orders::create_order(&self.store, &new, now).await.expect("written") {
            Creation::Created(order) => order.id,
            other => panic!("not written: {other:?}"),
        };
        let claimed = orders::claim(&self.store, order, &lease, now).await.expect("an outcome");
        leases::release(&self.store, &lease).await.expect("given back");
        claimed
    }

    async fn ended(&self, arming: &Arming) -> Option<ArmingEnd> {
        let all = armings::list(&self.store, self.account.id, ALL).await.expect("a read").items;
        all.into_iter().find(|one| one.id == arming.id).expect("it is kept").end.map(|(_, reason)| reason)
    }
}

fn is_not_armed(outcome: &ClaimOutcome) -> bool {
    matches!(outcome, ClaimOutcome::Withdrawn { why: WithdrawReason::NotArmed, .. })
}

async fn what_is_missing_is_told_and_arms_nothing(store: Store) {
    let stage = Stage::new(&store).await;
    assert_eq!(stage.missing().await, []);
    let strict = Candidate { needs_paper_days: true, ..stage.candidate() };
    assert_eq!(armings::missing(&store, &strict, morning()).await.expect("a read"), [ArmingNeed::PaperDays]);
    let other = Candidate { strategy_version: 2, ..stage.candidate() };
    assert_eq!(armings::missing(&store, &other, morning()).await.expect("a read"), [ArmingNeed::Trading]);
    let tomorrow = morning() + TimeDelta::days(1);
    let unread = armings::missing(&store, &stage.candidate(), tomorrow).await.expect("a read");
    assert_eq!(unread, [ArmingNeed::Reconciled]);
    let (lee, _) = user(&store, "lee").await;
    let stranger = armings::missing(&store, &Candidate { user_id: lee.id, ..stage.candidate() }, morning()).await;
    assert!(matches!(stranger, Err(StoreError::NotFound)), "{stranger:?}");

    let raise = (stage.kim.id, stage.account.id);
    limits::set(&store, raise, LimitName::MaxOpenOrders, 20, true, morning()).await.expect("asked for");
    assert_eq!(stage.missing().await, [ArmingNeed::Limits], "a raise waits");
    limits::withdraw(&store, raise, LimitName::MaxOpenOrders, morning()).await.expect("taken back");
    let account = stage.account.id;
    accounts::mark_checked(&store, account, AccountStatus::Refused, None, morning()).await.expect("checked");
    assert_eq!(stage.missing().await, [ArmingNeed::Credential]);
    accounts::mark_checked(&store, account, AccountStatus::NotArmed, None, morning()).await.expect("checked");
    let id = stage.kim.id;
    kill_switches::set(&store, KillScope::User, id, KillState::ReduceOnly, "x", Some(id), morning())
        .await
        .expect("set");
    assert_eq!(stage.missing().await, [ArmingNeed::NotHalted]);
    let refused = stage.arm_at(morning()).await;
    assert!(matches!(refused, Err(StoreError::Conflict("arming_needs"))), "{refused:?}");
    kill_switches::set(&store, KillScope::User, id, KillState::Active, "x", Some(id), morning()).await.expect("set");
    accounts::put_into_review(&store, account, "EXTERNAL_FILL", json!({}), morning()).await.expect("in review");
    assert_eq!(stage.missing().await, [ArmingNeed::Reconciled]);
}

async fn the_armed_version_alone_may_be_claimed(store: Store) {
    let stage = Stage::new(&store).await;
    assert!(is_not_armed(&stage.claimed(Some(1), "a", morning()).await), "before it is armed");
    stage.arm().await;
    let again = stage.arm_at(morning()).await;
    assert!(matches!(again, Err(StoreError::Conflict("armed"))), "{again:?}");
    assert!(is_not_armed(&stage.claimed(Some(2), "b", morning()).await), "another version");
    assert!(is_not_armed(&stage.claimed(None, "c", morning()).await), "a person");
    let armed = armings::in_force(&store, stage.account.id, morning()).await.expect("a read");
    assert_eq!(
        armed.iter().map(|one| (one.strategy_id, one.is_first_day)).collect::<Vec<_>>(),
        [(stage.strategy, true)]
    );
    let claimed = stage.claimed(Some(1), "d", morning()).await;
    assert!(matches!(claimed, ClaimOutcome::Claimed { .. }), "{claimed:?}");
    let same_day = armings::in_force(&store, stage.account.id, morning() + TimeDelta::hours(6)).await.expect("a read");
    assert!(same_day[0].is_first_day, "the first day lasts until it ends");
    let next = armings::in_force(&store, stage.account.id, morning() + TimeDelta::days(1)).await.expect("a read");
    assert!(!next[0].is_first_day, "it left an order on the day before");
    armings::disarm(&store, stage.kim.id, stage.strategy, morning()).await.expect("disarmed");
    let twice = armings::disarm(&store, stage.kim.id, stage.strategy, morning()).await;
    assert!(matches!(twice, Err(StoreError::NotFound)), "{twice:?}");
    assert_eq!(armings::in_force(&store, stage.account.id, morning()).await.expect("a read"), []);
    let log = audit::list(&store, Some(stage.kim.id), ALL).await.expect("a read").items;
    let of_arming = log.iter().rev().filter(|row| row.action.starts_with("arming."));
    let told: Vec<_> = of_arming
        .map(|row| (row.action.as_str(), row.actor.clone(), row.before_hash.is_some(), row.after_hash.is_some()))
        .collect();
    let actor = format!("user:{}", stage.kim.id);
    assert_eq!(told, [("arming.arm", actor.clone(), false, true), ("arming.end", actor, true, true)]);
    assert_eq!(log.iter().filter(|row| row.detail["max_loss"] == 1_230_000).count(), 2);
}

async fn an_arming_lasts_for_its_days(store: Store) {
    let stage = Stage::new(&store).await;
    let arming = stage.arm().await;
    let days = |days| morning() + TimeDelta::days(days);
    for (day, is_armed) in [(-1, false), (0, true), (1, true), (2, false)] {
        let armed = armings::in_force(&store, stage.account.id, days(day)).await.expect("a read");
        assert_eq!(!armed.is_empty(), is_armed, "day {day}");
    }
    assert_eq!(armings::end_due(&store, days(1)).await.expect("looked"), 0);
    assert_eq!(armings::end_due(&store, days(2)).await.expect("looked"), 1);
    assert_eq!(armings::end_due(&store, days(2)).await.expect("looked"), 0);
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::Expired));
    let told = notifications::list(&store, stage.kim.id, true, ALL).await.expect("a read").items;
    assert_eq!(told.iter().map(|one| one.kind).collect::<Vec<_>>(), [NotificationKind::ArmingEnded]);
    assert_eq!(
        (&told[0].values["reason"], &told[0].values["strategy_id"]),
        (&json!("expired"), &json!(stage.strategy))
    );
}

async fn what_changes_ends_an_arming(store: Store) {
    let stage = Stage::new(&store).await;
    let (store, user_id, account) = (&stage.store, stage.kim.id, stage.account.id);
    let now = morning();
    let own = (user_id, account);
    let arming = stage.arm().await;
    limits::set(store, own, LimitName::MaxOrderNotional, 400_000, true, now).await.expect("lowered");
    kill_switches::set(store, KillScope::Account, account, KillState::Halted, "x", Some(user_id), now)
        .await
        .expect("halted by a person");
    kill_switches::set(store, KillScope::Account, account, KillState::Active, "x", Some(user_id), now)
        .await
        .expect("cleared");
    assert_eq!(stage.ended(&arming).await, None, "a lower limit and a person's halt end nothing");

    limits::set(store, own, LimitName::MaxOrderNotional, 600_000, true, now).await.expect("asked for");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::LimitRaised), "it ends when it is asked for");
    limits::withdraw(store, own, LimitName::MaxOrderNotional, now).await.expect("taken back");

    let arming = stage.arm().await;
    trading_days::open(store, account, kst_date(now), Won(10_000_000), now).await.expect("begun");
    trading_days::reach_loss(store, account, kst_date(now), Won(1), Won(2), now).await.expect("reached");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::DailyLoss));

    let arming = stage.arm().await;
    kill_switches::set(store, KillScope::Account, account, KillState::Halted, "OVERFILL", None, now)
        .await
        .expect("halted by the program");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::Breach));
    kill_switches::set(store, KillScope::Account, account, KillState::Active, "x", Some(user_id), now)
        .await
        .expect("cleared");

    for change in 0..3 {
        let arming = stage.arm().await;
        match change {
            0 => change_password(store, user_id).await,
            1 => change_role(store, user_id).await,
            _ => reuse_a_session(store, user_id).await,
        }
        assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::Access), "change {change}");
    }

    let arming = stage.arm().await;
    assert_eq!(armings::end_of_other_programs(store, "test", now).await.expect("looked"), 0);
    assert_eq!(armings::end_of_other_programs(store, "next", now).await.expect("looked"), 1);
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::Deployed));

    let arming = stage.arm().await;
    strategies::deactivate(store, user_id, stage.strategy, now).await.expect("stopped");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::StrategyChanged));
    strategies::activate_on(store, user_id, stage.strategy, 1, account, now).await.expect("activated");

    let arming = stage.arm().await;
    let stored = strategies::get(store, user_id, stage.strategy).await.expect("a read").expect("a strategy");
    let mut fields = stored.fields;
    fields.parameters["lookback"] = json!(7);
    strategies::save(store, user_id, stage.strategy, &fields, None, now).await.expect("saved");
    assert_eq!(stage.ended(&arming).await, None, "what trades is the version before");
    strategies::activate_on(store, user_id, stage.strategy, 2, account, now).await.expect("activated");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::StrategyChanged));
    strategies::activate_on(store, user_id, stage.strategy, 1, account, now).await.expect("activated");

    let arming = stage.arm().await;
    circuits::tell(store, account, &CircuitEvent::Breached("I5".to_owned()), "monitor", now).await.expect("told");
    assert_eq!(stage.ended(&arming).await, Some(ArmingEnd::Breach));
    assert_eq!(stage.missing().await, [ArmingNeed::NotHalted]);
}

async fn change_password(store: &Store, user_id: i64) {
    let tx = store.begin().await.expect("a transaction");
    users::set_password(&tx, user_id, "other", morning()).await.expect("changed");
    tx.commit().await.expect("committed");
}

async fn change_role(store: &Store, user_id: i64) {
    let tx = store.begin().await.expect("a transaction");
    users::set_access(&tx, user_id, Some(users::Role::User), None, morning()).await.expect("changed");
    tx.commit().await.expect("committed");
}

/// The thief of a token comes with one that was spent long ago.
async fn reuse_a_session(store: &Store, user_id: i64) {
    let (later, end) = (morning() + TimeDelta::minutes(1), morning() + TimeDelta::days(7));
    sessions::start(store, user_id, "first", end, morning()).await.expect("a login");
    sessions::rotate(store, "first", "second", morning()).await.expect("rotated");
    sessions::rotate(store, "second", "third", morning()).await.expect("rotated");
    let reused = sessions::rotate(store, "first", "second", later).await.expect("an answer");
    assert!(matches!(reused, sessions::Rotation::Reused(_)), "{reused:?}");
    let told = notifications::list(store, user_id, true, ALL).await.expect("a read").items;
    assert!(told.iter().any(|one| one.kind == NotificationKind::TokenReused), "{told:?}");
}

/// The five sessions of a week and the Monday after.
fn week() -> [NaiveDate; 6] {
    ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-23"]
        .map(|date| date.parse().expect("a date"))
}

async fn clean_paper_days_are_counted_from_what_was_recorded(store: Store) {
    let (kim, demo) = user(&store, "kim").await;
    let strategy = strategy(&store, kim.id, "a").await.id;
    let time = |text: &str| -> DateTime<Utc> { format!("{text}:00+09:00").parse().expect("a time") };
    // Before the open of Monday; on Tuesday it is taken off for a while, on Wednesday the program halts the account.
    strategies::activate_on(&store, kim.id, strategy, 1, demo.id, time("2026-11-16T08:00")).await.expect("activated");
    for date in week() {
        if date != week()[4] {
            trading_days::open(&store, demo.id, date, Won(100_000_000), at(0)).await.expect("begun");
        }
    }
    strategies::deactivate(&store, kim.id, strategy, time("2026-11-17T11:00")).await.expect("stopped");
    strategies::activate_on(&store, kim.id, strategy, 1, demo.id, time("2026-11-17T12:00")).await.expect("activated");
    let switch = async |state, text: &str| {
        let reason = "POSITION_MISMATCH";
        kill_switches::set(&store, KillScope::Account, demo.id, state, reason, None, time(text)).await.expect("set");
    };
    switch(KillState::Halted, "2026-11-18T10:00").await;
    switch(KillState::Active, "2026-11-19T10:00").await;
    strategy_stops::stop(&store, (strategy, demo.id), "fills", (1, 1), time("2026-11-23T10:00"))
        .await
        .expect("stopped");
    let days = async |version, text: &str| {
        armings::paper_days(&store, kim.id, (strategy, version), time(text)).await.expect("a read")
    };
    let told: Vec<_> = days(1, "2026-11-23T15:30").await.into_iter().rev().map(|day| (day.date, day.flaws)).collect();
    let [monday, tuesday, wednesday, thursday, friday, next] = week();
    assert_eq!(
        told,
        [
            (monday, vec![]),
            (tuesday, vec![PaperFlaw::NotAssigned]),
            (wednesday, vec![PaperFlaw::Halted]),
            (thursday, vec![PaperFlaw::Halted]),
            (friday, vec![PaperFlaw::NotRun]),
            (next, vec![PaperFlaw::Stopped]),
        ]
    );
    assert_eq!(days(1, "2026-11-23T15:29").await.len(), 5, "a session counts once it is over");
    assert_eq!(days(2, "2026-11-23T15:30").await, [], "of another version nothing is known");
    let clean = armings::clean_days(&store, kim.id, (strategy, 1), time("2026-11-23T15:30")).await;
    assert_eq!(clean.expect("a read"), 1);
}

async fn what_was_changed_is_audited_with_hashes_of_before_and_after(store: Store) {
    let stage = Stage::new(&store).await;
    let (user_id, account) = (stage.kim.id, stage.account.id);
    let switch = async |state| {
        kill_switches::set(&store, KillScope::Account, account, state, "x", Some(user_id), morning())
            .await
            .expect("set");
    };
    switch(KillState::Halted).await;
    switch(KillState::Active).await;
    let keys = KeyHints { app_key: "…Z9".to_owned(), hts_id: "le***".to_owned(), saved_at: morning() };
    let tx = store.begin().await.expect("a transaction");
    accounts::renew_keys(&tx, account, &keys, morning()).await.expect("renewed");
    tx.commit().await.expect("committed");
    accounts::put_into_review(&store, account, "EXTERNAL_FILL", json!({}), morning()).await.expect("in review");
    let log = audit::list(&store, Some(user_id), ALL).await.expect("a read").items;
    let of = |action: &str| log.iter().rev().filter(|row| row.action == action).cloned().collect::<Vec<_>>();
    let [pulled, cleared] = &of("kill_switch.set")[..] else { panic!("{log:?}") };
    assert_eq!((&pulled.before_hash, &pulled.after_hash), (&None, &cleared.before_hash), "one begins where one ends");
    assert!(cleared.after_hash.is_some() && cleared.after_hash != cleared.before_hash);
    for action in ["limit.set", "account.renew_keys", "account.review", "strategy.activate", "account.take_over"] {
        let rows = of(action);
        assert!(!rows.is_empty(), "{action}");
        for row in rows {
            let (before, after) = (row.before_hash.expect("before"), row.after_hash.expect("after"));
            // A limit that is confirmed stays what it was.
            assert_eq!(before == after, action == "limit.set" && row.detail["from"] == row.detail["to"], "{action}");
        }
    }
    assert_eq!(audit::verify(&store, Some(user_id)).await.expect("a check").broken_at, None);
}

async fn an_arming_is_never_changed(db: TestDb) {
    let stage = Stage::new(&db.store).await;
    let arming = stage.arm().await;
    for change in ["max_loss = 1", "last_date = '2027-01-04'", "strategy_version = 2", "program = 'x'"] {
        let sql = format!("UPDATE armings SET {change} WHERE id = {}", arming.id);
        assert!(db.raw.execute_unprepared(&sql).await.is_err(), "{change}");
    }
    armings::disarm(&db.store, stage.kim.id, stage.strategy, morning()).await.expect("disarmed");
    let again = format!("UPDATE armings SET ended_at = NULL WHERE id = {}", arming.id);
    assert!(db.raw.execute_unprepared(&again).await.is_err(), "what ended does not begin again");
}
