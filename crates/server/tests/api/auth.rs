//! Accounts and sessions.

use chrono::{DateTime, TimeDelta, Utc};
use exodus_domain::Clock;
use exodus_live::SystemClock;
use exodus_store::sessions::{self, Rotation};
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::http::{Client, PASSWORD, Reply};
use crate::installation::{Installation, on_each_database};

on_each_database!(
    the_first_account_is_the_admin_and_others_need_a_setting,
    of_many_first_registrations_one_wins,
    refresh_tokens_rotate_and_a_spent_one_ends_the_session,
    logging_out_ends_the_session,
    guessing_learns_nothing_and_gets_slow,
    a_new_password_ends_the_other_sessions,
    what_an_admin_takes_away_is_gone_at_once,
);

/// A browser with the cookie of a session.
struct Browser<'a> {
    client: Client,
    origin: &'a str,
    cookie: String,
}

impl<'a> Browser<'a> {
    fn of(installation: &'a Installation, reply: &Reply) -> Self {
        Self { client: installation.anyone(), origin: &installation.url, cookie: cookie(reply) }
    }

    async fn send(&self, path: &str, cookie: &str) -> Reply {
        let request = self.client.request(Method::POST, path);
        Reply::to(request.header("Origin", self.origin).header("Cookie", cookie)).await
    }

    /// Refreshes and takes the new cookie over.
    async fn refresh(&mut self) -> Reply {
        let reply = self.send("/auth/refresh", &self.cookie).await;
        reply.ok(200);
        self.cookie = cookie(&reply);
        reply
    }
}

/// The refresh cookie that an answer sets, as a browser sends it back.
fn cookie(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("exodus_refresh="), "{reply}: {cookie}");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// Makes a refresh cookie one that was used at `then`.
async fn spend(installation: &Installation, cookie: &str, then: DateTime<Utc>) {
    let token = cookie.split_once('=').expect("a cookie").1;
    let hash = hex::encode(Sha256::digest(token));
    let spent = sessions::rotate(&installation.store, &hash, "its successor", then).await.expect("stored");
    assert!(matches!(spent, Rotation::Rotated(_)), "{spent:?}");
}

fn account(email: &str) -> serde_json::Value {
    json!({ "email": email, "password": PASSWORD, "full_name": "Kim Minji" })
}

fn credentials(email: &str, password: &str) -> serde_json::Value {
    json!({ "email": email, "password": password })
}

async fn the_first_account_is_the_admin_and_others_need_a_setting(installation: &Installation) {
    let anyone = installation.anyone();
    let setup = anyone.get("/auth/setup").await.ok(200);
    assert_eq!(setup, json!({ "needs_first_account": true, "registration_open": false }));

    let session = anyone.post("/auth/register", &account("Admin@Example.com")).await.ok(201);
    assert_eq!((&session["user"]["role"], &session["user"]["email"]), (&json!("admin"), &json!("admin@example.com")));
    assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let admin = anyone.with_session(&session);
    assert_eq!(admin.get("/auth/me").await.ok(200), session["user"]);
    assert_eq!(admin.get("/account/balance").await.ok(200)["total_assets"], 100_000_000);

    anyone.post("/auth/register", &account("kim@example.com")).await.refused(403, "REGISTRATION_CLOSED");
    let setup = anyone.get("/auth/setup").await.ok(200);
    assert_eq!(setup, json!({ "needs_first_account": false, "registration_open": false }));

    let open = json!({ "registration_open": true });
    assert_eq!(admin.send(Method::PUT, "/admin/settings", Some(&open)).await.ok(200), open);
    assert_eq!(anyone.get("/auth/setup").await.ok(200)["registration_open"], true);
    let session = anyone.post("/auth/register", &account("kim@example.com")).await.ok(201);
    assert_eq!(session["user"]["role"], "user");
    anyone.post("/auth/register", &account("KIM@example.com ")).await.refused(409, "EMAIL_TAKEN");
    let kim = anyone.with_session(&session);
    kim.send(Method::PUT, "/admin/settings", Some(&open)).await.refused(403, "FORBIDDEN");

    let users = admin.get("/admin/users").await.ok(200);
    assert_eq!(users["total"], 2);
    assert!(!users.to_string().contains("password"), "{users}");
}

async fn of_many_first_registrations_one_wins(installation: &Installation) {
    let anyone = installation.anyone();
    let bodies: Vec<_> = (0..4).map(|i| account(&format!("racer{i}@example.com"))).collect();
    let replies = futures::future::join_all(bodies.iter().map(|body| anyone.post("/auth/register", body))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 201);
    assert_eq!(won.len(), 1, "{replies:?}");
    assert_eq!(won[0].json()["user"]["role"], "admin");
    for reply in lost {
        reply.refused(403, "REGISTRATION_CLOSED");
    }
}

