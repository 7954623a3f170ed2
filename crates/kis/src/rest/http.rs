//! One request and its whole answer over the connections that reads share. Orders never come here.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::credentials::Credentials;
use crate::environment::Env;
use crate::error::{KisError, reason};
use crate::tls::resolve;
use crate::wire::envelope::{self, Failure};

/// How long a whole answer may take. The paper hosts need more than five seconds at times (kis-openapi §9, 26).
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an unused connection is kept. The broker drops idle ones.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest answer that is read. The longest page has 100 rows of some 2 KB.
const LONGEST_ANSWER: usize = 4 << 20;

/// The broker's firewall drops requests that name no program, or a library (kis-openapi §3.1).
pub(crate) const USER_AGENT: &str = concat!("Mozilla/5.0 (compatible; Exodus/", env!("CARGO_PKG_VERSION"), ")");

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) tr_cont: String,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer to use.
pub(crate) enum HttpError {
    /// No connection, or it broke, or took too long.
    Unreachable(String),
    /// The broker said no.
    Refused(Failure),
    /// Nothing that we understand.
    Unreadable(String),
}

impl HttpError {
    /// What it means for whoever asked. `until` is when a refused pace may be tried again.
    pub(crate) fn into_kis(self, until: DateTime<Utc>) -> KisError {
        match self {
            Self::Unreachable(reason) => KisError::Unreachable(reason),
            Self::Refused(failure) => KisError::of(failure, until),
            Self::Unreadable(reason) => KisError::Incomplete(reason),
        }
    }
}

/// Connections that all reads of a gateway share.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
}

impl Http {
    pub(crate) fn new(tls: ClientConfig) -> Result<Self, KisError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .dns_resolver(Arc::new(PublicOnly))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|error| KisError::Unreachable(reason(&error)))?;
        Ok(Self { client })
    }

    /// Asks once. An error never names the query, in which the account number stands.
    pub(crate) async fn get(&self, url: &str, headers: HeaderMap) -> Result<Answer, HttpError> {
        self.send(self.client.get(url).headers(headers)).await
    }

    /// Asks one of the paths that know no token.
    pub(crate) async fn post_auth<T: DeserializeOwned>(
        &self,
        origin: &str,
        path: &str,
        request: &impl Serialize,
    ) -> Result<T, HttpError> {
        let body = serde_json::to_vec(request).map_err(|error| HttpError::Unreadable(error.to_string()))?;
        let request = self.client.post(format!("{origin}{path}")).header(CONTENT_TYPE, JSON).body(body);
        let answer = self.send(request).await?;
        if let Some(failure) = envelope::failure(&answer.body) {
            return Err(HttpError::Refused(failure));
        }
        // The text of the error would repeat a piece of what came, which may be the token.
        let unreadable = |_| HttpError::Unreadable(format!("{path} answered {} with something else", answer.status));
        serde_json::from_slice(&answer.body).map_err(unreadable)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, HttpError> {
        let unreachable = |error: reqwest::Error| HttpError::Unreachable(reason(&error.without_url()));
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let tr_cont = response.headers().get("tr_cont").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (tr_cont, mut body) = (tr_cont.trim().to_owned(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(HttpError::Unreadable(format!("an answer longer than {LONGEST_ANSWER} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, tr_cont, body })
    }
}

/// Resolves the broker's names.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port of the URL takes the place of this one.
            let addresses = resolve(name.as_str(), 0).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The headers of every request with a token (kis-openapi §3.1).
pub(crate) fn headers<E: Env>(
    credentials: &Credentials<E>,
    bearer: &SecretString,
    tr_id: &'static str,
    tr_cont: &'static str,
) -> Result<HeaderMap, KisError> {
    let secret = |text: &str| {
        // A token that no header can carry did not come from the broker.
        let mut value =
            HeaderValue::from_str(text).map_err(|_| KisError::Incomplete("the token is no token".to_owned()))?;
        value.set_sensitive(true);
        Ok::<_, KisError>(value)
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", bearer.expose_secret()))?);
    headers.insert("appkey", secret(credentials.app_key().expose_secret())?);
    headers.insert("appsecret", secret(credentials.app_secret().expose_secret())?);
    headers.insert("tr_id", HeaderValue::from_static(tr_id));
    headers.insert("tr_cont", HeaderValue::from_static(tr_cont));
    headers.insert("custtype", HeaderValue::from_static("P"));
    Ok(headers)
}
