//! What a person hears of, and the circuit to the broker.

use exodus_domain::{CircuitEvent, Clock, NotificationKind};
use exodus_live::SystemClock;
use exodus_store::circuits;
use exodus_store::notifications::{self, NewNotification};
use serde_json::{Value, json};

use crate::http::PASSWORD;
use crate::installation::{Installation, on_each_database};

on_each_database!(a_notification_is_read_and_acknowledged, a_breach_keeps_the_circuit_open_until_a_person_releases_it);

async fn a_notification_is_read_and_acknowledged(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let me = kim.get("/auth/me").await.ok(200)["id"].as_i64().expect("a number");
    let account_id = kim.get("/accounts").await.ok(200)[0]["id"].as_i64();
    let new = NewNotification {
        user_id: me,
        account_id,
        order_id: None,
        kind: NotificationKind::JobDropped,
        subject: "a".to_owned(),
        values: json!({ "job": "pre_open_checks", "late_seconds": 61 }),
    };
    notifications::raise(&installation.store, &new, SystemClock.now()).await.expect("raised");
    let unseen = kim.get("/notifications?unseen=true").await.ok(200);
    let told = &unseen["items"][0];
    assert_eq!(
        (&unseen["total"], &told["kind"], &told["acknowledged_at"]),
        (&json!(1), &json!("job_dropped"), &Value::Null)
    );
    assert_eq!((&told["account_id"], &told["values"]["late_seconds"]), (&json!(account_id), &json!(61)));
    let path = format!("/notifications/{}/acknowledge", told["id"]);
    lee.post(&path, &json!({})).await.refused(404, "NOT_FOUND");
    let seen = kim.post(&path, &json!({})).await.ok(200);
    assert!(seen["acknowledged_at"].is_string(), "{seen}");
    assert_eq!(kim.get("/notifications?unseen=true").await.ok(200)["total"], 0);
    assert_eq!(kim.get("/notifications").await.ok(200)["items"], json!([seen]));
    assert_eq!(lee.get("/notifications").await.ok(200)["total"], 0);
}

async fn a_breach_keeps_the_circuit_open_until_a_person_releases_it(installation: &Installation) {
    let (_, [kim, lee]) = installation.with_users(["kim", "lee"]).await;
    let account_id = kim.get("/accounts").await.ok(200)[0]["id"].as_i64().expect("a number");
    let path = format!("/accounts/{account_id}/breaker");
    let closed = kim.get(&path).await.ok(200);
    assert_eq!(
        (&closed["state"], &closed["cause"], &closed["needs_person"]),
        (&json!("closed"), &Value::Null, &json!(false))
    );
    lee.get(&path).await.refused(404, "NOT_FOUND");
    let release = format!("{path}/release");
    let word = json!({ "password": PASSWORD, "reason": "I looked" });
    kim.post(&release, &word).await.refused(409, "NOTHING_TO_RELEASE");

    let breach = CircuitEvent::Breached("a fill became smaller".to_owned());
    let now = SystemClock.now();
    circuits::tell(&installation.store, account_id, &breach, "system", now).await.expect("told");
    let open = kim.get(&path).await.ok(200);
    assert_eq!((&open["state"], &open["cause"]), (&json!("open"), &json!("invariant_breach")));
    assert_eq!((&open["needs_person"], &open["tries_again_at"]), (&json!(true), &Value::Null));
    assert_eq!(open["detail"], "a fill became smaller");
    lee.post(&release, &word).await.refused(404, "NOT_FOUND");
    for (body, field) in [
        (json!({ "password": "silver fish swims up", "reason": "I looked" }), "password"),
        (json!({ "password": PASSWORD, "reason": " " }), "reason"),
        (json!({ "password": PASSWORD }), "reason"),
    ] {
        assert_eq!(kim.post(&release, &body).await.refused(422, "INVALID_FIELD")["field"], field);
    }
    assert_eq!(kim.post(&release, &word).await.ok(200)["needs_person"], false);
    let told = kim.get("/notifications?unseen=true").await.ok(200);
    assert_eq!(told["items"][0]["kind"], "circuit_opened");
}
