use exodus_domain::{TradingVenue, Won, from_kst, sessions, timetable};
use exodus_store::accounts::{AccountEnv, KeyHints, NewBrokerAccount};
use exodus_store::users::{self, NewUser, Role};
use exodus_store::{Durability, Page, StoreUrl};
use sea_orm::{ConnectionTrait, Database};

use super::phases::PHASES;
use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 time")
}

fn phase(name: &str) -> &'static Phase {
    PHASES.iter().find(|phase| phase.job.name == name).expect("a phase")
}

const ALL: Page = Page { number: 1, size: 100 };

#[test]
fn a_phase_is_due_from_its_time_until_its_grace_is_over() {
    let friday = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a valid date");
    let sunday = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a valid date");
    let cases = [
        ("at five to midnight", "account_snapshots", "2026-11-20T23:55:00+09:00", Some(friday)),
        ("a second earlier it is Thursday's, too late", "account_snapshots", "2026-11-20T23:54:59+09:00", None),
        ("shortly after midnight", "account_snapshots", "2026-11-21T00:30:00+09:00", Some(friday)),
        ("the next morning is too late", "account_snapshots", "2026-11-21T09:00:00+09:00", None),
        ("bars can still be had on Sunday", "daily_bars", "2026-11-22T12:00:00+09:00", Some(friday)),
        ("checks at ten to nine", "pre_open_checks", "2026-11-20T08:50:00+09:00", Some(friday)),
        ("a minute late is late enough", "pre_open_checks", "2026-11-20T08:51:00+09:00", Some(friday)),
        ("more is too late", "pre_open_checks", "2026-11-20T08:51:01+09:00", None),
        ("no session, no checks", "pre_open_checks", "2026-11-22T08:50:00+09:00", None),
        ("masters come on Sundays, too", "broker_data_ask", "2026-11-22T07:30:00+09:00", Some(sunday)),
        ("and at any time of the day", "broker_data_ask", "2026-11-22T23:59:00+09:00", Some(sunday)),
        ("heads are signed each hour", "audit_heads", "2026-11-22T13:00:00+09:00", Some(sunday)),
    ];
    for (story, name, now, expected) in cases {
        let due = phase(name).newest(at(now)).filter(|payload| at(now) <= payload.until);
        assert_eq!(due.map(|payload| payload.session), expected, "{story}");
    }
}

#[test]
fn everything_that_is_late_by_a_minute_is_left_out_but_what_says_why_not() {
    let longer = ["broker_data_ask", "account_snapshots", "daily_bars", "audit_heads"];
    for phase in &PHASES {
        let payload = phase.newest(at("2026-11-20T23:59:00+09:00")).expect("it was due before");
        let is_longer = payload.until - payload.tick > TimeDelta::seconds(60);
        assert_eq!(is_longer, longer.contains(&phase.job.name), "{}", phase.job.name);
    }
}

#[test]
fn snapshots_wait_for_the_last_venue() {
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a valid date");
    for session in sessions(date(2025, 3, 4), date(2027, 12, 31)) {
        let end_of_day = from_kst(session, chrono::NaiveTime::MIN) + TimeDelta::hours(24) - TimeDelta::seconds(1);
        let payload = phase("account_snapshots").newest(end_of_day).expect("it was due");
        assert_eq!(payload.session, session);
        for venue in TradingVenue::ALL {
            let ends = timetable(*venue, session).iter().map(|window| window.orders_to).max();
            assert!(ends.is_some_and(|end| from_kst(session, end) < payload.tick), "{venue} on {session}");
        }
    }
}

/// A store with a user who has an account at a broker that takes its keys.
async fn with_account(store: &Store, created_at: DateTime<Utc>) -> Account {
    let new = NewUser { email: "kim@example.com".into(), hashed_password: "x".into(), full_name: "Kim".into() };
    let user = users::create(store, &new, Role::User, created_at).await.expect("a user");
    exodus_store::accounts::open(store, user.id, Won(1_000_000), created_at).await.expect("a demo account");
    let new = NewBrokerAccount {
        user_id: user.id,
        name: "Paper".to_owned(),
        env: AccountEnv::Paper,
        number_hint: "******34-01".to_owned(),
        number_fingerprint: "f".to_owned(),
        keys: KeyHints { app_key: "…abcd".to_owned(), hts_id: "ki…".to_owned(), saved_at: created_at },
    };
    let tx = store.begin().await.expect("a transaction");
    let account = accounts::add(&tx, &new, created_at).await.expect("added");
    tx.commit().await.expect("committed");
    accounts::mark_checked(store, account.id, AccountStatus::Ready, None, created_at).await.expect("checked")
}

async fn queued(store: &Store) -> Vec<String> {
    let found = jobs::list(store, None, ALL).await.expect("readable");
    let mut kinds: Vec<String> = found.items.into_iter().map(|job| job.kind).collect();
    kinds.sort();
    kinds
}

async fn told(store: &Store, user_id: i64) -> Vec<String> {
    let told = notifications::list(store, user_id, false, ALL).await.expect("readable");
    let job = |row: &notifications::Notification| row.values["job"].as_str().map(ToOwned::to_owned);
    let mut jobs: Vec<String> = told.items.iter().filter_map(job).collect();
    jobs.sort();
    jobs
}