async fn refresh_tokens_rotate_and_a_spent_one_ends_the_session(installation: &Installation) {
    let anyone = installation.anyone();
    let registered = anyone.post("/auth/register", &account("admin@example.com")).await;
    let attributes = registered.header("set-cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", "Max-Age=604"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert!(!attributes.contains("Secure"), "over plain HTTP a browser would drop it: {attributes}");

    let mut browser = Browser::of(installation, &registered);
    let first = browser.cookie.clone();
    let without_origin = browser.client.request(Method::POST, "/auth/refresh").header("Cookie", &first);
    Reply::to(without_origin).await.refused(403, "ORIGIN_NOT_ALLOWED");
    let stranger = Browser { client: installation.anyone(), origin: "https://evil.example", cookie: first.clone() };
    stranger.send("/auth/refresh", &first).await.refused(403, "ORIGIN_NOT_ALLOWED");
    browser.send("/auth/refresh", "exodus_refresh=made-up").await.refused(401, "UNAUTHENTICATED");
    browser.send("/auth/refresh", "").await.refused(401, "UNAUTHENTICATED");

    let session = browser.refresh().await.json();
    let second = browser.cookie.clone();
    assert_ne!(first, second);
    // Two tabs that wake up together both use the first cookie: they get the same second one.
    let tab = browser.send("/auth/refresh", &first).await;
    tab.ok(200);
    assert_eq!(cookie(&tab), second);
    assert_eq!(browser.refresh().await.json()["user"], session["user"]);

    // A third tab whose request was on its way meanwhile is let in, and its answer takes no newer cookie away.
    let late = browser.send("/auth/refresh", &first).await;
    assert_eq!(late.ok(200)["user"], session["user"]);
    assert_eq!(late.header("set-cookie"), "", "{late}");

    // A cookie spent long ago was copied by whoever sends it.
    let user = anyone.with_session(&session);
    user.get("/auth/me").await.ok(200);
    spend(installation, &browser.cookie, SystemClock.now() - TimeDelta::minutes(1)).await;
    browser.send("/auth/refresh", &browser.cookie).await.refused(401, "UNAUTHENTICATED");
    user.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    installation.log_in("admin@example.com").await.get("/auth/me").await.ok(200);
}

async fn logging_out_ends_the_session(installation: &Installation) {
    let anyone = installation.anyone();
    let first = anyone.post("/auth/register", &account("admin@example.com")).await;
    let other = installation.log_in("admin@example.com").await;
    let (browser, user) = (Browser::of(installation, &first), anyone.with_session(&first.json()));
    let reply = browser.send("/auth/logout", &browser.cookie).await;
    reply.ok(204);
    let taken_away = reply.header("set-cookie");
    assert!(taken_away.starts_with("exodus_refresh=;") && taken_away.contains("Max-Age=0"), "{taken_away}");
    browser.send("/auth/refresh", &browser.cookie).await.refused(401, "UNAUTHENTICATED");
    user.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    other.get("/auth/me").await.ok(200);
    browser.send("/auth/logout", &browser.cookie).await.ok(204);
}

async fn guessing_learns_nothing_and_gets_slow(installation: &Installation) {
    installation.admin().await;
    let anyone = installation.anyone();
    let (wrong, unknown) = (
        anyone.post("/auth/login", &credentials("admin@example.com", "silver fish swims deep")).await,
        anyone.post("/auth/login", &credentials("nobody@example.com", "silver fish swims deep")).await,
    );
    let (mut a, mut b) = (wrong.refused(401, "INVALID_CREDENTIALS"), unknown.refused(401, "INVALID_CREDENTIALS"));
    a["trace_id"].take();
    b["trace_id"].take();
    assert_eq!(a, b);
    for _ in 0..5 {
        let guess = credentials("nobody@example.com", "another guess of mine");
        anyone.post("/auth/login", &guess).await.refused(401, "INVALID_CREDENTIALS");
    }
    let slowed = anyone.post("/auth/login", &credentials("nobody@example.com", "one more guess of mine")).await;
    slowed.refused(429, "TOO_MANY_ATTEMPTS");
    assert!(slowed.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{slowed}");
    // Somebody else is not held up.
    installation.log_in("admin@example.com").await;
}

async fn a_new_password_ends_the_other_sessions(installation: &Installation) {
    let admin = installation.admin().await;
    let other = installation.log_in("admin@example.com").await;
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let refused = admin.post("/auth/password", &change("not my password", "silver fish swims up")).await;
    assert_eq!(refused.refused(422, "INVALID_FIELD")["field"], "current_password");
    let refused = admin.post("/auth/password", &change(PASSWORD, "short")).await;
    assert_eq!(refused.refused(422, "INVALID_FIELD")["field"], "new_password");
    admin.post("/auth/password", &change(PASSWORD, "silver fish swims up")).await.ok(204);
    admin.get("/auth/me").await.ok(200);
    other.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    let anyone = installation.anyone();
    anyone.post("/auth/login", &credentials("admin@example.com", PASSWORD)).await.refused(401, "INVALID_CREDENTIALS");
    anyone.post("/auth/login", &credentials("admin@example.com", "silver fish swims up")).await.ok(200);
}

async fn what_an_admin_takes_away_is_gone_at_once(installation: &Installation) {
    let (admin, [kim]) = installation.with_users(["kim"]).await;
    let id = |user: serde_json::Value| user["id"].as_i64().expect("an id");
    let (own, kims) = (id(admin.get("/auth/me").await.ok(200)), id(kim.get("/auth/me").await.ok(200)));
    let patch = async |user: i64, body| admin.send(Method::PATCH, &format!("/admin/users/{user}"), Some(&body)).await;
    patch(own, json!({ "role": "user" })).await.refused(409, "OWN_ACCOUNT");
    patch(own, json!({ "is_active": false })).await.refused(409, "OWN_ACCOUNT");
    patch(999_999, json!({ "role": "user" })).await.refused(404, "NOT_FOUND");

    assert_eq!(patch(kims, json!({ "role": "viewer" })).await.ok(200)["role"], "viewer");
    kim.post("/account/halt", &json!({})).await.refused(403, "FORBIDDEN");
    assert_eq!(patch(kims, json!({ "is_active": false })).await.ok(200)["is_active"], false);
    kim.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    let log_in = credentials("kim@example.com", PASSWORD);
    installation.anyone().post("/auth/login", &log_in).await.refused(401, "INVALID_CREDENTIALS");
    assert_eq!(patch(kims, json!({ "is_active": true, "role": "admin" })).await.ok(200)["role"], "admin");
    installation.log_in("kim@example.com").await.get("/admin/system").await.ok(200);
}
