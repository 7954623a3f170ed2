//! A person with one account at the broker, who goes on when the server is gone in the middle of an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::emulator::TrueAccount;
use crate::http::PASSWORD;

/// Who waits longer takes the server for dead.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// How long somebody who arrives waits for each answer: on a busy machine hashing a password takes its time.
const ARRIVAL_WAIT: Duration = Duration::from_secs(90);

/// Somebody with an account.
pub(crate) struct Person {
    http: reqwest::Client,
    email: String,
    token: String,
    pub(crate) user_id: i64,
    pub(crate) account_id: i64,
    /// `50001234-01`.
    pub(crate) account_no: String,
    /// What came of orders: refusals by code, and how many were taken.
    pub(crate) told: BTreeMap<String, usize>,
}

/// Status and body, or `None` if no answer came.
pub(crate) type Answer = Option<(u16, Value)>;

impl Person {
    /// Registers, adds the account and selects it. The first person is the admin, who lets the others in.
    pub(crate) async fn arrive(server: &str, name: &str, account: &TrueAccount) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let (email, account_no) = (format!("{name}@example.com"), account.account_no.clone());
        let mut person =
            Self { http, email, token: String::new(), user_id: 0, account_id: 0, account_no, told: BTreeMap::new() };
        let entry = json!({ "email": person.email, "password": PASSWORD, "full_name": name });
        let session = person.must(server, Method::POST, "/auth/register", &entry).await;
        person.token = token(&session);
        let me = person.must(server, Method::GET, "/auth/me", &Value::Null).await;
        person.user_id = me["id"].as_i64().expect("an id");
        if me["role"] == "admin" {
            let open = json!({ "registration_open": true });
            person.must(server, Method::PUT, "/admin/settings", &open).await;
        }
        let keys = json!({
            "name": "Mock", "env": "paper", "app_key": account.app_key, "app_secret": account.app_secret,
            "account_no": account.account_no, "hts_id": account.hts_id, "password": PASSWORD,
        });
        let added = person.must(server, Method::POST, "/accounts", &keys).await;
        person.account_id = added["id"].as_i64().expect("an id");
        let select = format!("/accounts/{}/select", person.account_id);
        person.must(server, Method::POST, &select, &json!({})).await;
        person
    }

    /// Asks, and signs in again if the session is over.
    pub(crate) async fn ask(&mut self, server: &str, method: Method, path: &str, body: &Value) -> Answer {
        let answer = self.once(server, method.clone(), path, body, None).await?;
        if answer.0 != 401 {
            return Some(answer);
        }
        self.log_in(server).await?;
        self.once(server, method, path, body, None).await
    }

    /// Places an order under `key`.
    pub(crate) async fn order(&mut self, server: &str, key: &str, body: &Value) -> Answer {
        let mut answer = self.once(server, Method::POST, "/orders", body, Some(key)).await?;
        if answer.0 == 401 {
            self.log_in(server).await?;
            answer = self.once(server, Method::POST, "/orders", body, Some(key)).await?;
        }
        let words = answer.1["code"].as_str().or(answer.1["state"].as_str()).unwrap_or("?");
        *self.told.entry(format!("{} {words}", answer.0)).or_default() += 1;
        Some(answer)
    }

    async fn log_in(&mut self, server: &str) -> Option<()> {
        let entry = json!({ "email": self.email, "password": PASSWORD });
        let (status, session) = self.once(server, Method::POST, "/auth/login", &entry, None).await?;
        self.token = (status == 200).then(|| token(&session))?;
        Some(())
    }

    async fn must(&self, server: &str, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.within(ARRIVAL_WAIT, server, method, path, body, None).await;
        let (status, body) = answer.unwrap_or_else(|| panic!("{path}: no answer"));
        assert!((200..300).contains(&status), "{path}: {status} {body}");
        body
    }

    async fn once(&self, server: &str, method: Method, path: &str, body: &Value, key: Option<&str>) -> Answer {
        self.within(ANSWER_WAIT, server, method, path, body, key).await
    }

    async fn within(
        &self,
        wait: Duration,
        server: &str,
        method: Method,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{server}/api/v1{path}")).timeout(wait);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }
}

fn token(session: &Value) -> String {
    session["access_token"].as_str().expect("a session has an access token").to_owned()
}
