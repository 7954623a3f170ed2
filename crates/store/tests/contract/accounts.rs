//! Users, logins, settings, the audit log.

use exodus_domain::{CommissionPlan, CommissionSchedule, CommissionTerms, Won};
use exodus_store::sessions::{self, Rotation};
use exodus_store::users::{self, NewUser, Registration, Role};
use exodus_store::{Store, StoreError, accounts, audit, settings};
use futures::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::harness::{ALL, TestDb, at, on_each_database, on_each_database_with_raw_sql, user};

on_each_database!(
    the_first_of_many_is_the_only_admin,
    a_mail_address_belongs_to_one_user,
    registration_is_closed_until_it_is_opened,
    access_and_password_can_be_changed,
    a_refresh_token_rotates_once_in_a_hundred,
    a_tab_overtaken_by_two_others_keeps_the_login,
    a_spent_token_that_comes_late_ends_the_login,
    a_login_ends,
    settings_are_replaced,
    an_account_pays_what_was_agreed_last,
);
on_each_database_with_raw_sql!(the_audit_log_is_one_chain_and_cannot_be_changed);

fn stranger(name: &str) -> NewUser {
    NewUser { email: format!("{name}@Example.com "), hashed_password: "h".to_owned(), full_name: name.to_owned() }
}

async fn the_first_of_many_is_the_only_admin(store: Store) {
    let names: Vec<NewUser> = (0..10).map(|n| stranger(&format!("u{n}"))).collect();
    let outcomes = join_all(names.iter().map(|new| users::register(&store, new, Won(1), at(0)))).await;
    let admins = outcomes
        .iter()
        .filter(|o| matches!(o, Ok(Registration::Created { user, .. }) if user.role == Role::Admin))
        .count();
    let closed = outcomes.iter().filter(|o| matches!(o, Ok(Registration::Closed))).count();
    assert_eq!((admins, closed), (1, 9));
}

async fn a_mail_address_belongs_to_one_user(store: Store) {
    let (first, account) = user(&store, "kim").await;
    assert_eq!(account.cash, Won(100_000_000));
    let again = users::register(&store, &stranger("KIM"), Won(1), at(1)).await;
    assert!(matches!(again, Ok(Registration::EmailTaken)), "{again:?}");
    let created = users::create(&store, &stranger("KIM"), Role::User, at(1)).await;
    assert!(matches!(created, Err(StoreError::Conflict("email"))), "{created:?}");
    assert_eq!(users::find_by_email(&store, "Kim@EXAMPLE.com").await.expect("a read"), Some(first));
}

async fn registration_is_closed_until_it_is_opened(store: Store) {
    user(&store, "kim").await;
    settings::set(&store, settings::REGISTRATION_OPEN, &false, at(1)).await.expect("stored");
    assert!(matches!(users::register(&store, &stranger("lee"), Won(1), at(2)).await, Ok(Registration::Closed)));
    let (second, _) = user(&store, "lee").await;
    assert_eq!(second.role, Role::User);
    assert_eq!(users::count(&store).await.expect("a count"), 2);
}

async fn access_and_password_can_be_changed(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let tx = store.begin().await.expect("a transaction");
    let changed = users::set_access(&tx, kim.id, Some(Role::Viewer), Some(false), at(5)).await.expect("changed");
    assert_eq!((changed.role, changed.is_active, changed.updated_at), (Role::Viewer, false, at(5)));
    users::set_password(&tx, kim.id, "new", at(6)).await.expect("changed");
    tx.commit().await.expect("committed");
    assert_eq!(users::password_hash(&store, kim.id).await.expect("a read").as_deref(), Some("new"));
    let tx = store.begin().await.expect("a transaction");
    assert!(matches!(users::set_password(&tx, 999, "x", at(6)).await, Err(StoreError::NotFound)));
    assert!(matches!(users::set_access(&tx, 999, None, None, at(6)).await, Err(StoreError::NotFound)));
}

async fn an_account_pays_what_was_agreed_last(store: Store) {
    let (kim, account) = user(&store, "kim").await;
    let (_, other) = user(&store, "lee").await;
    assert_eq!(account.commission, CommissionTerms::Plan(CommissionPlan::Bankis));
    let own = CommissionSchedule { minimum: Won(100), ..CommissionSchedule::of_rate(150_000) };
    for terms in [CommissionTerms::Plan(CommissionPlan::FeeWaiver), CommissionTerms::Custom(own)] {
        accounts::set_commission(&store, account.id, terms).await.expect("stored");
        let stored = accounts::of_user(&store, kim.id).await.expect("a read").expect("the account");
        assert_eq!(stored, accounts::Account { commission: terms, ..account.clone() }, "and nothing else changed");
    }
    assert_eq!(accounts::find(&store, other.id).await.expect("a read"), Some(other));
    let missing = accounts::set_commission(&store, 999, CommissionTerms::default()).await;
    assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
}

