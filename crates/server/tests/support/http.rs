//! A client of the API that keeps every answer whole, so that a test can say what it got instead.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A password that the rules take.
pub(crate) const PASSWORD: &str = "gold fish swims deep";

/// Somebody who talks to a server.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    server: String,
    token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    question: String,
}

impl Client {
    /// Somebody who is not logged in, at `server`, such as `http://127.0.0.1:8000`.
    pub(crate) fn new(server: &str) -> Self {
        // The workspace has one provider of cryptography, and reqwest wants to be told which. Whoever was first did it.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { http: reqwest::Client::new(), server: server.to_owned(), token: None }
    }

    /// The same with the access token of a session.
    pub(crate) fn with_session(&self, session: &Value) -> Self {
        let token = session["access_token"].as_str().expect("a session has an access token");
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Registers an account and is logged in to it.
    pub(crate) async fn register(&self, email: &str) -> Self {
        let body = json!({ "email": email, "password": PASSWORD, "full_name": "Kim Minji" });
        self.with_session(&self.post("/auth/register", &body).await.ok(201))
    }

    /// A request to a path under `/api/v1`, or to a whole path if it starts with `//`.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.server),
            None => format!("{}/api/v1{path}", self.server),
        };
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a JSON body.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let request = self.request(method, path);
        Reply::to(if let Some(body) = body { request.json(body) } else { request }).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Orders `body` under `key`, and asks again under the same key while it waits for a worker.
    pub(crate) async fn order_as(&self, key: &str, body: &Value) -> Reply {
        for _ in 0..10 {
            let request = self.request(Method::POST, "/orders").header("Idempotency-Key", key);
            let reply = Reply::to(request.json(body)).await;
            if reply.status != 202 || reply.json()["state"] != "queued" {
                return reply;
            }
        }
        panic!("no worker decided on {body}");
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("logged in")
    }
}

impl Reply {
    /// Sends a request and reads the answer to its end.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("a valid request");
        let question = format!("{} {}", request.method(), request.url().path());
        let response = client.execute(request).await.unwrap_or_else(|error| panic!("{question}: {error}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap_or_else(|error| panic!("{question}: {error}"));
        Self { status, headers, text, question }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    /// The body of an answer with this status.
    pub(crate) fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The refusal with this status and code, which must have the shape that every client relies on.
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self}");
        let problem = self.problem();
        assert_eq!(problem["code"], code, "{self}");
        problem
    }

    /// A refusal of any kind: a 4xx, as problem+json.
    pub(crate) fn problem(&self) -> Value {
        assert!((400..500).contains(&self.status), "{self}");
        assert_eq!(self.header(CONTENT_TYPE.as_str()), "application/problem+json", "{self}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{self}");
        for member in ["type", "title", "detail", "code", "trace_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {self}");
        }
        problem
    }

    /// A header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are text"))
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text.chars().take(600).collect();
        write!(f, "{} answered {} {text}", self.question, self.status)
    }
}