async fn sqlite() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = StoreUrl::Sqlite(folder.path().join("exodus.db"));
    let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("a database");
    store.migrate_up().await.expect("tables");
    (store, folder)
}

#[tokio::test]
async fn a_phase_that_was_missed_is_left_out_and_its_users_hear_why() {
    let (store, _folder) = sqlite().await;
    let mut taken = HashMap::new();
    look(&store, &mut taken, at("2026-11-20T07:00:00+09:00")).await.expect("looked");
    let account = with_account(&store, at("2026-11-20T07:10:00+09:00")).await;
    // The worker was away from 07:40 to 08:41:01: of three phases two are missed, and one is just too late.
    look(&store, &mut taken, at("2026-11-20T07:40:00+09:00")).await.expect("looked");
    assert!(queued(&store).await.contains(&"broker_data_ask".to_owned()));
    look(&store, &mut taken, at("2026-11-20T08:41:01+09:00")).await.expect("looked");
    assert_eq!(told(&store, account.user_id).await, ["account_sync", "broker_tokens", "morning_check"]);
    let unseen = notifications::list(&store, account.user_id, true, ALL).await.expect("readable").items;
    let sync = unseen.iter().find(|row| row.values["job"] == "account_sync").expect("told");
    assert_eq!((&sync.values["late_seconds"], &sync.values["allowed_seconds"]), (&json!(61), &json!(60)));
    assert_eq!(sync.account_id, Some(account.id));
    look(&store, &mut taken, at("2026-11-20T08:50:59+09:00")).await.expect("looked");
    assert!(queued(&store).await.contains(&"pre_open_checks".to_owned()));
    assert!(!queued(&store).await.contains(&"account_sync".to_owned()));
    // Another worker that starts then finds all that decided.
    let before = queued(&store).await;
    look(&store, &mut HashMap::new(), at("2026-11-20T08:50:59+09:00")).await.expect("looked");
    assert_eq!((queued(&store).await, told(&store, account.user_id).await.len()), (before, 3));
}

#[tokio::test]
async fn nobody_missed_what_was_before_them() {
    let (store, _folder) = sqlite().await;
    let account = with_account(&store, at("2026-11-20T10:00:00+09:00")).await;
    // The first start of all at half past ten, and an account of ten.
    look(&store, &mut HashMap::new(), at("2026-11-20T10:30:00+09:00")).await.expect("looked");
    assert_eq!(told(&store, account.user_id).await, Vec::<String>::new());
    assert_eq!(queued(&store).await, ["audit_heads", "broker_data_ask", "daily_bars"]);
}

#[tokio::test]
async fn without_an_account_at_a_broker_its_phases_do_not_come() {
    let (store, _folder) = sqlite().await;
    let mut taken = HashMap::new();
    for now in ["2026-11-20T07:00:00+09:00", "2026-11-20T08:50:00+09:00", "2026-11-20T09:00:00+09:00"] {
        look(&store, &mut taken, at(now)).await.expect("looked");
    }
    assert_eq!(
        queued(&store).await.iter().filter(|kind| !kind.starts_with("audit")).count(),
        1,
        "bars of the day before"
    );
}

/// Any number of workers look at the same time: each phase becomes one job, each late one is told once.
async fn one_of_many_takes_each_phase(store: Store) {
    look(&store, &mut HashMap::new(), at("2026-11-20T07:00:00+09:00")).await.expect("looked");
    let account = with_account(&store, at("2026-11-20T07:00:00+09:00")).await;
    let before = queued(&store).await;
    for now in ["2026-11-20T08:00:30+09:00", "2026-11-20T08:50:30+09:00"] {
        let mut fresh = [HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new()];
        let looks = fresh.iter_mut().map(|taken| look(&store, taken, at(now)));
        for outcome in futures::future::join_all(looks).await {
            outcome.expect("looked");
        }
    }
    let mut expected = before;
    expected.extend(["audit_heads", "broker_data_ask", "broker_tokens", "pre_open_checks"].map(ToOwned::to_owned));
    expected.sort();
    assert_eq!(queued(&store).await, expected);
    assert_eq!(told(&store, account.user_id).await, ["account_sync", "morning_check"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_takes_each_phase_on_sqlite() {
    let (store, _folder) = sqlite().await;
    one_of_many_takes_each_phase(store).await;
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stdout, reason = "a test that is skipped must say so")]
async fn one_of_many_takes_each_phase_on_postgres() {
    let Ok(url) = std::env::var("EXODUS_TEST_POSTGRES_URL") else {
        println!("skipped: no PostgreSQL/Redis");
        return;
    };
    let admin = Database::connect(&url).await.expect("PostgreSQL answers");
    let name = format!("schedule_{}", std::process::id());
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let (host, _) = url.rsplit_once('/').expect("the address of a server ends in a database");
    let url = format!("{host}/{name}").parse().expect("an address");
    let store = Store::connect(&url, Durability::RelaxedForTests).await.expect("it opens");
    store.migrate_up().await.expect("tables");
    one_of_many_takes_each_phase(store.clone()).await;
    store.close().await.expect("closed");
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
}