async fn a_refresh_token_rotates_once_in_a_hundred(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let login = sessions::start(&store, kim.id, "t1", at(1_000), at(0)).await.expect("a login");
    let tries = join_all((0..100).map(|_| sessions::rotate(&store, "t1", "t2", at(1)))).await;
    let rotated = tries.iter().filter(|r| matches!(r, Ok(Rotation::Rotated(_)))).count();
    let repeated = tries.iter().filter(|r| matches!(r, Ok(Rotation::Repeated(_)))).count();
    assert_eq!((rotated, repeated), (1, 99));
    assert!(sessions::is_live(&store, login.family_id, at(2)).await.expect("a read"));
    assert_eq!(sessions::rotate(&store, "t2", "t3", at(3)).await.expect("rotated"), Rotation::Rotated(login));
}

async fn a_tab_overtaken_by_two_others_keeps_the_login(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let login = sessions::start(&store, kim.id, "t1", at(1_000), at(0)).await.expect("a login");
    sessions::rotate(&store, "t1", "t2", at(1)).await.expect("rotated");
    sessions::rotate(&store, "t2", "t3", at(1)).await.expect("rotated");
    let late = sessions::rotate(&store, "t1", "t2", at(11)).await.expect("an answer");
    assert_eq!(late, Rotation::Overtaken(login.clone()));
    assert_eq!(sessions::rotate(&store, "t3", "t4", at(11)).await.expect("rotated"), Rotation::Rotated(login));
    assert!(matches!(sessions::rotate(&store, "t1", "t2", at(12)).await, Ok(Rotation::Reused(_))), "a copy");
}

async fn a_spent_token_that_comes_late_ends_the_login(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let login = sessions::start(&store, kim.id, "t1", at(1_000), at(0)).await.expect("a login");
    sessions::rotate(&store, "t1", "t2", at(1)).await.expect("rotated");
    assert!(matches!(sessions::rotate(&store, "t1", "t2", at(12)).await, Ok(Rotation::Reused(_))));
    assert!(!sessions::is_live(&store, login.family_id, at(13)).await.expect("a read"));
    assert_eq!(sessions::rotate(&store, "t2", "t3", at(13)).await.expect("a read"), Rotation::Unknown);
}

async fn a_login_ends(store: Store) {
    let (kim, _) = user(&store, "kim").await;
    let first = sessions::start(&store, kim.id, "a", at(100), at(0)).await.expect("a login");
    let second = sessions::start(&store, kim.id, "b", at(100), at(0)).await.expect("a login");
    assert_eq!(sessions::find(&store, "a", at(99)).await.expect("a read"), Some(first.clone()));
    assert_eq!(sessions::find(&store, "a", at(100)).await.expect("a read"), None, "expired");
    assert_eq!(sessions::end_all(&store, kim.id, Some(second.family_id), at(1)).await.expect("ended"), 1);
    assert!(!sessions::is_live(&store, first.family_id, at(1)).await.expect("a read"));
    sessions::end(&store, second.family_id, at(2)).await.expect("ended");
    assert_eq!(sessions::rotate(&store, "b", "c", at(3)).await.expect("a read"), Rotation::Unknown);
}

async fn settings_are_replaced(store: Store) {
    assert_eq!(settings::get::<bool>(&store, "x").await.expect("a read"), None);
    settings::set(&store, "x", &true, at(0)).await.expect("stored");
    settings::set(&store, "x", &false, at(1)).await.expect("stored");
    assert_eq!(settings::get::<bool>(&store, "x").await.expect("a read"), Some(false));
    assert!(matches!(settings::get::<String>(&store, "x").await, Err(StoreError::Corrupt(_))));
}

async fn the_audit_log_is_one_chain_and_cannot_be_changed(TestDb { store, raw, .. }: TestDb) {
    let record = |n: i64| {
        let store = store.clone();
        async move {
            let entry = audit::NewAudit {
                user_id: None,
                actor: "system".to_owned(),
                action: "test".to_owned(),
                object: format!("thing:{n}"),
                detail: json!({ "z": 1, "a": [1.5, "글"] }),
            };
            let tx = store.begin().await?;
            audit::append(&tx, &entry, at(n)).await?;
            tx.commit().await
        }
    };
    for outcome in join_all((0..20).map(record)).await {
        outcome.expect("recorded");
    }
    let check = audit::verify(&store, None).await.expect("a check");
    assert_eq!(check, audit::AuditCheck { intact: 20, broken_at: None });
    assert_eq!(audit::list(&store, None, ALL).await.expect("a list").total, 20);
    for sql in ["DELETE FROM audit_log WHERE seq = 20", "UPDATE audit_log SET actor = 'x'"] {
        let refused = raw.execute_unprepared(sql).await.expect_err(sql).to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
}
